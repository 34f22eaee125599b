"""Zip archives from outside, unpacked within bounds: a small file cannot become a huge one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from hutuo.base.grids import LARGEST_FILE, declared, size_of
from hutuo.errors import BadInput
from hutuo.glossary import Text

MOST_MEMBERS = 10_000
MOST_UNPACKED = 1 << 30
# Tables of times pack to a tenth, hardly ever to a hundredth; small members may pack better.
MOST_RATIO = 200
SMALL = 16 << 20
ENCRYPTED = 0x1


@contextmanager
def archive(path: Path) -> Iterator[ZipFile]:
    """A zip archive, whose faults become findings on the file.

    Raises:
        BadInput: It is none, is broken, or has too many members.
    """
    size = size_of(path)
    if size > LARGEST_FILE:
        says = Text(f"{path.name}有{size:,}字节", f"{path.name} has {size:,} bytes")
        most = f"{LARGEST_FILE:,}"
        raise BadInput(says, hint=Text(f"最多{most}字节", f"at most {most}"))
    with declared(path.name, "zip archive"), ZipFile(path) as found:
        if len(found.infolist()) > MOST_MEMBERS:
            count = f"{len(found.infolist()):,}"
            says = Text(f"{path.name}含{count}个文件", f"{path.name} holds {count} files")
            most = f"{MOST_MEMBERS:,}"
            raise BadInput(says, hint=Text(f"最多{most}个", f"at most {most}"))
        yield found


def members(found: ZipFile, wanted: Iterable[str]) -> dict[str, ZipInfo]:
    """The wanted members by their plain name, in lower case; they may lie in one folder of the archive.

    Raises:
        BadInput: One stands twice, in different folders.
    """
    names = set(wanted)
    there: dict[str, ZipInfo] = {}
    for info in found.infolist():
        name = info.filename.rpartition("/")[2].lower()
        hidden = info.filename.startswith("__MACOSX/")
        if name not in names or hidden:
            continue
        if name in there:
            one, other = there[name].filename, info.filename
            says = Text(
                f"{found.filename}:{name}出现两次,即{one}和{other}",
                f"{found.filename}: {name} stands twice, as {one} and {other}",
            )
            raise BadInput(says, hint=Text("请只保留一个", "keep one of them"))
        there[name] = info
    return there


def bounded(name: str, infos: Iterable[ZipInfo], most: int = MOST_UNPACKED) -> None:
    """Refuse members that unpack to too much, by what the archive says of them.

    Raises:
        BadInput: They are too large, too thickly packed, encrypted, or packed in a way that is not read.
    """
    total = 0
    for info in infos:
        total += info.file_size
        where = f"{name}/{info.filename}"
        if info.flag_bits & ENCRYPTED:
            says = Text(f"{where}已加密", f"{where} is encrypted")
            raise BadInput(says, hint=Text("请不设密码重新打包", "pack it without a password"))
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            says = Text(
                f"{where}的压缩方法不受支持", f"{where} is packed in a way that is not read"
            )
            raise BadInput(says, hint=Text("请用deflate方法压缩", "use deflate"))
        if info.file_size > max(SMALL, info.compress_size * MOST_RATIO):
            packed, full = f"{info.compress_size:,}", f"{info.file_size:,}"
            says = Text(
                f"{where}由{packed}字节解压为{full}字节",
                f"{where} unpacks from {packed} to {full} bytes",
            )
            hint = Text(f"最多{MOST_RATIO}倍", f"at most {MOST_RATIO} times its packed size")
            raise BadInput(says, hint=hint)
    if total > most:
        says = Text(f"{name}解压后有{total:,}字节", f"{name} unpacks to {total:,} bytes")
        raise BadInput(says, hint=Text(f"最多{most:,}字节", f"at most {most:,}"))


def unpacked(found: ZipFile, info: ZipInfo) -> bytes:
    """The bytes of a member; never more than the archive says, whatever is packed."""
    with found.open(info) as member:
        return member.read(info.file_size)
