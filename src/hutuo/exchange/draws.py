"""Draws of experts: the list is closed and its digest told, then a public value gives the seed.

Anybody who has the stored rows can do the draw again; what was drawn, who was left out and why, who declined
and what was appealed stays on record. A list that was changed after it was closed no longer has its digest.
"""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.geographies import today
from hutuo.base.recording import recorded
from hutuo.errors import BadAsk, BadInput, Finding, one_of
from hutuo.exchange.accords import Row, called, listed
from hutuo.exchange.conflicts import NO_CONSENT, bars
from hutuo.exchange.experts import matter, register
from hutuo.exchange.panels import (
    DECLINED,
    ELIGIBLE,
    EXCLUDED,
    RESERVE,
    SEATED,
    Held,
    Rows,
    candidates,
    content,
    placed,
    short,
    unlike,
    wanted,
)
from hutuo.exchange.sortition import RULE, digest_of, fillable, seed_of
from hutuo.glossary import both, label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hutuo.base.region import Region

Action = Literal["propose", "commit", "reveal", "decline", "void", "show"]
ORDER = (SEATED, RESERVE, ELIGIBLE, DECLINED, EXCLUDED)


class Draw(Ask):
    """Which draw, and what to do with it."""

    action: Action = said(
        "操作:预览名单、锁定名单、公布数值并抽取、登记放弃、作废、查看并复算",
        "propose the list, write nothing; commit to it; reveal the public value and draw; note that one"
        " declined; void it; show it and do it again",
        default="show",
    )
    call: str | None = said("抽取事项", "call that experts are drawn for", default=None)
    draw: str | None = said(
        "抽取;缺省为该事项的最近一次", "draw; the last of the call by default", default=None
    )
    value: str | None = said("公开数值", "for reveal: the public value", default=None)
    expert: str | None = said("放弃的专家", "for decline: who declined", default=None)
    note: str | None = said("原因或备注", "why, or a remark", default=None)
    by: str | None = said("经手", "who writes this", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class DrawnRow(Answer):
    """One expert of the list."""

    expert: str = said("专家", "id of the expert")
    name: Text = said("姓名", "name")
    employer: str | None = said("所在单位", "institution that employs them")
    employer_name: Text | None = said("所在单位名称", "what it is called")
    standing: str = said("结果", "seated, reserve, eligible, declined or excluded")
    standing_name: Text = said("结果名称", "what the standing is called")
    rank: int | None = said("次序", "order in the draw, from 1")
    expertise: list[str] = said("专业领域", "fields that count here")
    elsewhere: bool | None = said("是否异地", "whether from another city than the applicants")
    reasons: list[str] = said("排除原因", "why they were excluded")
    says: Text | None = said("说明", "the reasons in words")
    note: Text | None = said("备注", "remark, as why they declined")


class AppealRow(Answer):
    """One appeal against a draw."""

    ordinal: int = said("序号", "which appeal")
    day: date = said("日期", "day of the appeal")
    expert: str | None = said("专家", "expert that it is about")
    says: Text = said("申诉内容", "what is said")
    ruling: str = said("处理结果", "open, upheld or refused")
    reply: Text | None = said("答复", "what was answered")


class DrawAnswer(Answer):
    """A draw with its list."""

    action: Action = said("操作", "what was done")
    draw: str = said("抽取", "id of the draw")
    call: str = said("抽取事项", "call that experts are drawn for")
    title: Text = said("抽取事项名称", "what the experts are to judge")
    state: str = said("状态", "proposed, committed, drawn or void")
    state_name: Text = said("状态名称", "what the state is called")
    rule: str = said("抽取规则", "version of the way of drawing")
    digest: str = said("名单摘要", "SHA-256 of the list and of what is asked for")
    value_source: str | None = said("公开数值来源", "which public value gives the seed")
    value: str | None = said("公开数值", "public value that gave the seed")
    seed: str | None = said("种子", "SHA-256 of the public value and the call")
    committed_on: date | None = said("名单锁定日期", "day on which the list was closed")
    drawn_on: date | None = said("抽取日期", "day on which it was drawn")
    panel: int = said("专家人数", "experts to be seated")
    candidates: int = said("合格人数", "experts who may be drawn")
    barred: int = said("排除人数", "experts who were excluded")
    verified: bool | None = said(
        "复算是否一致", "whether digest, seed and draw come out again; null before it is committed"
    )
    findings: list[Text] = said("问题", "what does not come out again, or cannot be judged")
    rows: list[DrawnRow] = said("名单", "the list: seated, reserve, others, declined, excluded")
    appeals: list[AppealRow] = said("申诉", "appeals against it")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows that were written")


@verb(
    "抽取专家:锁定名单、抽取、复算",
    columns=("name", "employer_name", "standing_name", "rank", "expertise", "elsewhere", "says"),
)
def draw(region: "Region", ask: Draw) -> DrawAnswer:
    """Draw experts by lot: close the list, draw by a public value, and do it again to check.

    Example:
        ``hutuo exchange draw --call c1 --action commit``
    """
    steps: Mapping[str, Callable[[Region, Draw], tuple[Held, bool]]] = {
        "propose": _proposed, "commit": _committed, "reveal": _revealed, "decline": _declined,
        "void": _voided, "show": _shown,
    }  # fmt: skip
    held, writes = steps[ask.action](region, ask)
    batch, stored = None, 0
    if writes:
        rows = {"draw": [held.draw], "drawn": _changed(region, held, ask.by)}
        rows["draw"][0]["by"] = ask.by or held.draw["by"]
        batch, stored = recorded(
            region,
            {table: several for table, several in rows.items() if several},
            "draw",
            check=ask.check,
        )
    return _answer(region, ask.action, held, (batch, stored))


def _proposed(region: "Region", ask: Draw) -> tuple[Held, bool]:
    """The list as it would be closed today."""
    call = _call(region, ask.call)
    before = replace(region, at=None).records("draw", call=call["call"])
    rows, roll = register(region, call["day"])
    concerns = matter(region, call, rows)
    name = ask.draw or f"{call['call']}#{len(before) + 1}"
    made: Rows = []
    for expert in rows:
        found = bars(expert, concerns, roll)
        fields = set(listed(expert["fields"]))
        city = roll.city.get(expert["expert"])
        says = [";".join(b.says.zh for b in found), "; ".join(b.says.en for b in found)]
        made.append(
            {
                "draw": name,
                "expert": expert["expert"],
                "standing": EXCLUDED if found else ELIGIBLE,
                "rank": None,
                "fields": "|".join(sorted(fields & (concerns.fields or fields))) or None,
                "elsewhere": city is not None and city not in concerns.cities,
                "reasons": "|".join(dict.fromkeys(bar.reason for bar in found)) or None,
                "says": " / ".join(says) if found else None,
                "turn": None,
                "note": None,
                "by": None,
            }
        )
    row = {
        "draw": name, "call": call["call"], "state": "proposed", "rule": RULE,
        "digest": digest_of(content(call, made)), "committed_on": None, "value": None, "seed": None,
        "drawn_on": None, "by": None, "note": ask.note,
    }  # fmt: skip
    return Held(row, call, made), False


def _committed(region: "Region", ask: Draw) -> tuple[Held, bool]:
    held, _ = _proposed(region, ask)
    whole = replace(region, at=None)
    standing = [
        row["draw"]
        for row in whole.records("draw", call=held.call["call"])
        if row["state"] != "void"
    ]
    if standing or whole.records("draw", draw=held.draw["draw"]):
        names = "、".join(standing or [held.draw["draw"]])
        says = Text(f"已有抽取{names}", f"there is draw {names} already")
        raise BadAsk(says, Text("请先作废,或换名称", "void it first, or name another"))
    if not fillable(candidates(held.rows), wanted(held.call)):
        raise short(held.call)
    row = held.draw | {"state": "committed", "committed_on": today(region)}
    return held._replace(draw=row), True


def _revealed(region: "Region", ask: Draw) -> tuple[Held, bool]:
    held = _in_state(region, ask, "committed")
    if not ask.value:
        says = Text("没有给出公开数值", "no public value is given")
        raise BadAsk(says, Text("请给出 value", "give value"))
    told = unlike(held)
    if told:
        faults = [Finding("drawn", None, held.draw["draw"], one) for one in told]
        raise BadInput(
            Text("名单锁定后有改动:", "the list was changed after it was closed:"), faults
        )
    seed = seed_of(ask.value, held.draw["call"])
    row = held.draw | {
        "state": "drawn",
        "value": ask.value,
        "seed": seed,
        "drawn_on": today(region),
    }
    return Held(row, held.call, placed(held.rows, held.call, seed)), True


def _declined(region: "Region", ask: Draw) -> tuple[Held, bool]:
    held = _in_state(region, ask, "drawn")
    on = [row["expert"] for row in held.rows if row["standing"] in {SEATED, RESERVE}]
    if ask.expert not in on:
        raise one_of(str(ask.expert), "expert who is seated or in reserve", on)
    turn = 1 + max((row["turn"] or 0 for row in held.rows), default=0)
    rows = [
        row | {"turn": turn, "note": ask.note} if row["expert"] == ask.expert else row
        for row in held.rows
    ]
    return held._replace(rows=placed(rows, held.call, held.draw["seed"])), True


def _voided(region: "Region", ask: Draw) -> tuple[Held, bool]:
    held = _in_state(region, ask, "committed", "drawn")
    if not ask.note:
        says = Text("作废须说明原因", "a draw is void for a reason")
        raise BadAsk(says, Text("请给出 note", "give note"))
    return held._replace(draw=held.draw | {"state": "void", "note": ask.note}), True


def _shown(region: "Region", ask: Draw) -> tuple[Held, bool]:
    return _in_state(region, ask), False


def _changed(region: "Region", held: Held, by: str | None) -> Rows:
    """Rows of the list that are not known just so, with who wrote them."""
    known = replace(region, at=None).records("drawn", draw=held.draw["draw"])
    before = {row["expert"]: row for row in known}
    rows = []
    for row in held.rows:
        old = before.get(row["expert"])
        if old is None or any(old[name] != row[name] for name in row):
            rows.append(row | {"by": by or row["by"]})
    return rows


def _in_state(region: "Region", ask: Draw, *states: str) -> Held:
    """A stored draw, which must be in one of the states if any are named."""
    whole = replace(region, at=None)
    where = {"call": ask.call} if ask.call else {}
    found = {row["draw"]: row for row in whole.records("draw", **where)}
    name = ask.draw or max(found, key=lambda name: (len(name), name), default="")
    if name not in found:
        raise one_of(name, "draw", list(found))
    row = found[name]
    if states and row["state"] not in states:
        now = label(f"state:{row['state']}")
        says = Text(f"抽取{name}的状态为{now.zh}", f"draw {name} is {now.en}")
        may = [label(f"state:{state}") for state in states]
        hint = "、".join(one.zh for one in may), ", ".join(one.en for one in may)
        raise BadAsk(says, Text(f"须为{hint[0]}", f"it must be {hint[1]}"))
    rows = whole.records("drawn", draw=name)
    plain = [
        {key: one[key] for key in one if key not in {"recorded_at", "batch"}}
        for one in (row, *rows)
    ]
    return Held(plain[0], _call(region, row["call"]), plain[1:])


def _call(region: "Region", name: str | None) -> dict[str, Any]:
    rows = {row["call"]: row for row in replace(region, at=None).records("expert_call")}
    if name not in rows:
        raise one_of(str(name), "call", list(rows))
    return rows[name]


def _unknown(region: "Region", held: Held) -> list[Text]:
    """Applicants that no register knows: only ties that name them are looked at."""
    whole = replace(region, at=None)
    known = {row["institution"] for row in whole.records("institution")}
    known |= {row["expert"] for row in whole.records("expert")}
    return [
        Text(
            f"申请方“{name}”没有登记,只按写明该名称的关联回避",
            f"applicant '{name}' is in no register: only ties that name it are looked at",
        )
        for name in listed(held.call["applicants"])
        if name not in known
    ]


def _answer(
    region: "Region", action: Action, held: Held, done: tuple[str | None, int]
) -> DrawAnswer:
    row, call = held.draw, held.call
    told = unlike(held)
    appeals = replace(region, at=None).records("draw_appeal", draw=row["draw"])
    same = ("draw", "call", "state", "rule", "digest", "value", "seed", "committed_on", "drawn_on")
    return DrawAnswer(
        action=action,
        **{name: row[name] for name in same},
        title=called(call, call["call"]),
        state_name=label(f"state:{row['state']}"),
        value_source=call["value_source"],
        panel=call["seats"],
        candidates=len(candidates(held.rows)),
        barred=sum(one["standing"] == EXCLUDED for one in held.rows),
        verified=None if row["state"] == "proposed" else not told,
        findings=[*told, *_unknown(region, held)],
        rows=_list(region, held),
        appeals=[_appeal(one) for one in appeals],
        batch=done[0],
        stored=done[1],
    )


def _list(region: "Region", held: Held) -> list[DrawnRow]:
    experts, roll = register(region, held.call["day"])
    of = {row["expert"]: row for row in experts}

    def shown(row: Row) -> DrawnRow:
        reasons = listed(row["reasons"])
        # Who gave no consent is told by id and this reason alone.
        silent = NO_CONSENT in reasons
        expert = None if silent else of.get(row["expert"])
        employer = expert["employer"] if expert else None
        return DrawnRow(
            name=called(expert, row["expert"]),
            employer=employer,
            employer_name=roll.names.get(employer) if employer else None,
            standing_name=label(f"standing:{row['standing']}"),
            expertise=[] if silent else listed(row["fields"]),
            reasons=[NO_CONSENT] if silent else reasons,
            says=label(f"bar:{NO_CONSENT}") if silent else both(row["says"]),
            note=both(row["note"]),
            elsewhere=None if silent else row["elsewhere"],
            **{name: row[name] for name in ("expert", "standing", "rank")},
        )

    def place(row: Row) -> tuple[int, int, str]:
        return ORDER.index(row["standing"]), row["rank"] or 0, row["expert"]

    return [shown(row) for row in sorted(held.rows, key=place)]


def _appeal(row: Row) -> AppealRow:
    says = both(row["says"]) or Text("", "")
    same = {name: row[name] for name in ("ordinal", "day", "expert")}
    return AppealRow(**same, says=says, ruling=row["outcome"], reply=both(row["answer"]))
