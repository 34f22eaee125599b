import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment.ecosystem import ADDS, TAKES, EcosystemAccount, closing, ecosystem_account
from hutuo.errors import BadInput

flows = st.lists(st.tuples(st.sampled_from(ADDS + TAKES), st.integers(0, 10)), max_size=8)


@settings(max_examples=40)
@given(flows)
def test_the_closing_stock_is_the_opening_one_with_all_flows(flows):
    added = sum(amount for kind, amount in flows if kind in ADDS)
    taken = sum(amount for kind, amount in flows if kind in TAKES)
    found = closing(100, flows, counted=100)
    assert found.computed == 100 + added - taken
    assert (found.added, found.taken, found.gap) == (added, taken, taken - added)


def test_no_more_is_taken_than_there_was():
    with pytest.raises(BadInput, match="30 is taken of 25"):
        closing(20, [("growth", 5), ("sale", 30)])


def test_faulty_flows_are_told_with_their_row():
    with pytest.raises(BadInput) as told:
        closing(20, [("growth", -5), ("sale", 1), ("gift", 1)])
    assert [one.row for one in told.value.findings] == [1, 3]


def test_the_account_of_a_forest(little):
    """1,000 t, 300 grown, 150 sold for 9,000 yuan: 1,150 by the flows, 1,160 counted; one per cent off."""
    found = ecosystem_account(little, EcosystemAccount())
    first, second = found.rows
    assert (first.closing_computed, first.closing_counted, first.gap) == (1150, 1160, 10)
    assert first.is_balanced is True
    assert (first.sales, first.sales_fen, first.carried) == (1, 900_000, None)
    assert (second.closing_computed, second.closing_counted) == (1360, None)
    assert (second.is_balanced, second.carried) == (None, True)
    assert (found.not_balanced, found.broken, found.stray) == (0, 0, [])
    (strict,) = ecosystem_account(little, EcosystemAccount(year=2024, tolerance=0)).rows
    assert strict.is_balanced is False
