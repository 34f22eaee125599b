"""School places: children by unit, level and year from cohorts, against the places that there are."""

import re
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.answers import rounded
from hutuo.base.figures import source_name
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.siting.ground import Ground
from hutuo.siting.schoolasks import (
    BacktestRow,
    BacktestSum,
    FactorRow,
    SchoolAnswer,
    SchoolPlaces,
    SchoolRow,
    SchoolTotal,
)
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Floats = NDArray[np.float64]
    Group = tuple[int, int]

AGES: "dict[str, Group]" = {
    "kindergarten": (3, 5),
    "primary": (6, 11),
    "junior": (12, 14),
    "senior": (15, 17),
}
AGE = re.compile(r"age_(\d+)(?:_(\d+))?")
# Wider groups say nothing about single years.
WIDEST = 5
OLDEST = 19
# Cohorts whose change between two censuses ten years apart is seen: by their ages at the first.
YOUNG, OLDER = (0, 4), (5, 9)
DECADE = 10
YEAR_WORD = re.compile(r"(\d{4}):(\d+(?:\.\d+)?)")


class Census(NamedTuple):
    """Children by age group at one census.

    Attributes:
        year: Its year.
        groups: By place, children by first and last year of age.
        sources: Where they come from.
    """

    year: int
    groups: "dict[str, dict[Group, float]]"
    sources: tuple[str, ...]


@verb("测算学龄人口与学位缺口", columns=("name", "level_name", "year", "children", "gap"))
def school_places(region: "Region", ask: SchoolPlaces) -> SchoolAnswer:
    """Foretell children of school age by unit, level and year, and the places they lack."""
    from hutuo.base.counted import figures_of

    ground = Ground(region)
    births, seats = _births(ask.births), _seats(ask)
    places = ground.named(ask.places)
    cities = {place: ground.city(_unit(ground, place)) for place in places}
    known = censuses(region, [*places, *cities.values()])
    if not known:
        return _nothing()
    last, first = known[-1], _decade_before(known)
    factors = {p: _factor(p, cities[p], first, last) for p in places}
    supply = {
        level: dict(zip(places, figures_of(region, places, name).amounts.tolist(), strict=True))
        for level, name in seats.items()
    }
    told = _Told(region, ask, last, factors, supply, births)
    rows = [
        _row(told, p, level, year) for level in ask.levels for year in ask.years for p in places
    ]
    sums, by_unit = _backtest(region, ground, places)
    return SchoolAnswer(
        rows=rows,
        totals=[_total(rows, level, year) for level in ask.levels for year in ask.years],
        factors=[factors[p].told(region, p) for p in places],
        backtest=sums,
        backtest_rows=by_unit,
        census=last.year,
        before=first.year if first else None,
        missing=_missing(ask, rows, first),
        assumptions=_assumed(ask),
        sources=[
            source_name(region, s)
            for s in dict.fromkeys([*last.sources, *(first.sources if first else ())])
        ],
    )


def censuses(region: "Region", places: "Sequence[str]") -> list[Census]:
    """Children by age group of every year in which places have them, the first year first."""
    groups = {
        name: span
        for name, row in region.indicators.items()
        if row["topic"] == "age" and row["aggregation"] == "sum" and (span := span_of(name))
    }
    if not groups:
        return []
    found: dict[int, dict[str, dict[Group, float]]] = {}
    sources: dict[int, dict[str, None]] = {}
    wanted = list(dict.fromkeys(places))
    for row in region.history("observation", indicator=list(groups), place=wanted):
        year = row["valid_from"].year
        of = found.setdefault(year, {}).setdefault(row["place"], {})
        of[groups[row["indicator"]]] = row["value"]
        sources.setdefault(year, {})[row["source"]] = None
    return [Census(year, found[year], tuple(sources[year])) for year in sorted(found)]


def span_of(indicator: str) -> "Group | None":
    """First and last year of age of an indicator as ``age_1_4``; None of other and of wide ones."""
    told = AGE.fullmatch(indicator)
    if told is None:
        return None
    first = int(told[1])
    last = int(told[2]) if told[2] else first
    return (first, last) if last <= OLDEST and 0 <= last - first < WIDEST else None


class _Factor(NamedTuple):
    """Ratios of a place's cohorts over ten years, and whose they are."""

    young: float
    older: float
    of: str

    def told(self, region: "Region", place: str) -> FactorRow:
        return FactorRow(
            place=place,
            name=region.name_of(place),
            young=rounded(self.young, 4),
            older=rounded(self.older, 4),
            of=self.of,
        )


class _Told(NamedTuple):
    """What rows are made from."""

    region: "Region"
    ask: SchoolPlaces
    census: Census
    factors: dict[str, _Factor]
    supply: dict[str, dict[str, float]]
    births: dict[int, float]


