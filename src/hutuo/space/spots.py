"""Places of a region as points to travel between: seats of units, points of places, coordinates."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hutuo.base.geographies import today
from hutuo.errors import BadAsk
from hutuo.space.lacking import no_members
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

COORDINATES = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;/ ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
SEAT, POINT, INNER, GIVEN = "seat", "point", "inner", "given"


@dataclass(frozen=True)
class Spot:
    """A place as a point.

    Attributes:
        place: Its id, or the coordinates as they were given.
        name: What it is called.
        lon: Degrees (WGS 84).
        lat: Degrees.
        kind: ``seat`` of a unit, ``point`` of a place, ``inner`` point of a polygon, ``given`` coordinates.
        unit: Unit that it is, or is part of; None for other places.
        whole: Whether it is all of that unit.
    """

    place: str
    name: Text
    lon: float
    lat: float
    kind: str
    unit: str | None = None
    whole: bool = True


class Map:
    """What a region knows of where its places are, on the day of its view."""

    def __init__(self, region: "Region") -> None:
        self.region = region if region.at else replace(region, at=today(region))
        self.units = {row["unit"]: row for row in self.region.records("unit")}
        self.places = {row["place"]: row for row in self.region.records("place")}
        self.drawn = {row["place"]: row for row in self.region.records("boundary")}

    def members(self, place_set: str) -> list[str]:
        """Members of a set, without those that it names as excluded.

        Raises:
            NotFound: There is no such set, or it has no members on the day.
        """
        rows = self.region.records("membership", set=place_set)
        if not rows:
            raise no_members(self.region, place_set)
        return [row["member"] for row in rows if row["role"] != "excluded"]

    def spots(self, given: Iterable[str]) -> tuple[list[Spot], list[str]]:
        """Points of places, and the places for which none is known.

        Args:
            given: Ids of units, places and sets (their members), or coordinates as ``114.5/38.0``.

        Raises:
            NotFound: A place that there is none of.
            BadAsk: Coordinates that are none.
        """
        wanted: list[str] = []
        for one in given:
            wanted += self.members(one) if one.startswith("set:") else [one]
        found, lost = [], []
        for one in dict.fromkeys(wanted):
            spot = self.spot(one)
            found.append(spot) if spot else lost.append(one)
        return found, lost

    def spot(self, given: str) -> Spot | None:
        """The point of one place; None if none is known.

        Raises:
            NotFound: There is no such place.
            BadAsk: Coordinates that are none.
        """
        told = COORDINATES.fullmatch(given)
        if told and given not in self.units:
            return _given(given, float(told[1]), float(told[2]))
        name = self.region.name_of(given)
        if given in self.units:
            return self._unit(given, given, name)
        row = self.places.get(given)
        if row is None:
            return None
        if given in self.drawn:
            return self._drawn(given, name, row["part_of"])
        if row["part_of"]:
            return self._unit(given, row["part_of"], name)
        return None

    def _unit(self, place: str, unit: str, name: Text) -> Spot | None:
        row = self.units.get(unit)
        if row and row["lon"] is not None and row["lat"] is not None:
            return Spot(place, name, row["lon"], row["lat"], SEAT, unit, place == unit)
        drawn = self.drawn.get(unit)
        if drawn is None:
            return None
        where = drawn["label_lon"], drawn["label_lat"]
        return Spot(place, name, *where, INNER, unit, place == unit)

    def _drawn(self, place: str, name: Text, part_of: str | None) -> Spot:
        row = self.drawn[place]
        kind = POINT if row["area_km2"] == 0 else INNER
        return Spot(
            place, name, row["label_lon"], row["label_lat"], kind, part_of, part_of is None
        )


def lonlat(spots: Iterable[Spot | Mapping[str, Any]]) -> "NDArray[np.float64]":
    """Degrees of spots, (spots, 2)."""
    import numpy as np

    rows = [(s.lon, s.lat) if isinstance(s, Spot) else (s["lon"], s["lat"]) for s in spots]
    return np.array(rows, float).reshape(-1, 2)


def _given(text: str, lon: float, lat: float) -> Spot:
    if not on_earth(lon, lat):
        turned = f"{lat:g}/{lon:g}" if on_earth(lat, lon) else "114.5/38.0"
        says = Text(f"“{text}”不是地球上的点", f"'{text}' is no point on Earth")
        hint = Text(f"先经度后纬度,如{turned}", f"longitude comes first, as {turned}")
        raise BadAsk(says, hint)
    return Spot(text, Text(text, text), lon, lat, GIVEN)


def on_earth(lon: float, lat: float) -> bool:
    """Whether both are degrees that there are."""
    return abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 - degrees
