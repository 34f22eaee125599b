"""Who pays for shared plants: apart against together, the cost split by rules, tonnes balanced."""

from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.answers import Placed
from hutuo.base.figures import source_name
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.siting.locating import Case, Places, case_of
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.ground import Point
    from hutuo.siting.solutions import Solution

    Floats = NDArray[np.float64]

MOST_CITIES = 8
KG = 1000
RuleName = Literal["equal", "demand", "alone", "shapley", "nucleolus"]


class SharedCost(Places):
    """What plants cost, and how the whole is split."""

    tonnes_per_person: float = said(
        "每人每年产生量(吨)", "tonnes a year of one unit of the indicator, as of a resident", gt=0
    )
    opening_fen: int = said("新建一处的年化费用(分)", "yearly cost of a new plant, in fen", ge=0)
    fen_per_tonne_km: float = said(
        "吨公里运费(分)", "cost of a tonne over a kilometre, in fen", gt=0
    )
    new_capacity: float | None = said(
        "新建一处的年处理能力(吨);缺省为不限", "tonnes a year of a new plant; unlimited by default",
        default=None, gt=0,
    )  # fmt: skip
    capacity: str | None = said(
        "已有设施的处理能力指标", "indicator of the capacity of plants that stand", default=None
    )
    seconds: float = said(
        "每个联盟的求解时限(秒)", "seconds to solve for each group of cities",
        default=20, gt=0, le=600,
    )  # fmt: skip
    by: Literal["city", "county"] = said(
        "由谁分摊:city 各市(直管县级市自成一方),county 各县(市、区)",
        "who shares: city, by prefecture, or county, by unit",
        default="city",
    )
    rule: RuleName = said("记账采用的规则", "rule that the entry follows", default="shapley")
    operator: str | None = said(
        "运营机构;给出时附上可记账的分录",
        "body that runs the plants; with it comes an entry for ledger post",
        default=None,
    )
    day: date | None = said("分录生效日", "day of the entry", default=None)


class GroupRow(Answer):
    """One group of cities."""

    group: list[str] = said("城市", "cities of the group")
    cost_fen: int = said("费用(分)", "yearly cost of the group by itself, in fen")
    sites: list[str] = said("设施地点", "where its plants would stand")
    status: str = said("求解状态", "optimal (proven) or time_limit (the best found)")
    gap: float | None = said("差距(比值)", "how far its plan may be from the best, over its cost")


class PaidRow(Placed):
    """What one city pays by one rule."""

    pays_fen: int = said("承担(分)", "what it pays, in fen")
    alone_fen: int = said("单独费用(分)", "what it would pay alone, in fen")
    saves_fen: int = said("节约(分)", "what it saves, in fen")


class RuleRow(Answer):
    """One rule and what it makes each city pay."""

    rule: str = said("规则", "equal, demand, alone, shapley or nucleolus")
    rule_name: Text = said("规则名称", "what the rule is called")
    stable: bool = said("是否无联盟反对", "whether no group would pay less by itself")
    excess_fen: int = said(
        "最大超付(分)", "the most that a group pays beyond its own cost, in fen"
    )
    objecting: list[str] = said(
        "反对的城市组合", "group that would pay less by itself; empty if none"
    )
    rows: list[PaidRow] = said("各市", "cities")


class FlowRow(Answer):
    """Tonnes from one place to one plant."""

    from_id: str = said("产生地点", "place where it arises")
    from_name: Text = said("产生地点名称", "what that place is called")
    to_id: str = said("处理地点", "place of the plant")
    to_name: Text = said("处理地点名称", "what that place is called")
    tonnes: float = said("年运量(吨)", "tonnes a year, to the kilogram")
    km: float = said("运距(公里)", "kilometres, straight lines times the detour factor")
    tonne_km: float = said("吨公里", "tonnes times kilometres")


class BalanceRow(Placed):
    """The balance of one place: arising and received are sent and treated."""

    arising: float = said("产生(吨)", "tonnes that arise")
    received: float = said("调入(吨)", "tonnes that come in")
    sent: float = said("调出(吨)", "tonnes that go out")
    treated: float = said("处理(吨)", "tonnes that are treated there")
    remainder: float = said(
        "差额(吨)", "arising and received less sent and treated: 0 where it balances"
    )


