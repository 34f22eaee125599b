"""Sites over several periods with changing demand: when to open, and when to close.

Source: T. J. Van Roy and D. Erlenkotter, A dual-based procedure for dynamic facility location, Management
Science 28 (1982) 1091-1105.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.programs import Stop, solved
from hutuo.siting.rules import Problem, Rules, read_problem
from hutuo.siting.solutions import TOLD, gap_of, refuse

__all__ = ["Phased", "phased"]

Array = npt.NDArray[np.float64]
SMALL, OPEN, EXACT = 1e-7, 0.5, 1e-9
# Rules that a plan over periods reads; the others are refused.
READ = frozenset(
    ("p", "kept", "forbidden", "existing", "opening", "closing", "budget", "limit", "inclusive", "capacity",
     "least_use", "split", "serve")
)  # fmt: skip


@dataclass(frozen=True)
class Phased:
    """Sites by period.

    Attributes:
        sites: Open sites of each period.
        shares: Parts of each client's demand by site, (periods, clients, sites).
        spent: What opening, closing and running costs in each period, (periods,).
        objective: Value of the plan: costs of serving and what is spent.
        bound: Value that no plan is below.
        gap: Difference of both over the objective.
        status: ``optimal``, ``time_limit``, ``gap`` or ``infeasible``.
        seconds: Time taken.
    """

    sites: list[list[int]]
    shares: Array
    spent: Array
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float


def phased(  # noqa: PLR0913 - what the model has
    cost: Any,
    weights: npt.ArrayLike,
    rules: Rules = Rules(),  # noqa: B008 - it is frozen
    *,
    running: npt.ArrayLike | None = None,
    travel: float = 1.0,
    may_close: bool = True,
    gap: float = 0.0,
    time_limit: float | None = None,
) -> Phased:
    """When to open and to close sites, at least cost of serving, opening, closing and running.

    Args:
        cost: Of serving a client from a site, (clients, sites), >= 0; inf where there is no way.
        weights: Demand by period, (periods, clients), >= 0.
        rules: p sites in each period; ``existing`` are there before the first period; ``budget`` is for each
            period; ``serve`` is of each period's demand.
        running: Cost of an open site in a period, (sites,) or (periods, sites), >= 0.
        travel: What a unit of weights times costs is worth in money, >= 0.
        may_close: Whether a site may be closed again.
        gap: Part of the value by which the bound may stay away from it.
        time_limit: Seconds after which the best plan is given with its bound.

    Raises:
        BadInput: A figure is out of range, or a rule is given that this model does not have.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun = time.monotonic()
    demand = np.array(weights, dtype=np.float64)
    problem = _read(cost, demand, rules)
    run = _running(running, demand.shape[0], problem.cost.shape[1])
    blocks, made = Blocks(), _Made.of(problem, len(demand))
    made.add(blocks, problem, demand, may_close=may_close)
    costs = np.zeros(blocks.many)
    near = problem.cost[made.i, made.j]
    for t, now in enumerate(demand):
        costs[made.ways[t]] = travel * now[made.i] * near
        costs[made.open[t]] = run[t]
        costs[made.come[t]], costs[made.go[t]] = problem.opening, problem.closing
    ended = solved(blocks.program(costs), Stop(time_limit, gap))
    shares, sites = np.zeros((len(demand), *problem.cost.shape)), []
    spent = np.zeros(len(demand))
    if ended.x is not None:
        for t in range(len(demand)):
            parts = ended.x[made.ways[t]]
            shares[t, made.i, made.j] = np.where(parts > SMALL, parts, 0.0)
            if not rules.split:
                shares[t] = _whole(shares[t])
            sites.append([int(one) for one in np.flatnonzero(ended.x[made.open[t]] > OPEN)])
            spent[t] = sum(
                float(costs[part[t]] @ np.rint(ended.x[part[t]]))
                for part in (made.open, made.come, made.go)
            )
    # No cost is below 0, so no plan is.
    ended = ended._replace(bound=max(ended.bound, 0.0))
    off, seconds = gap_of(ended.value, ended.bound), time.monotonic() - begun
    status = "gap" if ended.status == "optimal" and off > EXACT else ended.status
    return Phased(sites, shares, spent, ended.value, ended.bound, off, status, seconds)


def _whole(shares: Array) -> Array:
    """Each client's largest part made whole: of ways that are equally good one is taken."""
    found = np.zeros(shares.shape)
    there = np.flatnonzero(shares.sum(axis=1) > OPEN)
    found[there, np.argmax(shares[there], axis=1)] = 1.0
    return found


