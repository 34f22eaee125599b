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
    stream_of, factor_of, streams = _streams(fuel.names, unit.names, use.names)
    at = (fuel.codes, unit.codes, use.codes)
    stream = stream_of[at]
    key = _flat([(c.codes, len(c.names)) for c in (place, sector, fuel, year, use)])
    faults = [
        *_faulty(name, "sector", np.array([v is None for v in sector.names])[sector.codes], frame),
        *_faulty(name, "fuel", np.array([v is None for v in fuel.names])[fuel.codes], frame),
        *_faulty(name, "unit", stream < 0, frame),
        *_faulty(name, "quantity", quantity < 0, frame),
        *_again(name, key),
    ]
    if faults:
        zh, en = (
            f"{name}有问题(最多列出{MOST_TOLD}行):",
            f"{name} is faulty (at most {MOST_TOLD} rows are told):",
        )
        raise BadInput(Text(zh, en), sorted(faults, key=lambda fault: fault.row or 0)[:MOST_TOLD])
    return _cube((year, place, sector), (stream, streams), quantity * factor_of[at])


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
    last: "tuple[NDArray[Any], Sequence[Stream]]",
    amounts: "NDArray[Any]",
) -> Activity:
    import numpy as np

    stream, streams = last
    ordered = [_ordered(axis, by_province=n == 1) for n, axis in enumerate(axes)]
    sizes = [*(len(axis.names) for axis in ordered), len(streams)]
    if np.prod(sizes, dtype=np.int64) > MOST_CELLS:
        raise BadInput(Text(f"数据过大:{sizes}", f"too much at once: {sizes}"))
    unknown = np.isnan(amounts)
    flat = _flat([*((axis.codes, len(axis.names)) for axis in ordered), (stream, len(streams))])
    values = np.bincount(flat, np.where(unknown, 0.0, amounts), int(np.prod(sizes)))
    years, places, sectors = (axis.names for axis in ordered)
    cells = np.unravel_index(flat[unknown], sizes)
    return Activity(
        tuple(int(year) for year in years),
        tuple(places),
        tuple(sectors),
        tuple(streams),
        values.reshape(sizes),
        None,
        tuple((int(y), int(p), int(s), int(f)) for y, p, s, f in zip(*cells, strict=True)),
    )


def _coded(column: "pd.Series[Any]") -> Coded:
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return Coded(column.cat.codes.to_numpy(), list(column.cat.categories))
    codes, values = pd.factorize(column)
    return Coded(codes, list(values))


def _renamed(given: Coded, rename: Any) -> Coded:
    """A column by ids: values that mean the same become one; None for those that mean nothing."""
    import numpy as np

    named = [rename(value) for value in given.names]
    values = list(dict.fromkeys(named))
    return Coded(
        np.array([values.index(name) for name in named], dtype=np.int64)[given.codes], values
    )


def _ordered(given: Coded, *, by_province: bool) -> Coded:
    import numpy as np

    there = np.bincount(given.codes, minlength=len(given.names)) > 0
    values = sorted(
        (value for value, is_there in zip(given.names, there, strict=True) if is_there),
        key=(lambda value: (value[:2], value)) if by_province else None,
    )
    place = {value: n for n, value in enumerate(values)}
    return Coded(np.array([place.get(value, -1) for value in given.names])[given.codes], values)


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
