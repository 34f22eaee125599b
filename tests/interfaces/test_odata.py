"""Expressions of $filter: what they mean, by Python's own operators and by hand."""

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base.sensing.comparing import Span
from hutuo.base.sensing.kinds import kind_of
from hutuo.base.sensing.odata import Several, expression, holds
from hutuo.base.sensing.options import options, split
from hutuo.errors import BadAsk, HutuoError


class Plain:
    """A row of plain values."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def value(self, path: Sequence[str]) -> Any:
        return self.values["_".join(path)]


def asked(text: str, **values: Any) -> bool:
    return holds(expression(text), Plain(**values))


HOLDS = {
    "result gt 5": {"result": 6.0},
    "result ge 5 and result le 5": {"result": 5.0},
    "not result eq 5": {"result": 6.0},
    "not (result eq 5 or result eq 6)": {"result": 7.0},
    "result add 2 mul 3 eq 11": {"result": 5.0},
    "(result add 2) mul 3 eq 21": {"result": 5.0},
    "result sub 1 div 2 eq 4.5": {"result": 5.0},
    "result mod 3 eq 2": {"result": 5.0},
    "result eq -1.5e1": {"result": -15.0},
    "name eq 'O''Hara'": {"name": "O'Hara"},
    "name eq '甲区'": {"name": "甲区"},
    "name ne null": {"name": "x"},
    "name eq null": {"name": None},
    "substringof('aug', name)": {"name": "Gauge"},
    "startswith(name,'Ga') and endswith(name,'ge')": {"name": "Gauge"},
    "length(name) eq 5": {"name": "Gauge"},
    "indexof(name,'u') eq 2": {"name": "Gauge"},
    "substring(name,1,2) eq 'au'": {"name": "Gauge"},
    "substring(name,1) eq 'auge'": {"name": "Gauge"},
    "tolower(name) eq 'gauge' and toupper(name) eq 'GAUGE'": {"name": "Gauge"},
    "concat(trim(name),'!') eq 'Gauge!'": {"name": " Gauge "},
    "round(result) eq 3 and floor(result) eq 2 and ceiling(result) eq 3": {"result": 2.5},
    "year(time) eq 2026 and month(time) eq 5 and hour(time) eq 22": {
        "time": datetime(2026, 5, 1, 22, tzinfo=UTC)
    },
    "time lt 2026-05-01T00:00:00+08:00": {"time": datetime(2026, 4, 30, 15, 59, tzinfo=UTC)},
    "time lt now()": {"time": datetime(2026, 4, 30, tzinfo=UTC)},
    "Thing/name eq 'x'": {"Thing_name": Several(("y", "x"))},
    "st_within(location, geography'POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))')": {
        "location": {"type": "Point", "coordinates": [1, 1]}
    },
    "geo.distance(location, geography'POINT (0 3)') eq 5": {
        "location": {"type": "Point", "coordinates": [4, 0]}
    },
    "true eq flag": {"flag": True},
}


@pytest.mark.parametrize("text", HOLDS)
def test_a_condition_holds(text):
    assert asked(text, **HOLDS[text])


FAILS = {
    "result gt 5": {"result": 5.0},
    "name gt 5": {"name": "text"},
    "name eq 'a'": {"name": None},
    "name gt 'a'": {"name": None},
    "result div 0 eq 1": {"result": 1.0},
    "Thing/name eq 'x'": {"Thing_name": Several(())},
    "name": {"name": "x"},
}


@pytest.mark.parametrize("text", FAILS)
def test_a_condition_does_not_hold(text):
    assert not asked(text, **FAILS[text])


PERIOD = Span(datetime(2026, 5, 1, 8, tzinfo=UTC), datetime(2026, 5, 1, 9, tzinfo=UTC))


def test_a_period_is_before_what_begins_when_it_has_ended():
    assert asked("time le 2026-05-01T09:00:00Z", time=PERIOD)
    assert not asked("time lt 2026-05-01T08:30:00Z", time=PERIOD)
    assert not asked("time gt 2026-05-01T08:30:00Z", time=PERIOD)
    assert asked("time gt 2026-05-01T07:59:59Z", time=PERIOD)


UNREADABLE = [
    "result gt",
    "gt 5",
    "(result gt 5",
    "result gt 5)",
    "result ! 5",
    "nope(result)",
    "result gt 'open",
    "result gt 5 result",
    "st_within(location, geography'POLYGON')",
    "(" * 60 + "1" + ")" * 60,
    "time gt 2026-13-01T00:00:00Z",
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_told(text):
    with pytest.raises(BadAsk):
        expression(text)


@settings(max_examples=200)
@given(st.text(alphabet="ab'()/ ,$19.-:TZ甲eqndorlt", max_size=30))
def test_no_text_does_more_than_be_refused(text):
    with suppress(HutuoError):
        expression(text)


numbers = st.integers(-50, 50)


@settings(max_examples=100)
@given(
    numbers,
    numbers,
    numbers,
    st.sampled_from(["add", "sub", "mul"]),
    st.sampled_from(["lt", "ge", "eq"]),
)
def test_arithmetic_is_that_of_python(a, b, c, sign, compare):
    python = {"add": "+", "sub": "-", "mul": "*", "lt": "<", "ge": ">=", "eq": "=="}
    told = asked(f"x {sign} {b} {compare} {c}", x=float(a))
    assert told == eval(f"{a} {python[sign]} ({b}) {python[compare]} {c}")  # noqa: S307 - our own text


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_a_half_is_rounded_up(x):
    assert asked(f"round(x) eq {math.floor(x + 0.5)}", x=x)


def test_options_within_what_is_expanded():
    text = "Thing($select=name),Observations($top=1;$orderby=phenomenonTime desc),Thing/Locations"
    found = options({"$expand": text}, kind_of("Datastreams"))
    assert found.expand["Thing"].select == ("name",)
    assert set(found.expand["Thing"].expand) == {"Locations"}
    inner = found.expand["Observations"]
    assert (inner.top, inner.order[0].path, inner.order[0].down) == (1, "phenomenonTime", True)


def test_parts_in_brackets_and_quotes_stay_together():
    assert list(split("a(b,c),'d,e',f", ",")) == ["a(b,c)", "'d,e'", "f"]


@pytest.mark.parametrize(
    "given",
    [
        {"$top": "-1"},
        {"$skip": "x"},
        {"$count": "yes"},
        {"$expand": "Nope"},
        {"nope": "1"},
        {"$orderby": "name up"},
    ],
)
def test_an_option_that_means_nothing_is_told(given):
    with pytest.raises(BadAsk):
        options(given, kind_of("Things"))
