"""What registers have in common: the asked day, names, changes of state, and what lies within a place."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hutuo.plan.document import clause_rows, plan_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]


def day_of(region: "Region", asked: date | None) -> date:
    """The day that is asked about: the one given, else that of the view, else today in the region."""
    if asked is not None:
        return asked
    if isinstance(region.at, datetime):
        return region.at.astimezone(region.zone).date()
    return region.at or datetime.now(region.zone).date()


def changes(versions: "Sequence[Row]", *columns: str) -> "list[Row]":
    """The versions of one thing in which one of these columns changed, the first one among them.

    What main learned after a branch had said otherwise was never known on the branch, and is left out.

    Args:
        versions: Versions of one key, the oldest first; see :func:`hutuo.base.versions.versions`.
        *columns: Columns to look at; that a row was taken back, or came again, is a change too.
    """
    found: list[Row] = []
    for row in versions:
        never = row["superseded_at"] is not None and row["superseded_at"] <= row["recorded_at"]
        if not never and (not found or _told(found[-1], columns) != _told(row, columns)):
            found.append(row)
    return found


def named(row: Mapping[str, Any]) -> Text:
    """What a row is called; in Chinese for both where it has no English name."""
    return Text(row["zh"], row["en"] or row["zh"])


def bodies(region: "Region") -> dict[str, Text]:
    """What bodies are called, by id."""
    return {row["body"]: named(row) for row in region.records("body")}


def place_name(region: "Region", place: str | None) -> Text | None:
    """What a place is called; a cell of the grid is called by its id."""
    return None if place is None else region.names.get(place, Text(place, place))


def headings(region: "Region", plan: str) -> dict[str, Text]:
    """Headings of the clauses of a plan, by clause."""
    return {row["clause"]: named(row) for row in clause_rows(region, plan_of(region, plan))}


def within(region: "Region", place: str) -> set[str]:
    """A place, the members of a set, and all units and parts that lie in one of them.

    Args:
        region: View of the region, at whose day memberships hold.
        place: Unit or place.

    Raises:
        NotFound: Neither a unit nor a place has that id.
    """
    region.name_of(place)
    under: dict[str | None, list[str]] = {}
    for row in region.current("unit"):
        under.setdefault(row["parent"], []).append(row["unit"])
    for row in region.records("place", kind="part"):
        under.setdefault(row["part_of"], []).append(row["place"])
    for row in region.current("membership"):
        if row["role"] != "excluded":
            under.setdefault(row["set"], []).append(row["member"])
    return _reached(place, under)


def _told(row: Mapping[str, Any], columns: Sequence[str]) -> tuple[Any, ...]:
    return (row["retracted"], *(row[column] for column in columns))


def _reached(first: str, under: Mapping[str | None, list[str]]) -> set[str]:
    found, waiting = {first}, [first]
    while waiting:
        new = [name for name in under.get(waiting.pop(), ()) if name not in found]
        found.update(new)
        waiting += new
    return found
