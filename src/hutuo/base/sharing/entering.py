"""Who writes rows of a table: on main whose it is, on a branch who may see all of what he would change."""

from typing import TYPE_CHECKING

from hutuo.base import deeds
from hutuo.base.selection import MAIN
from hutuo.base.sharing import reading, registers
from hutuo.base.store import store_at
from hutuo.base.tables import table as declared

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hutuo.base.lake import Lake
    from hutuo.base.region import Region

__all__ = ["may_write", "of_ones_own"]


def may_write(region: "Region", names: "Iterable[str]") -> None:
    """Refuse who may not write to tables, before he is told anything about their rows.

    Args:
        region: View of the region, whose branch is written to.
        names: Tables.

    Raises:
        Forbidden: On main they are of another body; on a branch he may not see all of them.
    """
    if region.branch == MAIN:
        of_ones_own(region.lake, [declared(name).name for name in names])
        return
    for name in names:
        region.whole(name)


def of_ones_own(lake: "Lake", names: "Sequence[str]") -> None:
    """Refuse who writes to main what is of another body; business of several bodies is common to them.

    Raises:
        Forbidden: One of the tables is of another body.
    """
    actor, deed = deeds.actor(), deeds.current()
    if deed is not None and deed.right == deeds.BUSINESS:
        registers.common(store_at(lake.folder), names, actor.body)
    else:
        reading.own(lake.folder, names)
