"""Ingesting: a file's rows recorded as one batch; each is stored, known already, or quarantined."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.base import mapping as mappings
from hutuo.base.inspecting import reader_of
from hutuo.base.mapping import Mapping, Read
from hutuo.base.sifting import Sifted, new_source, sifted
from hutuo.errors import BadAsk, BadInput, in_both
from hutuo.progress import report
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.plausibility import Doubt
    from hutuo.base.region import Region

MOST_LISTED = 10_000
PARTS = (".dbf", ".prj", ".cpg")

# Files that may say themselves what they hold and where it comes from: OpenStreetMap, GTFS.
TELLING = (".pbf", ".zip")


class Ingest(Ask):
    """Which file to take in, and what its columns mean."""

    file: str = said(
        "文件:路径,或上传后的名称(upload:…)", "a path, or the name of an upload (upload:...)"
    )
    mapping: Mapping | str | None = said(
        "映射,或映射文件(TOML);缺省为与文件同处的映射",
        "the mapping, or a file of it in TOML; the one kept beside the file by default",
        default=None,
    )
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class QuarantinedRow(Answer):
    """A cell or a row that was held back."""

    row: int = said("行号", "row in the file, from 1")
    column: str = said("列", "column in the file; empty where the whole row is meant")
    reason: Text = said("原因", "why it was held back, and what would be right")


class DoubtRow(Answer):
    """A figure that was taken but is doubtful, or a remark on the file."""

    file: str = said("文件", "name of the file")
    row: int | None = said("行号", "row in the file, from 1")
    column: str = said("列", "column in the file")
    rule: str = said("规则", "rule of plausibility; empty for a remark on the file")
    says: Text = said("说明", "what is doubtful, with the figures")
    compared: float | None = said("对照值", "figure that it was compared with")
    whose: Text | None = said("对照对象", "whose figure that is")


class Ingested(Answer):
    """What became of every row of the file."""

    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("已写入的行数", "rows written")
    duplicate: int = said("已知的行数", "rows that were known just so, or stand twice in the file")
    quarantined: list[QuarantinedRow] = said("隔离的行", "rows that were held back, each with why")
    findings: list[DoubtRow] = said("存疑之处", "figures that are doubtful; they do not block")
    ready: int = said("可写入的行数(仅检查时)", "rows that would be written; only in a check")
    quarantined_count: int = said("隔离的行数", "number of rows held back, listed or not")
    empty: int = said("空单元格数", "cells of figures in which nothing stands")
    table: str = said("写入的数据表", "table that the rows go to")
    file: str = said("文件", "name of the file")
    digest: str = said("内容摘要", "hash of file, mapping and branch, by which it is known again")


@verb("把文件写入数据库")
def ingest(region: "Region", ask: Ingest) -> Ingested:
    """Take the rows of a file in: each ends as stored, duplicate or quarantined with a reason.

    Example:
        ``hutuo base ingest gdp.csv --mapping gdp.csv.mapping.toml --check``
    """
    from hutuo.base.plausibility import doubts
    from hutuo.base.uploads import path_of

    path = path_of(ask.file)
    mapping = _mapping(ask, path, region)
    content = digest(path, mapping, region.branch)
    new_source(region, mapping)
    read = reader_of(path).frames(path, mapping, region)
    report(0.6, Text("按数据表的规则检查", "checking the rules of the tables"))
    found = sifted(region, read, mapping)
    report(0.7, Text("核对合理性", "looking at plausibility"))
    answer = _shared(path, mapping, found) | {
        "digest": content,
        "findings": _findings(path, found.read, doubts(_observed(found.read), region)),
    }
    known = region.batch_with(content)
    if known is not None:
        again = _rows(found.read) + found.read.repeated
        return Ingested(**answer | {"batch": known["batch"], "duplicate": again})
    if ask.check:
        return Ingested(**answer | {"ready": _rows(found.read)})
    report(0.8, Text("写入", "writing"))
    done = region.record(
        _frames(found, path, mapping, content),
        verb="ingest",
        origin=path.name,
        digest=content,
        quarantined=len(found.quarantined),
    )
    tables = found.read.frames
    written = {
        "batch": done.batch,
        "stored": sum(done.stored[name] for name in tables),
        "duplicate": sum(done.duplicate[name] for name in tables) + found.read.repeated,
        "findings": [*answer["findings"], *_kept(path, mapping)],
    }
    return Ingested(**answer | written)


def digest(path: Path, mapping: Mapping, branch: str) -> str:
    """What a batch is known again by: the file, what its columns were taken for, and the branch."""
    total = hashlib.sha256()
    # The attributes of a shapefile lie in files beside it.
    beside = (
        [path.with_suffix(ending) for ending in PARTS] if path.suffix.lower() == ".shp" else []
    )
    for file in (path, *(file for file in beside if file.is_file())):
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    plain = mapping.model_dump_json(exclude_defaults=True)
    total.update(f"\0{plain}\0{branch}".encode())
    return total.hexdigest()


def _mapping(ask: Ingest, path: Path, region: "Region") -> Mapping:
    """The mapping that was given or kept; else what a file proposes that says itself where it comes from.

    Raises:
        BadAsk: There is none.
    """
    from hutuo.base.uploads import path_of

    if isinstance(ask.mapping, Mapping):
        return ask.mapping
    if ask.mapping is not None:
        return mappings.read_toml(path_of(ask.mapping))
    kept = mappings.beside(path)
    if not kept.is_file() and path.suffix.lower() in TELLING:
        proposed = reader_of(path).proposal(path, region)
        if proposed.source is not None:
            return proposed
    if not kept.is_file():
        hint = Text(
            f"base inspect {path.name} --keep会在文件旁写出建议的映射{kept.name};请先核对",
            f"base inspect {path.name} --keep proposes it as {kept.name} beside it; look that through",
        )
        zh, en = (
            f"没有说明{path.name}各列的含义",
            f"nothing says what the columns of {path.name} mean",
        )
        raise BadAsk(Text(zh, en), hint)
    return mappings.read_toml(kept)


def _rows(read: Read) -> int:
    return sum(len(frame) for frame in read.frames.values())


def _observed(read: Read) -> "pd.DataFrame":
    import pandas as pd

    return read.frames.get("observation", pd.DataFrame())


def _frames(
    found: Sifted, path: Path, mapping: Mapping, content: str
) -> "dict[str, pd.DataFrame]":
    """All that is recorded together: the rows, what was held back, and a new source."""
    import pandas as pd

    frames = dict(found.read.frames)
    if "observation" in frames:
        frames["observation"] = _traced(found.read)
    if found.source is not None:
        frames["source"] = found.source
    if found.quarantined:
        held = found.quarantined
        frames["quarantine"] = pd.DataFrame(
            {
                "digest": content,
                "row": [one.row for one in held],
                "column": [one.column or None for one in held],
                "file": path.name,
                "target": mapping.table,
                "reason_zh": [one.reason.zh for one in held],
                "reason_en": [one.reason.en for one in held],
                "text": [one.text.strip() or None for one in held],
            }
        )
    return frames


def _traced(read: Read) -> "pd.DataFrame":
    """Figures with the row and the column of the file in which each of them stands."""
    where: dict[str, Any] = {"file_row": read.rows["observation"].array}
    if "observation" in read.columns:
        where["file_column"] = read.columns["observation"].array
    return read.frames["observation"].assign(**where)


def _shared(path: Path, mapping: Mapping, found: Sifted) -> dict[str, Any]:
    """What is answered whether rows were written or not."""
    return {
        "batch": None,
        "stored": 0,
        "duplicate": found.read.repeated,
        "ready": 0,
        "quarantined": [
            QuarantinedRow(row=one.row, column=one.column, reason=one.reason)
            for one in found.quarantined[:MOST_LISTED]
        ],
        "quarantined_count": len(found.quarantined),
        "empty": found.read.empty,
        "table": mapping.table,
        "file": path.name,
    }


def _findings(path: Path, read: Read, doubtful: "list[Doubt]") -> list[DoubtRow]:
    """Remarks of the reader, and doubts under the row and column of the file."""
    told = [_remark(path, one.row, one.column, Text(*in_both(one.says))) for one in read.findings]
    if not doubtful:
        return told
    rows, columns = read.rows["observation"], read.columns.get("observation")
    for doubt in doubtful:
        column = "" if columns is None else str(columns.iloc[doubt.at])
        told.append(
            DoubtRow(
                file=path.name,
                row=int(rows.iloc[doubt.at]),
                column=column,
                rule=doubt.rule,
                says=doubt.says,
                compared=doubt.compared,
                whose=doubt.whose,
            )
        )
    return told


def _remark(path: Path, row: int | None, column: str, says: Text) -> DoubtRow:
    return DoubtRow(
        file=path.name, row=row, column=column, rule="", says=says, compared=None, whose=None
    )


def _kept(path: Path, mapping: Mapping) -> list[DoubtRow]:
    """Keep the mapping beside the file; where that cannot be, the batch stands and a remark says so."""
    kept = mappings.beside(path)
    try:
        if not kept.is_file() or mappings.read_toml(kept) != mapping:
            mappings.write_toml(kept, mapping)
    except BadInput as error:
        zh = f"映射未能保存在文件旁:{kept.name}"
        return [_remark(path, None, "", Text(zh, f"the mapping was not kept: {error.message}"))]
    return []
