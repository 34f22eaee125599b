"""Observations as SDMX-CSV 2.0: series of figures in the standard that statistical offices exchange them by.

Source: SDMX-CSV 2.0 data message (SDMX 3.0, section 5), "Columns", "Column headers", "Column content" and
"Optional parameters"; periods by SDMX 3.0, section 6 (technical notes), 4.2; codes of CL_FREQ 2.1 and
CL_OBS_STATUS 2.3.
"""

import csv
import io
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base import periods
from hutuo.base.figures import indicator_of, unit_name
from hutuo.errors import BadAsk, NotFound
from hutuo.glossary import Text, both

if TYPE_CHECKING:
    import pyarrow as pa

    from hutuo.base.region import Region

__all__ = [
    "AGENCY",
    "ATTRIBUTES",
    "DIMENSIONS",
    "FREQUENCIES",
    "KEYS",
    "LABELS",
    "MEASURE",
    "MEDIA",
    "QUALITIES",
    "STATUSES",
    "VERSION",
    "Keys",
    "Labels",
    "Written",
    "frequency",
    "observations",
    "period",
    "span",
    "written",
]

Labels = Literal["id", "name", "both"]
Keys = Literal["none", "series", "obs", "both"]
LABELS: tuple[Labels, ...] = ("id", "name", "both")
KEYS: tuple[Keys, ...] = ("none", "series", "obs", "both")
MEDIA = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
AGENCY, VERSION = "HUTUO", "1.0.0"
# What follows is called as the cross-domain concepts are, where there is one.
DIMENSIONS: Mapping[str, Text] = {
    "FREQ": Text("频率", "Frequency"),
    "REF_AREA": Text("地点", "Reference area"),
    "INDICATOR": Text("指标", "Indicator"),
    "TIME_PERIOD": Text("时期", "Time period"),
}
MEASURE: Mapping[str, Text] = {"OBS_VALUE": Text("数值", "Observation value")}
ATTRIBUTES: Mapping[str, Text] = {
    "UNIT_MEASURE": Text("计量单位", "Unit of measure"),
    "OBS_STATUS": Text("数值状态", "Observation status"),
    "SOURCE": Text("来源", "Source"),
    "QUALITY": Text("质量等级", "Quality of the source"),
    "METHOD": Text("方法", "Method of an estimate"),
    "COMMENT_OBS": Text("备注", "Comment"),
}
# A column of our own, as the standard lets one add: when the figure became known.
UPDATED = "UPDATED"
FREQUENCIES: Mapping[str, Text] = {
    "A": Text("年", "Annual"),
    "S": Text("半年", "Half-yearly"),
    "Q": Text("季", "Quarterly"),
    "M": Text("月", "Monthly"),
    "D": Text("日", "Daily"),
    "H": Text("小时", "Hourly"),
    "I": Text("不定期", "Irregular"),
}
STATUSES: Mapping[str, Text] = {
    "A": Text("正常值", "Normal value"),
    "E": Text("估计值", "Estimated value"),
    "U": Text("可靠性低", "Low reliability"),
}
QUALITIES: Mapping[str, Text] = {
    "A": Text("官方或规划", "Official or plan"),
    "B": Text("转载", "Second-hand copy"),
    "C": Text("不可靠", "Weak"),
}
OF_GRAIN = {"year": "A", "quarter": "Q", "month": "M", "hour": "H", "instant": "I"}
HALF, YEAR, HALVES = 6, 12, (1, 7)
MOST_ROWS = 1_000_000
COLUMNS = (
    "place", "indicator", "valid_from", "valid_to", "grain", "value", "unit", "source", "quality", "estimate",
    "method", "note", "recorded_at",
)  # fmt: skip


class Written(NamedTuple):
    """How a message is written.

    Attributes:
        labels: ``id``, or names beside ids in columns of their own (``name``) or behind them (``both``).
        keys: Which columns with whole keys stand before the dimensions.
        lang: Language of names and remarks.
    """

    labels: Labels = "id"
    keys: Keys = "none"
    lang: str = "zh"


def span(first: str | None, last: str | None, region: "Region") -> slice:
    """From which time on, and before which, periods begin.

    Args:
        first: A period as 2010, 2024-Q1, 2024-05 or 2024-05-06; its first moment counts.
        last: The same; all of it counts.
        region: Whose time zone instants are in that name none.

    Raises:
        BadAsk: One of them is no period.
    """
    start, end = (_period(given, region) if given else None for given in (first, last))
    before = None if end is None else end.valid_to or end.valid_from
    return slice(None if start is None else periods.moment(start.valid_from), _moment(before))


