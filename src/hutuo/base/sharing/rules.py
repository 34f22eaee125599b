"""How people sign in."""

from typing import NamedTuple

__all__ = ["SignIn"]


class SignIn(NamedTuple):
    """How people sign in.

    Attributes:
        hours: A session ends after so many hours.
        idle_minutes: And when nothing was asked for so long.
        attempts: Failures in a row after which an account is locked.
        locked_minutes: For so long.
    """

    hours: float = 8
    idle_minutes: float = 60
    attempts: int = 5
    locked_minutes: float = 15
