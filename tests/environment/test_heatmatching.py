from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment.heatmatching import DAY, Limits, Point, kilometres, matched, on_hours
from hutuo.environment.wasteheat import WasteHeat, waste_heat
from hutuo.errors import BadInput


def point(name, megawatts, celsius=80, hours="0-24", lon=0.0):
    return Point(name, lon, 0.0, celsius, megawatts, on_hours(hours))


def test_hours_of_a_span_go_over_midnight():
    assert on_hours("22-2") == {22, 23, 0, 1}
    assert on_hours(None) == on_hours("0-24") == frozenset(range(24))
    for wrong in ("25-3", "5-5", "morning"):
        with pytest.raises(BadInput, match="hours as 6-22"):
            on_hours(wrong)


def test_distances_are_those_on_the_ellipsoid():
    """A degree of longitude on the equator is 6378.137 km * pi / 180."""
    found = kilometres([point("a", 1)], [point("b", 1, lon=1.0)])
    assert found[0, 0] == pytest.approx(6378.137 * np.pi / 180, rel=1e-9)


def test_most_heat_first_then_the_shortest_way():
    """Both sinks can be served only if the near source leaves the sink at its side to the far one."""
    sources = [point("near", 5), point("far", 5)]
    sinks = [point("first", 5, 60), point("second", 5, 60)]
    distance = np.array([[1.0, 3.0], [2.0, 99.0]])
    found = matched(sources, sinks, Limits(most_km=20), distance)
    assert {(link.source, link.sink): link.megawatts for link in found.links} == {
        ("near", "second"): pytest.approx(5),
        ("far", "first"): pytest.approx(5),
    }
    assert found.delivered == pytest.approx(240)
    assert found.mean_km == pytest.approx(2.5)


def test_heat_goes_only_in_hours_in_which_both_run():
    """A kiln by day and homes by night meet from 18 to 20."""
    found = matched([point("kiln", 4, hours="8-20")], [point("homes", 6, 60, "18-6")], Limits())
    assert found.by_hour.nonzero()[0].tolist() == [18, 19]
    assert (found.delivered, found.links[0].megawatts) == (pytest.approx(8), pytest.approx(4))
    assert (found.offered, found.needed) == (48, 72)


def test_a_source_that_is_too_cold_when_it_arrives_serves_nobody():
    """80 degrees lose 1 by the kilometre over 10: 70 against 66 and 5 to spare."""
    distance = np.array([[10.0]])
    for drop, fits in ((0.9, True), (1.0, False)):
        found = matched(
            [point("a", 1)], [point("b", 1, 66)], Limits(approach=5, drop_per_km=drop), distance
        )
        assert (bool(found.links), found.too_cold) == (fits, int(not fits))
    assert isnan(found.mean_km)


def test_what_is_lost_on_the_way_is_taken_from_the_source():
    found = matched(
        [point("a", 10)], [point("b", 20, 60)], Limits(loss_per_km=0.02), np.array([[10.0]])
    )
    assert found.links[0].megawatts == pytest.approx(8)


@st.composite
def plants(draw):
    many = draw(st.integers(1, 3))
    return [
        point(
            f"p{n}",
            draw(st.integers(0, 9)),
            draw(st.sampled_from([50, 70, 90])),
            draw(st.sampled_from(["0-24", "6-18", "18-6"])),
        )
        for n in range(many)
    ]


@settings(max_examples=20)
@given(plants(), plants(), st.lists(st.integers(0, 30), min_size=9, max_size=9))
def test_what_is_delivered_is_the_largest_flow(sources, sinks, km):
    """Against the maximum flow by another algorithm, hour by hour; nobody gives or gets more than can be."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    distance = np.array(km, float).reshape(3, 3)[: len(sources), : len(sinks)]
    found = matched(sources, sinks, Limits(most_km=20, approach=5), distance)
    first, last = 0, 1 + len(sources) + len(sinks)
    for hour in range(DAY):
        network = np.zeros((last + 1, last + 1), dtype=np.int32)
        for i, source in enumerate(sources):
            network[first, 1 + i] = source.megawatts if hour in source.hours else 0
            for k, sink in enumerate(sinks):
                if distance[i, k] <= 20 and source.celsius >= sink.celsius + 5:
                    network[1 + i, 1 + len(sources) + k] = 99
        for k, sink in enumerate(sinks):
            network[1 + len(sources) + k, last] = sink.megawatts if hour in sink.hours else 0
        most = maximum_flow(csr_array(network), first, last).flow_value
        assert found.by_hour[hour] == pytest.approx(most, abs=1e-6)


def test_faulty_points_are_told_all_at_once():
    with pytest.raises(BadInput) as told:
        matched([point("a", -1), point("a", 1, lon=999.0)], [point("b", 1, -300)], Limits())
    found = [(one.file, one.row, one.column) for one in told.value.findings]
    assert found == [
        ("sources", 1, "megawatts"), ("sources", 2, "lon"), ("sources", 2, "point"),
        ("sinks", 1, "celsius"),
    ]  # fmt: skip


def test_the_mill_heats_homes_and_baths_of_the_next_county(little):
    """The kiln at 60 degrees serves homes at 55 alone, the mill what is left: 6 MW by day, 9 at night."""
    found = waste_heat(little, WasteHeat())
    served = {(row.source_point, row.sink): row for row in found.rows}
    assert set(served) == {("mill", "homes"), ("mill", "baths"), ("kiln", "homes")}
    assert served["kiln", "homes"].megawatts == pytest.approx(4)
    assert served["kiln", "homes"].crosses is False
    assert served["mill", "baths"].crosses is True
    assert (found.by_hour[0], found.by_hour[12], found.by_hour[19]) == (
        pytest.approx(9), pytest.approx(6), pytest.approx(9),
    )  # fmt: skip
    assert found.delivered == pytest.approx(6 * 24 + 3 * 12)
    assert found.mean_km < 12


def test_nothing_within_reach_is_nothing_matched(little):
    found = waste_heat(little, WasteHeat(most_km=0.5))
    assert (found.rows, found.delivered, found.mean_km) == ([], 0, None)
