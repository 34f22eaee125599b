"""Who pays for shared plants: apart against together, the cost split by rules, tonnes balanced."""

from typing import TYPE_CHECKING, Any

from hutuo.base.figures import source_name
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.siting.costasks import GroupRow, PaidRow, RuleRow, SharedAnswer, SharedCost
from hutuo.siting.costflows import (
    Costing,
    Planned,
    city_balances,
    flow_of,
    flows_of,
    unit_balances,
)
from hutuo.siting.locating import case_of
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.ground import Point

    Floats = NDArray[np.float64]

MOST_CITIES = 8


@verb("共享设施:单独与共享的费用、分摊与平衡", columns=("rule_name", "stable", "excess_fen"))
def shared_cost(region: "Region", ask: SharedCost) -> SharedAnswer:
    """Compare plants apart and shared, split the cost by four kinds of rules, and balance the tonnes."""
    report(0.0, Text("读取地点与数值", "reading places and figures"))
    costing = _costing(region, ask)
    cities = _cities(costing)
    from hutuo.siting import games

    plans: dict[tuple[str, ...], Planned] = {}

    def cost(members: tuple[str, ...]) -> int:
        report(len(plans) / (1 << len(cities)), Text("求解各联盟", "solving for groups of cities"))
        plans[members] = _plan(region, costing, members)
        return round(plans[members].found.objective)

    costs = games.coalition_costs(cities, cost)
    return _answer(region, costing, cities, (costs, plans))


def _costing(region: "Region", ask: SharedCost) -> Costing:
    import numpy as np

    from hutuo.base.counted import latest_of

    case = case_of(region, ask)
    price = np.full(len(case.sites), float(ask.opening_fen))
    price[: case.kept] = 0.0
    room = np.full(len(case.sites), ask.new_capacity or np.inf)
    if ask.capacity and case.kept:
        kept = [point.place for point in case.sites[: case.kept]]
        held = latest_of(region, kept, ask.capacity).amounts
        bare = [p for p, one in zip(kept, held, strict=True) if np.isnan(one)]
        if bare:
            says = Text("没有处理能力数值", "no capacity is known")
            told = Text(
                f"{len(bare)}处已有设施没有能力数值", f"{len(bare)} plants have no capacity"
            )
            raise BadInput(told, [Finding(ask.capacity, None, place, says) for place in bare])
        room[: case.kept] = held
    whose = _whose(case.clients, ask.by), _whose(case.sites, ask.by)
    return Costing(case, case.people * ask.tonnes_per_person, price, room, whose, ask)


def _whose(points: "Sequence[Point]", by: str) -> list[str]:
    return [point.city if by == "city" else point.unit or "" for point in points]


def _cities(costing: Costing) -> list[str]:
    """The cities that share: those in which something arises.

    Raises:
        BadAsk: There are fewer than two, or too many.
    """
    pairs = zip(costing.whose[0], costing.tonnes, strict=True)
    found = sorted({city for city, tonnes in pairs if tonnes > 0 and city})
    if not 2 <= len(found) <= MOST_CITIES:  # noqa: PLR2004 - a game has two sides
        says = Text(f"{len(found)}个城市", f"{len(found)} cities")
        hint = Text(f"应为2至{MOST_CITIES}个", f"2 to {MOST_CITIES} would be right")
        raise BadAsk(says, hint)
    return found


def _plan(region: "Region", costing: Costing, members: tuple[str, ...]) -> Planned:
    """The cheapest plants of a group: for what arises in its cities, on sites in them.

    Raises:
        BadInput: The group has no site, or too little capacity; it is named with what is short.
    """
    import numpy as np

    from hutuo.siting.capacities import capacitated_location

    case, tonnes = costing.case, costing.tonnes
    owners, hosts = costing.whose
    clients = np.array([i for i, c in enumerate(owners) if c in members and tonnes[i] > 0], int)
    sites = np.array([j for j, c in enumerate(hosts) if c in members], int)
    short = tonnes[clients].sum() - (costing.room[sites].sum() if len(sites) else 0.0)
    if short > 0:
        names = [region.name_of(city) for city in members]
        zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
        raise BadInput(
            Text(
                f"{zh}单独不能成立:能力缺{short:,.0f}吨",
                f"{en} cannot stand alone: {short:,.0f} t short",
            ),
            hint=Text("请增加候选地点或能力", "add candidates or capacity"),
        )
    heavy = tonnes[clients]
    cost = heavy[:, None] * case.ways.km[np.ix_(clients, sites)] * costing.ask.fen_per_tonne_km
    room = costing.room[sites]
    held = None if np.isinf(room).all() else np.where(np.isinf(room), heavy.sum() + 1.0, room)
    found = capacitated_location(
        costing.price[sites], held, heavy, cost, time_limit=costing.ask.seconds
    )
    if found.status == "infeasible" or not np.isfinite(found.objective):
        raise BadInput(
            Text(
                f"{'、'.join(members)}没有可行方案", f"no plan was found for {', '.join(members)}"
            ),
            hint=Text("请增加候选地点、能力或求解时限", "add candidates, capacity or seconds"),
        )
    return Planned(clients, sites, found)


