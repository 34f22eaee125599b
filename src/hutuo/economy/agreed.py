"""What cities agree to share: by ratios that change with the years, with floors, and by stakes in a company.

Sources: agreed ratios and floors as in the park of 青川 and its partner (2009: tax and value added 6:4, at
least 5 million yuan a year); counting figures of a move on both sides for assessment as in the rules of
昆明 for parks of two cities (2024).
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.ledger.splits import split

__all__ = ["Assessed", "Attribution", "agreed_shares", "assessed", "ratios_of", "stake_shares"]

Attribution = Literal["in_place", "pro_rata", "double"]


class Assessed(NamedTuple):
    """A figure as it is counted for assessment.

    Attributes:
        origin: What counts for the origin.
        host: What counts for the host.
        twice: What counts for both, so that their sum exceeds the figure by it.
    """

    origin: int
    host: int
    twice: int


def ratios_of(given: Sequence[float], years: int) -> list[float]:
    """The origin's ratio in each year; the last one holds on.

    Raises:
        BadAsk: None is given, or one is not between 0 and 1.
    """
    if not given or not all(0 <= one <= 1 for one in given):
        says = Text(
            f"比例{list(given)}应各在0至1之间",
            f"ratios {list(given)}; each from 0 to 1 would be right",
        )
        raise BadAsk(says)
    return [given[min(year, len(given) - 1)] for year in range(years)]


def agreed_shares(
    amounts: Sequence[int], ratios: Sequence[float], *, floor: int = 0, cap: int | None = None
) -> list[tuple[int, int]]:
    """Shares of origin and host in each year.

    Args:
        amounts: What is shared in each year, in the smallest unit, at least 0.
        ratios: The origin's ratio in each year; see :func:`ratios_of`.
        floor: Least that the origin gets in a year, as far as there is as much.
        cap: Most that the origin gets over all years; None for no limit.

    Returns:
        Origin and host by year; both sum to the amount of the year exactly.
    """
    found, had = [], 0
    for amount, ratio in zip(amounts, ratios, strict=True):
        given = min(max(split(amount, [ratio, 1 - ratio])[0], floor), amount)
        if cap is not None:
            given = min(given, max(cap - had, 0))
        had += given
        found.append((given, amount - given))
    return found


def stake_shares(
    profits: Sequence[int], stakes: Mapping[str, float], *, retained: float = 0
) -> list[dict[str, int]]:
    """What each holder gets of the profit of each year; a loss is borne by the company.

    Args:
        profits: Profit of each year, in the smallest unit.
        stakes: Stake of each holder, above 0 for one at least; they need not sum to 1.
        retained: Share of a profit that the company keeps, 0..1.

    Returns:
        By year, by holder; they sum to what is paid out exactly.
    """
    paid = [split(max(profit, 0), [1 - retained, retained])[0] for profit in profits]
    return [split(one, stakes) for one in paid]


def assessed(figure: int, ratio: float, attribution: Attribution) -> Assessed:
    """How a figure of the host's counts for the assessment of both cities.

    Args:
        figure: Output, value added or investment of what moved, in the smallest unit.
        ratio: The origin's agreed ratio.
        attribution: ``in_place`` all for the host, ``pro_rata`` by the ratio, ``double`` all for both.
    """
    if attribution == "double":
        return Assessed(figure, figure, figure)
    given = split(figure, [ratio, 1 - ratio])[0] if attribution == "pro_rata" else 0
    return Assessed(given, figure - given, 0)