class CityBalance(BalanceRow):
    """The balance of one city, and its kilometres apart and together."""

    capacity: float | None = said(
        "处理能力(吨);空为不限", "capacity of its plants; null if unlimited"
    )
    tonne_km_alone: float = said("单独吨公里", "tonne-kilometres if it stood alone")
    tonne_km: float = said("共享吨公里", "tonne-kilometres of its waste in the plan of all")
    sites_alone: int = said("单独设施数", "plants if it stood alone")
    sites: int = said("共享设施数", "plants in it in the plan of all")


class SharedAnswer(Answer):
    """Apart against together, and who pays."""

    alone_fen: int = said("各自单独费用之和(分)", "cost of all cities apart, in fen")
    together_fen: int = said("共享费用(分)", "cost together, in fen")
    saved_fen: int = said("节约(分)", "what is saved together, in fen")
    saved_share: float | None = said("节约比例(比值)", "what is saved over the cost apart, 0..1")
    proven: bool = said(
        "是否全部证明最优", "whether every plan behind these figures is proven best"
    )
    rules: list[RuleRow] = said("分摊规则", "the cost of all by every rule, side by side")
    groups: list[GroupRow] = said("各联盟", "groups of cities and their cost")
    cities: list[CityBalance] = said("各市平衡", "cities: tonnes, plants and tonne-kilometres")
    balances: list[BalanceRow] = said("各地平衡", "places: tonnes in and out")
    flows: list[FlowRow] = said("运量", "tonnes from where to where")
    without_figure: list[str] = said("没有数值、未计入的地点", "places without a figure, left out")
    without_point: list[str] = said("没有点位的地点", "places of which no point is known")
    entry: dict[str, Any] | None = said(
        "可记账的分录", "entry for ledger post by the rule asked; null without an operator"
    )
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")


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

    from hutuo.siting.ground import latest_of

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
    flows = _flows(costing, plans[tuple(cities)])
    return SharedAnswer(
        alone_fen=alone,
        together_fen=together,
        saved_fen=alone - together,
        saved_share=round((alone - together) / alone, 4) if alone else None,
        proven=all(one.found.status == "optimal" for one in plans.values()),
        rules=[_rule(region, one, cities, costs) for one in rules],
        groups=_groups(costing, cities, costs, plans),
        cities=_city_balances(region, costing, cities, (plans, flows)),
        balances=_unit_balances(costing, flows),
        flows=[_flow(costing, *one) for one in flows],
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


Flow = tuple[int, int, int]


def _flows(costing: Costing, plan: Planned) -> list[Flow]:
    """Kilograms from a client to a site, by their positions: whole ones, which sum to what arises."""
    import numpy as np

    from hutuo.ledger.splits import split
    from hutuo.siting.locating import SPLIT

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


def _flow(costing: Costing, client: int, site: int, kg: int) -> FlowRow:
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


def _unit_balances(costing: Costing, flows: "Sequence[Flow]") -> list[BalanceRow]:
    case = costing.case
    names = {p.place: p.name for p in (*case.sites, *case.clients)}
    sums = _summed(flows, ([p.place for p in case.clients], [p.place for p in case.sites]))
    return [
        BalanceRow(place=place, name=names[place], **sums[place].told()) for place in sorted(sums)
    ]


def _city_balances(
    region: "Region",
    costing: Costing,
    cities: "Sequence[str]",
    solved: "tuple[dict[tuple[str, ...], Planned], list[Flow]]",
) -> list[CityBalance]:
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
                tonne_km_alone=_tonne_km(costing, _flows(costing, own)),
                tonne_km=_tonne_km(costing, mine),
                sites_alone=len(own.found.sites),
                sites=len(here),
            )
        )
    return rows


def _tonne_km(costing: Costing, flows: "Sequence[Flow]") -> float:
    return round(sum(kg / KG * float(costing.case.ways.km[c, s]) for c, s, kg in flows), 1)


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
