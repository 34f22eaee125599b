"""One centre or many: form (where people and jobs are) and function (who goes where), side by side."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.flows import Flows, share

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ROUNDS = 20_000
EXACT = 1e-10
LEAST_UNITS = 2
# Residuals beyond this many standard errors stand out at the 5 % level.
STANDS_OUT = 1.96


class Centrality(NamedTuple):
    """How central a distribution is.

    Attributes:
        uci: Urban centrality index, 0 (spread or at the border) to 1 (one centre).
        location: Location coefficient, 0 (even) to 1 (all in one unit).
        proximity: 1 minus separation over its maximum.
        separation: Spatial separation, in the unit of the distances.
        most: Largest separation that is compared with.
    """

    uci: float
    location: float
    proximity: float
    separation: float
    most: float


class RankSize(NamedTuple):
    """How sizes fall with rank.

    Attributes:
        slope: Of log(rank - 1/2) on log(size), as a positive number; 1 is Zipf's rule, more is more even.
        error: Standard error of the slope.
        units: Number of units that it rests on.
    """

    slope: float
    error: float
    units: int


class Primacy(NamedTuple):
    """Weight of the largest unit: its share of the units looked at, and its size over the second's."""

    share: float
    to_second: float


class Functional(NamedTuple):
    """Functional polycentricity.

    Attributes:
        value: ``balance * density``, 0 (all go to one node, or nobody goes) to 1.
        balance: 1 minus the spread of the nodes' inflows over its largest possible value.
        density: Share of the nodes' employed residents who work in another node.
    """

    value: float
    balance: float
    density: float


def centrality(
    values: "NDArray[np.float64]",
    distance: "NDArray[np.float64]",
    areas: "NDArray[np.float64] | None" = None,
    border: "NDArray[np.bool_] | None" = None,
) -> Centrality:
    """The urban centrality index of people or jobs over units.

    Args:
        values: People or jobs of each unit, (units,), >= 0.
        distance: Distance or minutes between units, (units, units), >= 0, finite.
        areas: Area of each unit in the square of the unit of distance; the distance within a unit is then
            that of a circle's radius, sqrt(area / pi). Without it, the diagonal of ``distance`` is used.
        border: Units on the border of the whole: the largest separation is taken as that of an even spread
            over them, as the authors do. Without it, the largest over all spreads is looked for.

    Raises:
        BadAsk: Shapes do not fit, values are negative or all 0, or a distance is not finite.

    Source: Pereira, Nadalin, Monasterio and Albuquerque (2013), "Urban centrality: a simple index"; self
    distances after Crafts and Mulatu (2006).
    """
    values, distance = _read(values, distance)
    if areas is not None:
        distance = distance.copy()
        np.fill_diagonal(distance, np.sqrt(np.asarray(areas, dtype=np.float64) / np.pi))
    part = values / values.sum()
    location = float(np.abs(part - 1 / len(part)).sum() / 2)
    separation = float(part @ distance @ part)
    most = _at_border(distance, border) if border is not None else most_separate(distance)
    proximity = 1 - separation / most if most > 0 else 0.0
    return Centrality(location * proximity, location, proximity, separation, most)


def most_separate(distance: "NDArray[np.float64]") -> float:
    """The largest mean distance between two people over all ways to spread people over the units.

    Exact where ``distance`` is one in the plane with an empty diagonal (the problem is then concave); else a
    local optimum, found by moving weight between pairs of units.

    Source: pairwise Frank-Wolfe steps; Lacoste-Julien and Jaggi (2015).
    """
    n = len(distance)
    spread = np.full(n, 1 / n)
    slope = distance @ spread + distance.T @ spread
    for _ in range(ROUNDS):
        up = int(slope.argmax())
        down = int(np.where(spread > 0, slope, np.inf).argmin())
        gain = slope[up] - slope[down]
        if gain <= EXACT * max(1.0, float(slope[up])):
            break
        both = distance[[up, down]][:, [up, down]]
        bend = both[0, 1] + both[1, 0] - both[0, 0] - both[1, 1]
        step = spread[down] if bend <= 0 else min(spread[down], gain / (2 * bend))
        spread[up] += step
        spread[down] -= step
        change = distance[:, up] - distance[:, down] + distance[up] - distance[down]
        slope = slope + step * change
    return float(spread @ distance @ spread)


