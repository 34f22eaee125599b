"""The verb on the tiny plan: targets, figures and quantities together."""

from datetime import date

import pandas as pd

import hutuo
import tiny
from hutuo.plan.contradictions import Contradictions, contradictions


def found(region, **ask):
    return {row.rule: row for row in contradictions(region, Contradictions(**ask))}


def test_the_bound_of_growth_is_asked(little):
    """146.41 in 2024 to 200 in 2028 is 8.1 % a year."""
    assert "too_steep" not in found(little)
    row = found(little, most_growth=0.08)["too_steep"]
    assert (row.clause, row.others, row.targets, row.grade) == ("一", [], ["grow"], "implausible")
    assert "+8.1% a year" in row.says.en
    assert [(f.value, f.year, f.clause) for f in row.figures] == [
        (146.41, 2024, None),
        (200, 2028, "一"),
    ]


def test_a_target_met_by_its_base_and_one_outside_the_plan(own_folder):
    tiny.edit(own_folder, "target", {(2, "value"): "120", (2, "year"): "2040"})
    rows = found(hutuo.open(str(own_folder)))
    assert rows["met_already"].targets == ["grow"]
    assert "2024–2035" in rows["outside_horizon"].says.zh


def test_a_figure_of_after_the_plans_first_year_is_no_base(own_folder):
    """The plan begins in 2024; what came later is progress, not a base."""
    tiny.edit(own_folder, "plan", {(2, "horizon_from"): "2019"})
    assert found(hutuo.open(str(own_folder)), most_growth=0.01) == {}


def test_a_members_target_above_that_of_the_area(own):
    target = next(row for row in own.records("target") if row["target"] == "grow")
    row = {k: v for k, v in target.items() if k not in ("recorded_at", "batch")}
    own.append(
        "target",
        pd.DataFrame(
            [row | {"operator": "<="}, row | {"target": "a", "place": "990101", "value": 300.0}]
        ),
    )
    rows = found(own)
    assert rows["parts_above"].targets == ["grow", "a"]
    assert rows["parts_above"].rule_name.en == "members together above the whole"


def test_the_same_subject_with_two_values_in_two_clauses(own):
    quantity = {
        "quantity": "p/一#q1", "plan": "p", "clause": "一", "ordinal": 1, "kind": "baseline",
        "subject": "常住人口",
        "operator": "=", "value": 10.0, "unit": "万人", "value_type": "level", "year_from": "none",
        "quote": "人口十万",
    }  # fmt: skip
    other = quantity | {
        "quantity": "p/二#q1",
        "clause": "二",
        "value": 120000.0,
        "unit": "person",
        "quote": "人口12万人",
    }
    same = quantity | {
        "quantity": "p/二#q2",
        "clause": "二",
        "value": 1e5,
        "unit": "person",
        "quote": "十万人",
    }
    own.append("quantity", pd.DataFrame([quantity, same]))
    assert "said_twice" not in found(own)
    own.append("quantity", pd.DataFrame([other]))
    row = found(own)["said_twice"]
    assert (row.clause, row.others) == ("一", ["二"])
    assert "“人口12万人”(二)" in row.says.zh
    own.append("quantity", pd.DataFrame([other | {"decision": "rejected"}]))
    assert "said_twice" not in found(own)


def test_on_a_branch_its_own_figures_count(own):
    branch = own.create_branch("what-if")
    row = {"place": "set:area", "indicator": "revenue", "valid_from": date(2024, 1, 1),
           "valid_to": date(2025, 1, 1), "value": 250.0, "unit": "亿元", "source": "book"}  # fmt: skip
    branch.append("observation", pd.DataFrame([row]))
    assert "met_already" in found(branch)
    assert "met_already" not in found(own)


def test_the_five_revenue_targets_of_the_embedded_plan_are_cautioned_about(embedded):
    row = found(embedded)["double_counting"]
    assert len(row.targets) == 5
    assert "5 targets add up to 40,000" in row.says.en
