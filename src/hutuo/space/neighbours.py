"""Which units touch which: enclaves that belong in, exclaves that belong out."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Borders between the units of an area, both ways.

    Attributes:
        matrix: ``(units, units)``, sparse, 1 where two units touch.
        beyond: ``(units,)``, whether a unit also touches one that is not among the units.
    """

    matrix: Any
    beyond: "NDArray[np.bool_]"

    @classmethod
    def of(cls, given: Any, units: Sequence[Hashable]) -> "Neighbours":
        """Borders from a mapping of unit to its neighbours, or from pairs (a frame's first two columns).

        A pair need stand once only. A neighbour that is not among ``units`` lies beyond: what touches it is
        no enclave.
        """
        from scipy.sparse import csr_array

        position = {unit: number for number, unit in enumerate(units)}
        ends, beyond = [], np.zeros(len(units), dtype=bool)
        for one, other in _pairs(given):
            if one in position and other in position:
                ends.append((position[one], position[other]))
            elif one in position:
                beyond[position[one]] = True
            elif other in position:
                beyond[position[other]] = True
        row, column = np.array(ends, dtype=np.int64).reshape(-1, 2).T
        shape = (len(units), len(units))
        half = csr_array((np.ones(len(row)), (row, column)), shape=shape)
        matrix = ((half + half.T) > 0).astype(np.float64).tolil()
        matrix.setdiag(0)
        return cls(matrix.tocsr(), beyond)

    def parts(self, inside: "NDArray[np.bool_]") -> "NDArray[np.int64]":
        """Number of the connected part that each marked unit lies in, -1 for the others."""
        from scipy.sparse.csgraph import connected_components

        at = np.flatnonzero(inside)
        labels = np.full(len(inside), -1, dtype=np.int64)
        if len(at):
            labels[at] = connected_components(self.matrix[at][:, at], directed=False)[1]
        return labels

    def reached(
        self, inside: "NDArray[np.bool_]", core: "NDArray[np.int64]"
    ) -> "NDArray[np.bool_]":
        """Marked units that hang together with the core over marked units; the core always."""
        marked = inside.copy()
        marked[core] = True
        labels = self.parts(marked)
        return np.isin(labels, labels[core])

    def enclosed(self, inside: "NDArray[np.bool_]", largest: int = 1) -> "NDArray[np.bool_]":
        """Unmarked units, or groups of up to ``largest`` of them, that touch marked units only."""
        labels = self.parts(~inside)
        if labels.max(initial=-1) < 0:
            return np.zeros(len(inside), dtype=bool)
        number = int(labels.max()) + 1
        out = labels >= 0
        size = np.bincount(labels[out], minlength=number)
        open_ = np.bincount(labels[out], weights=self.beyond[out], minlength=number) > 0
        touches = np.asarray(self.matrix @ inside.astype(np.float64)) > 0
        bordered = np.bincount(labels[out], weights=touches[out], minlength=number) > 0
        closed = (size <= largest) & bordered & ~open_
        return out & closed[np.where(out, labels, 0)]


def _pairs(given: Any) -> list[tuple[Hashable, Hashable]]:
    if isinstance(given, Mapping):
        return [(unit, other) for unit, others in given.items() for other in others]
    if hasattr(given, "iloc"):
        return list(zip(given.iloc[:, 0].tolist(), given.iloc[:, 1].tolist(), strict=True))
    return [(one, other) for one, other in given]
