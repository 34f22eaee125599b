"""Urban employment areas, worked by hand."""

import pandas as pd
import pytest

from hutuo.errors import BadAsk
from hutuo.space.employment import employment_areas

UNITS = ("A", "B", "s", "t", "u")


def flows(*pairs):
    """Commuters, every unit having 100 residents; what is left works at home."""
    away = {unit: sum(n for home, _, n in pairs if home == unit) for unit in UNITS}
    stay = [(unit, unit, 100 - n) for unit, n in away.items()]
    return pd.DataFrame([*pairs, *stay], columns=["home", "work", "people"])


def test_exactly_a_tenth_makes_a_suburb_and_10000_people_a_centre():
    found = employment_areas(flows(("s", "A", 10), ("t", "A", 9)), {"A": 10_000, "B": 9_999})
    assert found.areas == {"A": ("A", "s")}
    assert found.step("areas")["kind"].unique().tolist() == ["micropolitan"]


def test_a_suburb_of_a_suburb_is_of_the_second_order_if_that_is_its_largest_tie():
    pairs = (("s", "A", 20), ("t", "s", 15), ("t", "A", 9), ("u", "s", 15), ("u", "B", 16))
    found = employment_areas(flows(*pairs), {"A": 60_000})
    assert found.areas == {"A": ("A", "s", "t")}
    table = found.step("areas").set_index("unit")
    assert table["order"].to_dict() == {"A": 0, "s": 1, "t": 2}
    assert found.step("order 2")["of"].tolist() == ["s"]
    assert table["kind"].unique().tolist() == ["metropolitan"]


def test_suburbs_of_the_third_order_follow_the_second():
    pairs = (("s", "A", 20), ("t", "s", 15), ("u", "t", 15))
    found = employment_areas(flows(*pairs), {"A": 60_000})
    assert found.areas == {"A": ("A", "s", "t", "u")}
    assert employment_areas(flows(*pairs), {"A": 60_000}, orders=2).areas == {"A": ("A", "s", "t")}


def test_a_large_suburb_with_as_many_jobs_as_residents_is_a_further_centre():
    """B sends 20 to A and gets 20 from t: ratio 1. Its district is a third of A's."""
    pairs = (("B", "A", 20), ("t", "B", 20))
    found = employment_areas(flows(*pairs), {"A": 60_000, "B": 20_000})
    assert found.areas == {"A": ("A", "B", "t")}
    assert found.step("centres").set_index("unit")["part"].to_dict() == {
        "A": "centre",
        "B": "further centre",
    }
    assert found.step("areas").set_index("unit")["order"].to_dict() == {"A": 0, "B": 0, "t": 1}


@pytest.mark.parametrize(
    ("pairs", "people"),
    [
        # One job too few.
        ((("B", "A", 20), ("t", "B", 19)), {"A": 60_000, "B": 20_000}),
        # Less than a third of A and less than 100,000.
        ((("B", "A", 20), ("t", "B", 20)), {"A": 60_003, "B": 20_000}),
    ],
)
def test_else_it_is_a_suburb(pairs, people):
    found = employment_areas(flows(*pairs), people)
    assert found.step("areas").set_index("unit")["order"].to_dict() == {"A": 0, "B": 1, "t": 2}


def test_100000_people_are_large_beside_any_centre():
    found = employment_areas(flows(("B", "A", 20), ("t", "B", 20)), {"A": 900_000, "B": 100_000})
    assert found.step("areas").set_index("unit").loc["B", "order"] == 0


def test_of_two_that_commute_to_each_other_the_more_drawn_one_is_the_suburb():
    found = employment_areas(flows(("A", "B", 12), ("B", "A", 30)), {"A": 30_000, "B": 60_000})
    assert found.step("centres").set_index("unit")["of"].to_dict() == {"A": "A", "B": "A"}
    assert found.areas == {"A": ("A", "B")}


def test_centres_that_exchange_too_few_have_areas_of_their_own():
    found = employment_areas(
        flows(("B", "A", 9), ("s", "A", 11), ("s", "B", 12)), {"A": 5e4, "B": 4e4}
    )
    assert found.areas == {"A": ("A",), "B": ("B", "s")}


def test_without_a_district_there_is_no_centre():
    with pytest.raises(BadAsk, match="no unit is a centre"):
        employment_areas(flows(), {"A": 9_000})
