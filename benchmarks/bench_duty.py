"""10,000 rules over 2,000 observations a second: how long until a warning is an incident.

Readings are written as gateways write them, 2,000 at a time once a second, durably; the watch of the service
runs beside them. Every second three readings pass a bound. What is measured is the time from before the write
to when the incident is in the store, with those that were told of it. The baseline is the same rules looked
through in plain Python, one by one.
"""

import os
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests")]

PLACES, RULES, RATE, SECONDS, PASSING = 1000, 10_000, 2000, 20, 3
EVERY = 0.1


def prepared(folder: Path):
    """A tiny region with a thousand gauges and ten rules for each."""
    import pandas as pd

    import alarmed
    import hutuo
    import tiny

    region = hutuo.open(str(tiny.write_pack(folder / "pack")))
    alarmed.prepare(region)
    names = [f"sensor:g{n}" for n in range(PLACES)]
    places = pd.DataFrame({"place": names, "kind": "sensor", "zh": names, "en": names})
    region.append("place", places.assign(part_of="990101", source="book"))
    rules = pd.DataFrame({"place": names * (RULES // PLACES)})
    rules["rule"] = [f"r{n}" for n in range(RULES)]
    bounds = np.repeat(np.arange(RULES // PLACES), PLACES)
    rules = rules.assign(
        zh="水位", en="Level", indicator="minutes", level="blue", sense="above", hold_minutes=0.0,
        raise_at=100.0 + 10 * bounds, clear_at=90.0 + 10 * bounds, protocol="flood", source="book",
    )  # fmt: skip
    region.append("warning_rule", rules)
    return region, names


def measured(region, names):
    """Seconds from before a write to each incident, and seconds that the writes took."""
    from hutuo.base.sensing import inbox
    from hutuo.base.sensing.inbox import Row
    from hutuo.duty.incident import Incidents, incidents
    from hutuo.duty.watching import Watcher

    watcher, stop = Watcher(region), threading.Event()
    began = time.perf_counter()
    watcher.step(datetime.now(UTC))
    print(f"watch begun in {time.perf_counter() - began:.1f} s")

    done = []

    def watch():
        while not stop.wait(EVERY):
            number = watcher.step(datetime.now(UTC))
            done.extend([datetime.now(UTC)] * number)

    thread = threading.Thread(target=watch)
    thread.start()
    sent, writes = {}, []
    start = time.perf_counter()
    base = datetime.now(UTC)
    for second in range(SECONDS):
        while time.perf_counter() < start + second:
            time.sleep(0.005)
        passing = {second * PASSING + n for n in range(PASSING)}
        rows = []
        for n in range(RATE):
            value = 105.0 if n < PLACES and n in passing else 50.0
            at = base + timedelta(seconds=second, milliseconds=500 * (n // PLACES))
            if n >= PLACES and n - PLACES in passing:
                value = 105.0
            place = names[n % PLACES]
            rows.append(Row(place, "minutes", at, None, value, "minute", "book", None))
        before = datetime.now(UTC)
        sent |= {names[n]: before for n in passing}
        inbox.put(region, rows)
        writes.append((datetime.now(UTC) - before).total_seconds())
    time.sleep(3)
    stop.set()
    thread.join()
    found = sorted(incidents(region, Incidents(limit=10_000)), key=lambda row: row.incident)
    told = {row.place: when for row, when in zip(found, done, strict=True)}
    if set(told) != set(sent):
        raise SystemExit(f"{len(told)} were told of {len(sent)}")
    return [(told[place] - sent[place]).total_seconds() for place in sent], writes


def one_by_one(rules, readings):
    """The same bounds in plain Python: every reading against every rule of its place and indicator."""
    raised = set()
    for place, indicator, _, value in readings:
        for rule in rules:
            if rule["place"] != place or rule["indicator"] != indicator:
                continue
            key = rule["rule"], place
            if value >= rule["raise_at"]:
                raised.add(key)
            elif value < rule["clear_at"]:
                raised.discard(key)
    return raised


def main():
    """Print how long it took, and how much the rules alone take."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HUTUO_HOME"] = str(Path(folder) / "home")
        region, names = prepared(Path(folder))
        latencies, writes = measured(region, names)
        p50, p95, most = np.quantile(latencies, [0.5, 0.95, 1.0])
        print(f"{RULES:,} rules, {RATE:,} observations/s, {len(latencies)} incidents")
        print(f"write of {RATE:,}: median {np.median(writes) * 1000:.0f} ms")
        print(f"reading to incident: p50 {p50:.2f} s, p95 {p95:.2f} s, max {most:.2f} s")
        from hutuo.duty.engine import Engine, Read

        rules = region.current("warning_rule")
        readings = [Read(names[n % PLACES], "minutes", float(n), 50.0) for n in range(RATE)]
        engine = Engine(rules)
        engine.take(readings)
        again = [read._replace(at=read.at + RATE) for read in readings]
        began = time.perf_counter()
        engine.take(again)
        ours = time.perf_counter() - began
        began = time.perf_counter()
        one_by_one(rules, again[:50])
        theirs = (time.perf_counter() - began) * RATE / 50
        print(f"rules alone on {RATE:,}: {ours * 1000:.1f} ms, one by one {theirs:.1f} s")
        print(f"ratio {theirs / ours:,.0f}")


if __name__ == "__main__":
    main()
