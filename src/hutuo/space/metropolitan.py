"""Core based statistical areas by the rule of the United States of 2010.

Central units hold enough people of an urban area; units are outlying by the people who commute to the central
ones or by the jobs that are filled from there; no unit is in two areas; areas hang together; an area whose
central units are outlying to those of an adjacent one merges with it.

Source: Office of Management and Budget, 2010 Standards for Delineating Metropolitan and Micropolitan
Statistical Areas, 75 FR 37246, sections 1 to 4.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.space.delineation import Delineation, Step, Threshold
from hutuo.space.flows import Flows, share
from hutuo.space.neighbours import Neighbours

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the rule; exactly one of them is enough everywhere.

    Attributes:
        urban_size: Least people of an urban area that makes an area.
        metropolitan: Least people of an urban area that makes it metropolitan, not micropolitan.
        urban_share: Least share of a unit's people in such urban areas for the unit to be central.
        urban_people: Or least people of a unit in a single one.
        commuting: Least share of residents who work in the central units, or of jobs filled from there.
    """

    urban_size: float = 10_000.0
    metropolitan: float = 50_000.0
    urban_share: float = 0.5
    urban_people: float = 5_000.0
    commuting: float = 0.25


@dataclass
class _State:
    """What is known of each unit while the rule runs: numbers of urban areas, -1 for none."""

    central: "NDArray[np.int64]"
    assigned: "NDArray[np.int64]"
    steps: list[Step] = field(default_factory=list)


