"""The verb on splits: the rule of 财预〔2015〕92号, agreed ratios and stakes, side by side over the years."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field

from hutuo.economy.agreed import (
    Assessed,
    Attribution,
    agreed_shares,
    assessed,
    ratios_of,
    stake_shares,
)
from hutuo.economy.taxes import LEAST_AVERAGE, tax_share
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["SplitRow", "Splits", "SplitsAnswer", "splits"]

FEN = 100
# Least that the rule asks for, 2,000 wan yuan a year on average, in fen.
LEAST_FEN = LEAST_AVERAGE * FEN
Fen = Annotated[int, Field(ge=0, le=10**17)]
Amounts = tuple[Fen, ...]


class Splits(Ask):
    """A firm that moved, or a park that two cities run: what there is to share, and by which rules."""

    taxes_fen: Amounts = said(
        "迁入投产后各年地方留成税收(分)",
        "local part of the taxes of each year after it produces, in fen",
        min_length=1, max_length=50,
    )  # fmt: skip
    before_fen: Amounts = said(
        "迁出前三年各年地方留成税收(分);92号文需要",
        "the same of the three years before the move, in fen; the rule of 2015 needs them",
        default=(), max_length=3,
    )  # fmt: skip
    government_led: bool = said("政府主导迁移", "whether governments led the move", default=True)
    fits_layout: bool = said(
        "符合迁入地产业布局", "whether it fits the plan of industry of the new city", default=True
    )
    confirmed: bool = said(
        "列入双方确认的名单", "whether it stands on the list that both confirmed", default=True
    )
    ratios: tuple[float, ...] = said(
        "约定的迁出地分享比例,逐年;最后一个沿用",
        "agreed ratio of the origin by year; the last one holds on",
        default=(),
    )
    floor_fen: Fen = said(
        "迁出地每年保底(分),以当年税收为限",
        "least that the origin gets a year in fen, as far as the year's tax goes",
        default=0,
    )
    cap_fen: Fen | None = said(
        "迁出地累计上限(分)", "most that the origin gets in all in fen", default=None
    )
    profits_fen: tuple[int, ...] = said(
        "合资公司各年利润(分)", "profit of a joint company in each year, in fen", default=()
    )
    origin_stake: float = said("迁出地持股比例", "the origin's stake in it", default=0, ge=0, le=1)
    retained: float = said("留存比例", "share of the profit that it keeps", default=0, ge=0, le=1)
    output_fen: Amounts = said(
        "各年产值(分),用于考核",
        "output of each year in fen, which assessments count",
        default=(),
    )
    attribution: Attribution = said(
        "考核归属:in_place在地、pro_rata按比例、double双方全额",
        "how assessments count the output: in_place, pro_rata by the agreed ratio, or double: all for both",
        default="in_place",
    )


class SplitRow(Answer):
    """One year."""

    year: int = said("投产后第几年", "year after it produces, from 1")
    tax_fen: int = said("税收(分)", "local part of its taxes in fen")
    template_origin_fen: int | None = said(
        "92号文:迁出地(分)",
        "by the rule of 2015 to the origin, in fen; null where it was not asked for",
    )
    template_host_fen: int | None = said("92号文:迁入地(分)", "by that rule to the host, in fen")
    agreed_origin_fen: int | None = said(
        "约定比例:迁出地(分)",
        "by the agreed ratios to the origin, in fen; null where there are none",
    )
    agreed_host_fen: int | None = said(
        "约定比例:迁入地(分)", "by the agreed ratios to the host, in fen"
    )
    floor_applied: bool = said("保底是否生效", "whether the floor raised the origin's part")
    stake_origin_fen: int | None = said(
        "股权分红:迁出地(分)", "dividend of the origin in fen; null without a joint company"
    )
    stake_host_fen: int | None = said("股权分红:迁入地(分)", "dividend of the host in fen")
    assessed_origin_fen: int | None = said(
        "考核产值:迁出地(分)", "output that counts for the origin's assessment, in fen"
    )
    assessed_host_fen: int | None = said(
        "考核产值:迁入地(分)", "output that counts for the host's assessment, in fen"
    )
    counted_twice_fen: int | None = said(
        "重复计算(分)", "output that counts for both: no statutory sum holds it"
    )
    statutory_fen: int | None = said(
        "法定统计产值(分)", "output in the statutory books, once and where it is made, in fen"
    )


class SplitsAnswer(Answer):
    """The three ways over the years."""

    rows: list[SplitRow] = said("各年", "by year")
    template_applies: bool | None = said(
        "92号文是否适用", "whether the rule of 2015 applies; null where it was not asked for"
    )
    template_reason: Text | None = said("理由", "why so")
    template_cap_fen: int | None = said(
        "92号文累计上限(分)", "most that the origin gets by it, in fen"
    )
    template_unmet_fen: int | None = said(
        "未达上限的部分(分)", "what of that was not reached, in fen"
    )
    template_origin_total_fen: int | None = said(
        "92号文合计(分)", "the origin's total by that rule"
    )
    agreed_origin_total_fen: int | None = said(
        "约定比例合计(分)", "the origin's total by agreed ratios"
    )
    stake_origin_total_fen: int | None = said(
        "股权分红合计(分)", "the origin's total by its stake"
    )
    conserved: bool = said(
        "各年分配之和等于税收", "whether in every year the parts sum to the tax, to the last fen"
    )
    doubts: list[Text] = said("注意", "what should be known")


class _Template(NamedTuple):
    """The rule of 2015 in whole fen."""

    origin: list[int]
    applies: bool
    reason: Text
    cap: int
    unmet: int


@verb(
    "分成方案:92号文、约定比例、股权分红逐年对照",
    columns=("year", "tax_fen", "template_origin_fen", "agreed_origin_fen", "stake_origin_fen"),
)
def splits(_region: "Region", ask: Splits) -> SplitsAnswer:
    """Show what two cities get a year: by the rule of 2015, by agreed ratios, by stakes, and who counts it.

    Example:
        ``hutuo economy splits --taxes-fen 6000000000,6000000000 --ratios 0.5,0.4``
    """
    years = len(ask.taxes_fen)
    _same_length(ask, years)
    template = _template(ask) if ask.before_fen else None
    ratios = ratios_of(ask.ratios, years) if ask.ratios else None
    agreed = (
        agreed_shares(ask.taxes_fen, ratios, floor=ask.floor_fen, cap=ask.cap_fen)
        if ratios is not None
        else None
    )
    plain = [] if ratios is None else agreed_shares(ask.taxes_fen, ratios)
    stakes = (
        stake_shares(
            ask.profits_fen,
            {"origin": ask.origin_stake, "host": 1 - ask.origin_stake},
            retained=ask.retained,
        )
        if ask.profits_fen
        else None
    )
    counted = [
        assessed(figure, ratios[at] if ratios else 0.0, ask.attribution)
        for at, figure in enumerate(ask.output_fen)
    ]
    rows = [
        SplitRow(
            year=at + 1,
            tax_fen=tax,
            **_by_template(tax, template, at),
            **_by_agreement(agreed, plain, at),
            **_by_stakes(stakes, at),
            **_by_assessment(ask, counted, at),
        )
        for at, tax in enumerate(ask.taxes_fen)
    ]
    return SplitsAnswer(
        rows=rows,
        template_applies=None if template is None else template.applies,
        template_reason=None if template is None else template.reason,
        template_cap_fen=None if template is None else template.cap,
        template_unmet_fen=None if template is None else template.unmet,
        template_origin_total_fen=_total(rows, "template_origin_fen"),
        agreed_origin_total_fen=_total(rows, "agreed_origin_fen"),
        stake_origin_total_fen=_total(rows, "stake_origin_fen"),
        conserved=all(_conserved(row) for row in rows),
        doubts=_doubts(ask),
    )


def _same_length(ask: Splits, years: int) -> None:
    for name in ("profits_fen", "output_fen"):
        given = len(getattr(ask, name))
        if given not in (0, years):
            zh, en = (
                f"{name}有{given}年,税收有{years}年",
                f"{name} has {given} years, taxes have {years}",
            )
            raise BadAsk(Text(zh, en), Text("年数应相同,或不给", "give as many, or none"))
    if ask.attribution == "pro_rata" and ask.output_fen and not ask.ratios:
        raise BadAsk(Text("按比例归属须给出ratios", "pro_rata needs ratios"))


def _template(ask: Splits) -> _Template:
    found = tax_share(
        ask.before_fen,
        ask.taxes_fen,
        ask.government_led,
        fits_layout=ask.fits_layout,
        confirmed=ask.confirmed,
        least_average=LEAST_FEN,
    )
    origin = [int(one) for one in found.origin]
    return _Template(origin, found.eligible, found.reason, int(found.cap), int(found.unmet))


def _by_template(tax: int, found: _Template | None, at: int) -> dict[str, Any]:
    origin = None if found is None else found.origin[at]
    return {
        "template_origin_fen": origin,
        "template_host_fen": None if origin is None else tax - origin,
    }


def _by_agreement(
    agreed: Sequence[tuple[int, int]] | None, plain: Sequence[tuple[int, int]], at: int
) -> dict[str, Any]:
    origin, host = (None, None) if agreed is None else agreed[at]
    return {
        "agreed_origin_fen": origin,
        "agreed_host_fen": host,
        "floor_applied": origin is not None and origin > plain[at][0],
    }


def _by_stakes(stakes: Sequence[Mapping[str, int]] | None, at: int) -> dict[str, Any]:
    paid = {} if stakes is None else stakes[at]
    return {f"stake_{who}_fen": paid.get(who) for who in ("origin", "host")}


def _by_assessment(ask: Splits, counted: Sequence[Assessed], at: int) -> dict[str, Any]:
    one = counted[at] if counted else None
    return {
        "assessed_origin_fen": None if one is None else one.origin,
        "assessed_host_fen": None if one is None else one.host,
        "counted_twice_fen": None if one is None else one.twice,
        "statutory_fen": None if one is None else ask.output_fen[at],
    }


def _total(rows: Sequence[SplitRow], name: str) -> int | None:
    values = [getattr(row, name) for row in rows]
    return None if None in values else sum(values)


def _conserved(row: SplitRow) -> bool:
    pairs = (
        (row.template_origin_fen, row.template_host_fen),
        (row.agreed_origin_fen, row.agreed_host_fen),
    )
    return all(one is None or other is None or one + other == row.tax_fen for one, other in pairs)


def _doubts(ask: Splits) -> list[Text]:
    found = []
    if not (ask.before_fen or ask.ratios or ask.profits_fen):
        zh = "没有给出分享办法:before_fen(92号文)、ratios(约定比例)或profits_fen(股权)"
        en = "no way to share was given: before_fen (rule of 2015), ratios (agreed), or profits_fen (stakes)"
        found.append(Text(zh, en))
    if ask.attribution == "double" and ask.output_fen:
        zh = "双方全额计入只用于考核;法定统计按在地原则只计一次"
        en = "counting for both is for assessment only; statutory books count once, where it is made"
        found.append(Text(zh, en))
    if any(profit < 0 for profit in ask.profits_fen):
        found.append(Text("亏损年份不分红", "nothing is paid out in a year of loss"))
    return found
