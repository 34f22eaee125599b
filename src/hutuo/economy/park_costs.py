"""The verb on what projects cost in parks: land and energy, by type of project."""

from typing import TYPE_CHECKING

from hutuo.base.figures import SourceRow, source_rows
from hutuo.economy.costing import Cost, cost_of
from hutuo.economy.whereabouts import called, sources_of, unloaded
from hutuo.errors import one_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["CostLine", "CostRow", "ParkCosts", "ParkCostsAnswer", "park_costs"]


class ParkCosts(Ask):
    """Which projects to cost, over how many years."""

    project_type: str | None = said(
        "项目类型;缺省为全部", "type of project; all if none", default=None
    )
    run_years: int = said("运营年数", "years that it is run", default=10, ge=1, le=100)
    discount_rate: float = said("年折现率", "discount rate a year", default=0.05, ge=0, lt=1)


class CostLine(Answer):
    """One item of a cost."""

    item: str = said("要素", "what is paid for")
    yuan: float = said("现值(元)", "present value in yuan over the years")
    yearly_yuan: float = said(
        "每年(元)", "what is paid each year in yuan; 0 where it is paid once"
    )
    dearer: float | None = said(
        "高出最低(元)", "how much more than in the park where the item is cheapest, in yuan"
    )


class CostRow(Answer):
    """A type of project in a park."""

    project_type: str = said("项目类型", "type of project")
    park: str = said("园区", "id of the park")
    name: Text = said("名称", "what the park is called")
    rank: int | None = said("名次", "1 for the cheapest; null where a price lacks")
    total_yuan: float | None = said(
        "总成本现值(元)", "present value of all items; null where a price lacks"
    )
    dearer: float | None = said("高出最低(元)", "how much more than in the cheapest park, in yuan")
    cost_lines: list[CostLine] = said("各要素", "by item")
    unpriced: list[str] = said(
        "缺价格的要素",
        "items without a price there, or whose unit does not convert to that of the price",
    )


class ParkCostsAnswer(Answer):
    """Costs of projects by park."""

    rows: list[CostRow] = said(
        "各项目类型、园区", "by type of project and park, the cheapest first"
    )
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "园区要素成本比较:用地、用能等",
    columns=("project_type", "rank", "name", "total_yuan", "dearer"),
)
def park_costs(region: "Region", ask: ParkCosts) -> ParkCostsAnswer:
    """Compare what a type of project costs in each park over years: land, rent, power, heat, water.

    Example:
        ``hutuo economy park-costs --run-years 10 --discount-rate 0.05``
    """
    heads = {row["park"]: row for row in region.current("park")}
    uses = region.records("project_use")
    types = sorted({row["type"] for row in uses})
    if ask.project_type is not None and ask.project_type not in types:
        raise one_of(ask.project_type, "project type", types)
    prices = [row for row in region.current("park_price") if row["park"] in heads]
    rows: list[CostRow] = []
    for kind in [ask.project_type] if ask.project_type else types:
        taken = [row for row in uses if row["type"] == kind]
        costs = {
            park: cost_of(
                taken,
                [r for r in prices if r["park"] == park],
                years=ask.run_years,
                rate=ask.discount_rate,
            )
            for park in heads
        }
        rows += _compared(kind, {park: called(row) for park, row in heads.items()}, costs)
    return ParkCostsAnswer(
        rows=rows,
        doubts=_doubts(bool(heads), bool(prices), bool(uses)),
        sources=source_rows(region, sources_of([*heads.values(), *prices, *uses])),
    )


def _compared(kind: str, names: dict[str, Text], costs: dict[str, Cost]) -> list[CostRow]:
    whole = sorted(cost.total for cost in costs.values() if not cost.unpriced)
    least: dict[str, float] = {}
    for cost in costs.values():
        for line in cost.lines:
            least[line.item] = min(line.yuan, least.get(line.item, line.yuan))
    rows = [
        CostRow(
            project_type=kind,
            park=park,
            name=names[park],
            rank=None if cost.unpriced else 1 + whole.index(cost.total),
            total_yuan=None if cost.unpriced else cost.total,
            dearer=None if cost.unpriced else cost.total - whole[0],
            cost_lines=[
                CostLine(
                    item=line.item,
                    yuan=line.yuan,
                    yearly_yuan=line.yearly,
                    dearer=line.yuan - least[line.item],
                )
                for line in cost.lines
            ],
            unpriced=cost.unpriced,
        )
        for park, cost in costs.items()
    ]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.park))


def _doubts(parks: bool, prices: bool, uses: bool) -> list[Text]:  # noqa: FBT001 - what there is
    lacks = [
        (parks, unloaded("没有登记园区", "no park is registered", "park")),
        (prices, unloaded("没有要素价格", "there are no prices", "park_price")),
        (
            uses,
            unloaded("没有项目类型", "there are no types of projects", "project_use"),
        ),
    ]
    return [says for there, says in lacks if not there]