def rank_size(sizes: "NDArray[np.float64]", top: int | None = None) -> RankSize:
    """The rank-size slope of the largest units.

    Args:
        sizes: People of each unit, > 0.
        top: Number of largest units; all by default.

    Raises:
        BadAsk: Fewer than three units have people.

    Source: Gabaix and Ibragimov (2011), "Rank - 1/2": slope and its error sqrt(2 / n).
    """
    sizes = np.sort(np.asarray(sizes, dtype=np.float64))[::-1][:top]
    sizes = sizes[sizes > 0]
    if len(sizes) <= LEAST_UNITS:
        count = len(sizes)
        raise BadAsk(
            Text(f"有人口的区划只有{count}个", f"{count} units with people"),
            Text("至少三个", "at least three units"),
        )
    rank = np.log(np.arange(1, len(sizes) + 1) - 0.5)
    slope = -float(np.polyfit(np.log(sizes), rank, 1)[0])
    return RankSize(slope, slope * float(np.sqrt(2 / len(sizes))), len(sizes))


def primacy(sizes: "NDArray[np.float64]", top: int | None = None) -> Primacy:
    """The largest unit's share of the ``top`` largest units' people, and its size over the second's.

    Raises:
        BadAsk: Fewer than two units, or none with people.
    """
    sizes = np.sort(np.asarray(sizes, dtype=np.float64))[::-1][:top]
    if len(sizes) < LEAST_UNITS or sizes[0] <= 0:
        raise BadAsk(
            Text("区划不足两个,或其中无人", "no two units, or nobody in them"),
            Text("至少两个区划,其中一个有人", "at least two units, one with people"),
        )
    second = float(sizes[0] / sizes[1]) if sizes[1] > 0 else float("inf")
    return Primacy(float(sizes[0] / sizes.sum()), second)


def functional_polycentricity(flows: "Flows | pd.DataFrame | NDArray[Any]") -> Functional:
    """Polycentricity by commuters between nodes: how evenly they arrive, times how many there are.

    Args:
        flows: Commuters between the nodes; who works at home's node counts in the density only.

    Raises:
        BadAsk: Fewer than two nodes.

    Source: Green (2007), "Functional polycentricity": the spread of the nodes' inflows is compared with that
    of two nodes of which one gets nothing and the other as much as the strongest.
    """
    found = Flows.of(flows)
    if len(found.units) < LEAST_UNITS:
        count = len(found.units)
        raise BadAsk(
            Text(f"只有{count}个节点", f"{count} nodes"), Text("至少两个", "at least two nodes")
        )
    arrive = found.jobs - found.at_home
    density = float(arrive.sum() / found.residents.sum()) if found.residents.sum() else 0.0
    if arrive.max() <= 0:
        return Functional(0.0, 0.0, density)
    balance = 1 - float(arrive.std() / (arrive.max() / 2))
    return Functional(balance * density, balance, density)


def inflow_gini(flows: "Flows | pd.DataFrame | NDArray[Any]") -> float:
    """Gini coefficient of the commuters who arrive at each node from another: 0 is even."""
    found = Flows.of(flows)
    arrive = np.sort(found.jobs - found.at_home)
    if arrive.sum() <= 0:
        return 0.0
    n = len(arrive)
    rank = np.arange(1, n + 1)
    return float((2 * rank - n - 1) @ arrive / (n * arrive.sum()))


def gravity_links(
    units: "list[Any]",
    sizes: "NDArray[np.float64]",
    distance: "NDArray[np.float64]",
    exponent: float = 2.0,
) -> "pd.DataFrame":
    """Linkage between pairs of units: product of sizes over a power of their distance, the strongest first.

    Returns:
        ``one, other, strength, share`` (of the sum over all pairs); a pair without a way has none.

    Raises:
        BadAsk: Two units lie at no distance from each other.
    """
    import pandas as pd

    one, other = np.triu_indices(len(units), 1)
    apart = (distance[one, other] + distance[other, one]) / 2
    if (apart <= 0).any():
        at = int(np.flatnonzero(apart <= 0)[0])
        first, second = units[one[at]], units[other[at]]
        raise BadAsk(
            Text(f"{first}与{second}的距离为0", f"{first} and {second} lie at distance 0"),
            Text("距离应大于0", "distances > 0"),
        )
    sizes = np.asarray(sizes, dtype=np.float64)
    strength = sizes[one] * sizes[other] / apart**exponent
    table = pd.DataFrame(
        {
            "one": [units[at] for at in one],
            "other": [units[at] for at in other],
            "strength": strength,
            "share": share(strength, np.full_like(strength, strength.sum())),
        }
    )
    return table.sort_values("strength", ascending=False, kind="stable", ignore_index=True)


