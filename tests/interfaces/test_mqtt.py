"""Readings by MQTT through a real broker: each is there once, whatever ends in between."""

import json
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager

import pandas as pd
import pytest

import brokers
from gauges import GAUGE
from hutuo.api.mqtt import listen
from hutuo.base.sensing import creating
from hutuo.base.sensing.registry import registry_of
from hutuo.base.writing import About, retract
from hutuo.errors import BadAsk, BadInput, NotFound, Unavailable

TOPIC = "city/v1.1/Datastreams(1)/Observations"
ARRAYS = "v1.1/CreateObservations"
SENT, CLIENTS = 600, 3
MADE = (
    "SELECT count(*), count(DISTINCT valid_from) FROM lake.observation WHERE place LIKE 'sensor:%'"
)


@pytest.fixture
def gauged(own):
    """A region of the test's own with two gauges."""
    if brokers.BROKER is None:
        pytest.skip("there is no mosquitto: the Debian package is not installed")
    for _ in range(2):
        creating.create(own, registry_of(own), "Things", GAUGE, {})
    return own


def stored(region):
    """Rows of readings that are on the disk, and how many times they are of."""
    return region.lake.rows(MADE)[0]


def until(test, seconds=30):
    end = time.monotonic() + seconds
    while not test() and time.monotonic() < end:
        time.sleep(0.02)
    assert test()


def singles(client):
    return [
        (TOPIC, json.dumps({"phenomenonTime": f"2026-05-0{client}T00:00:00.{n:06}Z", "result": n}))
        for n in range(SENT)
    ]


def test_every_reading_is_there_once_though_the_listener_is_killed(gauged, plain_folder, tmp_path):
    """Killed while clients publish and it records: what it had not acknowledged comes again."""
    log, total = tmp_path / "mqtt.log", SENT * CLIENTS
    with brokers.broker(tmp_path) as at:
        clients = [
            threading.Thread(target=brokers.publish, args=(at, singles(n + 1)))
            for n in range(CLIENTS)
        ]
        with brokers.listening(at, plain_folder, log) as first:
            for client in clients:
                client.start()
            until(lambda: stored(gauged)[0] > 0)
            first.kill()
        assert 0 < stored(gauged)[0] < total + 60
        # Nobody listens: the broker keeps what comes.
        for client in clients:
            client.join()
        body = {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"]}
        rows = [[f"2026-06-01T00:{n:02}:00Z", 9000 + n] for n in range(60)]
        brokers.publish(at, [(ARRAYS, json.dumps([body | {"dataArray": rows}]))])
        with brokers.listening(at, plain_folder, log):
            until(lambda: stored(gauged)[0] >= total + 60)
            last = json.dumps({"phenomenonTime": "2026-07-01T00:00:00Z", "result": 1})
            brokers.publish(at, [*singles(1)[:10], (TOPIC, last)])
            until(lambda: stored(gauged)[0] > total + 60)
    assert stored(gauged) == (total + 61, total + 61)


@contextmanager
def recording(at, folder, ca=None):
    """A listener in this process."""
    ready, stop = threading.Event(), threading.Event()
    given = (at, str(folder), lambda _at: ready.set(), stop, ca)
    listener = threading.Thread(target=listen, args=given)
    listener.start()
    try:
        assert ready.wait(20)
        yield
    finally:
        stop.set()
        listener.join(20)


def test_what_is_faulty_is_told_and_stops_nothing_else(gauged, plain_folder, tmp_path, caplog):
    """Also a reading that the store refuses, since the place of its datastream was taken back meanwhile."""
    lost = pd.DataFrame([{"place": "sensor:thing-2"}])
    retract(gauged, "place", lost, About("test"))
    feature = {"name": "断面", "description": "", "encodingType": "application/geo+json"}
    feature |= {"feature": {"type": "Point", "coordinates": [0.05, 0.05]}}
    given = {"phenomenonTime": "2026-06-01T00:00:00Z", "result": 7, "FeatureOfInterest": feature}
    faulty = [
        (TOPIC, '{"result": "high"}'),
        ("v1.1/Things", "{}"),
        (TOPIC, "?"),
        ("v1.1/Datastreams(2)/Observations", '{"result": 1}'),
    ]
    with brokers.broker(tmp_path) as at, recording(at, plain_folder):
        brokers.publish(
            at, [*singles(1)[:5], *faulty, *singles(2)[:5], (TOPIC, json.dumps(given))]
        )
        until(lambda: stored(gauged)[0] == 11)
    told = ("should be a number", "the message is no JSON", "nothing is written by this topic")
    for says in (*told, "Datastreams(2)/Observations: rows for table observation"):
        assert says in caplog.text
    assert registry_of(gauged).find("FeaturesOfInterest", 1).body["name"] == "断面"


def known_by_password(folder):
    """What a broker is told so that it lets in nobody but a gauge with its password."""
    words = folder / "passwords"
    tool = shutil.which("mosquitto_passwd")
    subprocess.run([tool, "-c", "-b", words, "gauge", "secret"], check=True, **brokers.QUIET)
    words.chmod(0o600)
    return f"allow_anonymous false\npassword_file {words}"


def test_a_broker_that_asks_who_comes_is_told(gauged, plain_folder, tmp_path):
    with brokers.broker(tmp_path, known_by_password(tmp_path)) as at:
        for account in ("", "gauge:wrong@"):
            with pytest.raises(Unavailable, match="Not authorized"):
                listen(f"{account}{at}", str(plain_folder))
        with recording(f"gauge:secret@{at}", plain_folder):
            pass


def test_a_password_is_not_told_by_the_command_line(gauged, plain_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HUTUO_MQTT_PASSWORD", "secret")
    with brokers.broker(tmp_path, known_by_password(tmp_path)) as at:
        with recording(f"gauge@{at}", plain_folder):
            pass
        with pytest.raises(Unavailable, match="Not authorized"):
            listen(f"gauge:wrong@{at}", str(plain_folder))


# The client's library leaves the socket of a handshake that failed to the collector.
@pytest.mark.filterwarnings("ignore:.*ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
def test_a_line_by_tls_is_trusted_by_its_authority_alone(gauged, plain_folder, tmp_path):
    ca, access = brokers.certified(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    stranger, _ = brokers.certified(other)
    with brokers.broker(tmp_path, access) as at:
        with recording(f"mqtts://{at}", plain_folder, ca):
            brokers.publish(at, singles(1)[:5], ca)
            until(lambda: stored(gauged)[0] == 5)
        for unknown in (stranger, None):
            with pytest.raises(Unavailable, match="certificate verify failed"):
                listen(f"mqtts://{at}", str(plain_folder), ca=unknown)
        with pytest.raises(BadAsk, match="has no TLS"):
            listen(at, str(plain_folder), ca=ca)


def test_an_authority_that_is_none_is_told(plain_folder, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(BadInput, match="holds no certificate"):
        listen("mqtts://127.0.0.1", str(plain_folder), ca=tmp_path / "empty.pem")
    with pytest.raises(NotFound, match="there is no file"):
        listen("mqtts://127.0.0.1", str(plain_folder), ca=tmp_path / "none.pem")


def test_no_broker_and_no_address_are_told(plain_folder):
    with pytest.raises(Unavailable, match="no MQTT broker"):
        listen("127.0.0.1:1", str(plain_folder))
    for wrong in ("127.0.0.1:x", "http://127.0.0.1", "mqtts://", "gauge:secret@:1883"):
        with pytest.raises(BadAsk, match="is no address") as told:
            listen(wrong, str(plain_folder))
        assert "secret" not in str(told.value)
