"""Tables of the ledger: a log of entries with their postings, only added to, and what follows from it.

``ledger_account`` and ``ledger_balance`` can be made anew from the log; they are kept so that posting
needs no sum over the past.
"""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component, Instant

__all__ = ["LEDGER", "account", "balance", "entry", "posting"]

tables = sa.MetaData()

entry = sa.Table(
    "ledger_entry",
    tables,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("memo", sa.Text, nullable=False),
    sa.Column("contract", sa.String(200), index=True),
    sa.Column("clause", sa.String(200)),
    # An entry is settled, voided or reversed once.
    sa.Column("refers", sa.BigInteger, sa.ForeignKey("ledger_entry.seq"), unique=True),
    sa.Column("terms", sa.Text),
    sa.Column("by", sa.String(200)),
    sa.Column("asked", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
_closes = entry.c.kind == "close"
sa.Index("ledger_entry_close", entry.c.effective, sqlite_where=_closes, postgresql_where=_closes)

posting = sa.Table(
    "ledger_posting",
    tables,
    sa.Column("seq", sa.BigInteger, sa.ForeignKey("ledger_entry.seq"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("commodity", sa.String(200), nullable=False),
    sa.Column("book", sa.String(10), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Index("ledger_posting_account", "account", "commodity", "seq"),
)

account = sa.Table(
    "ledger_account",
    tables,
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("body", sa.String(200), nullable=False, index=True),
    sa.Column("name", sa.String(200)),
    sa.Column("least", sa.BigInteger),
    sa.Column("seq", sa.BigInteger, sa.ForeignKey("ledger_entry.seq"), nullable=False),
)

balance = sa.Table(
    "ledger_balance",
    tables,
    sa.Column("account", sa.String(200), primary_key=True),
    sa.Column("commodity", sa.String(200), primary_key=True),
    sa.Column("book", sa.String(10), primary_key=True),
    sa.Column("posted", sa.BigInteger, nullable=False),
    # What pending entries would take and bring.
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.Column("expected", sa.BigInteger, nullable=False),
)

LEDGER = Component("ledger", tables, Path(__file__).parent / "migrations")
