"""What somebody with every right on the database can do to the ledger, and how it is found out."""

from datetime import date

import pytest
import sqlalchemy as sa

from hutuo.ledger import batches, schema, verifying
from hutuo.ledger.batches import Batches
from hutuo.ledger.chain import ORIGIN, Record, link
from hutuo.ledger.entries import read_entries
from hutuo.ledger.journal import Journal
from hutuo.ledger.log import head_of, leg_of
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.verifying import verified
from ledgered import transfer
from tampering import attack, unguard

ENTRIES = [
    {
        "key": "terms",
        "effective": "2025-01-01",
        "kind": "open",
        "terms": {"account": "a/cash", "least": 0},
    },
    transfer("grant", 1_000),
    transfer("rent", 300, "a/cash", "b/cash"),
    transfer("fee", 50, "a/cash", "b/cash", kind="pending"),
    {"key": "paid", "effective": "2025-01-02", "kind": "settle", "refers": "fee"},
    transfer("gift", 20, "b/cash", "a/cash", memo="thanks"),
]
LAST = len(ENTRIES)


@pytest.fixture
def ledger(store):
    """A ledger of six entries, and its exported head; its triggers are gone."""
    Journal(store).post(read_entries(ENTRIES, "given"))
    with store.reading(LEDGER) as connection:
        last = head_of(connection)
        assert verified(connection, last[:2]).doubts == []
    with store.writing(LEDGER) as connection:
        unguard(connection, LEDGER)
    return store, last[:2]


def do(connection, *statements):
    for statement in statements:
        connection.execute(sa.text(statement))


def edit_posting(connection):
    do(
        connection,
        "UPDATE ledger_posting SET amount = amount * 2 WHERE seq = 3",
        "UPDATE ledger_balance SET posted = posted - 300 WHERE account = 'a/cash'",
        "UPDATE ledger_balance SET posted = posted + 300 WHERE account = 'b/cash'",
    )


def edit_memo(connection):
    do(connection, "UPDATE ledger_entry SET memo = 'loan' WHERE seq = 6")


def edit_instant(connection):
    sooner = "'2020-01-01 00:00:00.000000'" + ("" if is_file(connection) else "::timestamptz")
    do(connection, f"UPDATE ledger_entry SET recorded_at = {sooner} WHERE seq = 1")


def edit_writer(connection):
    do(connection, "UPDATE ledger_entry SET \"by\" = 'somebody' WHERE seq = 2")


def double_an_entry(connection):
    """A second time the same transfer at the end, and balances to it."""
    more = "'again', kind, effective, recorded_at, memo, contract, clause, refers, terms, \"by\", asked, hash"
    do(
        connection,
        f"INSERT INTO ledger_entry SELECT 7, {more} FROM ledger_entry WHERE seq = 6",
        "INSERT INTO ledger_posting SELECT 7, line, account, commodity, book, amount"
        " FROM ledger_posting WHERE seq = 6",
        "UPDATE ledger_balance SET posted = posted + 20 WHERE account = 'a/cash'",
        "UPDATE ledger_balance SET posted = posted - 20 WHERE account = 'b/cash'",
    )


def double_a_posting(connection):
    """A posting more in an old entry, with one against it, and balances to it."""
    do(
        connection,
        "INSERT INTO ledger_posting SELECT seq, line + 2, account, 'TCE', book, amount"
        " FROM ledger_posting WHERE seq = 3",
        "INSERT INTO ledger_balance SELECT account, 'TCE', 'both', amount, 0, 0"
        " FROM ledger_posting WHERE seq = 3 AND line > 2",
    )


def swap_two_postings(connection):
    do(
        connection,
        "UPDATE ledger_posting SET line = 9 WHERE seq = 2 AND line = 1",
        "UPDATE ledger_posting SET line = 1 WHERE seq = 2 AND line = 2",
        "UPDATE ledger_posting SET line = 2 WHERE seq = 2 AND line = 9",
    )


def delete_middle(connection):
    """The rent, and balances as if it had never been."""
    delete(connection, 3)
    do(
        connection,
        "UPDATE ledger_balance SET posted = posted + 300 WHERE account = 'a/cash'",
        "UPDATE ledger_balance SET posted = posted - 300 WHERE account = 'b/cash'",
    )


def delete_middle_and_number_anew(connection):
    delete_middle(connection)
    rows = log(connection)
    delete(connection, *(row["seq"] for row, _ in rows))
    for seq, (row, legs) in enumerate(rows, 1):
        moved = row["refers"] and row["refers"] - 1
        write(connection, row | {"seq": seq, "refers": moved}, legs)


def delete_tail(connection):
    """The last entry, and balances to it."""
    delete(connection, LAST)
    do(
        connection,
        "UPDATE ledger_balance SET posted = posted - 20 WHERE account = 'a/cash'",
        "UPDATE ledger_balance SET posted = posted + 20 WHERE account = 'b/cash'",
    )


