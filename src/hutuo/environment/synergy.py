"""How well pollutants and carbon go down together: four views, none of which is a standard by itself.

Beside equivalents (:mod:`hutuo.environment.equivalents`): cross elasticity and coordinates of co-control, the
synergy of a composite system, and the degree of coupling coordination.
"""

from collections.abc import Sequence
from math import atan2, copysign, degrees, fsum, nan, prod
from typing import NamedTuple

from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = [
    "Coordinates",
    "Coupling",
    "composite_synergy",
    "coordinates",
    "coupling_coordination",
    "cross_elasticity",
    "order_degree",
]

_DEGREES = Text("有序度", "degrees of order")
_RATES = Text("减排率", "rates of reduction")
# Upper ends of the classes of the degree; the class of 0.5 to 0.6 is called barely coordinated.
GRADES = (
    Text("极度失调", "extremely uncoordinated"),
    Text("严重失调", "severely uncoordinated"),
    Text("中度失调", "moderately uncoordinated"),
    Text("轻度失调", "slightly uncoordinated"),
    Text("濒临失调", "nearly uncoordinated"),
    Text("勉强协调", "barely coordinated"),
    Text("初级协调", "primarily coordinated"),
    Text("中级协调", "intermediately coordinated"),
    Text("良好协调", "well coordinated"),
    Text("优质协调", "superbly coordinated"),
)


class Coordinates(NamedTuple):
    """Where a measure lies in the plane of co-control.

    Attributes:
        pollutants: Reduction of pollutants, the abscissa.
        co2: Reduction of CO2, the ordinate.
        quadrant: 1: both fall; 2: CO2 falls, pollutants rise; 3: both rise; 4: pollutants fall, CO2 rises; 0
            on an axis.
        angle: Degrees from the abscissa, -180 to 180; 45 where both fall alike in the axes' units.
    """

    pollutants: float
    co2: float
    quadrant: int
    angle: float


class Coupling(NamedTuple):
    """Coupling coordination of subsystems.

    Attributes:
        coupling: C, 0..1; 1 where all stand alike. NaN where all are 0: nothing is coupled.
        level: T, weighted mean of the subsystems, 0..1.
        degree: D, root of C times T, 0..1.
        grade: Class of the degree, one of ten.
    """

    coupling: float
    level: float
    degree: float
    grade: Text


def cross_elasticity(co2_rate: float, pollutant_rate: float) -> float:
    """By how many per cent CO2 falls where a pollutant falls by one.

    Above 0 both go the same way; 1: both alike; between 0 and 1 the pollutant falls more. Two rises give a
    figure above 0 too: see :func:`coordinates` for which of both it is.

    Args:
        co2_rate: Reduction of CO2 over its emission before, negative where it rises.
        pollutant_rate: The same of the pollutant, or of the equivalents of several; not 0.

    Raises:
        BadInput: A rate is no number, or the pollutant does not change.

    Source: 毛显强 et al., 技术减排措施协同控制效应评价研究, 中国人口·资源与环境 21(12) (2011) 1-7; used by
        邢有凯 et al., 中国环境管理 12(4) (2020) 20-28.
    """
    findings = unfit(
        "rates", None, {"co2_rate": co2_rate, "pollutant_rate": pollutant_rate}, least=-1e300
    )
    if not findings and pollutant_rate == 0:
        says = Text("污染物没有变化,弹性没有定义", "it does not change: there is no elasticity")
        findings.append(Finding("rates", None, "pollutant_rate", says))
    refuse(_RATES, findings)
    return co2_rate / pollutant_rate


def coordinates(pollutants: float, co2: float) -> Coordinates:
    """Where a measure lies in the plane of co-control.

    Args:
        pollutants: Reduction of a pollutant or of equivalents; negative where it rises.
        co2: Reduction of CO2.

    Source: as :func:`cross_elasticity`.
    """
    refuse(_RATES, unfit("point", None, {"pollutants": pollutants, "co2": co2}, least=-1e300))
    signs = ((pollutants > 0) - (pollutants < 0), (co2 > 0) - (co2 < 0))
    quadrant = {(1, 1): 1, (-1, 1): 2, (-1, -1): 3, (1, -1): 4}.get(signs, 0)
    return Coordinates(pollutants, co2, quadrant, degrees(atan2(co2, pollutants)))


