"""From door to door: every minute is that of a plain search on streets and timetable."""

import math
from itertools import pairwise

import expanded
import feeds_by_hand
import numpy as np
import pandas as pd
import pytest
from drawn import STOPS, trips, walks
from expanded import Expanded
from feeds_by_hand import MOBILITY
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_streets import Streets

from hutuo.errors import BadAsk, BadInput
from hutuo.space import doors, footways
from hutuo.space.journeys import journey
from hutuo.space.lines import Line, Station
from hutuo.space.timetable import Timetable
from hutuo.space.variants import Matrix

INF = float("inf")
NODES = 7
PLACES = np.array([[0.01 * n, 0.002 * (n % 3)] for n in range(NODES)])
NINE = 9 * 60


def frames(its, ways=(), start=NINE):
    """Stops at nodes 0 to STOPS - 1, trips in minutes after nine, links in minutes."""
    stops = pd.DataFrame(
        {
            "stop": [f"s{n}" for n in range(STOPS)],
            "name": "x",
            "lon": PLACES[:STOPS, 0],
            "lat": PLACES[:STOPS, 1],
        }
    )
    rows = [
        (f"t{n}", at, f"s{s}", 60 * (start + a), 60 * (start + b), on, off)
        for n, trip in enumerate(its)
        for at, (s, a, b, on, off) in enumerate(trip)
    ]
    times = ["arrival_seconds", "departure_seconds"]
    calls = pd.DataFrame(rows, columns=["trip", "sequence", "stop", *times, "boards", "alights"])
    links = pd.DataFrame(
        [(f"s{a}", f"s{b}", 60 * took) for a, b, took in ways],
        columns=["from_stop", "to_stop", "seconds"],
    )
    return stops, pd.DataFrame({"trip": [f"t{n}" for n in range(len(its))]}), calls, links


@st.composite
def streets(draw):
    """A few one-way streets, whole minutes long."""
    pairs = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1))
    found = draw(st.lists(pairs, max_size=10, unique=True))
    return [(a, b, draw(st.integers(1, 6))) for a, b in found if a != b]


class Plain:
    """Door to door by plain searches: streets by heap, each departure by itself; minutes."""

    def __init__(self, network, its, ways, most, how):
        self.network, self.how, self.most = network, how, most
        near = {n: self.walked(n) for n in range(STOPS)}
        least = {(a, b): took for a, b, took in ways}
        between = {(a, b): t for a in near for b, t in near[a].items() if b < STOPS and a != b}
        for pair, took in least.items():
            between[pair] = max(took, between.get(pair, 0))
        self.search = Expanded(its, [(a, b, t) for (a, b), t in between.items()])

    def walked(self, node, reverse=False):
        return {n: t for n, t in self.network.one(node, INF, reverse).items() if t <= self.most}

    def one(self, origin, destination, departure):
        """Minutes and rides at one departure."""
        rules = expanded.Rules(
            # More than there are trips: any number, but counted.
            self.how["rides"] or 30,
            False,
            dict.fromkeys(range(STOPS), self.how["change"]),
            self.how["change"],
            departure + self.how["longest"],
        )
        out, into = self.walked(origin), self.walked(destination, reverse=True)
        starts = [(n, t) for n, t in out.items() if n < STOPS]
        labels = self.search.arrivals(starts, departure, rules)
        found = [
            (labels[n][0] + t - departure, labels[n][1]) for n, t in into.items() if n in labels
        ]
        found += [(out[destination], 0)] if destination in out else []
        return min([one for one in found if one[0] <= self.how["longest"]], default=(INF, 0))


@st.composite
def cases(draw):
    return {
        "its": draw(trips()),
        "ways": draw(walks()),
        "arcs": draw(streets()),
        "most": draw(st.integers(2, 9)),
        "longest": draw(st.sampled_from([7, 15, 60])),
        "rides": draw(st.sampled_from([None, 1, 2])),
        "change": draw(st.integers(0, 2)),
        "departures": draw(st.integers(1, 12)),
        "percentile": draw(st.sampled_from([0, 30, 50, 77.5, 100])),
    }


