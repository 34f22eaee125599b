"""Checks of what a model is given: shapes, signs, empty zones; all findings at once."""

from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

Array = npt.NDArray[np.float64]


def array(given: Any) -> Array:
    """Numbers of any kind as float64."""
    return np.asarray(given, dtype=np.float64)


def shapes(n: int, **given: Array) -> list[Finding]:
    """Arrays that are not (n, n)."""
    return [f for name, a in given.items() for f in misshapen(name, a, {(n, n)})]


def lengths(n: int, **given: Array) -> list[Finding]:
    """Arrays that are not (n,)."""
    return [f for name, a in given.items() for f in misshapen(name, a, {(n,)})]


def misshapen(name: str, values: Array, allowed: set[tuple[int, ...]]) -> list[Finding]:
    """An array whose shape is none of these."""
    if values.shape in allowed:
        return []
    could = " / ".join(map(str, sorted(allowed, key=len)))
    zh, en = f"形状{values.shape}应为{could}", f"shape {values.shape}; {could} would be right"
    return [Finding(name, None, "", Text(zh, en))]


def signs(name: str, values: Array, *, least: float, strict: bool) -> list[Finding]:
    """Cells that are missing, infinite or too small; the first hundred."""
    fine = np.isfinite(values) & ((values > least) if strict else (values >= least))
    bound = f"{'>' if strict else '>='} {least:g}"
    findings = []
    for place in np.argwhere(~fine)[:100]:
        value = values[tuple(place)]
        says = Text(f"{value}应{bound}", f"{value}; {bound} would be right")
        findings.append(Finding(name, None, ", ".join(map(str, place)), says))
    return findings


def empty(name: str, sums: Array) -> list[Finding]:
    """Zones that have nothing."""
    says = Text(
        "该地为零,请并入邻地或去掉", "the zone has none; join it to another or leave it out"
    )
    return [Finding(name, None, str(zone), says) for zone in np.flatnonzero(sums == 0)]


def changes(given: dict[str, Array], allowed: set[tuple[int, ...]]) -> list[Finding]:
    """Changes that do not fit or are not above 0."""
    findings = []
    for name, values in given.items():
        wrong = misshapen(name, values, allowed)
        findings += wrong or signs(name, values, least=0.0, strict=True)
    return findings


def refuse(findings: list[Finding]) -> None:
    """Refuse what has findings.

    Raises:
        BadInput: There are any.
    """
    if findings:
        many = len(findings)
        raise BadInput(
            Text(f"模型数据有{many}处问题:", f"the model's data have {many} findings:"), findings
        )
