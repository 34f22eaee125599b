"""A region as it stood: a pack in its lake, at a time, as of a time, on a branch."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hutuo.base import deeds, pack, writing
from hutuo.base.lake import Lake
from hutuo.base.periods import bounds, of_grain
from hutuo.base.selection import MAIN, When
from hutuo.base.tables import table as declared
from hutuo.base.writing import Recorded
from hutuo.errors import BadAsk, Finding, NotFound, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_lakes: dict[Path, Lake] = {}
_folders: set[Path] = set()
# Names of units and places as they were asked for last, with the tables that they are from.
NAMES_KEPT = 16
_names: "dict[tuple[int, int], tuple[pa.Table, pa.Table, Mapping[str, Text]]]" = {}


@dataclass(frozen=True)
class Region:
    """A view of one region; the lake beneath is shared by all views.

    Attributes:
        info: Head of the pack.
        lake: Where the rows are.
        at: Day or instant whose rows hold; None for today's.
        as_of: Instant by which rows were recorded; None for all.
        branch: Branch that is read.
    """

    info: pack.Info
    lake: Lake
    at: date | None = None
    as_of: datetime | None = None
    branch: str = MAIN

    @property
    def title(self) -> Text:
        """Name of the region."""
        return Text(self.info.zh, self.info.en)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Time zone in which the region's days begin, and in which times that name none are read."""
        return ZoneInfo(self.info.timezone)

    @property
    def when(self) -> When | None:
        """What ``at`` asks for, as the lake compares it; None where no time is set."""
        return None if self.at is None else When(*bounds(self.at, self.zone))

    def table(self, name: str, **where: object) -> "pd.DataFrame":
        """Rows of a table as a frame: one a key, as known, those of ``at`` where ``at`` is set.

        Times are dates where all rows are made of dates, else instants in UTC (dates as their midnight).

        Args:
            name: Declared table.
            **where: Column to value, to a list of values, or to a slice: ``valid_from=slice(first, before)``.

        Raises:
            NotFound: No such table or column.
        """
        frame: pd.DataFrame = self._read(name, where, self.when).to_pandas()
        return frame

    def arrow(self, name: str, **where: object) -> "pa.Table":
        """The rows of :meth:`table` as Arrow."""
        return self._read(name, where, self.when)

    def records(self, name: str, **where: object) -> list[dict[str, Any]]:
        """The rows of :meth:`table` as plain values: None for missing, whole numbers whole, dates dates."""
        return _plain(self._read(name, where, self.when), name)

    def page(self, name: str, offset: int, limit: int) -> list[dict[str, Any]]:
        """Some rows of :meth:`records`, from one on: what a person leafs through."""
        return _plain(self._read(name, {}, self.when).slice(offset, limit), name)

    def history(self, name: str, **where: object) -> list[dict[str, Any]]:
        """Rows of every period up to ``at``, as known: what :meth:`records` gives without a day."""
        return _plain(self._read(name, where, self._past), name)

    def past(self, name: str, **where: object) -> "pa.Table":
        """The rows of :meth:`history` as Arrow."""
        return self._read(name, where, self._past)

    def query(
        self, sql: str, table: str, *, past: bool = False, **where: object
    ) -> list[dict[str, Any]]:
        """Answer of SQL over the rows of :meth:`table`, which it calls ``known``.

        Args:
            sql: As ``SELECT indicator, count(*) AS n FROM known GROUP BY ALL``; written in the program.
            table: Declared table.
            past: Whether rows that no longer hold at ``at`` are among them, as in :meth:`history`.
            **where: Column to value, to a list of values, or to a slice.
        """
        at = self._past if past else self.when
        if self.is_open(table):
            found = self.lake.query(
                sql, declared(table), where, at=at, as_of=self.as_of, branch=self.branch
            )
        else:
            from hutuo.base.sharing import reading

            known = self._read(table, where, at)
            found = reading.asked(self.lake, sql, known)
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    @property
    def _past(self) -> When | None:
        return None if self.when is None else self.when._replace(past=True)

    def _read(self, name: str, where: Mapping[str, object], at: When | None) -> "pa.Table":
        """The one place where rows are read: what is shown of them is what the reader may see."""

        def read() -> "pa.Table":
            return self.lake.read(
                declared(name), where, at=at, as_of=self.as_of, branch=self.branch
            )

        if deeds.actor().is_owner:
            return read()
        from hutuo.base.sharing import reading

        return reading.shown(self.lake.folder, declared(name), where, read)

    @property
    def reader(self) -> object:
        """What the reader may see, by which what is kept in memory is told apart; None for the owner."""
        if deeds.actor().is_owner:
            return None
        from hutuo.base.sharing import reading

        return reading.standing(self.lake.folder)

    def whole(self, name: str) -> None:
        """Refuse whoever may not see all of a table, where its rows are read in another way.

        Raises:
            Forbidden: The reader may not.
        """
        if not deeds.actor().is_owner:
            from hutuo.base.sharing import reading

            reading.whole(self.lake.folder, declared(name))

    def seen(self, names: Iterable[str]) -> list[str]:
        """Those of some tables of which the reader may see anything, in their order."""
        if deeds.actor().is_owner:
            return list(names)
        from hutuo.base.sharing import reading

        known = reading.seen(self.lake.folder)
        return [name for name in names if name in known]

    def current(self, name: str, **where: object) -> list[dict[str, Any]]:
        """Rows that hold at ``at``, or today where none is set."""
        return replace(self, at=self.at or date.today()).records(name, **where)  # noqa: DTZ011 - civil day

    def append(self, name: str, frame: "pd.DataFrame | pa.Table") -> int:
        """Record rows on this branch; a row with a known key corrects it from now on.

        Args:
            name: Declared table.
            frame: Its columns; ``recorded_at`` (aware) may be given for history, else now. Times are dates
                (civil) or instants; an instant without a zone is one of the region's.

        Returns:
            Number of rows written.

        Raises:
            NotFound: No such table or column.
            BadInput: Rows break the table's rules; all findings are told, nothing is written.
        """
        about = writing.About("append")
        return writing.record(self, {name: frame}, about, again=True).stored[name]

    def record(
        self,
        frames: "Mapping[str, pd.DataFrame | pa.Table]",
        *,
        verb: str,
        origin: str = "",
        digest: str | None = None,
        quarantined: int = 0,
    ) -> Recorded:
        """Record rows of several tables as one batch: all of it, or nothing.

        Rows that are known just so are counted as duplicates and not written again.

        Args:
            frames: Rows by table, as for :meth:`append`; they may refer to each other.
            verb: Verb that writes them, for the lineage.
            origin: What they were made from, as the name of a file.
            digest: Content that they were made from, by which :meth:`batch_with` finds the batch.
            quarantined: Number of rows that were held back, for the log.

        Raises:
            BadInput: Rows break the rules of their table; all findings are told, nothing is written.
        """
        about = writing.About(verb, origin, digest, quarantined)
        return writing.record(self, frames, about)

    def faults(self, frames: "Mapping[str, pd.DataFrame | pa.Table]") -> dict[str, list[Finding]]:
        """Every fault of every row, by table; ``row`` of a finding is the row's position from 0."""
        return writing.faults(self, frames)

    def batches(self) -> list[dict[str, Any]]:
        """What was written on main and on this branch, the oldest first: rows of the batch log."""
        return writing.batches(self)

    def batch_with(self, digest: str) -> dict[str, Any] | None:
        """The batch that was made from that content on this branch, unless it was taken back."""
        lane = self.lake.lane(self.branch)
        mine = [batch for batch in self.batches() if batch["branch"] == lane]
        undone: set[str] = set()
        for batch in reversed(mine):
            # Taking back what took a batch back brings it back.
            if batch["verb"] == "undo" and batch["batch"] not in undone:
                undone.add(batch["origin"])
        same = [b for b in mine if b["digest"] == digest and b["batch"] not in undone]
        return same[-1] if same else None

    def create_branch(self, name: str) -> "Region":
        """A new branch over main, opened."""
        self.lake.create_branch(name)
        return replace(self, branch=name)

    def is_open(self, table: str) -> bool:
        """Whether who acts reads all of a table, and no agreement is read under.

        Raises:
            Forbidden: He reads nothing of it.
        """
        if deeds.actor().is_owner:
            return True
        from hutuo.base.sharing import reading

        return reading.is_open(self.lake.folder, declared(table))

    @cached_property
    def names(self) -> Mapping[str, Text]:
        """What every unit and place is called, by id; units by their latest name."""
        return _named(self.past("unit"), self.arrow("place"))

    @cached_property
    def sources(self) -> Mapping[str, dict[str, Any]]:
        """Rows of the table of sources, by id."""
        return {row["source"]: row for row in self.records("source")}

    @cached_property
    def indicators(self) -> Mapping[str, dict[str, Any]]:
        """Rows of the table of indicators, by id."""
        return {row["indicator"]: row for row in self.records("indicator")}

    def name_of(self, place: str) -> Text:
        """What a unit or place is called.

        Raises:
            NotFound: Neither a unit nor a place has that id.
        """
        if place not in self.names:
            error = one_of(place, "unit or place", list(self.names))
            called = [found for found, name in self.names.items() if place in (name.zh, name.en)]
            if called:
                ids = ", ".join(called)
                hint = Text(f"请用它的标识:{ids}", f"it is asked for by its id: {ids}")
                raise NotFound(error.words, hint)
            raise error
        return self.names[place]