def asked(case):
    """The limits of a case as they are asked for."""
    first = "09:00"
    window = first if case["departures"] == 1 else (first, f"09:{case['departures']:02d}")
    return {
        "departure": window,
        "percentile": case["percentile"],
        "max_minutes": case["longest"],
        "max_walk_minutes": case["most"],
        "max_rides": case["rides"],
        "transfer_seconds": 60 * case["change"],
    }


@settings(max_examples=15)
@given(cases())
def test_minutes_rides_and_departures_are_those_of_a_plain_search(case):
    network = Streets(case["arcs"], PLACES)
    table = Timetable.from_frames(*frames(case["its"], case["ways"]))
    every = np.arange(NODES)
    found = doors.travel_times(
        every, every, walk=network, timetable=table, detail=True, **asked(case)
    )
    plain = Plain(network, case["its"], case["ways"], case["most"], case)
    rank = max(1, math.ceil(case["percentile"] / 100 * case["departures"]))
    for origin in range(NODES):
        for destination in range(NODES):
            each = [plain.one(origin, destination, m) for m in range(case["departures"])]
            took = sorted(minutes for minutes, _ in each)[rank - 1]
            place = origin, destination
            assert found.minutes[place] == np.float32(took)
            if took == INF:
                assert found.mode[place] == doors.NONE
            elif plain.walked(origin).get(destination) == took:
                assert (found.mode[place], found.transfers[place]) == (doors.WALK, -1)
            else:
                first = [minutes for minutes, _ in each].index(took)
                assert found.departure[place] == NINE + first
                assert found.transfers[place] == each[first][1] - 1
                assert found.mode[place] == doors.TRANSIT


@settings(max_examples=15)
@given(cases(), st.integers(0, NODES - 1), st.integers(0, NODES - 1))
def test_the_legs_of_a_journey_fit_together_and_take_as_long(case, origin, destination):
    network = Streets(case["arcs"], PLACES)
    table = Timetable.from_frames(*frames(case["its"], case["ways"]))
    how = asked(case) | {"walk": network, "timetable": table}
    times = doors.travel_times([origin], [destination], detail=True, **how)
    found = journey(origin, destination, **how)
    if found is None:
        assert times.minutes[0, 0] == INF
        return
    legs = found.legs
    assert np.float32(found.minutes) == times.minutes[0, 0]
    assert legs[0].start is None
    assert legs[-1].end is None
    assert legs[-1].arrival_seconds - legs[0].departure_seconds == 60 * found.minutes
    for one, following in pairwise(legs):
        assert one.end == following.start
        assert one.arrival_seconds <= following.departure_seconds
    rides = [leg for leg in legs if leg.mode == "transit"]
    assert found.transfers == max(0, len(rides) - 1)
    for leg in rides:
        trip = case["its"][int(leg.trip[1:])]
        stops = [f"s{call[0]}" for call in trip]
        on = [
            i
            for i, s in enumerate(stops)
            if s == leg.start and 60 * (NINE + trip[i][2]) == leg.departure_seconds
        ]
        off = [
            i
            for i, s in enumerate(stops)
            if s == leg.end and 60 * (NINE + trip[i][1]) == leg.arrival_seconds
        ]
        assert min(on) < max(off)


@settings(max_examples=15)
@given(cases(), st.data())
def test_a_matrix_with_a_line_equals_one_that_is_made_anew(case, data):
    network = Streets(case["arcs"], PLACES)
    table = Timetable.from_frames(*frames(case["its"], case["ways"]))
    ids = [*(f"s{n}" for n in range(STOPS)), "new"]
    names = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=4, unique=True))
    stations = [Station("new", *PLACES[NODES - 1]) if one == "new" else one for one in names]
    minutes = [data.draw(st.integers(0, 4)) for _ in names[1:]]
    lines = [
        Line(
            "L",
            stations,
            {9: data.draw(st.integers(2, 20))},
            minutes,
            dwell=data.draw(st.integers(0, 1)),
        )
    ]
    every = np.arange(NODES)
    how = asked(case) | {"walk": network}
    before = Matrix.of(every, every, timetable=table, **how)
    after = before.with_lines(lines)
    anew = doors.travel_times(every, every, timetable=table.with_lines(lines), **how)
    assert np.array_equal(after.minutes, anew)
    assert np.array_equal(before.minutes, doors.travel_times(every, every, timetable=table, **how))
    changed = (after.minutes != before.minutes).any(axis=1)
    assert not (changed & ~after.touched).any()
    back = before.with_lines(Line("M", stations, {20: 30}, minutes))
    assert back.share == 0


