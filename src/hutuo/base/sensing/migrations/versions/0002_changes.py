"""What became of entities after they were created: changed, or gone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sensing_change",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("links", sa.Text),
        sa.Column("own", sa.Text),
    )
