"""Measures against emissions: what each costs and what it takes from several substances at once."""

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import NamedTuple

from hutuo.environment.equivalents import CO2, TWOFOLD, equivalents, substance, twofold
from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import Finding
from hutuo.glossary import Text

__all__ = ["Measure", "Spread", "benefit", "checked", "sums", "weights_of"]

WHAT = Text("减排措施", "measures")


class Spread(NamedTuple):
    """A value with the range that it lies in.

    Attributes:
        value: Most likely.
        low, high: Ends of the range; both the value where none is known.
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, low: float | None = None, high: float | None = None) -> "Spread":
        """A value whose range is as wide as is known."""
        return cls(value, value if low is None else low, value if high is None else high)


class Measure(NamedTuple):
    """A measure.

    Attributes:
        measure: Id.
        cost: Yuan a year, investment as annuity and what it saves taken off; negative where it pays.
        effects: Tonnes a year that it takes off, by substance; negative where it adds.
        place: Where it is.
        choice: Measures of the same choice exclude each other; None: it excludes none.
        needs: Measures without which it cannot be.
    """

    measure: str
    cost: Spread
    effects: Mapping[str, Spread]
    place: str | None = None
    choice: str | None = None
    needs: tuple[str, ...] = ()


def checked(measures: Iterable[Measure]) -> list[Measure]:
    """The measures, substances by their ids.

    Raises:
        BadInput: An id stands twice, a range does not hold its value, or a measure needs one that is not
            there, itself, or one of its own choice; all findings are told.
    """
    given = [
        one._replace(effects={substance(name): much for name, much in one.effects.items()})
        for one in measures
    ]
    ids = [one.measure for one in given]
    findings = []
    for row, one in enumerate(given, 1):
        findings += _spreads(row, one)
        findings += [Finding("measures", row, name, TWOFOLD) for name in twofold(one.effects)]
        findings += [Finding("measures", row, column, says) for column, says in _ties(one, given)]
        if ids.index(one.measure) != row - 1:
            says = Text(f"措施“{one.measure}”重复", f"measure '{one.measure}' stands twice")
            findings.append(Finding("measures", row, "measure", says))
    findings += _circles(given) if not findings else []
    refuse(WHAT, findings)
    return given


def weights_of(aim: str, co2: float | None = None) -> dict[str, float]:
    """What a tonne of each substance counts for, by the aim.

    Args:
        aim: ``co2``, ``pollutants`` (equivalents of air pollutants, in thousands), ``both`` (equivalents with
            CO2) or a substance.
        co2: Equivalents of a kg of CO2 for ``both``.
    """
    by_law = {one.pollutant: 1 / one.kg for one in equivalents().values() if one.medium == "air"}
    if aim == "pollutants":
        return by_law
    if aim == "both":
        refuse(WHAT, unfit("weights", None, {"co2": -1 if co2 is None else co2}))
        return by_law | {CO2: co2 or 0.0}
    return {substance(aim): 1.0}


def benefit(effects: Mapping[str, Spread], weights: Mapping[str, float]) -> Spread:
    """Weighted sum of effects; its range is that of effects that all err the same way."""
    known = [(weights[name], much) for name, much in effects.items() if name in weights]
    value, low, high = (float(sum(w * much[n] for w, much in known)) for n in range(3))
    return Spread(value, low, high)


def sums(measures: Sequence[Measure]) -> tuple[Spread, dict[str, Spread]]:
    """Cost and effects of several measures together, ranges as in :func:`benefit`."""
    names = sorted({name for one in measures for name in one.effects})
    return _added(one.cost for one in measures), {
        name: _added(one.effects[name] for one in measures if name in one.effects)
        for name in names
    }


def _added(several: Iterable[Spread]) -> Spread:
    """Sum of values, and of the ends of their ranges."""
    given = list(several)
    return Spread(*(fsum(much[n] for much in given) for n in range(3)))


def _spreads(row: int, one: Measure) -> list[Finding]:
    """Ranges that are no numbers or do not hold their value."""
    found = []
    for column, much in {"cost": one.cost, **one.effects}.items():
        parts = {column: much.value, f"{column}.low": much.low, f"{column}.high": much.high}
        wrong = unfit("measures", row, parts, least=-1e300)
        if not wrong and not much.low <= much.value <= much.high:
            says = Text(
                f"{much.value:g}不在{much.low:g}至{much.high:g}之内",
                f"{much.value:g} is not within {much.low:g} to {much.high:g}",
            )
            wrong.append(Finding("measures", row, column, says))
        found += wrong
    return found


def _ties(one: Measure, others: Sequence[Measure]) -> list[tuple[str, Text]]:
    """Measures that it needs and cannot have."""
    known = {other.measure: other for other in others}
    found = []
    for name in one.needs:
        if name not in known:
            says = Text(f"没有措施“{name}”", f"there is no measure '{name}'")
            found.append(("needs", says))
        elif one.choice is not None and known[name].choice == one.choice:
            says = Text(
                f"“{name}”与它互斥,不能又是前提",
                f"'{name}' is of the same choice: it excludes what it would be needed for",
            )
            found.append(("needs", says))
    return found


def _circles(given: Sequence[Measure]) -> list[Finding]:
    """Measures that come to need themselves."""
    needs = {one.measure: set(one.needs) for one in given}
    found = []
    for row, one in enumerate(given, 1):
        seen: set[str] = set()
        ahead = set(needs[one.measure])
        while ahead - seen:
            step = (ahead - seen).pop()
            seen.add(step)
            ahead |= needs[step]
        if one.measure in seen:
            says = Text(f"“{one.measure}”以自身为前提", f"'{one.measure}' comes to need itself")
            found.append(Finding("measures", row, "needs", says))
    return found
