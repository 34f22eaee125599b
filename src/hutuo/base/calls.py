"""A plain table of trains and their calls (train, station, arrival, departure) as a version of a timetable.

For regions whose operators publish no GTFS: what a timetable site or a pocket timetable lists, as CSV.
"""

import re
from datetime import date, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base import schedules
from hutuo.base.grids import LARGEST_FILE, size_of
from hutuo.base.mapping import Mapping, PeriodColumn, Quarantined, Read
from hutuo.base.schedules import DAY, Version, run_days, seconds
from hutuo.base.sheets import ROW, Spec, Told, heading, keep, sheet
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

ENDINGS = (".calls.csv",)
FORMAT = "calls"
NEEDED = ("trip", "stop", "arrival", "departure")
# How tables call the columns; the first that is there is taken.
CALLED = {
    "trip": ("train", "trip", "trip_id", "车次", "班次"),
    "stop": ("station", "stop", "stop_name", "车站", "站名", "站点"),
    "arrival": ("arrival", "arrival_time", "到达", "到达时间", "到时", "到点"),
    "departure": ("departure", "departure_time", "发车", "发车时间", "开车时间", "发时", "开点"),
    "sequence": ("sequence", "stop_sequence", "站序", "顺序"),
    "route": ("class_zh", "class", "line", "route", "车型", "类型", "线路"),
    "kind": ("kind", "call_kind"),
}
ORIGIN, TERMINUS = "origin", "terminus"
SERVICE = "daily"
RAIL = 2
LONG = Text(
    "行程超过一天,按钟点排列看不出停站顺序;请加一列“站序”",
    "travels for more than a day: times of day do not tell the order of its calls; add a column sequence",
)
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def accepts(path: Path) -> bool:
    """Whether the header of a CSV names trains, stations, arrivals and departures."""
    return set(NEEDED) <= set(_columns(path))


def proposal(path: Path, _region: "Region") -> Mapping:
    """Which column says what; the days, where the file's name holds a year."""
    columns = _columns(path)
    _complete(path, columns)
    year = YEAR.search(path.stem)
    told = Told(path.name, [], [])
    order = "clock" if _by_clock(_rows(path, columns, told)) else "file"
    return Mapping(
        format=FORMAT,
        table="timetable",
        columns=columns,
        period=PeriodColumn(value=year[1]) if year else None,
        options={"timetable": path.stem, "zh": path.stem, "en": path.stem, "order": order},
    )


def frames(path: Path, mapping: Mapping, region: "Region") -> Read:
    """The tables of the timetable, and the rows that do not fit.

    Raises:
        BadInput: Columns are missing, or it is not said on which days the trains run.
    """
    read, version = parsed(path, mapping, region.zone)
    known = schedules.known_already(path.name, version, region)
    return read._replace(findings=[*read.findings, *known])


def parsed(path: Path, mapping: Mapping, zone: tzinfo) -> tuple[Read, Version]:
    """The tables of the timetable by themselves, and which version they are.

    Args:
        path: The table of calls.
        mapping: What is said of it.
        zone: Time zone of the region.

    Raises:
        BadInput: Columns are missing, or it is not said on which days the trains run.
    """
    told = Told(path.name, [], [])
    _complete(path, mapping.columns)
    period = schedules.period_in(path.name, mapping, zone)
    if period is None:
        lacking = Text(
            "未写明:这些车次在哪些日子开行?", "is missing: on which days do these trains run?"
        )
        hint = Text(
            "如value = '2021'、'2021-01'或'2021-01-10/2021-03-31'",
            "as value = '2021', '2021-01' or '2021-01-10/2021-03-31'",
        )
        finding = Finding(path.name, None, "period", lacking)
        raise BadInput(Text("映射不完整:", "the mapping is not complete:"), [finding], hint)
    name = mapping.options.get("timetable") or path.stem
    version = Version(
        name,
        mapping.options.get("zh") or name,
        mapping.options.get("en") or name,
        period.valid_from,
        period.valid_to,
    )
    calls = in_order(
        _rows(path, mapping.columns, told), mapping.options.get("order", "file"), told
    )
    return _read(calls, version, mapping, told), version