def order_degree(value: float, worst: float, best: float) -> float:
    """Degree of order of a parameter: 0 at its worst, 1 at its best, clipped outside.

    Raises:
        BadInput: Worst and best are the same, or one is no number.

    Source: 孟庆松 and 韩文秀, 复合系统协调度模型研究, 天津大学学报 33 (2000) 444-446.
    """
    findings = unfit("order", None, {"value": value, "worst": worst, "best": best}, least=-1e300)
    if not findings and worst == best:
        says = Text("最差值与最优值相同", "worst and best are the same")
        findings.append(Finding("order", None, "best", says))
    refuse(_DEGREES, findings)
    return min(max((value - worst) / (best - worst), 0.0), 1.0)


def composite_synergy(before: Sequence[float], after: Sequence[float] | None = None) -> float:
    """Synergy of a composite system between two times: -1..1, above 0 only where all subsystems gained.

    Args:
        before: Degree of order of each subsystem at the first time, 0..1; or, with ``after`` left out, what
            each gained, -1..1.
        after: The same at the second time, in the same order.

    Returns:
        The geometric mean of what subsystems gained or lost, with the sign of the least gain.

    Raises:
        BadInput: There are fewer than two subsystems, lengths differ, or a degree is outside 0..1.

    Source: 孟庆松 and 韩文秀, 复合系统协调度模型研究 (2000).
    """
    if after is None:
        gains = list(before)
        findings = _outside("before", gains, least=-1.0)
    else:
        findings = [*_outside("before", before), *_outside("after", after)]
        if len(before) != len(after):
            says = Text(
                f"{len(after)}个,应为{len(before)}个",
                f"{len(after)} of them; {len(before)} before",
            )
            findings.append(Finding("after", None, "", says))
        gains = [b - a for a, b in zip(before, after, strict=False)]
    refuse(_DEGREES, findings)
    _several(gains)
    # What is a product of gains in theory is taken apart so that tiny gains do not vanish in it.
    size = prod(abs(gain) ** (1 / len(gains)) for gain in gains)
    return copysign(size, min(gains)) if size else 0.0


def coupling_coordination(
    order: Sequence[float], weights: Sequence[float] | None = None
) -> Coupling:
    """How subsystems hang together (coupling), how far they are (level), and both in one (degree).

    Args:
        order: Standing of each subsystem, 0..1.
        weights: Of each; taken as shares of their sum. Alike if none are given.

    Raises:
        BadInput: There are fewer than two, lengths differ, or a value is outside its range.

    Source: C = k (U1...Uk)^(1/k) / (U1+...+Uk), T = sum of w U, D = (C T)^(1/2): the traditional model in
        王淑佳 et al., 国内耦合协调度模型的误区及修正, 自然资源学报 36 (2021) 793-810; classes: 田深圳 et al.,
        地理学报 76 (2021) 781, table 1.
    """
    shares = [1.0] * len(order) if weights is None else list(weights)
    findings = _outside("order", order)
    findings += [f for n, w in enumerate(shares) for f in unfit("weights", n + 1, {"": w})]
    if len(shares) != len(order) or (not findings and not sum(shares) > 0):
        says = Text(
            f"{len(shares)}个权重,应有{len(order)}个且和大于0",
            f"{len(shares)} weights; {len(order)} with a sum above 0 would be right",
        )
        findings.append(Finding("weights", None, "", says))
    refuse(_DEGREES, findings)
    _several(order)
    k, total = len(order), fsum(order)
    level = fsum(u * w for u, w in zip(order, shares, strict=True)) / fsum(shares)
    if not total:
        return Coupling(nan, level, 0.0, GRADES[0])
    coupling = min(k * prod(u ** (1 / k) for u in order) / total, 1.0)
    degree = (coupling * level) ** 0.5
    return Coupling(coupling, level, degree, _grade(degree))


def _grade(degree: float) -> Text:
    """Class of a degree: of (0.4, 0.5] the fifth."""
    return next((name for n, name in enumerate(GRADES, 1) if degree <= n / 10), GRADES[-1])


def _several(values: Sequence[float]) -> None:
    if len(values) < 2:  # noqa: PLR2004 - one alone has nothing to go with
        raise BadInput(
            Text("至少要有两个子系统", "there must be two subsystems at least"),
            (),
            Text("给出各子系统的有序度", "give the degree of order of each"),
        )


def _outside(name: str, values: Sequence[float], *, least: float = 0.0) -> list[Finding]:
    return [
        f
        for n, value in enumerate(values, 1)
        for f in unfit(name, n, {"": value}, least=least, most=1.0)
    ]
