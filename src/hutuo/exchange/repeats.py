"""Repeats that recognition avoided: how often, between whom, what it saved, and what registers say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.figures import measured_in
from hutuo.base.geographies import today
from hutuo.errors import BadAsk
from hutuo.exchange.accords import Accords, Row, accords, called, holding, latest
from hutuo.exchange.figures import Origin, Written, write
from hutuo.exchange.recognition import Case, judged, recognising
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

By = Literal["institutions", "places", "item", "month", "year"]
DECEMBER = 12
SOURCE = {
    "source": "register:recognised-uses",
    "zh": "互认使用登记汇总",
    "en": "Counted from the register of recognised uses",
    "publisher": "hutuo",
    "licence": "as that of the sources of the register",
    "quality": "B",
    "origin": "exchange record-repeats",
}
METHOD = Text(
    "按采用日期汇总登记表确认有效的互认使用次数;未填节省费用的按项目收费计",
    "recognised uses that the registers bear out, by day of acceptance;"
    " fees that are not stated at the usual fee of the item",
)


class Uses(Ask):
    """Which uses to count."""

    since: date | None = said("自哪一天起", "from this day on", default=None)
    until: date | None = said("到哪一天(含)", "up to this day, itself among them", default=None)
    scheme: str | None = said("只要该互认制度的", "only under this scheme", default=None)
    item: str | None = said("只要该项目的", "only of this item", default=None)


class AvoidedRepeats(Uses):
    """Which uses to count, and by what."""

    by: tuple[By, ...] = said(
        "按什么汇总:机构对、地点对、项目、月、年",
        "what to count by: pairs of institutions, pairs of places, item, month, year",
        default=("places",),
    )


class RepeatRow(Answer):
    """Repeats that were avoided; what they are not counted by is null."""

    issued_by: str | None = said("出具方", "institution or place that issued")
    issued_by_name: Text | None = said("出具方名称", "what it is called")
    accepted_by: str | None = said("采用方", "institution or place that accepted")
    accepted_by_name: Text | None = said("采用方名称", "what it is called")
    item: str | None = said("项目", "item")
    item_name: Text | None = said("项目名称", "what the item is called")
    period: str | None = said("时期", "month as 2026-07, or year")
    uses: int = said("次数", "repeats that were avoided")
    saved_fen: int = said("节省费用(分)", "fees saved as stated, in fen")
    estimated_fen: int = said(
        "估算节省费用(分)", "fees of the other uses at the usual fee of the item, in fen"
    )
    without_fee: int = said("费用不详的次数", "uses of which neither is known")
    unsupported: int = said(
        "登记表不支持的次数", "uses that the registers do not bear out, not among the others"
    )


class Repeats(Answer):
    """Repeats that were avoided."""

    uses: int = said("次数", "repeats that were avoided")
    saved_fen: int = said("节省费用(分)", "fees saved as stated, in fen")
    estimated_fen: int = said(
        "估算节省费用(分)", "fees of the other uses at the usual fee of the item, in fen"
    )
    unsupported: int = said(
        "登记表不支持的次数", "uses that the registers do not bear out, not among the others"
    )
    rows: list[RepeatRow] = said("各组", "by what was asked")


class RecordRepeats(Uses):
    """As which indicators the figures are written."""

    as_uses: str | None = said(
        "写入次数的指标(个)", "indicator that the number of repeats is written as", default=None
    )
    as_saved: str | None = said(
        "写入节省费用的指标(金额)", "indicator that the fees saved are written as", default=None
    )
    grain: Literal["year", "month"] = said("按年或按月", "by year or by month", default="year")
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Use(NamedTuple):
    """One row of uses, with what is known of it.

    Attributes:
        row: The row.
        supported: Whether the registers bear it out.
        fee: Usual fee of the item on the day in fen, if known.
    """

    row: Row
    supported: bool
    fee: int | None


class Total(NamedTuple):
    """Sums over uses; see :class:`RepeatRow`."""

    uses: int
    saved_fen: int
    estimated_fen: int
    without_fee: int
    unsupported: int


@verb(
    "统计避免的重复检查检验",
    columns=(
        "issued_by_name", "accepted_by_name", "item_name", "period", "uses", "saved_fen", "estimated_fen",
        "unsupported",
    ),
)  # fmt: skip
def avoided_repeats(region: "Region", ask: AvoidedRepeats) -> Repeats:
    """Count the repeats that recognition avoided, by pair, item or time, and what they saved.

    Example:
        ``hutuo exchange avoided-repeats --by places,month --since 2026-01-01``
    """
    if {"institutions", "places"} <= set(ask.by) or {"month", "year"} <= set(ask.by):
        raise BadAsk(
            Text(
                "汇总方式不能同时为机构对和地点对,或月和年", "pairs or months are asked for twice"
            ),
            Text("各取其一", "institutions or places, month or year"),
        )
    known = accords(region)
    uses = list(_uses(region, ask, known))
    groups: dict[tuple[str | None, ...], list[Use]] = {}
    for use in uses:
        groups.setdefault(_key(use.row, ask.by, known), []).append(use)
    rows = [
        _row(region, known, key, by=ask.by, total=total_of(groups[key]))
        for key in sorted(groups, key=lambda key: tuple(cell or "" for cell in key))
    ]
    whole = total_of(uses)._asdict()
    del whole["without_fee"]
    return Repeats(rows=rows, **whole)


@verb(
    "把避免的重复检查检验写为指标数值",
    columns=("name", "indicator", "valid_from", "value", "unit_name"),
)
def record_repeats(region: "Region", ask: RecordRepeats) -> Written:
    """Write the avoided repeats of periods that are over as figures of the region's set.

    Example:
        ``hutuo exchange record-repeats --as-uses avoided_repeats --grain month``
    """
    wanted = [(ask.as_uses, "count"), (ask.as_saved, "fen")]
    named = [(indicator, unit) for indicator, unit in wanted if indicator is not None]
    if not named:
        says = Text("没有给出指标", "no indicator is given")
        raise BadAsk(says, Text("请给出 as_uses 或 as_saved", "give as_uses or as_saved"))
    for indicator, unit in named:
        measured_in(region, indicator, unit)
    periods: dict[tuple[date, date], list[Use]] = {}
    for use in _uses(region, ask, accords(region)):
        periods.setdefault(period_of(use.row["day"], ask.grain), []).append(use)
    day = today(region)
    over = {span: found for span, found in sorted(periods.items()) if span[1] <= day}
    rows = [
        _figure(region.info.set, span, total_of(found), *one)
        for span, found in over.items()
        for one in named
    ]
    origin = Origin(SOURCE, METHOD, "record-repeats")
    return write(region, rows, origin, lacking=_lacking(periods, over, named), check=ask.check)


def total_of(uses: Iterable[Use]) -> Total:
    """Sums over uses; those that the registers do not bear out are only counted apart."""
    found = list(uses)
    good = [use for use in found if use.supported]
    stated = [use for use in good if use.row["saved_fen"] is not None]
    rest = [use for use in good if use.row["saved_fen"] is None]
    return Total(
        uses=sum(use.row["uses"] for use in good),
        saved_fen=sum(use.row["saved_fen"] for use in stated),
        estimated_fen=sum(use.row["uses"] * use.fee for use in rest if use.fee is not None),
        without_fee=sum(use.row["uses"] for use in rest if use.fee is None),
        unsupported=sum(use.row["uses"] for use in found if not use.supported),
    )


def period_of(day: date, grain: str) -> tuple[date, date]:
    """First day of the year or month that a day lies in, and of the next one."""
    if grain == "year":
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    after = date(day.year + day.month // DECEMBER, day.month % DECEMBER + 1, 1)
    return day.replace(day=1), after


def _uses(region: "Region", ask: Uses, known: Accords) -> Iterator[Use]:
    where = {name: value for name in ("scheme", "item") if (value := getattr(ask, name))}
    for row in replace(region, at=None).records("recognised_use", **where):
        day = row["day"]
        if (ask.since and day < ask.since) or (ask.until and day > ask.until):
            continue
        case = Case(row["item"], row["issued_by"], row["accepted_by"], day)
        supported = bool(recognising(judged(known, case, row["scheme"])))
        item = holding(known.items.get((row["scheme"], row["item"]), ()), day)
        yield Use(row, supported, item["fee_fen"] if item else None)


def _key(row: Row, by: Sequence[By], known: Accords) -> tuple[str | None, ...]:
    """Issuer, acceptor, item and period, each None where it is not counted by."""
    pair: list[str | None] = [None, None]
    if "institutions" in by:
        pair = [row["issued_by"], row["accepted_by"]]
    elif "places" in by:
        pair = [_place(known, row[side], row["day"]) for side in ("issued_by", "accepted_by")]
    length = {"month": 7, "year": 4}
    cut = next((length[grain] for grain in ("month", "year") if grain in by), 0)
    period = row["day"].isoformat()[:cut] or None
    return (*pair, row["item"] if "item" in by else None, period)


def _place(known: Accords, institution: str, day: date) -> str | None:
    rows = known.institutions.get(institution, ())
    row = holding(rows, day) or latest(rows)
    return row["place"] if row else None


def _row(
    region: "Region",
    known: Accords,
    key: tuple[str | None, ...],
    *,
    by: Sequence[By],
    total: Total,
) -> RepeatRow:
    issued_by, accepted_by, item, period = key

    def name(one: str | None) -> Text | None:
        if one is None:
            return None
        if "places" in by:
            return region.names.get(one, Text(one, one))
        return called(latest(known.institutions.get(one, ())), one)

    items = [row for (_, one), rows in known.items.items() if one == item for row in rows]
    return RepeatRow(
        issued_by=issued_by,
        issued_by_name=name(issued_by),
        accepted_by=accepted_by,
        accepted_by_name=name(accepted_by),
        item=item,
        item_name=called(latest(items), item) if item else None,
        period=period,
        **total._asdict(),
    )


def _figure(
    place: str, span: tuple[date, date], total: Total, indicator: str, unit: str
) -> dict[str, Any]:
    """A sum as a figure; fees are an estimate where some are not stated."""
    fees = unit == "fen"
    return {
        "place": place,
        "indicator": indicator,
        "valid_from": span[0],
        "valid_to": span[1],
        "value": float(total.saved_fen + total.estimated_fen if fees else total.uses),
        "unit": unit,
        "estimate": fees and total.estimated_fen > 0,
    }


def _lacking(
    periods: Mapping[tuple[date, date], Sequence[Use]],
    over: Mapping[tuple[date, date], Sequence[Use]],
    named: Sequence[tuple[str, str]],
) -> list[Text]:
    """Periods that are not over, and uses whose fee is not in the sum."""
    found = [
        Text(f"{first}起的时期尚未结束", f"the period from {first} is not over")
        for first, _ in sorted(set(periods) - set(over))
    ]
    without = sum(total_of(uses).without_fee for uses in over.values())
    if without and any(unit == "fen" for _, unit in named):
        says = (
            f"{without}次的费用不详,未计入",
            f"the fee of {without} uses is not known nor counted",
        )
        found.append(Text(*says))
    refused = sum(total_of(uses).unsupported for uses in over.values())
    if refused:
        says = f"{refused}次登记表不支持,未计入", f"{refused} uses are not borne out nor counted"
        found.append(Text(*says))
    return found
