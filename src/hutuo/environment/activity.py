"""Activity: what was used of a fuel where, by whom, when and for what; checked, then laid out as a cube."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.environment.quantities import BASE, measure
from hutuo.environment.register import fuels, sector_key, wider
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["USES", "Activity", "Stream", "Use", "cube", "laid_out"]

USES = ("energy", "feedstock")
MOST_CELLS = 200_000_000


class Use(NamedTuple):
    """One row of activity.

    Attributes:
        row: Number of the row, as a person counts it.
        place: Unit or place.
        sector: Id, name or code of GB/T 4754.
        fuel: Id or name.
        year: Calendar year.
        use: energy, or feedstock for what becomes a product.
        quantity: 0 or more; None if something was used, but how much is not known.
        unit: Unit of measure.
        uncertainty: Half of the 95 % interval over the quantity; None if it is not known.
    """

    row: int
    place: str
    sector: str
    fuel: str
    year: int
    use: str
    quantity: float | None
    unit: str
    uncertainty: float | None = None


class Stream(NamedTuple):
    """What has the same factors: a fuel as it is measured and used.

    Attributes:
        fuel: Its id.
        dimension: mass, volume or energy.
        use: energy or feedstock.
    """

    fuel: str
    dimension: str
    use: str


Checked = tuple[Use, Stream, float | None]


class Activity(NamedTuple):
    """Activity as a cube.

    Attributes:
        years: In order.
        places: In the order of what has the same factors, so that each group is one slice.
        sectors: Ids.
        streams: What is used.
        values: (years, places, sectors, streams), in the base units of :mod:`hutuo.environment.quantities`; 0
            where there is no row.
        variances: Squares of half of the values' 95 % intervals, in the same shape; None if no row tells.
        unknown: Where something was used, but how much is not known, (n, 4): year, place, sector, stream.
        surely: Share of the rows that tell how sure they are.
    """

    years: tuple[int, ...]
    places: tuple[str, ...]
    sectors: tuple[str, ...]
    streams: tuple[Stream, ...]
    values: "NDArray[Any]"
    variances: "NDArray[Any] | None" = None
    unknown: tuple[tuple[int, int, int, int], ...] = ()
    surely: float = 0.0


def laid_out(name: str, uses: Sequence[Use]) -> Activity:
    """The cube of rows of activity.

    Args:
        name: Of the file or table, for findings.
        uses: Rows in any order.

    Raises:
        BadInput: There are none; a sector, fuel, use or unit is not known; a unit does not measure the fuel;
            a quantity is negative; or the same activity is entered twice. All findings are told, by row.
    """
    faults: list[Finding] = []
    known = [kept for use in uses if (kept := _checked(name, use, faults)) is not None]
    faults += _twice(name, known)
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        zh, en = f"{name}有{len(faults)}处问题:", f"{name} has {len(faults)} findings:"
        raise BadInput(Text(zh, en), faults)
    if not known:
        raise BadInput(
            Text(f"{name}没有活动水平数据", f"{name} holds no activity"),
            (),
            Text(
                "需要:地点、行业、燃料、年份、用途、数量、单位",
                "needed: place, sector, fuel, year, use, quantity, unit",
            ),
        )
    return cube(known)


def cube(known: Sequence[Checked]) -> Activity:
    """The cube of checked rows: each with its stream and its quantity in the base unit."""
    import numpy as np

    years = sorted({use.year for use, _, _ in known})
    places = sorted({use.place for use, _, _ in known}, key=lambda place: (place[:2], place))
    sectors = sorted({use.sector for use, _, _ in known})
    streams = sorted({stream for _, stream, _ in known})
    shape = (len(years), len(places), len(sectors), len(streams))
    if np.prod(shape, dtype=np.int64) > MOST_CELLS:
        raise BadInput(Text(f"数据过大:{shape}", f"too much at once: {shape}"))
    at = [{key: n for n, key in enumerate(keys)} for keys in (years, places, sectors, streams)]
    cells = [
        (at[0][use.year], at[1][use.place], at[2][use.sector], at[3][stream])
        for use, stream, _ in known
    ]
    values, variances = np.zeros(shape), np.zeros(shape)
    for cell, (use, _, quantity) in zip(cells, known, strict=True):
        values[cell] = quantity or 0.0
        variances[cell] = ((quantity or 0.0) * (use.uncertainty or 0.0)) ** 2
    told = sum(use.uncertainty is not None for use, _, _ in known)
    return Activity(
        tuple(years),
        tuple(places),
        tuple(sectors),
        tuple(streams),
        values,
        variances if told else None,
        tuple(cell for cell, (_, _, q) in zip(cells, known, strict=True) if q is None),
        told / len(known),
    )


def _checked(name: str, use: Use, faults: list[Finding]) -> Checked | None:
    """A row with its sector and fuel by id, its stream and its quantity in the base unit."""
    before = len(faults)

    def fault(column: str, zh: str, en: str) -> None:
        faults.append(Finding(name, use.row, column, Text(zh, en)))

    sector, fuel = sector_key(use.sector), _fuel(use.fuel)
    if sector is None:
        fault(
            "sector",
            f"没有行业“{use.sector}”",
            f"no sector '{use.sector}'; an id, a name or a code of GB/T 4754 would be right",
        )
    if fuel is None:
        fault(
            "fuel",
            f"没有燃料“{use.fuel}”;可用:{'、'.join(fuels())}",
            f"no fuel '{use.fuel}'; possible: {', '.join(fuels())}",
        )
    if use.use not in USES:
        fault(
            "use",
            f"用途“{use.use}”应为energy或feedstock",
            f"use '{use.use}'; energy or feedstock would be right",
        )
    if use.quantity is not None and not use.quantity >= 0:
        fault(
            "quantity",
            f"数量{use.quantity:g}应不小于0",
            f"a quantity of {use.quantity:g}; 0 or more would be right",
        )
    unit = measure(use.unit)
    if unit is None:
        fault(
            "unit",
            f"“{use.unit}”不是能源的计量单位",
            f"'{use.unit}' measures no fuel; tonnes, m3, GJ, kWh or tce would be right",
        )
    elif fuel and unit.dimension not in fuels()[fuel].measured:
        of, can = fuels()[fuel].name, [BASE[d] for d in fuels()[fuel].measured]
        fault(
            "unit",
            f"{of.zh}按{'、'.join(can)}计量,不能用“{use.unit}”",
            f"{of.en} is measured in {', '.join(can)}, not in '{use.unit}'",
        )
    if len(faults) > before or sector is None or fuel is None or unit is None:
        return None
    kept = use._replace(sector=sector, fuel=fuel)
    amount = None if use.quantity is None else use.quantity * unit.factor
    return kept, Stream(fuel, unit.dimension, use.use), amount


def _twice(name: str, known: Iterable[Checked]) -> list[Finding]:
    """Rows that enter an activity again: in another unit, or in a wider sector too."""
    uses = [use for use, _, _ in known]
    first: dict[tuple[object, ...], int] = {}
    for use in uses:
        first.setdefault(_activity(use, use.sector), use.row)
    faults = []
    for use in uses:
        row = first[_activity(use, use.sector)]
        if row != use.row:
            zh = f"与第{row}行是同一活动(地点、行业、燃料、年份、用途都相同)"
            en = f"row {row} enters the same activity: place, sector, fuel, year and use"
            faults.append(Finding(name, use.row, "", Text(zh, en)))
        held = next((key for key in wider(use.sector) if _activity(use, key) in first), None)
        if held:
            row = first[_activity(use, held)]
            zh = f"行业{use.sector}含在{held}之内,第{row}行已计入"
            en = f"sector {use.sector} lies in {held}, of which row {row} tells the same activity"
            faults.append(Finding(name, use.row, "sector", Text(zh, en)))
    return faults


def _activity(use: Use, sector: str) -> tuple[object, ...]:
    return use.place, sector, use.fuel, use.year, use.use


def _fuel(given: str) -> str | None:
    if given in fuels():
        return given
    return next((f.fuel for f in fuels().values() if given in (f.name.zh, f.name.en)), None)
