"""Single observations by MQTT, through a mosquitto of this run's own, from several clients.

Bounds: 2,000 a second of quality 1, from the first that is published to the last that is on the disk; none
lost and none stored twice though the listener is killed (kill -9) while it records. Peer in the same run: the
broker itself, which has taken the messages when their clients are done.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench_readings import ENTITIES, INDICATORS, START, write_pack

sys.path[:0] = [str(Path(__file__).parent.parent / "tests")]

CLIENTS, MESSAGES = 4, 10_000


def main() -> None:
    """Print the rate, and what a kill leaves."""
    with tempfile.TemporaryDirectory() as folder:
        by_mqtt(Path(folder))


def by_mqtt(folder: Path) -> None:
    """Publish single observations from several clients, then do it again and kill the listener meanwhile."""
    import brokers

    os.environ["HUTUO_HOME"] = str(folder / "mqtt")
    pack = write_pack(folder / "mqtt-pack")
    region = gauged(pack)
    log, each = folder / "mqtt.log", CLIENTS * MESSAGES
    context = multiprocessing.get_context("spawn")
    with brokers.broker(folder) as at, context.Pool(CLIENTS) as pool:
        # Begun before what is measured.
        pool.map(singles, [(at, n, 0, 0) for n in range(CLIENTS)])
        with brokers.listening(at, pack, log):
            start = time.perf_counter()
            pool.map(singles, [(at, n, 1, MESSAGES) for n in range(CLIENTS)])
            sent = time.perf_counter() - start
            until(region, each)
            took = time.perf_counter() - start
        print(
            f"{each:,} observations by MQTT from {CLIENTS} clients, one a message: {each / took:,.0f}/s until"
            f" the last is on the disk (bound 2,000); the broker had them in {sent:.1f} s"
        )
        with brokers.listening(at, pack, log) as first:
            running = pool.map_async(singles, [(at, n, 2, MESSAGES) for n in range(CLIENTS)])
            until(region, each + MESSAGES // 2)
            first.kill()
        there = stored(region)[0]
        running.get()
        with brokers.listening(at, pack, log):
            until(region, 2 * each)
            time.sleep(1)
    rows, known = stored(region)
    print(
        f"  killed when {there - each:,} of {each:,} more were on the disk, and begun again:"
        f" {2 * each - known} lost, {rows - known} twice"
    )
    region.lake.close()


def gauged(pack: Path):
    """The region with a datastream for each sensor."""
    import hutuo
    from hutuo.base.sensing import creating
    from hutuo.base.sensing.registry import registry_of

    region = hutuo.open(str(pack))
    about = {
        "description": "",
        "observationType": "OM_Measurement",
        "unitOfMeasurement": {"name": "", "symbol": "count", "definition": ""},
    }
    sensor = {"name": "s", "description": "", "encodingType": "text/html", "metadata": "-"}
    what = {"name": INDICATORS[0], "definition": "-", "description": "-"}
    for kind, body in (("Sensors", sensor), ("ObservedProperties", what)):
        creating.create(region, registry_of(region), kind, body, {})
    about |= {"Sensor": {"@iot.id": 1}, "ObservedProperty": {"@iot.id": 1}}
    streams = [
        about | {"name": f"{n}", "properties": {"place": f"sensor:{n:04}", "source": "network"}}
        for n in range(ENTITIES)
    ]
    thing = {"name": "network", "description": "", "Datastreams": streams}
    creating.create(region, registry_of(region), "Things", thing, {})
    return region


def singles(given: tuple[str, int, int, int]) -> None:
    """Publish a client's messages, in turn to all datastreams."""
    import brokers

    at, client, day, count = given
    first = START + timedelta(days=400 * day, hours=client)
    brokers.publish(
        at,
        (
            (
                f"v1.1/Datastreams({1 + n % ENTITIES})/Observations",
                json.dumps(
                    {"phenomenonTime": (first + timedelta(seconds=n)).isoformat(), "result": n}
                ),
            )
            for n in range(count)
        ),
    )


def stored(region) -> tuple[int, int]:
    """Rows of readings, and how many of them are of different sensors or times."""
    sql = "SELECT count(*), count(DISTINCT hash(place, valid_from)) FROM lake.observation"
    return region.lake.rows(sql)[0]


def until(region, rows: int) -> None:
    """Wait until so many rows are on the disk."""
    while stored(region)[0] < rows:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
