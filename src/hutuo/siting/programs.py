"""Mixed-integer programmes by HiGHS: the plan found, what bounds it, and why it stopped."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import Unavailable
from hutuo.glossary import Text

Array = npt.NDArray[np.float64]
# What scipy calls the ends of HiGHS.
OPTIMAL, LIMIT, INFEASIBLE = 0, 1, 2


class Program(NamedTuple):
    """Minimize ``costs @ x`` where ``low <= rows @ x <= high``, 0 <= x <= most, some of it whole.

    Attributes:
        costs: (variables,).
        rows: Sparse (constraints, variables).
        low, high: (constraints,).
        least, most: Bounds of the variables.
        whole: 1 where a variable is whole, 0 where it is not.
    """

    costs: Array
    rows: Any
    low: Array
    high: Array
    least: Array
    most: Array
    whole: Array


class Ended(NamedTuple):
    """How a programme ended.

    Attributes:
        x: The best point, or None.
        value: Its value; inf if there is none.
        bound: Value that no point is below.
        status: ``optimal``, ``time_limit`` or ``infeasible``.
    """

    x: Array | None
    value: float
    bound: float
    status: str


def solved(program: Program, seconds: float | None) -> Ended:
    """Solve a programme, for so many seconds at most.

    Raises:
        Unavailable: The solver failed.

    Source: Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical
    Programming Computation 10 (2018) 119-142 (HiGHS).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    options: dict[str, Any] = {"mip_rel_gap": 0.0}
    if seconds is not None:
        options["time_limit"] = max(seconds, 0.01)
    found = milp(
        program.costs,
        integrality=program.whole,
        bounds=Bounds(program.least, program.most),
        constraints=LinearConstraint(program.rows, program.low, program.high),
        options=options,
    )
    if found.status == INFEASIBLE:
        return Ended(None, np.inf, np.inf, "infeasible")
    if found.status not in (OPTIMAL, LIMIT):
        says = Text(f"求解器失败:{found.message}", f"the solver failed: {found.message}")
        raise Unavailable(says, Text("检查数据的量级", "look at the size of the figures"))
    value = np.inf if found.x is None else float(found.fun)
    bound = getattr(found, "mip_dual_bound", None)
    low = -np.inf if bound is None or not np.isfinite(bound) else float(bound)
    if found.status == OPTIMAL:
        return Ended(found.x, value, value, "optimal")
    return Ended(found.x, value, min(low, value), "time_limit")
