"""GTFS read with nothing but ``csv``, for the oracle: feeds of one day as lists, in milliseconds."""

import csv
import io
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path

MOBILITY = Path(__file__).parents[3] / "shared/data/mobility"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def rows(path, name):
    with zipfile.ZipFile(path) as found:
        if name not in found.namelist():
            return []
        text = io.TextIOWrapper(found.open(name), "utf-8-sig")
        return list(csv.DictReader(text, skipinitialspace=True))


def clock(text):
    text = (text or "").strip()
    if not text:
        return None
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def running(path, day: date):
    """Services of a day."""
    name = day.strftime("%Y%m%d")
    found = {
        row["service_id"]
        for row in rows(path, "calendar.txt")
        if row["start_date"] <= name <= row["end_date"] and row[DAYS[day.weekday()]] == "1"
    }
    for row in rows(path, "calendar_dates.txt"):
        if row["date"] == name and row["exception_type"] == "1":
            found.add(row["service_id"])
        elif row["date"] == name:
            found.discard(row["service_id"])
    return found


def filled(times):
    """Times of a trip, those that lack lying evenly between the others."""
    known = [at for at, (arrival, departure) in enumerate(times) if arrival is not None]
    out = list(times)
    for a, b in pairwise(known):
        start, end = times[a][1], times[b][0]
        for at in range(a + 1, b):
            between = start + (end - start) * (at - a) / (b - a)
            out[at] = (between, between)
    return [(round(1000 * a), round(1000 * b)) for a, b in out[known[0] : known[-1] + 1]]


def trips(path, day: date):
    """Calls of each trip of a day, frequencies written out, as the oracle has them."""
    services = running(path, day)
    wanted = {r["trip_id"] for r in rows(path, "trips.txt") if r["service_id"] in services}
    calls = {}
    for row in rows(path, "stop_times.txt"):
        if row["trip_id"] in wanted:
            calls.setdefault(row["trip_id"], []).append(row)
    often = {}
    for row in rows(path, "frequencies.txt"):
        often.setdefault(row["trip_id"], []).append(row)
    found = []
    for trip, its in calls.items():
        its.sort(key=lambda row: int(row["stop_sequence"]))
        told = [(clock(r["arrival_time"]), clock(r["departure_time"])) for r in its]
        told = [(a if a is not None else b, b if b is not None else a) for a, b in told]
        times = filled(told)
        made = [
            (r["stop_id"], a, b, r.get("pickup_type") != "1", r.get("drop_off_type") != "1")
            for r, (a, b) in zip(its, times, strict=True)
        ]
        if trip not in often:
            found.append(made)
        for row in often.get(trip, ()):
            start, end = 1000 * clock(row["start_time"]), 1000 * clock(row["end_time"])
            while start < end:
                by = start - made[0][2]
                found.append([(s, a + by, b + by, on, off) for s, a, b, on, off in made])
                start += 1000 * int(row["headway_secs"])
    return found


def links(path):
    """Links between different stops, and those that are forbidden."""
    table = rows(path, "transfers.txt")
    pairs = [(r["from_stop_id"], r["to_stop_id"], r) for r in table]
    barred = [(a, b) for a, b, r in pairs if r["transfer_type"] == "3"]
    ways = [
        (a, b, 1000 * int(r["min_transfer_time"] or 0))
        for a, b, r in pairs
        if a != b and (a, b) not in barred
    ]
    return ways, barred
