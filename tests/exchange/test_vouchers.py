"""Vouchers: a budget that cannot be overdrawn, redeemed once, and cities whose accounts come out even."""

import json
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import voucher_clients
from voucher_clients import DAY, SCHEME, row_of

from hutuo.base.store import store_of
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange import schema
from hutuo.exchange.bookings import Book, done
from hutuo.exchange.redeeming import budget, claim
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.vouchers import (
    Budget,
    Voucher,
    Vouchers,
    voucher,
    voucher_budget,
    vouchers,
)
from hutuo.ledger.balances import Standing, balances
from hutuo.ledger.netting import Netting, netting
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Text
from traded import trade

FEN = 1_000_000


def fund(shop, fen=10 * FEN, key="first"):
    return voucher_budget(shop, Budget(scheme="tokens", add_fen=fen, key=key, day=DAY))


def take(shop, code="code-1", fen=100_000, firm="firm", **given):
    asked = {"scheme": "tokens", "firm": firm, "face_fen": fen, "day": DAY} | given
    return voucher(shop, Voucher(action="claim", code=code, **asked))


def use(shop, code="code-1", **given):
    asked = {"institute": "uni", "bill": "17", "bill_fen": 80_000, "purpose": "检测", "day": DAY}
    return voucher(shop, Voucher(action="redeem", code=code, **asked | given))


def held(shop, account, commodity="CNY"):
    with store_of(shop).reading(LEDGER) as connection:
        found = balances(connection, Standing(), account=account, commodity=commodity)
    return sum(one.posted for one in found.values())


def test_a_voucher_pays_its_share_of_a_bill_and_the_rest_goes_back(shop):
    """1,000 yuan on a bill of 800 yuan, of which it may pay half: 400 yuan paid, 600 back."""
    fund(shop)
    assert take(shop).state == "claimed"
    row = use(shop)
    assert (row.state, row.paid_fen, row.institute, row.day) == ("redeemed", 40_000, "uni", DAY)
    now = voucher_budget(shop, Budget(scheme="tokens", day=DAY))
    assert (now.left_fen, now.held_fen, now.redeemed_fen) == (10 * FEN - 40_000, 0, 40_000)
    assert now.issued_fen == 10 * FEN
    assert now.name == Text("小都创新券", "Tokens of Littlecity")
    # Alpha lies in Littlecity, whose government issued it: there is no other city between.
    assert (held(shop, "gov/due:uni"), held(shop, "uni/due:gov")) == (-40_000, 40_000)


def test_a_budget_is_never_overdrawn(shop):
    fund(shop, 150_000)
    take(shop)
    with pytest.raises(BadInput, match=r"gov/budget:tokens would have -50000"):
        take(shop, "code-2")
    assert take(shop, "code-3", 50_000).state == "claimed"
    assert held(shop, "gov/budget:tokens", "voucher:gov") == 0


def test_a_sum_with_a_known_key_comes_once(shop):
    assert fund(shop).left_fen == 10 * FEN
    assert fund(shop).left_fen == 10 * FEN
    assert fund(shop, key="second").left_fen == 20 * FEN
    with pytest.raises(BadInput, match="voucher-budget:tokens:first"):
        fund(shop, 5)
    with pytest.raises(BadAsk, match="needs key"):
        voucher_budget(shop, Budget(scheme="tokens", add_fen=1))


def test_a_firm_has_no_more_than_the_scheme_allows(shop):
    """At most 10,000 yuan each, 15,000 yuan a firm; what was not used does not count."""
    fund(shop, 20 * FEN)
    with pytest.raises(BadAsk, match="1000000 fen at most"):
        take(shop, fen=FEN + 1)
    take(shop, fen=FEN)
    with pytest.raises(BadAsk, match="firm holds or used 1000000 fen; a firm may have 1500000"):
        take(shop, "code-2", fen=500_001)
    take(shop, "code-2", fen=500_000)
    use(shop)
    assert take(shop, "code-3", fen=FEN - 40_000).state == "claimed"
    assert take(shop, "code-4", fen=FEN, firm="other").state == "claimed"


