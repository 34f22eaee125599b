"""Care of a region's lake: how it stands, upkeep, backup, and the ways back from a broken catalogue."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base import deeds, uploads
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from hutuo.base.lake import Lake
    from hutuo.base.region import Region
    from hutuo.base.store import Store

Action = Literal["status", "compact", "expire", "backup", "restore", "rebuild"]


class Care(Ask):
    """What to do with which lake."""

    action: Action = said("操作", "what to do", default="status")
    file: str | None = said(
        "备份文件:备份时写入,恢复时读取",
        "file of the backup: written by backup, read by restore",
        default=None,
    )
    of: str | None = said(
        "地区名称或其数据包文件夹;目录数据库损坏时也可用",
        "name of a region, or folder of its pack; it need not be one that opens",
        default=None,
    )
    with_store: bool = said(
        "备份、恢复时:连同业务库(账号、审计、账本、合同、预约)",
        "for backup and restore: the store too (accounts, audit, ledger, contracts, bookings)",
        default=False,
    )
    days: float = said(
        "清理时:保留最近几天的目录状态",
        "for expire: states of the catalogue younger than so many days are kept",
        default=7.0,
        ge=0,
        le=36_500,
    )


class TableHolding(Answer):
    """What a table takes."""

    table: str = said("数据表", "name of the table")
    rows: int = said("行数(含已更正与撤回的)", "rows stored, corrected and retracted ones too")
    files: int = said("文件数", "number of Parquet files")
    bytes: int = said("字节数", "their size in bytes")


class CareAnswer(Answer):
    """How the lake stands after what was done."""

    action: Action = said("操作", "what was done")
    region: str = said("地区", "id of the region")
    state: Literal["whole", "broken", "missing"] = said(
        "状态:完好、目录损坏、尚未打开过",
        "whole; broken (its catalogue cannot be read); missing (never opened)",
    )
    done: Text | None = said("结果", "what became of it")
    files: int = said("Parquet 文件数", "number of Parquet files")
    bytes: int = said("字节数", "their size in bytes")
    small_files: int = said("可合并的小文件数", "small files that compact would merge")
    snapshots: int = said("目录保留的状态数", "states that the catalogue keeps")
    waiting: int = said("待删除的文件数", "files that no state needs, not deleted yet")
    problems: list[Text] = said("问题", "what is not as it should be")
    backup: str | None = said("最近备份的文件名", "name of the file of the last backup")
    backed_up_at: datetime | None = said("最近备份时间", "when it was made")
    aside: str | None = said(
        "原数据另存为", "folder that the lake before is kept as", default=None
    )
    dropped: list[str] = said(
        "重建时舍弃的不完整批次",
        "for rebuild: batches that lack rows, none of which was kept",
        default=[],
    )
    unreadable: list[str] = said(
        "重建时无法读取的文件", "for rebuild: files that cannot be read", default=[]
    )
    tables: list[TableHolding] = said("各数据表", "what each table takes")


class _Which(NamedTuple):
    """A region that need not open: its id, the folder of its lake, and how to open it."""

    region: str
    folder: Path
    open: "Callable[[], Lake]"


class _Done(NamedTuple):
    """What became of an action."""

    says: Text | None = None
    aside: str | None = None
    dropped: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


@verb("维护地区数据:状态、合并、清理、备份、恢复、重建", needs_region=False)
def care(region: "Region | None", ask: Care) -> CareAnswer:
    """Tend the lake of a region: status, compact, expire, backup, restore, rebuild."""
    from hutuo.base import backups, upkeep

    which = _which(ask.of, region)
    done = _ACTIONS[ask.action](which, ask)
    if ask.action != "status":
        # Files are put in place of others, which no transaction tells.
        deeds.told(which.folder, {"care": ask.action, "aside": done.aside})
    found, note = upkeep.state(which.folder), backups.noted(which.folder)
    held = found.holdings
    return CareAnswer(
        action=ask.action,
        region=which.region,
        state=found.state,
        done=done.says,
        files=sum(one.files for one in held),
        bytes=sum(one.bytes for one in held),
        small_files=sum(one.small for one in held),
        snapshots=found.snapshots,
        waiting=found.waiting,
        problems=found.problems,
        backup=note.file if note else None,
        backed_up_at=note.made_at if note else None,
        aside=done.aside,
        dropped=list(done.dropped),
        unreadable=list(done.unreadable),
        tables=[
            TableHolding(table=one.table, rows=one.rows, files=one.files, bytes=one.bytes)
            for one in held
        ],
    )


def _which(name: str | None, opened: "Region | None") -> _Which:
    """The region that is meant: the named one, that which is open, or the default.

    Raises:
        NotFound: No such region; over the network, a folder that its owner did not open.
    """
    from hutuo.base import pack
    from hutuo.base import region as regions
    from hutuo.errors import one_of

    if opened is not None and name is None:
        lake = opened.lake
        return _Which(opened.info.id, lake.folder, lambda: lake)
    if name and uploads.is_over_network() and name not in _open_to_all():
        raise one_of(name, "region", list(regions.embedded()))
    named = name or regions.default_region()
    # Opening does the same and then opens the lake, which may be broken.
    found = regions._folder(named)
    info = pack.read_info(found)
    folder = regions.home() / "regions" / regions._key(found, info)
    return _Which(info.id, folder, lambda: regions.open_region(named).lake)


def _open_to_all() -> list[str]:
    from hutuo.base.region import embedded, open_folders

    return [*embedded(), *open_folders()]


def _status(_which: _Which, _ask: Care) -> _Done:
    return _Done()


def _compact(which: _Which, _ask: Care) -> _Done:
    from hutuo.base import upkeep

    gone = upkeep.compact(which.open())
    return _Done(Text(f"已合并,删除旧文件 {gone} 个", f"merged; {gone} files deleted"))


def _expire(which: _Which, ask: Care) -> _Done:
    from hutuo.base import upkeep

    states, gone = upkeep.expire(which.open(), timedelta(days=ask.days))
    zh = f"已清理 {states} 个旧状态,删除文件 {gone} 个;所有记录时间仍可查询"
    en = f"{states} states forgotten, {gone} files deleted; every time of recording can still be asked"
    return _Done(Text(zh, en))


def _backup(which: _Which, ask: Care) -> _Done:
    from hutuo.base import backups

    if uploads.is_over_network():
        message = Text(
            "备份由所有者在本机上写出", "a backup is written by the owner, on the machine itself"
        )
        raise BadAsk(message, Text("hutuo base care backup 文件", "hutuo base care backup FILE"))
    target = Path(_file(ask)).expanduser()
    manifest = backups.backup(which.folder, which.region, target, _store(which, ask))
    count, size = len(manifest.files), target.stat().st_size
    zh = f"已备份 {count} 个文件,{size:,} 字节"
    return _Done(Text(zh, f"{count} files backed up, {size:,} bytes"))


def _restore(which: _Which, ask: Care) -> _Done:
    from hutuo.base import backups

    source = uploads.path_of(_file(ask))
    manifest, aside = backups.restore(which.folder, which.region, source, _store(which, ask))
    made = f"{manifest.made_at:%Y-%m-%dT%H:%M:%SZ}"
    return _Done(Text(f"已恢复 {made} 的备份", f"the backup of {made} is back"), aside)


def _rebuild(which: _Which, _ask: Care) -> _Done:
    from hutuo.base.rebuild import rebuild

    built = rebuild(which.folder)
    zh, en = f"已由 {built.batches} 个批次重建", f"built anew from {built.batches} batches"
    return _Done(Text(zh, en), built.aside, tuple(built.dropped), tuple(built.unreadable))


def _store(which: _Which, ask: Care) -> "Store | None":
    from hutuo.base.store import store_at

    return store_at(which.folder) if ask.with_store else None


def _file(ask: Care) -> str:
    if not ask.file:
        way = f"hutuo base care {ask.action}"
        raise BadAsk(
            Text(f"{ask.action}须给出文件", f"{ask.action} needs a file"),
            Text(f"{way} 文件", f"{way} FILE"),
        )
    return ask.file


_ACTIONS = {
    "status": _status,
    "compact": _compact,
    "expire": _expire,
    "backup": _backup,
    "restore": _restore,
    "rebuild": _rebuild,
}
