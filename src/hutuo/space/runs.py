"""Frames of a timetable made into what the kernels read: calls with times, links between stops."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import departures
from hutuo.base.sheets import filled, more_like
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.space.patterns import Calls, Links

TIMES = ["arrival_seconds", "departure_seconds"]
FORBIDDEN = 3
LISTED = 20
SOURCE = ["file", "row"]


class Linked(NamedTuple):
    """What a feed says of changing.

    Attributes:
        links: Ways between different stops, as the rows name them.
        raised: Least milliseconds between two stops, those of one station by the row of the station.
        forbidden: (pairs, 2) from and to where nobody may change; a stop with itself as well.
        change: (stops,) least milliseconds of a change at the stop, 0 where none is told.
        station: (stops,) number of a platform's station, -1 where it has none.
    """

    links: "Links"
    raised: "Links"
    forbidden: "NDArray[np.int64]"
    change: "NDArray[np.int32]"
    station: "NDArray[np.int32]"


def known(frames: "dict[str, pd.DataFrame]") -> None:
    """Calls name stops and trips that there are, and transfers stops.

    Args:
        frames: ``stops``, ``trips``, ``calls``, ``transfers``.

    Raises:
        BadInput: Some do not, or an id stands twice; every one is told.
    """
    faults: list[Finding] = []
    for name, key in (("stops", "stop"), ("trips", "trip")):
        twice = frames[name][frames[name][key].duplicated()]
        faults += listed(name, twice, key, Text("“{}”出现两次", "'{}' stands twice"))
    for name, column, other, key in (
        ("calls", "stop", "stops", "stop"),
        ("calls", "trip", "trips", "trip"),
        ("transfers", "from_stop", "stops", "stop"),
        ("transfers", "to_stop", "stops", "stop"),
    ):
        rows = frames[name]
        lost = rows[~rows[column].isin(frames[other][key])]
        says = Text(f"“{{}}”不是{other}中的{key}", f"'{{}}' is no {key} of the {other}")
        faults += listed(name, lost, column, says)
    if faults:
        told = Text("时刻表的各表不相配:", "the frames of a timetable do not fit together:")
        raise BadInput(told, faults, Text("请改正这些行", "mend these rows"))


def listed(file: str, rows: "pd.DataFrame", column: str, says: Text) -> list[Finding]:
    """A finding a row, the first ones; the rest are counted.

    Args:
        file: What is named where a row does not say its own file.
        rows: Rows, with ``file`` and ``row`` where they came from a file; else their index is their row.
        column: Column that is quoted, and named.
        says: What is said of a cell, which stands where the braces are.
    """
    head = rows.head(LISTED)
    files = head["file"].tolist() if "file" in rows else [file] * len(head)
    numbers = (head["row"] if "row" in rows else head.index.to_series()).tolist()
    cells = head[column].astype(str).tolist()
    found = [
        Finding(where, int(number), column, filled(says, cell))
        for where, number, cell in zip(files, numbers, cells, strict=True)
    ]
    if len(rows) > LISTED:
        found.append(Finding(files[0], None, column, more_like(len(rows) - LISTED)))
    return found


def mended(calls: "pd.DataFrame") -> "tuple[pd.DataFrame, list[Finding]]":
    """Calls with a time each, of trips that can be ridden, and what was left out.

    Args:
        calls: ``trip, sequence, stop``, both times in seconds or missing, ``boards``, ``alights``.

    Returns:
        The calls in order, times evenly between those that are told; and findings: calls outside the times of
        their trip, trips whose times go back, trips that call once.
    """
    import numpy as np

    rows = calls.sort_values(["trip", "sequence"], kind="stable").reset_index(drop=True)
    rows[TIMES] = rows[TIMES].astype("float64")
    rows["departure_seconds"] = rows["departure_seconds"].fillna(rows["arrival_seconds"])
    rows["arrival_seconds"] = rows["arrival_seconds"].fillna(rows["departure_seconds"])
    findings = []
    timed = departures.timed(rows.assign(_at=np.arange(len(rows))))
    lost = rows[~rows.index.isin(timed["_at"])]
    says = Text(
        "车次“{}”自此至终点没有时刻,或此前没有时刻;此次停站略去",
        "trip '{}' has no time from here to its end, or none before; the call is left out",
    )
    findings += listed("calls", once(lost), "trip", says)
    last = timed["departure_seconds"].shift().where(timed["trip"] == timed["trip"].shift())
    back = (timed["arrival_seconds"] < last) | (
        timed["departure_seconds"] < timed["arrival_seconds"]
    )
    says = Text(
        "车次“{}”的时刻在此倒退;该车次略去",
        "trip '{}' goes back in time here; the trip is left out",
    )
    findings += listed("calls", once(timed[back]), "trip", says)
    timed = timed[~timed["trip"].isin(timed.loc[back, "trip"])]
    single = ~timed["trip"].duplicated(keep=False)
    says = Text(
        "车次“{}”只有一次停站有时刻,无法乘坐",
        "trip '{}' has a single call with a time; nobody can ride it",
    )
    findings += listed("calls", once(timed[single]), "trip", says)
    return timed[~single].drop(columns="_at").reset_index(drop=True), findings


def once(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Each row of a file once, though a trip of ``frequencies.txt`` has many copies of it."""
    return rows.drop_duplicates(SOURCE) if "row" in rows else rows


