"""What sensors are, kept in memory beside the store: rows are only added there, so only new ones are read."""

import json
import threading
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base.sensing.comparing import instant
from hutuo.base.sensing.kinds import KINDS, Entity
from hutuo.base.sensing.schema import SENSING, change, entity
from hutuo.base.store import Store, store_of
from hutuo.errors import NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hutuo.base.region import Region

NEVER = datetime.min.replace(tzinfo=UTC)
_registries: dict[int, "Registry"] = {}
_opening = threading.Lock()
# A link back is the other end of one that an entity was made with.
_BACK = {
    ("Datastreams", "Thing"): ("Things", "Datastreams"),
    ("Datastreams", "Sensor"): ("Sensors", "Datastreams"),
    ("Datastreams", "ObservedProperty"): ("ObservedProperties", "Datastreams"),
    ("HistoricalLocations", "Thing"): ("Things", "HistoricalLocations"),
    ("HistoricalLocations", "Locations"): ("Locations", "HistoricalLocations"),
}


class Registry:
    """The entities of one region."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.guard = threading.RLock()
        self.entities: dict[str, dict[int, Entity]] = {kind: {} for kind in KINDS}
        # An id is given once, also when its entity is gone.
        self.last: dict[str, int] = dict.fromkeys(KINDS, 0)
        self._changed = 0
        self._back: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        # Moves of things, also those that are told no more: where a thing is does not follow from what
        # is left of its history.
        self._moves: dict[int, Entity] = {}
        # Where a thing is: the locations of its latest move, with that time.
        self._here: dict[int, tuple[datetime, list[int]]] = {}
        self._pairs: dict[tuple[str, str], int] = {}

    def refresh(self) -> "Registry":
        """Take in what was added since, by whichever process."""
        with self.store.reading(SENSING) as connection:
            newest = sa.select(entity.c.kind, sa.func.max(entity.c.id)).group_by(entity.c.kind)
            for kind, last in connection.execute(newest).all():
                first = self.last[kind]
                if last > first:
                    asked = sa.select(entity).where(entity.c.kind == kind, entity.c.id > first)
                    self._take(connection.execute(asked.order_by(entity.c.id)).all())
            asked = sa.select(change).where(change.c.number > self._changed)
            changes = connection.execute(asked.order_by(change.c.number)).all()
        if changes:
            self._follow_changes(changes)
        return self

    def find(self, kind: str, number: int | str) -> Entity:
        """The entity of that id.

        Raises:
            NotFound: There is none.
        """
        found = self.entities[kind].get(number) if isinstance(number, int) else None
        if found is None:
            says = Text(f"没有{kind}({number})", f"there is no {kind}({number})")
            raise NotFound(says, Text(f"{kind}列出全部", f"{kind} lists them"))
        return found

    def follow(self, one: Entity, link: str) -> list[Entity]:
        """Entities that a link leads to, but for observations, by their ids."""
        kind = KINDS[one.kind].one.get(link) or KINDS[one.kind].many[link]
        there = self.entities[kind]
        return [there[number] for number in self._linked(one, link) if number in there]

    def datastream(self, place: str, indicator: str) -> Entity | None:
        """The datastream whose readings stand for a place and an indicator."""
        number = self._pairs.get((place, indicator))
        return None if number is None else self.entities["Datastreams"][number]

    def _linked(self, one: Entity, link: str) -> list[int]:
        if not isinstance(one.id, int):
            # An observation hangs on what it was made with, and nothing on it.
            return list(one.links.get(link, []))
        number = one.id
        if (one.kind, link) == ("Things", "Locations"):
            return self._here.get(number, (NEVER, []))[1]
        if (one.kind, link) == ("Locations", "Things"):
            return [thing for thing, (_, there) in self._here.items() if number in there]
        return one.links.get(link) or self._back.get((one.kind, link, number), [])

    def _take(self, rows: "Iterable[Any]") -> None:
        with self.guard:
            for kind, number, body, links, own in rows:
                if number <= self.last[kind]:
                    continue
                made = Entity(kind, number, json.loads(body), json.loads(links), json.loads(own))
                self._note(made, number)
                self.entities[kind][number] = made
                self.last[kind] = number

    def _follow_changes(self, rows: "Iterable[Any]") -> None:
        """Take in what became of entities; links that led to them are found anew."""
        with self.guard:
            for at, kind, number, body, links, own in rows:
                if at <= self._changed:
                    continue
                self._changed = at
                if body is None:
                    self.entities[kind].pop(number, None)
                    continue
                told = (json.loads(text) for text in (body, links, own))
                self.entities[kind][number] = Entity(kind, number, *told)
            self._back, self._here, self._pairs = defaultdict(list), {}, {}
            for kind in KINDS:
                for number, one in sorted(self.entities[kind].items()):
                    self._note(one, number)
            for _, move in sorted(self._moves.items()):
                self._move(move)

    def _note(self, made: Entity, number: int) -> None:
        for link, others in made.links.items():
            if (back := _BACK.get((made.kind, link))) is not None:
                for other in others:
                    self._back[*back, other].append(number)
        if made.kind == "HistoricalLocations":
            self._moves[number] = made
            self._move(made)
        if made.kind == "Datastreams":
            self._pairs[made.own["place"], made.own["indicator"]] = number

    def _move(self, made: Entity) -> None:
        (thing,), when = made.links["Thing"], instant(made.body["time"])
        if when >= self._here.get(thing, (NEVER, []))[0]:
            self._here[thing] = (when, made.links["Locations"])


def registry_of(region: "Region") -> Registry:
    """The entities of a region, up to date."""
    store = store_of(region)
    with _opening:
        found = _registries.get(id(store))
        if found is None or found.store is not store:
            found = _registries[id(store)] = Registry(store)
    with found.guard:
        return found.refresh()
