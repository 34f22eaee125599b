"""Cells of a file of tasks: how each column is written for people, and how what they wrote is read again.

What comes back is text, whatever program saved it: dates also as serial numbers or as 2026年6月30日, shares
also as 40 %, bodies and states by id or by name in either language.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, get_args

from hutuo.base.cellforms import UNVALUED
from hutuo.glossary import label
from hutuo.plan.responsibilities import joined, listed
from hutuo.plan.tasks import Kind, State
from hutuo.report.forms import fitting
from hutuo.verbs import Text

Row = Mapping[str, Any]
FEN = 100
# Which list of the glossary names the values of a column.
LISTS = {"state": "task_state", "kind": "kind"}
STATES, KINDS = get_args(State), get_args(Kind)
SAME_SHARE = 1e-9
# Day 1 of spreadsheets is 1900-01-01, and they believe in a 29 February 1900.
SERIAL_ZERO, SERIALS = date(1899, 12, 30), range(366, 110_000)
DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)
SEPARATORS = re.compile("[\n;\uff1b\u3001,\uff0c]+")
SPACES = " \t\n\r\u3000\xa0"
NEAREST = 3


class Unread(ValueError):
    """A cell that says nothing its column can hold, and why, after the cell in quotes."""

    def __init__(self, zh: str, en: str) -> None:
        self.says = Text(zh, en)
        super().__init__(en)


class Column(NamedTuple):
    """One column of the file.

    Attributes:
        name: Column of the table of tasks.
        head: Heading.
        kind: ``text``, ``date``, ``share``, ``money``, ``body``, ``bodies``, ``tasks``, ``state``; ``kind``
            and ``fixed`` are shown and not taken from a file, but for rows that are new.
        width: Width in characters.
        centimetres: Width in a Word table; 0 where it is left out there.
    """

    name: str
    head: Text
    kind: str
    width: int
    centimetres: float = 0


COLUMNS = (
    Column("task", Text("任务编号", "task id"), "fixed", 18, 3.2),
    Column("zh", Text("任务名称", "task"), "text", 40, 4.6),
    Column("en", Text("英文名称", "task in English"), "text", 24),
    Column("clause", Text("条款", "clause"), "fixed", 10),
    Column("kind", Text("类别", "kind"), "kind", 12),
    Column("parent", Text("上级任务", "part of"), "fixed", 18),
    Column("owner", Text("责任单位", "owner"), "body", 24, 2.8),
    Column("support", Text("配合单位", "support"), "bodies", 24, 2.8),
    Column("start", Text("开始日期", "start"), "date", 12),
    Column("due", Text("完成期限", "due"), "date", 12, 2.4),
    Column("state", Text("状态", "state"), "state", 10, 1.6),
    Column("progress", Text("进度", "progress"), "share", 8, 1.5),
    Column("evidence", Text("佐证", "evidence"), "text", 32, 3.2),
    Column("reason", Text("原因", "reason"), "text", 24, 2.2),
    Column("money_fen", Text("资金(元)", "money (yuan)"), "money", 16),
    Column("after", Text("等待的任务", "waits for"), "tasks", 18),
    Column("note", Text("备注", "note"), "text", 24, 2.4),
    Column("by", Text("填报", "reported by"), "text", 14),
)
BY_HEAD = {head: column.name for column in COLUMNS for head in column.head}
BY_NAME = {column.name: column for column in COLUMNS}
FIXED = ("fixed", "kind")


class Names:
    """Bodies by id and by name."""

    def __init__(self, bodies: Mapping[str, Text]) -> None:
        self.bodies = bodies
        self.known: dict[str, set[str]] = {}
        for body, text in bodies.items():
            for word in {body, *text, *(f"{name} ({body})" for name in text)}:
                self.known.setdefault(plain(word), set()).add(body)

    def shown(self, body: str, lang: str) -> str:
        """What a body is called; with its id where others are called so too."""
        if body not in self.bodies:
            return body
        name = self.bodies[body].say(lang)
        return name if self.known[plain(name)] == {body} else f"{name} ({body})"

    def read(self, word: str) -> str:
        """The body that a word means.

        Raises:
            Unread: It means none, or several.
        """
        from difflib import get_close_matches

        found = self.known.get(plain(word), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            several = sorted(found)
            raise Unread(
                f"可能是{'、'.join(several)};请在名称后写明标识",
                f"may be {', '.join(several)}; write the name with the id",
            )
        near = get_close_matches(plain(word), self.known, n=NEAREST, cutoff=0.4)
        zh, en = (f";相近的:{'、'.join(near)}", f"; near: {', '.join(near)}") if near else ("", "")
        raise Unread(f"不是已知的机构{zh}", f"is no body that is known{en}")


def plain(text: str) -> str:
    """A text without blanks around it, with plain line ends, as a file can hold it."""
    return fitting(text).strip(SPACES)


def shown(row: Row, column: Column, names: Names, lang: str) -> str | float | date | None:
    """A cell of a task as the file holds it: text, a number, a date, or None for none."""
    value = row[column.name]
    if value is None:
        return None
    if column.kind == "money":
        return float(value / FEN)
    if column.kind == "body":
        return names.shown(value, lang)
    if column.kind == "bodies":
        return "\n".join(names.shown(body, lang) for body in listed(value))
    if column.kind == "tasks":
        return "\n".join(listed(value))
    if column.kind in ("state", "kind"):
        return label(f"{LISTS[column.kind]}:{value}").say(lang)
    if column.kind in ("text", "fixed"):
        return fitting(value)
    found: float | date = value
    return found


def written(value: str | float | date | None, column: Column) -> str:
    """A cell in words, as a Word table holds it."""
    if value is None:
        return ""
    if column.kind == "share" and not isinstance(value, (str, date)):
        return f"{value * 100:.10g}%"
    return value.isoformat() if isinstance(value, date) else str(value)


def read(text: str, column: Column, names: Names) -> Any:
    """What a cell that came back says, as the table of tasks holds it.

    Raises:
        Unread: It says nothing that the column can hold.
    """
    text = plain(text)
    if not text:
        return None
    if text == UNVALUED.decode():
        raise Unread(
            "是没有结果的公式;请写出内容", "is a formula without a value; write what it should say"
        )
    readers: dict[str, Callable[[str], Any]] = {
        "date": _date,
        "share": _share,
        "money": _money,
        "body": names.read,
        "bodies": lambda given: _bodies(given, names),
        "tasks": lambda given: joined(
            [word for word in re.split("[\\s;\uff1b,\uff0c]+", given) if word]
        ),
        "state": lambda given: _one_of(given, "state", STATES),
        "kind": lambda given: _one_of(given, "kind", KINDS),
    }
    return readers[column.kind](text) if column.kind in readers else text


def same(one: Any, other: Any) -> bool:
    """Whether two values of a column are the same; a share may lose what no person sees."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < SAME_SHARE
    if isinstance(one, str) and isinstance(other, str):
        return plain(one) == plain(other)
    return bool(one == other)


