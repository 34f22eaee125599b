"""Figures: what is measured, each unit's value in a year, and one place's figures with their sources."""

from datetime import date
from typing import TYPE_CHECKING, Any

from hutuo.base.answers import Measured, Placed, Sourced, Topical
from hutuo.base.classes import Class, breaks, classes, index
from hutuo.base.geography import Level, members
from hutuo.base.periods import moment
from hutuo.base.tables import table as declared
from hutuo.errors import BadAsk
from hutuo.glossary import both, label
from hutuo.units import convert
from hutuo.units import unit as measure
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hutuo.base.region import Region


class Indicators(Ask):
    """Which indicators to list."""

    topic: str | None = said("只要该主题", "only this topic", default=None)


class IndicatorRow(Topical, Measured):
    """One indicator and the figures that there are of it."""

    definition: Text = said("定义", "what it measures")
    aggregation: str = said("汇总方式", "sum if values of parts add up, else none")
    sample: bool = said("是否为长表抽样原始数", "whether values are raw counts of a sample")
    core: bool = said("是否为核心指标", "whether it is shown first")
    years: list[int] = said("有数据的年份", "years that units have figures of")
    places: int = said("有数据的地点数", "number of places with a figure")


class Values(Ask):
    """Which values to give."""

    indicator: str = said("指标的标识", "id of the indicator")
    year: int | None = said(
        "年份;缺省为最新", "year; the latest if none is given", default=None, ge=1900, le=2200
    )
    set: str | None = said("只要该集合的成员", "only members of this set", default=None)
    level: Level = said("层级", "level of the units", default="county")


class ValueRow(Sourced, Placed):
    """The value of one unit."""

    cls: int = said(
        "所在分级,从 0 起", "class it falls in, from 0", alias="class", serialization_alias="class"
    )


class MissingRow(Placed):
    """A unit without a figure."""


class ValueAnswer(Measured):
    """Values of the units in one year, with the classes a map draws them in."""

    year: int | None = said("年份", "year of the values; null if there are none")
    years: list[int] = said("有数据的年份", "years with values at this level")
    classes: list[Class] = said(
        "分级(各年份相同)", "classes, the same for all years so that they compare"
    )
    no_data_color: str = said("无数据的颜色", "colour of units without a figure")
    values: list[ValueRow] = said("数值", "values by unit")
    missing: list[MissingRow] = said("缺数据的单元", "units without a figure that year")


class Figures(Ask):
    """Which figures to give."""

    place: str = said("区划代码或地点", "unit or place")
    topic: str | None = said("只要该主题", "only this topic", default=None)
    indicator: str | None = said("只要该指标", "only this indicator", default=None)


class Period(Sourced):
    """One value of a figure's history."""

    note: Text | None = said("备注", "remark")


class Figure(Topical, Measured):
    """One indicator of a place through time."""

    history: list[Period] = said("各期数值,旧的在前", "values by period, the oldest first")


class SourceRow(Answer):
    """One source."""

    source: str = said("来源的标识", "id of the source")
    name: Text = said("来源名称", "title of the source")
    publisher: str = said("发布者", "who published it")
    published: date | None = said("发布日期", "day of publication")
    licence: str = said("许可", "terms of use")
    quality: str = said("质量等级", "A official or plan, B second-hand copy")
    origin: str = said("出处", "where it can be found again")


class FigureAnswer(Placed):
    """The figures of one place, each with its source."""

    figures: list[Figure] = said("数据", "its figures")
    sources: list[SourceRow] = said("来源", "sources of the figures")


@verb("列出指标", columns=("indicator", "name", "unit_name", "topic_name", "years", "places"))
def indicators(region: "Region", ask: Indicators) -> list[IndicatorRow]:
    """List what is measured, with the years that there are figures of."""
    units = {row["unit"] for row in region.current("unit")}
    years: dict[str, set[int]] = {}
    places: dict[str, set[str]] = {}
    seen = "SELECT DISTINCT indicator, place, year(valid_from) AS year FROM known"
    for row in region.query(seen, "observation", past=True):
        places.setdefault(row["indicator"], set()).add(row["place"])
        if row["place"] in units:
            years.setdefault(row["indicator"], set()).add(row["year"])
    return [
        IndicatorRow(
            **_named(row),
            topic=row["topic"],
            topic_name=label(f"topic:{row['topic']}"),
            definition=Text(row["definition_zh"], row["definition_en"]),
            aggregation=row["aggregation"],
            sample=row["sample"],
            core=row["core"],
            years=sorted(years.get(row["indicator"], ())),
            places=len(places.get(row["indicator"], ())),
        )
        for row in sorted(region.indicators.values(), key=_order)
        if ask.topic is None or row["topic"] == ask.topic
    ]


