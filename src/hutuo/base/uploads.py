"""Files that verbs read: a path on the owner's own command line, an uploaded file over the network.

An upload is called ``upload:<digest>/<name>``. It lies in the data folder under its content, so that the same
file is kept once, and what is kept beside it (its mapping) is found again.
"""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from hutuo.errors import BadAsk, NotFound
from hutuo.glossary import Text

PREFIX = "upload:"
LARGEST = 512_000_000
# Kept for a month after the last use: a yearbook is loaded within days, not after a year.
KEPT = 30 * 24 * 3600
LONGEST_NAME = 120
_CALLED = re.compile(r"upload:([0-9a-f]{32})/([^/\\\x00-\x1f]{1,120})")
_over_network: ContextVar[bool] = ContextVar("over_network", default=False)


@contextmanager
def over_network() -> Iterator[None]:
    """Within the block files are named as uploads only: a request opens no path of the machine."""
    token = _over_network.set(True)
    try:
        yield
    finally:
        _over_network.reset(token)


def is_over_network() -> bool:
    """Whether a request is answered, and not the owner on the machine itself."""
    return _over_network.get()


def path_of(given: str) -> Path:
    """The file that is meant.

    Args:
        given: ``upload:<digest>/<name>``, or a path where the owner asks on the machine itself.

    Raises:
        NotFound: There is no such file.
        BadAsk: A path was named over the network, or an upload's name is misspelled.
    """
    if given.startswith(PREFIX):
        return _uploaded(given)
    if _over_network.get():
        raise BadAsk(
            Text(f"“{given}”不是已上传的文件", f"'{given}' is no uploaded file"),
            Text(
                "先用PUT /api/uploads?name=文件名上传,以返回的名称称呼它",
                "PUT /api/uploads?name=FILE gives its name",
            ),
        )
    path = Path(given).expanduser()
    if not path.is_file():
        raise NotFound(
            Text(f"没有文件“{given}”", f"no file '{given}'"),
            Text("请给出确实存在的文件的路径", "give the path of a file that is there"),
        )
    return path


def own_path(given: str) -> Path:
    """A file that is written or that holds a secret: on the machine itself only.

    Raises:
        BadAsk: It was asked over the network.
    """
    if is_over_network():
        raise BadAsk(
            Text(
                "网络上不写文件、不读私钥", "over the network no file is written, no key is read"
            ),
            Text("在本机用命令行", "use the command line on the machine itself"),
        )
    return Path(given).expanduser()


def store(name: str, content: Iterable[bytes]) -> str:
    """Keep a file as an upload; the same content under the same name is one file.

    Args:
        name: What the file is called; folders in it are dropped.
        content: Its bytes, in pieces.

    Returns:
        What verbs call it.
    """
    with Incoming(name) as incoming:
        for piece in content:
            incoming.write(piece)
        return incoming.keep()


class Incoming:
    """A file that comes in pieces; what is not kept by the end of the block is gone."""

    def __init__(self, name: str) -> None:
        """Begin to receive.

        Args:
            name: What the file is called; folders in it are dropped.

        Raises:
            BadAsk: That is no name of a file.
        """
        short = re.sub(r"[\x00-\x1f]", "", re.split(r"[/\\]", name)[-1]).strip().lstrip(".")
        if not short or len(short.encode()) > LONGEST_NAME:
            called = name[:LONGEST_NAME]
            says = Text(f"“{called}”不能作文件名", f"'{called}' is no name for a file")
            raise BadAsk(says, Text("如yearbook-2024.xlsx", "as yearbook-2024.xlsx"))
        self.name = short
        self._digest, self._size = hashlib.sha256(), 0
        self._folder = _folder()
        _forget_old(self._folder)
        handle, path = tempfile.mkstemp(dir=self._folder)
        self._path, self._file = Path(path), os.fdopen(handle, "wb")

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Take in a piece.

        Raises:
            BadAsk: The file is larger than allowed.
        """
        self._size += len(piece)
        if self._size > LARGEST:
            hint = Text(
                f"最多{LARGEST:,}字节;更大的文件请在命令行上读入",
                f"at most {LARGEST:,} bytes; load larger files on the command line",
            )
            raise BadAsk(Text(f"“{self.name}”太大", f"'{self.name}' is too large"), hint)
        self._digest.update(piece)
        self._file.write(piece)

    def keep(self) -> str:
        """Keep what came in, and say what verbs call it."""
        self._file.close()
        kept = self._folder / self._digest.hexdigest()[:32] / self.name
        kept.parent.mkdir(exist_ok=True)
        self._path.replace(kept)
        return f"{PREFIX}{kept.parent.name}/{self.name}"


def _uploaded(given: str) -> Path:
    found = _CALLED.fullmatch(given)
    if not found:
        raise BadAsk(
            Text(f"“{given}”不是上传文件的名称", f"'{given}' is no name of an upload"),
            Text("形如upload:<32位十六进制数>/<文件名>", "as upload:<32 hex digits>/<name>"),
        )
    path = _folder() / found[1] / found[2]
    if not path.is_file():
        raise NotFound(
            Text(f"“{given}”不存在或已被清除", f"'{given}' is not there, or not any more"),
            Text("请重新上传该文件", "upload the file again"),
        )
    # What is kept beside a file is used with it.
    for file in path.parent.iterdir():
        os.utime(file)
    return path


def _folder() -> Path:
    from hutuo.base.region import home

    folder = home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _forget_old(folder: Path) -> None:
    """Files that nobody used for long, and pieces that a killed process left."""
    before = time.time() - KEPT
    for file in [*folder.glob("*"), *folder.glob("*/*")]:
        # Another request may be at the same.
        with suppress(FileNotFoundError):
            if file.is_file() and file.stat().st_mtime < before:
                file.unlink()