def statistical_areas(
    flows: "Flows | pd.DataFrame | NDArray[Any]",
    urban: "pd.DataFrame",
    people: "pd.Series[Any] | Mapping[Hashable, float]",
    neighbours: Any = None,
    **limits: float,
) -> Delineation:
    """Metropolitan and micropolitan areas.

    Args:
        flows: As for :func:`hutuo.space.functional.functional_area`.
        urban: ``unit, urban_area, people``: people of each unit in each urban area.
        people: People of each unit.
        neighbours: Which units touch; without it areas neither have to hang together nor to be adjacent to
            merge.
        **limits: Fields of :class:`Limits` that differ from the rule.

    Returns:
        Areas, called as their urban area. Steps: ``urban areas``, ``central``, ``outlying``, ``contiguous``
        (with neighbours), ``merged``, ``areas``. Of several ties of a unit the strongest counts, be it the
        share of residents or of jobs; of equal ones the first urban area by name.

    Raises:
        BadInput: Flows or people are faulty, or a unit of ``urban`` has no flows or no people.
    """
    import pandas as pd

    found, limit = Flows.of(flows), Limits(**limits)
    table, names, metropolitan = _urban_areas(found, urban, limit)
    state = _State(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    state.steps.append(Step("urban areas", table))
    _central(state, found, urban, pd.Series(people, dtype=float), names, limit)
    _outlying(state, found, names, limit)
    borders = None if neighbours is None else Neighbours.of(neighbours, found.units)
    if borders is not None:
        _contiguous(state, found, names, borders)
    _merge(state, found, names, limit, borders)
    _listed(state, found, names, metropolitan)
    index = pd.Index(list(found.units), name="unit", dtype=object)
    area_of = [None if label < 0 else names[label] for label in state.assigned]
    return Delineation(
        "us-2010",
        pd.Series(area_of, index=index, dtype=object),
        tuple(Threshold(name, float(getattr(limit, name))) for name in Limits.__slots__),
        tuple(state.steps),
        found.model,
    )


def _urban_areas(
    flows: Flows, urban: "pd.DataFrame", limit: Limits
) -> "tuple[pd.DataFrame, list[Any], NDArray[np.bool_]]":
    """Urban areas that are large enough, by name."""
    known = set(flows.units)
    wrong = [
        Finding(
            "urban", row, "unit", Text(f"没有通勤流的区划“{unit}”", f"no unit with flows '{unit}'")
        )
        for row, unit in enumerate(urban["unit"].tolist())
        if unit not in known
    ]
    if wrong:
        says = Text("有城区所在的区划没有通勤流", "urban areas lie in units without flows")
        raise BadInput(says, wrong)
    sizes = urban.groupby("urban_area").agg({"people": "sum"}).reset_index()
    sizes["counts"] = sizes["people"] >= limit.urban_size
    kept = sizes[sizes["counts"]]
    return sizes, kept["urban_area"].tolist(), (kept["people"] >= limit.metropolitan).to_numpy()


def _central(
    state: _State,
    flows: Flows,
    urban: "pd.DataFrame",
    people: "pd.Series[Any]",
    names: list[Any],
    limit: Limits,
) -> None:
    """Central units, each with the urban area that holds most of its people."""
    import pandas as pd

    lives = (
        urban[urban["urban_area"].isin(names)]
        .astype({"people": float})
        .pivot_table(
            index="unit", columns="urban_area", values="people", aggfunc="sum", fill_value=0.0
        )
    )
    inside = lives.reindex(index=list(flows.units), columns=names, fill_value=0.0).to_numpy()
    whole = people.reindex(list(flows.units)).to_numpy()
    _complete(flows, inside, whole)
    table = pd.DataFrame({"unit": list(flows.units), "people": whole, "urban": inside.sum(axis=1)})
    table["share"] = share(table["urban"].to_numpy(), whole)
    table["largest"] = inside.max(axis=1, initial=0.0)
    central = (table["share"] >= limit.urban_share) | (table["largest"] >= limit.urban_people)
    table["central"] = central & (table["urban"] > 0)
    best = inside.argmax(axis=1) if names else np.zeros(len(whole), dtype=np.int64)
    state.central = np.where(table["central"], best, -1)
    state.assigned = state.central.copy()
    table["area"] = _named(state.central, names)
    state.steps.append(Step("central", table))


def _complete(flows: Flows, inside: "NDArray[np.float64]", whole: "NDArray[np.float64]") -> None:
    lacking = np.flatnonzero(np.isnan(whole) & (inside.sum(axis=1) > 0))
    if len(lacking):
        missing = Text("缺少人口", "people are missing")
        told = [Finding("people", None, str(flows.units[at]), missing) for at in lacking]
        says = Text("有城区人口的区划须有总人口", "units with urban people need their people")
        raise BadInput(says, told)


def _ties(
    flows: Flows, central: "NDArray[np.int64]", areas: int
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Share of residents to, and of jobs from, the central units of each area: (units, areas)."""
    from scipy.sparse import csr_array

    at = np.flatnonzero(central >= 0)
    member = csr_array((np.ones(len(at)), (at, central[at])), shape=(len(central), areas))
    to = (flows.matrix @ member).toarray()
    from_ = (flows.matrix.T @ member).toarray()
    return (
        share(to, np.broadcast_to(flows.residents[:, None], to.shape)),
        share(from_, np.broadcast_to(flows.jobs[:, None], from_.shape)),
    )


def _outlying(state: _State, flows: Flows, names: list[Any], limit: Limits) -> None:
    import pandas as pd

    if not names:
        return
    out, in_ = _ties(flows, state.central, len(names))
    tie = np.maximum(out, in_)
    best = tie.argmax(axis=1)
    rows = np.arange(len(best))
    enough = (tie[rows, best] >= limit.commuting) & (state.central < 0)
    state.assigned = np.where(enough, best, state.central)
    table = pd.DataFrame(
        {
            "unit": list(flows.units),
            "area": [names[area] for area in best],
            "residents_share": out[rows, best],
            "jobs_share": in_[rows, best],
            "outlying": enough,
        }
    )
    state.steps.append(Step("outlying", table[state.central < 0].reset_index(drop=True)))


def _contiguous(state: _State, flows: Flows, names: list[Any], borders: Neighbours) -> None:
    """Units that do not hang together with the central units of their area go out."""
    import pandas as pd

    dropped = np.zeros(len(state.assigned), dtype=bool)
    for area in range(len(names)):
        inside = state.assigned == area
        core = np.flatnonzero(state.central == area)
        dropped |= inside & ~borders.reached(inside, core)
    table = pd.DataFrame(
        {
            "unit": [flows.units[at] for at in np.flatnonzero(dropped)],
            "area": [names[area] for area in state.assigned[dropped]],
        }
    )
    state.assigned[dropped] = -1
    state.steps.append(Step("contiguous", table))


def _merge(
    state: _State, flows: Flows, names: list[Any], limit: Limits, borders: Neighbours | None
) -> None:
    """Adjacent areas made one where the central units of one, as a group, are outlying to the other's."""
    import pandas as pd
    from scipy.sparse.csgraph import connected_components

    rows = []
    people = flows.grouped(state.central, len(names))
    residents = _summed(flows.residents, state.central, len(names))
    jobs = _summed(flows.jobs, state.central, len(names))
    out = share(people, np.broadcast_to(residents[:, None], people.shape))
    in_ = share(people.T, np.broadcast_to(jobs[:, None], people.shape))
    joined = np.maximum(out, in_) >= limit.commuting
    np.fill_diagonal(joined, val=False)
    joined &= _adjacent(state.assigned, len(names), borders)
    for one, other in zip(*np.nonzero(joined), strict=True):
        rows.append((names[one], names[other], out[one, other], in_[one, other]))
    columns = ["area", "into", "residents_share", "jobs_share"]
    state.steps.append(Step("merged", pd.DataFrame(rows, columns=columns)))
    if not names:
        return
    _, group = connected_components(joined, directed=False)
    order = np.lexsort((np.arange(len(names)), -residents))
    first: dict[int, int] = {}
    for area in order:
        first.setdefault(int(group[area]), int(area))
    into = np.array([first[int(group[area])] for area in range(len(names))])
    state.assigned = np.where(state.assigned >= 0, into[state.assigned], -1)
    state.central = np.where(state.central >= 0, into[state.central], -1)


def _adjacent(
    assigned: "NDArray[np.int64]", areas: int, borders: Neighbours | None
) -> "NDArray[np.bool_]":
    if borders is None:
        return np.ones((areas, areas), dtype=bool)
    near = np.zeros((areas, areas), dtype=bool)
    pairs = borders.matrix.tocoo()
    one, other = assigned[pairs.row], assigned[pairs.col]
    both = (one >= 0) & (other >= 0)
    near[one[both], other[both]] = True
    return near


def _listed(
    state: _State, flows: Flows, names: list[Any], metropolitan: "NDArray[np.bool_]"
) -> None:
    import pandas as pd

    inside = np.flatnonzero(state.assigned >= 0)
    area = state.assigned[inside]
    table = pd.DataFrame(
        {
            "area": [names[number] for number in area],
            "unit": [flows.units[at] for at in inside],
            "part": np.where(state.central[inside] >= 0, "central", "outlying"),
            "kind": np.where(metropolitan[area], "metropolitan", "micropolitan"),
        }
    )
    state.steps.append(Step("areas", table))


def _summed(
    values: "NDArray[np.float64]", labels: "NDArray[np.int64]", number: int
) -> "NDArray[np.float64]":
    kept = labels >= 0
    return np.bincount(labels[kept], weights=values[kept], minlength=number).astype(np.float64)


def _named(labels: "NDArray[np.int64]", names: list[Any]) -> list[Any]:
    return [None if label < 0 else names[label] for label in labels]
