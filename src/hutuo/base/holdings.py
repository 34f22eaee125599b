"""Holdings: what the tables hold of each source, counted where the rows lie."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hutuo.base.periods import CLOCK, day_of
from hutuo.base.tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from hutuo.base.region import Region

    Row = dict[str, Any]

UNIT = "unit"
ROWS = """
    SELECT source, batch, count(*) AS n, max(recorded_at) AS recorded_at FROM known
    WHERE source IS NOT NULL GROUP BY ALL
"""
STATES = """
    SELECT source, batch, count(*) AS n, max(recorded_at) AS recorded_at, 'day' AS grain,
        min(valid_from) AS first, max(valid_from) AS last, max(valid_to) AS ended,
        bool_or(valid_from IS NOT NULL AND valid_to IS NULL) AS holds
    FROM known WHERE source IS NOT NULL GROUP BY source, batch
"""
# Rows are ranked once, by far the longest part, then counted in four ways. Cells and sensors may be many, so
# that places of a kind are counted; units alone are named.
FIGURES = """
    SELECT * FROM (
        WITH one AS MATERIALIZED (
            SELECT source, batch, grain, indicator, place, count(*) AS n,
                max(recorded_at) AS recorded_at, min(valid_from) AS first, max(valid_from) AS last,
                max(valid_to) AS ended, bool_or(valid_to IS NULL) AS holds,
                count(*) FILTER (estimate) AS estimates, count(*) FILTER (quality = 'C') AS weak
            FROM known GROUP BY source, batch, grain, indicator, place
        )
        SELECT 'batch' AS counted, source, batch, grain, sum(n)::BIGINT AS n,
            max(recorded_at) AS recorded_at, min(first) AS first, max(last) AS last,
            max(ended) AS ended, bool_or(holds) AS holds
        FROM one GROUP BY source, batch, grain
        UNION ALL BY NAME
        SELECT 'indicator' AS counted, source, indicator, sum(n)::BIGINT AS n,
            count(DISTINCT place) AS places, sum(estimates)::BIGINT AS estimates,
            sum(weak)::BIGINT AS weak
        FROM one GROUP BY source, indicator
        UNION ALL BY NAME
        SELECT 'kind' AS counted, source, split_part(place, ':', 1) AS kind,
            count(DISTINCT place) AS places
        FROM one WHERE contains(place, ':') GROUP BY ALL
        UNION ALL BY NAME
        SELECT DISTINCT 'unit' AS counted, source, place FROM one WHERE NOT contains(place, ':')
    )
