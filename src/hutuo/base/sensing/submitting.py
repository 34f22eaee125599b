"""Observations that come in: read, checked and recorded; a whole data array at once.

Source: OGC 18-088, 10.2 (create) and 12.2 (data array).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from hutuo.base.sensing import inbox
from hutuo.base.sensing.comparing import Span, instant
from hutuo.base.sensing.inbox import Row
from hutuo.base.sensing.kinds import KINDS, Entity
from hutuo.base.sensing.latest import Reading
from hutuo.base.sensing.observed import observation
from hutuo.errors import BadInput, Finding, HutuoError, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

Given = tuple[int, Mapping[str, Any]]
Find = Callable[[str, int], Entity]
# What is told of a reading beside its time and result; it is kept as a remark.
BESIDE = ("resultTime", "resultQuality", "validTime", "parameters")
FEATURE = "FeatureOfInterest"
# Ids of features of interest that are locations begin so.
STANDING = "Location:"


def submit(region: "Region", registry: "Registry", given: Sequence[Given]) -> list[Entity]:
    """Record observations, all of them or none.

    Args:
        region: View of the region.
        registry: Its entities.
        given: Each with the id of its datastream.

    Raises:
        BadInput: One is faulty.
    """
    done = submit_each(region, registry, given, whole=True)
    return [one for one in done if isinstance(one, Entity)]


def submit_each(
    region: "Region", registry: "Registry", given: Sequence[Given], *, whole: bool = False
) -> list[Entity | HutuoError]:
    """Record observations; what comes of each, in order.

    Args:
        region: View of the region.
        registry: Its entities.
        given: Each with the id of its datastream.
        whole: Whether a faulty one stops all.

    Raises:
        HutuoError: Nothing could be written, or one is faulty where all are wanted.
    """
    now = datetime.now(UTC)
    rows: list[Row] = []
    at: list[int] = []
    found: list[Entity | HutuoError] = []
    for number, body in given:
        try:
            stream = registry.find("Datastreams", number)
            row = _row(stream, body, registry.find, now)
        except HutuoError as error:
            if whole:
                raise
            found.append(error)
            continue
        rows.append(row)
        at.append(len(found))
        found.append(observation(stream, Reading(*row[2:5], row.note, now)))
    if whole:
        inbox.put(region, rows)
        return found
    for place, refused in zip(at, _put(region, rows), strict=True):
        if refused is not None:
            found[place] = refused
    return found


def _put(region: "Region", rows: list[Row]) -> list[BadInput | None]:
    """Record rows; where a batch is refused its halves are tried, so that a faulty row stops no other."""
    try:
        inbox.put(region, rows)
    except BadInput as error:
        if len(rows) == 1:
            return [error]
        half = len(rows) // 2
        return [*_put(region, rows[:half]), *_put(region, rows[half:])]
    return [None] * len(rows)


def check(find: Find, given: Sequence[Given]) -> None:
    """Refuse faulty observations before anything is written."""
    for number, body in given:
        _row(find("Datastreams", number), body, find, datetime.now(UTC))


def stream_of(body: Any) -> int:
    """Id of the datastream that an observation names.

    Raises:
        BadInput: It names none.
    """
    link = body.get("Datastream") if isinstance(body, Mapping) else None
    number = link.get("@iot.id") if isinstance(link, Mapping) else None
    if not isinstance(number, int):
        says = Text('应为{"@iot.id": 1}', 'should be {"@iot.id": 1}')
        raise _faulty([Finding("Observation", None, "Datastream", says)])
    return number


def unpacked(body: Any) -> tuple[list[Given], list[HutuoError | None]]:
    """Observations of a data array, and what is wrong with those that are none.

    Raises:
        BadInput: It is no data array.
    """
    rows: list[Given] = []
    faults: list[HutuoError | None] = []
    for at, block in enumerate(body if isinstance(body, list) else [body], 1):
        stream, names, cells = _block(block, at)
        for row in cells:
            fault = None
            if not isinstance(row, list) or len(row) != len(names):
                says = Text(f"应有{len(names)}格", f"should have {len(names)} cells")
                fault = _faulty([Finding("dataArray", len(rows) + 1, "", says)])
            rows.append((stream, dict(zip(names, row, strict=True)) if fault is None else {}))
            faults.append(fault)
    return rows, faults


def _block(block: Any, at: int) -> tuple[int, list[str], list[Any]]:
    """Datastream, names of the columns and rows of one block."""
    stream = stream_of(block)
    names, cells = block.get("components"), block.get("dataArray")
    good = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not good or not isinstance(cells, list):
        says = Text("应为列表", "should be a list")
        where = "dataArray" if good else "components"
        raise _faulty([Finding("CreateObservations", at, where, says)])
    return stream, names, cells


def _row(stream: Entity, body: Any, find: Find, now: datetime) -> Row:
    """A reading as a row.

    Raises:
        BadInput: It is faulty; all of it is told.
    """
    if not isinstance(body, Mapping):
        raise _faulty([Finding("Observation", None, "", Text("应为对象", "should be an object"))])
    faults: list[Finding] = []
    value, fault = _value(body.get("result"))
    if fault is not None:
        faults.append(Finding("Observation", None, "result", fault))
    known = {*KINDS["Observations"].properties, "Datastream", FEATURE, f"{FEATURE}/id"}
    for name in body:
        if name not in known and "@iot." not in name:
            words = one_of(name, "property of Observation", sorted(known)).words
            faults.append(Finding("Observation", None, name, Text(*words)))
    if faults:
        raise _faulty(faults)
    begin, end = _times(body.get("phenomenonTime"), now)
    own = stream.own
    note = _note(body, find)
    return Row(own["place"], own["indicator"], begin, end, value, own["unit"], own["source"], note)


def _value(given: Any) -> tuple[float, Text | None]:
    """A result as a figure, or why it is none."""
    if isinstance(given, str):
        # Some clients write numbers as texts.
        try:
            given = float(given)
        except ValueError:
            given = None
    if not isinstance(given, bool | int | float) or not isfinite(given):
        return 0.0, Text("应为数字", "should be a number")
    return float(given), None


def _times(given: Any, now: datetime) -> tuple[datetime, datetime | None]:
    """Begin and end of what was observed; now, where that is not told.

    Raises:
        BadInput: It is no time, or ends before it begins.
    """
    if given is None:
        return now, None
    first, slash, last = str(given).partition("/")
    when = Span(instant(first), instant(last)) if slash else instant(first)
    if isinstance(when, datetime):
        return when, None
    if when.last <= when.first:
        says = Text(f"“{given}”的终点不晚于起点", f"'{given}' does not end after it begins")
        raise _faulty([Finding("Observation", None, "phenomenonTime", says)])
    return when.first, when.last


def named(feature: Any) -> bool:
    """Whether what an observation is of is told by an id, or not told; else it is given within."""
    return not isinstance(feature, Mapping) or list(feature) == ["@iot.id"]


def _note(body: Mapping[str, Any], find: Find) -> str | None:
    told = {name: body[name] for name in BESIDE if body.get(name) not in (None, {}, "")}
    link = body.get(FEATURE) or body.get(f"{FEATURE}/id")
    number = link.get("@iot.id") if isinstance(link, Mapping) and named(link) else link
    if isinstance(number, str) and number.startswith(STANDING):
        # Where the thing stands is what is observed if nothing is told.
        number = None
    if number is not None:
        if not isinstance(number, int):
            says = Text('应为{"@iot.id": 1}', 'should be {"@iot.id": 1}')
            raise _faulty([Finding("Observation", None, FEATURE, says)])
        told[FEATURE] = int(find("FeaturesOfInterest", number).id)
    return json.dumps(told, ensure_ascii=False) if told else None


def _faulty(faults: Sequence[Finding]) -> BadInput:
    return BadInput(Text("Observation有误:", "the Observation is faulty:"), faults)
