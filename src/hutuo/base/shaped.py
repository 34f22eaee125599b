"""Tables whose rows have shapes, which of their rows a map client asks for, and for which time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.periods import day_of
from hutuo.base.systems import Box
from hutuo.base.tables import Table, tables
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import Text, label

if TYPE_CHECKING:
    from hutuo.base.region import Region

# Their shapes lie in the table of boundaries.
BOUNDED = {"unit": "unit", "place": "place"}


class Collection(NamedTuple):
    """A table whose rows have a shape.

    Attributes:
        table: Its declaration.
        shape: ``boundary`` (in that table), ``geometry`` (a column) or ``point`` (longitude and latitude).
    """

    table: Table
    shape: str

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.table.name

    @property
    def title(self) -> Text:
        """What it is called."""
        return label(f"collection:{self.name}")

    @property
    def keys(self) -> list[str]:
        """Columns that make a feature's id; a period is told apart by its first day behind ``@``."""
        return [key for key in self.table.keys if key not in ("valid_from", "valid_to", "grain")]

    @property
    def filters(self) -> dict[str, str]:
        """Columns by which features are chosen, with the type of each."""
        return {c.column: c.type for c in self.table.columns if c.type != "blob"}


class Period(NamedTuple):
    """Days [first, last] asked for; None is open."""

    first: date | None
    last: date | None


class Wanted(NamedTuple):
    """Which features of a collection are asked for.

    Attributes:
        box: They touch it.
        where: Column to the value that it has, as text.
        period: They hold at some day of it; None for the day of the view.
    """

    box: Box | None = None
    where: Mapping[str, str] = {}
    period: Period | None = None


@cache
def collections() -> Mapping[str, Collection]:
    """Tables with shapes, by name."""
    found = {}
    for name, table in tables().items():
        if name in BOUNDED:
            found[name] = Collection(table, "boundary")
        elif "geometry" in table.names and name != "boundary":
            found[name] = Collection(table, "geometry")
        elif {"lon", "lat"} <= set(table.names):
            found[name] = Collection(table, "point")
    return found


def collection(name: str) -> Collection:
    """The collection of that name.

    Raises:
        NotFound: There is none.
    """
    found = collections()
    if name not in found:
        raise one_of(name, "collection", list(found))
    return found[name]


def period(given: str, zone: tzinfo) -> Period:
    """What ``datetime`` of a request means: a day, an instant, or an interval with ``..`` for an open end.

    Args:
        given: As in OGC 17-069r4, 7.15.4.
        zone: Time zone in which an instant has its day.

    Raises:
        BadAsk: It is none.
    """
    first, slash, last = given.partition("/")
    try:
        ends = [_day(end, zone) for end in ((first, last) if slash else (first, first))]
    except ValueError as error:
        hint = Text(
            "如2024-12-31、2020-01-01/2024-12-31或../2024-12-31",
            "as 2024-12-31, 2020-01-01/2024-12-31 or ../2024-12-31",
        )
        says = Text(f"datetime:“{given}”不是时间", f"datetime: '{given}' is no time")
        raise BadAsk(says, hint) from error
    if not slash and ends[0] is None:
        raise BadAsk(Text("datetime:没有写明时间", "datetime: names no time"))
    if ends[0] and ends[1] and ends[0] > ends[1]:
        says = Text(f"datetime:“{given}”的终点早于起点", f"datetime: '{given}' ends first")
        raise BadAsk(says, Text("先写起点", "write the earlier end first"))
    return Period(*ends)


def _day(text: str, zone: tzinfo) -> date | None:
    if text in ("", ".."):
        return None
    if len(text) == len("2024-12-31"):
        return date.fromisoformat(text)
    when = datetime.fromisoformat(text)
    return day_of(when if when.tzinfo else when.replace(tzinfo=zone), zone)


def day_asked(region: "Region", asked: Period | None) -> "tuple[Region, bool]":
    """The view on the one day that is asked for, or on all periods.

    Returns:
        The view, and whether features may stand in it in several periods.
    """
    if asked is None:
        return region, False
    if asked.first == asked.last and asked.first is not None:
        return replace(region, at=day_of(asked.first, region.zone)), False
    return region, True
