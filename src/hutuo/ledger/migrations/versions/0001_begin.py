"""The log of entries, what follows from it, and the refusal to change what is written."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0001"
down_revision = None

# Tables of the log, and when a row of SQLite is in the way of a new one.
LOG = {
    "ledger_entry": "seq = NEW.seq OR key = NEW.key OR refers = NEW.refers",
    "ledger_posting": "seq = NEW.seq AND line = NEW.line",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ledger_entry",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("memo", sa.Text, nullable=False),
        sa.Column("contract", sa.String(200)),
        sa.Column("clause", sa.String(200)),
        sa.Column("refers", sa.BigInteger, sa.ForeignKey("ledger_entry.seq"), unique=True),
        sa.Column("terms", sa.Text),
        sa.Column("by", sa.String(200)),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_ledger_entry_contract", "ledger_entry", ["contract"])
    closes = sa.text("kind = 'close'")
    op.create_index(
        "ledger_entry_close",
        "ledger_entry",
        ["effective"],
        sqlite_where=closes,
        postgresql_where=closes,
    )
    op.create_table(
        "ledger_posting",
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("ledger_entry.seq"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("commodity", sa.String(200), nullable=False),
        sa.Column("book", sa.String(10), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
    op.create_index("ledger_posting_account", "ledger_posting", ["account", "commodity", "seq"])
    op.create_table(
        "ledger_account",
        sa.Column("account", sa.String(200), primary_key=True),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("least", sa.BigInteger),
        sa.Column("seq", sa.BigInteger, sa.ForeignKey("ledger_entry.seq"), nullable=False),
    )
    op.create_index("ix_ledger_account_body", "ledger_account", ["body"])
    op.create_table(
        "ledger_balance",
        sa.Column("account", sa.String(200), primary_key=True),
        sa.Column("commodity", sa.String(200), primary_key=True),
        sa.Column("book", sa.String(10), primary_key=True),
        sa.Column("posted", sa.BigInteger, nullable=False),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("expected", sa.BigInteger, nullable=False),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """Rows of the log are neither changed nor deleted, whoever asks the database for it."""
    says = "the ledger is only added to"
    if op.get_bind().dialect.name == "sqlite":
        refuses = f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        for table, same in LOG.items():
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} {refuses}"
                )
            # REPLACE deletes the rows in its way without asking the triggers of deletion.
            when = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            op.execute(f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} {when} {refuses}")
        return
    op.execute(
        "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{says}'; END $$"
    )
    for table in LOG:
        op.execute(
            f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION ledger_refuses()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
        )
