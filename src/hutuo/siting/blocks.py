"""A programme put together from blocks of variables and named rules."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from hutuo.siting.programs import Program

__all__ = ["Blocks", "Terms"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


class Terms(NamedTuple):
    """Products of rules: row of the rule, variable, factor; (terms,) each."""

    rows: npt.ArrayLike
    variables: npt.ArrayLike
    factors: npt.ArrayLike


class Blocks:
    """Variables and rules of a programme that is being made.

    Attributes:
        names: Of each rule's row, what rule it is of; rows of the model itself have an empty one.
    """

    def __init__(self) -> None:
        self.many = 0
        self.names: list[str] = []
        self._least: list[Array] = []
        self._most: list[Array] = []
        self._whole: list[Array] = []
        self._terms: list[tuple[Ids, Ids, Array]] = []
        self._low: list[Array] = []
        self._high: list[Array] = []

    def variables(
        self,
        many: int,
        *,
        most: npt.ArrayLike = 1.0,
        least: npt.ArrayLike = 0.0,
        whole: bool = False,
    ) -> Ids:
        """So many variables more; their numbers."""
        found = np.arange(self.many, self.many + many)
        self.many += many
        self._least.append(np.broadcast_to(np.asarray(least, float), many))
        self._most.append(np.broadcast_to(np.asarray(most, float), many))
        self._whole.append(np.full(many, float(whole)))
        return found

    def rule(
        self, name: str, terms: list[Terms], *, low: npt.ArrayLike = -np.inf, high: npt.ArrayLike = np.inf,
        many: int = 1,
    ) -> None:  # fmt: skip
        """Rows ``low <= terms <= high``; a term without rows of its own is of the first."""
        begun = len(self.names)
        for term in terms:
            variables = np.atleast_1d(np.asarray(term.variables, int))
            rows = np.broadcast_to(np.asarray(term.rows, int), variables.shape) + begun
            factors = np.broadcast_to(np.asarray(term.factors, float), variables.shape)
            self._terms.append((rows, variables, factors))
        self.names += [name] * many
        self._low.append(np.broadcast_to(np.asarray(low, float), many))
        self._high.append(np.broadcast_to(np.asarray(high, float), many))

    def forget(self, rows: int) -> None:
        """Take back rules that were added after there were so many rows."""
        self._terms = [
            (at[at < rows], variables[at < rows], factors[at < rows])
            for at, variables, factors in self._terms
        ]
        low, high = (
            np.concatenate(part or [np.zeros(0)])[:rows] for part in (self._low, self._high)
        )
        self._low, self._high, self.names = [low], [high], self.names[:rows]

    def program(self, costs: Array, without: frozenset[str] = frozenset()) -> Program:
        """The programme, without the rules of some names."""
        shape = (len(self.names), self.many)
        rows, variables, factors = (
            np.concatenate([part[k] for part in self._terms] or [np.zeros(0)]) for k in range(3)
        )
        matrix = csr_array(coo_array((factors, (rows.astype(int), variables.astype(int))), shape))
        keep = np.array([name not in without for name in self.names], bool)
        whole = np.concatenate(self._whole)
        least, most = np.concatenate(self._least), np.concatenate(self._most)
        low, high = np.concatenate(self._low)[keep], np.concatenate(self._high)[keep]
        full = np.zeros(self.many)
        full[: len(costs)] = costs
        return Program(full, matrix[np.flatnonzero(keep)], low, high, least, most, whole)
