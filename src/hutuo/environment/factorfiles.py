"""A user's own factors: a CSV file whose every row says what it is, of which year, and where it is from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hutuo.environment.csvfiles import NO, Line, number, read_lines, whole
from hutuo.environment.quantities import BASE, BOUNDS, FORMS, factor_in_base, meant, suggested
from hutuo.environment.register import ANY, Factor, fuels, sectors
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text, both

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "read_factors"]

COLUMNS = {
    "kind": "因子类型",
    "fuel": "燃料",
    "gas": "气体",
    "region": "适用地区",
    "year": "年份",
    "value": "数值",
    "unit": "单位",
    "low": "区间下限",
    "high": "区间上限",
    "uncertainty": "不确定度",
    "source": "来源",
    "version": "版本",
    "passage": "出处位置",
    "note": "备注",
    "sector": "行业",
}
REQUIRED = ("kind", "year", "value", "unit", "source")
YEARS = (1900, 2200)
WITHOUT_FUEL = ("gwp",)
WITH_GAS = ("gwp", "emission")


def read_factors(path: "Path") -> list[Factor]:
    """Factors of a file; an account takes them before those of the register.

    Args:
        path: CSV with a column for each of kind, year, value, unit and source, and as needed fuel, gas,
            region (``CN`` if empty), low, high or uncertainty (half of the 95 % interval over the value),
            version, passage, note and, of an emission, the sector that it is of; headings in either language.

    Raises:
        BadInput: A row lacks its year or source, its unit does not fit its kind or its fuel, its value can
            only be a mix-up of units, or two rows give one factor; all findings are told.
    """
    faults: list[Finding] = []
    lines = read_lines(path, COLUMNS, REQUIRED)
    read = [(line, _factor(path.name, line, faults)) for line in lines]
    found = [(line, factor) for line, factor in read if factor is not None]
    faults += _twice(path.name, found)
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        zh, en = f"{path.name}有{len(faults)}处问题:", f"{path.name} has {len(faults)} findings:"
        raise BadInput(Text(zh, en), faults)
    return [factor for _, factor in found]


def _factor(file: str, line: Line, faults: list[Finding]) -> Factor | None:
    before = len(faults)
    kind, fuel = _kind(file, line, faults), _fuel(file, line, faults)
    year = whole(file, line, "year", YEARS, faults)
    value = number(file, line, "value", faults)
    if value is None and line.cells["value"].strip() in NO:
        faults.append(Finding(file, line.row, "value", Text("必填", "it is required")))
    if line.cells["source"].strip() in NO:
        says = Text(
            "没有来源;应写明标准号、公告号或检测报告",
            "no source; the number of a standard, notice or test report would be right",
        )
        faults.append(Finding(file, line.row, "source", says))
    _gas(file, line, kind, faults)
    sector = _sector(file, line, faults)
    uncertainty = _uncertainty(file, line, value, faults)
    measured = _measured(file, line, (kind, fuel, value), faults) if kind else None
    if len(faults) > before or year is None or value is None or measured is None or not kind:
        return None
    dimension, times = measured
    cells = {name: line.cells.get(name, "").strip() for name in COLUMNS}
    return Factor(
        kind=kind,
        fuel=fuel,
        gas=cells["gas"],
        region=cells["region"] or "CN",
        year=year,
        value=value * times,
        dimension=dimension,
        published=value,
        unit=cells["unit"],
        uncertainty=uncertainty,
        source=cells["source"],
        version=cells["version"],
        passage=cells["passage"],
        chosen=True,
        note=both(cells["note"] or None),
        sector=sector,
    )


def _kind(file: str, line: Line, faults: list[Finding]) -> str:
    kind = line.cells["kind"].strip()
    if kind in FORMS:
        return kind
    zh = f"没有因子类型“{kind}”;可用:{'、'.join(FORMS)}"
    en = f"no kind of factor '{kind}'; possible: {', '.join(FORMS)}"
    faults.append(Finding(file, line.row, "kind", Text(zh, en)))
    return ""


def _sector(file: str, line: Line, faults: list[Finding]) -> str:
    written = line.cells.get("sector", "").strip()
    found = next((s.sector for s in sectors().values() if written in (s.sector, *s.name)), None)
    if written and found is None:
        zh = f"没有行业“{written}”;可用:{'、'.join(sectors())}"
        en = f"no sector '{written}'; possible: {', '.join(sectors())}"
        faults.append(Finding(file, line.row, "sector", Text(zh, en)))
    return found or ""


def _fuel(file: str, line: Line, faults: list[Finding]) -> str:
    written = line.cells.get("fuel", "").strip()
    if written in fuels() or written == ANY or line.cells["kind"].strip() in WITHOUT_FUEL:
        return written
    found = next((f.fuel for f in fuels().values() if written in (f.name.zh, f.name.en)), None)
    if found is None:
        zh = f"没有燃料“{written}”;可用:{'、'.join(fuels())}"
        en = f"no fuel '{written}'; possible: {', '.join(fuels())}"
        faults.append(Finding(file, line.row, "fuel", Text(zh, en)))
    return found or ""


def _gas(file: str, line: Line, kind: str, faults: list[Finding]) -> None:
    gas = line.cells.get("gas", "").strip()
    if kind in WITH_GAS and not gas:
        says = Text(
            "应写明气体或污染物,如CH4、SO2", "the gas or pollutant is needed, as CH4 or SO2"
        )
        faults.append(Finding(file, line.row, "gas", says))


def _uncertainty(
    file: str, line: Line, value: float | None, faults: list[Finding]
) -> float | None:
    """Half of the 95 % interval over the value, given as such or by the interval's ends."""
    given, low, high = (
        number(file, line, name, faults) for name in ("uncertainty", "low", "high")
    )
    if given is not None and not 0 <= given < 1:
        zh, en = (
            f"不确定度{given:g}应为0..1的比例",
            f"an uncertainty of {given:g}; a share of 0..1 would be right",
        )
        faults.append(Finding(file, line.row, "uncertainty", Text(zh, en)))
    if given is not None or low is None or high is None or not value:
        return given
    if not low <= value <= high:
        zh, en = (
            f"区间{low:g}–{high:g}不含数值{value:g}",
            f"the interval {low:g} to {high:g} is not around {value:g}",
        )
        faults.append(Finding(file, line.row, "low", Text(zh, en)))
    return (high - low) / 2 / value


