"""Checks of what a model is given: numbers, shapes, signs, order, empty zones; all findings at once."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

Array = npt.NDArray[np.float64]
# Findings of one array that are told at most.
MOST = 100
NUMBER = Text("应为数字", "a number would be right")


def arrays(given: dict[str, Any]) -> dict[str, Array]:
    """Numbers of any kind as float64, by name.

    Raises:
        BadInput: A cell is no number; all of them are named.
    """
    found, findings = {}, []
    for name, one in given.items():
        try:
            found[name] = np.asarray(one, dtype=np.float64)
        except (TypeError, ValueError):
            findings += _no_numbers(name, one)
    refuse(findings)
    return found


def _no_numbers(name: str, given: Any) -> list[Finding]:
    """Cells that are none; rows of different lengths are cells that hold several."""
    try:
        cells = np.asarray(given, dtype=object)
    except ValueError:
        return [Finding(name, None, "", Text("各行长度不同", "its rows differ in length"))]
    findings = []
    for place in np.ndindex(cells.shape):
        try:
            float(cells[place])
        except (TypeError, ValueError):
            says = Text(f"{cells[place]!r}{NUMBER.zh}", f"{cells[place]!r}; {NUMBER.en}")
            findings.append(Finding(name, None, told(given, place), says))
    return findings[:MOST] or [Finding(name, None, "", NUMBER)]


def told(given: Any, place: Sequence[int]) -> str:
    """A cell by the labels of what was given, by numbers from 0 where it has none."""
    labels = labels_of(given)
    if len(labels) != len(place):
        return ", ".join(map(str, place))
    return ", ".join(str(of[at]) for of, at in zip(labels, place, strict=True))


def labels_of(given: Any) -> list[list[object]]:
    """Labels of a frame or series, by axis; none of anything else."""
    return [list(axis) for axis in getattr(given, "axes", ())]


def names_of(given: Iterable[Any], n: int) -> Sequence[object]:
    """What zones are called: the labels of the first that has n of them; else their numbers from 0."""
    for one in given:
        labels = labels_of(one)
        if labels and len(labels[0]) == n and labels[0] != list(range(n)):
            return labels[0]
    return range(n)


def orders(names: Sequence[object], given: dict[str, Any]) -> list[Finding]:
    """Frames and series with the same labels in another order, which numbers alone would not show."""
    wanted = list(map(str, names))
    findings = []
    for name, one in given.items():
        for axis, labels in enumerate(labels_of(one)):
            has = list(map(str, labels))
            if has == wanted or sorted(has) != sorted(wanted):
                continue
            at = next(n for n, label in enumerate(has) if label != wanted[n])
            zh = f"第{axis + 1}维第{at + 1}个为{has[at]},应为{wanted[at]}:各表次序须相同"
            en = f"label {at + 1} of axis {axis + 1} is {has[at]}; {wanted[at]} would be right, as elsewhere"
            findings.append(Finding(name, None, "", Text(zh, en)))
    return findings


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


def vector(name: str, values: Array) -> list[Finding]:
    """What is not a list of one zone at least."""
    if values.ndim == 1 and values.size:
        return []
    zh, en = f"形状{values.shape}应为(n,)", f"shape {values.shape}; (n,) would be right"
    return [Finding(name, None, "", Text(zh, en))]


def signs(
    name: str, values: Array, *, least: float, strict: bool, names: Sequence[object] | None = None
) -> list[Finding]:
    """Cells that are missing, infinite or too small; the first hundred.

    Args:
        name: What the array is called.
        values: Its numbers.
        least: Bound.
        strict: Whether the bound itself is too small.
        names: What zones are called, on every axis; None for their numbers.
    """
    fine = np.isfinite(values) & ((values > least) if strict else (values >= least))
    bound = f"{'>' if strict else '>='} {least:g}"
    findings = []
    for place in np.argwhere(~fine)[:MOST]:
        value = values[tuple(place)]
        says = Text(f"{value}应{bound}", f"{value}; {bound} would be right")
        # An axis of length 1 stands for all zones.
        axes = zip(place, values.shape, strict=True)
        where = [str(at if names is None or size == 1 else names[at]) for at, size in axes]
        findings.append(Finding(name, None, ", ".join(where), says))
    return findings


def empty(name: str, sums: Array, names: Sequence[object]) -> list[Finding]:
    """Zones that have nothing."""
    says = Text(
        "该地为零,请并入邻地或去掉", "the zone has none; join it to another or leave it out"
    )
    return [
        Finding(name, None, str(names[zone]), says) for zone in np.flatnonzero(sums == 0).tolist()
    ]


def changes(
    given: dict[str, Array], allowed: set[tuple[int, ...]], names: Sequence[object]
) -> list[Finding]:
    """Changes that do not fit or are not above 0."""
    findings = []
    for name, values in given.items():
        wrong = misshapen(name, values, allowed)
        findings += wrong or signs(name, values, least=0.0, strict=True, names=names)
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
