"""Rows of several registers recorded as one batch, or only checked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region


def recorded(
    region: "Region", rows: Mapping[str, Sequence[Mapping[str, Any]]], verb: str, *, check: bool
) -> tuple[str | None, int]:
    """Record rows by table, all of them or none.

    Returns:
        Batch, None if nothing was written; and the number of rows written.

    Raises:
        BadInput: Rows break the rules of their table; all findings are told.
    """
    from hutuo.base.writing import frames_of

    frames, _ = frames_of(rows)
    if check:
        told = [fault for faults in region.faults(frames).values() for fault in faults]
        if told:
            zh = f"写入数据表{'、'.join(rows)}的行有{len(told)}处问题:"
            en = f"rows for table {', '.join(rows)} have {len(told)} findings:"
            raise BadInput(Text(zh, en), told)
        return None, 0
    done = region.record(frames, verb=verb)
    return done.batch, sum(done.stored.values())
