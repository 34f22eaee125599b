import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment.waterzones import CLASSES, Parcel, WaterZones, areas, freed, water_zones
from hutuo.errors import BadInput

parcels = st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(0, 50)), max_size=6)


@settings(max_examples=30)
@given(parcels, st.dictionaries(st.integers(0, 5).map(str), st.sampled_from(CLASSES)))
def test_a_change_of_classes_neither_makes_nor_loses_area(given_parcels, changes):
    several = [Parcel(str(n), name, area) for n, (name, area) in enumerate(given_parcels)]
    found = areas(several, changes)
    total = sum(one.area for one in several)
    assert sum(before for before, _ in found.values()) == total
    assert sum(after for _, after in found.values()) == total


def test_land_is_freed_where_building_was_forbidden_and_is_not_any_more():
    """From the second class to quasi 4 km2 are freed; the other way they are lost; 1st to 2nd frees none."""
    assert freed(Parcel("a", "second", 10, 4), "quasi") == 4
    assert freed(Parcel("a", "none", 10, 4), "first") == -4
    assert freed(Parcel("a", "first", 10, 4), "second") == 0
    assert freed(Parcel("a", "first", 10), "none") is None


def test_a_change_is_tried(little):
    found = water_zones(little, WaterZones(new_classes={"w2": "quasi", "w3": "second"}))
    assert [(row.protection, row.before_km2, row.after_km2) for row in found.rows] == [
        ("first", 2, 2), ("second", 10, 20), ("quasi", 20, 10), ("none", 0, 0),
    ]  # fmt: skip
    assert (found.freed_km2, found.unknown_parcels, found.weaker_km2) == (4, 1, 10)
    assert [(row.zone, row.freed_km2, row.weaker) for row in found.moved_zones] == [
        ("w2", 4, True), ("w3", None, False),
    ]  # fmt: skip


def test_parcels_and_classes_that_there_are_not_are_told_together(little):
    with pytest.raises(BadInput) as told:
        water_zones(little, WaterZones(new_classes={"w9": "quasi", "w1": "third"}))
    assert [(one.row, one.column) for one in told.value.findings] == [(1, "w9"), (2, "w1")]
