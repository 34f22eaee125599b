"""OpenStreetMap: roads with what their tags say, places as points, and files that are none."""

import struct
import zlib
from pathlib import Path

import osmium
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import fuzzed
from hutuo.base import osm
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Mapping
from hutuo.errors import BadInput
from mangled import COUNTS, survives

EXTRACT = Path(__file__).parents[3] / "shared/data/mobility/poa_osm.pbf"
SAID = Mapping(format="osm", table="road", source="book", options={"amenities": "school"})
NODES = {1: (0.01, 0.01), 2: (0.02, 0.01), 3: (0.02, 0.03), 4: (0.05, 0.05), 5: (0.06, 0.06)}
TAGGED = {
    4: {"place": "town", "name": "甲镇", "name:en": "Alpha town"},
    5: {"amenity": "school", "name": "School"},
    6: {"place": "village"},
}
WAYS = {
    10: (
        [1, 2, 3],
        {"highway": "primary", "name": "中山路", "maxspeed": "60", "oneway": "yes", "lanes": "4"},
    ),
    11: ([3, 1], {"highway": "motorway", "ref": "G4", "maxspeed": "75 mph", "bridge": "yes"}),
    12: ([1, 3], {"highway": "footway"}),
    13: (
        [2, 3],
        {"highway": "residential", "maxspeed": "CN:urban", "lanes": "2;1", "tunnel": "no"},
    ),
    14: ([98, 99], {"highway": "service", "name": "elsewhere"}),
    15: ([1, 2, 99], {"highway": "service"}),
    16: ([1, 2, 3, 1], {"amenity": "school", "name": "Big school"}),
}


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    """A small extract."""
    return write(tmp_path_factory.mktemp("osm") / "tiny.osm.pbf")


def write(path):
    """The small extract, by osmium itself."""
    # Not compressed, so that a changed byte changes what is said and not only a checksum.
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,pbf_compression=none")) as out:
        for number, spot in (NODES | {6: (0.07, 0.07)}).items():
            tags = TAGGED.get(number, {})
            out.add_node(osmium.osm.mutable.Node(id=number, location=spot, tags=tags))
        for number, (nodes, tags) in WAYS.items():
            out.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
    return path


@pytest.fixture
def roads(extract, little):
    return osm.frames(extract, SAID, little).frames["road"].set_index("road")


def test_roads_for_cars_are_taken_with_what_their_tags_say(roads):
    assert list(roads.index) == ["way:10", "way:11", "way:13", "way:15"]
    first = roads.loc["way:10"]
    assert first[["class", "name", "maxspeed_kmh", "oneway", "lanes"]].tolist() == [
        "primary",
        "中山路",
        60,
        "yes",
        4,
    ]
    assert roads["bridge"].tolist() == [False, True, False, False]
    assert not roads["tunnel"].any()
    assert roads.loc["way:11", "oneway"] == "yes"
    assert roads.loc["way:11", "maxspeed_kmh"] == pytest.approx(120.701, abs=1e-3)
    assert roads.loc["way:13", ["maxspeed_kmh", "lanes"]].isna().all()


def test_lines_are_those_of_the_nodes_and_lengths_those_on_the_ellipsoid(roads):
    line = shapely.from_wkb(roads.loc["way:10", "geometry"])
    assert list(line.coords) == [NODES[1], NODES[2], NODES[3]]
    length = Geod(ellps="WGS84").geometry_length(line) / 1000
    assert roads.loc["way:10", "length_km"] == pytest.approx(length, rel=1e-9)


def test_a_road_is_drawn_as_far_as_its_nodes_are_there_and_else_held_back(extract, little, roads):
    assert len(shapely.from_wkb(roads.loc["way:15", "geometry"]).coords) == 2
    held = osm.frames(extract, SAID, little).quarantined
    assert [(one.row, one.column, one.text) for one in held] == [(14, "way", "elsewhere")]


def test_limits_that_are_no_number_are_counted(extract, little):
    told = [str(one) for one in osm.frames(extract, SAID, little).findings]
    assert told == [
        "tiny.osm.pbf: maxspeed: 1 limits are no number of km/h or mph and were left empty"
    ]


def test_restrictions_of_turns_are_counted_in_both_languages(tmp_path, little):
    path = tmp_path / "turns.osm.pbf"
    with osmium.SimpleWriter(str(path)) as out:
        for number in (1, 2, 3):
            out.add_node(osmium.osm.mutable.Node(id=number, location=NODES[number]))
        for number in (10, 11):
            tags = {"highway": "primary"}
            out.add_way(osmium.osm.mutable.Way(id=number, nodes=[1, 2, 3], tags=tags))
        members = [("w", 10, "from"), ("n", 2, "via"), ("w", 11, "to")]
        for number, kind in ((1, "restriction"), (2, "restriction"), (3, "route")):
            tags = {"type": kind, "restriction": "no_left_turn"}
            out.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=tags))
    found = osm.frames(path, SAID, little)
    assert len(found.frames["road"]) == 2
    assert [(one.column, one.says) for one in found.findings] == [
        ("restriction", ("2条转弯限制未采用", "2 restrictions of turns are not applied"))
    ]


