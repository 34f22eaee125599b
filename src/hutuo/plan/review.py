"""What was read of a plan, decided by people: accepted, mended, rejected, merged, split; all stays known."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

from hutuo.base.branches import Object, Rows
from hutuo.base.tables import table
from hutuo.base.versions import versions
from hutuo.errors import BadAsk, BadInput, Finding, NotFound, one_of
from hutuo.plan.binding import followed
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Row = dict[str, Any]
Action = Literal["accept", "mend", "reject", "merge", "split", "reopen"]
Decision = Literal["proposed", "accepted", "mended", "rejected", "withdrawn"]
DECIDED: dict[str, Decision] = {"accept": "accepted", "reject": "rejected", "reopen": "proposed"}
# What a person may mend; ids, places in the text and the reader's own words stay.
FIXED = {
    "quantity", "duty", "plan", "clause", "ordinal", "decision", "made_from", "by", "read_value",
    "read_verb", "target",
}  # fmt: skip
SHARED = (
    "plan",
    "clause",
    "ordinal",
    "quote",
    "start",
    "end",
    "decision",
    "made_from",
    "by",
    "stance",
)
FEWEST = 2
LISTED_BY = Text("查看全部:hutuo plan review", "list them by: hutuo plan review")


def _several(given: object) -> object:
    return given.split("|") if isinstance(given, str) else given


Items = Annotated[list[str], BeforeValidator(_several)]


class Review(OfPlan):
    """What to show of a plan that was read."""

    clause: str | None = said("只要该条款", "only what this clause states", default=None)
    decision: Decision | None = said("只要该审定状态", "only what is decided so", default=None)
    item: str | None = said(
        "只要该条,并给出历次审定", "only this one, with every decision on it", default=None
    )
    text: bool = said("是否附上全文", "whether the text of the document comes along", default=True)


class ReviewClause(Answer):
    """A clause and where it stands in the document."""

    clause: str = said("条款编号", "number of the clause")
    title: str = said("标题", "heading")
    level: int = said("层次", "depth, 1 for a chapter")
    has_text: bool = said("是否有正文", "whether there are words under the heading")
    start: int | None = said("起点", "where it begins in the document, in characters")
    end: int | None = said("终点", "where it ends, not included")


class ReviewItem(Answer):
    """A figure or a duty, as it stands decided."""

    item: str = said("编号", "id")
    sort: Literal["quantity", "duty"] = said("种类", "quantity or duty")
    clause: str = said("条款编号", "clause that states it")
    decision: Decision = said("审定", "proposed, accepted, mended, rejected or withdrawn")
    quote: str = said("原文", "words of the plan")
    start: int | None = said("起点", "where the words begin in the document, in characters")
    end: int | None = said("终点", "where they end, not included")
    fields: dict[str, Any] = said("各项", "what was read or mended, by column")
    made_from: list[str] = said("来自", "what it was merged or split from")
    by: str | None = said("经手", "who decided")


class Decided(Answer):
    """One version of a figure or duty."""

    recorded_at: datetime = said("记录时间", "when it was recorded")
    decision: Decision = said("审定", "proposed, accepted, mended, rejected or withdrawn")
    by: str | None = said("经手", "who decided")
    fields: dict[str, Any] = said("各项", "what it said then, by column")


class ReviewAnswer(Answer):
    """A plan beside what was read of it."""

    plan: str = said("规划", "id of the plan")
    document: str | None = said("文稿", "id of the text; null if the plan came without one")
    text: str | None = said("全文", "text of the document")
    clauses: list[ReviewClause] = said("条款", "its clauses in order")
    items: list[ReviewItem] = said("审定事项", "figures and duties in order")
    counts: dict[str, int] = said("各状态条数", "how many are decided how, over the whole plan")
    history: list[Decided] = said(
        "历次审定", "versions of the one item asked for, the oldest first"
    )


class Decide(Ask):
    """What to decide on which items."""

    action: Action = said("操作:通过、修改、否决、合并、拆分、恢复待审", "what to do")
    items: Items = said(
        "事项编号(命令行中以 | 分隔)",
        "ids of figures or duties of one sort; in a terminal separated by |",
        min_length=1,
        max_length=2000,
    )
    fields: Object = said(
        "修改或合并后的各项", "for mend and merge: columns with their new values", default={}
    )
    parts: Rows = said(
        "拆分后的各条",
        "for split: columns of each part that differ from the whole",
        default=[],
        max_length=100,
    )
    by: str | None = said("经手人或单位", "who decides", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class DecideAnswer(Answer):
    """What was decided."""

    batch: str | None = said(
        "批次", "id of the batch, by which it is taken back; null if nothing was written"
    )
    items: list[ReviewItem] = said("审定事项", "the items as they stand now")


@verb("审阅读取结果")
def review(region: "Region", ask: Review) -> ReviewAnswer:
    """Show a plan beside what was read of it: each figure and duty with its words and how it is decided."""
    plan = plan_of(region, ask.plan)["plan"]
    rows = {sort: region.records(sort, plan=plan) for sort in ("quantity", "duty")}
    clauses = clause_rows(region, {"plan": plan})
    places = {row["clause"]: at for at, row in enumerate(clauses)}
    everything = [_item(sort, row) for sort, found in rows.items() for row in found]
    everything.sort(
        key=lambda one: (places.get(one.clause, len(places)), one.start or 0, one.item)
    )
    if ask.item is not None and ask.item not in {one.item for one in everything}:
        zh = f"“{ask.item}”不是规划“{plan}”的数字或任务要求"
        raise NotFound(Text(zh, f"'{ask.item}' is no figure or duty of plan '{plan}'"), LISTED_BY)
    documents = {row["document"]: row for row in region.records("document", plan=plan)}
    latest = next((row["document"] for row in clauses if row["document"]), None)
    return ReviewAnswer(
        plan=plan,
        document=latest,
        text=documents[latest]["text"] if ask.text and latest in documents else None,
        clauses=[_clause(row) for row in clauses if ask.clause in (None, row["clause"])],
        items=[one for one in everything if _wanted(one, ask)],
        counts=_counts(everything),
        history=_history(region, ask.item) if ask.item else [],
    )


@verb("审定读取结果")
def decide(region: "Region", ask: Decide) -> DecideAnswer:
    """Accept, mend, reject, merge or split what was read of a plan; every version stays known."""
    from hutuo.base.writing import About, frames_of, record

    sort, rows = _found(region, ask.items)
    new = decided(sort, rows, ask, _ids(region, sort, rows[0]["plan"]))
    kept, _ = frames_of({sort: new, **_bound(region, sort, new)})
    if ask.check:
        faults = [fault for told in region.faults(kept).values() for fault in told]
        if faults:
            count = len(faults)
            zh, en = f"修改后的内容有{count}处问题:", f"what was mended has {count} findings:"
            raise BadInput(Text(zh, en), faults)
    batch = None if ask.check else record(region, kept, About("decide")).batch
    return DecideAnswer(batch=batch, items=[_item(sort, row) for row in new])


def _bound(region: "Region", sort: str, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Targets that change with the figures that they were bound from."""
    if sort != "quantity" or not any(row["target"] for row in rows):
        return {}
    known = table("target")
    targets = {row["target"]: known.cells(row) for row in region.records("target")}
    changed = followed(rows, targets, region.indicators)
    return {"target": changed} if changed else {}


