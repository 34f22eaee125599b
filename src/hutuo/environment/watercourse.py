"""How water stood at sections and gauges over time: readings as one course that levels are held against."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.watched import SECONDS, Course
from hutuo.environment.waterquality import classes_of, item_of

if TYPE_CHECKING:
    from datetime import timedelta

    from numpy.typing import NDArray

    from hutuo.base.region import Region

__all__ = ["Sampled", "at_instant", "courses_of", "latest", "sampled"]


class Sampled(NamedTuple):
    """What was sampled at a section.

    Attributes:
        course: The class by the worst item, 1 to 6, at each instant of a reading.
        by_item: Readings by item, in the units of its limits.
    """

    course: Course
    by_item: Mapping[str, Course]


def courses_of(
    region: "Region", units: Mapping[str, str], days: "timedelta", place: str | None = None
) -> dict[tuple[str, str], Course]:
    """Readings by the hour or instant, by place and indicator, up to the asked time or the latest one.

    Args:
        region: View of the region.
        units: Unit to give each indicator's readings in.
        days: How far back.
        place: Only there.
    """
    import numpy as np
    import pyarrow as pa

    from hutuo.units import convert

    where: dict[str, Any] = {"indicator": sorted(units), "grain": ["hour", "instant"]}
    if place is not None:
        where["place"] = place
    rows = region.past("observation", **where)
    if not rows.num_rows:
        return {}

    def micros(name: str) -> "NDArray[Any]":
        return np.asarray(rows[name].cast(pa.timestamp("us", "UTC")).cast(pa.int64()), dtype=float)

    at, known = micros("valid_from"), micros("recorded_at")
    kept = at > at.max() - days.total_seconds() * 1e6
    names = list(zip(rows["place"].to_pylist(), rows["indicator"].to_pylist(), strict=True))
    values = [
        convert(value, unit, units[indicator])
        for value, unit, (_, indicator) in zip(
            rows["value"].to_pylist(), rows["unit"].to_pylist(), names, strict=True
        )
    ]
    members: dict[tuple[str, str], list[int]] = {}
    for n in np.flatnonzero(kept):
        members.setdefault(names[n], []).append(int(n))
    found = {}
    for key, those in sorted(members.items()):
        order = sorted(those, key=lambda n: at[n])
        found[key] = Course(at[order], known[order], np.array([values[n] for n in order]))
    return found


def sampled(by_item: Mapping[str, Course], valid_minutes: float, *, lake: bool) -> Sampled:
    """Class of a section at each instant of a reading, by the latest reading of each item.

    Args:
        by_item: Readings by item, in the units of its limits.
        valid_minutes: Minutes after which a reading no longer counts.
        lake: Whether the section is of a lake.
    """
    import numpy as np

    at = np.unique(np.concatenate([course.times for course in by_item.values()]))
    worst, known = np.zeros(len(at)), np.zeros(len(at))
    for name, course in by_item.items():
        last, there = latest(course, at, valid_minutes)
        each = classes_of(item_of(name, lake=lake), course.figures)[last]
        worst = np.maximum(worst, np.where(there, each, 0))
        now = there & (course.times[last] == at)
        known = np.where(now, np.maximum(known, course.known[last]), known)
    return Sampled(Course(at, known, worst), by_item)


def latest(
    course: Course, at: "NDArray[Any]", valid_minutes: float
) -> "tuple[NDArray[Any], NDArray[Any]]":
    """The last reading at instants, by position, and whether it still counts."""
    import numpy as np

    last = np.searchsorted(course.times, at, side="right") - 1
    there = last >= 0
    last = np.maximum(last, 0)
    return last, there & (at - course.times[last] <= valid_minutes * SECONDS)


def at_instant(found: Sampled, at: float, valid_minutes: float) -> dict[str, float]:
    """What each item was at an instant, as far as it still counts."""
    import numpy as np

    values = {}
    for name, course in found.by_item.items():
        last, there = latest(course, np.array([at]), valid_minutes)
        if there[0]:
            values[name] = float(course.figures[last[0]])
    return values