def delete_all(connection):
    delete(connection, *range(1, LAST + 1))
    do(connection, "DELETE FROM ledger_balance", "DELETE FROM ledger_account")


def reorder(connection):
    """The grant after the rent: both keep their hashes."""
    rows = {row["seq"]: (row, legs) for row, legs in log(connection)}
    delete(connection, 2, 3)
    for seq, other in ((2, 3), (3, 2)):
        row, legs = rows[other]
        write(connection, row | {"seq": seq}, legs)


def rewrite(connection):
    """A history with another gift, every hash right, and balances to it."""
    rows = log(connection)
    delete(connection, *range(LAST, 0, -1))
    before = ORIGIN
    for row, legs in rows:
        if row["seq"] == LAST:
            changed = [leg.model_copy(update={"amount": leg.amount * 10}) for leg in legs]
        else:
            changed = legs
        values = {name: value for name, value in row.items() if name != "hash"}
        before = link(before, Record(**values), changed)
        write(connection, values | {"hash": before}, changed)
    do(
        connection,
        "UPDATE ledger_balance SET posted = posted + 180 WHERE account = 'a/cash'",
        "UPDATE ledger_balance SET posted = posted - 180 WHERE account = 'b/cash'",
    )


def rewrite_by_the_rules(connection):
    """A ledger that is posted anew without the rent: nothing in it is wrong but that it is another."""
    delete(connection, *range(LAST, 0, -1))
    do(connection, "DELETE FROM ledger_balance", "DELETE FROM ledger_account")
    entries = [one for one in ENTRIES if one["key"] != "rent"]
    given = read_entries(entries, "given")
    ticket = batches.Ticket(given, ["0" * 64] * len(given), None, "given", False, None)
    Batches().write(connection, [ticket])


def change_terms(connection):
    do(connection, "UPDATE ledger_account SET least = -1000 WHERE account = 'a/cash'")


def change_a_balance(connection):
    do(connection, "UPDATE ledger_balance SET posted = posted + 1 WHERE account = 'a/cash'")


def put_in_a_balance(connection):
    do(connection, "INSERT INTO ledger_balance VALUES ('c/cash', 'CNY', 'both', 10, 0, 0)")


def forget_a_settlement(connection):
    """The fee is settled no more, and stands as pending."""
    do(connection, "UPDATE ledger_entry SET refers = NULL, kind = 'posted' WHERE seq = 5")


def break_terms(connection):
    do(connection, "UPDATE ledger_entry SET terms = '{' WHERE seq = 1")


def invent_a_kind(connection):
    do(connection, "UPDATE ledger_entry SET kind = 'bonus' WHERE seq = 6")


def leave_postings_alone(connection):
    """An entry is gone, its postings are not; keys that hold them together are dropped."""
    if is_file(connection):
        rows = (
            "SELECT 99, line, account, commodity, book, amount FROM ledger_posting WHERE seq = 6"
        )
        do(
            connection,
            "CREATE TABLE copied AS SELECT * FROM ledger_posting",
            f"INSERT INTO copied {rows}",
            "DROP TABLE ledger_posting",
            "ALTER TABLE copied RENAME TO ledger_posting",
        )
        return
    do(
        connection,
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_seq_fkey",
        "UPDATE ledger_posting SET seq = 99 WHERE seq = 6",
    )


def no_date(connection):
    """SQLite keeps any text as a date; PostgreSQL does not, there it is another day."""
    day = "'soon'" if is_file(connection) else "'2031-01-01'"
    do(connection, f"UPDATE ledger_entry SET effective = {day} WHERE seq = 4")


def same_key_twice(connection):
    """An entry more with the key of another and a right hash, once the database no longer minds."""
    if not is_file(connection):
        do(connection, "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_key_key")
    else:
        do(
            connection,
            "CREATE TABLE copied AS SELECT * FROM ledger_entry",
            "DROP TABLE ledger_entry",
            "ALTER TABLE copied RENAME TO ledger_entry",
        )
    row, _ = log(connection)[-1]
    values = {name: value for name, value in row.items() if name != "hash"}
    values |= {"seq": LAST + 1, "kind": "close", "effective": date(2024, 1, 1)}
    write(connection, values | {"hash": link(row["hash"], Record(**values), ())}, ())


def is_file(connection):
    return connection.dialect.name == "sqlite"


def delete(connection, *seqs):
    """Entries with their postings, the last first, and whatever would hold them."""
    if not is_file(connection):
        for table, column in (("account", "seq"), ("posting", "seq"), ("entry", "refers")):
            name = f"ledger_{table}_{column}_fkey"
            do(connection, f"ALTER TABLE ledger_{table} DROP CONSTRAINT IF EXISTS {name}")
    for seq in seqs:
        for table in (schema.posting, schema.entry):
            connection.execute(table.delete().where(table.c.seq == seq))


