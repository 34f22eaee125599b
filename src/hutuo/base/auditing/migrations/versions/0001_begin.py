"""The audit, and the refusal to change what is written."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.guards import Guards
from hutuo.base.store import Instant

revision = "0001"
down_revision = None

GUARDS = Guards("audit", "the audit is only added to", {"entry": "seq = NEW.seq"})


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("body", sa.String(200)),
        sa.Column("verb", sa.String(200), nullable=False),
        sa.Column("branch", sa.String(200), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    GUARDS.make(op.get_bind())
