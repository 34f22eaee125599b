"""Markets as data: what each is for, which others its listings are matched with, which fields they have.

``markets.csv`` has a row a market, ``marketfields.csv`` one a field that listings of one market have beside
those of all (title, text, field, place, readiness, rights, last day).
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.store import store_of
from hutuo.errors import BadInput, Finding, one_of
from hutuo.exchange import schema
from hutuo.exchange.opening import opening
from hutuo.exchange.schema import EXCHANGE
from hutuo.glossary import Text
from hutuo.verbs import Answer, Ask, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Field",
    "Kept",
    "Market",
    "MarketFieldRow",
    "MarketRow",
    "checked",
    "market",
    "market_of",
    "markets",
]


class Field(NamedTuple):
    """A field that the listings of one market have.

    Attributes:
        field: Its name.
        kind: ``text``, ``integer``, ``number``, ``date``, ``choice`` or ``hours``.
        required: Whether a listing must have it.
        least: Least value; None for no bound.
        most: Largest value; None for no bound.
        values: What a choice may be.
        title: What it is, in words.
    """

    field: str
    kind: str
    required: bool
    least: int | None
    most: int | None
    values: tuple[str, ...]
    title: Text


class Kept(NamedTuple):
    """A market.

    Attributes:
        market: Its id.
        name: What it is called.
        matches: Markets whose listings it is matched with.
        many: Whether one listing serves many at once, so that a match does not take it off.
        fields: Fields of its own, by name.
        source: What it follows from.
    """

    market: str
    name: Text
    matches: tuple[str, ...]
    many: bool
    fields: Mapping[str, Field]
    source: str


class Market(Ask):
    """Which markets to list."""

    market: str | None = said("市场;缺省为全部", "market; all if none is given", default=None)


class MarketFieldRow(Answer):
    """A field that the listings of a market have beside those of all."""

    field: str = said("字段", "name of the field")
    title: Text = said("含义", "what it is")
    kind: str = said("类型", "text, integer, number, date, choice or hours")
    required: bool = said("必填", "whether a listing must have it")
    least: int | None = said("下限", "least value; null without a bound")
    most: int | None = said("上限", "largest value; null without a bound")
    values: list[str] = said("可选值", "what a choice may be")


class MarketRow(Answer):
    """A market and what is on it."""

    market: str = said("市场", "id of the market")
    name: Text = said("市场名称", "what it is called")
    matches: list[str] = said("对接的市场", "markets whose listings it is matched with")
    many: bool = said(
        "可同时服务多方",
        "whether a listing serves many at once, so that a match does not take it off",
    )
    listed: int = said("在列的信息数", "listings that are open: listed, matched or negotiated")
    contracted: int = said("已签约和已成交数", "listings that are contracted or settled")
    judged: int = said("已评价的匹配数", "matches that somebody judged")
    right: int = said("评价为合适的匹配数", "those that were right")
    fields: list[MarketFieldRow] = said("专有字段", "fields of its listings")
    source: str = said("来源", "what the market follows from")


@verb("列出市场及其字段", columns=("market", "name", "matches", "listed", "contracted"))
def market(region: "Region", ask: Market) -> list[MarketRow]:
    """List markets with their fields, what is on them, and how many matches were right."""
    chosen = [market_of(ask.market)] if ask.market else list(markets().values())
    table, judged = schema.listing.c, schema.feedback.c
    states = (
        sa.select(table.market, table.state, sa.func.count())
        .where(table.superseded_at.is_(None))
        .group_by(table.market, table.state)
    )
    votes = sa.select(judged.market, judged.right, sa.func.count()).group_by(
        judged.market, judged.right
    )
    with store_of(region).reading(EXCHANGE) as connection:
        many = {(row[0], row[1]): row[2] for row in connection.execute(states)}
        told = {(row[0], bool(row[1])): row[2] for row in connection.execute(votes)}
    return [_row(one, many, told) for one in chosen]


@cache
def markets() -> Mapping[str, Kept]:
    """All markets, by id."""
    fields: dict[str, dict[str, Field]] = {}
    for row in _rows("marketfields.csv"):
        fields.setdefault(row["market"], {})[row["field"]] = Field(
            row["field"],
            row["kind"],
            row["required"] == "yes",
            int(row["least"]) if row["least"] else None,
            int(row["most"]) if row["most"] else None,
            tuple(row["values"].split("|")) if row["values"] else (),
            Text(row["zh"], row["en"]),
        )
    return {
        row["market"]: Kept(
            row["market"],
            Text(row["zh"], row["en"]),
            tuple(row["matches"].split("|")),
            row["many"] == "yes",
            fields.get(row["market"], {}),
            row["source"],
        )
        for row in _rows("markets.csv")
    }


def market_of(name: str) -> Kept:
    """The market of that id.

    Raises:
        NotFound: There is none.
    """
    if name not in markets():
        raise one_of(name, "market", list(markets()))
    return markets()[name]


def checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A listing's fields of its market, as they are kept; empty ones are left out.

    Args:
        name: Market.
        given: Values by field, as JSON gives them.

    Raises:
        BadInput: A field is missing, unknown or out of its bounds; all findings are told.
    """
    fields = market_of(name).fields
    values = {field: value for field, value in given.items() if value is not None}
    found = list(_faults(fields, values))
    if found:
        zh = f"市场{name}的信息有{len(found)}处问题:"
        raise BadInput(
            Text(zh, f"a listing of market {name} has {len(found)} findings:"),
            [Finding("details", None, field, says) for field, says in found],
        )
    return values


