"""The verb on episodes of bad air: of which level, who has what to do, and whether they were warned of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.branches import Object
from hutuo.base.warned import LEVELS, LONGEST_DAYS, WarningRow, Warnings, warnings
from hutuo.environment.airquality import (
    GRAVER,
    Index,
    Level,
    air_quality_index,
    level_of,
    levels_of,
    standard_of,
)
from hutuo.errors import one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["ActionRow", "EpisodeRow", "Episodes", "EpisodesAnswer", "episodes"]

DAY = timedelta(days=1)
# Days of the standards are those of Beijing time, which has no summer time.
BEIJING = timezone(timedelta(hours=8))
IDS = {
    "pm25": "PM25",
    "pm10": "PM10",
    "so2": "SO2",
    "no2": "NO2",
    "co": "CO",
    "o3_8h": "O3_8H",
}


class Episodes(Ask):
    """Which episodes, by which levels."""

    pollutants: Object | None = said(
        '各指标对应的污染物,如{"pm25": "PM25"}',
        "pollutant that each indicator of daily means tells of; those called so by default",
        default=None,
    )
    place: str | None = said("只要该地点", "only of this place", default=None)
    aqi_standard: Literal["2012", "2026"] | None = said(
        "AQI标准;缺省按当日有效的(2026年3月1日起为HJ 633—2026)",
        "HJ 633 of 2012 or 2026; that in force on each day by default, the new one from 1 March 2026",
        default=None,
    )
    levels: str = said("预警分级版本", "version of the levels", default="air-2022")
    days: int = said("最近多少天", "days up to the latest one", default=365, ge=1, le=LONGEST_DAYS)
    rule: str | None = said(
        "用于回放的预警规则", "rule of warning that is held against the episodes", default=None
    )
    before_hours: float = said(
        "过程开始前多少小时以内的预警算数",
        "hours before an episode within which a warning is right",
        default=48,
        ge=0,
        le=8_784,
    )
    protocol: str | None = said(
        "联动预案", "protocol whose steps are told for each level", default=None
    )


class EpisodeRow(Answer):
    """Days in a row with bad air at a place."""

    place: str = said("地点", "unit or place")
    place_name: Text = said("地点名称", "what it is called")
    colour: str = said("预警级别", "level that its days come to: red, orange or yellow")
    colour_name: Text = said("预警级别的名称", "what the level is called")
    begins_on: date = said("开始日", "first day")
    ends_on: date = said("结束日", "last day")
    reached_on: date = said("达到该级别的日期", "day by which its days had come to that level")
    peak_aqi: int = said("最高AQI", "largest index of a day")
    peak_day: date = said("最高日", "the day of it")
    primary: list[str] = said("首要污染物", "primary pollutants on that day")
    cut_share: float = said(
        "应减排比例", "share of emissions that measures at that level should take off"
    )
    is_warned: bool | None = said(
        "是否有预警", "whether the rule warned of it; null without a rule"
    )
    lead_hours: float | None = said(
        "提前小时数", "hours from the warning to its first day; below 0: afterwards"
    )


class ActionRow(Answer):
    """What a body has to do at a level."""

    colour: str = said("预警级别", "level")
    colour_name: Text = said("预警级别的名称", "what the level is called")
    kind: str = said("类型", "notify or task")
    whose: str = said("对象", "named, here: bodies of the place, downstream or upstream")
    body: str | None = said("机构", "the body that is named")
    says: Text = said("内容", "what is told or to be done")
    within_minutes: float = said("时限(分钟)", "minutes within which")


class EpisodesAnswer(Answer):
    """Episodes, and how a rule did."""

    levels: str = said("预警分级版本", "version of the levels")
    levels_source: str = said("分级依据", "document that they are from")
    measured_days: int = said("有数据的地点日数", "days of places with an index")
    rows: list[EpisodeRow] = said("污染过程", "episodes, the latest first")
    actions: list[ActionRow] = said("应采取的行动", "steps of the protocol by level")
    warned: int = said("预警次数", "warnings of the rule in the time")
    precision: float | None = said(
        "准确率", "share of its warnings with an episode, 0..1; null without any"
    )
    recall: float | None = said(
        "召回率", "share of episodes that it warned of, 0..1; null without any"
    )


class _Run(NamedTuple):
    place: str
    days: list[date]
    indices: list[Index]
    level: Level


@verb(
    "重污染天气过程:级别、行动与预警回放",
    columns=("place_name", "colour_name", "begins_on", "ends_on", "peak_aqi", "is_warned"),
)
def episodes(region: "Region", ask: Episodes) -> EpisodesAnswer:
    """Show episodes of bad air by level, who has what to do, and whether a rule warned of them.

    Example:
        ``hutuo environment episodes --levels air-2022``
    """
    levels = levels_of(ask.levels)
    daily = _daily(region, ask)
    runs = [run for place, days in daily.items() for run in _runs(place, days, levels)]
    raised = _raised(region, ask)
    pairs = [(run, row) for run in runs for row in raised if _right(run, row, ask)]
    rows = [_row(region, run, levels, ask, pairs) for run in runs]
    return EpisodesAnswer(
        levels=ask.levels,
        levels_source=levels[0].source,
        measured_days=sum(len(days) for days in daily.values()),
        rows=sorted(rows, key=lambda row: (-row.begins_on.toordinal(), row.place)),
        actions=list(_actions(region, ask.protocol)) if ask.protocol else [],
        warned=len(raised),
        precision=len({id(row) for _, row in pairs}) / len(raised) if raised else None,
        recall=len({id(run) for run, _ in pairs}) / len(runs) if runs and ask.rule else None,
    )


def _daily(region: "Region", ask: Episodes) -> dict[str, dict[date, Index]]:
    """Indices by place and day, of the days asked for; what was not measured counts for nothing."""
    readings = _readings(region, ask)
    last = max((day for _, day in readings), default=date.max)
    found: dict[str, dict[date, Index]] = {}
    for (place, day), values in readings.items():
        index = air_quality_index(values, ask.aqi_standard or standard_of(day))
        if index and day > last - ask.days * DAY:
            found.setdefault(place, {})[day] = index
    return found


def _readings(region: "Region", ask: Episodes) -> dict[tuple[str, date], dict[str, float]]:
    """Daily means by place and day, each by its pollutant and in the unit of its index.

    Raises:
        NotFound: An indicator or the place is not known.
    """
    from hutuo.base.figures import indicator_of
    from hutuo.units import convert

    known = ask.pollutants or {n: one for n, one in IDS.items() if n in region.indicators}
    if ask.place:
        region.name_of(ask.place)
    for name in known:
        indicator_of(region, name)
    found: dict[tuple[str, date], dict[str, float]] = {}
    if not known:
        return found
    where = {"place": ask.place} if ask.place else {}
    table = region.past("observation", indicator=sorted(known), grain="day", **where)
    for row in table.to_pylist():
        pollutant = str(known[row["indicator"]])
        unit = "mg/m3" if pollutant == "CO" else "ug/m3"
        means = found.setdefault((row["place"], _day(row["valid_from"])), {})
        means[pollutant] = convert(row["value"], row["unit"], unit)
    return found


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _runs(place: str, days: Mapping[date, Index], levels: Sequence[Level]) -> Iterable[_Run]:
    """Days in a row above the lowest index of the levels that come to one of them."""
    lowest = min(one.above for one in levels if one.above is not None)
    run: list[date] = []
    for day in [*sorted(days), None]:
        if day and days[day].value > lowest and (not run or day - run[-1] == DAY):
            run.append(day)
            continue
        indices = [days[one] for one in run]
        if level := level_of([one.value for one in indices], levels):
            yield _Run(place, run, indices, level)
        run = [day] if day and days[day].value > lowest else []


def _raised(region: "Region", ask: Episodes) -> list[WarningRow]:
    if ask.rule is None:
        return []
    return warnings(region, Warnings(rule=ask.rule, place=ask.place, days=ask.days)).rows


def _right(run: _Run, row: WarningRow, ask: Episodes) -> bool:
    """Whether a warning tells of an episode of its place: not too early, and not afterwards."""
    first, last = _midnight(run.days[0]), _midnight(run.days[-1] + DAY)
    early = first - timedelta(hours=ask.before_hours)
    return row.place == run.place and early <= row.raised_at < last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _row(
    region: "Region",
    run: _Run,
    levels: Sequence[Level],
    ask: Episodes,
    pairs: Sequence[tuple[_Run, WarningRow]],
) -> EpisodeRow:
    values = [one.value for one in run.indices]
    peak = values.index(max(values))
    rank = GRAVER.index(run.level.level)
    reached = next(
        day
        for n, day in enumerate(run.days, 1)
        if (found := level_of(values[:n], levels)) and GRAVER.index(found.level) >= rank
    )
    told = [max(row.raised_at, row.known_at) for other, row in pairs if other is run]
    lead = (_midnight(run.days[0]) - min(told)) / timedelta(hours=1) if told else None
    return EpisodeRow(
        place=run.place,
        place_name=region.names.get(run.place, Text(run.place, run.place)),
        colour=run.level.level,
        colour_name=label(f"warning:{run.level.level}"),
        begins_on=run.days[0],
        ends_on=run.days[-1],
        reached_on=reached,
        peak_aqi=values[peak],
        peak_day=run.days[peak],
        primary=list(run.indices[peak].primary),
        cut_share=run.level.cut,
        is_warned=bool(told) if ask.rule else None,
        lead_hours=lead,
    )


def _actions(region: "Region", protocol: str) -> Iterable[ActionRow]:
    """Steps of a protocol at each level, graver ones first; those of a lighter level hold for graver ones.

    Raises:
        NotFound: There is no such protocol.
    """
    known = [row["protocol"] for row in region.current("protocol")]
    if protocol not in known:
        raise one_of(protocol, "protocol", known)
    steps = sorted(
        region.current("protocol_step", protocol=protocol), key=lambda row: int(row["ordinal"])
    )
    for level in reversed(GRAVER):
        for row in steps:
            if not row["level"] or LEVELS.index(level) <= LEVELS.index(row["level"]):
                yield ActionRow(
                    colour=level,
                    colour_name=label(f"warning:{level}"),
                    kind=row["kind"],
                    whose=row["whose"] or "named",
                    body=row["body"],
                    says=Text(row["zh"], row["en"]),
                    within_minutes=row["minutes"],
                )
