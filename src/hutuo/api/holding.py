"""What a listener got is held until the store takes it: a full disk or a restored lake loses no reading."""

import logging
import threading
from collections.abc import Callable

from hutuo.errors import Unavailable

__all__ = ["LATE", "SOON", "written"]

# Seconds until what could not be written is tried again, at first and at most.
SOON, LATE = 0.5, 30.0
log = logging.getLogger("hutuo")


def written(work: Callable[[], object], stop: threading.Event) -> bool:
    """Write; what the store cannot take now is tried again until it does, or until it is stopped.

    Args:
        work: Writes, or raises ``Unavailable``.
        stop: Ends the trying when it is set.

    Returns:
        Whether it was written.
    """
    wait = SOON
    while True:
        try:
            work()
        except Unavailable as error:
            log.warning("%s; again in %.1f s", error.message, wait)
            if stop.wait(wait):
                return False
            wait = min(2 * wait, LATE)
        else:
            return True
