"""Catalogue: every dataset, that is a source and the rows that lean on it, with what is known about it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base import lookup
from hutuo.base.coverage import core_indicators, shares, units_of
from hutuo.base.holdings import Held, held, sources_of
from hutuo.base.periods import day_of
from hutuo.base.tables import table as declared
from hutuo.errors import one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

MOST_BATCHES = 20
Sort = Literal["match", "rows", "name", "fresh", "completeness"]
# Kinds of places that a dataset may be about, the units by level.
LEVELS = ("province", "prefecture", "county", "zone", "unit")
KINDS = tuple(
    next(c for c in declared("place").columns if c.column == "kind").rules["in"].split("|")
)


class Catalogue(Ask):
    """Which datasets to list."""

    search: str | None = said(
        "检索词:中文、英文、拼音或拼音首字母",
        "words to look for: Chinese, English, pinyin or its initials",
        default=None,
    )
    topic: str | None = said(
        "只要有该主题指标的", "only those with indicators of this topic", default=None
    )
    geography: str | None = said(
        "只要有该层级、该类地点或该地点的",
        "only those about this level of units, kind of places, or place",
        default=None,
    )
    sort: Sort = said(
        "排序;无检索词时 match 同 rows",
        "order; without a search match is the same as rows",
        default="match",
    )


class TableCount(Answer):
    """How many rows of a table lean on a source."""

    table: str = said("表名", "name of the table")
    rows: int = said("行数", "rows as known")


class PlaceCount(Answer):
    """How many places of one kind a dataset is about."""

    kind: str = said("层级或类型", "level of units, or kind of places")
    kind_name: Text = said("层级或类型的名称", "what the level or kind is called")
    places: int = said("地点数", "number of places")


class IndicatorCount(Answer):
    """What a dataset holds of one indicator."""

    indicator: str = said("指标的标识", "id of the indicator")
    name: Text = said("指标名称", "what it is called")
    topic: str = said("主题", "topic it is listed under")
    core: bool = said("是否为核心指标", "whether it is a core indicator")
    rows: int = said("行数", "figures as known")
    places: int = said("地点数", "places with a figure")
    completeness: float | None = said(
        "完整度", "share of the region's units that have a figure from this source, 0..1"
    )


class Lineage(Answer):
    """One batch that brought rows of a dataset."""

    batch: str = said("批次", "id of the batch")
    verb: str = said("写入的功能", "verb that wrote it")
    origin: str = said("来自", "what it was made from, as the name of a file")
    recorded_at: datetime = said("记录时间", "when its rows count as known")
    rows: int = said("行数", "its rows of this dataset that are still known")


class Dataset(Answer):
    """One dataset: a source and the rows that lean on it."""

    dataset: str = said("数据集(来源的标识)", "id of the source")
    name: Text = said("名称", "title of the source")
    owner: Text = said("责任单位", "who published it")
    body: str | None = said(
        "机构的标识", "id of the body that the owner is, if it is one of the region's"
    )
    geography: Text = said(
        "地域", "levels and kinds of places that it is about, with their number"
    )
    period: str = said("时期", "first and last day covered; open where rows still hold")
    grains: list[str] = said(
        "粒度", "what its periods are: year, quarter, month, day, hour, instant"
    )
    fresh: datetime | None = said("更新于", "when its last row was recorded")
    age_days: int | None = said(
        "距最新时期结束的天数", "days since the newest period ended; null if none has an end"
    )
    completeness: float | None = said(
        "核心指标完整度",
        "mean share of the region's units over the core indicators that it has; null if it has none",
    )
    quality: str = said("质量等级", "A official or plan, B second-hand copy, C weak")
    licence: str = said("许可", "terms of use")
    rows: int = said("行数", "rows in all tables as known")
    findings: list[Text] = said("发现的问题", "what is to be noted about it")
    quarantined: int = said("隔离的行数", "rows that were held back in its batches")
    estimates: float | None = said("估计值占比", "share of its figures that are estimates, 0..1")
    published: date | None = said("发布日期", "day of publication")
    origin: str = said("出处", "where it can be found again")
    matched: Text | None = said("匹配处", "the name that the search found")
    tables: list[TableCount] = said("数据表", "tables with rows of it")
    places: list[PlaceCount] = said("地点", "number of places by level or kind")
    indicators: list[IndicatorCount] = said("指标", "indicators that it has figures of")
    batches: int = said("批次数", "number of batches that brought its rows")
    lineage: list[Lineage] = said(
        "来历", f"batches that brought its rows, the latest first, at most {MOST_BATCHES}"
    )


class View(NamedTuple):
    """What is asked of the region once for all datasets.

    Attributes:
        region: The view itself.
        held: What there is of each source.
        units: Number of units that should have figures.
        shares: Share of them with a figure, by source and indicator.
        core: Ids of the core indicators.
        log: Batches by id.
        day: Day from which ages are counted.
    """

    region: "Region"
    held: Mapping[str, Held]
    units: int
    shares: Mapping[str, Mapping[str, float]]
    core: frozenset[str]
    log: Mapping[str, "Row"]
    day: date


@verb(
    "列出数据集,可按中文、英文和拼音检索",
    columns=("dataset", "name", "owner", "geography", "period", "completeness", "quality", "rows"),
)
def catalogue(region: "Region", ask: Catalogue) -> list[Dataset]:
    """List the datasets: whose they are, what they cover, how fresh, complete and good they are."""
    if ask.topic is not None and ask.topic not in topics():
        raise one_of(ask.topic, "topic", topics())
    view = _view(region)
    about = _sources_about(region, ask.geography)
    found: list[tuple[lookup.Hit | None, Dataset]] = []
    for source, mine in view.held.items():
        row = region.sources.get(source) or _unknown(source)
        if not (_has_topic(region, mine, ask.topic) and _has_place(row, mine, ask, about)):
            continue
        hit = lookup.find(ask.search, _names(region, row, mine)) if ask.search else None
        if hit is not None or not ask.search:
            found.append((hit, _dataset(view, row, hit)))
    return [one for _, one in sorted(found, key=lambda pair: _order(ask.sort, *pair))]


def topics() -> list[str]:
    """Topics that indicators are listed under."""
    columns = {column.column: column for column in declared("indicator").columns}
    return columns["topic"].rules["in"].split("|")


def _view(region: "Region") -> View:
    units = units_of(region)
    when = region.at or region.as_of
    return View(
        region=region,
        held=held(region),
        units=len(units),
        shares=shares(region, units),
        core=frozenset(row["indicator"] for row in core_indicators(region)),
        log={row["batch"]: row for row in region.batches()},
        day=day_of(when, region.zone) if when else datetime.now(region.zone).date(),
    )


def _unknown(source: str) -> "Row":
    """Row of a source that was taken back while others still lean on it."""
    texts = dict.fromkeys(("publisher", "quality", "licence", "origin"), "")
    return {"source": source, "zh": source, "en": source, "published": None} | texts


def _sources_about(region: "Region", geography: str | None) -> set[str] | None:
    """Sources with rows about a place; None where none, or a level or kind is meant.

    Raises:
        NotFound: It is neither.
    """
    if geography is None or geography in LEVELS or geography in KINDS:
        return None
    if not geography.startswith("cell:"):
        region.name_of(geography)
    return sources_of(region, geography)


def _has_topic(region: "Region", mine: Held, topic: str | None) -> bool:
    return topic is None or any(region.indicators[name]["topic"] == topic for name in mine.series)


def _has_place(row: "Row", mine: Held, ask: Catalogue, about: set[str] | None) -> bool:
    if about is not None:
        return row["source"] in about
    return ask.geography is None or ask.geography in mine.places


def _names(region: "Region", row: "Row", mine: Held) -> list[list[Text]]:
    """Names under which a dataset is found, those that tell most first."""
    source, publisher = row["source"], row["publisher"]
    about = [region.indicators[name] for name in mine.series]
    topics = sorted({one["topic"] for one in about})
    return [
        [Text(row["zh"], row["en"]), Text(source, source)],
        [Text(one["zh"], one["en"]) for one in about]
        + [Text(one["indicator"], one["indicator"]) for one in about],
        [label(f"topic:{topic}") for topic in topics],
        [Text(publisher, publisher)],
    ]


def _order(sort: Sort, hit: lookup.Hit | None, one: Dataset) -> tuple[Any, ...]:
    """Key by which datasets are sorted: best, most and newest first; names as they are spelled."""
    rows = (-one.rows, one.dataset)
    if sort == "name":
        return lookup.spelled(one.name.zh), one.dataset
    if sort == "fresh":
        return -(one.fresh.timestamp() if one.fresh else 0), *rows
    if sort == "completeness":
        return -(one.completeness if one.completeness is not None else -1), *rows
    return (hit.rank, hit.group, *rows) if hit and sort == "match" else rows


def _dataset(view: View, row: "Row", hit: lookup.Hit | None) -> Dataset:
    mine = view.held[row["source"]]
    complete = view.shares.get(row["source"], {})
    core = {name: complete.get(name, 0.0) for name in mine.series if name in view.core}
    quarantined = sum((view.log.get(b) or {}).get("quarantined") or 0 for b in mine.batches)
    body, owner = _owner(view.region, row["publisher"])
    same = ("quality", "licence", "published", "origin")
    return Dataset(
        dataset=row["source"],
        name=Text(row["zh"], row["en"]),
        owner=owner,
        body=body,
        geography=_geography(mine),
        period=_period(mine),
        grains=sorted(mine.grains),
        fresh=mine.recorded_at,
        age_days=max(0, (view.day - mine.last).days) if mine.ended and mine.last else None,
        completeness=sum(core.values()) / len(core) if core and view.units else None,
        rows=mine.rows,
        findings=[*_findings(mine, row, quarantined), *_gaps(view, core, complete)],
        quarantined=quarantined,
        estimates=mine.estimates / mine.figures if mine.figures else None,
        matched=hit.name if hit else None,
        tables=[TableCount(table=name, rows=rows) for name, rows in sorted(mine.tables.items())],
        places=_places(mine),
        indicators=_indicators(view, mine, complete),
        batches=len(mine.batches),
        lineage=_lineage(view, mine),
        **{name: row[name] for name in same},
    )


def _owner(region: "Region", publisher: str) -> tuple[str | None, Text]:
    """The body that published a source, if the table of bodies has it, and what the owner is called."""
    parts = {part.strip() for part in re.split(r"[;；]", publisher)}
    for row in region.current("body"):
        if parts & {row["zh"], row["en"], f"{row['zh']} {row['en']}"}:
            return row["body"], Text(row["zh"], row["en"])
    return None, Text(publisher, publisher)


def _places(mine: Held) -> list[PlaceCount]:
    order = [*LEVELS, *KINDS]
    kinds = sorted(
        mine.places, key=lambda kind: (order.index(kind) if kind in order else 99, kind)
    )
    return [
        PlaceCount(kind=kind, kind_name=label(f"kind:{kind}"), places=mine.places[kind])
        for kind in kinds
    ]


def _geography(mine: Held) -> Text:
    found = _places(mine)
    return Text(
        "、".join(f"{one.kind_name.zh} {one.places}" for one in found),
        ", ".join(f"{one.kind_name.en} {one.places}" for one in found),
    )


def _period(mine: Held) -> str:
    """First and last day, as years where all figures are of years; open where rows still hold."""
    if mine.first is None and mine.last is None:
        return ""
    years = mine.grains == {"year"}
    first, last = (
        "" if day is None else f"{day.year}" if years else f"{day}"
        for day in (mine.first, mine.last)
    )
    if mine.holds:
        return f"{first} –"
    return first if first == last else f"{first} – {last}"


def _findings(mine: Held, row: "Row", quarantined: int) -> list[Text]:
    """What is to be noted about the rows of a dataset."""
    found = []
    if not row["licence"]:
        found.append(Text("来源表中没有该来源", "the table of sources does not have it"))
    if not mine.rows:
        found.append(Text("没有数据引用该来源", "no row leans on this source"))
    if quarantined:
        zh, en = f"其批次中有 {quarantined:,} 行被隔离", "rows of its batches were held back"
        found.append(Text(zh, f"{quarantined:,} {en}"))
    for count, zh, en in (
        (mine.estimates, "为估计值", "are estimates"),
        (mine.weak, "质量等级为 C,不用于判断", "are of quality C and decide nothing"),
    ):
        if count:
            shown = f"{count:,}/{mine.figures:,}"
            found.append(Text(f"{shown} 个数字{zh}", f"{shown} figures {en}"))
    return found


def _gaps(view: View, core: Mapping[str, float], complete: Mapping[str, float]) -> list[Text]:
    """Core indicators that fewer units have than have another indicator from the same source.

    A source about one county is not at fault because it tells nothing of the others.
    """
    most, found = max(complete.values(), default=0.0), []
    for name, share in sorted(core.items()):
        lacking = round((most - share) * view.units)
        if lacking:
            about = view.region.indicators[name]
            zh = f"{about['zh']}:比其他指标少 {lacking} 个单元"
            en = f"{about['en']}: {lacking} units fewer than other indicators have"
            found.append(Text(zh, en))
    return found


def _indicators(view: View, mine: Held, complete: Mapping[str, float]) -> list[IndicatorCount]:
    """Indicators of a dataset: core ones first, then those with most figures."""
    found = []
    for name, series in mine.series.items():
        about = view.region.indicators[name]
        found.append(
            IndicatorCount(
                indicator=name,
                name=Text(about["zh"], about["en"]),
                topic=about["topic"],
                core=bool(about["core"]),
                rows=series.rows,
                places=series.places,
                completeness=complete.get(name, 0.0) if view.units else None,
            )
        )
    return sorted(found, key=lambda one: (not one.core, -one.rows, one.indicator))


def _lineage(view: View, mine: Held) -> list[Lineage]:
    latest = sorted(
        mine.batches.items(), key=lambda pair: (pair[1].recorded_at, pair[0]), reverse=True
    )
    return [
        Lineage(
            batch=name,
            verb=(view.log.get(name) or {}).get("verb") or "",
            origin=(view.log.get(name) or {}).get("origin") or "",
            recorded_at=batch.recorded_at,
            rows=batch.rows,
        )
        for name, batch in latest[:MOST_BATCHES]
    ]
