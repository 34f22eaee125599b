"""Readings by OPC UA through a real server: what it tells, and what it kept while nobody listened."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from asyncua import Server, ua

from gauges import GAUGE
from hutuo.api import opcua
from hutuo.api.opcua import listen, observation, streams
from hutuo.cli import main
from hutuo.errors import BadInput, Unavailable

ROOT = "/sta/v1.1"
BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
KEPT, SENT = 4, 200


class Machine:
    """A server in a thread of its own, with a level that it keeps a history of and a pump without one."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.do(self._begin())

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _begin(self, port=0):
        self.server = Server()
        await self.server.init()
        self.server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
        self.server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        at = await self.server.register_namespace("urn:machine")
        machine = await self.server.nodes.objects.add_object(at, "machine")
        self.level = await machine.add_variable(ua.NodeId("level", at), "level", 0.0)
        self.pump = await machine.add_variable(ua.NodeId("pump", at), "pump", False)
        await self.server.start()
        await self.server.historize_node_data_change(self.level, period=None, count=10_000)
        port = self.server.bserver._server.sockets[0].getsockname()[1]
        self.at = f"opc.tcp://127.0.0.1:{port}"

    def tell(self, node, value, hour, status=ua.StatusCodes.Good, begin=BEGIN):
        kind = ua.VariantType.Boolean if isinstance(value, bool) else ua.VariantType.Double
        when = begin + timedelta(hours=hour)
        told = ua.DataValue(ua.Variant(value, kind), ua.StatusCode(status), when, when)
        self.do(node.write_value(told))

    def begin_anew(self):
        """Stop, and start again at the same address with nothing kept."""
        self.do(self.server.stop())
        self.do(self._begin(self.at.rpartition(":")[2]))

    def end(self):
        self.do(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def machine():
    found = Machine()
    yield found
    found.end()


@pytest.fixture
def gauged(mine):
    """A service with two gauges."""
    for _ in range(2):
        assert mine.post(f"{ROOT}/Things", json=GAUGE).status_code == 201
    return mine


def results(client, stream):
    asked = {"$top": 1000, "$filter": f"phenomenonTime ge {BEGIN:%Y-%m-%dT%H:%M:%SZ}"}
    asked["$filter"] += " and phenomenonTime lt 2026-06-01T00:00:00Z"
    found = client.get(f"{ROOT}/Datastreams({stream})/Observations", params=asked)
    return [one["result"] for one in found.json()["value"]]


def until(test, seconds=20):
    end = time.monotonic() + seconds
    while not test() and time.monotonic() < end:
        time.sleep(0.1)
    assert test()


def test_what_a_machine_tells_is_recorded_also_what_it_kept(
    machine, gauged, plain_folder, tmp_path, caplog
):
    nodes = tmp_path / "nodes.csv"
    level, pump = (node.nodeid.to_string() for node in (machine.level, machine.pump))
    nodes.write_text(f"node,datastream\n{level},1\n{pump},2\n", encoding="utf-8-sig")
    for hour in range(KEPT):
        machine.tell(machine.level, hour + 0.5, hour)
    ready, stop = threading.Event(), threading.Event()
    given = (machine.at, nodes, str(plain_folder), lambda _at: ready.set(), stop)
    listener = threading.Thread(target=listen, args=given)
    listener.start()
    try:
        assert ready.wait(20)
        for hour in range(KEPT, SENT):
            machine.tell(machine.level, hour + 0.5, hour)
        machine.tell(machine.pump, True, 1)
        machine.tell(machine.level, -1.0, SENT, ua.StatusCodes.BadSensorFailure)
        machine.tell(machine.level, 77.0, SENT + 1, ua.StatusCodes.UncertainLastUsableValue)
        until(lambda: len(results(gauged, 1)) == SENT + 1)
        until(lambda: results(gauged, 2) == [1.0])
    finally:
        stop.set()
        listener.join(20)
    assert results(gauged, 1) == [*(hour + 0.5 for hour in range(SENT)), 77.0]
    asked = {"$filter": "result eq 77"}
    (last,) = gauged.get(f"{ROOT}/Datastreams(1)/Observations", params=asked).json()["value"]
    assert last["resultQuality"] == "UncertainLastUsableValue"
    assert "BadSensorFailure" in caplog.text


def test_a_server_that_is_started_anew_is_watched_again_and_nothing_stands_twice(
    machine, gauged, own, plain_folder, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(opcua, "SOON", 0.1)
    monkeypatch.setattr(opcua, "LATE", 0.2)
    nodes = tmp_path / "nodes.csv"
    nodes.write_text(f"node,datastream\n{machine.level.nodeid.to_string()},1\n")
    ready, stop = threading.Semaphore(0), threading.Event()
    given = (machine.at, nodes, str(plain_folder), lambda _at: ready.release(), stop)
    listener = threading.Thread(target=listen, args=given)
    listener.start()
    told = []

    def tell(*values):
        for value in values:
            told.append((value, datetime.now(UTC)))
            machine.tell(machine.level, value, 0, begin=told[-1][1])

    def stored():
        sql = "SELECT value FROM lake.observation WHERE value > 0 AND valid_from >= ? ORDER BY 1"
        return own.lake.fetch(sql, [told[0][1]]).column("value").to_pylist()

    try:
        assert ready.acquire(timeout=20)
        tell(1.5, 2.5, 3.5)
        until(lambda: len(stored()) == 3)
        machine.begin_anew()
        # It tells its last value again, and others while nobody listens.
        machine.tell(machine.level, 3.5, 0, begin=told[-1][1])
        tell(4.5, 5.5)
        assert ready.acquire(timeout=20)
        tell(6.5)
        until(lambda: len(stored()) == 6)
    finally:
        stop.set()
        listener.join(20)
    assert stored() == [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]
    assert "again in 0 s" in caplog.text


def test_a_table_that_is_faulty_is_told_whole(gauged, own, tmp_path):
    nodes = tmp_path / "nodes.csv"
    nodes.write_text("node,datastream\nns=2;s=a,1\nns=2;s=a,2\nns=2;s=b,9\n,1\n")
    with pytest.raises(BadInput) as caught:
        streams(own, nodes)
    assert [(f.row, f.column) for f in caught.value.findings] == [
        (3, "node"),
        (4, "datastream"),
        (5, "node"),
    ]
    nodes.write_text("tag,stream\n")
    with pytest.raises(BadInput) as caught:
        streams(own, nodes)
    assert [f.column for f in caught.value.findings] == ["node", "datastream"]


def test_no_server_and_no_node_are_told(machine, gauged, plain_folder, tmp_path, capsys):
    nodes = tmp_path / "nodes.csv"
    nodes.write_text("node,datastream\nns=2;s=nowhere,1\n")
    with pytest.raises(BadInput, match="nodes are faulty"):
        listen(machine.at, nodes, str(plain_folder))
    with pytest.raises(Unavailable, match="no OPC UA server"):
        listen("opc.tcp://127.0.0.1:1", nodes, str(plain_folder))
    words = ["listen", "opcua", str(nodes), "--server", "opc.tcp://127.0.0.1:1"]
    assert main([*words, "--region", str(plain_folder)]) != 0
    assert "OPC UA" in capsys.readouterr().err


def test_a_value_without_a_time_is_of_now_and_one_without_a_value_is_none():
    value = ua.DataValue(ua.Variant(1.5, ua.VariantType.Double))
    before = datetime.now(UTC)
    told = observation(value)
    assert datetime.fromisoformat(told["phenomenonTime"]) >= before - timedelta(seconds=1)
    assert told["result"] == 1.5
    assert observation(ua.DataValue(ua.Variant(None))) is None
