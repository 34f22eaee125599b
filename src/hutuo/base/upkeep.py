"""Upkeep of a lake: how it stands, small files merged, old states forgotten.

Times of recording are columns of the rows. So a state of the catalogue (a snapshot of DuckLake) is only
needed by who is reading it, and forgetting it takes nothing away that can be asked for.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from hutuo.base import breakage, cataloguefile
from hutuo.base.attaching import sweep
from hutuo.base.lake import Lake
from hutuo.base.layout import KINDS, LOG
from hutuo.base.tables import SQL_TYPES, SYSTEM, tables
from hutuo.errors import Unavailable
from hutuo.verbs import Text

# Two such files or more in a table are worth merging; DuckLake fills files up to 512 MB.
SMALL = 16 * 1024 * 1024
LISTED = 20


class Holding(NamedTuple):
    """What a table takes on disk.

    Attributes:
        table: Its name.
        rows: Rows stored, those that were corrected or taken back included.
        files: Number of Parquet files.
        bytes: Their size.
        small: How many of them are small.
    """

    table: str
    rows: int
    files: int
    bytes: int
    small: int


class State(NamedTuple):
    """How a lake stands.

    Attributes:
        state: ``whole``, ``broken`` (its catalogue cannot be read) or ``missing`` (never opened).
        holdings: What each table takes that has rows; of a broken lake, by the files that are there.
        snapshots: States that the catalogue keeps.
        waiting: Files that no state needs and that are not deleted yet.
        problems: What is not as it should be.
    """

    state: Literal["whole", "broken", "missing"]
    holdings: list[Holding]
    snapshots: int
    waiting: int
    problems: list[Text]


def state(folder: Path) -> State:
    """How the lake in a folder stands; it need not be one that can be opened."""
    there = {
        str(path.relative_to(folder / "lake")): path for path in folder.glob(breakage.PARQUET)
    }
    if not there and not (folder / breakage.CATALOGUE).exists():
        return State("missing", [], 0, 0, [])
    try:
        breakage.refuse_emptied(folder)
        known = cataloguefile.contents(folder)
    except Unavailable as error:
        files = [_file(name, path) for name, path in sorted(there.items())]
        says = Text(*(";".join(pair) for pair in zip(error.words, error.advice, strict=True)))
        return State("broken", _holdings(files), 0, 0, [says])
    sizes = {name: path.stat().st_size for name, path in there.items()}
    problems = [*_wrong(known, sizes), *_other_layout(known)]
    return State("whole", _holdings(known.files), known.snapshots, len(known.waiting), problems)


def compact(lake: Lake) -> int:
    """Merge small files; every row stays as it is.

    Returns:
        Number of files that are no longer needed and were deleted.
    """
    with lake.change() as connection:
        connection.execute("CALL ducklake_merge_adjacent_files('lake')").fetchall()
    return _clean(lake)


def expire(lake: Lake, age: timedelta) -> tuple[int, int]:
    """Forget states of the catalogue that are older, but for the present one, and what only they need.

    Returns:
        Number of states forgotten, number of files deleted.
    """
    before = datetime.now(UTC) - age
    # Written in, not bound: the call takes no parameters. It is a time of our own clock.
    sql = (
        f"CALL ducklake_expire_snapshots('lake', older_than => TIMESTAMPTZ '{before.isoformat()}')"
    )
    with lake.change() as connection:
        gone = len(connection.execute(sql).to_arrow_table())
    return gone, _clean(lake)


def _clean(lake: Lake) -> int:
    """Delete what is not needed; readers that had just planned to read it plan again (see ``lake.retry``)."""
    # Apart from the change before: within it, its own new files would count as left by a killed writer.
    with lake.alone() as connection:
        sql = "CALL ducklake_cleanup_old_files('lake', cleanup_all => true)"
        return len(connection.execute(sql).fetchall()) + sweep(connection)


def _file(name: str, path: Path) -> cataloguefile.File:
    """A file as it lies on disk; one that cannot be read counts no rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = pq.read_metadata(path).num_rows
    except (pa.ArrowInvalid, OSError):
        rows = 0
    return cataloguefile.File(path.parent.name, name, rows, path.stat().st_size)


def _holdings(files: list[cataloguefile.File]) -> list[Holding]:
    held = []
    for table in sorted({file.table for file in files}):
        mine = [file for file in files if file.table == table]
        small = sum(file.size < SMALL for file in mine)
        rows, size = sum(file.rows for file in mine), sum(file.size for file in mine)
        held.append(Holding(table, rows, len(mine), size, small if small > 1 else 0))
    return held


def _wrong(known: cataloguefile.Contents, sizes: dict[str, int]) -> list[Text]:
    """Files that are missing or of another size, and files that nothing knows."""
    found = []
    for file in known.files:
        if file.path not in sizes:
            found.append(Text(f"缺少文件 {file.path}", f"file {file.path} is missing"))
        elif sizes[file.path] != file.size:
            zh = f"文件 {file.path} 大小为 {sizes[file.path]},应为 {file.size}"
            en = f"file {file.path} has {sizes[file.path]} bytes, not {file.size}"
            found.append(Text(zh, en))
    more = len(found) - LISTED
    found = found[:LISTED]
    if more > 0:
        found.append(Text(f"另有 {more} 个文件如此", f"and {more} more files like these"))
    strays = sizes.keys() - {file.path for file in known.files} - set(known.waiting)
    if strays:
        zh = f"{len(strays)} 个文件不属于任何批次,compact 会删除"
        en = f"{len(strays)} files belong to no batch; compact deletes them"
        found.append(Text(zh, en))
    return found


def _other_layout(known: cataloguefile.Contents) -> list[Text]:
    """Columns of another type than declared."""
    declared = {
        name: {c.column: SQL_TYPES[c.type] for c in table.columns} | SYSTEM
        for name, table in tables().items()
    } | LOG
    found = []
    for table, column, kind in known.columns:
        wanted = KINDS.get(declared.get(table, {}).get(column, ""), kind)
        if kind != wanted:
            zh = f"{table}.{column} 的类型为 {kind},应为 {wanted}"
            found.append(Text(zh, f"{table}.{column} is {kind}, not {wanted}"))
    return found
