"""Accounts, sessions and tokens."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sharing_account",
        sa.Column("account", sa.String(100), primary_key=True),
        sa.Column("body", sa.String(200)),
        sa.Column("name", sa.String(200)),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", Instant),
    )
    op.create_table(
        "sharing_session",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column(
            "account", sa.String(100), sa.ForeignKey("sharing_account.account"), nullable=False
        ),
        sa.Column("began", Instant, nullable=False),
        sa.Column("seen", Instant, nullable=False),
    )
    op.create_index("ix_sharing_session_account", "sharing_session", ["account"])
    op.create_table(
        "sharing_token",
        sa.Column("token", sa.String(32), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column(
            "account", sa.String(100), sa.ForeignKey("sharing_account.account"), nullable=False
        ),
        sa.Column("label", sa.String(200)),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("ends", Instant),
        sa.Column("revoked_at", Instant),
    )
    op.create_index("ix_sharing_token_account", "sharing_token", ["account"])
