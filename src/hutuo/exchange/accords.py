"""Registers of mutual recognition: schemes, their parties and items, who lists what, what is suspended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.exchange.lying import around
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

Row = Mapping[str, Any]
Rows = Sequence[Row]
SIDES = {"issues": ("issues", "both"), "accepts": ("accepts", "both")}


class Accords(NamedTuple):
    """Rows of all periods, by what they are looked up by.

    Attributes:
        schemes: By scheme.
        parties: By scheme.
        items: By scheme and item.
        institutions: By institution.
        listings: By scheme, institution and item.
        suspensions: By scheme and institution.
        lies: By place, what it lies in, itself among it.
    """

    schemes: Mapping[str, Rows]
    parties: Mapping[str, Rows]
    items: Mapping[tuple[str, str], Rows]
    institutions: Mapping[str, Rows]
    listings: Mapping[tuple[str, str, str], Rows]
    suspensions: Mapping[tuple[str, str], Rows]
    lies: Mapping[str, Collection[str]]


def accords(
    region: "Region", item: str | None = None, institutions: Sequence[str] = ()
) -> Accords:
    """The registers as known, of all items and institutions or only of those that are named."""
    whole = replace(region, at=None)
    of_item = {"item": item} if item is not None else {}
    of_one = {"institution": list(institutions)} if institutions else {}
    listed = ("scheme", "institution", "item")
    return Accords(
        _by(("scheme",), whole.records("scheme")),
        _by(("scheme",), whole.records("scheme_party")),
        _by(("scheme", "item"), whole.records("scheme_item", **of_item)),
        _by(("institution",), whole.records("institution", **of_one)),
        _by(listed, whole.records("recognition", **of_item, **of_one)),
        _by(listed[:2], whole.records("suspension", **of_one)),
        around(region),
    )


def holds(row: Row, day: date) -> bool:
    """Whether a row's period holds a day; its end is the first day on which it no longer does."""
    first, end = row["valid_from"], row["valid_to"]
    return (first is None or first <= day) and (end is None or day < end)


def holding(rows: Iterable[Row], day: date) -> Row | None:
    """The row that holds on a day, of several the one that began last; None if there is none."""
    found = [row for row in rows if holds(row, day)]
    return max(found, key=lambda row: row["valid_from"] or date.min, default=None)


def latest(rows: Iterable[Row]) -> Row | None:
    """The row that began last, whether it holds or not."""
    return max(rows, key=lambda row: row["valid_from"] or date.min, default=None)


def party(known: Accords, scheme: str, institution: Row, side: str) -> list[Row]:
    """Rows by which an institution is a party of a scheme, by itself or by a place that it lies in.

    Args:
        known: The registers.
        scheme: Scheme.
        institution: Row of the institution.
        side: ``issues`` or ``accepts``.
    """
    places = known.lies.get(institution["place"], {institution["place"]})
    return [
        row
        for row in known.parties.get(scheme, ())
        if row["side"] in SIDES[side]
        and (
            row["institution"] == institution["institution"]
            if row["institution"] is not None
            else row["place"] in places
        )
    ]


def period(row: Row) -> Text:
    """The period of a row in words."""
    first, end = row["valid_from"], row["valid_to"]
    return Text(
        f"{first or '起始不详'}起{f',{end}止(不含)' if end else ''}",
        f"from {first or 'before the records'}{f' until before {end}' if end else ''}",
    )


def called(row: Row | None, otherwise: str) -> Text:
    """What a row is called; as it was asked for where there is no row."""
    return Text(row["zh"], row["en"] or row["zh"]) if row else Text(otherwise, otherwise)


def listed(cell: str | None) -> list[str]:
    """Names of a list that is separated by ``|``."""
    return [name.strip() for name in (cell or "").split("|") if name.strip()]


def _by(columns: Sequence[str], rows: Iterable[Row]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        found.setdefault(key if len(columns) > 1 else key[0], []).append(row)
    return found
