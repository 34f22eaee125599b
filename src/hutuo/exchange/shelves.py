"""Shelves: the listings of a market ready to be searched, kept up to date by what changed.

A shelf holds every version that was open once, in the order of changes; those that no longer stand are passed
over. What is new is added behind; a shelf of which most is gone, and one that another version of the engine
made, is made anew. It is kept in memory and, since vectors take milliseconds a listing, in a file.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

import hutuo
from hutuo.base.region import Region, home
from hutuo.base.store import Store
from hutuo.exchange import schema
from hutuo.exchange.moves import OPEN
from hutuo.exchange.searching import Engine, Index, engine
from hutuo.exchange.versions import Row

__all__ = ["Shelf", "shelf"]

# New listings from which on it pays to write the file again.
WORTH = 200
# A shelf of so many and more is made anew when fewer than half of them stand.
LARGE = 1000
# What an engine makes of listings depends on.
MAKERS = ("synonyms.csv", "wording.py", "thesaurus.py", "ngrams.py", "embeddings.py")
EVER = date.max.toordinal()
Mask = NDArray[np.bool_]
_table = schema.listing.c
_shelves: dict[tuple[Store, str, str], "Shelf"] = {}
_turns: dict[tuple[Store, str, str], threading.Lock] = {}
_guard = threading.Lock()


@dataclass
class Shelf:
    """Listings of a market in the order of their changes.

    Attributes:
        index: What the engine made of them.
        rows: The same listings, as they are kept.
        stands: Whether each is the newest version and open.
        seen: The last change that is known here.
        at: Where each listing's newest version stands among them.
        saved: Number of listings in the file.
    """

    index: Index
    rows: list[Row] = field(default_factory=list)
    stands: list[bool] = field(default_factory=list)
    seen: int = 0
    at: dict[str, int] = field(default_factory=dict)
    saved: int = 0

    def take(self, rows: Sequence[Row]) -> list[Row]:
        """Take in changes that came, in their order; those of them that are open and to be indexed."""
        new = []
        for row in rows:
            self.seen = row["change"]
            before = self.at.pop(row["listing"], None)
            if before is not None:
                self.stands[before] = False
            if row["state"] in OPEN:
                self.at[row["listing"]] = len(self.rows)
                self.rows.append(row)
                self.stands.append(True)
                new.append(row)
        return new

    def mask(self, fits: Callable[[Row], bool] | None, day: date) -> Mask:
        """Which listings may be given: those that stand, are not over, and fit.

        Args:
            fits: Whether a listing passes; None if all do.
            day: Day that is looked at.
        """
        stands, ends = self._ends
        found: Mask = stands & (ends >= day.toordinal())
        if fits is not None:
            for at in np.flatnonzero(found).tolist():
                found[at] = fits(self.rows[at])
        return found

    @cached_property
    def _ends(self) -> tuple[Mask, NDArray[np.int32]]:
        """Whether each listing stands, and the last day of each; asked for when all are taken in."""
        days = (row["until"].toordinal() if row["until"] else EVER for row in self.rows)
        many = len(self.rows)
        return np.array(self.stands, bool), np.fromiter(days, np.int32, many)


def shelf(
    region: Region, store: Store, connection: sa.Connection, names: tuple[str, str]
) -> Shelf:
    """The listings of a market, ready to be searched.

    Args:
        region: Region, whose data folder keeps the file.
        store: Store that the listings are in.
        connection: Of the exchange.
        names: Market and engine.

    Raises:
        NotFound: There is no such engine.
        Unavailable: The engine's package is not there.
    """
    key = (store, *names)
    with _guard:
        turn = _turns.setdefault(key, threading.Lock())
    with turn:
        found = _shelves.get(key)
        last = connection.execute(
            sa.select(sa.func.max(_table.change)).where(_table.market == names[0])
        ).scalar()
        if found is None or found.seen != (last or 0):
            found = _renewed(found, _file(region, names), connection, names)
            _shelves[key] = found
        return found


def _renewed(
    found: Shelf | None, file: Path, connection: sa.Connection, names: tuple[str, str]
) -> Shelf:
    """The shelf with all changes; where it was not there, from its file as far as that goes."""
    market, maker = names[0], engine(names[1])
    if found is None:
        found = _read(file, connection, market, maker) or Shelf(maker.prepare([]))
    # Others may be searching in the one that is there.
    found = Shelf(
        found.index, [*found.rows], [*found.stands], found.seen, dict(found.at), found.saved
    )
    asked = (
        sa.select(schema.listing)
        .where(_table.market == market, _table.change > found.seen)
        .order_by(_table.change)
    )
    new = found.take([dict(row) for row in connection.execute(asked).mappings()])
    if len(found.rows) >= LARGE and 2 * len(found.at) < len(found.rows):
        alive = [row for row, stands in zip(found.rows, found.stands, strict=True) if stands]
        seen, found = found.seen, Shelf(maker.prepare([]))
        new = found.take(alive)
        found.seen = seen
    found.index = found.index.add([_text(row) for row in new])
    if len(found.rows) - found.saved >= WORTH or found.saved > len(found.rows):
        _write(file, found)
    return found


def _text(row: Row) -> str:
    return f"{row['title']}。{row['text']}"


def _file(region: Region, names: tuple[str, str]) -> Path:
    """Where a shelf is kept, by what its content depends on beside the listings."""
    parts = (files("hutuo.exchange").joinpath(name).read_bytes() for name in MAKERS)
    # A store may be elsewhere while its shelves are here, so its address is part of the name too.
    store = os.environ.get("HUTUO_STORE", "")
    mark = hashlib.sha256(
        f"{hutuo.__version__}\n{store}\n".encode() + b"".join(parts)
    ).hexdigest()[:16]
    folder = home() / "stores" / region.lake.folder.name / "shelves"
    return folder / f"{names[0]}-{names[1]}-{mark}.npz"


def _write(file: Path, found: Shelf) -> None:
    """Write a shelf whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    changes = np.array([row["change"] for row in found.rows], np.int64)
    part = file.with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
    with part.open("wb") as whole:
        content = np.frombuffer(found.index.packed(), np.uint8)
        np.savez(whole, changes=changes, seen=np.int64(found.seen), index=content)
    part.replace(file)
    found.saved = len(found.rows)


def _read(file: Path, connection: sa.Connection, market: str, maker: Engine) -> Shelf | None:
    """A shelf as it was written; None if there is none of these listings."""
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as kept:
        changes, seen, content = (
            kept["changes"].tolist(),
            int(kept["seen"]),
            kept["index"].tobytes(),
        )
    asked = sa.select(schema.listing).where(_table.market == market, _table.change <= seen)
    rows = {row["change"]: dict(row) for row in connection.execute(asked).mappings()}
    # A store that was put back or begun anew does not know the changes that the file speaks of.
    if not rows or max(rows) != seen or not rows.keys() >= set(changes):
        return None
    chosen = [rows[change] for change in changes]
    last = {row["listing"]: row["change"] for _, row in sorted(rows.items())}
    stands = [last[row["listing"]] == row["change"] for row in chosen]
    at = {row["listing"]: n for n, row in enumerate(chosen) if stands[n]}
    index = maker.unpacked([_text(row) for row in chosen], content)
    return Shelf(index, chosen, stands, seen, at, len(chosen))
