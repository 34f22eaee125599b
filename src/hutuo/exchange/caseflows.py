"""Cases between places, as transfers of social insurance (社会保险关系转移接续): how long they take by pair.

Cases that are still open have not ended sooner than the others: leaving them out would make a slow pair look
quick. They count up to the day that is looked at (Kaplan and Meier 1958, Nonparametric estimation from
incomplete observations); cases that were withdrawn or refused leave on the day they were closed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ConfigDict

from hutuo.base.geographies import today
from hutuo.exchange.lying import around, cities, city_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

HALF = Fraction(1, 2)
DONE = "done"


class CaseTimes(Ask):
    """Which cases to look at."""

    model_config = ConfigDict(populate_by_name=True)

    kind: str | None = said("只要该业务类型的", "only cases of this kind", default=None)
    from_: str | None = said(
        "只要转出地在该地点的", "only those from this place", alias="from", default=None
    )
    to: str | None = said("只要转入地在该地点的", "only those to this place", default=None)
    since: date | None = said("自哪一天起受理的", "opened on this day or later", default=None)
    until: date | None = said("到哪一天(含)受理的", "opened on this day or sooner", default=None)
    day: date | None = said(
        "按哪一天的情况;缺省为今天", "as things stood on this day; today if none is given", default=None
    )  # fmt: skip
    by_city: bool = said(
        "是否按地级市汇总", "whether places are taken together by city", default=False
    )
    limit_days: int | None = said(
        "办理时限(天)", "days within which a case should be done", default=None, ge=0
    )


class CaseTimesRow(Answer):
    """Cases of one kind from one place to another."""

    kind: str = said("业务类型", "kind of case")
    from_place: str = said("转出地", "where they come from")
    from_place_name: Text = said("转出地名称", "what the place is called")
    to_place: str = said("转入地", "where they go to")
    to_place_name: Text = said("转入地名称", "what the place is called")
    cases: int = said("办件数", "number of cases")
    finished: int = said("已办结", "cases that are done")
    still_open: int = said("在办", "cases that are still open")
    ended_otherwise: int = said("撤回或未通过", "cases that were withdrawn or refused")
    median_days: int | None = said(
        "中位办理天数", "days within which half of them are done; null if that is not reached yet"
    )
    median_says: Text = said("中位办理天数(文字)", "the same in words")
    within_limit: float | None = said(
        "时限内办结比例(比值)",
        "share done within the limit, 0..1; null without a limit or if no case was followed so long",
    )
    oldest_days: int | None = said(
        "在办最久天数", "days that the oldest open case has been open; null if none is"
    )


class CaseTimesAnswer(Answer):
    """How long cases take."""

    day: date = said("日期", "day as of which it is told")
    rows: list[CaseTimesRow] = said("各对地点", "by kind and pair of places, the slowest first")
    findings: list[Text] = said("问题", "cases that do not fit together and are left out")


class Spell(NamedTuple):
    """How long one case was followed, and whether it was done then.

    Attributes:
        days: Days from its opening.
        done: Whether it was done; else it was open still, or ended otherwise.
    """

    days: int
    done: bool


class Step(NamedTuple):
    """Share of cases that are not done after some days."""

    days: int
    left: Fraction


@verb(
    "统计两地间办件时长",
    columns=(
        "kind", "from_place_name", "to_place_name", "cases", "finished", "still_open", "median_says",
        "within_limit", "oldest_days",
    ),
)  # fmt: skip
def case_times(region: "Region", ask: CaseTimes) -> CaseTimesAnswer:
    """Tell how long cases between places take, half of them and within a limit, open ones counted.

    Example:
        ``hutuo exchange case-times --since 2026-01-01 --by-city --limit-days 15``
    """
    day = ask.day or today(region)
    here = replace(region, at=day)
    lies = around(here)
    for place in filter(None, (ask.from_, ask.to)):
        region.name_of(place)
    found, faults = sound(region.records("case_flow"))
    known = cities(here) if ask.by_city else frozenset[str]()
    pairs: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in found:
        if row["opened"] <= day and _asked(row, ask, lies):
            first = _end(row["origin"], lies, known)
            last = _end(row["destination"], lies, known)
            pairs.setdefault((row["kind"], first, last), []).append(row)
    rows = [_row(region, key, several, day, ask.limit_days) for key, several in pairs.items()]
    # Not reached is slower than any number of days.
    rows.sort(key=lambda row: (
        row.median_days is not None, -(row.median_days or 0), row.kind, row.from_place, row.to_place,
    ))  # fmt: skip
    return CaseTimesAnswer(day=day, rows=rows, findings=faults)


def spell_of(row: Mapping[str, Any], day: date) -> Spell:
    """How long a case was followed by a day; what was closed later was open then."""
    closed = row["closed"]
    if closed is None or closed > day:
        return Spell((day - row["opened"]).days, done=False)
    return Spell((closed - row["opened"]).days, done=row["outcome"] == DONE)


def survival(spells: Iterable[Spell]) -> list[Step]:
    """Share of cases not done after each number of days on which some were.

    Args:
        spells: Cases; one that was followed as long as another took counts as open then.

    Returns:
        Steps by days, the share exact; empty if none is done.

    Source: the product-limit estimate of Kaplan and Meier 1958.
    """
    given = list(spells)
    leaving = Counter(spell.days for spell in given)
    done = Counter(spell.days for spell in given if spell.done)
    at_risk, left, steps = len(given), Fraction(1), []
    for days in sorted(leaving):
        if done[days]:
            left *= Fraction(at_risk - done[days], at_risk)
            steps.append(Step(days, left))
        at_risk -= leaving[days]
    return steps


def median_days(steps: Sequence[Step]) -> int | None:
    """The first number of days after which at most half are not done; None if that is not reached."""
    return next((step.days for step in steps if step.left <= HALF), None)


def done_within(spells: Sequence[Spell], days: int) -> float | None:
    """Share of cases done within some days; None if none was followed so long and some are not done."""
    steps = survival(spells)
    left = next((step.left for step in reversed(steps) if step.days <= days), Fraction(1))
    if left and max(spell.days for spell in spells) < days:
        return None
    return float(1 - left)


def sound(rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[Text]]:
    """Cases whose dates and outcome fit together, and what is said of the others."""
    good, faults = [], []
    for row in rows:
        number, closed = row["case_no"], row["closed"]
        if closed is not None and closed < row["opened"]:
            faults.append(Text(f"{number}:办结早于受理", f"{number}: closed before it was opened"))
        elif (closed is None) != (row["outcome"] is None):
            says = (
                f"{number}:办结日期与办理结果应同时填写",
                f"{number}: closed and outcome go together",
            )
            faults.append(Text(*says))
        else:
            good.append(row)
    return good, faults


def _asked(row: Mapping[str, Any], ask: CaseTimes, lies: Mapping[str, frozenset[str]]) -> bool:
    return (
        ask.kind in {None, row["kind"]}
        and (ask.since is None or row["opened"] >= ask.since)
        and (ask.until is None or row["opened"] <= ask.until)
        and _within(row["origin"], ask.from_, lies)
        and _within(row["destination"], ask.to, lies)
    )


def _within(place: str, asked: str | None, lies: Mapping[str, frozenset[str]]) -> bool:
    return asked is None or asked in lies.get(place, {place})


def _end(place: str, lies: Mapping[str, frozenset[str]], known: frozenset[str]) -> str:
    """The city of a place where places are taken together by city, else the place."""
    return city_of(place, lies, known) or place


def _row(
    region: "Region",
    key: tuple[str, str, str],
    rows: Sequence[Mapping[str, Any]],
    day: date,
    limit: int | None,
) -> CaseTimesRow:
    kind, origin, destination = key
    spells = [spell_of(row, day) for row in rows]
    still = [row for row in rows if row["closed"] is None or row["closed"] > day]
    done = sum(spell.done for spell in spells)
    median = median_days(survival(spells))
    says = (
        Text("尚未达到", "not reached")
        if median is None
        else Text(f"{median}天", f"{median} days")
    )
    return CaseTimesRow(
        kind=kind,
        from_place=origin,
        from_place_name=region.names.get(origin, Text(origin, origin)),
        to_place=destination,
        to_place_name=region.names.get(destination, Text(destination, destination)),
        cases=len(rows),
        finished=done,
        still_open=len(still),
        ended_otherwise=len(rows) - done - len(still),
        median_days=median,
        median_says=says,
        within_limit=None if limit is None else done_within(spells, limit),
        oldest_days=max(((day - row["opened"]).days for row in still), default=None),
    )
