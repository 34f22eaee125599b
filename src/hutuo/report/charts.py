"""Maps and charts as SVG: no fonts or scripts of their own, the same bytes for the same input."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, cos, floor, log10, radians
from typing import Any, NamedTuple

INK, PAPER, GRID = "#1f2d3a", "#ffffff", "#c9d2da"
# Below it a fourth of a number is no number any more.
TINY = 1e-300
SERIES = ("#9ecae1", "#4292c6", "#084594", "#fd8d3c")
FONT = (
    "font-family=\"'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif\""
)


class Shape(NamedTuple):
    """One unit on a map: GeoJSON geometry, colour, name and where the name stands."""

    geometry: Mapping[str, Any]
    color: str
    name: str
    label: tuple[float, float] | None
    title: str


class Bar(NamedTuple):
    """One row of a bar chart: a name and a value for each series, None where there is none."""

    name: str
    values: Sequence[float | None]


class Course(NamedTuple):
    """What leads to a target: (year, value) each.

    Attributes:
        seen: Figures that were observed.
        due: Path, what is due each year.
        ahead: Forecast: year, value, low, high.
        target: Value of the target, and its year; None where it has none.
    """

    seen: Sequence[tuple[int, float]]
    due: Sequence[tuple[int, float]]
    ahead: Sequence[tuple[int, float, float, float]]
    target: tuple[int | None, float]


def choropleth(
    shapes: Sequence[Shape], legend: Sequence[tuple[str, str]], title: str, width: int = 860
) -> str:
    """A map of coloured units with a legend, on a plate carrée true at its middle latitude.

    Args:
        shapes: Units to draw.
        legend: Colour and text of each entry.
        title: What the map shows, for readers of the page and of its text.
        width: Width in pixels.
    """
    points = [point for shape in shapes for ring in _rings(shape.geometry) for point in ring]
    if not points:
        return ""
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))
    scale = (width - 20) / ((east - west) * squeeze)
    height = round((north - south) * scale) + 20

    def place(lon: float, lat: float) -> tuple[float, float]:
        return round(10 + (lon - west) * squeeze * scale, 1), round(10 + (north - lat) * scale, 1)

    drawn = [_path(shape, place) for shape in shapes]
    names = [_name(shape, place) for shape in shapes if shape.label]
    return _svg(
        width, height + 26 * len(legend), title, [*drawn, *names, *_legend(legend, height)]
    )


def bars(rows: Sequence[Bar], series: Sequence[str], title: str, width: int = 860) -> str:
    """Horizontal bars, one group a row and one bar a series, from zero."""
    most = max((v for row in rows for v in row.values if v is not None), default=0.0)
    if not most:
        return ""
    thick, gap, left = 9, 8, 190
    step = thick * len(series) + gap
    parts = []
    for number, row in enumerate(rows):
        top = 30 + number * step
        parts.append(_text(left - 8, top + step / 2, row.name, anchor="end"))
        for index, value in enumerate(row.values):
            if value is None:
                continue
            long = round((width - left - 110) * value / most, 1)
            y = top + index * thick
            parts.append(
                f'<rect x="{left}" y="{y}" width="{long}" height="{thick - 1}" fill="{SERIES[index]}"/>'
            )
            parts.append(_text(left + long + 4, y + thick - 1, f"{value:,.0f}", size=9))
    height = 40 + len(rows) * step
    entries = list(zip(SERIES, series, strict=False))
    return _svg(width, height + 26 * len(entries), title, [*parts, *_legend(entries, height)])


def course(told: Course, names: Sequence[str], title: str, unit: str, width: int = 560) -> str:
    """Figures, path, target and forecast over the years.

    Args:
        told: What to draw.
        names: What figures, path, target and forecast are called, in this order.
        title: What the chart shows.
        unit: What the value axis is called.
        width: Width in pixels.
    """
    years = [p[0] for p in (*told.seen, *told.due)] + [p[0] for p in told.ahead]
    values = [told.target[1], *(p[1] for p in (*told.seen, *told.due))]
    values += [end for p in told.ahead for end in p[1:]]
    if not years:
        return ""
    steps = _ticks(min(values), max(values))
    first, last = min(years), max(*years, told.target[0] or min(years))
    left, top, bottom, height = 64, 26, 24, 250
    span = max(last - first, 1)

    def place(year: float, value: float) -> tuple[float, float]:
        across = left + (year - first) * (width - left - 24) / span
        up = (value - steps[0]) / (steps[-1] - steps[0])
        return round(across, 1), round(top + (1 - up) * (height - top - bottom), 1)

    parts = [_text(left - 8, 14, unit, anchor="end", size=10)]
    for value in steps:
        y = place(first, value)[1]
        parts.append(f'<path d="M{left},{y}H{width - 24}" stroke="{GRID}" stroke-width="0.8"/>')
        parts.append(_text(left - 6, y + 4, f"{value:,.10g}", anchor="end", size=10))
    parts += [
        _text(place(year, 0)[0], height - 6, str(year), anchor="middle", size=10)
        for year in range(first, last + 1, max(1, -(-span // 9)))
    ]
    parts += _lines(told, place)
    shown = (told.seen, told.due, [told.target], told.ahead)
    colors = (SERIES[2], SERIES[1], SERIES[3], SERIES[0])
    entries = [e for e, has in zip(zip(colors, names, strict=True), shown, strict=True) if has]
    return _svg(width, height + 26 * len(entries), title, [*parts, *_legend(entries, height)])


def _lines(told: Course, place: Any) -> list[str]:
    """The band below, then path, forecast and figures, the target on top."""
    parts = []
    seen, due, ahead = told.seen, told.due, told.ahead
    if ahead:
        start = [seen[-1]] if seen else []
        upper = [*start, *((p[0], p[3]) for p in ahead)]
        lower = [*start, *((p[0], p[2]) for p in ahead)]
        ring = [place(*p) for p in (*upper, *reversed(lower))]
        parts.append(f'<path d="{_way(ring)}Z" fill="{SERIES[0]}" fill-opacity="0.5"/>')
        middle = [place(*p) for p in (*start, *((p[0], p[1]) for p in ahead))]
        parts.append(_stroke(middle, SERIES[2], "2 3"))
    if due:
        parts.append(_stroke([place(*p) for p in due], SERIES[1], "7 4"))
    if seen:
        points = [place(*p) for p in seen]
        parts.append(_stroke(points, SERIES[2]))
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{SERIES[2]}"/>' for x, y in points]
    year, value = told.target
    if year is not None:
        x, y = place(year, value)
        parts.append(
            f'<path d="M{x},{y - 6}L{x + 6},{y}L{x},{y + 6}L{x - 6},{y}Z" fill="{SERIES[3]}"'
            f' stroke="{INK}" stroke-width="0.8"/>'
        )
    return parts


def _way(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def _stroke(points: Sequence[tuple[float, float]], color: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{_way(points)}" fill="none" stroke="{color}" stroke-width="1.8"{dashed}/>'


def _ticks(low: float, high: float) -> list[float]:
    """Round values that hold the least and the most, four to eight of them."""
    room = next((one for one in (high - low, abs(high)) if one > TINY), 1.0)
    size = 10.0 ** floor(log10(room / 4))
    step = next(size * n for n in (1, 2, 5, 10) if room / (size * n) <= 6)  # noqa: PLR2004 - at most six steps
    first, last = floor(low / step), ceil(high / step)
    return [n * step for n in range(first, max(last, first + 1) + 1)]


def _rings(geometry: Mapping[str, Any]) -> list[list[tuple[float, float]]]:
    if geometry["type"] == "Polygon":
        return list(geometry["coordinates"])
    return [ring for polygon in geometry["coordinates"] for ring in polygon]


def _path(shape: Shape, place: Any) -> str:
    lines = []
    for ring in _rings(shape.geometry):
        points = " ".join("{:g},{:g}".format(*place(lon, lat)) for lon, lat, *_ in ring)
        lines.append(f"M{points}Z")
    return (
        f'<path d="{"".join(lines)}" fill="{shape.color}" stroke="{INK}" stroke-width="0.6"'
        f' fill-rule="evenodd"><title>{escape(shape.title)}</title></path>'
    )


def _name(shape: Shape, place: Any) -> str:
    x, y = place(*shape.label) if shape.label else (0, 0)
    halo = f'paint-order="stroke" stroke="{PAPER}" stroke-width="3"'
    return _text(x, y, shape.name, anchor="middle", size=10, more=halo)


def _legend(entries: Sequence[tuple[str, str]], top: float) -> list[str]:
    parts = []
    for number, (color, text) in enumerate(entries):
        y = top + 8 + 26 * number
        parts.append(
            f'<rect x="10" y="{y}" width="26" height="16" fill="{color}" stroke="{INK}" stroke-width="0.6"/>'
        )
        parts.append(_text(44, y + 13, text))
    return parts


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, more: str = ""
) -> str:
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" fill="{INK}"'
    return f"<text {place} {more}>{escape(text)}</text>"


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} {FONT}><title>{escape(title)}</title>'
    return head + "".join(parts) + "</svg>"
