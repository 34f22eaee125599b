"""Labour market areas: units joined until each area is large enough for how self-contained it is.

Size and self-containment are traded off: an area of the target size needs only the least self-containment,
a self-contained one only the least size. The area that is farthest from that is taken apart at its heaviest
unit, which goes to the area it is tied to most, if that one becomes no worse; else the unit waits in
reserve and is assigned at the end.

Source: Coombes and Bond (2008), Travel-to-Work Areas: the 2007 review; the order of units and the reserve
as in the areas of ISTAT and Eurostat (Franconi, D'Alò, Ichim 2016).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.delineation import Delineation, Step, Threshold
from hutuo.space.flows import Flows, share

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# What was done to a unit, by the number that the kernel logs.
KINDS = (
    "joined",
    "reserve: no tie",
    "reserve: would weaken",
    "from reserve",
    "reserve: moved too often",
)


def labour_areas(
    flows: "Flows | pd.DataFrame | NDArray[Any]",
    min_size: float = 1_000.0,
    min_self: float = 2 / 3,
    target_size: float = 10_000.0,
    target_self: float = 0.75,
) -> Delineation:
    """Labour market areas by size and self-containment.

    Args:
        flows: As for :func:`hutuo.space.functional.functional_area`.
        min_size: Least employed residents of an area that reaches the target self-containment.
        min_self: Least self-containment of an area of the target size: the smaller of the shares of its
            residents who work, and of its jobs that are filled, within it.
        target_size: Employed residents from which on the least self-containment is enough.
        target_self: Self-containment from which on the least size is enough.

    Returns:
        Areas, called as their unit with most jobs. Steps: ``left out`` (units without residents, without
        jobs, or without a tie to any other: in no area), ``moves``, ``reserve``, ``areas``. An area exactly
        at the trade-off is good enough.

    Raises:
        BadInput: The flows are faulty.
        BadAsk: A threshold is not above 0, or a target is below its least value.
    """
    import pandas as pd

    from hutuo.space.labourgrowth import grown

    _check(min_size, min_self, target_size, target_self)
    found = Flows.of(flows)
    kept, out = _left_out(found)
    limits = np.array([min_size, min_self, target_size, target_self], dtype=np.float64)
    rows = found.matrix[kept][:, kept].tocsr().astype(np.float64)
    labels, log = grown((*_plain(rows), *_plain(rows.tocsc()), limits))
    units = [found.units[at] for at in kept]
    kernel = Flows(tuple(units), rows)
    names = _names(kernel, labels)
    area = {unit: names.get(int(label)) for unit, label in zip(units, labels, strict=True)}
    steps = [
        out,
        Step("moves", _moves(units, log)),
        _reserve(units, log, names, labels),
        _areas(kernel, labels, names, limits),
    ]
    index = pd.Index(list(found.units), name="unit", dtype=object)
    given = ("min_size", "min_self", "target_size", "target_self")
    return Delineation(
        "labour-market",
        pd.Series([area.get(unit) for unit in found.units], index=index, dtype=object),
        tuple(Threshold(name, float(value)) for name, value in zip(given, limits, strict=True)),
        tuple(steps),
        found.model,
    )


def _plain(sparse: Any) -> tuple[Any, Any, Any]:
    """Pointers, indices and people in the types that the kernel is compiled for once."""
    return sparse.indptr.astype(np.int64), sparse.indices.astype(np.int64), sparse.data


def _check(min_size: float, min_self: float, target_size: float, target_self: float) -> None:
    if not (0 < min_size < target_size and 0 < min_self <= target_self <= 1):
        says = Text(
            f"规模为{min_size:g}与{target_size:g},比例为{min_self:g}与{target_self:g}",
            f"sizes {min_size:g} and {target_size:g}, shares {min_self:g} and {target_self:g}",
        )
        sizes, shares = "0 < min_size < target_size", "0 < min_self <= target_self <= 1"
        raise BadAsk(says, Text(f"应为{sizes}且{shares}", f"{sizes} and {shares}"))


def _left_out(flows: Flows) -> "tuple[NDArray[np.int64], Step]":
    """Units that take part, and those that cannot; repeated, since leaving one out may cut off another."""
    import pandas as pd

    kept = np.arange(len(flows.units))
    rows: list[tuple[Any, str]] = []
    while len(kept):
        part = flows.matrix[kept][:, kept]
        home = np.asarray(part.sum(axis=1)).ravel()
        work = np.asarray(part.sum(axis=0)).ravel()
        own = np.asarray(part.diagonal())
        bare, idle = home == 0, work == 0
        alone = ~bare & (own == home) & (own == work)
        wrong = bare | idle | alone
        if not wrong.any():
            break
        for at in np.flatnonzero(wrong):
            says = "no residents" if bare[at] else "no jobs" if idle[at] else "no tie to another"
            rows.append((flows.units[kept[at]], says))
        kept = kept[~wrong]
    return kept, Step("left out", pd.DataFrame(rows, columns=["unit", "reason"]))


def _names(flows: Flows, labels: "NDArray[np.int64]") -> dict[int, Any]:
    """The unit with most jobs of each area; of equal ones the first."""
    names: dict[int, Any] = {}
    for at in np.argsort(-flows.jobs, kind="stable"):
        label = int(labels[at])
        if label >= 0:
            names.setdefault(label, flows.units[at])
    return names


def _moves(units: list[Any], log: "NDArray[np.float64]") -> "pd.DataFrame":
    import pandas as pd

    kind, unit, start, end = log[:, :4].astype(np.int64).T
    return pd.DataFrame(
        {
            "unit": [units[at] for at in unit],
            "what": [KINDS[number] for number in kind],
            "from_area": [units[at] if at >= 0 else None for at in start],
            "to_area": [units[at] if at >= 0 else None for at in end],
            "validity": log[:, 4],
        }
    )


def _reserve(
    units: list[Any],
    log: "NDArray[np.float64]",
    names: dict[int, Any],
    labels: "NDArray[np.int64]",
) -> Step:
    import pandas as pd

    waited = [row for row in log[:, :2].astype(np.int64) if KINDS[row[0]].startswith("reserve")]
    table = pd.DataFrame(
        {
            "unit": [units[row[1]] for row in waited],
            "reason": [KINDS[row[0]].partition(": ")[2] for row in waited],
            "area": [names.get(int(labels[row[1]])) for row in waited],
        }
    )
    return Step("reserve", table)


def _areas(
    flows: Flows,
    labels: "NDArray[np.int64]",
    names: dict[int, Any],
    limits: "NDArray[np.float64]",
) -> Step:
    import pandas as pd

    from hutuo.space.labourgrowth import validity

    order = sorted(names, key=lambda label: str(names[label]))
    number = {label: at for at, label in enumerate(order)}
    dense = np.array([number.get(int(label), -1) for label in labels], dtype=np.int64)
    people = flows.grouped(dense, len(order))
    inner = people.diagonal().copy()
    live = np.bincount(dense[dense >= 0], flows.residents[dense >= 0], len(order))
    work = np.bincount(dense[dense >= 0], flows.jobs[dense >= 0], len(order))
    table = pd.DataFrame(
        {
            "area": [names[label] for label in order],
            "units": np.bincount(dense[dense >= 0], minlength=len(order)),
            "residents": live,
            "jobs": work,
            "residents_within": share(inner, live.astype(np.float64)),
            "jobs_within": share(inner, work.astype(np.float64)),
            "validity": [validity(*one, limits) for one in zip(live, work, inner, strict=True)],
        }
    )
    return Step("areas", table)