@cache
def embedded() -> Mapping[str, Path]:
    """Folders of the packs that come with Hutuo, by name."""
    folder = Path(str(files("hutuo") / "regions"))
    return {found.parent.name: found.parent for found in sorted(folder.glob("*/region.toml"))}


def open_folders() -> list[str]:
    """Paths of the packs that the owner opened by folder in this process."""
    return sorted(str(folder) for folder in _folders)


def default_region() -> str:
    """The region opened when none is named: ``HUTUO_REGION``, else the first embedded one."""
    return os.environ.get("HUTUO_REGION") or next(iter(embedded()))


def home() -> Path:
    """Folder of the user's data: ``HUTUO_HOME``, else the platform's data folder."""
    from platformdirs import user_data_path

    given = os.environ.get("HUTUO_HOME")
    return Path(given) if given else user_data_path("hutuo")


def open_region(
    name_or_path: str | None = None,
    *,
    at: date | str | None = None,
    as_of: datetime | date | str | None = None,
    branch: str = MAIN,
) -> Region:
    """Open a region; see :func:`hutuo.open`."""
    folder = _folder(name_or_path or default_region())
    info = pack.read_info(folder)
    region = Region(info, _lake(folder, info), _at(at), _instant(as_of), branch)
    region.lake.lane(branch)
    return region


