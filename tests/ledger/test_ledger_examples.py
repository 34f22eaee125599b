"""Every kind of entry, every fault that is told, and the reports, worked by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hutuo.errors import BadInput, NotFound
from hutuo.ledger.accounts import Account, Balances, account, balance
from hutuo.ledger.balances import Standing, balances
from hutuo.ledger.entries import LARGEST, read_entries
from hutuo.ledger.journal import Journal
from hutuo.ledger.netting import Netting, netting
from hutuo.ledger.posting import Close, Post, close, post
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.statements import (
    EntryAsk,
    Statement,
    TrialBalance,
    entry,
    statement,
    trial_balance,
)
from ledgered import leg, transfer

OPEN = {
    "key": "terms",
    "effective": "2025-01-01",
    "kind": "open",
    "terms": {"account": "a/cash", "least": 0},
}
GRANT = transfer("grant", 100)


def referring(kind, refers, key=None, **more):
    return {
        "key": key or f"{kind} {refers}",
        "effective": "2025-01-02",
        "kind": kind,
        "refers": refers,
    } | more


class Book:
    """A ledger that is posted to and asked in short."""

    def __init__(self, store):
        self.store, self.journal = store, Journal(store)

    def post(self, *rows):
        return [self.journal.post(read_entries(row, "given"))[0] for row in rows]

    def held(self, account, commodity="CNY", book="both", standing=Standing()):  # noqa: B008 - immutable
        """Posted, reserved and expected."""
        with self.store.reading(LEDGER) as connection:
            return tuple(balances(connection, standing).get((account, commodity, book), ()))

    def refuses(self, row):
        """Column, Chinese and English of each finding."""
        with pytest.raises(BadInput) as refused:
            self.journal.post(read_entries(row, "given"))
        return told(refused.value)


@pytest.fixture
def book(store):
    made = Book(store)
    made.post(OPEN, GRANT)
    return made


def told(error):
    return [(finding.column, *finding.says) for finding in error.findings]


def malformed(*rows):
    with pytest.raises(BadInput) as refused:
        read_entries(list(rows), "given")
    return told(refused.value)


def test_posted_moves_an_amount(book):
    assert book.held("a/cash") == (100, 0, 0)
    assert book.held("outside/bank") == (-100, 0, 0)
    (done,) = book.post(transfer("rent", 30, "a/cash", "b/cash"))
    assert (done.seq, done.duplicate) == (3, False)
    assert book.held("a/cash") == (70, 0, 0)
    assert book.held("b/cash") == (30, 0, 0)


def test_pending_reserves_and_settling_takes_what_was_reserved(book):
    book.post(transfer("fee", 40, "a/cash", "b/cash", kind="pending"))
    assert book.held("a/cash") == (100, 40, 0)
    assert book.held("b/cash") == (0, 0, 40)
    book.post(referring("settle", "fee"))
    assert book.held("a/cash") == (60, 0, 0)
    assert book.held("b/cash") == (40, 0, 0)


def test_settling_may_take_another_amount(book):
    book.post(transfer("fee", 40, "a/cash", "b/cash", kind="pending"))
    legs = [leg("a/cash", -25), leg("b/cash", 25)]
    book.post(referring("settle", "fee", postings=legs))
    assert book.held("a/cash") == (75, 0, 0)
    assert book.held("b/cash") == (25, 0, 0)


def test_voiding_lets_go_of_what_was_reserved(book):
    book.post(transfer("fee", 40, "a/cash", "b/cash", kind="pending"), referring("void", "fee"))
    assert book.held("a/cash") == (100, 0, 0)
    assert book.held("b/cash") == (0, 0, 0)


def test_a_reversal_posts_the_opposite_and_can_be_reversed(book):
    book.post(transfer("rent", 30, "a/cash", "b/cash"), referring("reversal", "rent"))
    assert book.held("a/cash") == (100, 0, 0)
    book.post(referring("reversal", "reversal rent"))
    assert book.held("a/cash") == (70, 0, 0)


def test_what_an_account_has_can_be_spent_to_the_last_fen_and_no_further(book):
    book.post(transfer("fee", 40, "a/cash", "b/cash", kind="pending"))
    assert book.refuses(transfer("much", 61, "a/cash", "b/cash")) == [
        (
            "postings",
            f"账户a/cash的CNY({book_id})将只剩-1,至少应留0",
            f"account a/cash would have -1 CNY in {book_id}; its least is 0",
        )
        for book_id in ("as_agreed", "in_place")
    ]
    book.post(transfer("all", 60, "a/cash", "b/cash"))
    assert book.held("a/cash") == (60 - 20, 40, 0)


def test_one_contract_stands_in_two_books(book):
    """100 come in at a; as agreed 35 of them are b's. The region has 100 either way."""
    legs = [leg("outside/firm", -100, "TAX"), leg("a/tax", 100, "TAX", "in_place")]
    legs += [leg("a/tax", 65, "TAX", "as_agreed"), leg("b/tax", 35, "TAX", "as_agreed")]
    book.post({"key": "tax", "effective": "2025-01-01", "postings": legs})
    assert book.held("a/tax", "TAX", "in_place") == (100, 0, 0)
    assert book.held("a/tax", "TAX", "as_agreed") == (65, 0, 0)
    assert book.held("b/tax", "TAX", "as_agreed") == (35, 0, 0)
    assert book.held("outside/firm", "TAX") == (-100, 0, 0)


