"""Backups of a lake: one file with the catalogue, the Parquet files and their sums; and the way back.

A lake that comes back is made whole beside the old one and takes its place at once; the old one is kept
aside.
"""

import ctypes
import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ValidationError

from hutuo.base import breakage, cataloguefile, storefiles
from hutuo.errors import BadAsk, BadInput, Finding, NotFound, Unavailable
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.store import Store

MANIFEST, STAMP, NOTED, STORE = "manifest.json", "pack", "backup.json", "store"
LARGEST_MANIFEST = 64_000_000
_NAME = re.compile(r"lake\.sqlite|pack|store|lake/main/[a-z_]{1,64}/[\w-]{1,128}\.parquet")
_PIECE = 1 << 20
_EXCHANGE, _HERE = 2, -100


class Entry(BaseModel):
    """One file of a backup.

    Attributes:
        name: Where it lies in the lake's folder.
        size: Its bytes.
        sha256: Its sum.
    """

    name: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds.

    Attributes:
        format: Version of this form.
        region: Region that it is of.
        made_at: When it was made.
        files: Its files.
    """

    format: int = 1
    region: str
    made_at: datetime
    files: list[Entry]


class Note(NamedTuple):
    """The last backup of a lake.

    Attributes:
        file: Name of the file that it was written to.
        made_at: When.
    """

    file: str
    made_at: datetime


def backup(folder: Path, region: str, target: Path, store: "Store | None" = None) -> Manifest:
    """Write a backup of a lake while no one writes to it; readers go on.

    Args:
        folder: Folder of the lake.
        region: Id of the region.
        target: File to write; there must be none yet.
        store: Store of the region that goes into it too.

    Raises:
        BadAsk: There is a file already, or no folder to put it in.
        NotFound: There is no lake yet.
        Unavailable: The catalogue is broken, or the disk full; no file is left.
    """
    if target.exists():
        raise BadAsk(
            Text(f"“{target}”已存在", f"'{target}' is there already"),
            Text("请给出尚不存在的文件", "give a file that is not there yet"),
        )
    if not target.parent.is_dir():
        raise BadAsk(
            Text(f"没有文件夹“{target.parent}”", f"no folder '{target.parent}'"),
            Text("请给出已有文件夹中的文件", "give a file in a folder that is there"),
        )
    if not (folder / breakage.CATALOGUE).exists():
        raise NotFound(
            Text(f"地区“{region}”还没有数据库", f"region '{region}' has no lake yet"),
            Text("请先打开一次,如:hutuo base region", "open it once, as by: hutuo base region"),
        )
    part = target.with_name(f".{target.name}.part")
    try:
        with (
            breakage.telling(target.parent),
            tempfile.TemporaryDirectory(dir=target.parent) as aside,
        ):
            with held(folder):
                manifest = _packed(folder, region, Path(aside), part, store)
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    note = {"file": target.name, "made_at": manifest.made_at.isoformat()}
    (folder / NOTED).write_text(json.dumps(note), encoding="utf-8")
    return manifest


def noted(folder: Path) -> Note | None:
    """The last backup of a lake, if there was one."""
    try:
        told = json.loads((folder / NOTED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Note(told["file"], datetime.fromisoformat(told["made_at"]))


def restore(
    folder: Path, region: str, source: Path, store: "Store | None" = None
) -> tuple[Manifest, str]:
    """Put a backup in the place of a lake, once all of it is checked.

    Args:
        folder: Folder of the lake, which may be broken or missing.
        region: Id of the region.
        source: File of the backup.
        store: Store of the region that is to come back too.

    Returns:
        What it holds, and the name of the folder that the old lake was put aside as; empty if there was none.

    Raises:
        BadInput: The file is no backup, or not as it was written; every fault is told, nothing is changed.
        BadAsk: It is of another region.
    """
    with _opened(source) as archive:
        manifest = _manifest(archive, source)
        if manifest.region != region:
            theirs = manifest.region
            zh, en = (
                f"“{source.name}”是地区“{theirs}”的备份",
                f"'{source.name}' is a backup of region",
            )
            hint = Text(f"请指明该地区:--of {theirs}", f"name its region: --of {theirs}")
            raise BadAsk(Text(zh, f"{en} '{theirs}'"), hint)
        if store is not None and STORE not in {entry.name for entry in manifest.files}:
            says = Text(f"“{source.name}”中没有业务库", f"'{source.name}' holds no store")
            raise BadAsk(says, Text("去掉--with-store", "leave --with-store out"))
        with made_beside(folder, sum(entry.size for entry in manifest.files)) as new:
            faults = [
                f for entry in manifest.files for f in _unpacked(archive, entry, new, source)
            ]
            if not faults:
                faults = _checked(new, source)
            if faults:
                raise BadInput(_number_of(faults, source), faults)
            with held(folder):
                if store is not None:
                    storefiles.load(store, new / STORE)
                (new / STORE).unlink(missing_ok=True)
                aside = put_in_place(new, folder)
    return manifest, aside


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Nobody loads or writes the lake of that folder within the block."""
    from filelock import FileLock

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"), FileLock(folder / "write"):
        yield


