"""How far long work has come: told by the work, shown by whoever listens.

A verb reports; a door listens (a bar in the terminal, a job over REST) and may ask it to stop. Work that
nobody listens to pays a lookup and nothing more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from hutuo.glossary import Text


class Progress(NamedTuple):
    """Where the work stands.

    Attributes:
        share: Part that is done, 0 to 1; None where it cannot be told.
        step: What is being done.
    """

    share: float | None
    step: Text


Listener = Callable[[Progress], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def report(share: float | None, step: Text) -> None:
    """Tell the listener, if there is one, where the work stands.

    Raises:
        Cancelled: The listener wants the work to stop; nothing of it may be kept.
    """
    listener = _listener.get()
    if listener is not None:
        listener(Progress(share, step))


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block, reports of this context go to the listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