def decided(sort: str, rows: Sequence[Row], ask: Decide, taken: set[str]) -> list[Row]:
    """The rows as they stand after a decision.

    Args:
        sort: ``quantity`` or ``duty``.
        rows: Rows of the items, in the order asked.
        ask: What is decided.
        taken: Ids of that sort that the plan has.

    Raises:
        BadAsk: The action does not fit the number of items, or nothing is mended.
        BadInput: Columns are named that cannot be mended.
    """
    _refuse_fixed(sort, [ask.fields, *ask.parts])
    if ask.action in DECIDED:
        return [{**row, "decision": DECIDED[ask.action], "by": ask.by} for row in rows]
    if ask.action == "mend":
        if not ask.fields:
            raise BadAsk(
                Text("没有任何修改", "nothing is mended"),
                Text(
                    '请给出列与值,如--fields {"value": 60}',
                    'name columns and values, as --fields {"value": 60}',
                ),
            )
        return [{**row, **ask.fields, "decision": "mended", "by": ask.by} for row in rows]
    if ask.action == "merge":
        return _merged(sort, rows, ask)
    return _split(sort, rows, ask, taken)


def _merged(sort: str, rows: Sequence[Row], ask: Decide) -> list[Row]:
    if len(rows) < FEWEST:
        raise BadAsk(
            Text("只有一项,不能合并", "one item cannot be merged"),
            Text("请给出两项以上", "name two or more"),
        )
    first, *others = rows
    names = "|".join(row[sort] for row in rows)
    whole = {
        **first,
        **_span(rows),
        **(_done_to(rows) if sort == "duty" else {}),
        **ask.fields,
        "decision": "mended",
        "made_from": names,
        "by": ask.by,
    }
    return [whole, *({**row, "decision": "rejected", "by": ask.by} for row in others)]


