"""What is asked of episodes of waters and what is told of them."""

from datetime import datetime
from typing import Any, Literal

from hutuo.base.branches import Object
from hutuo.base.warned import LONGEST_DAYS
from hutuo.verbs import Answer, Ask, Text, said

__all__ = [
    "DueRow",
    "RuleRow",
    "WaterEpisodeRow",
    "WaterEpisodes",
    "WaterEpisodesAnswer",
    "WayRow",
]


class WaterEpisodes(Ask):
    """Which episodes, by which plan."""

    medium: Literal["quality", "gauge"] = said(
        "水质断面或水位站", "quality: sections by class; gauge: gauges by level", default="quality"
    )
    plan: str | None = said(
        "应急预案;水位缺省为国家水情预警标准",
        "plan whose levels are held against readings; the region's only one, of gauges else the national one",
        default=None,
    )
    items: Object | None = said(
        '各指标对应的水质项目,如{"nh3n": "NH3N"}',
        "item of GB 3838 that each indicator tells of; those called so by default",
        default=None,
    )
    level_indicator: str = said(
        "水位指标(米)", "indicator of the level of gauges, in metres", default="water_level"
    )
    place: str | None = said("只要该断面或站", "only this section or gauge", default=None)
    days: int = said(
        "最近多少天", "days up to the latest reading", default=365, ge=1, le=LONGEST_DAYS
    )
    valid_hours: float = said(
        "读数有效小时数",
        "hours after which a reading of an item no longer counts",
        default=24,
        gt=0,
    )
    rule: str | None = said(
        "用于回放的预警规则", "rule of warning that is held against the episodes", default=None
    )
    before_hours: float = said(
        "过程开始前多少小时以内的预警算数",
        "hours before an episode within which a warning is right",
        default=48,
        ge=0,
    )


class WaterEpisodeRow(Answer):
    """A time in which water was worse than its target, or above the lowest level of its gauge."""

    episode: int = said("序号", "number of the episode in this answer")
    place: str = said("断面或站", "section or gauge")
    place_name: Text = said("名称", "what it is called")
    river: str | None = said("河流或湖库", "river or lake")
    colour: str | None = said("预警级别", "gravest level that it came to; null: none of the plan")
    colour_name: Text | None = said("预警级别的名称", "what the level is called")
    began_at: datetime = said("开始", "first reading beyond")
    over_at: datetime | None = said("结束", "first reading that was right again; null: it goes on")
    reached_at: datetime | None = said("达到该级别的时刻", "when it had come to that level")
    peak_at: datetime = said("最严重的时刻", "when it was worst")
    target_class: str | None = said("目标类别", "class that the section should keep")
    peak_class: str | None = said("最差类别", "class when it was worst; V+ is worse than V")
    primary: list[str] = said(
        "主要污染指标", "items that decided it then, the furthest beyond first"
    )
    times_over: float | None = said(
        "超标倍数", "by how many times the first of them was beyond the target's limit"
    )
    peak_level_m: float | None = said("最高水位(米)", "highest level of the gauge, m")
    above_mark_m: float | None = said(
        "超过起点水位(米)", "of it, above the lowest level that the plan names, m"
    )
    is_warned: bool | None = said(
        "是否有预警", "whether the rule warned of it; null without a rule"
    )
    lead_hours: float | None = said(
        "提前小时数", "hours from the warning to its begin; below 0: afterwards"
    )


class DueRow(Answer):
    """What a body had to do in an episode."""

    episode: int = said("序号", "number of the episode")
    colour: str = said("预警级别", "level at which it was due")
    kind: str = said("类型", "notify or task")
    body: str = said("机构", "body")
    body_name: Text = said("机构名称", "what the body is called")
    does: Text = said("内容", "what is told or to be done")
    within_minutes: float = said("时限(分钟)", "minutes within which")
    due_at: datetime = said("应完成时刻", "when that was over")


class WayRow(Answer):
    """A place that the water of a section or gauge comes from or goes to."""

    place: str = said("断面或站", "section or gauge")
    way: str = said("方向", "upstream or downstream")
    way_name: Text = said("方向名称", "what it is called")
    other_place: str = said("上下游地点", "the place there")
    other_name: Text = said("上下游地点名称", "what that place is called")
    flow_minutes: float | None = said(
        "水流分钟", "minutes that water takes between; null: not known"
    )


class RuleRow(Answer):
    """A row of the table of rules, by which the watch raises incidents as the plan says."""

    rule: str = said("预警规则", "id of the rule")
    rule_row: dict[str, Any] = said("规则行", "the row, as it is written to table warning_rule")


class WaterEpisodesAnswer(Answer):
    """Episodes, who had to act, and how a rule did."""

    plan: str | None = said("应急预案", "plan whose levels were taken; null for none")
    plan_sources: list[str] = said("分级依据", "documents that its levels are from")
    watched_places: int = said("有读数的断面或站数", "sections or gauges with readings")
    rows: list[WaterEpisodeRow] = said("过程", "episodes, the latest first")
    due: list[DueRow] = said("应采取的行动", "who had what to do, by episode and in order")
    reaches: list[WayRow] = said(
        "上下游", "where the water of these places comes from and goes to"
    )
    warning_rules: list[RuleRow] = said(
        "可写入的预警规则", "rules that make the watch raise what the plan says"
    )
    missing: list[Text] = said("缺什么", "what is missing")
    warned: int = said("预警次数", "warnings of the rule in the time")
    precision: float | None = said(
        "准确率", "share of its warnings with an episode, 0..1; null without any"
    )
    recall: float | None = said(
        "召回率", "share of episodes that it warned of, 0..1; null without any"
    )
