"""Paths to a target: by hand, and what holds of every path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.status import Point
from hutuo.plan.trajectories import Kind, base_of, by_steps, constant_growth, kept, linear, path

values = st.floats(0.01, 1e9)
spans = st.integers(1, 60)
ends = st.builds(
    lambda year, span, a, b: (Point(year, a), Point(year + span, b)),
    st.integers(1950, 2050), spans, values, values,
)  # fmt: skip


def test_the_same_change_every_year_by_hand():
    assert linear(Point(2024, 100), Point(2028, 200)) == [
        (2024, 100), (2025, 125), (2026, 150), (2027, 175), (2028, 200),
    ]  # fmt: skip


def test_the_same_growth_every_year_by_hand():
    due = constant_growth(Point(2020, 100), Point(2024, 146.41))
    assert [point.value for point in due] == pytest.approx([100, 110, 121, 133.1, 146.41])


def test_what_a_user_set_is_met_and_between_it_the_steps_are_even():
    due = by_steps(Point(2024, 100), {2026: 110, 2030: 999, 2019: 5}, Point(2028, 200))
    assert [point.value for point in due] == [100, 105, 110, 155, 200]


@given(ends)
def test_every_kind_hits_both_ends_and_every_year_between(pair):
    base, end = pair
    for kind in Kind:
        due = path(base, end, kind, {base.year + 1: 3.0}).due
        assert (due[0], due[-1]) == (base, end)
        assert [point.year for point in due] == list(range(base.year, end.year + 1))


@given(ends)
def test_growth_multiplies_by_one_factor_and_linear_adds_one_change(pair):
    base, end = pair
    way = path(base, end, Kind.GROWTH)
    for one, two in zip(way.due, way.due[1:], strict=False):
        assert two.value == pytest.approx(one.value * (1 + way.growth), rel=1e-6)
    straight = path(base, end, Kind.LINEAR)
    scale = max(base.value, end.value)
    for one, two in zip(straight.due, straight.due[1:], strict=False):
        assert two.value - one.value == pytest.approx(straight.change, abs=1e-9 * scale)


@given(ends)
def test_growth_stays_at_or_below_the_straight_line(pair):
    base, end = pair
    for low, high in zip(constant_growth(base, end), linear(base, end), strict=True):
        assert low.value <= high.value * (1 + 1e-9)


@pytest.mark.parametrize(
    ("base", "end", "kind", "own", "drawn"),
    [
        (1, 2, None, {}, Kind.GROWTH),
        (-1, 2, None, {}, Kind.LINEAR),
        (0, 2, Kind.GROWTH, {}, Kind.LINEAR),
        (1, 2, None, {2025: 1.5}, Kind.OWN),
        (1, 2, Kind.LINEAR, {2025: 1.5}, Kind.LINEAR),
        (1, 2, Kind.OWN, {}, Kind.GROWTH),
    ],
)
def test_which_path_is_drawn(base, end, kind, own, drawn):
    assert path(Point(2024, base), Point(2028, end), kind, own).kind is drawn


def test_a_path_starts_from_the_year_that_a_change_is_counted_from():
    seen = [Point(2018, 1), Point(2020, 2), Point(2023, 3)]
    assert base_of(seen, 2021) == Point(2020, 2)
    assert base_of(seen, None) == base_of(seen, 2010) == Point(2018, 1)
    assert base_of([], 2020) is None


@pytest.mark.parametrize(
    ("operator", "target", "last", "lead", "on_path"),
    [
        (">=", 200, Point(2026, 160), 10, True),
        (">=", 200, Point(2026, 140), -10, False),
        (">=", 200, Point(2026, 150), 0, True),
        ("<=", 60, Point(2026, 70), 10, True),
        ("<=", 60, Point(2026, 90), -10, False),
        ("=", 200, Point(2026, 151), 1, True),
        ("=", 60, Point(2026, 81), -1, False),
        (">=", 200, Point(2031, 190), -10, False),
    ],
)
def test_ahead_is_towards_the_target(operator, target, last, lead, on_path):
    """From 100 in 2024 to 200 or 60 in 2028 in a line; after 2028 the target itself is due."""
    way = path(Point(2024, 100), Point(2028, target), Kind.LINEAR)
    found = kept(operator, way, last)
    assert (found.lead, found.on_path) == (pytest.approx(lead), on_path)


@given(ends)
def test_who_is_on_every_point_of_the_path_is_on_it(pair):
    base, end = pair
    for operator in (">=", "<=", "="):
        for kind in (Kind.LINEAR, Kind.GROWTH):
            way = path(base, end, kind)
            assert all(kept(operator, way, point).on_path for point in way.due)
