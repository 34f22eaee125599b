"""Classes of a choropleth: one classification for map, legend, table and print."""

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from hutuo.verbs import Answer, said

if TYPE_CHECKING:
    from collections.abc import Sequence

# ColorBrewer YlGnBu, 5 classes: told apart in grey print and by colour-blind readers.
# Source: Harrower and Brewer (2003), ColorBrewer.org.
COLORS = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")


class Class(Answer):
    """One class of values, low <= value < high."""

    low: float | None = said("下限(含);空为不限", "lower bound, included; null for none")
    high: float | None = said("上限(不含);空为不限", "upper bound, not included; null for none")
    color: str = said("颜色", "colour as #rrggbb")
    label: str = said("图例文字", "text of the legend")


def breaks(values: "Sequence[float]") -> list[float]:
    """Bounds between classes: quintiles, rounded to two figures so that a legend can be read.

    Args:
        values: Figures of all units and years, in any order.

    Returns:
        Rising bounds, at most four; fewer where values repeat.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    cuts = (ordered[len(ordered) * step // len(COLORS)] for step in range(1, len(COLORS)))
    inside = {_round(cut) for cut in cuts}
    return sorted(cut for cut in inside if ordered[0] < cut <= ordered[-1])


def index(bounds: "Sequence[float]", value: float) -> int:
    """Which class a value falls in, from 0."""
    return bisect_right(bounds, value)


def classes(bounds: "Sequence[float]") -> list[Class]:
    """The classes between the bounds, each with colour and legend."""
    lows, highs = [None, *bounds], [*bounds, None]
    colors = _spread(len(lows))
    return [
        Class(low=low, high=high, color=color, label=_label(low, high))
        for low, high, color in zip(lows, highs, colors, strict=True)
    ]


def _spread(count: int) -> list[str]:
    """Colours for that many classes, over the whole ramp."""
    if count == 1:
        return [COLORS[2]]
    return [COLORS[round(step * (len(COLORS) - 1) / (count - 1))] for step in range(count)]


def _round(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, 1 - math.floor(math.log10(abs(value))))


def _label(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "–"
    if low is None:
        return f"< {high:,.6g}"
    return f"≥ {low:,.6g}" if high is None else f"{low:,.6g} – {high:,.6g}"
