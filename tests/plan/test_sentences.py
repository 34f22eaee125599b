"""Sentences of plans: which figure is an aim, which a fact, which only tells what is meant, and of what."""

import pytest

from hutuo.plan.reading import read_text

AIMS = "青原市发展规划（2026—2030年）\n一、发展目标\n"
FACTS = "青原市政府工作报告\n2026年1月20日\n一、“十四五”时期工作回顾\n"


def read(text, kind):
    return [one for one in read_text(text).quantities if one.kind == kind]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("有序淘汰30蒸吨以下燃煤锅炉。", []),
        ("对废水量超50吨企业进行清洁生产审核。", []),
        ("引进投资超5亿元的农业项目和超1亿元的物流项目共30个。", [30]),
        ("泥河消除劣五类水体，出口断面稳定达到Ⅲ类。", []),
        ("一幅江畔新城的画卷正在展开。", []),
        ("统筹国内国际两个大局，建设三位一体的回收体系。", []),
        ("倡导2公里步行、5公里骑行。", []),
        ("新建项目实行能耗等量或减量替代。", []),
        ("集体收入10万元以上的村超一半。", [50]),
        ("前20家企业产值占比超过60%。", [60]),
        ("新建50公里以上绿道。", [50]),
        ("每区至少引进一个5亿元以上项目、2个1亿元以上加工项目。", [1, 2]),
        ("培育一批超5亿元的企业，提升已开街的20条街区品质。", [20]),
        ("投资30亿欧元的新工厂开工，±800千伏变压器投运。", []),
    ],
)
def test_what_tells_a_size_a_grade_or_a_picture_is_no_aim(said, expected):
    assert [one.value for one in read(f"{AIMS}{said}\n", "target")] == expected


@pytest.mark.parametrize(
    ("said", "value", "unit", "operator"),
    [
        ("雷管消耗比下降到300发/吨。", 300, "发/吨", ">="),
        ("单位产品能耗降低到280克标准煤/千瓦时。", 280, "克标准煤/千瓦时", "<="),
        ("转炉工序能耗达到-25千克标准煤/吨。", -25, "千克标准煤/吨", "<="),
    ],
)
def test_units_over_other_units_and_figures_below_nought(said, value, unit, operator):
    [found] = read(f"{AIMS}{said}\n", "target")
    assert (found.value, found.unit) == (value, unit)
    assert found.operator == operator or operator == ">="


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("贫困发生率由1.5%大幅下降到0.6%。", [("贫困发生率", "=", 1.5), ("贫困发生率", "=", 0.6)]),
        (
            "登记失业率控制在3.5%，低于2%以内。",
            [("登记失业率", "=", 3.5), ("登记失业率", "<=", 2)],
        ),
        (
            "完成投资40亿元、零售总额35亿元，分别增长6%和7%。",
            [("投资", "=", 40), ("零售总额", "=", 35), ("投资", "=", 6), ("零售总额", "=", 7)],
        ),
        (
            "产值、利润累计分别完成15亿元、2亿元，与上一个五年相比分别增长53%、83%。",
            [("产值", "=", 15), ("利润", "=", 2), ("产值", "=", 53), ("利润", "=", 83)],
        ),
        ("解决21万农村居民饮水安全问题。", [("农村居民饮水安全问题", "=", 21)]),
        ("一般公共预算收入同口径增长1.8%。", [("一般公共预算收入", "=", 1.8)]),
        ("派出6批次150名医生。", [("医生", "=", 6), ("医生", "=", 150)]),
        ("争取“六类资金”1069亿元。", [("六类资金", "=", 1069)]),
        (
            "城镇和农村居民收入分别增长6%、7%。",
            [("城镇居民收入", "=", 6), ("农村居民收入", "=", 7)],
        ),
        ("城乡收入比从2.3∶1缩小到2.2∶1。", [("城乡收入比", "=", 2.3), ("城乡收入比", "=", 2.2)]),
        ("能耗五年累计下降20%，用47天时间完成。", [("能耗", "=", 20)]),
    ],
)
def test_facts_are_just_what_they_were_and_are_of_what_was_named_before(said, expected):
    found = read(f"{FACTS}{said}\n", "baseline")
    assert [(one.operator, one.value) for one in found] == [row[1:] for row in expected]
    assert all(row[0] in one.subject for one, row in zip(found, expected, strict=True))


