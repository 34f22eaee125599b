"""Whose a table is, and agreements on it."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sharing_dataset",
        sa.Column("table", sa.String(100), primary_key=True),
        sa.Column("owner", sa.String(200)),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_table(
        "sharing_agreement",
        sa.Column("agreement", sa.String(100), primary_key=True),
        sa.Column("table", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("reader", sa.String(200), nullable=False),
        sa.Column("fields", sa.Text),
        sa.Column("rows", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("onward", sa.Text),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("decided_by", sa.String(100)),
        sa.Column("decided_at", Instant),
    )
    op.create_index("ix_sharing_agreement_table", "sharing_agreement", ["table"])
    op.create_index("ix_sharing_agreement_reader", "sharing_agreement", ["reader"])


def downgrade() -> None:
    """Leave accounts as they were."""
    op.drop_table("sharing_agreement")
    op.drop_table("sharing_dataset")
