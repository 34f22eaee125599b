"""Chapters of the reports: which kind of report tells what, as sections free of any format."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hutuo.base.figures import unit_name
from hutuo.glossary import label
from hutuo.plan import lineage
from hutuo.plan.cells import COLUMNS, path_inputs
from hutuo.plan.drawings import courses, maps
from hutuo.plan.status import Status
from hutuo.report.content import Cell, Section, Table
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.plan.evaluate import Assessment
    from hutuo.plan.material import Material

Chapter = Callable[["Material"], list[Section]]
# Columns of the table of targets in each kind of report.
READ = {
    "evaluation": ("target", "clause", "asked", "year", "stance", "status", "observed", "distance",
                   "needed_growth", "settled_by"),
    "yearly": ("target", "clause", "asked", "year", "status", "observed", "on_year", "due_value", "ahead_by",
               "settled_by"),
    "midterm": ("target", "clause", "asked", "year", "base_figure", "observed", "due_value", "ahead_by",
                "needed_growth", "forecast", "verdict"),
    "final": ("target", "clause", "asked", "year", "base_figure", "observed", "status", "distance",
              "seen_growth", "settled_by"),
}  # fmt: skip
MISFIT = "misfit"
DATA = (
    "title", "clause", "operator", "value", "unit_name", "year", "year_from", "stance", "geography",
    "status", "observed", "valid_from", "source", "recorded_at", "distance", "needed_growth", "seen_growth",
    "base_figure", "due_value", "ahead_by", "on_path", "forecast", "low", "high", "verdict", "settled_by",
    "lineage",
)  # fmt: skip


def sections(told: "Material") -> list[Section]:
    """The sections of a report of its kind; the last one holds the notes of all others."""
    found = [section for chapter in CHAPTERS[told.kind] for section in chapter(told)]
    words = told.say(
        "表中方括号内的数字即此处的编号;每个数字由库中的行重新算得。",
        "numbers in brackets point here; every figure is computed anew from stored rows.",
    )
    title = told.say("数字的来历", "Lineage of the figures")
    return [*found, Section(title, words, table=lineage.table(told))]


def _targets(told: "Material") -> list[Section]:
    heads = told.head(*READ[told.kind])
    rows = [[COLUMNS[name](told, row) for name in READ[told.kind]] for row in told.targets]
    data = Table(told.head(*DATA), [_data(told, row) for row in told.targets])
    title = told.say("目标评估", "Targets")
    return [Section(title, _words(told), table=Table(heads, rows), data=data)]


def _words(told: "Material") -> str:
    """Where the plan stands, in some sentences."""
    count = Counter(row.status for row in told.targets)
    parts = [
        f"{label(f'status:{status.value}').say(told.lang)} {count[status.value]}"
        for status in Status
        if count[status.value]
    ]
    total = len(told.targets)
    says = [
        told.say(
            f"共 {total} 项目标:{'、'.join(parts)}。", f"{total} targets: {', '.join(parts)}."
        )
    ]
    held = [row.trajectory.on_path for row in told.targets if row.trajectory.on_path is not None]
    if held:
        on, behind = sum(held), len(held) - sum(held)
        against = f"Against their paths: {on} on them, {behind} behind."
        says.append(told.say(f"与路径相比:达到 {on},落后 {behind}。", against))
    told_of = Counter(row.forecast.verdict for row in told.targets if row.forecast.verdict)
    if told_of:
        each = [
            f"{label(f'interval:{how}').say(told.lang)} {n}" for how, n in sorted(told_of.items())
        ]
        says.append(
            told.say(
                f"按80%预测区间:{'、'.join(each)}。", f"By 80 % intervals: {', '.join(each)}."
            )
        )
    return ("" if told.lang == "zh" else " ").join(says)


def _data(told: "Material", row: "Assessment") -> list[Any]:
    """Every column as a number or a word of its own, for a workbook."""
    lang, seen, way = told.lang, row.observed, row.trajectory
    end = row.forecast.points[-1] if row.forecast.points else None
    due = {point.year: point.value for point in way.points}.get(told.year)
    notes = [COLUMNS[name](told, row) for name in READ[told.kind]]
    numbers = sorted({n for cell in notes if isinstance(cell, Cell) for n in cell.notes})
    return [
        row.title.say(lang),
        Cell(row.clause, "short"),
        row.operator,
        row.value,
        row.unit_name.say(lang),
        str(row.year or "–"),
        label(f"year_from:{row.year_from}").say(lang),
        row.stance,
        row.geography_name.say(lang),
        Cell(row.status_name.say(lang), f"short {row.status}"),
        seen.value if seen else None,
        seen.valid_from.isoformat() if seen else None,
        seen.source_name.say(lang) if seen else None,
        seen.recorded_at.isoformat() if seen else None,
        row.distance,
        row.needed_growth,
        row.seen_growth,
        way.base_figure.value if way.base_figure else None,
        due,
        way.ahead_by,
        None
        if way.on_path is None
        else told.say(*(("是", "yes") if way.on_path else ("否", "no"))),
        end.value if end else None,
        end.low if end else None,
        end.high if end else None,
        row.forecast.says.say(lang) if row.forecast.says else None,
        row.settled_by.say(lang) if row.settled_by else None,
        "".join(f"[{n}]" for n in numbers),
    ]


def _courses(told: "Material") -> list[Section]:
    drawn = courses(told)
    if not drawn:
        return []
    lead = told.say(
        "实线为观测,虚线为路径,浅色带为80%预测区间。",
        "solid: observed; dashed: path; pale band: 80 % interval of the forecast.",
    )
    if (having := sum(bool(row.trail) for row in told.targets)) > len(drawn):
        drawn_only = f" Of {having} targets with figures the first {len(drawn)} are drawn; the table has all."
        lead += told.say(f"有数字的目标共{having}项,图只画前{len(drawn)}项;表中列全。", drawn_only)
    return [Section(told.say("目标的历程与路径", "Course of the targets"), lead, drawn)]


def _paths(told: "Material") -> list[Section]:
    """Values due in each year."""
    rows = [row for row in told.targets if row.trajectory.points]
    years = sorted({point.year for row in rows for point in row.trajectory.points})
    if not rows:
        return []
    heads = [*told.head("target", "unit_name", "path"), *map(str, years)]
    table = []
    for row in rows:
        due = {point.year: point.value for point in row.trajectory.points}
        last = max(due)
        formula = lineage.due_formula(told, row, last)
        note = lineage.derived(told, row, "trajectory", formula, path_inputs(told, row))
        kind = row.trajectory.kind_name.say(told.lang) if row.trajectory.kind_name else None
        line = [row.title.say(told.lang), row.unit_name.say(told.lang), Cell(kind, notes=(note,))]
        table.append([*line, *(due.get(year) for year in years)])
    return [Section(told.say("各年应达值", "Values due each year"), table=Table(heads, table))]


def _stated(told: "Material") -> list[Section]:
    """The plan's own figures beside what the data give."""
    lang = told.lang
    rows = []
    for row in told.figures:
        if row.inference:
            continue
        stated = lineage.of_stated(told, row)
        got = None if row.computed is None else lineage.of_computed(told, row)
        rows.append(
            [
                row.title.say(lang),
                Cell(row.clause or "–", "short"),
                row.operator,
                Cell(row.stated, notes=(stated,)),
                Cell(row.computed, notes=() if got is None else (got,)),
                row.unit_name.say(lang),
                Cell(row.gap, notes=_gap_notes(told, row, stated, got)),
                row.note.say(lang),
                "; ".join(row.sources),
            ]
        )
    heads = told.head(
        "title", "clause", "operator", "stated", "computed", "unit_name", "gap", "note", "sources"
    )
    widths = (16, 9, 8, 13, 14, 8, 13, 36, 16)
    title = told.say("自述核对", "Reconciliation")
    return [Section(title, table=Table(heads, rows, widths))] if rows else []


