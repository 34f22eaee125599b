"""The catalogue of government information resources (政务信息资源目录) as a workbook, out and back.

One row an information item; what is of the resource stands in the first row of it. All cells are text, so
that codes keep their zeros and nothing becomes a date or a formula.

Source: 政务信息资源目录编制指南(试行), 发改高技〔2017〕1272号, core metadata; GB/T 21063.3-2007.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.report.forms import fitting

__all__ = ["HEADS", "ITEM_HEADS", "SHEET", "Came", "read", "workbook"]

SHEET = "政务信息资源目录"
# Heading to column of the table, in the order of the guide.
HEADS: Mapping[str, str] = {
    "类": "class",
    "项": "class_item",
    "目": "class_topic",
    "细目": "class_detail",
    "信息资源名称": "title",
    "信息资源代码": "resource",
    "信息资源提供方": "provider",
    "信息资源提供方代码": "provider_code",
    "信息资源摘要": "abstract",
    "信息资源格式": "format",
    "共享类型": "sharing",
    "共享条件": "sharing_condition",
    "共享方式": "sharing_way",
    "是否向社会开放": "opened",
    "开放条件": "opening_condition",
    "更新周期": "cycle",
    "发布日期": "published",
    "关联资源代码": "related",
}
ITEM_HEADS: Mapping[str, str] = {
    "信息项名称": "title",
    "数据类型": "type",
    "数据长度": "length",
}
CODE, TITLE = "信息资源代码", "信息资源名称"
# Items stand after the format, as in the guide.
ITEMS_AFTER = "信息资源格式"
# Above the headings there may be a title, and headings of groups of columns.
FIRST_ROWS = 20
SHARING = ("无条件共享", "有条件共享", "不予共享")
OPENED = ("是", "否")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00:00)?")
# Days of a spreadsheet, from 1950 to 2100.
SERIALS, SERIAL_ZERO = range(18_264, 73_051), date(1899, 12, 30)


class Came(NamedTuple):
    """A catalogue as it was read.

    Attributes:
        resources: Rows of the table of resources, without their further cells packed.
        items: Rows of their items.
        others: Headings of further columns that hold something.
    """

    resources: list[dict[str, Any]]
    items: list[dict[str, Any]]
    others: list[str]


def workbook(
    resources: Iterable[Mapping[str, Any]],
    items: Mapping[str, Sequence[Mapping[str, Any]]],
    more: Mapping[tuple[str, int], Mapping[str, str]],
) -> bytes:
    """The catalogue as an XLSX file; the same input gives the same bytes.

    Args:
        resources: Rows of the table of resources, in their order.
        items: Rows of their items in order, by code of the resource.
        more: Further cells by code and number of the row, from 1.

    Raises:
        BadInput: A cell is what no workbook holds; all of them are told.
    """
    import xlsxwriter

    others = list(dict.fromkeys(head for cells in more.values() for head in cells))
    heads = _heads(others)
    lines = [
        line for row in resources for line in _lines(row, items.get(row["resource"], ()), more)
    ]
    _all_fit([heads, *([line.get(head) or "" for head in heads] for line in lines)])
    content = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, safe) as book:
        book.set_properties({"title": SHEET, "created": _EPOCH})
        page, text = book.add_worksheet(SHEET), book.add_format({"num_format": "@"})
        page.set_column(0, len(heads) - 1, 16, text)
        page.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            page.write_string(0, column, head, text)
            for number, line in enumerate(lines, 1):
                if line.get(head):
                    page.write_string(number, column, line[head], text)
    return content.getvalue()


def read(name: str, rows: Sequence[Sequence[str]]) -> Came:
    """What the cells of a sheet say.

    Args:
        name: Of the file, for what is told.
        rows: Cells as text, the first row of the sheet first.

    Returns:
        Rows as their tables hold them, further cells under ``more``, by heading.

    Raises:
        BadInput: Headings are missing or stand twice, or cells say what they cannot; all are told.
    """
    at = next((n for n, row in enumerate(rows[:FIRST_ROWS]) if CODE in row and TITLE in row), None)
    if at is None:
        wrong = Text(f"没有“{CODE}”和“{TITLE}”列", f"has no columns '{CODE}' and '{TITLE}'")
        raise BadInput(_faulty(name), [Finding(name, 1, CODE, wrong)])
    heads = [head.strip() for head in rows[at]]
    _once(name, at + 1, heads)
    reading = _Reading(name)
    for number, row in enumerate(rows[at + 1 :], at + 2):
        cells = {h: c for h, c in zip(heads, row, strict=False) if h and c}
        if cells:
            reading.take(number, cells)
    if reading.faults:
        raise BadInput(_faulty(name), reading.faults)
    others = [h for h in heads if h and h not in HEADS and h not in ITEM_HEADS]
    return Came(reading.resources, reading.items, others)


class _Reading:
    """Rows as they come: one with a code begins a resource, one without goes on with it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.resources: list[dict[str, Any]] = []
        self.items: list[dict[str, Any]] = []
        self.faults: list[Finding] = []
        self._known: dict[str, int] = {}
        self._count = 0

    def take(self, number: int, cells: Mapping[str, str]) -> None:
        of_resource = {HEADS[h]: c for h, c in cells.items() if h in HEADS}
        of_item = {ITEM_HEADS[h]: c for h, c in cells.items() if h in ITEM_HEADS}
        more = {h: c for h, c in cells.items() if h not in HEADS and h not in ITEM_HEADS}
        code = of_resource.get("resource", "").strip()
        if code:
            of_resource["resource"] = code
        if code and (not self.resources or code != self.resources[-1]["resource"]):
            self._begin(number, of_resource, more if not of_item else {})
            if not of_item:
                return
        elif not self.resources:
            self._fault(number, CODE, "第一行须有代码", "the first row needs a code")
            return
        else:
            self._repeated(number, of_resource)
        self._count += 1
        item = {"resource": self.resources[-1]["resource"], "ordinal": self._count}
        self.items.append(item | of_item | {"more": more})

    def _begin(self, number: int, given: Mapping[str, str], more: Mapping[str, str]) -> None:
        code = given["resource"]
        if code in self._known:
            first = self._known[code]
            self._fault(
                number,
                CODE,
                f"代码{code}已在第{first}行出现",
                f"code {code} stands in row {first}",
            )
        self._known[code] = number
        if "title" not in given:
            self._fault(number, TITLE, "没有填写", "is empty")
        row: dict[str, Any] = {**dict.fromkeys(HEADS.values()), **given}
        self._closed(number, "共享类型", given.get("sharing"), SHARING)
        self._closed(number, "是否向社会开放", given.get("opened"), OPENED)
        row["published"] = self._day(number, given.get("published"))
        self.resources.append(row | {"ordinal": len(self.resources) + 1, "more": dict(more)})
        self._count = 0

    def _repeated(self, number: int, given: Mapping[str, str]) -> None:
        """Rows of the same resource may say again what its first row says, and nothing else."""
        first = self.resources[-1]
        for head, column in HEADS.items():
            if column not in given or column == "published":
                continue
            if first[column] != given[column]:
                self._fault(
                    number,
                    head,
                    "与该资源的第一行不同",
                    "is not what the first row of the resource says",
                )

    def _closed(self, number: int, head: str, given: str | None, known: Sequence[str]) -> None:
        if given is not None and given not in known:
            listed = "、".join(known)
            self._fault(
                number, head, f"“{given}”应为{listed}之一", f"'{given}' is none of {listed}"
            )

    def _day(self, number: int, given: str | None) -> date | None:
        if given is None:
            return None
        try:
            if found := _DAY.fullmatch(given.strip()):
                return date(*map(int, found.groups()))
            if given.isascii() and given.isdecimal() and int(given) in SERIALS:
                return SERIAL_ZERO + timedelta(days=int(given))
        except ValueError:
            pass
        self._fault(
            number,
            "发布日期",
            f"“{given}”不是日期,如2026-06-30",
            f"'{given}' is no date, as 2026-06-30",
        )
        return None

    def _fault(self, number: int, head: str, zh: str, en: str) -> None:
        self.faults.append(Finding(self._name, number, head, Text(zh, en)))