def repeated(calls: "pd.DataFrame", trips: "pd.DataFrame") -> list[Finding]:
    """Trips of one route that run twice at the same times: services that overlap."""
    import numpy as np
    import pandas as pd

    words = pd.util.hash_pandas_object(calls[["stop", *TIMES]], index=False).to_numpy()
    place = calls.groupby("trip", sort=False).cumcount().to_numpy(np.uint64)
    mixed = words * (place * np.uint64(2) + np.uint64(0x9E3779B97F4A7C15))
    each = pd.Series(mixed).groupby(calls["trip"].to_numpy(), sort=False).sum()
    first = (calls.sort_values("row") if "row" in calls else calls).drop_duplicates("trip")
    first = first.set_index("trip")
    same = first.assign(sign=each.reindex(first.index), size=calls.groupby("trip").size())
    same["route"] = trips.set_index("trip")["route"].reindex(same.index).astype(str)
    twice = same[same.duplicated(["sign", "size", "route"])].reset_index()
    says = Text(
        "车次“{}”与同一线路的另一车次时刻相同:是否两份开行日历重叠?",
        "trip '{}' runs at the same times as another of its route: do two services overlap?",
    )
    return listed("calls", once(twice), "trip", says)


def as_calls(calls: "pd.DataFrame", stop: "pd.Index", trip: "pd.Index") -> "Calls":
    """Calls as arrays, by the numbers of their stops and trips.

    Args:
        calls: As :func:`mended` gives them.
        stop: Ids of the stops.
        trip: Ids of the trips.
    """
    import numpy as np
    import pandas as pd

    from hutuo.space.patterns import SECOND, Calls

    number = trip.get_indexer(pd.Index(calls["trip"]))
    order = np.argsort(number, kind="stable")
    arrival, departure = (
        np.rint(calls[name].to_numpy() * SECOND).astype(np.int32)[order] for name in TIMES
    )
    return Calls(
        number[order].astype(np.int32),
        stop.get_indexer(pd.Index(calls["stop"]))[order].astype(np.int32),
        arrival,
        departure,
        calls["boards"].to_numpy(bool)[order],
        calls["alights"].to_numpy(bool)[order],
    )


def linked(transfers: "pd.DataFrame", stops: "pd.DataFrame") -> Linked:
    """What transfers say, by the numbers of stops.

    A row that names two stops is a link between them; where it names stations, between their platforms. A row
    from a stop to itself is none: it says how long a change takes there at least. Of several rows on a pair,
    one that forbids wins, then one that names the stops themselves, then the shortest.

    Args:
        transfers: ``from_stop, to_stop, kind, seconds``.
        stops: ``stop``, and ``parent`` where stations are known.
    """
    import numpy as np
    import pandas as pd

    from hutuo.space.patterns import SECOND, links

    ids = pd.Index(stops["stop"])
    rows = pd.DataFrame(
        {
            "tail": ids.get_indexer(transfers["from_stop"]),
            "head": ids.get_indexer(transfers["to_stop"]),
            "ms": np.rint(transfers["seconds"].to_numpy(float) * SECOND),
            "allowed": (transfers["kind"] != FORBIDDEN).to_numpy(),
        }
    )
    rows["itself"] = rows["tail"] == rows["head"]
    rows["spread"] = 0
    station = _stations(stops, ids)
    for column in ("tail", "head"):
        rows = _platforms(rows, column, station)
    rows = rows.sort_values(["allowed", "spread", "ms"], kind="stable")
    rows = rows.drop_duplicates(["tail", "head"])
    forbidden = rows.loc[~rows["allowed"], ["tail", "head"]].to_numpy(np.int64)
    rows = rows[rows["allowed"]]
    change = np.zeros(len(ids), np.int32)
    own = rows[rows["tail"] == rows["head"]]
    change[own["tail"].to_numpy(int)] = own["ms"].to_numpy(int)
    between = rows[rows["tail"] != rows["head"]]

    def ways(part: pd.DataFrame) -> "Links":
        return links(len(ids), *(part[name].to_numpy(np.int64) for name in ("tail", "head", "ms")))

    return Linked(ways(between[~between["itself"]]), ways(between), forbidden, change, station)


def _stations(stops: "pd.DataFrame", ids: "pd.Index") -> "NDArray[np.int32]":
    """Number of each platform's station. A platform with boarding areas is no station: it has one itself."""
    import numpy as np
    import pandas as pd

    if "parent" not in stops or stops["parent"].isna().all():
        return np.full(len(ids), -1, np.int32)
    found = ids.get_indexer(pd.Index(stops["parent"].fillna(""))).astype(np.int32)
    return np.where((found >= 0) & (found[found] < 0), found, -1).astype(np.int32)


def _platforms(rows: "pd.DataFrame", column: str, station: "NDArray[np.int32]") -> "pd.DataFrame":
    """A row that names a station, once for each of its platforms."""
    import numpy as np
    import pandas as pd

    platform = np.flatnonzero(station >= 0)
    if not len(platform):
        return rows
    parts = pd.DataFrame({"station": station[platform], "platform": platform})
    whole = rows.merge(parts, left_on=column, right_on="station", how="left")
    spread = whole["platform"].notna()
    whole[column] = whole[column].where(~spread, whole["platform"]).astype("int64")
    return whole.assign(spread=whole["spread"] + spread)[list(rows)]
