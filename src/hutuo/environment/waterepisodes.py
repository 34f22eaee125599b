"""The verb on episodes of waters: bad water at sections, high water at gauges, by the levels of a plan.

Who has what to do by when, up- and downstream, and whether a rule warned of it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.protocols import Tables, downstream_of, steps_of, tables_of, upstream_of
from hutuo.base.warned import LEVELS, WarningRow, Warnings, warnings
from hutuo.base.watched import SECONDS
from hutuo.environment.responses import (
    Level,
    Station,
    bound_of,
    gauge_rules,
    levels_of,
    quality_rules,
    stations_of,
)
from hutuo.environment.watercourse import Sampled, at_instant, courses_of, sampled
from hutuo.environment.waterquality import CLASSES, item_of, items, times_over, water_class
from hutuo.environment.waterrows import (
    DueRow,
    RuleRow,
    WaterEpisodeRow,
    WaterEpisodes,
    WaterEpisodesAnswer,
    WayRow,
)
from hutuo.glossary import label
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    from hutuo.base.hysteresis import Spell
    from hutuo.base.region import Region
    from hutuo.base.watched import Course

__all__ = ["water_episodes"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Rows need a source; whoever writes them names the plan there.
RULES_SOURCE = "water-plan"


class _Episode(NamedTuple):
    station: Station
    course: "Course"
    spell: "Spell"
    level: Level | None
    reached: int | None

    def when(self, at: int) -> datetime:
        return EPOCH + timedelta(microseconds=int(self.course.times[at]))

    @property
    def began(self) -> datetime:
        return self.when(self.spell.first)

    @property
    def over(self) -> datetime | None:
        return None if self.spell.cleared is None else self.when(self.spell.cleared)


class _Found(NamedTuple):
    episodes: list[_Episode]
    sampled: dict[str, Sampled]
    indicators: dict[str, str]
    places: list[str]


@verb(
    "水污染与洪水过程:级别、上下游行动与预警回放",
    columns=(
        "place_name",
        "colour_name",
        "began_at",
        "over_at",
        "peak_class",
        "peak_level_m",
        "is_warned",
    ),
)
def water_episodes(region: "Region", ask: WaterEpisodes) -> WaterEpisodesAnswer:
    """Show episodes of bad or high water by level, who acts up- and downstream, and what was warned of.

    Example:
        ``hutuo environment water-episodes --medium gauge``
    """
    if ask.place is not None:
        region.name_of(ask.place)
    levels, stations = levels_of(region, ask.plan, ask.medium), stations_of(region)
    found = _found(region, ask, levels, stations)
    raised = _raised(region, ask)
    tables = tables_of(region)
    pairs = [
        (episode, row)
        for row in raised
        for reach in [{row.place, *(one.place for one in downstream_of(tables, row.place))}]
        for episode in found.episodes
        if _right(episode, row, reach, ask)
    ]
    chosen = sorted(found.episodes, key=lambda one: one.began, reverse=True)
    rows = [_row(region, n, one, (found, levels, ask, pairs)) for n, one in enumerate(chosen, 1)]
    return WaterEpisodesAnswer(
        plan=levels[0].plan if levels else None,
        plan_sources=list(dict.fromkeys(one.source for one in levels)),
        watched_places=len(found.places),
        rows=rows,
        due=list(_due(tables, chosen)),
        reaches=list(_ways(region, tables, dict.fromkeys(one.station.place for one in chosen))),
        warning_rules=[
            RuleRow(rule=row["rule"], rule_row=row)
            for row in _rules(region, ask, levels, stations, found)
        ],
        missing=_missing(ask, levels, stations, found),
        warned=len(raised),
        precision=len({id(row) for _, row in pairs}) / len(raised) if raised else None,
        recall=len({id(one) for one, _ in pairs}) / len(chosen) if chosen and ask.rule else None,
    )


def _found(
    region: "Region", ask: WaterEpisodes, levels: Sequence[Level], stations: dict[str, Station]
) -> _Found:
    if ask.medium == "gauge":
        names = {ask.level_indicator: ""} if ask.level_indicator in region.indicators else {}
        units = dict.fromkeys(names, "m")
    else:
        names = _named(region, ask)
        units = {name: _unit(region, name, item) for name, item in names.items()}
    courses = courses_of(region, units, timedelta(days=ask.days), ask.place) if units else {}
    by_place: dict[str, dict[str, Course]] = {}
    for (place, indicator), course in courses.items():
        if place in stations:
            by_place.setdefault(place, {})[names[indicator] or indicator] = course
    samples: dict[str, Sampled] = {}
    episodes: list[_Episode] = []
    for place, by_item in by_place.items():
        station = stations[place]
        if ask.medium == "gauge":
            (course,) = by_item.values()
            episodes += _of_station(station, course, levels, _least(station, levels))
        elif station.target is not None:
            samples[place] = sampled(by_item, ask.valid_hours * 60, lake=station.is_lake)
            course = samples[place].course
            over = course._replace(figures=course.figures - station.target)
            episodes += _of_station(station, over, levels, 1.0)
    return _Found(episodes, samples, names, list(by_place))


def _named(region: "Region", ask: WaterEpisodes) -> dict[str, str]:
    """Items by indicator: as asked for, else indicators that are called as an item is.

    Raises:
        NotFound: An indicator or an item is not known.
    """
    from hutuo.base.figures import indicator_of

    if ask.items is not None:
        for name in ask.items:
            indicator_of(region, name)
        return {name: item_of(str(item)).item for name, item in ask.items.items()}
    known = {one.item.lower(): one.item for one, _ in items()[0]}
    return {name: known[name.lower()] for name in region.indicators if name.lower() in known}


def _unit(region: "Region", indicator: str, item: str) -> str:
    return item_of(item).unit or str(region.indicators[indicator]["unit"])


def _of_station(
    station: Station, course: "Course", levels: Sequence[Level], least: float | None
) -> Iterable[_Episode]:
    """Episodes of a station with the gravest level that each comes to."""
    from hutuo.base.hysteresis import Bounds, spells

    if least is None:
        return
    minutes = (course.times - course.times[0]) / SECONDS
    reached = [
        (one, spell.raised)
        for one in levels
        if (bound := bound_of(one, station)) is not None
        for spell in spells(minutes, course.figures, Bounds(bound, bound, one.hold_hours * 60))
    ]
    for spell in spells(minutes, course.figures, Bounds(least, least)):
        end = len(course.times) if spell.cleared is None else spell.cleared
        within = [one for one in reached if spell.first <= one[1] < end]
        gravest = min(within, key=_graver, default=None)
        yield _Episode(station, course, spell, *(gravest or (None, None)))


def _graver(one: tuple[Level, int]) -> tuple[int, int]:
    return LEVELS.index(one[0].level), one[1]


def _least(station: Station, levels: Sequence[Level]) -> float | None:
    """Lowest level of a gauge that the plan names; None if the gauge has none of them."""
    return min(
        (bound for one in levels if (bound := bound_of(one, station)) is not None), default=None
    )


def _raised(region: "Region", ask: WaterEpisodes) -> list[WarningRow]:
    if ask.rule is None:
        return []
    return warnings(region, Warnings(rule=ask.rule, days=ask.days)).rows


def _right(one: _Episode, row: WarningRow, reach: set[str], ask: WaterEpisodes) -> bool:
    """Whether a warning tells of an episode there or downstream: not too early, and not afterwards."""
    if one.station.place not in reach:
        return False
    early = one.began - ask.before_hours * HOUR
    return early <= row.raised_at and (one.over is None or row.raised_at < one.over)


def _row(
    region: "Region",
    number: int,
    one: _Episode,
    of: "tuple[_Found, Sequence[Level], WaterEpisodes, Sequence[tuple[_Episode, WarningRow]]]",
) -> WaterEpisodeRow:
    found, levels, ask, pairs = of
    place, told = (
        one.station.place,
        [max(row.raised_at, row.known_at) for other, row in pairs if other is one],
    )
    colour = one.level.level if one.level else None
    quality = ask.medium == "quality"
    return WaterEpisodeRow(
        episode=number,
        place=place,
        place_name=region.names.get(place, Text(place, place)),
        river=one.station.river,
        colour=colour,
        colour_name=label(f"warning:{colour}") if colour else None,
        began_at=one.began,
        over_at=one.over,
        reached_at=None if one.reached is None else one.when(one.reached),
        peak_at=one.when(one.spell.peak),
        target_class=CLASSES[one.station.target - 1] if quality and one.station.target else None,
        **(_of_quality(one, found.sampled[place], ask) if quality else _of_gauge(one, levels)),
        is_warned=bool(told) if ask.rule else None,
        lead_hours=(one.began - min(told)) / HOUR if told else None,
    )


def _of_gauge(one: _Episode, levels: Sequence[Level]) -> dict[str, Any]:
    peak, least = float(one.course.figures[one.spell.peak]), _least(one.station, levels)
    return {
        "peak_class": None,
        "primary": [],
        "times_over": None,
        "peak_level_m": peak,
        "above_mark_m": None if least is None else peak - least,
    }


def _of_quality(one: _Episode, samples: Sampled, ask: WaterEpisodes) -> dict[str, Any]:
    values = at_instant(samples, float(one.course.times[one.spell.peak]), ask.valid_hours * 60)
    found = water_class(values, lake=one.station.is_lake)
    target = one.station.target or 0
    first = found.primary[0] if found and found.primary else None
    return {
        "peak_class": CLASSES[found.number - 1] if found else None,
        "primary": list(found.primary) if found else [],
        "times_over": times_over(item_of(first, lake=one.station.is_lake), values[first], target)
        if first and target
        else None,
        "peak_level_m": None,
        "above_mark_m": None,
    }


def _due(tables: Tables, chosen: Sequence[_Episode]) -> Iterable[DueRow]:
    """Steps of the protocol of each episode's level; those of lighter levels hold at graver ones."""
    names = {row["body"]: Text(row["zh"], row["en"] or row["zh"]) for row in tables.rows("body")}
    for number, one in enumerate(chosen, 1):
        if one.level is None or one.level.protocol is None or one.reached is None:
            continue
        for step in steps_of(tables, one.level.protocol, one.level.level, one.station.place):
            yield DueRow(
                episode=number,
                colour=one.level.level,
                kind=step.kind,
                body=step.body,
                body_name=names.get(step.body, Text(step.body, step.body)),
                does=step.says,
                within_minutes=step.minutes,
                due_at=one.when(one.reached) + timedelta(minutes=step.minutes),
            )