@settings(max_examples=15)
@given(trips(), walks(), st.data())
def test_a_line_is_the_same_as_its_trips_in_the_frames(its, ways, data):
    names = data.draw(st.lists(st.integers(0, STOPS - 1), min_size=2, max_size=4, unique=True))
    minutes = [data.draw(st.integers(0, 4)) for _ in names[1:]]
    headway, dwell = data.draw(st.integers(3, 20)), data.draw(st.integers(0, 2))
    line = Line("L", [f"s{n}" for n in names], {9: headway}, minutes, dwell=dwell)
    more = []
    for start in range(0, 60, headway):
        for stops, hops in ((names, minutes), (names[::-1], minutes[::-1])):
            time, calls = start, [(stops[0], start, start, True, True)]
            for stop, hop in zip(stops[1:], hops, strict=True):
                time += hop
                calls.append((stop, time, time + dwell, True, True))
                time += dwell
            calls[-1] = (stops[-1], calls[-1][1], calls[-1][1], True, True)
            more.append(calls)
    planned = Timetable.from_frames(*frames(its, ways)).with_lines([line])
    rebuilt = Timetable.from_frames(*frames([*its, *more], ways))
    for stop in range(STOPS):
        one, other = (t.arrivals(f"s{stop}", "09:02") for t in (planned, rebuilt))
        pd.testing.assert_series_equal(one, other)


def test_the_way_between_door_and_street_is_walked_too():
    """100 m to the street and 40 m from it at 4.8 km/h: 1 min 45 s more than the street."""
    network = Streets([(0, 1, 5)], [[0, 0], [0.01, 0]])
    origin, destination = [[0, 100 / 111_195]], [[0.01, 40 / 111_195]]
    found = doors.travel_times(origin, destination, walk=network)
    assert found[0, 0] == pytest.approx(6.75, abs=1e-3)
    assert doors.travel_times(origin, destination, walk=network, max_walk_minutes=6.7)[0, 0] == INF


def test_park_and_ride_drives_to_a_stop_and_takes_time_to_park():
    """Ten minutes by car and five to park catch the trip of 09:15; on foot it is missed."""
    arcs = [(0, 1, 10), (1, 0, 10)]
    roads = Streets(arcs, PLACES[:3])
    walk = Streets([], PLACES[:3])
    its = [
        [(1, 15, 15, True, True), (2, 20, 20, True, True)],
        [(1, 14, 14, True, True), (2, 15, 15, True, True)],
    ]
    table = Timetable.from_frames(*frames(its))
    how = {"walk": walk, "timetable": table, "departure": "09:00"}
    alone = doors.travel_times(PLACES[:1], PLACES[2:3], **how)
    assert alone[0, 0] == INF
    times = doors.travel_times(
        PLACES[:1], PLACES[2:3], roads=roads, park_and_ride=True, detail=True, **how
    )
    assert (times.minutes[0, 0], times.mode[0, 0], times.transfers[0, 0]) == (20, doors.PARK, 0)
    legs = journey(PLACES[0], PLACES[2], roads=roads, **how).legs
    assert [leg.mode for leg in legs] == ["car", "transit", "walk"]
    quick = doors.travel_times(
        PLACES[:1], PLACES[2:3], roads=roads, park_and_ride=True, parking_seconds=240, **how
    )
    assert quick[0, 0] == 15
    both = doors.travel_times(PLACES[:1], PLACES[1:2], roads=roads, detail=True, **how)
    assert (both.minutes[0, 0], both.mode[0, 0]) == (10, doors.CAR)


