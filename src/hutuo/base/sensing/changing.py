"""Entities are changed and deleted: with what hangs on them, and known so to the other parts.

Rows of the store are only added, and readings are taken back, not erased: what was known before stays so.

Source: OGC 18-088, 10.3 (update an entity) and 10.4 (delete an entity, with the integrity constraints of its
table).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base.sensing import creating, known, observed, submitting
from hutuo.base.sensing.comparing import Span
from hutuo.base.sensing.creating import Draft, checked, faulty, stored
from hutuo.base.sensing.inbox import VERB
from hutuo.base.sensing.kinds import KINDS, Entity
from hutuo.base.sensing.schema import SENSING, change, entity
from hutuo.base.sensing.submitting import FEATURE, STANDING
from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

__all__ = ["delete", "patch"]

# Links that may be led elsewhere, by kind.
LED = {"Datastreams": ("Thing", "Sensor"), "Things": ("Locations",), "HistoricalLocations": ()}
# What goes with an entity when it is deleted, by kind.
HANGING = {
    "Things": ("Datastreams", "HistoricalLocations"),
    "Locations": ("HistoricalLocations",),
    "Sensors": ("Datastreams",),
    "ObservedProperties": ("Datastreams",),
}
_NOTED = """
    SELECT place, indicator, valid_from, valid_to, note FROM known
    WHERE grain IN ('hour', 'instant') AND contains(note, '"FeatureOfInterest"')
"""


def patch(region: "Region", registry: "Registry", one: Entity, body: Any) -> Entity:
    """Change what is given of an entity; the rest stays as it is.

    Args:
        region: View of the region.
        registry: Its entities.
        one: Which of them.
        body: Properties with their new values, whole each.

    Raises:
        BadInput: It is faulty, or would make readings mean something else; nothing is changed.
    """
    _changeable(one)
    if one.kind == "Observations":
        return _corrected(region, registry, one, body)
    checked(one.kind, body, whole=False)
    _same_meaning(one, body)
    with registry.store.writing(SENSING) as connection, registry.guard:
        registry.refresh()
        draft = Draft(region, registry)
        new = _changed(draft, registry.find(one.kind, one.id), body)
        frames = known.frames(region, draft.find, registry, draft.made) | _shown(
            region, registry, new
        )
        if frames:
            region.record(frames, verb=VERB)
        if draft.made:
            connection.execute(sa.insert(entity), [stored(made) for made in draft.made])
        connection.execute(sa.insert(change), [stored(new)])
    return registry.refresh().find(one.kind, one.id)


def delete(region: "Region", registry: "Registry", one: Entity) -> None:
    """Delete an entity with what cannot be without it; readings are taken back.

    Args:
        region: View of the region.
        registry: Its entities.
        one: Which of them.

    Raises:
        BadAsk: It is none of its own, as where a thing stands.
    """
    _changeable(one)
    if one.kind == "Observations":
        _take_back(region, [_key(registry, one)])
        return
    with registry.store.writing(SENSING) as connection, registry.guard:
        gone = _hanging(registry.refresh(), one)
        streams = [each for each in gone if each.kind == "Datastreams"]
        keys = [
            {name: stream.own[name] for name in ("place", "indicator")}
            for stream in streams
            if observed.ends_of(region, stream) is not None
        ]
        keys += _named(region, one) if one.kind == "FeaturesOfInterest" else []
        _take_back(region, keys)
        nothing = dict.fromkeys(("body", "links", "own"))
        rows = [{"kind": each.kind, "id": each.id, **nothing} for each in gone]
        connection.execute(sa.insert(change), rows)
    registry.refresh()


def _changeable(one: Entity) -> None:
    if str(one.id).startswith(STANDING):
        says = Text(
            f"FeaturesOfInterest('{one.id}')就是一个Location",
            f"FeaturesOfInterest('{one.id}') is a Location",
        )
        number = str(one.id).removeprefix(STANDING)
        raise BadAsk(says, Text(f"请改Locations({number})", f"change Locations({number})"))


def _changed(draft: Draft, one: Entity, body: Mapping[str, Any]) -> Entity:
    """The entity with what is given; locations that a thing gets are noted as its move."""
    links = dict(one.links)
    for link in LED.get(one.kind, ()):
        if link in body:
            several = body[link] if link in KINDS[one.kind].many else [body[link]]
            kind = {**KINDS[one.kind].one, **KINDS[one.kind].many}[link]
            numbers = [draft.given(kind, each, link) for each in several]
            if one.kind == "Things":
                draft.moved(int(one.id), numbers)
            else:
                links[link] = numbers
    told = {name: value for name, value in body.items() if name in KINDS[one.kind].properties}
    return one._replace(body={**one.body, **told}, links=links)


def _same_meaning(one: Entity, body: Mapping[str, Any]) -> None:
    """Refuse to make a datastream one of something else: its readings lie as what it was created for.

    Raises:
        BadInput: It would be.
    """
    possible = LED.get(one.kind, ())
    links = [name for name in creating.WITHIN[one.kind] if name in body and name not in possible]
    says = Text("不能改;请新建", "cannot be changed; create another one")
    faults = [(name, says) for name in links]
    if one.kind == "Datastreams":
        if "unitOfMeasurement" in body:
            unit = known.unit_of(body["unitOfMeasurement"])
            if unit != one.own["unit"]:
                faults.append(("unitOfMeasurement", _stays(one.own["unit"])))
        given = body.get("properties")
        told = given if isinstance(given, Mapping) else {}
        faults += [
            (f"properties.{name}", _stays(own))
            for name, own in one.own.items()
            if name != "unit" and told.get(name, own) != own
        ]
    if faults:
        raise faulty(one.kind, faults)


def _stays(value: str) -> Text:
    return Text(f"读数以“{value}”存放,请新建", f"readings lie as '{value}'; create another one")


def _shown(region: "Region", registry: "Registry", new: Entity) -> "dict[str, pd.DataFrame]":
    """Rows of the base that follow from what is new: the name of a sensor's place, and where it stands."""
    import pandas as pd

    if new.kind == "Things":
        streams = registry.follow(new, "Datastreams")
        own = [s.own for s in streams if s.own["place"].startswith(known.SENSOR)]
        rows = {row["place"]: known.place_of(row, new) for row in own}
        told = {name: row for name, row in rows.items() if _is_new(region, row)}
        return {"place": pd.DataFrame([*told.values()])} if told else {}
    if new.kind != "Locations":
        return {}
    found = {}
    for thing in registry.follow(new, "Things"):
        for stream in registry.follow(thing, "Datastreams"):
            row = known.boundary_of(stream.own, new)
            if row is not None and stream.own["place"].startswith(known.SENSOR):
                found[stream.own["place"]] = row
    return {"boundary": pd.DataFrame([*found.values()])} if found else {}


