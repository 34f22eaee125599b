"""Tables of figures (CSV, XLSX, XLS, Parquet) as observations: every cell is a row, or is told why not."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base import grids, headers, meanings, numbers, points
from hutuo.base.cells import Cells, gathered
from hutuo.base.mapping import Mapping, Quarantined, Read
from hutuo.base.meanings import Solved
from hutuo.base.measures import Indicators
from hutuo.base.periods import CLOCK, Period
from hutuo.errors import BadInput, Finding
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.region import Region

KINDS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".parquet": "parquet",
}
ENDINGS = tuple(KINDS)
SHOWN = 200


def proposal(path: Path, region: "Region") -> Mapping:
    """What the columns of the file seem to mean."""
    from hutuo.base.proposals import proposed

    found = proposed(path, region)
    return points.proposed([column.name for column in found.columns], found.mapping)


def opened(path: Path, mapping: Mapping) -> tuple[grids.Grid, headers.Head]:
    """The cells of the file and its header, as the mapping says.

    Raises:
        BadInput: The file is broken, or the mapping names columns that it does not have.
    """
    if mapping.format not in KINDS.values():
        kinds = sorted(set(KINDS.values()))
        zh = f"{path.name}:格式“{mapping.format}”不是表格;表格的格式有{'、'.join(kinds)}"
        en = f"{path.name}: format '{mapping.format}' is no table; {', '.join(kinds)} are"
        hint = Text("请改正映射中的format", "mend format in the mapping")
        raise BadInput(Text(zh, en), hint=hint)
    grid = grids.read(path, mapping.format, mapping.sheet)
    head = headers.head_at(grid, mapping.header_rows, path.name)
    parts = (mapping.place, mapping.period, mapping.indicator, mapping.unit)
    named = {figure.column for figure in mapping.figures} | set(mapping.columns.values())
    named |= {part.column for part in parts if part is not None and part.column is not None}
    lost = sorted(named - set(head.names))
    if lost:
        no_column = Text("文件中没有此列", "is no column of the file")
        faults = [Finding(path.name, None, name, no_column) for name in lost]
        there = ", ".join(head.names)[:1000]
        says = Text(
            f"{path.name}没有映射所说的列:",
            f"{path.name} does not have the columns of the mapping:",
        )
        raise BadInput(says, faults, Text(f"其各列为{there}", f"its columns are {there}"))
    return grid, head


def frames(path: Path, mapping: Mapping, region: "Region") -> Read:
    """The rows that the cells of the file make, and those that could not be made.

    Raises:
        BadInput: The file is broken or does not fit the mapping.
        Cancelled: Whoever listens wants it to stop.
    """
    report(0.05, Text("读取文件", "reading the file"))
    grid, head = opened(path, mapping)
    if mapping.table != "observation":
        frame, lines = _plain_rows(grid, head, mapping)
        if points.are_points(mapping):
            read = points.placed(path.name, frame, lines, mapping, region)
            return read._replace(quarantined=[*grid.wrong, *read.quarantined])
        frame = points.columns_taken_back(frame, mapping)
        return Read({mapping.table: frame}, {mapping.table: lines}, list(grid.wrong), [])
    report(0.2, Text("识别地点、指标与时期", "matching places, indicators and periods"))
    return observations(grid, gathered(grid, head, mapping), mapping, region)


def _plain_rows(
    grid: grids.Grid, head: headers.Head, mapping: Mapping
) -> "tuple[pd.DataFrame, pd.Series[int]]":
    """Rows of another table: cells as they stand, under the names of its columns; and their lines."""
    import pandas as pd

    place = {name: at for at, name in enumerate(head.names)}
    body = grid.cells.iloc[head.first :]
    frame = pd.DataFrame({to: body[place[n]].str.strip() for to, n in mapping.columns.items()})
    there = (frame != "").any(axis=1).to_numpy()
    frame = frame[there].reset_index(drop=True)
    frame = frame.mask(frame == "")
    return frame, pd.Series(grid.lines[head.first :][there])


def observations(grid: grids.Grid, cells: Cells, mapping: Mapping, region: "Region") -> Read:
    """The rows that cells make, and those that could not be made."""
    import numpy as np
    import pandas as pd

    indicators = Indicators(region.records("indicator"))
    periods = meanings.periods(cells, region)
    measures = meanings.indicators(cells, mapping, indicators)
    places = meanings.places(cells, mapping, region, periods)
    value, unit, units = meanings.measured(cells, measures, indicators)
    solved = (places, periods, measures, units)
    report(0.5, Text("检查数值", "checking values"))
    bad = ~np.isfinite(value)
    for one in solved:
        bad |= one.wrong >= 0
    stands = np.full(len(value), numbers.ONCE, np.int8)
    keys = pd.DataFrame({"p": places.codes, "t": periods.codes, "i": measures.codes})
    stands[~bad] = numbers.twice(keys[~bad], value[~bad])
    good = ~bad & (stands == numbers.ONCE)
    columns = np.array([figure.column for figure in mapping.figures], dtype=object)
    held = [
        *grid.wrong,
        *_refused(grid, cells, columns, solved, bad),
        *_clashing(grid, cells, columns, keys, stands == numbers.OTHER),
    ]
    return Read(
        {"observation": _frame(mapping, good, solved, value, unit)},
        {"observation": pd.Series(grid.lines[cells.row[good]])},
        sorted(held, key=lambda one: one.row),
        [],
        {"observation": pd.Series(columns[cells.figure[good]], dtype="str")},
        empty=cells.empty,
        repeated=int((stands == numbers.SAME).sum()),
    )


def _refused(
    grid: grids.Grid,
    cells: Cells,
    columns: "NDArray[np.object_]",
    solved: Sequence[Solved],
    bad: "NDArray[np.bool_]",
) -> list[Quarantined]:
    """The cells that are no rows, each with every reason."""
    import numpy as np

    places = np.flatnonzero(bad)
    texts = cells.text.iloc[places].tolist()
    rows = grid.lines[cells.row[places]].tolist()
    names = columns[cells.figure[places]].tolist() if len(places) else []
    whys = [one.wrong[places].tolist() for one in solved]
    is_number = (
        np.isfinite(numbers.read(cells.text.iloc[places])[0]).tolist() if len(places) else []
    )
    held = []
    for at, text in enumerate(texts):
        reasons = [
            one.reasons[why[at]] for one, why in zip(solved, whys, strict=True) if why[at] >= 0
        ]
        if not is_number[at]:
            reasons.append(_no_number(text))
        reason = reasons[0] if len(reasons) == 1 else _all_of(reasons)
        held.append(Quarantined(rows[at], names[at], reason, text[:SHOWN]))
    return held


def _no_number(text: str) -> Text:
    shown = text[:SHOWN]
    if headers.plain(text).lower() in headers.MISSING:
        return Text(f"“{shown}”表示没有数字", f"'{shown}' stands for a figure that is not there")
    return Text(f"“{shown}”不是数字", f"'{shown}' is no number, as 12.5")


def _all_of(reasons: Sequence[Text]) -> Text:
    return Text(";".join(r.zh for r in reasons), "; ".join(r.en for r in reasons))


def _clashing(
    grid: grids.Grid,
    cells: Cells,
    columns: "NDArray[np.object_]",
    keys: "pd.DataFrame",
    clash: "NDArray[np.bool_]",
) -> list[Quarantined]:
    """Cells that say different things of the same place, indicator and period: none of them is taken."""
    import numpy as np

    places = np.flatnonzero(clash)
    group = keys.iloc[places].groupby(["p", "t", "i"], sort=False).ngroup().to_numpy()
    # Each names one other that it contradicts: the first of its key, or for the first the next.
    _, first = np.unique(group, return_index=True)
    after = np.setdiff1d(np.arange(len(group)), first)
    _, second = np.unique(group[after], return_index=True)
    other = first[group]
    other[first] = after[second]
    rows = grid.lines[cells.row[places]].tolist()
    names = columns[cells.figure[places]].tolist() if len(places) else []
    texts = cells.text.iloc[places].tolist()
    held = []
    for row, name, text, at in zip(rows, names, texts, other.tolist(), strict=True):
        where, said = f"{rows[at]}:{names[at]}", texts[at][:SHOWN]
        zh = f"同一地点、指标、时期在{where}处是“{said}”;请只留一个"
        en = f"place, indicator and period stand in {where} too, with '{said}'; keep one"
        held.append(Quarantined(row, name, Text(zh, en), text[:SHOWN]))
    return held


def _frame(
    mapping: Mapping,
    good: "NDArray[np.bool_]",
    solved: Sequence[Solved],
    value: "NDArray[np.float64]",
    units: list[str],
) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    places, periods, measures, _ = solved
    frame = {
        "place": _taken(places.meanings, places.codes[good]),
        "indicator": _taken(measures.meanings, measures.codes[good]),
        **_times(periods, periods.codes[good]),
        "value": pd.Series(value[good]),
        "unit": _taken(units, measures.codes[good]),
    }
    constant = {
        "source": mapping.source,
        "quality": mapping.quality,
        "estimate": "yes" if mapping.estimate else None,
        "method": mapping.method,
    }
    size = np.zeros(int(good.sum()), np.int64)
    return pd.DataFrame(
        frame | {name: _taken([one], size) for name, one in constant.items() if one is not None}
    )


def _taken(words: Sequence[object], codes: "NDArray[np.int64]") -> "pd.Series[str]":
    import pandas as pd
    import pyarrow as pa

    found = pa.array([str(word) for word in words], pa.string()).take(pa.array(codes))
    return pd.Series(pd.array(found, dtype="str"))


def _times(periods: Solved, codes: "NDArray[np.int64]") -> "dict[str, pd.Series[str]]":
    """Begin and end of each row: dates where all are made of dates, instants where all are, else text."""
    import pandas as pd
    import pyarrow as pa

    found = [one for one in periods.meanings if isinstance(one, Period)]
    clock = {one.grain in CLOCK for one in found}
    kind = (
        pa.string()
        if len(clock) > 1
        else pa.timestamp("us", "UTC")
        if True in clock
        else pa.date32()
    )
    columns = {}
    for name in ("valid_from", "valid_to"):
        times = [getattr(one, name) for one in found]
        if len(clock) > 1:
            times = [None if t is None else t.isoformat() for t in times]
        taken = pa.array(times, kind).take(pa.array(codes))
        columns[name] = pd.Series(pd.array(taken, dtype=pd.ArrowDtype(kind)))
    return columns
