"""Areas by the rule of the United States of 2010, worked by hand."""

import pandas as pd
import pytest

from hutuo.errors import BadInput
from hutuo.space.delineation import stability
from hutuo.space.metropolitan import statistical_areas

PEOPLE = {"a": 80_000, "b": 30_000, "x": 9_000, "y": 9_000, "z": 9_000, "rural": 20_000}
URBAN = pd.DataFrame(
    [("a", "Alpha", 60_000), ("b", "Beta", 12_000)], columns=["unit", "urban_area", "people"]
)


def flows(*pairs):
    """Commuters, every unit having 100 residents; what is left works at home."""
    away = {unit: sum(n for home, _, n in pairs if home == unit) for unit in PEOPLE}
    stay = [(unit, unit, 100 - n) for unit, n in away.items()]
    return pd.DataFrame([*pairs, *stay], columns=["home", "work", "people"])


def delineated(*pairs, urban=URBAN, people=PEOPLE, **more):
    return statistical_areas(flows(*pairs), urban, people, **more)


def test_exactly_a_quarter_of_residents_is_enough():
    found = delineated(("x", "a", 25), ("y", "a", 24))
    assert found.areas == {"Alpha": ("a", "x"), "Beta": ("b",)}
    kinds = found.step("areas").drop_duplicates("area").set_index("area")["kind"].to_dict()
    assert kinds == {"Alpha": "metropolitan", "Beta": "micropolitan"}


def test_a_quarter_of_jobs_filled_from_the_centre_is_enough_too():
    """Of the 133 and a third jobs of x, exactly a quarter is filled from a."""
    found = statistical_areas(
        pd.DataFrame(
            [("a", "x", 25), ("a", "a", 75), ("x", "x", 75), ("b", "b", 100)],
            columns=["home", "work", "people"],
        ),
        URBAN,
        PEOPLE,
    )
    assert found.areas["Alpha"] == ("a", "x")
    assert found.step("outlying").set_index("unit").loc["x", "jobs_share"] == 0.25


def test_central_units_have_half_of_their_people_in_urban_areas_or_5000_in_one():
    urban = pd.DataFrame(
        [
            ("a", "Alpha", 60_000),
            ("x", "Alpha", 4_500),
            ("y", "Alpha", 4_499),
            ("rural", "Alpha", 5_000),
            ("b", "Small", 9_999),
        ],
        columns=["unit", "urban_area", "people"],
    )
    found = delineated(urban=urban)
    central = found.step("central").set_index("unit")["central"]
    assert central.to_dict() == {
        "a": True, "b": False, "rural": True, "x": True, "y": False, "z": False
    }  # fmt: skip
    assert found.areas == {"Alpha": ("a", "rural", "x")}


def test_a_unit_tied_to_two_areas_goes_with_the_stronger_tie_of_either_kind():
    found = delineated(("x", "a", 30), ("x", "b", 35), ("y", "a", 30), ("b", "y", 40))
    assert found.area_of["x"] == "Beta"
    assert found.area_of["y"] == "Beta"


def test_a_unit_that_does_not_touch_its_area_is_left_out():
    borders = [("a", "x"), ("y", "z"), ("a", "b")]
    found = delineated(("x", "a", 30), ("y", "a", 30), neighbours=borders)
    assert found.areas["Alpha"] == ("a", "x")
    assert found.step("contiguous")["unit"].tolist() == ["y"]


def test_people_who_commute_to_an_outlying_unit_do_not_count():
    assert delineated(("x", "a", 30), ("y", "x", 90)).areas["Alpha"] == ("a", "x")


def test_adjacent_areas_merge_where_one_centre_is_outlying_to_the_other():
    pairs = (("b", "a", 25), ("x", "b", 30))
    merged = delineated(*pairs, neighbours=[("a", "b"), ("b", "x")])
    assert merged.areas == {"Alpha": ("a", "b", "x")}
    assert merged.step("merged")[["area", "into"]].to_numpy().tolist() == [["Beta", "Alpha"]]
    apart = delineated(*pairs, neighbours=[("a", "z"), ("b", "x")])
    assert apart.areas == {"Alpha": ("a",), "Beta": ("b", "x")}


def test_without_a_large_urban_area_there_is_no_area():
    assert delineated(urban=URBAN.assign(people=[9_999, 1])).areas == {}


def test_an_urban_unit_without_flows_or_people_is_named():
    with pytest.raises(BadInput, match="no unit with flows 'q'"):
        delineated(urban=URBAN.assign(unit=["a", "q"]))
    with pytest.raises(BadInput, match="b: people are missing"):
        delineated(people={"a": 80_000})


def test_stability_moves_one_threshold_at_a_time():
    """At 0.20 also y, at 0.30 no longer x: one of six units either way."""
    given = {"flows": flows(("x", "a", 25), ("y", "a", 21)), "urban": URBAN, "people": PEOPLE}
    found = stability(statistical_areas, given, ["commuting"])
    assert found["changed"].tolist() == pytest.approx([1 / 6, 1 / 6])
