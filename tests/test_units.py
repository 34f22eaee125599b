"""Units of measure: conversion keeps what is measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.tables import tables
from hutuo.errors import BadAsk, NotFound
from hutuo.units import UNITS, convert, shown, unit

DIMENSIONS = {}
for found in UNITS.values():
    DIMENSIONS.setdefault(found.dimension, []).append(found.symbol)
pairs = st.sampled_from(list(DIMENSIONS.values())).flatmap(
    lambda same: st.tuples(st.sampled_from(same), st.sampled_from(same), st.sampled_from(same))
)
values = st.floats(-1e12, 1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "given_unit", "wanted", "result"),
    [
        (1, "亿元", "元", 1e8),
        (74.7, "%", "ratio", 0.747),
        (1.3, "times", "%", 130),
        (1, "km2", "m2", 1e6),
        (3.639, "万平方千米", "km2", 36390),
        # 15 mu are a hectare: 1 万亩 is 10,000/15 ha = 6.6667 km2.
        (1, "万亩", "km2", 6.666666666666667),
        (8801, "万亩", "万平方千米", 5.867333333),
    ],
)
def test_worked_conversions(value, given_unit, wanted, result):
    assert convert(value, given_unit, wanted) == pytest.approx(result, rel=1e-9)


@given(value=values, units=pairs)
def test_there_and_back_is_the_same(value, units):
    one, two, _ = units
    assert convert(convert(value, one, two), two, one) == pytest.approx(value, rel=1e-12)


@given(value=values, units=pairs)
def test_a_detour_changes_nothing(value, units):
    one, two, three = units
    direct = convert(value, one, three)
    assert convert(convert(value, one, two), two, three) == pytest.approx(direct, rel=1e-12)


@given(value=values, symbol=st.sampled_from(list(UNITS)))
def test_the_same_unit_keeps_the_value_to_the_last_bit(value, symbol):
    assert convert(value, symbol, symbol) == value


@given(one=values, two=values, units=pairs)
def test_conversion_adds_up(one, two, units):
    given_unit, wanted, _ = units
    together = convert(one + two, given_unit, wanted)
    apart = convert(one, given_unit, wanted) + convert(two, given_unit, wanted)
    factor = convert(1, given_unit, wanted)
    assert together == pytest.approx(apart, rel=1e-9, abs=1e-3 * factor)


@given(st.sampled_from(list(UNITS)), st.sampled_from(list(UNITS)))
def test_two_dimensions_are_refused(one, two):
    if UNITS[one].dimension == UNITS[two].dimension:
        assert convert(1, one, two) > 0
        return
    with pytest.raises(BadAsk, match=UNITS[two].dimension) as told:
        convert(1, one, two)
    assert told.value.words[0] == f"计量单位“{one}”与“{two}”不同类,不能换算"


def test_an_unknown_unit_is_told_with_those_that_there_are():
    with pytest.raises(NotFound, match="no unit of measure '亿'") as told:
        convert(1, "亿", "元")
    assert "亿元" in told.value.hint
    with pytest.raises(NotFound, match="furlong"):
        unit("furlong")


def test_every_unit_is_named_in_both_languages_and_has_a_factor():
    assert [u.symbol for u in UNITS.values() if not (u.zh and u.en and u.factor > 0)] == []


def test_units_that_columns_declare_are_words_that_are_known():
    declared = {c.unit for table in tables().values() for c in table.columns if c.unit}
    assert declared - set(UNITS) == {"degree"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (53, "53"),
        (9388, "9,388"),
        (0.08109737, "0.0811"),
        (16746.89, "16,746.9"),
        (74.70174, "74.7"),
        (16_320_000.4, "16,320,000"),
        (0, "0"),
        (-1.5, "-1.5"),
    ],
)
def test_figures_are_shown_as_people_read_them(value, text):
    assert shown(value) == text