def _gap_notes(told: "Material", row: Any, stated: int, got: int | None) -> tuple[int, ...]:
    if row.gap is None or got is None:
        return ()
    return (lineage.of_gap(told, row, stated, got),)


def _candidates(told: "Material") -> list[Section]:
    """For each inference: what it infers, and the ways that fit."""
    found = []
    for row in told.figures:
        if not row.inference or not row.candidates:
            continue
        first = row.candidates[0]
        stated = {figure.figure: figure.title.say(told.lang) for figure in told.figures}
        kept, rest = told.say("保留之和", "kept"), told.say("余量", "rest")
        heads = [
            *told.head("excluded"),
            *(
                f"{stated[r.figure]} {word}({r.unit_name.say(told.lang)})"
                for r in first.rests
                for word in (kept, rest)
            ),
            *told.head("misfit"),
        ]
        notes = _ways_notes(told, row, stated)
        rows = [
            [
                told.say("、", ", ").join(named.name.say(told.lang) for named in way.excluded),
                *(
                    Cell(value, notes=(note,))
                    for r in way.rests
                    for value, note in zip((r.whole, r.rest), notes[r.figure], strict=True)
                ),
                way.misfit if way.misfit is None else Cell(way.misfit, notes=notes[MISFIT]),
            ]
            for way in row.candidates
        ]
        title = told.say("推断:未列尽的排除", "Inference: exclusions left open")
        found.append(Section(title, row.note.say(told.lang), table=Table(heads, rows)))
    return found


