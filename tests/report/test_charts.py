"""Maps and charts as SVG: well formed, escaped, true to their figures."""

from xml.etree import ElementTree as ET

import pytest

from hutuo.report.charts import Bar, Shape, bars, choropleth

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
