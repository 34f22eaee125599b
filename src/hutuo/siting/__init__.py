"""Siting: where facilities should stand, proven or with what is left open.

The pure functions need no region: ``from hutuo.siting import p_median, set_cover``.
"""

from typing import TYPE_CHECKING

from hutuo.lending import lending
from hutuo.siting import arisings, branching, fronts, housing, locating, paying, provision, schools

if TYPE_CHECKING:
    from hutuo.siting.capacities import capacitated_location
    from hutuo.siting.covers import max_cover, p_center, set_cover
    from hutuo.siting.levels import Level, Levelled, levelled
    from hutuo.siting.measures import Measures
    from hutuo.siting.medians import p_median
    from hutuo.siting.phases import Phased, phased
    from hutuo.siting.planned import GOALS, survival
    from hutuo.siting.plans import Sited, alternatives, front, repairs, sited
    from hutuo.siting.rules import Rules
    from hutuo.siting.solutions import Solution
    from hutuo.siting.stages import Stage, Staged, staged

__all__ = [
    "GOALS",
    "Level",
    "Levelled",
    "Measures",
    "Phased",
    "Rules",
    "Sited",
    "Solution",
    "Stage",
    "Staged",
    "alternatives",
    "arisings",
    "branching",
    "capacitated_location",
    "front",
    "fronts",
    "housing",
    "levelled",
    "locating",
    "max_cover",
    "p_center",
    "p_median",
    "paying",
    "phased",
    "provision",
    "repairs",
    "schools",
    "set_cover",
    "sited",
    "staged",
    "survival",
]

_LENT = {
    "GOALS": "planned",
    "Level": "levels",
    "Levelled": "levels",
    "Measures": "measures",
    "Phased": "phases",
    "Rules": "rules",
    "Sited": "plans",
    "Solution": "solutions",
    "Stage": "stages",
    "Staged": "stages",
    "alternatives": "plans",
    "capacitated_location": "capacities",
    "front": "plans",
    "levelled": "levels",
    "max_cover": "covers",
    "p_center": "covers",
    "p_median": "medians",
    "phased": "phases",
    "repairs": "plans",
    "set_cover": "covers",
    "sited": "plans",
    "staged": "stages",
    "survival": "planned",
}

__getattr__ = lending(__name__, _LENT)
