"""The kernels of timetables: every label of every departure is that of a plain search."""

import expanded
import feeds_by_hand
import numpy as np
import pytest
from drawn import STOPS, trips, walks
from expanded import Expanded
from feeds_by_hand import MOBILITY
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.space import raptor, windows
from hutuo.space.patterns import Calls, links, mirrored, no_patterns, patterns, turned
from hutuo.space.timetable import Timetable


def block(its, first=0):
    """Trips as the kernels read them."""
    if not its:
        return no_patterns(STOPS)
    rows = [(first + n, *call) for n, trip in enumerate(its) for call in trip]
    columns = [np.array(one) for one in zip(*rows, strict=True)]
    whole = [one.astype(np.int32) for one in columns[:4]]
    return patterns(Calls(*whole, columns[4].astype(bool), columns[5].astype(bool)), STOPS)


def as_links(ways):
    tail, head, took = (np.array([way[i] for way in ways], np.int32) for i in range(3))
    return links(STOPS, tail, head, took)


def searched(blocks, ways, starts, rules):
    begin = tuple(np.array([one[i] for one in starts], np.int32) for i in range(2))
    return raptor.labels(blocks, ways, begin, rules)


@settings(max_examples=400)
@given(
    trips(),
    walks(),
    st.data(),
    st.booleans(),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([4, 9, 1000]),
)
def test_labels_of_a_window_equal_those_of_a_plain_search(
    its, ways, data, chained, rides, longest
):
    change = [data.draw(st.integers(0, 2)) for _ in range(STOPS)]
    slack = 0 if chained else data.draw(st.integers(0, 2))
    barred = data.draw(st.sets(st.integers(0, STOPS - 1), max_size=2))
    starts = data.draw(
        st.lists(st.tuples(st.integers(0, STOPS - 1), st.integers(0, 3)), min_size=1, max_size=3)
    )
    departures = sorted(data.draw(st.sets(st.integers(0, 16), min_size=1, max_size=6)))
    cut = data.draw(st.integers(0, len(its)))
    waits = np.array([raptor.NEVER if s in barred else change[s] for s in range(STOPS)], np.int32)
    rules = raptor.Rules(
        np.array(departures, np.int32),
        waits,
        slack,
        longest,
        rides or 0,
        (rides or 0) + 1,
        chained,
    )
    found = searched((block(its[:cut]), block(its[cut:], cut)), as_links(ways), starts, rules)
    oracle = Expanded(its, ways, [(s, s) for s in barred])
    for m, departure in enumerate(departures):
        how = expanded.Rules(rides, chained, dict(enumerate(change)), slack, departure + longest)
        want = oracle.arrivals(starts, departure, how)
        for stop in range(STOPS):
            time, ridden = want.get(stop, (raptor.NEVER, 255))
            label = int(found.label[stop, m])
            # A label past the end of an earlier departure belongs to a later one.
            assert (label if label <= departure + longest else raptor.NEVER) == time
            if rides and time < raptor.NEVER:
                assert found.rides[stop, m] == ridden


@settings(max_examples=150)
@given(trips())
def test_no_trip_of_a_pattern_overtakes_another_and_none_is_lost(its):
    found = block(its)
    assert sorted(found.trip.tolist()) == list(range(len(its)))
    for p in range(len(found.size)):
        places = found.first[p + 1] - found.first[p]
        part = slice(found.at[p], found.at[p + 1])
        assert (np.diff(found.arrival[part].reshape(-1, places), axis=0) >= 0).all()
        assert (np.diff(found.departure[part].reshape(places, -1), axis=1) >= 0).all()


@settings(max_examples=150)
@given(trips(), walks(), st.integers(0, STOPS - 1), st.integers(0, STOPS - 1), st.integers(4, 20))
def test_a_mirrored_search_gives_the_last_departure(its, ways, start, end, until):
    """Who leaves ``start`` by ride then arrives at ``end`` by ride in time, and who leaves later does not."""
    every = np.arange(0, 30, dtype=np.int32)
    still = np.zeros(STOPS, np.int32)
    walk = as_links(ways)
    blocks = block(its), no_patterns(STOPS)
    back = tuple(mirrored(one) for one in blocks)
    rules = raptor.Rules(np.array([-until], np.int32), still, 0, 1000, 0, 1, False)
    label = int(searched(back, turned(walk, STOPS), [(end, 0)], rules).label[start, 0])
    rules = rules._replace(departures=every)
    ahead = searched(blocks, walk, [(start, 0)], rules).label[end]
    good = every[ahead <= until]
    assert (int(good.max()) if len(good) else None) == (-label if label < raptor.NEVER else None)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=70), st.data())
def test_a_rank_is_that_of_the_sorted_values(values, data):
    rank = data.draw(st.integers(1, len(values)))
    assert windows.ranked(np.array(values, np.int32), rank) == sorted(values)[rank - 1]


def compared(names, day, hour, queries, departures):
    """Labels of a window with walks between stops, against a plain search a minute: how many differ."""
    paths = [MOBILITY / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("the feeds beside the repository (../shared) are not there")
    table = Timetable.from_gtfs(paths, day)
    number = {stop: at for at, stop in enumerate(table.stops["stop"])}
    its = [
        [(number[stop], *rest) for stop, *rest in trip]
        for path in paths
        for trip in feeds_by_hand.trips(path, day)
    ]
    place = table.stops[["lon", "lat"]].to_numpy() * [96_000, 111_000]
    near = [np.argsort(np.abs(place - one).sum(axis=1))[1:7] for one in place]
    tail = np.repeat(np.arange(len(place)), 6)
    head = np.concatenate(near)
    took = (np.abs(place[tail] - place[head]).sum(axis=1) * 900).astype(np.int32)
    walk = links(len(place), tail, head, took)
    oracle = Expanded(its, zip(tail.tolist(), head.tolist(), took.tolist(), strict=True))
    rng = np.random.default_rng(5)
    marks = (hour * 60 + np.arange(60)) * 60_000
    differ = labels = 0
    for _ in range(queries):
        starts = [(int(s), int(rng.integers(600_000))) for s in rng.integers(len(place), size=4)]
        rides = [None, 1, 2, 4][rng.integers(4)]
        change = np.full(len(place), 60_000, np.int32)
        rules = raptor.Rules(
            marks.astype(np.int32), change, 30_000, 5_400_000, rides or 0, (rides or 0) + 1, False
        )
        found = searched(table.blocks, walk, starts, rules)
        for m in rng.choice(60, departures, replace=False):
            until = int(marks[m]) + rules.longest
            how = expanded.Rules(
                rides, False, dict.fromkeys(number.values(), 60_000), 30_000, until
            )
            want = oracle.arrivals(starts, int(marks[m]), how)
            for stop, label in enumerate(found.label[:, m].tolist()):
                right = want.get(stop, (raptor.NEVER, 0))[0]
                labels += 1
                differ += (label if label <= until else raptor.NEVER) != right
    return differ, labels


PLACES = [
    (("poa_eptc.zip", "poa_trensurb.zip"), feeds_by_hand.date(2019, 5, 13), 13),
    (("nyc_subway_gtfs.zip",), feeds_by_hand.date(2024, 12, 18), 8),
]


@pytest.mark.parametrize("place", PLACES)
def test_labels_of_real_windows_equal_those_of_a_plain_search(place):
    differ, labels = compared(*place, 6, 2)
    assert differ == 0
    assert labels >= 6 * 2 * 250


@pytest.mark.long
@pytest.mark.parametrize("place", PLACES)
def test_labels_of_200_real_queries_equal_those_of_a_plain_search(place):
    assert compared(*place, 50, 4)[0] == 0
