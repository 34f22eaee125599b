"""Tables of duty: incidents, who was told and what is to be done about each, its log, boards.

The log is only added to; its number is what listeners ask by for what is new.
"""

from pathlib import Path

import sqlalchemy as sa

from hutuo.base.store import Component, Instant

__all__ = ["DUTY", "board", "incident", "log", "mail", "notice", "task"]

tables = sa.MetaData()
# SQLite numbers rows by itself only where the key is called INTEGER.
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

incident = sa.Table(
    "duty_incident",
    tables,
    sa.Column("incident", Number, primary_key=True),
    sa.Column("rule", sa.String(200)),
    sa.Column("protocol", sa.String(200), nullable=False),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("drill", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    # Standing: the warning has not been cleared; of a rule and a place one incident stands at a time.
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
    sa.Index("duty_incident_state", "state", "incident"),
    sa.Index("duty_incident_begun", "rule", "place", "begun_at"),
)

notice = sa.Table(
    "duty_notice",
    tables,
    sa.Column("notice", Number, primary_key=True),
    sa.Column("incident", Number, sa.ForeignKey("duty_incident.incident"), nullable=False),
    sa.Column("body", sa.String(200), nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("told_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.Column("escalate_to", sa.String(200)),
    # When it was found overdue; whoever it was escalated to has a notice that refers to this one.
    sa.Column("overdue_at", Instant),
    sa.Column("refers", Number, sa.ForeignKey("duty_notice.notice"), unique=True),
    sa.Column("by", sa.String(200)),
    sa.Column("note", sa.Text),
    sa.Index("duty_notice_incident", "incident", "notice"),
    sa.Index("duty_notice_due", "due_at"),
)

# One line for each notice that went out, or could not: it is taken before it is sent, so that two who send
# do not both send it.
mail = sa.Table(
    "duty_mail",
    tables,
    sa.Column("notice", Number, sa.ForeignKey("duty_notice.notice"), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("says", sa.Text),
)

task = sa.Table(
    "duty_task",
    tables,
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
    sa.Index("duty_task_incident", "incident", "task"),
)

log = sa.Table(
    "duty_log",
    tables,
    sa.Column("number", Number, primary_key=True),
    sa.Column("incident", Number, sa.ForeignKey("duty_incident.incident"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("body", sa.String(200)),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("by", sa.String(200)),
    sa.Index("duty_log_incident", "incident", "number"),
)

board = sa.Table(
    "duty_board",
    tables,
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

DUTY = Component("duty", tables, Path(__file__).parent / "migrations")
