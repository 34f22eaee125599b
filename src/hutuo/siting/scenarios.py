"""Scenarios: the best plan of each, and how each plan does where another scenario comes true."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import BeforeValidator

from hutuo.base import clusters
from hutuo.base.branches import several
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.siting.locating import case_of, needed
from hutuo.siting.siteanswers import Located
from hutuo.siting.siteasks import Locate
from hutuo.siting.siterows import Case, answer_of
from hutuo.siting.workers import spread
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.solving import Found

    Floats = NDArray[np.float64]

__all__ = [
    "Elsewhere",
    "Scenario",
    "ScenarioRow",
    "Scenarios",
    "ScenariosAnswer",
    "SharedSite",
    "scenarios",
    "value_in",
]

# The model whose value is to be large.
MOST = "max_cover"


class Scenario(Ask):
    """What is otherwise in one scenario; what is not said is as asked for all."""

    scenario_name: str = said(
        "情景名称", "what the scenario is called", min_length=1, max_length=60
    )
    branch: str | None = said(
        "取哪个分支的数据;缺省为所看的分支", "branch that is read; the one looked at by default", default=None
    )  # fmt: skip
    times: str | None = said(
        "出行时间矩阵,如某一时段或某一分支的",
        "matrix of travel times, as of another hour or branch",
        default=None,
    )
    people: str | None = said("需求按哪个指标", "indicator that demand follows", default=None)
    year: int | None = said("年份", "year of the figures", default=None, ge=1900, le=2200)
    kmh: float | None = said(
        "直线估算的时速(公里)", "speed along straight lines, km/h", default=None, gt=0, le=300
    )


class Scenarios(Locate):
    """Which plan, under which scenarios."""

    model: Literal["p_median", "p_center", "max_cover", "survival"] = said(
        "模型", "model, as of locate", default="p_median"
    )
    scenarios: Annotated[list[Scenario], BeforeValidator(several)] = said(
        "各情景(JSON)", "scenarios, as JSON", min_length=2, max_length=50
    )
    cluster: str | None = clusters.scheduler()


class Elsewhere(Answer):
    """How a plan does in one scenario."""

    scenario_name: str = said("情景名称", "the scenario that comes true")
    objective: float | None = said(
        "目标值", "value of the plan there; null if it leaves somebody unserved"
    )
    loss: float | None = said(
        "比该情景最好方案差多少(比值)", "how much worse than the best plan of that scenario, over that"
    )  # fmt: skip


class ScenarioRow(Answer):
    """One scenario and its best plan."""

    scenario_name: str = said("情景名称", "what the scenario is called")
    branch: str = said("分支", "branch that was read")
    status: str = said("求解状态", "optimal (proven), time_limit or infeasible")
    status_name: Text = said("状态名称", "what the status is called")
    objective: float | None = said("目标值", "value of its best plan")
    bound: float | None = said("界", "value that no plan can beat")
    gap: float | None = said("差距(比值)", "how far the plan may be from the best, over its value")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of all people counted")
    farthest_minutes: float | None = said(
        "最远用时(分钟)", "minutes of the farthest place with people"
    )
    least_share: float | None = said("各市最低占比(比值)", "least share of any city, 0..1")
    sites: list[str] = said("新设地点", "where its new sites stand")
    in_each: list[Elsewhere] = said("在各情景中的表现", "how its plan does in every scenario")
    worst_loss: float | None = said(
        "最差情景中的损失(比值)", "largest loss of its plan in any scenario; null if one is not served"
    )  # fmt: skip
    mean_loss: float | None = said("平均损失(比值)", "mean loss of its plan over all scenarios")


class SharedSite(Answer):
    """A new site and in how many scenarios the best plan has it."""

    place: str = said("区划代码或地点", "unit or place")
    name: Text = said("名称", "what it is called")
    chosen: int = said("被选次数", "scenarios whose best plan has it")


class ScenariosAnswer(Answer):
    """Plans of all scenarios, and which does best whatever comes."""

    rows: list[ScenarioRow] = said("各情景", "scenarios in the order asked")
    steadiest: str | None = said(
        "最稳妥的方案来自哪个情景",
        "scenario whose plan has the least worst loss; no plan that is best in no scenario is looked at",
    )
    shared_sites: list[SharedSite] = said(
        "各地点被选次数", "new sites, those that most plans have first"
    )
    value_of: Text = said("目标", "what the value measures")
    limit_minutes: float = said("时限(分钟)", "limit in minutes")
    estimate: bool = said("用时是否估算", "whether minutes of any scenario are estimates")
    assumptions: list[Text] = said("假设", "what the answer assumes, all scenarios together")
    sources: list[Text] = said("来源", "sources of the figures")


class _Wanted(NamedTuple):
    """One scenario before it is solved."""

    ask: Locate
    case: Case


@verb(
    "多情景选址:各情景的最优方案,及其在其他情景中的损失",
    columns=("scenario_name", "status_name", "objective", "mean_minutes", "worst_loss"),
)
def scenarios(region: "Region", ask: Scenarios) -> ScenariosAnswer:
    """Find the best sites of several scenarios, and how each plan does where another one comes true.

    Example:
        ``hutuo siting scenarios --number 3 --scenarios @scenarios.json --cluster tcp://10.0.0.5:8786``
    """
    clusters.refused_from_away(ask.cluster)
    names = [one.scenario_name for one in ask.scenarios]
    twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
    if twice:
        says = Text(f"情景重复:{twice}", f"scenarios stand twice: {twice}")
        raise BadAsk(says, Text("各情景名称应不同", "give each its own name"))
    report(0.0, Text("读取地点、人口与用时", "reading places, people and minutes"))
    views = [_view(region, one) for one in ask.scenarios]
    wanted = [_wanted(view, ask, one) for view, one in zip(views, ask.scenarios, strict=True)]
    plans: list[Located] = []
    found: list[Found] = []
    for at, plan in enumerate(spread(_one, wanted, None, ask.cluster)):
        report(
            (at + 1) / (len(wanted) + 1),
            Text(f"已求解{at + 1}个情景", f"{at + 1} scenarios solved"),
        )
        found.append(plan)
        plans.append(answer_of(views[at], wanted[at].ask, wanted[at].case, plan))
    return _answer(ask, views, wanted, found, plans)


def _view(region: "Region", one: Scenario) -> "Region":
    """The region as a scenario sees it.

    Raises:
        NotFound: There is no such branch.
    """
    if one.branch is None:
        return region
    region.lake.lane(one.branch)
    return replace(region, branch=one.branch)


def _wanted(region: "Region", ask: Scenarios, one: Scenario) -> _Wanted:
    given = {name: getattr(one, name) for name in ("times", "people", "year", "kmh")}
    changed = {name: value for name, value in given.items() if value is not None}
    asked = ask.model_dump(exclude={"scenarios", "cluster"}) | changed
    plain = Locate.model_validate(asked)
    needed(plain)
    return _Wanted(plain, case_of(region, plain))


def _one(wanted: _Wanted, shared: None) -> "Found":
    """The plan of one scenario; it needs no region, so that a worker elsewhere can solve it."""
    from hutuo.siting.solving import solved

    del shared
    return solved(None, wanted.case, wanted.ask)


def value_in(case: Case, ask: Locate, sites: Sequence[int]) -> float:
    """Value of given sites in a scenario, each place being served by the nearest; nan if one is not.

    Args:
        case: The scenario.
        ask: Its model and limit.
        sites: Positions of the sites.
    """
    import numpy as np

    from hutuo.siting import served
    from hutuo.siting.planned import survival
    from hutuo.siting.solving import within_reach

    minutes = case.ways.minutes
    some = within_reach(minutes, np.inf, included=True)
    near = minutes[:, list(sites)].min(axis=1)[some] if len(sites) else np.full(some.sum(), np.inf)
    heavy = case.people[some] * ask.per_person
    if ask.model == MOST:
        times = served.within(minutes[:, list(sites)], ask.minutes, included=ask.included)
        return float(heavy[times[some].sum(axis=1) >= ask.cover_times].sum())
    if ask.model == "p_center":
        worst = float(near.max())
        return worst if np.isfinite(worst) else float("nan")
    if not np.isfinite(near[heavy > 0]).all():
        return float("nan")
    lost = 1.0 - survival(near) if ask.model == "survival" else near
    return float((np.where(heavy > 0, lost, 0.0) * heavy).sum())


def _losses(wanted: Sequence[_Wanted], found: "Sequence[Found]") -> "Floats":
    """Value of each scenario's plan in every scenario, (plans, scenarios); nan where it cannot stand."""
    import numpy as np

    many = len(wanted)
    values = np.full((many, many), np.nan)
    for i, (one, (plan, _, _)) in enumerate(zip(wanted, found, strict=True)):
        names = [one.case.sites[at].place for at in plan.sites if at >= one.case.kept]
        for j, other in enumerate(wanted):
            at = {point.place: n for n, point in enumerate(other.case.sites)}
            # What stands in the other scenario stands there whatever is planned.
            held = set(range(other.case.kept))
            if plan.sites and set(names) <= set(at):
                sites = sorted(held | {at[name] for name in names})
                values[i, j] = value_in(other.case, other.ask, sites)
    return values


