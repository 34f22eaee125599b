"""Evaluation of shared instruments (开放共享服务绩效评价): a score for each owner by a versioned rule.

Everything is exact: figures are taken as they are written, so that the same rows give the same score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import BadInput, Finding, one_of
from hutuo.exchange.accords import Row, called
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

FULL = 100
ROUND = 4


class EvaluateSharing(Ask):
    """Which usage to evaluate, and by which rule."""

    since: date = said("统计期第一天", "first day of the period")
    until: date = said("统计期最后一天", "last day of the period, itself in it")
    rule: str | None = said(
        "评价规则;只有一个时可缺省", "rule; may be left out where there is one", default=None
    )
    version: int | None = said(
        "规则版本;缺省为最新", "version of the rule; the newest by default", default=None, ge=1
    )


class MeasureRow(Answer):
    """One measure of an owner."""

    measure: str = said("指标", "what is measured")
    measure_name: Text = said("指标名称", "what the measure is called")
    value: float | None = said("数值", "the figure; null if none is known, which scores nothing")
    weight: float = said("权重", "weight in the score, 0..1; all of them sum to 1")
    marks: float = said("得分", "points of 100 that it brings")


class ScoreRow(Answer):
    """The score of one owner."""

    owner: str = said("管理单位", "institution that owns the instruments")
    owner_name: Text = said("管理单位名称", "what it is called")
    instruments: int = said("仪器数", "number of instruments")
    hours_used: float = said("使用机时", "hours used: booked less those for which nobody came")
    total_score: float = said("得分", "score, 0 to 100")
    measures: list[MeasureRow] = said("各指标", "measures")


class Evaluation(Answer):
    """Scores of owners."""

    rule: str = said("评价规则", "rule")
    version: int = said("规则版本", "version of the rule")
    title: Text = said("评价规则名称", "what the rule is called")
    since: date = said("统计期第一天", "first day of the period")
    until: date = said("统计期最后一天", "last day of the period")
    rows: list[ScoreRow] = said("各单位得分", "owners, the best first")
    findings: list[Text] = said("问题", "figures that do not fit together or are missing")


class Rule(NamedTuple):
    """A version of a rule.

    Attributes:
        head: Row of the rule.
        measures: Its measures.
    """

    head: Mapping[str, Any]
    measures: Sequence[Row]

    @property
    def name(self) -> str:
        """Rule and version, as ``sharing@1``."""
        return f"{self.head['rule']}@{self.head['version']}"


class Score(NamedTuple):
    """The score of one owner.

    Attributes:
        total: 0 to 100.
        values: Figure by measure; None if none is known.
        points: Points by measure; they sum to the total.
    """

    total: Fraction
    values: dict[str, Fraction | None]
    points: dict[str, Fraction]


@verb(
    "评价仪器开放共享绩效",
    columns=("owner_name", "instruments", "hours_used", "total_score"),
)
def evaluate_sharing(region: "Region", ask: EvaluateSharing) -> Evaluation:
    """Score the owners of shared instruments by hours used, outside users, satisfaction and results.

    Example:
        ``hutuo exchange evaluate-sharing --since 2026-01-01 --until 2026-12-31``
    """
    rule = rule_of(region, ask.rule, ask.version)
    used, across = usage(region, ask.since, ask.until)
    of = by_owner(used)
    found = {owner: score_of(rows, rule.measures) for owner, rows in of.items()}
    names = owners(region)
    return Evaluation(
        rule=rule.head["rule"],
        version=rule.head["version"],
        title=called(rule.head, rule.name),
        since=ask.since,
        until=ask.until,
        rows=[
            score_row(owner, names, of[owner], found[owner], rule)
            for owner in sorted(found, key=lambda owner: (-found[owner].total, owner))
        ],
        findings=[*across, *at_odds(used), *lacking(found)],
    )


def usage(region: "Region", since: date, until: date) -> tuple[list[dict[str, Any]], list[Text]]:
    """Rows of usage whose period lies within a period, and what is said of those that lie across its ends."""
    end = until + timedelta(days=1)
    inside, across = [], []
    for row in replace(region, at=None).records("instrument_usage"):
        if row["valid_from"] >= since and row["valid_to"] <= end:
            inside.append(row)
        elif row["valid_from"] < end and row["valid_to"] > since:
            what = f"{row['owner']}/{row['instrument']} {row['valid_from']}–{row['valid_to']}"
            says = f"{what}:跨越统计期,未计入", f"{what}: lies across the period, not counted"
            across.append(Text(*says))
    return inside, across


def rule_of(region: "Region", name: str | None, version: int | None) -> Rule:
    """A version of a rule, the newest by default.

    Raises:
        NotFound: There is no such rule or version, or none is named and there are several.
        BadInput: The rule cannot be computed with.
    """
    rows = region.records("evaluation_rule")
    names = sorted({row["rule"] for row in rows})
    asked = name or (names[0] if len(names) == 1 else "")
    if asked not in names:
        raise one_of(asked, "rule", names)
    of = {row["version"]: row for row in rows if row["rule"] == asked}
    number = version or max(of)
    if number not in of:
        raise one_of(str(number), f"version of {asked}", [str(one) for one in sorted(of)])
    measures = region.records("evaluation_measure", rule=asked, version=number)
    rule = Rule(of[number], measures)
    faults = [
        Finding("evaluation_measure", None, row["measure"], Text("满分值等于零分值", "full_at is zero_at"))
        for row in measures
        if row["full_at"] == row["zero_at"]
    ]  # fmt: skip
    if not sum(row["weight"] for row in measures):
        says = Text("没有权重大于0的指标", "no measure has a weight above 0")
        faults.append(Finding("evaluation_measure", None, "weight", says))
    if faults:
        raise BadInput(Text(f"评价规则{rule.name}有误:", f"rule {rule.name} is faulty:"), faults)
    return rule


def owners(region: "Region") -> dict[str, Text]:
    """What institutions are called."""
    rows = replace(region, at=None).records("institution")
    return {row["institution"]: called(row, "") for row in rows}


def by_owner(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows of usage by owner."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["owner"], []).append(row)
    return found


def score_of(rows: Sequence[Row], measures: Sequence[Row]) -> Score:
    """The score of one owner.

    Args:
        rows: Usage of its instruments.
        measures: ``measure, weight, zero_at, full_at``; points grow evenly between the two figures.

    Returns:
        The score; a measure without a figure brings no points.
    """
    values = measured(rows)
    whole = sum(exact(row["weight"]) for row in measures)
    points = {}
    for row in measures:
        value, zero, full = values[row["measure"]], exact(row["zero_at"]), exact(row["full_at"])
        part = Fraction(0) if value is None else (value - zero) / (full - zero)
        points[row["measure"]] = (
            FULL * exact(row["weight"]) / whole * min(max(part, Fraction(0)), Fraction(1))
        )
    return Score(sum(points.values(), Fraction(0)), values, points)


def measured(rows: Sequence[Row]) -> dict[str, Fraction | None]:
    """Figures of one owner: hours used, their share in the hours available and of outside users, and so on.

    Satisfaction is the mean over instruments by the number of users who rated them.
    """
    used = sum(
        (exact(row["hours_booked"]) - exact(row["hours_no_show"]) for row in rows), Fraction(0)
    )
    open_ = [row["hours_available"] for row in rows]
    available = None if None in open_ else sum(map(exact, open_), Fraction(0))
    outside = sum((exact(row["hours_outside"]) for row in rows), Fraction(0))
    rated = [
        (exact(row["satisfaction"]), row["ratings"] if row["ratings"] is not None else 1)
        for row in rows
        if row["satisfaction"] is not None
    ]
    raters = sum(number for _, number in rated)
    content = sum((value * number for value, number in rated), Fraction(0))
    results = [row["results"] for row in rows if row["results"] is not None]
    return {
        "hours_used": used,
        "use_rate": used / available if available else None,
        "outside_share": outside / used if used else None,
        "satisfaction": content / raters if raters else None,
        "results": Fraction(sum(results)) if results else None,
    }


def at_odds(rows: Iterable[Row]) -> list[Text]:
    """Figures of one row that cannot all be right."""
    found = []
    for row in rows:
        used = exact(row["hours_booked"]) - exact(row["hours_no_show"])
        what = f"{row['owner']}/{row['instrument']}"
        if used < 0:
            says = f"{what}:爽约机时多于预约机时", f"{what}: more hours without a show than booked"
            found.append(Text(*says))
        elif exact(row["hours_outside"]) > used:
            says = f"{what}:对外机时多于使用机时", f"{what}: more outside hours than used"
            found.append(Text(*says))
    return found


def lacking(scores: Mapping[str, Score]) -> list[Text]:
    """Measures of which an owner has no figure."""
    return [
        Text(
            f"{owner}:没有{label(f'measure:{name}').zh}的数值,不得分",
            f"{owner}: no figure of {label(f'measure:{name}').en}, which scores nothing",
        )
        for owner, score in scores.items()
        for name in score.points
        if score.values[name] is None
    ]


def score_row(
    owner: str, names: Mapping[str, Text], rows: Sequence[Row], score: Score, rule: Rule
) -> ScoreRow:
    """The score of one owner as it is answered."""
    whole = sum(exact(row["weight"]) for row in rule.measures)
    return ScoreRow(
        owner=owner,
        owner_name=names.get(owner, called(None, owner)),
        instruments=len({row["instrument"] for row in rows}),
        hours_used=float(score.values["hours_used"] or 0),
        total_score=round(float(score.total), ROUND),
        measures=[
            MeasureRow(
                measure=row["measure"],
                measure_name=label(f"measure:{row['measure']}"),
                value=_plain(score.values[row["measure"]]),
                weight=float(exact(row["weight"]) / whole),
                marks=round(float(score.points[row["measure"]]), ROUND),
            )
            for row in rule.measures
        ],
    )


def exact(value: float) -> Fraction:
    """A figure as it is written: 0.1 is one tenth."""
    return Fraction(str(value))


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
