"""What stands about a figure of a plan: headings, terms that are over, sums that count up, mere names."""

import pytest

from hutuo.plan.reading import read_text

TASKS = "临山市水务三年行动计划(2024-2026年)\n临山市水务局\n2024年3月1日\n一、主要任务\n"


def figures(text, *kinds):
    """Figures of these kinds as (kind, value, unit, year)."""
    kinds = kinds or ("target", "baseline")
    found = (one for one in read_text(text).quantities if one.kind in kinds)
    return [(one.kind, one.value, one.unit, one.target_year) for one in found]


def test_aims_without_a_year_take_the_one_year_to_come_that_their_passage_names():
    text = (
        "青原区节水工作方案\n青原区人民政府办公室\n2021年4月2日\n一、工作目标\n"
        "(一)节水型单位全面铺开。创建节水型小区40个。2021年创建节水型学校12所。\n"
        "(二)供水损失下降。管网漏损率不高于9%。\n"
    )
    assert figures(text) == [
        ("target", 40, "个", 2021),
        ("target", 12, "所", 2021),
        ("target", 9, "%", 2021),
    ]


def test_a_term_that_opens_what_stands_below_a_heading_holds_for_the_facts_under_it():
    text = (
        "青原区“十五五”发展规划\n一、站在新的起点\n“十四五”时期,全区顺利完成各项任务。\n"
        "(一)发展基础\n1.产业更强。聚集软件企业300家。\n二、发展目标\n到2030年,软件企业达到500家。\n"
    )
    assert figures(text) == [("baseline", 300, "家", 2025), ("target", 500, "家", 2030)]


def test_the_ordinal_of_a_five_year_plan_is_no_other_term():
    text = "依据第十五个五年规划,建成水厂3座。"
    assert [one.target_year for one in read_text(text).quantities if one.kind == "target"] == [
        2030
    ]


@pytest.mark.parametrize("title", ["夯实工作基础", "优化发展环境", "解决突出问题", "抢抓机遇"])
def test_what_is_to_be_done_about_it_heads_no_facts(title):
    text = TASKS.replace("主要任务", title) + "改造泵房60座。\n"
    assert figures(text) == [("target", 60, "座", 2026)]


def test_sums_of_a_plan_of_tasks_count_up_to_its_end():
    text = TASKS + "更新老旧管网,三年累计更新420公里。节水器具累计推广9万套以上。\n"
    assert figures(text) == [("target", 420, "公里", 2026), ("target", 9, "万套", 2026)]


def test_what_has_been_done_by_now_is_a_fact_though_it_says_so_after_the_figure():
    text = TASKS + "东城片区共计18平方公里已完成雨污分流。\n"
    assert [row[:3] for row in figures(text)] == [("baseline", 18, "平方公里")]


def test_a_heading_that_says_full_cover_is_no_figure_but_an_item_is():
    text = TASKS + "(一)推进供水全覆盖\n改造水厂5座。\n(二)实现智能水表全覆盖。\n"
    assert figures(text) == [("target", 5, "座", 2026), ("target", 100, "%", 2026)]


def test_full_cover_after_its_share_is_said_once():
    assert figures(TASKS + "河长巡查100%全覆盖。\n") == [("target", 100, "%", 2026)]


@pytest.mark.parametrize(
    "said",
    [
        "扶持一人公司创新创业",
        "鼓励亿元楼宇提质",
        "开启第三个十年绿化行动",
        "完善车站周边50米内配套设施",
        "上半年,完成方案编制",
        "每半年开展评估",
        "落实用煤减量(等量)替代管理",
        "25度以上坡耕地全部退耕",
        "表彰排名前10%的乡镇",
    ],
)
def test_names_places_and_cycles_are_no_aims(said):
    assert figures(TASKS + f"{said}。\n") == []


def test_a_figure_follows_a_unit_of_people_at_once():
    assert figures(TASKS + "直饮水点达到每万人26个。\n") == [("target", 26, "个", 2026)]


def test_years_before_a_figure_leave_it_whole():
    text = TASKS + "每年遴选示范项目,2025年800个。\n"
    assert figures(text) == [("target", 800, "个", 2025)]


def test_square_metres_in_one_letter_are_a_unit():
    assert figures(TASKS + "修复管沟25400㎡。\n") == [("target", 25400, "㎡", 2026)]


def test_the_term_of_legal_education_is_none_of_plans():
    text = TASKS + "深入实施“八五”普法规划,建成普法基地6个。\n"
    assert figures(text) == [("target", 6, "个", 2026)]