def _ways_notes(told: "Material", row: Any, titles: dict[str, str]) -> dict[str, tuple[int, ...]]:
    """Of each stated size the notes of what is kept and what is left; and that of the misfit."""
    stated = {figure.figure: figure for figure in told.figures}
    found: dict[str, tuple[int, ...]] = {}
    for rest in row.candidates[0].rests:
        kept = lineage.of_kept(told, row, titles[rest.figure])
        whole = lineage.of_stated(told, stated[rest.figure])
        found[rest.figure] = (kept, lineage.of_rest(told, row, titles[rest.figure], [whole, kept]))
    found[MISFIT] = (lineage.of_misfit(told, row, [rest for _, rest in found.values()]),)
    return found


def _flaws(told: "Material") -> list[Section]:
    """Contradictions and implausibilities."""
    lang = told.lang
    rows = [
        [
            Cell("、".join([row.clause, *row.others]), "short" if not row.others else ""),
            row.grade_name.say(lang),
            row.rule_name.say(lang),
            row.says.say(lang),
            "; ".join(_fact(fact, lang) for fact in row.figures),
        ]
        for row in told.flaws
    ]
    heads = told.head("clause", "grade_name", "rule_name", "says", "figures")
    title = told.say("矛盾与不合理之处", "Contradictions and implausibilities")
    none = told.say("未发现。", "None was found.")
    table = Table(heads, rows, (12, 8, 12, 40, 40)) if rows else None
    return [Section(title, "" if rows else none, table=table)]


def _fact(fact: Any, lang: str) -> str:
    from hutuo.units import shown

    year = f", {fact.year}" if fact.year else ""
    return f"{fact.title.say(lang)} {shown(fact.value)} {fact.unit_name.say(lang)}{year}"


def _members(told: "Material") -> list[Section]:
    columns = [
        (name, year)
        for name, by_unit in told.series.items()
        for year in sorted({seen.valid_from.year for rows in by_unit.values() for seen in rows})
    ]
    heads = [*told.head("unit", "name"), *(_column(told, *column) for column in columns)]
    rows = [
        [
            unit,
            told.region.name_of(unit).say(told.lang),
            *(_value(told, name, told.series[name][unit], year) for name, year in columns),
        ]
        for unit in told.members
    ]
    chart = [1, *range(2, len(heads))] if columns else []
    title = told.say("成员", "Members")
    return [Section(title, "", maps(told), Table(heads, rows), chart=chart)]


def _column(told: "Material", name: str, year: int) -> str:
    about = told.region.indicators[name]
    words = Text(about["zh"], about["en"]).say(told.lang)
    return f"{words}({unit_name(about['unit']).say(told.lang)}) {year}"


def _value(told: "Material", name: str, rows: Sequence[Any], year: int) -> Any:
    seen = next((row for row in rows if row.valid_from.year == year), None)
    if seen is None:
        return None
    return Cell(seen.value, notes=(lineage.of_series(told, name, seen),))


def _sources(told: "Material") -> list[Section]:
    fields = ("source", "name", "publisher", "published", "licence", "quality", "origin")
    rows = [[_plain(row[name], told.lang) for name in fields] for row in told.sources]
    table = Table(told.head(*fields), rows, (14, 24, 20, 13, 18, 6, 38))
    return [Section(told.say("来源", "Sources"), table=table)]


def _plain(value: object, lang: str) -> str | None:
    if isinstance(value, Text):
        return value.say(lang)
    return None if value is None else str(value)


CHAPTERS: dict[str, tuple[Chapter, ...]] = {
    "evaluation": (_targets, _courses, _stated, _candidates, _flaws, _members, _sources),
    "yearly": (_targets, _courses, _members, _sources),
    "midterm": (_targets, _courses, _paths, _stated, _candidates, _flaws, _members, _sources),
    "final": (_targets, _courses, _stated, _members, _sources),
}
