"""What lies before a target: the path that leads to it, and what its figures forecast."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.glossary import label
from hutuo.plan.forecast import FEWEST, LEVEL, NoForecast, forecast, verdict
from hutuo.plan.status import Point
from hutuo.plan.trajectories import Kind, base_of, kept, path
from hutuo.units import unit
from hutuo.verbs import Answer, Text, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hutuo.base.series import Observed

# A period of so many days is a whole year; what is shorter may be a part of one.
WHOLE_YEAR = 360


class PathPoint(Answer):
    """A figure of a year, in the target's unit."""

    year: int = said("年份", "year")
    value: float = said("数值", "the figure")


class ForecastPoint(PathPoint):
    """What is expected of a year ahead, with its interval."""

    low: float = said("区间下限", "lower end of the interval")
    high: float = said("区间上限", "upper end of the interval")


class Trajectory(Answer):
    """The path from the base figure to the target."""

    kind: str | None = said(
        "路径类型", "linear, growth or own (set by a user); null if there is no path"
    )
    kind_name: Text | None = said("路径类型名称", "what the kind is called")
    base_figure: PathPoint | None = said("基期数值", "figure that it starts from")
    growth: float | None = said(
        "路径年均增速(比值)", "growth a year along it, as a share; null where it has no meaning"
    )
    change: float | None = said("路径年均变化量", "change a year along it, in the unit")
    due_value: float | None = said(
        "最新观测年份应达值", "value due in the year of the last yearly figure"
    )
    ahead_by: float | None = said(
        "领先量(负为落后)",
        "how far that figure is ahead of it towards the target; negative: behind",
    )
    on_path: bool | None = said(
        "是否在路径上", "whether that figure is at least there; null if the base is the only one"
    )
    points: list[PathPoint] = said("各年应达值", "value due each year, base and target included")
    reason: Text | None = said("没有路径的原因", "why there is no path; null if there is one")


class Forecast(Answer):
    """What the figures forecast for the target's year."""

    method: Text | None = said("预测方法", "how it was made; null if there is none")
    confidence: float | None = said(
        "区间的置信水平", "share of cases that the interval should hold"
    )
    used: int = said("所用年度数值个数", "yearly figures that there are")
    drift: float | None = said(
        "年均变化", "change a year: a growth as a share where in_log, else in the unit"
    )
    in_log: bool | None = said("是否按对数", "whether the logarithm was looked at")
    points: list[ForecastPoint] = said("各年预测", "every year up to the target's, with intervals")
    verdict: str | None = said(
        "区间与目标的关系",
        "of the interval of the target's year: reached (all of it satisfies the target), missed (none), open",
    )
    says: Text | None = said("说明", "the same in words")
    reason: Text | None = said("没有预测的原因", "why there is none; null if there is one")


class Aimed(NamedTuple):
    """A target as a path and a forecast need it.

    Attributes:
        operator: One of ``>= > <= < =``.
        value: Value to reach.
        unit: Its unit.
        year: Year by which; None for no end.
        since: Year from which a change is counted.
        measurable: False where the plan leaves open what would have to be reached.
    """

    operator: str
    value: float
    unit: str
    year: int | None
    since: int | None
    measurable: bool


def yearly(seen: "Sequence[Observed]", values: "Sequence[float]") -> list[Point]:
    """One figure a year: those of whole years if there are any, else the last of each year.

    Args:
        seen: Figures, the oldest first.
        values: Their values, in the unit that is wanted.
    """
    pairs = list(zip(seen, values, strict=True))
    whole = [pair for pair in pairs if _is_whole(pair[0])]
    of = {row.valid_from.year: value for row, value in whole or pairs}
    return [Point(year, value) for year, value in of.items()]


def _is_whole(row: "Observed") -> bool:
    return row.valid_to is not None and (row.valid_to - row.valid_from).days >= WHOLE_YEAR


def trajectory(
    aim: Aimed,
    seen: "Sequence[Point]",
    kind: Kind | None = None,
    given: "Mapping[int, float] | None" = None,
) -> Trajectory:
    """The path to a target, or why there is none.

    Args:
        aim: The target.
        seen: One figure a year, the oldest first.
        kind: How to draw it; None: see :func:`hutuo.plan.trajectories.path`.
        given: Values that a user set, by year.
    """
    base = base_of(seen, aim.since)
    if not aim.measurable:
        return _no_path("open")
    if aim.year is None:
        return _no_path("endless")
    if base is None:
        return _no_path("baseless")
    if base.year >= aim.year:
        return _no_path("over")
    way = path(base, Point(aim.year, aim.value), kind, given)
    last = seen[-1]
    stands = kept(aim.operator, way, last) if last.year > base.year else None
    return Trajectory(
        kind=way.kind.value,
        kind_name=label(f"path:{way.kind.value}"),
        base_figure=PathPoint(year=base.year, value=base.value),
        growth=way.growth,
        change=way.change,
        due_value=stands.due if stands else None,
        ahead_by=stands.lead if stands else None,
        on_path=stands.on_path if stands else None,
        points=[PathPoint(year=point.year, value=point.value) for point in way.due],
        reason=None,
    )


def _no_path(why: str) -> Trajectory:
    return Trajectory(
        kind=None, kind_name=None, base_figure=None, growth=None, change=None, due_value=None, ahead_by=None,
        on_path=None, points=[], reason=label(f"no_path:{why}"),
    )  # fmt: skip


def prospect(aim: Aimed, seen: "Sequence[Point]") -> Forecast:
    """The forecast for a target's year, or why there is none; for arguments see :func:`trajectory`."""
    if not aim.measurable:
        return _no_forecast("open", len(seen))
    if aim.year is None:
        return _no_forecast("endless", len(seen))
    found = forecast(seen, aim.year, share=unit(aim.unit).dimension == "share")
    if isinstance(found, NoForecast):
        return _no_forecast(found.reason, found.used)
    end = found.ahead[-1]
    how = verdict(aim.operator, aim.value, end)
    form = "log" if found.log else "level"
    drift = f"{found.drift:.1%}" if found.log else f"{found.drift:.4g}"
    what, words = label(f"forecast:{form}"), label(f"verdict:{how}")
    return Forecast(
        method=Text(
            f"{what.zh},{found.first}–{found.last}年共{found.used}个年度数值,年均{drift}",
            f"{what.en}, from {found.used} yearly figures of {found.first} to {found.last}, {drift} a year",
        ),
        confidence=LEVEL,
        used=found.used,
        drift=found.drift,
        in_log=found.log,
        points=[
            ForecastPoint(year=p.year, value=p.value, low=p.low, high=p.high) for p in found.ahead
        ],
        verdict=how,
        says=Text(
            f"{end.year}年的80%区间{words.zh}", f"the 80 % interval of {end.year} {words.en}"
        ),
        reason=None,
    )


def _no_forecast(why: str, used: int) -> Forecast:
    reason = label(f"no_forecast:{why}")
    if why == "few":
        reason = Text(
            f"年度数值只有{used}个,至少须有{FEWEST}个",
            f"there are {used} yearly figures, and it takes {FEWEST}",
        )
    return Forecast(
        method=None, confidence=None, used=used, drift=None, in_log=None, points=[], verdict=None,
        says=None, reason=reason,
    )  # fmt: skip