def test_an_overdraft_is_one_in_the_book_that_lacks_it(book):
    legs = [leg("outside/firm", -10, "TCE"), leg("b/cash", 10, "TCE", "in_place")]
    legs += [leg("a/cash", 10, "TCE", "as_agreed")]
    book.post({"key": "quota", "effective": "2025-01-01", "postings": legs})
    spent = [leg("a/cash", -5, "TCE"), leg("b/cash", 5, "TCE")]
    (finding,) = book.refuses({"key": "sold", "effective": "2025-01-01", "postings": spent})
    assert finding[2] == "account a/cash would have -5 TCE in in_place; its least is 0"


def test_what_comes_back_in_the_same_entry_is_not_taken(book):
    """Out of both books and back into each, in an account that is below its least already."""
    book.post(
        transfer("debt", 5, "b/cash", "outside/bank"),
        OPEN | {"key": "strict", "terms": {"account": "b/cash", "least": 0}},
    )
    legs = [
        leg("b/cash", -1),
        leg("b/cash", 1, "CNY", "in_place"),
        leg("b/cash", 1, "CNY", "as_agreed"),
    ]
    (done,) = book.post({"key": "turn", "effective": "2025-01-01", "postings": legs})
    assert not done.duplicate


def test_the_same_key_with_the_same_content_is_written_once(book):
    (again,) = book.post(GRANT)
    assert (again.seq, again.duplicate) == (2, True)
    assert book.held("a/cash") == (100, 0, 0)


def test_faults_that_only_the_ledger_knows_are_told_in_both_languages(book):
    book.post(transfer("fee", 1, "a/cash", "b/cash", kind="pending"), referring("void", "fee"))
    book.post({"key": "closing", "effective": "2024-12-31", "kind": "close"})
    assert book.refuses(transfer("grant", 99)) == [
        (
            "key",
            "键“grant”已用于另一内容的第2号分录",
            "key 'grant' is that of entry 2, which says something else; another key would be right",
        )
    ]
    assert book.refuses(transfer("late", 1, effective="2024-12-31")) == [
        (
            "effective",
            "2024-12-31在已结账的期间,结账到2024-12-31;记在2024-12-31之后",
            "2024-12-31 is closed, as is all up to 2024-12-31; a later day would be right",
        )
    ]
    assert book.refuses(referring("void", "nobody")) == [
        ("refers", "没有分录“nobody”", "there is no entry 'nobody'")
    ]
    assert book.refuses(referring("settle", "grant")) == [
        (
            "refers",
            "分录“grant”是posted,settle只能针对pending",
            "entry 'grant' is posted; settle is of pending",
        )
    ]
    assert book.refuses(referring("reversal", "terms")) == [
        (
            "refers",
            "分录“terms”是open,reversal只能针对posted、settle、reversal",
            "entry 'terms' is open; reversal is of posted or settle or reversal",
        )
    ]
    assert book.refuses(referring("settle", "fee")) == [
        (
            "refers",
            "分录“fee”已由第4号分录处理",
            "entry 'fee' was settled, voided or reversed by entry 4",
        )
    ]


