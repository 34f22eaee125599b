"""The reports on a plan: every figure recomputed from stored data, with its source and its formula."""

import json
from typing import TYPE_CHECKING, Any, Literal

from hutuo.glossary import both, label
from hutuo.plan.chapters import sections
from hutuo.plan.document import OfPlan
from hutuo.plan.material import Kind, Material, gathered
from hutuo.report.content import Document, Section, Table, notes_of, plain
from hutuo.report.files import Files, file
from hutuo.report.page import page
from hutuo.report.pdf import pdf
from hutuo.report.word import word
from hutuo.report.workbook import Sheet, workbook
from hutuo.verbs import Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Format = Literal["html", "xlsx", "json", "docx", "pdf"]


class Report(OfPlan):
    """Which report to make."""

    kind: Kind = said(
        "报告类型:评估、年度监测、中期评估、总结评估",
        "evaluation: all that is known; yearly: a year against the one before and the path; midterm: paths,"
        " forecasts and contradictions; final: what was reached",
        default="evaluation",
    )
    year: int | None = said(
        "报告年度:之后开始的数据不计;缺省为全部",
        "year that it reports on: figures that began later are left out; all of them if none is given",
        default=None, ge=1900, le=2200,
    )  # fmt: skip
    format: tuple[Format, ...] = said(
        "格式", "formats to make", default=("html", "xlsx", "json"), min_length=1
    )
    language: Literal["zh", "en"] = said("报告的语言", "language of the report", default="zh")


@verb("生成规划评估报告")
def report(region: "Region", ask: Report) -> Files:
    """Make a report on a plan: evaluation, yearly check, mid-term or final evaluation, as files."""
    told = gathered(region, ask.plan, ask.kind, ask.year, ask.language)
    document = _document(told)
    made = {
        "html": lambda: page(document.lang, document.title, document.facts, document.sections),
        "xlsx": lambda: _xlsx(document),
        "json": lambda: _json(told, document),
        "docx": lambda: word(document),
        "pdf": lambda: pdf(document),
    }
    year = f"-{ask.year}" if ask.year else ""
    stem = f"{ask.kind}{year}-{ask.language}"
    return Files(files=[file(stem, kind, made[kind]()) for kind in dict.fromkeys(ask.format)])


def _document(told: Material) -> Document:
    as_of = told.region.as_of
    return Document(
        lang=told.lang,
        title=_title(told),
        facts=_facts(told),
        sections=sections(told),
        made=as_of.date() if as_of else told.region.info.released,
    )


def _title(told: Material) -> str:
    name = Text(told.plan["zh"], told.plan["en"]).say(told.lang)
    kind = label(f"report:{told.kind}").say(told.lang)
    if told.kind == "yearly":
        return told.say(f"{name}:{told.year}年{kind}", f"{name}: {kind} {told.year}")
    return told.say(f"{name}:{kind}", f"{name}: {kind}")


def _facts(told: Material) -> list[tuple[str, str]]:
    region, plan = told.region, told.plan
    at = region.at.isoformat() if region.at else told.say("最新", "latest")
    as_of = region.as_of.isoformat() if region.as_of else told.say("全部已知", "all that is known")
    period = f"{plan['horizon_from'] or '–'}–{plan['horizon_to'] or '–'}"
    outlook = plan["outlook"] or "–"
    return [
        (told.say("地区", "Region"), region.title.say(told.lang)),
        (
            told.say("发布机关", "Issued by"),
            (both(plan["issuer"]) or Text("", "")).say(told.lang),
        ),
        (
            told.say("规划期", "Period"),
            told.say(f"{period},展望 {outlook}", f"{period}, outlook {outlook}"),
        ),
        (told.say("有效日期", "Valid at"), at),
        (told.say("已知日期", "Known as of"), as_of),
        (told.say("分支", "Branch"), region.branch),
        (told.say("数据包", "Pack released"), region.info.released.isoformat()),
    ]


def _xlsx(document: Document) -> bytes:
    sheets = [
        _sheet(section, section.data or section.table)
        for section in document.sections
        if section.data or section.table
    ]
    return workbook(sheets, document.title, document.made)


def _sheet(section: Section, table: Table | None) -> Sheet:
    """A sheet of plain values; where figures have notes, a last column names them."""
    heads, rows = list(table.heads if table else ()), list(table.rows if table else ())
    noted = [sorted({n for cell in row for n in notes_of(cell)}) for row in rows]
    values: list[list[Any]] = [[plain(cell) for cell in row] for row in rows]
    if any(noted):
        heads.append("[n]")
        for row, numbers in zip(values, noted, strict=True):
            row.append("".join(f"[{n}]" for n in numbers))
    title = section.title
    for mark in "[]:*?/\\":
        title = title.replace(mark, " ")
    return Sheet(title, heads, values, section.chart)


def _json(told: Material, document: Document) -> bytes:
    context = {"lang": told.lang}
    answer = {
        "kind": told.kind,
        "year": told.year,
        "title": document.title,
        "facts": dict(document.facts),
        "targets": [row.model_dump(mode="json", context=context) for row in told.targets],
        "figures": [row.model_dump(mode="json", context=context) for row in told.figures],
        "contradictions": [row.model_dump(mode="json", context=context) for row in told.flaws],
        "sources": told.sources,
        "lineage": [
            {"number": n, **note._asdict()} for n, note in enumerate(told.notes.all(), start=1)
        ],
    }
    return (json.dumps(answer, ensure_ascii=False, indent=1, default=str) + "\n").encode()
