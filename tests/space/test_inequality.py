"""Inequality of access: by hand, by properties each measure is known for, against an outside answer."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hutuo.errors import BadAsk, BadInput
from hutuo.space import inequality
from hutuo.space.access import cumulative
from hutuo.space.inequality import concentration, fgt, gini, kolm_pollak, palma, theil

OUTSIDE = Path(__file__).parents[3] / "shared" / "data" / "benchmarks" / "siting" / "access"
FORMS = ("standard", "generalised", "wagstaff", "erreygers")
# Ten places of one person each hold 0 to 9.
TEN, ONES = np.arange(10.0), np.ones(10)


@st.composite
def spreads(draw, least=0):
    """Figures, people and ranks of places; somebody has something."""
    size = draw(st.integers(1, 12))
    whole = st.integers(least, 50).map(float)
    lists = st.lists(whole, min_size=size, max_size=size)
    values, people, rank = (np.array(draw(lists)) for _ in range(3))
    assume(values @ people > 0)
    return values, people, rank


def measures(values, people, rank):
    return {
        "gini": gini(values, people),
        "palma": palma(values, people, rank),
        "theil": theil(values, people).total,
        "fgt": fgt(values, people, values.max() + 1, 1),
        **{form: concentration(values, people, rank, form) for form in FORMS},
        "kolm_pollak": kolm_pollak(values, people),
    }


def test_gini_by_hand():
    # Mean absolute difference 3.3 over twice the mean 4.5.
    assert gini(TEN, ONES) == pytest.approx(3.3 / 9)
    assert gini([0, 0, 0, 1], np.ones(4)) == pytest.approx(0.75)
    assert gini([7, 7], [1, 99]) == pytest.approx(0)


@given(spreads())
def test_gini_is_the_mean_difference_of_two_people_over_twice_the_mean(spread):
    values, people, _ = spread
    apart = np.abs(values[:, None] - values) * np.outer(people, people)
    wanted = apart.sum() / people.sum() ** 2 / 2 / (values @ people / people.sum())
    assert gini(values, people) == pytest.approx(wanted, abs=1e-12)


@given(spreads())
def test_a_place_that_is_two_places_changes_nothing(spread):
    values, people, rank = spread
    whole = measures(values, people, rank)
    halves = measures(np.tile(values, 2), np.tile(people / 2, 2), np.tile(rank, 2))
    assert halves == pytest.approx(whole, abs=1e-9, nan_ok=True)


@given(spreads(), st.randoms())
def test_the_order_of_places_changes_nothing(spread, random):
    order = list(range(spread[0].size))
    random.shuffle(order)
    found = measures(*(column[order] for column in spread))
    assert found == pytest.approx(measures(*spread), abs=1e-9, nan_ok=True)


@given(spreads())
def test_places_without_people_do_not_count(spread):
    values, people, rank = spread
    lived = people > 0
    found = measures(values[lived], people[lived], rank[lived])
    wanted = measures(values, people, rank)
    found.pop("fgt"), wanted.pop("fgt")
    if np.ptp(values) == np.ptp(values[lived]):
        assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)


@given(spreads(), st.floats(0.01, 100))
def test_another_unit_changes_no_relative_measure(spread, factor):
    values, people, rank = spread
    found, wanted = measures(values * factor, people, rank), measures(values, people, rank)
    for name in ("gini", "palma", "theil", "standard", "wagstaff", "erreygers"):
        assert found[name] == pytest.approx(wanted[name], rel=1e-6, abs=1e-9, nan_ok=True)
    for name in ("generalised", "kolm_pollak"):
        assert found[name] == pytest.approx(factor * wanted[name], rel=1e-6, abs=1e-9)


@given(spreads())
def test_equal_figures_are_not_unequal(spread):
    _, people, rank = spread
    found = measures(np.full(people.size, 7.0), people, rank)
    assert found["gini"] == pytest.approx(0, abs=1e-12)
    assert found["theil"] == pytest.approx(0, abs=1e-12)
    assert found["palma"] == pytest.approx(1)
    assert found["standard"] == pytest.approx(0, abs=1e-12)
    assert found["kolm_pollak"] == pytest.approx(7)


def test_palma_by_hand():
    # The top one holds 9, the bottom four 0, 1, 2 and 3.
    assert palma(TEN, ONES) == pytest.approx(9 / 1.5)
    assert palma(TEN, ONES, top=0.2) == pytest.approx(8.5 / 1.5)
    assert palma(TEN, ONES, bottom=0.2) == pytest.approx(9 / 0.5)
    assert palma(TEN, ONES, -TEN) == pytest.approx(0 / 7.5)
    # One place of eight people: half a person of it belongs to the bottom 45 % of ten.
    assert palma([1, 2], [4, 6], bottom=0.45) == pytest.approx(2 / ((4 * 1 + 0.5 * 2) / 4.5))


def test_palma_of_a_bottom_with_nothing_is_without_bound():
    assert palma([0, 5], [1, 1]) == np.inf
    assert math.isnan(palma([0, 0], [1, 1]))


def test_places_of_equal_rank_share_alike_in_palma():
    assert palma([1, 3, 5, 7], np.ones(4), [1, 1, 2, 2]) == pytest.approx(6 / 2)


def test_theil_by_hand():
    assert theil([0, 0, 0, 1], np.ones(4)).total == pytest.approx(math.log(4))
    parts = theil([1, 1, 3, 3], np.ones(4), ["a", "a", "b", "b"])
    assert parts.within == pytest.approx(0, abs=1e-12)
    wanted = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)
    assert parts.between == pytest.approx(wanted)
    assert parts.groups.tolist() == ["a", "b"]
    assert parts.between_of[0] < 0 < parts.between_of[1]


@given(spreads())
def test_the_parts_of_theil_sum_to_the_index_without_groups(spread):
    values, people, groups = spread
    parts = theil(values, people, groups % 3)
    assert parts.total == pytest.approx(theil(values, people).total, abs=1e-12)
    assert parts.between_of.sum() == pytest.approx(parts.between)
    assert parts.within_of.sum() == pytest.approx(parts.within)
    assert parts.between >= -1e-12
    assert (parts.within_of >= -1e-12).all()


@given(spreads())
def test_the_part_within_is_the_groups_own_index_by_what_they_hold(spread):
    values, people, groups = spread
    groups %= 2
    parts = theil(values, people, groups)
    for name, part in zip(parts.groups, parts.within_of, strict=True):
        inside = groups == name
        held = values[inside] @ people[inside] / (values @ people)
        own = theil(values[inside], people[inside]).total if held else 0.0
        assert part == pytest.approx(held * own, abs=1e-12)


def test_poverty_by_hand():
    assert fgt(TEN, ONES, 3) == pytest.approx(0.3)
    assert fgt(TEN, ONES, 3, included=True) == pytest.approx(0.4)
    assert fgt(TEN, ONES, 3, 1) == pytest.approx((3 + 2 + 1) / 3 / 10)
    assert fgt(TEN, ONES, 3, 2) == pytest.approx((9 + 4 + 1) / 9 / 10)
    assert fgt(TEN, ONES, 4) == pytest.approx(0.4)


@given(spreads(), st.floats(0.1, 60), st.floats(0.1, 60))
def test_a_higher_line_never_finds_fewer_poor(spread, one, other):
    values, people, _ = spread
    low, high = sorted((one, other))
    for order in (0, 1, 2):
        assert fgt(values, people, low, order) <= fgt(values, people, high, order) + 1e-12
    assert fgt(values, people, low, 2) <= fgt(values, people, low, 1) + 1e-12


def test_concentration_by_hand():
    # All of it with the one who ranks highest of four: 1 - 1/4; with the lowest its opposite.
    last = [0, 0, 0, 1]
    assert concentration(last, np.ones(4), [1, 2, 3, 4]) == pytest.approx(0.75)
    assert concentration(last, np.ones(4), [4, 3, 2, 1]) == pytest.approx(-0.75)
    assert concentration(last, np.ones(4), [1, 2, 3, 4], "generalised") == pytest.approx(0.1875)
    # Wagstaff: over 1 - mean; Erreygers: 4 means.
    assert concentration(last, np.ones(4), [1, 2, 3, 4], "wagstaff") == pytest.approx(1)
    assert concentration(last, np.ones(4), [1, 2, 3, 4], "erreygers") == pytest.approx(0.75)


def test_bounds_change_the_corrected_forms_alone():
    for form, changes in zip(FORMS, (False, False, True, True), strict=True):
        one = concentration(TEN, ONES, TEN, form, bounds=(0, 9))
        other = concentration(TEN, ONES, TEN, form, bounds=(0, 20))
        assert (one != other) == changes
        assert one == concentration(TEN, ONES, TEN, form)


@given(spreads())
def test_concentration_by_the_figure_itself_is_gini(spread):
    values, people, _ = spread
    assert concentration(values, people, values) == pytest.approx(gini(values, people), abs=1e-12)


@given(spreads())
def test_erreygers_has_one_sign_flipped_for_what_is_lacking(spread):
    values, people, rank = spread
    bounds = (0.0, 50.0)
    for form in ("wagstaff", "erreygers"):
        has = concentration(values, people, rank, form, bounds=bounds)
        lacks = concentration(50 - values, people, rank, form, bounds=bounds)
        assert has == pytest.approx(-lacks, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("form", ["standard", "generalised", "erreygers"])
def test_equal_figures_are_concentrated_nowhere(form):
    found = concentration([0.1] * 3, [1, 2, 4], [1, 2, 3], form, bounds=(0, 0.2))
    assert found == pytest.approx(0, abs=1e-15)


def test_where_all_have_what_is_possible_wagstaff_has_no_answer():
    assert math.isnan(concentration([0.1] * 3, [1, 2, 4], [1, 2, 3], "wagstaff", bounds=(0, 0.1)))


def test_bounds_not_given_are_those_of_places_also_where_ranks_are_shared():
    values, rank = [0.0, 4.0, 2.0, 2.0], [1, 1, 2, 3]
    wanted = concentration(values, np.ones(4), rank, "erreygers", bounds=(0, 4))
    assert concentration(values, np.ones(4), rank, "erreygers") == wanted


def test_ties_share_a_rank_or_stand_in_their_order():
    one, two = [1.0, 5.0], [5.0, 1.0]
    assert concentration(one, [1, 1], [3, 3]) == pytest.approx(0, abs=1e-15)
    first, second = (concentration(held, [1, 1], [3, 3], ties="given") for held in (one, two))
    assert first == pytest.approx(-second)
    assert first > 0


def test_kolm_pollak_by_hand():
    values, people = np.array([1.0, 3.0]), np.ones(2)
    kappa = 2 * (1 + 3) / (1 + 9)
    wanted = -math.log((math.exp(-kappa) + math.exp(-3 * kappa)) / 2) / kappa
    assert kolm_pollak(values, people, 2) == pytest.approx(wanted)
    unwanted = math.log((math.exp(kappa) + math.exp(3 * kappa)) / 2) / kappa
    assert kolm_pollak(values, people, 2, wanted=False) == pytest.approx(unwanted)


@given(spreads(), st.floats(0, 5), st.floats(0, 5))
def test_more_aversion_moves_the_equivalent_away_from_the_mean(spread, one, other):
    values, people, _ = spread
    mild, strong = sorted((one, other))
    mean = values @ people / people.sum()
    good = [kolm_pollak(values, people, aversion) for aversion in (strong, mild)]
    bad = [kolm_pollak(values, people, a, wanted=False) for a in (mild, strong)]
    lived = values[people > 0]
    steps = [lived.min(), *good, mean, *bad, lived.max()]
    assert (np.diff(steps) >= -1e-9 * max(mean, 1)).all()
    assert kolm_pollak(values, people, 0) == pytest.approx(mean)


def test_large_figures_do_not_overflow():
    values = np.array([1e300, 1.0, 2.0])
    assert np.isfinite(kolm_pollak(values * 1e-150, np.ones(3), 5))
    assert kolm_pollak([10, np.inf], [1, 1], wanted=False) == np.inf
    assert kolm_pollak([10, np.inf], [1, 0], wanted=False) == pytest.approx(10)


def test_where_nobody_has_anything_shares_do_not_exist():
    nothing = np.zeros(3)
    for found in (
        gini(nothing, np.ones(3)),
        theil(nothing, np.ones(3)).total,
        concentration(nothing, np.ones(3), np.arange(3)),
        gini([1, 2, 3], nothing),
        fgt([1, 2, 3], nothing, 2),
        kolm_pollak([1, 2, 3], nothing),
        palma([1, 2, 3], nothing),
        concentration([1, 2, 3], nothing, np.arange(3)),
    ):
        assert math.isnan(found)
    assert kolm_pollak(nothing, np.ones(3)) == 0


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        (lambda: gini([1, 2], [1]), r"values have shape \(2,\), people \(1,\)"),
        (lambda: gini([1, np.nan], [1, -1]), "finite and 0 or more"),
        (lambda: theil([1, np.inf], [1, 1]), "finite"),
        (lambda: theil([1, 2], [1, 1], ["a"]), "groups have shape"),
        (lambda: palma([1, 2], [1, 1], [1, 2, 3]), "rank has shape"),
        (lambda: concentration([1, 2], [1, 1], [1, np.nan]), "1 places with people have no rank"),
        (lambda: kolm_pollak([1, np.inf], [1, 1]), "finite"),
    ],
)
def test_figures_that_do_not_fit_are_told(asks, says):
    with pytest.raises(BadInput, match=says):
        asks()


def test_all_faults_are_told_at_once():
    with pytest.raises(BadInput) as told:
        gini([1, -2, np.nan], [-1, 1, 1])
    assert [found[:2] for found in told.value.findings] == [
        ("values", 1),
        ("values", 2),
        ("people", 0),
    ]


@pytest.mark.parametrize(
    "asks",
    [
        lambda: palma(TEN, ONES, top=0),
        lambda: palma(TEN, ONES, bottom=1.2),
        lambda: fgt(TEN, ONES, 0),
        lambda: fgt(TEN, ONES, 3, 3),
        lambda: concentration(TEN, ONES, TEN, "relative"),
        lambda: concentration(TEN, ONES, TEN, ties="mean"),
        lambda: concentration(TEN, ONES, TEN, "wagstaff", bounds=(0, 5)),
        lambda: kolm_pollak(TEN, ONES, -1),
    ],
)
def test_what_cannot_be_asked_is_told(asks):
    with pytest.raises(BadAsk):
        asks()


def test_an_outside_program_finds_the_same():
    if not OUTSIDE.exists():
        pytest.skip(f"the outside answers are not at {OUTSIDE}")
    with np.load(OUTSIDE / "travel_time_tenths.npz") as stored:
        tenths, ids = stored["tenths"], stored["ids"].astype(str)
    minutes = np.where(tenths == 65535, np.inf, tenths / 10)
    land = pd.read_csv(OUTSIDE / "land_use.csv", dtype={"id": str}).set_index("id").loc[ids]
    jobs, people = cumulative(minutes, land.jobs, 30), land.population

    def answer(name):
        return pd.read_csv(OUTSIDE / f"{name}.csv").iloc[0].to_numpy(float)

    assert gini(jobs, people) == pytest.approx(answer("gini")[0], rel=1e-9)
    found = [fgt(jobs, people, 95368, order) for order in (0, 1, 2)]
    assert found == pytest.approx(answer("fgt"), rel=1e-9)
    # That program leaves places of one income in the order in which they stand.
    given_order = concentration(jobs, people, land.income_per_capita, ties="given")
    assert given_order == pytest.approx(answer("concentration_standard")[0], rel=1e-9)


def test_every_measure_names_its_paper():
    for name in inequality.__all__:
        if name != "Theil":
            assert "Source:" in getattr(inequality, name).__doc__