@dataclass(frozen=True)
class _Made:
    """Where in the programme things stand: by period, sites, sites that come and that go, and ways."""

    open: list[npt.NDArray[np.int64]]
    come: list[npt.NDArray[np.int64]]
    go: list[npt.NDArray[np.int64]]
    ways: list[npt.NDArray[np.int64]]
    i: npt.NDArray[np.int64]
    j: npt.NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem, periods: int) -> "_Made":
        rules, cost = problem.rules, problem.cost
        near = np.isfinite(cost) & (cost <= rules.limit if rules.inclusive else cost < rules.limit)
        i, j = np.nonzero(near)
        sites, many = cost.shape[1], len(i)
        each = 3 * sites + many
        at = [each * t for t in range(periods)]
        open_, come, go = (
            [np.arange(k + n * sites, k + (n + 1) * sites) for k in at] for n in range(3)
        )
        ways = [np.arange(k + 3 * sites, k + each) for k in at]
        return cls(open_, come, go, ways, i, j)

    def add(self, blocks: Blocks, problem: Problem, demand: Array, *, may_close: bool) -> None:
        """The variables and rules of all periods."""
        rules = problem.rules
        sites = problem.cost.shape[1]
        before: npt.NDArray[np.int64] | None = None
        there = np.isin(np.arange(sites), list(rules.existing)).astype(np.float64)
        for t, now in enumerate(demand):
            least, most = np.zeros(sites), np.ones(sites)
            least[list(rules.kept)], most[list(rules.forbidden)] = 1.0, 0.0
            blocks.variables(sites, least=least, most=most, whole=True)
            blocks.variables(sites)
            blocks.variables(sites, most=float(may_close))
            # Where nothing couples clients, the best way of each is whole once the sites are chosen.
            coupled = problem.room is not None or rules.serve < 1
            blocks.variables(len(self.i), whole=coupled and not rules.split)
            self._served(blocks, problem, now, t)
            at = np.arange(sites)
            terms = [
                Terms(at, self.open[t], 1.0),
                Terms(at, self.come[t], -1.0),
                Terms(at, self.go[t], 1.0),
            ]
            if before is not None:
                terms.append(Terms(at, before, -1.0))
            was = there if before is None else np.zeros(sites)
            blocks.rule("", terms, low=was, high=was, many=sites)
            before = self.open[t]
            spent = [
                Terms(0, self.come[t], problem.opening),
                Terms(0, self.go[t], problem.closing),
            ]
            if rules.budget is not None:
                blocks.rule("budget", spent, high=rules.budget)
            if rules.p is not None:
                blocks.rule("p", [Terms(0, self.open[t], 1.0)], low=rules.p, high=rules.p)

    def _served(self, blocks: Blocks, problem: Problem, now: Array, t: int) -> None:
        rules, room = problem.rules, problem.room
        clients, at = len(problem.cost), np.arange(len(self.i))
        whole = 1.0 if rules.serve >= 1 else 0.0
        blocks.rule("", [Terms(self.i, self.ways[t], 1.0)], low=whole, high=1.0, many=clients)
        if rules.serve < 1:
            least = rules.serve * now.sum()
            blocks.rule("serve", [Terms(0, self.ways[t], now[self.i])], low=least)
        terms = [Terms(at, self.ways[t], 1.0), Terms(at, self.open[t][self.j], -1.0)]
        blocks.rule("", terms, high=0.0, many=len(at))
        if room is None:
            return
        sites, load = np.arange(len(room)), Terms(self.j, self.ways[t], now[self.i])
        blocks.rule(
            "capacity", [load, Terms(sites, self.open[t], -room)], high=0.0, many=len(room)
        )
        if rules.least_use:
            used = Terms(sites, self.open[t], -rules.least_use * room)
            blocks.rule("least_use", [load, used], low=0.0, many=len(room))


def _read(cost: Any, demand: Array, rules: Rules) -> Problem:
    if demand.ndim != 2:  # noqa: PLR2004 - periods and clients
        zh = f"weights的形状为{demand.shape},应为(时期, 需求点)"
        en = f"weights has shape {demand.shape}; (periods, clients) would be right"
        raise BadInput(Text(zh, en))
    problem = read_problem(cost, demand[0], rules)
    says = Text("应为不小于0的数", "a number of at least 0 would be right")
    wrong = np.argwhere(~(np.isfinite(demand) & (demand >= 0)))
    refuse([Finding("weights", None, f"{t}, {i}", says) for t, i in wrong[:TOLD]])
    plain, other = (
        Rules(),
        Text("多时期选址没有这条规则", "sites over periods do not have this rule"),
    )
    given = [name for name in vars(plain) if name not in READ]
    changed = [name for name in given if getattr(rules, name) != getattr(plain, name)]
    refuse([Finding(name, None, "", other) for name in changed])
    # There is no opening cost of what is there already; what is closed and opened anew is paid for.
    opening = np.zeros(problem.cost.shape[1])
    if rules.opening is not None:
        opening = np.array(rules.opening, dtype=np.float64)
    closing = np.zeros(problem.cost.shape[1])
    if rules.closing is not None:
        closing = np.array(rules.closing, dtype=np.float64)
    return problem._replace(opening=opening, closing=closing)


def _running(running: npt.ArrayLike | None, periods: int, sites: int) -> Array:
    found = np.zeros((periods, sites)) if running is None else np.array(running, dtype=np.float64)
    if found.shape not in ((sites,), (periods, sites)):
        zh = f"running的形状为{found.shape},应为({sites},)或({periods}, {sites})"
        en = f"running has shape {found.shape}; ({sites},) or ({periods}, {sites}) would be right"
        raise BadInput(Text(zh, en))
    says = Text("应为不小于0的数", "a number of at least 0 would be right")
    wrong = np.argwhere(~(np.isfinite(found) & (found >= 0)))
    refuse([Finding("running", None, ", ".join(map(str, at)), says) for at in wrong[:TOLD]])
    return np.broadcast_to(found, (periods, sites))
