"""Tables of coordinates taken in as places with points."""

import pytest

from hutuo.base.datum import from_wgs84
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Mapping, NewSource
from hutuo.base.points import proposed
from hutuo.errors import BadInput

HEAD = "编号,名称,类型,经度,纬度,床位\n"
ROWS = "h1,甲医院,hospital,0.05,0.05,100\nh2,乙医院,hospital,0.15,0.05,50\n"
COLUMNS = {"id": "编号", "zh": "名称", "note": "类型", "lon": "经度", "lat": "纬度"}
SOURCE = NewSource(zh="名录", en="List", publisher="Office", licence="open", origin="shelf 2")


def taken(region, tmp_path, text, **more):
    path = tmp_path / "stations.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    given = {"options": {"kind": "station"}, "header_rows": (1,)} | more
    mapping = Mapping(
        format="csv", table="boundary", source="list", new_source=SOURCE, columns=COLUMNS, **given
    )
    return ingest(region, Ingest(file=str(path), mapping=mapping))


def test_each_row_becomes_a_place_with_a_point(own, tmp_path):
    found = taken(own, tmp_path, ROWS)
    assert (found.stored, found.quarantined, found.findings) == (4, [], [])
    rows = own.records("place", kind="station")
    assert [(row["place"], row["zh"], row["note"]) for row in rows] == [
        ("station:h1", "甲医院", "hospital"),
        ("station:h2", "乙医院", "hospital"),
    ]
    drawn = own.records("boundary", place="station:h2")[0]
    assert (drawn["label_lon"], drawn["label_lat"], drawn["area_km2"]) == (0.15, 0.05, 0)


def test_rows_that_are_no_place_are_held_back_each_with_why(own, tmp_path):
    text = (
        ROWS
        + "h3,丙,fire,38.0,114.5,\nh4,丁,fire,x,0.05,\n,戊,fire,0.1,0.1,\nh1,己,fire,0.1,0.1,\n"
    )
    found = taken(own, tmp_path, text)
    told = [(one.row, one.reason.en) for one in found.quarantined]
    assert [row for row, _ in told] == [4, 5, 6, 7]
    for (_, says), part in zip(told, ("swapped", "no degrees", "empty", "before"), strict=True):
        assert part in says
    assert "写反" in found.quarantined[0].reason.zh
    assert found.stored == 4


def test_rows_that_lie_in_the_region_only_when_swapped_are_told_and_taken(own, tmp_path):
    """The region lies at the equator, from 0 to 0.4 degrees east; the last row is near neither way."""
    found = taken(own, tmp_path, ROWS + "h3,丙,fire,0.05,50,\n")
    assert not found.findings
    own.append("boundary", far_away())
    found = taken(own.create_branch("b"), tmp_path, "h5,丙,fire,38.0,71.0,\n")
    assert [(one.row, one.column) for one in found.findings] == [(2, "")]
    assert "longitude comes first" in found.findings[0].says.en
    assert found.stored == 2


def far_away():
    """A second drawn unit far in the north-east, so that the region is no square around the origin."""
    import pandas as pd
    import shapely

    return pd.DataFrame(
        {
            "place": ["990101"],
            "geometry": [shapely.to_wkb(shapely.box(70.9, 37.9, 71.1, 38.1))],
            "area_km2": [100.0],
            "label_lon": [71.0],
            "label_lat": [38.0],
            "source": ["book"],
        }
    )


@pytest.mark.parametrize("crs", ["GCJ-02", "bd09"])
def test_coordinates_of_a_web_map_are_taken_back(own, tmp_path, crs):
    right = (114.514976, 38.042007)
    lon, lat = from_wgs84(right, "GCJ-02" if crs == "GCJ-02" else "BD-09")
    row = f"h1,甲,hospital,{lon:.7f},{lat:.7f},\n"
    taken(own, tmp_path, row, options={"kind": "station", "crs": crs})
    drawn = own.records("boundary", place="station:h1")[0]
    assert (drawn["label_lon"], drawn["label_lat"]) == pytest.approx(right, abs=1e-6)


def test_coordinates_of_other_tables_are_taken_back_as_well(own, tmp_path):
    path = tmp_path / "stops.csv"
    right = (114.514976, 38.042007)
    lon, lat = from_wgs84(right)
    path.write_text(f"t,s,n,x,y\nv,1,甲,{lon:.7f},{lat:.7f}\nv,2,乙,,\n", encoding="utf-8")
    mapping = Mapping(
        format="csv",
        table="stop",
        source="list",
        new_source=SOURCE,
        columns={"timetable": "t", "stop": "s", "name": "n", "lon": "x", "lat": "y"},
        options={"crs": "GCJ-02"},
        header_rows=(1,),
    )
    found = ingest(own, Ingest(file=str(path), mapping=mapping))
    assert (found.stored, found.quarantined) == (2, [])
    one, two = own.records("stop")
    assert (one["lon"], one["lat"]) == pytest.approx(right, abs=1e-6)
    assert (two["lon"], two["lat"]) == (None, None)


def test_every_fault_of_the_mapping_is_told(own, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    mapping = Mapping(
        format="csv",
        table="boundary",
        columns={"lon": "经度", "lat": "纬度"},
        options={"kind": "set", "crs": "mars"},
        header_rows=(1,),
        source="book",
    )
    with pytest.raises(BadInput) as told:
        ingest(own, Ingest(file=str(path), mapping=mapping))
    assert [one.column for one in told.value.findings] == [
        "columns.id",
        "columns.zh",
        "options.kind",
        "options.crs",
    ]
    assert "GCJ-02" in told.value.advice[0]


def test_a_table_of_coordinates_is_proposed_as_places(own, tmp_path):
    path = tmp_path / "stations.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    found = inspect(own, Inspect(file=str(path)))
    assert (found.mapping.table, found.mapping.columns) == ("boundary", COLUMNS)
    assert (found.ready, found.quarantined_count) == (4, 0)
    assert [says.en.partition(":")[0] for says in found.findings] == ["source"]


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (
            "osm_id,name_en,name,type,lon,lat",
            {
                "zh": "name",
                "en": "name_en",
                "note": "type",
                "lon": "lon",
                "lat": "lat",
                "id": "name",
            },
        ),
        (
            "Longitude,Latitude,ID,名称",
            {"id": "ID", "zh": "名称", "lon": "Longitude", "lat": "Latitude"},
        ),
        ("名称,latency,longest", {}),
    ],
)
def test_columns_are_told_by_their_names(names, columns):
    given = Mapping(format="csv")
    found = proposed(names.split(","), given)
    assert (found.columns if found.table == "boundary" else {}) == columns


def test_a_table_of_figures_with_coordinates_stays_one(own, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "地区,年份,常住人口(人),经度,纬度\n甲区,2021,1000,0.05,0.05\n", encoding="utf-8"
    )
    found = inspect(own, Inspect(file=str(path)))
    assert found.mapping.table == "observation"