def _date(text: str) -> date:
    try:
        if found := DAY.fullmatch(text):
            return date(*map(int, found.groups()))
        if (days := int(Decimal(text))) in SERIALS and Decimal(text) == days:
            return SERIAL_ZERO + timedelta(days=days)
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a civil day
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise Unread("不是日期,如2026-06-30", "is no date, as 2026-06-30") from error


def _share(text: str) -> float:
    number = text.replace("\uff05", "%").removesuffix("%").strip()
    try:
        value = Decimal(number)
    except InvalidOperation as error:
        raise Unread("不是百分数,如40%", "is no share, as 40%") from error
    if number != text.strip():
        value /= 100
    if not 0 <= value <= 1:
        raise Unread(
            "不在0%至100%之间;请带百分号,如40%",
            "is no share from 0% to 100%; write it with its sign, as 40%",
        )
    return float(value)


def _money(text: str) -> int:
    try:
        fen = Decimal(text.removesuffix("元").replace(",", "").replace("\uff0c", "").strip()) * FEN
        whole = int(fen.to_integral_value())
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise Unread("不是以元计的金额,如120000.50", "is no sum in yuan, as 120000.50") from error
    if whole < 0 or abs(fen - whole) > Decimal("0.001") or whole >= 1 << 63:
        raise Unread(
            "不是以元计、最多两位小数的金额,如120000.50",
            "is no sum in yuan with at most two decimals, as 120000.50",
        )
    return whole


def _bodies(text: str, names: Names) -> str | None:
    found: list[str] = []
    for line in filter(None, map(plain, text.split("\n"))):
        # A name may hold what else separates names.
        words = [line] if plain(line) in names.known else SEPARATORS.split(line)
        found += [names.read(word) for word in words if plain(word)]
    return joined(found)


def _one_of(text: str, kind: str, values: Sequence[str]) -> str:
    for value in values:
        if text.lower() in (value, *(word.lower() for word in label(f"{LISTS[kind]}:{value}"))):
            return value
    known = ["/".join(label(f"{LISTS[kind]}:{value}")) for value in values]
    raise Unread(f"不在{'、'.join(known)}之列", f"is none of {', '.join(known)}")
