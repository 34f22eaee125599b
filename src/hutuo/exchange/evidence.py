"""Evidence: what speaks for and against two leads being of one firm, as log-odds that are added up.

Two valid codes decide. The weights were found by hand on ``tests/exchange/leads.txt``; agreement that
chance brings about more often (short names, loose words of trades) weighs less.

Source: Fellegi and Sunter, "A Theory for Record Linkage" (1969).
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from math import exp
from typing import NamedTuple

from hutuo.exchange.addresses import Address, near
from hutuo.exchange.companies import Company
from hutuo.glossary import Text

PRIOR = -3.4
SHORT = 2
GROUP = "集团"
# Letters in which codes may differ that were read badly.
MISREAD = 2
# From here on names are alike but for a letter, addresses are alike, texts are alike.
NAMES, ADDRESSES, TEXTS = 0.8, 0.5, 0.3
# Words that any firm may add to its trade.
LOOSE = ("科技", "技术", "实业", "发展", "工程", "设备", "制造", "集团", "产业", "工业", "服务")


class Lead(NamedTuple):
    """A lead, taken apart once.

    Attributes:
        company: Its name.
        code: Its unified credit code in plain form, empty where none is given.
        valid: Whether the code is a valid one.
        address: Its address.
        phone: The last digits of its telephone.
        text: Pairs of letters of what it says.
    """

    company: Company
    code: str
    valid: bool
    address: Address
    phone: str
    text: frozenset[str]


class Sign(NamedTuple):
    """One thing that speaks for (weight above 0) or against one firm."""

    weight: float
    says: Text


_SAME_CODE = Sign(12.0, Text("统一社会信用代码相同", "the same unified credit code"))
_OTHER_CODE = Sign(-12.0, Text("统一社会信用代码不同", "different unified credit codes"))


def judged(first: Lead, second: Lead) -> tuple[float, list[Text]]:
    """The probability that two leads are of one firm, 0..1, and why, the weightiest first."""
    signs = sorted(compared(first, second), key=lambda sign: -abs(sign.weight))
    odds = PRIOR + sum(sign.weight for sign in signs)
    return 1 / (1 + exp(-odds)), [sign.says for sign in signs]


def compared(first: Lead, second: Lead) -> list[Sign]:
    """What speaks for and against two leads being of one firm."""
    if first.valid and second.valid:
        return [_SAME_CODE if first.code == second.code else _OTHER_CODE]
    return [
        *_codes(first.code, second.code),
        *_names(first.company, second.company),
        *_addresses(first.address, second.address),
        *_phones(first.phone, second.phone),
        *_texts(first.text, second.text),
    ]


def _codes(first: str, second: str) -> Iterator[Sign]:
    """Codes of which one is not valid."""
    if not (first and second):
        return
    apart = sum(a != b for a, b in zip(first, second, strict=False))
    if first == second:
        yield Sign(
            4.0, Text("代码相同,但校验位不对", "the same code, whose check letter is wrong")
        )
    elif len(first) == len(second) and apart <= MISREAD:
        yield Sign(
            3.0,
            Text(
                "一个代码校验不过,两者只差一两位",
                "one code is invalid; they differ in a letter or two",
            ),
        )
    else:
        yield Sign(-1.5, Text("代码不同,有一个无效", "different codes, one of them invalid"))


def _names(first: Company, second: Company) -> Iterator[Sign]:
    yield _called(first, second) or _wholes(first, second)
    yield from _trades(first.trade, second.trade)
    if first.branch != second.branch:
        yield Sign(-6.0, Text("一个是分支机构", "one is a branch"))
    if (GROUP in first.trade) != (GROUP in second.trade):
        yield Sign(-3.0, Text("一个是集团的子公司", "one is a subsidiary of a group"))
    if first.places and second.places and not first.places & second.places:
        yield Sign(-1.0, Text("名称中的地名不同", "different places in the names"))
    if first == second and first.places and first.trade:
        yield Sign(2.0, Text("名称相同", "the same name"))


def _called(first: Company, second: Company) -> Sign | None:
    """Names proper that are alike."""
    a, b = sorted((first.called, second.called), key=len)
    long = len(a) > SHORT
    longer = 0.7 * min(len(a) - SHORT, 2)
    if a == b:
        return Sign(3.5 + longer, Text(f"字号“{a}”相同", f"the same name proper “{a}”"))
    if b.endswith(a) or (long and _within(a, b)):
        return Sign(2.0, Text(f"“{a}”是“{b}”的一部分", f"“{a}” is part of “{b}”"))
    if first.sound == second.sound or _ends_alike(first.sound, second.sound):
        return Sign(1.0 + longer, Text(f"“{a}”与“{b}”同音", f"“{a}” sounds like “{b}”"))
    if len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        says = Text(f"“{a}”与“{b}”差一字", f"“{a}” and “{b}” differ in one letter")
        return Sign(0.5 if long else -0.5, says)
    return None


def _wholes(first: Company, second: Company) -> Sign:
    """Names proper that differ: truly, or by a wrong letter in the trade from which one was not told."""
    a, b = first.called + first.trade, second.called + second.trade
    inside = first.called.startswith(second.called) or second.called.startswith(first.called)
    if inside and SequenceMatcher(None, a, b, autojunk=False).ratio() >= NAMES:
        return Sign(3.0, Text(f"“{a}”与“{b}”相近", f"“{a}” and “{b}” are alike"))
    a, b = first.called, second.called
    return Sign(-3.0, Text(f"字号“{a}”与“{b}”不同", f"the names proper “{a}” and “{b}” differ"))


def _trades(first: str, second: str) -> Iterator[Sign]:
    if not (first and second):
        return
    a, b = sorted((_telling(first), _telling(second)), key=len)
    if sorted(first) == sorted(second):
        yield Sign(1.5, Text(f"行业“{first}”相同", f"the same trade “{first}”"))
    elif a and _within(a, b):
        yield Sign(
            0.5,
            Text(f"行业“{first}”与“{second}”相合", f"the trades “{first}” and “{second}” agree"),
        )
    elif a:
        alike = len(set(a) & set(b)) / min(len(set(a)), len(set(b)))
        says = Text(
            f"行业“{first}”与“{second}”不同", f"the trades “{first}” and “{second}” differ"
        )
        yield Sign(4.0 * alike - 3.5, says)


def _addresses(first: Address, second: Address) -> Iterator[Sign]:
    if not (first.pieces and second.pieces):
        return
    alike = near(first, second)
    same = (
        Text("地址相同", "the same address") if alike == 1 else Text("地址相近", "addresses alike")
    )
    says = same if alike > ADDRESSES else Text("地址不同", "different addresses")
    if first.road and second.road:
        yield Sign(2.0 if alike else -1.5, says)
    else:
        yield Sign(3.0 * alike - 1.5, says)


def _phones(first: str, second: str) -> Iterator[Sign]:
    if not (first and second):
        return
    if first == second:
        yield Sign(3.0, Text("电话相同", "the same telephone"))
    elif first[:-1] == second[:-1]:
        yield Sign(0.5, Text("电话只差末位", "telephones differ in the last digit"))
    else:
        yield Sign(-0.7, Text("电话不同", "different telephones"))


def _texts(first: frozenset[str], second: frozenset[str]) -> Iterator[Sign]:
    least = min(len(first), len(second))
    if not least:
        return
    alike = len(first & second) / least
    says = (
        Text("内容相近", "texts alike") if alike > TEXTS else Text("内容不同", "different texts")
    )
    yield Sign(1.5 * alike - 0.3, says)


def _telling(trade: str) -> str:
    for word in LOOSE:
        trade = trade.replace(word, "")
    return trade


def _ends_alike(first: str, second: str) -> bool:
    """Whether the shorter sound, of two syllables or more, ends the longer one."""
    a, b = sorted((first, second), key=len)
    return " " in a and b.endswith(" " + a)


def _within(short: str, long: str) -> bool:
    """Whether the letters of one stand in the other in their order."""
    rest = iter(long)
    return all(letter in rest for letter in short)
