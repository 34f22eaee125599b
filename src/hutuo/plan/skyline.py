"""Rules of height and view (天际线、视廊、限高) that a plan sets, and whether buildings keep to them."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.glossary import label
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.evaluate import SIGNS
from hutuo.plan.registers import named
from hutuo.plan.viewcheck import RuleRow, ViewCheck, view_check
from hutuo.units import shown
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

FILE = Path(__file__).with_name("skyline.csv")
SENTENCE = re.compile(r"[^。;;!?\n]+(?:[。;;!?]|$)")
METRES = {"m", "米"}
NEEDS = {
    "height": Text(
        "限高范围(表view_rule)与建筑高度(表building)",
        "areas with their limits (table view_rule) and heights of buildings (table building)",
    ),
    "view": Text(
        "视廊(表view_rule)与建筑高度、地面高程(表building)",
        "view corridors (table view_rule) and heights of buildings and their ground (table building)",
    ),
    "skyline": Text(
        "观景点与仰角(表view_rule)和建筑高度、地面高程(表building)",
        "viewpoints with angles (table view_rule), heights of buildings and their ground (table building)",
    ),
}


class ViewRules(OfPlan):
    """Which plan is asked for its rules of height and view."""


class ViewRule(Answer):
    """A sentence of a clause that rules height or view."""

    clause: str = said("条款编号", "clause that sets it")
    clause_title: Text = said("条款标题", "heading of the clause")
    kind: str = said("类型", "height, view or skyline")
    kind_name: Text = said("类型名称", "what the kind is called")
    words: list[str] = said("所据词语", "words by which it was found")
    quote: str = said(
        "语句", "the sentence: of the plan's text where it is stored, else of our summary"
    )
    stated: bool = said("是否为规划原文", "whether it is the plan's own text")
    limits: list[str] = said("条款中的高度数值", "figures in metres that the clause states")
    status: str = said(
        "状态",
        "kept or broken by the buildings that stored rules of this clause reach; else not_measurable",
    )
    status_name: Text = said("状态名称", "what the status is called")
    settled_by: Text = said("判定所依据或所需的数据", "what settles it, or what would")


class RulesFound(Answer):
    """Rules of height and view, and what is there to judge them by."""

    parcels: int = said("现有地块数", "number of parcels that are stored")
    buildings: int = said("现有建筑数", "number of buildings that are stored")
    rows: list[ViewRule] = said("规则", "the rules, in the order of the plan")


class Found(NamedTuple):
    """A sentence with words of one kind of rule."""

    rule: str
    sentence: str
    words: list[str]


@verb(
    "列出高度和视线类规则及其判定",
    columns=("clause", "clause_title", "kind_name", "quote", "status_name", "settled_by"),
)
def view_rules(region: "Region", ask: ViewRules) -> RulesFound:
    """List the clauses that rule heights and views, and whether buildings keep to what is stored of them."""
    plan = plan_of(region, ask.plan)
    texts = {row["document"]: row["text"] for row in region.records("document", plan=plan["plan"])}
    limits = limits_of(region.records("quantity", plan=plan["plan"]))
    parcels, buildings = _there(region)
    checked = _checked(region, plan["plan"])
    rows = [
        ViewRule(
            clause=row["clause"],
            clause_title=named(row),
            kind=found.rule,
            kind_name=label(f"kind:{found.rule}"),
            words=found.words,
            quote=found.sentence,
            stated=stated,
            limits=limits.get(row["clause"], []),
            status=status,
            status_name=label(f"status:{status}"),
            settled_by=settled,
        )
        for row in clause_rows(region, plan)
        for text, stated in [_text_of(row, texts)]
        for found in found_in(text)
        for status, settled in [
            _settled(found.rule, checked.get((row["clause"], found.rule), []), buildings)
        ]
    ]
    return RulesFound(parcels=parcels, buildings=buildings, rows=rows)


def found_in(text: str) -> Iterator[Found]:
    """Sentences of a text that rule height or view, once for each kind of rule.

    Words are data (``skyline.csv``); a sentence that only names a height rules it as far as words can tell.
    """
    for sentence in SENTENCE.findall(text):
        for rule, words in _words().items():
            seen = [word for word in words if word in sentence.lower()]
            if seen:
                yield Found(rule, sentence.strip(), seen)


def limits_of(quantities: "Iterable[Row]") -> dict[str, list[str]]:
    """By clause the figures in metres that it states, as they are read; rejected ones are left out."""
    found: dict[str, list[str]] = {}
    for row in quantities:
        if row["unit"] in METRES and row["value"] is not None and row["decision"] != "rejected":
            sign = SIGNS.get(row["operator"], row["operator"])
            found.setdefault(row["clause"], []).append(f"{sign} {shown(row['value'])} m")
    return found


@cache
def _words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["rule"], []).append(row["word"])
    return found


def _text_of(row: "Row", texts: Mapping[str, str]) -> tuple[str, bool]:
    """The clause's own text where its document is stored, else its headings and our summary."""
    text = texts.get(row["document"] or "")
    if text is not None and row["start"] is not None and row["end"] is not None:
        return text[row["start"] : row["end"]], True
    told = (row["zh"], row["summary_zh"] or "")
    return "\n".join(told), False


def _there(region: "Region") -> tuple[int, int]:
    """How many parcels and buildings are stored: in their table, or as places."""
    rows = region.current("building")
    parcels = {row["parcel"] for row in rows if row["parcel"]}
    parcels |= {row["place"] for row in region.records("place", kind="parcel")}
    return len(parcels), len(rows) or len(region.records("place", kind="building"))


def _checked(region: "Region", plan: str) -> dict[tuple[str, str], list[RuleRow]]:
    """What became of the stored rules of a plan, by clause and kind."""
    own = tuple(row["rule"] for row in region.current("view_rule", plan=plan) if row["clause"])
    found: dict[tuple[str, str], list[RuleRow]] = {}
    for row in view_check(region, ViewCheck(rules=own, limit=0)).checked_rules if own else ():
        found.setdefault((row.clause or "", row.kind), []).append(row)
    return found


def _settled(rule: str, checked: list[RuleRow], buildings: int) -> tuple[str, Text]:
    """Whether a rule is kept, and by what that is told or could be."""
    reached, broken = sum(row.buildings for row in checked), sum(row.violations for row in checked)
    unknown = sum(row.ground_unknown for row in checked)
    told = Text(
        f"涉及建筑{reached}处,突破{broken}处,缺地面高程{unknown}处",
        f"{reached} times a building is reached, {broken} times the rule is broken; the ground of {unknown}"
        " is not known",
    )
    if broken:
        return "broken", told
    if reached > unknown:
        return "kept", told
    needs = NEEDS[rule]
    zh = f"须有{needs.zh};现有建筑{buildings}处、该条款规则{len(checked)}条"
    en = f"{needs.en} would settle it; {buildings} buildings, {len(checked)} rules of this clause"
    return "not_measurable", Text(zh, en)
