"""A plan of sites in words and figures of the region."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.answers import rounded
from hutuo.base.counted import Figures
from hutuo.base.figures import indicator_of, source_name, unit_name
from hutuo.glossary import label
from hutuo.siting.ground import Point, Ways
from hutuo.siting.siteanswers import BandRow, CityRow, Located, ServedRow, SiteRow
from hutuo.siting.siteasks import Locate, Places
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.solutions import Solution

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["SPLIT", "Case", "answer_of", "none_stands", "tenth"]

BANDS = (15, 30, 45, 60, 90, 120)
SPLIT = 1e-6
VALUES = {
    "p_median": Text("总出行(人·分钟)", "travel in all, person-minutes"),
    "p_center": Text("最远者用时(分钟)", "minutes of the farthest"),
    "set_cover": Text("设施数(处)", "number of sites"),
    "max_cover": Text("时限内需求量", "demand within the limit"),
    "survival": Text("不能存活的需求量", "demand that does not survive"),
    "capacitated": Text("总费用(分)", "cost in all, fen"),
    "phased": Text("各时期总费用(分)", "cost of all periods, fen"),
    "levelled": Text("各层级总出行(人·分钟)", "travel of all levels, person-minutes"),
    "ruled": Text("时限内需求量", "demand within the limit"),
}


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
    chosen = found.sites if found.status != "infeasible" else []
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
        objective=rounded(found.objective, 3),
        value_of=VALUES[ask.model],
        bound=rounded(found.bound, 3),
        gap=rounded(found.gap, 6),
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
                people=rounded(people, 3),
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
        room = None if capacity is None else rounded(float(capacity[at]), 3)
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
    rooms = ask.model == "ruled" and (ask.capacity or ask.new_capacity)
    if ask.model not in ("capacitated", "phased", "levelled") and not rooms:
        told.append(
            Text("每地由最近的设施服务,不计容量", "the nearest site serves, whatever its capacity")
        )
    if ask.model == "ruled" and ask.closing_fen is not None:
        told.append(
            Text("已有与指定的设施可以关闭", "sites that stand or were named to be kept may close")
        )
    if ask.model == "survival":
        told.append(
            Text(
                "存活率按De Maio等(2003)的函数随用时下降",
                "survival falls with minutes as De Maio et al. (2003) found",
            )
        )
    if ask.cover_times > 1:
        told.append(
            Text(
                f"时限内有{ask.cover_times}处才算覆盖",
                f"covered means {ask.cover_times} sites within the limit",
            )
        )
    if ask.avoid or ask.avoid_protection:
        shown = ", ".join([*ask.avoid, *ask.avoid_protection])
        told.append(
            Text(
                f"新设地点不在以下边界内:{shown};已有的不受此限",
                f"no new site stands within {shown}; those that stand are not asked",
            )
        )
    if ask.per_person != 1:
        told.append(Text(f"每人需求{ask.per_person:g}", f"demand per person: {ask.per_person:g}"))
    return [*told, *none_stands(ask, case.kept)]


def none_stands(ask: Places, kept: int) -> list[Text]:
    """That all sites are new, where those that stand were asked for and none is known."""
    if not ask.kind or not ask.existing or kept:
        return []
    return [
        Text(
            f"没有已知的“{ask.kind}”设施,全部新设",
            f"no {ask.kind} is known to stand: all are new",
        )
    ]


def tenth(value: float) -> float | None:
    """Minutes to a tenth; None where there are none."""
    return rounded(value, 1)