def test_a_balance_beyond_what_the_database_holds_is_refused(book):
    legs = [leg("outside/bank", -LARGEST), leg("b/cash", LARGEST)]
    rows = [{"key": f"k{n}", "effective": "2025-01-01", "postings": legs} for n in range(923)]
    with pytest.raises(BadInput) as refused:
        book.journal.post(read_entries(rows, "given"))
    finding = refused.value.findings[0]
    assert (finding.row, *finding.says) == (
        923,
        "outside/bank的余额过大",
        "the balance of outside/bank is too large",
    )
    assert book.held("b/cash") == ()


def test_of_entries_together_all_are_written_or_none(book):
    rows = [transfer("one", 60, "a/cash", "b/cash"), transfer("two", 60, "a/cash", "b/cash")]
    with pytest.raises(BadInput) as refused:
        book.journal.post(read_entries(rows, "given"))
    assert {finding.row for finding in refused.value.findings} == {2}
    assert book.held("a/cash") == (100, 0, 0)


def test_balances_on_a_day_and_as_known_at_an_instant(book):
    (fee,) = book.post(
        transfer("fee", 40, "a/cash", "b/cash", kind="pending", effective="2025-02-01")
    )
    book.post(referring("settle", "fee", effective="2025-03-01"))
    for day, held in (((1, 31), (100, 0, 0)), ((2, 1), (100, 40, 0)), ((3, 1), (60, 0, 0))):
        assert book.held("a/cash", standing=Standing(date(2025, *day))) == held
    known = Standing(date(2025, 3, 1), fee.recorded_at)
    assert book.held("a/cash", standing=known) == (100, 40, 0)
    assert book.held("a/cash", standing=Standing(as_of=datetime(2020, 1, 1, tzinfo=UTC))) == ()


@pytest.mark.parametrize(
    ("row", "column", "zh", "en"),
    [
        (transfer("k", 0), "postings[0].amount", "金额不能为0", "an amount is not 0"),
        (
            {"key": "k", "effective": "2025-01-01", "postings": [leg("a/x", -3), leg("b/x", 2)]},
            "postings",
            "CNY在账本in_place里合计为-1,应为0",
            "CNY sums to -1 in book in_place; 0 would be right",
        ),
        (
            {
                "key": "k",
                "effective": "2025-01-01",
                "postings": [
                    leg("outside/x", -3, "CNY", "in_place"),
                    leg("a/x", 3, "CNY", "in_place"),
                ],
            },
            "postings",
            "CNY的区域合计在地为3,分算为0,应相同",
            "CNY comes to 3 for the region in place and to 0 as agreed; both would be the same",
        ),
        (
            transfer("k", 1, "a/x", "a/x"),
            "postings[1].account",
            "账户a/x的CNY出现两次,应合并",
            "account a/x stands twice with CNY; once would be right",
        ),
        (
            {"key": "k", "effective": "2025-01-01", "postings": [leg("a/x", 1)]},
            "postings",
            "posted至少要有两条记录",
            "posted takes two postings or more",
        ),
        (
            transfer("k", 1, kind="void", refers="x"),
            "postings",
            "void不带记录",
            "void takes no postings",
        ),
        (transfer("k", 1, refers="x"), "refers", "posted不填", "posted takes no it"),
        (referring("void", None), "refers", "void必填", "void needs it"),
        (OPEN | {"terms": None}, "terms", "open必填", "open needs it"),
        (transfer("k", 1, terms={"account": "a/x"}), "terms", "posted不填", "posted takes no it"),
    ],
)
def test_faults_of_an_entry_by_itself_are_told_in_both_languages(row, column, zh, en):
    assert (column, zh, en) in malformed(row)


