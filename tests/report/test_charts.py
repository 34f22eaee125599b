"""Maps and charts as SVG: well formed, escaped, true to their figures."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.report.charts import Bar, Course, Shape, bars, choropleth, course

SVG = "{http://www.w3.org/2000/svg}"
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
TWO = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}


def test_a_map_has_a_path_a_unit_and_an_entry_a_class():
    shapes = [
        Shape(SQUARE, "#aaa", "甲", (0.5, 0.5), "甲 1"),
        Shape(TWO, "#bbb", "乙", None, "乙"),
    ]
    tree = ET.fromstring(choropleth(shapes, [("#aaa", "< 1"), ("#bbb", "≥ 1")], "图"))  # noqa: S314
    assert tree.find(f"{SVG}title").text == "图"
    assert [path.get("fill") for path in tree.iter(f"{SVG}path")] == ["#aaa", "#bbb"]
    texts = [text.text for text in tree.iter(f"{SVG}text")]
    assert texts == ["甲", "< 1", "≥ 1"]


def test_names_never_become_markup():
    evil = "<script>&\"'"
    for drawn in (
        choropleth([Shape(SQUARE, "#aaa", evil, (0.5, 0.5), evil)], [("#aaa", evil)], evil),
        bars([Bar(evil, [1])], [evil], evil),
    ):
        tree = ET.fromstring(drawn)  # noqa: S314 - made here
        assert evil in [text.text for text in tree.iter(f"{SVG}text")]
        assert "<script" not in drawn


def test_bars_are_as_long_as_their_values():
    tree = ET.fromstring(bars([Bar("a", [10, 5]), Bar("b", [None, 2.5])], ["x", "y"], "t"))  # noqa: S314
    widths = [float(r.get("width")) for r in tree.iter(f"{SVG}rect") if r.get("x") == "190"]
    assert widths == pytest.approx([560, 280, 140])


def test_nothing_to_draw_draws_nothing():
    assert choropleth([], [], "t") == ""
    assert bars([], [], "t") == ""
    assert bars([Bar("a", [None])], ["x"], "t") == ""


COURSE = Course(
    seen=[(2020, 10.0), (2021, 12.0)],
    due=[(2021, 12.0), (2022, 16.0), (2023, 20.0)],
    ahead=[(2022, 13.0, 12.0, 14.0), (2023, 14.0, 11.0, 17.0)],
    target=(2023, 20.0),
)
NAMES = ("观测", "路径", "目标", "预测")


def test_a_course_has_a_dot_a_figure_and_an_entry_for_what_is_drawn():
    tree = ET.fromstring(course(COURSE, NAMES, "图", "亿元"))  # noqa: S314
    assert len(list(tree.iter(f"{SVG}circle"))) == 2
    texts = [text.text for text in tree.iter(f"{SVG}text")]
    assert texts[0] == "亿元"
    assert texts[-4:] == list(NAMES)
    assert {"2020", "2021", "2022", "2023"} <= set(texts)
    bare = course(COURSE._replace(due=[], ahead=[]), NAMES, "图", "亿元")
    assert "路径" not in bare
    assert "预测" not in bare


def test_a_higher_figure_stands_higher_and_a_later_one_further_right():
    tree = ET.fromstring(course(COURSE, NAMES, "图", "亿元"))  # noqa: S314
    one, two = ((float(c.get("cx")), float(c.get("cy"))) for c in tree.iter(f"{SVG}circle"))
    assert one[0] < two[0]
    assert one[1] > two[1]


@pytest.mark.parametrize("value", [0.0, -5.0, 1e-6, 3.0, 1e12])
def test_one_figure_alone_is_drawn_too(value):
    drawn = course(Course([(2020, value)], [], [], (None, value)), NAMES, "图", "x")
    assert "nan" not in drawn
    ET.fromstring(drawn)  # noqa: S314
    assert course(Course([], [], [], (2030, value)), NAMES, "图", "x") == ""


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_are_few_and_hold_both_ends(low, more):
    from hutuo.report.charts import _ticks

    steps = _ticks(low, low + more)
    slack = 1e-9 * max(abs(low), abs(low + more), 1)
    assert steps[0] <= low + slack
    assert steps[-1] >= low + more - slack
    assert 2 <= len(steps) <= 9
