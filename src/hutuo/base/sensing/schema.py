"""Tables of what sensors are: entities are only added; historical locations tell where a thing was."""

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

SENSING = Component("sensing", tables, Path(__file__).parent / "migrations")
