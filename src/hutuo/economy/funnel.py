"""The verb on how meetings become leads and leads become projects."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from hutuo.base.figures import SourceRow, source_rows
from hutuo.economy.funnels import Stage, funnel_of, reached
from hutuo.economy.whereabouts import called, sources_of, whereabouts
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = ["Funnel", "FunnelAnswer", "MeetingYield", "StageRow", "funnel"]

SIGNED = {"signed", "started", "producing"}


class Funnel(Ask):
    """Which leads to look at."""

    model_config = ConfigDict(populate_by_name=True)

    as_: str | None = said(
        "以哪个机构的身份加入协作线索池中可见的线索",
        "body whose leads of the joint pool are counted too; none if no body is given",
        alias="as",
        default=None,
    )
    investor_from: str | None = said(
        "只要来自该地的,如110000", "only from there, as 110000", default=None
    )
    place: str | None = said("只要落在该区划的", "only meant for this unit", default=None)
    mechanism: str | None = said(
        "会议机制;给出时没有线索的会议也列出",
        "mechanism whose meetings are all listed, those without leads too",
        default=None,
    )
    since: date | None = said(
        "首次接触自哪一天起", "first step on this day or later", default=None
    )
    until: date | None = said("首次接触到哪一天(含)", "first step up to this day", default=None)


class StageRow(Answer):
    """One stage of the funnel."""

    stage: str = said("阶段", "stage")
    stage_name: Text = said("阶段名称", "what the stage is called")
    came: int = said("到达数", "leads that came to it or past it")
    went_on: int = said("进入下一阶段数", "of these, leads that came to the next")
    lost: int = said("流失数", "of these, leads that were lost here")
    stands_here: int = said("停留数", "of these, leads that stand here")
    conversion: float | None = said("转化率", "share that went on, 0..1; null where none came")
    low: float | None = said("转化率下限(95%)", "lower end of its 95 % interval")
    high: float | None = said("转化率上限(95%)", "upper end of the interval")
    decided_share: float | None = said(
        "已定线索的转化率", "share that went on of those that went on or were lost"
    )
    median_days: float | None = said("中位天数", "median days from it to the next")


class MeetingYield(Answer):
    """What a meeting led to."""

    meeting: str = said("会议", "id of the meeting")
    name: Text = said("会议名称", "what it is called")
    day: date = said("日期", "day of the meeting")
    leads: int = said("线索数", "leads that came from it")
    signed: int = said("签约数", "of these, leads that were signed")
    projects: list[str] = said("项目", "projects that they became")
    money_fen: int = said("签约金额(分)", "investment of those that were signed, in fen")


class FunnelAnswer(Answer):
    """The funnel."""

    leads: int = said("线索数", "leads that are counted")
    from_meetings: int = said("来自会议的线索数", "of these, leads that came from a meeting")
    became_projects: int = said("成为项目的线索数", "of these, leads that became a project")
    signed_share: float | None = said("签约率", "share that was signed, 0..1; null without leads")
    signed_fen: int = said("签约金额(分)", "investment of those that were signed, in fen")
    rows: list[StageRow] = said("各阶段", "by stage")
    meetings: list[MeetingYield] = said("各次会议", "by meeting")
    doubts: list[Text] = said("注意", "what should be known")
    sources: list[SourceRow] = said("来源", "sources")


class _Lead:
    """What is known of a lead from all its steps."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, date]] = []
        self.meeting: str | None = None
        self.project: str | None = None
        self.origin: str | None = None
        self.place: str | None = None
        self.money_fen = 0

    def add(self, stage: str, day: date, about: "Row") -> None:
        """A step; what it tells anew replaces what was told."""
        self.steps.append((stage, day))
        for name in ("meeting", "project", "origin", "place", "money_fen"):
            told = about.get(name)
            if told is not None:
                setattr(self, name, told)

    @property
    def first(self) -> date:
        return min(day for _, day in self.steps)

    @property
    def signed(self) -> bool:
        return any(stage in SIGNED for stage, _ in self.steps)


