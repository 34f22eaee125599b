"""Incidents with who is told, what is to be done and what was; boards."""

import sqlalchemy as sa
from alembic import op

from hutuo.base.store import Instant

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _incident()
    _notice()
    _task()
    _log()
    _board()


def _incident() -> None:
    op.create_table(
        "duty_incident",
        sa.Column("incident", Number, primary_key=True),
        sa.Column("rule", sa.String(200)),
        sa.Column("protocol", sa.String(200), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("drill", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("standing", sa.String(401), unique=True),
        sa.Column("begun_at", Instant, nullable=False),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("safe_at", Instant),
        sa.Column("closed_at", Instant),
        sa.Column("outcome", sa.String(20)),
        sa.Column("value", sa.Float),
        sa.Column("unit", sa.String(40)),
        sa.Column("note", sa.Text),
        sa.Column("by", sa.String(200)),
    )
    op.create_index("duty_incident_state", "duty_incident", ["state", "incident"])
    op.create_index("duty_incident_begun", "duty_incident", ["rule", "place", "begun_at"])


def _notice() -> None:
    op.create_table(
        "duty_notice",
        sa.Column("notice", Number, primary_key=True),
        sa.Column("incident", Number, sa.ForeignKey("duty_incident.incident"), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("told_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("acknowledged_at", Instant),
        sa.Column("escalate_to", sa.String(200)),
        sa.Column("overdue_at", Instant),
        sa.Column("refers", Number, sa.ForeignKey("duty_notice.notice"), unique=True),
        sa.Column("by", sa.String(200)),
        sa.Column("note", sa.Text),
    )
    op.create_index("duty_notice_incident", "duty_notice", ["incident", "notice"])
    op.create_index("duty_notice_due", "duty_notice", ["due_at"])


def _task() -> None:
    op.create_table(
        "duty_task",
        sa.Column("task", Number, primary_key=True),
        sa.Column("incident", Number, sa.ForeignKey("duty_incident.incident"), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("by", sa.String(200)),
        sa.Column("note", sa.Text),
    )
    op.create_index("duty_task_incident", "duty_task", ["incident", "task"])


def _log() -> None:
    op.create_table(
        "duty_log",
        sa.Column("number", Number, primary_key=True),
        sa.Column("incident", Number, sa.ForeignKey("duty_incident.incident"), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("body", sa.String(200)),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("by", sa.String(200)),
    )
    op.create_index("duty_log_incident", "duty_log", ["incident", "number"])


def _board() -> None:
    op.create_table(
        "duty_board",
        sa.Column("change", Number, primary_key=True),
        sa.Column("board", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("tiles", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("by", sa.String(200)),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.UniqueConstraint("board", "version", name="duty_board_version"),
    )
