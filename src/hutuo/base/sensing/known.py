"""What sensors are to the other parts: places, boundaries, indicators, a source."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hutuo.base.sensing.kinds import POINTED, Entity
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.units import UNITS

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

Find = Callable[[str, int], Entity]
SOURCE = {
    "source": "sensorthings",
    "zh": "经SensorThings接口写入的读数",
    "en": "Readings written over SensorThings",
    "publisher": "未注明 / not told",
    "licence": "未注明 / not told",
    "quality": "B",
    "origin": "/sta/v1.1/",
}
TOPIC = "environment"
# How places that were made for sensors begin.
SENSOR = "sensor:"
# What units are called by sensors (UCUM, QUDT, plain) and here.
CALLED = {
    "°c": "degC",
    "℃": "degC",
    "degc": "degC",
    "cel": "degC",
    "degree celsius": "degC",
    "celsius": "degC",
    "µg/m³": "ug/m3",
    "μg/m³": "ug/m3",
    "µg/m3": "ug/m3",
    "μg/m3": "ug/m3",
    "ug/m^3": "ug/m3",
    "mg/m³": "mg/m3",
    "mg/l": "mg/L",
    "m³/s": "m3/s",
    "m^3/s": "m3/s",
    "w/m²": "W/m2",
    "metre": "m",
    "meter": "m",
    "percent": "%",
    "percentage": "%",
    "min": "minute",
    "h": "hour",
    "kw.h": "kWh",
    "[ph]": "pH",
    "ph": "pH",
    "db(a)": "dB",
    "db[spl]": "dB",
    "µs/cm": "uS/cm",
    "μs/cm": "uS/cm",
    "ntu": "NTU",
    "{count}": "count",
    "1": "ratio",
}


def meaning(
    region: "Region",
    body: Mapping[str, Any],
    thing: Entity,
    what: Entity,
    number: int,
    taken: Callable[[str, str], bool],
) -> dict[str, str]:
    """Place, indicator, unit and source of a datastream.

    Args:
        region: View of the region.
        body: Properties of the datastream.
        thing: Thing that it belongs to.
        what: Property that is observed.
        number: Id of the datastream.
        taken: Whether readings of another datastream stand at a place and an indicator.

    Raises:
        BadInput: Something that it names is not known; all of it is told.
    """
    told = [_own(one) for one in (body, thing.body, what.body)]
    named = {k: v for given in reversed(told) for k, v in given.items()}
    faults = []
    place = str(named.get("place") or f"{SENSOR}thing-{thing.id}")
    indicator = str(named.get("indicator") or _same(region, what))
    source = str(named.get("source") or SOURCE["source"])
    for name, there in (
        ("place", region.names),
        ("indicator", region.indicators),
        ("source", region.sources),
    ):
        if name in named and named[name] not in there:
            says = Text(f"没有“{named[name]}”", f"'{named[name]}' is not there")
            faults.append(Finding("Datastream", None, f"properties.{name}", says))
    unit = unit_of(body.get("unitOfMeasurement"))
    if unit is None:
        faults.append(Finding("Datastream", None, "unitOfMeasurement", _no_unit(body)))
    if taken(place, indicator):
        if "place" in named:
            says = Text(
                f"“{place}”的“{indicator}”已属于另一个Datastream",
                f"'{indicator}' at '{place}' is another datastream's",
            )
            faults.append(Finding("Datastream", None, "properties.place", says))
        # Two sensors of a thing read the same: each stands for itself.
        place = f"{place}-{number}"
    if faults:
        raise BadInput(Text("Datastream有误:", "the Datastream is faulty:"), faults)
    return {"place": place, "indicator": indicator, "unit": str(unit), "source": source}


def unit_of(given: Any) -> str | None:
    """The unit of measure that is meant by symbol, name or definition; None if it is not known."""
    if not isinstance(given, Mapping):
        return None
    definition = str(given.get("definition") or "")
    # As "ucum:ug/m3", "http://qudt.org/vocab/unit#DegreeCelsius" or "http://unitsofmeasure.org/Cel".
    ends = [re.split(sign, definition)[-1] for sign in (r"ucum:", r"[#/]")]
    for text in (given.get("symbol"), given.get("name"), *ends):
        plain = str(text or "").strip()
        if plain in UNITS:
            return plain
        if (meant := CALLED.get(plain.lower())) in UNITS:
            return meant
    return None


def frames(
    region: "Region", find: Find, registry: "Registry", made: Sequence[Entity]
) -> "dict[str, pd.DataFrame]":
    """Rows of the tables of the base that new entities bring, by table; none where all is known."""
    import pandas as pd

    rows: dict[str, dict[Any, dict[str, Any]]] = {
        n: {} for n in ("source", "place", "indicator", "boundary")
    }
    for stream in (one for one in made if one.kind == "Datastreams"):
        own = stream.own
        if own["source"] not in region.sources:
            rows["source"][own["source"]] = SOURCE
        if own["place"] not in region.names:
            thing = find("Things", stream.links["Thing"][0])
            rows["place"][own["place"]] = place_of(own, thing)
        if own["indicator"] not in region.indicators:
            what = find("ObservedProperties", stream.links["ObservedProperty"][0])
            rows["indicator"][own["indicator"]] = _indicator(own, what)
    for place, where in _stood(find, registry, made).items():
        if place.startswith(SENSOR):
            rows["boundary"][place] = where
    return {name: pd.DataFrame([*found.values()]) for name, found in rows.items() if found}


def _own(body: Mapping[str, Any]) -> dict[str, Any]:
    given = body.get("properties")
    names = ("place", "indicator", "source")
    return {k: given[k] for k in names if k in given} if isinstance(given, Mapping) else {}


def _same(region: "Region", what: Entity) -> str:
    """The indicator that an observed property is by its name, else one of its own."""
    name = what.body["name"]
    for key, row in region.indicators.items():
        if name in (key, row["zh"], row["en"]):
            return key
    return f"sensed-{what.id}"


def place_of(own: Mapping[str, str], thing: Entity) -> dict[str, Any]:
    """A thing as the place where it senses."""
    name, note = thing.body["name"], thing.body["description"]
    shown = {"zh": name, "en": name, "note": note or None}
    return {"place": own["place"], "kind": "sensor", **shown, "source": own["source"]}


def _indicator(own: Mapping[str, str], what: Entity) -> dict[str, Any]:
    name, says = what.body["name"], what.body["description"] or what.body["definition"]
    told = {"zh": name, "en": name, "definition_zh": says, "definition_en": says}
    kind = {"unit": own["unit"], "topic": TOPIC, "aggregation": "none"}
    return {"indicator": own["indicator"], **told, **kind}


def _stood(find: Find, registry: "Registry", made: Sequence[Entity]) -> dict[str, dict[str, Any]]:
    """Boundaries of places whose thing got a datastream or moved."""
    at: dict[int, list[int]] = {}
    for one in made:
        if one.kind == "HistoricalLocations":
            at[one.links["Thing"][0]] = one.links["Locations"]
    streams = [one for one in made if one.kind == "Datastreams"]
    for thing in at:
        there = registry.entities["Things"].get(thing)
        streams += registry.follow(there, "Datastreams") if there else []
    found = {}
    for stream in streams:
        number = stream.links["Thing"][0]
        places = at.get(number)
        if places is None and (thing_there := registry.entities["Things"].get(number)):
            places = [int(one.id) for one in registry.follow(thing_there, "Locations")]
        for place in places or ():
            row = boundary_of(stream.own, find("Locations", place))
            if row is not None:
                found[stream.own["place"]] = row
    return found


def boundary_of(own: Mapping[str, str], place: Entity) -> dict[str, Any] | None:
    """Where a location is; None where it is told in words.

    Raises:
        BadInput: It is no GeoJSON.
    """
    import shapely

    given = place.body["location"]
    if place.body["encodingType"] not in POINTED or not isinstance(given, Mapping):
        return None
    try:
        geometry = given["geometry"] if given.get("type") == "Feature" else given
        shape = shapely.geometry.shape(geometry)
        inside = shape.representative_point()
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        says = Text("不是GeoJSON", "is no GeoJSON")
        found = [Finding("Location", None, "location", says)]
        raise BadInput(Text("Location有误:", "the Location is faulty:"), found) from error
    size = {"area_km2": 0.0, "label_lon": inside.x, "label_lat": inside.y}
    return {
        "place": own["place"],
        "geometry": shapely.to_wkb(shape),
        **size,
        "source": own["source"],
    }


def _no_unit(body: Mapping[str, Any]) -> Text:
    given = body.get("unitOfMeasurement")
    known = ", ".join(UNITS)
    return Text(
        f"“{given}”不是已知的计量单位;已知:{known}", f"{given} is no known unit; known: {known}"
    )
