"""The application file of a carbon-peak pilot: its checklist, its account, what is missing, all sources."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from hutuo.environment.pilotpacks import Packed, PackRow, PeakPack, packed
from hutuo.report.content import Cell, Document, Section, Table, plain
from hutuo.report.files import Files, file
from hutuo.report.word import word
from hutuo.report.workbook import Sheet, workbook
from hutuo.verbs import Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.environment.accountrows import AccountAnswer

__all__ = ["PeakFile", "document_of", "peak_file"]

Format = Literal["docx", "xlsx"]
TITLE = Text("碳达峰试点申报材料:指标与能源碳账", "Carbon-peak pilot: indicators and account")
MARKS = {"met": "met", "short": "off_track", "missing": "no_data", "untargeted": ""}


class PeakFile(PeakPack):
    """Which application, as which files; all but these two as for peak-pack."""

    format: tuple[Format, ...] = said("格式", "docx, xlsx", default=("docx", "xlsx"), min_length=1)
    language: Literal["zh", "en"] = said("文件的语言", "language of the files", default="zh")


@verb("生成碳达峰试点申报材料")
def peak_file(region: "Region", ask: PeakFile) -> Files:
    """Write the application file of a carbon-peak pilot: figures with their sources, and what is missing.

    Example:
        ``hutuo environment peak-file --file activity.csv --format docx``
    """
    document = document_of(region, packed(region, ask), ask.language)
    made = {"docx": lambda: word(document), "xlsx": lambda: _xlsx(document)}
    stem = f"carbon-peak-{ask.language}"
    return Files(files=[file(stem, kind, made[kind]()) for kind in dict.fromkeys(ask.format)])


def document_of(region: "Region", found: Packed, lang: str) -> Document:
    """The application as a document: each figure has a note that tells where it comes from."""
    answer = found.answer
    facts = (
        (Text("试点", "Pilot"), answer.place_name.say(lang)),
        (Text("指标体系", "Checklist"), answer.pack),
        (
            Text("已算出/全部指标", "Indicators told of all"),
            f"{answer.told_items}/{len(answer.rows)}",
        ),
        (Text("数据分支", "Branch"), region.branch),
    )
    sections = [_indicators(answer.rows, lang), _missing(found, lang)]
    if found.account is not None:
        sections += [_account(found.account, lang), _factors(found.account, lang)]
    sections.append(_notes(answer.rows, lang))
    return Document(
        lang=lang,
        title=TITLE.say(lang),
        facts=[(name.say(lang), value) for name, value in facts],
        sections=sections,
        made=region.as_of.date() if region.as_of else region.info.released,
    )


def _indicators(rows: Sequence[PackRow], lang: str) -> Section:
    heads = (
        Text("序号", "No."),
        Text("指标", "Indicator"),
        Text("单位", "Unit"),
        Text("基年", "Base year"),
        Text("基年数值", "Base figure"),
        Text("年份", "Year"),
        Text("数值", "Figure"),
        Text("目标年", "Target year"),
        Text("目标", "Target"),
        Text("状态", "State"),
        Text("国家参考", "Reference"),
    )
    cells = [
        [
            n,
            row.item_name.say(lang),
            row.unit,
            str(row.base_year),
            _figure(row.base_value, n),
            None if row.year is None else str(row.year),
            _figure(row.value, n),
            None if row.target_year is None else str(row.target_year),
            row.target_value,
            Cell(row.state_name.say(lang), MARKS[row.state]),
            row.reference.say(lang) if row.reference else None,
        ]
        for n, row in enumerate(rows, 1)
    ]
    return Section(
        Text("一、指标", "1. Indicators").say(lang),
        table=Table([h.say(lang) for h in heads], cells),
    )


def _figure(value: float | None, note: int) -> Any:
    return None if value is None else Cell(value, notes=(note,))


def _missing(found: Packed, lang: str) -> Section:
    title = Text("二、缺少的数据", "2. What is missing").say(lang)
    rows: list[list[Any]] = [
        [row.item_name.say(lang), row.lacks.say(lang)] for row in found.answer.rows if row.lacks
    ]
    heads = [Text("指标", "Indicator").say(lang), Text("缺什么", "What is missing").say(lang)]
    lead = " ".join(one.say(lang) for one in found.answer.doubts)
    return Section(title, lead, table=Table(heads, rows) if rows else None)


def _account(account: "AccountAnswer", lang: str) -> Section:
    heads = (
        Text("年份", "Year"),
        Text("燃料", "Fuel"),
        Text("能耗(吨标准煤)", "Energy (tce)"),
        Text("范围一(吨CO2)", "Scope 1 (tCO2)"),
        Text("范围二(吨CO2)", "Scope 2 (tCO2)"),
        Text("合计(吨CO2)", "Both (tCO2)"),
    )
    rows = [
        [
            str(row.year),
            row.cut_name.say(lang),
            row.tce,
            row.tco2_scope1,
            row.tco2_scope2,
            row.tco2,
        ]
        for row in account.rows
        if row.tce or row.tco2_known
    ]
    return Section(
        Text("三、能源与碳账户", "3. Account of energy and carbon").say(lang),
        account.factor_method_name.say(lang),
        table=Table([h.say(lang) for h in heads], rows),
    )


def _factors(account: "AccountAnswer", lang: str) -> Section:
    heads = (
        Text("因子", "Factor"),
        Text("燃料或气体", "Fuel or gas"),
        Text("适用地区", "Region"),
        Text("年份", "Year"),
        Text("数值", "Value"),
        Text("单位", "Unit"),
        Text("来源", "Source"),
        Text("出处", "Passage"),
    )
    rows = [
        [
            one.factor_kind_name.say(lang),
            one.fuel_name.say(lang) if one.fuel_name else one.gas,
            one.factor_region,
            str(one.year),
            one.value,
            one.unit,
            one.edition,
            one.passage,
        ]
        for one in account.used_factors
    ]
    return Section(
        Text("四、采用的因子", "4. Factors").say(lang),
        table=Table([h.say(lang) for h in heads], rows),
    )


def _notes(rows: Iterable[PackRow], lang: str) -> Section:
    """The notes: number, indicator, what its figure is told from, sources, document that asks for it."""
    heads = (
        Text("编号", "No."),
        Text("指标", "Indicator"),
        Text("取数", "Told from"),
        Text("数据来源", "Sources"),
        Text("指标出处", "Asked for by"),
    )
    cells = [
        [
            str(n),
            row.item_name.say(lang),
            row.traced.say(lang),
            ", ".join(row.sources),
            row.asked_by,
        ]
        for n, row in enumerate(rows, 1)
    ]
    table = Table([h.say(lang) for h in heads], cells, widths=(6, 32, 32, 50, 24), first_note=1)
    return Section(Text("附:数据出处", "Annex: where figures come from").say(lang), table=table)


def _xlsx(document: Document) -> bytes:
    """The document's tables as sheets; titles lose what a sheet's name may not hold."""
    sheets = [
        Sheet(
            section.title.translate(str.maketrans("[]:*?/\\", "       ")),
            list(section.table.heads),
            [[plain(cell) for cell in row] for row in section.table.rows],
        )
        for section in document.sections
        if section.table
    ]
    return workbook(sheets, document.title, document.made)