"""
SOURCES = "SELECT DISTINCT source FROM known WHERE source IS NOT NULL"
# Where a source has no figures, the places that its other rows are about.
ABOUT = {
    "boundary": "SELECT DISTINCT source, place FROM known",
    "membership": "SELECT DISTINCT source, member AS place FROM known",
    "place": "SELECT DISTINCT source, place FROM known",
    "unit": "SELECT DISTINCT source, unit AS place FROM known",
}


@dataclass
class Batch:
    """Rows of one source that one batch brought."""

    rows: int
    recorded_at: datetime


@dataclass
class Series:
    """Figures of one indicator from one source."""

    rows: int
    places: int


@dataclass
class Held:
    """What there is of one source.

    Attributes:
        tables: Rows by table.
        batches: Rows by batch, over all tables.
        series: Figures by indicator.
        grains: Grains of the figures.
        first: First day covered.
        last: Last day covered, as far as periods have an end; else the last day on which one began.
        ended: Whether any period has an end.
        holds: Whether some rows have no end: they still hold.
        places: Number of places by kind, units by level.
        estimates: Figures that are estimates.
        weak: Figures of quality C.
    """

    tables: dict[str, int] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    grains: set[str] = field(default_factory=set)
    first: date | None = None
    last: date | None = None
    ended: bool = False
    holds: bool = False
    places: dict[str, int] = field(default_factory=dict)
    estimates: int = 0
    weak: int = 0

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(self.tables.values())

    @property
    def figures(self) -> int:
        """Rows of the table of observations."""
        return self.tables.get("observation", 0)

    @property
    def recorded_at(self) -> datetime | None:
        """When its last row was recorded."""
        return max((batch.recorded_at for batch in self.batches.values()), default=None)


def held(region: "Region") -> dict[str, Held]:
    """What the view holds of each source.

    Rows are counted by the store; what comes here grows with sources, batches, indicators and units, never
    with figures.
    """
    found: defaultdict[str, Held] = defaultdict(Held)
    found.update({name: Held() for name in region.sources})
    figures = region.query(FIGURES, "observation", past=True)
    for table, row in _rows(region, figures):
        _add(found[row["source"]], table, row, region.zone)
    for row in figures:
        mine = found[row["source"]]
        if row["counted"] == "indicator" and row["indicator"] in region.indicators:
            mine.series[row["indicator"]] = Series(row["n"], row["places"])
            mine.estimates += row["estimates"]
            mine.weak += row["weak"]
        elif row["counted"] == "kind":
            mine.places[row["kind"]] = row["places"]
    _count_units(region, found, {(r["source"], r["place"]) for r in figures if r["place"]})
    return found


def sources_of(region: "Region", place: str) -> set[str]:
    """Sources with rows about a place."""
    columns = {"membership": "member", "unit": "unit"}
    return {
        row["source"]
        for table in ("observation", *ABOUT)
        for row in region.query(SOURCES, table, past=True, **{columns.get(table, "place"): place})
    }


def _rows(region: "Region", figures: "list[Row]") -> "Iterator[tuple[str, Row]]":
    """Rows by table, source and batch; the table of sources itself is no data."""
    for row in figures:
        if row["counted"] == "batch":
            yield "observation", row
    for name, table in tables().items():
        if "source" in table.names and name not in ("source", "observation"):
            for row in region.query(STATES if table.versioned else ROWS, name, past=True):
                yield name, row


def _add(mine: Held, table: str, row: "Row", zone: "tzinfo") -> None:
    mine.tables[table] = mine.tables.get(table, 0) + row["n"]
    batch = mine.batches.setdefault(row["batch"], Batch(0, row["recorded_at"]))
    batch.rows += row["n"]
    batch.recorded_at = max(batch.recorded_at, row["recorded_at"])
    if row.get("first") is None and row.get("ended") is None:
        return
    if table == "observation":
        mine.grains.add(row["grain"])
    mine.holds = mine.holds or (row["holds"] and row["grain"] not in CLOCK)
    mine.ended = mine.ended or row["ended"] is not None or row["grain"] in CLOCK
    first, last = _span(row, zone)
    mine.first = min((day for day in (mine.first, first) if day), default=None)
    mine.last = max((day for day in (mine.last, last) if day), default=None)


def _span(row: "Row", zone: "tzinfo") -> tuple[date | None, date | None]:
    """First and last day that periods cover; their end is the first moment that they no longer do."""
    clock = row["grain"] in CLOCK
    ended = row["ended"]
    if ended is not None:
        ended -= timedelta(microseconds=1) if clock else timedelta(days=1)
    times = [row["first"], max((time for time in (row["last"], ended) if time), default=None)]
    first, last = (_day(time, zone if clock else UTC) for time in times)
    return first, last


def _day(time: date | None, zone: "tzinfo") -> date | None:
    return None if time is None else day_of(time, zone)


def _count_units(
    region: "Region", found: defaultdict[str, Held], named: set[tuple[str, str]]
) -> None:
    """Units by level; for a source without figures the places that its other rows are about."""
    levels = {row["unit"]: row["level"] for row in region.history("unit")}
    for table, sql in ABOUT.items():
        rows = region.query(sql, table, past=True)
        named |= {(r["source"], r["place"]) for r in rows if not found[r["source"]].figures}
    for source, place in named:
        kind = levels.get(place, UNIT) if ":" not in place else place.partition(":")[0]
        places = found[source].places
        places[kind] = places.get(kind, 0) + 1
