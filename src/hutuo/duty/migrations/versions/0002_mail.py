"""Which notices went out by mail."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0002"
down_revision = "0001"

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "duty_mail",
        sa.Column("notice", Number, sa.ForeignKey("duty_notice.notice"), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("says", sa.Text),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("duty_mail")
