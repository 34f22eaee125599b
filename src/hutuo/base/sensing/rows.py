"""What expressions ask of an entity: its properties, and those of entities that it is linked with."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.sensing import observed
from hutuo.base.sensing.kinds import KINDS, LATEST, Entity
from hutuo.base.sensing.odata import Several
from hutuo.base.sensing.submitting import FEATURE, STANDING
from hutuo.errors import BadAsk, one_of

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

IDS = ("id", "@iot.id")
Test = Callable[[Entity], bool]
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
        if link == FEATURE:
            return _feature(self, given)
        return next(iter(self.registry.follow(given, link)), None)

    def readings(self, owner: Entity | None) -> tuple[list[Entity], Test]:
        """Datastreams whose observations are an entity's, and whether one of these is: a feature has some.

        Args:
            owner: A datastream, a feature of interest, or None for all observations.
        """
        streams = list(self.registry.entities["Datastreams"].values())
        if owner is None:
            return streams, _any
        if owner.kind == "Datastreams":
            return [owner], _any
        if not str(owner.id).startswith(STANDING):
            named = observed.naming(self.region)
            mine = [s for s in streams if (s.own["place"], s.own["indicator"]) in named]
            return mine, lambda one: one.links.get(FEATURE) == [owner.id]
        place = self.registry.find("Locations", int(str(owner.id).removeprefix(STANDING)))
        there = [
            stream
            for thing in self.registry.follow(place, "Things")
            for stream in self.registry.follow(thing, "Datastreams")
        ]
        return there, lambda one: FEATURE not in one.links

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
        if name in kind.many:
            others = _several(self.seen, self.entity, name)
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


def _any(_one: Entity) -> bool:
    return True


def _several(seen: Seen, owner: Entity, link: str) -> list[Entity]:
    """Entities that a link leads to; of observations all are read."""
    if link != "Observations":
        return seen.registry.follow(owner, link)
    streams, test = seen.readings(owner)
    found = observed.walk(seen.region, streams, slice(None), newest_first=False)
    return list(filter(test, found))


def _flat(values: Sequence[Any]) -> Several:
    return Several(
        one for value in values for one in (value if isinstance(value, Several) else (value,))
    )


def _feature(seen: Seen, given: Entity) -> Entity | None:
    """What an observation is of: what it was made with, else where its thing is."""
    registry = seen.registry
    if told := given.links.get(FEATURE):
        return registry.find("FeaturesOfInterest", told[0])
    stream = registry.find("Datastreams", given.links["Datastream"][0])
    thing = registry.follow(stream, "Thing")[0]
    return next(map(standing, registry.follow(thing, "Locations")), None)


def standing(place: Entity) -> Entity:
    """A location as a feature of interest: what is observed is where the thing stands, unless told."""
    body = {name: place.body[name] for name in ("name", "description", "encodingType")}
    body["feature"] = place.body["location"]
    return Entity("FeaturesOfInterest", f"{STANDING}{place.id}", body, {}, {})