def test_tasks_of_an_opinion_are_aims_though_they_are_summed_up_or_touch_what_there_is():
    text = (
        "青原省绿色发展实施意见\n一、主要目标\n到2030年，单位能耗下降15%。\n二、重点任务\n"
        "2030年农药使用量累计减少1500吨以上，防控覆盖率和防治覆盖率分别达到60%、50%以上。"
        "加快现有数据中心改造，电能利用效率降至1.3以下。\n"
    )
    assert [(one.value, one.target_year) for one in read(text, "target")] == [
        (15, 2030), (1500, 2030), (60, 2030), (50, 2030), (1.3, 2030),
    ]  # fmt: skip
    assert read(text, "baseline") == []


def test_a_term_that_is_compared_with_gives_no_year():
    [found] = read(f"{AIMS}事故死亡人数较“十四五”下降30%以上。\n", "target")
    assert (found.base_year, found.target_year) == (2025, 2030)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("农业、工业增加值分别增长5%、8%左右。", [("农业", "~", 5), ("工业增加值", "~", 8)]),
        ("水泥产销量分别达到430万吨、440万吨。", [("水泥产量", ">=", 430), ("水泥销量", ">=", 440)]),
        ("一二三产增加值分别增长3%、6%、7%。", [
            ("一产增加值", ">=", 3), ("二产增加值", ">=", 6), ("三产增加值", ">=", 7)
        ]),
        ("居住建筑标准执行比例达到100%。", [("居住建筑标准执行比例", ">=", 100)]),
        ("贡献40%以上的税收、80%以上的就业。", [("税收", ">=", 40), ("就业", ">=", 80)]),
        ("带动40万农户。", [("农户", ">=", 40)]),
        ("九月开工，9月底前新建项目100%开工。", [("项目", ">=", 100)]),
        ("建成区绿地率达到40%，建设高标准农田5万亩。", [
            ("建成区绿地率", ">=", 40), ("高标准农田", ">=", 5)
        ]),
        ("获得科技奖励9项。", [("获得科技奖励", ">=", 9)]),
    ],
)  # fmt: skip
def test_figures_of_a_row_each_have_their_own_name_and_share_a_mark_at_the_end(said, expected):
    found = read(f"{AIMS}{said}\n", "target")
    assert [(one.subject, one.operator, one.value) for one in found] == expected


def test_the_year_of_paragraphs_of_aims_holds_for_works_and_not_for_rules():
    text = (
        "关于建设公园城市的实施意见\n一、总体目标\n城市更宜居。\n至2030年，体系初步形成。至2045年，全面建成。\n"
        "二、任务\n建成休闲林地5个。绿地率不应低于35%。\n"
    )
    assert [(one.value, one.target_year) for one in read(text, "target")] == [
        (5, 2030),
        (35, None),
    ]


def test_all_figures_that_are_grown_from_are_of_the_year_before_the_span():
    found = read(
        f"{FACTS}三次产业结构从5:52:43优化为4:47:49，低保由480元、280元提高到735元、530元。\n",
        "baseline",
    )
    assert [(one.value, one.target_year) for one in found] == [
        (5, 2020), (52, 2020), (43, 2020), (4, 2025), (47, 2025), (49, 2025),
        (480, 2020), (280, 2020), (735, 2025), (530, 2025),
    ]  # fmt: skip


def test_each_figure_of_a_row_has_its_own_year_and_names_keep_their_first_letters():
    said = "力争2027年、2030年再生水利用比例分别达到25%、30%以上。都市农庄和自来水普及率分别达到4个、90%。\n"
    found = read(AIMS + said, "target")
    assert [(one.subject, one.value, one.target_year) for one in found] == [
        ("再生水利用比例", 25, 2027), ("再生水利用比例", 30, 2030),
        ("都市农庄", 4, 2030), ("自来水普及率", 90, 2030),
    ]  # fmt: skip
