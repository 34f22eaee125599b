"""What was acknowledged is there after the server is killed."""

import threading

import httpx2 as httpx

import tiny
from gauges import GAUGE
from serving import served


def test_a_kill_loses_no_reading_that_was_acknowledged(tmp_path):
    pack, home = tiny.write_pack(tmp_path / "pack"), tmp_path / "home"
    acknowledged: list[float] = []
    with served(pack, home) as running:
        root = f"{running.at}/sta/v1.1"
        assert httpx.post(f"{root}/Things", json=GAUGE, timeout=30).status_code == 201
        threading.Timer(1.5, running.process.kill).start()
        try:
            for first in range(0, 60_000, 50):
                rows = [[f"2026-05-01T00:00:00.{n:06}Z", n] for n in range(first, first + 50)]
                block = {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"]}
                sent = [block | {"dataArray": rows}]
                answer = httpx.post(f"{root}/CreateObservations", json=sent, timeout=30)
                assert answer.status_code == 201
                acknowledged += range(first, first + 50)
        except httpx.TransportError:
            running.process.wait(timeout=10)
    assert acknowledged
    with served(pack, home) as running:
        at: str | None = f"{running.at}/sta/v1.1/Datastreams(1)/Observations?$top=10000"
        found: set[float] = set()
        while at:
            told = httpx.get(at, timeout=30).json()
            found |= {one["result"] for one in told["value"]}
            at = told.get("@iot.nextLink")
    assert set(acknowledged) <= found
    # A batch is there whole, or not at all.
    assert len(found) % 50 == 0
