"""What expressions ask of an entity: its properties, and those of entities that it is linked with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.sensing import observed
from hutuo.base.sensing.kinds import KINDS, LATEST, Entity
from hutuo.base.sensing.odata import Several
from hutuo.errors import BadAsk, one_of

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

IDS = ("id", "@iot.id")
# Ids of features of interest that are locations begin so.
STANDING = "Location:"
TIMES = ("phenomenonTime", "resultTime", "validTime", "time")


class Seen(NamedTuple):
    """Where entities are looked for.

    Attributes:
        region: View of the region.
        registry: Its entities.
    """

    region: "Region"
    registry: "Registry"

    def one(self, given: Entity, link: str) -> Entity | None:
        """The entity that a link leads to, if there is one."""
        if link == LATEST:
            return observed.newest(self.region, given)
        if link == "FeatureOfInterest":
            return _feature(self, given)
        return next(iter(self.registry.follow(given, link)), None)

    def body(self, given: Entity) -> dict[str, Any]:
        """Properties of an entity, also those that follow from others."""
        told = dict(given.body)
        if given.kind == "Datastreams" and (lasting := observed.lasting(self.region, given)):
            told["phenomenonTime"] = lasting
        return told


class Row(NamedTuple):
    """An entity as an expression asks it."""

    seen: Seen
    entity: Entity

    def value(self, path: Sequence[str]) -> Any:
        """What a path of properties and links leads to.

        Raises:
            BadAsk: The kind of entity has no such property or link.
        """
        name, rest = path[0], path[1:]
        kind = KINDS[self.entity.kind]
        if name in IDS:
            return self.entity.id
        if name in kind.one:
            other = self.seen.one(self.entity, name)
            return None if other is None else Row(self.seen, other).value(rest or IDS)
        if name in kind.many and name != "Observations":
            others = self.seen.registry.follow(self.entity, name)
            return _flat([Row(self.seen, other).value(rest or IDS) for other in others])
        if name not in kind.properties:
            error = one_of(name, f"property of {kind.name}", [*kind.properties, *kind.one])
            raise BadAsk(error.words, error.advice)
        return self._property(name, rest)

    def _property(self, name: str, rest: Sequence[str]) -> Any:
        body = self.entity.body
        found = self.seen.body(self.entity).get(name) if name in TIMES else body.get(name)
        for step in rest:
            found = found.get(step) if isinstance(found, dict) else None
        if name in TIMES and isinstance(found, str):
            return observed.span(found)
        return found


def _flat(values: Sequence[Any]) -> Several:
    return Several(
        one for value in values for one in (value if isinstance(value, Several) else (value,))
    )


def _feature(seen: Seen, given: Entity) -> Entity | None:
    """What an observation is of: what it was made with, else where its thing is."""
    registry = seen.registry
    if told := given.links.get("FeatureOfInterest"):
        return registry.find("FeaturesOfInterest", told[0])
    stream = registry.find("Datastreams", given.links["Datastream"][0])
    thing = registry.follow(stream, "Thing")[0]
    return next(map(standing, registry.follow(thing, "Locations")), None)


def standing(place: Entity) -> Entity:
    """A location as a feature of interest: what is observed is where the thing stands, unless told."""
    body = {name: place.body[name] for name in ("name", "description", "encodingType")}
    body["feature"] = place.body["location"]
    return Entity("FeaturesOfInterest", f"{STANDING}{place.id}", body, {}, {})
