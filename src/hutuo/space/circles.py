"""The commuting circle: which members lie within some minutes of a core, and what share of the people."""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import source_name
from hutuo.errors import BadAsk, NotFound
from hutuo.space.matrix import faster, plain
from hutuo.space.travel import Basis, Mode, Travel, basis, minutes, way
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.people import Count
    from hutuo.space.spots import Map, Spot
    from hutuo.space.travel import Way

    Minutes = NDArray[np.float32]


class Around(Ask):
    """Around which core, and how far."""

    core: tuple[str, ...] | None = said(
        "核心:区划、地点或集合;缺省为人口最多的成员",
        "core: units, places or a set; by default the member with most people",
        default=None,
    )
    members: str | None = said(
        "看哪个集合的成员;缺省为本地区集合",
        "set whose members are looked at; that of the region by default",
        default=None,
    )
    minutes: float = said("几分钟", "minutes", default=60, gt=0, le=600)
    mode: Mode = said(
        "road 公路,rail 两地车站之间按时刻表,door 门到门",
        "road, rail between stations by timetable, or door to door",
        default="door",
    )
    towards: bool = said(
        "到核心的时间(否则为从核心出发)",
        "whether minutes are to the core, else from it",
        default=True,
    )
    indicator: str | None = said(
        "人口指标;缺省为常住人口类的核心指标",
        "indicator of people; the core one of the population by default",
        default=None,
    )


class CommutingCircle(Travel, Around):
    """Around which core, how far, and how."""


class CircleMember(Answer):
    """A member and how far it is."""

    place: str = said("成员", "unit or place")
    name: Text = said("名称", "what it is called")
    minutes: float | None = said("用时(分钟)", "minutes to the nearest of the core; null: no way")
    mode: str | None = said("方式:road 或 rail", "road or rail, whichever took as long")
    nearest: str | None = said("核心中最近的一处", "the nearest of the core")
    inside: bool = said("恰好等于时限的算入时,是否在圈内", "whether inside, the limit included")
    inside_open: bool = said(
        "恰好等于时限的不算入时,是否在圈内", "whether inside, the limit excluded"
    )


class CirclePeople(Answer):
    """People inside in one year."""

    year: int = said("年份", "year")
    included: bool = said("恰好等于时限的是否算入", "whether the limit counts as within")
    people: float = said("圈内人口", "people inside")
    people_total: float = said("全部成员人口", "people of all members that were counted")
    share: float | None = said("占比(%)", "share of the people inside, %")
    counted: int = said("有人口数的成员数", "members with a figure of that year")
    missing: list[str] = said("没有该年人口数的成员", "members without one")
    missing_inside: int = said(
        "其中在圈内的", "how many of these are inside, so that the share is too small"
    )
    sources: list[Text] = said("来源", "where the figures come from")


class CircleAnswer(Answer):
    """The commuting circle."""

    rows: list[CircleMember] = said("成员", "members, the nearest first")
    people: list[CirclePeople] = said(
        "各年圈内人口", "people inside by year, both ways to count the limit"
    )
    core: list[str] = said("核心", "places of the core")
    minutes: float = said("时限(分钟)", "the limit")
    farthest_minutes: float | None = said(
        "最远成员用时(分钟)", "minutes of the farthest member; null where one is not reached"
    )
    without_point: list[str] = said(
        "没有点位、未计入的地点", "places that were left out, no point of theirs being known"
    )
    basis: Basis = said("依据", "on what the minutes rest")


class Told(NamedTuple):
    """Members with their minutes, the nearest first."""

    spots: "list[Spot]"
    road: "Minutes"
    rail: "Minutes"
    nearest: list[str | None]

    @property
    def took(self) -> "Minutes":
        """Minutes of the faster way."""
        import numpy as np

        return np.minimum(self.road, self.rail)


@verb("给出通勤圈内的成员与人口占比", columns=("name", "minutes", "mode", "inside"))
def commuting_circle(region: "Region", ask: CommutingCircle) -> CircleAnswer:
    """Give the members within some minutes of a core, and their share of the people by year."""
    from hutuo.space.networks import map_of

    where = map_of(region)
    spots, lost = where.spots([ask.members or region.info.set])
    core, more = where.spots(ask.core or [_largest(region, spots)])
    if not core:
        hint = Text("请写明有点位的区划、地点或集合", "name units, places or a set with points")
        raise NotFound(Text("不知道核心的点位", "no point is known of the core"), hint)
    found = way(region, ask, ask.mode)
    told = measured(where, found, spots, core, ask)
    took = told.took
    return CircleAnswer(
        rows=[_row(told, at, ask.minutes) for at in range(len(told.spots))],
        people=_people(region, told, ask),
        core=[spot.place for spot in core],
        minutes=ask.minutes,
        farthest_minutes=plain(took.max()) if len(took) else None,
        without_point=[*lost, *more],
        basis=basis(region, found, ask.mode, [*spots, *core]),
    )


