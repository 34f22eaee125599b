"""Space: travel times by road and timetable, circles, accessibility, functional areas.

The pure functions need no region: ``from hutuo.space import RoadNetwork, Timetable, travel_times``.
"""

from typing import TYPE_CHECKING

from hutuo.lending import lending
from hutuo.space import (
    accessibility,
    circlefigures,
    circles,
    commuting,
    isochrone,
    matrix,
    matrixfiles,
    rescue,
    structure,
)

if TYPE_CHECKING:
    from hutuo.space.access import cumulative, cumulative_interval, minutes_to_nearest, passive
    from hutuo.space.circlerule import commuting_circle
    from hutuo.space.coordinates import from_wgs84, misplaced, to_wgs84
    from hutuo.space.doors import travel_times
    from hutuo.space.employment import employment_areas
    from hutuo.space.floating import (
        Catchments,
        balanced,
        spatial_availability,
        three_step,
        two_step,
    )
    from hutuo.space.flowmodels import gravity, radiation
    from hutuo.space.flows import Flows
    from hutuo.space.functional import functional_area, functional_areas
    from hutuo.space.labour import labour_areas
    from hutuo.space.lines import Line, Station
    from hutuo.space.metropolitan import statistical_areas
    from hutuo.space.reach import Batches, Reach
    from hutuo.space.roads import RoadNetwork
    from hutuo.space.timetable import Timetable

__all__ = [
    "Batches",
    "Catchments",
    "Flows",
    "Line",
    "Reach",
    "RoadNetwork",
    "Station",
    "Timetable",
    "accessibility",
    "balanced",
    "circlefigures",
    "circles",
    "commuting",
    "commuting_circle",
    "cumulative",
    "cumulative_interval",
    "employment_areas",
    "from_wgs84",
    "functional_area",
    "functional_areas",
    "gravity",
    "isochrone",
    "labour_areas",
    "matrix",
    "matrixfiles",
    "minutes_to_nearest",
    "misplaced",
    "passive",
    "radiation",
    "rescue",
    "spatial_availability",
    "statistical_areas",
    "structure",
    "three_step",
    "to_wgs84",
    "travel_times",
    "two_step",
]

_LENT = {
    "Batches": "reach",
    "Catchments": "floating",
    "Flows": "flows",
    "Line": "lines",
    "Reach": "reach",
    "RoadNetwork": "roads",
    "Station": "lines",
    "Timetable": "timetable",
    "balanced": "floating",
    "commuting_circle": "circlerule",
    "cumulative": "access",
    "cumulative_interval": "access",
    "employment_areas": "employment",
    "functional_area": "functional",
    "functional_areas": "functional",
    "from_wgs84": "coordinates",
    "gravity": "flowmodels",
    "labour_areas": "labour",
    "minutes_to_nearest": "access",
    "misplaced": "coordinates",
    "passive": "access",
    "radiation": "flowmodels",
    "spatial_availability": "floating",
    "statistical_areas": "metropolitan",
    "three_step": "floating",
    "to_wgs84": "coordinates",
    "travel_times": "doors",
    "two_step": "floating",
}

__getattr__ = lending(__name__, _LENT)