def _ways(region: "Region", tables: Tables, places: Iterable[str]) -> Iterable[WayRow]:
    for place in places:
        for way, reached in (("upstream", upstream_of), ("downstream", downstream_of)):
            for there in reached(tables, place):
                yield WayRow(
                    place=place,
                    way=way,
                    way_name=label(f"way:{way}"),
                    other_place=there.place,
                    other_name=region.names.get(there.place, Text(there.place, there.place)),
                    flow_minutes=there.minutes,
                )


def _rules(
    region: "Region",
    ask: WaterEpisodes,
    levels: Sequence[Level],
    stations: dict[str, Station],
    found: _Found,
) -> list[dict[str, Any]]:
    """Rules of the stations with readings, one a level and item."""
    from hutuo.units import convert

    those = [stations[place] for place in found.places]
    if ask.medium == "gauge":
        return gauge_rules(levels, those, ask.level_indicator, RULES_SOURCE)
    rules = []
    for station in those:
        items_here = []
        for indicator, name in found.indicators.items():
            item = item_of(name, lake=station.is_lake)
            unit = str(region.indicators[indicator]["unit"])
            factor = convert(1.0, item.unit, unit) if item.unit else 1.0
            items_here.append((indicator, item, factor))
        rules += quality_rules(levels, [station], items_here, RULES_SOURCE)
    return rules