def _largest(region: "Region", spots: "list[Spot]") -> str:
    """The member with most people."""
    from hutuo.space.people import latest

    people = latest(region, [spot.place for spot in spots])
    if not people:
        hint = Text("成员都没有人口数,请写明核心", "no member has people counted; name the core")
        raise BadAsk(Text("以哪里为核心?", "which core?"), hint)
    return max(people, key=lambda place: people[place].people)


def measured(
    where: "Map", found: "Way", spots: "list[Spot]", core: "list[Spot]", ask: CommutingCircle
) -> Told:
    """Minutes between each spot and the nearest of the core, the nearest first."""
    import numpy as np

    road, rail = _matrices(where, found, spots, core, ask)
    both = np.minimum(road, rail)
    best = both.argmin(axis=1) if both.size else np.zeros(len(spots), int)
    rows = np.arange(len(spots))
    order = np.argsort(both[rows, best], kind="stable")
    names = [
        core[place].place if np.isfinite(both[row, place]) else None
        for row, place in zip(rows, best, strict=True)
    ]
    return Told(
        [spots[at] for at in order],
        road[rows, best][order],
        rail[rows, best][order],
        [names[at] for at in order],
    )


def _matrices(
    where: "Map", found: "Way", spots: "list[Spot]", core: "list[Spot]", ask: CommutingCircle
) -> "tuple[Minutes, Minutes]":
    """Minutes by road and by rail, (spots, core)."""
    import numpy as np

    from hutuo.space.matrix import Ends, between_stations
    from hutuo.space.spots import lonlat

    start, end = (spots, core) if ask.towards else (core, spots)
    if ask.mode == "rail":
        rail = between_stations(where, found, Ends(start, end, []))
        road = np.full_like(rail, np.inf)
    else:
        road, rail = minutes(found, lonlat(start), lonlat(end), ask.mode)
    return (road, rail) if ask.towards else (road.T, rail.T)


def _row(told: Told, at: int, limit: float) -> CircleMember:
    spot, road, rail = told.spots[at], plain(told.road[at]), plain(told.rail[at])
    took = min((one for one in (road, rail) if one is not None), default=None)
    return CircleMember(
        place=spot.place,
        name=spot.name,
        minutes=took,
        mode=faster(road, rail),
        nearest=told.nearest[at],
        inside=inside(took, limit, included=True),
        inside_open=inside(took, limit, included=False),
    )


def inside(took: float | None, limit: float, *, included: bool) -> bool:
    """Whether minutes, told to a tenth, are within a limit."""
    if took is None:
        return False
    return took <= limit if included else took < limit


def _people(region: "Region", told: Told, ask: CommutingCircle) -> list[CirclePeople]:
    from hutuo.base.counted import people_indicator
    from hutuo.space.people import by_year

    places = [spot.place for spot in told.spots]
    years = by_year(region, places, people_indicator(region, ask.indicator))
    took = {place: plain(one) for place, one in zip(places, told.took, strict=True)}
    rows = []
    for year, counts in years.items():
        for included in (True, False):
            good = {p: inside(one, ask.minutes, included=included) for p, one in took.items()}
            rows.append(_year(region, counts, good, {"year": year, "included": included}))
    return rows


def _year(
    region: "Region", counts: "dict[str, Count]", good: dict[str, bool], about: dict[str, Any]
) -> CirclePeople:
    """People inside in a year, from the members' counts and whether each is inside."""
    within = sum(count.people for place, count in counts.items() if good[place])
    total = sum(count.people for count in counts.values())
    missing = [place for place in good if place not in counts]
    used = dict.fromkeys(count.source for count in counts.values())
    return CirclePeople(
        people=round(within),
        people_total=round(total),
        share=round(100 * within / total, 2) if total else None,
        counted=len(counts),
        missing=missing,
        missing_inside=sum(good[place] for place in missing),
        sources=[source_name(region, name) for name in used],
        **about,
    )