@verb(
    "对接漏斗:会议、线索、签约、投产的转化率",
    columns=("stage_name", "came", "went_on", "conversion", "median_days"),
)
def funnel(region: "Region", ask: Funnel) -> FunnelAnswer:
    """Show how meetings become leads and leads become projects: how many go on at each stage, and when.

    Example:
        ``hutuo economy funnel --investor-from 110000 --since 2025-01-01``
    """
    rows = region.records("lead_step")
    leads = _leads(region, rows, ask)
    steps = [(name, stage, day) for name, one in leads.items() for stage, day in one.steps]
    signed = [one for one in leads.values() if one.signed]
    return FunnelAnswer(
        leads=len(leads),
        from_meetings=sum(one.meeting is not None for one in leads.values()),
        became_projects=sum(one.project is not None for one in leads.values()),
        signed_share=len(signed) / len(leads) if leads else None,
        signed_fen=sum(one.money_fen for one in signed),
        rows=[_stage(one) for one in funnel_of(reached(steps))] if leads else [],
        meetings=_meetings(region, leads, ask.mechanism),
        doubts=_doubts(leads, ask),
        sources=source_rows(region, sources_of(rows)),
    )


def _leads(region: "Region", rows: "Sequence[Row]", ask: Funnel) -> dict[str, _Lead]:
    from hutuo.economy.pooled import pooled

    found: dict[str, _Lead] = {}
    for step in pooled(region, ask.as_) if ask.as_ else []:
        found.setdefault(step.lead, _Lead()).add(step.stage, step.day, step._asdict())
    for row in sorted(rows, key=lambda row: row["day"]):
        found.setdefault(row["lead"], _Lead()).add(row["stage"], row["day"], row)
    lies = whereabouts(region)
    return {
        name: one
        for name, one in sorted(found.items())
        if ask.investor_from in {None, one.origin}
        and ask.place in {None, one.place, lies.unit(one.place), lies.city(one.place)}
        and (ask.since is None or one.first >= ask.since)
        and (ask.until is None or one.first <= ask.until)
    }


def _stage(one: Stage) -> StageRow:
    told = one._asdict()
    days, here, share = (told.pop(name) for name in ("days", "open", "share"))
    return StageRow(
        **told,
        stage_name=label(f"lead_stage:{one.stage}"),
        median_days=days,
        stands_here=here,
        conversion=share,
    )


def _meetings(
    region: "Region", leads: Mapping[str, _Lead], mechanism: str | None
) -> list[MeetingYield]:
    by: dict[str, list[_Lead]] = {}
    for one in leads.values():
        if one.meeting is not None:
            by.setdefault(one.meeting, []).append(one)
    return [
        MeetingYield(
            meeting=row["meeting"],
            name=called(row),
            day=row["day"],
            leads=len(found := by.get(row["meeting"], [])),
            signed=sum(one.signed for one in found),
            projects=sorted({one.project for one in found if one.project}),
            money_fen=sum(one.money_fen for one in found if one.signed),
        )
        for row in sorted(region.records("meeting"), key=lambda row: (row["day"], row["meeting"]))
        if row["meeting"] in by or (mechanism is not None and row["body"] == mechanism)
    ]


def _doubts(leads: Mapping[str, _Lead], ask: Funnel) -> list[Text]:
    if not leads:
        zh = "没有这样的线索;登记在数据表lead_step,或以as给出可见线索池的机构"
        en = "there are no such leads; put them into table lead_step, or name a body by as to count the pool"
        return [Text(zh, en)]
    found = []
    if any(one.steps and one.meeting is None for one in leads.values()):
        many = sum(one.meeting is None for one in leads.values())
        found.append(Text(f"{many}条线索没有登记来自哪次会议", f"{many} leads name no meeting"))
    if ask.as_ is None:
        zh = "未计入协作线索池;给出机构(as)即计入"
        found.append(Text(zh, "the joint pool is not counted; it is once a body is named (as)"))
    zh = "仍在阶段中的线索计入分母,会压低近期转化率;已定线索的转化率不含它们"
    en = "leads that still stand at a stage lower recent shares; the share of those decided leaves them out"
    found.append(Text(zh, en))
    return found
