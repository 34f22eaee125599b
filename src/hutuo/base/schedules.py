"""Timetables as tables: what readers of different formats share.

Times are seconds after midnight of the service day, so that a train at 0:30 of a night that began the day
before stands at 88,200 and keeps its order.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.periods import Period
from hutuo.base.periods import read as period_of
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.mapping import Mapping as FileMapping
    from hutuo.base.region import Region

MOST_CALLS = 20_000_000
MOST_SERVICE_DAYS = 5_000_000
LONGEST_SPAN = 3_660
LATEST_HOUR = 240
DAY = 86_400
CLOCK_TIME = re.compile(r"\s*(\d{1,3}):([0-5]\d)(?::([0-5]\d))?\s*", re.ASCII)
TABLES = ("timetable", "stop", "route", "trip", "call", "service_day")


class Version(NamedTuple):
    """One version of a timetable.

    Attributes:
        timetable: Its id.
        zh: Name in Chinese.
        en: Name in English.
        valid_from: First day.
        valid_to: Day from which it no longer runs, None while it does.
        zone: Time zone of its clock times; empty for the region's.
    """

    timetable: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    zone: str = ""


def period_in(name: str, mapping: "FileMapping", zone: tzinfo) -> Period | None:
    """The days that the mapping gives the timetable, None if it gives none.

    Args:
        name: File, for the message.
        mapping: What is said of the file.
        zone: Time zone of the region.

    Raises:
        BadInput: What it gives are no days.
    """
    given = mapping.period.value if mapping.period else None
    if given is None:
        return None
    first, _, last = given.partition("/")
    start = period_of(first, zone)
    end = period_of(last, zone) if last else start
    if not start or not end or not end.valid_to or end.valid_to <= start.valid_from:
        says = Text(f"“{given}”不是起止日期", f"'{given}' is no run of days")
        finding = Finding(name, None, "period.value", says)
        hint = Text("如2024-12或2024-12-15/2025-01-17", "as 2024-12 or 2024-12-15/2025-01-17")
        raise BadInput(Text("映射的时期有误:", "the mapping's period is faulty:"), [finding], hint)
    return Period(start.valid_from, end.valid_to, "day")


def seconds(text: "pd.Series[str]") -> "pd.Series[int]":
    """Clock times as seconds after midnight; hours may pass 24. What is no time is missing."""
    import pandas as pd

    # A timetable holds few different times, however many calls.
    codes, words = text.factorize(use_na_sentinel=False)
    found = pd.array([_second(word) for word in words], dtype="Int64")
    return pd.Series(found.take(codes), index=text.index)


def _second(word: str) -> int | None:
    time = CLOCK_TIME.fullmatch(word)
    if time is None or int(time[1]) >= LATEST_HOUR:
        return None
    return int(time[1]) * 3600 + int(time[2]) * 60 + int(time[3] or 0)


def timetable_frame(version: Version, source: str | None) -> "pd.DataFrame":
    """The row of the version itself."""
    import pandas as pd

    row = version._asdict() | {"zone": version.zone or None, "source": source}
    frame = pd.DataFrame([row])
    return frame.drop(columns=[name for name in ("valid_to", "zone") if row[name] is None])


def known_already(name: str, version: Version, region: "Region") -> list[Finding]:
    """A remark where a version of that id is known: rows that the file no longer has would stay."""
    if not region.records("timetable", timetable=version.timetable):
        return []
    says = Text(
        f"时刻表“{version.timetable}”已有,本文件没有的行保持不变;改动后的时刻表请另起标识",
        f"'{version.timetable}' is known already; rows of it that this file lacks stay as they are:"
        " give a changed timetable an id of its own",
    )
    return [Finding(name, None, "timetable", says)]


def run_days(
    name: str,
    weekly: Iterable[tuple[str, Sequence[bool], date, date]],
    changes: Mapping[str, Mapping[date, bool]],
) -> "pd.DataFrame":
    """Every day on which each service runs.

    Args:
        name: File, for the message.
        weekly: Service, whether it runs on Monday to Sunday, first and last day.
        changes: By service, days that are added (True) or left out (False).

    Returns:
        Columns ``service`` and ``day``, in order, each once.

    Raises:
        BadInput: There would be too many.
    """
    import pandas as pd

    days: dict[str, set[date]] = {service: set() for service in changes}
    total = 0
    for service, runs, first, last in weekly:
        span = (last - first).days + 1
        mine = days.setdefault(service, set())
        mine |= {d for n in range(span) if runs[(d := first + timedelta(days=n)).weekday()]}
        total += span
        if total > MOST_SERVICE_DAYS:
            most = f"{MOST_SERVICE_DAYS:,}"
            raise BadInput(
                Text(
                    f"{name}的开行日超过{most}个", f"{name} has more than {most} days of service"
                ),
                hint=Text("请缩短日历,或拆分文件", "shorten the calendar, or split the file"),
            )
    for service, changed in changes.items():
        days[service] |= {day for day, added in changed.items() if added}
        days[service] -= {day for day, added in changed.items() if not added}
    rows = [(service, day) for service in sorted(days) for day in sorted(days[service])]
    return pd.DataFrame(rows, columns=["service", "day"])


def plain(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The frame with whole numbers as plain numbers: pandas' own missing value is none that JSON knows."""
    ints = [name for name in frame if str(frame[name].dtype) == "Int64"]
    return frame.assign(**{str(n): frame[n].astype("float64") for n in ints})
