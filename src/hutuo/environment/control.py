"""Control of energy and of carbon: what counts by which rule, the path to a target, and what is left of it.

Rules are data with years and sources: ``rules.csv``. The same totals under two of them stand side by side.
"""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from hutuo.errors import BadInput, one_of
from hutuo.glossary import Text

__all__ = ["Rule", "Totals", "budget_left", "counted", "in_force", "path_to", "rule_of", "rules"]

FILE = Path(__file__).with_name("rules.csv")
Form = Literal["linear", "rate"]


class Totals(NamedTuple):
    """What was used and let out in a year; None for what is not known.

    Attributes:
        tce: All energy, with feedstock and renewables.
        feedstock_tce: Energy that became a product.
        renewable_tce: Energy from renewables that was used as energy.
        tco2: CO2 of both scopes.
    """

    tce: float | None
    feedstock_tce: float | None
    renewable_tce: float | None
    tco2: float | None


class Rule(NamedTuple):
    """A rule of control.

    Attributes:
        rule: Its id.
        version: Its version.
        name: What it is called.
        control: energy or carbon.
        first_year: First year that it is in force; None for one that is only to be compared.
        last_year: Last year; None while it is in force.
        feedstock: counted or excluded.
        renewables: counted, excluded, or new: what exceeds that of the base year is excluded.
        base_year: Year from which renewables are new.
        source: Document.
    """

    rule: str
    version: int
    name: Text
    control: str
    first_year: int | None
    last_year: int | None
    feedstock: str
    renewables: str
    base_year: int | None
    source: str


@cache
def rules() -> dict[str, Rule]:
    """Rules by id."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["rule"]: _rule(row) for row in csv.DictReader(lines)}


def rule_of(name: str) -> Rule:
    """The rule of that id.

    Raises:
        NotFound: There is none.
    """
    if name not in rules():
        raise one_of(name, "rule", list(rules()))
    return rules()[name]


def in_force(year: int) -> Rule | None:
    """The rule of a year; None for years before the first."""
    return next(
        (
            rule
            for rule in rules().values()
            if rule.first_year is not None and rule.first_year <= year <= (rule.last_year or year)
        ),
        None,
    )


def counted(rule: Rule, totals: Mapping[int, Totals]) -> dict[int, float | None]:
    """What counts by a rule, by year: tce or tonnes of CO2; None where what it takes is not known.

    Args:
        rule: Which.
        totals: By year.

    Source: 原料用能和新增可再生能源消费不纳入能源消费总量控制, as the rule's own source says.
    """
    return {year: _counted(rule, year, totals) for year in totals}


def path_to(
    first_year: int, value: float, last_year: int, target: float, form: Form = "linear"
) -> dict[int, float]:
    """What may be reached in each year from a base year to a target's year.

    Args:
        first_year: Base year.
        value: Its value.
        last_year: Year of the target, after the base year.
        target: Its value.
        form: ``linear`` by the same amount each year, ``rate`` by the same share.

    Raises:
        BadInput: The target's year does not come after the base year, or a rate is asked for of a value that
            is not above 0.
    """
    if last_year <= first_year:
        raise BadInput(
            Text(
                f"目标年{last_year}应晚于基年{first_year}",
                f"the target's year {last_year} should come after {first_year}",
            )
        )
    if form == "rate" and not (value > 0 and target > 0):
        raise BadInput(
            Text("等比路径的基年值和目标值应大于0", "a path by rate takes values above 0")
        )
    span = last_year - first_year
    if form == "linear":
        return {first_year + n: value + (target - value) * n / span for n in range(span + 1)}
    return {first_year + n: value * (target / value) ** (n / span) for n in range(span + 1)}


def budget_left(
    path: Mapping[int, float], actual: Mapping[int, float | None]
) -> tuple[float, Sequence[int]]:
    """What a path still allows after what was used, and the years of it of which nothing is known.

    Args:
        path: As :func:`path_to` gives it; its first year is the base and not part of the budget.
        actual: By year.

    Returns:
        Sum of the path over the years after its first, less what was used in them; and those up to the last
        known year that are not known, for which the path's own value is taken off.
    """
    years = sorted(path)[1:]
    known = [year for year in years if actual.get(year) is not None]
    unknown = [year for year in years if known and year < known[-1] and year not in known]
    used = sum(actual[year] or 0.0 for year in known) + sum(path[year] for year in unknown)
    return sum(path[year] for year in years) - used, unknown


def _counted(rule: Rule, year: int, totals: Mapping[int, Totals]) -> float | None:
    now = totals[year]
    if rule.control == "carbon":
        return now.tco2
    left = now.tce
    if rule.feedstock == "excluded":
        left = _less(left, now.feedstock_tce)
    if rule.renewables == "excluded":
        left = _less(left, now.renewable_tce)
    if rule.renewables == "new":
        base = totals.get(rule.base_year or year)
        left = _less(left, _grown(now.renewable_tce, base.renewable_tce if base else None))
    return left


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _grown(now: float | None, base: float | None) -> float | None:
    # Where there is none, none of it is new, whatever the base year had.
    if now == 0:
        return 0.0
    return None if now is None or base is None else max(now - base, 0.0)


def _rule(row: Mapping[str, str]) -> Rule:
    first, last, base = (
        int(row[name]) if row[name] else None for name in ("first_year", "last_year", "base_year")
    )
    return Rule(
        row["rule"],
        int(row["version"]),
        Text(row["zh"], row["en"]),
        row["control"],
        first,
        last,
        row["feedstock"],
        row["renewables"],
        base,
        row["source"],
    )
