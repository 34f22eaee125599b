"""Readings of sensors as their keeper looks at them: how often, how late, where they are missing."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hutuo.base.answers import Measured, Placed
from hutuo.base.figures import indicator_of, unit_name
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

LONGEST_DAYS = 366
# A step counts as a gap from one and a half usual steps on: one reading at least is missing then.
SEEN = """
    WITH stepped AS (
        SELECT place, indicator, valid_from, recorded_at, coalesce(valid_to, valid_from) AS ended,
            epoch(lead(valid_from) OVER (PARTITION BY place, indicator ORDER BY valid_from)
                - valid_from) / 60 AS step,
            coalesce(recorded_at > min(recorded_at) OVER (PARTITION BY place, indicator
                ORDER BY valid_from ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), false) AS behind
        FROM known WHERE grain IN ('hour', 'instant')
    ), usual AS (
        SELECT place, indicator, median(step) AS step FROM stepped GROUP BY ALL
    )
    SELECT place, indicator, count(*) AS readings, min(valid_from) AS first, max(valid_from) AS last,
        any_value(usual.step) AS step_minutes,
        coalesce(count_if(stepped.step >= 1.5 * usual.step), 0) AS gaps,
        coalesce(sum(CASE WHEN stepped.step >= 1.5 * usual.step
            THEN round(stepped.step / usual.step) - 1 END), 0)::BIGINT AS lacking,
        count_if(behind) AS out_of_order, max(stepped.step) AS longest_minutes,
        median(epoch(recorded_at - ended)) / 60 AS latency_minutes,
        quantile_cont(epoch(recorded_at - ended), 0.95) / 60 AS latency_p95_minutes
    FROM stepped JOIN usual USING (place, indicator) GROUP BY ALL ORDER BY place, indicator
"""


class Readings(Ask):
    """Which readings to look at."""

    place: str | None = said("只要该地点", "only of this place", default=None)
    indicator: str | None = said("只要该指标", "only of this indicator", default=None)
    days: int = said(
        "最近多少天,到所问时间或最新读数为止",
        "days up to the asked time, or up to the latest reading",
        default=2,
        ge=1,
        le=LONGEST_DAYS,
    )


class ReadingRow(Measured, Placed):
    """Readings of one indicator at one place."""

    place_name: Text = said("地点名称", "what the place is called")
    readings: int = said("读数的个数", "number of readings")
    first: datetime = said("最早的读数", "time of the first one")
    last: datetime = said("最新的读数", "time of the last one")
    step_minutes: float | None = said("通常的间隔(分钟)", "usual minutes from one to the next")
    gaps: int = said("中断次数", "number of gaps")
    lacking: int = said("缺少的读数", "readings that are lacking in the gaps")
    out_of_order: int = said("乱序到达的读数", "readings that were recorded after a later one was")
    longest_minutes: float | None = said("最长的间隔(分钟)", "longest minutes without a reading")
    latency_minutes: float = said(
        "从观测结束到记录的时间中位数(分钟)",
        "median minutes from the end of what was observed to its recording",
    )
    latency_p95_minutes: float = said(
        "95% 的读数在多少分钟内记录", "minutes within which 95 of 100 were recorded"
    )


class ReadingsAnswer(Answer):
    """Readings by place and indicator."""

    since: datetime | None = said("起始时间", "begin of what is shown; null without readings")
    until: datetime | None = said("截止时间", "end of what is shown; null without readings")
    rows: list[ReadingRow] = said("各终端各指标", "readings by place and indicator")


@verb(
    "查看感知终端的读数:频率、中断与延迟",
    columns=(
        "place_name",
        "name",
        "readings",
        "last",
        "step_minutes",
        "gaps",
        "lacking",
        "out_of_order",
        "latency_minutes",
    ),
)
def readings(region: "Region", ask: Readings) -> ReadingsAnswer:
    """Show how often, how late and with which gaps sensors were read."""
    where = {name: v for name in ("place", "indicator") if (v := getattr(ask, name)) is not None}
    if ask.indicator is not None:
        indicator_of(region, ask.indicator)
    if ask.place is not None:
        region.name_of(ask.place)
    until = _end(region, where)
    if until is None:
        return ReadingsAnswer(since=None, until=None, rows=[])
    since = until - timedelta(days=ask.days)
    span = slice(since, until + timedelta(microseconds=1))
    rows = region.query(SEEN, "observation", past=True, **where, valid_from=span)
    return ReadingsAnswer(since=since, until=until, rows=[_row(region, row) for row in rows])


def _row(region: "Region", row: dict[str, Any]) -> ReadingRow:
    place, about = row["place"], region.indicators[row["indicator"]]
    return ReadingRow(
        place_name=region.names.get(place, Text(place, place)),
        name=Text(about["zh"], about["en"]),
        unit=about["unit"],
        unit_name=unit_name(about["unit"]),
        **row,
    )


def _end(region: "Region", where: dict[str, str]) -> datetime | None:
    """The asked time, or that of the latest reading; None where there is no reading."""
    if region.when is not None:
        return region.when.last
    sql = "SELECT max(valid_from) AS last FROM known WHERE grain IN ('hour', 'instant')"
    last: datetime | None = region.query(sql, "observation", past=True, **where)[0]["last"]
    return last
