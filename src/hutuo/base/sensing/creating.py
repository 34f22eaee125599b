"""Entities are created: checked whole, with those that are given within, and made known to the other parts.

A datastream becomes what the base knows: its thing a place of kind ``sensor``, its location a boundary, its
observed property an indicator. A thing, a property or a datastream may say in its ``properties`` that it is
one that is known: ``place``, ``indicator``, ``source``.

Source: OGC 18-088, 10.2.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base.sensing import known, submitting
from hutuo.base.sensing.comparing import instant
from hutuo.base.sensing.inbox import VERB
from hutuo.base.sensing.kinds import KINDS, Entity, kind_of
from hutuo.base.sensing.observed import told
from hutuo.base.sensing.schema import SENSING, entity
from hutuo.base.sensing.submitting import FEATURE
from hutuo.errors import BadAsk, BadInput, Finding, HutuoError, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

Links = Mapping[str, list[int]]
# Entities that may be given within another, by its kind and link.
WITHIN = {
    "Things": ("Locations", "Datastreams", "HistoricalLocations"),
    "Datastreams": ("Thing", "Sensor", "ObservedProperty", "Observations"),
    "HistoricalLocations": ("Thing", "Locations"),
    "Locations": ("Things",),
    "Sensors": ("Datastreams",),
    "ObservedProperties": ("Datastreams",),
    "FeaturesOfInterest": ("Observations",),
}


class Draft:
    """Entities that are being created, not yet written.

    Attributes:
        made: They, with the ids that they get.
        observations: Readings that were given within, with the id of their datastream.
    """

    def __init__(self, region: "Region", registry: "Registry") -> None:
        self.region, self.registry = region, registry
        self.made: list[Entity] = []
        self.observations: list[tuple[int, Mapping[str, Any]]] = []
        self._found: dict[tuple[str, int], Entity] = {}
        self._last: dict[str, int] = {}

    def add(self, kind: str, body: Any, links: Links) -> int:
        """An entity and all that is given within it; its id.

        Args:
            kind: Name of its kind.
            body: As it came.
            links: Entities that it hangs on by the path that it was posted to.

        Raises:
            BadInput: It lacks something or has what is none of its properties.
        """
        checked(kind, body)
        mine = {
            k: list(v) for k, v in links.items() if k in {**KINDS[kind].one, **KINDS[kind].many}
        }
        within = WITHIN[kind]
        for link in within:
            if link in KINDS[kind].one and link in body:
                mine[link] = [self.given(KINDS[kind].one[link], body[link], link)]
        properties = {k: v for k, v in body.items() if k in KINDS[kind].properties}
        how = {
            "Things": self._add_thing,
            "Datastreams": self._add_datastream,
            "HistoricalLocations": self._add_historical_location,
            "FeaturesOfInterest": self._add_feature,
        }
        return how.get(kind, self._add)(kind, properties, body, mine)

    def find(self, kind: str, number: int) -> Entity:
        """An entity that is there or is being made."""
        return self._found.get((kind, number)) or self.registry.find(kind, number)

    def reading(self, stream: int, body: Any) -> None:
        """Note an observation; its feature of interest is made where it is given within."""
        if isinstance(body, Mapping) and not submitting.named(body.get(FEATURE)):
            number = self.given("FeaturesOfInterest", body[FEATURE], FEATURE)
            body = {**body, FEATURE: {"@iot.id": number}}
        self.observations.append((stream, body))

    def _add(self, kind: str, properties: Mapping[str, Any], body: Any, links: Links) -> int:
        """A location, a sensor or an observed property."""
        made = self._make(kind, properties, {})
        given = body.get("Things", ()) if kind == "Locations" else ()
        things = [self.given("Things", one, "Things") for one in given]
        for thing in [*links.get("Things", ()), *things]:
            self.moved(thing, [made])
        for one in body.get("Datastreams", ()):
            self.add("Datastreams", one, {KINDS[kind].single: [made]})
        return made

    def _add_feature(
        self, kind: str, properties: Mapping[str, Any], body: Any, _links: Links
    ) -> int:
        made = self._make(kind, properties, {})
        for one in body.get("Observations", ()):
            self.reading(submitting.stream_of(one), {**one, FEATURE: {"@iot.id": made}})
        return made

    def _add_thing(
        self, kind: str, properties: Mapping[str, Any], body: Any, _links: Links
    ) -> int:
        made = self._make(kind, properties, {})
        places = [self.given("Locations", one, "Locations") for one in body.get("Locations", ())]
        if places:
            self.moved(made, places)
        for link in ("HistoricalLocations", "Datastreams"):
            for one in body.get(link, ()):
                self.add(link, one, {"Thing": [made]})
        return made

    def _add_datastream(
        self, kind: str, properties: Mapping[str, Any], body: Any, links: Links
    ) -> int:
        lacking = [link for link in WITHIN[kind][:3] if link not in links]
        if lacking:
            raise faulty(kind, [(link, LACKING) for link in lacking])
        thing = self.find("Things", links["Thing"][0])
        what = self.find("ObservedProperties", links["ObservedProperty"][0])
        number = self._next(kind)
        own = known.meaning(self.region, properties, thing, what, number, self._taken)
        made = self._make(kind, properties, links, own)
        for one in body.get("Observations", ()):
            self.reading(made, one)
        return made

    def _add_historical_location(
        self, kind: str, properties: Mapping[str, Any], body: Any, links: Links
    ) -> int:
        given = body.get("Locations", ())
        places = [self.given("Locations", one, "Locations") for one in given]
        if "Thing" not in links or not places:
            raise faulty(kind, [(link, LACKING) for link in ("Thing", "Locations")])
        return self._make(kind, properties, {**links, "Locations": places})

    def moved(self, thing: int, places: list[int]) -> None:
        """Note that a thing stands at these locations from now on."""
        time = told(datetime.now(UTC))
        links = {"Thing": [thing], "Locations": places}
        self._make("HistoricalLocations", {"time": time}, links)

    def given(self, kind: str, given: Any, link: str) -> int:
        """Id of an entity that is given within another: named by its id, or made."""
        if isinstance(given, Mapping) and "@iot.id" in given and len(given) == 1:
            number = given["@iot.id"]
            return int(self.find(kind, number).id)
        if not isinstance(given, Mapping):
            raise faulty(kind, [(link, Text("应为对象", "should be an object"))])
        return self.add(kind, given, {})

    def _taken(self, place: str, indicator: str) -> bool:
        """Whether another datastream's readings stand there."""
        mine = [one.own for one in self.made if one.kind == "Datastreams"]
        here = any((own["place"], own["indicator"]) == (place, indicator) for own in mine)
        return here or self.registry.datastream(place, indicator) is not None

    def _next(self, kind: str) -> int:
        return self._last.get(kind, self.registry.last[kind]) + 1

    def _make(
        self,
        kind: str,
        body: Mapping[str, Any],
        links: Links,
        own: Mapping[str, Any] | None = None,
    ) -> int:
        number = self._last[kind] = self._next(kind)
        one = Entity(kind, number, dict(body), dict(links), own or {})
        self._found[kind, number] = one
        self.made.append(one)
        return number


