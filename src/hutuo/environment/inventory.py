"""The verb on the inventory: emissions of a year as rows of a GPC BASIC report, with what is not there."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.environment.accountrows import LackingRow, UnknownRow
from hutuo.environment.factors import known_factors
from hutuo.environment.gases import GREENHOUSE, equivalent_mass, gases_of, warming
from hutuo.environment.register import method_of, sector_of
from hutuo.environment.sums import SCOPES, Sums, lacking_rows, summed, unknown_rows
from hutuo.environment.uses import activity_of
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients
    from hutuo.environment.gases import Emitted, Gases
    from hutuo.environment.register import Factor

__all__ = ["Inventory", "InventoryAnswer", "InventoryRow", "Line", "inventory", "lines"]

FILE = Path(__file__).with_name("gpc.csv")
# Stations that feed the grid are told apart from what their sector burns for itself.
GRID, GENERATION = "power", "I.4.4"
NE, PARTIAL = "NE", "partial"
SECOND = 2


class Line(NamedTuple):
    """A row of the report.

    Attributes:
        ref: Number of the GPC.
        sector: Sub-sector.
        scope: 1, 2 or 3.
        basic: yes: part of the BASIC total; no: of BASIC+; territorial: only of the territorial total.
        name: What it is called.
    """

    ref: str
    sector: str
    scope: int
    basic: str
    name: Text


class Inventory(Ask):
    """Whose inventory of which year."""

    file: str | None = said(
        "活动水平文件(CSV);缺省为地区的activity表",
        "a CSV of activity; the region's table activity by default",
        default=None,
    )
    factors_file: str | None = said(
        "自己的因子文件(CSV),优先采用", "a CSV of your own factors, which come first", default=None
    )
    geography: str | None = said("只要这些地理单元", "only places of this geography", default=None)
    factor_method: str = said("方法", "method: cn-province or ipcc2006", default="cn-province")
    grid: Literal["province", "national"] = said(
        "电力因子", "factor of electricity: province or national", default="province"
    )
    year: int | None = said("年份;缺省为最近一年", "year; the last one by default", default=None)
    gwp_source: Literal["ipcc-ar4", "ipcc-ar5", "ipcc-ar6"] | None = said(
        "全球变暖潜势的来源;缺省按方法",
        "report that warming potentials are of; that of the method by default",
        default=None,
    )


class InventoryRow(Answer):
    """One row of the report."""

    gpc_ref: str = said("GPC编号", "number of the GPC")
    gpc_name: Text = said("项目", "what it is")
    gpc_scope: int = said("范围", "scope 1, 2 or 3")
    basic: str = said(
        "是否计入BASIC", "yes: in the BASIC total; no: of BASIC+; territorial: in that total only"
    )
    tco2: float | None = said("吨CO2", "CO2, t; null where it is not estimated")
    ch4_kg: float | None = said(
        "CH4(千克)", "CH4 of what is burnt, kg; null where it is not known"
    )
    n2o_kg: float | None = said(
        "N2O(千克)", "N2O of what is burnt, kg; null where it is not known"
    )
    tco2e: float | None = said(
        "吨CO2当量", "CO2 with CH4 and N2O, t; null where any of them is not known"
    )
    notation: str = said(
        "标记:NE未估算、partial部分估算,空为已估算",
        "NE: not estimated; partial: estimated in part; empty: estimated",
    )


class InventoryAnswer(Answer):
    """An inventory."""

    year: int = said("年份", "year")
    factor_method: str = said("方法", "method")
    rows: list[InventoryRow] = said("清单各行", "rows of the report")
    basic_tco2: float = said("BASIC合计(已估算部分,吨CO2)", "sum of what is estimated of BASIC, t")
    territorial_tco2: float = said(
        "属地合计(已估算部分,吨CO2)", "sum of what is estimated of all scope 1, t"
    )
    basic_tco2e: float = said(
        "BASIC合计(已估算部分,吨CO2当量)", "the same with CH4 and N2O where they are known, t"
    )
    gwp_source: str = said("全球变暖潜势的来源", "report that warming potentials are of")
    basic_gaps: list[str] = said(
        "BASIC应有而未估算的行", "rows that BASIC asks for and that are not estimated"
    )
    lacking_factors: list[LackingRow] = said("缺少的因子", "factors that are lacking")
    unknown_rows: list[UnknownRow] = said("数量不详的活动", "rows without a quantity")
    doubts: list[Text] = said("注意", "what should be known before figures are used")


@verb(
    "GPC BASIC清单",
    columns=("gpc_ref", "gpc_name", "gpc_scope", "basic", "tco2", "notation"),
)
def inventory(region: "Region", ask: Inventory) -> InventoryAnswer:
    """Show the emissions of a year as the rows of a GPC BASIC inventory, with what is not estimated.

    Example:
        ``hutuo environment inventory --file activity.csv --year 2022``
    """
    from hutuo.environment.coefficients import coefficients

    method, known = method_of(ask.factor_method), known_factors(ask.factors_file)
    activity = _of_year(activity_of(region, ask.file, ask.geography), ask.year)
    found = coefficients(
        activity.streams, activity.years, activity.places, known, method, grid=ask.grid
    )
    whole = summed(activity, found)
    parts = _parts(activity, found)
    potentials = warming(known, method, ask.gwp_source)
    gases = _gases(activity, gases_of(activity, known, method))
    rows = [
        _warmed(_row(line, parts, found), gases.get(key), potentials)
        for line in lines().values()
        for key in [GENERATION if line.ref == GENERATION else line.sector]
    ]
    return InventoryAnswer(
        year=activity.years[0],
        factor_method=method.method,
        rows=rows,
        basic_tco2=sum(row.tco2 or 0.0 for row in rows if row.basic == "yes"),
        territorial_tco2=sum(row.tco2 or 0.0 for row in rows if row.gpc_scope == 1),
        basic_tco2e=sum(row.tco2e or row.tco2 or 0.0 for row in rows if row.basic == "yes"),
        gwp_source=potentials[GREENHOUSE[0]].source,
        basic_gaps=[row.gpc_ref for row in rows if row.basic == "yes" and row.notation],
        lacking_factors=lacking_rows(activity, found, whole.amounts),
        unknown_rows=unknown_rows(activity),
        doubts=_doubts(activity),
    )


@cache
def lines() -> dict[str, Line]:
    """Rows of the report by number.

    Source: GHG Protocol, Global Protocol for Community-Scale Greenhouse Gas Inventories (GPC), version 1.1
        (2021), part II: sectors, sub-sectors and scopes, and what BASIC asks for.
    """
    with FILE.open(encoding="utf-8", newline="") as rows:
        return {
            row["ref"]: Line(
                row["ref"],
                row["sector"],
                int(row["scope"]),
                row["basic"],
                Text(row["zh"], row["en"]),
            )
            for row in csv.DictReader(rows)
        }


def _of_year(activity: "Activity", year: int | None) -> "Activity":
    """The activity of one year."""
    chosen = activity.years[-1] if year is None else year
    if chosen not in activity.years:
        years = ", ".join(map(str, activity.years))
        raise BadAsk(
            Text(f"没有{chosen}年的活动数据", f"there is no activity of {chosen}"),
            Text(f"有数据的年份:{years}", f"years with activity: {years}"),
        )
    y = activity.years.index(chosen)
    return activity._replace(
        years=(chosen,),
        values=activity.values[y : y + 1],
        variances=None if activity.variances is None else activity.variances[y : y + 1],
        unknown=tuple((0, *cell[1:]) for cell in activity.unknown if cell[0] == y),
    )


def _parts(activity: "Activity", found: "Coefficients") -> dict[str, Sums]:
    """What each sub-sector and the stations that feed the grid come to."""
    return {
        key: summed(activity, found, sectors=those) for key, those in _members(activity).items()
    }


def _members(activity: "Activity") -> dict[str, list[int]]:
    """Sectors, by number, of each sub-sector and of the stations that feed the grid."""
    members: dict[str, list[int]] = {}
    for s, sector in enumerate(activity.sectors):
        of = sector_of(sector)
        key = GENERATION if of.sector == GRID else of.gpc
        members.setdefault(key, []).append(s)
    return members


def _row(line: Line, parts: Mapping[str, Sums], found: "Coefficients") -> InventoryRow:
    tco2, notation = _estimate(line, parts, found)
    return InventoryRow(
        gpc_ref=line.ref,
        gpc_name=line.name,
        gpc_scope=line.scope,
        basic=line.basic,
        tco2=tco2,
        ch4_kg=None,
        n2o_kg=None,
        tco2e=tco2 if line.scope == SECOND and not notation else None,
        notation=notation,
    )


def _warmed(
    row: InventoryRow, gases: "Mapping[str, Emitted] | None", potentials: "Mapping[str, Factor]"
) -> InventoryRow:
    """A row of scope 1 with the other gases of what is burnt."""
    if row.gpc_scope != 1 or row.tco2 is None or gases is None:
        return row
    told = {gas: one.known[0] if one.complete[0] else None for gas, one in gases.items()}
    warm = [
        None if kg is None else equivalent_mass(gas, kg, potentials) for gas, kg in told.items()
    ]
    lacking = row.notation or any(one is None for one in warm)
    tco2e = None if lacking else row.tco2 + sum(one or 0.0 for one in warm)
    return row.model_copy(
        update={"ch4_kg": told.get("CH4"), "n2o_kg": told.get("N2O"), "tco2e": tco2e}
    )


def _gases(activity: "Activity", gases: "Gases") -> "dict[str, dict[str, Emitted]]":
    """Greenhouse gases of each sub-sector and of the stations that feed the grid."""
    return {
        key: {gas: one for gas, one in gases.of(sectors=those).items() if gas in GREENHOUSE}
        for key, those in _members(activity).items()
    }


def _estimate(
    line: Line, parts: Mapping[str, Sums], found: "Coefficients"
) -> tuple[float | None, str]:
    """CO2 of a row and its mark."""
    outcome = dict(enumerate(SCOPES, 1)).get(line.scope)
    # What stations buy from the grid is theirs as an energy industry; what they burn feeds it.
    keys = [GENERATION] if line.ref == GENERATION else [line.sector]
    if line.sector == lines()[GENERATION].sector and outcome == SCOPES[1]:
        keys = [line.sector, GENERATION]
    those = [parts[key] for key in keys if key in parts]
    if outcome is None or not any(_told(part, found, outcome) for part in those):
        return None, NE
    known = sum(float(part.values[outcome][0]) for part in those)
    if any(bool(part.incomplete[outcome][0]) for part in those):
        return (known, PARTIAL) if known else (None, NE)
    return known, ""


def _told(part: Sums, found: "Coefficients", outcome: str) -> bool:
    """Whether anything was used that lets out what is asked for, even if how much is not known."""
    o = found.outcomes.index(outcome)
    matters = (found.values[..., o] != 0) | found.lacks[..., o]
    there = (part.amounts.values > 0) | part.amounts.unknown
    return bool((there & matters).any())


def _doubts(activity: "Activity") -> list[Text]:
    doubts = [
        Text(
            "只含能源活动;CH4与N2O只含本地燃烧;废弃物、工业过程和土地未核算,标为NE",
            "energy alone, CH4 and N2O of what is burnt; waste, processes and land are not estimated (NE)",
        )
    ]
    there = {sector_of(key).sector for key in activity.sectors}
    if "energy_industries" in there and GRID not in there:
        doubts.append(
            Text(
                "没有发电企业的数据,属地合计不含上网发电",
                "no power stations: the territorial total is without power for the grid",
            )
        )
    return doubts
