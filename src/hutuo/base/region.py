"""A region as it stood: a pack in its lake, at a time, as of a time, on a branch."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.base import check, pack
from hutuo.base.lake import MAIN, Lake
from hutuo.base.tables import quoted, tables
from hutuo.base.tables import table as declared
from hutuo.errors import BadAsk, BadInput, NotFound, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

_lakes: dict[Path, Lake] = {}
_folders: set[Path] = set()


@dataclass(frozen=True)
class Region:
    """A view of one region; the lake beneath is shared by all views.

    Attributes:
        info: Head of the pack.
        lake: Where the rows are.
        at: Day whose rows hold; None for today's.
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

    def table(self, name: str, **where: object) -> "pd.DataFrame":
        """Rows of a table as a frame: one a key, as known, those of ``at`` where ``at`` is set.

        Args:
            name: Declared table.
            **where: Column to value, or to a list of values.

        Raises:
            NotFound: No such table or column.
        """
        found = self.lake.read(
            declared(name), where, at=self.at, as_of=self.as_of, branch=self.branch
        )
        frame: pd.DataFrame = found.to_pandas()
        return frame

    def records(self, name: str, **where: object) -> list[dict[str, Any]]:
        """The rows of :meth:`table` as plain values: None for missing, whole numbers whole."""
        found = self.lake.read(
            declared(name), where, at=self.at, as_of=self.as_of, branch=self.branch
        )
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    def history(self, name: str, **where: object) -> list[dict[str, Any]]:
        """Rows of every period up to ``at``, as known: what :meth:`records` gives without a day."""
        found = self.lake.read(declared(name), where, as_of=self.as_of, branch=self.branch)
        rows: list[dict[str, Any]] = found.to_pylist()
        if self.at is None:
            return rows
        return [row for row in rows if row["valid_from"] is None or row["valid_from"] <= self.at]

    def current(self, name: str, **where: object) -> list[dict[str, Any]]:
        """Rows that hold at ``at``, or today where none is set."""
        return replace(self, at=self.at or date.today()).records(name, **where)  # noqa: DTZ011 - civil day

    def append(self, name: str, frame: "pd.DataFrame") -> int:
        """Record rows on this branch; a row with a known key corrects it from now on.

        Args:
            name: Declared table.
            frame: Its columns; ``recorded_at`` (aware UTC) may be given for history, else now.

        Returns:
            Number of rows written.

        Raises:
            BadInput: Rows break the table's rules; all findings are told, nothing is written.
        """
        return _append(self, name, frame)

    def create_branch(self, name: str) -> "Region":
        """A new branch over main, opened."""
        self.lake.create_branch(name)
        return replace(self, branch=name)

    @cached_property
    def names(self) -> Mapping[str, Text]:
        """What every unit and place is called, by id; units by their latest name."""
        named = {}
        for row in self.history("unit"):
            named[row["unit"]] = Text(row["zh"], row["en"])
        for row in self.records("place"):
            named[row["place"]] = Text(row["zh"], row["en"])
        return named

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
            raise one_of(place, "unit or place", list(self.names))
        return self.names[place]


def embedded() -> dict[str, Path]:
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
    region = Region(info, _lake(folder, info), _day(at), _instant(as_of), branch)
    if branch != MAIN and branch not in (there := region.lake.branches()):
        raise one_of(branch, "branch", there)
    return region


def _folder(name: str) -> Path:
    packs = embedded()
    if name in packs:
        return packs[name]
    path = Path(name).expanduser()
    if path.is_dir():
        _folders.add(path.resolve())
        return path.resolve()
    error = one_of(name, "region", list(packs))
    raise NotFound(error.message, f"{error.hint}; or the path of a pack's folder")


def _lake(folder: Path, info: pack.Info) -> Lake:
    """The lake of a pack, loaded if its content is not there yet."""
    from filelock import FileLock

    place = home() / "regions" / _key(folder, info)
    place.mkdir(parents=True, exist_ok=True)
    stamp, content = place / "pack", pack.digest(folder, info)
    if place in _lakes and stamp.is_file() and stamp.read_text() == content:
        return _lakes[place]
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


