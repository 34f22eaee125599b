"""Tables of what sensors are: rows are only added; what became of an entity stands in rows of its own."""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component

tables = sa.MetaData()

entity = sa.Table(
    "sensing_entity",
    tables,
    sa.Column("kind", sa.String(30), primary_key=True),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("links", sa.Text, nullable=False),
    sa.Column("own", sa.Text, nullable=False),
)
# What an entity is from then on; without a body it is gone.
change = sa.Table(
    "sensing_change",
    tables,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("id", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text),
    sa.Column("links", sa.Text),
    sa.Column("own", sa.Text),
)

SENSING = Component("sensing", tables, Path(__file__).parent / "migrations")
