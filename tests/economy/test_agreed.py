"""What cities agree to share: by hand, and that no fen vanishes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.economy import tax_share
from hutuo.economy.agreed import agreed_shares, assessed, ratios_of, stake_shares
from hutuo.economy.splits import Splits, splits
from hutuo.errors import BadAsk

FEN = st.integers(0, 10**12)
RATIO = st.integers(0, 100).map(lambda n: n / 100)


def test_ratios_by_year_with_a_floor_and_a_cap():
    ratios = ratios_of([0.6, 0.4], 4)
    assert ratios == [0.6, 0.4, 0.4, 0.4]
    assert agreed_shares([1000, 1000, 100, 0], ratios, floor=50) == [
        (600, 400),
        (400, 600),
        (50, 50),
        (0, 0),
    ]
    assert agreed_shares([1000, 1000, 1000, 1000], ratios, cap=900) == [
        (600, 400),
        (300, 700),
        (0, 1000),
        (0, 1000),
    ]


@given(st.lists(st.tuples(FEN, RATIO), max_size=6), FEN, st.none() | FEN)
def test_every_year_is_shared_to_the_last_fen_and_the_cap_holds(years, floor, cap):
    amounts, ratios = [a for a, _ in years], [r for _, r in years]
    found = agreed_shares(amounts, ratios, floor=floor, cap=cap)
    assert [one + other for one, other in found] == amounts
    assert all(min(pair) >= 0 for pair in found)
    assert cap is None or sum(one for one, _ in found) <= cap


@given(st.lists(st.integers(-(10**9), 10**12), max_size=5), RATIO, RATIO)
def test_dividends_are_what_is_paid_out_and_a_loss_pays_none(profits, stake, retained):
    found = stake_shares(profits, {"a": stake, "b": 1.01 - stake}, retained=retained)
    for profit, paid in zip(profits, found, strict=True):
        assert min(paid.values()) >= 0
        assert abs(sum(paid.values()) - max(profit, 0) * (1 - retained)) <= 0.5


@given(FEN, RATIO)
def test_only_double_counting_exceeds_the_figure_and_by_what_it_says(figure, ratio):
    for how in ("in_place", "pro_rata", "double"):
        found = assessed(figure, ratio, how)
        assert found.origin + found.host == figure + found.twice
        assert (found.twice == figure) if how == "double" else (found.twice == 0)


def test_whole_fen_are_halved_to_whole_fen_and_the_cap_is_met_exactly():
    found = tax_share([3, 3, 4], [7, 7, 7, 7], least_average=1)
    assert found.origin == [3, 3, 3, 1]
    assert found.unmet == 0
    assert [type(one) for one in found.origin] == [int] * 4


def test_the_three_ways_in_one_table(little):
    asked = Splits(
        taxes_fen=(60_0000_0000, 60_0000_0000, 5_0000_0000),
        before_fen=(20_0000_0000, 25_0000_0000, 30_0000_0000),
        ratios=(0.6, 0.4),
        floor_fen=3_0000_0000,
        profits_fen=(-5, 1001, 2000),
        origin_stake=0.5,
        retained=0.0,
        output_fen=(900, 950, 990),
        attribution="double",
    )
    found = splits(little, asked)
    assert [row.template_origin_fen for row in found.rows] == [
        30_0000_0000,
        30_0000_0000,
        2_5000_0000,
    ]
    assert [row.agreed_origin_fen for row in found.rows] == [
        36_0000_0000,
        24_0000_0000,
        3_0000_0000,
    ]
    assert [row.floor_applied for row in found.rows] == [False, False, True]
    assert [row.stake_origin_fen for row in found.rows] == [0, 501, 1000]
    assert [(r.assessed_origin_fen, r.assessed_host_fen, r.statutory_fen) for r in found.rows] == [
        (900, 900, 900),
        (950, 950, 950),
        (990, 990, 990),
    ]
    assert (found.template_cap_fen, found.template_unmet_fen) == (75_0000_0000, 12_5000_0000)
    assert found.conserved
    assert found.agreed_origin_total_fen == 63_0000_0000


def test_a_rule_that_was_not_asked_for_is_empty_not_zero(little):
    found = splits(little, Splits(taxes_fen=(100,)))
    assert found.rows[0].template_origin_fen is None
    assert found.rows[0].agreed_origin_fen is None
    assert "no way to share" in found.doubts[0].en


def test_a_firm_below_the_threshold_keeps_its_tax_where_it_is(little):
    found = splits(little, Splits(taxes_fen=(100,), before_fen=(1, 2, 3)))
    assert (found.template_applies, found.rows[0].template_origin_fen) == (False, 0)
    assert "2,000,000,000" in found.template_reason.en


@pytest.mark.parametrize(
    "given",
    [
        {"ratios": (1.5,)},
        {"profits_fen": (1, 2)},
        {"output_fen": (1,), "attribution": "pro_rata"},
    ],
)
def test_what_does_not_fit_is_refused(little, given):
    with pytest.raises(BadAsk):
        splits(little, Splits(taxes_fen=(100,), **given))
