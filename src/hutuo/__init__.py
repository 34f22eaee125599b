"""Hutuo: the platform on which the bodies of a metropolitan area run their common plan."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from hutuo.base.region import Region

__version__ = "0.1.0"
__all__ = ["open"]


def open(
    name_or_path: str | None = None,
    at: "date | str | None" = None,
    as_of: "datetime | date | str | None" = None,
    branch: str = "main",
) -> "Region":
    """Open a region: by name of an embedded pack or by path of a pack's folder.

    Args:
        name_or_path: Name of an embedded pack or folder of one; the default region if None.
        at: What held on that day (valid time); None for what holds today.
        as_of: What was known on that day or instant (recorded time); None for all that is known.
        branch: Branch to read, "main" if none is named.

    Raises:
        NotFound: No such region or branch.
        BadInput: The pack has faults; all of them are told.
    """
    from hutuo.base.region import open_region

    return open_region(name_or_path, at=at, as_of=as_of, branch=branch)