def _answer(
    ask: Scenarios,
    views: "Sequence[Region]",
    wanted: "Sequence[_Wanted]",
    found: "Sequence[Found]",
    plans: Sequence[Located],
) -> ScenariosAnswer:
    import numpy as np

    values = _losses(wanted, found)
    own = np.diag(values)[None, :]
    worse = (own - values) if ask.model == MOST else (values - own)
    scale = np.where(np.abs(own) > 0, np.abs(own), 1.0)
    # A plan that was not proven best may be beaten by another scenario's.
    losses = worse / scale
    names = [one.scenario_name for one in ask.scenarios]
    rows = [
        _row(name, view.branch, plan, (names, values[i], losses[i]))
        for i, (name, view, plan) in enumerate(zip(names, views, plans, strict=True))
    ]
    known = [row for row in rows if row.worst_loss is not None]
    best = min(known, key=lambda row: (row.worst_loss, row.mean_loss), default=None)
    told = {text.en: text for plan in plans for text in plan.assumptions}
    sources = {text.en: text for plan in plans for text in plan.sources}
    return ScenariosAnswer(
        rows=rows,
        steadiest=best.scenario_name if best else None,
        shared_sites=_shared(plans),
        value_of=plans[0].value_of,
        limit_minutes=ask.minutes,
        estimate=any(plan.estimate for plan in plans),
        assumptions=list(told.values()),
        sources=list(sources.values()),
    )


