"""Tables of sharing: accounts with their sessions and tokens, whose a table is, and agreements on it."""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component, Instant

__all__ = ["SHARING", "account", "agreement", "dataset", "session", "token"]

tables = sa.MetaData()

account = sa.Table(
    "sharing_account",
    tables,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("body", sa.String(200)),
    sa.Column("name", sa.String(200)),
    sa.Column("roles", sa.String(200), nullable=False),
    # Argon2id in its own form; None: there is no way in but a token.
    sa.Column("password", sa.String(200)),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", Instant),
)

session = sa.Table(
    "sharing_session",
    tables,
    # SHA-256 of what the browser shows: whoever reads the table can show nothing.
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column(
        "account",
        sa.String(100),
        sa.ForeignKey("sharing_account.account"),
        nullable=False,
        index=True,
    ),
    sa.Column("began", Instant, nullable=False),
    sa.Column("seen", Instant, nullable=False),
)

token = sa.Table(
    "sharing_token",
    tables,
    sa.Column("token", sa.String(32), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column(
        "account",
        sa.String(100),
        sa.ForeignKey("sharing_account.account"),
        nullable=False,
        index=True,
    ),
    sa.Column("label", sa.String(200)),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ends", Instant),
    sa.Column("revoked_at", Instant),
)

dataset = sa.Table(
    "sharing_dataset",
    tables,
    sa.Column("table", sa.String(100), primary_key=True),
    sa.Column("owner", sa.String(200)),
    # Whether every account that may read reads it.
    sa.Column("open", sa.Boolean, nullable=False),
)

agreement = sa.Table(
    "sharing_agreement",
    tables,
    sa.Column("agreement", sa.String(100), primary_key=True),
    sa.Column("table", sa.String(100), nullable=False, index=True),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("reader", sa.String(200), nullable=False, index=True),
    # JSON: columns that are shown; null: all.
    sa.Column("fields", sa.Text),
    # JSON: column to the values whose rows are shown; null: all.
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

SHARING = Component("sharing", tables, Path(__file__).parent / "migrations")
