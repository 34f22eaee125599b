"""History: every version of a figure, by when it holds and by when it was recorded."""

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hutuo.base.answers import Placed, Sourced
from hutuo.base.attaching import retry
from hutuo.base.figures import indicator_of, source_name, unit_name
from hutuo.base.periods import CLOCK, moment, of_grain
from hutuo.base.selection import MAIN
from hutuo.glossary import both
from hutuo.verbs import Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

CELL = "cell:"
# Versions of main first, then those of the branch, which stand over them whenever they were recorded.
VERSIONS = """
    SELECT o.valid_from, o.valid_to, o.grain, o.recorded_at, o.value, o.unit, o.source, o.quality,
        o.estimate, o.method, o.note, o.batch, o.branch, o.retracted, o.file_row, o.file_column,
        log.verb, log.origin
    FROM lake.observation AS o LEFT JOIN lake.batch AS log ON log.batch = o.batch
    WHERE o.place = ? AND o.indicator = ? AND o.branch IN ('main', ?)
        AND (? IS NULL OR o.recorded_at <= ?)
    ORDER BY o.valid_from, o.valid_to NULLS LAST, o.grain, o.branch <> 'main', o.recorded_at, o.batch
"""


class History(Ask):
    """Which figure to follow."""

    place: str = said("区划代码或地点", "unit or place")
    indicator: str = said("指标的标识", "id of the indicator")


class Version(Sourced):
    """One version of the figure of one period."""

    grain: str = said("粒度", "what the period is: year, quarter, month, day, hour or instant")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    superseded_at: datetime | None = said(
        "被取代的时间", "when the next version was recorded; null if there is none"
    )
    current: bool = said("是否为现行版本", "whether it is what is known")
    retracted: bool = said("是否为撤回", "whether it takes the figure of the period back")
    batch: str = said("批次", "batch that brought it")
    verb: str | None = said("写入的功能", "verb that wrote it")
    origin: str | None = said("来自", "what the batch was made from, as the name of a file")
    file_row: int | None = said(
        "文件中的行号", "row of that file in which it stands, from 1; null if it came from no file"
    )
    file_column: str | None = said("文件中的列", "column of that file in which it stands")
    branch: str = said("分支", "branch that it was written on")
    note: Text | None = said("备注", "remark")


class HistoryAnswer(Placed):
    """A figure in both times."""

    indicator: str = said("指标的标识", "id of the indicator")
    indicator_name: Text = said("指标名称", "what the indicator is called")
    unit: str = said("计量单位", "unit of measure of the indicator")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    rows: list[Version] = said(
        "各版本,先按有效期、再按记录时间", "versions by period, and by when they were recorded"
    )


@verb(
    "给出一个数字在两种时间中的全部版本",
    columns=(
        "valid_from",
        "valid_to",
        "value",
        "recorded_at",
        "superseded_at",
        "current",
        "batch",
    ),
)
def history(region: "Region", ask: History) -> HistoryAnswer:
    """Give every version of a figure: when it holds, when it was recorded, by which batch and verb."""
    about = indicator_of(region, ask.indicator)
    name = region.names.get(ask.place)
    if name is None:
        # A cell is a place by itself, without a row that names it.
        is_cell = ask.place.startswith(CELL)
        name = Text(ask.place, ask.place) if is_cell else region.name_of(ask.place)
    return HistoryAnswer(
        place=ask.place,
        name=name,
        indicator=ask.indicator,
        indicator_name=Text(about["zh"], about["en"]),
        unit=about["unit"],
        unit_name=unit_name(about["unit"]),
        rows=[_version(region, row) for row in versions(region, ask.place, ask.indicator)],
    )


def versions(region: "Region", place: str, indicator: str) -> "list[Row]":
    """Rows of every version that the view reaches, by period, each with what became of it.

    Args:
        region: View of the region: rows recorded by ``as_of``, of periods that began by ``at``.
        place: Unit or place.
        indicator: What is measured.
    """
    region.whole("observation")
    lane = region.lake.lane(region.branch)
    given = [place, indicator, lane, region.as_of, region.as_of]
    rows = retry(lambda: region.lake.fetch(VERSIONS, given)).to_pylist()
    periods = groupby(
        (row for row in rows if _began(region, row)),
        key=lambda row: (row["valid_from"], row["valid_to"], row["grain"]),
    )
    return [row for _, same in periods for row in told(list(same))]


def told(rows: "Sequence[Row]") -> "Iterator[Row]":
    """Versions of one period with ``superseded_at`` and ``current``, by when they were recorded.

    A branch stands over main: from its first version on, what main learns is not known on it, so that such a
    version is superseded as soon as it is recorded.

    Args:
        rows: Versions of main, then those of the branch, each by ``recorded_at``.
    """
    own = next((row["recorded_at"] for row in rows if row["branch"] != MAIN), None)
    found = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        ends = [after["recorded_at"]] if after else []
        if row["branch"] == MAIN and own is not None:
            ends.append(own)
        until = max(min(ends), row["recorded_at"]) if ends else None
        current = after is None and not row["retracted"]
        found.append(row | {"superseded_at": until, "current": current})
    yield from sorted(found, key=lambda row: row["recorded_at"])


def _began(region: "Region", row: "Row") -> bool:
    """Whether the period began by the time that the view asks for."""
    when = region.when
    if when is None:
        return True
    return moment(row["valid_from"]) <= (when.last if row["grain"] in CLOCK else when.day)


def _version(region: "Region", row: "Row") -> Version:
    times = {name: of_grain(row[name], row["grain"]) for name in ("valid_from", "valid_to")}
    return Version(
        **row
        | times
        | {
            "source_name": source_name(region, row["source"]),
            "unit_name": unit_name(row["unit"]),
            "branch": MAIN if row["branch"] == MAIN else region.branch,
            "method": both(row["method"]),
            "note": both(row["note"]),
        }
    )