def _row(told: _Told, place: str, level: str, year: int) -> SchoolRow:
    from hutuo.siting import cohorts

    ages = cohorts.single_ages(told.census.groups.get(place, {}), OLDEST)
    years = year - told.census.year
    ratio = told.factors[place]
    over = 1.0
    if told.ask.cohort == "ratio":
        over = ratio.older if level == "senior" else ratio.young
    born = [
        ages[0] * told.births.get(told.census.year + k, float("nan")) for k in range(1, years + 1)
    ]
    children = float("nan")
    if years >= 0:
        children = cohorts.carried(ages, over ** (1 / DECADE), years, AGES[level], born)
    needed = children * told.ask.enrolment
    there = told.supply.get(level, {}).get(place, float("nan"))
    return SchoolRow(
        place=place,
        name=told.region.name_of(place),
        level=level,
        level_name=label(f"school:{level}"),
        year=year,
        children=rounded(children),
        needed=rounded(needed),
        school_places=rounded(there),
        gap=rounded(needed - there),
    )


def _total(rows: list[SchoolRow], level: str, year: int) -> SchoolTotal:
    mine = [row for row in rows if (row.level, row.year) == (level, year)]

    def summed(name: str) -> float | None:
        known: list[float] = [v for row in mine if (v := getattr(row, name)) is not None]
        return sum(known) if known else None

    return SchoolTotal(
        level=level,
        level_name=label(f"school:{level}"),
        year=year,
        children=summed("children"),
        needed=summed("needed"),
        school_places=summed("school_places"),
        gap=summed("gap"),
        unknown=[row.place for row in mine if row.children is None],
    )


def _unit(ground: Ground, place: str) -> str | None:
    row = ground.places.get(place)
    return row["part_of"] if row else place


def _decade_before(known: "Sequence[Census]") -> Census | None:
    return next((one for one in known if one.year == known[-1].year - DECADE), None)


def _factor(place: str, city: str, first: Census | None, last: Census) -> _Factor:
    """Ratios of a place, or of its prefecture where it has none of both censuses."""
    for whose in (place, city):
        before = first.groups.get(whose) if first else None
        after = last.groups.get(whose)
        if before and after:
            ratios = [ratio_of(before, after, span) for span in (YOUNG, OLDER)]
            if all(isfinite(one) for one in ratios):
                return _Factor(ratios[0], ratios[1], whose)
    return _Factor(float("nan"), float("nan"), "")


def ratio_of(
    before: "Mapping[Group, float]", after: "Mapping[Group, float]", span: "Group"
) -> float:
    """Size of a cohort ten years on over its size then; nan where a census lacks one of its ages."""
    was, now = _some(before, span), _some(after, (span[0] + DECADE, span[1] + DECADE))
    return now / was if was > 0 else float("nan")


def _some(groups: "Mapping[Group, float]", span: "Group") -> float:
    """Children of some ages; nan where groups do not make them up just so."""
    inside = {g: n for g, n in groups.items() if span[0] <= g[0] and g[1] <= span[1]}
    ages = {age for g in inside for age in range(g[0], g[1] + 1)}
    whole = ages == set(range(span[0], span[1] + 1))
    return sum(inside.values()) if whole else float("nan")


def _backtest(
    region: "Region", ground: Ground, places: "Sequence[str]"
) -> tuple[list[BacktestSum], list[BacktestRow]]:
    """Cohorts of the census before, carried to the last one, against what that saw: units of both.

    All units of the region are looked at, whatever was asked for: one unit alone tells nothing of an error.
    """
    import numpy as np

    from hutuo.siting import cohorts

    members = ground.region.records("membership", set=region.info.set)
    inside = [row["member"] for row in members if row["role"] != "excluded"]
    known = censuses(region, [*places, *inside])
    first = _decade_before(known) if known else None
    if first is None:
        return [], []
    last = known[-1]
    level = {unit: row["level"] for unit, row in ground.units.items()}
    units = sorted(
        u for u in first.groups if u in last.groups and level.get(u) in ("county", "zone")
    )
    grown = (YOUNG[0] + DECADE, YOUNG[1] + DECADE)
    before = np.array([_some(first.groups[u], YOUNG) for u in units])
    after = np.array([_some(last.groups[u], grown) for u in units])
    known = np.isfinite(before) & np.isfinite(after)
    units, before, after = (
        [u for u, k in zip(units, known, strict=True) if k],
        before[known],
        after[known],
    )
    if len(units) < 2:  # noqa: PLR2004 - a unit and another one
        return [], []
    group = np.array([ground.city(unit) for unit in units])
    ways = {
        "closed": cohorts.backtested(before, after),
        "from_others": cohorts.backtested(
            before, after, cohorts.from_others(before, after, group)
        ),
    }
    sums = [
        BacktestSum(
            cohort=name,
            total=rounded(one.total, 4),
            mean=rounded(one.mean, 4),
            within=rounded(one.within, 4),
        )
        for name, one in ways.items()
    ]
    order = np.argsort(-np.abs(np.nan_to_num(ways["from_others"].error)), kind="stable")
    rows = [
        BacktestRow(
            place=units[at],
            name=region.name_of(units[at]),
            seen=float(after[at]),
            closed=rounded(ways["closed"].error[at], 4),
            from_others=rounded(ways["from_others"].error[at], 4),
        )
        for at in order
    ]
    return sums, rows


