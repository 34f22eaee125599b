"""The catalogue of government information resources: out as a workbook, and in from one, without loss."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hutuo.exchange import directorycells
from hutuo.report.files import Files, file
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = ["Directory", "TakeDirectory", "TakenDirectory", "directory", "take_directory"]

# No heading is empty, so that nothing of the file stands under it.
EXACT = ""


class Directory(Ask):
    """Which resources to write."""

    providers: tuple[str, ...] = said(
        "只要这些提供方的", "only resources of these providers, by name", default=()
    )
    sharing: tuple[str, ...] = said(
        "只要这些共享类型的", "only of these types of sharing", default=()
    )


class TakeDirectory(Ask):
    """Which catalogue to take in."""

    file: str = said(
        "文件:路径,或上传后的名称(upload:…)", "a path, or the name of an upload (upload:...)"
    )
    source: str | None = said("来源", "source of the rows", default=None)
    by: str | None = said("经手", "who brings it in", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class TakenDirectory(Answer):
    """What was taken in."""

    file: str = said("文件", "name of the file")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows written; what is known just so is not written again")
    resources: int = said("信息资源数", "information resources in the file")
    items: int = said("信息项数", "their items")
    others: list[str] = said("其他列", "further columns, which are kept as they are")
    findings: list[Text] = said("提示", "codes that are not as the guide has them")


@verb("导出政务信息资源目录")
def directory(region: "Region", ask: Directory) -> Files:
    """Write the catalogue of government information resources as a workbook.

    Example:
        ``hutuo exchange directory --out build``
    """
    rows = [_unpacked(row) for row in region.records("resource") if _wanted(row, ask)]
    rows.sort(key=lambda row: (row["ordinal"] or 0, row["resource"]))
    codes = {row["resource"] for row in rows}
    items: dict[str, list[Row]] = {}
    for row in sorted(region.records("resource_item"), key=lambda row: row["ordinal"]):
        if row["resource"] in codes:
            items.setdefault(row["resource"], []).append(_unpacked(row))
    content = directorycells.workbook(rows, items, _more(rows, items))
    return Files(files=[file("resources", "xlsx", content)])


@verb("读入政务信息资源目录")
def take_directory(region: "Region", ask: TakeDirectory) -> TakenDirectory:
    """Take a catalogue of government information resources in, all of it or nothing.

    Example:
        ``hutuo exchange take-directory resources.xlsx --check``
    """
    from hutuo.base.spreadsheets import grid
    from hutuo.base.uploads import path_of
    from hutuo.base.writing import About, frames_of, record

    path = path_of(ask.file)
    came = directorycells.read(path.name, grid(path).cells.to_numpy().tolist())
    rows = {
        "resource": [
            _packed(row) | {"source": ask.source, "by": ask.by} for row in came.resources
        ],
        "resource_item": [_packed(row) | {"source": ask.source} for row in came.items],
    }
    batch, stored = None, 0
    if not ask.check and came.resources:
        kept, _ = frames_of({name: given for name, given in rows.items() if given})
        done = record(region, kept, About("take-directory", path.name))
        batch, stored = done.batch, sum(done.stored.values())
    return TakenDirectory(
        file=path.name,
        batch=batch,
        stored=stored,
        resources=len(came.resources),
        items=len(came.items),
        others=came.others,
        findings=_findings([row["resource"] for row in came.resources]),
    )


def _wanted(row: "Row", ask: Directory) -> bool:
    return (not ask.providers or row["provider"] in ask.providers) and (
        not ask.sharing or row["sharing"] in ask.sharing
    )


def _more(
    rows: "Sequence[Row]", items: "Mapping[str, Sequence[Row]]"
) -> dict[tuple[str, int], dict[str, str]]:
    """Further cells by code and number of the row of the resource; 0 where it has no item."""
    found = {(row["resource"], 0): row for row in rows if row["more"]}
    for code, listed in items.items():
        found |= {(code, n): item for n, item in enumerate(listed, 1) if item["more"]}
    return {key: row["more"] for key, row in found.items()}


def _packed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as its table holds it: tables trim their cells, so what is trimmed is kept beside."""
    exact = {
        name: cell for name, cell in row.items() if isinstance(cell, str) and cell != cell.strip()
    }
    more = row["more"] | ({EXACT: exact} if exact else {})
    return dict(row) | {"more": json.dumps(more, ensure_ascii=False) if more else None}


def _unpacked(row: "Row") -> dict[str, Any]:
    """A row as the file had it."""
    more = json.loads(row["more"] or "{}")
    return {**row, **more.pop(EXACT, {}), "more": more}


def _findings(codes: Sequence[str]) -> list[Text]:
    """Codes whose form is another: classes of 1, 2, 3 and more digits, a slash, a running number."""
    import re

    form = re.compile(r"[1-3]\d{5}\d*/\d+")
    return [
        Text(
            f"信息资源代码{code}不是“类项目细目/顺序号”的形式,如307001000001/000001",
            f"code {code} is not of the form CLASSES/NUMBER, as 307001000001/000001",
        )
        for code in codes
        if not form.fullmatch(code)
    ]
