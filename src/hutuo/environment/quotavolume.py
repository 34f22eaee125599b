"""The verb on amounts of quota: what a project must buy, what heat comes to, what is given at a ratio."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.environment.trading import (
    KGCE_PER_GJ,
    given_for,
    heat_coal_equivalent,
    in_kilograms,
    quota_trade_volume,
)
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hutuo.base.region import Region

__all__ = ["QuotaVolume", "VolumeRow", "quota_volume"]

Basis = Literal["trade", "heat"]
SOURCES = {
    "trade": Text(
        "河南省用能权有偿使用和交易确权管理暂行办法(2022)",
        "Henan, interim rules on paid use and trade of rights to use energy (2022)",
    ),
    "heat": Text("GB/T 2589-2020 综合能耗计算通则", "GB/T 2589-2020, total energy consumption"),
}


class QuotaVolume(Ask):
    """Which amounts to work out: of a project, of heat, or both."""

    energy_tce: float | None = said(
        "A:项目年新增能耗(吨标准煤,不含煤)",
        "A: energy that a project uses more in a year, without coal, tce",
        default=None,
    )
    adjustment: float = said(
        "B:调节系数(0.3至1)", "B: adjustment set by the province, 0.3 to 1", default=1.0
    )
    project_intensity: float | None = said(
        "C:项目单位增加值能耗(吨标准煤/万元)",
        "C: energy of the project by its value added, tce per 10,000 yuan",
        default=None,
    )
    average_intensity: float | None = said(
        "全省平均工业增加值能耗(吨标准煤/万元)",
        "that of all industry of the province, in the same unit",
        default=None,
    )
    heat_gj: float | None = said("受热量(GJ)", "heat that is delivered, GJ", default=None)
    efficiency: float = said(
        "供热效率(按约定口径)", "efficiency of plant and pipes, above 0 to 1", default=1.0
    )
    kgce_per_gj: float = said(
        "热力折标系数(千克标准煤/GJ)", "coal equivalent of heat, kgce a GJ", default=KGCE_PER_GJ
    )
    ratio: float = said(
        "置换比:1为等量,大于1为减量",
        "what is given for what is got; above 1 the rest is cancelled",
        default=1.0,
        ge=1,
        le=100,
    )


class VolumeRow(Answer):
    """An amount of quota and how it came about."""

    volume_basis: str = said("算法", "trade: what a project must buy; heat: what heat comes to")
    basis_name: Text = said("算法名称", "what it is called")
    got_tce: float = said("所需指标(吨标准煤)", "quota that is needed, in whole kilograms, tce")
    given_tce: float = said("转出(吨标准煤)", "what a giver gives for it at the ratio, tce")
    cancelled: float = said("减量注销(吨标准煤)", "what is cancelled: given less got")
    formula: str = said("算式", "the formula with its numbers")
    source_name: Text = said("依据", "document that the formula is from")


class _Amount(NamedTuple):
    basis: Basis
    tce: float
    formula: str


@verb(
    "用能指标交易量与供热折算",
    columns=("basis_name", "got_tce", "given_tce", "cancelled", "formula"),
)
def quota_volume(region: "Region", ask: QuotaVolume) -> list[VolumeRow]:  # noqa: ARG001
    """Work out the quota that a project must buy or that delivered heat comes to; nothing is written.

    Example:
        ``hutuo environment quota-volume --heat-gj 20000 --efficiency 0.853``
    """
    found = [_row(one, ask.ratio) for one in _amounts(ask)]
    if not found:
        raise BadAsk(
            Text("没有可算的", "there is nothing to work out"),
            Text(
                "给出energy_tce、project_intensity、average_intensity,或heat_gj",
                "give energy_tce, project_intensity and average_intensity, or heat_gj",
            ),
        )
    return found


def _amounts(ask: QuotaVolume) -> "Iterator[_Amount]":
    project = (ask.energy_tce, ask.project_intensity, ask.average_intensity)
    if any(one is not None for one in project):
        energy, own, average = project
        if energy is None or own is None or average is None:
            raise BadAsk(
                Text(
                    "交易量需要energy_tce、project_intensity、average_intensity三项",
                    "a project's volume takes energy_tce, project_intensity and average_intensity",
                )
            )
        tce = quota_trade_volume(energy, ask.adjustment, own, average)
        how = f"{energy:g} tce × {ask.adjustment:g} × {own:g} ÷ {average:g}"
        yield _Amount("trade", tce, how)
    if ask.heat_gj is not None:
        tce = heat_coal_equivalent(ask.heat_gj, ask.efficiency, ask.kgce_per_gj)
        how = f"{ask.heat_gj:g} GJ × {ask.kgce_per_gj:g} kgce/GJ ÷ {ask.efficiency:g} ÷ 1000"
        yield _Amount("heat", tce, how)


def _row(one: _Amount, ratio: float) -> VolumeRow:
    need = in_kilograms(one.tce)
    given = given_for(need, ratio)
    return VolumeRow(
        volume_basis=one.basis,
        basis_name=label(f"volume_basis:{one.basis}"),
        got_tce=need / 1000,
        given_tce=given / 1000,
        cancelled=(given - need) / 1000,
        formula=one.formula,
        source_name=SOURCES[one.basis],
    )
