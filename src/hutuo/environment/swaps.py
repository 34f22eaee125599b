"""The verb on swaps of energy quota: asked for, which reserves it, and approved by another, which moves it.

A request is a pending entry of the ledger, so what is asked for twice is refused at the second time. Approval
settles it: the giver's and the taker's account are posted in one entry. A ratio above 1 cancels what is given
beyond what is got. Where one place burns for the heat of another, quota follows the heat.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import sqlalchemy as sa
from pydantic import BeforeValidator

from hutuo.base.branches import several
from hutuo.base.store import store_of
from hutuo.environment.quotabooks import (
    COMMODITY,
    Fuel,
    book_of,
    entry,
    moved,
    outside,
    posted,
    quantity,
    read_book,
)
from hutuo.environment.quotas import difference_of, holdings
from hutuo.environment.refusing import refuse, unfit
from hutuo.environment.trading import KGCE_PER_GJ, given_for, heat_coal_equivalent, in_kilograms
from hutuo.errors import BadAsk, Finding
from hutuo.glossary import label
from hutuo.ledger import schema
from hutuo.ledger.accounts import called, names_of
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Swap", "SwapAnswer", "SwapLine", "SwapRow", "swap"]

Action = Literal["list", "request", "approve", "refuse"]
State = Literal["requested", "approved", "refused"]
PREFIX = "quota-swap:"
DECIDED = {"settle": "approved", "void": "refused"}


class SwapLine(Ask):
    """A swap that is asked for."""

    swap: str = said(
        "置换编号", "id of the swap; the same one counts once", min_length=1, max_length=100,
        pattern=r"^[^\s:@/|,]+$",
    )  # fmt: skip
    giver: str = said("转出方", "unit or body that gives; the one that is heated")
    taker: str = said("转入方", "unit or body that gets; the one that heats")
    year: int = said("指标年度", "year that the quota is of; it stays of that year")
    fuel: Fuel = said("能源品种", "class of fuel; it stays of that class", default="all")
    amount_tce: float | None = said(
        "转入数量(吨标准煤)", "what the taker gets in tonnes of coal equivalent", default=None
    )
    heat_gj: float | None = said(
        "受热量(GJ),代替转入数量",
        "heat that was delivered in GJ, instead of an amount",
        default=None,
    )
    efficiency: float = said(
        "供热效率(按约定口径)",
        "efficiency of plant and pipes as was agreed, above 0 to 1",
        default=1.0,
    )
    kgce_per_gj: float = said(
        "热力折标系数(千克标准煤/GJ),GB/T 2589-2020为34.12",
        "coal equivalent of heat in kgce a GJ; 34.12 by GB/T 2589-2020",
        default=KGCE_PER_GJ,
    )
    ratio: float = said(
        "置换比:1为等量,大于1为减量", "what is given for what is got; above 1 the rest is cancelled",
        default=1.0,
    )  # fmt: skip
    reason: str = said("事由", "what it is for", default="", max_length=500)


class Swap(Ask):
    """Which swaps, and what to do with them."""

    action: Action = said(
        "操作:列出、申请、批准、不批准",
        "list them; ask for some, which reserves the quota; approve, which moves it; or refuse",
        default="list",
    )
    rows: Annotated[list[SwapLine], BeforeValidator(several)] = said(
        "申请的置换(JSON)", "swaps that are asked for, as JSON", default=[]
    )
    swaps: tuple[str, ...] = said(
        "批准或不批准的置换编号", "ids of those that are decided", default=()
    )
    state: State | None = said("只列该状态的", "only those in this state", default=None)
    holder: str | None = said(
        "只列该地区的", "only those that this unit gives or gets", default=None
    )
    day: date | None = said(
        "记账日;缺省为今天", "day on which it counts; today if none", default=None
    )
    by: str | None = said(
        "经手;批准须由申请人以外的人", "who writes this; who approves is not who asked",
        default=None, max_length=200,
    )  # fmt: skip
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class SwapRow(Answer):
    """A swap of quota."""

    swap: str = said("置换编号", "id of the swap")
    giver: str = said("转出方", "who gives")
    giver_name: Text = said("转出方名称", "what it is called")
    taker: str = said("转入方", "who gets")
    taker_name: Text = said("转入方名称", "what it is called")
    year: int = said("指标年度", "year that the quota is of")
    fuel: str = said("能源品种", "class of fuel")
    fuel_name: Text = said("能源品种名称", "what the class is called")
    given_tce: float = said("转出(吨标准煤)", "what is given in tonnes of coal equivalent")
    got_tce: float = said("转入(吨标准煤)", "what is got")
    cancelled: float = said("减量注销(吨标准煤)", "what is cancelled: given less got")
    state: str = said("状态", "requested, approved or refused")
    state_name: Text = said("状态名称", "what the state is called")
    requested_on: date = said("申请日", "day on which it was asked for")
    requested_by: str | None = said("申请人", "who asked for it")
    decided_on: date | None = said("决定日", "day on which it was decided")
    decided_by: str | None = said("决定人", "who decided it")
    reason: str = said("事由", "what it is for, and how its amount came about")
    request_entry: int = said("申请的分录", "number of the ledger's entry that asked for it")
    decision_entry: int | None = said(
        "决定的分录", "number of the entry that settled or voided it; null while it is open"
    )


class SwapAnswer(Answer):
    """Swaps, and that they left nothing out."""

    rows: list[SwapRow] = said("置换", "swaps, the latest first")
    difference: float = said(
        "收支差(应为0)", "granted less all that is held, retired and cancelled; 0"
    )
    stored: int = said("写入的行数", "swaps that were written; 0 if it was only checked")


class _Known(NamedTuple):
    """A request in the ledger and what became of it."""

    row: Any
    legs: list[Any]
    state: str
    decided: Any | None


@verb(
    "申请、批准、列出用能指标置换",
    columns=(
        "swap",
        "giver_name",
        "taker_name",
        "year",
        "fuel_name",
        "given_tce",
        "got_tce",
        "state_name",
    ),
)
def swap(region: "Region", ask: Swap) -> SwapAnswer:
    """Ask for swaps of energy quota, approve or refuse them, or list them.

    Example:
        ``hutuo environment swap --state requested``
    """
    stored = 0
    if ask.action != "list":
        many = _request(region, ask) if ask.action == "request" else _decide(region, ask)
        stored = 0 if ask.check else many
    names = names_of(region)
    rows = [_told(known, names) for known in _known(region).values()]
    shown = [
        row
        for row in rows
        if ask.state in {None, row.state}
        and (ask.holder is None or ask.holder in {row.giver, row.taker})
    ]
    return SwapAnswer(rows=shown, difference=difference_of(holdings(region)) / 1000, stored=stored)


def _request(region: "Region", ask: Swap) -> int:
    from hutuo.ledger.journal import journal_of

    _needed(bool(ask.rows), "rows", ask.action)
    names = names_of(region)
    day = ask.day or date.today()  # noqa: DTZ011 - civil day
    entries: dict[int, dict[str, Any]] = {}
    faults: list[Finding] = []
    for number, line in enumerate(ask.rows, 1):
        wrong = _faults(number, line, names)
        faults += wrong
        if not wrong:
            entries[number] = _pending(line, day)
    posted(journal_of(store_of(region)), entries, faults, by=ask.by, check=ask.check)
    return len(entries)


def _decide(region: "Region", ask: Swap) -> int:
    from hutuo.ledger.journal import journal_of

    _needed(bool(ask.swaps), "swaps", ask.action)
    known = _known(region)
    faults = [
        Finding("swaps", number, name, says)
        for number, name in enumerate(ask.swaps, 1)
        if (says := _undecidable(known.get(name), ask)) is not None
    ]
    refuse(Text("置换", "swaps"), faults)
    day = ask.day or date.today()  # noqa: DTZ011 - civil day
    kind = "settle" if ask.action == "approve" else "void"
    entries = {
        number: entry(
            f"{PREFIX}{name}:{ask.action}", day, f"{ask.action} {name}", (),
            kind=kind, refers=f"{PREFIX}{name}",
        )
        for number, name in enumerate(dict.fromkeys(ask.swaps), 1)
    }  # fmt: skip
    posted(journal_of(store_of(region)), entries, (), by=ask.by, check=ask.check)
    return len(entries)


def _faults(number: int, line: SwapLine, names: Mapping[str, Text]) -> list[Finding]:
    """What is wrong with a request by itself."""
    given = line.model_dump()
    found = quantity(number, given, names, ("giver", "taker"))
    if line.giver == line.taker:
        says = Text("转出方与转入方相同", "giver and taker are the same")
        found.append(Finding("rows", number, "taker", says))
    if (line.amount_tce is None) == (line.heat_gj is None):
        says = Text("给出amount_tce或heat_gj之一", "give amount_tce or heat_gj, one of both")
        found.append(Finding("rows", number, "amount_tce", says))
    found += unfit(
        "rows", number, {"heat_gj": line.heat_gj, "kgce_per_gj": line.kgce_per_gj}, least=0.001
    )
    found += unfit("rows", number, {"efficiency": line.efficiency}, least=0.01, most=1.0)
    found += unfit("rows", number, {"ratio": line.ratio}, least=1.0, most=100.0)
    return found


def _pending(line: SwapLine, day: date) -> dict[str, Any]:
    """The request as an entry that reserves what is given."""
    tce, how = line.amount_tce, ""
    if line.heat_gj is not None:
        tce = heat_coal_equivalent(line.heat_gj, line.efficiency, line.kgce_per_gj)
        how = f"{line.heat_gj:g} GJ × {line.kgce_per_gj:g} kgce/GJ ÷ {line.efficiency:g}"
    need = in_kilograms(tce or 0.0)
    given = given_for(need, line.ratio)
    giver, taker = (book_of(unit, line.year, line.fuel) for unit in (line.giver, line.taker))
    legs = moved(giver, taker, need)
    if given > need:
        legs[0]["amount"] = -given
        cancelled = outside("cancelled", line.year, line.fuel)
        legs.append({"account": cancelled, "commodity": COMMODITY, "amount": given - need})
    memo = "; ".join(part for part in (line.reason.strip(), how) if part)
    return entry(PREFIX + line.swap, day, memo, legs, kind="pending")


def _known(region: "Region") -> dict[str, _Known]:
    """Requests of the ledger, the latest first, by id."""
    one, later, leg = schema.entry, schema.entry.alias("later"), schema.posting
    mine = sa.and_(one.c.kind == "pending", one.c.key.startswith(PREFIX, autoescape=True))
    with store_of(region).reading(LEDGER) as connection:
        rows = connection.execute(sa.select(one).where(mine).order_by(one.c.seq.desc())).all()
        joined = later.join(one, later.c.refers == one.c.seq)
        ends = connection.execute(sa.select(later).select_from(joined).where(mine)).all()
        legs = connection.execute(
            sa.select(leg).select_from(leg.join(one, one.c.seq == leg.c.seq)).where(mine)
        ).all()
    decided = {end.refers: end for end in ends}
    of: dict[int, list[Any]] = {}
    for row in legs:
        of.setdefault(row.seq, []).append(row)
    return {
        row.key.removeprefix(PREFIX): _Known(
            row,
            of[row.seq],
            DECIDED[decided[row.seq].kind] if row.seq in decided else "requested",
            decided.get(row.seq),
        )
        for row in rows
    }


def _undecidable(known: _Known | None, ask: Swap) -> Text | None:
    """Why a swap cannot be decided so by whoever asks."""
    if known is None:
        return Text("没有这项置换", "there is no such swap")
    wanted = "approved" if ask.action == "approve" else "refused"
    if known.state not in {"requested", wanted}:
        state = label(f"swap:{known.state}")
        return Text(f"状态是{state.zh}", f"it is {state.en} already")
    if ask.action == "approve" and (ask.by is None or ask.by == known.row.by):
        asker = known.row.by or "?"
        return Text(
            f"批准须由申请人({asker})以外的人署名(by)",
            f"who approves (by) is to be named, and not {asker}, who asked for it",
        )
    return None


def _told(known: _Known, names: Mapping[str, Text]) -> SwapRow:
    row, end = known.row, known.decided
    sides = {leg.amount > 0: leg for leg in known.legs if not leg.account.startswith("outside/")}
    giver, taker = (read_book(sides[side].account) for side in (False, True))
    if giver is None or taker is None or giver.unit is None or taker.unit is None:
        raise BadAsk(Text(f"{row.key}不是置换", f"{row.key} is no swap of quota"))
    given, got = -sides[False].amount / 1000, sides[True].amount / 1000
    return SwapRow(
        swap=row.key.removeprefix(PREFIX),
        giver=giver.unit,
        giver_name=called(giver.unit, names),
        taker=taker.unit,
        taker_name=called(taker.unit, names),
        year=giver.year,
        fuel=giver.fuel,
        fuel_name=label(f"fuel:{giver.fuel}"),
        given_tce=given,
        got_tce=got,
        cancelled=_cancelled(known.legs),
        state=known.state,
        state_name=label(f"swap:{known.state}"),
        requested_on=row.effective,
        requested_by=row.by,
        decided_on=end.effective if end else None,
        decided_by=end.by if end else None,
        reason=row.memo,
        request_entry=row.seq,
        decision_entry=end.seq if end else None,
    )


def _cancelled(legs: Iterable[Any]) -> float:
    return float(sum(leg.amount for leg in legs if leg.account.startswith("outside/"))) / 1000


def _needed(there: bool, what: str, action: str) -> None:  # noqa: FBT001
    if not there:
        raise BadAsk(Text(f"操作{action}须给出{what}", f"to {action}, {what} are needed"))
