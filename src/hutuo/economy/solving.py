"""Fixed points: a map is applied until nothing moves, each step mixed with those before it.

Source: D. G. Anderson, Iterative procedures for nonlinear integral equations, Journal of the ACM 12 (1965)
547-560; the small least squares by normal equations as in H. F. Walker and P. Ni, SIAM Journal on Numerical
Analysis 49 (2011) 1715-1735.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["DAMPING", "Solved", "balanced", "fixed_point"]

# Share of a step that is taken: what swings comes to rest by halves.
DAMPING = 0.5

Array = npt.NDArray[np.float64]


class Solved(NamedTuple):
    """Where a map came to rest, or did not.

    Attributes:
        point: The last point.
        steps: Applications of the map.
        residual: Largest change that the map would still make.
        converged: Whether that is within the tolerance.
        trail: The residual after each step.
    """

    point: Array
    steps: int
    residual: float
    converged: bool
    trail: list[float]


def fixed_point(
    step: Callable[[Array], Array],
    start: Array,
    *,
    tolerance: float,
    limit: int,
    damping: float = DAMPING,
    memory: int = 5,
) -> Solved:
    """Apply a map until it moves its point by less than the tolerance.

    Args:
        step: From a point to the next, (n,) to (n,).
        start: First point.
        tolerance: Largest change that counts as none.
        limit: Most applications.
        damping: Share of the map's own move that is taken.
        memory: Steps before that are mixed in; 0 for none.
    """
    point, trail = start.copy(), []
    points: list[Array] = []
    moves: list[Array] = []
    while True:
        move = step(point) - point
        trail.append(float(np.max(np.abs(move))))
        done = trail[-1] < tolerance
        if done or len(trail) >= limit or not np.isfinite(trail[-1]):
            return Solved(point, len(trail), trail[-1], done, trail)
        # A step that made things much worse mixes what no longer holds.
        if len(trail) > 1 and trail[-1] > 10 * trail[-2]:
            points, moves = [], []
        ahead = point + damping * move
        if points:
            ahead = ahead - _mixed(point, move, points, moves, damping)
        points, moves = [*points, point][-memory - 1 :], [*moves, move][-memory - 1 :]
        point = ahead


def balanced(
    weights: Array, rows: Array, columns: Array, *, tolerance: float = 1e-12, limit: int = 20_000
) -> tuple[Array, int, float]:
    """Factors of the columns by which each row's shares, times the row's sum, add up to the columns' sums.

    Args:
        weights: (n, m), >= 0.
        rows: Sums of the rows, (n,), > 0.
        columns: Sums of the columns, (m,), > 0; of the same total.
        tolerance: Largest relative miss of a column's sum.
        limit: Most steps.

    Returns:
        Factors (m,) with mean log 0, steps taken, and the largest relative miss.

    Source: iterative proportional fitting, W. E. Deming and F. F. Stephan, Annals of Mathematical Statistics
    11 (1940) 427-444; sped up by :func:`fixed_point`.
    """

    def step(logs: Array) -> Array:
        factors = np.exp(logs)
        reached = factors * (weights.T @ (rows / (weights @ factors)))
        ahead: Array = logs + np.log(columns / reached)
        ahead -= ahead.mean()
        return ahead

    found = fixed_point(
        step, np.zeros(len(columns)), tolerance=tolerance, limit=limit, damping=1.0
    )
    return np.exp(found.point), found.steps, found.residual


def _mixed(
    point: Array, move: Array, points: list[Array], moves: list[Array], damping: float
) -> Array:
    """What the steps before take back of this one: the mix of them whose moves cancel it best."""
    dx = np.stack([point - before for before in points])
    df = np.stack([move - before for before in moves])
    normal = df @ df.T
    scale = np.trace(normal) / len(normal)
    normal[np.diag_indices_from(normal)] += 1e-12 * scale
    mix = np.linalg.lstsq(normal, df @ move, rcond=None)[0].astype(np.float64)
    back: Array = mix @ (dx + damping * df)
    return back