def _answer(
    region: "Region",
    costing: Costing,
    cities: list[str],
    solved: "tuple[NDArray[np.int64], dict[tuple[str, ...], Planned]]",
) -> SharedAnswer:
    import numpy as np

    from hutuo.siting import games

    costs, plans = solved
    case = costing.case
    arising = {
        city: float(costing.tonnes[[one == city for one in costing.whose[0]]].sum())
        for city in cities
    }
    rules = games.rules_of(cities, costs, arising)
    alone = sum(int(costs[1 << at]) for at in range(len(cities)))
    together = int(costs[-1])
    flows = flows_of(costing, plans[tuple(cities)])
    return SharedAnswer(
        alone_fen=alone,
        together_fen=together,
        saved_fen=alone - together,
        saved_share=round((alone - together) / alone, 4) if alone else None,
        proven=all(one.found.status == "optimal" for one in plans.values()),
        rules=[_rule(region, one, cities, costs) for one in rules],
        groups=_groups(costing, cities, costs, plans),
        cities=city_balances(region, costing, cities, (plans, flows)),
        balances=unit_balances(costing, flows),
        flows=[flow_of(costing, *one) for one in flows],
        without_figure=[
            p.place for p, n in zip(case.clients, case.demand.amounts, strict=True) if np.isnan(n)
        ],
        without_point=case.lost,
        entry=_entry(costing.ask, rules),
        assumptions=_assumed(costing),
        sources=[source_name(region, one) for one in case.demand.sources],
    )


def _rule(
    region: "Region", one: Any, cities: "Sequence[str]", costs: "NDArray[np.int64]"
) -> RuleRow:
    rows = []
    for at, city in enumerate(cities):
        alone = int(costs[1 << at])
        rows.append(
            PaidRow(
                place=city,
                name=region.name_of(city),
                pays_fen=one.pays[city],
                alone_fen=alone,
                saves_fen=alone - one.pays[city],
            )
        )
    return RuleRow(
        rule=one.rule,
        rule_name=label(f"cost_rule:{one.rule}"),
        stable=not one.objecting,
        excess_fen=round(one.excess),
        objecting=list(one.objecting),
        rows=rows,
    )


def _groups(
    costing: Costing,
    cities: "Sequence[str]",
    costs: "NDArray[np.int64]",
    plans: dict[tuple[str, ...], Planned],
) -> list[GroupRow]:
    rows = []
    for members, plan in plans.items():
        at = sum(1 << cities.index(city) for city in members)
        rows.append(
            GroupRow(
                group=list(members),
                cost_fen=int(costs[at]),
                sites=[costing.case.sites[plan.sites[site]].place for site in plan.found.sites],
                status=plan.found.status,
                gap=round(plan.found.gap, 6),
            )
        )
    return sorted(rows, key=lambda row: (len(row.group), row.group))


def _entry(ask: SharedCost, rules: "Sequence[Any]") -> dict[str, Any] | None:
    """What each city owes the operator for a year by the rule asked, as an entry of the ledger."""
    if ask.operator is None:
        return None
    if ask.day is None:
        raise BadAsk(
            Text("分录须有生效日", "an entry needs its day"), Text("请给出day", "give day")
        )
    pays = next(one.pays for one in rules if one.rule == ask.rule)
    postings = []
    for city, fen in pays.items():
        if fen:
            own, other = f"{city}/due:{ask.operator}", f"{ask.operator}/due:{city}"
            postings.append({"account": own, "commodity": "CNY", "amount": -fen})
            postings.append({"account": other, "commodity": "CNY", "amount": fen})
    return {
        "key": f"shared-cost-{ask.operator}-{ask.day}",
        "effective": ask.day.isoformat(),
        "memo": f"共享设施费用分摊({ask.rule})",
        "postings": postings,
    }


def _assumed(costing: Costing) -> list[Text]:
    ask = costing.ask
    return [
        Text(
            "每个联盟只用其境内的候选地点与已有设施",
            "a group uses candidates and plants within it only",
        ),
        Text("已有设施不再计建设费", "plants that stand cost nothing more to open"),
        Text(
            f"运距为直线距离乘绕行系数{ask.detour:g}",
            f"kilometres are straight lines times a detour factor of {ask.detour:g}",
        ),
        Text(
            f"每人每年{ask.tonnes_per_person:g}吨,新建一处每年{ask.opening_fen:,}分,"
            f"每吨公里{ask.fen_per_tonne_km:g}分(由提问者给出)",
            f"{ask.tonnes_per_person:g} t a year of one unit, {ask.opening_fen:,} fen a year a new plant, "
            f"{ask.fen_per_tonne_km:g} fen a tonne-kilometre, all as asked",
        ),
    ]
