"""Figures of places that add up: who lives there in which year, and what facilities hold now."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.figures import indicator_of
from hutuo.base.series import observed_all
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import Text
from hutuo.units import convert

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

__all__ = ["Figures", "figures_of", "latest_of", "people_indicator"]

TOLD = 20


class Figures(NamedTuple):
    """Figures of places in one year.

    Attributes:
        indicator: What they count.
        unit: Unit of measure.
        year: Year that they are of; None if there are none.
        amounts: One a place, (places,); nan where a place has none of that year.
        sources: Where they come from, each once, in order.
    """

    indicator: str
    unit: str
    year: int | None
    amounts: "NDArray[np.float64]"
    sources: tuple[str, ...]


def people_indicator(region: "Region", name: str | None) -> str | None:
    """The indicator of people: the one named, else the core one that adds up and is most often observed.

    Raises:
        NotFound: No indicator has that name.
    """
    if name is not None:
        return str(indicator_of(region, name)["indicator"])
    fitting = [
        row["indicator"]
        for row in region.indicators.values()
        if row["core"] and row["topic"] == "population" and row["aggregation"] == "sum"
    ]
    sql = (
        "SELECT indicator, count(*) AS n FROM known GROUP BY indicator ORDER BY n DESC, indicator"
    )
    often = region.query(sql, "observation", past=True, indicator=fitting)
    return often[0]["indicator"] if often else None


def figures_of(
    region: "Region",
    places: Sequence[str],
    indicator: str,
    year: int | None = None,
    unit: str | None = None,
) -> Figures:
    """Figures of places in one year.

    Args:
        region: View of the region.
        places: Units and other places.
        indicator: Indicator whose figures add up.
        year: Year; None for that in which most places have a figure, of several the last.
        unit: Unit of measure; None for the indicator's own.

    Raises:
        NotFound: No indicator has that id.
        BadAsk: Its figures do not add up, as rates do not.
        BadInput: Figures are negative; the first of them are told.
    """
    import numpy as np

    about = indicator_of(region, indicator)
    if about["aggregation"] != "sum":
        says = Text(f"“{indicator}”的数值不可加总", f"figures of '{indicator}' do not add up")
        hint = Text(
            "请用计数的指标,如人口、岗位、床位",
            "take an indicator that counts something, as people, jobs or beds",
        )
        raise BadAsk(says, hint)
    series = observed_all(region, [(place, indicator) for place in places])
    found = {(p, row.valid_from.year): row for (p, _), rows in series.items() for row in rows}
    years = Counter(of for _, of in found)
    chosen = year or max(years, key=lambda of: (years[of], of), default=None)
    rows = [found.get((place, chosen)) if chosen else None for place in places]
    unit = unit or about["unit"]
    values = [convert(row.value, row.unit, unit) if row else np.nan for row in rows]
    bad = [
        Finding(indicator, None, place, f"{value:g}")
        for place, value in zip(places, values, strict=True)
        if value < 0
    ]
    if bad:
        told = Text(
            f"指标“{indicator}”有{len(bad)}个负数;计数不会为负",
            f"{len(bad)} figures of '{indicator}' are negative; a count is 0 or more",
        )
        raise BadInput(told, bad[:TOLD])
    sources = tuple(dict.fromkeys(row.source for row in rows if row))
    return Figures(indicator, unit, chosen, np.array(values, float), sources)


def latest_of(region: "Region", places: Sequence[str], indicator: str) -> Figures:
    """The last figure of each place, of whatever year: what facilities hold now.

    Args:
        region: View of the region.
        places: Facilities and other places.
        indicator: Indicator whose figures add up.

    Raises:
        NotFound: No indicator has that id.
    """
    import numpy as np

    unit = indicator_of(region, indicator)["unit"]
    series = observed_all(region, [(place, indicator) for place in places])
    last = [rows[-1] if (rows := series[place, indicator]) else None for place in places]
    values = [convert(row.value, row.unit, unit) if row else np.nan for row in last]
    years = [row.valid_from.year for row in last if row]
    sources = tuple(dict.fromkeys(row.source for row in last if row))
    return Figures(indicator, unit, max(years, default=None), np.array(values, float), sources)
