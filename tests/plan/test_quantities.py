"""Figures of plans: aims apart from facts, names that hold digits apart from both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.reader.numbers import numbers_of
from hutuo.plan.reader.words import plain
from hutuo.plan.reading import read_text
from plan.samples import CHAPTERS, NOTICE


@pytest.fixture(scope="module")
def notice():
    return read_text(NOTICE).quantities


def told(found, *kinds):
    """Figures of these kinds as short rows."""
    return [
        (one.subject, one.operator, one.value, one.unit, one.target_year, one.year_from)
        for one in found
        if one.kind in kinds
    ]


def test_aims_are_read_with_operator_value_unit_and_year(notice):
    assert told(notice, "target") == [
        ("地区生产总值", ">", 9000, "亿元", 2027, "stated"),
        ("青原至临山通达", "<=", 1, "小时", 2027, "inherited"),
        ("断头路", "=", 100, "%", 2027, "inherited"),
        ("轨道交通运营里程", ">=", 320, "公里", 2027, "inherited"),
        ("研发经费投入强度", ">=", 2.8, "%", 2027, "inherited"),
        ("国家级专精特新企业", ">=", 100, "家", 2027, "inherited"),
        ("产业集群", ">=", 1000, "亿元", 2027, "inherited"),
        ("单位地区生产总值能耗", ">=", 14, "%", 2030, "stated"),
        ("PM2.5浓度", "<=", 32, "微克/立方米", 2030, "stated"),
        ("城镇调查失业率", "<=", 5.5, "%", 2030, "stated"),
        ("新增充电桩", ">=", 5, "万个", 2030, "inherited"),
        ("新增公交专用道", ">=", 200, "公里", 2030, "inherited"),
        ("新增停车泊位", ">=", 3, "万个", 2030, "inherited"),
        ("义务教育", ">=", 99, "%", 2030, "inherited"),
        ("学前教育普惠率", ">=", 90, "%", 2030, "inherited"),
        ("应急救援圈", "<=", 1, "小时", 2030, "inherited"),
        ("社区养老服务", "=", 100, "%", 2030, "inherited"),
        ("能源消费指标跨市置换", "=", 1, "比值", 2030, "inherited"),
        ("生物医药产业营业收入", ">", 1, "万亿元", 2035, "stated"),
        ("经济总量", ">=", 2, "倍", 2035, "stated"),
    ]


def test_facts_are_kept_apart_from_aims(notice):
    assert told(notice, "baseline") == [
        ("地区生产总值", "=", 7200, "亿元", 2023, "stated"),
        ("占全省的比重", "=", 21.5, "%", 2023, "stated"),
        ("常住人口城镇化率", "=", 58.2, "%", 2018, "stated"),
        ("常住人口城镇化率", "=", 65.4, "%", 2023, "stated"),
        ("4A级以上景区", "=", 26, "个", 2023, "inherited"),
        ("铁路", ">", 1200, "公里", 2023, "inherited"),
    ]


def test_what_the_plan_covers_is_neither_aim_nor_fact(notice):
    assert told(notice, "scope") == [
        ("面积", "~", 2.4, "万平方公里", None, "none"),
        ("常住人口", "~", 980, "万人", None, "none"),
    ]


def test_a_change_counts_from_its_base_year_and_a_span_has_two_ends(notice):
    changes = {one.subject: (one.value_type, one.base_year) for one in notice if one.base_year}
    assert changes == {
        "常住人口城镇化率": ("share", 2018),
        "单位地区生产总值能耗": ("change", 2023),
        "经济总量": ("change", 2020),
    }
    assert [one.value_hi for one in notice if one.value_hi] == [5]


def test_quotes_are_the_words_of_the_document(notice):
    assert all(NOTICE[one.start : one.end] == one.quote for one in notice)
    stances = {one.subject: one.stance for one in notice if one.kind == "target"}
    assert (stances["地区生产总值"], stances["断头路"]) == ("力争", "全面")


def test_tables_of_indicators_are_read_row_by_row():
    found = read_text(CHAPTERS).quantities
    rows = [
        (one.subject, one.kind, one.operator, one.value, one.unit, one.target_year, one.value_type)
        for one in found
        if "\t" in one.quote
    ]
    assert rows == [
        ("地区生产总值", "baseline", "=", 210, "亿元", 2020, "level"),
        ("地区生产总值", "target", ">", 300, "亿元", 2025, "level"),
        ("地区生产总值", "target", "~", 7, "%", 2025, "growth"),
        ("常住人口城镇化率", "baseline", "=", 48.5, "%", 2020, "share"),
        ("常住人口城镇化率", "target", ">=", 56, "%", 2025, "share"),
        ("常住人口城镇化率", "target", ">=", 7.5, "%", 2025, "growth"),
        ("粮食综合生产能力", "baseline", "=", 30, "万吨", 2020, "level"),
        ("粮食综合生产能力", "target", ">=", 31, "万吨", 2025, "level"),
    ]


@pytest.mark.parametrize(
    ("said", "value", "high", "unit"),
    [
        ("一小时", 1, None, "小时"),
        ("半小时", 0.5, None, "小时"),
        ("万亿元", 1, None, "万亿元"),
        ("五千亿级", 5000, None, "亿元"),
        ("千亿级", 1000, None, "亿元"),
        ("三万五千公里", 35000, None, "公里"),
        ("1,234.5亿元", 1234.5, None, "亿元"),
        ("120万千瓦", 120, None, "万千瓦"),
        ("3—5个", 3, 5, "个"),
        ("10%—15%", 10, 15, "%"),
        ("1.2万至1.5万人", 1.2, 1.5, "万人"),
        ("四成", 40, None, "%"),
        ("翻一番", 2, None, "倍"),
        ("全覆盖", 100, None, "%"),
        ("等量", 1, None, "比值"),
        ("全国前十", 10, None, "位"),
        ("2.1:1", 2.1, None, ""),
        ("４５％", 45, None, "%"),
    ],
)
def test_numbers_are_read_in_digits_words_and_magnitudes(said, value, high, unit):
    [found] = numbers_of(plain(said), [])
    assert (found.value, found.value_hi, found.unit) == (value, high, unit)


@pytest.mark.parametrize(
    "said",
    [
        "5G网络", "5G-A基站", "4A级景区", "IPv6", "二级医院", "二级及以上医疗机构", "PM2.5", "“1+2+N”格局",
        "党的二十届三中全会", "第三代半导体", "G107国道", "十四五规划", "三年行动计划", "一体化", "统一",
        "《2030年议程》", "万众创新", "每千人口", "3岁以下婴幼儿", "这五年",
    ],
)  # fmt: skip
def test_names_and_grades_are_no_numbers(said):
    assert [one for one in numbers_of(plain(said), []) if not one.grade] == []


@given(
    st.text(
        st.sampled_from("一二三十百千万亿元个%12345.,-年到由增长达力争小时级第“”(),。、;:\n\t "),
        max_size=60,
    )
)
def test_any_text_is_read_and_each_quote_is_in_it(text):
    """No text of such signs breaks the reader; what it quotes stands where it says."""
    found = read_text(f"某市规划\n一、目标\n{text}\n二、任务\n{text}")
    whole = f"某市规划\n一、目标\n{text}\n二、任务\n{text}"
    assert all(
        whole[one.start : one.end] == one.quote for one in [*found.quantities, *found.duties]
    )


AIMS = "青原市发展规划（2026—2030年）\n一、发展目标\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("建设15分钟社区生活圈。", []),
        ("打造1小时通勤圈。", [("通勤圈", 1)]),
        ("探索24小时开放公厕保洁模式。", []),
        ("海堤达到100年一遇防御标准。", []),
        ("新建220千伏变电站16座。", [("220千伏变电站", 16)]),
        ("贯彻“百村千园”理念。", []),
        ("年用水量50万立方米以上的企业全部安装在线监测。", [("企业", 100)]),
        ("5000平方米以上政府投资项目应当执行二星级标准。", []),
        ("绿地面积达到22.6km2。", [("绿地面积", 22.6)]),
        ("淘汰转炉、烧结机2座。", [("转炉、烧结机", 2)]),
        ("完成三幅地块出让。", [("完成地块出让", 3)]),
        ("力争年节约2%用能量。", [("用能量", 2)]),
    ],
)
def test_what_only_names_or_limits_something_is_no_aim(said, expected):
    found = read_text(f"{AIMS}{said}\n").quantities
    assert [(one.subject, one.value) for one in found if one.kind == "target"] == expected


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("细颗粒物（PM2.5）年均浓度控制在30微克/立方米以内。", "细颗粒物(PM2.5)年均浓度"),
        ("新建市域（郊）铁路3条。", "市域(郊)铁路"),
        ("3. 装配式建筑占新建建筑比例达30%。", "装配式建筑占新建建筑比例"),
        ("全市累计完成公共建筑节能改造1270万平方米。", "公共建筑节能改造"),
        ("完成临河21公里岸线贯通。", "临河岸线贯通"),
        ("网络实现城区全覆盖。", "网络城区"),
        ("对32座水闸进行达标建设。", "水闸达标建设"),
    ],
)
def test_what_a_figure_is_of_is_named_without_the_verbs_around_it(said, subject):
    found = [one for one in read_text(f"{AIMS}{said}\n").quantities if one.kind == "target"]
    assert [one.subject for one in found] == [subject]


def test_at_least_is_at_least_though_less_is_better_of_what_the_name_holds():
    found = read_text(f"{AIMS}超低能耗建筑示范项目不少于500万平方米。\n").quantities
    assert [(one.operator, one.value) for one in found] == [(">=", 500)]


def test_what_a_figure_grew_from_is_of_the_year_before_the_span_or_before_the_year():
    text = (
        "青原市政府工作报告\n2026年1月20日\n一、“十四五”时期工作回顾\n"
        "高新技术企业从940家增加到1550家。生产总值从2020年的3.6万亿元增长到2025年的4.9万亿元，财政收入从3826亿元"
        "增长到4398亿元。\n常住人口由上年729万人增加到731万人。\n"
    )
    assert [(one.value, one.target_year) for one in read_text(text).quantities] == [
        (940, 2020), (1550, 2025), (3.6, 2020), (4.9, 2025), (3826, 2020), (4398, 2025), (729, 2024),
        (731, 2025),
    ]  # fmt: skip


def test_a_text_that_strives_for_nothing_is_a_report():
    text = (
        "——经济实力提升。2020年全市生产总值达到526亿元，年均增长4.4%。\n"
        "——民生改善。新增城镇就业12万人，是“十二五”的1.4倍。\n"
    )
    found = read_text(text).quantities
    assert [(one.kind, one.target_year) for one in found] == [("baseline", 2020)] * 4


def test_an_aim_has_the_last_year_of_the_term_that_its_passage_speaks_of():
    text = "工业达峰方案\n一、主要目标\n“十五五”期间，结构明显优化。每年实施约500家企业改造。\n"
    found = read_text(text).quantities
    assert [(one.target_year, one.year_from) for one in found] == [(2030, "inherited")]


@pytest.mark.parametrize(
    ("said", "operator", "value", "value_hi"),
    [
        ("道路红线宽度不应超过40米。", "<=", 40, None),
        ("拆除面积不应大于现状面积的20%。", "<=", 20, None),
        ("绿地率不宜低于35%。", ">=", 35, None),
        ("人口密度控制在0.6-1万人/平方公里。", "=", 0.6, 1),
        ("年均增长5%—5.5%。", "=", 5, 5.5),
        ("建成5个—6个示范基地。", ">=", 5, 6),
    ],
)
def test_bounds_and_spans_say_how_a_figure_is_held_to(said, operator, value, value_hi):
    found = [one for one in read_text(f"{AIMS}{said}\n").quantities if one.kind == "target"]
    assert [(one.operator, one.value, one.value_hi) for one in found] == [
        (operator, value, value_hi)
    ]


def test_a_number_that_is_left_open_is_no_aim_that_could_be_measured():
    found = read_text(f"{AIMS}建设一批示范基地。\n").quantities
    assert [(one.kind, one.value) for one in found] == [("attribute", None)]


def test_a_title_names_its_term_without_marks_and_facts_before_it_are_facts():
    text = (
        "青原省十四五绿色发展规划\n一、发展现状\n用电占比由2015年的3.9%提高至2020年的11.9%。断面优良比例73.5%，"
        "优于2015年近20个百分点。\n二、重点任务\n十四五期间，全省累计新增绿色建筑5亿平方米。\n"
    )
    assert [(one.kind, one.value, one.target_year) for one in read_text(text).quantities] == [
        ("baseline", 3.9, 2015), ("baseline", 11.9, 2020), ("baseline", 73.5, 2020), ("baseline", 20, 2020),
        ("target", 5, 2025),
    ]  # fmt: skip


def test_a_report_names_years_from_where_it_stands():
    text = (
        "青原市政府工作报告\n2022年4月9日\n一、过去五年工作回顾\n生产总值由897亿元增加到1459亿元。\n"
        "二、今后五年目标任务\n货物吞吐量达到133万吨。\n三、2022年工作安排\n新增学位3000个。\n"
    )
    assert [(one.kind, one.value, one.target_year) for one in read_text(text).quantities] == [
        ("baseline", 897, 2016), ("baseline", 1459, 2021), ("target", 133, 2026), ("target", 3000, 2022),
    ]  # fmt: skip


def test_a_passage_that_begins_with_a_term_that_is_over_tells_facts():
    text = (
        "“十四五”农业规划\n第一章　发展形势与任务\n“十三五”时期，农业取得进展。贡献率达到60%，"
        "贫困村全部出列12个。\n到2025年，机械化率达到75%。\n"
    )
    assert [(one.kind, one.value, one.target_year) for one in read_text(text).quantities] == [
        ("baseline", 60, 2020), ("baseline", 12, 2020), ("target", 75, 2025),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("孕产妇死亡率下降到12/10万以下。", [("<=", 12, "/10万")]),
        ("PM2.5浓度保持每立方米24微克以下。", [("<=", 24, "微克/立方米")]),
        ("完好率保持在99%。", [(">=", 99, "%")]),
        ("三次产业比重分别为13%、51%和36%。", [("=", 13, "%"), ("=", 51, "%"), ("=", 36, "%")]),
        ("举办3届大会。", [(">=", 3, "届")]),
        ("完成节能率15%的改造面积86万平方米。", [(">=", 86, "万平方米")]),
        ("这是发展的关键五年，打通“最后一公里”，融合“两张网”。", []),
        ("落实24小时备勤制度，实施三年行动。", []),
    ],
)
def test_units_and_names_of_reports(said, expected):
    found = [one for one in read_text(f"{AIMS}{said}\n").quantities if one.kind == "target"]
    assert [(one.operator, one.value, one.unit) for one in found] == expected


def test_the_year_that_a_lead_in_ends_on_holds_for_what_follows_it():
    text = (
        "青原市第十二个五年规划纲要\n第一章　主要目标\n"
        "按照与到2020年奋斗目标相衔接的要求，今后五年的主要目标是：\n经济年均增长7%。\n"
    )
    assert [(one.value, one.target_year) for one in read_text(text).quantities] == [(7, 2015)]


def test_the_year_of_a_heading_holds_over_what_its_paragraphs_say_in_passing():
    text = (
        "政府工作报告\n2017年4月16日\n一、2017年主要工作\n完成今后五年的任务，今年至关重要。"
        "主要预期目标是：生产总值增长8%。\n"
    )
    assert [(one.value, one.target_year) for one in read_text(text).quantities] == [(8, 2017)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("第一产业年均增长百分之四点一。", [(4.1, None, "%")]),
        ("投资完成五万七千六百亿元。", [(57600, None, "亿元")]),
        ("人口自然增长率控制在百分之八至九。", [(8, 9, "%")]),
        ("改造5座主要水厂。", [(5, None, "座")]),
        ("每年开通至少一条地铁。", [(1, None, "条")]),
        ("居民消费价格指数103左右。", [(103, None, "")]),
        ("普及九年制义务教育，建设日处理能力5万吨的海水淡化项目。", []),
        ("建设30个10万千瓦级风电项目。", [(30, None, "个")]),
        ("形成两极、三圈。", []),
    ],
)
def test_numerals_in_words_and_numbers_within_names(said, expected):
    found = [one for one in read_text(f"{AIMS}{said}\n").quantities if one.kind == "target"]
    assert [(one.value, one.value_hi, one.unit) for one in found] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "培育3家产值超500亿元、50家产值超百亿元的龙头企业。",
            [("龙头企业", 3), ("龙头企业", 50)],
        ),
        ("专利授权量突破万件。", [("专利授权量", 1)]),
        ("推进重点区域（五个新城、临港片区等）建设。", []),
        ("落实5个方面13项任务，实施落后产能清零行动。", []),
        ("加快迈向“GDP万亿俱乐部”，推进村村通延伸工程。", []),
        ("人均生产总值增至49351元（折合7924美元）。", [("人均生产总值", 49351), ("折合", 7924)]),
        ("研发经费年均增长7%、强度高于“十三五”时期实际。", [("研发经费", 7)]),
    ],
)
def test_counts_have_sizes_and_slogans_have_none(said, expected):
    found = [one for one in read_text(f"{AIMS}{said}\n").quantities if one.kind == "target"]
    assert [(one.subject, one.value) for one in found] == expected


def test_less_is_better_of_what_a_figure_is_of_and_not_of_a_word_within_its_name():
    found = read_text(f"{AIMS}超低能耗建筑比例达到50%。单位产值能耗达到0.5吨。\n").quantities
    assert [one.operator for one in found] == [">=", "<="]


def test_a_report_given_late_in_a_year_counts_it_among_the_past_five():
    text = (
        "政府工作报告\n2016年12月15日\n一、过去五年工作回顾\n五年来，减贫29万人，贫困发生率由24%下降到1%。\n"
        "二、今后五年目标\n造林60万亩。\n"
    )
    assert [(one.value, one.target_year) for one in read_text(text).quantities] == [
        (29, 2016), (24, 2011), (1, 2016), (60, 2021),
    ]  # fmt: skip


def test_of_years_that_a_sentence_names_the_last_holds_for_those_after_it():
    text = f"{AIMS}到2023年贫困县摘帽，到2025年建成小康。生产总值年均增长9%。\n"
    assert [one.target_year for one in read_text(text).quantities] == [2025]
