"""The verb on balance sheets of strategic goods: what is supplied is used or stored."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import SourceRow, source_rows, unit_name
from hutuo.economy.whereabouts import sources_of
from hutuo.errors import BadAsk
from hutuo.units import convert
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "BalanceLine",
    "BalanceRow",
    "Balances",
    "BalancesAnswer",
    "Sheet",
    "balances",
    "sheet_of",
]

SUPPLY, USE = ("production", "inflow"), ("use", "outflow", "loss")
STOCK = "stock_change"


class Balances(Ask):
    """Which balance sheets to show."""

    good: str | None = said("物资;缺省为全部", "good; all if none is given", default=None)
    place: str | None = said("地点;缺省为全部", "geography; all if none is given", default=None)
    year: int | None = said("年度;缺省为全部", "year; all if none is given", default=None)
    tolerance: float = said(
        "允许的不平衡(占供给)",
        "share of the supply that may be left unexplained",
        default=0.01,
        ge=0,
    )


class BalanceLine(Answer):
    """One line of a sheet."""

    side: str = said("方向", "production, inflow, use, outflow, loss or stock_change")
    item: str = said("项目", "what the amount is")
    line_amount: float = said("数量", "amount in the unit of the sheet")


class BalanceRow(Answer):
    """One good of one geography in one year."""

    good: str = said("物资", "what is balanced")
    place: str = said("地点", "geography that it is balanced for")
    name: Text = said("名称", "what the geography is called")
    year: int = said("年度", "year")
    unit: str = said("计量单位", "unit of the sheet")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    supply_total: float = said("供给", "production and what comes in")
    use_total: float = said("使用", "use, what goes out, and losses")
    stock_change: float | None = said(
        "库存变化", "change of stocks, above 0 where they grew; null where not told"
    )
    unexplained: float = said("不平衡", "supply less use and change of stocks")
    balanced: bool = said("是否平衡", "whether that is within the tolerance")
    self_sufficiency: float | None = said(
        "自给率", "production over use and losses within; null where either is not told"
    )
    not_told: list[Text] = said("缺少的信息", "sides of the sheet that nothing is told of")
    sheet_lines: list[BalanceLine] = said("各项", "lines of the sheet")


class BalancesAnswer(Answer):
    """Balance sheets."""

    rows: list[BalanceRow] = said("平衡表", "by good, geography and year")
    unbalanced: int = said("不平衡的表数", "sheets that do not balance within the tolerance")
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


class Sheet(NamedTuple):
    """Sums of a balance sheet, in one unit.

    Attributes:
        unit: Unit of all sums.
        sides: Sum by side that something is told of.
        lines: Side, item and amount in that unit.
        supply: Production and what comes in.
        use: Use, what goes out, and losses.
        unexplained: Supply less use and change of stocks.
    """

    unit: str
    sides: Mapping[str, float]
    lines: list[tuple[str, str, float]]
    supply: float
    use: float
    unexplained: float

    @property
    def self_sufficiency(self) -> float | None:
        """Production over what is used and lost within; None where either is not told."""
        within = self.sides.get("use", 0.0) + self.sides.get("loss", 0.0)
        if "production" not in self.sides or not within:
            return None
        return self.sides["production"] / within


@verb(
    "粮食、能源、水等战略物资平衡表",
    columns=("good", "name", "year", "supply_total", "use_total", "unexplained", "balanced"),
)
def balances(region: "Region", ask: Balances) -> BalancesAnswer:
    """Show balance sheets of grain, energy, water and other goods, and whether supply is used or stored.

    Example:
        ``hutuo economy balances --good 粮食 --year 2024``
    """
    kept = [
        row
        for row in region.records("goods_balance")
        if ask.good in {None, row["good"]}
        and ask.place in {None, row["place"]}
        and ask.year in {None, row["year"]}
    ]
    by: dict[tuple[str, str, int], list[Row]] = {}
    for row in kept:
        by.setdefault((row["good"], row["place"], row["year"]), []).append(row)
    rows = [_row(region, key, sheet_of(found), ask.tolerance) for key, found in sorted(by.items())]
    return BalancesAnswer(
        rows=rows,
        unbalanced=sum(not row.balanced for row in rows),
        doubts=[]
        if rows
        else [
            Text(
                "没有这样的平衡表;登记在数据表goods_balance",
                "there is no such sheet; they are registered in table goods_balance",
            )
        ],
        sources=source_rows(region, sources_of(kept)),
    )


def sheet_of(rows: "Sequence[Row]") -> Sheet:
    """The sums of one sheet, in the unit of its first line.

    Args:
        rows: Rows of table ``goods_balance`` of one good, place and year.

    Raises:
        BadAsk: Units of its lines do not convert.
    """
    unit = rows[0]["unit"]
    lines, sides = [], dict[str, float]()
    for row in rows:
        try:
            amount = convert(row["amount"], row["unit"], unit)
        except BadAsk as error:
            good, item = row["good"], row["item"]
            zh = f"平衡表“{good}”的“{item}”:{error.words[0]}"
            raise BadAsk(Text(zh, f"sheet '{good}', '{item}': {error.words[1]}")) from error
        lines.append((row["side"], row["item"], amount))
        sides[row["side"]] = sides.get(row["side"], 0.0) + amount
    supply, use = (sum(sides.get(side, 0.0) for side in part) for part in (SUPPLY, USE))
    return Sheet(unit, sides, lines, supply, use, supply - use - sides.get(STOCK, 0.0))


def _row(region: "Region", key: tuple[str, str, int], one: Sheet, tolerance: float) -> BalanceRow:
    lacks = [
        (not set(SUPPLY) & set(one.sides), Text("供给", "supply")),
        ("use" not in one.sides, Text("使用", "use")),
        (STOCK not in one.sides, Text("库存变化", "change of stocks")),
    ]
    return BalanceRow(
        good=key[0],
        place=key[1],
        name=region.name_of(key[1]),
        year=key[2],
        unit=one.unit,
        unit_name=unit_name(one.unit),
        supply_total=one.supply,
        use_total=one.use,
        stock_change=one.sides.get(STOCK),
        unexplained=one.unexplained,
        balanced=abs(one.unexplained) <= tolerance * max(one.supply, one.use),
        self_sufficiency=one.self_sufficiency,
        not_told=[says for lacking, says in lacks if lacking],
        sheet_lines=[
            BalanceLine(side=side, item=item, line_amount=amount)
            for side, item, amount in one.lines
        ],
    )
