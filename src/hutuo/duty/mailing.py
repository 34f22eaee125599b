"""Notices of incidents as messages, and which of them went out.

A notice is taken before it is sent, so that two senders do not both send it. What was taken by a sender who
ended before he said that it went out is taken again after a while; the message then has the same id, by which
mail programs know it again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import sqlalchemy as sa

from hutuo.base.store import store_of
from hutuo.duty import schema
from hutuo.duty.schema import DUTY
from hutuo.glossary import Text, label

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["AGAIN", "NO_MAIL", "Message", "done", "dropped", "message", "taken", "told"]

# After so long a notice that was taken and not said to have gone out is sent again.
AGAIN = timedelta(minutes=5)
MOST = 100
TAKEN = "taken"
NO_MAIL: dict[str, Any] = {"mailed_at": None, "mail_refused": None}


class Message(NamedTuple):
    """What a body is told, in one language.

    Attributes:
        name: Of the message: the same for the same notice.
        subject: On one line.
        body: Lines.
    """

    name: str
    subject: str
    body: str


def taken(region: "Region", bodies: Collection[str], now: datetime) -> list[dict[str, Any]]:
    """Notices of open incidents that nobody acknowledged and that did not go out; they are taken with this.

    Args:
        region: View of the region.
        bodies: Bodies whose addresses are known; what others were told stays.
        now: This instant.

    Returns:
        Rows of notices, each with its incident under ``of``; the oldest first, a hundred at most.
    """
    notice, mail, incident = schema.notice, schema.mail, schema.incident
    lost = sa.and_(mail.c.state == TAKEN, mail.c.at < now - AGAIN)
    asked = (
        sa.select(notice)
        .join(incident, incident.c.incident == notice.c.incident)
        .outerjoin(mail, mail.c.notice == notice.c.notice)
        .where(
            incident.c.state == "open",
            notice.c.acknowledged_at.is_(None),
            notice.c.body.in_(sorted(bodies)),
            sa.or_(mail.c.notice.is_(None), lost),
        )
        .order_by(notice.c.notice)
        .limit(MOST)
    )
    store = store_of(region)
    # Mostly there is nothing, and a writer would be waited for.
    with store.reading(DUTY) as connection:
        if connection.execute(asked).first() is None:
            return []
    with store.writing(DUTY) as connection:
        rows = [dict(row) for row in connection.execute(asked).mappings()]
        numbers = [row["notice"] for row in rows]
        connection.execute(mail.delete().where(mail.c.notice.in_(numbers)))
        if rows:
            marks = [{"notice": number, "state": TAKEN, "at": now} for number in numbers]
            connection.execute(mail.insert(), marks)
        of = sa.select(incident).where(incident.c.incident.in_({row["incident"] for row in rows}))
        found = {row["incident"]: dict(row) for row in connection.execute(of).mappings()}
    return [row | {"of": found[row["incident"]]} for row in rows]


def done(
    region: "Region",
    notice: int,
    state: Literal["sent", "refused"],
    now: datetime,
    says: str | None,
) -> None:
    """Say that a notice went out, or that it was refused for good, and why."""
    mail = schema.mail
    with store_of(region).writing(DUTY) as connection:
        mine = mail.update().where(mail.c.notice == notice)
        connection.execute(mine.values(state=state, at=now, says=says))


def dropped(region: "Region", notices: Collection[int]) -> None:
    """Put notices back that were taken and could not be sent now."""
    mail = schema.mail
    with store_of(region).writing(DUTY) as connection:
        mine = mail.c.notice.in_(list(notices)) & (mail.c.state == TAKEN)
        connection.execute(mail.delete().where(mine))


def message(
    region: "Region", row: dict[str, Any], lang: Literal["zh", "en"], page: str | None
) -> Message:
    """A notice as a message.

    Args:
        region: View of the region.
        row: Of :func:`taken`.
        lang: Language of the message.
        page: Address of the service, as people open it; None for no link.
    """
    of = row["of"]
    place = region.names.get(of["place"], Text(of["place"], of["place"]))
    level = label(f"warning:{of['level']}")
    number = of["incident"]
    drill = Text("[演练]", "[Drill] ") if of["drill"] else Text("", "")
    due, raised = (
        when.astimezone(region.zone).isoformat(" ", "minutes")
        for when in (row["due_at"], of["raised_at"])
    )
    subject = Text(
        f"{drill.zh}{level.zh}:{of['zh']}({place.zh})",
        f"{drill.en}Warning, {level.en}: {of['en']} ({place.en})",
    )
    lines = [
        Text(row["zh"], row["en"]),
        Text(f"事件编号:{number}", f"Incident: {number}"),
        Text(f"发布时刻:{raised}", f"Raised: {raised}"),
        Text(f"请于{due}前确认。", f"Please acknowledge by {due}."),
    ]
    if row["refers"] is not None:
        lines.insert(
            1,
            Text(
                "下级未按时确认,现上报。", "Whoever was told first did not acknowledge it in time."
            ),
        )
    if page:
        link = f"{page.rstrip('/')}/incidents?incident={number}&lang={lang}"
        lines.append(Text(link, link))
    english = lang == "en"
    said = [one.en if english else one.zh for one in lines]
    heading = subject.en if english else subject.zh
    name = f"notice-{row['notice']}@{region.info.id}.hutuo"
    return Message(name, " ".join(heading.split()), "\n\n".join(said) + "\n")


def told(connection: sa.Connection, incident: int) -> dict[int, dict[str, Any]]:
    """By notice of an incident when it went out or was refused, and whom it was refused to."""
    mail, notice = schema.mail, schema.notice
    asked = (
        sa.select(mail)
        .join(notice, notice.c.notice == mail.c.notice)
        .where(notice.c.incident == incident, mail.c.state != TAKEN)
    )
    return {
        row.notice: {"mailed_at": row.at, "mail_refused": row.says}
        for row in connection.execute(asked)
    }
