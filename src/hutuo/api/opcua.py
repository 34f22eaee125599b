"""Readings of machines by OPC UA: nodes of a server are watched, and what they tell is recorded.

A table says which node is which datastream. Values come by subscription; what the server itself kept while
nobody listened is read from its history, so that nothing is lost that it still has. A value whose status is
bad is told and not kept; an uncertain one is kept with its status as its quality.

Source: OPC 10000-4 (services), 7.11 on data values and their timestamps; OPC 10000-11 (historical access).
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.api.books import lines
from hutuo.api.holding import written
from hutuo.base import deeds
from hutuo.errors import BadInput, Finding, HutuoError, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from asyncua import ua
    from asyncua.client.client import Client
    from asyncua.common.node import Node

    from hutuo.base.region import Region

    Reading = tuple[int, "ua.DataValue"]

__all__ = ["listen", "observation", "streams"]

# Milliseconds between what the server publishes; seconds in which readings gather; most of one commit.
PERIOD, PAUSE, MOST = 200.0, 0.1, 5_000
# What the server keeps of a node between two publications, and the client of what was not yet taken.
QUEUED, HELD = 10_000, 1_000_000
# Seconds until a server that is gone is looked for again, at first and at most.
SOON, LATE = 1.0, 30.0
COLUMNS = ("node", "datastream")
log = logging.getLogger("hutuo")


def listen(
    server: str,
    nodes: Path,
    region: str | None = None,
    told: Callable[[str], object] = log.info,
    stop: threading.Event | None = None,
    security: str | None = None,
) -> None:
    """Record what the nodes of a server tell until interrupted.

    Args:
        server: Its address, as ``opc.tcp://127.0.0.1:4840``; ``user:password@`` may stand before the host.
        nodes: CSV file with the columns ``node`` and ``datastream``.
        region: Name or folder of the region; the default one if None.
        told: Is given the address once the server tells what it has.
        stop: Ends it when it is set.
        security: Policy, mode, certificate and key, as ``Basic256Sha256,SignAndEncrypt,cert.der,key.pem``.

    Raises:
        BadInput: The table is faulty, or names what is not there.
        Unavailable: There is no server, or no library to ask it.
    """
    import hutuo

    try:
        import asyncua  # noqa: F401 - whether it is there
    except ModuleNotFoundError as error:
        says = Text("没有安装OPC UA的库", "the library of OPC UA is not installed")
        raise Unavailable(says, Text("安装hutuo[opcua]", "install hutuo[opcua]")) from error
    view = hutuo.open(region)
    watched = streams(view, nodes)
    watch = _Watch(view, server, watched, security)
    asyncio.run(watch.run(told, stop or threading.Event()))


def streams(region: "Region", nodes: Path) -> dict[str, int]:
    """Datastream of each node, by the node's id.

    Raises:
        BadInput: The table is faulty; all of it is told.
    """
    from hutuo.base.sensing.registry import registry_of

    known = registry_of(region).entities["Datastreams"]
    rows, faults = lines(nodes, COLUMNS)
    found: dict[str, int] = {}
    for line, row in rows:
        node, number = (row[name] for name in COLUMNS)
        if not number.isdigit() or int(number) not in known:
            says = Text(f"没有Datastreams({number})", f"there is no Datastreams({number})")
            faults.append(Finding(nodes.name, line, "datastream", says))
        elif not node or node in found:
            says = Text("应写明,且只写一次", "should be given, and once only")
            faults.append(Finding(nodes.name, line, "node", says))
        else:
            found[node] = int(number)
    if faults or not found:
        raise BadInput(Text(f"{nodes.name}有误:", f"{nodes.name} is faulty:"), faults)
    return found


def observation(value: "ua.DataValue") -> Mapping[str, Any] | None:
    """A value as an observation; None where there is none, or a bad one.

    Args:
        value: With its status, and the time at its source or else at the server.
    """
    status = value.StatusCode
    plain = value.Value.Value if value.Value is not None else None
    if plain is None or (status is not None and status.is_bad()):
        return None
    when = value.SourceTimestamp or value.ServerTimestamp or datetime.now(UTC)
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    body: dict[str, Any] = {"phenomenonTime": when.isoformat(), "result": plain}
    if status is not None and not status.is_good():
        body["resultQuality"] = status.name
    return body


class _Watch:
    """One server and what is watched of it."""

    def __init__(
        self, view: "Region", server: str, watched: Mapping[str, int], security: str | None
    ) -> None:
        self._view, self._server, self._watched = view, server, dict(watched)
        self._security = security
        self._came: asyncio.Queue[Reading] = asyncio.Queue()
        # Whether the server was there once, with its nodes: one that is started anew may lack them at first.
        self._met = False

    async def run(self, told: Callable[[str], object], stop: threading.Event) -> None:
        """Watch until it is stopped; a server that goes is looked for again."""
        from asyncua.ua.uaerrors import UaError

        wait = SOON
        while not stop.is_set():
            try:
                async with await self._client() as client:
                    wait = SOON
                    await self._watch(client, told, stop)
            except (TimeoutError, OSError, UaError, BadInput) as error:
                if not self._met:
                    raise self._first(error) from error
                log.warning("%s: %r; again in %.0f s", self._server, error, wait)
                await asyncio.to_thread(stop.wait, wait)
                wait = min(2 * wait, LATE)
        await self._record(self._gone(), stop)

    def _first(self, error: Exception) -> HutuoError:
        """Why it could not be begun."""
        if isinstance(error, HutuoError):
            return error
        says = Text(
            f"{self._server}没有OPC UA服务器:{error!r}",
            f"no OPC UA server at {self._server}: {error!r}",
        )
        return Unavailable(says, Text("请检查地址", "look at its address"))

    async def _client(self) -> "Client":
        from asyncua.client.client import Client

        client = Client(self._server)
        if self._security:
            await client.set_security_string(self._security)
        return client

    async def _watch(
        self, client: "Client", told: Callable[[str], object], stop: threading.Event
    ) -> None:
        from asyncua import ua

        nodes = await self._nodes(client)
        self._met = True
        subscription = await client.create_subscription(PERIOD, self, queue_maxsize=HELD)
        await subscription.subscribe_data_change(
            nodes, queuesize=QUEUED, sampling_interval=ua.Double(0.0)
        )
        for node in nodes:
            await self._catch_up(node)
        told(self._server)
        while not stop.is_set():
            await client.check_connection()
            await asyncio.sleep(PAUSE)
            await self._record(self._gone(), stop)

    def datachange_notification(self, node: "Node", _value: object, data: Any) -> None:
        """Take in what the server tells; called by the library."""
        stream = self._watched[node.nodeid.to_string()]
        self._came.put_nowait((stream, data.monitored_item.Value))

    async def _nodes(self, client: "Client") -> "list[Node]":
        """The nodes that are watched.

        Raises:
            BadInput: One of them is not there; all of these are told.
        """
        from asyncua.ua.uaerrors import UaError

        found, faults = [], []
        for name in list(self._watched):
            try:
                node = client.get_node(name)
                await node.read_browse_name()
            except (UaError, ValueError) as error:
                says = Text(f"服务器没有“{name}”:{error}", f"the server has no '{name}': {error}")
                faults.append(Finding(self._server, None, "node", says))
                continue
            # The server may write its id in another way than the table does.
            self._watched[node.nodeid.to_string()] = self._watched[name]
            found.append(node)
        if faults:
            raise BadInput(Text("节点有误:", "nodes are faulty:"), faults)
        return found

    async def _catch_up(self, node: "Node") -> None:
        """Read what the server kept of a node since its last reading, if it keeps any."""
        from asyncua import ua
        from asyncua.ua.uaerrors import UaStatusCodeError

        from hutuo.base.sensing import observed
        from hutuo.base.sensing.registry import registry_of

        stream = self._watched[node.nodeid.to_string()]
        if ua.AccessLevel.HistoryRead not in await node.get_access_level():
            return
        entity = registry_of(self._view).find("Datastreams", stream)
        known = await asyncio.to_thread(observed.ends_of, self._view, entity)
        since = known.last.valid_from if known else datetime(1970, 1, 1, tzinfo=UTC)
        try:
            values = await node.read_raw_history(since, datetime.now(UTC), return_bounds=False)
        except UaStatusCodeError as error:
            log.warning("%s: history of %s: %s", self._server, node, error)
            return
        for value in values:
            self._came.put_nowait((stream, value))

    def _gone(self) -> "list[Reading]":
        found: list[Reading] = []
        with contextlib.suppress(asyncio.QueueEmpty):
            while len(found) < MOST:
                found.append(self._came.get_nowait())
        return found

    async def _record(self, came: "list[Reading]", stop: threading.Event) -> None:
        if came:
            await asyncio.to_thread(written, partial(self._write, came), stop)

    def _write(self, came: "list[Reading]") -> None:
        from hutuo.base.sensing import submitting
        from hutuo.base.sensing.registry import registry_of

        given = []
        for stream, value in came:
            body = observation(value)
            if body is None:
                why = "no value" if value.StatusCode is None else value.StatusCode.name
                log.warning("Datastreams(%s): %s is not kept", stream, why)
            else:
                given.append((stream, body))
        with deeds.doing(deeds.Deed("opcua", "sta/create")):
            done = submitting.submit_each(self._view, registry_of(self._view), given)
        for (stream, _), one in zip(given, done, strict=True):
            if isinstance(one, HutuoError):
                log.warning("Datastreams(%s): %s", stream, one.message)
