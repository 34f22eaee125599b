"""Streets of an extract as a network: who may use a way, which way round, how fast."""

import osmium
import pytest

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.space import RoadNetwork
from hutuo.space.streets import default_speeds, network

# A line of nodes along the equator: 0.009 degrees are 1,000.754 m on the sphere.
STEP = 0.009
KM = 1.000754


def write(path, ways, relations=(), placed=range(1, 10)):
    with osmium.SimpleWriter(str(path)) as out:
        for number in placed:
            out.add_node(osmium.osm.mutable.Node(id=number, location=(number * STEP, 0.0)))
        for number, (nodes, tags) in enumerate(ways, 1):
            out.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
        for number, tags in enumerate(relations, 1):
            out.add_relation(osmium.osm.mutable.Relation(id=number, tags=tags))
    return path


def arcs(path, mode="car", speeds=None):
    """Minutes of each arc by the kilometres at which its ends lie."""
    read = RoadNetwork.from_osm(path, mode, speeds)
    spots = (read.lonlat[:, 0] / STEP).round().astype(int).tolist()
    ends = zip(read.tail.tolist(), read.head.tolist(), read.minutes.tolist(), strict=True)
    return {(spots[tail], spots[head]): minutes for tail, head, minutes in ends}


def test_minutes_follow_from_length_and_class(tmp_path):
    """One kilometre of residential road at 25 km/h takes 2.4 minutes, both ways."""
    path = write(tmp_path / "a.osm.pbf", [([1, 2], {"highway": "residential"})])
    assert arcs(path) == pytest.approx({(1, 2): KM * 2.4, (2, 1): KM * 2.4}, rel=1e-5)


def test_a_posted_limit_slows_and_never_quickens(tmp_path):
    ways = [
        ([1, 2], {"highway": "residential", "maxspeed": "10"}),
        ([2, 3], {"highway": "residential", "maxspeed": "80"}),
        ([3, 4], {"highway": "residential", "maxspeed": "CN:urban"}),
    ]
    found = arcs(write(tmp_path / "a.osm.pbf", ways))
    assert found[1, 2] == pytest.approx(KM * 6, rel=1e-5)
    assert found[2, 3] == found[3, 4] == pytest.approx(KM * 2.4, rel=1e-5)
    assert arcs(tmp_path / "a.osm.pbf", "walk")[1, 2] == pytest.approx(KM * 12, rel=1e-5)


@pytest.mark.parametrize(
    ("tags", "car", "bike"),
    [
        ({"oneway": "yes"}, {(1, 2)}, {(1, 2)}),
        ({"oneway": "-1"}, {(2, 1)}, {(2, 1)}),
        ({"oneway": "yes", "oneway:bicycle": "no"}, {(1, 2)}, {(1, 2), (2, 1)}),
        ({"junction": "roundabout"}, {(1, 2)}, {(1, 2)}),
        ({}, {(1, 2), (2, 1)}, {(1, 2), (2, 1)}),
    ],
)
def test_one_way_streets_are_for_those_they_bind(tmp_path, tags, car, bike):
    path = write(tmp_path / "a.osm.pbf", [([1, 2], {"highway": "tertiary", **tags})])
    assert set(arcs(path)) == car
    assert set(arcs(path, "bike")) == bike
    assert set(arcs(path, "walk")) == {(1, 2), (2, 1)}


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({"highway": "motorway"}, {"car"}),
        ({"highway": "footway"}, {"bike", "walk"}),
        ({"highway": "steps"}, {"walk"}),
        ({"highway": "residential", "access": "private"}, set()),
        ({"highway": "residential", "access": "no", "foot": "yes"}, {"walk"}),
        ({"highway": "residential", "motor_vehicle": "no"}, {"bike", "walk"}),
        ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, {"bike", "walk"}),
        ({"highway": "service", "area": "yes"}, set()),
        ({"highway": "proposed"}, set()),
        ({"highway": "busway"}, set()),
        ({"route": "ferry"}, {"car", "bike", "walk"}),
        ({"route": "ferry", "motor_vehicle": "no"}, {"bike", "walk"}),
    ],
)
def test_who_may_use_a_way_follows_from_class_and_tags(tmp_path, tags, modes):
    both = [([1, 2], tags), ([7, 8], {"highway": "residential"})]
    path = write(tmp_path / "a.osm.pbf", both)
    assert {mode for mode in ("car", "bike", "walk") if (1, 2) in arcs(path, mode)} == modes


@pytest.mark.parametrize(("duration", "minutes"), [("00:30", 30), ("45", 45), ("01:15:00", 75)])
def test_a_ferry_takes_the_time_it_tells(tmp_path, duration, minutes):
    """Shared out over its stretches by their length."""
    path = write(tmp_path / "a.osm.pbf", [([1, 2, 4], {"route": "ferry", "duration": duration})])
    found = arcs(path)
    assert found[1, 2] == pytest.approx(minutes / 3, rel=1e-5)
    assert found[2, 4] == pytest.approx(minutes * 2 / 3, rel=1e-5)


def test_speeds_of_a_user_take_the_place_of_ours(tmp_path):
    path = write(tmp_path / "a.osm.pbf", [([1, 2], {"highway": "residential"})])
    speeds = default_speeds()
    speeds.loc["residential", "car"] = 60.0
    assert arcs(path, speeds=speeds)[1, 2] == pytest.approx(KM, rel=1e-5)
    speeds.loc["residential", "car"] = float("nan")
    with pytest.raises(BadInput, match="no way that is open to car"):
        arcs(path, speeds=speeds)


def test_what_is_left_out_is_told(tmp_path):
    """Nodes without a place, restrictions of turns, parts that do not hang together."""
    ways = [([1, 2, 99], {"highway": "residential"}), ([5, 6], {"highway": "residential"})]
    path = write(
        tmp_path / "a.osm.pbf", ways, [{"type": "restriction", "restriction": "no_left_turn"}]
    )
    findings = network(path).findings
    says = [str(finding) for finding in findings]
    assert "1 ways have nodes without a place" in says[0]
    assert "1 restrictions of turns are not applied" in says[1]
    assert "2 of 4 nodes lie in the largest part" in says[2]
    assert "1条转弯限制未采用" in findings[1].say("zh")
    assert RoadNetwork.from_osm(path).findings == findings
    assert len(network(path, "walk").findings) == 2


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        network(tmp_path / "none.osm.pbf")
    with pytest.raises(BadAsk, match="no mode 'train'"):
        network(write(tmp_path / "a.osm.pbf", []), "train")
    (tmp_path / "b.osm.pbf").write_bytes(b"no extract at all, whatever its name says" * 9)
    with pytest.raises(BadInput, match=r"b\.osm\.pbf is no OpenStreetMap extract"):
        network(tmp_path / "b.osm.pbf")
    with pytest.raises(BadAsk, match="no column 'car'"):
        network(tmp_path / "a.osm.pbf", speeds=default_speeds()[["walk"]])