def test_a_commodity_that_is_none_and_a_key_twice_are_told():
    (finding,) = malformed(
        {
            "key": "k",
            "effective": "2025-01-01",
            "postings": [leg("a/x", -1, "CN"), leg("b/x", 1, "CN")],
        }
    )
    assert finding[0] == "postings[0].commodity"
    assert "CN" in finding[1]
    assert "CNY" in finding[2]
    assert (
        malformed(transfer("k", 1), transfer("k", 2))
        == [("key", "键“k”重复", "key 'k' stands twice")] * 2
    )


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"key": " k"}, "key"),
        ({"key": "k\n"}, "key"),
        ({"key": ""}, "key"),
        ({"key": "k" * 201}, "key"),
        ({"effective": "2025-02-30"}, "effective"),
        ({"kind": "bonus"}, "kind"),
        ({"memo": "a\x00b"}, "memo"),
        ({"memo": "\ud800"}, "memo"),
        ({"memo": "m" * 2001}, "memo"),
        ({"colour": "red"}, "colour"),
        ({"postings": [leg("a/x", 1.5), leg("b/x", -1.5)]}, "postings[0].amount"),
        ({"postings": [leg("a/x", "1"), leg("b/x", -1)]}, "postings[0].amount"),
        ({"postings": [leg("a/x", LARGEST + 1), leg("b/x", -1)]}, "postings[0].amount"),
        ({"postings": [leg("a/x", 1, book="mine"), leg("b/x", -1)]}, "postings[0].book"),
    ],
)
def test_values_that_are_none_are_named(change, column):
    found = malformed(transfer("k", 1) | change)
    assert column in {finding[0] for finding in found}
    assert all(zh and en for _, zh, en in found)


@pytest.mark.parametrize("by", ["a\x00b", "b" * 201, " "])
def test_who_writes_is_a_name_and_nobody_else_suffers_from_one_that_is_none(book, by):
    with pytest.raises(BadInput, match="no name"):
        book.journal.post(read_entries(transfer("k", 1), "given"), by=by)
    (done,) = book.journal.post(read_entries(transfer("k", 1), "given"), by="财政局")
    assert not done.duplicate


DUES = [
    transfer("ab", 30, "a/due:b", "b/due:a"),
    transfer(
        "bc", 20, "b/due:c", "c/due:b", effective="2025-02-01", contract="park@1", clause="3.2"
    ),
    transfer("ca", 5, "c/due:a", "a/due:c", effective="2025-03-01", contract="park@2"),
]


def test_netting_settles_a_ring_by_few_payments(own):
    """Body a owes b 30, b owes c 20, c owes a 5: on balance a pays 25, b gets 10 and c 15."""
    post(own, Post(entries=DUES))
    answer = netting(own, Netting())
    assert (answer.owed, answer.after_netting, answer.difference) == (55, 25, 0)
    assert [(row.body, row.other, row.amount) for row in answer.rows] == [
        ("a", "b", 30),
        ("c", "a", 5),
        ("b", "c", 20),
    ]
    assert [(row.body, row.other, row.amount) for row in answer.payments] == [
        ("a", "c", 15),
        ("a", "b", 10),
    ]


