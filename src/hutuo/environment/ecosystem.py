"""Accounts of what nature holds and gives: opening stock and flows make the closing one, held to a count.

Source: the form is that of the asset accounts of the System of Environmental-Economic Accounting, Ecosystem
Accounting (United Nations 2021): opening stock, additions, reductions, closing stock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "ADDS",
    "TAKES",
    "Closing",
    "EcosystemAccount",
    "EcosystemAnswer",
    "EcosystemRow",
    "closing",
    "ecosystem_account",
]

ADDS = ("growth", "restoration", "purchase", "gain")
TAKES = ("harvest", "sale", "conversion", "loss")


class Closing(NamedTuple):
    """A stock at the end.

    Attributes:
        added: Sum of what was added.
        taken: Sum of what was taken.
        computed: Opening with all flows.
        gap: What was counted less what is computed; None if it was not counted.
    """

    added: float
    taken: float
    computed: float
    gap: float | None


def closing(
    opening: float, flows: Iterable[tuple[str, float]], counted: float | None = None
) -> Closing:
    """The closing stock: opening with what flows added and took.

    Args:
        opening: Stock at the beginning.
        flows: Kind and amount of each, amounts at least 0.
        counted: Stock at the end as it was counted.

    Raises:
        BadInput: A kind is unknown or an amount negative, or more is taken than there was.
    """
    added: list[float] = []
    taken: list[float] = []
    findings = []
    for row, (kind, amount) in enumerate(flows, 1):
        if kind not in ADDS + TAKES or not amount >= 0:
            says = Text(
                f"{kind} {amount}应为{'、'.join(ADDS + TAKES)}之一,数量不小于0",
                f"{kind} {amount}; one of {', '.join(ADDS + TAKES)} with at least 0 would be right",
            )
            findings.append(Finding("flows", row, "kind", says))
        (added if kind in ADDS else taken).append(amount)
    computed = fsum([opening, *added, *(-amount for amount in taken)])
    if not findings and computed < -1e-9 * max(opening, fsum(added), 1.0):
        says = Text(
            f"减少{fsum(taken):g}多于年初与增加之和{opening + fsum(added):g}",
            f"{fsum(taken):g} is taken of {opening + fsum(added):g} that there was",
        )
        findings.append(Finding("flows", None, "amount", says))
    if findings:
        raise BadInput(Text("生态产品账有误:", "the account is faulty:"), findings)
    gap = None if counted is None else counted - computed
    return Closing(fsum(added), fsum(taken), max(computed, 0.0), gap)


class EcosystemAccount(Ask):
    """Which accounts."""

    place: str | None = said("只看该地区", "only of this unit or set", default=None)
    eco_product: str | None = said("只看该产品", "only of this product", default=None)
    year: int | None = said("只看该年度", "only of this year", default=None)
    tolerance: float = said(
        "年末盘点允许的差(占年初)", "gap to a count that is let pass, of the opening stock", default=0.01,
        ge=0, le=1,
    )  # fmt: skip


class EcosystemRow(Answer):
    """The account of a place, a product and a year."""

    place: str = said("地点", "unit or set")
    place_name: Text = said("地点名称", "what it is called")
    eco_product: str = said("生态产品", "product or asset of nature")
    title: Text = said("产品名称", "what the product is called")
    unit: str = said("计量单位", "unit of measure of the stock")
    year: int = said("年度", "year that opens and closes")
    opening: float = said("年初存量", "stock at the beginning")
    increased: float = said("增加", "what growth, restoration, purchase and new surveys added")
    reduced: float = said("减少", "what harvest, sale, conversion and loss took")
    closing_computed: float = said("推算年末存量", "opening with all flows")
    closing_counted: float | None = said(
        "盘点年末存量", "stock as it was counted; null if it was not"
    )
    gap: float | None = said("盘点差", "counted less computed; null if it was not counted")
    is_balanced: bool | None = said(
        "是否平衡", "whether the gap is within tolerance; null if not counted"
    )
    carried: bool | None = said(
        "年初是否等于上年年末",
        "whether it opens as the year before closed; null if that is not there",
    )
    sales: int = said("交易数", "number of sales and purchases")
    sales_fen: int = said("交易额(分)", "what was paid for them in fen")


class EcosystemAnswer(Answer):
    """Accounts of nature's products."""

    rows: list[EcosystemRow] = said("账目", "by place, product and year")
    not_balanced: int = said("不平衡的账目数", "accounts whose gap is beyond tolerance")
    broken: int = said(
        "年初与上年不衔接的账目数", "accounts that do not open as the year before closed"
    )
    stray: list[str] = said(
        "无账目的变动", "flows of which no stock is known: place, product and year"
    )


@verb(
    "生态产品账:年初、变动、年末与交易",
    columns=(
        "place_name",
        "title",
        "year",
        "opening",
        "increased",
        "reduced",
        "closing_computed",
        "gap",
        "unit",
    ),
)
def ecosystem_account(region: "Region", ask: EcosystemAccount) -> EcosystemAnswer:
    """Show accounts of nature's products: opening stock, flows, closing stock held to a count, sales.

    Example:
        ``hutuo environment ecosystem-account --year 2025``
    """
    flows: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in region.records("ecosystem_flow"):
        flows[row["place"], row["product"], row["year"]].append(row)
    stocks = {
        (row["place"], row["product"], row["year"]): row
        for row in region.records("ecosystem_stock")
    }
    ends = {key: _end(row, flows[key]) for key, row in stocks.items()}
    rows = [
        _told(region, key, ends, stocks, flows[key], ask.tolerance)
        for key in sorted(stocks)
        if ask.place in {None, key[0]}
        and ask.eco_product in {None, key[1]}
        and ask.year in {None, key[2]}
    ]
    stray = sorted(
        f"{place} {product} {year}" for place, product, year in set(flows) - set(stocks)
    )
    return EcosystemAnswer(
        rows=rows,
        not_balanced=sum(row.is_balanced is False for row in rows),
        broken=sum(row.carried is False for row in rows),
        stray=stray,
    )


def _end(row: Mapping[str, Any], flows: Sequence[Mapping[str, Any]]) -> Closing:
    given = [(one["kind"], one["amount"]) for one in flows]
    return closing(row["opening"], given, row["closing"])


def _told(
    region: "Region",
    key: tuple[str, str, int],
    ends: Mapping[tuple[str, str, int], Closing],
    stocks: Mapping[tuple[str, str, int], Mapping[str, Any]],
    flows: Sequence[Mapping[str, Any]],
    tolerance: float,
) -> EcosystemRow:
    place, product, year = key
    row, end = stocks[key], ends[key]
    last = stocks.get((place, product, year - 1))
    before = None if last is None else last["closing"]
    if last is not None and before is None:
        before = ends[place, product, year - 1].computed
    traded = [one for one in flows if one["kind"] in {"sale", "purchase"}]
    room = tolerance * max(row["opening"], 1e-12)
    return EcosystemRow(
        place=place,
        place_name=region.names[place],
        eco_product=product,
        title=Text(row["zh"] or product, row["en"] or row["zh"] or product),
        unit=row["unit"],
        year=year,
        opening=row["opening"],
        increased=end.added,
        reduced=end.taken,
        closing_computed=end.computed,
        closing_counted=row["closing"],
        gap=end.gap,
        is_balanced=None if end.gap is None else abs(end.gap) <= room,
        carried=None if before is None else abs(row["opening"] - before) <= room,
        sales=len(traded),
        sales_fen=sum(one["value_fen"] or 0 for one in traded),
    )
