"""The verb on the checklist of a carbon-peak pilot: what each indicator comes to, and what is missing."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.branches import Object
from hutuo.environment.pilotfigures import account_for, figures_of_account, figures_of_place
from hutuo.environment.pilots import NATIONAL, Figures, Item, pack_of, told
from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.environment.accountrows import AccountAnswer

__all__ = ["PackAnswer", "PackRow", "Packed", "PeakPack", "packed", "peak_pack"]


class PeakPack(Ask):
    """Which checklist, of whom, for which years."""

    pack: str | None = said(
        "指标体系;缺省为本地区载入的,没有则为国家文件的指标",
        "checklist; the region's own by default, else the indicators that national documents name",
        default=None,
    )
    place: str | None = said(
        "试点城市或园区;缺省为本区域",
        "pilot: unit, place or set; the region's set by default",
        default=None,
    )
    file: str | None = said(
        "活动水平文件(CSV);缺省为地区的activity表",
        "a CSV of activity; the region's table activity by default",
        default=None,
    )
    factors_file: str | None = said(
        "自己的因子文件(CSV),优先采用", "a CSV of your own factors, which come first", default=None
    )
    geography: str | None = said(
        "账户只要这些地理单元", "only places of this geography in the account", default=None
    )
    factor_method: str = said("方法", "method: cn-province or ipcc2006", default="cn-province")
    grid: Literal["province", "national"] = said(
        "电力因子", "factor of electricity: province or national", default="province"
    )
    output_indicator: str | None = said(
        "计算强度的产出指标(不变价)",
        "indicator of output, at constant prices, that intensities are per",
        default=None,
    )
    rule: str = said("能耗强度按哪条规则计", "rule by which energy counts", default="energy-2022")
    base_year: int = said("基年", "base year", default=2020, ge=1900, le=2200)
    year: int | None = said(
        "年份;缺省为账户或观测的最近一年",
        "year; the last one of the figures by default",
        default=None,
    )
    indicators: Object | None = said(
        '各项用哪个指标,如{"forest_cover": "green"}或"分子/分母"',
        "indicator that tells of an item as JSON, or PART/WHOLE for a share of two",
        default=None,
    )
    targets: Object | None = said(
        '各项目标,如{"co2_intensity_fall": 18}', "target of each item as JSON", default=None
    )
    target_year: int | None = said("目标年", "year of these targets", default=None)


class PackRow(Answer):
    """An indicator of the checklist."""

    item: str = said("指标项", "id of the indicator in the checklist")
    item_name: Text = said("指标项名称", "what it is called")
    unit: str = said("计量单位", "unit of its figure")
    basis: str = said("依据", "account, observation or share")
    traced: Text = said("取数", "what its figure is told from")
    base_year: int = said("基年", "base year")
    base_value: float | None = said(
        "基年数值", "figure of the base year that a fall is taken from; null if it is not known"
    )
    year: int | None = said("年份", "year")
    value: float | None = said("数值", "its figure; null where something is missing")
    target_year: int | None = said("目标年", "year of the target; null if none is set")
    target_value: float | None = said("目标值", "target; null if none is set")
    gap: float | None = said("距目标", "what is missing to the target; 0 or less: it is met")
    state: str = said("状态", "met, short, untargeted or missing")
    state_name: Text = said("状态名称", "what the state is called")
    sources: list[str] = said("数据来源", "sources of its figures: of rows and of factors")
    lacks: Text | None = said("缺什么", "what is missing to tell it; null for nothing")
    reference: Text | None = said("参考值", "what the document names as a reference")
    asked_by: str = said("指标出处", "document that asks for it, and where in it")


class PackAnswer(Answer):
    """A checklist and how far it is filled."""

    pack: str = said("指标体系", "checklist")
    place: str = said("试点", "pilot")
    place_name: Text = said("试点名称", "what it is called")
    rows: list[PackRow] = said("指标", "indicators in the checklist's order")
    told_items: int = said("已算出的指标数", "indicators with a figure")
    missing_items: int = said("缺数据的指标数", "indicators without one")
    complete: bool = said("是否齐全", "whether every indicator of the checklist has its figure")
    doubts: list[Text] = said("注意", "what should be known before figures are used")


class Packed(NamedTuple):
    """A checklist with what it is told from.

    Attributes:
        answer: What the verb tells.
        account: The account by fuel; None without activity.
    """

    answer: PackAnswer
    account: "AccountAnswer | None"


@verb(
    "碳达峰试点指标体系",
    columns=("item_name", "unit", "base_value", "year", "value", "target_value", "state_name"),
)
def peak_pack(region: "Region", ask: PeakPack) -> PackAnswer:
    """Show what each indicator of a carbon-peak pilot's checklist comes to, and what is missing.

    Example:
        ``hutuo environment peak-pack --file activity.csv --output-indicator gdp``
    """
    return packed(region, ask).answer


def packed(region: "Region", ask: PeakPack) -> Packed:
    """The checklist with the account that it is told from."""
    pack, items = pack_of(region, ask.pack)
    place = ask.place or region.info.set
    name = region.name_of(place)
    chosen = _chosen(items, ask)
    given = {
        "file": ask.file,
        "factors_file": ask.factors_file,
        "geography": ask.geography,
        "factor_method": ask.factor_method,
        "grid": ask.grid,
        "output_indicator": ask.output_indicator,
    }
    found = account_for(region, given, ask.rule)
    source = ask.file or "activity"
    figures = {
        one.item: figures_of_account(one, found, source)
        if one.basis == "account"
        else figures_of_place(region, one, place)
        for one in chosen
    }
    rows = [_row(one, figures[one.item], ask) for one in chosen]
    known = sum(row.value is not None for row in rows)
    return Packed(
        PackAnswer(
            pack=pack,
            place=place,
            place_name=name,
            rows=rows,
            told_items=known,
            missing_items=len(rows) - known,
            complete=known == len(rows),
            doubts=_doubts(pack, found),
        ),
        found,
    )


def _chosen(items: "list[Item]", ask: PeakPack) -> "list[Item]":
    """Items with the indicators and targets that are asked for.

    Raises:
        BadAsk: Targets are given without their year.
        BadInput: A target is no number.
        NotFound: There is no such item.
    """
    known = [one.item for one in items]
    for name in (*(ask.indicators or {}), *(ask.targets or {})):
        if name not in known:
            raise one_of(name, "indicator", known)
    if ask.targets and ask.target_year is None:
        raise BadAsk(
            Text("targets须与target_year一起给出", "targets go together with target_year")
        )
    refuse(Text("目标", "targets"), unfit("targets", None, ask.targets or {}, least=-1e300))
    return [_with_own(one, ask) for one in items]


def _with_own(item: Item, ask: PeakPack) -> Item:
    named = (ask.indicators or {}).get(item.item)
    if named is not None:
        part, slash, whole = str(named).partition("/")
        basis = "share" if slash else "observation"
        item = item._replace(basis=basis, measure=None, part=part, whole=whole or None)
    if ask.target_year is not None and item.item in (ask.targets or {}):
        item = item._replace(target=(ask.target_year, float((ask.targets or {})[item.item])))
    return item


def _row(item: Item, figures: Figures, ask: PeakPack) -> PackRow:
    year = ask.year if ask.year is not None else max(figures.by_year, default=None)
    found = told(item, figures, ask.base_year, year)
    return PackRow(
        item=item.item,
        item_name=item.name,
        unit=item.unit,
        basis=item.basis,
        traced=_traced(item),
        base_year=ask.base_year,
        base_value=found.base,
        year=year,
        value=found.value,
        target_year=item.target[0] if item.target else None,
        target_value=item.target[1] if item.target else None,
        gap=found.gap,
        state=found.state,
        state_name=label(f"pilot_state:{found.state}"),
        sources=list(figures.sources),
        lacks=found.lacks,
        reference=item.reference,
        asked_by=f"{item.source} {item.passage}".strip(),
    )


def _traced(item: Item) -> Text:
    """What a figure is told from, in words."""
    if item.basis == "account":
        of = label(f"measure:{item.measure}")
        zh, en = f"账户:{of.zh}", f"account: {of.en}"
    else:
        of_what = item.part or ""
        if item.whole:
            of_what += f" / {item.whole}"
        zh, en = f"观测:{of_what}", f"observed: {of_what}"
    if item.falls:
        zh, en = f"{zh},比基年下降(%)", f"{en}, % of fall since the base year"
    return Text(zh, en)


def _doubts(pack: str, found: "AccountAnswer | None") -> list[Text]:
    doubts = list(found.doubts) if found else []
    if pack != NATIONAL:
        return doubts
    built_in = Text(
        "内置指标为国家文件写明数值的指标;正式申报用主管部门下发的清单,载入数据表pilot_indicator",
        "built-in indicators are those that national documents name with figures; an application takes the"
        " checklist that the authority hands out, loaded into table pilot_indicator",
    )
    return [built_in, *doubts]