def in_order(calls: "pd.DataFrame", order: str, told: Told) -> "pd.DataFrame":
    """Calls in the order of the journey, their times counted on past midnight.

    Args:
        calls: ``trip``, ``stop``, ``arrival_seconds``, ``departure_seconds`` within a day, ``kind``.
        order: ``file`` where the rows of a trip stand in the order of its journey; ``clock`` where they
            stand by the time of day, so that a night train's last calls may stand first.
        told: Where remarks go.

    Returns:
        The rows with ``sequence`` from 1.
    """
    import pandas as pd

    parts, guessed, long = [], [], []
    for trip, group in calls.groupby("trip", sort=False):
        at = _start(group) if order == "clock" else 0
        if at is None:
            at = _longest_wait(group)
            guessed += [str(trip)] if at else []
        whole = _unwound(pd.concat([group.iloc[at:], group.iloc[:at]]) if at else group)
        long += [trip] if order == "clock" and _longer_than_a_day(whole) else []
        parts.append(whole)
    if guessed:
        count, some = f"{len(guessed):,}", guessed[:5]
        says = Text(
            f"{count}个车次没有标明始发站和终到站,按停站间隔最长处之后为始发处理,如{'、'.join(some)}",
            f"{count} trips show neither origin nor terminus; they were taken to begin after"
            f" their longest wait, as {', '.join(some)}",
        )
        told.findings.append(Finding(told.file, None, "kind", says))
    if order == "clock" and len(parts) > len(long):
        count = f"{len(parts) - len(long):,}"
        says = Text(
            f"各行按钟点排列:{count}个车次按行程不足一天处理;超过一天的,停站顺序会有误,请加一列站序",
            f"rows stand by the time of day: {count} trips are taken to travel for less"
            " than a day; of one that does not, calls are in a wrong order: add a column sequence",
        )
        told.findings.append(Finding(told.file, None, "arrival", says))
    if not parts:
        return calls.iloc[:0].assign(sequence=pd.Series(dtype="int64"))
    whole = pd.concat(parts)
    return keep(whole, ~whole["trip"].isin(long), "trip", LONG, told)


def _longer_than_a_day(trip: "pd.DataFrame") -> bool:
    """Whether rows by the clock cannot be the journey: its days are laid over each other."""
    last = trip["arrival_seconds"].fillna(trip["departure_seconds"]).max()
    first = trip["departure_seconds"].fillna(trip["arrival_seconds"]).min()
    ends = trip["kind"].tolist()
    return bool(TERMINUS in ends[:-1] or last - first > DAY)


def _start(group: "pd.DataFrame") -> int | None:
    """Where in rows by the clock the journey begins; None if neither end is among them."""
    kinds = group["kind"].tolist()
    if ORIGIN in kinds:
        return kinds.index(ORIGIN)
    return (kinds.index(TERMINUS) + 1) % len(kinds) if TERMINUS in kinds else None


def _longest_wait(group: "pd.DataFrame") -> int:
    """The row before which, around the clock, nothing happens for longest."""
    import numpy as np

    times = group["departure_seconds"].fillna(group["arrival_seconds"])
    clock = times.ffill().fillna(0).to_numpy(dtype=np.int64)
    return int(np.argmax((clock - np.roll(clock, 1)) % DAY))


def _unwound(group: "pd.DataFrame") -> "pd.DataFrame":
    """Times of one trip that grow along it: one that is earlier than the one before is of the next day."""
    import pandas as pd

    arrivals: list[int | None] = []
    departures: list[int | None] = []
    last = days = 0
    for cells in zip(group["arrival_seconds"], group["departure_seconds"], strict=True):
        for cell, to in zip(cells, (arrivals, departures), strict=True):
            if pd.isna(cell):
                to.append(None)
                continue
            days += int(cell) + days * DAY < last
            last = int(cell) + days * DAY
            to.append(last)
    return group.assign(
        arrival_seconds=pd.array(arrivals, "Int64"),
        departure_seconds=pd.array(departures, "Int64"),
        sequence=range(1, len(group) + 1),
    )


def _columns(path: Path) -> dict[str, str]:
    """By what it says, the column that is called so."""
    _bounded(path)
    with path.open("rb") as file:
        head = heading(file.read(1 << 16))
    low = {cell.lower(): cell for cell in head}
    found = {
        role: next((low[word] for word in words if word in low), None)
        for role, words in CALLED.items()
    }
    return {role: column for role, column in found.items() if column}


