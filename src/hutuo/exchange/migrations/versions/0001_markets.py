"""Markets: listings, feedback on matches, bookings, vouchers and leads."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _listing()
    _feedback()
    _booking()
    _voucher()
    _redemption()
    _lead()
    _refuse_overlaps()


def _listing() -> None:
    op.create_table(
        "exchange_listing",
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
    )
    op.create_index("exchange_listing_market", "exchange_listing", ["market", "change"])


def _feedback() -> None:
    op.create_table(
        "exchange_feedback",
        sa.Column("change", Number, primary_key=True),
        sa.Column("market", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("listing", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("right", sa.Boolean, nullable=False),
        sa.Column("engine", sa.String(20)),
        sa.Column("score", sa.Float),
        sa.Column("note", sa.Text),
        sa.Column("by", sa.String(200)),
        sa.Column("recorded_at", Instant, nullable=False),
    )
    op.create_index("ix_exchange_feedback_listing", "exchange_feedback", ["listing"])


def _booking() -> None:
    op.create_table(
        "exchange_booking",
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
    )
    op.create_index("exchange_booking_time", "exchange_booking", ["instrument", "ends"])


def _voucher() -> None:
    op.create_table(
        "exchange_voucher",
        sa.Column("code", sa.String(100), primary_key=True),
        sa.Column("scheme", sa.String(200), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("firm", sa.String(200), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("claimed_on", sa.Date, nullable=False),
        sa.Column("returned_on", sa.Date),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("by", sa.String(200)),
    )
    op.create_index("ix_exchange_voucher_scheme", "exchange_voucher", ["scheme"])
    op.create_index("ix_exchange_voucher_firm", "exchange_voucher", ["firm"])


def _redemption() -> None:
    op.create_table(
        "exchange_redemption",
        sa.Column(
            "code", sa.String(100), sa.ForeignKey("exchange_voucher.code"), primary_key=True
        ),
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


def _lead() -> None:
    op.create_table(
        "exchange_lead",
        sa.Column("change", Number, primary_key=True),
        sa.Column("lead", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
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
    op.create_index("ix_exchange_lead_holder", "exchange_lead", ["holder"])


def _refuse_overlaps() -> None:
    """Two bookings of an instrument never overlap, whatever program writes them."""
    says = "the instrument is booked then"
    clash = (
        "SELECT 1 FROM exchange_booking b WHERE b.instrument = NEW.instrument"
        " AND b.booking <> NEW.booking AND b.state NOT IN ('cancelled', 'no_show')"
        " AND b.begins < NEW.ends AND b.ends > NEW.begins"
    )
    takes = "NEW.state NOT IN ('cancelled', 'no_show')"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER exchange_booking_{change.lower()} BEFORE {change} ON exchange_booking"
                f" WHEN {takes} AND EXISTS ({clash}) BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )
        return
    # Whoever waits for the lock sees what was committed meanwhile: each statement looks anew.
    op.execute(
        "CREATE FUNCTION exchange_booking_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {takes} THEN"
        " PERFORM pg_advisory_xact_lock(hashtextextended('booking:' || NEW.instrument, 0));"
        f" IF EXISTS ({clash}) THEN RAISE EXCEPTION '{says}'; END IF;"
        " END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER exchange_booking_overlap BEFORE INSERT OR UPDATE ON exchange_booking"
        " FOR EACH ROW EXECUTE FUNCTION exchange_booking_refuses()"
    )