def test_a_voucher_is_redeemed_once(shop):
    fund(shop)
    take(shop)
    first = use(shop)
    assert use(shop) == first
    for other in ({"bill": "18"}, {"institute": "h1"}, {"bill_fen": 80_001}):
        with pytest.raises(BadAsk, match="code-1 was redeemed at uni on 2026-03-02"):
            use(shop, **other)
    with pytest.raises(BadAsk, match="was redeemed"):
        voucher(shop, Voucher(action="give_back", code="code-1"))


def test_several_vouchers_pay_no_more_of_a_bill_than_its_share(shop):
    fund(shop)
    for code, fen in (("code-1", 30_000), ("code-2", 30_000), ("code-3", 30_000)):
        take(shop, code, fen)
    assert [use(shop, code).paid_fen for code in ("code-1", "code-2")] == [30_000, 10_000]
    with pytest.raises(BadAsk, match="at most 40000 fen of bill 17, and have"):
        use(shop, "code-3")
    with pytest.raises(BadAsk, match="bill 17 was said to be 80000 fen before"):
        use(shop, "code-3", bill_fen=90_000)


def test_all_that_stands_against_redeeming_is_told(shop):
    """The far institute lies in Gamma, of the same city; that of nobody lies nowhere."""
    fund(shop)
    take(shop)
    with pytest.raises(BadInput) as told:
        use(shop, institute="nobody", purpose="差旅", firm="other")
    assert [one.column for one in told.value.findings] == ["purpose", "firm", "institute"]
    with pytest.raises(NotFound, match="no voucher 'code-9'"):
        use(shop, "code-9")
    assert use(shop, institute="far").state == "redeemed"


def test_a_voucher_ends_with_its_days_and_with_the_scheme(shop):
    fund(shop)
    row = take(shop)
    assert row.until == DAY + timedelta(days=365)
    with pytest.raises(BadAsk, match="voucher code-1 is over"):
        use(shop, day=row.until + timedelta(days=1))
    assert use(shop, day=row.until).state == "redeemed"
    with pytest.raises(BadAsk, match="not in force on 2023-12-31"):
        take(shop, "code-2", day=date(2023, 12, 31))


def test_what_was_not_used_goes_back_into_the_budget(shop):
    fund(shop)
    take(shop)
    for _ in range(2):
        back = voucher(shop, Voucher(action="give_back", code="code-1", day=DAY))
        assert (back.state, back.returned_on) == ("returned", DAY)
    assert voucher_budget(shop, Budget(scheme="tokens", day=DAY)).left_fen == 10 * FEN
    with pytest.raises(BadAsk, match="voucher code-1 is returned"):
        use(shop)


def test_part_of_a_booking_is_paid_by_a_voucher(shop):
    """An hour at 300 yuan: 150 by the voucher, which the city owes; 150 the firm still owes."""
    trade(shop)
    fund(shop)
    take(shop)
    nine = datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    asked = {"instrument": "xrd", "body": "firm", "user": "bob", "begins": nine, "minutes": 60}
    done(shop, Book(action="make", booking="b1", **asked), nine - timedelta(days=1))
    pays = Voucher(action="redeem", code="code-1", booking="b1", purpose="检测", day=DAY)
    with pytest.raises(BadAsk, match="nothing is due for that booking yet"):
        voucher(shop, pays)
    done(shop, Book(action="finish", booking="b1"), nine + timedelta(hours=1))
    row = voucher(shop, pays)
    assert (row.bill, row.bill_fen, row.paid_fen) == ("booking:b1", 30_000, 15_000)
    assert (held(shop, "firm/due:uni"), held(shop, "gov/due:uni")) == (-15_000, -15_000)
    take(shop, "code-2")
    with pytest.raises(BadAsk, match="a bill of a booking is named by booking"):
        use(shop, "code-2", bill="booking:b1", bill_fen=30_000)
    found = netting(shop, Netting())
    assert (found.difference, found.owed) == (0, 30_000)