def _measured(
    file: str, line: Line, of: tuple[str, str, float | None], faults: list[Finding]
) -> tuple[str, float] | None:
    """What a value is per, and what it is to be multiplied by, if unit, fuel and size go together."""
    kind, fuel, value = of
    unit = line.cells["unit"].strip()
    base = factor_in_base(kind, unit)
    if base is None:
        zh = f"单位“{unit}”不适用于{kind};可用:{meant(kind)}"
        en = f"'{unit}' is no unit of {kind}; possible: {meant(kind).replace('、', ', ')}"
        faults.append(Finding(file, line.row, "unit", Text(zh, en)))
        return None
    known = fuels().get(fuel)
    if known and base.dimension and base.dimension not in known.measured:
        per = "、".join(_meant_by(known.measured))
        zh = f"{known.name.zh}按{per}计量,单位“{unit}”不适用"
        en = f"{known.name.en} is measured by {per.replace('、', ', ')}, which '{unit}' does not fit"
        faults.append(Finding(file, line.row, "unit", Text(zh, en)))
        return None
    low, high = BOUNDS[kind, base.dimension]
    if value is not None and not low <= value * base.factor <= high:
        faults.append(_beyond(file, line, (kind, base.dimension, value * base.factor)))
    return base.dimension, base.factor


def _meant_by(measured: Sequence[str]) -> list[str]:
    """Units that a fuel is measured in, by the dimensions that it is measured by."""
    return [BASE[dimension] for dimension in measured]


def _beyond(file: str, line: Line, of: tuple[str, str, float]) -> Finding:
    kind, dimension, value = of
    low, high = BOUNDS[kind, dimension]
    slip = suggested(kind, dimension, value)
    zh = f"折合{value:g},超出{low:g}–{high:g}"
    en = f"it comes to {value:g}, outside {low:g} to {high:g}"
    if slip:
        zh, en = f"{zh},单位可能混淆({slip})", f"{en}; units may be mixed up ({slip})"
    return Finding(file, line.row, "value", Text(zh, en))


def _twice(file: str, found: Sequence[tuple[Line, Factor]]) -> list[Finding]:
    """Rows that give a factor again."""
    first: dict[tuple[object, ...], int] = {}
    faults = []
    for line, factor in found:
        key = (*factor.case, factor.region, factor.year)
        if key in first:
            zh, en = f"与第{first[key]}行是同一因子", f"row {first[key]} gives the same factor"
            faults.append(Finding(file, line.row, "", Text(zh, en)))
        first.setdefault(key, line.row)
    return faults
