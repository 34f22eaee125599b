"""Protocols (联动预案): which body is told of what and has what to do, where something happens."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.warned import LEVELS
from hutuo.errors import BadInput, Finding, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Reached",
    "Step",
    "Tables",
    "bodies_of",
    "downstream_of",
    "steps_of",
    "tables_of",
    "units_of",
    "upstream_of",
]


class Tables:
    """Tables that protocols rest on, each read once: a watch asks them for every warning.

    Args:
        region: View of the region.
    """

    def __init__(self, region: "Region") -> None:
        self._region = replace(region, as_of=None)
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._shapes: dict[str, Any] = {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows that hold today, or all where rows hold for no time."""
        if name not in self._rows:
            versioned = name != "place"
            self._rows[name] = (
                self._region.current(name) if versioned else self._region.records(name)
            )
        return self._rows[name]

    def shape(self, place: str) -> Any:
        """Boundary of a place as a shape."""
        import shapely

        if place not in self._shapes:
            drawn = next(row for row in self.rows("boundary") if row["place"] == place)
            self._shapes[place] = shapely.from_wkb(drawn["geometry"])
        return self._shapes[place]


class Step(NamedTuple):
    """What one body is told, or has to do.

    Attributes:
        kind: ``notify`` or ``task``.
        body: The body.
        minutes: Minutes within which it is to be acknowledged or done.
        escalate_to: Body that is told when it was not acknowledged; None for nobody.
        says: What is told or to be done.
    """

    kind: str
    body: str
    minutes: float
    escalate_to: str | None
    says: Text


class Reached(NamedTuple):
    """A place down- or upstream, and minutes that what flows takes between; None where they are not known."""

    place: str
    minutes: float | None


def steps_of(region: "Region | Tables", protocol: str, level: str, place: str) -> list[Step]:
    """Steps that a protocol takes, in its order; a body is told once and has each thing to do once.

    Args:
        region: View of the region, or its tables.
        protocol: The protocol.
        level: Level of what happens; steps of graver levels are left out.
        place: Where it happens.

    Raises:
        NotFound: There is no such protocol.
        BadInput: A step names no body where it should.
    """
    now = tables_of(region)
    known = [row["protocol"] for row in now.rows("protocol")]
    if protocol not in known:
        raise one_of(protocol, "protocol", known)
    mine = [row for row in now.rows("protocol_step") if row["protocol"] == protocol]
    rows = sorted(mine, key=_ordinal)
    _check(rows)
    whom = _whom(now, place, {row["whose"] or "named" for row in rows})
    found: dict[tuple[str, str, Text | None], Step] = {}
    for row in rows:
        if row["level"] and LEVELS.index(level) > LEVELS.index(row["level"]):
            continue
        for body in whom.get(row["whose"] or "named", [row["body"]]):
            says = Text(row["zh"], row["en"])
            key = (row["kind"], body, None if row["kind"] == "notify" else says)
            step = Step(row["kind"], body, row["minutes"], row["escalate_to"], says)
            found.setdefault(key, step)
    return list(found.values())


def _whom(now: Tables, place: str, whose: set[str]) -> dict[str, list[str]]:
    """Bodies that steps may be for, by whose they are; those of the place are not told twice."""
    here = bodies_of(now, units_of(now, place)) if whose - {"named"} else []
    found = {"here": here}
    for name, reached in (("downstream", downstream_of), ("upstream", upstream_of)):
        if name in whose:
            units = [unit for one in reached(now, place) for unit in units_of(now, one.place)]
            found[name] = [one for one in bodies_of(now, units) if one not in here]
    return found


def tables_of(region: "Region | Tables") -> Tables:
    """The tables of a region, where they are not read yet."""
    return region if isinstance(region, Tables) else Tables(region)


def units_of(region: "Region | Tables", place: str) -> list[str]:
    """Units that a place lies in, itself first where it is one, the smallest first."""
    import shapely

    now = tables_of(region)
    units = {row["unit"]: row["parent"] for row in now.rows("unit")}
    if place not in units:
        row = next((row for row in now.rows("place") if row["place"] == place), None)
        drawn = {row["place"]: row for row in now.rows("boundary")}
        if row and row["part_of"]:
            place = row["part_of"]
        elif place in drawn:
            point = shapely.Point(drawn[place]["label_lon"], drawn[place]["label_lat"])
            over = [
                (drawn[unit]["area_km2"], unit)
                for unit in units
                if unit in drawn and now.shape(unit).covers(point)
            ]
            place = min(over, default=(0.0, place))[1]
    return list(_upwards(place, units))


def bodies_of(region: "Region | Tables", units: Iterable[str]) -> list[str]:
    """Bodies that serve units, in the order of the units."""
    rows = tables_of(region).rows("body")
    order = list(dict.fromkeys(units))
    return [row["body"] for unit in order for row in rows if row["unit"] == unit]


def downstream_of(region: "Region | Tables", place: str) -> list[Reached]:
    """Places downstream, the soonest reached first, each by its quickest way.

    Args:
        region: View of the region.
        place: Unit or place; each of its units counts as it.
    """
    return _reached(region, place, "from_place", "to_place")


def upstream_of(region: "Region | Tables", place: str) -> list[Reached]:
    """Places whose water comes here, the nearest in time first, as :func:`downstream_of`."""
    return _reached(region, place, "to_place", "from_place")


def _reached(region: "Region | Tables", place: str, start: str, end: str) -> list[Reached]:
    """Places that links lead to, by the column that each begins in and the one that it ends in."""
    now = tables_of(region)
    links: dict[str, list[dict[str, Any]]] = {}
    for row in now.rows("downstream"):
        links.setdefault(row[start], []).append(row)
    found: dict[str, float | None] = {}
    begins = [place] if place in links else units_of(now, place)[:1]
    waiting: list[tuple[str, float | None]] = [(one, 0.0) for one in begins]
    while waiting:
        waiting.sort(key=_soonest)
        at, took = waiting.pop(0)
        if at in found or (at in begins and took != 0.0):
            continue
        found[at] = took
        for row in links.get(at, ()):
            unknown = took is None or row["minutes"] is None
            waiting.append((row[end], None if unknown else took + row["minutes"]))
    return [Reached(at, took) for at, took in found.items() if at not in begins]


def _check(rows: Iterable[dict[str, Any]]) -> None:
    says = Text("whose为named的步骤须填写body", "a step whose is named needs a body")
    faults = [
        Finding("protocol_step", None, f"{row['protocol']}:{row['ordinal']}", says)
        for row in rows
        if (row["whose"] or "named") == "named" and row["body"] is None
    ]
    if faults:
        raise BadInput(Text("联动预案有误:", "the protocol is faulty:"), faults)


def _upwards(unit: str, parents: dict[str, str | None]) -> Iterator[str]:
    at: str | None = unit
    while at is not None and at in parents:
        yield at
        at = parents[at]


def _ordinal(row: dict[str, Any]) -> int:
    return int(row["ordinal"])


def _soonest(one: tuple[str, float | None]) -> tuple[bool, float, str]:
    return one[1] is None, one[1] or 0.0, one[0]
