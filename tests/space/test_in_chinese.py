"""What is wrong with numbers that a program gives is said in Chinese as well."""

import re

import numpy as np
import pandas as pd
import pytest

from hutuo.errors import HutuoError
from hutuo.space import (
    access,
    circlerule,
    corridors,
    decay,
    doors,
    edges,
    floating,
    flowmodels,
    flows,
    footways,
    functional,
    functionalcores,
    inequality,
    lines,
    metropolitan,
    pairs,
    polycentricity,
    reach,
    runs,
    streets,
    timetable,
    weights,
)

ONE = np.ones((1, 1))
TWO = np.ones((2, 2))
STOPS = pd.DataFrame({"stop": ["a"], "name": ["A"], "lon": [114.0], "lat": [38.0]})
TRIPS = pd.DataFrame({"trip": ["t"]})
CALLS = pd.DataFrame(
    {"trip": ["t"], "sequence": [1], "stop": ["z"], "arrival_seconds": [0.0], "departure_seconds": [0.0]}
)  # fmt: skip
FRAMES = {
    "stops": STOPS,
    "trips": TRIPS,
    "calls": CALLS,
    "transfers": pd.DataFrame({"from_stop": [], "to_stop": []}),
}


URBAN = pd.DataFrame({"urban_area": ["u"], "unit": ["z"], "people": [100_000.0]})


class Known:
    """A timetable, as far as planned lines look at it."""

    lines, read, stops = (), None, STOPS


def two_flows(units):
    return flows.Flows.of_matrix(units, TWO)


@pytest.mark.parametrize(
    ("ask", "zh"),
    [
        (lambda: access.minutes_to_nearest(ONE, [1], 0), "count为0;应大于0"),
        (lambda: circlerule.commuting_circle({"a": 1.0}, "a", needs="x"), "needs为“x”可用:"),
        (lambda: corridors.spine(np.ones((1, 2))), "1个点不成线"),
        (lambda: decay.power(-1), "衰减的exponent为-1;应不小于0"),
        (lambda: doors.rank(101, 10), "percentile为101"),
        (lambda: doors.checked({"speed": 1.0}), "没有限值speed"),
        (lambda: edges.ids([7], 3, "origins"), r"origins中有不是节点的\n.*: 7不是节点;应为0至2"),
        (lambda: floating.Catchments.of(ONE, [1, 2], decay.binary(3)), r"应与分钟数一致,为\(1,\)"),
        (lambda: flowmodels.radiation(np.ones(2), np.ones((2, 2)), leaving=2), "leaving为2"),
        (lambda: flowmodels.common_part(two_flows("ab"), two_flows("ac")), "两张表的区划不同"),
        (lambda: flows.Flows.of(pd.DataFrame({"home": ["a"]})), "没有此列;现有home"),
        (lambda: footways.doors(None, np.zeros((2, 3)), 5.0), r"点的形状为\(2, 3\)"),
        (lambda: functional.functional_area(two_flows("ab"), []), "核心没有区划"),
        (lambda: functionalcores.urban_centres(np.ones(3)), "人口应为不小于0的数的网格"),
        (lambda: inequality.fgt([1], [1], 0), "line为0;应有限且大于0"),
        (lambda: inequality.theil([1], [1], [1, 2]), r"groups的形状为\(2,\);应为\(1,\)"),
        (lambda: lines.added(Known(), [lines.Line("x", ["a"], {})]), "1个站不成线路;至少两个"),
        (lambda: lines.added(Known(), [lines.Line("x", ["a"], {})]), "headway: 为空;不会开行"),
        (
            lambda: metropolitan.statistical_areas(two_flows("ab"), URBAN, {"a": 1.0, "b": 1.0}),
            "有城区所在的区划没有通勤流",
        ),
        (lambda: pairs.sides((1, 1), "row"), "各行按“row”"),
        (lambda: pairs.check_ids(np.array([3]), 2, "origin"), "第0对的origin为3"),
        (lambda: polycentricity.primacy([1]), "区划不足两个,或其中无人"),
        (lambda: reach.Reach.dense([-1.0]), r"minutes的形状为\(1,\)"),
        (lambda: reach.figures("beds", [-1], 1), "beds:1个数中有1个为负数、缺失或无穷大"),
        (lambda: runs.known(FRAMES), r"时刻表的各表不相配:\n.*: “z”不是stops中的stop"),
        (lambda: streets.network("x.pbf", "fly"), "没有出行方式“fly”"),
        (lambda: timetable.Timetable.from_gtfs([], "2024-01-01"), "没有给出时刻表"),
        (lambda: timetable.Timetable.from_frames(STOPS, TRIPS, TRIPS), "calls: stop: 缺少此列"),
        (lambda: weights.weighed("power", None, {}, included=True), "衰减方式“power”须有"),
    ],
)
def test_an_error_is_said_in_chinese(ask, zh):
    with pytest.raises(HutuoError) as told:
        ask()
    said = told.value.words[0] + told.value.advice[0]
    assert re.search(zh, said, re.DOTALL), said
