"""A chain of hashes over what is only added to: each covers its content and the hash before it.

Whoever keeps a head, number and hash of the last entry, can tell later whether anything up to it was changed,
left out, put in, moved or written anew.

Source: S. Haber and W. S. Stornetta, How to time-stamp a digital document, J. Cryptology 3 (1991) 99-111.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import orjson
from pydantic import Field

from hutuo.glossary import Text

__all__ = ["ORIGIN", "Doubt", "Name", "Walk", "canonical", "linked"]

# What the first entry is linked to.
ORIGIN = "0" * 64
# No control characters and no blanks at the ends: what looks the same is the same.
Name = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+( [^\s\x00-\x1f\x7f]+)*$"),
]

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(values: Mapping[str, Any]) -> bytes:
    """Values as the one JSON text of them, in UTF-8 (compact, keys in order)."""
    try:
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        # A whole number of more than 64 bits.
        return _encode(values).encode()


def linked(before: str, content: Mapping[str, Any]) -> str:
    """Hash of an entry.

    Args:
        before: Hash of the entry before it, or ``ORIGIN``.
        content: All that the entry says, as plain values.

    Returns:
        SHA-256 in hexadecimal over the hash before and the canonical JSON of the content.
    """
    return hashlib.sha256(before.encode() + b"\n" + canonical(content)).hexdigest()


class Doubt(NamedTuple):
    """Something that is not as it was written.

    Attributes:
        check: What was checked, as ``number``, ``chain``, ``head`` or ``guard``.
        seq: Entry that it was seen at; None for what is not of one.
        says: What is wrong.
    """

    check: str
    seq: int | None
    says: Text


class Walk:
    """Entries of a chain, one after the other, against what their hashes say.

    Attributes:
        entries: How many were read.
        hash: Hash of the last one.
        doubts: What is wrong, in order.
    """

    def __init__(self, head: tuple[int, str] | None, of: Text) -> None:
        """Begin before the first entry.

        Args:
            head: Number and hash of an entry as they were exported once.
            of: What the chain is of.
        """
        self._of = of
        self.entries, self.hash = 0, ORIGIN
        self.doubts: list[Doubt] = []
        self._seq, self._head = 0, head
        self._last = datetime.min.replace(tzinfo=UTC)

    def step(self, seq: int, at: datetime, made: str, stored: str) -> None:
        """Check one entry; after a fault it goes on with what is written, so that the next is found too.

        Args:
            seq: Its number.
            at: When it was recorded.
            made: Hash of what it says after the hash of the entry before, computed anew.
            stored: Hash that stands with it.
        """
        self.entries += 1
        if seq != self._seq + 1:
            self.doubt(
                "number",
                seq,
                f"第{self._seq + 1}号分录应在此处,却是第{seq}号",
                f"entry {self._seq + 1} is missing before entry {seq}",
            )
        self._seq = seq
        if made != stored:
            self.doubt(
                "chain",
                seq,
                f"第{seq}号分录的内容与其散列不符",
                f"entry {seq} does not say what its hash was made of",
            )
        if at < self._last:
            self.doubt("chain", seq, "记录时间早于前一分录", "recorded before the entry before it")
        self._last = at
        self.hash = stored
        if self._head and self._head[0] == seq and self._head[1] != stored:
            self.doubt(
                "head",
                seq,
                f"第{seq}号分录的散列与导出的链头不同:此前的内容被改写",
                f"the hash of entry {seq} is not that of the exported head: what came before was rewritten",
            )

    def unreadable(self) -> None:
        """The log goes on with something that is no entry, or that no entry can follow."""
        self.doubt(
            "chain",
            None,
            f"第{self._seq}号分录之后的内容无法读取",
            f"what is written at or after entry {self._seq} cannot be read",
        )

    def end(self) -> None:
        """Whether the head was reached."""
        if self._head and self._head[0] > self._seq:
            self.doubt(
                "head",
                None,
                f"导出的链头是第{self._head[0]}号分录,{self._of.zh}只到第{self._seq}号",
                f"the exported head is entry {self._head[0]},"
                f" the {self._of.en} ends at entry {self._seq}",
            )

    def doubt(self, check: str, seq: int | None, zh: str, en: str) -> None:
        """Note something that is wrong."""
        self.doubts.append(Doubt(check, seq, Text(zh, en)))
