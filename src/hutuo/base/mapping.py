"""Mappings: what the columns of a file mean, proposed by ``base inspect``, edited by a person, kept as TOML.

A figure is one cell. Its place, indicator, unit and period each come from the nearest that says it: what the
mapping says of the cell's column, else a column of the same row, else one value for the whole file. That
covers one column an indicator, one column a year, and one row a figure alike.
"""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text, said, told, wrong

if TYPE_CHECKING:
    import pandas as pd

ENDING = ".mapping.toml"
LARGEST = 1 << 20
FAULTY = Text("映射有误:", "the mapping is faulty:")
Quality = Literal["A", "B", "C"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Named(_Part):
    """Something said by a column of the row, or once for the whole file."""

    column: str | None = said("所在的列", "column that says it in each row", default=None)
    value: str | None = said("整个文件同一个值", "the one value for the whole file", default=None)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise wrong(Text("column与value须且只须给出一个", "give either column or value"))
        return self


class PlaceColumn(_Named):
    """Which place a row is about."""

    by: Literal["code", "name"] = said(
        "按区划代码还是按名称识别", "whether places are told by code or by name", default="name"
    )
    within: str | None = said(
        "上级:所在的列,或其代码、名称",
        "what the places lie in, for names that stand twice: a column, or a code or name",
        default=None,
    )


class PeriodColumn(_Named):
    """Which period a row is about."""


class IndicatorColumn(_Named):
    """Which indicator a row is about."""


class UnitColumn(_Named):
    """In which unit of measure the figures of a row stand."""


class Figure(_Part):
    """A column of figures; what is not said here is said by the row or for the whole file."""

    column: str = said("数值所在的列", "column of the figures")
    indicator: str | None = said("指标", "indicator of the column", default=None)
    unit: str | None = said("计量单位", "unit of measure the figures stand in", default=None)
    period: str | None = said(
        "该列的时期,如“2024”",
        "period of the column, as 2024, where a column is a year",
        default=None,
    )
    place: str | None = said(
        "该列的地点", "place of the column, where a column is a place", default=None
    )


class NewSource(_Part):
    """A source that is not in the table of sources yet; it is recorded with the figures."""

    zh: str = said("来源的中文标题", "title in Chinese", min_length=1)
    en: str = said("来源的英文标题", "title in English", min_length=1)
    publisher: str = said("发布者", "who published it", min_length=1)
    published: str | None = said("发布日期,如2024-12-31", "day of publication", default=None)
    licence: str = said("许可", "terms of use", min_length=1)
    quality: Quality = said(
        "质量等级", "A official or plan, B second-hand copy, C weak", default="B"
    )
    origin: str = said("出处", "where it can be found again", min_length=1)


Columns = Annotated[dict[str, str], Field(default_factory=dict)]


class Mapping(BaseModel):
    """What the columns of a file mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str = said("文件格式", "format of the file: csv, xlsx, parquet, geojson ...")
    table: str = said("写入的数据表", "table that the rows go to", default="observation")
    source: str | None = said("来源的标识", "id of the source of the figures", default=None)
    new_source: NewSource | None = said(
        "来源尚未登记时:其标题、发布者、许可",
        "the source's title, publisher and terms, where its id is not known yet",
        default=None,
    )
    sheet: str | None = said("工作表或图层", "sheet or layer of the file", default=None)
    header_rows: tuple[Annotated[int, Field(ge=1)], ...] = said(
        "表头所在的行号,从1起", "numbers of the rows that make the header, from 1", default=()
    )
    place: PlaceColumn | None = said("地点", "which place a row is about", default=None)
    period: PeriodColumn | None = said("时期", "which period a row is about", default=None)
    indicator: IndicatorColumn | None = said(
        "逐行给出的指标", "which indicator a row is about", default=None
    )
    unit: UnitColumn | None = said(
        "逐行给出的计量单位", "unit of measure of the figures of a row", default=None
    )
    figures: tuple[Figure, ...] = said("数值列", "columns of figures", default=())
    columns: Columns = said(
        "写入其他数据表时:表的列对应文件的列",
        "for tables other than observation: column of the table to column of the file",
    )
    places: Columns = said(
        "人工指定的地点:文件中的名称对应代码", "places settled by hand: text in the file to id"
    )
    indicators: Columns = said(
        "人工指定的指标:文件中的名称对应指标", "indicators settled by hand: text in the file to id"
    )
    quality: Quality | None = said(
        "质量等级;缺省随来源", "grade of the figures; that of the source by default", default=None
    )
    estimate: bool = said("是否为估计值", "whether the figures are estimates", default=False)
    method: str | None = said("估计的方法", "how the figures were made", default=None)
    statistics: Literal["mean", "sum"] | None = said(
        "栅格按区统计的方式", "what is taken of a raster's cells over a place", default=None
    )
    options: Columns = said("格式自身的选项", "options of the format itself")


class Quarantined(NamedTuple):
    """A cell or a row that was not stored, and why.

    Attributes:
        row: Row in the file, from 1.
        column: Column as the mapping calls it; empty where the whole row is meant.
        reason: Why, and what would be right.
        text: What stands there.
    """

    row: int
    column: str
    reason: Text
    text: str = ""


class Read(NamedTuple):
    """What a reader made of a file.

    Attributes:
        frames: Rows by table, columns as declared.
        rows: Of each frame the row in the file that each of its rows came from, in the same order.
        quarantined: What could not be made a row.
        findings: Remarks on the file; they do not block.
        columns: Of each frame the column in the file that each of its rows came from; may be missing.
        empty: Cells of figures that hold nothing.
        repeated: Cells that say again what another cell of the file says.
    """

    frames: "dict[str, pd.DataFrame]"
    rows: "dict[str, pd.Series[int]]"
    quarantined: list[Quarantined]
    findings: list[Finding]
    columns: "dict[str, pd.Series[str]]" = {}  # noqa: RUF012 - a default of a tuple, never written to
    empty: int = 0
    repeated: int = 0


def beside(path: Path) -> Path:
    """Where the mapping of a file is kept: ``FILE.mapping.toml``."""
    return path.with_name(path.name + ENDING)


def dumps(mapping: Mapping) -> str:
    """The mapping as TOML, without what is as by default."""
    import tomli_w

    plain = mapping.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return tomli_w.dumps({"format": mapping.format, "table": mapping.table, **plain})


def loads(text: str, name: str = "mapping") -> Mapping:
    """The mapping that TOML says.

    Args:
        text: The TOML.
        name: What a finding calls it.

    Raises:
        BadInput: It is no TOML, or no mapping; every fault is told.
    """
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except ValidationError as error:
        faults = [
            Finding(name, None, ".".join(str(step) for step in fault["loc"]), told(fault))
            for fault in error.errors(include_url=False)
        ]
        fields = Mapping.model_fields
        hint = Text(f"映射的字段:{'、'.join(fields)}", f"fields of a mapping: {', '.join(fields)}")
        raise BadInput(Text(f"{name}不是映射:", f"{name} is no mapping:"), faults, hint) from error
    # A number of thousands of digits is a ValueError, a deep nest a RecursionError.
    except (ValueError, RecursionError) as error:
        finding = Finding(name, None, "", Text(f"不是TOML:{error}", f"is not TOML: {error}"))
        raise BadInput(Text(f"{name}有误:", f"{name} is faulty:"), [finding]) from error


def read_toml(path: Path) -> Mapping:
    """The mapping kept in a TOML file.

    Raises:
        BadInput: The file cannot be read, is too large, no UTF-8, or no mapping.
    """
    try:
        if path.stat().st_size > LARGEST:
            zh, en = (
                f"{path.name}超过{LARGEST:,}字节",
                f"{path.name} is larger than {LARGEST:,} bytes",
            )
            raise BadInput(Text(zh, en), hint=Text("它不是映射", "it is no mapping"))
        return loads(path.read_text(encoding="utf-8-sig"), path.name)
    except OSError as error:
        zh, en = f"{path.name}无法读取", f"{path.name} cannot be read"
        says = Text(f"{zh}:{error.strerror}", f"{en}: {error.strerror}")
        raise BadInput(says) from error
    except UnicodeDecodeError as error:
        says = Text(f"{path.name}不是UTF-8编码", f"{path.name} is not UTF-8")
        raise BadInput(says, hint=Text("请另存为UTF-8", "save it as UTF-8")) from error


def write_toml(path: Path, mapping: Mapping) -> None:
    """Keep a mapping as TOML, whole or not at all.

    Raises:
        BadInput: The file cannot be written.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(dumps(mapping), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        zh, en = f"{path.name}无法写入", f"{path.name} cannot be written"
        says = Text(f"{zh}:{error.strerror}", f"{en}: {error.strerror}")
        raise BadInput(says) from error
