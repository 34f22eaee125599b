"""Refusing what is given: all findings at once, in both languages."""

from collections.abc import Mapping, Sequence
from math import isfinite
from numbers import Real
from typing import Any

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["refuse", "unfit"]


def refuse(what: Text, findings: Sequence[Finding]) -> None:
    """Refuse what has findings.

    Args:
        what: What they are of, as ("减排措施", "measures").
        findings: What is wrong.

    Raises:
        BadInput: There are any.
    """
    if findings:
        many = len(findings)
        says = Text(f"{what.zh}有{many}处问题:", f"{what.en}: {many} findings")
        raise BadInput(says, findings)


def unfit(
    file: str,
    row: int | None,
    given: Mapping[str, Any],
    *,
    least: float = 0.0,
    most: float | None = None,
) -> list[Finding]:
    """Values that are no finite numbers, or below the least or above the most.

    Args:
        file: What findings call where the values came from.
        row: Row of the values.
        given: Values by column; None is not looked at.
        least: Least that is right.
        most: Most that is right; None for no bound.
    """
    bound = f"≥{least:g}" if most is None else f"{least:g}–{most:g}"
    found = []
    for column, value in given.items():
        if value is None:
            continue
        number = isinstance(value, Real) and not isinstance(value, bool)
        fine = number and isfinite(value) and value >= least and (most is None or value <= most)
        if not fine:
            says = Text(f"{value!r}应为{bound}的数", f"{value!r}; a number {bound} would be right")
            found.append(Finding(file, row, column, says))
    return found
