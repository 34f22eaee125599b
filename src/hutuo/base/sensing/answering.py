"""Answers to requests: an entity or a collection of them as JSON, with links and what is expanded within.

Source: OGC 18-088, 9.2 and 9.3.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hutuo.base.sensing import observed
from hutuo.base.sensing.kinds import KINDS, Entity, Kind, kind_of
from hutuo.base.sensing.odata import expression, holds
from hutuo.base.sensing.options import NAMES, Options, options
from hutuo.base.sensing.rows import Row, Seen, standing
from hutuo.base.sensing.submitting import STANDING
from hutuo.errors import BadAsk, NotFound, one_of
from hutuo.glossary import Text

_STEP = re.compile(r"([A-Za-z$]\w*)(?:\((.+)\))?")
Address = Callable[[str], str]


class Asked(NamedTuple):
    """A request for entities.

    Attributes:
        seen: Where entities are looked for.
        address: Makes an address of a path beneath the root.
        path: Path of the request.
        options: Options as they were written.
    """

    seen: Seen
    address: Address
    path: str
    options: dict[str, str]


class Place(NamedTuple):
    """Where a path leads: to a collection of a kind, of an entity where it is one's own, or to one entity."""

    kind: Kind
    owner: Entity | None = None
    link: str = ""
    entity: Entity | None = None


def answer(asked: Asked) -> Any:
    """What a request gets: a collection, an entity, or a property of one.

    Raises:
        NotFound: The path leads nowhere.
        BadAsk: An option is wrong.
    """
    steps = [step for step in asked.path.strip("/").split("/") if step]
    place, rest = walked(asked.seen, steps)
    if rest:
        return _property(asked, place, rest)
    wanted = options(asked.options, place.kind)
    if place.entity is not None:
        return shown(asked, place.entity, wanted)
    return _collection(asked, place, wanted, asked.path.strip("/"))


def walked(seen: Seen, steps: Sequence[str]) -> tuple[Place, list[str]]:
    """Where a path leads, and the steps that are left: a property, ``$value`` or ``$ref``.

    Raises:
        NotFound: A step leads nowhere.
    """
    name, number = _step(steps[0])
    place = _placed(seen, Place(kind_of(name)), number)
    for at, step in enumerate(steps[1:], 1):
        name, number = _step(step)
        if place.entity is None or name in place.kind.properties or name.startswith("$"):
            return place, list(steps[at:])
        if name in place.kind.one:
            found = seen.one(place.entity, name)
            if found is None:
                says = Text(f"{steps[at - 1]}没有{name}", f"{steps[at - 1]} has no {name}")
                raise NotFound(says)
            place = Place(KINDS[found.kind], entity=found)
        elif name in place.kind.many:
            kind = KINDS[place.kind.many[name]]
            place = _placed(seen, Place(kind, place.entity, name), number)
        else:
            links = [*place.kind.properties, *place.kind.one, *place.kind.many]
            raise one_of(name, f"property or link of {place.kind.single}", links)
    return place, []


def shown(asked: Asked, entity: Entity, wanted: Options) -> dict[str, Any]:
    """An entity as JSON."""
    kind, path = KINDS[entity.kind], path_of(entity)
    body = asked.seen.body(entity)
    told: dict[str, Any] = {"@iot.id": entity.id, "@iot.selfLink": asked.address(path)}
    told |= {name: body[name] for name in kind.properties if name in body}
    for link in [*kind.one, *kind.many]:
        told[f"{link}@iot.navigationLink"] = asked.address(f"{path}/{link}")
    if wanted.select:
        told = _selected(told, kind, wanted)
    for link, inner in wanted.expand.items():
        told.pop(f"{link}@iot.navigationLink", None)
        if link in kind.one:
            other = asked.seen.one(entity, link)
            told[link] = None if other is None else shown(asked, other, inner)
        else:
            place = Place(KINDS[kind.many[link]], entity, link)
            found = _collection(asked, place, inner, f"{path}/{link}")
            told[link] = found["value"]
            told |= {f"{link}{name}": v for name, v in found.items() if name != "value"}
    return told


