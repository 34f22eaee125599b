"""Who works with whom, and facilities of dual use, in the tiny region."""

import pytest

from hutuo.base.branches import Branch, Put, put
from hutuo.base.branches import branch as branched
from hutuo.errors import NotFound
from hutuo.siting.dualuse import DualUse, dual_use
from hutuo.siting.partnerships import Partnerships, partnerships

TIES = [
    {"partnership": "heart", "kind": "speciality", "lead": "h1", "partner": "h2", "field": "心内科"},
    {"partnership": "remote", "kind": "telemedicine", "lead": "h1", "partner": "h3"},
    {"partnership": "old", "kind": "staff_exchange", "lead": "uni", "partner": "h2",
     "valid_to": "2024-01-01"},
]  # fmt: skip
YEARS = [
    {"partnership": "heart", "year": 2024, "times": 10, "hours": 40.5, "staff": 2},
    {"partnership": "heart", "year": 2025, "times": 12, "hours": 50},
    {"partnership": "old", "year": 2025, "hours": 5},
]
PLACES = [
    {"facility": "hall", "place": "990101", "emergency": "shelter", "capacity": 800, "switch_hours": 4},
    {"facility": "gym", "place": "990101", "emergency": "shelter", "capacity": 0.02,
     "capacity_unit": "万人", "switch_hours": 30},
    {"facility": "inn", "place": "990102", "emergency": "ward", "capacity": 50, "switch_hours": 24},
    {"facility": "out", "place": "990103", "emergency": "shelter", "capacity": 9, "switch_hours": 1},
]  # fmt: skip


@pytest.fixture(scope="module")
def branch(little):
    found = little.create_branch("test-partnerships")
    source = {"source": "book"}
    put(found, Put(table="partnership", rows=[one | source for one in TIES]))
    put(found, Put(table="partnership_year", rows=[one | source for one in YEARS]))
    named = {"zh": "设施", "en": "Facility", "everyday": "hall"} | source
    put(found, Put(table="emergency_facility", rows=[one | named for one in PLACES]))
    yield found
    branched(little, Branch(action="drop", name="test-partnerships"))


def test_times_and_hours_of_a_year_are_counted_by_kind_and_by_who_gives(branch):
    found = partnerships(branch, Partnerships())
    assert found.year == 2025
    assert [(row.partnership, row.in_force, row.occasions, row.service_hours) for row in found.rows] == [
        ("heart", True, 12, 50), ("old", False, None, 5), ("remote", True, None, None),
    ]  # fmt: skip
    whole = found.totals[0]
    assert (whole.partnerships, whole.occasions, whole.service_hours, whole.without_figure) == (
        2, 12, 50, ["remote"],
    )  # fmt: skip
    assert [(row.kind, row.city, row.service_hours) for row in found.totals[1:]] == [
        ("speciality", None, 50), ("telemedicine", None, 0), (None, "990100", 50),
    ]  # fmt: skip
    assert found.findings[0].en == "figures of 2025, though not in force: old"
    assert found.rows[0].crosses is False


def test_another_year_has_its_own_figures(branch):
    found = partnerships(branch, Partnerships(year=2024, kinds=("speciality",)))
    assert [(row.occasions, row.service_hours, row.staff) for row in found.rows] == [(10, 40.5, 2)]
    assert found.totals[0].staff == 2
    earlier = partnerships(branch, Partnerships(year=2023))
    assert {row.partnership for row in earlier.rows if row.in_force} == {"heart", "remote", "old"}


def test_places_and_crossing_choose_partnerships(branch, little):
    of = partnerships(branch, Partnerships(places=("990104",)))
    assert [row.partnership for row in of.rows] == ["remote"]
    assert partnerships(branch, Partnerships(crossing=True)).rows == []
    none = partnerships(little, Partnerships())
    assert (none.rows, none.year, len(none.findings)) == ([], None, 1)
    with pytest.raises(NotFound):
        partnerships(branch, Partnerships(places=("nowhere",)))


def test_capacity_in_an_emergency_is_told_by_unit_and_by_hours(branch):
    found = dual_use(branch, DualUse(within_hours=24))
    told = [
        (r.place, r.emergency, r.capacity, r.capacity_within, r.within_per_thousand)
        for r in found.rows
    ]
    assert told == [("990101", "shelter", 1000, 800, 800), ("990102", "ward", 50, 50, 100)]
    assert [row.facility for row in found.inventory] == ["hall", "inn", "gym"]
    assert (found.none_in, found.lying_elsewhere) == (["part:delta-town"], ["out"])
    shelter = [row.capacity for row in found.by_hours if row.emergency == "shelter"]
    assert shelter == [800, 800, 1000]


def test_hours_and_use_change_what_counts(branch, little):
    slow = dual_use(branch, DualUse(within_hours=3, emergency="shelter"))
    assert [(row.capacity_within, row.first_hours) for row in slow.rows] == [(0, 4)]
    assert dual_use(branch, DualUse(within_hours=24)).rows[1].capacity_within == 50
    assert dual_use(branch, DualUse(within_hours=23.9)).rows[1].capacity_within == 0
    assert "emergency_facility" in dual_use(little, DualUse(emergency="none")).findings[0].en