@verb("给出各单元的数值及分级")
def values(region: "Region", ask: Values) -> ValueAnswer:
    """Give each unit's value in a year, and the classes a map draws them in."""
    about = indicator_of(region, ask.indicator)
    wanted = members(region, ask.set)
    units = [
        r["unit"]
        for r in region.current("unit", level=ask.level)
        if wanted is None or r["unit"] in wanted
    ]
    rows = region.history("observation", indicator=ask.indicator, place=units)
    years = sorted({row["valid_from"].year for row in rows})
    year = ask.year or (years[-1] if years else None)
    bounds = breaks([row["value"] for row in rows])
    latest = {row["place"]: row for row in rows if row["valid_from"].year == year}
    return ValueAnswer(
        **_named(about),
        year=year,
        years=years,
        classes=classes(bounds),
        no_data_color="#e3e3e3",
        values=[_value(region, row, bounds) for row in latest.values()],
        missing=[MissingRow(place=u, name=region.names[u]) for u in units if u not in latest],
    )


@verb("给出一地的数据及来源")
def figures(region: "Region", ask: Figures) -> FigureAnswer:
    """Give the figures of a place through time, each with its source."""
    name = region.name_of(ask.place)
    where = {"indicator": ask.indicator} if ask.indicator else {}
    history: dict[str, list[dict[str, Any]]] = {}
    for row in region.history("observation", place=ask.place, **where):
        history.setdefault(row["indicator"], []).append(row)
    shown = [
        region.indicators[found]
        for found in history
        if ask.topic is None or region.indicators[found]["topic"] == ask.topic
    ]
    shown.sort(key=_order)
    rows = [row for about in shown for row in history[about["indicator"]]]
    return FigureAnswer(
        place=ask.place,
        name=name,
        figures=[_figure(region, about, history[about["indicator"]]) for about in shown],
        sources=source_rows(region, (row["source"] for row in rows)),
    )


def indicator_of(region: "Region", name: str) -> dict[str, Any]:
    """Row of an indicator.

    Raises:
        NotFound: No indicator has that id.
    """
    from hutuo.errors import one_of

    if name not in region.indicators:
        raise one_of(name, "indicator", list(region.indicators))
    return region.indicators[name]


def measured_in(region: "Region", indicator: str, unit: str) -> None:
    """Check that an indicator is measured in a unit that another converts to.

    Raises:
        NotFound: There is no such indicator.
        BadAsk: It is measured otherwise.
    """
    own = indicator_of(region, indicator)["unit"]
    try:
        convert(1.0, unit, own)
    except BadAsk as error:
        says = Text(
            f"指标“{indicator}”的单位是{unit_name(own).zh},不是{unit_name(unit).zh}",
            f"'{indicator}' is measured in {unit_name(own).en}, not in {unit_name(unit).en}",
        )
        hint = Text("请换一个以此计量的指标", "name an indicator that is measured so")
        raise BadAsk(says, hint) from error


def source_rows(region: "Region", names: "Iterable[str]") -> list[SourceRow]:
    """The named sources, each once, by id."""
    found = [region.sources[name] for name in sorted(set(names)) if name in region.sources]
    fields = ("source", "publisher", "published", "licence", "quality", "origin")
    return [
        SourceRow(name=Text(row["zh"], row["en"]), **{field: row[field] for field in fields})
        for row in found
    ]


def source_name(region: "Region", name: str) -> Text:
    """What a source is called."""
    row = region.sources.get(name)
    return Text(row["zh"], row["en"]) if row else Text(name, name)


def unit_name(symbol: str) -> Text:
    """What a unit of measure is called."""
    found = measure(symbol)
    return Text(found.zh, found.en)


def _order(row: dict[str, Any]) -> tuple[bool, int, str]:
    """Core indicators first, then by topic in the order that the table declares."""
    topics = next(c for c in declared("indicator").columns if c.column == "topic").rules["in"]
    return not row["core"], topics.split("|").index(row["topic"]), row["indicator"]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "indicator": row["indicator"],
        "name": Text(row["zh"], row["en"]),
        "unit": row["unit"],
        "unit_name": unit_name(row["unit"]),
    }


def _value(region: "Region", row: dict[str, Any], bounds: list[float]) -> ValueRow:
    fields = (
        "place",
        "value",
        "valid_from",
        "valid_to",
        "recorded_at",
        "source",
        "quality",
        "estimate",
    )
    return ValueRow(
        name=region.names[row["place"]],
        source_name=source_name(region, row["source"]),
        method=both(row["method"]),
        **{field: row[field] for field in fields} | {"class": index(bounds, row["value"])},
    )


def _figure(region: "Region", about: dict[str, Any], rows: list[dict[str, Any]]) -> Figure:
    words = {"source_name", "method", "note"}
    fields = [name for name in Period.model_fields if name not in words]
    return Figure(
        **_named(about),
        topic=about["topic"],
        topic_name=label(f"topic:{about['topic']}"),
        history=[
            Period(
                source_name=source_name(region, row["source"]),
                method=both(row["method"]),
                note=both(row["note"]),
                **{name: row[name] for name in fields},
            )
            for row in sorted(rows, key=lambda row: moment(row["valid_from"]))
        ],
    )
