"""A plan document read: what it says of itself, its clauses, its duties, and what it states in figures."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.plan.reader import duties, heads, outline, quantities, sentences
from hutuo.plan.reader.words import added, plain
from hutuo.progress import report
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.plan.papers.paper import Paper


class Reading(NamedTuple):
    """A document as it was read.

    Attributes:
        head: What it says of itself.
        clauses: Its clauses; together they hold each character of the plan once.
        duties: What it binds someone to do.
        quantities: What it states in figures.
    """

    head: heads.Head
    clauses: list[outline.Clause]
    duties: list[duties.Duty]
    quantities: list[sentences.Quantity]


def read_text(text: str, names: Sequence[str] = ()) -> Reading:
    """A plan read from its text, a paragraph a line.

    Args:
        text: The document; menus and notices around the plan belong to no clause.
        names: Names of places that duties may name.
    """
    clear = plain(text)
    body = outline.body_of(clear, heads.titles_within(clear))
    head = heads.head_of(clear, body)
    clauses = outline.clauses_of(clear, body)
    report(0.3, Text("识别数量", "reading figures"))
    figures = quantities.quantities_of(clear, clauses, head, body.tables)
    report(0.7, Text("识别任务要求", "reading duties"))
    bound = duties.duties_of(clear, clauses, names, head.year)
    return Reading(
        head,
        [one._replace(text=_original(text, clear, one)) for one in clauses],
        [one._replace(quote=text[one.start : one.end]) for one in bound],
        [one._replace(quote=text[one.start : one.end]) for one in figures],
    )


def _original(text: str, clear: str, clause: outline.Clause) -> str:
    """Words of a clause as the document has them, which are as long as in plain form."""
    start = clear.find(clause.text, clause.start, clause.end)
    return text[start : start + len(clause.text)] if clause.text else ""


class OfDocument(Ask):
    """Which document, and by which words it is read."""

    file: str = said(
        "规划文件:txt、docx、html 或带文字的 pdf",
        "plan document: txt, docx, html, or pdf with text",
    )
    words: str | None = said(
        "补充的词表(CSV:kind,word,means,note)",
        "table of words to read by besides those that come with Hutuo, as CSV: kind, word, means, note",
        default=None,
    )


class Read(OfDocument):
    """Which document to read."""


class ReadClause(Answer):
    """One clause of a document."""

    id: str = said("条款编号", "number of the clause, as the document gives it")
    parent: str | None = said("上级条款", "clause that it stands under")
    level: int = said("层次", "depth, 1 for a chapter")
    title: str = said("标题", "its heading, or the phrase that its paragraph begins with")
    text: str = said("正文", "its own words, without its heading and without clauses below it")
    start: int = said("起点", "where it begins in the document, in characters")
    end: int = said("终点", "where it ends, not included")
    has_text: bool = said("是否有正文", "whether there are words under the heading")


class ReadDuty(Answer):
    """One duty."""

    clause: str = said("条款编号", "clause that states it")
    verb: str = said("动作", "what is to be done")
    object: str = said("对象", "what it is to be done to")
    stance: str | None = said("语气词", "how firmly it is meant, in the plan's word")
    bodies: list[str] = said("主体", "bodies that it names")
    places: list[str] = said("地点", "places that it names")
    quote: str = said("原文", "words of the plan")
    start: int = said("起点", "where the words begin in the document, in characters")
    end: int = said("终点", "where they end, not included")


class ReadQuantity(Answer):
    """One figure."""

    clause: str = said("条款编号", "clause that states it")
    kind: str = said("类别", "target, baseline, scope, structure or attribute")
    subject: str = said("主体", "what the figure is of")
    operator: str = said("算子", "how what is measured must stand to the value")
    value: float | None = said("数值", "the figure; null if the plan leaves it open")
    value_hi: float | None = said("上限", "upper end where a span is given")
    unit: str = said("计量单位", "unit as the plan writes it")
    value_type: str = said(
        "数值类型", "level, change, growth, share, ratio, rank, coverage or some"
    )
    base_year: int | None = said("基期年", "year that a change counts from")
    target_year: int | None = said("目标年", "year by which, or of a fact")
    year_from: str = said("年份来历", "stated, inherited or none")
    stance: str | None = said("语气词", "how firmly it is meant, in the plan's word")
    quote: str = said("原文", "words of the plan")
    start: int = said("起点", "where the words begin in the document, in characters")
    end: int = said("终点", "where they end, not included")


class ReadAnswer(Answer):
    """A document as it was read."""

    title: str = said("规划名称", "its title")
    issuer: str | None = said("发布机关", "who issued it")
    date: dt.date | None = said("发布日期", "day of issue")
    horizon: tuple[int, int] | None = said("规划期", "first and last year it is for")
    outlook: int | None = said("展望年", "year it looks out to")
    clauses: list[ReadClause] = said("条款", "its clauses in order")
    duties: list[ReadDuty] = said("任务要求", "what it binds someone to do")
    quantities: list[ReadQuantity] = said("数量", "what it states in figures")


@verb("读取规划文件", needs_region=False)
def read(_region: None, ask: Read) -> ReadAnswer:
    """Read a plan document: its clauses, what it binds to do, and what it states in figures.

    Example:
        ``hutuo plan read plan.docx --json``
    """
    return told(read_paper(ask)[1])


def read_paper(ask: OfDocument, names: Sequence[str] = ()) -> "tuple[Paper, Reading]":
    """The document that is asked for as text, and as it was read."""
    from hutuo.base.uploads import path_of
    from hutuo.plan.papers.paper import text_of

    report(0.0, Text("读取文件", "reading the file"))
    paper = text_of(path_of(ask.file))
    with added(path_of(ask.words) if ask.words else None):
        return paper, read_text(paper.text, names)


def told(found: Reading) -> ReadAnswer:
    """A reading as it is answered."""
    return ReadAnswer(
        title=found.head.title,
        issuer=found.head.issuer,
        date=found.head.date,
        horizon=found.head.horizon,
        outlook=found.head.outlook,
        clauses=[ReadClause(**one._asdict()) for one in found.clauses],
        duties=[ReadDuty(**one._asdict()) for one in found.duties],
        quantities=[ReadQuantity(**one._asdict()) for one in found.quantities],
    )


def place_names(region: "Region") -> list[str]:
    """Names by which duties may name the places of a region: whole, and without their last letter."""
    names = {row["zh"] for row in region.current("unit")} | {
        row["zh"] for row in region.records("place")
    }
    short = {name[:-1] for name in names if len(name) > 2 and name[-1] in "市县区省"}  # noqa: PLR2004 - 市区
    return sorted(names | short)