def _births(given: "Sequence[str]") -> dict[int, float]:
    """Multiples by year.

    Raises:
        BadAsk: A word is not YEAR:MULTIPLE; all such are told.
    """
    told = {word: YEAR_WORD.fullmatch(word) for word in given}
    wrong = ", ".join(word for word, found in told.items() if not found)
    if wrong:
        says = Text(f"births:{wrong}不是年份:倍数", f"births: {wrong} is no YEAR:MULTIPLE")
        raise BadAsk(says, Text("如2021:0.88", "as 2021:0.88"))
    return {int(found[1]): float(found[2]) for found in told.values() if found}


def _seats(ask: SchoolPlaces) -> dict[str, str]:
    """Indicators of school places by level.

    Raises:
        BadAsk: A word is not LEVEL:INDICATOR; all such are told.
    """
    pairs = [word.partition(":") for word in ask.school_places]
    wrong = ", ".join("".join(pair) for pair in pairs if pair[0] not in AGES or not pair[2])
    if wrong:
        says = Text(
            f"school_places:{wrong}不是学段:指标", f"school_places: {wrong} is no LEVEL:INDICATOR"
        )
        raise BadAsk(says, Text("如primary:seats_primary", "as primary:seats_primary"))
    return {level: name for level, _, name in pairs}


def _missing(ask: SchoolPlaces, rows: list[SchoolRow], first: Census | None) -> list[Text]:
    told = []
    bare = [row for row in rows if row.children is None]
    places = list(dict.fromkeys(row.place for row in bare))
    never = [p for p in places if all(row.children is None for row in rows if row.place == p)]
    late = sorted({f"{row.level} {row.year}" for row in bare if row.place not in never})
    if never:
        shown = "、".join(never), ", ".join(never)
        told.append(
            Text(f"没有可用的年龄组数值:{shown[0]}", f"no usable figures by age: {shown[1]}")
        )
    if late:
        told.append(
            Text(
                f"普查后出生的队列须以births给出:{'、'.join(late)}",
                f"cohorts born after the census need births: {', '.join(late)}",
            )
        )
    lacking = [level for level in ask.levels if level not in _seats(ask)]
    if lacking:
        told.append(
            Text(
                f"没有学位数:{'、'.join(lacking)};请载入学位指标并以school_places指明",
                f"no school places of {', '.join(lacking)}: load an indicator and name it as school_places",
            )
        )
    if first is None:
        told.append(
            Text(
                "没有十年前的普查,不能回测", "no census of ten years before, so no test against it"
            )
        )
    return told


def _assumed(ask: SchoolPlaces) -> list[Text]:
    told = [
        Text(
            "年龄按普查时点(不是9月1日)计,组内各岁均分",
            "ages are those on the day of the census, not of 1 "
            "September; a group is spread evenly over its years",
        ),
        Text("学龄按常住人口计,不论户籍", "children are residents, whatever their registration"),
    ]
    if ask.cohort == "ratio":
        told.append(
            Text(
                "各队列的变化(迁移、死亡、漏报)延续前十年的年率;没有自身比值的用所属市的",
                "cohorts change on at the yearly rate of the ten years before, by migration, death and "
                "undercount; a place without ratios of its own takes those of its prefecture",
            )
        )
    else:
        told.append(
            Text("队列不变:无迁移、无死亡", "cohorts do not change: no migration, no deaths")
        )
    return told


def _nothing() -> SchoolAnswer:
    lacking = Text(
        "没有分年龄组的人口(如指标age_0、age_1_4、age_5_9);请载入普查年龄表",
        "no people by age group are observed (indicators as age_0, age_1_4, age_5_9): load an age table",
    )
    return SchoolAnswer(
        rows=[], totals=[], factors=[], backtest=[], backtest_rows=[], census=None, before=None,
        missing=[lacking], assumptions=[], sources=[],
    )  # fmt: skip
