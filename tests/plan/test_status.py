"""The rule from figures to status: its six cases by hand, and what must hold for all figures."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hutuo.glossary import terms
from hutuo.plan.status import REACHED, Point, Status, growth, standing

RANK = {Status.OFF_TRACK: 0, Status.ON_TRACK: 1, Status.MET: 2}
amounts = st.floats(0.1, 1e6)
years = st.integers(2000, 2050)


@pytest.mark.parametrize(
    ("operator", "value", "year", "seen", "measurable", "status", "distance", "rule"),
    [
        # 1: a number of clusters (一批) is never measurable, whatever was seen.
        (">=", 100, 2030, [(2020, 500)], False, "not_measurable", None, 1),
        # 2: nothing seen.
        (">=", 100, 2030, [], True, "no_data", None, 2),
        # 3: met by the last figure, also before the year, also if the one before was not.
        (">=", 100, 2030, [(2020, 50), (2024, 100)], True, "met", 0, 3),
        (">", 100, 2030, [(2024, 100.5)], True, "met", 0, 3),
        ("<=", 60, None, [(2024, 55)], True, "met", 0, 3),
        ("=", 1, None, [(2024, 1)], True, "met", 0, 3),
        # 4: the year is over.
        (">=", 100, 2024, [(2020, 50), (2024, 99)], True, "off_track", 1, 4),
        (">", 100, 2024, [(2024, 100)], True, "off_track", 0, 4),
        # 5: one figure tells no pace.
        (">=", 100, 2030, [(2024, 50)], True, "no_data", 50, 5),
        (">=", 100, 2030, [(2024, 40), (2024, 50)], True, "no_data", 50, 5),
        # 6: 100 to 146.41 in four years is 10 % a year; 200 in 2028 needs 8.1 %, 250 needs 14.3 %.
        (">=", 200, 2028, [(2020, 100), (2024, 146.41)], True, "on_track", 53.59, 6),
        (">=", 250, 2028, [(2020, 100), (2024, 146.41)], True, "off_track", 103.59, 6),
        # 6: falling as asked: 90 to 80 in four years, 70 in 2028 needs a little faster.
        ("<=", 72, 2028, [(2020, 90), (2024, 80)], True, "on_track", 8, 6),
        ("<=", 70, 2028, [(2020, 90), (2024, 80)], True, "off_track", 10, 6),
        # 6: through zero pace is change a year: -20 to -10 in four years gives 0 in 2028.
        (">=", 0, 2028, [(2020, -20), (2024, -10)], True, "on_track", 10, 6),
        (">=", 1, 2028, [(2020, -20), (2024, -10)], True, "off_track", 11, 6),
        # 6: without a year it counts whether it comes nearer.
        (">=", 100, None, [(2020, 10), (2024, 20)], True, "on_track", 80, 6),
        (">=", 100, None, [(2020, 20), (2024, 10)], True, "off_track", 90, 6),
    ],
)
def test_worked_examples(operator, value, year, seen, measurable, status, distance, rule):
    found = standing(operator, value, year, [Point(*p) for p in seen], measurable=measurable)
    assert found.status == status
    assert found.rule == rule
    assert found.distance == (None if distance is None else pytest.approx(distance))


def test_every_case_of_the_rule_is_explained():
    assert {f"rule:{number}" for number in range(1, 7)} <= set(terms())


@given(
    st.sampled_from([">=", ">"]),
    amounts,
    years,
    st.lists(amounts, min_size=1, max_size=3),
    amounts,
)
def test_more_never_worsens_a_target_that_asks_for_at_least(operator, value, year, seen, more):
    """The last figure larger, all else the same."""
    path = [Point(2010 + 5 * n, figure) for n, figure in enumerate(seen)]
    larger = [*path[:-1], Point(path[-1].year, path[-1].value + more)]
    before, after = standing(operator, value, year, path), standing(operator, value, year, larger)
    if before.status in RANK and after.status in RANK:
        assert RANK[after.status] >= RANK[before.status]
    assert before.status in RANK or after.status in (Status.MET, before.status)
    assert after.distance <= before.distance


@given(st.sampled_from(["<=", "<"]), amounts, years, amounts, amounts, st.floats(0.01, 1))
def test_less_never_worsens_a_target_that_asks_for_at_most(
    operator, value, year, first, last, part
):
    before = standing(operator, value, year, [Point(2010, first), Point(2015, last)])
    after = standing(operator, value, year, [Point(2010, first), Point(2015, last * part)])
    assert RANK[after.status] >= RANK[before.status]


@given(amounts, amounts, amounts, st.integers(2016, 2040))
def test_the_growth_that_is_needed_reaches_the_value_in_time(first, last, value, year):
    found = standing(">=", value, year, [Point(2010, first), Point(2015, last)])
    assume(found.needed_growth is not None)
    reached = last * (1 + found.needed_growth) ** (year - 2015)
    assert reached == pytest.approx(value)


@given(amounts, amounts, amounts, st.integers(2016, 2040))
def test_on_track_is_a_pace_of_at_least_what_is_needed(first, last, value, year):
    found = standing(">=", value, year, [Point(2010, first), Point(2015, last)])
    assume(found.rule == 6)
    assume(abs(found.seen_growth - found.needed_growth) > 1e-9)
    assert (found.status is Status.ON_TRACK) == (found.seen_growth > found.needed_growth)


@given(amounts, amounts, years, years)
def test_growth_there_and_back_is_none(one, two, start, end):
    assume(start != end)
    first, last = min(start, end), max(start, end)
    there, back = (growth(Point(first, a), Point(last, b)) for a, b in ((one, two), (two, one)))
    assert (1 + there) * (1 + back) == pytest.approx(1)


@given(amounts, st.floats(-0.5, 0.5), st.integers(1, 20))
def test_growth_is_what_was_compounded(start, rate, span):
    end = start * (1 + rate) ** span
    assert growth(Point(2000, start), Point(2000 + span, end)) == pytest.approx(rate, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((2020, 1), (2020, 2)),
        ((2021, 1), (2020, 2)),
        ((2020, 0), (2021, 1)),
        ((2020, 1), (2021, -1)),
    ],
)
def test_growth_without_meaning_is_none(start, end):
    assert growth(Point(*start), Point(*end)) is None


@given(st.sampled_from(list(REACHED)), amounts, st.none() | years, st.lists(amounts, max_size=3))
def test_met_and_distance_zero_go_together_before_the_year(operator, value, year, seen):
    path = [Point(2000 + n, figure) for n, figure in enumerate(seen)]
    found = standing(operator, value, year, path)
    if found.status is Status.MET:
        assert found.distance == 0
    if seen and not REACHED[operator](seen[-1], value):
        assert found.status is not Status.MET
        assert found.distance == abs(value - seen[-1])
    assert (found.distance is None) == (not seen)