def path_of(entity: Entity) -> str:
    """Path of an entity beneath the root."""
    name = entity.id if isinstance(entity.id, int) else f"'{entity.id}'"
    return f"{entity.kind}({name})"


def _collection(asked: Asked, place: Place, wanted: Options, path: str) -> dict[str, Any]:
    test = _test(asked.seen, wanted.filter)
    found: dict[str, Any] = {}
    if _is_latest(place, wanted):
        # What is asked for more than anything else, and of thousands of datastreams at once.
        return _latest(asked, place, wanted, path)
    if wanted.counted:
        found["@iot.count"] = _count(asked.seen, place, wanted, test)
    page = observed.page(_ordered(asked.seen, place, wanted), test, wanted.skip, wanted.top)
    # A page of none would be followed by the same one for ever.
    if page.more and wanted.top:
        found["@iot.nextLink"] = _next(asked, path, wanted)
    return found | {"value": [shown(asked, one, wanted) for one in page.rows]}


def _is_latest(place: Place, wanted: Options) -> bool:
    """Whether the latest observation of a datastream is asked for."""
    timed = len(wanted.order) == 1 and wanted.order[0].path == "phenomenonTime"
    one = timed and wanted.order[0].down and (wanted.top, wanted.skip) == (1, 0)
    of_one = place.owner is not None and place.owner.kind == "Datastreams"
    mine = place.kind.name == "Observations" and of_one
    return one and mine and not wanted.filter and not wanted.counted


def _latest(asked: Asked, place: Place, wanted: Options, path: str) -> dict[str, Any]:
    (stream,), _ = asked.seen.readings(place.owner)
    known = observed.ends_of(asked.seen.region, stream)
    if known is None:
        return {"value": []}
    told = [shown(asked, observed.observation(stream, known.last), wanted)]
    more = known.first < known.last.valid_from
    return ({"@iot.nextLink": _next(asked, path, wanted)} if more else {}) | {"value": told}


def _ordered(seen: Seen, place: Place, wanted: Options) -> Iterator[Entity]:
    """Entities in the order that is asked for."""
    order = list(wanted.order)
    if place.kind.name == "Observations":
        timed = len(order) == 1 and order[0].path == "phenomenonTime"
        newest_first = timed and order[0].down
        bounds = observed.bounds(wanted.filter)
        streams, mine = seen.readings(place.owner)
        found: Iterator[Entity] = filter(
            mine, observed.walk(seen.region, streams, bounds, newest_first=newest_first)
        )
        if timed or not order:
            return found
    else:
        found = iter(_stored(seen, place))
    rows = list(found)
    for key in reversed(order):
        rows.sort(key=lambda one: _rank(key.by(Row(seen, one))), reverse=key.down)
    return iter(rows)


def _count(seen: Seen, place: Place, wanted: Options, test: Callable[[Entity], bool]) -> int:
    of_feature = place.owner is not None and place.owner.kind == "FeaturesOfInterest"
    if place.kind.name == "Observations" and not wanted.filter and not of_feature:
        return observed.count(seen.region, seen.readings(place.owner)[0], slice(None))
    return sum(map(test, _ordered(seen, place, wanted._replace(order=()))))


def _stored(seen: Seen, place: Place) -> list[Entity]:
    if place.owner is not None:
        return seen.registry.follow(place.owner, place.link)
    found = list(seen.registry.entities[place.kind.name].values())
    if place.kind.name == "FeaturesOfInterest":
        found += map(standing, seen.registry.entities["Locations"].values())
    return found


def _test(seen: Seen, condition: str) -> Callable[[Entity], bool]:
    if not condition:
        return lambda _one: True
    found = expression(condition)
    return lambda one: holds(found, Row(seen, one))


def _rank(value: Any) -> tuple[int, Any]:
    """A value for sorting: nothing first, numbers before texts before times."""
    if value is None:
        return 0, 0
    if isinstance(value, bool | int | float):
        return 1, value
    if isinstance(value, str):
        return 2, value
    return 3, getattr(value, "first", value)


