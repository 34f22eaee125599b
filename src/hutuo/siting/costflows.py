"""Whose tonnes go where: flows of a plan in whole kilograms, and the balances of places and cities."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.siting.costasks import BalanceRow, CityBalance, FlowRow, SharedCost
from hutuo.siting.siterows import SPLIT, Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.solutions import Solution

__all__ = ["Costing", "Flow", "Planned", "city_balances", "flow_of", "flows_of", "unit_balances"]

KG = 1000


class Planned(NamedTuple):
    """The plan of one group: its clients and sites by their positions, and the solution over them."""

    clients: "NDArray[np.int64]"
    sites: "NDArray[np.int64]"
    found: "Solution"


class Costing(NamedTuple):
    """What all groups are solved with.

    Attributes:
        case: Places and ways.
        tonnes: Tonnes of each client, (clients,).
        price: Yearly cost of each site, (sites,).
        room: Tonnes of each site, (sites,); inf for unlimited.
        whose: City (or county) of each client, and of each site.
        ask: What was asked.
    """

    case: Case
    tonnes: "NDArray[np.float64]"
    price: "NDArray[np.float64]"
    room: "NDArray[np.float64]"
    whose: tuple[list[str], list[str]]
    ask: SharedCost


Flow = tuple[int, int, int]


def flows_of(costing: Costing, plan: Planned) -> list[Flow]:
    """Kilograms from a client to a site, by their positions: whole ones, which sum to what arises."""
    import numpy as np

    from hutuo.ledger.splits import split

    shares = plan.found.shares
    rows: list[Flow] = []
    for at, client in enumerate(plan.clients):
        kg = round(float(costing.tonnes[client]) * KG)
        used = np.flatnonzero(shares[at] > SPLIT) if shares is not None else np.array([], int)
        parts = split(kg, [float(shares[at, s]) for s in used]) if shares is not None else []
        rows += [
            (int(client), int(plan.sites[s]), part) for s, part in zip(used, parts, strict=True)
        ]
    return [row for row in rows if row[2]]


def flow_of(costing: Costing, client: int, site: int, kg: int) -> FlowRow:
    """One flow as a row: tonnes, kilometres and their product."""
    start, end = costing.case.clients[client], costing.case.sites[site]
    km = round(float(costing.case.ways.km[client, site]), 2)
    return FlowRow(
        from_id=start.place,
        from_name=start.name,
        to_id=end.place,
        to_name=end.name,
        tonnes=kg / KG,
        km=km,
        tonne_km=round(kg / KG * km, 1),
    )


class _Sums:
    """Kilograms of one place or city."""

    def __init__(self) -> None:
        self.arising = self.received = self.sent = self.treated = 0

    def told(self) -> dict[str, float]:
        left = self.arising + self.received - self.sent - self.treated
        names = ("arising", "received", "sent", "treated")
        return {**{name: getattr(self, name) / KG for name in names}, "remainder": left / KG}


def _summed(
    flows: "Sequence[Flow]", ends: "tuple[Sequence[str], Sequence[str]]"
) -> dict[str, _Sums]:
    """Balances by what clients and sites belong to."""
    found: dict[str, _Sums] = {}
    for client, site, kg in flows:
        start, end = ends[0][client], ends[1][site]
        one, other = (found.setdefault(name, _Sums()) for name in (start, end))
        one.arising += kg
        other.treated += kg
        if start != end:
            one.sent += kg
            other.received += kg
    return found


def unit_balances(costing: Costing, flows: "Sequence[Flow]") -> list[BalanceRow]:
    """What arises, comes, goes and is treated at each place; what remains is nothing."""
    case = costing.case
    names = {p.place: p.name for p in (*case.sites, *case.clients)}
    sums = _summed(flows, ([p.place for p in case.clients], [p.place for p in case.sites]))
    return [
        BalanceRow(place=place, name=names[place], **sums[place].told()) for place in sorted(sums)
    ]


def city_balances(
    region: "Region",
    costing: Costing,
    cities: "Sequence[str]",
    solved: "tuple[dict[tuple[str, ...], Planned], list[Flow]]",
) -> list[CityBalance]:
    """The same by city, with its plants and tonne-kilometres apart and together.

    Args:
        region: View of the region.
        costing: What all groups were solved with.
        cities: Cities that share.
        solved: Plans by group, and the flows of the plan of all.
    """
    plans, flows = solved
    whole = plans[tuple(cities)]
    owners, hosts = costing.whose
    sums = _summed(flows, (owners, hosts))
    chosen = [int(whole.sites[site]) for site in whole.found.sites]
    rows = []
    for city in cities:
        own = plans[(city,)]
        here = [at for at in chosen if hosts[at] == city]
        room = float(sum(costing.room[at] for at in here))
        mine = [flow for flow in flows if owners[flow[0]] == city]
        rows.append(
            CityBalance(
                place=city,
                name=region.name_of(city),
                **sums.get(city, _Sums()).told(),
                capacity=room if room < float("inf") else None,
                tonne_km_alone=_tonne_km(costing, flows_of(costing, own)),
                tonne_km=_tonne_km(costing, mine),
                sites_alone=len(own.found.sites),
                sites=len(here),
            )
        )
    return rows


def _tonne_km(costing: Costing, flows: "Sequence[Flow]") -> float:
    return round(sum(kg / KG * float(costing.case.ways.km[c, s]) for c, s, kg in flows), 1)
