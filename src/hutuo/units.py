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
        Unit("household", "households", 1, "户", "households"),
        Unit("room", "rooms", 1, "间", "rooms"),
        Unit("year", "time in years", 1, "年", "years"),
        Unit("minute", "time", 1, "分钟", "min"),
        Unit("m2", "area", 1, "平方米", "m²"),
        Unit("km2", "area", 1e6, "平方公里", "km²"),
        Unit("万平方千米", "area", 1e10, "万平方千米", "10,000 km²"),
        # 1 亩 is 1/15 hectare exactly (GB 3100 leaves it outside SI; statute since 1959).
        Unit("万亩", "area", 1e4 * 10000 / 15, "万亩", "10,000 mu"),
        Unit("km", "length", 1, "公里", "km"),
        Unit("元", "money", 1, "元", "yuan"),
        Unit("亿元", "money", 1e8, "亿元", "yi yuan (100 M)"),
        Unit("count", "count", 1, "个", "count"),
        Unit("%", "share", 0.01, "%", "%"),
        Unit("ratio", "share", 1, "比值", "ratio"),
        Unit("times", "share", 1, "倍", "times"),
        Unit("亿立方米", "volume", 1, "亿立方米", "yi m³ (100 M)"),
        Unit("万吨", "mass", 1, "万吨", "10,000 t"),
        Unit("万重量箱", "glass", 1, "万重量箱", "10,000 weight cases"),
        Unit("per_day", "frequency", 1, "列/日", "trains a day"),
        Unit("person_per_km2", "density", 1, "人/平方公里", "persons per km²"),
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
        message = f"'{given}' measures {source.dimension}, '{wanted}' measures {target.dimension}"
        raise BadAsk(message, "give both figures in units of one dimension")
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
