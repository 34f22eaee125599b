"""The register of contracts: versions, what was told of periods, and which of these are settled.

Whoever writes takes the ledger's turn, so that no version begins in a period that another settles meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.store import Store
from hutuo.errors import BadAsk, one_of
from hutuo.exchange.contracts import schema
from hutuo.exchange.contracts.agreement import Contract, read_contract, version_in
from hutuo.exchange.contracts.form import Template
from hutuo.exchange.contracts.schema import CONTRACTS
from hutuo.exchange.contracts.spans import Span, span_of
from hutuo.glossary import Text
from hutuo.ledger.schema import LEDGER

__all__ = [
    "Kept",
    "Settlement",
    "add_settlement",
    "add_told",
    "add_version",
    "all_kept",
    "contracts_kept",
    "kept",
    "reading",
    "writing",
]


class Settlement(NamedTuple):
    """A period that is settled."""

    period: str
    version: int
    figures: Mapping[str, Any]
    carried: Mapping[str, int]
    keys: Sequence[str]
    by: str | None
    recorded_at: datetime


class Kept(NamedTuple):
    """A contract as the register has it.

    Attributes:
        versions: Its versions, the first one first.
        rows: Rows of these: who recorded them when, with which note.
        settlements: Periods that are settled, the first one first.
        told: Figures by period, what was told later before what was told earlier.
    """

    versions: Sequence[Contract]
    rows: Sequence[Mapping[str, Any]]
    settlements: Sequence[Settlement]
    told: Mapping[str, Mapping[str, Any]]

    @property
    def newest(self) -> Contract:
        """The latest version."""
        return self.versions[-1]

    @property
    def carried(self) -> Mapping[str, int]:
        """What the last settled period left."""
        return self.settlements[-1].carried if self.settlements else {}

    @property
    def closed(self) -> str | None:
        """The last settled period."""
        return self.settlements[-1].period if self.settlements else None

    @property
    def next_span(self) -> Span | None:
        """The period that is to be settled next; None where the contract has ended."""
        closed = span_of(self.closed) if self.closed else None
        return self.open_from(closed.next() if closed else self.newest.schedule.begins)

    def open_from(self, span: Span) -> Span | None:
        """A period if the contract still has it, else None."""
        last = span_of(self.newest.schedule.last or "")
        return None if last is not None and span.first > last.first else span

    def holding(self, span: Span) -> Contract:
        """The version that holds in a period."""
        return version_in(self.versions, span) or self.versions[0]

    def settled_in(self, period: str) -> Settlement | None:
        """The settlement of a period; None if it is open."""
        return next((one for one in self.settlements if one.period == period), None)


@contextmanager
def reading(store: Store) -> Iterator[sa.Connection]:
    """A connection that sees one state of the register."""
    with store.reading(CONTRACTS) as connection:
        yield connection


@contextmanager
def writing(store: Store) -> Iterator[sa.Connection]:
    """A transaction that nobody settles beside."""
    with store.reading(CONTRACTS):
        pass
    with store.writing(LEDGER) as connection:
        yield connection


def kept(connection: sa.Connection, contract: str, as_of: datetime | None = None) -> Kept:
    """A contract of the register, now or as it was known at an instant.

    Raises:
        NotFound: There is none of that id.
    """
    for one in all_kept(connection, as_of, contract):
        return one
    raise one_of(contract, "contract", contracts_kept(connection, as_of))


def all_kept(
    connection: sa.Connection, as_of: datetime | None = None, contract: str | None = None
) -> list[Kept]:
    """All contracts of the register by id, or the one of an id, now or as known at an instant."""

    def rows(table: sa.Table, order: str) -> dict[str, list[dict[str, Any]]]:
        tests = [] if contract is None else [table.c.contract == contract]
        tests += [] if as_of is None else [table.c.recorded_at <= as_of]
        asked = sa.select(table).where(*tests).order_by(table.c.contract, table.c[order])
        found: dict[str, list[dict[str, Any]]] = {}
        for row in connection.execute(asked).mappings():
            found.setdefault(row["contract"], []).append(dict(row))
        return found

    settlements, told = rows(schema.settlement, "first"), rows(schema.told, "change")
    return [
        Kept(
            [_version(row) for row in versions],
            versions,
            [_settlement(row) for row in settlements.get(name, ())],
            _told(told.get(name, ())),
        )
        for name, versions in rows(schema.version, "version").items()
    ]


def contracts_kept(connection: sa.Connection, as_of: datetime | None = None) -> list[str]:
    """Ids of all contracts, now or as known at an instant."""
    table = schema.version.c
    asked = sa.select(table.contract).distinct().order_by(table.contract)
    if as_of is not None:
        asked = asked.where(table.recorded_at <= as_of)
    return list(connection.execute(asked).scalars())


def add_version(
    connection: sa.Connection, contract: Contract, note: str | None, by: str | None
) -> None:
    """Add a version of a contract."""
    connection.execute(
        schema.version.insert(),
        {
            "contract": contract.id,
            "version": contract.version,
            "template": contract.template,
            "form": contract.agreed.template.model_dump(mode="json"),
            "written": contract.model_dump(mode="json", exclude_none=True),
            "note": note,
            "by": by,
            "recorded_at": datetime.now(UTC),
        },
    )


def add_told(
    connection: sa.Connection,
    contract: str,
    period: str,
    figures: Mapping[str, Any],
    by: str | None,
) -> None:
    """Add what was told of a period."""
    row = {"contract": contract, "period": period, "figures": dict(figures), "by": by}
    connection.execute(schema.told.insert(), row | {"recorded_at": datetime.now(UTC)})


def add_settlement(
    connection: sa.Connection, contract: str, seen: tuple[int, str | None], row: Mapping[str, Any]
) -> None:
    """Note a period as settled, if the contract still is as it was seen.

    Args:
        connection: With the ledger's turn.
        contract: Id of the contract.
        seen: Number of versions, and last settled period, from which the entries were made.
        row: ``period``, ``first``, ``version``, ``figures``, ``carried``, ``keys`` and ``by``.

    Raises:
        BadAsk: Another settled or changed the contract meanwhile.
    """
    now = kept(connection, contract)
    if (len(now.versions), now.closed) != seen:
        raise BadAsk(
            Text(f"{contract}刚被他人结算或变更", f"{contract} was settled or changed meanwhile"),
            Text("再试一次", "ask again"),
        )
    recorded = {"contract": contract, "recorded_at": datetime.now(UTC)}
    connection.execute(schema.settlement.insert(), recorded | dict(row))


def _version(row: Mapping[str, Any]) -> Contract:
    form = Template.model_validate(row["form"])
    return read_contract(row["written"], row["contract"], form)


def _settlement(row: Mapping[str, Any]) -> Settlement:
    return Settlement(**{name: row[name] for name in Settlement._fields})


def _told(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Figures by period: the latest of each, and of each body."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        figures = found.setdefault(row["period"], {})
        for name, given in row["figures"].items():
            before = figures.get(name)
            if isinstance(before, dict) and isinstance(given, dict):
                figures[name] = {**before, **given}
            else:
                figures[name] = given
    return found