def observations(
    region: "Region", where: Mapping[str, object], frequencies: tuple[str, ...] = ()
) -> "pa.Table":
    """Observations as known, in order of place, indicator and time.

    Args:
        region: View of the region.
        where: Column to values or a slice; empty values ask for all.
        frequencies: Only of these, of :data:`FREQUENCIES`; empty for all.

    Raises:
        NotFound: There is no such place or indicator, or no figure at all.
        BadAsk: There are more rows than are written at once.
    """
    import pyarrow as pa

    asked = {name: value for name, value in where.items() if value not in ((), slice(None))}
    rows = region.past("observation", **asked).select([*COLUMNS])
    if frequencies:
        of = map(
            frequency, *(rows.column(n).to_pylist() for n in ("valid_from", "valid_to", "grain"))
        )
        rows = rows.filter(pa.array([one in frequencies for one in of], pa.bool_()))
    if not rows.num_rows:
        for place in _listed(asked.get("place")):
            region.name_of(place)
        for indicator in _listed(asked.get("indicator")):
            indicator_of(region, indicator)
        raise NotFound(
            Text("没有符合条件的数据", "there is no figure of that kind"),
            Text("见base indicators与base coverage", "see base indicators and base coverage"),
        )
    if rows.num_rows > MOST_ROWS:
        raise BadAsk(
            Text(
                f"{rows.num_rows:,}行超过一次导出的{MOST_ROWS:,}行",
                f"{rows.num_rows:,} rows are more than the {MOST_ROWS:,} that are written at once",
            ),
            Text("请按地点、指标或时期缩小范围", "narrow it by place, indicator or period"),
        )
    return rows.sort_by([(n, "ascending") for n in ("place", "indicator", "valid_from", "grain")])


def frequency(valid_from: date, valid_to: date | None, grain: str) -> str:
    """Code of the frequency: what the period is; ``I`` for instants, other runs and what still holds."""
    if grain != "day":
        return OF_GRAIN[grain]
    if valid_to is None:
        return "I"
    if (valid_to - valid_from).days == 1:
        return "D"
    return "S" if _months(valid_from, valid_to) == HALF and valid_from.month in HALVES else "I"


def period(valid_from: date, valid_to: date | None, grain: str) -> str:
    """A period as the standard writes it: Gregorian or reporting period, instant, or begin and duration."""
    code, year, month = frequency(valid_from, valid_to, grain), valid_from.year, valid_from.month
    begin = f"{year:04}-{month:02}-{valid_from.day:02}"
    named = {
        "A": f"{year:04}",
        "S": f"{year:04}-S{1 + month // (HALF + 1)}",
        "Q": f"{year:04}-Q{(month + 2) // 3}",
        "M": f"{year:04}-{month:02}",
        "D": begin,
    }
    if code in named:
        return named[code]
    if isinstance(valid_from, datetime) and grain in periods.CLOCK:
        begin = _clock(valid_from)
    return begin if valid_to is None else f"{begin}/{_duration(valid_from, valid_to, grain)}"


def written(region: "Region", rows: "pa.Table", how: Written) -> bytes:
    """Rows of :func:`observations` as a message: UTF-8, comma, lines as RFC 4180 ends them.

    What is not known is an empty field, and a period without a figure has no line.
    """
    cells = _cells(rows)
    names = {} if how.labels == "id" else _names(region, how.lang)
    flow = f"{AGENCY}:{region.info.id}({VERSION})"
    title = region.title.say(how.lang)
    heads, columns = ["STRUCTURE", "STRUCTURE_ID"], [["dataflow"], [flow]]
    if how.labels == "both":
        columns[1] = [f"{flow}: {title}"]
    if how.labels == "name":
        heads.append("STRUCTURE_NAME")
        columns.append([title])
    heads.append("ACTION")
    columns.append(["I"])
    columns = [column * rows.num_rows for column in columns]
    for head, parts in _whole(how.keys):
        heads.append(head)
        columns.append([".".join(key) for key in zip(*(cells[p] for p in parts), strict=True)])
    for component, called in {**DIMENSIONS, **MEASURE, **ATTRIBUTES}.items():
        for head, column in _labelled(component, called, cells[component], names, how):
            heads.append(head)
            columns.append(column)
    heads.append(UPDATED)
    columns.append(cells[UPDATED])
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(heads)
    lines.writerows(zip(*columns, strict=True))
    return out.getvalue().encode()


