"""Kinds of entities of the SensorThings model: their properties and how they hang together.

Source: OGC 18-088 (SensorThings API, part 1, version 1.1), clause 8.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hutuo.errors import one_of

POINTED = ("application/geo+json", "application/vnd.geo+json")


class Kind(NamedTuple):
    """A kind of entity.

    Attributes:
        name: Name of its collection.
        single: What one of them is called.
        required: Properties that one must have.
        optional: Further ones.
        one: Links that lead to one entity, with its kind.
        many: Links that lead to several, with their kind.
    """

    name: str
    single: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    one: Mapping[str, str]
    many: Mapping[str, str]

    @property
    def properties(self) -> tuple[str, ...]:
        """All properties, in order."""
        return (*self.required, *self.optional)


LATEST = "LatestObservation"
_NAMED = ("name", "description")
_KINDS = (
    Kind(
        "Things",
        "Thing",
        _NAMED,
        ("properties",),
        {},
        {
            "Locations": "Locations",
            "HistoricalLocations": "HistoricalLocations",
            "Datastreams": "Datastreams",
        },
    ),
    Kind(
        "Locations",
        "Location",
        (*_NAMED, "encodingType", "location"),
        ("properties",),
        {},
        {"Things": "Things", "HistoricalLocations": "HistoricalLocations"},
    ),
    Kind(
        "HistoricalLocations",
        "HistoricalLocation",
        ("time",),
        (),
        {"Thing": "Things"},
        {"Locations": "Locations"},
    ),
    Kind(
        "Datastreams",
        "Datastream",
        (*_NAMED, "observationType", "unitOfMeasurement"),
        ("observedArea", "phenomenonTime", "resultTime", "properties"),
        # The latest observation is a link of our own: it is asked for more than anything else.
        {
            "Thing": "Things",
            "Sensor": "Sensors",
            "ObservedProperty": "ObservedProperties",
            LATEST: "Observations",
        },
        {"Observations": "Observations"},
    ),
    Kind(
        "Sensors",
        "Sensor",
        (*_NAMED, "encodingType", "metadata"),
        ("properties",),
        {},
        {"Datastreams": "Datastreams"},
    ),
    Kind(
        "ObservedProperties",
        "ObservedProperty",
        ("name", "definition", "description"),
        ("properties",),
        {},
        {"Datastreams": "Datastreams"},
    ),
    Kind(
        "Observations",
        "Observation",
        ("result",),
        ("phenomenonTime", "resultTime", "resultQuality", "validTime", "parameters"),
        {"Datastream": "Datastreams", "FeatureOfInterest": "FeaturesOfInterest"},
        {},
    ),
    Kind(
        "FeaturesOfInterest",
        "FeatureOfInterest",
        (*_NAMED, "encodingType", "feature"),
        ("properties",),
        {},
        {"Observations": "Observations"},
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}


class Entity(NamedTuple):
    """One entity.

    Attributes:
        kind: Name of its kind.
        id: Number, or for an observation text.
        body: Its properties.
        links: Ids of the entities that it was made with, by link.
        own: What only this program knows of it: its place, indicator, unit and source.
    """

    kind: str
    id: int | str
    body: Mapping[str, Any]
    links: Mapping[str, list[int]]
    own: Mapping[str, Any]


def kind_of(name: str) -> Kind:
    """The kind whose collection has that name.

    Raises:
        NotFound: There is none.
    """
    if name not in KINDS:
        raise one_of(name, "collection", list(KINDS))
    return KINDS[name]
