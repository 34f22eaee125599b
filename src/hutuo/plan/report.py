"""The evaluation report: every figure recomputed from stored data, with its source."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.figures import Values, indicator_of, source_rows, values
from hutuo.base.geography import Units, units
from hutuo.base.series import observed
from hutuo.glossary import both, label
from hutuo.plan.document import OfPlan, plan_of
from hutuo.plan.evaluate import SIGNS, Assessment, Evaluate, evaluate
from hutuo.plan.reconcile import Reconcile, Reconciled, reconcile
from hutuo.plan.status import Status
from hutuo.report import charts
from hutuo.report.files import Files, file
from hutuo.report.page import Section, Table, page
from hutuo.report.workbook import Sheet, workbook
from hutuo.units import shown
from hutuo.verbs import Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hutuo.base.region import Region

Format = Literal["html", "xlsx", "json"]
ROLE_COLORS = {"whole": "#9ecae1", "part": "#fdd0a2", "excluded": "#e3e3e3"}
STEM = "evaluation"


class Report(OfPlan):
    """Which report to make."""

    format: tuple[Format, ...] = said(
        "格式", "formats to make", default=("html", "xlsx", "json"), min_length=1
    )
    language: Literal["zh", "en"] = said("报告的语言", "language of the report", default="zh")


class _Content(NamedTuple):
    region: "Region"
    plan: dict[str, Any]
    lang: str
    targets: list[Assessment]
    figures: list[Reconciled]
    members: list[str]
    sources: list[dict[str, Any]]

    def say(self, zh: str, en: str) -> str:
        """Words in the report's language."""
        return en if self.lang == "en" else zh

    def head(self, *terms: str) -> list[str]:
        """Labels of these terms in the report's language."""
        return [label(term).say(self.lang) for term in terms]


@verb("生成规划评估报告")
def report(region: "Region", ask: Report) -> Files:
    """Make the evaluation report: targets, reconciliation, members, sources, maps and charts."""
    content = _content(region, ask)
    made = {"html": _html, "xlsx": _xlsx, "json": _json}
    stem = f"{STEM}-{ask.language}"
    return Files(
        files=[file(stem, kind, made[kind](content)) for kind in dict.fromkeys(ask.format)]
    )


def _content(region: "Region", ask: Report) -> _Content:
    targets = evaluate(region, Evaluate(plan=ask.plan))
    figures = reconcile(region, Reconcile(plan=ask.plan))
    plan = plan_of(region, ask.plan)
    rows = region.current("membership", set=region.info.set)
    members = [row["member"] for row in rows if row["role"] != "excluded"]
    names = [plan["source"], *(name for row in figures for name in row.sources)]
    names += [name for row in targets if row.observed for name in row.observed.source.split("|")]
    names += [
        s.source for unit in members for i in _shown(region) for s in observed(region, unit, i)
    ]
    sources = [
        row.model_dump(context={"lang": ask.language}) for row in source_rows(region, names)
    ]
    return _Content(region, plan, ask.language, targets, figures, members, sources)


def _shown(region: "Region") -> list[str]:
    """Indicators shown for every member: the first core one, and the area of its polygon."""
    core = [
        row["indicator"]
        for row in region.indicators.values()
        if row["core"] and row["aggregation"] == "sum"
    ]
    area = region.info.boundaries.area_indicator if region.info.boundaries else None
    preferred = sorted(
        core, key=lambda name: (region.indicators[name]["topic"] != "population", name)
    )
    return [*preferred[:1], *([area] if area else [])]


def _title(content: _Content) -> str:
    name = Text(content.plan["zh"], content.plan["en"]).say(content.lang)
    return content.say(f"{name}:评估报告", f"{name}: evaluation report")


def _facts(content: _Content) -> list[tuple[str, str]]:
    region, plan = content.region, content.plan
    at = region.at.isoformat() if region.at else content.say("最新", "latest")
    as_of = (
        region.as_of.isoformat() if region.as_of else content.say("全部已知", "all that is known")
    )
    period = f"{plan['horizon_from'] or '–'}–{plan['horizon_to'] or '–'}"
    return [
        (content.say("地区", "Region"), region.title.say(content.lang)),
        (
            content.say("发布机关", "Issued by"),
            (both(plan["issuer"]) or Text("", "")).say(content.lang),
        ),
        (
            content.say("规划期", "Period"),
            content.say(
                f"{period},展望 {plan['outlook'] or '–'}",
                f"{period}, outlook {plan['outlook'] or '–'}",
            ),
        ),
        (content.say("有效日期", "Valid at"), at),
        (content.say("已知日期", "Known as of"), as_of),
        (content.say("分支", "Branch"), region.branch),
        (content.say("数据包", "Pack released"), region.info.released.isoformat()),
    ]


