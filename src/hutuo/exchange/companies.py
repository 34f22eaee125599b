"""Companies by their names: where, what they are called (字号), what they do, which form, and which branch.

``namewords.csv`` has the words that names are made of: places at the head, trades, forms and branches at
the end, and letters that are written in another way, each with the usual one.

Source: 企业名称登记管理规定 (2020, State Council order 734), article 6: a name is made of the place, the name
proper, the trade and the form, in this order.
"""

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from hutuo.exchange.wording import plain

BRACKETS = re.compile(r"[(\[【<]([^)\]】>]*)[)\]】>]?")
DIVISION = re.compile(
    r"^([一-鿿]{2,7}?)(?:特别行政区|自治[区州县旗]|省|市|地区|县|区|旗|盟)(?=..)"
)
SHORTEST = 2


class Company(NamedTuple):
    """A name taken apart, in plain form.

    Attributes:
        places: Places at its head or in brackets.
        called: The name proper (字号).
        trade: What follows it: trades, empty where there is none.
        branch: What makes it a branch of the company before it, empty for the company itself.
        sound: The name proper in pinyin.
    """

    places: frozenset[str]
    called: str
    trade: str
    branch: str
    sound: str


@cache
def namewords() -> dict[str, tuple[str, ...]]:
    """Words of names by kind, longest first."""
    text = files("hutuo.exchange").joinpath("namewords.csv").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["kind"], []).append(row["word"])
    return {
        kind: tuple(sorted(words, key=lambda word: (-len(word), word)))
        for kind, words in found.items()
    }


def usual(text: str) -> str:
    """A name in plain form with the usual letters, without spaces and points."""
    return re.sub(r"[\s·•.,、,。\-_/]+", "", plain(text).translate(_letters()))


def company(name: str, places: Iterable[str] = ()) -> Company:
    """A name taken apart.

    Args:
        name: Name of a company, whole or short.
        places: Names of places, without 市, 县 or 区, that may stand at its head beside those of provinces.
    """
    return _company(usual(name), frozenset(places))


@lru_cache(maxsize=1 << 18)
def _company(name: str, places: frozenset[str]) -> Company:
    whole, branch = _branch(name)
    inner = BRACKETS.findall(whole)
    rest = BRACKETS.sub("", whole)
    where, rest = _placed(rest, places)
    rest = _formless(rest)
    where += [place for part in inner if (place := _place(part, places))]
    called, trade = _parted(rest or whole)
    if branch == "" and len(rest) > SHORTEST and (tail := _tail_place(rest, places)):
        where.append(tail)
        called, trade = _parted(rest[: -len(tail)])
    return Company(frozenset(where), called, trade, branch, sound(called))


@lru_cache(maxsize=1 << 16)
def sound(text: str) -> str:
    """A text in pinyin without tones."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text))


def _branch(name: str) -> tuple[str, str]:
    """A name without its branch, and the branch: what follows the form."""
    word = next((word for word in namewords()["branch"] if name.endswith(word)), "")
    head = name[: len(name) - len(word)]
    if not word or len(head) < SHORTEST:
        return name, ""
    cuts = (head.rfind(form) + len(form) for form in namewords()["form"] if head.rfind(form) > 1)
    cut = next(cuts, len(head))
    return head[:cut], head[cut:] + word


def _placed(name: str, places: frozenset[str]) -> tuple[list[str], str]:
    """Places at the head of a name, and what follows them; something always follows."""
    found: list[str] = []
    while True:
        if named := DIVISION.match(name):
            place, rest = named[1], name[named.end() :]
        else:
            place = next((p for p in _heads(places, name) if name.startswith(p)), "")
            rest = re.sub(r"^[省市县区](?=..)", "", name[len(place) :])
        if not place or len(_formless(rest)) < SHORTEST:
            return found, name
        found.append(place)
        name = rest


def _heads(places: frozenset[str], name: str) -> list[str]:
    own = [name[:size] for size in range(4, SHORTEST - 1, -1) if name[:size] in places]
    return [*own, *namewords()["place"]]


def _place(text: str, places: frozenset[str]) -> str:
    """A place in brackets; a form in brackets is none."""
    if text in namewords()["form"]:
        return ""
    if found := DIVISION.match(text + "  "):
        return found[1]
    return text if text in places or text in namewords()["place"] else ""


def _tail_place(name: str, places: frozenset[str]) -> str:
    for size in range(4, SHORTEST - 1, -1):
        tail = name[-size:]
        if len(name) - size > SHORTEST and (tail in places or tail in namewords()["place"]):
            return tail
    return ""


def _formless(name: str) -> str:
    """A name without the forms at its end."""
    while True:
        form = next((f for f in namewords()["form"] if name.endswith(f)), "")
        if not form or len(name) - len(form) < SHORTEST:
            return name
        name = name[: -len(form)]


def _parted(name: str) -> tuple[str, str]:
    """The name proper and the trade: the first word of a trade behind two letters parts them."""
    trades = _trades()
    for at in range(SHORTEST, len(name)):
        if any(name.startswith(word, at) for word in trades.get(name[at], ())):
            return name[:at], name[at:]
    return name, ""


@cache
def _trades() -> dict[str, list[str]]:
    """Words of trades by their first letter."""
    found: dict[str, list[str]] = {}
    for word in namewords()["trade"]:
        found.setdefault(word[0], []).append(word)
    return found


@cache
def _letters() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in namewords()["letter"]}
