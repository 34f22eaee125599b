"""Identities of others that accounts are signed in by, bodies that joined, and the course of an agreement."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; agreements say what comes back and which one they renew."""
    op.create_table(
        "sharing_identity",
        sa.Column("identity", sa.String(32), primary_key=True),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("account", sa.String(100), sa.ForeignKey("sharing_account.account")),
        sa.Column("seen", Instant),
        sa.Column("linked_at", Instant),
        sa.Column("linked_by", sa.String(100)),
    )
    op.create_index("ix_sharing_identity_account", "sharing_identity", ["account"])
    op.create_table(
        "sharing_flow",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(100), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("began", Instant, nullable=False),
    )
    op.create_index("ix_sharing_flow_began", "sharing_flow", ["began"])
    op.create_table(
        "sharing_body",
        sa.Column("body", sa.String(200), primary_key=True),
        sa.Column("zh", sa.String(200), nullable=False),
        sa.Column("en", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
    )
    op.create_table(
        "sharing_step",
        sa.Column("agreement", sa.String(100), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("body", sa.String(200)),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("remark", sa.Text),
    )
    with op.batch_alter_table("sharing_agreement") as changed:
        changed.add_column(sa.Column("returns", sa.Text))
        changed.add_column(sa.Column("renews", sa.String(100)))


def downgrade() -> None:
    """Leave accounts and agreements as they were."""
    with op.batch_alter_table("sharing_agreement") as changed:
        changed.drop_column("renews")
        changed.drop_column("returns")
    for name in ("sharing_step", "sharing_body", "sharing_flow", "sharing_identity"):
        op.drop_table(name)