@contextmanager
def made_beside(folder: Path, size: int) -> Iterator[Path]:
    """An empty folder beside that one, for a lake that shall take its place; what is left in it goes.

    Raises:
        Unavailable: The disk has not that many bytes left.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free
    if free < size:
        message = Text(
            f"{folder}旁边需要{size:,}字节,只剩{free:,}字节",
            f"{size:,} bytes are needed beside {folder}, and {free:,} are free",
        )
        hint = Text(
            "请腾出空间后重做一次;现有数据未作改动",
            "free some space and do the same again; nothing was changed",
        )
        raise Unavailable(message, hint)
    new = Path(tempfile.mkdtemp(prefix=f"{folder.name}.new-", dir=folder.parent))
    try:
        with breakage.telling(folder):
            yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def put_in_place(new: Path, folder: Path) -> str:
    """Let a lake that nobody has open take the place of another, which is kept under a dated name.

    Returns:
        Name of the folder that the old one is kept as.
    """
    cataloguefile.move(new, folder)
    for name in (STAMP, NOTED):
        if (folder / name).exists() and not (new / name).exists():
            shutil.copyfile(folder / name, new / name)
    _sync(new)
    aside = folder.with_name(f"{folder.name}.{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    # Named aside first, so that the exchange is the last step: no folder ever stands under a wrong name.
    new.rename(aside)
    if not _exchanged(aside, folder):
        aside.rename(new)
        folder.rename(aside)
        new.rename(folder)
    return aside.name


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one step, where the system can."""
    change = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if change is None:
        return False
    words = (_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return bool(change(*words) == 0)


def _sync(folder: Path) -> None:
    """Have all files of a folder on the disk before they are relied on."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _packed(folder: Path, region: str, aside: Path, part: Path, store: "Store | None") -> Manifest:
    """Write the archive; the manifest comes last, when the sums are known."""
    cataloguefile.copy(folder, aside / breakage.CATALOGUE)
    known = cataloguefile.contents(aside)
    sources = {breakage.CATALOGUE: aside / breakage.CATALOGUE}
    if (folder / STAMP).exists():
        sources[STAMP] = folder / STAMP
    if store is not None:
        storefiles.save(store, aside / STORE)
        sources[STORE] = aside / STORE
    # Those that are about to go are still known to older states of the catalogue.
    names = sorted({file.path for file in known.files} | set(known.waiting))
    there = {f"lake/{name}": folder / "lake" / name for name in names}
    sources |= {name: path for name, path in there.items() if path.exists()}
    entries = []
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, path) in enumerate(sources.items()):
            report(number / len(sources), Text(f"备份 {name}", f"backing up {name}"))
            entries.append(_written(archive, name, path))
        manifest = Manifest(region=region, made_at=datetime.now(UTC), files=entries)
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    with part.open("rb") as file:
        os.fsync(file.fileno())
    return manifest


def _written(archive: zipfile.ZipFile, name: str, path: Path) -> Entry:
    with path.open("rb") as given, archive.open(name, "w", force_zip64=True) as taken:
        size, digest = _copied(given, taken)
    return Entry(name=name, size=size, sha256=digest)


def _copied(given: IO[bytes], taken: IO[bytes], most: int | None = None) -> tuple[int, str]:
    """Copy no more than so many bytes, and count and sum them."""
    size, digest = 0, hashlib.sha256()
    while piece := given.read(_PIECE):
        size += len(piece)
        if most is not None and size > most:
            break
        digest.update(piece)
        taken.write(piece)
    return size, digest.hexdigest()


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile as error:
        zh, en = f"“{source.name}”不是备份,或不完整", f"'{source.name}' is no backup, or cut short"
        raise BadInput(Text(f"{zh}:{error}", f"{en}: {error}")) from error
    with archive:
        yield archive


def _manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            zh = f"“{source.name}”中的{MANIFEST}太大"
            raise BadInput(Text(zh, f"{MANIFEST} in '{source.name}' is too large"))
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except (KeyError, ValidationError, zipfile.BadZipFile) as error:
        says = Text(
            f"“{source.name}”不是备份:其中的{MANIFEST}无法读取",
            f"'{source.name}' is no backup: its {MANIFEST} cannot be read",
        )
        raise BadInput(says) from error
    wrong = Text("不是数据库中的文件名", "is no name of a file of a lake")
    strange = [
        Finding(source.name, None, entry.name, wrong)
        for entry in manifest.files
        if not _NAME.fullmatch(entry.name)
    ]
    if manifest.format != 1:
        given = manifest.format
        wrong = Text(f"为{given},只认得1", f"is {given}, and 1 is known")
        strange.append(Finding(source.name, None, "format", wrong))
    if strange:
        raise BadInput(_number_of(strange, source), strange)
    return manifest


def _number_of(faults: list[Finding], source: Path) -> Text:
    count = len(faults)
    return Text(f"“{source.name}”有{count}处问题:", f"'{source.name}' has {count} findings:")


def _unpacked(archive: zipfile.ZipFile, entry: Entry, new: Path, source: Path) -> list[Finding]:
    """Unpack a file; what is wrong with it."""
    target = new / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    report(None, Text(f"恢复 {entry.name}", f"restoring {entry.name}"))
    try:
        with archive.open(entry.name) as given, target.open("wb") as taken:
            size, digest = _copied(given, taken, entry.size)
    except KeyError:
        says = Text("备份中没有此文件", "is missing in the file")
    except (zipfile.BadZipFile, EOFError) as error:
        says = Text(f"无法读取:{error}", f"cannot be read: {error}")
    else:
        if (size, digest) == (entry.size, entry.sha256):
            return []
        says = Text("与写入时不同:校验和不符", "is not as it was written: its sum differs")
    return [Finding(source.name, None, entry.name, says)]


def _checked(new: Path, source: Path) -> list[Finding]:
    """Whether the lake that was unpacked is whole and of this layout; it is not opened by the engine."""
    from hutuo.base import upkeep

    found = upkeep.state(new)
    return [Finding(source.name, None, "", problem) for problem in found.problems]
