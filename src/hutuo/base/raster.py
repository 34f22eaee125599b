"""GeoTIFF: sums and means of a raster's cells over the units, as observations that are marked estimates.

A cell that a boundary cuts counts by the share of it that lies inside, so that the sums of units that
cover the raster add up to the sum of its cells.

Source: Baston, D. (2018-), exactextract, <https://github.com/isciences/exactextract>.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.base import apart, numbers
from hutuo.base.grids import LARGEST_FILE, declared, size_of
from hutuo.base.mapping import Figure, Mapping, Quarantined, Read
from hutuo.base.measures import SURE, Indicators
from hutuo.base.periods import Period, refused
from hutuo.base.periods import read as period_of
from hutuo.errors import BadInput, Finding
from hutuo.progress import report
from hutuo.units import UNITS
from hutuo.verbs import Text

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

    from hutuo.base.region import Region

ENDINGS = (".tif", ".tiff")
FORMAT = "geotiff"
LEVELS = ("county", "prefecture", "province", "zone")
MOST_PIXELS = 4_000_000_000
# A block is unpacked whole before a cell of it is read.
MOST_BLOCK = 1 << 26
MOST_READ = 500_000_000
MOST_BANDS = 64
# A block of the largest numbers in three copies; half a thousand million cells of each band.
ROOM = apart.Room(4 << 30, 7_200, ("geopandas", "rasterio", "exactextract.raster"))
IN_MEMORY = 8_000_000
CACHE_MB = 64
AT_ONCE = 50
WHOLE = 1e-6
NO_CRS = Text("没有坐标系;请写入,如EPSG:4326", "has no CRS; write one into it, as EPSG:4326")
TURNED = Text(
    "有旋转或上下颠倒;请重投影为上北下南", "is turned or upside down; warp it so that north is up"
)
COMPLEX = Text("含有复数,不能作为数值", "holds complex numbers, which are no figures")
NO_PERIOD = Text("未写明:数据属于何时?", "is missing: when do the figures hold?")
NO_FIGURES = Text("为空;请指明波段,如“band 1”", "is empty; name a band, as 'band 1'")
METHODS = {
    "sum": "栅格像元按落入区内的面积比例求和 / sum of the raster's cells, each by the share of it inside",
    "mean": "栅格像元按落入区内的面积求平均 / mean of the raster's cells, each by its area inside",
}


def proposal(path: Path, region: "Region") -> Mapping:
    """Its bands as figures; the indicator where a band's description, or the file, is called like one."""
    indicators = Indicators(region.records("indicator"))
    names = [name or path.stem for name in apart.run(path.name, ROOM, descriptions, path)]
    found = [indicators.find(name) for name in names]
    figures = tuple(
        Figure(column=f"band {at + 1}", indicator=one if sure >= SURE else None)
        for at, (one, sure, _) in enumerate(found)
    )
    added = [region.indicators[f.indicator]["aggregation"] for f in figures if f.indicator]
    return Mapping(
        format=FORMAT,
        figures=figures,
        statistics="sum" if added and set(added) == {"sum"} else "mean",
        estimate=True,
        options={"level": "county"},
    )


def frames(path: Path, mapping: Mapping, region: "Region") -> Read:
    """A figure of each unit and band.

    Raises:
        BadInput: The raster is broken, too large or has no CRS, or the mapping does not say enough.
        Cancelled: Whoever listens wants it to stop.
    """
    period = _said(path, mapping, region)
    level = mapping.options.get("level", "county")
    units = boundaries(region, level, period)
    found, held = apart.run(path.name, ROOM, measured, path, mapping, units)
    return _read(found, mapping, region, period, held)


def descriptions(path: Path) -> list[str | None]:
    """What each band is said to be.

    Raises:
        BadInput: The raster is broken or too large.
    """
    with opened(path) as raster:
        return list(raster.descriptions)