def _done_to(rows: Sequence[Row]) -> Row:
    """What merged duties do to what: the objects of all; of another verb than the first, with it."""
    first, *others = rows
    chinese = not first["verb"].isascii()
    space, comma = ("", ",") if chinese else (" ", ", ")
    told = first["object"]
    for row in others:
        if row["verb"] == first["verb"]:
            told += f"{'、' if chinese else comma}{row['object']}"
        else:
            told += f"{comma}{row['verb']}{space}{row['object']}"
    return {"object": told}


def _span(rows: Sequence[Row]) -> Row:
    """Where merged words begin and end, if all stand in the text."""
    starts = [row["start"] for row in rows]
    if None in starts:
        return {}
    return {"start": min(starts), "end": max(row["end"] for row in rows)}


def _split(sort: str, rows: Sequence[Row], ask: Decide, taken: set[str]) -> list[Row]:
    if len(rows) != 1 or len(ask.parts) < FEWEST:
        way = '--parts \'[{"value": 1}, {"value": 2}]\''
        raise BadAsk(
            Text("拆分须给出一项与两个以上部分", "a split takes one item and two or more parts"),
            Text(f"如{way}", f"as {way}"),
        )
    whole = rows[0]
    found = [{**whole, "decision": "rejected", "by": ask.by}]
    number = 0
    for part in ask.parts:
        number += 1
        while f"{whole[sort]}.{number}" in taken:
            number += 1
        made = {
            sort: f"{whole[sort]}.{number}",
            "decision": "mended",
            "made_from": whole[sort],
            "by": ask.by,
        }
        unbound = {"target": None} if sort == "quantity" else {}
        found.append({**whole, **part, **made, **unbound})
    return found


def _refuse_fixed(sort: str, given: Sequence[Mapping[str, Any]]) -> None:
    known = [name for name in table(sort).names if name not in FIXED]
    zh, en = "、".join(known), ", ".join(known)
    fixed = Text(f"不能修改;可修改的列为{zh}", f"cannot be mended; columns are {en}")
    faults = [
        Finding(sort, None, name, fixed)
        for fields in given
        for name in fields
        if name not in known
    ]
    if faults:
        count = len(faults)
        raise BadInput(Text(f"{count}列不能修改:", f"{count} columns cannot be mended:"), faults)


def _found(region: "Region", items: Sequence[str]) -> tuple[str, list[Row]]:
    """The sort of these items, and their rows."""
    for sort in ("quantity", "duty"):
        known = {row[sort]: table(sort).cells(row) for row in region.records(sort)}
        if items[0] in known:
            missing = [name for name in items if name not in known]
            if missing:
                raise one_of(missing[0], f"{sort} of these plans", list(known)[:20])
            return sort, [known[name] for name in dict.fromkeys(items)]
    zh, en = f"“{items[0]}”不是数字或任务要求", f"'{items[0]}' is no figure or duty"
    raise NotFound(Text(zh, en), LISTED_BY)


def _ids(region: "Region", sort: str, plan: str) -> set[str]:
    return {row[sort] for row in region.records(sort, plan=plan)}


def _wanted(one: ReviewItem, ask: Review) -> bool:
    return (
        ask.clause in (None, one.clause)
        and ask.decision in (None, one.decision)
        and ask.item in (None, one.item)
    )


def _counts(items: Sequence[ReviewItem]) -> dict[str, int]:
    counts = dict.fromkeys(get_args(Decision), 0)
    for one in items:
        counts[one.decision] += 1
    return counts


def _clause(row: Row) -> ReviewClause:
    same = {name: row[name] for name in ("clause", "level", "has_text", "start", "end")}
    return ReviewClause(title=row["zh"], **same)


def _item(sort: str, row: Row) -> ReviewItem:
    return ReviewItem(
        item=row[sort],
        sort=sort,  # type: ignore[arg-type]
        clause=row["clause"],
        decision=row["decision"],
        quote=row["quote"],
        start=row["start"],
        end=row["end"],
        fields=_fields(sort, row),
        made_from=(row["made_from"] or "").split("|") if row["made_from"] else [],
        by=row["by"],
    )


def _fields(sort: str, row: Row) -> dict[str, Any]:
    skipped = {sort, "read_value", "read_verb", *SHARED} - {"stance"}
    return {name: row[name] for name in table(sort).names if name not in skipped}


def _history(region: "Region", item: str) -> list[Decided]:
    sort = "quantity" if region.records("quantity", quantity=item) else "duty"
    return [
        Decided(
            recorded_at=row["recorded_at"],
            decision=row["decision"],
            by=row["by"],
            fields=_fields(sort, row),
        )
        for row in versions(region, sort, **{sort: item})
        if not row["retracted"]
    ]
