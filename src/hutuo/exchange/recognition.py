"""Mutual recognition: whether what one institution issued holds at another, with the row behind each reason.

The same rules serve results of medical tests, certificates of training, permits and standards: a scheme
(互认制度) is in force, both institutions are parties and of its level, the item is on its list and on theirs,
its quality was assessed, it is not suspended, and it is not too old.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ConfigDict

from hutuo.base.geographies import today
from hutuo.base.tables import table as declared
from hutuo.exchange.accords import (
    SIDES,
    Accords,
    Row,
    accords,
    called,
    holding,
    holds,
    latest,
    listed,
    party,
    period,
)
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

ISSUES, ACCEPTS = "issues", "accepts"
NONE = {
    "institution": Text("没有登记该机构", "the institution is not registered"),
    "scheme_party": Text(
        "机构本身及其所在地都不是参加方", "neither it nor a place that it lies in is a party"
    ),
    "recognition": Text("没有列该项目", "it does not list the item"),
    "scheme": Text("没有登记该互认制度", "the scheme is not registered"),
}
SIDE = {ISSUES: Text("出具方", "the issuer"), ACCEPTS: Text("接收方", "the acceptor")}


class Recognise(Ask):
    """What is to be recognised: which item, from whom, by whom, when."""

    model_config = ConfigDict(populate_by_name=True)

    item: str = said("项目", "item, as a test")
    from_: str = said("出具机构", "institution that issued it", alias="from")
    to: str = said("接收机构", "institution that is to accept it")
    date_: date | None = said(
        "哪一天;缺省为今天", "day on which it is presented; today if none is given", alias="date",
        default=None,
    )  # fmt: skip
    taken: date | None = said(
        "检查或出具日期;缺省则不看结果是否过期",
        "day on which it was taken or issued; its age is not looked at if none is given",
        default=None,
    )
    scheme: str | None = said("只看该互认制度", "only under this scheme", default=None)


class GroundRow(Answer):
    """One condition, and whether it holds."""

    scheme: str | None = said("互认制度", "scheme under which it is looked at")
    check: str = said("条件", "condition that is looked at")
    check_name: Text = said("条件名称", "what the condition is called")
    holds: bool = said("是否满足", "whether it holds")
    says: Text = said("说明", "what the row says")
    table: str = said("表名", "table of the row, or in which there is none")
    key: dict[str, Any] | None = said("主键", "columns that name the row; null if there is none")
    source: str | None = said("来源", "source of the row")


class Recognition(Answer):
    """Whether it is recognised, and why."""

    valid: bool = said("是否互认", "whether it is recognised")
    says: Text = said("说明", "the answer in a sentence")
    item: str = said("项目", "item")
    item_name: Text = said("项目名称", "what the item is called")
    issued_by: str = said("出具机构", "institution that issued it")
    issued_by_name: Text = said("出具机构名称", "what it is called")
    accepted_by: str = said("接收机构", "institution that is to accept it")
    accepted_by_name: Text = said("接收机构名称", "what it is called")
    day: date = said("日期", "day on which it is presented")
    taken: date | None = said("检查或出具日期", "day on which it was taken or issued")
    schemes: list[str] = said("依据的互认制度", "schemes under which it is recognised")
    until: date | None = said(
        "互认至(含)",
        "last day on which it is; null if no end is known, or it is not or has no age",
    )
    oldest_taken: date | None = said(
        "最早可接受的检查日期",
        "earliest day of taking that would be accepted; null without a limit",
    )
    rows: list[GroundRow] = said("各条件", "conditions, those that fail first")


class Case(NamedTuple):
    """What is judged.

    Attributes:
        item: Item.
        issued_by: Institution that issued it.
        accepted_by: Institution that is to accept it.
        day: Day on which it is presented.
        taken: Day on which it was taken; None if its age is not looked at.
    """

    item: str
    issued_by: str
    accepted_by: str
    day: date
    taken: date | None = None

    @property
    def made(self) -> date:
        """Day on which the issuer must have been fit: that of taking, else of presenting."""
        return self.taken or self.day

    def side(self, side: str) -> tuple[str, date]:
        """Institution of a side, and the day on which it must be fit."""
        return (self.issued_by, self.made) if side == ISSUES else (self.accepted_by, self.day)


class Ground(NamedTuple):
    """One condition of a scheme, and the row that says whether it holds."""

    scheme: str | None
    check: str
    holds: bool
    says: Text
    table: str
    row: Row | None


@verb("判断检查检验结果等是否互认", columns=("check_name", "holds", "says", "table", "key"))
def recognise(region: "Region", ask: Recognise) -> Recognition:
    """Tell whether what one institution issued is recognised by another, with the row behind each reason.

    Example:
        ``hutuo exchange recognise --item glucose --from h1 --to h2 --date 2026-07-01 --taken 2026-06-28``
    """
    case = Case(ask.item, ask.from_, ask.to, ask.date_ or today(region), ask.taken)
    known = accords(region, ask.item, [ask.from_, ask.to])
    grounds = judged(known, case, ask.scheme)
    schemes = recognising(grounds)
    rows = sorted(grounds, key=lambda ground: ground.holds)
    item = latest(
        row for (_, item), rows in known.items.items() if item == ask.item for row in rows
    )
    return Recognition(
        valid=bool(schemes),
        says=_summed(grounds, schemes),
        item=ask.item,
        item_name=called(item, ask.item),
        issued_by=ask.from_,
        issued_by_name=called(latest(known.institutions.get(ask.from_, ())), ask.from_),
        accepted_by=ask.to,
        accepted_by_name=called(latest(known.institutions.get(ask.to, ())), ask.to),
        day=case.day,
        taken=ask.taken,
        schemes=schemes,
        until=last_day(known, case, ask.scheme) if schemes and ask.taken else None,
        oldest_taken=_oldest(known, case, schemes),
        rows=[_told(ground) for ground in rows],
    )


def judged(known: Accords, case: Case, scheme: str | None = None) -> list[Ground]:
    """Every condition of every scheme that has the item on its list.

    Args:
        known: The registers.
        case: What is judged.
        scheme: Only this scheme.

    Returns:
        Conditions, scheme by scheme; one that fails if no scheme ever listed the item.
    """
    schemes = [
        name for name, item in sorted(known.items) if item == case.item and scheme in {None, name}
    ]
    if not schemes:
        says = Text(
            f"没有互认制度列有项目“{case.item}”", f"no scheme has item '{case.item}' on its list"
        )
        return [_lacks(scheme, "item", says, "scheme_item", None)]
    return [ground for name in schemes for ground in _of_scheme(known, case, name)]


def recognising(grounds: list[Ground]) -> list[str]:
    """Schemes of which every condition holds."""
    failing = {ground.scheme for ground in grounds if not ground.holds}
    return sorted({g.scheme for g in grounds if g.scheme is not None} - failing)


def last_day(known: Accords, case: Case, scheme: str | None = None) -> date | None:
    """The last day up to which what is recognised stays so without a gap; None if no end is known.

    Nothing changes but where a period begins or ends, so only those days are judged again.
    """
    for day in _turns(known, case):
        if not recognising(judged(known, case._replace(day=day), scheme)):
            return day - timedelta(days=1)
    return None


def _of_scheme(known: Accords, case: Case, name: str) -> Iterator[Ground]:
    rows = known.schemes.get(name, ())
    now = holding(rows, case.day)
    scheme = now or latest(rows)
    yield _dated(name, "in_force", "scheme", (now, scheme), case.day)
    now = holding(known.items[name, case.item], case.day)
    item = now or latest(known.items[name, case.item])
    yield _dated(name, "item", "scheme_item", (now, item), case.day)
    for side in (ISSUES, ACCEPTS):
        yield from _of_side(known, case, side, (scheme, item))
    yield from _suspended(known, case, name)
    if item is not None and case.taken is not None:
        yield _aged(case, name, item)


def _of_side(
    known: Accords, case: Case, side: str, rules: tuple[Row | None, Row | None]
) -> Iterator[Ground]:
    """What an institution must be: known, of the kinds and the level, a party, and listing the item."""
    scheme, item = rules
    if scheme is None or item is None:
        return
    who, day = case.side(side)
    rows = known.institutions.get(who, ())
    now = holding(rows, day)
    name = scheme["scheme"]
    yield _dated(name, f"{side}_known", "institution", (now, latest(rows)), day)
    if now is None:
        return
    yield from _fit(scheme, item, side, now)
    joined = party(known, name, now, side)
    # A party leaves with the day of presenting, whatever it was on the day of taking.
    yield _dated(
        name,
        f"{side}_party",
        "scheme_party",
        (holding(joined, case.day), latest(joined)),
        case.day,
    )
    if side == ISSUES or not scheme["accepts_unlisted"]:
        yield from _listing(known, case, side, (scheme, item))


def _fit(scheme: Row, item: Row, side: str, institution: Row) -> Iterator[Ground]:
    name, kinds = scheme["scheme"], listed(scheme["kinds"])
    who = SIDE[side]
    if kinds and institution["kind"] not in kinds:
        says = Text(
            f"{who.zh}类型为{institution['kind']},限{'、'.join(kinds)}",
            f"{who.en} is of kind {institution['kind']}; taking part: {', '.join(kinds)}",
        )
        yield _lacks(name, f"{side}_kind", says, "institution", institution)
    least = item["least_level"] if item["least_level"] is not None else scheme["least_level"]
    if least is None or institution["kind"] in listed(scheme["without_level"]):
        return
    level = institution["level"]
    says = Text(
        f"{who.zh}级别为{_or_none(level, '无')},要求不低于{least}",
        f"level of {who.en} is {_or_none(level, 'none')}, at least {least} is asked for",
    )
    good = level is not None and level >= least
    yield Ground(name, f"{side}_level", good, says, "institution", institution)


def _listing(known: Accords, case: Case, side: str, rules: tuple[Row, Row]) -> Iterator[Ground]:
    scheme, item = rules
    who, day = case.side(side)
    name = scheme["scheme"]
    rows = [
        row for row in known.listings.get((name, who, case.item), ()) if row["side"] in SIDES[side]
    ]
    now = holding(rows, day)
    yield _dated(name, f"{side}_list", "recognition", (now, latest(rows)), day)
    least = item["least_quality"] if item["least_quality"] is not None else scheme["least_quality"]
    if side == ACCEPTS or now is None or least is None:
        return
    quality = now["quality"]
    says = Text(
        f"质量等级为{_or_none(quality, '未评价')},要求不低于{least}",
        f"quality is {_or_none(quality, 'not assessed')}, at least {least} is asked for",
    )
    good = quality is not None and quality >= least
    yield Ground(name, "quality", good, says, "recognition", now)


def _suspended(known: Accords, case: Case, name: str) -> Iterator[Ground]:
    """Suspensions of the issuer on the day of taking or of presenting."""
    for row in known.suspensions.get((name, case.issued_by), ()):
        if row["item"] not in {None, case.item}:
            continue
        if holds(row, case.made) or holds(row, case.day):
            when = period(row)
            says = Text(
                f"{when.zh}暂停互认:{row['reason']}", f"suspended {when.en}: {row['reason']}"
            )
            yield _lacks(name, "suspended", says, "suspension", row)


def _aged(case: Case, name: str, item: Row) -> Ground:
    days, most = (case.day - case.made).days, item["validity_days"]
    if days < 0:
        says = Text(
            f"检查日期{case.taken}晚于{case.day}",
            f"it was taken on {case.taken}, after {case.day}",
        )
        return _lacks(name, "age", says, "scheme_item", item)
    limit = (
        Text("无期限", "no limit") if most is None else Text(f"有效{most}天", f"valid {most} days")
    )
    says = Text(f"结果已{days}天,{limit.zh}", f"the result is {days} days old, {limit.en}")
    return Ground(name, "age", most is None or days <= most, says, "scheme_item", item)


def _lacks(scheme: str | None, check: str, says: Text, table: str, row: Row | None) -> Ground:
    """A condition that does not hold."""
    return Ground(scheme, check, holds=False, says=says, table=table, row=row)


def _dated(
    scheme: str, check: str, table: str, rows: tuple[Row | None, Row | None], day: date
) -> Ground:
    """Whether there is a row that holds on a day; else the last one that did, or that there is none."""
    now, last = rows
    row = now or last
    if row is None:
        says = NONE[table]
    else:
        when = period(row)
        says = when if now else Text(f"{day}不在有效期:{when.zh}", f"not on {day}: {when.en}")
    return Ground(scheme, check, now is not None, says, table, row)


def _turns(known: Accords, case: Case) -> list[date]:
    """Days after the one asked about on which the answer may change, in order."""
    rows = [
        *(row for several in known.schemes.values() for row in several),
        *(row for several in known.parties.values() for row in several),
        *(r for (_, item), several in known.items.items() if item == case.item for r in several),
        *(row for who in (case.issued_by, case.accepted_by) for row in known.institutions.get(who, ())),
        *(r for (_, _, item), several in known.listings.items() if item == case.item for r in several),
        *(row for (_, who), several in known.suspensions.items() if who == case.issued_by for row in several),
    ]  # fmt: skip
    days = {row[end] for row in rows for end in ("valid_from", "valid_to")}
    for row in rows:
        if row.get("validity_days") is not None:
            days.add(case.made + timedelta(days=row["validity_days"] + 1))
    return sorted(day for day in days if day is not None and day > case.day)


def _oldest(known: Accords, case: Case, schemes: list[str]) -> date | None:
    """The earliest day of taking that is not too old under one of the schemes."""
    rows = [holding(known.items[name, case.item], case.day) for name in schemes]
    days = [row["validity_days"] for row in rows if row is not None]
    return case.day - timedelta(days=max(days)) if days and None not in days else None


def _summed(grounds: list[Ground], schemes: list[str]) -> Text:
    if schemes:
        names = "、".join(schemes), ", ".join(schemes)
        return Text(f"互认,依据{names[0]}", f"recognised under {names[1]}")
    told = [ground for ground in grounds if not ground.holds]
    words = [(label(f"check:{g.check}"), g.says, f"{g.scheme} " if g.scheme else "") for g in told]
    return Text(
        f"不予互认:{';'.join(f'{where}{name.zh}:{says.zh}' for name, says, where in words)}",
        f"not recognised: {'; '.join(f'{where}{name.en}: {says.en}' for name, says, where in words)}",
    )


def _told(ground: Ground) -> GroundRow:
    row = ground.row
    keys = declared(ground.table).keys
    return GroundRow(
        check_name=label(f"check:{ground.check}"),
        key={name: row[name] for name in keys} if row is not None else None,
        source=row["source"] if row is not None else None,
        **{name: getattr(ground, name) for name in ("scheme", "check", "holds", "says", "table")},
    )


def _or_none(value: object, otherwise: str) -> object:
    return otherwise if value is None else value