def log(connection):
    """Entries with their postings."""
    entries = (
        connection.execute(sa.select(schema.entry).order_by(schema.entry.c.seq)).mappings().all()
    )
    leg = schema.posting
    asked = sa.select(leg).order_by(leg.c.seq, leg.c.line)
    legs = connection.execute(asked).all()
    return [(dict(row), [leg_of(one) for one in legs if one.seq == row["seq"]]) for row in entries]


def write(connection, row, legs):
    connection.execute(schema.entry.insert(), row)
    for line, leg in enumerate(legs, 1):
        values = {
            "seq": row["seq"],
            "line": line,
            "account": leg.account,
            "commodity": leg.commodity,
        }
        values |= {"book": leg.book or "both", "amount": leg.amount}
        connection.execute(schema.posting.insert(), values)


# What is done, and what is found of it without the exported head (besides the triggers that are gone).
CATALOGUE = {
    edit_posting: {"chain"},
    edit_memo: {"chain"},
    edit_instant: {"chain"},
    edit_writer: {"chain"},
    double_an_entry: {"chain"},
    double_a_posting: {"chain"},
    swap_two_postings: {"chain"},
    delete_middle: {"number", "chain"},
    delete_middle_and_number_anew: {"chain"},
    delete_tail: set(),
    delete_all: set(),
    reorder: {"chain"},
    rewrite: set(),
    rewrite_by_the_rules: set(),
    change_terms: {"terms"},
    change_a_balance: {"sum"},
    put_in_a_balance: {"sum"},
    forget_a_settlement: {"chain"},
    break_terms: {"chain"},
    invent_a_kind: {"chain"},
    leave_postings_alone: {"number"},
    no_date: {"chain"},
    same_key_twice: {"rule"},
}


@pytest.mark.parametrize("tamper", CATALOGUE, ids=lambda one: one.__name__)
def test_tampering_is_found_with_the_exported_head(ledger, tamper):
    store, head = ledger
    with attack(store, LEDGER) as connection:
        tamper(connection)
    with store.reading(LEDGER) as connection:
        alone = {doubt.check for doubt in verified(connection).doubts} - {"guard"}
        told = {doubt.check for doubt in verified(connection, head).doubts} - {"guard"}
    assert CATALOGUE[tamper] <= alone
    assert bool(alone) == bool(CATALOGUE[tamper])
    assert told
    assert alone or told == {"head"}


def test_dropped_triggers_are_found(ledger):
    store, head = ledger
    with store.reading(LEDGER) as connection:
        doubts = verified(connection, head).doubts
    assert {doubt.check for doubt in doubts} == {"guard"}
    assert len(doubts) == (6 if store.is_file else 4)


def test_triggers_that_refuse_nothing_any_more_are_found(store):
    """They have the names of those that do."""
    Journal(store).post(read_entries(ENTRIES, "given"))
    with store.writing(LEDGER) as connection:
        if store.is_file:
            do(
                connection,
                "DROP TRIGGER ledger_entry_update",
                "CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END",
            )
        else:
            do(
                connection,
                "CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN NEW; END $$",
            )
    with store.reading(LEDGER) as connection:
        assert {doubt.check for doubt in verified(connection).doubts} == {"guard"}


def test_a_trigger_that_is_switched_off_is_found(store):
    if store.is_file:
        pytest.skip("SQLite knows no trigger that is switched off")
    Journal(store).post(read_entries(ENTRIES, "given"))
    with store.writing(LEDGER) as connection:
        do(connection, "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_change")
    with store.reading(LEDGER) as connection:
        (doubt,) = verified(connection).doubts
    assert "ledger_entry_change" in doubt.says.zh
    assert "ledger_entry_change" in doubt.says.en


def test_a_chain_that_leaves_out_the_postings_would_be_found_wanting(ledger, monkeypatch):
    """The planted fault of this part: with it, an edited posting keeps its hash."""
    store, _ = ledger

    def careless(before, record, legs, link=verifying.link):
        return link(before, record, ())

    with store.reading(LEDGER) as connection:
        assert {d.check for d in verified(connection).doubts} == {"guard"}
        monkeypatch.setattr(verifying, "link", careless)
        assert "chain" in {d.check for d in verified(connection).doubts}


def test_a_head_of_another_ledger_does_not_fit(store):
    Journal(store).post(read_entries(ENTRIES, "given"))
    with store.reading(LEDGER) as connection:
        (doubt,) = verified(connection, (3, "0" * 64)).doubts
        assert (doubt.check, doubt.seq) == ("head", 3)
        (doubt,) = verified(connection, (9, "0" * 64)).doubts
        assert doubt.check == "head"
        assert doubt.says == (
            "导出的链头是第9号分录,账本只到第6号",
            "the exported head is entry 9, the ledger ends at entry 6",
        )
