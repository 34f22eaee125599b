"""Tables of indicators that came apart, a cell a line, as web pages give them when they are copied."""

from itertools import pairwise

from hutuo.plan.reading import read_text

HEAD = "青原市水利发展规划\n2026年3月1日\n一、发展现状\n水质总体良好。\n二、发展目标\n（一）主要指标\n"
SPACED = [
    "序号", "指标名称", "指标\n属性", "现状值\n（2025年）", "目标值\n（2030年）",
    "1", "河道整治率", "预期性", "41%", "≥66%",
    "2", "湖泊\n（水库）面积", "约束性", "18.5\n平方公里", "19\n平方公里",
    "3", "管网漏损率", "预期性", "—", "≤8%",
]  # fmt: skip
TIGHT = """类别
序号
指标
单位
属性
“十四五”
完成值
“十五五”
目标值

宜居
1
住房改造
旧住房改造面积
万平方米
预期性
120
90

2
完整社区覆盖率
％
预期性
-
70

3
街区改造数量
个
预期性

≥6

韧性
4
老化管道改造长度
公里
约束性
355
421
"""


def rows(text):
    return [
        (one.kind, one.subject, one.operator, one.value, one.unit, one.target_year, one.quote)
        for one in read_text(text).quantities
    ]


def test_a_cell_of_two_lines_is_one_where_empty_lines_stand_between_cells():
    assert rows(HEAD + "\n\n".join(SPACED) + "\n\n三、保障措施\n加强领导。\n") == [
        ("baseline", "河道整治率", "=", 41, "%", 2025, "41%"),
        ("target", "河道整治率", ">=", 66, "%", 2030, "≥66%"),
        ("baseline", "湖泊(水库)面积", "=", 18.5, "平方公里", 2025, "18.5\n平方公里"),
        ("target", "湖泊(水库)面积", ">=", 19, "平方公里", 2030, "19\n平方公里"),
        ("target", "管网漏损率", "<=", 8, "%", 2030, "≤8%"),
    ]


def test_units_stand_in_a_line_of_their_own_and_columns_are_named_by_terms():
    assert rows(HEAD + TIGHT + "三、保障措施\n加强领导。\n") == [
        ("baseline", "旧住房改造面积", "=", 120, "万平方米", 2025, "120"),
        ("target", "旧住房改造面积", ">=", 90, "万平方米", 2030, "90"),
        ("target", "完整社区覆盖率", ">=", 70, "%", 2030, "70"),
        ("target", "街区改造数量", ">=", 6, "个", 2030, "≥6"),
        ("baseline", "老化管道改造长度", "=", 355, "公里", 2025, "355"),
        ("target", "老化管道改造长度", ">=", 421, "公里", 2030, "421"),
    ]


def test_a_table_is_one_clause_and_each_letter_of_the_plan_is_in_one():
    text = HEAD + TIGHT + "三、保障措施\n加强领导。\n"
    clauses = read_text(text).clauses
    assert [one.id for one in clauses if "旧住房" in text[one.start : one.end]] == ["二(一)¶1"]
    assert all(before.end == after.start for before, after in pairwise(clauses))


def test_a_row_that_lacks_a_cell_tells_nothing_unless_it_is_sure_which():
    lines = [one for one in SPACED if one not in ("—", "≤8%")] + ["9%"]
    found = rows(HEAD + "\n\n".join(lines) + "\n\n三、保障措施\n加强领导。\n")
    assert [one[1] for one in found if one[1] == "管网漏损率"] == []


def test_words_of_a_kind_in_prose_are_no_table():
    text = f"{HEAD}指标分为两类。\n预期性\n由市场主体实现。\n约束性\n到2030年新增绿地30公顷。\n"
    assert [one[1] for one in rows(text)] == ["新增绿地"]


def test_kinds_that_close_a_row_stand_after_its_figures():
    """The number of the next row follows them and is no figure; a row in words has none."""
    cells = [
        "序号", "类型", "指标名称", "指标单位", "2025年", "2030年目标值", "属性",
        "1", "修缮", "旧屋修缮面积", "万平方米", "20", "30", "约束性",
        "2", "老街商铺数", "家", "—", ">4", "预期性",
        "3", "民生", "消除旱厕", "—", "基本消除", "约束性",
        "4", "登记率", "%", "90", "100", "约束性",
    ]  # fmt: skip
    assert [
        row[:6] for row in rows(HEAD + "\n\n".join(cells) + "\n\n三、保障措施\n加强领导。\n")
    ] == [
        ("baseline", "旧屋修缮面积", "=", 20, "万平方米", 2025),
        ("target", "旧屋修缮面积", ">=", 30, "万平方米", 2030),
        ("target", "老街商铺数", ">", 4, "家", 2030),
        ("baseline", "登记率", "=", 90, "%", 2025),
        ("target", "登记率", ">=", 100, "%", 2030),
    ]


def test_rows_without_kinds_end_in_as_many_figures_as_the_head_has_years():
    """A number that follows them is that of the next row; an empty unit is no figure."""
    numbered = [
        "序号", "指标名称", "单位", "2025年", "2030年",
        "1", "水利", "河道整治长度", "公里", "2", "3",
        "2", "水库座数", "座", "—", "4",
        "3", "灌溉指数", "—", "0.5", "0.7",
        "4", "旱厕", "处", "基本消除",
        "5", "登记率", "%", "90", "100",
    ]  # fmt: skip
    assert [
        row[1:6] for row in rows(HEAD + "\n".join(numbered) + "\n三、保障措施\n加强领导。\n")
    ] == [
        ("河道整治长度", "=", 2, "公里", 2025),
        ("河道整治长度", ">=", 3, "公里", 2030),
        ("水库座数", ">=", 4, "座", 2030),
        ("灌溉指数", "=", 0.5, "", 2025),
        ("灌溉指数", ">=", 0.7, "", 2030),
        ("登记率", "=", 90, "%", 2025),
        ("登记率", ">=", 100, "%", 2030),
    ]


def test_a_head_in_prose_or_with_one_row_is_no_table():
    text = f"{HEAD}指标\n单位\n2030年\n绿化率\n%\n40\n到2030年新增绿地30公顷。\n"
    assert [one[1] for one in rows(text)] == ["新增绿地"]
