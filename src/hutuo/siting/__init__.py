"""Siting: where facilities should stand, proven or with what is left open.

The pure functions need no region: ``from hutuo.siting import p_median, set_cover``.
"""

from typing import TYPE_CHECKING

from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.siting.capacities import capacitated_location
    from hutuo.siting.covers import max_cover, p_center, set_cover
    from hutuo.siting.medians import p_median
    from hutuo.siting.solutions import Solution

__all__ = ["Solution", "capacitated_location", "max_cover", "p_center", "p_median", "set_cover"]

_LENT = {
    "Solution": "solutions",
    "capacitated_location": "capacities",
    "max_cover": "covers",
    "p_center": "covers",
    "p_median": "medians",
    "set_cover": "covers",
}

__getattr__ = lending(__name__, _LENT)
