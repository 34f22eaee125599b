"""Contracts that are kept: made, amended, told figures, settled into the ledger, ended."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from hutuo.base.store import store_of
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange.agreements import ContractAsk, Contracts, contract, contracts
from hutuo.exchange.contracts import templates
from hutuo.exchange.contracts.register import kept, reading
from hutuo.exchange.settling import Settle, _post, due, settle
from hutuo.ledger.accounts import Balances, balance
from hutuo.ledger.auditing import Verify, verify
from hutuo.ledger.posting import Close, close
from hutuo.ledger.statements import Statement, statement

SWAP = {
    "id": "swap",
    "template": "quota-swap",
    "zh": "指标置换",
    "en": "Quota swap",
    "parties": {"giver": "g", "taker": "t"},
    "terms": {"ratio": 1.5, "price": 100},
    "schedule": {"first": "2024"},
    "clause": "二",
}
COMPANY = {
    "id": "park",
    "template": "park-company",
    "parties": {"company": "co", "investor": ["a", "b"], "manager": "m"},
    "terms": {"preferred": 0.1, "catch_up": 0, "carried": 0},
    "schedule": {"first": "2024", "last": "2026"},
}
DAY = date(2026, 7, 1)


def make(region, written=SWAP, **more):
    return contract(region, ContractAsk(action="make", written=written, **more))


def tell(region, name, period, **figures):
    ask = ContractAsk(action="tell", contract=name, period=period, figures=figures)
    return contract(region, ask)


def run(region, name=None, **more):
    found = settle(region, Settle(contract=name, day=more.pop("day", DAY), **more))
    return [(row.contract, row.period, row.state) for row in found.rows]


def held(region, account, commodity):
    found = balance(region, Balances(commodity=commodity))
    return sum(row.balance for row in found if row.account == account)


def test_a_contract_is_made_once_and_shown_as_it_is_written(shop):
    made = make(shop, by="a person", note="first draft signed")
    assert (made.saved, made.version, made.state, made.next_period) == (True, 1, "open", "2024")
    assert made.written == SWAP | {
        "version": 1,
        "books": {},
        "schedule": {"period": "year", "first": "2024"},
    }
    assert (made.versions[0].by, made.versions[0].note) == ("a person", "first draft signed")
    shown = contract(shop, ContractAsk(contract="swap"))
    assert shown == made.model_copy(update={"saved": False})
    with pytest.raises(BadAsk, match="'swap' is there already"):
        make(shop)


def test_what_is_only_checked_is_not_kept(shop):
    assert not make(shop, check=True).saved
    assert contracts(shop, Contracts()) == []
    with pytest.raises(BadInput, match=r"terms\.ratio: should be at least 1"):
        make(shop, SWAP | {"terms": {"ratio": 0}}, check=True)


def test_contracts_are_listed_by_template_body_and_clause(shop):
    make(shop)
    make(shop, COMPANY)
    for ask, names in (
        ({}, ["park", "swap"]),
        ({"template": "quota-swap"}, ["swap"]),
        ({"body": "b"}, ["park"]),
        ({"clause": "二"}, ["swap"]),
        ({"clause": "三"}, []),
    ):
        assert [row.contract for row in contracts(shop, Contracts(**ask))] == names


def test_periods_that_are_over_are_settled_one_after_the_other_once_their_figures_are_there(shop):
    """2 and 4 tce at 1.5: the giver gives 3 and 6, 1 and 2 are cancelled; 1 yuan for each that is got."""
    make(shop)
    tell(shop, "swap", "2024", need=2)
    assert run(shop) == [("swap@1", "2024", "settled"), ("swap@1", "2025", "lacking")]
    tell(shop, "swap", "2025", need=3)
    # What is told later holds.
    tell(shop, "swap", "2025", need=4)
    assert run(shop) == [("swap@1", "2025", "settled")]
    # 2026 is not over by July.
    assert run(shop) == []
    assert held(shop, "g/quota:2025", "TCE") == -6000
    assert held(shop, "t/quota:2025", "TCE") == 4000
    assert held(shop, "outside/cancelled:2024", "TCE") == 1000
    assert held(shop, "g/due:t", "CNY") == 600
    found = statement(shop, Statement(contract="swap@1", account="g/due:t"))
    assert [(row.key, row.clause) for row in found] == [
        ("contract:swap:2024:price", "二"),
        ("contract:swap:2025:price", "二"),
    ]
    assert verify(shop, Verify()).ok


def test_what_is_missing_is_told_for_all_that_are_due(shop):
    make(shop)
    make(shop, COMPANY)
    found = settle(shop, Settle(day=DAY))
    assert (found.settled, found.unsettled) == (0, 2)
    assert [(row.contract, [one.en for one in row.wanting]) for row in found.rows] == [
        (
            "park@1",
            [
                "2024.paid_in.a: missing: capital paid in",
                "2024.paid_in.b: missing: capital paid in",
                "2024.distributable: missing: what is distributed",
            ],
        ),
        ("swap@1", ["2024.need: missing: quota that is got"]),
    ]


def test_one_period_leaves_what_the_next_has_to_know(shop):
    """1,000 yuan paid in in 2024 earn 100 in 2025: of 1,100 that are distributed 100 are preferred."""
    make(shop, COMPANY)
    tell(shop, "park", "2024", paid_in={"a": 60_000}, distributable=0)
    tell(shop, "park", "2024", paid_in={"b": 40_000})
    given = {"paid_in": {"a": 0, "b": 0}, "distributable": 110_000}
    assert run(shop, "park", period="2025", figures=given) == [
        ("park@1", "2024", "settled"),
        ("park@1", "2025", "settled"),
    ]
    keys = contract(shop, ContractAsk(contract="park")).rows[1].keys
    assert keys == [
        "contract:park:2025:distribution-capital",
        "contract:park:2025:distribution-preferred",
    ]
    # What a was to pay, and what it is to get: 600 less, 600 and 60 more.
    assert held(shop, "a/due:co", "CNY") == 6000


def test_a_period_is_settled_once(shop):
    make(shop)
    first = run(shop, "swap", period="2024", figures={"need": 2})
    assert run(shop, "swap", period="2024", figures={"need": 2}) == first
    assert run(shop, "swap", period="2024") == first
    assert held(shop, "g/quota:2024", "TCE") == -3000
    with pytest.raises(BadAsk, match="2024 is settled otherwise"):
        run(shop, "swap", period="2024", figures={"need": 3})
    with pytest.raises(BadAsk, match="2024 is settled and stays as it is"):
        tell(shop, "swap", "2024", need=3)


def test_a_check_posts_nothing(shop):
    make(shop)
    tell(shop, "swap", "2024", need=2)
    tell(shop, "swap", "2025", need=2)
    expected = [("swap@1", "2024", "settled"), ("swap@1", "2025", "settled")]
    assert run(shop, check=True) == expected
    assert contract(shop, ContractAsk(contract="swap")).settled_to is None
    assert run(shop) == expected


def test_a_period_that_is_not_over_or_lacks_figures_is_refused_where_it_is_asked_for(shop):
    make(shop)
    with pytest.raises(BadAsk, match="2026 is not over by 2026-07-01"):
        run(shop, "swap", period="2026", figures={"need": 2})
    with pytest.raises(BadInput, match=r"2024\.need: missing"):
        run(shop, "swap", period="2025", figures={"need": 2})
    with pytest.raises(BadAsk, match="has no period 2023"):
        run(shop, "swap", period="2023")
    with pytest.raises(NotFound, match="no contract 'swop'"):
        run(shop, "swop")


def test_figures_are_looked_through_when_they_are_told(shop):
    make(shop, COMPANY)
    with pytest.raises(BadInput, match=r"2024\.paid_in\.c: is no body"):
        tell(shop, "park", "2024", paid_in={"c": 1})
    with pytest.raises(BadInput, match=r"2024\.distributable: should be at least 0"):
        tell(shop, "park", "2024", distributable=-1)
    with pytest.raises(BadAsk, match="has no period 2027"):
        tell(shop, "park", "2027", distributable=1)


def test_a_change_holds_from_an_open_period_and_the_past_stays(shop):
    make(shop)
    run(shop, "swap", period="2024", figures={"need": 2})
    change = ContractAsk(
        action="amend", contract="swap", period="2024", written={"terms": {"ratio": 2}}
    )
    with pytest.raises(BadAsk, match="2024 is closed"):
        contract(shop, change)
    amended = contract(shop, change.model_copy(update={"period": "2025"}))
    assert [(one.version, one.holds_from) for one in amended.versions] == [
        (1, "2024"),
        (2, "2025"),
    ]
    assert amended.written["terms"] == {"ratio": 2, "price": 100}
    assert run(shop, "swap", period="2025", figures={"need": 2}) == [("swap@2", "2025", "settled")]
    assert held(shop, "g/quota:2024", "TCE") == -3000
    assert held(shop, "g/quota:2025", "TCE") == -4000


def test_a_contract_that_ended_is_settled_no_further(shop):
    make(shop)
    for period in ("2024", "2025"):
        tell(shop, "swap", period, need=1)
    ended = contract(shop, ContractAsk(action="end", contract="swap", period="2024"))
    assert (ended.state, ended.next_period) == ("open", "2024")
    assert run(shop) == [("swap@2", "2024", "settled")]
    assert run(shop) == []
    assert contract(shop, ContractAsk(contract="swap")).state == "ended"
    with pytest.raises(BadAsk, match="has ended"):
        contract(shop, ContractAsk(action="end", contract="swap", period="2025"))


def test_a_template_that_changes_later_changes_no_contract(shop, monkeypatch):
    """A new term that must be given, and another default, are those of contracts to come."""
    make(shop, SWAP | {"terms": {}})
    old = templates()["quota-swap"]
    terms = [one.model_copy(update={"default": 2}) for one in old.terms]
    added = terms[0].model_copy(update={"term": "vintage", "default": None})
    new = old.model_copy(update={"terms": (*terms, added)})
    monkeypatch.setitem(templates(), "quota-swap", new)
    assert run(shop, "swap", period="2024", figures={"need": 2}) == [("swap@1", "2024", "settled")]
    assert held(shop, "g/quota:2024", "TCE") == -2000
    with pytest.raises(BadInput, match=r"terms\.vintage: must be given"):
        make(shop, SWAP | {"id": "other"})


def test_the_register_is_shown_as_it_was_known(shop):
    first = make(shop).versions[0].recorded_at
    change = {"terms": {"ratio": 2}}
    contract(shop, ContractAsk(action="amend", contract="swap", period="2024", written=change))
    run(shop, "swap", period="2024", figures={"need": 1})
    then = replace(shop, as_of=first)
    shown = contract(then, ContractAsk(contract="swap"))
    assert (shown.version, shown.settled_to, shown.told) == (1, None, {})
    before = replace(shop, as_of=first - timedelta(microseconds=1))
    assert contracts(before, Contracts()) == []


def test_an_end_is_never_before_what_is_settled(shop):
    make(shop)
    for period in ("2024", "2025"):
        run(shop, "swap", period=period, figures={"need": 1})
    with pytest.raises(BadAsk, match="2025 is settled"):
        contract(shop, ContractAsk(action="end", contract="swap", period="2024"))
    assert (
        contract(shop, ContractAsk(action="end", contract="swap", period="2025")).state == "ended"
    )


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"action": "show"}, "to show a contract needs contract"),
        ({"action": "make"}, "to make a contract needs contract"),
        ({"action": "make", "contract": "x"}, "to make a contract needs written"),
        ({"action": "make", "contract": "x", "written": SWAP}, "contract and the id in written"),
        ({"action": "make", "written": SWAP | {"version": 2}}, "a new contract is version 1"),
        ({"action": "amend", "contract": "x", "period": "2024"}, "needs written"),
        ({"action": "tell", "contract": "x", "period": "2024"}, "needs figures"),
        ({"action": "end", "contract": "x"}, "needs period"),
    ],
)
def test_what_an_action_needs_is_told(shop, ask, says):
    with pytest.raises(BadAsk, match=says):
        contract(shop, ContractAsk(**ask))


def test_figures_without_their_period_are_refused():
    with pytest.raises(ValueError, match="a period is of a contract"):
        Settle(period="2024")
    with pytest.raises(ValueError, match="figures are of a period"):
        Settle(contract="swap", figures={"need": 1})


def test_a_closed_ledger_takes_no_period_before_its_day_and_notes_none(shop):
    make(shop)
    close(shop, Close(until=date(2024, 12, 31)))
    with pytest.raises(BadInput, match="2024"):
        run(shop, "swap", period="2024", figures={"need": 1})
    assert contract(shop, ContractAsk(contract="swap")).settled_to is None


def test_a_contract_that_the_ledger_refuses_does_not_keep_the_others_waiting(shop):
    make(shop)
    make(shop, SWAP | {"id": "later", "schedule": {"first": "2025"}})
    close(shop, Close(until=date(2024, 12, 31)))
    for name, period in (("swap", "2024"), ("later", "2025")):
        tell(shop, name, period, need=1)
    assert run(shop) == [("later@1", "2025", "settled"), ("swap@1", "2024", "refused")]
    told = settle(shop, Settle(day=DAY)).rows[0].wanting
    assert told
    assert all("2024-12-31" in one.en for one in told)


def test_who_told_a_part_before_may_ask_again_with_the_rest(shop):
    make(shop, COMPANY)
    tell(shop, "park", "2024", paid_in={"a": 60_000, "b": 0})
    rest = {"distributable": 0}
    first = run(shop, "park", period="2024", figures=rest)
    assert run(shop, "park", period="2024", figures=rest) == first
    with pytest.raises(BadAsk, match="settled otherwise"):
        run(shop, "park", period="2024", figures={"distributable": 1})


def test_entries_and_the_note_of_a_period_come_together_or_not_at_all(shop):
    """Whoever settles what another settled meanwhile is refused, and posts nothing."""
    make(shop)
    tell(shop, "swap", "2024", need=1)
    store = store_of(shop)
    with reading(store) as connection:
        stale = next(due(kept(connection, "swap"), Settle(), DAY))
    contract(
        shop, ContractAsk(action="amend", contract="swap", period="2024", written={"zh": "新"})
    )
    with pytest.raises(BadAsk, match="changed meanwhile"):
        _post(store, Settle(), stale, (1, None))
    assert balance(shop, Balances()) == []
    assert run(shop)[0] == ("swap@2", "2024", "settled")


def test_many_who_settle_at_once_settle_once_and_nothing_kept_is_ever_changed(shop):
    make(shop)

    def attempt(_):
        try:
            return run(shop, "swap", period="2024", figures={"need": 2})
        except BadAsk as error:
            return error.message

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(attempt, range(16)))
    row = [("swap@1", "2024", "settled")]
    assert row in told
    assert all(one in (row, "swap was settled or changed meanwhile") for one in told)
    assert held(shop, "g/quota:2024", "TCE") == -3000
    for table in ("contract_wording", "contract_settlement"):
        with (
            pytest.raises(sa.exc.DBAPIError, match="only added to"),
            store_of(shop).engine.connect() as connection,
        ):
            connection.execute(sa.text(f"UPDATE {table} SET version = 9"))
    with (
        pytest.raises(sa.exc.DBAPIError),
        store_of(shop).engine.connect() as connection,
    ):
        # What PostgreSQL does not know SQLite does to rows in the way.
        connection.execute(
            sa.text("REPLACE INTO contract_settlement SELECT * FROM contract_settlement")
        )
