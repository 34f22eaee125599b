"""Inspecting: which reader a file has, and what its columns seem to mean."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from hutuo.base import mapping as mappings
from hutuo.base import points
from hutuo.base.mapping import Mapping, Read
from hutuo.errors import BadAsk, BadInput
from hutuo.progress import report
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.proposals import Proposed
    from hutuo.base.region import Region

# Modules that read files, imported when a file of theirs comes.
FORMATS = [
    "hutuo.base.tabular",
    "hutuo.base.calls",
    "hutuo.base.gtfs",
    "hutuo.base.osm",
    "hutuo.base.raster",
    "hutuo.base.vector",
    "hutuo.base.zips",
]
TABLES = ("csv", "xls", "parquet")
RASTER = "geotiff"
PREVIEWED = 20
UNMATCHED = 200


class Reader(Protocol):
    """What a module that reads files offers."""

    ENDINGS: tuple[str, ...]

    def proposal(self, path: Path, region: "Region") -> Mapping:
        """What the file seems to mean."""
        ...

    def frames(self, path: Path, mapping: Mapping, region: "Region") -> Read:
        """Its rows."""
        ...


class Inspect(Ask):
    """Which file to look at."""

    file: str = said(
        "文件:路径,或上传后的名称(upload:…)", "a path, or the name of an upload (upload:...)"
    )
    sheet: str | None = said(
        "工作表;缺省为第一个有内容的",
        "sheet; the first that holds something by default",
        default=None,
    )
    keep: bool = said(
        "把建议的映射保存在文件旁(已有时不覆盖)",
        "keep the proposal beside the file, where none is kept yet",
        default=False,
    )


class ColumnFound(Answer):
    """What a column seems to be."""

    column: str = said("列", "what it is called in the mapping")
    letter: str = said("列号", "its letter, as in a spreadsheet")
    role: str = said("用途", "place, period, indicator, unit, figure or other")
    indicator: str | None = said("指标", "indicator that its figures are proposed to be")
    unit: str | None = said("计量单位", "unit of measure that the file gives its figures")
    sure: float = said("把握", "how sure that is, 0 to 1")
    reason: Text = said("依据", "why, or the nearest names where nothing matches")
    samples: list[str] = said("示例", "some of its cells")


class Unmatched(Answer):
    """Cells that would be held back for one reason."""

    reason: Text = said("原因", "why, and what would be right")
    count: int = said("单元格数", "number of cells")
    row: int = said("首见行号", "row of the first")
    column: str = said("列", "column of the first")


class Inspected(Answer):
    """What a file seems to hold, and the mapping that says so."""

    file: str = said("文件", "name of the file")
    sheets: list[str] = said("工作表", "sheets that there are")
    mapping: Mapping = said("建议的映射", "the proposal, to be looked through and edited")
    toml: str = said("映射的TOML文本", "the same as TOML, to be kept beside the file")
    kept: bool = said("文件旁已有映射", "whether a mapping is kept beside the file")
    columns: list[ColumnFound] = said("各列", "what each column seems to be")
    ready: int = said("可写入的行数", "rows that could be written with the proposal")
    quarantined_count: int = said("隔离的行数", "cells that would be held back")
    unmatched: list[Unmatched] = said("未能识别", "why cells would be held back, the most first")
    preview: list[dict[str, Any]] = said("预览", "the first rows as they would be written")
    findings: list[Text] = said(
        "待确认", "what the person has to settle before the file is taken in"
    )


def reader_of(path: Path) -> Reader:
    """The module that reads files of that ending.

    Raises:
        BadInput: None does.
    """
    name = path.name.lower()
    endings = {ending: reader for reader in _readers() for ending in reader.ENDINGS}
    fitting = [ending for ending in endings if name.endswith(ending)]
    if not fitting:
        possible = sorted(endings)
        raise BadInput(
            Text(f"不能读取{path.name}", f"no reader for {path.name}"),
            hint=Text(
                f"可读取的扩展名:{'、'.join(possible)}", f"files end in {', '.join(possible)}"
            ),
        )
    return endings[max(fitting, key=len)]


def _readers() -> Iterator[Reader]:
    for module in FORMATS:
        yield cast("Reader", import_module(module))


@verb("查看文件并建议映射")
def inspect(region: "Region", ask: Inspect) -> Inspected:
    """Look at a file and propose what its columns mean.

    Example:
        ``hutuo base inspect gdp.csv``
    """
    from hutuo.base.uploads import path_of

    path = path_of(ask.file)
    reader = reader_of(path)
    report(0.1, Text("读取文件", "reading the file"))
    found = _tabular(path, region, ask.sheet)
    mapping = found.mapping if found else reader.proposal(path, region)
    kept = mappings.beside(path)
    if ask.keep and kept.is_file():
        raise BadAsk(
            Text(f"{kept.name}已经存在", f"{kept.name} is there already"),
            Text("请直接修改它,或先移走", "edit it, or take it away first"),
        )
    report(0.4, Text("试读", "reading on trial"))
    read, open_questions = _tried(path, mapping, region, reader)
    if ask.keep:
        mappings.write_toml(kept, mapping)
    return Inspected(
        file=path.name,
        sheets=list(found.sheets) if found else [],
        mapping=mapping,
        toml=mappings.dumps(mapping),
        kept=kept.is_file(),
        columns=[_column(one) for one in found.columns] if found else [],
        ready=sum(len(frame) for frame in read.frames.values()),
        quarantined_count=len(read.quarantined),
        unmatched=_unmatched(read),
        preview=_preview(read),
        findings=[*open_questions, *(Text(one.say("zh"), one.say("en")) for one in read.findings)],
    )


def _tabular(path: Path, region: "Region", sheet: str | None) -> "Proposed | None":
    """What the columns of a table seem to be; None for a file of another kind."""
    from hutuo.base.proposals import proposed
    from hutuo.base.tabular import ENDINGS

    if reader_of(path).ENDINGS is not ENDINGS:
        return None
    found = proposed(path, region, sheet)
    names = [column.name for column in found.columns]
    return found._replace(mapping=points.proposed(names, found.mapping))


def _tried(
    path: Path, mapping: Mapping, region: "Region", reader: Reader
) -> tuple[Read, list[Text]]:
    """What the proposal would read, and what it leaves open."""
    asked = _open(mapping)
    try:
        return reader.frames(path, mapping, region), asked
    except BadInput as error:
        # A proposal may be too thin to read by; the person still gets it, with why if that is not asked yet.
        told = mapping.format == RASTER and len(asked) > (mapping.source is None)
        pairs = zip(error.words, error.advice, strict=True)
        zh, en = (f"{one}\n{two}" if two else one for one, two in pairs)
        why = [] if told else [Text(zh, en)]
        return Read({}, {}, [], []), [*asked, *why]


def _open(mapping: Mapping) -> list[Text]:
    """What the person has to settle, as the file does not say it."""
    asked = []
    if mapping.source is None:
        zh = "source:请写明来源;未登记的来源写在new_source中"
        asked.append(Text(zh, "source: name a known one, or describe a new one in new_source"))
    if mapping.table != "observation" or not mapping.format.startswith((*TABLES, RASTER)):
        return asked
    if not mapping.figures:
        zh = "figures:没有识别出数值列;请写明列与指标"
        asked.append(
            Text(zh, "figures: no column is one by its header; name column and indicator")
        )
    for name, zh in {"place": "地点", "period": "时期", "indicator": "指标"}.items():
        if name == "place" and mapping.format == RASTER:
            continue
        by_column = mapping.figures and all(getattr(f, name) for f in mapping.figures)
        if getattr(mapping, name) is None and not by_column:
            en = f"{name}: nothing in the file says it of every figure; give it here"
            asked.append(Text(f"{name}:文件未对每个数值写明{zh};请给出", en))
    return asked


def _column(one: Any) -> ColumnFound:
    return ColumnFound(
        column=one.name,
        letter=one.letter,
        role=one.role,
        indicator=one.means,
        unit=one.unit,
        sure=one.sure,
        reason=one.why,
        samples=list(one.samples),
    )


def _unmatched(read: Read) -> list[Unmatched]:
    counts = Counter(one.reason for one in read.quarantined)
    first = {one.reason: one for one in reversed(read.quarantined)}
    return [
        Unmatched(reason=reason, count=count, row=first[reason].row, column=first[reason].column)
        for reason, count in counts.most_common(UNMATCHED)
    ]


def _preview(read: Read) -> list[dict[str, Any]]:
    """The first rows of each table, with their row in the file; geometry as its size."""
    shown: list[dict[str, Any]] = []
    for table, frame in read.frames.items():
        head = frame.head(PREVIEWED)
        for at, row in enumerate(head.to_dict("records")):
            where = {"table": table, "row": int(read.rows[table].iloc[at])}
            shown.append(where | {str(name): _plain(cell) for name, cell in row.items()})
    return shown


def _plain(cell: Any) -> Any:
    """A cell as JSON holds it."""
    if isinstance(cell, bytes):
        return f"{len(cell):,} bytes"
    if cell is None or cell != cell:
        return None
    if hasattr(cell, "item"):
        return cell.item()
    return cell if isinstance(cell, (int, float, str, bool)) else str(cell)
