"""Waste heat matched with who needs heat: by distance, temperature and hour.

A transport problem an hour: first as much heat as can be delivered, then, of all ways to deliver that much,
the one with the least megawatt-kilometres. Hours in which the same points run are solved once.

Source: F. L. Hitchcock, The distribution of a product from several sources to numerous localities, Journal of
Mathematics and Physics 20 (1941) 224-230; solved by HiGHS.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import Finding, Unavailable
from hutuo.glossary import Text

__all__ = ["DAY", "Limits", "Link", "Matched", "Point", "kilometres", "matched", "on_hours"]

Array = npt.NDArray[np.float64]
DAY = 24
WHAT = Text("余热供需点", "sources and sinks of heat")
# Megawatts below which a pipe is the solver's rounding.
LEAST = 1e-7


class Point(NamedTuple):
    """A source or a sink.

    Attributes:
        point: Id.
        lon, lat: Degrees.
        celsius: Temperature that a source gives or a sink needs.
        megawatts: Power while it runs.
        hours: Hours of the day in which it runs, 0..23.
    """

    point: str
    lon: float
    lat: float
    celsius: float
    megawatts: float
    hours: frozenset[int] = frozenset(range(DAY))


class Limits(NamedTuple):
    """Which source can serve which sink.

    Attributes:
        most_km: Longest pipe.
        approach: Kelvin that a source is warmer than its sink at least, when the heat has come there.
        drop_per_km: Kelvin that are lost by the kilometre.
        loss_per_km: Share of the heat that is lost by the kilometre, 0..1.
        detour: Length of the pipe by the straight line.
    """

    most_km: float = 20.0
    approach: float = 5.0
    drop_per_km: float = 0.0
    loss_per_km: float = 0.0
    detour: float = 1.0


class Link(NamedTuple):
    """A source that serves a sink.

    Attributes:
        source, sink: Their ids.
        kilometres: Length of the pipe.
        megawatts: Most that arrives in an hour.
        megawatt_hours: What arrives in a day.
    """

    source: str
    sink: str
    kilometres: float
    megawatts: float
    megawatt_hours: float


class Matched(NamedTuple):
    """What fits together.

    Attributes:
        links: The longest served first.
        by_hour: Megawatts that arrive, (24,).
        offered: Megawatt-hours a day of all sources.
        needed: Megawatt-hours a day of all sinks.
        delivered: Megawatt-hours a day that arrive.
        mean_km: Kilometres by what arrives; NaN where nothing does.
        too_cold: Pairs within reach whose source is not warm enough.
    """

    links: list[Link]
    by_hour: Array
    offered: float
    needed: float
    delivered: float
    mean_km: float
    too_cold: int


def on_hours(span: str | None) -> frozenset[int]:
    """Hours of a span as ``6-22`` or, over midnight, ``18-6``; all where none is given.

    Raises:
        BadInput: It is no span of hours.
    """
    if not span:
        return frozenset(range(DAY))
    first, _, last = span.partition("-")
    begins, ends = (int(part) if part.isdigit() else -1 for part in (first, last))
    if not (0 <= begins < DAY and 0 <= ends <= DAY) or begins == ends:
        says = Text(f"{span}应为时段,如6-22", f"{span}; hours as 6-22 would be right")
        refuse(WHAT, [Finding("hours", None, "hours", says)])
    return (
        frozenset(range(begins, ends))
        if begins < ends
        else frozenset({*range(begins, DAY), *range(ends)})
    )


def kilometres(sources: Sequence[Point], sinks: Sequence[Point]) -> Array:
    """Straight distances on the ellipsoid, (sources, sinks)."""
    from pyproj import Geod

    if not sources or not sinks:
        return np.zeros((len(sources), len(sinks)))
    lon, lat = (np.array([getattr(one, name) for one in sources]) for name in ("lon", "lat"))
    x, y = (np.array([getattr(one, name) for one in sinks]) for name in ("lon", "lat"))
    shape = (len(sources), len(sinks))
    a, b, c, d = (
        np.broadcast_to(one, shape).ravel() for one in (lon[:, None], lat[:, None], x, y)
    )
    _, _, metres = Geod(ellps="WGS84").inv(a, b, c, d)
    return np.asarray(metres, float).reshape(shape) / 1000


def matched(
    sources: Sequence[Point],
    sinks: Sequence[Point],
    limits: Limits,
    distance: Array | None = None,
) -> Matched:
    """Match sources with sinks over a day.

    Args:
        sources: Where heat is free.
        sinks: Where it is needed.
        limits: Which can serve which.
        distance: Straight kilometres, (sources, sinks); on the ellipsoid where none are given.

    Raises:
        BadInput: A power is negative, an hour is none of the day, an id stands twice.
    """
    _check(sources, sinks, limits)
    straight = kilometres(sources, sinks) if distance is None else np.asarray(distance, float)
    km = straight * limits.detour
    near = km <= limits.most_km
    arrives = np.array([one.celsius for one in sources])[:, None] - limits.drop_per_km * km
    warm = arrives >= np.array([one.celsius for one in sinks])[None, :] + limits.approach
    kept = 1 - limits.loss_per_km * km
    flow = _day(sources, sinks, km, near & warm & (kept > 0), kept)
    by_hour = flow.sum(axis=(1, 2))
    delivered = float(by_hour.sum())
    links = [
        Link(
            sources[i].point, sinks[k].point, float(km[i, k]),
            float(flow[:, i, k].max()), float(flow[:, i, k].sum()),
        )
        for i, k in np.argwhere(flow.max(axis=0, initial=0.0) > LEAST)
    ]  # fmt: skip
    carried = float((flow * km).sum())
    return Matched(
        sorted(links, key=lambda link: (-link.megawatt_hours, link.source, link.sink)),
        by_hour,
        float(sum(one.megawatts * len(one.hours) for one in sources)),
        float(sum(one.megawatts * len(one.hours) for one in sinks)),
        delivered,
        carried / delivered if delivered else float("nan"),
        int((near & ~warm).sum()),
    )


def _check(sources: Sequence[Point], sinks: Sequence[Point], limits: Limits) -> None:
    findings = [
        finding
        for name, points in (("sources", sources), ("sinks", sinks))
        for row, one in enumerate(points, 1)
        for finding in _faults(name, row, one, points)
    ]
    findings += unfit("limits", None, limits._asdict())
    refuse(WHAT, findings)


def _faults(name: str, row: int, one: Point, points: Sequence[Point]) -> list[Finding]:
    found = unfit(name, row, {"megawatts": one.megawatts})
    found += unfit(name, row, {"lon": one.lon}, least=-180.0, most=180.0)
    found += unfit(name, row, {"lat": one.lat}, least=-90.0, most=90.0)
    found += unfit(name, row, {"celsius": one.celsius}, least=-273.15)
    if not one.hours <= frozenset(range(DAY)):
        says = Text("小时应为0至23", "hours of a day are 0 to 23")
        found.append(Finding(name, row, "hours", says))
    if [other.point for other in points].index(one.point) != row - 1:
        says = Text(f"“{one.point}”重复", f"'{one.point}' stands twice")
        found.append(Finding(name, row, "point", says))
    return found


def _day(
    sources: Sequence[Point], sinks: Sequence[Point], km: Array, fits: Any, kept: Array
) -> Array:
    """Megawatts that arrive, (24, sources, sinks)."""
    flow = np.zeros((DAY, len(sources), len(sinks)))
    power = [np.array([one.megawatts for one in points]) for points in (sources, sinks)]
    solved: dict[bytes, Array] = {}
    for hour in range(DAY):
        runs = [
            np.array([hour in one.hours for one in points], bool) for points in (sources, sinks)
        ]
        able = fits & runs[0][:, None] & runs[1][None, :] if fits.size else fits
        if not able.any():
            continue
        key = runs[0].tobytes() + runs[1].tobytes()
        if key not in solved:
            solved[key] = _hour(power[0], power[1], km, able, kept)
        flow[hour] = solved[key]
    return flow


def _hour(free: Array, wanted: Array, km: Array, able: Any, kept: Array) -> Array:
    """Megawatts that arrive in an hour: most of all, then over the shortest ways."""
    from scipy.sparse import coo_array, vstack

    i, k = np.nonzero(able)
    n = len(i)
    column = np.arange(n)
    # What a source gives is what arrives and what is lost on the way.
    gives = coo_array((1 / kept[i, k], (i, column)), shape=(len(free), n))
    gets = coo_array((np.ones(n), (k, column)), shape=(len(wanted), n))
    limits, most = vstack([gives, gets]).tocsr(), np.concatenate([free, wanted])
    first = _least(-np.ones(n), limits, most)
    total = float(first.sum())
    whole = vstack([limits, coo_array(-np.ones((1, n)))]).tocsr()
    bound = np.append(most, -total)
    found = _least(km[i, k], whole, bound)
    flow = np.zeros(able.shape)
    flow[i, k] = np.maximum(found, 0.0)
    return flow


def _least(costs: Array, rows: Any, most: Array) -> Array:
    from scipy.optimize import linprog

    ended = linprog(costs, A_ub=rows, b_ub=most, bounds=(0, None), method="highs")
    if ended.status != 0:
        says = Text(f"求解器失败:{ended.message}", f"the solver failed: {ended.message}")
        raise Unavailable(says, Text("检查数据的量级", "look at the size of the figures"))
    return np.asarray(ended.x, float)
