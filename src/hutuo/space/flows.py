"""Flows: who lives where and works where, as one table that every rule of delineation reads."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadInput, Finding, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Other words under which tables of commuters bring the three columns.
HOME = ("home", "from", "from_id", "from_", "origin", "o", "orig", "residence", "community_live")
WORK = ("work", "to", "to_id", "to_", "destination", "d", "dest", "workplace", "community_work")
PEOPLE = (
    *("people", "commuters", "workers", "persons", "flow", "flows", "trips", "count", "amount"),
    *("value", "n", "number", "volume", "weight"),
)
MOST_TOLD = 20
NO_PEOPLE = Text("人数应为不小于0的数", "people must be a number of at least 0")


@dataclass(frozen=True, eq=False)
class Flows:
    """Commuters from home to work between the units of one area.

    Attributes:
        units: Ids of the units, in order; they number the rows and columns of the matrix.
        matrix: ``(units, units)``, sparse, people from home (row) to work (column), >= 0.
        model: What made the flows where nobody counted them (``gravity``, ``radiation``); None if counted.
    """

    units: tuple[Hashable, ...]
    matrix: Any
    model: str | None = None

    @classmethod
    def of(cls, given: Any) -> "Flows":
        """Flows from a table of pairs, from rows or a mapping of pairs, or from a square matrix.

        Args:
            given: Columns ``home``, ``work``, ``people`` (or ``from``/``to``, ``from_id``/``to_id``,
                ``origin``/``destination``; ``commuters``, ``count``, ``flow`` ...). Pairs that stand twice
                are added up. A frame whose index and columns are the same units, or a square array, is read
                as a matrix from home (rows) to work (columns). Rows are ``(home, work, people)``, a mapping
                has ``(home, work)`` to people.

        Raises:
            BadInput: A column is missing, an id is missing, or people are missing, negative or no number;
                every fault is told.
        """
        if isinstance(given, Flows):
            return given
        import pandas as pd

        if isinstance(given, Mapping):
            given = [(home, work, people) for (home, work), people in given.items()]
        if isinstance(given, list | tuple):
            given = pd.DataFrame(given, columns=[HOME[0], WORK[0], PEOPLE[0]])
        if not isinstance(given, pd.DataFrame):
            given = pd.DataFrame(np.asarray(given))
        if given.shape[0] == given.shape[1] and set(given.index) == set(given.columns):
            return _of_square(given)
        return _of_pairs(given)

    @classmethod
    def of_matrix(
        cls, units: Sequence[Hashable], people: "NDArray[np.float64]", model: str | None = None
    ) -> "Flows":
        """Flows from a dense matrix from home (rows) to work (columns), its units named."""
        from scipy.sparse import csr_array

        return cls(tuple(units), csr_array(np.asarray(people, dtype=np.float64)), model)

    @cached_property
    def residents(self) -> "NDArray[np.float64]":
        """Employed people by where they live, (units,); those who work at home's unit included."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()

    @cached_property
    def jobs(self) -> "NDArray[np.float64]":
        """Employed people by where they work, (units,)."""
        return np.asarray(self.matrix.sum(axis=0), dtype=np.float64).ravel()

    @cached_property
    def at_home(self) -> "NDArray[np.float64]":
        """Those who live and work in the same unit, (units,)."""
        return np.asarray(self.matrix.diagonal(), dtype=np.float64)

    @cached_property
    def _position(self) -> dict[Hashable, int]:
        return {unit: position for position, unit in enumerate(self.units)}

    def positions(self, wanted: Any) -> "NDArray[np.int64]":
        """Positions of units: one id, or several.

        Raises:
            NotFound: A unit has no flows.
        """
        named = named_units(wanted)
        unknown = [unit for unit in named if unit not in self._position]
        if unknown:
            raise one_of(str(unknown[0]), "unit with flows", [str(unit) for unit in self.units])
        return np.array([self._position[unit] for unit in named], dtype=np.int64)

    def to(self, at: "NDArray[np.int64]") -> "NDArray[np.float64]":
        """Residents of each unit who work in the units at these positions, (units,)."""
        return np.asarray(self.matrix @ self._marked(at), dtype=np.float64)

    def out_of(self, at: "NDArray[np.int64]") -> "NDArray[np.float64]":
        """Jobs of each unit that people from the units at these positions fill, (units,)."""
        return np.asarray(self.matrix.T @ self._marked(at), dtype=np.float64)

    def share_to(self, at: "NDArray[np.int64]") -> "NDArray[np.float64]":
        """Share of each unit's employed residents who work in the units at these positions, 0 to 1."""
        return share(self.to(at), self.residents)

    def share_from(self, at: "NDArray[np.int64]") -> "NDArray[np.float64]":
        """Share of each unit's jobs that people from the units at these positions fill, 0 to 1."""
        return share(self.out_of(at), self.jobs)

    def grouped(self, labels: "NDArray[np.int64]", groups: int) -> "NDArray[np.float64]":
        """People between groups of units, (groups, groups); a label below 0 is in none."""
        from scipy.sparse import csr_array

        kept = np.flatnonzero(labels >= 0)
        ones = np.ones(len(kept))
        member = csr_array((ones, (kept, labels[kept])), shape=(len(self.units), groups))
        return np.asarray((member.T @ self.matrix @ member).toarray(), dtype=np.float64)

    def frame(self) -> "pd.DataFrame":
        """The pairs with people: ``home, work, people``, by home, then work."""
        import pandas as pd

        pairs = self.matrix.tocoo()
        order = np.lexsort((pairs.col, pairs.row))
        names = np.array(self.units, dtype=object)
        return pd.DataFrame(
            {
                "home": names[pairs.row[order]],
                "work": names[pairs.col[order]],
                "people": pairs.data[order],
            }
        )

    def _marked(self, at: "NDArray[np.int64]") -> "NDArray[np.float64]":
        marks = np.zeros(len(self.units))
        marks[at] = 1.0
        return marks


