"""Tables of the exchange: what is offered and sought, booked, redeemed, and whom projects were first met by.

What changes keeps its past: a version is a row, and the one before it is superseded. ``change`` counts all
changes of a table, so that what was computed from it knows what is new.
"""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component, Instant

__all__ = ["EXCHANGE", "booking", "feedback", "lead", "listing", "redemption", "voucher"]

tables = sa.MetaData()
# SQLite numbers rows by itself only where the key is called INTEGER.
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

listing = sa.Table(
    "exchange_listing",
    tables,
    sa.Column("change", Number, primary_key=True),
    sa.Column("listing", sa.String(200), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("market", sa.String(40), nullable=False),
    sa.Column("body", sa.String(200), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("field", sa.String(200)),
    sa.Column("place", sa.String(200)),
    sa.Column("readiness", sa.Integer),
    sa.Column("until", sa.Date),
    sa.Column("rights", sa.JSON, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("partner", sa.String(200)),
    sa.Column("contract", sa.String(200)),
    sa.Column("note", sa.Text),
    sa.Column("by", sa.String(200)),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("superseded_at", Instant),
    sa.UniqueConstraint("listing", "version", name="exchange_listing_version"),
    sa.Index("exchange_listing_market", "market", "change"),
)

feedback = sa.Table(
    "exchange_feedback",
    tables,
    sa.Column("change", Number, primary_key=True),
    sa.Column("market", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("listing", sa.String(200), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("right", sa.Boolean, nullable=False),
    sa.Column("engine", sa.String(20)),
    sa.Column("score", sa.Float),
    sa.Column("note", sa.Text),
    sa.Column("by", sa.String(200)),
    sa.Column("recorded_at", Instant, nullable=False),
)

booking = sa.Table(
    "exchange_booking",
    tables,
    sa.Column("booking", sa.String(100), primary_key=True),
    sa.Column("instrument", sa.String(200), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("body", sa.String(200), nullable=False),
    sa.Column("user", sa.String(200), nullable=False),
    sa.Column("begins", Instant, nullable=False),
    sa.Column("ends", Instant, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("fee_fen", sa.BigInteger, nullable=False),
    sa.Column("charged_fen", sa.BigInteger),
    sa.Column("used_minutes", sa.Integer),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("note", sa.Text),
    sa.Column("by", sa.String(200)),
    sa.CheckConstraint("begins < ends", name="exchange_booking_order"),
    sa.Index("exchange_booking_time", "instrument", "ends"),
)

voucher = sa.Table(
    "exchange_voucher",
    tables,
    sa.Column("code", sa.String(100), primary_key=True),
    sa.Column("scheme", sa.String(200), nullable=False, index=True),
    sa.Column("issuer", sa.String(200), nullable=False),
    sa.Column("firm", sa.String(200), nullable=False, index=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("until", sa.Date),
    sa.Column("claimed_on", sa.Date, nullable=False),
    # Returned: it went back into the budget unused.
    sa.Column("returned_on", sa.Date),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("by", sa.String(200)),
)

# A voucher is redeemed once: its code is the key.
redemption = sa.Table(
    "exchange_redemption",
    tables,
    sa.Column("code", sa.String(100), sa.ForeignKey("exchange_voucher.code"), primary_key=True),
    sa.Column("institute", sa.String(200), nullable=False),
    sa.Column("city", sa.String(200), nullable=False),
    sa.Column("purpose", sa.String(200), nullable=False),
    sa.Column("bill", sa.String(200), nullable=False),
    sa.Column("bill_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_fen", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("by", sa.String(200)),
)

lead = sa.Table(
    "exchange_lead",
    tables,
    sa.Column("change", Number, primary_key=True),
    sa.Column("lead", sa.String(200), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("holder", sa.String(200), nullable=False, index=True),
    sa.Column("parties", sa.JSON, nullable=False),
    sa.Column("investor", sa.Text, nullable=False),
    sa.Column("credit_code", sa.String(40)),
    sa.Column("address", sa.Text),
    sa.Column("phone", sa.String(100)),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("field", sa.String(200)),
    sa.Column("money_fen", sa.BigInteger),
    sa.Column("place", sa.String(200)),
    sa.Column("stage", sa.String(20), nullable=False),
    sa.Column("first_contact", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("by", sa.String(200)),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("superseded_at", Instant),
    sa.UniqueConstraint("lead", "version", name="exchange_lead_version"),
)

EXCHANGE = Component("exchange", tables, Path(__file__).parent / "migrations")
