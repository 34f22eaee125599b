"""What accounts are kept in: money, quotas, vouchers of a body, and shares of statistics as memo.

An amount is an integer in the smallest unit: money in fen, a tonne in kilograms, a mu in ten-thousandths. A
voucher is one of the body that issued it: ``voucher:BODY``.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hutuo.errors import NotFound, one_of
from hutuo.glossary import Text

__all__ = ["Commodity", "commodities", "commodity_of"]

FILE = Path(__file__).parent / "commodities.csv"
# One for each body that issues them.
ISSUED = "voucher"


class Commodity(NamedTuple):
    """What is counted.

    Attributes:
        commodity: Id.
        name: What it is called.
        unit: Unit that people read.
        smallest: Unit that amounts are integers of.
        digits: Decimal digits of the unit in an amount: 1 yuan is 10**2 fen.
        memo: Whether it is a share of a statistic, which nobody owes.
    """

    commodity: str
    name: Text
    unit: Text
    smallest: Text
    digits: int
    memo: bool


@cache
def commodities() -> dict[str, Commodity]:
    """All kinds, by id; ``voucher`` stands for those of every issuer."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["commodity"]: Commodity(
                row["commodity"],
                Text(row["zh"], row["en"]),
                Text(row["unit_zh"], row["unit_en"]),
                Text(row["smallest_zh"], row["smallest_en"]),
                int(row["digits"]),
                row["memo"] == "yes",
            )
            for row in csv.DictReader(lines)
        }


def commodity_of(name: str) -> Commodity:
    """The commodity of that id; a voucher with its issuer in its name.

    Raises:
        NotFound: There is none, or a voucher names no issuer.
    """
    kind, _, issuer = name.partition(":")
    known = commodities()
    if name in known and name != ISSUED:
        return known[name]
    if kind == ISSUED and issuer:
        found = known[ISSUED]
        called = Text(f"{found.name.zh}({issuer}发行)", f"{found.name.en} of {issuer}")
        return found._replace(commodity=name, name=called)
    if kind == ISSUED:
        raise NotFound(
            Text("创新券没有写发行机构", "a voucher names no issuer"),
            Text("写作voucher:机构", "write voucher:BODY"),
        )
    raise one_of(name, "commodity", [*(k for k in known if k != ISSUED), f"{ISSUED}:BODY"])
