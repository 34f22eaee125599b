"""Versions: everything that was recorded of a row, and what a view reaches of it."""

import pandas as pd
import pytest

from hutuo.base.branches import Undo, undo
from hutuo.base.versions import versions
from hutuo.errors import NotFound

ROW = {"body": "gov", "zh": "小都政府", "en": "Littlecity", "kind": "government", "source": "book"}


def write(region, **cells):
    region.record({"body": pd.DataFrame([ROW | cells], dtype=object)}, verb="test", origin="a.csv")


def told(region, **where):
    rows = versions(region, "body", **where)
    return [(row["en"], row["verb"], row["current"], row["retracted"]) for row in rows]


def test_every_version_is_told_by_key_the_oldest_first(own):
    write(own, en="A")
    write(own, en="B")
    undo(own, Undo())
    assert told(own, body="gov") == [
        ("Littlecity government", "pack", False, False),
        ("A", "test", False, False),
        ("B", "test", False, False),
        ("A", "undo", True, False),
    ]


def test_a_view_reaches_what_was_recorded_by_then_and_its_own_branch(own):
    branch = own.create_branch("b")
    write(branch, en="C")
    write(own, en="A")
    assert [row[0] for row in told(own, body="gov")] == ["Littlecity government", "A"]
    assert [row["en"] for row in versions(branch, "body", body="gov") if row["current"]] == ["C"]


def test_an_unknown_column_is_told(own):
    with pytest.raises(NotFound, match="no column 'colour' in table body") as told:
        versions(own, "body", colour="red")
    assert told.value.words[0] == "数据表body没有列“colour”"
    assert told.value.advice[0].startswith("可用:body、")
