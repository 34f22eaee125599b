"""Duplicate leads: which leads of a joint pool are of one firm, and why.

Leads are compared only where they share a key (a code, a telephone, a road with its number, the sound of
the name proper or most of it), so that 100,000 can be looked through.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from hutuo.errors import BadInput, Finding
from hutuo.exchange.addresses import address, places
from hutuo.exchange.companies import company, namewords
from hutuo.exchange.creditcodes import credit_code, fault, holds
from hutuo.exchange.evidence import Lead, judged
from hutuo.exchange.wording import runs
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "code", "address", "phone", "text")
# A key that more leads share than this tells nothing: parks, agents' telephones, names that many bear.
MOST = 60
PHONE = 7
ROAD = 3
SYLLABLES = 4
# Less likely than this by themselves, two leads are not joined by a third one.
UNLIKELY = 0.05
THIRD = Text("都与同一条线索重复", "both duplicate a third lead")

Pair = tuple[int, int]
Judged = tuple[float, list[Text]]


def duplicate_leads(frame: "pd.DataFrame", least: float = 0.5) -> "pd.DataFrame":
    """Pairs of leads that are of one firm.

    Args:
        frame: A lead a row, with ``name`` and any of ``code``, ``address``, ``phone`` and ``text``.
        least: Least probability that both are one firm, 0..1.

    Returns:
        ``first`` and ``second`` (labels of the frame's index, in its order), ``score`` (0..1), ``reasons``
        (list of texts in both languages, the weightiest first); the likeliest pairs first.

    Raises:
        BadInput: The frame has no column ``name``.
    """
    import pandas as pd

    found = _pairs(list(_leads(frame)), least)
    index = frame.index
    rows = [(index[a], index[b], score, says) for (a, b), (score, says) in found.items()]
    table = pd.DataFrame(rows, columns=["first", "second", "score", "reasons"])
    return table.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def wrong_codes(frame: "pd.DataFrame", file: str = "leads") -> list[Finding]:
    """Unified credit codes of leads that are not valid, each with what is wrong.

    Args:
        frame: As for ``duplicate_leads``.
        file: How the leads are called in what is said.
    """
    codes = frame["code"].fillna("").astype(str).tolist() if "code" in frame else []
    told = ((row, fault(given)) for row, given in enumerate(codes, start=1) if given.strip())
    return [Finding(file, row, "code", says) for row, says in told if says]


def _pairs(leads: Sequence[Lead], least: float) -> dict[Pair, Judged]:
    """Pairs that are likely enough by themselves, or by a third lead that is like both."""
    every = ((pair, judged(*(leads[at] for at in pair))) for pair in _candidates(leads))
    found = {pair: one for pair, one in every if one[0] >= least}
    third: dict[Pair, Judged] = {}
    for pair, score in _by_third(found):
        own = judged(*(leads[at] for at in pair))
        if own[0] >= UNLIKELY and score > third.get(pair, own)[0]:
            third[pair] = score, [THIRD, *own[1]]
    return dict(sorted((found | third).items()))


def _by_third(found: dict[Pair, Judged]) -> Iterator[tuple[Pair, float]]:
    """Pairs not found that have a found one in common, with how likely the less likely of both ways is."""
    beside: dict[int, list[int]] = {}
    for first, second in found:
        beside.setdefault(first, []).append(second)
        beside.setdefault(second, []).append(first)
    for middle, some in beside.items():
        for pair in combinations(sorted(some)[:MOST], 2):
            if pair not in found:
                ways = ((min(at, middle), max(at, middle)) for at in pair)
                yield pair, min(found[way][0] for way in ways)


def _leads(frame: "pd.DataFrame") -> Iterator[Lead]:
    if "name" not in frame:
        has = ", ".join(map(str, frame.columns))
        raise BadInput((f"线索缺列name,现有{has}", f"leads have no column name; there are {has}"))
    columns = [
        frame[column].fillna("").astype(str) if column in frame else [""] * len(frame)
        for column in COLUMNS
    ]
    known = _places(columns[2])
    for name, given, where, phone, text in zip(*columns, strict=True):
        code = credit_code(given)
        letters = "".join(sign for run in runs(text) for sign in run)
        pairs = frozenset(letters[at : at + 2] for at in range(len(letters) - 1))
        yield Lead(company(name, known), code, holds(code), address(where), _phone(phone), pairs)


def _places(addresses: Iterable[str]) -> frozenset[str]:
    """Places that addresses name, without words that are trades too."""
    named = {place for text in addresses for place in places(text)}
    return frozenset(named.difference(namewords()["trade"]))


def _phone(text: str) -> str:
    digits = "".join(letter for letter in text if letter.isdigit())
    return digits[-PHONE:] if len(digits) >= PHONE else ""


def _candidates(leads: Sequence[Lead]) -> set[Pair]:
    """Pairs that share a key."""
    members: dict[tuple[str, ...], list[int]] = {}
    for at, lead in enumerate(leads):
        for key in set(_keys(lead)):
            members.setdefault(key, []).append(at)
    telling = (some for key, some in members.items() if len(some) <= MOST or key[0] == "code")
    return {pair for some in telling for pair in combinations(some, 2)}


def _keys(lead: Lead) -> Iterator[tuple[str, ...]]:
    if lead.valid:
        yield "code", lead.code
    if lead.phone:
        yield "phone", lead.phone
    if lead.address.road:
        yield "road", lead.address.road[-ROAD:], lead.address.number
    heard, trade = lead.company.sound.split(" "), lead.company.trade[:2]
    for part in (heard, heard[:2], heard[-2:]):
        yield "called", *part
        yield "called", *part, trade
    # One syllable may be wrong: each is left out in turn, with the trade for what is left of short names.
    for at in range(len(heard)):
        rest = heard[:at] + heard[at + 1 :]
        yield "but", str(at), *rest, trade if len(heard) < SYLLABLES else ""
