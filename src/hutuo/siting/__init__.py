"""Siting: where facilities should stand, proven or with what is left open.

The pure functions need no region: ``from hutuo.siting import p_median, set_cover``.
"""

from typing import TYPE_CHECKING

from hutuo.lending import lending
from hutuo.siting import (
    arisings,
    branching,
    dualuse,
    fronts,
    housing,
    hubsites,
    locating,
    partnerships,
    paying,
    planfiles,
    provision,
    scenarios,
    schools,
    wasteflows,
)

if TYPE_CHECKING:
    from hutuo.siting.capacities import capacitated_location
    from hutuo.siting.centres import p_center
    from hutuo.siting.covers import max_cover, set_cover
    from hutuo.siting.hubs import Hubs, hub_location
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
    "Hubs",
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
    "dualuse",
    "front",
    "fronts",
    "housing",
    "hub_location",
    "hubsites",
    "levelled",
    "locating",
    "max_cover",
    "p_center",
    "p_median",
    "partnerships",
    "paying",
    "phased",
    "planfiles",
    "provision",
    "repairs",
    "scenarios",
    "schools",
    "set_cover",
    "sited",
    "staged",
    "survival",
    "wasteflows",
]

_LENT = {
    "GOALS": "planned",
    "Hubs": "hubs",
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
    "hub_location": "hubs",
    "levelled": "levels",
    "max_cover": "covers",
    "p_center": "centres",
    "p_median": "medians",
    "phased": "phases",
    "repairs": "plans",
    "set_cover": "covers",
    "sited": "plans",
    "staged": "stages",
    "survival": "planned",
}

__getattr__ = lending(__name__, _LENT)
