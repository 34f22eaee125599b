"""What happens to listings: they are made, amended and moved from state to state, each a new version.

A match binds two listings; what happens to one from then on happens to the other, unless it serves many.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.errors import BadAsk, one_of
from hutuo.exchange import schema
from hutuo.exchange.markets import market_of
from hutuo.exchange.versions import Row, add_version, newest
from hutuo.glossary import Text, label

__all__ = [
    "MOVES",
    "OPEN",
    "Move",
    "amended",
    "made",
    "moved",
]

OPEN = ("listed", "matched", "negotiated")
BOUND = ("matched", "negotiated", "contracted", "settled")


class Move(NamedTuple):
    """States that a move starts from, and the one that it leads to."""

    before: tuple[str, ...]
    after: str


MOVES: Mapping[str, Move] = {
    "match": Move(("listed",), "matched"),
    "negotiate": Move(("matched",), "negotiated"),
    "contract": Move(("negotiated",), "contracted"),
    "settle": Move(("contracted",), "settled"),
    "relist": Move(("matched", "negotiated"), "listed"),
    "withdraw": Move(OPEN, "withdrawn"),
}


def made(connection: sa.Connection, given: Mapping[str, Any], at: datetime) -> Row:
    """Put a listing on its market; without an id it is numbered.

    Raises:
        BadAsk: There is one of that id.
    """
    name = given["listing"] or _numbered(connection, given["market"])
    if newest(connection, schema.listing, name) is not None:
        raise BadAsk(
            Text(f"已有信息“{name}”", f"listing '{name}' is there already"),
            Text("修改用action=amend", "it is changed by action=amend"),
        )
    row = dict(given) | {"listing": name, "state": "listed", "partner": None, "contract": None}
    return add_version(connection, schema.listing, row, at)


def amended(connection: sa.Connection, name: str, given: Mapping[str, Any], at: datetime) -> Row:
    """Change what an open listing says; what is None stays.

    Raises:
        NotFound: There is no such listing.
        BadAsk: It is contracted, settled or withdrawn.
    """
    row = _there(connection, name)
    if row["state"] not in OPEN:
        raise _unfit(row, "amend", OPEN)
    changes = {column: value for column, value in given.items() if value is not None}
    return add_version(connection, schema.listing, row | changes, at)


def moved(
    connection: sa.Connection, name: str, action: str, given: Mapping[str, Any], at: datetime
) -> Row:
    """Move a listing to another state, and its partner with it.

    Args:
        connection: In a transaction of one writer.
        name: Listing.
        action: One of :data:`MOVES`.
        given: ``partner`` (a match needs it), ``contract`` (a contract needs it), ``note`` and ``by``.
        at: When.

    Raises:
        NotFound: There is no such listing, or no such partner.
        BadAsk: Its state, its market or its partner's does not allow it.
    """
    row = _there(connection, name)
    if action == "match":
        partner: Row | None = _bound(connection, row, given["partner"])
    else:
        partner = _partner(connection, row)
    after = _after(row, action, given)
    if partner is not None and not _many(partner):
        # Who withdraws leaves the other on the market.
        with_it = "relist" if action == "withdraw" else action
        mirrored = dict(given) | {"partner": name}
        add_version(connection, schema.listing, _after(partner, with_it, mirrored), at)
    return add_version(connection, schema.listing, after, at)


def _after(row: Row, action: str, given: Mapping[str, Any]) -> Row:
    move = MOVES[action]
    if row["state"] not in move.before:
        raise _unfit(row, action, move.before)
    new = {"state": move.after, "note": given["note"], "by": given["by"]}
    if action == "match":
        new["partner"] = given["partner"]
    elif move.after not in BOUND:
        new["partner"] = None
    if action == "contract":
        new["contract"] = _contract(given["contract"])
    return row | new


def _bound(connection: sa.Connection, row: Row, name: str | None) -> Row:
    """The partner of a match, which must be of a market that this one is matched with."""
    kind = market_of(row["market"])
    if kind.many:
        raise BadAsk(
            Text(
                f"{row['listing']}可同时服务多方,由对方发起对接",
                f"{row['listing']} serves many at once; it is matched from the other side",
            )
        )
    if not name:
        raise BadAsk(Text("对接须给出partner", "a match needs partner, the other listing"))
    partner = _there(connection, name)
    if partner["market"] not in kind.matches:
        raise BadAsk(
            Text(
                f"{name}在市场{partner['market']},{row['market']}只与{'、'.join(kind.matches)}对接",
                f"{name} is on market {partner['market']}; {row['market']} is matched with"
                f" {', '.join(kind.matches)}",
            )
        )
    if partner["state"] != "listed":
        raise _unfit(partner, "match", ("listed",))
    return partner


def _partner(connection: sa.Connection, row: Row) -> Row | None:
    """The other one of a match, unless it serves many and is not bound itself."""
    found = newest(connection, schema.listing, row["partner"]) if row["partner"] else None
    return found if found and found["partner"] == row["listing"] else None


def _there(connection: sa.Connection, name: str) -> Row:
    row = newest(connection, schema.listing, name)
    if row is None:
        asked = sa.select(schema.listing.c.listing).where(schema.listing.c.superseded_at.is_(None))
        names = connection.execute(asked.order_by(schema.listing.c.change.desc()).limit(1000))
        raise one_of(name, "listing", [found for (found,) in names])
    return row


def _numbered(connection: sa.Connection, market: str) -> str:
    """The first id of a market that is free, counted on from how many it has."""
    table = schema.listing.c
    asked = sa.select(sa.func.count(sa.distinct(table.listing))).where(table.market == market)
    number = (connection.execute(asked).scalar() or 0) + 1
    while newest(connection, schema.listing, f"{market}-{number}") is not None:
        number += 1
    return f"{market}-{number}"


def _many(row: Row) -> bool:
    return market_of(row["market"]).many


def _contract(name: str | None) -> str:
    if not name:
        raise BadAsk(Text("签约须给出contract", "contract is needed: which one it is"))
    return name


def _unfit(row: Row, action: str, before: tuple[str, ...]) -> BadAsk:
    state = label(f"listing_state:{row['state']}")
    fit = [label(f"listing_state:{one}") for one in before]
    return BadAsk(
        Text(
            f"{row['listing']}的状态是{state.zh},不能{label(f'move:{action}').zh}",
            f"{row['listing']} is {state.en} and cannot {label(f'move:{action}').en}",
        ),
        Text(
            f"须为{'、'.join(one.zh for one in fit)}",
            f"it may when {' or '.join(one.en for one in fit)}",
        ),
    )