def _words(content: _Content) -> str:
    """Where the plan stands, in one sentence."""
    count = Counter(row.status for row in content.targets)
    parts = [
        f"{label(f'status:{status.value}').say(content.lang)} {count[status.value]}"
        for status in Status
        if count[status.value]
    ]
    total = len(content.targets)
    return content.say(
        f"共 {total} 项目标:{'、'.join(parts)}。", f"{total} targets: {', '.join(parts)}."
    )


def _html(content: _Content) -> bytes:
    sections = [
        Section(content.say("目标", "Targets"), _words(content), [], _target_words(content)),
        Section(
            content.say("规划自述数字的核对", "The plan's own figures, reconciled"),
            "",
            [],
            _figure_table(content),
        ),
        *_candidates(content),
        Section(
            content.say("地区范围与成员", "Area and members"),
            "",
            _drawings(content),
            _member_table(content),
        ),
        Section(content.say("来源", "Sources"), "", [], _source_table(content)),
    ]
    return page(content.lang, _title(content), _facts(content), sections)


def _xlsx(content: _Content) -> bytes:
    members = _member_table(content)
    series = [i for i, head in enumerate(members.heads) if head[-4:].isdigit()]
    sheets = [
        _sheet(content.say("目标评估", "Targets"), _target_table(content)),
        _sheet(content.say("自述核对", "Reconciliation"), _figure_table(content)),
        *(
            _sheet(section.title, section.table)
            for section in _candidates(content)
            if section.table
        ),
        _sheet(content.say("成员", "Members"), members, [1, *series] if series else []),
        _sheet(content.say("来源", "Sources"), _source_table(content)),
    ]
    return workbook(sheets, _title(content), content.region.info.released)


