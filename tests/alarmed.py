"""A protocol of the tiny region, what it rests on, and one incident: few enough to work out by hand."""

from datetime import UTC, datetime

import pandas as pd

from hutuo.base.recording import recorded
from hutuo.duty.boards import Board, board
from hutuo.duty.incident import Incident, acted

SOURCE = {"source": "book"}
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
# The governments of the first and the second unit, and the mechanism above both.
BODIES = [
    ("first", "甲区政府", "Alpha's government", "990101"),
    ("second", "乙县政府", "Beta's government", "990102"),
    ("above", "防汛指挥部", "Flood command", None),
]
# Where it happens is told first, then who is downstream; what there is to do depends on the level.
STEPS = [
    ("notify", None, "here", None, 30, "above", "关注水情", "Watch the water"),
    ("notify", None, "downstream", None, 15, "above", "上游来水", "Water comes from upstream"),
    ("task", "yellow", "here", None, 120, None, "转移群众", "Move people out"),
    ("task", "red", "named", "above", 60, None, "请求增援", "Ask for help"),
]
DOWN = [("990101", "990102", 60.0), ("990102", "990103", 30.0)]
FACILITIES = [
    ("hall", "体育馆", "Sports hall", "990101", 0.05, 0.05, "first", "stadium", 300.0, 2.0),
    ("inn", "旅馆", "Inn", "990102", None, None, None, "hotel", 100.0, 1.0),
]
# Two operators 111 m apart, a third planned 56 m from the first, which it shares with a fourth site.
SITES = [
    ("a1", "base_station", "A", 0.05, "built", None),
    ("a2", "base_station", "A", 0.0501, "built", "C"),
    ("b1", "base_station", "B", 0.051, "built", None),
    ("c1", "base_station", "C", 0.0495, "planned", None),
    ("c2", "tower", "C", 0.05, "planned", None),
]
PLATFORMS = [
    ("steel", "钢铁平台", "Steel platform", "industry", "990101", "钢铁", 12, 300),
    ("all", "综合平台", "Comprehensive platform", "comprehensive", "990102", None, None, None),
]


def rows(names, given):
    return [dict(zip(names.split(), row, strict=True)) | SOURCE for row in given]


def prepare(region):
    """Write what a protocol rests on, and the registers."""
    steps = rows("kind level whose body minutes escalate_to zh en", STEPS)
    written = {
        "body": [row | {"kind": "government"} for row in rows("body zh en unit", BODIES)],
        "protocol": rows("protocol zh en", [("flood", "洪水联防", "Joint flood protocol")]),
        "protocol_step": [s | {"protocol": "flood", "ordinal": n} for n, s in enumerate(steps, 1)],
        "downstream": rows("from_place to_place minutes", DOWN),
        "emergency_facility": [
            row | {"emergency": "shelter"}
            for row in rows(
                "facility zh en place lon lat owner everyday capacity switch_hours", FACILITIES
            )
        ],
        "network_site": [
            row | {"place": "990101", "lat": 0.05}
            for row in rows("site kind operator lon state shared_by", SITES)
        ],
        "industrial_platform": [
            row | {"operator": row["en"]}
            for row in rows("platform zh en kind place industry firms devices", PLATFORMS)
        ],
    }
    recorded(region, written, "test", check=False)


def rule(region, **given):
    """Write a rule; above 5 raises, below 4 clears."""
    row = {
        "rule": "high", "zh": "水位高", "en": "High water", "indicator": "minutes", "level": "yellow",
        "sense": "above", "raise_at": 5.0, "clear_at": 4.0, "protocol": "flood", **SOURCE, **given,
    }  # fmt: skip
    recorded(region, {"warning_rule": [row]}, "test", check=False)


def read(region, place, *values, begin=NOON, minutes=10, indicator="minutes"):
    """Record readings so many minutes apart."""
    at = pd.date_range(begin, periods=len(values), freq=f"{minutes}min")
    unit = region.indicators[indicator]["unit"]
    frame = pd.DataFrame({"valid_from": at, "value": [float(value) for value in values]})
    frame = frame.assign(place=place, indicator=indicator, unit=unit, **SOURCE)
    region.append("observation", frame)


def alarm(region):
    """All of it, and a drill in the first unit."""
    prepare(region)
    asked = {"action": "raise", "protocol": "flood", "place": "990101", "level": "yellow"}
    acted(region, Incident(**asked, zh="洪水演练", en="Flood drill", drill=True), NOON)
    tile = {"verb": "base/figures", "ask": {"place": "990101"}}
    board(region, Board(action="save", board="city", title="小都", tiles=(tile,)))
