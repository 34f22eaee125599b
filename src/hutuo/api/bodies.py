"""How much of a body is taken, and how slowly it may come, whatever its headers say of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hutuo.base import uploads
from hutuo.errors import BadAsk
from hutuo.glossary import Text

__all__ = ["LARGEST_ASK", "UPLOADS", "Bounded", "bounded", "too_large"]

LARGEST_ASK = 1_000_000
UPLOADS = "/api/uploads"
# Bytes in a second that a body has to come with on the whole, once its first piece was waited for.
SLOWEST = 1_000
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Clock = Callable[[], float]


def too_large(most: int) -> BadAsk:
    """What is told of a body that is larger."""
    hint = Text(f"最多{most:,}字节", f"at most {most:,} bytes")
    error = BadAsk(Text("请求太大", "the ask is too large"), hint)
    error.http_status = 413
    return error


def bounded(
    receive: Receive, most: int, seconds: float | None = None, clock: Clock = time.monotonic
) -> Receive:
    """What gives the pieces of a body while they are neither too many nor too slow.

    Args:
        receive: Gives them.
        most: Bytes of all of them; a body in chunks says no length before.
        seconds: How long a piece may be waited for; None for as long as it takes.
        clock: Tells seconds.

    Returns:
        What raises BadAsk instead, of status 413 or 408.
    """
    size, done, began = 0, False, clock()

    async def piece() -> Message:
        nonlocal size, done
        if done:
            return await receive()
        try:
            # In this task: to wait in another one took as long as all else that the gate does.
            async with asyncio.timeout(seconds):
                message = await receive()
        except TimeoutError:
            raise _too_slow() from None
        size += len(message.get("body", b""))
        done = message["type"] != "http.request" or not message.get("more_body", False)
        if size > most:
            raise too_large(most)
        if not done and seconds is not None and clock() - began > seconds + size / SLOWEST:
            raise _too_slow()
        return message

    return piece


class Bounded:
    """In front of a service: no body is larger than a request may be."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """For what is behind it."""
        self._app = app

    async def __call__(
        self, scope: Message, receive: Receive, send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Let a request through."""
        if scope["type"] == "http":
            upload = scope["method"] == "PUT" and scope["path"] == UPLOADS
            receive = bounded(receive, uploads.LARGEST if upload else LARGEST_ASK)
        await self._app(scope, receive, send)


def _too_slow() -> BadAsk:
    error = BadAsk(
        Text("请求内容来得太慢", "the body came too slowly"),
        Text(f"每秒至少{SLOWEST:,}字节", f"at least {SLOWEST:,} bytes a second"),
    )
    error.http_status = 408
    return error
