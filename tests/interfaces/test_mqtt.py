"""Readings by MQTT through a real broker: each is there once, whatever ends in between."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx2 as httpx
import pytest
from paho.mqtt import client as mqtt

import tiny
from gauges import GAUGE
from hutuo.api.mqtt import listen
from hutuo.errors import BadAsk, Unavailable
from serving import served

BROKER = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
LISTEN = "import sys; from hutuo.api.mqtt import listen; listen(sys.argv[1], sys.argv[2], print)"
SENT = 1500


@pytest.fixture
def broker(tmp_path):
    """Address of a broker of the test's own."""
    if BROKER is None:
        pytest.skip("there is no mosquitto: the Debian package is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\n"
    config += "max_queued_messages 0\n" + ("user root\n" if os.getuid() == 0 else "")
    (tmp_path / "broker.conf").write_text(config)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([BROKER, "-c", tmp_path / "broker.conf"], **quiet)
    try:
        for _ in range(100):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def listening(broker, pack, home):
    """A process that records what the broker has, once it is connected."""
    env = {**os.environ, "HUTUO_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with (home / "mqtt.log").open("a") as log:
        command = [sys.executable, "-c", LISTEN, broker, str(pack)]
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout.readline().strip() == broker, (home / "mqtt.log").read_text()
            yield process
        finally:
            process.kill()
            process.wait(timeout=10)
            process.stdout.close()


def publish(broker, messages):
    """Send messages; each is with the broker when this returns."""
    host, port = broker.split(":")
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.connect(host, int(port))
    client.loop_start()
    for sent in [client.publish(topic, body, qos=1) for topic, body in messages]:
        sent.wait_for_publish(30)
    client.disconnect()
    client.loop_stop()


def test_every_reading_is_there_once_though_the_listener_is_killed(broker, tmp_path):
    pack, home = tiny.write_pack(tmp_path / "pack"), tmp_path / "home"
    topic = "city/v1.1/Datastreams(1)/Observations"
    body = {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"]}
    array = [body | {"dataArray": [[f"2026-06-01T00:{n:02}:00Z", 9000 + n] for n in range(60)]}]
    single = [
        (topic, json.dumps({"phenomenonTime": f"2026-05-01T00:00:00.{n:06}Z", "result": n}))
        for n in range(SENT)
    ]
    with served(pack, home) as running:
        root = f"{running.at}/sta/v1.1"
        assert httpx.post(f"{root}/Things", json=GAUGE, timeout=30).status_code == 201
        with listening(broker, pack, home) as first:
            publish(broker, [(topic, '{"result": "high"}'), ("v1.1/Things", "{}"), (topic, "?")])
            publish(broker, single[: SENT // 2])
            first.kill()
        # Nobody listens: the broker keeps what comes.
        publish(broker, [*single[SENT // 2 :], ("v1.1/CreateObservations", json.dumps(array))])
        with listening(broker, pack, home):
            for _ in range(200):
                if counted(root) == SENT + 60:
                    break
                time.sleep(0.1)
            publish(broker, single[:10])
            time.sleep(0.5)
        assert counted(root) == SENT + 60
    told = (home / "mqtt.log").read_text()
    assert "should be a number" in told
    assert "the message is no JSON" in told
    assert "nothing is written by this topic" in told


def counted(root):
    asked = f"{root}/Datastreams(1)/Observations?$count=true&$top=0"
    return httpx.get(asked, timeout=30).json()["@iot.count"]


def test_no_broker_and_no_address_are_told(plain_folder):
    with pytest.raises(Unavailable, match="no MQTT broker"):
        listen("127.0.0.1:1", str(plain_folder))
    with pytest.raises(BadAsk, match="is no address"):
        listen("127.0.0.1:x", str(plain_folder))
