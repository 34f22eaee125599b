"""Coverage: which units of the region have a figure of each core indicator."""

from typing import TYPE_CHECKING, Any

from hutuo.base.answers import Measured, Placed, Topical
from hutuo.base.figures import indicator_of, unit_name
from hutuo.glossary import label
from hutuo.verbs import Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

NEWEST = """
    SELECT indicator, place, year(max(valid_from)) AS year, list(DISTINCT source) AS sources
    FROM known GROUP BY indicator, place
"""
BY_SOURCE = """
    SELECT source, indicator, count(DISTINCT place) AS units FROM known GROUP BY source, indicator
"""


class Coverage(Ask):
    """Which indicators to look at."""

    indicator: str | None = said(
        "只看该指标;缺省为全部核心指标",
        "this indicator; all core ones if none is given",
        default=None,
    )


class Lacking(Placed):
    """A unit without a figure."""


class CoverageRow(Topical, Measured):
    """How much of the region one indicator covers."""

    units: int = said("应有数据的单元数", "units that should have a figure")
    have: int = said("有数据的单元数", "units with a figure of any year")
    share: float = said("覆盖率", "share of the units with a figure of any year, 0..1")
    year: int | None = said("最新年份", "latest year that a unit has a figure of")
    have_latest: int = said("最新年份有数据的单元数", "units with a figure of that year")
    share_latest: float = said(
        "最新年份的覆盖率", "share of the units with a figure of that year, 0..1"
    )
    missing: list[Lacking] = said("无数据的单元", "units without a figure of any year")
    sources: list[str] = said("来源", "sources of the figures")


@verb(
    "统计核心指标的数据覆盖率",
    columns=("name", "unit_name", "units", "have", "share", "year", "share_latest"),
)
def coverage(region: "Region", ask: Coverage) -> list[CoverageRow]:
    """Tell for each core indicator which share of the region's units has a figure, and which have none."""
    wanted = [indicator_of(region, ask.indicator)] if ask.indicator else core_indicators(region)
    units = units_of(region)
    names = [about["indicator"] for about in wanted]
    where = {"indicator": names, "place": units}
    rows = region.query(NEWEST, "observation", past=True, **where) if names and units else []
    return [
        _row(region, about, units, [r for r in rows if r["indicator"] == about["indicator"]])
        for about in wanted
    ]


def core_indicators(region: "Region") -> "list[Row]":
    """Rows of the core indicators, by id."""
    found = [row for row in region.indicators.values() if row["core"]]
    return sorted(found, key=lambda row: str(row["indicator"]))


def units_of(region: "Region") -> list[str]:
    """Units that the region's set touches: its whole members, and the units that its parts belong to."""
    members = region.current("membership", set=region.info.set)
    whole = {row["member"] for row in members if row["role"] == "whole"}
    parts = {row["member"] for row in members if row["role"] == "part"}
    of = {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    return sorted(whole | {of[part] for part in parts if of.get(part)})


def shares(region: "Region", units: "Sequence[str]") -> dict[str, dict[str, float]]:
    """Share of units with a figure of any year, 0..1, by source and indicator."""
    found: dict[str, dict[str, float]] = {}
    if not units:
        return found
    for row in region.query(BY_SOURCE, "observation", past=True, place=units):
        found.setdefault(row["source"], {})[row["indicator"]] = row["units"] / len(units)
    return found


def _row(
    region: "Region", about: "Row", units: "Sequence[str]", rows: "Sequence[Row]"
) -> CoverageRow:
    have = {row["place"] for row in rows}
    year = max((row["year"] for row in rows), default=None)
    latest = sum(row["year"] == year for row in rows)
    return CoverageRow(
        indicator=about["indicator"],
        name=Text(about["zh"], about["en"]),
        unit=about["unit"],
        unit_name=unit_name(about["unit"]),
        topic=about["topic"],
        topic_name=label(f"topic:{about['topic']}"),
        units=len(units),
        have=len(have),
        share=len(have) / len(units) if units else 0.0,
        year=year,
        have_latest=latest,
        share_latest=latest / len(units) if units else 0.0,
        missing=[Lacking(place=u, name=region.name_of(u)) for u in units if u not in have],
        sources=sorted({source for row in rows for source in row["sources"]}),
    )
