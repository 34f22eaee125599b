"""Warning rules as an office sets them: listed, tried, saved, ended; one that is turned is never kept."""

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base import watched
from hutuo.base.figures import indicator_of, unit_name
from hutuo.base.recording import recorded
from hutuo.errors import BadAsk, BadInput, one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Rule", "RuleAnswer", "RuleRow", "rule"]

Kind = Literal["threshold", "rate", "absence", "area", "upstream"]
Level = Literal["red", "orange", "yellow", "blue"]
TABLE, VERB = "warning_rule", "rule"
TOLD = ("zh", "indicator", "level", "raise_at", "source")
CELLS = (
    "zh", "en", "kind", "indicator", "place", "level", "sense", "raise_at", "clear_at", "hold_minutes",
    "window_minutes", "area", "each_at", "protocol", "source", "note",
)  # fmt: skip


class Rule(Ask):
    """Which rule, and what to do with it."""

    action: Literal["list", "check", "save", "end"] = said(
        "操作:列出、检查、保存、停用",
        "list them; check one; save it; end it on a day",
        default="list",
    )
    rule: str | None = said(
        "预警规则", "id of the rule", default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,99}$"
    )
    zh: str | None = said("中文名", "name in Chinese", default=None, min_length=1, max_length=200)
    en: str | None = said("英文名", "name in English; else the Chinese one", default=None)
    kind: Kind = said(
        "判据:超限、变幅、缺数、区域占比、上游来水",
        "threshold, rate, absence, area or upstream",
        default="threshold",
    )
    indicator: str | None = said("指标", "indicator whose readings are watched", default=None)
    place: str | None = said("地点;缺省为所有地点", "place; every one if none", default=None)
    level: Level | None = said("预警级别", "red, orange, yellow or blue", default=None)
    sense: Literal["above", "below"] = said(
        "高于还是低于界限为险", "whether high or low readings are dangerous", default="above"
    )
    raise_at: float | None = said("发布界限", "a warning is raised from here on", default=None)
    clear_at: float | None = said(
        "解除界限;缺省同发布界限", "it is cleared past this; as raise_at if none", default=None
    )
    hold_minutes: float = said("持续分钟", "minutes it has to last first", default=0, ge=0)
    window_minutes: float | None = said("时间窗(分钟)", "window in minutes", default=None, ge=0)
    area: str | None = said("区域", "unit or set whose places are counted", default=None)
    each_at: float | None = said("单点界限", "bound of each place of the area", default=None)
    protocol: str | None = said("联动预案", "protocol that follows", default=None)
    source: str | None = said("来源", "who sets the rule: id of a source", default=None)
    note: str | None = said("备注", "remark", default=None, max_length=2_000)
    day: date | None = said(
        "自何日起;缺省为今天", "day from which it is so; today if none", default=None
    )


class RuleRow(Answer):
    """A rule that is in force."""

    rule: str = said("预警规则", "id of the rule")
    name: Text = said("名称", "what it is called")
    kind: str = said("判据", "threshold, rate, absence, area or upstream")
    kind_name: Text = said("判据名称", "what the kind is called")
    indicator: str = said("指标的标识", "id of the indicator")
    indicator_name: Text = said("指标名称", "what the indicator is called")
    place: str | None = said("地点", "place that is watched; null for every one")
    place_name: Text | None = said("地点名称", "what the place is called")
    colour: str = said("预警级别", "red, orange, yellow or blue")
    sense: str = said("方向", "above or below")
    raise_at: float = said("发布界限", "bound from which it is raised")
    clear_at: float = said("解除界限", "bound past which it is cleared")
    hold_minutes: float = said("持续分钟", "minutes it has to last first")
    window_minutes: float | None = said("时间窗(分钟)", "window in minutes")
    area: str | None = said("区域", "unit or set whose places are counted")
    each_at: float | None = said("单点界限", "bound of each place of the area")
    unit_name: Text = said("计量单位的名称", "unit of the bounds")
    protocol: str | None = said("联动预案", "protocol that follows; null: it is only told")
    valid_from: date | None = said("有效期起", "first day on which it is in force")


