"""Responsibilities: whose each duty is, one body that leads and others that support."""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import BadAsk, one_of
from hutuo.plan.clausetree import below
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.suggestions import LEAD, suggested
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hutuo.base.matching import Places
    from hutuo.base.region import Region

    Row = dict[str, Any]

STANDING = ("accepted", "mended")


class Assign(OfPlan):
    """Which duties to assign to whom; without a body they are listed."""

    duty: tuple[str, ...] = said("任务要求的标识", "ids of duties", default=())
    clause: tuple[str, ...] = said(
        "条款(含下级)的任务要求", "duties of these clauses and of those below", default=()
    )
    lead: str | None = said("牵头单位", "body that leads", default=None)
    support: tuple[str, ...] = said("配合单位", "bodies that support", default=())
    suggested: bool = said(
        "尚无单位的任务要求采用建议",
        "duties that have nobody yet take what is suggested",
        default=False,
    )
    clear: bool = said("收回分派", "take the assignment back", default=False)
    unassigned: bool = said(
        "只要尚无牵头单位的", "only duties that nobody leads yet", default=False
    )
    by: str | None = said("经手人或单位", "person or body who assigns", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class BodySuggested(Answer):
    """A body that a duty may be for."""

    body: str = said("机构的标识", "id of the body")
    name: Text = said("机构名称", "what it is called")
    role: str = said("牵头或配合", "lead or support")
    reason: Text = said("建议的理由", "why it is suggested")


class DutyRow(Answer):
    """A duty and whose it is."""

    duty: str = said("任务要求的标识", "id of the duty")
    clause: str = said("条款编号", "clause that states it")
    quote: str = said("原文", "words of the plan")
    decision: str = said("审定", "proposed, accepted, mended or rejected")
    lead: str | None = said("牵头单位", "body that leads")
    lead_name: Text | None = said("牵头单位名称", "what the body that leads is called")
    support: list[str] = said("配合单位", "bodies that support")
    suggestions: list[BodySuggested] = said(
        "建议的单位", "bodies that are suggested where it has nobody"
    )


class Assigned(Answer):
    """Duties with their bodies, and what was written."""

    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows written")
    rows: list[DutyRow] = said("任务要求", "duties, in the order of the plan")


class _Naming(NamedTuple):
    """Bodies, units and names of places, by which bodies are suggested."""

    bodies: "Mapping[str, Row]"
    units: "Mapping[str, Row]"
    places: "Places"


@verb("分派任务要求的责任单位", columns=("duty", "quote", "lead_name", "support"))
def assign(region: "Region", ask: Assign) -> Assigned:
    """Assign duties to the bodies that lead and support them, or list them with suggestions.

    Example:
        ``hutuo plan assign --clause '二(一)' --lead gov-a --support gov-b,gov-c``
    """
    duties = _meant(region, ask)
    made = _assignments(region, ask, duties)
    batch, stored = None, 0
    if made and not ask.check:
        batch, stored = written(region, {"responsibility": made}, "assign")
    held = responsibilities(region) | {row["duty"]: row for row in made}
    naming = _naming(region)
    rows = [_row(duty, held, naming) for duty in duties]
    return Assigned(
        batch=batch, stored=stored, rows=[r for r in rows if not (ask.unassigned and r.lead)]
    )


def duty_rows(region: "Region", plan: str) -> "list[Row]":
    """Duties of a plan that nobody rejected, in the order of its clauses."""
    order = {r["clause"]: r["ordinal"] for r in region.records("clause", plan=plan)}
    rows = [r for r in region.records("duty", plan=plan) if r["decision"] != "rejected"]
    return sorted(rows, key=lambda r: (order.get(r["clause"], 0), r["ordinal"], r["duty"]))


def responsibilities(region: "Region") -> "dict[str, Row]":
    """Rows of the table of responsibilities by duty."""
    return {row["duty"]: row for row in region.records("responsibility")}


def body_rows(region: "Region") -> "dict[str, Row]":
    """Bodies that there are at the asked day, by id."""
    return {row["body"]: row for row in region.current("body")}


def known_body(bodies: "Mapping[str, Row]", name: str) -> str:
    """A body by its id or by its name in either language.

    Raises:
        NotFound: There is no such body.
        BadAsk: Several have that name.
    """
    if name in bodies:
        return name
    found = [body for body, row in bodies.items() if name in (row["zh"], row["en"])]
    if len(found) > 1:
        zh, en = f"“{name}”可能是{'、'.join(found)}", f"'{name}' may be {', '.join(found)}"
        raise BadAsk(Text(zh, en), Text("请给出机构的标识", "give the id of the body"))
    if not found:
        raise one_of(name, "body", list(bodies))
    return found[0]


def listed(cell: str | None) -> list[str]:
    """Items of a cell that holds several, separated by ``|``."""
    return cell.split("|") if cell else []


def joined(items: "Sequence[str]") -> str | None:
    """Several items as one cell, each once; None for none."""
    return "|".join(dict.fromkeys(items)) or None


def written(
    region: "Region", rows: "Mapping[str, Sequence[Row]]", verb: str, origin: str = ""
) -> tuple[str | None, int]:
    """Record rows as one batch, and say its id and how many were new; no batch where there is no row.

    Raises:
        BadInput: Rows break the rules of their table; nothing is written.
    """
    from hutuo.base.writing import About, frames_of, record

    kept, _ = frames_of({name: given for name, given in rows.items() if given})
    if not kept:
        return None, 0
    done = record(region, kept, About(verb, origin))
    return done.batch, sum(done.stored.values())


def _meant(region: "Region", ask: Assign) -> "list[Row]":
    plan = plan_of(region, ask.plan)
    duties = duty_rows(region, plan["plan"])
    there = {row["duty"] for row in duties}
    unknown = next((name for name in ask.duty if name not in there), None)
    if unknown is not None:
        raise one_of(unknown, "duty", sorted(there))
    clauses = below(clause_rows(region, plan), ask.clause)
    if not ask.duty and not ask.clause:
        return duties
    return [r for r in duties if r["duty"] in ask.duty or r["clause"] in clauses]


def _assignments(region: "Region", ask: Assign, duties: "list[Row]") -> "list[Row]":
    ways = [bool(ask.lead or ask.support), ask.suggested, ask.clear]
    if sum(ways) > 1:
        raise BadAsk(
            Text(
                "指定机构、suggested与clear只能选一",
                "bodies, suggested and clear exclude each other",
            ),
            Text("请只用其中一种", "ask for one of them"),
        )
    if (ways[0] or ask.clear) and not (ask.duty or ask.clause):
        raise BadAsk(
            Text("没有给出任务要求", "no duty is named"),
            Text("请用--duty或--clause给出", "name duties by --duty or --clause"),
        )
    if not any(ways):
        return []
    held = responsibilities(region)
    if ask.suggested:
        naming = _naming(region)
        free = [row for row in duties if not _is_held(held.get(row["duty"]))]
        made = [_by_suggestion(duty, naming) for duty in free]
        return [row | {"by": ask.by} for row in made if _is_held(row)]
    bodies = body_rows(region)
    lead = known_body(bodies, ask.lead) if ask.lead else None
    support = joined([known_body(bodies, name) for name in ask.support])
    return [_set(held.get(r["duty"]), r["duty"], ask, lead, support) for r in duties]


def _set(
    before: "Row | None", duty: str, ask: Assign, lead: str | None, support: str | None
) -> "Row":
    """The assignment of a duty: what is not given stays as it was, and who leads does not support."""
    old = before if before and not ask.clear else {"lead": None, "support": None}
    lead = lead or old["lead"]
    rest = joined([b for b in listed(support or old["support"]) if b != lead])
    return {"duty": duty, "lead": lead, "support": rest, "by": ask.by}


def _is_held(row: "Row | None") -> bool:
    return row is not None and bool(row["lead"] or row["support"])


def _naming(region: "Region") -> _Naming:
    from hutuo.base.matching import Places

    places = Places(region.history("unit"), region.records("place"))
    units = {row["unit"]: row for row in region.current("unit")}
    return _Naming(body_rows(region), units, places)


def _by_suggestion(duty: "Row", naming: _Naming) -> "Row":
    found = _suggestions(duty, naming)
    lead = next((one.body for one in found if one.role == LEAD), None)
    support = joined([one.body for one in found if one.role != LEAD])
    return {"duty": duty["duty"], "lead": lead, "support": support}


def _suggestions(duty: "Row", naming: _Naming) -> list[BodySuggested]:
    bodies = naming.bodies
    found = suggested(duty, list(bodies.values()), naming.units, naming.places)
    return [
        BodySuggested(name=Text(bodies[s.body]["zh"], bodies[s.body]["en"]), **s._asdict())
        for s in found
    ]


def _row(duty: "Row", held: "Mapping[str, Row]", naming: _Naming) -> DutyRow:
    mine = held.get(duty["duty"])
    lead = mine["lead"] if mine else None
    return DutyRow(
        lead=lead,
        lead_name=body_name(naming.bodies, lead),
        support=listed(mine["support"]) if mine else [],
        suggestions=[] if _is_held(mine) else _suggestions(duty, naming),
        **{name: duty[name] for name in ("duty", "clause", "quote", "decision")},
    )


def body_name(bodies: "Mapping[str, Row]", body: str | None) -> Text | None:
    """What a body is called; its id where it is there no more; None for none."""
    if body is None:
        return None
    row = bodies.get(body, {"zh": body, "en": body})
    return Text(row["zh"], row["en"])
