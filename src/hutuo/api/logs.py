"""The service's log, one JSON object a line, as collectors of logs read it: when, how grave, who, what."""

import json
import logging
import sys
from datetime import UTC, datetime

from hutuo.base import deeds

__all__ = ["Lines", "to_lines"]


class Lines(logging.Formatter):
    """A record as one line; whatever stands in it ends no line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line: instant in UTC, level, name of the logger, account that asked, words, and the error."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "account": deeds.actor().account,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def to_lines() -> None:
    """Let hutuo and its server write their logs so, to the standard error; an access is told by metrics."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    for name in ("hutuo", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name == "hutuo" else logging.WARNING)
