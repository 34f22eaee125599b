"""Tables of sharing: bodies, accounts with their ways in, whose a table is, and agreements on it."""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component, Instant

__all__ = [
    "SHARING",
    "account",
    "agreement",
    "body",
    "dataset",
    "flow",
    "identity",
    "mark",
    "session",
    "step",
    "token",
]

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
    # What comes back to the owner; null: nothing was agreed.
    sa.Column("returns", sa.Text),
    # The agreement that this one goes on with.
    sa.Column("renews", sa.String(100)),
)

step = sa.Table(
    "sharing_step",
    tables,
    sa.Column("agreement", sa.String(100), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("body", sa.String(200)),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("remark", sa.Text),
)

# Bodies that joined the deployment; those of the region stand in its own table.
body = sa.Table(
    "sharing_body",
    tables,
    sa.Column("body", sa.String(200), primary_key=True),
    sa.Column("zh", sa.String(200), nullable=False),
    sa.Column("en", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

identity = sa.Table(
    "sharing_identity",
    tables,
    # By issuer and subject.
    sa.Column("identity", sa.String(32), primary_key=True),
    sa.Column("issuer", sa.String(500), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False),
    # What its issuer calls it; nothing is decided by it.
    sa.Column("name", sa.String(200)),
    # None: it waits for an administrator's word.
    sa.Column("account", sa.String(100), sa.ForeignKey("sharing_account.account"), index=True),
    sa.Column("seen", Instant),
    sa.Column("linked_at", Instant),
    sa.Column("linked_by", sa.String(100)),
)

# Browsers that were sent to an issuer and are awaited back.
flow = sa.Table(
    "sharing_flow",
    tables,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("browser", sa.String(64), nullable=False),
    sa.Column("nonce", sa.String(100), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    sa.Column("back", sa.Text, nullable=False),
    sa.Column("began", Instant, nullable=False, index=True),
)

mark = sa.Table(
    "sharing_mark",
    tables,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", sa.String(64), nullable=False),
)

SHARING = Component("sharing", tables, Path(__file__).parent / "migrations", mark)
