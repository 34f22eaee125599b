"""Drawings of a report: maps of the area, bars of its members, and the course of each target."""

from typing import TYPE_CHECKING, Any

from hutuo.base.figures import Values, unit_name, values
from hutuo.base.geography import Units, units
from hutuo.glossary import label
from hutuo.plan import lineage
from hutuo.plan.material import shown_indicators
from hutuo.report import charts
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.plan.evaluate import Assessment
    from hutuo.plan.material import Material

ROLE_COLORS = {"whole": "#9ecae1", "part": "#fdd0a2", "excluded": "#e3e3e3"}
# A report is read by people; beyond so many charts a table says more.
MOST_COURSES = 40


def courses(told: "Material") -> list[tuple[str, str]]:
    """For each target with a figure: what was observed, what is due, and what is forecast."""
    rows = [row for row in told.targets if row.trail][:MOST_COURSES]
    return [_course(told, row) for row in rows]


def _course(told: "Material", row: "Assessment") -> tuple[str, str]:
    year = row.trajectory.points[-1].year if row.trajectory.points else row.year
    drawn = charts.Course(
        seen=[(point.year, point.value) for point in row.trail],
        due=[(point.year, point.value) for point in row.trajectory.points],
        ahead=[(p.year, p.value, p.low, p.high) for p in row.forecast.points],
        target=(year, row.value),
    )
    names = told.head("observed_series", "trajectory", "target", "forecast_band")
    title = row.title.say(told.lang)
    note = lineage.of_year(told, row, *dict.fromkeys(point.year for point in row.trail))
    return f"{title} [{note}]", charts.course(drawn, names, title, row.unit_name.say(told.lang))


def maps(told: "Material") -> list[tuple[str, str]]:
    """The area, its figures as a map, and as bars: caption and drawing of each that is not empty."""
    made = (_area_map(told), _value_map(told), _bars(told))
    return [(caption, drawn) for caption, drawn in made if drawn]


def _area_map(told: "Material") -> tuple[str, str]:
    """Which units are in, in part, or named as left out."""
    lang = told.lang
    found = units(told.region, Units(tolerance=0.003))
    shapes = [
        charts.Shape(
            unit.geometry,
            ROLE_COLORS[unit.properties.role],
            unit.properties.name.say(lang),
            _label_point(unit.properties),
            f"{unit.properties.name.say(lang)} {label(f'role:{unit.properties.role}').say(lang)}",
        )
        for unit in found.features
        if unit.geometry and unit.properties.role != "outside"
    ]
    legend = [(color, label(f"role:{role}").say(lang)) for role, color in ROLE_COLORS.items()]
    caption = told.say("地区范围", "Area")
    return caption, charts.choropleth(shapes, legend, caption)


def _value_map(told: "Material") -> tuple[str, str]:
    """The first core indicator by unit, in the classes of the web map."""
    region, lang = told.region, told.lang
    shown = shown_indicators(region)
    if not shown:
        return "", ""
    answer = values(region, Values(indicator=shown[0], set=region.info.set))
    drawn = {
        unit.id: unit
        for unit in units(region, Units(set=region.info.set, tolerance=0.003)).features
    }
    of = {row.place: row for row in answer.values}
    measure = answer.unit_name.say(lang)
    shapes = []
    for code, unit in drawn.items():
        row, name = of.get(code), unit.properties.name.say(lang)
        color = answer.classes[row.cls].color if row else answer.no_data_color
        text = (
            f"{name} {row.value:,.6g} {measure}"
            if row
            else f"{name} {told.say('无数据', 'no data')}"
        )
        if unit.geometry:
            shapes.append(
                charts.Shape(unit.geometry, color, name, _label_point(unit.properties), text)
            )
    legend = [(step.color, f"{step.label} {measure}") for step in answer.classes]
    legend.append((answer.no_data_color, told.say("无数据", "no data")))
    caption = f"{answer.name.say(lang)}({measure}),{answer.year or ''}"
    return caption, charts.choropleth(shapes, legend, caption)


def _bars(told: "Material") -> tuple[str, str]:
    """Figures of the first core indicator by member and year."""
    names = shown_indicators(told.region)
    if not names:
        return "", ""
    series = told.series[names[0]]
    years = sorted({seen.valid_from.year for rows in series.values() for seen in rows})
    rows = []
    for unit, seen in series.items():
        of = {row.valid_from.year: row.value for row in reversed(seen)}
        name = told.region.name_of(unit).say(told.lang)
        rows.append(charts.Bar(name, [of.get(year) for year in years]))
    about = told.region.indicators[names[0]]
    what, measure = Text(about["zh"], about["en"]), unit_name(about["unit"])
    heads = [f"{what.say(told.lang)}({measure.say(told.lang)}) {year}" for year in years]
    caption = told.say("成员各期数值", "Members by year")
    return caption, charts.bars(rows, heads, caption)


def _label_point(properties: Any) -> tuple[float, float] | None:
    if properties.label_lon is None or properties.label_lat is None:
        return None
    return properties.label_lon, properties.label_lat
