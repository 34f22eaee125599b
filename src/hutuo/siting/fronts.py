"""Fronts: what one more site brings, and what it costs all to spare the farthest."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base import clusters
from hutuo.errors import BadAsk
from hutuo.progress import report
from hutuo.siting.locating import case_of, needed
from hutuo.siting.siteanswers import Located
from hutuo.siting.siteasks import NUMBERED, Locate
from hutuo.siting.siterows import Case, answer_of
from hutuo.siting.workers import spread
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.solving import Found

    Floats = NDArray[np.float64]

# Minutes of a plan are told to a tenth: a cap lets through what lies on it but for that.
HAIR = 0.05


class Front(Locate):
    """Which front, with how many points."""

    against: Literal["number", "farthest"] = said(
        "对照:number 设施数逐一增加;farthest 设施数不变,最远用时逐步收紧",
        "number: one more site after the other; farthest: as many sites, the farthest ever less far",
        default="number",
    )
    points: int = said("点数", "points of the front", default=8, ge=2, le=40)
    cluster: str | None = clusters.scheduler()


class FrontRow(Answer):
    """One plan of the front."""

    number: int = said("新设几处", "new sites")
    cap: float | None = said(
        "最远用时上限(分钟)", "most minutes that anybody may be away; null for none"
    )
    status: str = said("求解状态", "optimal (proven), time_limit or infeasible")
    objective: float | None = said("目标值", "value of the plan")
    bound: float | None = said("界", "value that no plan can beat")
    gap: float | None = said("差距(比值)", "how far the plan may be from the best, over its value")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of all people counted")
    farthest_minutes: float | None = said(
        "最远用时(分钟)", "minutes of the farthest place with people"
    )
    within_share: float | None = said(
        "时限内人口占比(比值)", "share of people within the limit, 0..1"
    )
    least_share: float | None = said("各市最低占比(比值)", "least share of any city, 0..1")
    efficient: bool = said(
        "是否有效(没有别的点在所比两项上都不差且有一项更好)",
        "whether no other point is as good in both and better in one of the two that are compared",
    )
    sites: list[str] = said("新设地点", "where the new sites stand")


class FrontAnswer(Answer):
    """The front, point by point."""

    rows: list[FrontRow] = said("各点", "points of the front")
    model: str = said("模型", "model that was solved")
    against: str = said("对照", "what the front runs against")
    limit_minutes: float = said("时限(分钟)", "limit in minutes")
    estimate: bool = said("用时是否估算", "whether minutes are estimates from straight lines")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")


class _Point(NamedTuple):
    """One solved point: new sites, the cap, and the plan."""

    number: int
    cap: float | None
    plan: Located


@verb(
    "选址前沿:多设一处的好处,或照顾最远者的代价",
    columns=("number", "cap", "mean_minutes", "farthest_minutes", "within_share", "gap"),
)
def front(region: "Region", ask: Front) -> FrontAnswer:
    """Give a front of plans: by number of sites, or mean against farthest, each with its bound."""
    if ask.model not in NUMBERED or (ask.against == "farthest" and ask.model != "p_median"):
        raise BadAsk(
            Text(f"模型{ask.model}没有这样的前沿", f"model {ask.model} has no such front"),
            Text(
                "number用p_median、p_center或max_cover;farthest用p_median",
                "number takes p_median, p_center or max_cover; farthest takes p_median",
            ),
        )
    clusters.refused_from_away(ask.cluster)
    report(0.0, Text("读取地点、人口与用时", "reading places, people and minutes"))
    needed(ask)
    case = case_of(region, ask)
    solved = (
        _by_number(region, ask, case) if ask.against == "number" else _capped(region, ask, case)
    )
    first = solved[0].plan
    return FrontAnswer(
        rows=_rows(ask, solved),
        model=ask.model,
        against=ask.against,
        limit_minutes=ask.minutes,
        estimate=first.estimate,
        assumptions=first.assumptions,
        sources=first.sources,
    )


class _Wanted(NamedTuple):
    """One point before it is solved."""

    ask: Front
    number: int
    cap: float | None


def _one(wanted: _Wanted, case: Case) -> "Found":
    """The plan of one point; it needs no region, so that a worker elsewhere can solve it."""
    from hutuo.siting.solving import solved

    return solved(None, _held(case, wanted.cap), wanted.ask)


def _held(case: Case, cap: float | None) -> Case:
    """The case without ways longer than the cap."""
    import numpy as np

    if cap is None:
        return case
    near = case.ways.minutes <= cap + HAIR
    minutes: Floats = np.where(near, case.ways.minutes, np.inf)
    return case._replace(ways=case.ways._replace(minutes=minutes))


def _all(region: "Region", case: Case, wanted: list[_Wanted], cluster: str | None) -> list[_Point]:
    """The plans of all points, side by side where there is a cluster."""
    found = []
    for at, plan in enumerate(spread(_one, wanted, case, cluster)):
        one = wanted[at]
        told = Text(f"已求解{at + 1}点", f"{at + 1} points are solved")
        report((at + 1) / (len(wanted) + 1), told)
        answer = answer_of(region, one.ask, _held(case, one.cap), plan)
        cap = None if one.cap is None else round(one.cap, 1)
        found.append(_Point(one.number, cap, answer))
    return found


def _by_number(region: "Region", ask: Front, case: Case) -> list[_Point]:
    """Plans with ever one more site, from the number asked for on, as far as there are candidates."""
    begin = max(ask.number or 0, 0 if case.kept else 1)
    last = min(begin + ask.points - 1, len(case.sites) - case.kept)
    wanted = [
        _Wanted(ask.model_copy(update={"number": number}), number, None)
        for number in range(begin, max(last, begin) + 1)
    ]
    return _all(region, case, wanted, ask.cluster)


def _capped(region: "Region", ask: Front, case: Case) -> list[_Point]:
    """Plans of as many sites, from the least travel in all to the farthest least far."""
    import numpy as np

    number = ask.number or 0
    ends = [
        _Wanted(one, number, None) for one in (ask, ask.model_copy(update={"model": "p_center"}))
    ]
    first, centre = _all(region, case, ends, ask.cluster)
    if centre.plan.objective is None or first.plan.objective is None:
        return [first]
    # The centre speaks of all places, also of those without people counted.
    caps = np.linspace(_farthest(first.plan), centre.plan.objective, ask.points)[1:]
    wanted = [_Wanted(ask, number, float(cap)) for cap in caps]
    return [first, *_all(region, case, wanted, ask.cluster)]


def _farthest(plan: Located) -> float:
    return max(row.minutes for row in plan.served if row.minutes is not None)


def _rows(ask: Front, solved: list[_Point]) -> list[FrontRow]:
    whole = [_pair(ask, one) for one in solved]
    return [
        FrontRow(
            number=one.number,
            cap=one.cap,
            status=one.plan.status,
            objective=one.plan.objective,
            bound=one.plan.bound,
            gap=one.plan.gap,
            mean_minutes=one.plan.mean_minutes,
            farthest_minutes=one.plan.farthest_minutes,
            within_share=_within(one.plan),
            least_share=one.plan.least_share,
            efficient=not any(beaten(whole[at], other) for other in whole),
            sites=[row.place for row in one.plan.rows if not row.stands],
        )
        for at, one in enumerate(solved)
    ]


def _within(plan: Located) -> float | None:
    people = sum(city.people for city in plan.cities)
    good = sum(city.people * (city.within_share or 0.0) for city in plan.cities)
    return round(good / people, 4) if people else None


def _pair(ask: Front, one: _Point) -> tuple[float, float]:
    """What is compared, less being better: sites or the farthest, against the aim of the model."""
    plan = one.plan
    if plan.objective is None:
        return float("inf"), float("inf")
    if ask.against == "farthest":
        return _farthest(plan), plan.objective
    return float(one.number), -plan.objective if ask.model == "max_cover" else plan.objective


def beaten(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether the other is as good in both and better in one; less is better."""
    return other != one and other[0] <= one[0] and other[1] <= one[1]