class RuleAnswer(Answer):
    """Rules in force, after what was done."""

    rows: list[RuleRow] = said("预警规则", "rules that are in force, by id")
    stored: int = said("存入的行数", "rows written")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")


@verb("列出、检查、保存或停用预警规则")
def rule(region: "Region", ask: Rule) -> RuleAnswer:
    """List the warning rules in force, check one, save it, or end it.

    Example:
        ``hutuo duty rule``
    """
    batch, stored = None, 0
    if ask.action in ("check", "save"):
        row = _row(region, ask)
        batch, stored = recorded(region, {TABLE: [row]}, VERB, check=ask.action == "check")
    elif ask.action == "end":
        batch, stored = _end(region, ask)
    rows = sorted(region.current(TABLE), key=lambda row: row["rule"])
    return RuleAnswer(rows=[_shown(region, row) for row in rows], stored=stored, batch=batch)


def _row(region: "Region", ask: Rule) -> dict[str, Any]:
    """The row of a rule that is saved.

    Raises:
        BadAsk: Something that every rule needs is not told.
        BadInput: Its bounds are turned, or its kind needs more; all findings are told.
    """
    lacking = [name for name in ("rule", *TOLD) if getattr(ask, name) is None]
    if lacking:
        zh, en = (
            joint.join(label(name, "duty").say(lang) for name in lacking)
            for joint, lang in (("、", "zh"), (", ", "en"))
        )
        raise BadAsk(Text(f"请填写:{zh}", f"a rule needs: {en}"))
    indicator_of(region, ask.indicator or "")
    for place in (ask.place, ask.area):
        if place is not None:
            region.name_of(place)
    row = {name: getattr(ask, name) for name in CELLS}
    row |= {"rule": ask.rule, "en": ask.en or ask.zh, "valid_from": ask.day or _today()}
    if row["clear_at"] is None:
        row["clear_at"] = row["raise_at"]
    if found := watched.faults(row):
        raise BadInput(Text("预警规则有误:", "warning rules are faulty:"), found)
    return row


def _end(region: "Region", ask: Rule) -> tuple[str | None, int]:
    """End a rule that is in force; one that would have held on no day is taken back.

    Raises:
        BadAsk: The day is before its first.
        NotFound: No rule of that id is in force.
    """
    from hutuo.base.writing import About, frames_of, retract

    there = {row["rule"]: row for row in region.current(TABLE)}
    if ask.rule not in there:
        raise one_of(ask.rule or "", "warning rule", list(there))
    row, day = there[ask.rule], ask.day or _today()
    first, kept = row["valid_from"], {n: row[n] for n in ("rule", "valid_from", *CELLS)}
    if first is not None and day < first:
        says = Text(f"{ask.rule}自{first}起有效", f"{ask.rule} holds from {first} on")
        raise BadAsk(says, Text(f"最早于{first}停用", f"it can end on {first} at the earliest"))
    if first != day:
        return recorded(region, {TABLE: [kept | {"valid_to": day}]}, VERB, check=False)
    _, gone = frames_of({TABLE: [kept | {"retracted": True}]})
    done = retract(region, TABLE, gone[TABLE], About(VERB))
    return done.batch, done.stored[TABLE]


def _shown(region: "Region", row: dict[str, Any]) -> RuleRow:
    about, kind = indicator_of(region, row["indicator"]), row["kind"] or "threshold"
    unit = {"absence": "minute", "area": "%"}.get(kind, about["unit"])
    same = (
        "rule", "indicator", "place", "sense", "raise_at", "clear_at", "window_minutes", "area", "each_at",
        "protocol", "valid_from",
    )  # fmt: skip
    return RuleRow(
        name=Text(row["zh"], row["en"]),
        kind=kind,
        kind_name=label(f"rule_kind:{kind}"),
        indicator_name=Text(about["zh"], about["en"]),
        place_name=None if row["place"] is None else region.name_of(row["place"]),
        colour=row["level"],
        hold_minutes=row["hold_minutes"] or 0.0,
        unit_name=unit_name(unit),
        **{name: row[name] for name in same},
    )


def _today() -> date:
    return date.today()  # noqa: DTZ011 - civil day