def _heads(others: Sequence[str]) -> list[str]:
    found: list[str] = []
    for head in HEADS:
        found += [head, *(ITEM_HEADS if head == ITEMS_AFTER else ())]
    return [*found, *others]


def _lines(
    row: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    more: Mapping[tuple[str, int], Mapping[str, str]],
) -> list[dict[str, str]]:
    """Rows of the sheet for one resource; each has its code, so that rows may be sorted."""
    first = {head: _text(row[column]) for head, column in HEADS.items()}
    code = row["resource"]
    if not items:
        return [{**first, **more.get((code, 0), {})}]
    lines = []
    for number, item in enumerate(items, 1):
        cells = {head: item[column] or "" for head, column in ITEM_HEADS.items()}
        begin = first if number == 1 else {CODE: code}
        lines.append({**begin, **cells, **more.get((code, number), {})})
    return lines


def _text(value: str | date | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _once(name: str, row: int, heads: Sequence[str]) -> None:
    twice = sorted({head for head in heads if head and heads.count(head) > 1})
    if twice:
        wrong = Text("此列出现两次;请只保留一个", "column stands twice; keep one")
        raise BadInput(_faulty(name), [Finding(name, row, head, wrong) for head in twice])


def _all_fit(rows: Sequence[Sequence[str]]) -> None:
    """Refuse what a workbook would change: controls, carriage returns, more than 32,767 characters."""
    wrong = Text("有表格文件不能保存的字符,或过长", "holds what no workbook keeps, or is too long")
    faults = [
        Finding(SHEET, number, rows[0][column], wrong)
        for number, row in enumerate(rows, 1)
        for column, cell in enumerate(row)
        if fitting(cell) != cell
    ]
    if faults:
        raise BadInput(_faulty(SHEET), faults)


def _faulty(name: str) -> Text:
    return Text(f"{name}有误:", f"{name} is faulty:")


# Workbooks carry a date; the guide's year stands for none.
_EPOCH = datetime(2017, 1, 1)  # noqa: DTZ001 - a file date has no zone
