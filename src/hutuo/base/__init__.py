"""Base: region packs, tables, time, geography, branches, and everything that comes in."""

from hutuo.base import (
    about,
    branches,
    calendar,
    figures,
    geography,
    rows,
)

__all__ = [
    "about",
    "branches",
    "calendar",
    "figures",
    "geography",
    "rows",
]
