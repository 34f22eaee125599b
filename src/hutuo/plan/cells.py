"""Cells of a report's table of targets: what is read in each column, and the notes that it carries."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hutuo.glossary import label
from hutuo.plan import lineage
from hutuo.plan.evaluate import SIGNS
from hutuo.report.content import Cell
from hutuo.units import shown

if TYPE_CHECKING:
    from hutuo.plan.evaluate import Assessment
    from hutuo.plan.material import Material

Column = Callable[["Material", "Assessment"], Any]


def _title(told: "Material", row: "Assessment") -> Any:
    return row.title.say(told.lang)


def _clause(_told: "Material", row: "Assessment") -> Any:
    return Cell(row.clause, "short")


def _asked(told: "Material", row: "Assessment") -> Any:
    words = f"{SIGNS[row.operator]} {shown(row.value)} {row.unit_name.say(told.lang)}"
    return Cell(words, notes=(lineage.of_target(told, row),))


def _year(told: "Material", row: "Assessment") -> Any:
    how = label(f"year_from:{row.year_from}").say(told.lang)
    return f"{row.year} ({how})" if row.year else how


def _stance(_told: "Material", row: "Assessment") -> Any:
    return row.stance


def _status(told: "Material", row: "Assessment") -> Any:
    return Cell(row.status_name.say(told.lang), f"short {row.status}")


def _observed(told: "Material", row: "Assessment") -> Any:
    seen = row.observed
    if seen is None:
        return None
    words = f"{shown(seen.value)} {seen.unit_name.say(told.lang)}, {seen.valid_from}"
    return Cell(words, notes=(lineage.of_year(told, row, seen.valid_from.year),))


def _distance(told: "Material", row: "Assessment") -> Any:
    if row.distance is None:
        return None
    last = row.trail[-1].value
    met = told.say("已满足,故为 0", "satisfied, so 0")
    formula = f"|{shown(row.value)} − {shown(last)}|" if row.distance else met
    note = lineage.derived(told, row, "distance", formula, _both(told, row))
    return Cell(row.distance, notes=(note,))


def _both(told: "Material", row: "Assessment") -> list[int]:
    """Notes of the target's value and of the last figure."""
    return [lineage.of_target(told, row), lineage.of_year(told, row, row.trail[-1].year)]


def path_inputs(told: "Material", row: "Assessment") -> list[int]:
    """Notes of the target's value, of the base figure, and of the last one."""
    base = row.trajectory.base_figure
    years = dict.fromkeys([*([base.year] if base else []), row.trail[-1].year])
    return [lineage.of_target(told, row), *(lineage.of_year(told, row, year) for year in years)]


def _needed(told: "Material", row: "Assessment") -> Any:
    if row.needed_growth is None:
        return None
    last = row.trail[-1]
    years = (row.year or told.plan["horizon_to"]) - last.year
    formula = lineage.growth_formula(last.value, row.value, years)
    note = lineage.derived(told, row, "needed_growth", formula, _both(told, row))
    return Cell(f"{row.needed_growth:.1%}", notes=(note,))


def _seen_growth(told: "Material", row: "Assessment") -> Any:
    if row.seen_growth is None:
        return None
    first, last = row.trail[0], row.trail[-1]
    formula = lineage.growth_formula(first.value, last.value, last.year - first.year)
    inputs = [lineage.of_year(told, row, first.year), lineage.of_year(told, row, last.year)]
    note = lineage.derived(told, row, "seen_growth", formula, inputs)
    return Cell(f"{row.seen_growth:.1%}", notes=(note,))


def _on_year(told: "Material", row: "Assessment") -> Any:
    """Change against the year before, where both years have a figure."""
    of = {point.year: point.value for point in row.trail}
    now, before = of.get(told.year), of.get(told.year - 1)
    if now is None or not before:
        return None
    formula = f"{shown(now)} ÷ {shown(before)} − 1"
    inputs = [lineage.of_year(told, row, year) for year in (told.year, told.year - 1)]
    note = lineage.derived(told, row, "on_year", formula, inputs)
    return Cell(f"{now / before - 1:+.1%}", notes=(note,))


def _base(told: "Material", row: "Assessment") -> Any:
    base = row.trajectory.base_figure
    if base is None:
        return None
    words = f"{shown(base.value)} ({base.year})"
    return Cell(words, notes=(lineage.of_year(told, row, base.year),))


def _due(told: "Material", row: "Assessment") -> Any:
    """Value due in the report's year."""
    due = {point.year: point.value for point in row.trajectory.points}.get(told.year)
    if due is None:
        return None
    formula = lineage.due_formula(told, row, told.year)
    note = lineage.derived(told, row, "due_value", formula, path_inputs(told, row))
    return Cell(due, notes=(note,))


def _lead(told: "Material", row: "Assessment") -> Any:
    way = row.trajectory
    if way.ahead_by is None or way.due_value is None:
        return None
    formula = told.say(
        f"最新年度数值与应达值{shown(way.due_value)}之差,正为领先",
        f"last yearly figure against {shown(way.due_value)} that was due; positive: ahead",
    )
    note = lineage.derived(told, row, "ahead_by", formula, path_inputs(told, row))
    return Cell(way.ahead_by, "ahead" if way.on_path else "behind", (note,))


def _forecast(told: "Material", row: "Assessment") -> Any:
    ahead = row.forecast
    if not ahead.points:
        return ahead.reason.say(told.lang) if ahead.reason else None
    end = ahead.points[-1]
    words = f"{shown(end.value)} [{shown(end.low)}, {shown(end.high)}]"
    method = ahead.method.say(told.lang) if ahead.method else ""
    interval = told.say(
        f"{method};80%区间:最新值 + h·d ± t·s·√(h + h²/L)",
        f"{method}; 80 % interval: last + h·d ± t·s·√(h + h²/L)",
    )
    inputs = [lineage.of_year(told, row, *dict.fromkeys(p.year for p in row.trail))]
    return Cell(words, notes=(lineage.derived(told, row, "forecast", interval, inputs),))


def _verdict(told: "Material", row: "Assessment") -> Any:
    return row.forecast.says.say(told.lang) if row.forecast.says else None


def _settled_by(told: "Material", row: "Assessment") -> Any:
    return row.settled_by.say(told.lang) if row.settled_by else None


COLUMNS: Mapping[str, Column] = {
    "target": _title,
    "clause": _clause,
    "asked": _asked,
    "year": _year,
    "stance": _stance,
    "status": _status,
    "observed": _observed,
    "distance": _distance,
    "needed_growth": _needed,
    "seen_growth": _seen_growth,
    "on_year": _on_year,
    "base_figure": _base,
    "due_value": _due,
    "ahead_by": _lead,
    "forecast": _forecast,
    "verdict": _verdict,
    "settled_by": _settled_by,
}
