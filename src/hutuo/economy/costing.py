"""What a project of a type costs in a park over years: bought once, held by the month, used every year."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hutuo.errors import BadAsk
from hutuo.units import convert

__all__ = ["Cost", "Line", "cost_of", "factor"]

Row = Mapping[str, Any]
MONTHS = 12


class Line(NamedTuple):
    """One item of a cost.

    Attributes:
        item: What is paid for.
        yuan: Present value in yuan.
        yearly: What is paid each year; 0 where it is paid once.
    """

    item: str
    yuan: float
    yearly: float


class Cost(NamedTuple):
    """Cost of a project in a park.

    Attributes:
        lines: By item that has a price.
        unpriced: Items without one.
        total: Present value in yuan of all lines.
    """

    lines: list[Line]
    unpriced: list[str]
    total: float


def factor(years: int, rate: float) -> float:
    """Present value of 1 paid at the end of each year.

    Args:
        years: Number of years, at least 1.
        rate: Discount rate a year, as 0.05; 0 for none.
    """
    return float(years) if rate == 0 else (1 - (1 + rate) ** -years) / rate


def cost_of(uses: Iterable[Row], prices: Sequence[Row], *, years: int, rate: float) -> Cost:
    """What a project costs in a park.

    Args:
        uses: Rows of table ``project_use``, of one type.
        prices: Rows of table ``park_price``, of one park.
        years: Years that it is run.
        rate: Discount rate a year.
    """
    by_item = {row["item"]: row for row in prices}
    lines, unpriced = [], []
    for use in uses:
        price = by_item.get(use["item"])
        amount = None if price is None else _in_unit(use, price["unit"])
        if price is None or amount is None:
            unpriced.append(use["item"])
            continue
        paid = amount * price["price"]
        if price["per"] == "once":
            lines.append(Line(use["item"], paid, 0.0))
        else:
            yearly = paid * (MONTHS if price["per"] == "month" else 1)
            lines.append(Line(use["item"], yearly * factor(years, rate), yearly))
    return Cost(lines, unpriced, sum(line.yuan for line in lines))


def _in_unit(use: Row, unit: str) -> float | None:
    """The amount in the unit of the price; None where the two do not convert."""
    try:
        return convert(use["amount"], use["unit"], unit)
    except BadAsk:
        return None