def _folder(name: str) -> Path:
    packs = embedded()
    if name in packs:
        return packs[name]
    path = Path(name).expanduser()
    if path.is_dir():
        found = path.resolve()
        _folders.add(found)
        return found
    error = one_of(name, "region", list(packs))
    zh, en = error.advice
    hint = Text(f"{zh};或数据包文件夹的路径", f"{en}; or the path of a pack's folder")
    raise NotFound(error.words, hint)


def _lake(folder: Path, info: pack.Info) -> Lake:
    """The lake of a pack, loaded if its content is not there yet."""
    from filelock import FileLock

    place = home() / "regions" / _key(folder, info)
    stamp, content = place / "pack", pack.digest(folder, info)
    if place in _lakes and stamp.is_file() and stamp.read_text() == content:
        return _lakes[place]
    place.mkdir(parents=True, exist_ok=True)
    # One process loads, the others wait and find it loaded; the lock dies with its process.
    with FileLock(place / "lock"):
        lake = _lakes.get(place) or Lake(place)
        _lakes[place] = lake
        last = lake.rows(
            "SELECT digest FROM lake.batch WHERE batch LIKE 'pack:%' ORDER BY recorded_at DESC LIMIT 1"
        )
        if not last or last[0][0] != content:
            pack.load(lake, folder, info, content)
        stamp.write_text(content)
    return lake


def _key(folder: Path, info: pack.Info) -> str:
    """Folder of a region's data: its name if embedded, else also of the place it was opened from."""
    if embedded().get(info.id) == folder:
        return info.id
    return f"{info.id}-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"


def _at(given: date | str | None) -> date | None:
    """A day, or an instant in UTC."""
    return _time("at", given) if given is not None else None


def _instant(given: datetime | date | str | None) -> datetime | None:
    """An instant; a day means its end, so that what was recorded on it counts as known."""
    if given is None:
        return None
    read = _time("as of", given)
    if isinstance(read, datetime):
        return read
    return datetime.combine(read, time.max, UTC)


def _time(asked: str, given: date | str) -> date:
    """A day as it is, an instant in UTC."""
    if isinstance(given, str):
        try:
            given = (
                date.fromisoformat(given)
                if len(given) == len("2024-12-31")
                else datetime.fromisoformat(given)
            )
        except ValueError as error:
            hint = Text(
                "日期如2024-12-31,时刻如2024-12-31T08:00:00+08:00",
                "give a day as 2024-12-31 or an instant as 2024-12-31T08:00:00+08:00",
            )
            says = Text(f"{asked}:“{given}”不是日期", f"{asked}: '{given}' is not a date")
            raise BadAsk(says, hint) from error
    if not isinstance(given, datetime):
        return given
    if given.tzinfo is None:
        says = Text(f"{asked}:“{given}”没有时区", f"{asked}: '{given}' names no time zone")
        raise BadAsk(says, Text("请写明时区,如+08:00", "write it with one, as +08:00"))
    try:
        return given.astimezone(UTC)
    except OverflowError as error:
        hint = Text("可用公元1年至9999年", "years 1 to 9999 can be asked for")
        zh, en = f"{asked}:“{given}”超出历法", f"{asked}: '{given}' is beyond the calendar"
        raise BadAsk(Text(zh, en), hint) from error


def _named(units: "pa.Table", places: "pa.Table") -> Mapping[str, Text]:
    """Names by id; of tables that were asked for before they are remembered, for each request asks."""
    key = id(units), id(places)
    found = _names.get(key)
    # The tables are kept with their names, so that no other table gets their number.
    if found is None:
        named: dict[str, Text] = {}
        for rows, ids in ((units, "unit"), (places, "place")):
            cells = (rows.column(name).to_pylist() for name in (ids, "zh", "en"))
            named.update((one, Text(zh, en)) for one, zh, en in zip(*cells, strict=True))
        if len(_names) >= NAMES_KEPT:
            _names.clear()
        found = _names[key] = units, places, named
    return found[2]


def _plain(rows: "pa.Table", name: str) -> list[dict[str, Any]]:
    """Rows as plain values; the times of a row that is made of dates are dates."""
    found: list[dict[str, Any]] = rows.to_pylist()
    times = declared(name).times
    for row in found if times else ():
        row.update({time: of_grain(row[time], row["grain"]) for time in times})
    return found