def _complete(path: Path, columns: dict[str, str]) -> None:
    lost = [role for role in NEEDED if role not in columns]
    if lost:
        faults = [Finding(path.name, 1, role, _no_column(role)) for role in lost]
        raise BadInput(
            Text(f"{path.name}不是车次停站表:", f"{path.name} is no table of calls:"),
            faults,
            Text("请在columns中指明", "name them under columns"),
        )


def _no_column(role: str) -> Text:
    names = CALLED[role]
    return Text(f"没有此列;可称{'、'.join(names)}", f"no column says it; as {', '.join(names)}")


def _bounded(path: Path) -> None:
    if size_of(path) > LARGEST_FILE:
        most = f"{LARGEST_FILE:,}"
        says = Text(f"{path.name}太大", f"{path.name} is too large")
        raise BadInput(says, hint=Text(f"最多{most}字节", f"at most {most} bytes"))


def _rows(path: Path, columns: dict[str, str], told: Told) -> "pd.DataFrame":
    _bounded(path)
    needed = tuple(columns[role] for role in NEEDED)
    rest = tuple(columns[role] for role in ("sequence", "route", "kind") if role in columns)
    spec = Spec(tuple(dict.fromkeys((*needed, *rest))))
    frame = sheet("", path.read_bytes(), spec, told)
    found = frame[[ROW]].assign(**{role: frame[column] for role, column in columns.items()})
    for role in ("trip", "stop"):
        found = keep(found, found[role] != "", role, Text("为空", "is empty"), told)
    for role in ("arrival", "departure"):
        found = found.assign(**{f"{role}_seconds": seconds(found[role]) % DAY})
        good = (found[role] == "") | found[f"{role}_seconds"].notna()
        found = keep(found, good, role, Text("不是时刻,如08:30", "is no time, as 08:30"), told)
    for role in ("route", "kind"):
        if role not in found:
            found = found.assign(**{role: ""})
    return _sorted(found, told) if "sequence" in columns else found


def _sorted(found: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    import pandas as pd

    order = pd.to_numeric(found["sequence"].where(found["sequence"].str.fullmatch(r"\d{1,6}")))
    says = Text("不是站序", "is no number of the order")
    found = keep(found.assign(order=order), order.notna(), "sequence", says, told)
    return found.sort_values("order", kind="stable")


def _by_clock(rows: "pd.DataFrame") -> bool:
    """Whether some trip's terminus stands before its origin: its rows stand by the clock then."""
    origin = rows[rows["kind"] == ORIGIN].groupby("trip")[ROW].min()
    terminus = rows[rows["kind"] == TERMINUS].groupby("trip")[ROW].max()
    return bool((terminus < origin.reindex(terminus.index)).any())


def _read(calls: "pd.DataFrame", version: Version, mapping: Mapping, told: Told) -> Read:
    import pandas as pd

    last = (version.valid_to or date.max) - timedelta(days=1)
    weekly = [(SERVICE, [True] * 7, version.valid_from, last)]
    routes = [name for name in calls["route"].unique() if name]
    trips = calls.drop_duplicates("trip")
    stops = calls.drop_duplicates("stop")
    both = ["arrival_seconds", "departure_seconds"]
    timed = calls.assign(
        **{
            name: calls[name].fillna(calls[other])
            for name, other in zip(both, both[::-1], strict=True)
        }
    )
    frames = {
        "stop": pd.DataFrame({"stop": stops["stop"], "name": stops["stop"]}),
        "route": pd.DataFrame({"route": routes, "short_name": routes, "mode": RAIL}),
        "trip": pd.DataFrame(
            {
                "trip": trips["trip"],
                "route": trips["route"].mask(trips["route"] == ""),
                "service": SERVICE,
                "name": trips["trip"],
            }
        ),
        "call": timed[["trip", "sequence", "stop", *both]],
        "service_day": run_days(told.file, weekly, {}),
    }
    rows = {"stop": stops[ROW], "trip": trips[ROW], "call": calls[ROW]}
    frames = {
        name: schedules.plain(frame).assign(timetable=version.timetable).reset_index(drop=True)
        for name, frame in frames.items()
    }
    frames["timetable"] = schedules.timetable_frame(version, mapping.source)
    lines = {
        name: rows[name].reset_index(drop=True) if name in rows else pd.Series([1] * len(frame))
        for name, frame in frames.items()
    }
    held: list[Quarantined] = sorted(told.held, key=lambda one: one.row)
    return Read(frames, lines, held, told.findings)