def density_poles(
    density: "NDArray[np.float64]",
    points: "NDArray[np.float64]",
    window: float = 0.5,
    stands_out: float = STANDS_OUT,
) -> "pd.DataFrame":
    """Poles: units whose density stands out from a smooth trend over the area.

    Args:
        density: People or jobs a km2, (units,), > 0.
        points: Where the units are, in a plane, (units, 2).
        window: Share of the units, the nearest, that the trend at a place is fitted to; tricube weights.
        stands_out: Least residual in standard errors of the trend; exactly that is enough.

    Returns:
        In the order given: ``density, trend, score`` (residual of the logarithm over its error), ``pole``.

    Raises:
        BadAsk: A density is not above 0, or the window holds fewer than four units.

    Source: McMillen (2001), "Nonparametric employment subcenter identification", its first step.
    """
    import pandas as pd

    density = np.asarray(density, dtype=np.float64)
    points = np.asarray(points, dtype=np.float64)
    near = int(np.ceil(window * len(density)))
    if not (density > 0).all() or near < LEAST_UNITS + 2:
        count = len(density)
        told = Text(
            f"{count}个区划,窗口内{near}个;或有密度不大于0",
            f"{count} units, {near} in the window; or a density is not above 0",
        )
        hint = Text("密度应大于0,至少四个区划", "densities > 0, four units and more")
        raise BadAsk(told, hint)
    hat = np.stack([_local_line(points, at, near) for at in range(len(density))])
    observed = np.log(density)
    trend = hat @ observed
    freedom = len(density) - 2 * np.trace(hat) + (hat**2).sum()
    error = np.sqrt(((observed - trend) ** 2).sum() / max(freedom, 1.0))
    score = (observed - trend) / error if error > EXACT else np.zeros_like(observed)
    return pd.DataFrame(
        {
            "density": density,
            "trend": np.exp(trend),
            "score": score,
            "pole": score >= stands_out,
        }
    )


def employment_poles(
    jobs: "NDArray[np.float64]",
    areas: "NDArray[np.float64]",
    neighbours: Any,
    density: float,
    total: float,
) -> "NDArray[np.int64]":
    """Poles: units dense with jobs that touch and together have enough of them.

    Args:
        jobs: Jobs of each unit, (units,).
        areas: Area of each unit, > 0.
        neighbours: Which units touch, by position: a mapping, or pairs.
        density: Least jobs an area of 1; exactly that is enough.
        total: Least jobs of a pole; exactly that is enough.

    Returns:
        Number of the pole of each unit, from 0 by size, -1 for none.

    Source: Giuliano and Small (1991), "Subcenters in the Los Angeles region".
    """
    from hutuo.space.neighbours import Neighbours

    jobs = np.asarray(jobs, dtype=np.float64)
    dense = jobs >= density * np.asarray(areas, dtype=np.float64)
    parts = Neighbours.of(neighbours, range(len(jobs))).parts(dense)
    inside = parts >= 0
    held = np.bincount(parts[inside], jobs[inside], parts.max(initial=-1) + 1)
    order = [part for part in np.argsort(-held, kind="stable") if held[part] >= total]
    number = {int(part): rank for rank, part in enumerate(order)}
    return np.array([number.get(int(part), -1) for part in parts], dtype=np.int64)


def _local_line(points: "NDArray[np.float64]", at: int, near: int) -> "NDArray[np.float64]":
    """Weights by which a locally weighted plane takes all values at one place."""
    apart = np.hypot(*(points - points[at]).T)
    reach = np.sort(apart)[near - 1] * (1 + EXACT)
    weight = np.where(apart < reach, (1 - (apart / reach) ** 3) ** 3, 0.0) if reach else apart + 1
    plane = np.column_stack([np.ones(len(points)), points - points[at]])
    solved: NDArray[np.float64] = np.linalg.pinv(np.sqrt(weight)[:, None] * plane)[0]
    return solved * np.sqrt(weight)


def _at_border(distance: "NDArray[np.float64]", border: "NDArray[np.bool_]") -> float:
    spread = np.asarray(border, dtype=np.float64)
    if spread.shape != (len(distance),) or spread.sum() <= 0:
        raise BadAsk(
            Text("没有区划在边界上", "no unit lies on the border"),
            Text("每个区划一个标记,至少标出一个", "one mark a unit, at least one of them set"),
        )
    spread /= spread.sum()
    return float(spread @ distance @ spread)


def _read(
    values: "NDArray[np.float64]", distance: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    values = np.asarray(values, dtype=np.float64)
    distance = np.asarray(distance, dtype=np.float64)
    if distance.shape != (len(values), len(values)):
        count, shape = len(values), distance.shape
        raise BadAsk(
            Text(f"{count}个值,距离的形状为{shape}", f"{count} values, distances {shape}"),
            Text("形状应为(n,)与(n, n)", "(n,) and (n, n)"),
        )
    if not np.isfinite(distance).all() or (distance < 0).any():
        raise BadAsk(
            Text("有距离不是有限数,或小于0", "a distance is not finite, or below 0"),
            Text("距离应有限且不小于0", "finite distances >= 0"),
        )
    if not (np.isfinite(values) & (values >= 0)).all() or values.sum() <= 0:
        raise BadAsk(
            Text(
                "数值应不小于0且不全为0", "values must be numbers of at least 0 that are not all 0"
            ),
            Text("人口或岗位", "people or jobs"),
        )
    return values, distance
