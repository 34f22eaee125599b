"""Versions, figures and settlements of contracts, none of which is changed once it is written."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0001"
down_revision = None

# Tables, and when a row of one is there already.
ADDED_TO = {
    "contract_wording": "contract = NEW.contract AND version = NEW.version",
    "contract_told": "change = NEW.change",
    "contract_settlement": "contract = NEW.contract AND period = NEW.period",
}
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "contract_wording",
        sa.Column("contract", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("template", sa.String(80), nullable=False),
        sa.Column("form", sa.JSON, nullable=False),
        sa.Column("written", sa.JSON, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("by", sa.String(200)),
        sa.Column("recorded_at", Instant, nullable=False),
    )
    op.create_table(
        "contract_told",
        sa.Column("change", NUMBER, primary_key=True),
        sa.Column("contract", sa.String(80), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("by", sa.String(200)),
        sa.Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("contract_told_period", "contract_told", ["contract", "period"])
    op.create_table(
        "contract_settlement",
        sa.Column("contract", sa.String(80), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("carried", sa.JSON, nullable=False),
        sa.Column("keys", sa.JSON, nullable=False),
        sa.Column("by", sa.String(200)),
        sa.Column("recorded_at", Instant, nullable=False),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """What was agreed, told and settled is neither changed nor deleted."""
    says = "contracts are only added to"
    if op.get_bind().dialect.name == "sqlite":
        refuses = f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        for table, same in ADDED_TO.items():
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} {refuses}"
                )
            # REPLACE deletes the rows in its way without asking the triggers of deletion.
            when = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            op.execute(f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} {when} {refuses}")
        return
    op.execute(
        "CREATE FUNCTION contract_refuses() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{says}'; END $$"
    )
    for table in ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION contract_refuses()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION contract_refuses()"
        )