def _day(given: date | str | None) -> date | None:
    if isinstance(given, str):
        try:
            return date.fromisoformat(given)
        except ValueError as error:
            raise BadAsk(f"at: '{given}' is not a date", "give a day as 2024-12-31") from error
    return given


def _instant(given: datetime | date | str | None) -> datetime | None:
    """An instant; a day means its end, so that what was recorded on it counts as known."""
    if given is None:
        return None
    if isinstance(given, str):
        try:
            given = (
                date.fromisoformat(given)
                if len(given) == len("2024-12-31")
                else datetime.fromisoformat(given)
            )
        except ValueError as error:
            hint = "give a day as 2024-12-31 or an instant as 2024-12-31T08:00:00+08:00"
            raise BadAsk(f"as of: '{given}' is not a date", hint) from error
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise BadAsk(f"as of: '{given}' names no time zone", "write it with one, as +08:00")
        return given.astimezone(UTC)
    return datetime.combine(given + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)


def _append(region: Region, name: str, frame: "pd.DataFrame") -> int:
    import pyarrow as pa

    target, lake = declared(name), region.lake
    columns = [c for c in frame.columns if c != "recorded_at"]
    unknown = [c for c in columns if c not in target.names]
    if unknown:
        raise one_of(unknown[0], f"column of {name}", target.names)
    connection = lake.connection
    # Objects may be mixed (a date beside a text), which Arrow refuses; as text they can be told apart.
    mixed = {c: "string" for c in columns if frame[c].dtype == object}
    connection.register("given", pa.Table.from_pandas(frame.astype(mixed), preserve_index=False))
    try:
        cells = ", ".join(f"{_as_text(frame, c)} AS {quoted(c)}" for c in columns)
        rows = [check.Given("rows", columns, f"SELECT {cells} FROM given", line=1)]
        check.typed(connection, target, rows)
        faults = check.findings(connection, target, rows, _scope(region, name))
        if faults:
            raise BadInput(f"rows for table {name} have {len(faults)} findings:", faults)
        with lake.change():
            return _insert(region, name, given_time="recorded_at" in frame.columns)
    finally:
        connection.unregister("given")


def _insert(region: Region, name: str, *, given_time: bool) -> int:
    """Write the staged rows of one batch; their time of recording is their own, or now."""
    now = datetime.now(UTC)
    cells = ", ".join(f"new.{quoted(c)}" for c in declared(name).names)
    when = "given.recorded_at" if given_time else "?"
    done = region.lake.connection.execute(
        f"INSERT INTO lake.{name} SELECT {cells}, {when}, ?, ?, false"
        f" FROM new_{name} AS new POSITIONAL JOIN given",
        [*([] if given_time else [now]), f"append:{now.isoformat()}", region.branch],
    ).fetchone()
    return int(done[0]) if done else 0


def _as_text(frame: "pd.DataFrame", column: str) -> str:
    """SQL of a column's cells as text; a time at midnight reads as its date."""
    if "datetime" in str(frame[column].dtype):
        return f"CAST(CAST({quoted(column)} AS DATE) AS VARCHAR)"
    return f"CAST({quoted(column)} AS VARCHAR)"


def _scope(region: Region, target: str) -> dict[str, str]:
    """Tables that rules refer to, as this view knows them, registered for the check."""
    scope = {}
    for name in ("unit", "place", "source", "indicator", "plan", "clause"):
        rows = region.lake.read(tables()[name], {}, as_of=region.as_of, branch=region.branch)
        region.lake.connection.register(f"known_{name}", rows)
        scope[name] = f"known_{name}"
    if target in scope:
        # Rows of one batch may refer to each other, as a unit to its parent.
        cells = quoted(*tables()[target].names)
        known = f"SELECT {cells} FROM {scope[target]}"
        scope[target] = f"({known} UNION ALL SELECT {cells} FROM new_{target})"
    return scope
