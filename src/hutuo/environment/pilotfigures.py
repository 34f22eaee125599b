"""Figures that indicators of a carbon-peak pilot are told from: the account, and what was observed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hutuo.environment.account import account
from hutuo.environment.accountrows import Account, AccountAnswer, AccountRow
from hutuo.environment.pilots import Figures, Item
from hutuo.environment.register import family
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["account_for", "figures_of_account", "figures_of_place"]

WITH_OUTPUT = {"tce_per_output": "energy", "tco2_per_output": "carbon"}
CARBON = "carbon-2024"


def account_for(region: "Region", given: Mapping[str, object], rule: str) -> AccountAnswer | None:
    """The account by fuel and year that figures are taken from; None where the region has no activity.

    Args:
        region: View of the region.
        given: File, factors and places, as :class:`Account` takes them.
        rule: Rule of energy by which intensities count.
    """
    if given.get("file") is None and not region.records("activity"):
        return None
    asked = {name: value for name, value in given.items() if value is not None}
    return account(region, Account(**asked, group_by="fuel", rules=[rule, CARBON]))  # type: ignore[arg-type]


def figures_of_account(item: Item, found: AccountAnswer | None, source: str) -> Figures:
    """Figures of an item by year, from an account by fuel.

    Args:
        item: An indicator whose basis is the account.
        found: The account.
        source: What its activity is called.
    """
    if found is None:
        says = Text(
            "没有活动数据:写入数据表activity,或给出file",
            "no activity: write table activity, or give a file",
        )
        return Figures({}, (), says)
    measure = item.measure or ""
    sources = (source, *dict.fromkeys(one.source for one in found.used_factors))
    if measure in WITH_OUTPUT:
        return _per_output(found, WITH_OUTPUT[measure], sources)
    by_year: dict[int, list[AccountRow]] = {}
    for row in found.rows:
        by_year.setdefault(row.year, []).append(row)
    values = {year: _of_year(measure, rows) for year, rows in by_year.items()}
    known = {year: value for year, value in values.items() if value is not None}
    if not known:
        says = Text(
            "缺因子或数量,能耗与排放合计未知",
            "a factor or a quantity is lacking, so no sum is told",
        )
        return Figures({}, sources, says)
    return Figures(known, sources, None)


def _of_year(measure: str, rows: list[AccountRow]) -> float | None:
    """A figure of the rows of all fuels of a year; None if any part is not known."""
    if measure == "tco2":
        return _sum([row.tco2 for row in rows])
    whole = _sum([row.tce for row in rows])
    coal = _sum([row.tce for row in rows if row.cut in family("@coal")])
    if measure == "tce":
        return whole
    if measure == "coal_tce":
        return coal
    part = coal if measure == "coal_share" else _sum([row.renewable_tce for row in rows])
    return None if part is None or not whole else 100 * part / whole


def _sum(given: list[float | None]) -> float | None:
    return None if any(one is None for one in given) else sum(one or 0.0 for one in given)


def _per_output(found: AccountAnswer, kind: str, sources: tuple[str, ...]) -> Figures:
    rows = [row for row in found.controls if row.control_kind == kind]
    values = {row.year: row.output_intensity for row in rows}
    known = {year: value for year, value in values.items() if value is not None}
    if known:
        return Figures(known, sources, None)
    says = Text(
        "没有产出:用output_indicator给出不变价地区生产总值,且各地点须有当年数据",
        "no output: name regional product at constant prices by output_indicator, known of all places",
    )
    return Figures({}, sources, says)


def figures_of_place(region: "Region", item: Item, place: str) -> Figures:
    """Figures of an item by year, from what was observed of a place or is the sum of its members."""
    from hutuo.base.series import observed_all
    from hutuo.units import UNITS, convert

    names = [name for name in (item.part, item.whole) if name is not None]
    unknown = [name for name in names if name not in region.indicators]
    if unknown:
        those = "、".join(unknown)
        says = Text(
            f"没有指标{those}:在数据表indicator中登记,或用indicators指定",
            f"no indicator {', '.join(unknown)}: register it in table indicator, or name one by indicators",
        )
        return Figures({}, (), says)
    units = [str(region.indicators[name]["unit"]) for name in names]
    unit = item.unit if item.basis == "observation" else units[0]
    of = {UNITS[one].dimension if one in UNITS else one for one in (unit, *units)}
    if len(of) > 1:
        those = ", ".join(dict.fromkeys((unit, *units)))
        says = Text(f"计量单位不可换算:{those}", f"units that do not convert: {those}")
        return Figures({}, (), says)
    series = observed_all(region, [(place, name) for name in names])
    years = [
        {row.valid_from.year: convert(row.value, row.unit, unit) for row in series[place, name]}
        for name in names
    ]
    sources = tuple(dict.fromkeys(row.source for rows in series.values() for row in rows))
    if not all(years):
        lacking = [name for name, one in zip(names, years, strict=True) if not one]
        says = Text(
            f"{'、'.join(lacking)}没有观测值", f"nothing is observed of {', '.join(lacking)}"
        )
        return Figures({}, sources, says)
    if item.basis == "observation":
        return Figures(years[0], sources, None)
    part, whole = years
    shares = {year: 100 * part[year] / whole[year] for year in part if whole.get(year)}
    return Figures(shares, sources, None)
