"""A plan document taken into the region: its text, its clauses, and what was read as proposals to be decided.

What a person decided is never undone by reading again: a proposal is known again by its words and its
value, keeps its id, and keeps the decision; proposals that nobody decided come with the reading, and are
withdrawn with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.tables import table
from hutuo.errors import BadAsk
from hutuo.plan.reading import OfDocument, Reading, place_names, read_paper
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.plan.papers.paper import Paper

Row = dict[str, Any]
# A quotation by which a proposal is known again: its words without spaces, and its value.
Known = tuple[str, float | None, str]
SORTS = {"quantity": "q", "duty": "d"}
UNDECIDED = ("proposed", "withdrawn")
NAMED = 24


class Adopt(OfDocument):
    """Which document to take in, and as which plan."""

    plan: str = said(
        "规划的标识,如 metro-2025",
        "id of the plan, as metro-2025",
        pattern=r"[a-z0-9][a-z0-9-]{1,40}",
    )
    zh: str | None = said(
        "规划的中文名;缺省为文件中的标题",
        "title in Chinese; that of the document if none is given",
        default=None,
    )
    en: str | None = said("规划的英文名", "title in English", default=None)
    issuer: str | None = said(
        "发布机关;缺省为文件所署",
        "who issued it; whom the document names if none is given",
        default=None,
    )
    by: str | None = said("经手人或单位", "who takes it in", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Proposals(Answer):
    """What a reading proposes beside what is known."""

    new: int = said("新增条数", "proposals that are new")
    kept: int = said("保留条数", "known ones that were read again")
    decided: int = said(
        "其中已审定", "those of them that a person decided, and that stay as decided"
    )
    gone: int = said(
        "撤去条数",
        "proposals that nobody decided and that the document no longer holds; they are withdrawn",
    )
    orphans: list[str] = said(
        "原文已不在文件中的审定结果",
        "decided ones whose words the document no longer holds; they stay",
    )


class AdoptAnswer(Answer):
    """What was taken in."""

    plan: str = said("规划", "id of the plan")
    document: str = said("文稿", "id of the text")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    clauses: int = said("条款数", "number of clauses")
    empty: list[str] = said("没有正文的条款", "clauses whose headings stand without text")
    absent: list[str] = said(
        "文件中没有的已知条款", "clauses known of the plan that the document does not have"
    )
    quantities: Proposals = said("数量", "figures")
    duties: Proposals = said("任务要求", "duties")


class Merged(NamedTuple):
    """Rows of one sort after a reading, and what became of those that were known."""

    rows: list[Row]
    told: Proposals


@verb("收入规划文件")
def adopt(region: "Region", ask: Adopt) -> AdoptAnswer:
    """Take a plan document in: its text, its clauses, and figures and duties as proposals to be decided.

    Example:
        ``hutuo plan adopt plan.docx --plan metro-2030``
    """
    paper, found = read_paper(ask, place_names(region))
    document = f"{ask.plan}@{paper.digest[:8]}"
    known = {row["clause"]: row for row in known_rows(region, "clause", ask.plan)}
    read = {"quantity": quantity_rows(found), "duty": duty_rows(found)}
    sorts = {
        sort: merged(ask.plan, sort, rows, known_rows(region, sort, ask.plan))
        for sort, rows in read.items()
    }
    rows: dict[str, list[Row]] = {
        **_plan_rows(region, ask, found),
        "source": [_source_row(document, paper, found)],
        "document": [_document_row(document, ask, paper)],
        "clause": clause_rows(ask.plan, document, found, known),
        **{name: one.rows for name, one in sorts.items()},
    }
    batch = None if ask.check else _written(region, rows, paper)
    return AdoptAnswer(
        plan=ask.plan,
        document=document,
        batch=batch,
        clauses=len(found.clauses),
        empty=[one.id for one in found.clauses if not one.has_text],
        absent=sorted(known.keys() - {one.id for one in found.clauses}),
        quantities=sorts["quantity"].told,
        duties=sorts["duty"].told,
    )


def known_rows(region: "Region", name: str, plan: str) -> list[Row]:
    """What a table says of a plan, without when it was recorded."""
    return [table(name).cells(row) for row in region.records(name, plan=plan)]


def _written(region: "Region", rows: Mapping[str, Sequence[Row]], paper: "Paper") -> str:
    """The batch in which all of it is written, or nothing."""
    from hutuo.base.writing import About, frames_of, record

    kept, _ = frames_of(rows)
    return record(region, kept, About("adopt", paper.name, paper.digest)).batch


def merged(plan: str, sort: str, read: Sequence[Row], known: Iterable[Row]) -> Merged:
    """What was read beside what is known: ids and decisions stay with the words that they were made on.

    Args:
        plan: Id of the plan.
        sort: ``quantity`` or ``duty``.
        read: Rows as read, without ids.
        known: Rows that the region has of the plan.
    """
    waiting: dict[Known, list[Row]] = defaultdict(list)
    for row in sorted(known, key=lambda row: (row["clause"], row["ordinal"])):
        waiting[_known_by(row)].append(row)
    taken = {row[sort] for rows in waiting.values() for row in rows}
    rows: list[Row] = []
    new = decided = 0
    numbers: dict[str, int] = defaultdict(int)
    for row in read:
        clause = row["clause"]
        again = waiting[_known_by(row)].pop(0) if waiting[_known_by(row)] else None
        if again is None:
            name, numbers[clause] = _free(plan, clause, sort, numbers[clause], taken)
            rows.append({sort: name, "plan": plan, "decision": "proposed", **row})
            new += 1
        elif again["decision"] in UNDECIDED:
            rows.append({**again, **row, "decision": "proposed"})
        else:
            decided += 1
            rows.append({**again, "clause": clause, "start": row["start"], "end": row["end"]})
    left = [row for rest in waiting.values() for row in rest]
    gone = [row for row in left if row["decision"] == "proposed"]
    rows.extend({**row, "decision": "withdrawn"} for row in gone)
    # What was merged or split away was made from other words; it stays without being missed.
    orphans = [
        row[sort]
        for row in left
        if row["decision"] in ("accepted", "mended") and not row["made_from"]
    ]
    told = Proposals(
        new=new, kept=len(read) - new, decided=decided, gone=len(gone), orphans=orphans
    )
    return Merged(rows, told)


def _known_by(row: Mapping[str, Any]) -> Known:
    """The words by which a proposal is known again: where a person mended the row, those of the plan stay."""
    words = "".join(row["quote"].split())
    return (
        words,
        row.get("read_value", row.get("value")),
        row.get("read_verb") or row.get("verb") or "",
    )


def _free(plan: str, clause: str, sort: str, last: int, taken: set[str]) -> tuple[str, int]:
    """The next id of a clause that is not taken, and its number."""
    number = last + 1
    while f"{plan}/{clause}#{SORTS[sort]}{number}" in taken:
        number += 1
    name = f"{plan}/{clause}#{SORTS[sort]}{number}"
    taken.add(name)
    return name, number


def quantity_rows(found: Reading) -> list[Row]:
    """Rows of the table ``quantity`` for what was read, without ids."""
    counts: dict[str, int] = defaultdict(int)
    rows = []
    for one in found.quantities:
        counts[one.clause] += 1
        row = one._asdict() | {
            "ordinal": counts[one.clause],
            "unit": one.unit or None,
            "read_value": one.value,
        }
        rows.append(row)
    return rows


def duty_rows(found: Reading) -> list[Row]:
    """Rows of the table ``duty`` for what was read, without ids."""
    counts: dict[str, int] = defaultdict(int)
    rows = []
    for one in found.duties:
        counts[one.clause] += 1
        lists = {"bodies": "|".join(one.bodies) or None, "places": "|".join(one.places) or None}
        rows.append(one._asdict() | lists | {"ordinal": counts[one.clause], "read_verb": one.verb})
    return rows


def clause_rows(plan: str, document: str, found: Reading, known: Mapping[str, Row]) -> list[Row]:
    """Rows of the table ``clause``: titles and summaries that are known stay."""
    return [
        {
            "zh": one.title or one.text[:NAMED] or one.id,
            "en": one.title or one.text[:NAMED] or one.id,
            "systems": None,
            "summary_zh": None,
            "summary_en": None,
            **known.get(one.id, {}),
            "plan": plan,
            "clause": one.id,
            "parent": one.parent,
            "level": one.level,
            "ordinal": ordinal,
            "has_text": one.has_text,
            "document": document,
            "start": one.start,
            "end": one.end,
        }
        for ordinal, one in enumerate(found.clauses, start=1)
    ]


def _plan_rows(region: "Region", ask: Adopt, found: Reading) -> dict[str, list[Row]]:
    """The row of a plan that the region does not know yet."""
    if region.records("plan", plan=ask.plan):
        return {}
    head = found.head
    title, issuer = ask.zh or head.title, ask.issuer or head.issuer
    if not title or not issuer:
        zh, en, way = ("发布机关", "issuer", "issuer") if title else ("名称", "title", "zh")
        raise BadAsk(
            Text(f"文件没有写明{zh}", f"the document does not say its {en}"),
            Text(f"请用--{way}给出", f"give it with --{way}"),
        )
    first, last = head.horizon or (None, None)
    return {
        "plan": [
            {
                "plan": ask.plan,
                "zh": title,
                "en": ask.en or title,
                "issuer": issuer,
                "issued": head.date,
                "horizon_from": first,
                "horizon_to": last,
                "outlook": head.outlook,
                "main": not region.records("plan"),
                "source": f"document:{ask.plan}",
            }
        ]
    }


def _source_row(document: str, paper: "Paper", found: Reading) -> Row:
    name = f"document:{document.partition('@')[0]}"
    return {
        "source": name,
        "zh": found.head.title or paper.name,
        "en": found.head.title or paper.name,
        "publisher": found.head.issuer or paper.name,
        "published": found.head.date,
        "licence": "未注明 / not stated",
        "quality": "A",
        "origin": paper.name,
    }


def _document_row(document: str, ask: Adopt, paper: "Paper") -> Row:
    return {
        "document": document,
        "plan": ask.plan,
        "name": paper.name,
        "digest": paper.digest,
        "text": paper.text,
        "by": ask.by,
        "source": f"document:{ask.plan}",
    }
