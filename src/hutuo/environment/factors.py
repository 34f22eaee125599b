"""The verb on factors: what sources say of heating values, carbon, electricity and warming potentials."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hutuo.base.uploads import path_of
from hutuo.environment.factorfiles import read_factors
from hutuo.environment.ipccdefaults import PACKAGE, package_factors
from hutuo.environment.register import (
    Factor,
    conflicts,
    fuels,
    published,
    references,
)
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["FactorAnswer", "FactorRow", "Factors", "factor_row", "factors", "known_factors"]


class Factors(Ask):
    """Which factors to show."""

    factor_kind: str | None = said(
        "因子类型,如heating_value、carbon_content、oxidation、coal_equivalent、electricity、heat、gwp",
        "kind of factor: heating_value, carbon_content, oxidation, coal_equivalent, electricity, heat, gwp",
        default=None,
    )
    fuel: str | None = said("燃料", "fuel or carrier, by its id", default=None)
    factor_region: str | None = said(
        "适用地区:CN、省级代码、grid:north等",
        "CN, a province's code, grid:north or world",
        default=None,
    )
    year: int | None = said("年份", "year that it holds for, or of the edition", default=None)
    source: str | None = said("来源标识", "id of a source", default=None)
    conflicting: bool = said(
        "只要各来源不一致的", "only those of which sources give different values", default=False
    )
    factors_file: str | None = said(
        "自己的因子文件(CSV):路径或上传后的名称",
        "a CSV of your own factors: a path or the name of an upload",
        default=None,
    )


class FactorRow(Answer):
    """A published value."""

    factor_kind: str = said("因子类型", "kind of factor")
    factor_kind_name: Text = said("因子类型名称", "what the kind is called")
    fuel: str = said("燃料", "fuel or carrier; any for all, empty for a gas")
    fuel_name: Text | None = said("燃料名称", "what it is called")
    gas: str = said("气体", "gas or pollutant; empty where none is meant")
    factor_region: str = said("适用地区", "where it holds")
    year: int = said("年份", "year that it holds for, or of the edition")
    value: float = said("公布的数值", "value as published")
    unit: str = said("单位", "unit that it is published in")
    half_interval: float | None = said(
        "95%区间半宽占数值的比例",
        "half of the 95 % interval over the value; null if none is given",
    )
    source: str = said("来源标识", "source")
    source_name: Text = said("来源名称", "what the source is called")
    edition: str = said("标准号、公告号或版本", "number or edition of the source")
    passage: str = said("表或附录", "table or annex")
    other_values: int = said(
        "同一因子的其他取值数", "how many other values sources give for the same"
    )
    value_spread: float | None = said(
        "最大与最小之比减1", "largest over smallest of them, less 1; null if there is one"
    )
    unasked: bool = said(
        "核算时可否自动采用",
        "whether an account may take it unasked; ends of ranges are only shown",
    )
    note: Text | None = said("备注", "remark")


class FactorAnswer(Answer):
    """Factors, those of one case beside each other."""

    rows: list[FactorRow] = said("因子", "factors")
    own_factors: int = said("自己文件中的因子数", "number of them that are of your own file")


@verb(
    "排放与折算因子",
    columns=("factor_kind_name", "fuel_name", "factor_region", "year", "value", "unit", "edition"),
    needs_region=False,
)
def factors(_region: "Region | None", ask: Factors) -> FactorAnswer:
    """Show published factors with their sources, those that contradict each other side by side.

    Example:
        ``hutuo environment factors --factor-kind electricity --factor-region 130000``
    """
    known = known_factors(ask.factors_file)
    beside = {case[0].case: case for case in conflicts(known)}
    chosen = [
        one for one in known if _asked(ask, one) and (one.case in beside or not ask.conflicting)
    ]
    chosen.sort(key=lambda one: (*one.case[:4], one.region, one.year, one.source))
    return FactorAnswer(
        rows=[factor_row(one, beside.get(one.case, ())) for one in chosen],
        own_factors=sum(one.source not in references() for one in chosen),
    )


def known_factors(file: str | None) -> list[Factor]:
    """Factors of a user's own file, if one is named, and those of the register.

    Args:
        file: A CSV, or ``bonsai-ipcc`` for the defaults of the IPCC that the package of that name brings.

    Raises:
        BadInput: The file is faulty; all findings are told.
        NotFound: There is no such file.
        Unavailable: The package is named and not installed.
    """
    if file == PACKAGE:
        return [*package_factors(), *published()]
    own = read_factors(path_of(file)) if file else []
    return [*own, *published()]


def factor_row(one: Factor, beside: Iterable[Factor] = ()) -> FactorRow:
    """A factor as it is shown.

    Args:
        one: The factor.
        beside: Values that sources give for the same, itself among them.
    """
    values = {other.value for other in beside}
    reference, fuel = references().get(one.source), fuels().get(one.fuel)
    return FactorRow(
        factor_kind=one.kind,
        factor_kind_name=label(f"factor_kind:{one.kind}"),
        fuel=one.fuel,
        fuel_name=fuel.name if fuel else None,
        gas=one.gas,
        factor_region=one.region,
        year=one.year,
        value=one.published,
        unit=one.unit,
        half_interval=one.uncertainty,
        source=one.source,
        source_name=reference.name if reference else Text(one.source, one.source),
        edition=one.version or one.source,
        passage=one.passage,
        other_values=max(len(values) - 1, 0),
        value_spread=max(values) / min(values) - 1
        if len(values) > 1 and min(values) > 0
        else None,
        unasked=one.chosen,
        note=one.note,
    )


def _asked(ask: Factors, one: Factor) -> bool:
    wanted = {
        "kind": ask.factor_kind,
        "fuel": ask.fuel,
        "region": ask.factor_region,
        "year": ask.year,
        "source": ask.source,
    }
    return all(given is None or getattr(one, name) == given for name, given in wanted.items())
