"""The register of contracts: versions, what was told of periods, and which of these are settled.

Whoever writes takes the ledger's turn, so that no version begins in a period that another settles meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    table = schema.version
    asked = sa.select(table).where(*_known(table, contract, as_of)).order_by(table.c.version)
    rows = [dict(row) for row in connection.execute(asked).mappings()]
    if not rows:
        raise one_of(contract, "contract", contracts_kept(connection, as_of))
    return Kept(
        [
            read_contract(row["written"], row["contract"], Template.model_validate(row["form"]))
            for row in rows
        ],
        rows,
        _settlements(connection, contract, as_of),
        _told(connection, contract, as_of),
    )


def contracts_kept(connection: sa.Connection, as_of: datetime | None = None) -> list[str]:
    """Ids of all contracts, now or as known at an instant."""
    column = schema.version.c.contract
    asked = sa.select(column).where(*_known(schema.version, None, as_of)).distinct()
    return list(connection.execute(asked.order_by(column)).scalars())


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


def _known(
    table: sa.Table, contract: str | None, as_of: datetime | None
) -> list[sa.ColumnElement[bool]]:
    """Conditions on rows: of a contract, and recorded by an instant."""
    tests = [] if contract is None else [table.c.contract == contract]
    return tests if as_of is None else [*tests, table.c.recorded_at <= as_of]


def _settlements(
    connection: sa.Connection, contract: str, as_of: datetime | None
) -> list[Settlement]:
    table = schema.settlement
    asked = sa.select(table).where(*_known(table, contract, as_of)).order_by(table.c.first)
    return [
        Settlement(**{name: row[name] for name in Settlement._fields})
        for row in connection.execute(asked).mappings()
    ]


def _told(
    connection: sa.Connection, contract: str, as_of: datetime | None
) -> dict[str, dict[str, Any]]:
    """Figures by period: the latest of each, and of each body."""
    table = schema.told
    asked = sa.select(table).where(*_known(table, contract, as_of)).order_by(table.c.change)
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(asked).mappings():
        figures = found.setdefault(row["period"], {})
        for name, given in row["figures"].items():
            before = figures.get(name)
            if isinstance(before, dict) and isinstance(given, dict):
                figures[name] = {**before, **given}
            else:
                figures[name] = given
    return found