def _faults(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    for name in values.keys() - fields.keys():
        there = ", ".join(fields) or "none"
        yield (
            name,
            Text(f"没有这个字段;可用:{there}", f"there is no such field; possible: {there}"),
        )
    for name, field in fields.items():
        if name in values:
            says = _fault(field, values[name])
            if says is not None:
                yield name, says
        elif field.required:
            yield name, Text("必填", "it is needed")


def _fault(field: Field, value: Any) -> Text | None:
    if field.kind == "choice":
        right = value in field.values
        return None if right else _expected("、".join(field.values), ", ".join(field.values))
    if field.kind in ("integer", "number"):
        return _out_of_bounds(field, value)
    if not isinstance(value, str):
        return _expected("文字", "text")
    if field.kind == "date":
        return _no_date(value)
    if field.kind == "hours":
        return opening(value).fault
    return None


def _out_of_bounds(field: Field, value: Any) -> Text | None:
    kinds = (int,) if field.kind == "integer" else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not isfinite(value):
        return (
            _expected("整数", "a whole number") if kinds == (int,) else _expected("数", "a number")
        )
    if field.least is not None and value < field.least:
        return _expected(f"至少{field.least}", f"at least {field.least}")
    if field.most is not None and value > field.most:
        return _expected(f"至多{field.most}", f"at most {field.most}")
    return None


def _no_date(value: str) -> Text | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return _expected("日期,如2026-12-31", "a date, as 2026-12-31")
    return None


def _expected(zh: str, en: str) -> Text:
    return Text(f"应为{zh}", f"{en} would be right")


def _row(
    one: Kept, many: Mapping[tuple[str, str], int], told: Mapping[tuple[str, bool], int]
) -> MarketRow:
    def summed(*states: str) -> int:
        return sum(many.get((one.market, state), 0) for state in states)

    right, wrong = (told.get((one.market, said), 0) for said in (True, False))
    return MarketRow(
        market=one.market,
        name=one.name,
        matches=list(one.matches),
        many=one.many,
        listed=summed("listed", "matched", "negotiated"),
        contracted=summed("contracted", "settled"),
        judged=right + wrong,
        right=right,
        fields=[
            MarketFieldRow(**field._asdict() | {"values": list(field.values)})
            for field in one.fields.values()
        ],
        source=one.source,
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("hutuo.exchange").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