def _row(
    name: str, branch: str, plan: Located, of: "tuple[Sequence[str], Floats, Floats]"
) -> ScenarioRow:
    import numpy as np

    from hutuo.base.answers import rounded

    names, values, losses = of
    whole = bool(np.isfinite(losses).all())
    return ScenarioRow(
        scenario_name=name,
        branch=branch,
        status=plan.status,
        status_name=label(f"solved:{plan.status}"),
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        mean_minutes=plan.mean_minutes,
        farthest_minutes=plan.farthest_minutes,
        least_share=plan.least_share,
        sites=[row.place for row in plan.rows if not row.stands],
        in_each=[
            Elsewhere(scenario_name=other, objective=rounded(value, 3), loss=rounded(loss, 6))
            for other, value, loss in zip(names, values, losses, strict=True)
        ],
        worst_loss=round(float(losses.max()), 6) if whole else None,
        mean_loss=round(float(losses.mean()), 6) if whole else None,
    )


def _shared(plans: Sequence[Located]) -> list[SharedSite]:
    names: dict[str, Text] = {}
    chosen: dict[str, int] = {}
    for plan in plans:
        for row in plan.rows:
            if not row.stands:
                names[row.place] = row.name
                chosen[row.place] = chosen.get(row.place, 0) + 1
    order = sorted(chosen, key=lambda place: (-chosen[place], place))
    return [SharedSite(place=p, name=names[p], chosen=chosen[p]) for p in order]
