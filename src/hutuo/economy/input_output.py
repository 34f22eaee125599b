"""The verb on input-output tables: multipliers, linkages, key industries, what a change of demand takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from hutuo.base import uploads
from hutuo.errors import BadInput, Finding, one_of
from hutuo.verbs import Answer, Ask, Text, said, verb, wrong

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.economy.iotables import PublishedTable

__all__ = ["IndustryFigures", "InputOutput", "InputOutputAnswer", "input_output"]


def _unpacked(given: object) -> object:
    """JSON where text was given, as on the command line."""
    import json

    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except json.JSONDecodeError as error:
        way = '{"建筑": 100}'
        raise wrong(
            Text(f"不是JSON({error});如{way}", f"is no JSON ({error}); as {way}")
        ) from error


Changes = Annotated[dict[str, float], BeforeValidator(_unpacked)]


class InputOutput(Ask):
    """Which table, and what to ask of it."""

    file: str = said("投入产出表文件(CSV或XLSX)", "file of the table: CSV or XLSX")
    sheet: str | None = said(
        "工作表", "sheet; the first that holds something if none", default=None
    )
    imports: Literal["kept", "removed"] = said(
        "进口:kept留在流量内,removed按同一比例扣除",
        "imports: kept in the flows, or removed in proportion",
        default="kept",
    )
    demand: Changes = said(
        "最终需求的变化(JSON:行业到金额)",
        "change of final demand, as JSON: industry to amount in the unit of the table",
        default={},
    )


class IndustryFigures(Answer):
    """One industry of the table."""

    sector: str = said("行业", "name of the industry in the table")
    output: float = said("总产出", "total output in the unit of the table")
    multiplier: float = said(
        "产出乘数", "output of all industries by unit of its final demand: column sum of L"
    )
    added_multiplier: float = said(
        "增加值乘数", "value added of all industries by unit of its final demand"
    )
    backward: float = said("影响力系数", "backward linkage: its multiplier over the mean of all")
    forward: float = said(
        "感应度系数", "forward linkage: row sum of the inverse of Ghosh over the mean"
    )
    key_industry: bool = said("是否关键行业", "whether both linkages are above 1")
    import_share: float | None = said(
        "进口和流入占比", "share of imports in what is used within, 0..1; null where not told"
    )
    change: float = said("产出变化", "change of its output by the change of demand asked for")
    added_change: float = said("增加值变化", "change of its value added")


class InputOutputAnswer(Answer):
    """What a table says."""

    file: str = said("文件", "name of the file")
    unit: str | None = said(
        "计量单位", "unit that a title of the table tells; null where none does"
    )
    rows: list[IndustryFigures] = said("各行业", "by industry, in the order of the table")
    change_total: float = said("产出变化合计", "change of output of all industries")
    added_total: float = said("增加值变化合计", "change of value added of all industries")
    doubts: list[Text] = said("注意", "what should be known")


@verb(
    "投入产出分析:乘数、影响力与感应度、需求变化",
    columns=("sector", "output", "multiplier", "backward", "forward", "change"),
)
def input_output(_region: "Region", ask: InputOutput) -> InputOutputAnswer:
    """Read a published input-output table: multipliers, linkages, and what a change of demand takes.

    Example:
        ``hutuo economy input-output --file io2017.xlsx --demand '{"建筑": 100}'``
    """
    from hutuo.economy.inputoutput import leontief, linkages
    from hutuo.economy.iotables import domestic, read_table

    path = uploads.path_of(ask.file)
    table = read_table(path, ask.sheet)
    share = domestic(table)[1] if table.imports is not None else None
    flows = domestic(table)[0] if ask.imports == "removed" else table.flows
    # What an industry delivers is not refused for being more than its output: imports are among it.
    total = leontief(flows, table.output, imported=ask.imports == "kept")
    links = linkages(flows, table.output, imported=ask.imports == "kept")
    added = _by_output(table)
    change = total @ _demand(table, ask.demand)
    rows = [
        IndustryFigures(
            sector=name,
            output=float(table.output[at]),
            multiplier=float(links.multiplier[at]),
            added_multiplier=float(added @ total[:, at]),
            backward=float(links.backward[at]),
            forward=float(links.forward[at]),
            key_industry=bool(links.key[at]),
            import_share=None if share is None else float(share[at]),
            change=float(change[at]),
            added_change=float(change[at] * added[at]),
        )
        for at, name in enumerate(table.industries)
    ]
    return InputOutputAnswer(
        file=path.name,
        unit=table.unit,
        rows=rows,
        change_total=float(change.sum()),
        added_total=float((change * added).sum()),
        doubts=[*table.doubts, *_doubts(ask, table)],
    )


def _by_output(table: "PublishedTable") -> "NDArray[np.float64]":
    """Value added by unit of output; 0 where there is no output."""
    import numpy as np

    return np.divide(
        table.added, table.output, out=np.zeros_like(table.added), where=table.output > 0
    )


def _demand(table: "PublishedTable", asked: Mapping[str, float]) -> "NDArray[Any]":
    import numpy as np

    found = np.zeros(len(table.industries))
    for name, amount in asked.items():
        if name not in table.industries:
            raise one_of(name, "industry", table.industries)
        if not np.isfinite(amount):
            says = Text(f"{amount}不是有限的数", f"{amount} is no finite number")
            raise BadInput(
                Text("需求有误:", "demand is faulty:"), [Finding("demand", None, name, says)]
            )
        found[table.industries.index(name)] = amount
    return found


def _doubts(ask: InputOutput, table: "PublishedTable") -> list[Text]:
    zh = "乘数按投入系数不变、没有供给限制计算,不含收入引发的消费"
    en = "multipliers take fixed proportions of inputs and no limit of supply, without spending of incomes"
    found = [Text(zh, en)]
    if ask.imports == "kept":
        zh = "流量内含进口和外省流入:乘数包括在区域之外的产出"
        en = "flows hold imports and inflows: multipliers count output outside of the region too"
        found.append(Text(zh, en))
    else:
        zh = "进口按各用户同一比例扣除"
        found.append(Text(zh, "imports were taken out in the same share for every user"))
    if table.unit is None:
        found.append(Text("表中没有写明单位", "the table does not tell its unit"))
    return found
