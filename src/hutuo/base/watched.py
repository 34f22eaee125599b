"""What rules hold against their bounds: a reading, its change, its absence, how many places have passed one.

Every kind of rule turns readings into a course of one figure; what is said of a course of figures by two
bounds is told by :mod:`hutuo.base.hysteresis`, whatever the kind.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.hysteresis import Bounds
    from hutuo.base.region import Region

    Numbers = NDArray[np.float64]

__all__ = ["KINDS", "Course", "bounds_of", "changes", "faults", "places_of", "shares", "silences"]

KINDS = ("threshold", "rate", "absence", "area", "upstream")
TURNED = Text(
    "clear_at应等于raise_at,或在其安全一侧",
    "clear_at should equal raise_at or lie on its safe side",
)
NEEDED = {"rate": ("window_minutes",), "area": ("area", "each_at"), "absence": ()}
SECONDS = 60e6


class Course(NamedTuple):
    """A figure over time.

    Attributes:
        times: When it was so, (n,), in microseconds since 1970, increasing.
        known: When that could be told, (n,), likewise.
        figures: The figure, (n,).
    """

    times: "Numbers"
    known: "Numbers"
    figures: "Numbers"


def bounds_of(rule: Mapping[str, Any]) -> "Bounds":
    """Where a rule raises and clears; without a reading there is nothing that could be held."""
    from hutuo.base.hysteresis import Bounds

    if (rule["kind"] or "threshold") == "absence":
        return Bounds(rule["raise_at"], rule["raise_at"])
    hold = rule["hold_minutes"] or 0.0
    return Bounds(rule["raise_at"], rule["clear_at"], hold, rule["sense"] == "below")


def faults(rule: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with a rule: bounds that are turned, or a word that its kind needs."""
    kind, name = rule["kind"] or "threshold", rule["rule"]
    found = []
    if kind != "absence":
        sign = -1 if rule["sense"] == "below" else 1
        if (rule["clear_at"] - rule["raise_at"]) * sign > 0:
            found.append(Finding("warning_rule", None, name, TURNED))
    elif rule["raise_at"] <= 0:
        says = Text("没有读数的分钟数应大于0", "minutes without a reading should be above 0")
        found.append(Finding("warning_rule", None, name, says))
    for word in NEEDED.get(kind, ()):
        if rule[word] is None:
            says = Text(f"判据{kind}须填写{word}", f"kind {kind} needs {word}")
            found.append(Finding("warning_rule", None, name, says))
    return found


def changes(course: Course, window: float) -> Course:
    """Change of a reading since the oldest one within a window before it.

    Args:
        course: Readings of one place.
        window: Minutes.
    """
    import numpy as np

    oldest = np.searchsorted(course.times, course.times - window * SECONDS, side="left")
    return course._replace(figures=course.figures - course.figures[oldest])


def silences(course: Course, minutes: float, until: float) -> Course:
    """Minutes without a reading, told where they reach so many and where the next reading came.

    Args:
        course: Readings of one place.
        minutes: How many are dangerous, > 0.
        until: When one looked, in microseconds: whether a reading lacks at the end is told by it.
    """
    import numpy as np

    missed = course.times + minutes * SECONDS
    late = missed <= np.append(course.times[1:], until + 1)
    at = np.concatenate([course.times, missed[late]])
    known = np.concatenate([course.known, missed[late]])
    values = np.concatenate([np.zeros(len(course.times)), np.full(int(late.sum()), minutes)])
    # Where the next one comes just then, the warning is raised first.
    order = np.lexsort((-values, at))
    return Course(at[order], known[order], values[order])


def shares(
    courses: Mapping[str, Course], each_at: float, window: float | None, *, below: bool
) -> Course:
    """Share of places, in %, whose latest reading is at or past a bound, at each instant of a reading.

    Args:
        courses: Readings by place.
        each_at: The bound of one place.
        window: Minutes after which a reading no longer counts; None: it counts until the next.
        below: Whether low readings are the dangerous ones.
    """
    import numpy as np

    names = list(courses)
    at = np.unique(np.concatenate([courses[name].times for name in names] or [np.empty(0)]))
    counted, high = np.zeros(len(at)), np.zeros(len(at))
    known = np.zeros(len(at))
    for name in names:
        mine = courses[name]
        last = np.searchsorted(mine.times, at, side="right") - 1
        there = last >= 0
        if window is not None:
            there &= at - mine.times[np.maximum(last, 0)] <= window * SECONDS
        value = mine.figures[np.maximum(last, 0)]
        counted += there
        high += there & ((value <= each_at) if below else (value >= each_at))
        now = there & (mine.times[np.maximum(last, 0)] == at)
        known = np.where(now, np.maximum(known, mine.known[np.maximum(last, 0)]), known)
    return Course(at, known, 100 * high / np.maximum(counted, 1))


def places_of(region: "Region", area: str) -> frozenset[str]:
    """Places that are counted for an area: members of a set, or a unit with all that lies in it.

    Args:
        region: View of the region.
        area: Set or unit.
    """
    import shapely

    if area.startswith("set:"):
        rows = region.current("membership", set=area)
        return frozenset(row["member"] for row in rows if row["role"] != "excluded")
    inside = {area}
    parents = {row["unit"]: row["parent"] for row in region.current("unit")}
    while more := {unit for unit, parent in parents.items() if parent in inside} - inside:
        inside |= more
    places = region.records("place")
    inside |= {row["place"] for row in places if row["part_of"] in inside}
    drawn = {row["place"]: row for row in region.current("boundary")}
    if area in drawn:
        shape = shapely.from_wkb(drawn[area]["geometry"])
        shapely.prepare(shape)
        pointed = [row["place"] for row in places if row["place"] in drawn]
        lon = [drawn[place]["label_lon"] for place in pointed]
        lat = [drawn[place]["label_lat"] for place in pointed]
        within = shapely.contains_xy(shape, lon, lat)
        inside |= {place for place, there in zip(pointed, within, strict=True) if there}
    return frozenset(inside)
