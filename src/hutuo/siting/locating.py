"""Sites for a kind of facility in a region: where they stand best, whom each serves, who is left out."""

from math import isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.answers import Placed
from hutuo.base.figures import indicator_of, source_name, unit_name
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.siting.ground import Figures, Ground, Moved, Point, Ways
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.solutions import Solution

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

Model = Literal["p_median", "p_center", "set_cover", "max_cover", "capacitated", "ruled"]
NUMBERED = ("p_median", "p_center", "max_cover")
BANDS = (15, 30, 45, 60, 90, 120)
SPLIT = 1e-6
VALUES = {
    "p_median": Text("总出行(人·分钟)", "travel in all, person-minutes"),
    "p_center": Text("最远者用时(分钟)", "minutes of the farthest"),
    "set_cover": Text("设施数(处)", "number of sites"),
    "max_cover": Text("时限内需求量", "demand within the limit"),
    "capacitated": Text("总费用(分)", "cost in all, fen"),
    "ruled": Text("时限内需求量", "demand within the limit"),
}


class Places(Ask):
    """Who is to be served, from where, and how they move."""

    kind: str | None = said(
        "设施类型:地点表备注所写,或 amenity= 之后所写;已有的该类设施予以保留",
        "kind of facility, as places note it, also after amenity=; those that stand are kept",
        default=None,
    )
    clients: tuple[str, ...] | None = said(
        "需求地点:区划、地点或集合;缺省为本地区集合的成员",
        "places to be served: units, places or sets; the members of the region's set by default",
        default=None,
    )
    candidates: tuple[str, ...] | None = said(
        "候选地点:区划、地点、集合或经纬度;缺省与需求地点相同",
        "candidate sites: units, places, sets or points as 114.5/38.0; the places served by default",
        default=None,
    )
    keep: tuple[str, ...] = said("另须设置的地点", "places that must be sites as well", default=())
    forbid: tuple[str, ...] = said(
        "不得设置的候选地点", "candidates that must not be sites", default=()
    )
    existing: bool = said(
        "是否保留已有设施", "whether facilities that stand are kept", default=True
    )
    people: str | None = said(
        "需求按哪个指标;缺省为常住人口(不是户籍人口)",
        "indicator that demand follows; residents by default, never the registered",
        default=None,
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
    outbound: bool = said(
        "是否由设施前往需求地点(如救援)",
        "whether ways lead from the site to those served, as in rescue",
        default=False,
    )
    detour: float = said(
        "直线估算的绕行系数", "detour factor of straight lines", default=1.33, ge=1, le=5
    )
    kmh: float = said(
        "直线估算的时速(公里)", "speed along straight lines, km/h", default=60, gt=0, le=300
    )


class Locate(Places):
    """Which model, with what limits."""

    model: Model = said(
        "模型:p_median 总出行最少、p_center 最远者最近、set_cover 设施最少且全覆盖、"
        "max_cover 覆盖人口最多、capacitated 有容量与费用、ruled 预算与各市下限之内覆盖最多",
        "p_median: least travel in all; p_center: the farthest least far; set_cover: fewest that cover all; "
        "max_cover: most people covered; capacitated: capacities and costs; ruled: most people covered "
        "within a budget and with a floor for each city",
        default="p_median",
    )
    number: int | None = said(
        "新设几处;p_median、p_center、max_cover 必填,ruled 可填",
        "new sites beside those that are kept; needed by p_median, p_center and max_cover, taken by ruled",
        default=None,
        ge=0,
        le=10_000,
    )
    minutes: float = said(
        "时限(分钟)", "limit in minutes, of covers and of figures", default=60, gt=0, le=1440
    )
    included: bool = said(
        "恰好等于时限的是否算入", "whether exactly the limit counts as within", default=True
    )
    per_person: float = said(
        "每人的需求量(如吨、床)", "demand of one person, as tonnes or beds", default=1, gt=0
    )
    capacity: str | None = said(
        "已有设施的容量指标", "indicator of the capacity of facilities that stand", default=None
    )
    new_capacity: float | None = said(
        "新设施的容量;缺省为不限",
        "capacity of a new site; unlimited by default",
        default=None,
        gt=0,
    )
    opening_fen: int | None = said(
        "新设一处的费用(分)",
        "cost of a new site, in fen; needed by capacitated",
        default=None,
        ge=0,
    )
    fen_per_minute: float | None = said(
        "单位需求每分钟的费用(分)",
        "cost of a minute of one unit of demand, in fen; needed by capacitated",
        default=None,
        gt=0,
    )
    budget_fen: int | None = said(
        "新设的预算(分),用于 ruled", "most that new sites may cost, in fen; of ruled",
        default=None, ge=0,
    )  # fmt: skip
    floor: float | None = said(
        "每市至少多少人口在时限内(比值),用于 ruled",
        "least share of the people of each city within the limit, 0..1; of ruled",
        default=None,
        ge=0,
        le=1,
    )
    single: bool = said(
        "每地是否只由一处设施服务", "whether a place is served from one site alone", default=False
    )
    seconds: float = said(
        "求解时限(秒);到时给出已得最好的方案及其界",
        "seconds to solve; then the best plan so far is given with its bound",
        default=30,
        gt=0,
        le=3600,
    )


class SiteRow(Placed):
    """One site of the plan."""

    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    city: str | None = said("所在城市的代码", "city that it stands in; null if not known")
    stands: bool = said("是否已有或指定", "whether it stands already or was named as one to keep")
    load: float = said("服务的需求量", "demand that it serves")
    capacity: float | None = said("容量;空为不限", "capacity; null if unlimited")
    use: float | None = said("利用率(比值)", "load over capacity, 0..1; null if unlimited")
    places: int = said("服务的地点数", "places that it serves, at least in part")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of those served")
    farthest_minutes: float | None = said("最远用时(分钟)", "minutes of the farthest place served")


class ServedRow(Placed):
    """One place and where it is served from."""

    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    city: str | None = said("所在城市的代码", "city that it lies in; null if not known")
    people: float | None = said("人口", "people; null if no figure is known")
    site: str | None = said("设施地点", "site that serves it; null for none")
    site_name: Text | None = said("设施名称", "what that site is called")
    minutes: float | None = said("用时(分钟)", "minutes to it; null where there is no way")
    share: float = said("由该处服务的比重(比值)", "part of its demand that the site serves, 0..1")
    within: bool = said("是否在时限内", "whether that is within the limit")


class BandRow(Answer):
    """How many people are within some minutes."""

    minutes: float = said("分钟", "limit in minutes, itself included as asked")
    people: float = said("人口", "people within it")
    share: float | None = said("人口占比(比值)", "share of all people counted, 0..1")


class CityRow(Placed):
    """How one city is served."""

    people: float = said("人口", "people counted")
    within_share: float | None = said("时限内人口占比(比值)", "share within the limit, 0..1")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes")
    farthest_minutes: float | None = said("最远用时(分钟)", "minutes of the farthest place")
    sites: int = said("设施数", "sites that stand in it")


class Located(Answer):
    """A plan of sites, how good it is proven to be, and what it means for people."""

    model: str = said("模型", "model that was solved")
    model_name: Text = said("模型名称", "what the model is called")
    status: str = said(
        "求解状态", "optimal (proven), time_limit (the best found) or infeasible (no plan)"
    )
    status_name: Text = said("状态名称", "what the status is called")
    objective: float | None = said("目标值", "value of the plan; null if there is none")
    value_of: Text = said("目标", "what the value measures")
    bound: float | None = said("界:任何方案都不能更好", "value that no plan can beat")
    gap: float | None = said("差距(比值)", "how far the plan may be from the best, over its value")
    conflict: list[list[str]] = said(
        "不可行时:去掉哪组限制即可行",
        "where there is no plan: smallest sets of rules without which there is one",
    )
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of all people counted")
    median_minutes: float | None = said("中位用时(分钟)", "minutes that half do not exceed")
    p90_minutes: float | None = said(
        "九成人不超过的分钟", "minutes that nine tenths do not exceed"
    )
    farthest_minutes: float | None = said(
        "有人口的最远地点的用时(分钟)", "minutes of the farthest place with people counted"
    )
    least_share: float | None = said(
        "各市中最低的时限内占比(比值)", "least share within the limit of any city, 0..1"
    )
    rows: list[SiteRow] = said("设施", "sites, those that stand first, then by load")
    served: list[ServedRow] = said("各地由何处服务", "places and their sites")
    bands: list[BandRow] = said("用时分布", "people by minutes")
    cities: list[CityRow] = said("各市", "cities, those worst served first")
    left_out: list[ServedRow] = said(
        "时限之外或无路可达的地点", "places beyond the limit or without a way, most people first"
    )
    without_point: list[str] = said("没有点位的地点", "places of which no point is known")
    without_figure: list[str] = said(
        "没有人口数、不计权重的地点", "places without people counted; they weigh nothing"
    )
    limit_minutes: float = said("时限(分钟)", "limit in minutes")
    indicator: str = said("需求指标", "indicator that demand follows")
    unit_name: Text = said("计量单位的名称", "unit of it")
    year: int | None = said("年份", "year of the figures")
    estimate: bool = said("用时是否估算", "whether minutes are estimates from straight lines")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")


class Case(NamedTuple):
    """What is to be solved.

    Attributes:
        clients: Places to be served.
        sites: Candidates, those that must be open first.
        kept: How many of the sites must be open.
        demand: Figures of the clients.
        ways: Ways between both.
        lost: Places without a point.
    """

    clients: list[Point]
    sites: list[Point]
    kept: int
    demand: Figures
    ways: Ways
    lost: list[str]

    @property
    def people(self) -> "Floats":
        """People of the clients; 0 where no figure is known, (clients,)."""
        import numpy as np

        found: Floats = np.nan_to_num(self.demand.amounts)
        return found


@verb(
    "选址:给出设施地点、分派与最优差距", columns=("name", "stands", "load", "use", "mean_minutes")
)
def locate(region: "Region", ask: Locate) -> Located:
    """Find sites for facilities: where they stand best, whom they serve, and how good that is proven."""
    report(0.0, Text("读取地点、人口与用时", "reading places, people and minutes"))
    needed(ask)
    case = case_of(region, ask)
    report(0.2, Text("求解", "solving"))
    from hutuo.siting.solving import solved

    found = solved(region, case, ask)
    report(0.9, Text("整理结果", "writing up"))
    return answer_of(region, ask, case, found)


def needed(ask: Locate) -> None:
    """Refuse an ask that lacks what its model needs, or gives what it would not look at.

    Raises:
        BadAsk: Something is lacking or too much; all of it is told.
    """
    costs = ("opening_fen", "fen_per_minute")
    wanted: tuple[str, ...] = ("number",) if ask.model in NUMBERED else ()
    taken = {*wanted}
    if ask.model == "capacitated":
        wanted, taken = costs, {*costs, "new_capacity", "capacity", "single"}
    if ask.model == "ruled":
        wanted = ("number",) if ask.budget_fen is None else ("opening_fen",)
        taken = {"number", "opening_fen", "budget_fen", "floor"}
    limits = {"new_capacity", "capacity", "single", "budget_fen", "floor"}
    unused = sorted({"number", *costs, *limits} - taken)
    lacking = [name for name in wanted if getattr(ask, name) is None]
    fields = type(ask).model_fields
    extra = [name for name in unused if getattr(ask, name) != fields[name].default]
    if lacking or extra:
        zh = [f"缺{'、'.join(lacking)}"] * bool(lacking) + [f"不用{'、'.join(extra)}"] * bool(
            extra
        )
        en = [f"needs {', '.join(lacking)}"] * bool(lacking)
        en += [f"takes no {', '.join(extra)}"] * bool(extra)
        raise BadAsk(
            Text(f"模型{ask.model}{';'.join(zh)}", f"model {ask.model} {'; '.join(en)}"),
            Text("见siting locate的说明", "see the page of siting locate"),
        )


def case_of(region: "Region", ask: Places) -> Case:
    """The places of an ask, their people, and the minutes between.

    Raises:
        NotFound: There is no such place, indicator or matrix.
        BadAsk: No place is left of one side.
    """
    from hutuo.siting.ground import figures_of, people_indicator, ways_of

    ground = Ground(region)
    clients, lost = ground.points(ask.clients or [region.info.set])
    stand = ground.of_kind(ask.kind) if ask.kind and ask.existing else []
    kept, bare = ground.points([*stand, *ask.keep])
    more, gone = ground.points(ask.candidates or ask.clients or [region.info.set])
    for place in ask.forbid:
        ground.point(place)
    named = {point.place for point in kept} | set(ask.forbid)
    sites = [*kept, *(point for point in more if point.place not in named)]
    pointless = list(dict.fromkeys([*lost, *bare, *gone]))
    if not clients or not sites:
        says = Text(
            "没有可用的需求地点或候选地点", "no place to be served, or no candidate, is left"
        )
        shown = ", ".join(pointless) or "-"
        raise BadAsk(says, Text(f"没有点位:{shown}", f"without a point: {shown}"))
    indicator = people_indicator(region, ask.people)
    demand = figures_of(region, [p.place for p in clients], indicator, ask.year)
    how = Moved(ask.times, ask.outbound, ask.detour, ask.kmh)
    return Case(clients, sites, len(kept), demand, ways_of(region, clients, sites, how), pointless)


def answer_of(
    region: "Region",
    ask: Locate,
    case: Case,
    plan: "tuple[Solution, Floats | None, list[list[str]]]",
) -> Located:
    """A plan in words and figures of the region."""
    import numpy as np

    from hutuo.siting import served

    found, capacity, conflict = plan
    chosen = sorted({*found.sites, *range(case.kept)}) if found.status != "infeasible" else []
    shares = _shares(case, found, chosen)
    took = _minutes(case.ways.minutes, shares)
    good = served.within(took, ask.minutes, included=ask.included)
    every = served.spread_of(took, case.people)
    rows = [_served(case, shares, at, ask) for at in range(len(case.clients))]
    cities = _cities(region, case, chosen, (took, good))
    about = indicator_of(region, case.demand.indicator)
    return Located(
        model=ask.model,
        model_name=label(f"siting:{ask.model}"),
        status=found.status,
        status_name=label(f"solved:{found.status}"),
        objective=_plain(found.objective, 3),
        value_of=VALUES[ask.model],
        bound=_plain(found.bound, 3),
        gap=_plain(found.gap, 6),
        conflict=conflict,
        mean_minutes=tenth(every.mean),
        median_minutes=tenth(every.median),
        p90_minutes=tenth(every.p90),
        farthest_minutes=tenth(every.farthest),
        least_share=min(
            (c.within_share for c in cities if c.within_share is not None), default=None
        ),
        rows=_sites(case, chosen, shares, (capacity, ask.per_person)),
        served=[row for some in rows for row in some],
        bands=_bands(took, case.people, included=ask.included),
        cities=cities,
        left_out=sorted(
            (some[0] for some, fine in zip(rows, good, strict=True) if not fine),
            key=lambda row: (-(row.people or 0), row.place),
        ),
        without_point=case.lost,
        without_figure=[
            p.place for p, n in zip(case.clients, case.demand.amounts, strict=True) if np.isnan(n)
        ],
        limit_minutes=ask.minutes,
        indicator=case.demand.indicator,
        unit_name=unit_name(about["unit"]),
        year=case.demand.year,
        estimate=case.ways.estimate,
        assumptions=_assumed(ask, case),
        sources=[source_name(region, one) for one in case.demand.sources],
    )


def _shares(case: Case, found: "Solution", chosen: "Sequence[int]") -> "Floats":
    """Part of each client's demand by site: split by the model, or all to the nearest site."""
    import numpy as np

    from hutuo.siting import served

    if found.shares is not None:
        return found.shares
    nearest, _ = served.nearest_of(case.ways.minutes, chosen)
    shares = np.zeros(case.ways.minutes.shape)
    there = nearest >= 0
    shares[np.flatnonzero(there), nearest[there]] = 1.0
    return shares


def _minutes(minutes: "Floats", shares: "Floats") -> "Floats":
    """Minutes of each client, by the parts that are served where; inf for one that is not served."""
    import numpy as np

    used = shares > SPLIT
    whole = np.where(used, shares, 0.0)
    total = whole.sum(axis=1)
    spent = (np.where(used, minutes, 0.0) * whole).sum(axis=1)
    found: Floats = np.where(total > 0, spent / np.where(total > 0, total, 1.0), np.inf)
    return found


def _served(case: Case, shares: "Floats", at: int, ask: Locate) -> list[ServedRow]:
    """Rows of one client: one a site that serves it, or one without a site."""
    import numpy as np

    from hutuo.siting import served

    client, people = case.clients[at], float(case.demand.amounts[at])
    used = sorted(np.flatnonzero(shares[at] > SPLIT).tolist(), key=lambda s: -shares[at, s])
    sites: list[int | None] = [*used] or [None]
    rows = []
    for site in sites:
        took = float("inf") if site is None else float(case.ways.minutes[at, site])
        rows.append(
            ServedRow(
                place=client.place,
                name=client.name,
                lon=client.lon,
                lat=client.lat,
                city=client.city or None,
                people=_plain(people, 3),
                site=None if site is None else case.sites[site].place,
                site_name=None if site is None else case.sites[site].name,
                minutes=tenth(took),
                share=0.0 if site is None else round(float(shares[at, site]), 6),
                within=bool(served.within(took, ask.minutes, included=ask.included)),
            )
        )
    return rows


def _sites(
    case: Case,
    chosen: "Sequence[int]",
    shares: "Floats",
    held: "tuple[Floats | None, float]",
) -> list[SiteRow]:
    import numpy as np

    from hutuo.siting import served

    capacity, per_person = held
    loads = served.loads_of(shares, case.people * per_person)
    rows = []
    for at in chosen:
        point, part = case.sites[at], shares[:, at]
        minutes = np.where(part > SPLIT, case.ways.minutes[:, at], np.inf)
        here = served.spread_of(minutes, case.people * part)
        room = None if capacity is None else _plain(float(capacity[at]), 3)
        rows.append(
            SiteRow(
                place=point.place,
                name=point.name,
                lon=point.lon,
                lat=point.lat,
                city=point.city or None,
                stands=at < case.kept,
                load=round(float(loads[at]), 3),
                capacity=room,
                use=round(float(loads[at]) / room, 4) if room else None,
                places=int((part > SPLIT).sum()),
                mean_minutes=tenth(here.mean),
                farthest_minutes=tenth(here.farthest),
            )
        )
    return sorted(rows, key=lambda row: (not row.stands, -row.load, row.place))


def _bands(took: "Floats", people: "Floats", *, included: bool) -> list[BandRow]:
    from hutuo.siting import served

    total = float(people.sum())
    rows = []
    for band in BANDS:
        some = float(people[served.within(took, band, included=included)].sum())
        share = round(some / total, 4) if total else None
        rows.append(BandRow(minutes=band, people=some, share=share))
    return rows


def _cities(
    region: "Region", case: Case, chosen: "Sequence[int]", of: "tuple[Floats, Flags]"
) -> list[CityRow]:
    import numpy as np

    from hutuo.siting import served

    took, good = of
    where = np.array([point.city for point in case.clients])
    stand = [case.sites[at].city for at in chosen]
    rows = []
    for city in sorted(set(where.tolist()) - {""}):
        mine = where == city
        people = case.people[mine]
        here, total = served.spread_of(took[mine], people), float(people.sum())
        share = round(float(people[good[mine]].sum()) / total, 4) if total else None
        rows.append(
            CityRow(
                place=city,
                name=region.name_of(city),
                people=total,
                within_share=share,
                mean_minutes=tenth(here.mean),
                farthest_minutes=tenth(here.farthest),
                sites=stand.count(city),
            )
        )
    return sorted(
        rows, key=lambda row: (1.0 if row.within_share is None else row.within_share, row.place)
    )


def _assumed(ask: Locate, case: Case) -> list[Text]:
    sign = "≤" if ask.included else "<"
    told = [
        case.ways.told,
        Text(
            "每个需求地点的人口集中在其驻地或标注点",
            "people of a place are taken at its seat or point",
        ),
        Text("按常住人口计,不按户籍", "demand follows residents, whatever their registration"),
        Text(f"时限:用时{sign}{ask.minutes:g}分钟", f"limit: minutes {sign} {ask.minutes:g}"),
    ]
    if ask.model != "capacitated":
        told.append(
            Text("每地由最近的设施服务,不计容量", "the nearest site serves, whatever its capacity")
        )
    if ask.per_person != 1:
        told.append(Text(f"每人需求{ask.per_person:g}", f"demand per person: {ask.per_person:g}"))
    if ask.kind and ask.existing and not case.kept:
        told.append(
            Text(
                f"没有已知的“{ask.kind}”设施,全部新设",
                f"no {ask.kind} is known to stand: all are new",
            )
        )
    return told


def tenth(value: float) -> float | None:
    """Minutes to a tenth; None where there are none."""
    return _plain(value, 1)


def _plain(value: float, digits: int) -> float | None:
    return round(float(value), digits) if isfinite(value) else None
