"""The errors that Hutuo raises on purpose; doors alone translate them.

    HutuoError                     exit 1   HTTP 500
    ├── BadAsk                     exit 2   HTTP 422   a verb was asked wrongly
    ├── NotFound                   exit 4   HTTP 404   a named thing is not there
    ├── BadInput                   exit 3   HTTP 400   data that came in is faulty; carries findings
    ├── Unavailable                exit 5   HTTP 503   something the machine should have is missing or busy
    └── Cancelled                  exit 130 HTTP 409   long work was stopped by whoever asked for it

A message says what was given, a hint says what is possible.
"""

from collections.abc import Sequence
from typing import NamedTuple


class HutuoError(Exception):
    """Root of the tree."""

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def name(self) -> str:
        """Stable name of the error, as in ``not_found``."""
        letters = (f"_{c.lower()}" if c.isupper() else c for c in type(self).__name__)
        return "".join(letters).lstrip("_")

    def as_dict(self) -> dict[str, str]:
        """The one shape in which every door shows an error."""
        return {"error": self.name, "message": self.message, "hint": self.hint}


class BadAsk(HutuoError):
    """A verb was asked with a field missing, unknown or out of range."""

    exit_code = 2
    http_status = 422


class NotFound(HutuoError):
    """A region, table, verb, branch, place or target of that name is not there."""

    exit_code = 4
    http_status = 404


class Unavailable(HutuoError):
    """A library, a file system or a lock that is needed is not to be had."""

    exit_code = 5
    http_status = 503


class Cancelled(HutuoError):
    """Long work was stopped on request; nothing of it was kept."""

    exit_code = 130
    http_status = 409


class Finding(NamedTuple):
    """One fault in data that came in: where it is and what would be right."""

    file: str
    row: int | None
    column: str
    says: str

    def __str__(self) -> str:
        where = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{where}: {self.column + ': ' if self.column else ''}{self.says}"


class BadInput(HutuoError):
    """Data that came in is faulty; every finding is told, not only the first."""

    exit_code = 3
    http_status = 400

    def __init__(self, message: str, findings: Sequence[Finding] = (), hint: str = "") -> None:
        lines = [message, *(f"  {finding}" for finding in findings)]
        super().__init__("\n".join(lines), hint)
        self.findings = tuple(findings)


def one_of(given: str, kind: str, possible: Sequence[str]) -> NotFound:
    """NotFound that names what is there, the nearest first."""
    from difflib import get_close_matches

    near = get_close_matches(given, possible, n=3, cutoff=0.5)
    rest = [name for name in sorted(possible) if name not in near]
    shown = [*near, *rest][:20]
    more = f" and {len(possible) - len(shown)} more" if len(possible) > len(shown) else ""
    hint = f"possible: {', '.join(shown)}{more}" if shown else "there is none yet"
    return NotFound(f"no {kind} '{given}'", hint)
