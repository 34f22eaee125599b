"""The address that the service listens on: taken before anything is loaded, told once it answers."""

import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from hutuo.api.logs import to_lines
from hutuo.errors import BadAsk, HutuoError, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from fastapi import FastAPI

HIGHEST = 65_535
FIRST_FREE = 1024
# Seconds; at 5 a page that was looked at for as long met a connection that was just being closed.
KEPT_ALIVE = 75


def taken(host: str, port: int) -> socket.socket:
    """A socket bound to an address.

    Args:
        host: Name or number of an address of this machine.
        port: 0 to 65535; 0 is any that is free.

    Raises:
        BadAsk: There is no such port, or it is no address of this machine.
        Unavailable: Another program has it, or it is kept from this user.
    """
    if not 0 <= port <= HIGHEST:
        hint = Text(
            f"--port取0至{HIGHEST:,},如--port 8800",
            f"--port takes 0 to {HIGHEST:,}, as --port 8800",
        )
        raise BadAsk(Text(f"{port}不是端口", f"{port} is no port"), hint)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise _no_address(host) from error
    door = socket.socket(family, kind, protocol)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        # Only by listening does it show that another listens there that shares its address.
        door.listen()
    except OSError as error:
        door.close()
        raise _refused(error, host, port) from error
    return door


def _refused(error: OSError, host: str, port: int) -> HutuoError:
    if error.errno == errno.EADDRINUSE:
        other = port + 35 if port + 35 <= HIGHEST else FIRST_FREE
        return Unavailable(
            Text(
                f"{host}的端口{port}已被其他程序占用",
                f"port {port} of {host} is taken by another program",
            ),
            Text(
                f"换一个端口,如hutuo serve --port {other};也可能是已在运行的hutuo",
                f"name another, as hutuo serve --port {other};"
                " maybe it is a hutuo that runs already",
            ),
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unavailable(
            Text(
                f"当前用户不能使用{host}的端口{port}",
                f"port {port} of {host} is kept from this user",
            ),
            Text(
                f"请用{FIRST_FREE}以上的端口,如hutuo serve --port 8800",
                f"name one from {FIRST_FREE} on, as hutuo serve --port 8800",
            ),
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return _no_address(host)
    zh, en = f"不能监听{host}的端口{port}", f"cannot listen on port {port} of {host}"
    says = Text(f"{zh}:{error.strerror}", f"{en}: {error.strerror}")
    return Unavailable(says, Text("可换一个--port", "try --port"))


def _no_address(host: str) -> BadAsk:
    says = Text(f"“{host}”不是本机的地址", f"'{host}' is no address of this machine")
    return BadAsk(says, Text("如--host 127.0.0.1或0.0.0.0", "as --host 127.0.0.1, or 0.0.0.0"))


def address(door: socket.socket) -> str:
    """What a browser is given to come to a socket."""
    host, port = door.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()


def serve(
    made: "FastAPI", door: socket.socket, ready: Callable[[], object], *, lines: bool = False
) -> None:
    """Answer at a socket until interrupted; with ``lines`` the log is JSON, an object a line."""
    config = uvicorn.Config(
        made, log_level="warning", access_log=False, timeout_keep_alive=KEPT_ALIVE
    )
    if lines:
        # The server's own set-up of its loggers has been done by now.
        to_lines()
    with suppress(KeyboardInterrupt):
        _Server(config, ready).run(sockets=[door])
