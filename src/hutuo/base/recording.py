"""Rows of several tables, or figures with their source, recorded as one batch or only checked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region


def recorded(
    region: "Region", rows: Mapping[str, Sequence[Mapping[str, Any]]], verb: str, *, check: bool
) -> tuple[str | None, int]:
    """Record rows of several tables as one batch, all of them or none, or only check them.

    Returns:
        Batch, None if nothing was written; and the number of rows written.

    Raises:
        BadInput: Rows break the rules of their table; all findings are told.
    """
    from hutuo.base.writing import frames_of

    frames, _ = frames_of(rows)
    if check:
        zh, en = f"写入数据表{'、'.join(rows)}的行", f"rows for table {', '.join(rows)}"
        _refuse(region, frames, zh + "有{}处问题:", en + " have {} findings:")
        return None, 0
    done = region.record(frames, verb=verb)
    return done.batch, sum(done.stored.values())


def recorded_figures(
    region: "Region",
    rows: Sequence[Mapping[str, Any]],
    source: Mapping[str, Any],
    verb: str,
    *,
    check: bool,
) -> tuple[str | None, int, int]:
    """Record figures, and the source that they name, as one batch, or only check them.

    Args:
        region: View of the region, whose branch is written to.
        rows: Rows of the table of observations without their source.
        source: Row of the table of sources.
        verb: Verb that writes them.
        check: Whether nothing is written.

    Returns:
        Batch, None if nothing was written; figures written; figures that were known.

    Raises:
        BadInput: Figures break the rules of their table; all findings are told.
    """
    import pandas as pd

    if not rows:
        return None, 0, 0
    frames = {
        "observation": pd.DataFrame([{**row, "source": source["source"]} for row in rows]),
        "source": pd.DataFrame([source]),
    }
    if check:
        _refuse(region, frames, "数值有误:", "the figures are faulty:")
        return None, 0, 0
    done = region.record(frames, verb=verb)
    return done.batch, done.stored["observation"], done.duplicate["observation"]


def _refuse(region: "Region", frames: "Mapping[str, pd.DataFrame]", zh: str, en: str) -> None:
    """Refuse rows that break rules; the words may tell how many findings there are."""
    told = [fault for faults in region.faults(frames).values() for fault in faults]
    if told:
        raise BadInput(Text(zh.format(len(told)), en.format(len(told))), told)
