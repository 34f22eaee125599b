"""Addresses as people write them: the road with its number, and the rest, in one form."""

import re
from functools import lru_cache
from typing import NamedTuple

from hutuo.exchange.companies import usual

ROAD = re.compile(r"([一-鿿a-z0-9]{1,12}?(?:大街|大道|胡同|[路街道巷弄段里]))(\d+)号?")
# Divisions and parks at the head of a road: the longest head that ends in one of them is cut off.
HEAD = re.compile(r"^.*(?:自治[区县州旗]|[省市县区镇乡旗盟]|街道|开发|高新|园)(?=.{2,})")
NUMBERED = re.compile(r"([零一二三四五六七八九十百千两〇]+)(?=[号栋座幢楼层室])")
CITY = re.compile(r"([一-鿿]{2,4}?)(?:自治[区县州旗]|[省市县旗盟])")
TAIL = 3


class Address(NamedTuple):
    """An address taken apart.

    Attributes:
        road: The road without the divisions before it, empty where none is numbered.
        number: Number in the road.
        pieces: Pairs of letters of the whole.
    """

    road: str
    number: str
    pieces: frozenset[str]


@lru_cache(maxsize=1 << 18)
def address(text: str) -> Address:
    """An address taken apart."""
    found = NUMBERED.sub(lambda match: _number(match[1]), usual(text))
    pieces = frozenset(found[at : at + 2] for at in range(len(found) - 1))
    roads = ROAD.findall(found)
    if not roads:
        return Address("", "", pieces)
    road, number = roads[-1]
    return Address(HEAD.sub("", road), number, pieces)


def places(text: str) -> list[str]:
    """Divisions from counties up that an address names, without their kind."""
    return CITY.findall(usual(text))


def near(first: Address, second: Address) -> float:
    """How alike two addresses are.

    Returns:
        1 for one road and number; 0 for another road or number; between them the share of the shorter one's
        pairs of letters that the longer one has.
    """
    if first.road and second.road:
        a, b = sorted((first.road, second.road), key=len)
        same = b.endswith(a) or a[-TAIL:] == b[-TAIL:]
        return float(same and first.number == second.number)
    least = min(len(first.pieces), len(second.pieces))
    return len(first.pieces & second.pieces) / least if least else 0.0


def _number(text: str) -> str:
    from cn2an import cn2an

    try:
        return str(cn2an(text, "smart"))
    except ValueError:
        return text