def test_a_table_that_came_apart_whose_first_row_names_growth_has_one_column():
    cells = [
        "序号", "指标名称", "单位", "属性", "“十五五”目标",
        "1", "工业增加值年均增速", "%", "预期性", "与全市同步",
        "2", "劳动生产率", "万元/人", "预期性", "55左右",
        "3", "新兴产业增速", "%", "预期性", "高于全市增速3个百分点以上",
        "4", "新增住房(万套(间))", "", "约束性", "25-27",
    ]  # fmt: skip
    text = "青原区“十五五”发展规划\n一、主要指标\n" + "\n\n".join(one for one in cells if one)
    found = [(o.operator, o.value, o.value_hi, o.unit) for o in read_text(text).quantities]
    assert found == [
        ("~", 55, None, "万元/人"),
        (">=", 3, None, "个百分点"),
        (">=", 25, 27, "万套(间)"),
    ]


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("临山市2022年水污染防治工作计划", 2022),
        ("临山市2022年度重点任务清单", 2022),
        ("临山市2030年前碳达峰行动方案", 2030),
        ("临山市面向2035年人才行动计划", None),
    ],
)
def test_the_year_whose_plan_a_title_says_it_is_holds_for_its_aims(title, year):
    assert figures(f"{title}\n一、工作目标\n建成污水管网85公里。\n") == [
        ("target", 85, "公里", year)
    ]


def test_a_review_given_in_a_month_tells_facts_of_the_years_before():
    text = (
        "青原市第十四个五年规划中期评估报告\n青原市发展和改革委员会\n2023年8月\n一、总体进展情况\n"
        "2021—2022年,地区生产总值年均增长5.8%。新增企业90家。\n二、下一步工作\n确保到2025年绿地率达到41%。\n"
    )
    assert figures(text) == [
        ("baseline", 5.8, "%", 2022),
        ("baseline", 90, "家", 2022),
        ("target", 41, "%", 2025),
    ]


def test_indicators_that_did_well_stand_among_facts():
    text = (
        "青原市“十四五”健康规划\n一、发展成就\n主要健康指标持续改善,2020年人均期望寿命78.1岁。\n"
        "三级医院增至9家。\n二、发展目标\n到2025年,人均期望寿命达到79岁。\n"
    )
    assert figures(text) == [
        ("baseline", 78.1, "岁", 2020),
        ("baseline", 9, "家", 2020),
        ("target", 79, "岁", 2025),
    ]


@pytest.mark.parametrize(
    "said",
    ["聚焦营收50亿元以上企业,一企一策做大做强", "力争通过5年努力,面貌一新", "本办法有效期5年"],
)
def test_sizes_of_firms_and_terms_of_effort_are_no_aims(said):
    assert figures(TASKS + f"{said}。\n") == []


def test_a_report_without_headings_that_looks_back_tells_facts_until_it_names_its_aims():
    text = (
        "临山县2025年政府工作报告\n——2025年1月10日在县人民代表大会上\n过去一年,主要做了以下工作:\n"
        "一是民生改善。新建公园6个。\n2025年主要目标是:居民收入增长6%。\n1.抓项目。安排项目95个。\n"
    )
    assert figures(text) == [
        ("baseline", 6, "个", 2024),
        ("target", 6, "%", 2025),
        ("target", 95, "个", 2025),
    ]


@pytest.mark.parametrize(
    ("said", "subject", "operator"),
    [
        ("市级商圈(10万平方米以上)达到8个", "市级商圈", ">="),
        ("共同配送率达到30%", "共同配送率", ">="),
        ("建筑限高15米", "建筑限高", "<="),
        ("三年内累计培育灯塔工厂5家", "灯塔工厂", ">="),
    ],
)
def test_what_is_counted_and_which_way_is_better(said, subject, operator):
    found = [one for one in read_text(TASKS + f"{said}。\n").quantities if one.kind == "target"]
    assert [(one.subject.removeprefix("培育"), one.operator) for one in found] == [
        (subject, operator)
    ]


def test_whom_it_reaches_is_told_of_what_was_made():
    found = read_text(TASKS + "新增就业50人,改造老旧小区18个、惠及2200户。\n").quantities
    assert [one.subject for one in found][1:] == ["老旧小区", "老旧小区"]


def test_a_table_that_came_apart_has_the_year_of_its_title_where_its_head_names_none():
    cells = [
        "专栏2 “十五五”时期防汛指标", "序号", "指标", "预期值", "属性",
        "1", "内涝点数量", "下降30%", "约束性",
        "2", "年均受灾人次", "<800", "预期性",
        "3", "预警覆盖率", "95%", "预期性",
    ]  # fmt: skip
    text = "临山市防汛规划\n一、主要目标\n防汛能力明显增强。\n\n" + "\n\n".join(cells) + "\n"
    found = [
        (one.subject, one.operator, one.value, one.value_type, one.target_year)
        for one in read_text(text).quantities
        if one.kind == "target"
    ]
    assert found == [
        ("内涝点数量", ">=", 30, "change", 2030),
        ("年均受灾人次", "<", 800, "level", 2030),
        ("预警覆盖率", ">=", 95, "share", 2030),
    ]


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("建成20个以上“水管家+”服务组织", "建成水管家+服务组织"),
        ("(三)坚决守住300万亩水源地", "水源地"),
        ("重大项目开工率一季度达到40%", "重大项目开工率"),
    ],
)
def test_a_name_in_quotes_is_part_of_what_is_counted_and_a_quarter_is_not(said, subject):
    text = f"{TASKS}到2026年,{said}。\n"
    assert [one.subject for one in read_text(text).quantities if one.kind == "target"] == [subject]
