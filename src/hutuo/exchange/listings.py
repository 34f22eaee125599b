"""Listings: what is offered and what is sought, on markets, with its rights and all its versions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from hutuo.base.branches import Object
from hutuo.base.geographies import today
from hutuo.base.sharing.rights import only
from hutuo.base.store import store_of
from hutuo.errors import BadAsk, one_of
from hutuo.exchange import schema
from hutuo.exchange.lying import around
from hutuo.exchange.markets import checked, market_of
from hutuo.exchange.moves import OPEN, amended, made, moved
from hutuo.exchange.rights import RightRow, position, register, right_rows, unknown
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row, history, newest, now, standing
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Listing",
    "ListingAnswer",
    "ListingRow",
    "ListingVersion",
    "Listings",
    "ListingsAnswer",
    "RightState",
    "about",
    "listing",
    "listings",
    "wanted",
]

Action = Literal[
    "show", "make", "amend", "match", "negotiate", "contract", "settle", "relist", "withdraw"
]
State = Literal["listed", "matched", "negotiated", "contracted", "settled", "withdrawn"]
RightState = Literal[
    "granted", "published", "applied", "expired", "lapsed", "revoked", "refused", "unknown", "none"
]
# Columns that one says of a listing, and those that say what it is about.
SAID = ("body", "title", "text", "field", "place", "readiness", "until", "note", "by")
SAME = (
    "listing", "version", "market", "body", "title", "text", "field", "place", "readiness", "until",
    "details", "state", "partner", "contract", "note", "by", "recorded_at",
)  # fmt: skip


class Listing(Ask):
    """Which listing, and what to do with it."""

    action: Action = said(
        "操作:查看、发布、修改、对接、洽谈、签约、结清、重新挂出、撤回",
        "show it; make or amend it; say that it is matched, negotiated, contracted, settled; list it again;"
        " withdraw it",
        default="show",
    )
    listing: str | None = said(
        "信息编号;发布时缺省则自动编号", "id of the listing; a new one is numbered if none is given",
        default=None, min_length=1, max_length=100, pattern=r"^[^\s:@/|]+$",
    )  # fmt: skip
    market: str | None = said("市场;发布时必填", "market; making one needs it", default=None)
    body: str | None = said("发布机构", "body that lists it", default=None, max_length=200)
    title: str | None = said("标题", "title", default=None, min_length=1, max_length=300)
    text: str | None = said("正文", "what is said of it", default=None, max_length=20_000)
    field: str | None = said("领域", "field, as of industry", default=None, max_length=200)
    place: str | None = said("地点", "unit or place", default=None)
    readiness: int | None = said(
        "技术就绪度(1至9)", "technology readiness level, 1..9", default=None, ge=1, le=9
    )
    until: date | None = said("有效至(含)", "last day on which it is open", default=None)
    rights: tuple[str, ...] | None = said(
        "知识产权编号(见表ip_right)",
        "numbers of rights of intellectual property, as in table ip_right",
        default=None,
        max_length=100,
    )
    details: Object | None = said(
        "该市场的专有字段(JSON);修改时整体替换",
        "fields of its market as JSON; an amendment replaces them all",
        default=None,
    )
    partner: str | None = said("对方信息", "the other listing, of a match", default=None)
    contract: str | None = said("合同", "contract that came of it", default=None, max_length=200)
    note: str | None = said("备注", "remark", default=None, max_length=2000)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Listings(Ask):
    """Which listings to look for."""

    market: str | None = said("市场", "only on this market", default=None)
    state: tuple[State, ...] = said(
        "状态;缺省为在列的",
        "only in these states; those that are open if none is given",
        default=OPEN,
    )
    body: str | None = said("只要该机构的", "only those of this body", default=None)
    field: str | None = said("只要该领域的", "only of this field", default=None)
    place: str | None = said("只要该地点内的", "only those that lie in this place", default=None)
    readiness: int | None = said(
        "最低技术就绪度", "least technology readiness level", default=None, ge=1, le=9
    )
    right_state: RightState | None = said(
        "知识产权状态", "only where the best of its rights stands so", default=None
    )
    words: str | None = said("标题或正文含", "only with these words in it", default=None)
    most: int = said("最多条数", "most listings to give", default=100, ge=1, le=10_000)
    offset: int = said("跳过条数", "how many to pass over", default=0, ge=0)


class ListingRow(Answer):
    """A listing as it stands."""

    listing: str = said("信息编号", "id of the listing")
    version: int = said("版本", "version, from 1")
    market: str = said("市场", "market that it is on")
    market_name: Text = said("市场名称", "what the market is called")
    body: str = said("发布机构", "body that lists it")
    title: str = said("标题", "title")
    text: str = said("正文", "what is said of it")
    field: str | None = said("领域", "field, as of industry")
    place: str | None = said("地点", "unit or place")
    place_name: Text | None = said("地点名称", "what the place is called")
    readiness: int | None = said("技术就绪度", "technology readiness level, 1..9")
    until: date | None = said("有效至(含)", "last day on which it is open")
    rights: list[RightRow] = said("知识产权", "rights that it rests on, with their state")
    right_state: str = said(
        "知识产权状态",
        "state of the best of them; none if it names none, unknown if not registered",
    )
    right_state_name: Text = said("知识产权状态名称", "what that is called")
    details: dict[str, Any] = said("专有字段", "fields of its market")
    state: str = said("状态", "listed, matched, negotiated, contracted, settled or withdrawn")
    state_name: Text = said("状态名称", "what the state is called")
    partner: str | None = said("对方信息", "the other listing, of a match")
    contract: str | None = said("合同", "contract that came of it")
    note: str | None = said("备注", "remark on the last change")
    by: str | None = said("经手", "who made the last change")
    recorded_at: datetime | None = said(
        "记录时间", "when the last change was recorded; null if it was only checked"
    )


class ListingVersion(Answer):
    """One version of a listing."""

    version: int = said("版本", "version, from 1")
    state: str = said("状态", "state in that version")
    state_name: Text = said("状态名称", "what the state is called")
    differs: list[str] = said("变动字段", "columns that differ from the version before")
    note: str | None = said("备注", "remark")
    by: str | None = said("经手", "who wrote it")
    recorded_at: datetime = said("记录时间", "when it was recorded")


class ListingAnswer(ListingRow):
    """A listing and what was done with it."""

    action: Action = said("操作", "what was done")
    check: bool = said("只检查", "whether nothing was written")
    versions: list[ListingVersion] = said("历次版本", "all versions, the first one first")


class ListingsAnswer(Answer):
    """Listings that were looked for."""

    total: int = said("总数", "how many there are")
    rows: list[ListingRow] = said("信息", "listings, the newest change first")


@verb("查看、发布或变更一条供需信息")
def listing(region: "Region", ask: Listing) -> ListingAnswer:
    """Show a listing, make or amend it, or move it on: matched, negotiated, contracted, settled, withdrawn.

    Example:
        ``hutuo exchange listing --action make --market need --body firm-1 --title 轴承寿命短``
    """
    store = store_of(region)
    if ask.action == "show":
        with store.reading(EXCHANGE) as connection:
            return _told(region, ask, connection, wanted(region, connection, ask.listing))
    _fit(region, ask)
    with store.writing(EXCHANGE) as connection:
        attempt = connection.begin_nested()
        answer = _told(region, ask, connection, _changed(connection, ask))
        if ask.check:
            attempt.rollback()
    return answer


@verb(
    "查询供需信息",
    columns=(
        "listing", "market_name", "title", "body", "place_name", "readiness", "right_state_name",
        "state_name",
    ),
)  # fmt: skip
def listings(region: "Region", ask: Listings) -> ListingsAnswer:
    """Look for listings by market, field, place, readiness, state of rights and words.

    Example:
        ``hutuo exchange listings --market result --readiness 6``
    """
    asked = _asked(region, ask)
    with store_of(region).reading(EXCHANGE) as connection:
        found = [dict(row) for row in connection.execute(asked).mappings()]
    day, lies = today(region), around(region) if ask.place else {}
    known = register(region, (right for row in found for right in row["rights"]))
    rows = [
        row
        for row in found
        if (ask.place is None or ask.place in lies.get(row["place"], {row["place"]}))
        and ask.right_state in {None, position(row["rights"], known, day)}
    ]
    chosen = rows[ask.offset : ask.offset + ask.most]
    return ListingsAnswer(
        total=len(rows), rows=[ListingRow(**about(region, row, known, day)) for row in chosen]
    )


def about(region: "Region", row: Row, known: Any, day: date) -> dict[str, Any]:
    """What is told of a listing."""
    state = position(row["rights"], known, day)
    place = row["place"]
    return {name: row[name] for name in SAME} | {
        "market_name": market_of(row["market"]).name,
        "place_name": region.names.get(place, Text(place, place)) if place else None,
        "rights": right_rows(row["rights"], known, day),
        "right_state": state,
        "right_state_name": label(f"right_state:{state}"),
        "state_name": label(f"listing_state:{row['state']}"),
    }


def wanted(region: "Region", connection: sa.Connection, name: str | None) -> Row:
    """The version of a listing that stands.

    Raises:
        NotFound: There is no listing of that id.
        BadAsk: None was named.
    """
    row = newest(connection, schema.listing, _needed(name), region.as_of)
    if row is None:
        asked = sa.select(schema.listing.c.listing).where(standing(schema.listing, region.as_of))
        raise one_of(name or "", "listing", [found for (found,) in connection.execute(asked)])
    return row


def _fit(region: "Region", ask: Listing) -> None:
    """Check what is said against the registers, before anybody is made to wait for the transaction."""
    if ask.place is not None:
        region.name_of(ask.place)
    if ask.rights is not None:
        unknown(ask.rights, register(region, ask.rights))


def _changed(connection: sa.Connection, ask: Listing) -> Row:
    at = now()
    given: dict[str, Any] = {name: getattr(ask, name) for name in SAID}
    rights = None if ask.rights is None else list(dict.fromkeys(ask.rights))
    if ask.action == "make":
        _complete(ask)
        own = checked(ask.market or "", ask.details or {})
        given |= {"text": ask.text or "", "rights": rights or [], "details": own}
        given |= {"listing": ask.listing, "market": ask.market}
        return made(connection, given, at)
    name = _needed(ask.listing)
    row = newest(connection, schema.listing, name)
    if row is not None:
        only(row["body"])
    if ask.action == "amend":
        details = (
            None if ask.details is None or row is None else checked(row["market"], ask.details)
        )
        return amended(connection, name, given | {"rights": rights, "details": details}, at)
    whole = {column: getattr(ask, column) for column in ("partner", "contract", "note", "by")}
    return moved(connection, name, ask.action, whole, at)


def _complete(ask: Listing) -> None:
    """A new listing names its market, its body and its title.

    Raises:
        NotFound: There is no such market.
        BadAsk: One of them is missing.
    """
    missing = [name for name in ("market", "body", "title") if not getattr(ask, name)]
    if missing:
        names = "、".join(missing), ", ".join(missing)
        raise BadAsk(Text(f"发布须给出{names[0]}", f"a new listing needs {names[1]}"))
    market_of(ask.market or "")


def _needed(name: str | None) -> str:
    if not name:
        hint = Text("查询:hutuo exchange listings", "look for it by: hutuo exchange listings")
        raise BadAsk(Text("须给出信息编号listing", "listing is needed: its id"), hint)
    return name


def _told(region: "Region", ask: Listing, connection: sa.Connection, row: Row) -> ListingAnswer:
    past = history(connection, schema.listing, row["listing"])
    if region.as_of is not None and ask.action == "show":
        past = [one for one in past if one["recorded_at"] <= region.as_of]
    shown: dict[str, Any] = row | {"recorded_at": None} if ask.check else row
    past = past[:-1] if ask.check else past
    return ListingAnswer(
        **about(region, shown, register(region, row["rights"]), today(region)),
        action=ask.action,
        check=ask.check,
        versions=_versions(past),
    )


def _versions(past: Sequence[Row]) -> list[ListingVersion]:
    kept = {*SAME, "rights"} - {"version", "recorded_at", "note", "by"}
    return [
        ListingVersion(
            **{name: row[name] for name in ("version", "state", "note", "by", "recorded_at")},
            state_name=label(f"listing_state:{row['state']}"),
            differs=sorted(name for name in kept if before and row[name] != before[name]),
        )
        for before, row in zip([None, *past], past, strict=False)
    ]


def _asked(region: "Region", ask: Listings) -> sa.Select[Any]:
    table = schema.listing.c
    if ask.market is not None:
        market_of(ask.market)
    if ask.place is not None:
        region.name_of(ask.place)
    tests = [standing(schema.listing, region.as_of), table.state.in_(ask.state)]
    same = {"market": ask.market, "body": ask.body, "field": ask.field}
    tests += [table[name] == value for name, value in same.items() if value is not None]
    if ask.readiness is not None:
        tests.append(table.readiness >= ask.readiness)
    if ask.words:
        both = table.title + "\n" + table.text
        tests.append(both.icontains(ask.words, autoescape=True))
    return sa.select(schema.listing).where(*tests).order_by(table.change.desc())
