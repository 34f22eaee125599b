"""Policies of cities: what is ruled where on a day, what is missing, what differs, what is recognised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.figures import unit_name
from hutuo.errors import BadAsk
from hutuo.glossary import both, label
from hutuo.plan.registers import day_of, named, within
from hutuo.units import convert
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

State = Literal["in_force", "expiring", "gap"]


class Policies(Ask):
    """Which policies to compare."""

    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)
    places: tuple[str, ...] = said(
        "要比较的地点;缺省为登记过政策的",
        "places to compare; those that the register ever had a policy of if none is given",
        default=(),
    )
    place: str | None = said(
        "只要该地点及其中地点的", "only this place and places in it", default=None
    )
    topics: tuple[str, ...] = said(
        "要比较的领域;缺省为登记过的",
        "topics to compare; those that the register ever had if none is given",
        default=(),
    )
    within_days: int = said(
        "多少天内到期的算作将到期",
        "days within which a policy counts as expiring",
        default=90,
        ge=0,
        le=36_600,
    )
    only: tuple[State, ...] = said(
        "只要这些状态的格", "only cells in these states", default=("in_force", "expiring", "gap")
    )


class PolicyRow(Answer):
    """One policy that holds."""

    policy: str = said("政策", "id of the policy")
    title: Text = said("政策名称", "title")
    rule: Text | None = said("规则", "what it rules in short")
    value: float | None = said("数值", "figure of the rule")
    unit: str | None = said("计量单位", "unit of the figure")
    valid_from: date | None = said("有效期起", "first day on which it holds")
    valid_to: date | None = said("有效期止(不含)", "day from which it no longer holds")
    days_left: int | None = said("剩余天数", "days until then; null if no end is known")
    recognises: list[str] = said("互认", "policies of other places that it accepts")
    source: str | None = said("来源", "source of the row; null if none is named")
    note: Text | None = said("备注", "remark")


class CellRow(Answer):
    """One topic in one place."""

    topic: str = said("领域", "what is ruled")
    place: str = said("地点", "city or other place")
    place_name: Text = said("地点名称", "what the place is called")
    state: str = said("状态", "in_force, expiring, or gap")
    state_name: Text = said("状态名称", "what the state is called")
    says: Text | None = said("规则", "what is ruled; null for a gap")
    last_to: date | None = said("前一政策的止日", "for a gap: day on which the last policy ended")
    policies: list[PolicyRow] = said("政策", "policies that hold")


class TopicRow(Answer):
    """One topic compared between the places."""

    topic: str = said("领域", "what is ruled")
    have: int = said("有政策的地点数", "places with a policy")
    lacking: list[str] = said("空缺的地点", "places without one")
    same: bool | None = said(
        "规则是否一致", "whether all that have one rule the same; null for fewer than two"
    )
    rules: list[Text] = said("不同的规则", "rules that differ, each once")
    lowest: float | None = said("最低数值", "lowest figure; null where figures do not compare")
    highest: float | None = said("最高数值", "highest figure")
    unit: str | None = said("计量单位", "unit of both")
    unit_name: Text | None = said("计量单位的名称", "what the unit is called")


class RecognisedRow(Answer):
    """What one place accepts of another."""

    place: str = said("地点", "place that recognises")
    place_name: Text = said("地点名称", "what the place is called")
    other: str = said("对方", "place whose policies are recognised")
    other_name: Text = said("对方名称", "what that place is called")
    topics: int = said("对方有政策的领域数", "topics that the other place has a policy on")
    recognised: int = said("已互认的领域数", "topics of these on which one is recognised")
    share: float | None = said(
        "互认比例(比值)", "share of topics recognised, 0..1; null where the other has none"
    )


class Matrix(Answer):
    """Topics by places on a day."""

    day: date = said("日期", "day that is shown")
    gaps: int = said("空缺数", "number of topics in places without a policy")
    expiring: int = said("将到期的政策数", "number of policies that expire within the days asked")
    rows: list[CellRow] = said("各领域、地点", "by topic and place")
    compared: list[TopicRow] = said("各领域的比较", "topics compared between the places")
    pairs: list[RecognisedRow] = said(
        "互认矩阵", "by pair of places, what one accepts of the other"
    )


class Accepted(NamedTuple):
    """What a place accepts of another: topics that the other rules, and those accepted of them."""

    place: str
    other: str
    topics: int
    recognised: int


@verb(
    "对比各市政策:矩阵、空缺、将到期、互认",
    columns=("topic", "place_name", "state_name", "says", "last_to"),
)
def policies(region: "Region", ask: Policies) -> Matrix:
    """Compare the policies of cities on a day: the matrix, its gaps, what expires, what is recognised."""
    day = day_of(region, ask.day)
    # Places and topics of the whole register: one that lapsed is a gap, not forgotten.
    ever = replace(region, at=None).records("policy")
    holding = replace(region, at=day).records("policy")
    places = list(dict.fromkeys(ask.places)) or sorted({row["place"] for row in ever})
    for place in places:
        region.name_of(place)
    if ask.place is not None:
        there = within(region, ask.place)
        places = [place for place in places if place in there]
    topics = list(dict.fromkeys(ask.topics)) or sorted({row["topic"] for row in ever})
    cells = matrix(holding, topics, places)
    ends = day + timedelta(days=ask.within_days)
    lapsed = last_ends(ever, day)
    rows = [
        _cell(region, key, found, lapsed.get(key), (day, ends)) for key, found in cells.items()
    ]
    return Matrix(
        day=day,
        gaps=sum(not found for found in cells.values()),
        expiring=sum(_expires(row, ends) for found in cells.values() for row in found),
        rows=[row for row in rows if row.state in ask.only],
        compared=[_compared(topic, places, cells) for topic in topics],
        pairs=[_pair(region, one) for one in recognised(holding, topics, places)],
    )


def matrix(
    rows: "Iterable[Row]", topics: Sequence[str], places: Sequence[str]
) -> "dict[tuple[str, str], list[Row]]":
    """Policies by topic and place; every pair of both has an entry, which is empty for a gap."""
    found: dict[tuple[str, str], list[Row]] = {(t, p): [] for t in topics for p in places}
    for row in rows:
        if (row["topic"], row["place"]) in found:
            found[row["topic"], row["place"]].append(row)
    return found


def recognised(
    rows: "Sequence[Row]", topics: Sequence[str], places: Sequence[str]
) -> list[Accepted]:
    """For each ordered pair of places: on how many topics the first accepts a policy of the other.

    Args:
        rows: Policies that hold; ``recognises`` names policies by id, separated by ``|``.
        topics: Topics that count.
        places: Places to pair.

    Returns:
        Every pair of different places, in their order. A policy that no longer holds is not accepted.
    """
    counted = [row for row in rows if row["topic"] in topics]
    of = {row["policy"]: (row["place"], row["topic"]) for row in counted}
    ruled = {(row["place"], row["topic"]) for row in counted}
    accepted = {
        (row["place"], *of[name])
        for row in counted
        for name in split(row["recognises"])
        if name in of
    }
    return [
        Accepted(
            place,
            other,
            sum((other, topic) in ruled for topic in set(topics)),
            sum((place, other, topic) in accepted for topic in set(topics)),
        )
        for place, other in permutations(places, 2)
    ]


def split(listed: str | None) -> list[str]:
    """Names of a list that is separated by ``|``."""
    return [name.strip() for name in (listed or "").split("|") if name.strip()]


def span(rows: "Iterable[Row]") -> tuple[float, float, str] | None:
    """Lowest and highest figure of rules, in the unit of the first; None where they do not compare."""
    told = [(row["value"], row["unit"]) for row in rows if row["value"] is not None]
    if not told or not all(unit for _, unit in told):
        return None
    unit = told[0][1]
    try:
        values = [convert(value, given, unit) for value, given in told]
    except BadAsk:
        # Months against money: nothing is lower than the other.
        return None
    return min(values), max(values), unit


def last_ends(rows: "Iterable[Row]", day: date) -> dict[tuple[str, str], date]:
    """By topic and place the day on which the last policy that is over ended."""
    found: dict[tuple[str, str], date] = {}
    for row in rows:
        key, end = (row["topic"], row["place"]), row["valid_to"]
        if end is not None and end <= day:
            found[key] = max(end, found.get(key, end))
    return found


def _cell(
    region: "Region",
    key: tuple[str, str],
    rows: "Sequence[Row]",
    lapsed: date | None,
    days: tuple[date, date],
) -> CellRow:
    topic, place = key
    expires = any(_expires(row, days[1]) for row in rows)
    state = "gap" if not rows else "expiring" if expires else "in_force"
    return CellRow(
        topic=topic,
        place=place,
        place_name=region.name_of(place),
        state=state,
        state_name=label(f"state:{state}"),
        says=_joined([_rule(row) for row in rows]),
        last_to=None if rows else lapsed,
        policies=[_policy(row, days[0]) for row in rows],
    )


def _policy(row: "Row", day: date) -> PolicyRow:
    same = ("policy", "value", "unit", "valid_from", "valid_to", "source")
    return PolicyRow(
        **{name: row[name] for name in same},
        title=named(row),
        rule=both(row["rule"]),
        days_left=(row["valid_to"] - day).days if row["valid_to"] else None,
        recognises=split(row["recognises"]),
        note=both(row["note"]),
    )


def _compared(
    topic: str, places: Sequence[str], cells: "Mapping[tuple[str, str], Sequence[Row]]"
) -> TopicRow:
    have = [place for place in places if cells[topic, place]]
    said_by = {place: _joined([_rule(row) for row in cells[topic, place]]) for place in have}
    rules = list(dict.fromkeys(rule for rule in said_by.values() if rule))
    found = span(row for place in have for row in cells[topic, place])
    return TopicRow(
        topic=topic,
        have=len(have),
        lacking=[place for place in places if place not in have],
        same=len(rules) == 1 if len(have) > 1 else None,
        rules=rules,
        lowest=found[0] if found else None,
        highest=found[1] if found else None,
        unit=found[2] if found else None,
        unit_name=unit_name(found[2]) if found else None,
    )


def _pair(region: "Region", one: Accepted) -> RecognisedRow:
    return RecognisedRow(
        **one._asdict(),
        place_name=region.name_of(one.place),
        other_name=region.name_of(one.other),
        share=one.recognised / one.topics if one.topics else None,
    )


def _rule(row: "Row") -> Text:
    return both(row["rule"]) or named(row)


def _joined(rules: Sequence[Text]) -> Text | None:
    """Rules of one place in words, in an order of their own, so that two places can be compared."""
    if not rules:
        return None
    told = sorted(set(rules))
    return Text(";".join(rule.zh for rule in told), "; ".join(rule.en for rule in told))


def _expires(row: "Row", ends: date) -> bool:
    return row["valid_to"] is not None and row["valid_to"] <= ends
