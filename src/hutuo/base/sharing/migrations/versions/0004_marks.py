"""What changes with every change of sharing: by it a process knows that what it remembers still holds."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, and its one row."""
    made = op.create_table(
        "sharing_mark",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", sa.String(64), nullable=False),
    )
    op.bulk_insert(made, [{"one": 1, "mark": "0"}])


def downgrade() -> None:
    """Remember nothing."""
    op.drop_table("sharing_mark")
