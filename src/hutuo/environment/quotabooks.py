"""Energy quota as accounts of the ledger: whose, of which year, for which fuel, verified or not yet.

``UNIT/quota:YEAR`` holds quota for energy of any kind, ``UNIT/quota:YEAR:FUEL`` quota for one fuel, and
``UNIT/quota-claimed:...`` what was granted but not verified: it cannot be swapped or retired. Contracts of
the exchange post to the same accounts. What leaves goes to ``outside/retired:...`` and
``outside/cancelled:...``; what comes in comes from ``outside/granted:...``. Double entry keeps the sum of
them all at 0.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import BadInput, Finding, in_both
from hutuo.glossary import Text
from hutuo.ledger.entries import OUTSIDE, read_entries

if TYPE_CHECKING:
    from datetime import date

    from hutuo.ledger.journal import Journal

__all__ = [
    "COMMODITY",
    "FUELS",
    "Fuel",
    "Held",
    "book_of",
    "entry",
    "moved",
    "opened",
    "outside",
    "posted",
    "quantity",
    "read_book",
]

COMMODITY = "TCE"
Fuel = Literal["all", "coal", "oil", "gas", "electricity", "heat"]
FUELS: tuple[Fuel, ...] = ("all", "coal", "oil", "gas", "electricity", "heat")
Kind = Literal["quota", "quota-claimed"]
_HELD = re.compile(
    r"^(?P<unit>[^/]+)/(?P<kind>quota|quota-claimed):(?P<year>\d{4})(?::(?P<fuel>\w+))?$"
)
_OUT = re.compile(
    r"^outside/(?P<kind>granted|retired|cancelled):(?P<year>\d{4})"
    r"(?::(?P<fuel>\w+))?(?::(?P<unit>.+))?$"
)
_BOOK = re.compile(r"\((?:in_place|as_agreed)\)| in (?:in_place|as_agreed)")
YEARS = range(2000, 2101)


class Held(NamedTuple):
    """What an account of quota is.

    Attributes:
        kind: ``quota``, ``quota-claimed``, ``granted``, ``retired`` or ``cancelled``.
        unit: Whose; None where it is nobody's.
        year: Vintage.
        fuel: Class of fuel.
    """

    kind: str
    unit: str | None
    year: int
    fuel: str


def book_of(unit: str, year: int, fuel: str, kind: Kind = "quota") -> str:
    """Account of a unit's quota."""
    return f"{unit}/{kind}:{year}" + ("" if fuel == "all" else f":{fuel}")


def outside(kind: str, year: int, fuel: str, unit: str | None = None) -> str:
    """Account of the world outside that quota comes from or goes to, by whom it was granted to or retired."""
    return f"outside/{kind}:{year}:{fuel}" + (f":{unit}" if unit else "")


def read_book(account: str) -> Held | None:
    """What an account of quota is; None if it is of something else."""
    found = _HELD.match(account) or _OUT.match(account)
    if found is None:
        return None
    return Held(found["kind"], found["unit"], int(found["year"]), found["fuel"] or "all")


def quantity(
    row: int,
    given: Mapping[str, Any],
    names: Mapping[str, Text],
    units: Sequence[str] = ("holder",),
) -> list[Finding]:
    """What is wrong with a row that names units, a year, a fuel and perhaps tonnes.

    Args:
        row: Number of the row from 1.
        given: Its values.
        names: Units and bodies that there are.
        units: Columns that name a unit.
    """
    found = [
        Finding("rows", row, column, _no_unit(str(given[column]), names))
        for column in units
        if given[column] not in names or given[column] == OUTSIDE
    ]
    if given["year"] not in YEARS:
        says = Text(
            f"{given['year']}不是年份", f"{given['year']}; a year from 2000 on would be right"
        )
        found.append(Finding("rows", row, "year", says))
    if given.get("amount_tce") is not None:
        found += unfit("rows", row, {"amount_tce": given["amount_tce"]}, least=0.001, most=1e12)
    return found


def moved(giver: str, taker: str, kilograms: int) -> list[dict[str, Any]]:
    """Postings that take quota from one account and put it into another."""
    return [
        {"account": account, "commodity": COMMODITY, "amount": sign * kilograms}
        for account, sign in ((giver, -1), (taker, 1))
    ]


def entry(
    key: str, day: "date", memo: str, postings: Sequence[Mapping[str, Any]], **more: Any
) -> dict[str, Any]:
    """An entry of the ledger as plain data."""
    return {
        "key": key,
        "effective": day.isoformat(),
        "memo": memo,
        "postings": list(postings),
        **more,
    }


def opened(accounts: Iterable[str]) -> list[dict[str, Any]]:
    """Entries that keep accounts from falling below 0; the same each time, so that they are written once."""
    return [
        {
            "key": f"quota-open:{account}",
            "kind": "open",
            # Terms hold from the ledger's beginning, whichever day they are first asked for.
            "effective": "2000-01-01",
            "terms": {"account": account, "least": 0},
        }
        for account in sorted(set(accounts))
    ]


def posted(
    journal: "Journal",
    entries: Mapping[int, Mapping[str, Any]],
    faults: Sequence[Finding],
    *,
    by: str | None,
    check: bool,
) -> None:
    """Post entries so that no account of quota falls below 0: all of them, or none.

    Args:
        journal: Of the ledger.
        entries: By row of what was asked for.
        faults: What is wrong with rows beside; with any nothing is written, and the ledger's findings are
            told too.
        by: Who writes.
        check: Whether only to look for faults.

    Raises:
        BadInput: There are faults, or the ledger refuses some; findings name the rows.
    """
    rows = list(entries)
    holders = opened(
        leg["account"]
        for one in entries.values()
        for leg in one.get("postings", ())
        if _HELD.match(leg["account"])
    )
    found = list(faults)
    try:
        if entries:
            read = read_entries([*holders, *entries.values()], "rows")
            journal.post(read, by=by, file="rows", check=check or bool(faults))
    except BadInput as error:
        for one in error.findings:
            place = (one.row or 0) - len(holders) - 1
            zh, en = (_BOOK.sub("", words) for words in in_both(one.says))
            told = Finding("rows", rows[place] if place >= 0 else None, one.column, Text(zh, en))
            # Quota stands in both books of the ledger, so both would be short of the same.
            found += [] if told in found else [told]
    refuse(Text("用能指标", "energy quota"), sorted(found, key=lambda one: one.row or 0))


def _no_unit(name: str, names: Mapping[str, Text]) -> Text:
    from difflib import get_close_matches

    near = get_close_matches(name, list(names), n=3, cutoff=0.5) or sorted(names)[:3]
    return Text(
        f"没有区划或机构“{name}”,如{'、'.join(near)}",
        f"no unit or body '{name}'; there are {', '.join(near)} and others",
    )
