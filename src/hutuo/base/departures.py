"""What a timetable offers between pairs of stops: trips a day, first and last, how fast.

A frame of *calls* has a row a call: ``trip, sequence, node, arrival_seconds, departure_seconds, boards,
alights``; a node is a stop, or what several stops are counted as.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

PAIR = ["from_id", "to_id"]
MINUTE, DAY = 60, 86_400
# A day of operation begins when hardly anything runs: a train at half past midnight is one of the day before.
OPENS = 3 * 3600


def timed(calls: "pd.DataFrame") -> "pd.DataFrame":
    """Calls with a time each: those without one lie evenly between the calls around them.

    Args:
        calls: ``trip``, ``sequence`` and both times in seconds, missing where none is told.

    Returns:
        The rows in order, without those before the first or after the last time of their trip; whether a
        time was worked out stands in ``estimate``.

    Source: GTFS leaves such times to the reader ("interpolated times"); evenly is the simplest way.
    """
    rows = calls.sort_values(["trip", "sequence"], kind="stable").reset_index(drop=True)
    missing = rows["departure_seconds"].isna().to_numpy()
    rows["estimate"] = missing
    if not missing.any():
        return rows
    for column in ("arrival_seconds", "departure_seconds"):
        rows[column] = rows[column].astype("float64")
    ends = rows.groupby("trip", sort=False)
    before, after = ends["departure_seconds"].ffill(), ends["arrival_seconds"].bfill()
    known = ~rows["estimate"]
    past = known.groupby(rows["trip"], sort=False).cumsum()
    place = rows.groupby([rows["trip"], past], sort=False).cumcount()
    steps = rows.groupby([rows["trip"], past], sort=False)["trip"].transform("size")
    between = before + (after - before) * place / steps
    for column in ("arrival_seconds", "departure_seconds"):
        rows[column] = rows[column].where(known, between)
    return rows[rows["departure_seconds"].notna()].reset_index(drop=True)


def on_day(calls: "pd.DataFrame", services: Mapping[int, Collection[str]]) -> "pd.DataFrame":
    """Calls of the trips that run in some part of a day of operation, counted from its midnight.

    Args:
        calls: Calls with the ``service`` of their trip.
        services: By how many days before that day, the services of that day: a train that set out the day
            before may still be running. -1 are those of the day after, of which some run before it opens.

    Returns:
        The calls; a trip that runs on two days stands twice, under two names.
    """
    import pandas as pd

    ends = calls.groupby("trip").agg(
        first=("departure_seconds", "min"), last=("departure_seconds", "max")
    )
    parts = []
    for back, running in services.items():
        shift = back * DAY
        reach = (ends["last"] - shift >= OPENS) & (ends["first"] - shift < OPENS + DAY)
        good = calls["service"].isin(list(running)) & calls["trip"].isin(ends.index[reach])
        part = calls[good]
        times = {c: part[c] - shift for c in ("arrival_seconds", "departure_seconds")}
        parts.append(part.assign(trip=part["trip"].astype(str) + f"/{back}", **times))
    return pd.concat(parts, ignore_index=True)


def pair_count(calls: "pd.DataFrame") -> int:
    """At most how many rides a frame of calls holds: every call with every later one of its trip."""
    sizes = calls.groupby("trip").size()
    return int((sizes * (sizes - 1) // 2).sum())


def rides(
    calls: "pd.DataFrame",
    start: Collection[str] | None = None,
    end: Collection[str] | None = None,
) -> "pd.DataFrame":
    """Each trip's best ride between each pair of nodes.

    Args:
        calls: As :func:`timed` gives them.
        start: Nodes to start from; all if None.
        end: Nodes to go to; all if None.

    Returns:
        ``from_id, to_id, trip, departure, arrival`` (seconds), ``estimate``: one row a trip and pair, the
        shortest of its rides where it calls at a node twice; those that depart within the day of operation.
    """
    import numpy as np
    import pandas as pd

    (nodes, names), (trips, trip_names) = (
        pd.factorize(calls[name].to_numpy(object)) for name in ("node", "trip")
    )
    wanted = [
        np.ones(len(calls), bool) if one is None else calls["node"].isin(list(one)).to_numpy()
        for one in (start, end)
    ]
    on, off = _later(
        trips,
        wanted[0] & calls["boards"].to_numpy(bool),
        wanted[1] & calls["alights"].to_numpy(bool),
    )
    departure = calls["departure_seconds"].to_numpy(float)
    arrival = calls["arrival_seconds"].to_numpy(float)
    good = (nodes[on] != nodes[off]) & (arrival[off] >= departure[on])
    good &= (departure[on] >= OPENS) & (departure[on] < OPENS + DAY)
    on, off = on[good], off[good]
    estimate = calls["estimate"].to_numpy(bool)
    found = pd.DataFrame(
        {
            "from_id": pd.Categorical.from_codes(nodes[on], pd.Index(names)),
            "to_id": pd.Categorical.from_codes(nodes[off], pd.Index(names)),
            "trip": pd.Categorical.from_codes(trips[on], pd.Index(trip_names)),
            "departure": departure[on],
            "arrival": arrival[off],
            "seconds": arrival[off] - departure[on],
            "estimate": estimate[on] | estimate[off],
        }
    )
    if not calls.duplicated(["trip", "node"]).any():
        return found
    found = found.sort_values(["seconds", "departure"], kind="stable")
    return found.drop_duplicates(["trip", *PAIR])


def _later(
    trips: "NDArray[np.int64]", on: "NDArray[np.bool_]", off: "NDArray[np.bool_]"
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Positions of every call to get on at, with every later one of its trip to get off at."""
    import numpy as np

    places = np.flatnonzero(off)
    # Rows of a trip stand together, so that the calls to get off at are a run of places.
    ends = np.append(np.flatnonzero(np.diff(trips)) + 1, len(trips))
    last = ends[np.searchsorted(ends, np.arange(len(trips)), side="right")] if len(trips) else ends
    starts = np.flatnonzero(on)
    first = np.searchsorted(places, starts, side="right")
    size = np.searchsorted(places, last[starts], side="left") - first
    begin = np.repeat(first - np.cumsum(size) + size, size)
    return np.repeat(starts, size), places[begin + np.arange(int(size.sum()))]


