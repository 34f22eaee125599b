"""What a plan of sites must keep to: one set of rules for all models, each of which may be left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import Finding
from hutuo.glossary import Text
from hutuo.siting.solutions import (
    dense_of,
    names_of,
    read_cost,
    read_fixed,
    read_weights,
    refuse,
)

__all__ = ["NAMES", "Problem", "Rules", "read_problem"]

Array = npt.NDArray[np.float64]
# Names of rules that can be left out to make a plan possible.
NAMES = (
    "p", "budget", "limit", "capacity", "least_use", "serve", "floors", "backup", "beyond", "gini",
    "farthest", "kept", "forbidden", "nearest",
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """Rules of a plan.

    Attributes:
        p: Number of open sites; None for as many as is best.
        kept: Sites that must be open.
        forbidden: Sites that must not be open.
        existing: Sites that are there: they cost nothing to open, and may be closed.
        opening: Cost of opening a new site, (sites,).
        closing: Cost of closing an existing site, (sites,).
        budget: Most that is spent on opening and closing.
        limit: Most that a client may be away from the site that serves it.
        inclusive: Whether a cost of just a limit is within it.
        capacity: What a site can serve, (sites,).
        least_use: Least part of its capacity that an open site must serve.
        split: Whether a client may be served by several sites.
        nearest: Whether a client goes to the nearest open site, or to the one that is best for all.
        serve: Least part of all demand that is served.
        groups: Group of each client (its city), (clients,).
        floors: Least part of a group's demand that is served, by group.
        floor_within: Cost up to which being served counts for a floor.
        backup: Open sites that must be within the limit of each client that is served.
        beyond: Cost, and the most part of all demand that may be served from farther away.
        gini: Largest Gini coefficient of the clients' costs, weighted by demand.
        farthest: Most that any client's cost may be.
    """

    p: int | None = None
    kept: Sequence[int] = ()
    forbidden: Sequence[int] = ()
    existing: Sequence[int] = ()
    opening: npt.ArrayLike | None = None
    closing: npt.ArrayLike | None = None
    budget: float | None = None
    limit: float = np.inf
    inclusive: bool = True
    capacity: npt.ArrayLike | None = None
    least_use: float = 0.0
    split: bool = False
    nearest: bool = False
    serve: float = 1.0
    groups: Sequence[Any] | None = None
    floors: Mapping[Any, float] = field(default_factory=dict)
    floor_within: float = np.inf
    backup: int = 1
    beyond: tuple[float, float] | None = None
    gini: float | None = None
    farthest: float | None = None


class Problem(NamedTuple):
    """What is planned, read and checked.

    Attributes:
        cost: (clients, sites); inf where there is no way.
        weights: Demand, (clients,).
        opening, closing: What a site costs to open and to close, (sites,); 0 where it is not new, or not
            there.
        room: Capacities, (sites,), or None.
        rules: What the plan must keep to.
    """

    cost: Array
    weights: Array
    opening: Array
    closing: Array
    room: Array | None
    rules: Rules


def read_problem(cost: Any, weights: npt.ArrayLike | None, rules: Rules) -> Problem:
    """What is planned.

    Raises:
        BadInput: A figure is out of range; all findings of one kind are told.
    """
    dense = _reached(cost, rules)
    clients, sites = dense.shape
    heavy = read_weights(weights, clients, "weights")
    read_fixed(rules.kept, sites, rules.p, rules.forbidden, "kept")
    there, _ = read_fixed(rules.existing, sites, name="existing")
    opening = np.zeros(sites)
    if rules.opening is not None:
        opening = read_weights(rules.opening, sites, "opening")
    closing = np.zeros(sites)
    if rules.closing is not None:
        closing = read_weights(rules.closing, sites, "closing")
    here = np.isin(np.arange(sites), there)
    room = None
    if rules.capacity is not None:
        room = read_weights(rules.capacity, sites, "capacity")
    refuse([*_ranges(rules), *_groups(rules, clients), *_closing(there, rules)])
    return Problem(
        dense, heavy, np.where(here, 0.0, opening), np.where(here, closing, 0.0), room, rules
    )


def _reached(cost: Any, rules: Rules) -> Array:
    """Costs; that a client is in reach of no site is no fault where not all must be served."""
    if rules.serve >= 1:
        return read_cost(cost)
    dense = dense_of(cost)
    lost = np.isinf(dense).all(axis=1)
    if dense.ndim == 2 and lost.any() and not lost.all():  # noqa: PLR2004 - clients and sites
        names_of(cost if hasattr(cost, "columns") else dense)
        read_cost(dense[~lost])
        return dense
    return read_cost(cost)


def _ranges(rules: Rules) -> list[Finding]:
    findings = []
    shares = {"least_use": rules.least_use, "serve": rules.serve}
    shares |= {f"floors {group}": share for group, share in rules.floors.items()}
    if rules.beyond is not None:
        shares["beyond"] = rules.beyond[1]
    if rules.gini is not None:
        shares["gini"] = rules.gini
    says = Text("应在0至1之间", "between 0 and 1 would be right")
    findings += [
        Finding(name, None, f"{share}", says)
        for name, share in shares.items()
        if not 0 <= share <= 1
    ]
    least = Text("应不小于0", "at least 0 would be right")
    numbers = {
        "limit": rules.limit,
        "budget": rules.budget,
        "farthest": rules.farthest,
        "floor_within": rules.floor_within,
    }
    findings += [
        Finding(name, None, f"{number}", least)
        for name, number in numbers.items()
        if number is not None and not number >= 0
    ]
    if rules.backup < 1:
        one = Text("应不小于1", "at least 1 would be right")
        findings.append(Finding("backup", None, f"{rules.backup}", one))
    if rules.least_use and rules.capacity is None:
        lacks = Text("需要capacity", "it needs a capacity")
        findings.append(Finding("least_use", None, "", lacks))
    if rules.gini is not None and rules.serve < 1:
        all_ = Text("需要serve为1", "it needs serve 1")
        findings.append(Finding("gini", None, "", all_))
    return findings


def _groups(rules: Rules, clients: int) -> list[Finding]:
    given = list(rules.groups) if rules.groups is not None else []
    if rules.groups is not None and len(given) != clients:
        says = Text(f"有{len(given)}个,应有{clients}个", f"{len(given)}; {clients} would be right")
        return [Finding("groups", None, "", says)]
    missing = [group for group in rules.floors if group not in given]
    says = Text("没有需求点属于它", "no client is in it")
    return [Finding("floors", None, str(group), says) for group in missing]


def _closing(there: list[int], rules: Rules) -> list[Finding]:
    if rules.closing is not None and not there:
        says = Text("需要existing", "it needs existing sites")
        return [Finding("closing", None, "", says)]
    return []
