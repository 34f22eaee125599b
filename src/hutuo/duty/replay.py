"""Rules tried on what happened: which warnings were right, which events were told, and how long before."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hutuo.base.protocols import downstream_of, units_of
from hutuo.base.warned import LONGEST_DAYS, WarningRow, Warnings, warnings
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["EventRow", "Replay", "ReplayAnswer", "ReplayRow", "replay"]

MINUTE = timedelta(minutes=1)


class Replay(Ask):
    """Which rules to try on what."""

    rule: str | None = said("只要该规则", "only this rule", default=None)
    place: str | None = said("只要该地点的事件", "only events at this place", default=None)
    days: int = said(
        "最近多少天,到所问时间或最新读数为止",
        "days up to the asked time, or up to the latest reading",
        default=365,
        ge=1,
        le=LONGEST_DAYS,
    )
    before_minutes: float = said(
        "事件开始前多少分钟以内的预警算数", "minutes before an event within which a warning is right",
        default=720, ge=0,
    )  # fmt: skip


class ReplayRow(Answer):
    """How one rule did."""

    rule: str = said("预警规则", "rule")
    name: Text = said("名称", "what the rule is called")
    warnings: int = said("预警次数", "warnings that it raised")
    right: int = said("正确次数", "of them, those with an event")
    precision: float | None = said(
        "准确率(%)", "right ones among its warnings, %; null without any"
    )
    detected: int = said("预警到的事件数", "events that it told of")
    recall: float | None = said(
        "召回率(%)", "events that it told of among those of its indicator, %; null without any"
    )
    lead_minutes: float | None = said(
        "提前量中位数(分钟)",
        "median minutes from when it could be told to the event; null without any",
    )


class EventRow(Answer):
    """An event, and whether it was told of."""

    event: str = said("事件", "id of the event")
    name: Text = said("名称", "what it was")
    place: str = said("地点", "where it was")
    begins: datetime = said("开始", "when it began")
    rules: list[str] = said("发出预警的规则", "rules that told of it; none: it was missed")
    lead_minutes: float | None = said(
        "提前量(分钟)",
        "minutes from when it could first be told to its begin; below 0: afterwards",
    )


class ReplayAnswer(Answer):
    """How the rules did, together and one by one."""

    events: int = said("事件数", "events in the time")
    warnings: int = said("预警次数", "warnings in the time")
    right: int = said("正确次数", "warnings with an event")
    detected: int = said("预警到的事件数", "events that were told of")
    precision: float | None = said("准确率(%)", "right warnings among all, %; null without any")
    recall: float | None = said("召回率(%)", "events told of among all, %; null without any")
    missing: list[Text] = said("缺什么", "what is missing")
    rows: list[ReplayRow] = said("各规则", "the rules, one by one")
    past: list[EventRow] = said("各事件", "the events, in order")


@verb(
    "用历史数据回放预警规则",
    columns=("name", "warnings", "right", "precision", "detected", "recall", "lead_minutes"),
)
def replay(region: "Region", ask: Replay) -> ReplayAnswer:
    """Try rules on past readings: precision and recall against events that are known, and lead times.

    Example:
        ``hutuo duty replay --days 365``
    """
    rules = {
        row["rule"]: row
        for row in region.current("warning_rule")
        if ask.rule in (None, row["rule"])
    }
    raised = warnings(region, Warnings(rule=ask.rule, days=ask.days)).rows
    events = _events(region, ask)
    reach = {row.place: _reach(region, row.place) for row in raised}
    pairs = [
        (row, event)
        for row in raised
        for event in events
        if _is_of(row, event, reach[row.place], ask.before_minutes * MINUTE)
    ]
    told = {event["event"] for _, event in pairs}
    right = {id(row) for row, _ in pairs}
    return ReplayAnswer(
        events=len(events),
        warnings=len(raised),
        right=len(right),
        detected=len(told),
        precision=_share(len(right), len(raised)),
        recall=_share(len(told), len(events)),
        missing=_missing(rules, events),
        rows=[_of_rule(rule, raised, events, pairs) for rule in rules.values()],
        past=[_event(event, pairs) for event in events],
    )


def _events(region: "Region", ask: Replay) -> "list[dict[str, Any]]":
    rows = [
        row for row in region.past("past_event").to_pylist() if ask.place in (None, row["place"])
    ]
    span = region.query(
        "SELECT max(valid_from) AS last FROM known WHERE grain IN ('hour', 'instant')",
        "observation",
    )
    last = region.when.last if region.when else span[0]["last"]
    if last is not None:
        rows = [
            r
            for r in rows
            if r["valid_to"] >= last - timedelta(days=ask.days) and r["valid_from"] <= last
        ]
    return sorted(rows, key=lambda row: (row["valid_from"], row["event"]))


def _reach(region: "Region", place: str) -> frozenset[str]:
    """Places of which a warning speaks: its own, the units it lies in, places downstream."""
    below = [one.place for one in downstream_of(region, place)]
    return frozenset([place, *units_of(region, place), *below])


def _is_of(
    row: WarningRow, event: "dict[str, Any]", reach: frozenset[str], before: timedelta
) -> bool:
    """Whether a warning tells of an event: of its place and indicator, not too early and not afterwards."""
    if event["place"] not in reach or event["indicator"] not in (None, row.indicator):
        return False
    return bool(event["valid_from"] - before <= row.raised_at <= event["valid_to"])


def _of_rule(
    rule: "dict[str, Any]",
    raised: list[WarningRow],
    events: "list[dict[str, Any]]",
    pairs: "list[tuple[WarningRow, dict[str, Any]]]",
) -> ReplayRow:
    name = rule["rule"]
    mine = [row for row in raised if row.rule == name]
    of = [(row, event) for row, event in pairs if row.rule == name]
    wanted = [event for event in events if event["indicator"] in (None, rule["indicator"])]
    told = {event["event"] for _, event in of}
    right = len({id(row) for row, _ in of})
    leads = sorted(lead for event in events if (lead := _lead(event, of)) is not None)
    middle = len(leads) // 2
    lead = None
    if leads:
        lead = leads[middle] if len(leads) % 2 else (leads[middle - 1] + leads[middle]) / 2
    return ReplayRow(
        rule=name,
        name=Text(rule["zh"], rule["en"]),
        warnings=len(mine),
        right=right,
        precision=_share(right, len(mine)),
        detected=len(told),
        recall=_share(len(told), len(wanted)),
        lead_minutes=lead,
    )


def _event(event: "dict[str, Any]", pairs: "list[tuple[WarningRow, dict[str, Any]]]") -> EventRow:
    rules = sorted({row.rule for row, other in pairs if other is event})
    return EventRow(
        event=event["event"],
        name=Text(event["zh"], event["en"]),
        place=event["place"],
        begins=event["valid_from"],
        rules=rules,
        lead_minutes=_lead(event, pairs),
    )


def _lead(
    event: "dict[str, Any]", pairs: "list[tuple[WarningRow, dict[str, Any]]]"
) -> float | None:
    """Minutes from when an event could first be told to its begin; None if it was missed."""
    known = [max(row.known_at, row.raised_at) for row, other in pairs if other is event]
    return round((event["valid_from"] - min(known)) / MINUTE, 1) if known else None


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _missing(rules: "dict[str, Any]", events: "list[dict[str, Any]]") -> list[Text]:
    found = []
    if not rules:
        found.append(
            Text(
                "没有预警规则:用base put写入数据表warning_rule",
                "no rule: write table warning_rule",
            )
        )
    if not events:
        found.append(
            Text(
                "这段时间没有历史事件:用base put写入数据表past_event",
                "no event of the past in this time: write table past_event by base put",
            )
        )
    return found
