"""The evaluation of the tiny plan, by hand."""

from datetime import date

import pandas as pd
import pytest

import hutuo
from hutuo.errors import NotFound
from hutuo.plan.document import Clauses, Targets, clauses, targets
from hutuo.plan.evaluate import Evaluate, TargetAsk, evaluate, target


def by_name(region, **ask):
    return {row.target: row for row in evaluate(region, Evaluate(**ask))}


def test_a_target_on_track(little):
    """146.41 of 200: 53.59 missing; 10 % a year was seen, 8.1 % is needed in the four years left."""
    row = by_name(little)["grow"]
    assert row.distance == pytest.approx(53.59)
    assert row.needed_growth == pytest.approx((200 / 146.41) ** (1 / 4) - 1)
    assert row.seen_growth == pytest.approx(0.10)
    assert (row.status, row.settled_by) == ("on_track", None)
    assert (row.observed.value, row.observed.unit, row.observed.source) == (146.41, "亿元", "book")
    assert (row.observed.valid_from, row.observed.valid_to) == (date(2024, 1, 1), date(2025, 1, 1))
    assert [(p.year, p.value) for p in row.trail] == [(2020, 100.0), (2024, 146.41)]
    assert (row.year, row.year_stated, row.stance) == (2028, True, "力争")


def test_without_a_figure_it_is_said_which_one_would_settle_it(little):
    row = by_name(little)["ride"]
    assert (row.status, row.observed, row.distance) == ("no_data", None, None)
    for words in (row.settled_by.en, row.settled_by.zh):
        assert "2030" in words
    assert all(w in row.settled_by.en for w in ("Commuting time", "Little area", "min"))
    assert all(w in row.settled_by.zh for w in ("通勤时间", "小都市圈", "分钟"))
    assert (row.year, row.year_stated, row.year_from) == (2030, False, "inherited")


def test_where_the_plan_leaves_the_number_open_that_is_what_would_settle_it(little):
    row = by_name(little)["parks"]
    assert (row.status, row.distance, row.year) == ("not_measurable", None, None)
    assert "does not say how many" in row.settled_by.en
    assert "规划未写明个数" in row.settled_by.zh
    assert all(w in row.settled_by.en for w in ("Revenue", "Little area", "2030"))


def test_one_figure_is_not_enough_and_another_year_would_settle_it(little, little_folder):
    row = by_name(hutuo.open(str(little_folder), at="2022-06-30"))["grow"]
    assert (row.status, row.observed.value, row.distance) == ("no_data", 100.0, 100.0)
    assert row.seen_growth is None
    assert row.needed_growth == pytest.approx(2 ** (1 / 8) - 1)
    assert "a year other than 2020" in row.settled_by.en
    assert "除2020年外另一年" in row.settled_by.zh


def test_before_the_first_figure_there_is_none(little, little_folder):
    row = by_name(hutuo.open(str(little_folder), at="2019-12-31"))["grow"]
    assert (row.status, row.observed) == ("no_data", None)


def test_before_the_pack_was_known_there_was_no_plan(little, little_folder):
    with pytest.raises(NotFound, match="plan"):
        by_name(hutuo.open(str(little_folder), as_of="2024-12-31"))


def revenue(year, value, unit="亿元"):
    row = {"place": "set:area", "indicator": "revenue", "valid_from": date(year, 1, 1), "value": value,
           "valid_to": date(year + 1, 1, 1), "unit": unit, "source": "book"}  # fmt: skip
    return pd.DataFrame([row])


def test_a_new_figure_decides_and_its_unit_is_converted(own):
    own.append("observation", revenue(2025, 2.1e10, "元"))
    row = by_name(own)["grow"]
    assert (row.status, row.distance) == ("met", 0)
    assert (row.observed.value, row.observed.unit) == (2.1e10, "元")
    assert row.trail[-1].value == pytest.approx(210)


def test_a_figure_on_a_branch_changes_the_status_there_alone(own):
    branch = own.create_branch("what-if")
    branch.append("observation", revenue(2028, 150))
    assert by_name(branch)["grow"].status == "off_track"
    assert by_name(own)["grow"].status == "on_track"


def test_a_correction_changes_the_status_and_the_one_before_stays_known(own, own_folder):
    before = own.records("observation")[0]["recorded_at"]
    own.append("observation", revenue(2024, 101))
    assert by_name(own)["grow"].status == "off_track"
    assert by_name(hutuo.open(str(own_folder), as_of=before))["grow"].status == "on_track"


def test_an_unknown_plan_or_target_is_told(little):
    with pytest.raises(NotFound, match="no plan 'q'"):
        by_name(little, plan="q")
    with pytest.raises(NotFound, match="no target 'grw'"):
        target(little, TargetAsk(target="grw"))


def test_a_target_is_traced_to_clause_method_rows_and_sources(little):
    found = target(little, TargetAsk(target="grow"))
    assert found.target == by_name(little)["grow"]
    assert (found.clause.clause, found.clause.title.en, found.clause.parents) == (
        "一",
        "Growth",
        [],
    )
    assert (found.method.zh, found.note) == ("营收", None)
    assert [row.value for row in found.rows] == [100.0, 146.41]
    assert [source.source for source in found.sources] == ["book"]
    assert found.related == []


def test_what_bears_on_a_target_is_shown_beside_and_decides_nothing(little):
    found = target(little, TargetAsk(target="ride"))
    assert found.target.status == "no_data"
    assert {(row.geography, row.value) for row in found.related} == {
        ("set:area", 146.41),
        ("990101", 73.205),
    }


def test_targets_and_clauses_stand_in_the_order_of_the_document(little):
    assert [row.target for row in targets(little, Targets())] == ["grow", "parks", "ride"]
    rows = clauses(little, Clauses())
    assert [(r.clause, r.has_text, r.targets) for r in rows] == [
        ("一", True, ["grow", "parks"]),
        ("二", False, ["ride"]),
    ]
    assert [row.clause for row in clauses(little, Clauses(has_text=False))] == ["二"]
    assert (rows[0].systems, rows[1].systems, rows[1].summary) == (["S59"], [], None)


def test_every_target_of_the_list_is_evaluated(little):
    rows = {row.target: row for row in targets(little, Targets())}
    for name, found in by_name(little).items():
        same = ("clause", "indicator", "operator", "value", "unit", "year", "stance", "geography")
        assert [getattr(found, f) for f in same] == [getattr(rows[name], f) for f in same]
