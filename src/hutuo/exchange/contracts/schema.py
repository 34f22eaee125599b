"""Tables of contracts: their versions, figures told of their periods, periods that were settled.

Versions and settlements are only added to. They lie in one store with the ledger, so that a period is posted
and noted as settled in one transaction.
"""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component, Instant

__all__ = ["CONTRACTS", "settlement", "told", "version"]

tables = sa.MetaData()
# SQLite numbers rows by itself only where the key is called INTEGER.
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

version = sa.Table(
    "contract_wording",
    tables,
    sa.Column("contract", sa.String(80), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("template", sa.String(80), nullable=False),
    # The template as it was then: one that changes later changes no contract.
    sa.Column("form", sa.JSON, nullable=False),
    sa.Column("written", sa.JSON, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("by", sa.String(200)),
    sa.Column("recorded_at", Instant, nullable=False),
)

# What is told later holds; what was told before stays.
told = sa.Table(
    "contract_told",
    tables,
    sa.Column("change", Number, primary_key=True),
    sa.Column("contract", sa.String(80), nullable=False),
    sa.Column("period", sa.String(10), nullable=False),
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("by", sa.String(200)),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Index("contract_told_period", "contract", "period"),
)

settlement = sa.Table(
    "contract_settlement",
    tables,
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

CONTRACTS = Component("contract", tables, Path(__file__).parent / "migrations")