def test_named_places_and_the_amenities_asked_for_become_points(extract, little):
    found = osm.frames(extract, SAID, little).frames
    rows = found["place"][["place", "kind", "zh", "en", "note"]].to_numpy().tolist()
    assert rows == [
        ["point:osm-n4", "point", "甲镇", "Alpha town", "place=town"],
        ["point:osm-n5", "point", "School", "School", "amenity=school"],
        ["point:osm-w16", "point", "Big school", "Big school", "amenity=school"],
    ]
    assert found["boundary"]["label_lon"].tolist() == pytest.approx([0.05, 0.06, 0.015])
    without = osm.frames(extract, Mapping(format="osm"), little).frames["place"]
    assert without["place"].tolist() == ["point:osm-n4"]


def test_only_the_classes_that_the_mapping_names_are_taken(extract, little):
    said = SAID.model_copy(update={"options": {"classes": "motorway, footway"}})
    assert osm.frames(extract, said, little).frames["road"]["class"].tolist() == [
        "motorway",
        "footway",
    ]


@pytest.mark.parametrize(
    ("tags", "way"),
    [
        ({"oneway": "-1"}, "reverse"),
        ({"oneway": "no", "highway": "motorway"}, "no"),
        ({"junction": "roundabout"}, "yes"),
        ({"oneway": "alternating"}, "no"),
        ({}, "no"),
    ],
)
def test_which_way_a_road_leads_follows_its_tags(tags, way):
    assert osm.oneway(tags) == way


@given(st.text(max_size=12))
def test_any_text_is_a_speed_and_a_number_of_lanes_or_none(text):
    speed, lanes = osm.speed(text), osm.lanes(text)
    assert speed is None or 0 < speed <= 200
    assert lanes is None or 1 <= lanes <= 30


def test_an_extract_is_inspected_and_taken_in_once(extract, own):
    found = inspect(own, Inspect(file=str(extract)))
    assert (found.mapping.table, found.ready) == ("road", 4 + 1 + 1)
    ask = Ingest(file=str(extract), mapping=SAID)
    first = ingest(own, ask)
    assert (first.stored, first.quarantined_count) == (4 + 3 + 3, 1)
    assert ingest(own, ask).stored == 0
    assert len(own.table("road")) == 4


def field(number, content):
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def test_a_text_with_a_zero_byte_is_refused(extract, tmp_path, little):
    """It made the library read behind its texts, and the process end."""
    path = tmp_path / "zero.pbf"
    path.write_bytes(extract.read_bytes().replace(b"Alpha town", b"Alpha\0town"))
    with pytest.raises(BadInput, match="a text holds a zero byte"):
        osm.frames(path, SAID, little)


def test_blocks_that_unpack_to_too_much_are_refused_before_they_are(tmp_path, little):
    packed = zlib.compress(field(2, b""))
    blob = bytes([2 << 3]) + varint(1 << 30) + field(3, packed)
    head = field(1, b"OSMData") + bytes([3 << 3]) + varint(len(blob))
    block = struct.pack(">I", len(head)) + head + blob
    (tmp_path / "bomb.pbf").write_bytes(block * 5)
    assert osm.size(tmp_path / "bomb.pbf") == 5 << 30
    with pytest.raises(BadInput, match="unpacks to 5,368,709,120 bytes") as told:
        osm.frames(tmp_path / "bomb.pbf", SAID, little)
    assert told.value.words[0] == "bomb.pbf解压后有5,368,709,120字节"
    assert told.value.advice[0] == "最多4,294,967,296字节;请裁出本地区"


def test_a_file_that_ends_within_a_block_is_told(extract, tmp_path, little):
    (tmp_path / "cut.pbf").write_bytes(extract.read_bytes()[:-3])
    with pytest.raises(BadInput, match="ends within a block") as told:
        osm.frames(tmp_path / "cut.pbf", SAID, little)
    assert told.value.words[0] == "cut.pbf不是可读的PBF文件:文件在数据块中间结束"


def test_roads_of_a_real_extract_are_all_its_ways_of_these_classes(little):
    if not EXTRACT.is_file():
        pytest.skip("the extract lies beside the repository and is not here")
    found = osm.frames(EXTRACT, SAID, little)
    ways = osmium.FileProcessor(str(EXTRACT), osmium.osm.WAY)
    wanted = sum(way.tags.get("highway") in osm.CLASSES for way in ways)
    assert len(found.frames["road"]) + len(found.quarantined) == wanted
    faults = little.faults({"road": found.frames["road"].assign(source="book")})
    assert faults == {"road": []}


@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_an_extract_or_refused(count, extract, tmp_path):
    assert survives(fuzzed.extract, extract.read_bytes(), count, tmp_path / "x.pbf").read
