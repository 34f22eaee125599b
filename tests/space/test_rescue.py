"""The rescue circle from a file of stations to the gaps by hour."""

import pytest

from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import NewSource
from hutuo.space.rescue import Rescue, rescue

# The units are squares of a tenth of a degree along the equator; a station stands in the middle of the first.
LIST = """编号,名称,类型,经度,纬度
1,一号站,drill,0.05,0.05
2,二号站,other,0.15,0.05
"""
SOURCE = NewSource(zh="站点名录", en="List of stations", publisher="x", licence="open", origin="y")
ASK = {"minutes": 11, "resolution": 8, "turnout_minutes": 1}


@pytest.fixture
def staffed(own, tmp_path):
    """The tiny region with the stations of a file, by the mapping that was proposed for it."""
    path = tmp_path / "stations.csv"
    path.write_text(LIST, encoding="utf-8")
    mapping = inspect(own, Inspect(file=str(path))).mapping
    more = {"source": "list", "new_source": SOURCE, "options": {"kind": "station"}}
    found = ingest(own, Ingest(file=str(path), mapping=mapping.model_copy(update=more)))
    assert (found.stored, found.quarantined) == (4, [])
    return own


def test_stations_of_a_file_cover_what_lies_around_them_by_hour(staffed):
    """Ten minutes less five at the ends, at 80 km/h over a detour of 1.33, are 5.0 km; half as fast, 2.5."""
    found = rescue(staffed, Rescue(kind="drill", hours=("8:0.5",), **ASK))
    assert (found.stations, found.stand_in, found.missing) == (1, False, [])
    usual, rush = found.cover
    assert usual.area_km2 == pytest.approx(78.9, rel=0.06)
    assert rush.area_km2 == pytest.approx(78.9 / 4, rel=0.12)
    assert "List of stations" in [one.en for one in found.basis.sources]


def test_gaps_at_an_hour_and_what_is_covered_then_add_up(staffed):
    found = rescue(staffed, Rescue(kind="drill", hours=("8:0.5", "12:1"), **ASK))
    people = {row.unit: row.people for row in found.rows}
    assert set(people) == {"990101", "990102"}
    for at, hour in enumerate((8, 12), start=1):
        left = {row.unit: row.by_hour[at - 1] for row in found.rows}
        assert {one.hour for one in left.values()} == {hour}
        total = found.cover[at].people + sum(one.people for one in left.values())
        assert total == pytest.approx(1500, abs=2)
        assert all(left[unit].people >= people[unit] for unit in left)
    assert all(row.by_hour[1].people == row.people for row in found.rows)


def test_a_unit_that_is_open_at_the_rush_hour_only_has_a_row(staffed):
    stations = ("0.05/0.05", "0.15/0.05")
    found = rescue(staffed, Rescue(stations=stations, hours=("8:0.3",), **ASK | {"minutes": 14.5}))
    assert found.cover[0].area_share == 100
    assert [(row.area_share, row.people) for row in found.rows] == [(0, 0)] * 2
    assert all(row.by_hour[0].area_share > 50 for row in found.rows)


def test_a_kind_without_stations_is_told_with_those_that_there_are(staffed):
    found = rescue(staffed, Rescue(kind="fire_station"))
    assert (found.cover, found.rows) == ([], [])
    assert found.missing[1].en == "kinds with points: drill (1), other (1)"
    assert found.missing[1].zh == "有点位的类型:drill (1)、other (1)"