def pairs(found: "pd.DataFrame") -> "pd.DataFrame":
    """What rides come to by pair.

    Args:
        found: As :func:`rides` gives them.

    Returns:
        By pair ``trips``; first and last departure and last arrival in seconds; ``span_minutes`` from the
        first to the last departure; ``fastest_minutes`` and ``median_minutes``; ``estimate``.
    """
    rows = found.groupby(PAIR, sort=True, observed=True).agg(
        trips=("departure", "size"),
        first=("departure", "min"),
        last=("departure", "max"),
        last_arrival=("arrival", "max"),
        fastest=("seconds", "min"),
        median=("seconds", "median"),
        estimate=("estimate", "any"),
    )
    return rows.assign(
        span_minutes=(rows["last"] - rows["first"]) / MINUTE,
        fastest_minutes=rows["fastest"] / MINUTE,
        median_minutes=rows["median"] / MINUTE,
    ).drop(columns=["fastest", "median"])


def compared(now: "pd.DataFrame", before: "pd.DataFrame") -> "pd.DataFrame":
    """Pairs of two versions side by side.

    Args:
        now: As :func:`pairs` gives them.
        before: The same of the version compared with.

    Returns:
        The columns of both, those of ``before`` ending in ``_against``; ``change`` is kept, added or
        dropped. Trips of a pair that one of them lacks are 0, its times missing.
    """
    rows = now.join(before.add_suffix("_against"), how="outer")
    change = rows["trips"].where(rows["trips"].isna(), "kept").fillna("dropped")
    rows["change"] = change.mask(rows["trips_against"].isna(), "added")
    for column in ("trips", "trips_against"):
        rows[column] = rows[column].fillna(0).astype("int64")
    return rows


def clock(seconds: float) -> str:
    """Seconds after midnight as 06:05; past 24:00 where it is the day after."""
    minutes = int(seconds // MINUTE)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
