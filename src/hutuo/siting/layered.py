"""Plans of several periods or levels: solved as one, told layer by layer."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.siting.levels import Level, levelled
from hutuo.siting.phases import phased
from hutuo.siting.rules import Rules
from hutuo.siting.siteanswers import LayerRow, Located
from hutuo.siting.siteasks import Locate
from hutuo.siting.siterows import Case, answer_of
from hutuo.siting.solutions import Solution
from hutuo.siting.solving import capacities_of, within_reach
from hutuo.verbs import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Floats = NDArray[np.float64]

__all__ = ["demands", "layered"]

PERIOD = re.compile(r"(\d{4})(?:=(\w+)|:(\d+(?:\.\d+)?))?")
TOLD = 20


class _Layer(NamedTuple):
    """What is known of one period or level before anything is solved.

    Attributes:
        name: What it is called.
        ask: The ask, with the limits of this layer.
        case: The case, with the demand of this layer.
        stand: Sites that stand before it, by their positions.
        room: Capacities, (sites,), or None.
    """

    name: str
    ask: Locate
    case: Case
    stand: list[int]
    room: "Floats | None"


def layered(region: "Region", case: Case, ask: Locate) -> Located:
    """The plan of all periods or levels.

    Raises:
        BadAsk: Nobody can be served.
        BadInput: Figures of a period are missing.
    """
    layers = _periods(region, case, ask) if ask.model == "phased" else _tiers(region, case, ask)
    some = within_reach(layers[0].case.ways.minutes, np.inf, included=True)
    if not some.any():
        says = Text("没有地点能由候选地点服务", "no place can be served from any candidate")
        raise BadAsk(says, Text("请增加候选地点", "add candidates"))
    found = _over_time(layers, ask, some) if ask.model == "phased" else _by_tier(layers, ask, some)
    return _told(region, layers, found, some)


def demands(region: "Region", case: Case, periods: Sequence[str]) -> "list[tuple[str, Floats]]":
    """Year and people of each period, (clients,).

    Raises:
        BadAsk: A word is no period, or a year stands twice.
        BadInput: Places have no figure in a period; they are named.
    """
    from hutuo.base.counted import figures_of, latest_of

    read = {word: PERIOD.fullmatch(word) for word in periods}
    wrong = [word for word, match in read.items() if not match]
    years = [match[1] for match in read.values() if match]
    wrong += sorted({year for year in years if years.count(year) > 1})
    if wrong:
        shown = ", ".join(wrong)
        zh, en = (
            f"periods:{shown}不是时期,或重复",
            f"periods: {shown} is no period, or stands twice",
        )
        raise BadAsk(
            Text(zh, en),
            Text("如2020、2030=指标或2030:1.1", "as 2020, 2030=INDICATOR or 2030:1.1"),
        )
    places = [point.place for point in case.clients]
    found: list[tuple[str, Floats]] = []
    for match in filter(None, read.values()):
        year, indicator, times = match[1], match[2], match[3]
        if times:
            amounts = case.demand.amounts * float(times)
        elif indicator:
            amounts = latest_of(region, places, indicator).amounts
        else:
            amounts = figures_of(region, places, case.demand.indicator, int(year)).amounts
        known = np.isfinite(case.demand.amounts)
        lacking = Text("没有该时期的数值", "no figure of the period")
        bare = [
            Finding(year, None, place, lacking)
            for place, one, there in zip(places, amounts, known, strict=True)
            if there and np.isnan(one)
        ]
        if bare:
            told = Text(
                f"{year}:{len(bare)}处没有数值", f"{year}: {len(bare)} places have no figure"
            )
            hint = Text("请载入预测值,或写为年份:倍数", "load forecasts, or write YEAR:MULTIPLE")
            raise BadInput(told, bare[:TOLD], hint)
        found.append((year, amounts))
    return found


def _periods(region: "Region", case: Case, ask: Locate) -> list[_Layer]:
    room = capacities_of(region, case, ask)
    stand = list(range(case.kept))
    return [
        _Layer(year, ask, case._replace(demand=case.demand._replace(amounts=amounts)), stand, room)
        for year, amounts in demands(region, case, ask.periods)
    ]


def _over_time(layers: list[_Layer], ask: Locate, some: "NDArray[np.bool_]") -> Any:
    case, room = layers[0].case, layers[0].room
    heavy = np.array([layer.case.people * ask.per_person for layer in layers])[:, some]
    most = float(heavy.sum(axis=1).max()) + 1.0
    may_close = ask.closing_fen is not None
    stand = list(range(case.kept))
    rules = Rules(
        kept=() if may_close else stand,
        existing=stand,
        opening=np.full(len(case.sites), float(ask.opening_fen or 0)),
        closing=np.full(len(case.sites), float(ask.closing_fen or 0)) if stand else None,
        budget=None if ask.budget_fen is None else float(ask.budget_fen),
        capacity=None if room is None else np.where(np.isinf(room), most, room),
        split=not ask.single,
    )
    running = np.full(len(case.sites), float(ask.running_fen or 0))
    return phased(
        case.ways.minutes[some], heavy, rules, running=running, travel=ask.fen_per_minute or 0.0,
        may_close=may_close, time_limit=ask.seconds,
    )  # fmt: skip


def _tiers(region: "Region", case: Case, ask: Locate) -> list[_Layer]:
    from hutuo.base.counted import figures_of
    from hutuo.siting.ground import Ground
    from hutuo.siting.residents import people_indicator

    names = [tier.tier_name for tier in ask.tiers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        shown = ", ".join(twice)
        says = Text(f"层级重复:{shown}", f"levels stand twice: {shown}")
        raise BadAsk(says, Text("各层级名称应不同", "give each its own name"))
    ground, places = Ground(region), [point.place for point in case.clients]
    at = {point.place: site for site, point in enumerate(case.sites)}
    layers = []
    for tier in ask.tiers:
        demand = case.demand
        if tier.people is not None:
            demand = figures_of(region, places, people_indicator(region, tier.people), ask.year)
        kinds = ground.of_kind(tier.kind) if tier.kind and ask.existing else []
        changed = {
            "per_person": tier.per_person, "minutes": tier.minutes or ask.minutes, "kind": tier.kind,
        }  # fmt: skip
        room = None if tier.new_capacity is None else np.full(len(case.sites), tier.new_capacity)
        stand = sorted(at[place] for place in kinds if place in at)
        layers.append(
            _Layer(
                tier.tier_name,
                ask.model_copy(update=changed),
                case._replace(demand=demand),
                stand,
                room,
            )
        )
    return layers


def _by_tier(layers: list[_Layer], ask: Locate, some: "NDArray[np.bool_]") -> Any:
    given = []
    for layer, tier in zip(layers, ask.tiers, strict=True):
        rules = Rules(
            p=tier.number + len(layer.stand),
            kept=layer.stand,
            limit=np.inf if tier.minutes is None else tier.minutes,
            inclusive=ask.included,
            capacity=layer.room,
            split=not ask.single,
        )
        given.append(Level((layer.case.people * tier.per_person)[some], rules))
    minutes = layers[0].case.ways.minutes[some]
    return levelled(minutes, given, nested=ask.nested, apart=ask.one_tier, time_limit=ask.seconds)


def _told(
    region: "Region", layers: list[_Layer], found: Any, some: "NDArray[np.bool_]"
) -> Located:
    """The answer of the last layer, with sites, places and figures of all of them."""
    told, rows = [], []
    before = set(layers[0].stand)
    for at, layer in enumerate(layers):
        plan = _plan(found, at, some)
        answer = answer_of(region, layer.ask, layer.case, (plan, layer.room, []))
        names = [point.place for point in layer.case.sites]
        stand = {names[site] for site in layer.stand}
        if layer.ask.model == "levelled":
            before = set(layer.stand)
        sites = [
            one.model_copy(update={"stands": one.place in stand, "layer": layer.name})
            for one in answer.rows
        ]
        served = [one.model_copy(update={"layer": layer.name}) for one in answer.served]
        left = [one.model_copy(update={"layer": layer.name}) for one in answer.left_out]
        told.append(answer.model_copy(update={"rows": sites, "served": served, "left_out": left}))
        rows.append(_row(layer, answer, (before, set(plan.sites)), _outlay(found, at)))
        before = set(plan.sites)
    together = {
        name: [row for one in told for row in getattr(one, name)]
        for name in ("rows", "served", "left_out")
    }
    return told[-1].model_copy(update={**together, "layers": rows})


def _outlay(found: Any, at: int) -> int | None:
    spent = getattr(found, "spent", None)
    return None if spent is None or not found.sites else round(float(spent[at]))


def _plan(found: Any, at: int, some: "NDArray[np.bool_]") -> Solution:
    """One layer of the plan, told of all clients."""
    shares = np.zeros((len(some), found.shares.shape[2]))
    shares[some] = found.shares[at]
    most = np.where(shares.sum(axis=1) > 0, np.argmax(shares, axis=1), -1).astype(np.int64)
    sites = found.sites[at] if found.sites else []
    # A time limit before any plan leaves none to be shown.
    status = found.status
    return Solution(
        sites, most, found.objective, found.bound, found.gap, status, found.seconds,
        np.flatnonzero(most < 0).tolist(), shares,
    )  # fmt: skip


def _row(
    layer: _Layer, answer: Located, sites: tuple[set[int], set[int]], outlay: int | None
) -> LayerRow:
    before, now = sites
    names = [point.place for point in layer.case.sites]
    people = sum(city.people for city in answer.cities)
    within = sum(city.people * (city.within_share or 0.0) for city in answer.cities)
    return LayerRow(
        layer=layer.name,
        layer_demand=round(float(layer.case.people.sum()) * layer.ask.per_person, 3),
        sites=len(now),
        opens=[names[site] for site in sorted(now - before)],
        closes=[names[site] for site in sorted(before - now)],
        outlay_fen=outlay,
        mean_minutes=answer.mean_minutes,
        farthest_minutes=answer.farthest_minutes,
        within_share=round(within / people, 4) if people else None,
    )
