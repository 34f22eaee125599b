"""Figures of places: who lives there in which year, and what facilities hold now."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.figures import indicator_of
from hutuo.base.series import observed_all
from hutuo.errors import BadAsk, BadInput, Finding, NotFound
from hutuo.units import convert
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Floats = NDArray[np.float64]

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


def people_indicator(region: "Region", named: str | None) -> str:
    """The indicator of residents: the one named, else the core one that adds up and is most often observed.

    Raises:
        NotFound: No indicator has that name, or none of people is observed.
    """
    if named is not None:
        return str(indicator_of(region, named)["indicator"])
    fitting = [
        row["indicator"]
        for row in region.indicators.values()
        if row["core"] and row["topic"] == "population" and row["aggregation"] == "sum"
    ]
    sql = (
        "SELECT indicator, count(*) AS n FROM known GROUP BY indicator ORDER BY n DESC, indicator"
    )
    often = region.query(sql, "observation", past=True, indicator=fitting)
    if not often:
        says = Text("没有观测到的常住人口指标", "no indicator of residents is observed")
        raise NotFound(says, Text("请用people写明一个", "name one as people"))
    return str(often[0]["indicator"])


def figures_of(
    region: "Region", places: Sequence[str], indicator: str, year: int | None = None
) -> Figures:
    """Figures of places in one year, in the indicator's own unit.

    Args:
        region: View of the region.
        places: Units and other places.
        indicator: Indicator whose figures add up.
        year: Year; None for that in which most places have a figure, of several the last.

    Raises:
        NotFound: No indicator has that id.
        BadAsk: Its figures do not add up, as rates do not.
        BadInput: Figures are negative; the first of them are told.
    """
    import numpy as np

    about = indicator_of(region, indicator)
    if about["aggregation"] != "sum":
        says = Text(f"“{indicator}”的数值不可加总", f"figures of '{indicator}' do not add up")
        hint = Text("请用计数的指标,如人口、床位", "take one that counts, as people or beds")
        raise BadAsk(says, hint)
    series = observed_all(region, [(place, indicator) for place in places])
    found = {(p, row.valid_from.year): row for (p, _), rows in series.items() for row in rows}
    years = Counter(of for _, of in found)
    chosen = year or max(years, key=lambda of: (years[of], of), default=None)
    rows = [found.get((place, chosen)) if chosen else None for place in places]
    unit = about["unit"]
    values = [convert(row.value, row.unit, unit) if row else np.nan for row in rows]
    bad = [
        Finding(indicator, None, place, f"{value:g}")
        for place, value in zip(places, values, strict=True)
        if value < 0
    ]
    if bad:
        zh, en = f"{len(bad)}个数值为负", f"{len(bad)} figures are negative"
        raise BadInput(Text(zh, en), bad[:TOLD])
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
