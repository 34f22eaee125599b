"""Base: region packs, tables, time, geography, branches, and everything that comes in."""

from hutuo.base import (
    about,
    branches,
    calendar,
    catalogue,
    coverage,
    crosswalks,
    figures,
    geography,
    history,
    ingesting,
    inspecting,
    querying,
    readings,
    recut,
    rows,
    timetable,
)

__all__ = [
    "about",
    "branches",
    "calendar",
    "catalogue",
    "coverage",
    "crosswalks",
    "figures",
    "geography",
    "history",
    "ingesting",
    "inspecting",
    "querying",
    "readings",
    "recut",
    "rows",
    "timetable",
]
