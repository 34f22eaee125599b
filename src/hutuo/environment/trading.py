"""Amounts of energy quota: what a project must buy, what delivered heat comes to, what a swap takes."""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from hutuo.environment.refusing import refuse, unfit
from hutuo.glossary import Text

__all__ = [
    "KGCE_PER_GJ",
    "given_for",
    "heat_coal_equivalent",
    "in_kilograms",
    "quota_trade_volume",
]

# Heat by its energy: 0.03412 kgce a MJ. Source: GB/T 2589-2020, annex on heat and electricity.
KGCE_PER_GJ = 34.12
_QUOTA = Text("用能指标", "energy quota")
LEAST, MOST = 0.3, 1.0


def quota_trade_volume(
    energy: float, adjustment: float, intensity: float, average: float
) -> float:
    """Quota that a new project of high energy use and emission must buy: A x B x C over the average.

    Args:
        energy: A, energy that the project uses more in a year, without coal, in tce.
        adjustment: B, 0.3 to 1, set by the province.
        intensity: C, energy of the project by its value added, in tce per 10,000 yuan.
        average: Energy of all industry of the province by its value added, in the same unit.

    Returns:
        Quota in the unit of ``energy``.

    Raises:
        BadInput: A figure is negative, the average is 0, or B is outside its range.

    Source: 河南省用能权有偿使用和交易确权管理暂行办法 (2022): 能耗指标交易量=A×B×C/全省平均工业增加值能耗.
    """
    findings = unfit("trade", None, {"energy": energy, "intensity": intensity})
    findings += unfit("trade", None, {"adjustment": adjustment}, least=LEAST, most=MOST)
    findings += unfit("trade", None, {"average": average}, least=1e-12)
    refuse(_QUOTA, findings)
    return energy * adjustment * intensity / average


def heat_coal_equivalent(
    heat: float, efficiency: float = 1.0, kgce_per_gj: float = KGCE_PER_GJ
) -> float:
    """Energy in tce that was burnt for delivered heat.

    Args:
        heat: Heat that was delivered, in GJ.
        efficiency: Of plant and pipes, above 0 to 1, as was agreed; 1: quota for the heat itself.
        kgce_per_gj: Coal equivalent of heat.

    Raises:
        BadInput: A figure is outside its range.

    Source: GB/T 2589-2020 综合能耗计算通则: heat by its energy 0.03412 kgce/MJ.
    """
    findings = unfit("heat", None, {"heat": heat, "kgce_per_gj": kgce_per_gj})
    findings += unfit("heat", None, {"efficiency": efficiency}, least=0.01, most=1.0)
    refuse(_QUOTA, findings)
    return heat * kgce_per_gj / efficiency / 1000


def in_kilograms(tce: float) -> int:
    """Quota in whole kilograms of coal equivalent, a half rounded up; exact for what people type."""
    return int((Decimal(repr(float(tce))) * 1000).to_integral_value(ROUND_HALF_UP))


def given_for(need: int, ratio: float) -> int:
    """What is given for what is got, in kilograms: the ratio times it, rounded up; at least what is got.

    Args:
        need: What the taker gets.
        ratio: 1 one to one; above 1 the rest is cancelled.
    """
    exact = Decimal(need) * Decimal(repr(float(ratio)))
    return max(need, int(exact.to_integral_value(ROUND_CEILING)))
