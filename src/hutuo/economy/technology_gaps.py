"""The verb on technology gaps: who answers for each, which call it is in, what became of it."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from hutuo.base.figures import SourceRow, source_rows
from hutuo.base.geographies import today
from hutuo.economy.whereabouts import called, listed, sources_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = ["GapRow", "TechnologyGaps", "TechnologyGapsAnswer", "lacking_of", "technology_gaps"]

# What ends a gap well.
CLOSED_WELL = ("solved", "substitute", "bought")


class TechnologyGaps(Ask):
    """Which gaps to show."""

    chain: str | None = said("只要该产业链的", "only of this chain", default=None)
    owner: str | None = said("只要该单位负责的", "only those of this body", default=None)
    unsolved_only: bool = said("只要未办结的", "only those still open", default=False)
    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)


class GapRow(Answer):
    """One technology that lacks."""

    technology_gap: str = said("技术短板", "id of the gap")
    name: Text = said("名称", "technology that lacks")
    chain: str | None = said("产业链", "chain that lacks it")
    link: str | None = said("环节", "link of the chain that lacks it")
    owner: str | None = said("责任单位", "body that answers for it")
    owner_name: Text | None = said("责任单位名称", "what it is called")
    opened: date = said("登记日期", "day on which it was recorded")
    joint_call: str | None = said("联合攻关指南", "joint call that it was put into")
    called_on: date | None = said("发榜日期", "day of the call")
    due: date | None = said("完成期限", "day by which it is to be closed")
    money_fen: int | None = said("经费(分)", "money of the call in fen")
    solvers: list[str] = said("攻关单位", "institutions that work on it")
    gap_outcome: str | None = said("结果", "what became of it; null while it is open")
    gap_outcome_name: Text | None = said("结果名称", "what the outcome is called")
    closed_on: date | None = said("办结日期", "day on which that was found")
    evidence: str | None = said("依据", "what shows the outcome")
    days_open: int = said("持续天数", "days from its record to its end, or until the day shown")
    overdue: bool = said("是否逾期", "whether its day has passed and it is open")
    not_told: list[Text] = said("缺少的信息", "which of owner, call, outcome and proof it lacks")


class TechnologyGapsAnswer(Answer):
    """The list of gaps."""

    day: date = said("日期", "day that is shown")
    rows: list[GapRow] = said("技术短板", "gaps, the open ones first")
    complete_share: float | None = said(
        "要素齐全的比例", "share with owner, call and outcome, 0..1; null without any"
    )
    without_owner: int = said("无责任单位数", "gaps without an owner")
    without_call: int = said("未发榜数", "gaps without a call")
    still_open: int = said("未办结数", "gaps without an outcome")
    closed_well: int = said("已突破或替代数", "gaps that were solved, substituted or bought")
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "技术短板清单:责任单位、联合攻关、结果",
    columns=("name", "owner_name", "joint_call", "gap_outcome_name", "not_told"),
)
def technology_gaps(region: "Region", ask: TechnologyGaps) -> TechnologyGapsAnswer:
    """List technologies that lack, with owner, joint call and outcome, and which of these are not there.

    Example:
        ``hutuo economy technology-gaps --unsolved-only``
    """
    day = ask.day or today(region)
    bodies = {row["body"]: called(row) for row in region.current("body")}
    kept = [
        row
        for row in region.records("technology_gap")
        if ask.chain in {None, row["chain"]}
        and ask.owner in {None, row["owner"]}
        and not (ask.unsolved_only and row["outcome"])
        and row["opened"] <= day
    ]
    rows = [_row(row, bodies, day) for row in kept]
    rows.sort(
        key=lambda row: (
            row.gap_outcome is not None,
            not row.overdue,
            row.opened,
            row.technology_gap,
        )
    )
    whole = [row for row in rows if row.owner and row.joint_call and row.gap_outcome]
    return TechnologyGapsAnswer(
        day=day,
        rows=rows,
        complete_share=len(whole) / len(rows) if rows else None,
        without_owner=sum(row.owner is None for row in rows),
        without_call=sum(row.joint_call is None for row in rows),
        still_open=sum(row.gap_outcome is None for row in rows),
        closed_well=sum(row.gap_outcome in CLOSED_WELL for row in rows),
        doubts=[]
        if rows
        else [
            Text(
                "没有这样的技术短板;登记在数据表technology_gap",
                "there is no such gap; they are registered in table technology_gap",
            )
        ],
        sources=source_rows(region, sources_of(kept)),
    )


def lacking_of(row: "Row", day: date) -> list[Text]:
    """Which of owner, call, outcome and proof a gap lacks; the outcome only once its day has passed."""
    late = row["due"] is not None and row["due"] < day
    lacks = [
        (row["owner"] is None, Text("责任单位", "an owner")),
        (row["call"] is None, Text("联合攻关", "a call")),
        (row["outcome"] is None and late, Text("结果", "an outcome")),
        (row["outcome"] in CLOSED_WELL and row["evidence"] is None, Text("依据", "what shows it")),
        (row["outcome"] is None and row["due"] is None, Text("期限", "a day by which")),
    ]
    return [says for lacking, says in lacks if lacking]


def _row(row: "Row", bodies: Mapping[str, Text], day: date) -> GapRow:
    same = (
        "chain", "link", "owner", "opened", "due", "money_fen", "evidence",
    )  # fmt: skip
    owner, outcome = row["owner"], row["outcome"]
    return GapRow(
        **{name: row[name] for name in same},
        technology_gap=row["gap"],
        name=called(row),
        joint_call=row["call"],
        called_on=row["called"],
        gap_outcome=outcome,
        closed_on=row["closed"],
        owner_name=bodies.get(owner, Text(owner, owner)) if owner else None,
        solvers=listed(row["solvers"]),
        gap_outcome_name=label(f"gap_outcome:{outcome}") if outcome else None,
        days_open=((row["closed"] or day) - row["opened"]).days,
        overdue=outcome is None and row["due"] is not None and row["due"] < day,
        not_told=lacking_of(row, day),
    )
