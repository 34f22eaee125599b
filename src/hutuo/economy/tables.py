"""Tables of units by industries out of what a region knows: a total, and the parts named after it."""

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import indicator_of
from hutuo.base.geographies import geography
from hutuo.base.series import observed_all
from hutuo.errors import BadInput, NotFound
from hutuo.glossary import Text
from hutuo.units import convert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.geographies import Spot
    from hutuo.base.region import Region

__all__ = ["IndustryTable", "table_of"]


class IndustryTable(NamedTuple):
    """Units by industries in one year.

    Attributes:
        places: Units that have all of their figures.
        industries: Indicators of which somebody has something.
        values: Amounts, (units, industries).
        names: What units and industries are called, by id.
        year: Year of the figures.
        unit: Unit of measure.
        sample: Whether they are raw counts of a sample.
        sources: Sources of the figures.
        left_out: Units without all of their figures.
        untold: Industries that less than half of the units tell of, left out.
        definition: What is counted.
    """

    places: list[str]
    industries: list[str]
    values: "NDArray[Any]"
    names: dict[str, Text]
    year: int
    unit: str
    sample: bool
    sources: tuple[str, ...]
    left_out: list[str]
    untold: list[str]
    definition: Text


def table_of(region: "Region", where: str, total: str, year: int | None = None) -> IndustryTable:
    """Parts of a total by unit; parts are the indicators whose id is that of the total, ``_`` and a name.

    Args:
        region: View of the region.
        where: Geography, as ``county`` or ``set:area``.
        total: Indicator that the parts add up to, as ``employed``.
        year: Year; None for that of most figures, of several the last.

    Raises:
        NotFound: No such geography or indicator, or the total has no parts.
        BadInput: Fewer than two units have figures of all parts in that year.
    """
    import numpy as np

    about, parts = indicator_of(region, total), _parts(region, total)
    spots = {spot.place: spot for spot in geography(region, where).spots}
    series = observed_all(region, [(place, part) for place in spots for part in parts])
    found = {
        (place, part, row.valid_from.year): row
        for (place, part), rows in series.items()
        for row in rows
    }
    years = Counter(of for _, _, of in found)
    chosen = year if year is not None else max(years, key=lambda of: (years[of], of), default=0)
    rows = {
        place: {
            part: convert(row.value, row.unit, about["unit"])
            for part in parts
            if (row := found.get((place, part, chosen)))
        }
        for place in spots
    }
    told = [row for row in rows.values() if row]
    # What few units tell of is left out, rather than all the others.
    common = [part for part in parts if 2 * sum(part in row for row in told) > len(told)]
    whole = {
        place: [row[part] for part in common]
        for place, row in rows.items()
        if all(part in row for part in common) and any(row.values())
    }
    if len(whole) < 2:  # noqa: PLR2004 - one unit is like nobody
        zh = f"{where}在{chosen}年数据完整的地区不足两个"
        says = Text(zh, f"{where} has fewer than two units with all figures in {chosen}")
        known = sorted({of for _, _, of in found})
        raise BadInput(says, (), Text(f"有数据的年份:{known}", f"years with figures: {known}"))
    values = np.array(list(whole.values()), dtype=np.float64)
    kept = values.sum(axis=0) > 0
    return IndustryTable(
        places=list(whole),
        industries=[part for part, there in zip(common, kept, strict=True) if there],
        values=values[:, kept],
        names=_names(region, spots, parts),
        year=chosen,
        unit=about["unit"],
        sample=any(region.indicators[part]["sample"] for part in parts),
        sources=tuple(
            sorted({row.source for row in found.values() if row.valid_from.year == chosen})
        ),
        left_out=[place for place in spots if place not in whole],
        untold=[part for part in parts if part not in common],
        definition=Text(
            about["definition_zh"] or about["zh"], about["definition_en"] or about["en"]
        ),
    )


def _parts(region: "Region", total: str) -> list[str]:
    unit = region.indicators[total]["unit"]
    found = [
        name
        for name, row in region.indicators.items()
        if name.startswith(f"{total}_") and row["unit"] == unit and row["aggregation"] == "sum"
    ]
    if len(found) < 2:  # noqa: PLR2004 - one part is the whole
        says = Text(f"指标“{total}”没有分项", f"indicator '{total}' has no parts")
        raise NotFound(says, Text(f"分项的标识如{total}_名称", f"parts are called {total}_NAME"))
    return found


def _names(region: "Region", spots: "dict[str, Spot]", parts: list[str]) -> dict[str, Text]:
    """Industries by what stands behind the last colon of their names, where one does."""
    short = {
        part: Text(
            region.indicators[part]["zh"].rpartition(":")[2].strip(),
            region.indicators[part]["en"].rpartition(":")[2].strip(),
        )
        for part in parts
    }
    return {place: spot.name for place, spot in spots.items()} | short
