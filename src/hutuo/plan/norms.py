"""Rules, standards and catalogues of services of several bodies: what is in force, and who recognises it.

A recognition is of one version, or of whichever is in force. One of a version that was replaced stands in the
register and recognises nothing any more; it is told, so that the bodies can renew it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.glossary import both, label
from hutuo.plan.registers import bodies, day_of, named
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "AcceptedRow",
    "NormPair",
    "NormRow",
    "Norms",
    "NormsAnswer",
    "Recognised",
    "norms",
    "pairs_of",
    "stand_of",
]

Kind = Literal["rule", "standard", "services"]
Stand = Literal["live", "expiring", "other_version"]


class Norms(Ask):
    """Which part of the register to show."""

    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)
    kinds: tuple[Kind, ...] = said(
        "类型:规则、标准、服务目录",
        "rules, standards, catalogues of services",
        default=("rule", "standard", "services"),
    )
    topics: tuple[str, ...] = said("只要这些领域的", "only on these topics", default=())
    bodies: tuple[str, ...] = said(
        "要比较的机构;缺省为登记过的",
        "bodies to compare; all of the register if none is given",
        default=(),
    )
    within_days: int = said(
        "多少天内到期的算作将到期",
        "days within which something counts as expiring",
        default=90,
        ge=0,
        le=36_600,
    )


class AcceptedRow(Answer):
    """One recognition that holds on the day."""

    body: str = said("互认机构", "body that recognises")
    body_name: Text = said("机构名称", "what the body is called")
    version: str | None = said("版本", "version recognised; null: whichever is in force")
    extent: str = said("互认范围", "full, partly or conditional")
    condition: Text | None = said("条件", "what is left out, or the condition")
    valid_to: date | None = said("有效期止(不含)", "day from which it no longer holds")
    stand: Stand = said(
        "状态", "live; expiring; other_version: the version in force is not the one recognised"
    )


class NormRow(Answer):
    """One rule, standard or catalogue in the version that is in force."""

    norm: str = said("规则或标准", "its id")
    title: Text = said("名称", "its title")
    kind: Kind = said("类型", "rule, standard or services")
    kind_name: Text = said("类型名称", "what the kind is called")
    body: str = said("制定机构", "body that issued it")
    body_name: Text = said("机构名称", "what the body is called")
    topic: str = said("领域", "what it is on")
    version: str = said("版本", "version in force")
    valid_from: date | None = said("有效期起", "first day of the version")
    valid_to: date | None = said("有效期止(不含)", "day from which it no longer holds")
    days_left: int | None = said("剩余天数", "days until then; null if no end is known")
    items: int = said("条目数", "items of the version")
    accepted_by: list[AcceptedRow] = said("互认", "bodies that recognise it")
    source: str | None = said("来源", "source of the row")


class NormPair(Answer):
    """What one body recognises of another."""

    body: str = said("机构", "body that recognises")
    other: str = said("对方", "body whose rules and standards are meant")
    norms: int = said("对方有效的项数", "rules and standards of the other in force")
    accepted: int = said("已互认的项数", "of these, recognised in the version in force")
    stale: int = said("互认旧版本的项数", "of these, recognised in another version only")
    share: float | None = said(
        "互认比例(比值)", "share recognised, 0..1; null where there are none"
    )


class NormsAnswer(Answer):
    """The register on a day."""

    day: date = said("日期", "day that is shown")
    expiring: int = said("将到期数", "versions and recognitions that expire within the days asked")
    rows: list[NormRow] = said("规则、标准与目录", "what is in force, by topic and body")
    pairs: list[NormPair] = said("互认矩阵", "by ordered pair of bodies")
    findings: list[Text] = said("提示", "recognitions that recognise nothing in force, and why")


class Recognised(NamedTuple):
    """What a body recognises of another.

    Attributes:
        body: Who recognises.
        other: Whose it is.
        norms: Number of norms of the other in force.
        accepted: Of these, recognised in the version in force.
        stale: Of these, recognised in another version only.
    """

    body: str
    other: str
    norms: int
    accepted: int
    stale: int


@verb(
    "查规则、标准与服务目录的互认登记",
    columns=("norm", "title", "body_name", "version", "valid_to", "items"),
)
def norms(region: "Region", ask: Norms) -> NormsAnswer:
    """Show rules, standards and catalogues of services in force, who recognises them, and what expires."""
    day = day_of(region, ask.day)
    ends = day + timedelta(days=ask.within_days)
    held, given = (_on(region, table, day) for table in ("norm", "norm_accepted"))
    rows = [row for row in held if _wanted(row, ask)]
    names, counts = bodies(region), _counts(region)
    by_norm: dict[str, list[Row]] = {}
    for row in given:
        by_norm.setdefault(row["norm"], []).append(row)
    told = [_norm(row, by_norm.get(row["norm"], ()), (day, ends), names, counts) for row in rows]
    asked = ask.bodies or tuple(
        sorted({row["body"] for row in rows} | {row["body"] for row in given})
    )
    shown = {row["norm"] for row in replace(region, at=None).records("norm") if _wanted(row, ask)}
    return NormsAnswer(
        day=day,
        expiring=sum(_expires(row, ends) for row in rows)
        + sum(one.stand == "expiring" for row in told for one in row.accepted_by),
        rows=told,
        pairs=[
            NormPair(**one._asdict(), share=one.accepted / one.norms if one.norms else None)
            for one in pairs_of(rows, given, asked)
        ],
        findings=[
            says for row in given if row["norm"] in shown for says in _findings(row, held, names)
        ],
    )


def pairs_of(
    rows: "Sequence[Row]", given: "Iterable[Row]", between: Sequence[str]
) -> list[Recognised]:
    """For each ordered pair of bodies what the first recognises of the second.

    Args:
        rows: Versions of norms in force, one each norm.
        given: Recognitions that hold.
        between: Bodies to pair.

    Returns:
        Every pair of different bodies, in their order.
    """
    version = {row["norm"]: row["version"] for row in rows}
    live: dict[tuple[str, str], bool] = {}
    for row in given:
        if row["norm"] in version:
            key = row["body"], row["norm"]
            live[key] = live.get(key, False) or stand_of(row, version[row["norm"]])
    found = []
    for body, other in permutations(between, 2):
        theirs = [row["norm"] for row in rows if row["body"] == other]
        told = [live[body, norm] for norm in theirs if (body, norm) in live]
        found.append(Recognised(body, other, len(theirs), sum(told), len(told) - sum(told)))
    return found


def stand_of(row: "Row", version: str) -> bool:
    """Whether a recognition is of the version that is in force."""
    return row["version"] is None or row["version"] == version


def _on(region: "Region", table: str, day: date) -> "list[Row]":
    keys = ("topic", "body", "norm") if table == "norm" else ("norm", "body")
    rows = replace(region, at=day).records(table)
    return sorted(rows, key=lambda row: [row[key] for key in keys])


def _wanted(row: "Row", ask: Norms) -> bool:
    return (
        row["kind"] in ask.kinds
        and (not ask.topics or row["topic"] in ask.topics)
        and (not ask.bodies or row["body"] in ask.bodies)
    )


def _counts(region: "Region") -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in region.records("norm_item"):
        key = row["norm"], row["version"]
        found[key] = found.get(key, 0) + 1
    return found


def _expires(row: "Row", ends: date) -> bool:
    return row["valid_to"] is not None and row["valid_to"] <= ends


def _norm(
    row: "Row",
    given: "Sequence[Row]",
    days: tuple[date, date],
    names: Mapping[str, Text],
    counts: Mapping[tuple[str, str], int],
) -> NormRow:
    same = ("norm", "kind", "body", "topic", "version", "valid_from", "valid_to", "source")
    return NormRow(
        **{name: row[name] for name in same},
        title=named(row),
        kind_name=label(f"norm_kind:{row['kind']}"),
        body_name=names[row["body"]],
        days_left=(row["valid_to"] - days[0]).days if row["valid_to"] else None,
        items=counts.get((row["norm"], row["version"]), 0),
        accepted_by=[_accepted(one, row["version"], days[1], names) for one in given],
    )


def _accepted(row: "Row", version: str, ends: date, names: Mapping[str, Text]) -> AcceptedRow:
    stand: Stand = "expiring" if _expires(row, ends) else "live"
    if not stand_of(row, version):
        stand = "other_version"
    same = ("body", "version", "extent", "valid_to")
    return AcceptedRow(
        **{name: row[name] for name in same},
        body_name=names[row["body"]],
        condition=both(row["condition"]),
        stand=stand,
    )


def _findings(row: "Row", held: "Sequence[Row]", names: Mapping[str, Text]) -> list[Text]:
    """What is to be told of a recognition; nothing where it is of what is in force."""
    who, norm = names[row["body"]], row["norm"]
    now = next((one["version"] for one in held if one["norm"] == norm), None)
    if now is None:
        zh, en = "该日没有有效版本", "it has no version in force on the day"
    elif not stand_of(row, now):
        zh = f"互认的是{row['version']}版,有效的是{now}版"
        en = f"version {row['version']} is recognised, {now} is in force"
    else:
        return []
    return [Text(f"{who.zh}互认的{norm}:{zh}", f"{norm}, recognised by {who.en}: {en}")]
