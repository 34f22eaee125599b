"""Units of measure: what they are called and how they convert.

Values keep the unit of their source (亿元, 万亩); conversion is asked for, never silent.
"""

from typing import NamedTuple

from hutuo.errors import BadAsk, one_of


class Unit(NamedTuple):
    """A unit of measure: its factor to the first unit of its dimension."""

    symbol: str
    dimension: str
    factor: float
    zh: str
    en: str


UNITS = {
    unit.symbol: unit
    for unit in (
        Unit("person", "people", 1, "人", "persons"),
        Unit("万人", "people", 1e4, "万人", "10,000 persons"),
        Unit("亿人", "people", 1e8, "亿人", "yi persons (100 M)"),
        Unit("household", "households", 1, "户", "households"),
        Unit("万户", "households", 1e4, "万户", "10,000 households"),
        Unit("room", "rooms", 1, "间", "rooms"),
        Unit("year", "time in years", 1, "年", "years"),
        Unit("minute", "time", 1, "分钟", "min"),
        Unit("hour", "time", 60, "小时", "h"),
        Unit("m2", "area", 1, "平方米", "m²"),
        Unit("km2", "area", 1e6, "平方公里", "km²"),
        Unit("万平方千米", "area", 1e10, "万平方千米", "10,000 km²"),
        # 1 亩 is 1/15 hectare exactly (GB 3100 leaves it outside SI; statute since 1959).
        Unit("万亩", "area", 1e4 * 10000 / 15, "万亩", "10,000 mu"),
        Unit("亩", "area", 10000 / 15, "亩", "mu"),
        Unit("公顷", "area", 1e4, "公顷", "hectares"),
        Unit("万公顷", "area", 1e8, "万公顷", "10,000 hectares"),
        Unit("千公顷", "area", 1e7, "千公顷", "1,000 hectares"),
        Unit("km", "length", 1, "公里", "km"),
        Unit("m", "length", 1e-3, "米", "m"),
        Unit("万公里", "length", 1e4, "万公里", "10,000 km"),
        Unit("元", "money", 1, "元", "yuan"),
        Unit("fen", "money", 0.01, "分", "fen"),
        Unit("万元", "money", 1e4, "万元", "10,000 yuan"),
        Unit("百万元", "money", 1e6, "百万元", "M yuan"),
        Unit("千元", "money", 1e3, "千元", "1,000 yuan"),
        Unit("亿元", "money", 1e8, "亿元", "yi yuan (100 M)"),
        Unit("万亿元", "money", 1e12, "万亿元", "wanyi yuan (10^12)"),
        Unit("count", "count", 1, "个", "count"),
        Unit("%", "share", 0.01, "%", "%"),
        Unit("‰", "share", 0.001, "‰", "per mille"),
        Unit("ratio", "share", 1, "比值", "ratio"),
        Unit("times", "share", 1, "倍", "times"),
        Unit("亿立方米", "volume", 1, "亿立方米", "yi m³ (100 M)"),
        Unit("万立方米", "volume", 1e-4, "万立方米", "10,000 m³"),
        Unit("立方米", "volume", 1e-8, "立方米", "m³"),
        Unit("万吨", "mass", 1, "万吨", "10,000 t"),
        Unit("吨", "mass", 1e-4, "吨", "t"),
        Unit("千克", "mass", 1e-7, "千克", "kg"),
        Unit("亿吨", "mass", 1e4, "亿吨", "yi t (100 M)"),
        # Energy in GJ. GB/T 2589-2020: 1 kgce is 29.3076 MJ (7,000 kcal); electricity at its calorific
        # value, 3.6 MJ a kWh.
        Unit("GJ", "energy", 1, "吉焦", "GJ"),
        Unit("MJ", "energy", 1e-3, "兆焦", "MJ"),
        Unit("TJ", "energy", 1e3, "太焦", "TJ"),
        Unit("tce", "energy", 29.3076, "吨标准煤", "tce"),
        Unit("万吨标准煤", "energy", 29.3076e4, "万吨标准煤", "10,000 tce"),
        Unit("kWh", "energy", 3.6e-3, "千瓦时", "kWh"),
        Unit("MWh", "energy", 3.6, "兆瓦时", "MWh"),
        Unit("万千瓦时", "energy", 36, "万千瓦时", "10,000 kWh"),
        Unit("亿千瓦时", "energy", 3.6e5, "亿千瓦时", "yi kWh (100 M)"),
        Unit("万重量箱", "glass", 1, "万重量箱", "10,000 weight cases"),
        Unit("per_day", "frequency", 1, "列/日", "trains a day"),
        Unit("person_per_km2", "density", 1, "人/平方公里", "persons per km²"),
        # What sensors read.
        Unit("degC", "temperature", 1, "摄氏度", "°C"),
        Unit("ug/m3", "concentration", 1, "微克/立方米", "µg/m³"),
        Unit("mg/m3", "concentration", 1e3, "毫克/立方米", "mg/m³"),
        Unit("mg/L", "concentration", 1e6, "毫克/升", "mg/L"),
        Unit("m3/s", "discharge", 1, "立方米/秒", "m³/s"),
        Unit("mm", "length", 1e-6, "毫米", "mm"),
        Unit("m/s", "speed", 1, "米/秒", "m/s"),
        Unit("km/h", "speed", 1 / 3.6, "公里/小时", "km/h"),
        Unit("hPa", "pressure", 1, "百帕", "hPa"),
        Unit("kPa", "pressure", 10, "千帕", "kPa"),
        Unit("W/m2", "irradiance", 1, "瓦/平方米", "W/m²"),
        Unit("kW", "power", 1, "千瓦", "kW"),
        Unit("MW", "power", 1e3, "兆瓦", "MW"),
        # What a surface gets in a year.
        Unit("kWh/m2", "irradiation", 1, "千瓦时/平方米", "kWh/m²"),
        Unit("V", "voltage", 1, "伏", "V"),
        Unit("A", "current", 1, "安", "A"),
        Unit("dB", "sound", 1, "分贝", "dB"),
        Unit("pH", "acidity", 1, "pH", "pH"),
        Unit("uS/cm", "conductivity", 1, "微西/厘米", "µS/cm"),
        Unit("NTU", "turbidity", 1, "NTU", "NTU"),
    )
}


def convert(value: float, given: str, wanted: str) -> float:
    """The value in another unit of the same dimension.

    Args:
        value: Any number, in unit ``given``.
        given: Symbol of the unit it is in.
        wanted: Symbol of the unit to give it in.

    Raises:
        NotFound: One of the symbols is unknown.
        BadAsk: The two measure different things.
    """
    source, target = unit(given), unit(wanted)
    if source.dimension != target.dimension:
        zh = f"计量单位“{given}”与“{wanted}”不同类,不能换算"
        en = f"'{given}' measures {source.dimension}, '{wanted}' measures {target.dimension}"
        hint = "请用同一类的计量单位", "give both figures in units of one dimension"
        raise BadAsk((zh, en), hint)
    return value if given == wanted else value * source.factor / target.factor


def unit(symbol: str) -> Unit:
    """The unit of that symbol.

    Raises:
        NotFound: No unit has that symbol.
    """
    if symbol not in UNITS:
        raise one_of(symbol, "unit of measure", list(UNITS))
    return UNITS[symbol]


def shown(value: float) -> str:
    """A figure as people read it: thousands apart, four figures kept, whole numbers without a point."""
    if value == round(value) or abs(value) >= 100_000:  # noqa: PLR2004 - six digits carry no decimals
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:,.4g}"  # noqa: PLR2004 - four figures