@pytest.mark.parametrize(
    ("limit", "less", "more"),
    [
        ("max_minutes", 9, 60),
        ("max_walk_minutes", 1, 20),
        ("max_rides", 1, 2),
        ("transfer_seconds", 0, 600),
        ("percentile", 0, 100),
    ],
)
def test_every_limit_changes_the_answer(limit, less, more):
    arcs = [(n, n + 1, 2) for n in range(NODES - 1)]
    its = [
        [(1, 4, 4, True, True), (3, 6, 6, True, True)],
        [(3, 7, 7, True, True), (5, 9, 9, True, True)],
        [(1, 25, 25, True, True), (3, 26, 26, True, True)],
        [(3, 29, 29, True, True), (5, 31, 31, True, True)],
    ]
    table = Timetable.from_frames(*frames(its))
    ends = np.array([0]), np.array([6])
    how = {"walk": Streets(arcs, PLACES), "timetable": table, "departure": ("09:00", "09:10")}
    how |= {"max_walk_minutes": 3}
    one, other = (doors.travel_times(*ends, **(how | {limit: v}))[0, 0] for v in (less, more))
    assert one != other


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({}, "nothing to travel by"),
        ({"walk": 1, "timetable": None, "park_and_ride": True}, "park_and_ride needs"),
        ({"timetable": 1, "roads": 1}, "needs streets"),
        ({"walk": 1, "max_miles": 3}, "no limit max_miles"),
        ({"walk": 1, "max_minutes": -1}, "max_minutes is -1"),
        ({"walk": 1, "max_minutes": INF}, "max_minutes is inf"),
        ({"walk": 1, "max_minutes": 5000}, "at most 1440|max_minutes is 5000"),
        ({"walk": 1, "max_rides": 0}, "max_rides is 0"),
        ({"walk": 1, "max_rides": 1.5}, "max_rides is 1.5"),
        ({"walk": 1, "walk_kmh": 0}, "walk_kmh is 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(how, says):
    with pytest.raises(BadAsk, match=says):
        doors.travel_times([0], [1], **how)


def test_departures_and_percentiles_that_are_none_are_refused():
    table = Timetable.from_frames(*frames([]))
    how = {"walk": Streets([], PLACES), "timetable": table}
    for given_ in (("09:00", "08:00"), ("09:00",) * 3, "nine"):
        with pytest.raises(BadAsk, match=r"departure is|is no time"):
            doors.travel_times([0], [1], departure=given_, **how)
    with pytest.raises(BadAsk, match="percentile is 101"):
        doors.travel_times([0], [1], percentile=101, **how)


def test_points_that_are_nowhere_are_refused_with_their_rows():
    network = Streets([], PLACES)
    with pytest.raises(BadInput, match=r"points:1: .*are they swapped") as caught:
        doors.travel_times([[0, 0], [38, 114.5]], [[0, 0]], walk=network)
    assert [one.row for one in caught.value.findings] == [1]
    with pytest.raises(BadInput, match="7 is no node from 0 to 6"):
        doors.travel_times([0, 7], [1], walk=network)
    with pytest.raises(BadInput, match="shape"):
        doors.travel_times([0.5], [1], walk=network)
    lost = doors.travel_times([[np.nan, np.nan], [0, 0]], [[0, 0]], walk=network)
    assert lost.tolist() == [[INF], [0]]


def test_stops_far_from_streets_are_told_and_those_that_are_swapped():
    stops, its, calls, links = frames([])
    stops.loc[1, ["lon", "lat"]] = stops.loc[2, ["lat", "lon"]].to_numpy()
    stops.loc[3, ["lon", "lat"]] = [9.0, 9.0]
    stops.loc[4, ["lon", "lat"]] = np.nan
    table = Timetable.from_frames(stops, its, calls, links)
    found = footways.far(table, Streets([], PLACES))
    assert [one.row for one in found] == [1, 3]
    assert "swapped" in str(found[0])
    assert "swapped" not in str(found[1])


class Crow:
    """Streets wherever the crow flies: for real stops, where no map is."""

    def __init__(self, lonlat):
        from scipy.spatial import cKDTree

        self.scale = np.array(
            [111_195 * math.cos(math.radians(float(lonlat[:, 1].mean()))), 111_195]
        )
        self.places = lonlat * self.scale
        self.tree, self.nodes = cKDTree(self.places), len(lonlat)

    def nearest(self, lonlat):
        away, node = self.tree.query(lonlat * self.scale)
        return node.astype(np.int32), away.astype(np.float32)

    def within(self, origins, minutes, reverse=False):
        near = self.tree.query_ball_point(self.places[origins], minutes * 60)
        found = [np.sort(np.array(one)) for one in near]
        gaps = [
            np.linalg.norm(self.places[a] - self.places[b], axis=1)
            for a, b in zip(found, origins, strict=True)
        ]
        return footways_reached(found, [gap / 60 for gap in gaps])

    def ms(self, a, b):
        return round(
            float(np.float32(np.linalg.norm(self.places[a] - self.places[b]) / 60)) * 60_000
        )


def footways_reached(nodes, minutes):
    from plain_streets import Reached

    ends = np.cumsum([0, *(len(one) for one in nodes)])
    return Reached(
        ends, np.concatenate(nodes).astype(np.int32), np.concatenate(minutes).astype(np.float32)
    )


REAL = [
    (("poa_eptc.zip", "poa_trensurb.zip"), feeds_by_hand.date(2019, 5, 13), 13),
    (("nyc_subway_gtfs.zip",), feeds_by_hand.date(2024, 12, 18), 8),
]


def compared(names, day, hour, pairs, departures):
    """Cells of a matrix from stops to stops, against plain searches: those that differ."""
    paths = [MOBILITY / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("the feeds beside the repository (../shared) are not there")
    table = Timetable.from_gtfs(paths, day)
    lonlat = table.stops[["lon", "lat"]].to_numpy()
    crow, number = Crow(lonlat), {s: n for n, s in enumerate(table.stops["stop"])}
    rng = np.random.default_rng(8)
    ends = np.unique(lonlat[rng.choice(len(lonlat), 400)], axis=0)
    origins, destinations = ends[rng.choice(len(ends), pairs)], ends[:60]
    window = (f"{hour:02d}:00", f"{hour:02d}:{departures:02d}")
    found = doors.travel_times(
        origins,
        destinations,
        walk=crow,
        timetable=table,
        departure=window,
        max_minutes=75,
        max_walk_minutes=8,
    )
    its = [
        [(number[s], *rest) for s, *rest in trip]
        for path in paths
        for trip in feeds_by_hand.trips(path, day)
    ]
    stop_at = crow.tree.query(lonlat * crow.scale)[1]
    near = {int(n): crow.tree.query_ball_point(crow.places[n], 480) for n in set(stop_at.tolist())}
    at = {}
    for stop, node in enumerate(stop_at.tolist()):
        at.setdefault(node, []).append(stop)

    def around(node):
        reach = near.get(node) or crow.tree.query_ball_point(crow.places[node], 480)
        return {
            stop: crow.ms(n, node)
            for n in reach
            for stop in at.get(n, ())
            if crow.ms(n, node) <= 480_000
        }

    barred = table.linked.raised
    tails = footways.tails(barred)
    least = {
        (int(a), int(b)): int(ms) for a, b, ms in zip(tails, barred.to, barred.ms, strict=True)
    }
    ways = {
        (a, b): ms
        for a in range(len(lonlat))
        for b, ms in around(int(stop_at[a])).items()
        if a != b
    }
    for pair, ms in least.items():
        ways[pair] = max(ms, ways.get(pair, 0))
    search = Expanded(its, [(a, b, ms) for (a, b), ms in ways.items()])
    change = dict(enumerate(table.linked.change.tolist()))
    differ = []
    for row, origin in enumerate(crow.nearest(origins)[0].tolist()):
        each = []
        for m in range(departures):
            start = (hour * 60 + m) * 60_000
            how = expanded.Rules(None, False, change, 0, start + 75 * 60_000)
            labels = search.arrivals(list(around(origin).items()), start, how)
            each.append(
                [
                    min(
                        [labels[s][0] - start + ms for s, ms in around(d).items() if s in labels]
                        + [crow.ms(d, origin)] * (crow.ms(d, origin) <= 480_000),
                        default=INF,
                    )
                    for d in crow.nearest(destinations)[0].tolist()
                ]
            )
        took = np.sort(np.array(each, float), axis=0)[max(1, math.ceil(departures / 2)) - 1]
        right = np.where(took <= 75 * 60_000, took / 60_000, INF).astype(np.float32)
        differ += [(row, d) for d in np.flatnonzero(right != found[row])]
    return differ


@pytest.mark.parametrize("place", REAL)
def test_real_minutes_from_door_to_door_equal_those_of_plain_searches(place):
    assert compared(*place, 3, 4) == []


@pytest.mark.long
@pytest.mark.parametrize("place", REAL)
def test_200_real_departures_from_door_to_door_equal_those_of_plain_searches(place):
    assert compared(*place, 20, 10) == []
