"""Mixed-integer programmes by HiGHS: the plan found, what bounds it, and why it stopped."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import HutuoError, Unavailable
from hutuo.glossary import Text
from hutuo.progress import report

__all__ = ["Ended", "Program", "Stop", "conflict", "solved", "stacked"]

Array = npt.NDArray[np.float64]
# How far a whole number may be off, and the least difference of two values.
SLACK, EXACT = 1e-6, 1e-9
# Of the last digits of a bound of whole values.
WHOLE = 1e-5


class Program(NamedTuple):
    """Minimize ``costs @ x`` where ``low <= rows @ x <= high``, ``least <= x <= most``, some of it whole.

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
        status: ``optimal``, ``time_limit``, ``infeasible`` or ``enough`` (what was asked for is known).
        prices: What a unit of each constraint's limit is worth, of a programme without whole variables.
    """

    x: Array | None
    value: float
    bound: float
    status: str
    prices: Array | None = None


class Stop(NamedTuple):
    """When to stop before the best is proven.

    Attributes:
        seconds: Time after which the best point is given; None for as long as it takes.
        gap: Part of the value by which the bound may stay away from it.
        below: A point of at most this value is enough.
        above: A bound of more than this value is enough.
        at_once: Whether to branch at once, without presolving or looking for points: where a good one is
            known and what matters is the bound.
    """

    seconds: float | None = None
    gap: float = 0.0
    below: float = -np.inf
    above: float = np.inf
    at_once: bool = False


def stacked(parts: Sequence[tuple[Any, npt.ArrayLike, npt.ArrayLike]]) -> tuple[Any, Array, Array]:
    """Constraints one below the other: (rows, low, high), limits of a part as one number or one a row."""
    from scipy.sparse import csr_array, vstack

    many = [part[0].shape[0] for part in parts]
    low, high = (
        np.concatenate(
            [
                np.broadcast_to(np.asarray(part[k], float), n)
                for part, n in zip(parts, many, strict=True)
            ]
        )
        for k in (1, 2)
    )
    return csr_array(vstack([part[0] for part in parts])), low, high


def solved(program: Program, stop: Stop = Stop(), start: Array | None = None) -> Ended:  # noqa: B008
    """Solve a programme.

    Args:
        program: What to minimize.
        stop: When to be content with less than the best.
        start: A point to begin with, or None.

    Returns:
        The best point that was found and what bounds it.

    Raises:
        Unavailable: The solver failed.
        Cancelled: Whoever listens to the progress wants it to stop.

    Source: Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical
    Programming Computation 10 (2018) 119-142 (HiGHS).
    """
    import highspy

    if not len(program.costs):
        return _of_nothing(program)
    solver = _loaded(program)
    _bounded(solver, stop)
    if start is not None:
        point = highspy.HighsSolution()
        point.col_value = start.tolist()
        solver.setSolution(point)
    watch = _Watch(stop)
    if program.whole.any():
        solver.cbMipInterrupt += watch
    else:
        solver.cbSimplexInterrupt += watch
    solver.run()
    if watch.failed is not None:
        raise watch.failed
    return _ended(solver, program, watch)


def conflict(program: Program) -> npt.NDArray[np.int64]:
    """Constraints that cannot all hold, though they can once any one of them is left out.

    Whole variables are taken as whole. Each constraint is left out in turn and stays out if what is left
    still cannot hold.

    Returns:
        Rows, in order; none if all can hold.
    """
    kept = np.arange(program.rows.shape[0])
    bare = program._replace(costs=np.zeros(len(program.costs)))
    if solved(bare).status != "infeasible":
        return kept[:0]
    for row in range(program.rows.shape[0]):
        rest = kept[kept != row]
        part = bare._replace(
            rows=program.rows[rest], low=program.low[rest], high=program.high[rest]
        )
        if solved(part).status == "infeasible":
            kept = rest
    return kept


class _Watch:
    """Looks into a running solver: whether someone wants it to stop, or enough is known."""

    def __init__(self, stop: Stop) -> None:
        self.stop, self.begun = stop, time.monotonic()
        self.enough, self.failed = False, None  # type: bool, HutuoError | None

    def __call__(self, event: Any) -> None:
        told = event.data_out
        seconds = self.stop.seconds
        share = (
            None
            if seconds is None
            else min((time.monotonic() - self.begun) / max(seconds, SLACK), 1.0)
        )
        try:
            report(share, Text("求解整数规划", "solving a mixed-integer programme"))
        except HutuoError as failed:
            # An error does not cross the solver: it is raised once that has stopped.
            self.failed = failed
            event.interrupt()
        if seconds is not None and time.monotonic() - self.begun > seconds:
            event.interrupt()
        # Before the first node these two are not set.
        known = told.mip_primal_bound <= self.stop.below or told.mip_dual_bound > self.stop.above
        if known and told.mip_node_count >= 0:
            self.enough = True
            event.interrupt()


def _loaded(program: Program) -> Any:
    """The solver with the programme in it."""
    import highspy

    columns = program.rows.tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.costs), program.rows.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.costs, program.least, program.most
    lp.row_lower_, lp.row_upper_ = program.low, program.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = columns.indptr.astype(np.int32)
    lp.a_matrix_.index_ = columns.indices.astype(np.int32)
    lp.a_matrix_.value_ = columns.data.astype(np.float64)
    if program.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(one)] for one in program.whole]
    # It comes without types.
    made: Any = highspy.Highs
    solver = made()
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - an option of the solver
    solver.passModel(lp)
    return solver


def _bounded(solver: Any, stop: Stop) -> None:
    """Tell the solver when it is to stop."""
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("mip_rel_gap", stop.gap)
    solver.setOptionValue("mip_abs_gap", EXACT)
    if stop.at_once:
        solver.setOptionValue("presolve", "off")
        solver.setOptionValue("mip_heuristic_effort", 0.0)
    if stop.seconds is not None:
        solver.setOptionValue("time_limit", max(stop.seconds, 0.01))


def _ended(solver: Any, program: Program, watch: _Watch) -> Ended:
    """What the solver found."""
    import highspy

    states = highspy.HighsModelStatus
    state, info = solver.getModelStatus(), solver.getInfo()
    if state in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return Ended(None, np.inf, np.inf, "infeasible")
    if state not in (states.kOptimal, states.kTimeLimit, states.kInterrupt, states.kSolutionLimit):
        name = solver.modelStatusToString(state)
        says = Text(f"求解器失败:{name}", f"the solver failed: {name}")
        raise Unavailable(says, Text("检查数据的量级", "look at the size of the figures"))
    has = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    point = solver.getSolution()
    x = np.array(point.col_value) if has else None
    value = float(info.objective_function_value) if has else np.inf
    if not program.whole.any():
        return _of_lp(x, value, point, optimal=state == states.kOptimal)
    low = float(info.mip_dual_bound)
    if state == states.kOptimal and watch.stop.gap == 0:
        return Ended(x, value, value, "optimal")
    status = "optimal" if state == states.kOptimal else "enough" if watch.enough else "time_limit"
    return Ended(x, value, min(low, value) if np.isfinite(low) else -np.inf, status)


def _of_lp(x: Array | None, value: float, point: Any, *, optimal: bool) -> Ended:
    """The end of a programme without whole variables: before its optimum nothing bounds it."""
    if not optimal:
        return Ended(None, np.inf, -np.inf, "time_limit")
    return Ended(x, value, value, "optimal", np.array(point.row_dual))


def _of_nothing(program: Program) -> Ended:
    """A programme without variables: what it asks for holds, or not."""
    holds = bool(np.all((program.low <= SLACK) & (program.high >= -SLACK)))
    return (
        Ended(np.zeros(0), 0.0, 0.0, "optimal")
        if holds
        else Ended(None, np.inf, np.inf, "infeasible")
    )
