"""Readings that come by MQTT: what a broker has is recorded, and acknowledged when it is on the disk.

A message is an observation as it would be posted, on the topic ``v1.1/Datastreams(1)/Observations`` or
``v1.1/Observations``, or a data array on ``v1.1/CreateObservations``; a prefix may stand before. The session
stays with the broker: what comes while nobody listens, or was not acknowledged when this process ended, comes
again, and what is known already is not stored twice.

Source: OGC 18-088, 14.2 (create observations by MQTT publish).
"""

import json
import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.api import addresses
from hutuo.api.addresses import Address, Scheme
from hutuo.api.holding import written
from hutuo.base import deeds
from hutuo.errors import BadAsk, BadInput, HutuoError, NotFound, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paho.mqtt.client import Client, MQTTMessage

    from hutuo.base.region import Region
    from hutuo.base.sensing.kinds import Entity
    from hutuo.base.sensing.registry import Registry

    Given = tuple[int, Mapping[str, Any]]
    Came = tuple[int, MQTTMessage]

SCHEMES = {"mqtt": Scheme(1883, tls=False), "mqtts": Scheme(8883, tls=True)}
# Where a password is looked for that the address does not give.
FROM_ENVIRONMENT = "HUTUO_MQTT_PASSWORD"
KEPT_ALIVE = 30
# So many messages are recorded at once, or as many as came in this time.
MOST, PAUSE = 5_000, 0.05
# So many the broker sends before they are acknowledged: what comes while a batch is written is the next.
AHEAD = 20_000
# The session is kept for ever: the longest that MQTT 5 has.
EVER = 0xFFFFFFFF
# Seconds until the broker must have answered.
ANSWERED = 10.0
TOPIC = re.compile(
    r"(?:.*/)?v1\.1/(?:Datastreams\((\d{1,15})\)/)?(Observations|CreateObservations)"
)
SUBSCRIBED = ("v1.1/#", "+/v1.1/#")
log = logging.getLogger("hutuo")


def listen(
    broker: str,
    region: str | None = None,
    told: Callable[[str], object] = log.info,
    stop: threading.Event | None = None,
    ca: Path | None = None,
) -> None:
    """Record what comes until interrupted.

    Args:
        broker: Its address, as ``127.0.0.1:1883``, or ``mqtts://city.example`` by TLS; ``user@`` or
            ``user:password@`` may stand before the host. A password that is not given is that of
            ``HUTUO_MQTT_PASSWORD``.
        region: Name or folder of the region; the default one if None.
        told: Is given the host once the broker keeps what comes for this listener.
        stop: Ends it when it is set.
        ca: PEM file of the authority that signed the broker's certificate; those of the system if None.

    Raises:
        BadAsk: The address is none, or an authority is given for a line without TLS.
        NotFound: There is no such file.
        Unavailable: There is no broker, or it refuses the listener.
    """
    import hutuo

    view = hutuo.open(region)
    address = addresses.read(broker, SCHEMES, FROM_ENVIRONMENT)
    line = _Line(address, f"hutuo-{view.lake.folder.name}", told, ca)
    stop = stop or threading.Event()
    try:
        line.open()
        while not stop.is_set():
            came = line.gathered()
            if came and written(partial(_record, view, [one for _, one in came]), stop):
                line.acknowledge(came)
    finally:
        line.close()


