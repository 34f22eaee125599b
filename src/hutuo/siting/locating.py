"""Sites for a kind of facility in a region: where they stand best, whom each serves, who is left out."""

from typing import TYPE_CHECKING

from hutuo.errors import BadAsk
from hutuo.progress import report
from hutuo.siting.ground import Ground, Moved
from hutuo.siting.siteasks import NUMBERED, Locate, Located, Places
from hutuo.siting.siterows import Case, answer_of
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Locate", "case_of", "locate", "needed"]


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
    from hutuo.base.counted import figures_of
    from hutuo.siting.ground import ways_of
    from hutuo.siting.residents import people_indicator

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
