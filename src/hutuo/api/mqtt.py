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
from typing import TYPE_CHECKING, Any

from hutuo.base import deeds
from hutuo.errors import BadAsk, BadInput, HutuoError, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paho.mqtt.client import Client, MQTTMessage

    from hutuo.base.region import Region

    Given = tuple[int, Mapping[str, Any]]

PORT, KEPT_ALIVE = 1883, 30
# So many messages are recorded at once, or as many as came in this time.
MOST, PAUSE = 5_000, 0.05
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
) -> None:
    """Record what comes until interrupted.

    Args:
        broker: Its address, as ``127.0.0.1:1883``.
        region: Name or folder of the region; the default one if None.
        told: Is given the address once the broker keeps what comes for this listener.
        stop: Ends it when it is set.

    Raises:
        BadAsk: The address is none.
        Unavailable: There is no broker.
    """
    import hutuo

    view = hutuo.open(region)
    came: queue.Queue[MQTTMessage] = queue.Queue()
    client = _connected(broker, view, came, told)
    stop = stop or threading.Event()
    try:
        while not stop.is_set():
            messages = _gathered(came)
            if messages:
                _record(view, messages)
                for message in messages:
                    client.ack(message.mid, message.qos)
    finally:
        client.disconnect()
        client.loop_stop()


def _connected(
    broker: str, view: "Region", came: "queue.Queue[MQTTMessage]", told: Callable[[str], object]
) -> "Client":
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    host, _, port = broker.rpartition(":") if ":" in broker else (broker, "", str(PORT))
    if not port.isdigit() or not host:
        says = Text(f"“{broker}”不是地址", f"'{broker}' is no address")
        raise BadAsk(says, Text("如127.0.0.1:1883", "as 127.0.0.1:1883"))
    # The broker knows the session by this name, and keeps for it what was not acknowledged.
    name = f"hutuo-{view.lake.folder.name}"
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=name, clean_session=False, manual_ack=True
    )

    def joined(one: "Client", *_: Any) -> None:
        one.subscribe([(topic, 1) for topic in SUBSCRIBED])

    def subscribed(*_: Any) -> None:
        told(broker)

    client.on_connect = joined
    # Only what the broker gets after it said so is kept for this session.
    client.on_subscribe = subscribed
    client.on_message = lambda _client, _data, message: came.put(message)
    try:
        client.connect(host, int(port), KEPT_ALIVE)
    except OSError as error:
        says = Text(f"{broker}没有MQTT代理:{error}", f"no MQTT broker at {broker}: {error}")
        raise Unavailable(says, Text("请检查地址", "look at its address")) from error
    client.loop_start()
    return client


def _gathered(came: "queue.Queue[MQTTMessage]") -> "list[MQTTMessage]":
    """What came within a moment; none if nothing did."""
    found: list[MQTTMessage] = []
    until = time.monotonic() + PAUSE
    while len(found) < MOST and (left := until - time.monotonic()) > 0:
        try:
            found.append(came.get(timeout=left))
        except queue.Empty:
            break
    return found


def _record(view: "Region", messages: "list[MQTTMessage]") -> None:
    """Record what can be; what is faulty would be so again, so that it is told and not kept."""
    from hutuo.base.sensing import submitting
    from hutuo.base.sensing.registry import registry_of

    given: list[Given] = []
    topics: list[str] = []
    for message in messages:
        try:
            mine = _given(message.topic, bytes(message.payload))
        except HutuoError as error:
            log.warning("%s: %s", message.topic, error.message)
            continue
        given += mine
        topics += [message.topic] * len(mine)
    with deeds.doing(deeds.Deed("mqtt", "sta/create")):
        done = submitting.submit_each(view, registry_of(view), given)
    for topic, one in zip(topics, done, strict=True):
        if isinstance(one, HutuoError):
            log.warning("%s: %s", topic, one.message)


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
