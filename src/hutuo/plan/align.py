"""Two plans side by side: what one asks for that the other covers, tightens, loosens or leaves out.

A target is met by another one that measures the same thing if whatever meets that one meets it too: at least
as strict, and no later. Amounts of different places are not compared.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import unit_name
from hutuo.base.measures import unit_of
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.plan.document import clause_rows, plan_of, target_rows
from hutuo.plan.evaluate import SIGNS
from hutuo.plan.likeness import alike
from hutuo.units import UNITS, shown
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Row = Mapping[str, Any]
# Found on pairs of headings of real plans: same matter in other words lies above, others below.
LEAST_ALIKE = 0.25
# Names of figures that nobody bound to an indicator are short: two that are the same differ by a word or so.
SAME_NAME = 0.6
SHARE = "share"
LOWER, UPPER = (">=", ">"), ("<=", "<")


class Relation(StrEnum):
    """How a target of the second plan stands to one of the first."""

    COVERED = "covered"
    TIGHTER = "tighter"
    LOOSER = "looser"
    CONTRADICTED = "contradicted"
    INCOMPARABLE = "incomparable"
    MISSING = "missing"


class Goal(NamedTuple):
    """What a target asks for, in the first unit of its dimension.

    Attributes:
        operator: One of ``>= > <= < =``.
        value: Value to reach.
        year: Year by which; None for the end of the plan or later.
        place: Geography that it is measured for.
        total: Whether it is an amount, which another place cannot be compared with.
    """

    operator: str
    value: float
    year: int | None
    place: str
    total: bool


class Align(Ask):
    """Which two plans to lay side by side."""

    first: str = said("第一个规划(通常为上位规划)", "first plan, as a rule the one above")
    second: str = said("第二个规划", "second plan")
    least: float = said(
        "条款视为相关的最低相似度",
        "least likeness, 0..1, at which clauses count as about the same",
        default=LEAST_ALIKE,
        ge=0,
        le=1,
    )


class Side(Answer):
    """A target or clause of one of the plans."""

    id: str = said("标识", "id of the target, or number of the clause")
    title: Text = said("名称", "what it is called")
    clause: str = said("条款编号", "clause that it stands in")
    quote: str | None = said("原文", "words of the plan; null if its text is not in the region")
    asked: Text | None = said("要求", "what a target asks for, in words; null for a clause")


class TargetPair(Answer):
    """A target of the first plan beside that of the second."""

    relation: Relation = said(
        "关系", "covered, tighter, looser, contradicted, incomparable or missing"
    )
    relation_name: Text = said("关系名称", "what the relation is called")
    first: Side = said("第一个规划", "target of the first plan")
    second: Side | None = said("第二个规划", "target of the second plan; null if it has none")
    says: Text = said("说明", "what was compared")


class ClausePair(Answer):
    """A clause of the first plan beside that of the second that is most like it."""

    relation: Relation = said("关系", "covered or missing")
    relation_name: Text = said("关系名称", "what the relation is called")
    first: Side = said("第一个规划", "clause of the first plan")
    second: Side | None = said("第二个规划", "clause of the second plan; null if none is like it")
    likeness: float = said("相似度", "how alike they are, 0..1")


class AlignAnswer(Answer):
    """Two plans side by side."""

    counts: dict[str, int] = said("各关系条数", "targets of the first plan by relation")
    targets: list[TargetPair] = said(
        "目标", "targets of the first plan, each beside that of the second"
    )
    clauses: list[ClausePair] = said(
        "条款", "clauses of the first plan, each beside that of the second"
    )
    only_second: list[Side] = said(
        "仅见于第二个规划的目标", "targets of the second plan that the first has not"
    )


@verb("对照两个规划")
def align(region: "Region", ask: Align) -> AlignAnswer:
    """Lay two plans side by side: targets covered, tighter, looser, contradicted or missing, with quotes.

    Example:
        ``hutuo plan align hebei-territorial-2035 metro-2025``
    """
    if ask.first == ask.second:
        says = Text(f"“{ask.first}”给出了两次", f"'{ask.first}' is named twice")
        raise BadAsk(says, Text("请给出两个规划", "name two plans"))
    sides = [_Plan.of(region, name) for name in (ask.first, ask.second)]
    pairs = target_pairs(*(one.targets for one in sides))
    met = {id(second) for _, _, second in pairs}
    targets = [_target_pair(relation, first, second, sides) for relation, first, second in pairs]
    names = [one.relation.value for one in targets]
    return AlignAnswer(
        counts={relation.value: names.count(relation.value) for relation in Relation},
        targets=targets,
        clauses=_clause_pairs(*sides, least=ask.least),
        only_second=[sides[1].side(row) for row in sides[1].targets if id(row) not in met],
    )


def target_pairs(
    first: Sequence[Row], second: Sequence[Row]
) -> list[tuple[Relation, Row, Row | None]]:
    """Each target of the first plan with that of the second that measures the same, and how they stand.

    Args:
        first: Rows of the table ``target``.
        second: Rows of the table ``target``.
    """
    found: list[tuple[Relation, Row, Row | None]] = []
    likeness = alike([row["zh"] for row in first], [row["zh"] for row in second])
    for at, row in enumerate(first):
        same = [
            other
            for to, other in enumerate(second)
            if _one_matter(row, other, float(likeness[at, to])) and _one_dimension(row, other)
        ]
        ranked = [(relation_of(_goal(row), _goal(other)), other) for other in same]
        if not ranked:
            found.append((Relation.MISSING, row, None))
        else:
            order = list(Relation)
            relation, other = min(
                ranked, key=lambda one: (one[0] is Relation.INCOMPARABLE, order.index(one[0]))
            )
            found.append((relation, row, other))
    return found


def relation_of(first: Goal, second: Goal) -> Relation:
    """How the second goal stands to the first.

    Contradicted if no figure can meet both; covered if meeting the second meets the first, tighter if the
    first does not meet the second in turn; else looser.
    """
    if first.place != second.place and (first.total or second.total):
        return Relation.INCOMPARABLE
    if not _both_can_hold(first, second):
        return Relation.CONTRADICTED
    onward, back = _implies(second, first), _implies(first, second)
    if onward:
        return Relation.COVERED if back else Relation.TIGHTER
    return Relation.LOOSER


def _both_can_hold(first: Goal, second: Goal) -> bool:
    if first.operator == "=" and second.operator == "=":
        return first.value == second.value or first.year != second.year
    for one, other in ((first, second), (second, first)):
        below = one.operator in LOWER and other.operator in (*UPPER, "=")
        # A floor that comes first stands when the ceiling comes; one that comes later does not bind before.
        in_time = (one.year or 0) <= (other.year or 9999)
        if (
            below
            and in_time
            and (one.value > other.value or (one.value == other.value and _strict(one, other)))
        ):
            return False
    return True


def _strict(one: Goal, other: Goal) -> bool:
    return one.operator == ">" or other.operator == "<"


def _implies(strong: Goal, weak: Goal) -> bool:
    """Whether whatever meets the first meets the second too."""
    if (strong.year or 9999) > (weak.year or 9999):
        return False
    if weak.operator == "=":
        return strong.operator == "=" and strong.value == weak.value
    if weak.operator in LOWER:
        if strong.operator in UPPER:
            return False
        return strong.value > weak.value or (
            strong.value == weak.value and weak.operator in (">=", strong.operator)
        )
    if strong.operator in LOWER:
        return False
    return strong.value < weak.value or (
        strong.value == weak.value and weak.operator in ("<=", strong.operator)
    )


def _one_matter(first: Row, second: Row, likeness: float) -> bool:
    """Whether two targets measure the same: by one indicator, or by like names where one is not bound yet."""
    if first["indicator"] and second["indicator"]:
        return bool(first["indicator"] == second["indicator"])
    return likeness >= SAME_NAME


def _one_dimension(first: Row, second: Row) -> bool:
    return UNITS[first["unit"]].dimension == UNITS[second["unit"]].dimension


def _goal(row: Row) -> Goal:
    unit = UNITS[row["unit"]]
    total = row["scope"] == "total" and unit.dimension not in (
        SHARE,
        "time",
        "density",
        "frequency",
    )
    return Goal(row["operator"], row["value"] * unit.factor, row["year"], row["place"], total)


class _Plan(NamedTuple):
    """A plan with what is needed to show its side."""

    region: "Region"
    clauses: list[Row]
    targets: list[Row]
    quotes: Mapping[str, str]
    texts: Mapping[str, str]

    @classmethod
    def of(cls, region: "Region", name: str) -> "_Plan":
        plan = plan_of(region, name)
        clauses = clause_rows(region, plan)
        documents = {row["document"]: row["text"] for row in region.records("document", plan=name)}
        texts = {
            row["clause"]: documents[row["document"]][row["start"] : row["end"]].strip()
            for row in clauses
            if row["document"] in documents and row["start"] is not None
        }
        figures = region.records("quantity", plan=name)
        quotes = {row["target"] or row["quantity"]: row["quote"] for row in figures}
        read = [_unbound(row, region.info.set) for row in figures if _is_open(row)]
        return cls(region, list(clauses), [*target_rows(region, name), *read], quotes, texts)

    def side(self, row: Row) -> Side:
        """A target or clause of the plan as it is shown."""
        name = row.get("target") or row["clause"]
        quote = self.quotes.get(name) if "target" in row else None
        return Side(
            id=name,
            title=Text(row["zh"], row["en"]),
            clause=row["clause"],
            quote=quote or self.texts.get(row["clause"]),
            asked=_asked(self.region, row) if "target" in row else None,
        )


def _is_open(row: Row) -> bool:
    """Whether a figure that was read is an aim in a known unit, bound to no indicator yet."""
    decided = row["decision"] in ("proposed", "accepted", "mended")
    aim = row["kind"] == "target" and row["target"] is None and row["value"] is not None
    return decided and aim and unit_of(row["unit"]) is not None


def _unbound(row: Row, place: str) -> dict[str, Any]:
    """A figure that was read, as a target."""
    operator = row["operator"] if row["operator"] != "~" else "="
    name = row["subject"] or row["quote"]
    return {
        "target": row["quantity"], "clause": row["clause"], "zh": name, "en": name, "indicator": None,
        "operator": operator, "value": row["value"], "unit": unit_of(row["unit"]), "year": row["target_year"],
        "place": place, "scope": "total",
    }  # fmt: skip


def _target_pair(
    relation: Relation, first: Row, second: Row | None, sides: Sequence[_Plan]
) -> TargetPair:
    ours = sides[0].side(first)
    theirs = sides[1].side(second) if second is not None else None
    return TargetPair(
        relation=relation,
        relation_name=label(f"relation:{relation.value}"),
        first=ours,
        second=theirs,
        says=_says(ours, theirs),
    )


def _says(first: Side, second: Side | None) -> Text:
    one = first.asked or first.title
    if second is None:
        return Text(
            f"{one.zh};对方没有测同一指标的目标",
            f"{one.en}; the other has no target of that indicator",
        )
    other = second.asked or second.title
    return Text(f"{one.zh};对方 {other.zh}", f"{one.en}; the other {other.en}")


def _asked(region: "Region", row: Row) -> Text:
    """What a target asks for: indicator, sign, value and unit, place, year."""
    measure, place = unit_name(row["unit"]), region.name_of(row["place"])
    about = region.indicators.get(row["indicator"] or "", row)
    asked = f"{SIGNS[row['operator']]} {shown(row['value'])}"
    # A unit that begins with a number is a factor.
    factor = "× " if measure.en[:1].isdigit() else ""
    zh = [f"{about['zh']} {asked} {measure.zh}", place.zh]
    en = [f"{about['en']} {asked} {factor}{measure.en}", place.en]
    if row["year"]:
        zh, en = [*zh, f"{row['year']}年"], [*en, f"{row['year']}"]
    return Text(",".join(zh), ", ".join(en))


def _clause_pairs(first: _Plan, second: _Plan, *, least: float) -> list[ClausePair]:
    """Each clause with text of the first plan beside the one of the second that is most like it."""
    ours = [row for row in first.clauses if row["has_text"]]
    theirs = [row for row in second.clauses if row["has_text"]]
    likeness = alike([_words(row, first) for row in ours], [_words(row, second) for row in theirs])
    found = []
    for at, row in enumerate(ours):
        best = int(likeness[at].argmax()) if theirs else 0
        score = float(likeness[at, best]) if theirs else 0.0
        relation = Relation.COVERED if theirs and score >= least else Relation.MISSING
        found.append(
            ClausePair(
                relation=relation,
                relation_name=label(f"relation:{relation.value}"),
                first=first.side(row),
                second=second.side(theirs[best]) if relation is Relation.COVERED else None,
                likeness=round(score, 3),
            )
        )
    return found


def _words(row: Row, plan: _Plan) -> str:
    """What a clause is compared by: its words where the text is known, else heading and summary."""
    told = plan.texts.get(row["clause"]) or row["summary_zh"] or row["summary_en"] or ""
    return f"{row['zh']} {row['zh']} {told}"
