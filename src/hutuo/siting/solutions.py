"""What every model of siting answers, and how what it is given is read."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = [
    "Names",
    "Solution",
    "deadline",
    "dense_of",
    "gap_of",
    "names_of",
    "read_cost",
    "read_fixed",
    "read_start",
    "read_weights",
    "refuse",
]

Array = npt.NDArray[np.float64]
# Findings that are told; the rest is counted.
TOLD = 100


@dataclass(frozen=True)
class Solution:
    """Sites, who is served from where, and how good that is.

    Attributes:
        sites: Chosen sites, in order.
        assignment: Site that serves each client, (clients,), -1 for none; where demand may be split, the site
            that serves most of it.
        objective: Value of the plan.
        bound: Value that no plan can beat: at most the optimum where less is better, at least where more is.
        gap: Difference of both over the objective; 0 if the plan is proven best.
        status: ``optimal``, ``time_limit`` (the best plan found, with its bound), ``gap`` (the gap that was
            asked for is reached) or ``infeasible``.
        seconds: Time taken.
        unserved: Clients that no chosen site can reach.
        shares: Parts of each client's demand by site, (clients, sites), where it may be split.
    """

    sites: list[int]
    assignment: npt.NDArray[np.int64]
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float
    unserved: list[int]
    shares: Array | None = None


class Names(NamedTuple):
    """What clients and sites are called: by their place, or as the frame of costs calls them."""

    clients: Sequence[Any]
    sites: Sequence[Any]


def names_of(cost: Any) -> Names:
    """Names of clients and sites: the index and the columns of a frame, else their places.

    Raises:
        BadInput: A name stands twice.
    """
    if not (hasattr(cost, "columns") and hasattr(cost, "index")):
        return Names(range(cost.shape[0]), range(cost.shape[1]))
    names = Names([str(one) for one in cost.index], [str(one) for one in cost.columns])
    twice = Text("重复", "it stands twice")
    refuse(
        [
            Finding(kind, None, one, twice)
            for kind, given in zip(("client", "site"), names, strict=True)
            for one in sorted({one for one in given if given.count(one) > 1})[:TOLD]
        ]
    )
    return names


def read_cost(cost: Any, name: str = "cost") -> Array:
    """Costs of clients by sites as a dense array; where a sparse matrix stores nothing there is no way.

    Args:
        cost: Array, frame (index: clients, columns: sites) or sparse matrix.
        name: What it is called where something is wrong with it.

    Raises:
        BadInput: A cost is negative or missing, or a client can be reached from no site.
    """
    dense = dense_of(cost)
    if dense.ndim != 2 or not dense.size:  # noqa: PLR2004 - clients and sites
        zh = f"成本的形状为{dense.shape},应为(需求点, 设施点)"
        en = f"cost has shape {dense.shape}; (clients, sites) would be right"
        raise BadInput(Text(zh, en))
    names = names_of(cost if hasattr(cost, "columns") else dense)
    wrong = np.argwhere(~(dense >= 0))
    says = Text("成本应不小于0;不可达用inf", "a cost of at least 0 would be right, inf for no way")
    findings = [
        Finding(name, None, f"{names.clients[i]}, {names.sites[j]}", says) for i, j in wrong[:TOLD]
    ]
    if not len(wrong):
        alone = Text("任何设施点都不可达", "it can be reached from no site")
        findings += [
            Finding(name, None, f"client {names.clients[i]}", alone)
            for i in np.flatnonzero(np.isinf(dense).all(axis=1))[:TOLD]
        ]
    refuse(findings)
    return dense


def dense_of(cost: Any) -> Array:
    """Costs as they are given, unchecked; where a sparse matrix stores nothing there is no way."""
    if hasattr(cost, "tocoo"):
        coo = cost.tocoo()
        dense = np.full(coo.shape, np.inf)
        dense[coo.coords] = coo.data
        return dense
    return np.array(cost, dtype=np.float64)


def read_weights(weights: npt.ArrayLike | None, many: int, name: str) -> Array:
    """Weights, (many,), >= 0; ones if none are given.

    Raises:
        BadInput: Their number is wrong, or one is negative or missing.
    """
    if weights is None:
        return np.ones(many)
    found = np.array(weights, dtype=np.float64)
    if found.shape != (many,):
        zh, en = (
            f"形状{found.shape}应为({many},)",
            f"shape {found.shape}; ({many},) would be right",
        )
        raise BadInput(Text(f"{name}:{zh}", f"{name}: {en}"))
    says = Text("应为不小于0的数", "a number of at least 0 would be right")
    wrong = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    # Not the method of a list of that name.
    labels: Any = weights if hasattr(weights, "iloc") else None
    named = range(many) if labels is None else list(labels.index)
    refuse([Finding(name, None, str(named[at]), says) for at in wrong[:TOLD]])
    return found


def read_fixed(
    fixed: Sequence[int],
    sites: int,
    p: int | None = None,
    forbidden: Sequence[int] = (),
    name: str = "fixed",
) -> tuple[list[int], list[int]]:
    """Sites that must be open and those that must not, in order.

    Args:
        fixed: Sites that must be open.
        sites: How many there are.
        p: How many are to be open, if that is said.
        forbidden: Sites that must not be open.
        name: What the first are called where something is wrong with them.

    Raises:
        BadInput: One is none of the sites, stands twice or in both, or p is out of what they leave.
    """
    kept, shut = [int(site) for site in fixed], [int(site) for site in forbidden]
    findings = [*_places(name, kept, sites), *_places("forbidden", shut, sites)]
    both = Text("既固定又禁止", "it must be open and must not")
    findings += [Finding(name, None, str(one), both) for one in sorted({*kept} & {*shut})]
    many = sites - len(set(shut))
    if p is not None and not 1 <= p <= many:
        says = Text(f"{p}应在1至{many}之间", f"{p}; between 1 and {many} would be right")
        findings.append(Finding("p", None, "", says))
    elif p is not None and len(kept) > p:
        says = Text(
            f"固定{len(kept)}处,多于{p}处", f"{len(kept)} sites must be open, more than {p}"
        )
        findings.append(Finding(name, None, "", says))
    refuse(findings)
    return sorted(kept), sorted(shut)


def read_start(
    start: Sequence[int] | None, sites: int, p: int | None, given: tuple[list[int], list[int]]
) -> list[int] | None:
    """Sites of a plan to begin with, in order, those that must be open among them; None if none is given.

    Args:
        start: The sites.
        sites: How many there are.
        p: How many are to be open, if that is said.
        given: Sites that must be open, and those that must not.

    Raises:
        BadInput: One is none of the sites, stands twice or must not be open, or they are too many.
    """
    if start is None:
        return None
    named = [int(site) for site in start]
    shut = Text("不得开设", "it must not be open")
    findings = _places("start", named, sites)
    findings += [Finding("start", None, str(one), shut) for one in sorted({*named} & {*given[1]})]
    found = sorted({*named, *given[0]})
    if p is not None and len(found) > p:
        says = Text(
            f"连同固定的共{len(found)}处,多于{p}处", f"{len(found)} with those fixed, over {p}"
        )
        findings.append(Finding("start", None, "", says))
    refuse(findings)
    return found


def _places(name: str, named: list[int], sites: int) -> list[Finding]:
    findings = []
    for site in sorted(set(named)):
        if not 0 <= site < sites:
            says = Text(f"应在0至{sites - 1}之间", f"between 0 and {sites - 1} would be right")
            findings.append(Finding(name, None, str(site), says))
        if named.count(site) > 1:
            findings.append(Finding(name, None, str(site), Text("重复", "it stands twice")))
    return findings


def refuse(findings: list[Finding]) -> None:
    """Refuse what has findings.

    Raises:
        BadInput: There are any.
    """
    if findings:
        many = len(findings)
        zh, en = f"选址数据有{many}处问题:", f"the data of siting have {many} findings:"
        raise BadInput(Text(zh, en), findings)


def gap_of(value: float, bound: float) -> float:
    """How far a plan may be from the best, over its value; 0 if it is proven, inf where nothing is known."""
    if value == bound:
        return 0.0
    known = np.isfinite(value) and np.isfinite(bound)
    return abs(value - bound) / max(abs(value), 1e-12) if known else np.inf


def deadline(time_limit: float | None) -> tuple[float, float]:
    """When work began, and when it is to end."""
    begun = time.monotonic()
    return begun, np.inf if time_limit is None else begun + time_limit
