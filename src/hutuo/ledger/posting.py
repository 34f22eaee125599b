"""The verb that posts: entries from a file or from a program, all of them or none."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.branches import Rows
from hutuo.base.sharing.reading import own
from hutuo.base.sharing.rights import only
from hutuo.base.store import store_of
from hutuo.base.uploads import path_of
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.ledger import schema
from hutuo.ledger.entries import OUTSIDE, Entry, read_entries
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Close", "Post", "PostAnswer", "PostedRow", "close", "post"]

REGISTER = "register:ledger"
LARGEST = 100_000_000
MOST = 100_000


class Post(Ask):
    """What to post."""

    file: str | None = said(
        "分录文件(JSON:一条、列表或每行一条)",
        "file of entries: JSON of one, a list, or one a line",
        default=None,
    )
    entries: Rows | None = said(
        "直接给出的分录(JSON),代替文件",
        "entries themselves as JSON, instead of a file",
        default=None,
    )
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class PostedRow(Answer):
    """One entry of the ledger."""

    seq: int = said("分录号", "number of the entry")
    key: str = said("幂等键", "key of the entry")
    hash: str = said("链上的散列", "hash of the chain up to the entry")
    recorded_at: datetime = said("记录时间", "when it was recorded")
    duplicate: bool = said("此前已记", "whether it was there before, just so")


class PostAnswer(Answer):
    """What was posted."""

    posted: int = said("新记的分录数", "entries that are new")
    duplicates: int = said("此前已记的分录数", "entries that were there before, just so")
    check: bool = said("只检查", "whether nothing was written")
    rows: list[PostedRow] = said("分录", "the entries")


class Close(Ask):
    """Up to which day to close."""

    until: date = said("结账到该日(含)", "last day that is closed")
    memo: str = said("说明", "what is said of it", default="", max_length=2000)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


@verb("记账", columns=("seq", "key", "recorded_at", "duplicate"))
def post(region: "Region", ask: Post) -> PostAnswer:
    """Post entries to the ledger: all of them, or none; a known key with the same content once."""
    if (ask.file is None) == (ask.entries is None):
        says = Text("给出文件或分录之一", "give a file or entries, one of both")
        raise BadAsk(says, Text("如ledger post 分录.json", "as in ledger post entries.json"))
    name = Path(ask.file).name if ask.file else "entries"
    given = _read(path_of(ask.file), name) if ask.file else ask.entries
    entries = read_entries(given, name)
    _only_between_oneself_and_others(region, entries)
    return _posted(region, entries, ask.by, name, check=ask.check)


@verb("结账", columns=("seq", "key", "recorded_at", "duplicate"))
def close(region: "Region", ask: Close) -> PostAnswer:
    """Close the ledger up to a day: later entries count after it."""
    if not deeds.actor().is_owner:
        # It is closed to all, so by whose it is.
        own(region.lake.folder, [REGISTER])
    entry = Entry(key=f"close:{ask.until}", effective=ask.until, kind="close", memo=ask.memo)
    return _posted(region, [entry], ask.by, "close", check=ask.check)


def _only_between_oneself_and_others(region: "Region", entries: list[Entry]) -> None:
    """Refuse entries about others: each account is one's own, the world's, or what another owes oneself.

    Raises:
        Forbidden: An account, or one of the entry that is referred to, is another's.
    """
    if deeds.actor().is_owner:
        return
    keys = [entry.refers for entry in entries if entry.refers is not None]
    line, written = schema.posting, schema.entry
    asked = sa.select(line.c.account).join(written, written.c.seq == line.c.seq)
    with store_of(region).reading(LEDGER) as connection:
        referred = connection.scalars(asked.where(written.c.key.in_(keys))).all()
    accounts = {leg.account for entry in entries for leg in entry.postings} | {*referred}
    accounts |= {entry.terms.account for entry in entries if entry.terms is not None}
    for account in sorted(accounts):
        body, _, name = account.partition("/")
        if body != OUTSIDE:
            only(body, name.removeprefix("due:") if name.startswith("due:") else None)
    if any(entry.kind == "close" for entry in entries):
        own(region.lake.folder, [REGISTER])


def _posted(
    region: "Region", entries: list[Entry], by: str | None, name: str, *, check: bool
) -> PostAnswer:
    from hutuo.ledger.journal import journal_of

    rows = journal_of(store_of(region)).post(entries, by=by, file=name, check=check)
    new = sum(not row.duplicate for row in rows)
    shown = [] if check else [PostedRow(**row._asdict()) for row in rows]
    return PostAnswer(posted=new, duplicates=len(rows) - new, check=check, rows=shown)


def _read(path: Path, name: str) -> list[Any]:
    """Values of a JSON file: of one entry, of a list, or of lines.

    Raises:
        BadInput: It is too large or no JSON, a name stands twice in an object, or there are too many entries.
    """
    if path.stat().st_size > LARGEST:
        most = f"{LARGEST // 1_000_000} MB"
        raise BadInput(Text(f"{name}超过{most}", f"{name} has more than {most}"), (), _parts())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        finding = Finding(name, None, "", Text("不是UTF-8文字", "it is no text in UTF-8"))
        raise BadInput(_no_json(name), [finding]) from error
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except ValueError as error:
        found = _lines(text, name, error)
    rows: list[Any] = found if isinstance(found, list) else [found]
    if len(rows) > MOST:
        says = Text(f"{name}有{len(rows)}条分录", f"{name} has {len(rows)} entries")
        raise BadInput(says, (), _parts())
    return rows


def _lines(text: str, name: str, whole: ValueError) -> list[Any]:
    """Values of lines; what is no JSON is told line by line."""
    lines = [(row, line) for row, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows, findings = [], []
    for row, line in lines:
        try:
            rows.append(json.loads(line, object_pairs_hook=_object))
        except ValueError as error:
            findings.append(Finding(name, row, "", f"{error}"))
    # One text over many lines has its one fault, not one a line.
    if findings and (not rows or len(findings) * 2 > len(lines)):
        findings = [Finding(name, getattr(whole, "lineno", None), "", f"{whole}")]
    if findings:
        raise BadInput(_no_json(name), findings) from whole
    return rows


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """An object whose names stand once: of two amounts neither is meant for sure."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = sorted({name for name, _ in pairs if [n for n, _ in pairs].count(name) > 1})
        raise ValueError(f"{', '.join(twice)} stands twice in one object")
    return found


def _no_json(name: str) -> Text:
    return Text(f"{name}不是JSON", f"{name} is no JSON")


def _parts() -> Text:
    return Text(f"分成多个文件,每个至多{MOST}条", f"split it: at most {MOST:,} entries a file")
