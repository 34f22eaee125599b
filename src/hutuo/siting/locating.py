"""Sites for a kind of facility in a region: where they stand best, whom each serves, who is left out."""

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from hutuo.errors import BadAsk
from hutuo.progress import report
from hutuo.siting.ground import Ground, Moved
from hutuo.siting.siteanswers import Located
from hutuo.siting.siteasks import NUMBERED, Locate, Places
from hutuo.siting.siterows import Case, answer_of
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.siting.solving import Found

__all__ = ["Locate", "case_of", "locate", "needed", "planned"]

COSTS = ("opening_fen", "fen_per_minute")
WANTED: dict[str, tuple[str, ...]] = {
    "capacitated": COSTS,
    "phased": ("periods", *COSTS),
    "levelled": ("tiers",),
}
TAKEN: dict[str, tuple[str, ...]] = {
    "p_median": ("start_sites",),
    "p_center": ("start_sites",),
    "set_cover": ("start_sites", "cover_times"),
    "max_cover": ("start_sites", "cover_times"),
    "survival": ("start_sites",),
    "capacitated": ("number", "new_capacity", "capacity", "single", "start_sites"),
    "ruled": (
        "number", "opening_fen", "budget_fen", "floor", "closing_fen", "new_capacity", "capacity", "single",
        "most_minutes", "gini", "beyond_share", "goals", "more_plans", "plans_within",
    ),
    "phased": (
        "new_capacity", "capacity", "single", "budget_fen", "running_fen", "closing_fen",
    ),
    "levelled": ("single", "nested", "one_tier"),
}  # fmt: skip


@verb(
    "选址:给出设施地点、分派与最优差距", columns=("name", "stands", "load", "use", "mean_minutes")
)
def locate(region: "Region", ask: Locate) -> Located:
    """Find sites for facilities: where they stand best, whom they serve, and how good that is proven."""
    report(0.0, Text("读取地点、人口与用时", "reading places, people and minutes"))
    needed(ask)
    case = case_of(region, ask, [tier.kind for tier in ask.tiers if tier.kind])
    report(0.2, Text("求解", "solving"))
    return planned(region, ask, case)


def planned(region: "Region", ask: Locate, case: Case) -> Located:
    """The plan of an ask whose places and ways are known."""
    from hutuo.siting.layered import layered
    from hutuo.siting.solving import solved

    if ask.model in ("phased", "levelled"):
        return layered(region, case, ask)
    found = solved(region, case, ask)
    answer = answer_of(region, ask, case, found)
    return _under_rules(answer, ask, case, found) if ask.model == "ruled" else answer


def _under_rules(answer: Located, ask: Locate, case: Case, found: "Found") -> Located:
    """The answer with what only plans under rules have: their goal, what closes, and other plans."""
    import numpy as np

    from hutuo.siting.ruling import even, goals_of, others, value_of
    from hutuo.siting.solving import for_some, within_reach

    plan, room, _ = found
    more = []
    if ask.more_plans and plan.sites:
        some = np.ones(len(case.clients), np.bool_)
        if even(ask):
            some = within_reach(case.ways.minutes, np.inf, included=True)
        part = for_some(case, some)
        more = others(part, ask, part.people * ask.per_person, room)
    stay = {case.sites[at].place for at in plan.sites}
    return answer.model_copy(
        update={
            "value_of": value_of(goals_of(ask)[0]),
            "closes": [one.place for one in case.sites[: case.kept] if one.place not in stay]
            if plan.sites
            else [],
            "other_plans": [one for one in more if set(one.sites) != stay][: ask.more_plans],
        }
    )


def needed(ask: Locate) -> None:
    """Refuse an ask that lacks what its model needs, or gives what it would not look at.

    Raises:
        BadAsk: Something is lacking or too much; all of it is told.
    """
    wanted: tuple[str, ...] = ("number",) if ask.model in NUMBERED else WANTED.get(ask.model, ())
    if ask.model == "ruled":
        wanted = ("number",) if ask.budget_fen is None else ("opening_fen",)
    taken = {*wanted, *TAKEN.get(ask.model, ())}
    unused = sorted({*chain(*TAKEN.values(), *WANTED.values()), "number"} - taken)
    lacking = [name for name in wanted if getattr(ask, name) in (None, (), [])]
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


def case_of(region: "Region", ask: Places, kinds: Sequence[str] = ()) -> Case:
    """The places of an ask, their people, and the minutes between.

    Args:
        region: View of the region.
        ask: Who is to be served, from where.
        kinds: Kinds of facilities that are candidates where they stand, as those of levels.

    Raises:
        NotFound: There is no such place, indicator or matrix.
        BadAsk: No place is left of one side.
    """
    from hutuo.base.counted import figures_of
    from hutuo.siting.ground import ways_of
    from hutuo.siting.residents import people_indicator
    from hutuo.siting.zones import inside

    ground = Ground(region)
    clients, lost = ground.points(ask.clients or [region.info.set])
    stand = ground.of_kind(ask.kind) if ask.kind and ask.existing else []
    kept, bare = ground.points([*stand, *ask.keep])
    tiers = [one for kind in kinds for one in ground.of_kind(kind)] if ask.existing else []
    more, gone = ground.points([*(ask.candidates or ask.clients or [region.info.set]), *tiers])
    for place in ask.forbid:
        ground.point(place)
    named = {point.place for point in kept} | set(ask.forbid)
    there = set(tiers)
    free = [point for point in more if point.place not in there]
    named |= inside(ground, free, ask.avoid, ask.avoid_protection)
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