def _json(content: _Content) -> bytes:
    context = {"lang": content.lang}
    answer = {
        "title": _title(content),
        "facts": dict(_facts(content)),
        "targets": [row.model_dump(mode="json", context=context) for row in content.targets],
        "figures": [row.model_dump(mode="json", context=context) for row in content.figures],
        "sources": content.sources,
    }
    return (json.dumps(answer, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _sheet(title: str, table: Table, chart: "Sequence[int]" = ()) -> Sheet:
    rows = [[cell[0] if isinstance(cell, tuple) else cell for cell in row] for row in table.rows]
    for mark in "[]:*?/\\":
        title = title.replace(mark, " ")
    return Sheet(title, table.heads, rows, chart)


def _target_table(content: _Content) -> Table:
    lang = content.lang
    heads = content.head(
        "title", "clause", "operator", "value", "unit_name", "year", "year_from", "stance", "geography",
        "status", "observed", "valid_from", "source", "distance", "needed_growth", "settled_by",
    )  # fmt: skip
    rows = [
        [
            row.title.say(lang),
            (row.clause, "short"),
            row.operator,
            row.value,
            row.unit_name.say(lang),
            (str(row.year or "–"), "number"),
            label(f"year_from:{row.year_from}").say(lang),
            row.stance,
            row.geography_name.say(lang),
            (row.status_name.say(lang), f"short {row.status}"),
            row.observed.value if row.observed else None,
            row.observed.valid_from.isoformat() if row.observed else None,
            row.observed.source_name.say(lang) if row.observed else None,
            row.distance,
            row.needed_growth,
            row.settled_by.say(lang) if row.settled_by else None,
        ]
        for row in content.targets
    ]
    return Table(heads, rows)


def _target_words(content: _Content) -> Table:
    """The targets as a person reads them: what is asked in one cell, what was observed in another."""
    lang = content.lang
    heads = [
        *content.head("target", "clause"),
        content.say("要求", "asked"),
        *content.head(
            "year", "stance", "status", "observed", "distance", "needed_growth", "settled_by"
        ),
    ]
    return Table(heads, [_target_cells(row, lang) for row in content.targets])


def _target_cells(row: Assessment, lang: str) -> list[Any]:
    seen, how = row.observed, label(f"year_from:{row.year_from}").say(lang)
    sign = SIGNS[row.operator]
    return [
        row.title.say(lang),
        (row.clause, "short"),
        f"{sign} {shown(row.value)} {row.unit_name.say(lang)}",
        f"{row.year} ({how})" if row.year else how,
        row.stance,
        (row.status_name.say(lang), f"short {row.status}"),
        f"{shown(seen.value)} {seen.unit_name.say(lang)}, {seen.valid_from}, {seen.source_name.say(lang)}"
        if seen
        else None,
        row.distance,
        f"{row.needed_growth:.1%}" if row.needed_growth is not None else None,
        row.settled_by.say(lang) if row.settled_by else None,
    ]


def _figure_table(content: _Content) -> Table:
    lang = content.lang
    rows = [
        [
            row.title.say(lang),
            (row.clause or "–", "short"),
            row.operator,
            row.stated,
            row.computed,
            row.unit_name.say(lang),
            row.gap,
            row.note.say(lang),
            "; ".join(row.sources),
        ]
        for row in content.figures
        if not row.inference
    ]
    heads = content.head(
        "title", "clause", "operator", "stated", "computed", "unit_name", "gap", "note", "sources"
    )
    return Table(heads, rows)


def _candidates(content: _Content) -> list[Section]:
    """For each inference: what it infers, and the ways that fit."""
    sections = []
    for row in content.figures:
        if not row.inference or not row.candidates:
            continue
        first = row.candidates[0]
        stated = {figure.figure: figure.title.say(content.lang) for figure in content.figures}
        kept, rest = content.say("保留之和", "kept"), content.say("余量", "rest")
        heads = [
            *content.head("excluded"),
            *(
                f"{stated[r.figure]} {word}({r.unit_name.say(content.lang)})"
                for r in first.rests
                for word in (kept, rest)
            ),
            *content.head("misfit"),
        ]
        rows = [
            [
                "、".join(named.name.say(content.lang) for named in way.excluded),
                *(value for r in way.rests for value in (r.whole, r.rest)),
                way.misfit,
            ]
            for way in row.candidates
        ]
        title = content.say("推断:未列尽的排除", "Inference: exclusions left open")
        sections.append(Section(title, row.note.say(content.lang), [], Table(heads, rows)))
    return sections


def _member_table(content: _Content) -> Table:
    region, lang = content.region, content.lang
    series = {
        name: {unit: observed(region, unit, name) for unit in content.members}
        for name in _shown(region)
    }
    columns = [
        (name, year)
        for name, by_unit in series.items()
        for year in sorted({seen.valid_from.year for rows in by_unit.values() for seen in rows})
    ]
    heads = [
        *content.head("unit", "name"),
        *(_column(region, name, year, lang) for name, year in columns),
    ]
    rows = [
        [
            unit,
            region.name_of(unit).say(lang),
            *(_value(series[name][unit], year) for name, year in columns),
        ]
        for unit in content.members
    ]
    return Table(heads, rows)


def _column(region: "Region", name: str, year: int, lang: str) -> str:
    from hutuo.base.figures import unit_name

    about = indicator_of(region, name)
    words = Text(about["zh"], about["en"]).say(lang)
    return f"{words}({unit_name(about['unit']).say(lang)}) {year}"


def _value(rows: list[Any], year: int) -> float | None:
    return next((row.value for row in rows if row.valid_from.year == year), None)


def _source_table(content: _Content) -> Table:
    heads = content.head(
        "source", "name", "publisher", "published", "licence", "quality", "origin"
    )
    fields = ("source", "name", "publisher", "published", "licence", "quality", "origin")
    return Table(
        heads, [[_plain(row[name], content.lang) for name in fields] for row in content.sources]
    )


def _plain(value: object, lang: str) -> str | None:
    if isinstance(value, Text):
        return value.say(lang)
    return None if value is None else str(value)


def _drawings(content: _Content) -> list[tuple[str, str]]:
    made = (_area_map(content), _value_map(content), _bars(content))
    return [(caption, drawn) for caption, drawn in made if drawn]


def _area_map(content: _Content) -> tuple[str, str]:
    """Which units are in, in part, or named as left out."""
    lang = content.lang
    found = units(content.region, Units(tolerance=0.003))
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
    caption = content.say("地区范围", "Area")
    return caption, charts.choropleth(shapes, legend, caption)


def _value_map(content: _Content) -> tuple[str, str]:
    """The first core indicator by unit, in the classes of the web map."""
    region, lang = content.region, content.lang
    shown = _shown(region)
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
            else f"{name} {content.say('无数据', 'no data')}"
        )
        if unit.geometry:
            shapes.append(
                charts.Shape(unit.geometry, color, name, _label_point(unit.properties), text)
            )
    legend = [(step.color, f"{step.label} {measure}") for step in answer.classes]
    legend.append((answer.no_data_color, content.say("无数据", "no data")))
    caption = f"{answer.name.say(lang)}({measure}),{answer.year or ''}"
    return caption, charts.choropleth(shapes, legend, caption)


def _bars(content: _Content) -> tuple[str, str]:
    table = _member_table(content)
    shown = _shown(content.region)
    if not shown:
        return "", ""
    own = len(
        {
            h
            for h in table.heads[2:]
            if h.startswith(_column(content.region, shown[0], 0, content.lang)[:-2])
        }
    )
    rows = [charts.Bar(row[1], row[2 : 2 + own]) for row in table.rows]
    caption = content.say("成员各期数值", "Members by year")
    return caption, charts.bars(rows, table.heads[2 : 2 + own], caption)


def _label_point(properties: Any) -> tuple[float, float] | None:
    if properties.label_lon is None or properties.label_lat is None:
        return None
    return properties.label_lon, properties.label_lat