def _next(asked: Asked, path: str, wanted: Options) -> str:
    """Address of the next page; the options are those of the request, or of what is expanded."""
    mine = path == asked.path.strip("/")
    kept = {k: v for k, v in asked.options.items() if k != "$skip"} if mine else _written(wanted)
    query = "&".join(f"{k}={_quoted(v)}" for k, v in kept.items())
    skip = f"$skip={wanted.skip + wanted.top}"
    return asked.address(f"{path}?{query}&{skip}" if query else f"{path}?{skip}")


def _written(wanted: Options) -> dict[str, str]:
    order = ",".join(f"{key.path} {'desc' if key.down else 'asc'}" for key in wanted.order)
    told = {"$top": str(wanted.top), "$filter": wanted.filter, "$orderby": order}
    return {name: text for name, text in told.items() if text}


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="$(),;=/'@")


def _selected(told: dict[str, Any], kind: Kind, wanted: Options) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in wanted.select:
        plain = "@iot.id" if name == "id" else name
        link = f"{name}@iot.navigationLink"
        if plain in told:
            kept[plain] = told[plain]
        elif link in told:
            kept[link] = told[link]
        elif plain not in kind.properties:
            known = ["id", *kind.properties, *kind.one, *kind.many]
            error = one_of(name, f"property of {kind.name}", known)
            raise BadAsk(error.words, error.advice)
    return kept


def _property(asked: Asked, place: Place, rest: list[str]) -> Any:
    """A property of an entity, bare with ``$value``; or addresses only, with ``$ref``."""
    if rest == ["$ref"] and place.entity is None:
        plain = {name: text for name, text in asked.options.items() if name in NAMES}
        found = _collection(asked, place, options(plain, place.kind), asked.path.strip("/"))
        return found | {
            "value": [
                {k: v for k, v in one.items() if k == "@iot.selfLink"} for one in found["value"]
            ]
        }
    value = rest[-1] == "$value"
    steps = rest[:-1] if value else rest
    if place.entity is None or not steps:
        says = Text(f"“{asked.path}”没有内容", f"'{asked.path}' leads nowhere")
        raise NotFound(says, Text("如Things(1)/name", "as Things(1)/name"))
    told: Any = asked.seen.body(place.entity)
    for step in steps:
        inner = told if isinstance(told, dict) else {}
        if step not in inner:
            raise one_of(step, f"property of {asked.path}", list(inner))
        told = inner[step]
    return told if value else {steps[-1]: told}


def _placed(seen: Seen, place: Place, number: str | None) -> Place:
    if number is None:
        return place
    if place.kind.name == "Observations":
        return place._replace(entity=observed.find(seen.region, seen.registry, number.strip("'")))
    plain = number.strip("'")
    if place.kind.name == "FeaturesOfInterest" and plain.startswith(STANDING):
        (owner, _) = walked(seen, [f"Locations({plain.removeprefix(STANDING)})"])
        return place._replace(entity=standing(owner.entity)) if owner.entity else place
    if not number.isdigit() or len(number) > 15:  # noqa: PLR2004 - no id has more digits
        says = Text(f"没有{place.kind.name}({number})", f"there is no {place.kind.name}({number})")
        raise NotFound(says, Text("标识是整数", "ids are whole numbers"))
    found = seen.registry.find(place.kind.name, int(number))
    if place.owner is not None and found not in seen.registry.follow(place.owner, place.link):
        says = Text(
            f"{place.kind.name}({number})不在其中", f"{place.kind.name}({number}) is not of it"
        )
        raise NotFound(says)
    return place._replace(entity=found)


def _step(text: str) -> tuple[str, str | None]:
    found = _STEP.fullmatch(text)
    if found is None:
        says = Text(f"“{text}”读不懂", f"'{text}' cannot be read")
        raise NotFound(says, Text("如Things(1)", "as Things(1)"))
    return found[1], found[2]
