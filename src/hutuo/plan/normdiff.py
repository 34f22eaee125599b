"""What differs, item by item, between rules, standards and catalogues of services, or between two days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.errors import BadAsk, one_of
from hutuo.glossary import both
from hutuo.plan.norms import Kind
from hutuo.plan.registers import bodies, day_of, named
from hutuo.units import convert
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "ItemCell",
    "ItemRow",
    "NormDifferences",
    "NormDifferencesAnswer",
    "Side",
    "SideRow",
    "differing",
    "norm_differences",
]

# What bodies are compared by; a figure goes with its unit.
COMPARED = ("says", "value", "served", "paid_by", "lead")
# Figures that were converted from one unit to another differ in their last places.
CLOSE = 1e-9
State = Literal["same", "differs", "lacking"]


class NormDifferences(Ask):
    """What to compare."""

    norms: tuple[str, ...] = said(
        "要比较的规则、标准或目录;缺省为该领域的全部",
        "ids to compare; all on the topic if none is given",
        default=(),
    )
    topic: str | None = said("领域", "topic whose norms are compared", default=None)
    kind: Kind | None = said("类型", "only of this kind", default=None)
    day: date | None = said("看哪一天;缺省为今天", "day; today if none is given", default=None)
    before: date | None = said(
        "与该日的版本比较", "compare with what was in force on that day", default=None
    )
    only: tuple[State, ...] = said(
        "只要这些状态的条目", "only items in these states", default=("same", "differs", "lacking")
    )


class SideRow(Answer):
    """One column of the comparison."""

    norm: str = said("规则或标准", "its id")
    title: Text = said("名称", "its title")
    body: str = said("制定机构", "body that issued it")
    body_name: Text = said("机构名称", "what the body is called")
    version: str = said("版本", "version in force on the day")
    day: date = said("日期", "day of the version")
    items: int = said("条目数", "items of the version")


class ItemCell(Answer):
    """An item as one side has it."""

    side: int = said("第几列", "column of the comparison, from 1")
    says: Text | None = said("内容与标准", "what is required or given")
    value: float | None = said("数值", "its figure")
    unit: str | None = said("计量单位", "unit of the figure")
    served: Text | None = said("服务对象", "who is entitled to it")
    paid_by: Text | None = said("支出责任", "who pays for it")
    lead: Text | None = said("牵头单位", "who leads")


class ItemRow(Answer):
    """One item compared."""

    item: str = said("条目编号", "number of the item")
    title: Text = said("名称", "what it is called where it first stands")
    state: State = said("状态", "same, differs, or lacking on a side")
    lacking: list[int] = said("缺少的列", "columns that lack it, from 1")
    fields: list[str] = said("不同之处", "says, value, served, paid_by, lead: what differs")
    cells: list[ItemCell] = said("各列", "the item on each side that has it")


class NormDifferencesAnswer(Answer):
    """What differs."""

    sides: list[SideRow] = said("各列", "what is compared, in order")
    same: int = said("相同的条目数", "items that all sides have alike")
    differ: int = said("不同的条目数", "items that all have, not alike")
    missing: int = said("有缺的条目数", "items that some side lacks")
    rows: list[ItemRow] = said("条目", "items, by number")


class Side(NamedTuple):
    """A version with its items, by number.

    Attributes:
        row: Its row of the register.
        day: Day on which it is in force.
        items: Rows of its items.
    """

    row: "Row"
    day: date
    items: "Mapping[str, Row]"


@verb("比较规则、标准与服务目录的差异", columns=("item", "title", "state", "fields", "lacking"))
def norm_differences(region: "Region", ask: NormDifferences) -> NormDifferencesAnswer:
    """Compare rules, standards or catalogues of services of several bodies item by item, or over time."""
    day = day_of(region, ask.day)
    chosen = _chosen(region, ask)
    listed: dict[tuple[str, str], dict[str, Row]] = {}
    for row in region.records("norm_item"):
        listed.setdefault((row["norm"], row["version"]), {})[row["item"]] = row
    sides = [
        Side(row, when, listed.get((row["norm"], row["version"]), {}))
        for norm in chosen
        for when in ([day] if ask.before is None else [ask.before, day])
        for row in replace(region, at=when).records("norm", norm=norm)
    ]
    rows = [_item(name, sides) for name in sorted({name for one in sides for name in one.items})]
    names, states = bodies(region), [row.state for row in rows]
    return NormDifferencesAnswer(
        sides=[_side(one, names) for one in sides],
        same=states.count("same"),
        differ=states.count("differs"),
        missing=states.count("lacking"),
        rows=[row for row in rows if row.state in ask.only],
    )


def differing(rows: "Sequence[Row]") -> list[str]:
    """Columns in which rows of one item do not say the same; figures are compared in one unit."""
    found = []
    for name in COMPARED:
        first, *others = rows
        alike = _same_figure if name == "value" else lambda one, two, at=name: one[at] == two[at]
        if not all(alike(first, other) for other in others):
            found.append(name)
    return found


def _same_figure(one: "Row", two: "Row") -> bool:
    if one["value"] is None or two["value"] is None or one["unit"] is None or two["unit"] is None:
        return (one["value"], one["unit"]) == (two["value"], two["unit"])
    try:
        value = convert(two["value"], two["unit"], one["unit"])
    except BadAsk:
        # Months against money are not the same.
        return False
    return bool(abs(value - one["value"]) <= CLOSE * max(abs(value), abs(one["value"])))


def _chosen(region: "Region", ask: NormDifferences) -> list[str]:
    """Ids that are meant.

    Raises:
        BadAsk: Neither norms nor a topic are named.
        NotFound: One of them is not in the register.
    """
    if not ask.norms and ask.topic is None:
        says = Text("请指明norms或topic", "name norms, or a topic")
        raise BadAsk(says, Text("plan norms列出登记的全部", "plan norms lists the register"))
    ever = replace(region, at=None).records("norm")
    known = sorted({row["norm"] for row in ever})
    for norm in ask.norms:
        if norm not in known:
            raise one_of(norm, "norm", known)
    topics = sorted({row["topic"] for row in ever})
    if ask.topic is not None and ask.topic not in topics:
        raise one_of(ask.topic, "topic", topics)
    meant = {
        row["norm"]
        for row in ever
        if ask.topic in (None, row["topic"]) and ask.kind in (None, row["kind"])
    }
    return [norm for norm in dict.fromkeys(ask.norms or known) if norm in meant]


def _item(name: str, sides: Sequence[Side]) -> ItemRow:
    there = [(n, side.items[name]) for n, side in enumerate(sides, 1) if name in side.items]
    lacking = [n for n, side in enumerate(sides, 1) if name not in side.items]
    fields = differing([row for _, row in there])
    return ItemRow(
        item=name,
        title=named(there[0][1]),
        state="lacking" if lacking else "differs" if fields else "same",
        lacking=lacking,
        fields=fields,
        cells=[_cell(n, row) for n, row in there],
    )


def _cell(number: int, row: "Row") -> ItemCell:
    texts = {name: both(row[name]) for name in ("says", "served", "paid_by", "lead")}
    return ItemCell(side=number, value=row["value"], unit=row["unit"], **texts)


def _side(one: Side, names: Mapping[str, Text]) -> SideRow:
    same = {name: one.row[name] for name in ("norm", "body", "version")}
    return SideRow(
        **same,
        title=named(one.row),
        body_name=names[one.row["body"]],
        day=one.day,
        items=len(one.items),
    )