def measured(
    path: Path, mapping: Mapping, units: "geopandas.GeoDataFrame"
) -> "tuple[list[pd.DataFrame], list[Quarantined]]":
    """What the bands of a raster come to over units, read in this process.

    Args:
        path: The raster.
        mapping: Names the bands, and what is taken of their cells.
        units: Column ``place`` and geometry, EPSG:4326.

    Returns:
        Of each figure of the mapping what :func:`zonal` gives; units that lie outside.

    Raises:
        BadInput: The raster is broken, too large or has no CRS, or lacks a band.
        Cancelled: Whoever listens wants it to stop.
    """
    with opened(path) as raster:
        bands = [_band(path, figure, raster.count) for figure in mapping.figures]
        drawn = units.to_crs(raster.crs.to_wkt())
        held, drawn = _inside(raster, drawn)
        _readable(path, raster, drawn)
        statistics = mapping.statistics or "mean"
        found = [
            zonal(raster, band, drawn, statistics, (at / len(bands), 1 / len(bands)))
            for at, band in enumerate(bands)
        ]
    return found, held


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The raster, read by the driver for GeoTIFF alone and without files beside it.

    Raises:
        BadInput: It is none, or would not fit.
    """
    import warnings

    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    if size_of(path) > LARGEST_FILE:
        most = f"{LARGEST_FILE:,}"
        says = Text(f"{path.name}太大", f"{path.name} is too large")
        raise BadInput(says, hint=Text(f"最多{most}字节", f"at most {most} bytes"))
    settings = {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_CACHEMAX": CACHE_MB,
        "GDAL_PAM_ENABLED": False,
    }
    with (
        declared(path.name, "GeoTIFF"),
        rasterio.Env(**settings),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        # Rasterio 1.4 multiplies matrices in a way that its own dependency calls old.
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        try:
            with rasterio.open(path, driver="GTiff") as raster:
                _bounded(path, raster)
                yield raster
        except RasterioError as error:
            why = " ".join(str(error).replace(str(path), path.name).split())[:200]
            zh, en = f"{path.name}不是可读的GeoTIFF栅格", f"{path.name} is no readable GeoTIFF"
            raise BadInput(Text(f"{zh}:{why}", f"{en}: {why}")) from error


def boundaries(
    region: "Region", level: str, period: Period | None = None
) -> "geopandas.GeoDataFrame":
    """Boundaries of the units of a level as they were in a period: columns ``place`` and geometry, EPSG:4326.

    Raises:
        BadInput: There are none.
    """
    import geopandas
    import shapely

    view = replace(region, at=period.valid_from) if period else region
    units = [row["unit"] for row in view.current("unit", level=level)]
    rows = view.current("boundary", place=units)
    if not rows:
        zh, en = f"层级为“{level}”的区划没有边界", f"no unit of level '{level}' has a boundary"
        when = (f"{period.valid_from}时", f" on {period.valid_from}") if period else ("", "")
        hint = Text(f"层级有{'、'.join(LEVELS)}", f"levels are {', '.join(LEVELS)}")
        raise BadInput(Text(f"{when[0]}{zh}", f"{en}{when[1]}"), hint=hint)
    shapes = shapely.from_wkb([row["geometry"] for row in rows])
    return geopandas.GeoDataFrame(
        {"place": [row["place"] for row in rows]}, geometry=shapes, crs="EPSG:4326"
    )


def zonal(
    raster: Any,
    band: int,
    units: "geopandas.GeoDataFrame",
    statistics: str,
    progress: tuple[float, float] = (0.0, 1.0),
) -> "pd.DataFrame":
    """What the cells of a band come to over each unit; cells without data count for nothing.

    Args:
        raster: An open raster.
        band: Number of the band, from 1.
        units: Column ``place`` and geometry, in the raster's CRS.
        statistics: ``sum`` or ``mean``; a mean on a raster in degrees is weighted by the cells' areas.
        progress: Share of the work that is done before, and that this is.

    Returns:
        ``place``, ``value`` and ``count``: cells with data inside, by their shares.
    """
    import pandas as pd
    from exactextract import exact_extract
    from exactextract.raster import RasterioRasterSource

    weight = "area_spherical_m2" if raster.crs.is_geographic else "fraction"
    value = "value=sum" if statistics == "sum" else f"value=mean(coverage_weight={weight})"
    parts = []
    for at in range(0, len(units), AT_ONCE):
        before, share = progress
        report(
            0.05 + 0.9 * (before + share * at / len(units)), Text("分区统计", "zonal statistics")
        )
        parts.append(
            exact_extract(
                RasterioRasterSource(raster, band),
                units.iloc[at : at + AT_ONCE],
                [value, "count=count"],
                include_cols=["place"],
                output="pandas",
                max_cells_in_memory=IN_MEMORY,
            )
        )
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return found.reindex(columns=["place", "value", "count"]).astype(
        {"value": "float64", "count": "float64"}
    )


def _bounded(path: Path, raster: Any) -> None:
    """Refuse what would not fit, or cannot be laid over boundaries.

    Raises:
        BadInput: It is so; every reason is told.
    """
    faults = []
    pixels = raster.width * raster.height
    if pixels > MOST_PIXELS:
        zh, en = f"有{pixels:,}个像元,最多{MOST_PIXELS:,}个", f"has {pixels:,} cells; at most"
        faults.append(Text(f"{zh};请裁出本地区", f"{en} {MOST_PIXELS:,}: cut out the region"))
    if (bands := raster.count) > MOST_BANDS:
        zh, en = f"有{bands}个波段,最多{MOST_BANDS}个", f"has {bands} bands; at most {MOST_BANDS}"
        faults.append(Text(zh, en))
    largest = max((high * wide for high, wide in raster.block_shapes), default=0)
    if largest > MOST_BLOCK:
        zh = f"以{largest:,}个像元的块存储,最多{MOST_BLOCK:,}个;请改为分块(tiled)存储"
        en = f"is packed in blocks of {largest:,} cells; at most {MOST_BLOCK:,}: tile it"
        faults.append(Text(zh, en))
    if raster.crs is None:
        faults.append(NO_CRS)
    turned = raster.transform
    if turned.b or turned.d or turned.a <= 0 or turned.e >= 0:
        faults.append(TURNED)
    if any(kind.startswith("complex") for kind in raster.dtypes):
        faults.append(COMPLEX)
    if faults:
        says = Text(f"{path.name}无法读取:", f"{path.name} cannot be read:")
        raise BadInput(says, [Finding(path.name, None, "", one) for one in faults])


def _readable(path: Path, raster: Any, units: "geopandas.GeoDataFrame") -> None:
    """Refuse to read more cells than in reasonable time: the boxes around the units, bands not counted.

    Raises:
        BadInput: There are more.
    """
    wide, high = raster.res
    boxes = units.bounds
    cells = (
        ((boxes["maxx"] - boxes["minx"]) / wide + 1) * ((boxes["maxy"] - boxes["miny"]) / high + 1)
    ).sum()
    if cells > MOST_READ:
        says = Text(
            f"{path.name}在各区划范围内有{cells:,.0f}个像元",
            f"{path.name} has {cells:,.0f} cells over the units",
        )
        most = f"{MOST_READ:,}"
        hint = Text(f"最多{most}个;请用较粗的栅格", f"at most {most}; use a coarser raster")
        raise BadInput(says, hint=hint)


def _said(path: Path, mapping: Mapping, region: "Region") -> Period:
    """The period of the figures.

    Raises:
        BadInput: The mapping lacks it or its indicators, or names what is not known; all is told.
    """
    faults = []
    given = mapping.period.value if mapping.period else None
    period = period_of(given, region.zone) if given else None
    if period is None:
        faults.append(
            Finding(path.name, None, "period.value", refused(given) if given else NO_PERIOD)
        )
    if not mapping.figures:
        faults.append(Finding(path.name, None, "figures", NO_FIGURES))
    faults.extend(
        Finding(path.name, None, f"figures.{figure.column}", wrong)
        for figure in mapping.figures
        if (wrong := _unfit(figure, region))
    )
    if faults or period is None:
        says = Text(f"{path.name}的映射不完整:", f"the mapping of {path.name} is not complete:")
        raise BadInput(says, faults)
    return period


def _unfit(figure: Figure, region: "Region") -> Text | None:
    """Why a figure has no indicator, or its unit does not go into that of its indicator; None if it does."""
    given, known = figure.indicator or "", region.indicators
    if given not in known:
        near = list(known)[:10]
        zh, en = f"“{given}”不是指标;可用", f"'{given}' is no indicator; possible"
        return Text(f"{zh}:{'、'.join(near)}", f"{en}: {', '.join(near)}")
    wanted = str(known[given]["unit"])
    if figure.unit is None or figure.unit == wanted:
        return None
    if figure.unit not in UNITS:
        return Text(f"“{figure.unit}”不是计量单位", f"'{figure.unit}' is no unit of measure")
    if UNITS[figure.unit].dimension == UNITS[wanted].dimension:
        return None
    zh, en = (
        f"“{figure.unit}”不能换算为“{wanted}”",
        f"'{figure.unit}' does not convert to '{wanted}'",
    )
    return Text(zh, en)


def _band(path: Path, figure: Figure, count: int) -> int:
    number = figure.column.removeprefix("band").strip()
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= count:
        wrong = Text(
            f"其中没有波段“{figure.column}”;共{count}个,依次称band 1等",
            f"'{figure.column}' is no band of it; it has {count}, called 'band 1' and so on",
        )
        says = Text(f"{path.name}缺少波段:", f"{path.name} lacks a band:")
        raise BadInput(says, [Finding(path.name, None, figure.column, wrong)])
    return int(number)


def _inside(
    raster: Any, units: "geopandas.GeoDataFrame"
) -> "tuple[list[Quarantined], geopandas.GeoDataFrame]":
    """Units that lie wholly on the raster; a figure of a part would pass for that of the whole."""
    west, south, east, north = raster.bounds
    boxes = units.bounds
    wide, high = (size * WHOLE for size in raster.res)
    inside = (
        (boxes["minx"] >= west - wide)
        & (boxes["maxx"] <= east + wide)
        & (boxes["miny"] >= south - high)
        & (boxes["maxy"] <= north + high)
    )
    reason = Text(
        "区划有一部分在栅格范围之外,不予统计",
        "lies in part outside the raster; it is given no figure",
    )
    held = [
        Quarantined(int(at) + 1, "", reason, str(place))
        for at, place in zip(units.index[~inside], units["place"][~inside], strict=True)
    ]
    return held, units[inside]


def _read(
    found: "list[pd.DataFrame]",
    mapping: Mapping,
    region: "Region",
    period: Period,
    held: list[Quarantined],
) -> Read:
    import numpy as np
    import pandas as pd

    parts, columns = [], []
    reason = Text("区内没有有值的像元", "no cell inside holds a figure")
    for figure, values in zip(mapping.figures, found, strict=True):
        good = np.isfinite(values["value"]) & (values["count"] > 0)
        held += [
            Quarantined(int(at) + 1, figure.column, reason, str(place))
            for at, place in zip(values.index[~good], values["place"][~good], strict=True)
        ]
        wanted = str(region.indicators[str(figure.indicator)]["unit"])
        given, target = UNITS[figure.unit or wanted], UNITS[wanted]
        rows = values[good].assign(indicator=figure.indicator, unit=wanted)
        scaled = rows["value"].to_numpy() * given.factor / target.factor
        rows["value"] = numbers.tidy(scaled)
        parts.append(rows)
        columns += [figure.column] * len(rows)
    whole = pd.concat(parts)
    lines = pd.Series(whole.index.to_numpy() + 1)
    frame = whole.drop(columns="count").reset_index(drop=True)
    frame = frame.assign(
        valid_from=period.valid_from.isoformat(),
        estimate=True,
        method=mapping.method or METHODS[mapping.statistics or "mean"],
    )
    if period.valid_to is not None:
        frame["valid_to"] = period.valid_to.isoformat()
    return Read(
        {"observation": frame},
        {"observation": lines},
        held,
        [],
        {"observation": pd.Series(columns, dtype="str")},
    )