def _missing(
    ask: WaterEpisodes, levels: Sequence[Level], stations: dict[str, Station], found: _Found
) -> list[Text]:
    lacks = []
    if not levels:
        lacks.append(
            Text(
                "没有应急预案级别(或有多个未指定):写入数据表response_level,并用plan指定",
                "no levels of a plan of action, or several and none named: write table response_level",
            )
        )
    if not stations:
        lacks.append(
            Text(
                "没有断面或水位站:写入数据表water_station",
                "no sections or gauges: write table water_station",
            )
        )
    if not found.indicators:
        lacks.append(
            Text(
                "没有可用的指标:指标须以水质项目命名(如nh3n),或用items、level_indicator给出",
                "no indicator fits: call them as the items are (nh3n), or give items or level_indicator",
            )
        )
    elif not found.places:
        lacks.append(
            Text(
                "没有断面或水位站的逐时读数:写入数据表observation",
                "no readings by the hour or instant of any of them: write table observation",
            )
        )
    without = [
        place
        for place in found.places
        if (
            stations[place].target is None
            if ask.medium == "quality"
            else not stations[place].marks
        )
    ]
    if without:
        those = ", ".join(without[:5])
        lacks.append(
            Text(
                f"{those}没有目标类别或特征水位,未判断",
                f"{those}: no target class, or no level of the gauge, so nothing is told of them",
            )
        )
    return lacks
