"""Activity of a data frame, checked column by column: millions of rows in a second or two."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.environment.activity import MOST_CELLS, USES, Activity, Stream
from hutuo.environment.quantities import measure
from hutuo.environment.register import fuels, sector_key
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Coded", "frame_activity"]

COLUMNS = ("place", "sector", "fuel", "year", "quantity", "unit")
# A file with a million faults has one cause; these many rows show it.
MOST_TOLD = 100
# Rows looked at together: what is made of them stays near the processor.
CHUNK = 1 << 17


class Coded(NamedTuple):
    """A column as numbers.

    Attributes:
        codes: Number of each row's value, (rows,).
        names: The values that there are.
    """

    codes: "NDArray[Any]"
    names: Sequence[Any]


def frame_activity(frame: "pd.DataFrame", name: str = "frame") -> Activity:
    """The cube of a frame of activity, as :func:`hutuo.environment.activity.laid_out` of rows.

    Args:
        frame: Columns place, sector, fuel, year, quantity and unit, and if need be use; categories are
            quickest. Where a quantity is empty nobody knows how much was used.
        name: What findings call it.

    Raises:
        BadInput: A column is missing, or rows are faulty, as there, but for sectors within sectors; findings
            name rows from 0, the first 100.
    """
    import numpy as np

    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise BadInput(
            Text(
                f"{name}缺列:{'、'.join(missing)}", f"{name} lacks columns: {', '.join(missing)}"
            ),
            (),
            Text(f"需要:{'、'.join(COLUMNS)}", f"needed: {', '.join(COLUMNS)}"),
        )
    _refuse_empty(name, frame)
    place, year = _coded(frame["place"]), _coded(frame["year"])
    sector, fuel = (
        _renamed(_coded(frame["sector"]), _sector),
        _renamed(_coded(frame["fuel"]), _fuel),
    )
    use, unit = _uses(frame), _coded(frame["unit"])
    quantity = frame["quantity"].to_numpy(dtype=np.float64)
    table = _streams(fuel.names, unit.names, use.names)
    faults = [
        *_unnamed(name, "sector", sector, frame),
        *_unnamed(name, "fuel", fuel, frame),
        *_faulty(name, "quantity", quantity < 0, frame),
    ]
    if not faults:
        found = _cube((year, place, sector), (fuel, unit, use), table, quantity)
        if isinstance(found, Activity):
            return found
    # Only what is faulty is looked at row by row.
    key = _flat([_distinct(c) for c in (place, sector, fuel, year, use)])
    wrong = table[0][fuel.codes, unit.codes, use.codes] < 0
    faults += [*_faulty(name, "unit", wrong, frame), *_again(name, key)]
    zh, en = (
        f"{name}有问题(最多列出{MOST_TOLD}行):",
        f"{name} is faulty (at most {MOST_TOLD} rows are told):",
    )
    raise BadInput(Text(zh, en), sorted(faults, key=lambda fault: fault.row or 0)[:MOST_TOLD])


def _refuse_empty(name: str, frame: "pd.DataFrame") -> None:
    """Refuse cells without which nobody knows what a row is of."""
    import numpy as np

    required = [column for column in (*COLUMNS, "use") if column in frame and column != "quantity"]
    faults = [
        Finding(name, int(row), column, Text("必填", "it is required"))
        for column in required
        for row in np.flatnonzero(frame[column].isna().to_numpy())[:MOST_TOLD]
    ]
    if faults:
        raise BadInput(Text(f"{name}有空格:", f"{name} has empty cells:"), faults)


def _cube(
    axes: tuple[Coded, Coded, Coded],
    used: tuple[Coded, Coded, Coded],
    table: "tuple[NDArray[Any], NDArray[Any], list[Stream]]",
    quantity: "NDArray[Any]",
) -> Activity | None:
    """The cube; None if a unit does not fit or an activity is entered again."""
    import numpy as np

    stream_of, factor_of, streams = table
    ordered = [_ordered(axis, by_province=n == 1) for n, axis in enumerate(axes)]
    sizes = [*(len(names) for names, _ in ordered), len(streams)]
    if np.prod(sizes, dtype=np.int64) > MOST_CELLS:
        raise BadInput(Text(f"数据过大:{sizes}", f"too much at once: {sizes}"))
    values = np.zeros(int(np.prod(sizes)))
    # One activity is of a fuel and a use, in whichever unit.
    kinds = list(dict.fromkeys((one.fuel, one.use) for one in streams))
    kind_of = np.array([kinds.index((one.fuel, one.use)) for one in streams], dtype=np.int64)
    entered = np.zeros(int(np.prod(sizes[:3])) * len(kinds), dtype=bool)
    steps = np.cumprod([1, *sizes[2:0:-1]])[::-1]
    places = [where * step for (_, where), step in zip(ordered, steps, strict=True)]
    unknown = []
    for start in range(0, len(quantity), CHUNK):
        rows = slice(start, start + CHUNK)
        at = tuple(one.codes[rows] for one in used)
        stream = stream_of[at]
        if stream.size and stream.min() < 0:
            return None
        cell = sum(where[axis.codes[rows]] for axis, where in zip(axes, places, strict=True))
        entered[cell * len(kinds) + kind_of[stream]] = True
        cell = cell * len(streams) + stream
        amounts = quantity[rows] * factor_of[at]
        lacks = np.isnan(amounts)
        values[cell] = np.where(lacks, 0.0, amounts)
        unknown.append(cell[lacks])
    if np.count_nonzero(entered) != len(quantity):
        return None
    without = np.concatenate(unknown) if unknown else np.zeros(0, dtype=np.int64)
    years, units, sectors = (names for names, _ in ordered)
    return Activity(
        tuple(int(year) for year in years),
        tuple(units),
        tuple(sectors),
        tuple(streams),
        values.reshape(sizes),
        None,
        tuple(
            (int(y), int(p), int(s), int(f))
            for y, p, s, f in zip(*np.unravel_index(without, sizes), strict=True)
        ),
    )


def _coded(column: "pd.Series[Any]") -> Coded:
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return Coded(column.cat.codes.to_numpy(), list(column.cat.categories))
    codes, values = pd.factorize(column)
    return Coded(codes, list(values))


def _renamed(given: Coded, rename: Any) -> Coded:
    """A column by ids, of which several may be one; None for those that mean nothing."""
    return Coded(given.codes, [rename(value) for value in given.names])


def _distinct(given: Coded) -> "tuple[NDArray[Any], int]":
    """Numbers of a column's values, those that mean the same by one, and how many there are."""
    import numpy as np

    values = list(dict.fromkeys(given.names))
    numbers = np.array([values.index(name) for name in given.names], dtype=np.int64)
    return numbers[given.codes], len(values)


