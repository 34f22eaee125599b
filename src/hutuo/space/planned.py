"""Roads and lines that are planned or tried, from the tables ``link``, ``line``, ``station``, ``headway``."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hutuo.space.networks import Left
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.space.lines import Line
    from hutuo.space.seats import Extra, Model
    from hutuo.space.spots import Map


def extra(
    region: "Region", where: "Map", model: "Model", factor: float
) -> "tuple[Extra, tuple[Left, ...], list[str]]":
    """Roads of table ``link`` that hold on the day, both ways where they are, and what is lost."""
    import numpy as np

    from hutuo.space.seats import Extra

    start, end, minutes, sources = [], [], [], []
    lost = 0
    for row in region.records("link"):
        ends = where.spot(row["from_place"]), where.spot(row["to_place"])
        took = _driving(row, ends, model, factor) if None not in ends else None
        if took is None:
            lost += 1
            continue
        one, other = ((spot.lon, spot.lat) for spot in ends if spot)
        ways = [(one, other)] if row["oneway"] else [(one, other), (other, one)]
        start += [way[0] for way in ways]
        end += [way[1] for way in ways]
        minutes += [took] * len(ways)
        sources.append(row["source"])
    what = Text(
        "没有点位、用时或等级的规划道路", "planned roads without points, minutes or a class"
    )
    found = Extra(
        np.array(start, float).reshape(-1, 2),
        np.array(end, float).reshape(-1, 2),
        np.array(minutes),
    )
    return found, (Left(what, lost),) if lost else (), sources


def _driving(row: dict[str, Any], ends: Any, model: "Model", factor: float) -> float | None:
    """Minutes to drive a planned road; None where neither minutes nor a class with a speed is told."""
    import numpy as np

    from hutuo.base.sphere import kilometres
    from hutuo.space.roadtable import class_speeds

    if row["minutes"] is not None:
        return float(row["minutes"])
    kmh = class_speeds().get(row["class"] or "")
    if kmh is None:
        return None
    one, other = (np.array([spot.lon, spot.lat]) for spot in ends)
    km = row["length_km"]
    if km is None:
        km = float(kilometres(one, other)) * model.detour
    return float(km / (kmh * factor) * 60)


def planned_lines(
    region: "Region", stops: set[str]
) -> "tuple[list[Line], tuple[Left, ...], list[str]]":
    """Lines of table ``line`` that run: with a headway, and minutes or a speed between all stations.

    Args:
        region: View of the region on a day.
        stops: Stops of the timetable.
    """
    stations: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(region.records("station"), key=lambda row: row["sequence"]):
        stations.setdefault(row["line"], []).append(row)
    headways: dict[str, dict[int, float]] = {}
    for row in region.records("headway"):
        headways.setdefault(row["line"], {})[row["hour"]] = row["minutes"]
    rows = region.records("line")
    found, sources = [], []
    for row in rows:
        line = _line(row, stations.get(row["line"], []), headways.get(row["line"], {}), stops)
        if line is not None:
            found.append(line)
            sources.append(row["source"])
    lost = len(rows) - len(found)
    what = Text(
        "没有发车间隔、区间时间或站点坐标的线路",
        "lines without headways, minutes or the coordinates of their stations",
    )
    return found, (Left(what, lost),) if lost else (), sources


def _line(
    row: dict[str, Any], stations: list[dict[str, Any]], headway: dict[int, float], stops: set[str]
) -> "Line | None":
    from hutuo.space.lines import Line

    places = [_station(one, stops) for one in stations]
    minutes = _hops(stations, row["speed_kmh"])
    if not headway or len(places) < 2 or None in places or minutes is None:  # noqa: PLR2004 - ends
        return None
    return Line(
        row["line"],
        [place for place in places if place is not None],
        headway,
        minutes,
        dwell=row["dwell_seconds"] / 60,
        both=row["both_ways"],
        mode=row["mode"],
        name=row["zh"],
    )


def _station(row: dict[str, Any], stops: set[str]) -> Any:
    from hutuo.space.lines import Station

    if row["stop"] is not None:
        return row["stop"] if row["stop"] in stops else None
    if row["lon"] is None or row["lat"] is None:
        return None
    return Station(f"{row['line']}/{row['sequence']}", row["lon"], row["lat"], row["zh"])


def _hops(stations: list[dict[str, Any]], kmh: float | None) -> list[float] | None:
    """Minutes of each hop; None where one is not told and cannot be worked out."""
    import numpy as np

    from hutuo.base.sphere import kilometres

    found = []
    for before, row in pairwise(stations):
        if row["minutes"] is not None:
            found.append(float(row["minutes"]))
            continue
        ends = [np.array([one["lon"], one["lat"]], float) for one in (before, row)]
        if kmh is None or np.isnan(ends).any():
            return None
        found.append(float(kilometres(*ends)) / kmh * 60)
    return found