class _Line:
    """The line to a broker, which knows the session by its name and keeps what was not acknowledged."""

    def __init__(
        self, address: Address, name: str, told: Callable[[str], object], ca: Path | None
    ) -> None:
        self.host, self._port = address.host, address.port
        self._told = told
        # Which connection a message came by: on another one its number may be another message's.
        self._connections = 0
        self._came: queue.Queue[Came] = queue.Queue()
        self._answered = threading.Event()
        self._refused = ""
        self._client = self._made(name, address, ca)

    def open(self) -> None:
        """Connect; the line then connects again by itself.

        Raises:
            Unavailable: There is no broker, or it refuses.
        """
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        asked: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        asked.SessionExpiryInterval, asked.ReceiveMaximum = EVER, AHEAD
        try:
            self._client.connect(
                self.host, self._port, KEPT_ALIVE, clean_start=False, properties=asked
            )
        except OSError as error:
            raise self._unavailable(str(error)) from error
        self._client.loop_start()
        if not self._answered.wait(ANSWERED) or self._refused:
            raise self._unavailable(self._refused or "no answer")

    def close(self) -> None:
        """Let go of the line; the session stays."""
        self._client.disconnect()
        self._client.loop_stop()

    def gathered(self) -> "list[Came]":
        """What came within a moment; none if nothing did."""
        found: list[Came] = []
        until = time.monotonic() + PAUSE
        while len(found) < MOST and (left := until - time.monotonic()) > 0:
            try:
                found.append(self._came.get(timeout=left))
            except queue.Empty:
                break
        return found

    def acknowledge(self, came: "list[Came]") -> None:
        """Tell the broker that it need not send these again; those of a connection before come again."""
        for connection, message in came:
            if connection == self._connections:
                self._client.ack(message.mid, message.qos)

    def _made(self, name: str, address: Address, ca: Path | None) -> "Client":
        from paho.mqtt.client import Client, MQTTv5
        from paho.mqtt.enums import CallbackAPIVersion

        client = Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv5, manual_ack=True
        )
        if address.user:
            client.username_pw_set(address.user, address.password)
        if address.tls:
            client.tls_set_context(addresses.trusting(ca))
        elif ca is not None:
            says = Text(
                "给出了证书机构而地址不用TLS", "an authority is given, but the line has no TLS"
            )
            hint = Text(f"写为mqtts://{self.host}", f"mqtts://{self.host} would be right")
            raise BadAsk(says, hint)
        client.on_connect = self._joined
        # Only what the broker gets after it said so is kept for this session.
        client.on_subscribe = self._subscribed
        client.on_message = self._take
        return client

    def _joined(self, client: "Client", _data: object, _flags: object, code: Any, *_: Any) -> None:
        self._connections += 1
        if code.is_failure:
            self._refused = str(code)
            log.warning("%s: %s", self.host, code)
            self._answered.set()
        else:
            client.subscribe([(topic, 1) for topic in SUBSCRIBED])

    def _subscribed(
        self, _client: "Client", _data: object, _mid: int, codes: Any, *_: Any
    ) -> None:
        refused = [str(code) for code in codes if code.is_failure]
        self._refused = refused[0] if refused else ""
        self._answered.set()
        if not refused:
            self._told(f"{self.host}:{self._port}")

    def _take(self, _client: "Client", _data: object, message: "MQTTMessage") -> None:
        self._came.put((self._connections, message))

    def _unavailable(self, why: str) -> Unavailable:
        at = f"{self.host}:{self._port}"
        says = Text(f"{at}没有可用的MQTT代理:{why}", f"no MQTT broker at {at}: {why}")
        return Unavailable(says, Text("请检查地址和账号", "look at its address and the account"))


def _record(view: "Region", messages: "list[MQTTMessage]") -> None:
    """Record what can be; what is faulty would be so again, so that it is told and not kept."""
    from hutuo.base.sensing import submitting
    from hutuo.base.sensing.registry import registry_of

    registry = registry_of(view)
    plain: list[tuple[str, Given]] = []
    within: list[tuple[str, Given]] = []
    for message in messages:
        try:
            mine = _given(message.topic, bytes(message.payload))
        except HutuoError as error:
            log.warning("%s: %s", message.topic, error.message)
            continue
        for stream, body in mine:
            feature = body.get(submitting.FEATURE) if isinstance(body, dict) else None
            kept = plain if submitting.named(feature) else within
            kept.append((message.topic, (stream, body)))
    with deeds.doing(deeds.Deed("mqtt", "sta/create")):
        done = submitting.submit_each(view, registry, [one for _, one in plain])
        done += [_created(view, registry, *one) for _, one in within]
    for (topic, _), one in zip([*plain, *within], done, strict=True):
        if isinstance(one, HutuoError):
            log.warning("%s: %s", topic, one.message)


def _created(
    view: "Region", registry: "Registry", stream: int, body: "Mapping[str, Any]"
) -> "Entity | HutuoError":
    """An observation with the feature of interest that is given within."""
    from hutuo.base.sensing import creating

    try:
        return creating.create(view, registry, "Observations", body, {"Datastream": [stream]})
    except (BadInput, NotFound) as error:
        return error


def _given(topic: str, payload: bytes) -> "list[Given]":
    """Observations of a message, each with its datastream.

    Raises:
        HutuoError: It is none.
    """
    from hutuo.base.sensing import submitting

    named = TOPIC.fullmatch(topic)
    if named is None:
        raise BadAsk(Text("主题不可写入", "nothing is written by this topic"))
    try:
        body = json.loads(payload)
    except ValueError as error:
        raise BadInput(Text("内容不是JSON", "the message is no JSON")) from error
    if named[2] == "CreateObservations":
        rows, faults = submitting.unpacked(body)
        for fault in filter(None, faults):
            log.warning("%s: %s", topic, fault.message)
        return [row for row, fault in zip(rows, faults, strict=True) if fault is None]
    stream = int(named[1]) if named[1] else submitting.stream_of(body)
    return [(stream, body)]