def _cells(rows: "pa.Table") -> dict[str, list[str]]:
    """Fields by column, as they stand in the message without names."""
    given = {name: rows.column(name).to_pylist() for name in COLUMNS}
    times = list(zip(*(given[n] for n in ("valid_from", "valid_to", "grain")), strict=True))
    return {
        "FREQ": [frequency(*one) for one in times],
        "TIME_PERIOD": [period(*one) for one in times],
        "REF_AREA": given["place"],
        "INDICATOR": given["indicator"],
        "OBS_VALUE": [_number(value) for value in given["value"]],
        "UNIT_MEASURE": [_text(one) for one in given["unit"]],
        "OBS_STATUS": list(map(_status, given["estimate"], given["quality"])),
        "SOURCE": [_text(one) for one in given["source"]],
        "QUALITY": [_text(one) for one in given["quality"]],
        "METHOD": [_text(one) for one in given["method"]],
        "COMMENT_OBS": [_text(one) for one in given["note"]],
        UPDATED: [_clock(one) for one in given["recorded_at"]],
    }


def _names(region: "Region", lang: str) -> dict[str, Callable[[str], str]]:
    """What ids of each component are called; those without names are not among them."""

    def of(named: Mapping[str, Text]) -> Callable[[str], str]:
        return lambda given: named[given].say(lang) if given in named else ""

    titles = [
        {key: Text(row["zh"], row["en"]) for key, row in found.items()}
        for found in (region.indicators, region.sources)
    ]
    return {
        "FREQ": of(FREQUENCIES),
        "REF_AREA": of(region.names),
        "INDICATOR": of(titles[0]),
        "UNIT_MEASURE": lambda given: unit_name(given).say(lang) if given else "",
        "OBS_STATUS": of(STATUSES),
        "SOURCE": of(titles[1]),
        "QUALITY": of(QUALITIES),
    }


def _labelled(
    component: str,
    called: Text,
    column: list[str],
    names: Mapping[str, Callable[[str], str]],
    how: Written,
) -> list[tuple[str, list[str]]]:
    """The columns of a component with their headings."""
    title, name = called.say(how.lang), names.get(component)
    if component in ("METHOD", "COMMENT_OBS"):
        column = [said.say(how.lang) if (said := both(one or None)) else "" for one in column]
    if how.labels == "id":
        return [(component, column)]
    known = {one: name(one) if name else "" for one in set(column)}
    if how.labels == "both":
        told = {one: f"{one}: {label}" if label else one for one, label in known.items()}
        return [(f"{component}: {title}", [told[one] for one in column])]
    return [(component, column), (title, [known[one] for one in column])]


def _whole(keys: Keys) -> list[tuple[str, list[str]]]:
    """Columns with whole keys, and the dimensions they are made of."""
    series = ("SERIES_KEY", [name for name in DIMENSIONS if name != "TIME_PERIOD"])
    each = ("OBS_KEY", [*DIMENSIONS])
    return {"none": [], "series": [series], "obs": [each], "both": [series, each]}[keys]


def _status(estimate: bool | None, quality: str | None) -> str:  # noqa: FBT001 - a cell of the row
    if estimate is None:
        return ""
    return "E" if estimate else "U" if quality == "C" else "A"


def _number(value: float | None) -> str:
    """The shortest number that is read back as the same; whole ones without a point."""
    if value is None:
        return ""
    if math.isnan(value):
        return "NaN"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value!r}"  # noqa: PLR2004 - whole in a double


def _text(given: str | None) -> str:
    return given or ""


def _listed(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


def _clock(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(when: date | None) -> datetime | None:
    return None if when is None else periods.moment(when)


def _months(first: date, until: date) -> int:
    """Whole months from the first day of one to that of another; 0 if they do not begin there."""
    if not first.day == until.day == 1:
        return 0
    return (until.year - first.year) * YEAR + until.month - first.month


def _duration(first: date, until: date, grain: str) -> str:
    """A run of time by ISO 8601: years or months where it is of whole ones, days, or hours and seconds."""
    if grain == "hour":
        return "PT1H"
    if grain == "instant":
        return f"PT{(until - first).total_seconds():.6f}".rstrip("0").rstrip(".") + "S"
    months = _months(first, until)
    if months:
        return f"P{months // YEAR}Y" if months % YEAR == 0 else f"P{months}M"
    return f"P{(until - first).days}D"


def _period(given: str, region: "Region") -> periods.Period:
    found = periods.read(given, region.zone)
    if found is None:
        raise BadAsk(periods.refused(given))
    return found
