"""The watch that runs with the service, and what listeners are told of it: lines of the log."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

import hutuo
from hutuo.api.paths import STILL
from hutuo.api.views import Seen
from hutuo.base import deeds
from hutuo.duty import telling
from hutuo.duty.watching import Watcher
from hutuo.errors import Forbidden, NotSignedIn

if TYPE_CHECKING:
    from hutuo.base.region import Region

# How often it is looked whether something is new, which takes microseconds: one is told within a second.
EVERY = 0.1
# A listener hears at least so often that the connection stands.
QUIET = 15.0
log = logging.getLogger("hutuo")
router = APIRouter(tags=["duty"])


@router.get("/api/duty/events", summary="Tell lines of the log of incidents as they are written.")
async def events(
    view: Seen,
    after: Annotated[
        int | None, Query(description="number of the last line that is known")
    ] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: each line of the log with its number as id, from the asked one on."""
    region = await asyncio.to_thread(lambda: view.region)
    known = int(last_event_id) if last_event_id and last_event_id.isdigit() else after
    # Asked in any case: who may not read the log is told so before the stream begins.
    newest = await asyncio.to_thread(telling.newest, region)
    known = newest if known is None else known
    still = view.request.scope.get(STILL)
    told = _told(region, known, view.lang, still)
    return StreamingResponse(told, media_type="text/event-stream")


@contextmanager
def watching(region: str | None) -> Iterator[None]:
    """Within the block, the readings of a region are watched.

    Args:
        region: Its name; None for the default one.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(region, stop), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _watch(name: str | None, stop: threading.Event) -> None:
    watcher: Watcher | None = None
    said = ""
    while not stop.wait(EVERY):
        try:
            watcher = watcher or Watcher(hutuo.open(name))
            watcher.step(datetime.now(UTC))
            said = ""
        except Exception as error:
            if str(error) != said:
                said = str(error)
                log.error("the watch failed", exc_info=error)  # noqa: TRY400 - told once


def _anew(
    region: "Region", known: int, lang: str, still: Callable[[], object] | None
) -> list[tuple[int, str]]:
    """Newer lines, if they may still be read: what was found out when the stream began is asked again."""
    if still is not None:
        still()
    with deeds.acting(deeds.actor()):
        return telling.lines(region, known, lang)


async def _told(
    region: "Region", known: int, lang: str, still: Callable[[], object] | None = None
) -> AsyncIterator[str]:
    seen: object = object()
    quiet = 0.0
    yield "retry: 1000\n\n"
    while True:
        stamp = await asyncio.to_thread(telling.stamp, region)
        if stamp is None or stamp != seen:
            seen = stamp
            try:
                news = await asyncio.to_thread(_anew, region, known, lang, still)
            except (Forbidden, NotSignedIn):
                # What was open is shut; a listener that comes again is told so.
                return
            for number, line in news:
                yield f"id: {number}\ndata: {line}\n\n"
                known, quiet = number, 0.0
        await asyncio.sleep(EVERY)
        quiet += EVERY
        if quiet >= QUIET:
            yield ": still here\n\n"
            # Looked at anew: a session ends without anything being written.
            seen, quiet = object(), 0.0
