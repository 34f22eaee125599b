"""Bodies that share a service: those of the region, and those that joined the deployment."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Body", "bodies", "joined", "known", "named"]

_body = schema.body


class Body(NamedTuple):
    """A body.

    Attributes:
        body: Its id.
        name: What it is called.
        kind: Kind of body, as table body has them.
        joined: Whether it joined the deployment, rather than being the region's own.
    """

    body: str
    name: Text
    kind: str
    joined: bool


def bodies(region: "Region", connection: sa.Connection) -> dict[str, Body]:
    """All bodies by id, the region's own first.

    Who there is, is known to all who are let in: an administrator names bodies and may read no table.
    """
    with deeds.acting(deeds.THE_OWNER):
        rows = region.records("body")
    found = {
        row["body"]: Body(row["body"], Text(row["zh"], row["en"]), row["kind"], joined=False)
        for row in rows
    }
    for row in connection.execute(sa.select(_body).order_by(_body.c.body)):
        found.setdefault(row.body, Body(row.body, Text(row.zh, row.en), row.kind, joined=True))
    return found


def known(region: "Region", connection: sa.Connection, body: str) -> None:
    """Refuse a body that there is not.

    Raises:
        NotFound: There is none of that id.
    """
    there = bodies(region, connection)
    if body not in there:
        raise one_of(body, "body", list(there))


def joined(region: "Region", connection: sa.Connection, body: Body) -> None:
    """Let a body join, or change what one that joined is called.

    Raises:
        BadAsk: It is one of the region's own.
    """
    before = bodies(region, connection).get(body.body)
    if before is not None and not before.joined:
        raise BadAsk(
            Text(f"机构{body.body}属于地区数据", f"body {body.body} is one of the region's own"),
            Text("用base put更改数据表body", "change table body by base put"),
        )
    connection.execute(_body.delete().where(_body.c.body == body.body))
    row = {"body": body.body, "zh": body.name.zh, "en": body.name.en, "kind": body.kind}
    connection.execute(_body.insert(), row | {"made_at": datetime.now(UTC)})


def named(there: dict[str, Body], body: str | None) -> Text:
    """What a body is called; its id where it is not known any more."""
    if body is None:
        return Text("", "")
    return there[body].name if body in there else Text(body, body)
