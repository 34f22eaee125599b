"""Terms as they are written, read into exact values: fen as integers, shares and rates as fractions."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from hutuo.exchange.contracts.form import Template, Term
from hutuo.glossary import Text

__all__ = ["Shares", "Wrong", "exact", "shares_of", "value_of", "wanted_names"]

RULES = ("equal", "proportional", "shapley", "nucleolus")
NEEDS = {
    "proportional": {"rule", "to"},
    "shapley": {"rule", "worth"},
    "nucleolus": {"rule", "worth"},
}


class Wrong(ValueError):
    """A term is not what it should be; ``says`` tells what would be right."""

    def __init__(self, zh: str, en: str) -> None:
        self.says = Text(zh, en)
        super().__init__(en)


class Shares(NamedTuple):
    """How something is split: by weights, by weights that change with the years, or by a rule.

    Attributes:
        rule: ``weights``, ``equal``, ``proportional``, ``shapley`` or ``nucleolus``.
        steps: For weights: up to which year each holds (None: from then on), and the weight by name.
        figure: For ``proportional``: figure whose sum since the first period counts.
        worth: For games: worth of each coalition, by its members.
    """

    rule: str
    steps: tuple[tuple[int | None, Mapping[str, Fraction]], ...] = ()
    figure: str = ""
    worth: Mapping[frozenset[str], Fraction] = {}


def exact(given: object) -> Fraction:
    """A number as exactly as it is written: 0.1 is one tenth.

    Raises:
        Wrong: It is no finite number.
    """
    if isinstance(given, Fraction):
        return given
    try:
        found = Fraction(Decimal("" if isinstance(given, bool) else str(given)))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise Wrong("应为数字", "should be a number") from error
    return found


def value_of(term: Term, given: object, named: Mapping[str, tuple[str, ...]]) -> Any:
    """The value of a term.

    Args:
        term: What the template says of it.
        given: What the contract says.
        named: Names that shares and sums by party may have, by role.

    Returns:
        A Fraction for ``share`` and ``number``, an int for ``money`` and ``whole``, else as the type says.

    Raises:
        Wrong: It is of another type, or out of its bounds.
    """
    match term.type:
        case "share":
            return _within(term, exact(given), 0, 1)
        case "number":
            return _within(term, exact(given))
        case "money" | "whole":
            return _whole(term, given)
        case "moneys":
            return _moneys(term, given)
        case "by_party":
            names = tuple(name for role in term.of for name in named[role])
            return {name: _whole(term, one) for name, one in _mapping(given, names).items()}
        case "day":
            return _day(given)
        case "yes":
            if not isinstance(given, bool):
                raise Wrong("应为true或false", "should be true or false")
            return given
        case _:
            return shares_of(given, tuple(name for role in term.of for name in named[role]))


def shares_of(given: object, names: tuple[str, ...]) -> Shares:
    """Shares as they are written: weights, ``{"by_year": [...]}`` or ``{"rule": ...}``.

    Args:
        given: Weights are whole numbers, a ratio as 6 to 4, or shares that sum to 1.
        names: Roles or bodies among which is split; each must be named.

    Raises:
        Wrong: A name is missing or unknown, shares do not sum to 1, or there is no such rule.
    """
    if isinstance(given, str) or (isinstance(given, Mapping) and "rule" in given):
        return _ruled({"rule": given} if isinstance(given, str) else given, names)
    if isinstance(given, Mapping) and "by_year" in given:
        return Shares("weights", tuple(_steps(given["by_year"], names)))
    return Shares("weights", ((None, _weights(given, names)),))


def _steps(
    given: object, names: tuple[str, ...]
) -> Iterator[tuple[int | None, Mapping[str, Fraction]]]:
    """Weights by the year up to which they hold."""
    if not isinstance(given, list) or not given:
        raise Wrong("by_year应为列表", 'by_year should be a list of {"until", "shares"}')
    last = 0
    for number, step in enumerate(given, 1):
        open_ended = number == len(given) and isinstance(step, Mapping) and "until" not in step
        if not isinstance(step, Mapping) or set(step) - {"until"} != {"shares"}:
            raise Wrong(
                'by_year的每项应为{"until": 年数, "shares": …}',
                'each step of by_year should be {"until": year, "shares": ...}',
            )
        until = None if open_ended else step.get("until")
        if not open_ended and (type(until) is not int or until <= last):
            raise Wrong(
                "until应为逐项增大的整数,只有最后一项可省略",
                "until should be whole years that grow; only the last step may leave it out",
            )
        last = until or last
        yield until, _weights(step["shares"], names)


def _ruled(given: Mapping[str, Any], names: tuple[str, ...]) -> Shares:
    rule = given["rule"]
    if rule not in RULES or set(given) != NEEDS.get(rule, {"rule"}):
        raise Wrong(
            "rule应为equal、proportional(另给to)、shapley或nucleolus(另给worth)",
            "rule should be equal, proportional (with to), shapley or nucleolus (with worth)",
        )
    worth = {}
    if "worth" in given:
        if not isinstance(given["worth"], Mapping):
            raise Wrong("worth应为各联盟的价值", "worth should give the worth of each coalition")
        worth = {frozenset(key.split("+")): exact(one) for key, one in given["worth"].items()}
        missing = 2 ** len(names) - 1 - len(worth)
        if missing or any(group - set(names) for group in worth):
            raise Wrong(
                f"worth应给出{'、'.join(names)}的每个联盟(成员以+相连)的价值",
                f"worth should name every coalition of {', '.join(names)}, members joined by +",
            )
    return Shares(rule, figure=str(given.get("to", "")), worth=worth)


def _weights(given: object, names: tuple[str, ...]) -> Mapping[str, Fraction]:
    found = {name: exact(one) for name, one in _mapping(given, names).items()}
    total = sum(found.values())
    if any(one < 0 for one in found.values()) or not total:
        raise Wrong("份额不得为负,且不得全为0", "shares should be 0 or more, and not all 0")
    ratio = all(one.denominator == 1 for one in found.values())
    if total != 1 and not ratio:
        raise Wrong(
            f"份额之和为{float(total):g},应为1;或以整数之比给出,如6与4",
            f"shares sum to {float(total):g}, not 1; give a ratio in whole numbers, as 6 and 4",
        )
    return {name: one / total for name, one in found.items()}


def _mapping(given: object, names: tuple[str, ...]) -> Mapping[str, object]:
    """What is given by name, every name once and no other."""
    if not isinstance(given, Mapping) or set(given) != set(names):
        told = "、".join(map(str, given)) if isinstance(given, Mapping) else repr(given)
        raise Wrong(
            f"应逐一给出{'、'.join(names)},给出的是{told}",
            f"should name each of {', '.join(names)}; given: {told.replace('、', ', ')}",
        )
    return {name: given[name] for name in names}


def _moneys(term: Term, given: object) -> tuple[int, ...]:
    if not isinstance(given, (list, tuple)) or len(given) != term.count:
        raise Wrong(f"应为{term.count}个金额(分)", f"should be {term.count} sums, in fen")
    return tuple(_whole(term, one) for one in given)


def _whole(term: Term, given: object) -> int:
    found = exact(given)
    if found.denominator != 1:
        unit = (",以分计", ", in fen") if term.type != "whole" else ("", "")
        raise Wrong(f"应为整数{unit[0]}", f"should be a whole number{unit[1]}")
    return int(_within(term, found, 0))


def _day(given: object) -> date:
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError as error:
        raise Wrong("应为日期,如2027-01-01", "should be a day, as 2027-01-01") from error


def _within(
    term: Term, found: Fraction, least: float | None = None, most: float | None = None
) -> Fraction:
    """The number if it is within the bounds of the term, else of its type."""
    low = least if term.least is None else term.least
    high = most if term.most is None else term.most
    if low is not None and found < exact(low):
        raise Wrong(f"应不小于{low:g}", f"should be at least {low:g}")
    if high is not None and found > exact(high):
        raise Wrong(f"应不大于{high:g}", f"should be at most {high:g}")
    return found


def wanted_names(template: Template, parties: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """By term the names that it is given by, by role: the role itself where one body at a time plays it."""
    found = {}
    for term in template.terms:
        alone = {one.each for one in template.clauses if term.term == getattr(one, "shares", None)}
        found[term.term] = {
            role: parties.get(role, ())
            if template.role(role).many and role not in alone
            else (role,)
            for role in term.of
        }
    return found
