"""New housing against what is in reach: how much capacity its people need, and how much is left for them."""

from math import isfinite
from typing import TYPE_CHECKING

from hutuo.base.figures import indicator_of, source_name, unit_name
from hutuo.errors import BadAsk
from hutuo.siting.ground import Ground, Moved
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.ground import Point

    Floats = NDArray[np.float64]

THOUSAND = 1000
POINTS = ("point", "station", "building")


class HousingGap(Ask):
    """Which housing, and what its people are to find in reach."""

    place: str = said(
        "新增居住组团的位置:区划、地点或经纬度如114.5/38.0",
        "where the housing is: a unit, place or point as 114.5/38.0",
    )
    residents: float = said("新增居民(人)", "people who will live there", gt=0)
    standards: tuple[str, ...] = said(
        "标准:指标=每千人应有多少,如 seats_primary=70",
        "standards: INDICATOR=how much there should be per 1,000 people, as seats_primary=70",
        min_length=1,
    )
    minutes: float = said(
        "多远算可达(分钟)", "minutes that count as in reach", default=30, gt=0, le=1440
    )
    included: bool = said(
        "恰好等于时限的是否算入", "whether exactly the limit counts as within", default=True
    )
    people: str | None = said(
        "人口指标;缺省为常住人口", "indicator of the people; residents by default", default=None
    )
    year: int | None = said(
        "年份;缺省为数据最全的一年",
        "year of the figures; the one with most of them by default",
        default=None,
        ge=1900,
        le=2200,
    )
    times: str | None = said(
        "出行时间矩阵:space travel-matrix 写出的子文件夹名;缺省按直线估算",
        "matrix of travel times: the folder that space travel-matrix wrote; straight lines by default",
        default=None,
    )
    detour: float = said(
        "直线估算的绕行系数", "detour factor of straight lines", default=1.33, ge=1, le=5
    )
    kmh: float = said(
        "直线估算的时速(公里)", "speed along straight lines, km/h", default=60, gt=0, le=300
    )


class HousingRow(Answer):
    """One kind of capacity."""

    indicator: str = said("容量指标", "indicator of capacity")
    indicator_name: Text = said("指标名称", "what it is called")
    unit_name: Text = said("计量单位的名称", "unit of it")
    standard: float = said("标准(每千人)", "how much there should be per 1,000 people")
    capacity: float | None = said("可达的容量", "capacity in reach; null if no figure is known")
    needed_before: float = said("现有居民所需", "what those in reach need already")
    needed: float = said("加上新居民所需", "what they and the new people need")
    gap_before: float | None = said(
        "现有缺口", "needed already less there is; below 0 where some is left"
    )
    gap: float | None = said("新增后的缺口", "needed with the new people less there is")


class HousingAnswer(Answer):
    """What the new people need, and what is short."""

    rows: list[HousingRow] = said("各类容量", "kinds of capacity, in the order asked")
    within: list[str] = said("可达的地点", "places in reach whose people and capacity count")
    residents_before: float = said("可达范围内的现有居民", "people in reach already")
    without_figure: list[str] = said(
        "没有人口数的可达地点", "places in reach without people counted"
    )
    estimate: bool = said("用时是否估算", "whether minutes are estimates from straight lines")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")


