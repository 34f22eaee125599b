"""Space: travel times by road and timetable, circles, accessibility, functional areas.

The pure functions need no region: ``from hutuo.space import RoadNetwork, Timetable, travel_times``.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hutuo.space.roads import RoadNetwork

__all__ = ["RoadNetwork"]

_LENT = {
    "RoadNetwork": "roads",
}


def __getattr__(name: str) -> Any:
    """What the part lends to Python, imported when it is asked for: kernels take seconds to load.

    Raises:
        AttributeError: The part has no such name.
    """
    if name not in _LENT:
        raise AttributeError(f"module 'hutuo.space' has no attribute {name!r}")
    return getattr(importlib.import_module(f"hutuo.space.{_LENT[name]}"), name)