def _is_new(region: "Region", row: Mapping[str, Any]) -> bool:
    name = region.names.get(row["place"])
    return name is None or name.zh != row["zh"]


def _corrected(
    region: "Region", registry: "Registry", one: Entity, body: Mapping[str, Any]
) -> Entity:
    """An observation with what is given; its time is what it is known by.

    Raises:
        BadInput: It is faulty, or the time is another one.
    """
    stream = int(one.links["Datastream"][0])
    if not isinstance(body, Mapping):
        raise faulty("Observations", [("", Text("应为对象", "should be an object"))])
    told = body.get("phenomenonTime", one.body["phenomenonTime"])
    if _ends(told) != _ends(one.body["phenomenonTime"]):
        says = Text("不能改;请删除后重新写入", "cannot be changed; delete it and create another")
        raise faulty("Observations", [("phenomenonTime", says)])
    links = {FEATURE: {"@iot.id": one.links[FEATURE][0]}} if FEATURE in one.links else {}
    merged = {**one.body, **links, **body, "phenomenonTime": one.body["phenomenonTime"]}
    (made,) = submitting.submit(region, registry, [(stream, merged)])
    return made


def _ends(text: str) -> Span:
    when = observed.span(text)
    return when if isinstance(when, Span) else Span(when, when)


def _hanging(registry: "Registry", one: Entity) -> list[Entity]:
    """An entity and what hangs on it, each once."""
    found = {(one.kind, one.id): one}
    for link in HANGING.get(one.kind, ()):
        for other in registry.follow(one, link):
            found |= {(each.kind, each.id): each for each in _hanging(registry, other)}
    return [*found.values()]


def _key(registry: "Registry", one: Entity) -> dict[str, Any]:
    """By what an observation is known to the base."""
    stream = registry.find("Datastreams", int(one.links["Datastream"][0]))
    when = observed.span(one.body["phenomenonTime"])
    first, last = when if isinstance(when, Span) else (when, None)
    own = {name: stream.own[name] for name in ("place", "indicator")}
    return own | {"valid_from": first, "valid_to": last}


def _named(region: "Region", one: Entity) -> list[dict[str, Any]]:
    """Readings that name a feature of interest."""
    import json

    rows = region.query(_NOTED, "observation", past=True)
    return [
        {name: row[name] for name in ("place", "indicator", "valid_from", "valid_to")}
        for row in rows
        if json.loads(row["note"]).get(FEATURE) == one.id
    ]


def _take_back(region: "Region", keys: Sequence[Mapping[str, Any]]) -> None:
    from hutuo.base.writing import About, retract

    if not keys:
        return
    import pyarrow as pa

    when = pa.timestamp("us", tz="UTC")
    types = {"valid_from": when, "valid_to": when}
    rows = {
        name: pa.array([key[name] for key in keys], types.get(name, pa.string()))
        for name in keys[0]
    }
    retract(region, "observation", pa.table(rows), About(VERB))
