"""Warnings: what rules of the region say of the readings, now or as they were at any time before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hutuo.base import watched
from hutuo.base.figures import indicator_of, unit_name
from hutuo.base.hysteresis import Spell, spells
from hutuo.errors import BadInput, one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region
    from hutuo.base.watched import Course

LONGEST_DAYS = 3_660
# The Emergency Response Law of China has four levels, the red one the first.
LEVELS = ("red", "orange", "yellow", "blue")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = "SELECT max(valid_from) AS last FROM known WHERE grain IN ('hour', 'instant')"


class Warnings(Ask):
    """Which warnings to give."""

    place: str | None = said("只要该地点", "only of this place", default=None)
    rule: str | None = said("只要该规则", "only of this rule", default=None)
    open_only: bool = said("只要未解除的", "only those that still stand", default=False)
    days: int = said(
        "最近多少天,到所问时间或最新读数为止",
        "days up to the asked time, or up to the latest reading",
        default=30,
        ge=1,
        le=LONGEST_DAYS,
    )


class WarningRow(Answer):
    """One warning."""

    rule: str = said("预警规则", "rule that raised it")
    name: Text = said("名称", "what the rule is called")
    kind: str = said("判据", "threshold, rate, absence, area or upstream")
    kind_name: Text = said("判据名称", "what the kind is called")
    colour: str = said("预警级别", "red, orange, yellow or blue, the red one the gravest")
    colour_name: Text = said("预警级别的名称", "what the level is called")
    place: str = said("地点", "unit or place that it is raised for")
    place_name: Text = said("地点名称", "what the place is called")
    indicator: str = said("指标的标识", "id of the indicator")
    unit: str = said("计量单位", "unit of the figure that is held against the bounds")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    passed_at: datetime = said("达到界限的时刻", "when a reading first reached the bound")
    raised_at: datetime = said("发布时刻", "when the bound had been held for long enough")
    known_at: datetime = said(
        "可获知的时刻", "when the reading that raised it was recorded: it could not be told before"
    )
    cleared_at: datetime | None = said("解除时刻", "when it was safe again; null while it stands")
    peak: float = said("最严重的读数", "most dangerous reading while it stood")
    peak_at: datetime = said("最严重的时刻", "when that was")
    latest: float = said("最近的读数", "latest reading of the place")


class WarningsAnswer(Answer):
    """Warnings, and how many rules were looked at."""

    rules: int = said("所用预警规则的数目", "number of rules that were looked at")
    rows: list[WarningRow] = said("预警", "warnings, those that stand first")


@verb(
    "按规则给出预警",
    columns=("colour_name", "name", "place_name", "raised_at", "cleared_at", "peak", "unit_name"),
)
def warnings(region: "Region", ask: Warnings) -> WarningsAnswer:
    """Give the warnings that rules raise from readings, those that stand first."""
    # Rules and names as they are known now: a rule is tried on what was known of readings before it was made.
    now = replace(region, as_of=None)
    there = now.current("warning_rule")
    rules = [rule for rule in there if ask.rule in (None, rule["rule"])]
    if ask.place is not None:
        now.name_of(ask.place)
    if ask.rule is not None and not rules:
        raise one_of(ask.rule, "warning rule", [rule["rule"] for rule in there])
    checked(rules)
    found = [row for rule in rules for row in _of_rule(region, now, rule, ask)]
    kept = [row for row in found if not ask.open_only or row.cleared_at is None]
    return WarningsAnswer(rules=len(rules), rows=sorted(kept, key=_urgency))


def checked(rules: list[dict[str, Any]]) -> None:
    """Refuse faulty rules.

    Raises:
        BadInput: There are some; all of them are told.
    """
    found = [fault for rule in rules for fault in watched.faults(rule)]
    if found:
        raise BadInput(Text("预警规则有误:", "warning rules are faulty:"), found)


def _of_rule(
    region: "Region", now: "Region", rule: dict[str, Any], ask: Warnings
) -> Iterator[WarningRow]:
    """Warnings of one rule, place by place."""
    for place, course in _courses(region, now, rule, ask):
        if ask.place in (None, place):
            yield from _of_place(now, rule, place, course)


def _courses(
    region: "Region", now: "Region", rule: dict[str, Any], ask: Warnings
) -> "Iterator[tuple[str, Course]]":
    """What a rule holds against its bounds, place by place."""
    kind = rule["kind"] or "threshold"
    where: dict[str, Any] = {"indicator": rule["indicator"], "grain": ["hour", "instant"]}
    if kind == "area":
        where["place"] = sorted(watched.places_of(now, rule["area"]))
    elif places := {rule["place"], ask.place} - {None}:
        if len(places) > 1:
            return
        where["place"] = places.pop()
    until = (
        region.when.last if region.when else region.query(_LAST, "observation", **where)[0]["last"]
    )
    if until is None:
        return
    span = slice(until - timedelta(days=ask.days), until + timedelta(microseconds=1))
    frame = region.past("observation", **where, valid_from=span).to_pandas()
    unit = indicator_of(now, rule["indicator"])["unit"]
    found = {
        str(place): _course(rows.sort_values("valid_from"), unit)
        for place, rows in frame.groupby("place", sort=True)
    }
    if kind == "area":
        below = rule["sense"] == "below"
        if found:
            whole = watched.shares(found, rule["each_at"], rule["window_minutes"], below=below)
            yield rule["area"], whole
        return
    for place, course in found.items():
        if kind == "rate":
            yield place, watched.changes(course, rule["window_minutes"])
        elif kind == "absence":
            end = until.timestamp() * 1e6
            yield place, watched.silences(course, rule["raise_at"], end)
        else:
            yield place, course


def _course(rows: "pd.DataFrame", unit: str) -> "Course":
    def micros(name: str) -> Any:
        return rows[name].astype("datetime64[us, UTC]").astype("int64").to_numpy(dtype=float)

    return watched.Course(micros("valid_from"), micros("recorded_at"), _in_unit(rows, unit))


def _of_place(
    region: "Region", rule: dict[str, Any], place: str, course: "Course"
) -> Iterator[WarningRow]:
    symbol = unit_of(region, rule)
    bounds = watched.bounds_of(rule)
    values = course.figures
    minutes = (course.times - course.times[0]) / watched.SECONDS if len(values) else course.times
    for spell in spells(minutes, values, bounds):
        yield WarningRow(
            rule=rule["rule"],
            name=Text(rule["zh"], rule["en"]),
            kind=rule["kind"] or "threshold",
            kind_name=label(f"rule_kind:{rule['kind'] or 'threshold'}"),
            colour=rule["level"],
            colour_name=label(f"warning:{rule['level']}"),
            place=place,
            place_name=region.names.get(place, Text(place, place)),
            indicator=rule["indicator"],
            unit=symbol,
            unit_name=unit_name(symbol),
            peak=float(values[spell.peak]),
            latest=float(values[-1]),
            **_times(course, spell),
        )


def unit_of(region: "Region", rule: dict[str, Any]) -> str:
    """Unit of what a rule holds against its bounds."""
    of_kind = {"absence": "minute", "area": "%"}.get(rule["kind"] or "threshold")
    return of_kind or str(indicator_of(region, rule["indicator"])["unit"])


def _times(course: "Course", spell: Spell) -> dict[str, Any]:
    def when(at: int, among: "Any" = course.times) -> datetime:
        return EPOCH + timedelta(microseconds=int(among[at]))

    return {
        "passed_at": when(spell.first),
        "raised_at": when(spell.raised),
        "known_at": when(spell.raised, course.known),
        "cleared_at": None if spell.cleared is None else when(spell.cleared),
        "peak_at": when(spell.peak),
    }


def _in_unit(rows: "pd.DataFrame", unit: str) -> Any:
    """Readings in the unit of their indicator."""
    from hutuo.units import convert

    values = rows["value"].to_numpy(dtype=float).copy()
    for given in rows["unit"].unique():
        if given != unit:
            values[(rows["unit"] == given).to_numpy()] *= convert(1.0, given, unit)
    return values


def _urgency(row: WarningRow) -> tuple[bool, int, float, str]:
    """Those that stand first, the gravest first, then the latest."""
    return (
        row.cleared_at is not None,
        LEVELS.index(row.colour),
        -row.raised_at.timestamp(),
        row.place,
    )