LACKING = Text("缺少", "is missing")


def create(region: "Region", registry: "Registry", kind: str, body: Any, links: Links) -> Entity:
    """Create an entity with all that is given within it.

    Args:
        region: View of the region.
        registry: Its entities.
        kind: Name of the kind.
        body: As it came.
        links: Entities that it hangs on by the path that it was posted to.

    Raises:
        BadInput: It is faulty; nothing is written.
    """
    kind_of(kind)
    if kind == "Observations" and submitting.named(_feature(body, links)):
        return _observation(region, registry, body, links)
    # Ids are handed out by one writer at a time, of whichever process.
    with registry.store.writing(SENSING) as connection, registry.guard:
        registry.refresh()
        draft = Draft(region, registry)
        number = 0
        if kind == "Observations":
            draft.reading(_stream(body, links), body)
        else:
            number = draft.add(kind, body, links)
        submitting.check(draft.find, draft.observations)
        frames = known.frames(region, draft.find, registry, draft.made)
        if frames:
            region.record(frames, verb=VERB)
        connection.execute(sa.insert(entity), [stored(one) for one in draft.made])
    registry.refresh()
    done = submitting.submit(region, registry, draft.observations)
    return done[0] if kind == "Observations" else registry.find(kind, number)


def create_batch(region: "Region", registry: "Registry", body: Any) -> list[Entity | HutuoError]:
    """Observations of a data array; each is made, or why it is not is told, in order.

    Raises:
        BadInput: It is no data array.
    """
    rows, faults = submitting.unpacked(body)
    good = [row for row, fault in zip(rows, faults, strict=True) if fault is None]
    done = iter(submitting.submit_each(region, registry, good))
    return [next(done) if fault is None else fault for fault in faults]


