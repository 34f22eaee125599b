"""Table of the audit: a log that is only added to."""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.guards import Guards
from hutuo.base.store import Component, Instant

__all__ = ["AUDIT", "GUARDS", "entry"]

tables = sa.MetaData()

entry = sa.Table(
    "audit_entry",
    tables,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("door", sa.String(20), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("body", sa.String(200)),
    sa.Column("verb", sa.String(200), nullable=False),
    sa.Column("branch", sa.String(200), nullable=False),
    # Canonical JSON: what was asked, what was changed, and by which content.
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

AUDIT = Component("audit", tables, Path(__file__).parent / "migrations")
GUARDS = Guards("audit", "the audit is only added to", {"entry": "seq = NEW.seq"})
