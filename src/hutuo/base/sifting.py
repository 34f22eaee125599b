"""Sifting: rows of a file that obey the rules of their tables, and what is held back."""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.mapping import Mapping, Quarantined, Read
from hutuo.errors import BadInput, Finding, in_both, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region


class Sifted(NamedTuple):
    """What a reader read, after the checks of the tables.

    Attributes:
        read: The rows without faults.
        quarantined: What was held back, each cell once.
        source: Row of a source that is new, None if there is none.
    """

    read: Read
    quarantined: list[Quarantined]
    source: "pd.DataFrame | None"


def sifted(region: "Region", read: Read, mapping: Mapping) -> Sifted:
    """The rows of a reader that obey the rules of their tables, and all that was held back.

    Args:
        region: View that the rows are for.
        read: What the reader made of the file.
        mapping: What names the source, and a new source.

    Raises:
        BadInput: The source is faulty, or a fault is of no single row.
    """
    frames = {name: _filled(name, frame, mapping, region) for name, frame in read.frames.items()}
    source = new_source(region, mapping)
    more = {} if source is None else {"source": source}
    held, rows, columns = list(read.quarantined), dict(read.rows), dict(read.columns)
    # A row that is held back may leave rows of other tables that refer to it, so it is looked again.
    while faults := {n: told for n, told in region.faults(frames | more).items() if told}:
        whole = [f for n, told in faults.items() for f in told if f.row is None or n not in frames]
        if whole:
            says = Text(
                "按此映射得不到所写数据表的行:", "the mapping does not make rows of its table:"
            )
            raise BadInput(says, whole)
        for name, told in faults.items():
            bad = sorted({fault.row for fault in told if fault.row is not None})
            held += _faulty(told, rows[name], columns.get(name), mapping)
            frames[name], rows[name] = _without(frames[name], bad), _without(rows[name], bad)
            if name in columns:
                columns[name] = _without(columns[name], bad)
    read = read._replace(frames=frames, rows=rows, columns=columns)
    return Sifted(read, _each_once(held), source)


def new_source(region: "Region", mapping: Mapping) -> "pd.DataFrame | None":
    """The row of a source that is not known yet, as the mapping describes it; None if it is known.

    Raises:
        BadInput: The mapping names no source, or one that is neither known nor described.
    """
    import pandas as pd

    hint = Text(
        "请填已登记的来源,或用new_source登记新来源(zh、en、publisher、licence、quality、origin)",
        "name a known source, or a new one with new_source (zh, en, publisher, licence, quality, origin)",
    )
    if mapping.source is None and _says_its_own(mapping):
        return None
    if mapping.source is None:
        says = Text("映射没有写明来源", "the mapping names no source")
        raise BadInput(says, hint=hint)
    if mapping.source in region.sources:
        return None
    if mapping.new_source is None:
        near = one_of(mapping.source, "source", list(region.sources))
        zh, en = near.advice
        known = Text(f"{zh};{hint.zh}", f"{en}; {hint.en}")
        raise BadInput(near.words, hint=known)
    row = {"source": mapping.source, **mapping.new_source.model_dump()}
    return pd.DataFrame([row], dtype="str")


def _says_its_own(mapping: Mapping) -> bool:
    """Whether rows need no source of the mapping: their table has none, or the file names it row by row."""
    from hutuo.base.tables import table as declared

    return "source" in mapping.columns or "source" not in declared(mapping.table).names


def _filled(
    name: str, frame: "pd.DataFrame", mapping: Mapping, region: "Region"
) -> "pd.DataFrame":
    """Rows with the source, and the quality of it, where they do not say their own."""
    from hutuo.base.tables import table as declared

    names = declared(name).names
    missing: dict[str, str] = {}
    if "source" in names and "source" not in frame and mapping.source:
        missing["source"] = mapping.source
    if name == "observation" and "quality" not in frame and mapping.source:
        known = region.sources.get(mapping.source)
        given = mapping.new_source.quality if mapping.new_source else None
        missing["quality"] = str(known["quality"]) if known else given or "A"
    if not missing:
        return frame
    import pandas as pd

    more = {
        name: pd.Series(pd.array([text], dtype="str").repeat(len(frame)), index=frame.index)
        for name, text in missing.items()
    }
    return frame.assign(**more)


def _faulty(
    told: list[Finding],
    rows: "pd.Series[int]",
    columns: "pd.Series[str] | None",
    mapping: Mapping,
) -> list[Quarantined]:
    """Faults of rows as what is held back, under the row and column of the file."""
    held = []
    for fault in told:
        at = fault.row or 0
        column = mapping.columns.get(fault.column, fault.column)
        if columns is not None:
            column = str(columns.iloc[at])
        zh, en = in_both(fault.says)
        reason = Text(f"{fault.column}:{zh}", f"{fault.column}: {en}")
        held.append(Quarantined(int(rows.iloc[at]), column, reason))
    return held


def _without(rows: "pd.DataFrame | pd.Series[Any]", bad: list[int]) -> Any:
    import numpy as np

    keep = np.ones(len(rows), bool)
    keep[bad] = False
    return rows[keep].reset_index(drop=True)


def _each_once(held: list[Quarantined]) -> list[Quarantined]:
    """What was held back by row and column, with all reasons of one cell together."""
    cells: dict[tuple[int, str], Quarantined] = {}
    for one in held:
        before = cells.get((one.row, one.column))
        if before is None:
            cells[one.row, one.column] = one
        elif one.reason != before.reason:
            zh, en = (f"{a}; {b}" for a, b in zip(before.reason, one.reason, strict=True))
            cells[one.row, one.column] = before._replace(reason=Text(zh, en))
    return sorted(cells.values(), key=lambda one: one.row)