@verb(
    "新增居住组团的设施缺口",
    columns=("indicator_name", "capacity", "needed", "gap_before", "gap"),
)
def housing_gap(region: "Region", ask: HousingGap) -> HousingAnswer:
    """Test new housing: what its people need in reach, and what is short with and without them."""
    import numpy as np

    from hutuo.base.counted import figures_of, latest_of
    from hutuo.siting.ground import ways_of
    from hutuo.siting.residents import people_indicator
    from hutuo.siting.served import within

    ground = Ground(region)
    standards = standards_of(ask.standards)
    here = ground.point(ask.place)
    if here is None:
        says = Text(f"“{ask.place}”没有点位", f"no point of '{ask.place}' is known")
        raise BadAsk(says, Text("请给出经纬度", "give a point, as 114.5/38.0"))
    around, _ = ground.points([region.info.set, *_facilities(ground)])
    how = Moved(ask.times, outbound=False, detour=ask.detour, kmh=ask.kmh)
    ways = ways_of(region, [here], around, how)
    near = within(ways.minutes[0], ask.minutes, included=ask.included)
    reached = [point for point, fine in zip(around, near, strict=True) if fine]
    units = [point for point in reached if point.place in ground.units or _part(ground, point)]
    points = [point for point in reached if point not in units]
    counted = figures_of(
        region, [p.place for p in units], people_indicator(region, ask.people), ask.year
    )
    living = float(np.nansum(counted.amounts))
    rows, sources = [], dict.fromkeys(counted.sources)
    for name, standard in standards.items():
        held = figures_of(region, [p.place for p in units], name, ask.year)
        stand = latest_of(region, [p.place for p in points], name)
        sources.update(dict.fromkeys([*held.sources, *stand.sources]))
        amounts = np.concatenate([held.amounts, stand.amounts])
        capacity = _once(ground, [*units, *points], amounts)
        rows.append(_row(region, (name, standard), capacity, (living, ask.residents)))
    return HousingAnswer(
        rows=rows,
        within=[point.place for point in reached],
        residents_before=living,
        without_figure=[
            p.place for p, n in zip(units, counted.amounts, strict=True) if np.isnan(n)
        ],
        estimate=ways.estimate,
        assumptions=[
            ways.told,
            Text(
                f"{ask.minutes:g}分钟内的地点整体计入,其人口在驻地",
                f"places within {ask.minutes:g} minutes count as a whole, their people at their seat",
            ),
        ],
        sources=[source_name(region, one) for one in sources],
    )


def standards_of(given: "Sequence[str]") -> dict[str, float]:
    """Standards by indicator from words as ``seats_primary=70``.

    Raises:
        BadAsk: A word is none, or an indicator stands twice; all such are told.
    """
    found: dict[str, float] = {}
    wrong = []
    for word in given:
        name, sign, number = word.partition("=")
        try:
            size = float(number)
        except ValueError:
            size = float("nan")
        if not sign or not isfinite(size) or size <= 0 or name in found:
            wrong.append(word)
        found[name] = size
    if wrong:
        shown = ", ".join(wrong)
        says = Text(
            f"standards:{shown}应为指标=每千人,每个指标一次",
            f"standards: {shown}; INDICATOR=NUMBER would be right, each indicator once",
        )
        raise BadAsk(says, Text("如seats_primary=70", "as seats_primary=70"))
    return found


def _facilities(ground: Ground) -> list[str]:
    """Places that are points with a boundary row: facilities that may hold capacity."""
    return sorted(
        place
        for place, row in ground.places.items()
        if row["kind"] in POINTS and place in ground.drawn
    )


def _part(ground: Ground, point: "Point") -> bool:
    row = ground.places.get(point.place)
    return row is not None and row["kind"] == "part"


def _once(ground: Ground, reached: "Sequence[Point]", amounts: "Floats") -> float | None:
    """Capacity in reach: of a unit its own figure, else that of the facilities; of plans both.

    A facility in a unit whose own figure counts is part of that, unless a plan adds it.
    """
    from hutuo.siting.branching import SOURCE

    size = {p.place: n for p, n in zip(reached, amounts.tolist(), strict=True) if isfinite(n)}
    total = 0.0
    for point in reached:
        row = ground.places.get(point.place)
        planned = row is not None and row["source"] == SOURCE["source"]
        inside = point.unit in size and point.unit != point.place
        if point.place in size and (planned or not inside):
            total += size[point.place]
    return total if size else None


def _row(
    region: "Region", of: tuple[str, float], capacity: float | None, people: tuple[float, float]
) -> HousingRow:
    name, standard = of
    about = indicator_of(region, name)
    before, after = people[0] * standard / THOUSAND, sum(people) * standard / THOUSAND
    return HousingRow(
        indicator=name,
        indicator_name=Text(about["zh"], about["en"]),
        unit_name=unit_name(about["unit"]),
        standard=standard,
        capacity=capacity,
        needed_before=round(before, 2),
        needed=round(after, 2),
        gap_before=None if capacity is None else round(before - capacity, 2),
        gap=None if capacity is None else round(after - capacity, 2),
    )