def test_a_statement_runs_in_the_order_of_effect(own):
    post(
        own,
        Post(entries=[*DUES, transfer("back", 10, "b/due:a", "a/due:b", effective="2025-01-15")]),
    )
    rows = statement(own, Statement(account="a/due:b"))
    assert [(str(row.effective), row.amount, row.balance) for row in rows] == [
        ("2025-01-01", -30, -30),
        ("2025-01-15", 10, -20),
    ]
    # The balance runs over what came before, also where that is not shown.
    (row,) = statement(own, Statement(account="a/due:b", since=date(2025, 1, 2)))
    assert row.balance == -20
    assert {row.key for row in statement(own, Statement(contract="park"))} == {"bc", "ca"}
    assert {row.key for row in statement(own, Statement(contract="park@1"))} == {"bc"}
    assert {row.key for row in statement(own, Statement(clause="3.2"))} == {"bc"}
    before = statement(replace(own, at=date(2025, 1, 10)), Statement(account="a/due:b"))
    assert [row.balance for row in before] == [-30]


def test_a_pending_posting_is_shown_without_a_balance_and_changes_none(own):
    post(
        own,
        Post(
            entries=[
                GRANT,
                transfer("fee", 40, "a/cash", "b/cash", kind="pending"),
                transfer("b", 1, "a/cash", "b/cash"),
            ]
        ),
    )
    rows = statement(own, Statement(account="a/cash"))
    assert [(row.amount, row.balance) for row in rows] == [(100, 100), (-40, None), (-1, 99)]


def test_an_entry_tells_what_became_of_it(own):
    post(own, Post(entries=[GRANT, referring("reversal", "grant")], by="财政局"))
    first, second = (entry(own, EntryAsk(seq=seq)) for seq in (1, 2))
    assert (first.referred_by, second.refers) == (2, 1)
    assert [(one.account, one.amount) for one in second.postings] == [
        ("outside/bank", 100),
        ("a/cash", -100),
    ]
    assert first.postings[1].in_unit == 1.0
    assert second.by == "财政局"
    with pytest.raises(NotFound, match="there is no entry 'nobody'"):
        entry(own, EntryAsk(key="nobody"))


def test_the_trial_balance_sums_to_nothing_and_tells_what_the_region_has(own):
    post(own, Post(entries=[GRANT, *DUES]))
    (row,) = trial_balance(own, TrialBalance())
    # 100 in a/cash; dues 30, 20 and 5 on the one side; on the other the same and the bank's 100.
    assert (row.positive, row.negative, row.difference, row.region) == (155, -155, 0, 100)


def test_a_closed_period_takes_nothing_more_and_closes_once(own):
    post(own, Post(entries=[GRANT]))
    close(own, Close(until=date(2025, 6, 30)))
    for day, fits in ((30, False), (1, True)):
        late = transfer(f"late{day}", 1, effective=f"2025-0{7 - (day == 30)}-{day:02}")
        if fits:
            assert post(own, Post(entries=[late])).posted == 1
        else:
            with pytest.raises(BadInput):
                post(own, Post(entries=[late]))
    assert close(own, Close(until=date(2025, 6, 30))).duplicates == 1
    with pytest.raises(BadInput):
        close(own, Close(until=date(2025, 5, 31)))


def test_checking_writes_nothing(own):
    answer = post(own, Post(entries=[GRANT], check=True))
    assert (answer.posted, answer.check, answer.rows) == (1, True, [])
    assert balance(own, Balances()) == []


def test_terms_of_an_account_are_given_changed_and_shown(own):
    post(own, Post(entries=[GRANT]))
    assert account(own, Account(account="a/cash")).least is None
    given = account(own, Account(account="a/cash", least=-50, name="基金", change=True))
    assert (given.least, given.name, given.body) == (-50, "基金", "a")
    with pytest.raises(BadInput):
        post(own, Post(entries=[transfer("much", 151, "a/cash", "b/cash")]))
    assert post(own, Post(entries=[transfer("just", 150, "a/cash", "b/cash")])).posted == 1
    (row,) = balance(own, Balances(account="a/cash"))
    assert (row.balance, row.in_unit, row.available) == (-50, -0.5, -50)
    with pytest.raises(BadInput):
        account(own, Account(account=" x", change=True))
    longest = "a" * 200
    assert account(own, Account(account=longest, change=True)).account == longest