def _ordered(given: Coded, *, by_province: bool) -> "tuple[list[Any], NDArray[Any]]":
    """Values that are there, in order, and the place of each number among them."""
    import numpy as np

    there = np.zeros(len(given.names), dtype=bool)
    for start in range(0, len(given.codes), CHUNK):
        there[given.codes[start : start + CHUNK]] = True
    values = sorted(
        {value for value, is_there in zip(given.names, there, strict=True) if is_there},
        key=(lambda value: (value[:2], value)) if by_province else None,
    )
    place = {value: n for n, value in enumerate(values)}
    return values, np.array([place.get(value, -1) for value in given.names], dtype=np.int64)


def _uses(frame: "pd.DataFrame") -> Coded:
    import numpy as np

    if "use" not in frame.columns:
        return Coded(np.zeros(len(frame), dtype=np.int8), ["energy"])
    return _coded(frame["use"])


def _streams(
    named: Sequence[str | None], units: Sequence[str], uses: Sequence[str]
) -> "tuple[NDArray[Any], NDArray[Any], list[Stream]]":
    """Stream and factor by fuel, unit and use; -1 where they do not go together."""
    import numpy as np

    shape = (len(named), len(units), len(uses))
    which, factors = np.full(shape, -1), np.ones(shape)
    streams: dict[Stream, int] = {}
    for n, u, w in np.ndindex(*shape):
        fuel, unit = named[n], measure(str(units[u]))
        if fuel and unit and unit.dimension in fuels()[fuel].measured and uses[w] in USES:
            stream = Stream(fuel, unit.dimension, uses[w])
            which[n, u, w] = streams.setdefault(stream, len(streams))
            factors[n, u, w] = unit.factor
    return which, factors, list(streams)


def _flat(axes: "Sequence[tuple[NDArray[Any], int]]") -> "NDArray[Any]":
    import numpy as np

    flat = axes[0][0].astype(np.int64)
    for codes, size in axes[1:]:
        flat *= size
        flat += codes
    return flat


def _again(name: str, key: "NDArray[Any]") -> list[Finding]:
    """Rows that enter an activity again."""
    import numpy as np

    if not key.size or np.bincount(key - key.min()).max() <= 1:
        return []
    _, first = np.unique(key, return_index=True)
    again = np.setdiff1d(np.arange(key.size), first)[:MOST_TOLD]
    return [
        Finding(name, int(row), "", Text("同一活动再次出现", "it enters an activity again"))
        for row in again
    ]


def _unnamed(name: str, column: str, given: Coded, frame: "pd.DataFrame") -> list[Finding]:
    """Rows whose value means nothing."""
    import numpy as np

    nothing = np.array([value is None for value in given.names], dtype=bool)
    return _faulty(name, column, nothing[given.codes], frame) if nothing.any() else []


def _faulty(name: str, column: str, wrong: "NDArray[Any]", frame: "pd.DataFrame") -> list[Finding]:
    import numpy as np

    return [
        Finding(
            name,
            int(row),
            column,
            Text(
                f"“{frame[column].iloc[row]}”不适用",
                f"'{frame[column].iloc[row]}' does not fit"
                + (" the fuel or its use" if column == "unit" else ""),
            ),
        )
        for row in np.flatnonzero(wrong)[:MOST_TOLD]
    ]


def _sector(given: Any) -> str | None:
    return sector_key(str(given))


def _fuel(given: Any) -> str | None:
    name = str(given)
    return (
        name
        if name in fuels()
        else next((f.fuel for f in fuels().values() if name in (f.name.zh, f.name.en)), None)
    )