def named_units(wanted: Any) -> list[Hashable]:
    """One id or several as a list of plain ids, each once, in the given order."""
    if isinstance(wanted, str | bytes) or not isinstance(wanted, Iterable):
        wanted = [wanted]
    plain = (one.item() if isinstance(one, np.generic) else one for one in wanted)
    return list(dict.fromkeys(plain))


def share(part: "NDArray[np.float64]", whole: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Part over whole, 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def ordered(units: Iterable[Hashable]) -> list[Any]:
    """Ids in their own order; ids of several kinds by how they are written."""
    found = list(set(units))
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)


def _of_square(given: "pd.DataFrame") -> Flows:
    units = ordered(given.index.tolist())
    people = given.loc[units, units].to_numpy(dtype=np.float64)
    wrong = np.argwhere(~(np.isfinite(people) & (people >= 0)))
    _refuse([Finding("flows", int(row), str(units[column]), NO_PEOPLE) for row, column in wrong])
    return Flows.of_matrix(units, people)


def _of_pairs(given: "pd.DataFrame") -> Flows:
    from scipy.sparse import coo_array

    home, work, people = _columns(given)
    numbers = _checked(given, home, work, people)
    homes, works = given[home].tolist(), given[work].tolist()
    units = ordered([*homes, *works])
    position = {unit: number for number, unit in enumerate(units)}
    rows = np.fromiter((position[unit] for unit in homes), dtype=np.int64, count=len(homes))
    columns = np.fromiter((position[unit] for unit in works), dtype=np.int64, count=len(works))
    matrix = coo_array((numbers, (rows, columns)), shape=(len(units), len(units))).tocsr()
    matrix.eliminate_zeros()
    return Flows(tuple(units), matrix)


def _columns(given: "pd.DataFrame") -> tuple[Any, Any, Any]:
    """The columns of home, work and people; the first word of each list that there is."""
    written = {str(column).strip().lower(): column for column in given.columns}
    found = [
        next((written[word] for word in words if word in written), None)
        for words in (HOME, WORK, PEOPLE)
    ]
    there = [str(column) for column in given.columns]
    zh, en = "、".join(there) or "无", ", ".join(there) or "none"
    says = Text(f"没有此列;现有{zh}", f"no such column; there are {en}")
    _refuse(
        [
            Finding("flows", None, words[0], says)
            for words, column in zip((HOME, WORK, PEOPLE), found, strict=True)
            if column is None
        ]
    )
    return found[0], found[1], found[2]


def _checked(given: "pd.DataFrame", home: Any, work: Any, people: Any) -> "NDArray[np.float64]":
    import pandas as pd

    numbers = pd.to_numeric(given[people], errors="coerce").to_numpy(dtype=np.float64)
    found = [
        Finding("flows", int(row), str(column), Text("缺少标识", "an id is missing"))
        for column in (home, work)
        for row in np.flatnonzero(given[column].isna().to_numpy())
    ]
    for row in np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0))):
        cell = given[people].iloc[row]
        says = Text(f"{NO_PEOPLE.zh},不能是{cell}", f"{NO_PEOPLE.en}, not {cell}")
        found.append(Finding("flows", int(row), str(people), says))
    _refuse(found)
    return np.asarray(numbers)


def _refuse(found: list[Finding]) -> None:
    if found:
        zh, en = f"通勤流有{len(found)}处问题", f"flows: {len(found)} faults"
        if len(found) > MOST_TOLD:
            zh, en = f"{zh}(列出前{MOST_TOLD}处)", f"{en} (the first {MOST_TOLD} are told)"
        raise BadInput(Text(zh, en), found[:MOST_TOLD])