def _observation(region: "Region", registry: "Registry", body: Any, links: Links) -> Entity:
    if FEATURE in links and isinstance(body, Mapping):
        body = {**body, FEATURE: {"@iot.id": links[FEATURE][0]}}
    return submitting.submit(region, registry, [(_stream(body, links), body)])[0]


def _feature(body: Any, links: Links) -> Any:
    """What an observation is of, as it was given; None where that is where its thing stands."""
    told = body.get(FEATURE) if isinstance(body, Mapping) else None
    return {"@iot.id": links[FEATURE][0]} if FEATURE in links else told


def _stream(body: Any, links: Links) -> int:
    streams = links.get("Datastream")
    return submitting.stream_of(body) if streams is None else streams[0]


def checked(kind: str, body: Any, *, whole: bool = True) -> None:
    """Refuse what lacks something that it must have, or has what it cannot have; all of it is told.

    Args:
        kind: Name of the kind.
        body: As it came.
        whole: Whether it is all of the entity; else what is left out stays as it is.

    Raises:
        BadInput: It is so.
    """
    if not isinstance(body, Mapping):
        raise faulty(kind, [("", Text("应为对象", "should be an object"))])
    about = KINDS[kind]
    asked = [name for name in about.required if whole or name in body]
    faults = [(name, LACKING) for name in asked if body.get(name) is None]
    texts = [n for n in ("name", "description", "definition", "encodingType", "time") if n in body]
    faults += [
        (name, Text("应为文字", "should be text"))
        for name in texts
        if not isinstance(body[name], str)
    ]
    if isinstance(body.get("time"), str) and not _is_instant(body["time"]):
        faults.append(("time", Text("不是时刻", "is no instant")))
    faults += [
        (name, Text("应为列表", "should be a list"))
        for name in WITHIN[kind]
        if name in about.many and not isinstance(body.get(name, []), list)
    ]
    possible = {*about.properties, *WITHIN[kind]}
    given = [name for name in body if "@iot." not in name]
    for name in given:
        if name not in possible:
            error = one_of(name, f"property of {about.single}", sorted(possible))
            faults.append((name, Text(*error.words)))
    if faults:
        raise faulty(kind, faults)


def _is_instant(text: str) -> bool:
    try:
        instant(text)
    except BadAsk:
        return False
    return True


def faulty(kind: str, faults: Sequence[tuple[str, Text]]) -> BadInput:
    """An error of an entity, with its faults by property."""
    single = KINDS[kind].single
    says = Text(f"{single}有误:", f"the {single} is faulty:")
    return BadInput(says, [Finding(single, None, name, why) for name, why in faults])


def stored(one: Entity) -> dict[str, Any]:
    """An entity as a row of the store."""
    written = {
        name: json.dumps(getattr(one, name), ensure_ascii=False)
        for name in ("body", "links", "own")
    }
    return {"kind": one.kind, "id": one.id, **written}