def test_vouchers_are_listed_only_for_whom_they_concern(shop):
    fund(shop)
    take(shop)
    take(shop, "code-2", firm="other")
    use(shop)
    assert [row.code for row in vouchers(shop, Vouchers(firm="firm"))] == ["code-1"]
    assert [row.code for row in vouchers(shop, Vouchers(institute="uni"))] == ["code-1"]
    listed = vouchers(shop, Vouchers(scheme="tokens", state="claimed", day=DAY))
    assert [row.code for row in listed] == ["code-2"]
    with pytest.raises(BadAsk, match="give scheme, firm or institute"):
        vouchers(shop, Vouchers())


def _owed(store):
    """What each body owes each other one on balance, and the sum over the vouchers."""
    with store.reading(LEDGER) as connection:
        found = balances(connection, Standing())
    owed, tokens = defaultdict(int), 0
    for (account, commodity, _), one in found.items():
        body, due, other = account.partition("/due:")
        if due:
            owed[body, other] += one.posted
        tokens += one.posted * (commodity == "voucher:city-a")
    return owed, tokens


def test_an_institute_of_another_city_is_paid_by_its_own_which_the_issuer_owes(store):
    _claimed(store, 3)
    for number, (institute, city) in enumerate(
        [("lab", "city-b"), ("uni", "city-c"), ("own", "city-a")]
    ):
        row = row_of(f"code-{number}", f"bill-{number}", 10_000 * (number + 1), institute, city)
        voucher_clients.redeem(store, row, 0.5, billed=False)
    owed, tokens = _owed(store)
    assert {pair: fen for pair, fen in owed.items() if fen < 0} == {
        ("city-a", "city-b"): -5_000,
        ("city-b", "lab"): -5_000,
        ("city-a", "city-c"): -10_000,
        ("city-c", "uni"): -10_000,
        ("city-a", "own"): -10_000,
    }
    assert sum(owed.values()) == tokens == 0


def _claimed(store, codes):
    """So many vouchers of 100 yuan each."""
    budget(store, SCHEME, 10_000 * codes, "all", DAY)
    for number in range(codes):
        row = {
            "code": f"code-{number}", "scheme": "tokens", "issuer": "city-a", "firm": f"firm-{number % 7}",
            "amount_fen": 10_000, "until": None, "claimed_on": DAY, "returned_on": None, "by": None,
            "recorded_at": row_of("", "", 1)["recorded_at"],
        }  # fmt: skip
        claim(store, row, SCHEME)


@pytest.mark.parametrize(
    "attempts", [1_000, pytest.param(10_000, marks=pytest.mark.long)], ids=["1,000", "10,000"]
)
def test_sixteen_clients_in_two_processes_redeem_each_code_once(store, place, elsewhere, attempts):
    codes = attempts // 20
    _claimed(store, codes)
    command = [sys.executable, str(Path(voucher_clients.__file__)), *place]
    running = [
        subprocess.Popen(
            [*command, name, "8", str(attempts // 16), str(codes)],
            env=elsewhere,
            stdout=subprocess.PIPE,
        )
        for name in ("p", "q")
    ]
    told = [json.loads(one.communicate(timeout=500)[0]) for one in running]
    assert [one.returncode for one in running] == [0, 0]
    with store.reading(EXCHANGE) as connection:
        rows = connection.execute(sa.select(schema.redemption)).all()
    summed = {key: sum(one[key] for one in told) for key in told[0]}
    assert summed["redeemed"] + summed["refused"] == attempts // 16 * 16
    assert summed["redeemed"] == len(rows) == len({row.code for row in rows})
    assert codes * 0.9 < len(rows) <= codes
    paid = sum(row.paid_fen for row in rows)
    assert summed["fen"] == paid
    owed, tokens = _owed(store)
    assert owed["city-a", "city-b"] == owed["city-b", "lab"] == -paid
    assert owed["city-b", "city-a"] == owed["lab", "city-b"] == paid
    assert sum(owed.values()) == tokens == 0
