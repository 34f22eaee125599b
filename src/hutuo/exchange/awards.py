"""A budget split by score between a floor and a cap, to the last fen."""

from collections.abc import Mapping
from fractions import Fraction

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.ledger.splits import split


def awards(
    budget: int, scores: Mapping[str, Fraction], floor: int = 0, cap: int | None = None
) -> dict[str, int]:
    """What each gets of a budget: in proportion to the score, but not below a floor nor above a cap.

    Args:
        budget: What is split, in fen.
        scores: Score of each who gets something, above 0.
        floor: Least of each, in fen.
        cap: Most of each, in fen; None for no limit.

    Returns:
        Fen of each; they sum to the budget, or to less where all get the cap.

    Raises:
        BadAsk: The budget is less than all floors, or the cap is below the floor.

    Source: shares are fixed at the bound that is violated by more in sum, and the rest is split again
        (Bitran and Hax 1981, Disaggregation and resource allocation using convex knapsack problems with
        bounded variables); fen by largest remainder.
    """
    _possible(budget, len(scores), floor, cap)
    if cap is not None and cap * len(scores) <= budget:
        return dict.fromkeys(scores, cap)
    fixed: dict[str, int] = {}
    free = {name: scores[name] for name in sorted(scores)}
    while free:
        pot, whole = budget - sum(fixed.values()), sum(free.values())
        shares = {name: pot * weight / whole for name, weight in free.items()}
        over = {n: share - cap for n, share in shares.items() if cap is not None and share > cap}
        under = {name: floor - share for name, share in shares.items() if share < floor}
        if not over and not under:
            return fixed | split(pot, free)
        bound, found = floor, under
        if cap is not None and sum(over.values()) >= sum(under.values()):
            bound, found = cap, over
        fixed |= dict.fromkeys(found, bound)
        free = {name: weight for name, weight in free.items() if name not in found}
    return fixed


def _possible(budget: int, number: int, floor: int, cap: int | None) -> None:
    if cap is not None and cap < floor:
        says = Text(
            f"封顶{cap}分低于保底{floor}分", f"the cap of {cap} fen is below the floor of {floor}"
        )
        raise BadAsk(says, Text("请修改规则", "mend the rule"))
    if floor * number > budget:
        says = Text(
            f"预算{budget}分不足以给{number}家保底各{floor}分",
            f"{budget} fen are less than {floor} fen for each of {number}",
        )
        raise BadAsk(says, Text("请提高预算或降低保底", "give more, or lower the floor"))
