"""What a figure of an English sentence is of: object of its verb, the noun that it counts, or the subject."""

import re
from typing import NamedTuple

from hutuo.plan.reader.englishnumbers import Amount
from hutuo.plan.reader.englishwords import Lexicon, Verb, lexicon
from hutuo.plan.reader.words import words

TOKEN = re.compile(r"[A-Za-z][\w'-]*|[,:()\x00]")
MODALS = frozenset([
    "will", "shall", "should", "must", "may", "can", "could", "would", "to", "not", "aims", "aim",
    "seeks", "seek"
])  # fmt: skip
# Forms that are nouns more often than verbs, and verbs whose past looks like the verb.
NOUNS = frozenset([
    "housing", "building", "planning", "funding", "training", "parking", "heating", "cooling",
    "lighting", "recycling", "processing", "manufacturing", "rating"
])  # fmt: skip
SAME = frozenset(["cut", "set", "put", "run"])
BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "get", "gets"])
PREPOSITION = re.compile(
    r"(?:^|(?<=[\s\x00,(]))(by|to|from|at|with|for|in|into|on|of|and|or|between|further|than|that|it"
    r"|there|them|including|until|towards?)$",
    re.IGNORECASE,
)
DETERMINERS = re.compile(
    r"^(?:the|a|an|its|their|our|this|these|those|that|all|any|some|each|and|or|of\s+which|of\s+whom"
    r"|i\.e\.|which|but"
    r"|while|where|with|of|in\s+addition"
    r"|in|for|to|as|also|up|down|there|ensure|so|moreover|further|overall|both|than|such|every"
    r"|compared|new\s+(?=number))(?=\s|$)\s*",
    re.IGNORECASE,
)
TRAILS = re.compile(
    r"(?:^|(?<=\s))(?:by|to|from|at|with|for|in|into|on|of|and|or|that|which|has|have|also|currently"
    r"|there|up|down|a|an|the|than|per|is|are|was|were|be|been|as|remain|stay|not|within|further"
    r"|totall?ing|amounting|worth)$",
    re.IGNORECASE,
)
SIZE = re.compile(
    r"^(?:number|amount|quantity|total|total number|supply|stock)\s+of\s+", re.IGNORECASE
)
# Verbs that tell a part of a whole.
PARTS = re.compile(
    r"\b(?:account\w*|cover\w*|represent\w*|comprise\w*|constitute\w*|contribut\w*|ma[kd]e\w*\s+up)\b",
    re.IGNORECASE,
)
WHOLE = {"net": "greenhouse gas emissions"}
# The longest operator is shorter; only the end of the words before a figure is looked at.
NEAR = 60
LONGEST = 80


class Said(NamedTuple):
    """What the words before a figure say.

    Attributes:
        rest: The words that are left when operators and prepositions are taken off.
        operator: The operator nearest to it, as written in small letters; "" if none.
        prepositions: Those taken off, the nearest first.
        noun: Subject of the clause; "" if it has none.
        verb: Its verb; None if it has none.
        object: What stands between the verb and the figure.
        passive: Whether something is done to the subject.
        imperative: Whether the clause begins with its verb.
    """

    rest: str
    operator: str
    prepositions: tuple[str, ...]
    noun: str
    verb: Verb | None
    object: str
    passive: bool
    imperative: bool


def said_before(text: str) -> Said:
    """The words of a clause before a figure, taken apart from their end."""
    lex = lexicon()
    rest, operator = text, ""
    found: list[str] = []
    while True:
        rest = rest.rstrip(" \x00,(“”\"'")
        near = max(0, len(rest) - NEAR)
        match = lex.operator.search(rest, near)
        if match and (not operator or len(operator) < len(match.group())):
            operator = operator or re.sub(r"\s+", " ", match.group().casefold())
        else:
            match = lex.filler.search(rest, near)
        if match is None:
            match = PREPOSITION.search(rest, near)
            if match:
                found.append(match.group().casefold())
        if match is None or not match.group():
            break
        rest = rest[: match.start()]
    noun, verb, object_, passive, imperative = taken_apart(rest, lex)
    return Said(rest, operator, tuple(found), noun, verb, object_, passive, imperative)


def taken_apart(rest: str, lex: Lexicon) -> tuple[str, Verb | None, str, bool, bool]:
    """Subject, verb and object of a clause; whether it is passive, and whether it begins with its verb."""
    tokens = list(TOKEN.finditer(rest))
    lows = [token.group().casefold() for token in tokens]
    acts = _imperative_or_noun(
        lows, [at for at in range(len(tokens)) if _is_verb(tokens[at].group(), lows, at, lex)], lex
    )
    helps = [at for at in range(len(tokens)) if lows[at] in MODALS - {"to", "not"} | BE]
    if not acts:
        end = tokens[helps[0]].start() if helps else len(rest)
        return cleaned(rest[:end]), None, "", False, False
    last = acts[-1]
    verb = lex.verbs[lows[last]]
    passive = (verb.form in ("ed", "past") or lows[last] in SAME) and any(
        low in BE for low in lows[max(0, last - 2) : last]
    )
    start = min([*helps, acts[0]])
    first = tokens[start].start()
    object_ = "" if passive else cleaned(rest[tokens[last].end() :])
    if object_ in ("available", "accessible", "affordable", "open", "equal", "limited", "home"):
        object_ = ""
    before = cleaned(rest[:first])
    if lows[last] in BE and len(acts) > 1 and not object_:
        earlier = rest[tokens[acts[-2]].end() : tokens[last].start()]
        object_ = cleaned(earlier) if acts[-2] != start or not before else ""
    return before, verb, object_, passive, start == acts[0] and not before and verb.form == "base"


def _imperative_or_noun(lows: list[str], acts: list[int], lex: Lexicon) -> list[int]:
    """The verbs without a first one that is none, since a finite one follows: open water covers 12%."""
    if not acts or acts[0] != 0 or lex.verbs[lows[0]].form != "base":
        return acts
    for at in range(1, len(lows)):
        if lows[at] in ("that", "which", "who", "and", ",", ":", "so", "how"):
            break
        finite = at in acts and lex.verbs[lows[at]].form in ("s", "now", "past", "ed")
        if finite or lows[at] in MODALS - {"to", "not"}:
            return acts[1:]
    return acts


def _is_verb(word: str, lows: list[str], at: int, lex: Lexicon) -> bool:
    """Whether a word that can be a verb is one here."""
    verb = lex.verbs.get(lows[at])
    if verb is None or verb.form == "word":
        return False
    before = lows[at - 1] if at else ""
    if lows[at] in NOUNS or (lows[at] in SAME and before in BE):
        return lows[at] not in NOUNS
    begins = before in ("", ",", ":", "(", "\x00") or before in MODALS or before.endswith("ly")
    if verb.form == "base" and before.endswith("s") and verb.does != "reach":
        # Particles fall to 10: a plural and what it does.
        return lows[at + 1 : at + 2] in (["to"], ["by"], ["from"], ["at"], ["below"])
    if verb.form == "base":
        return begins or before in ("and", "or", "also", "then", "further", "jointly")
    if verb.form in ("now", "past"):
        return True
    if verb.form == "s":
        return (
            word.islower()
            and before not in ("the", "of", "a", "and", "", "for", "in", "to", "by")
            and (verb.does != "do" or lex.body.search(before) is not None)
        )
    if verb.form == "ing":
        return begins or before in ("by", "while", "and", "through", "for")
    if verb.does == "do":
        return before in BE or (before.endswith("ly") and at > 1 and lows[at - 2] in BE)
    return before not in ("the", "of", "a", "an", "and", "for", "in", "by", "with", "")


def cleaned(said: str) -> str:
    """A noun phrase without what stands before and after it."""
    found = re.sub(r"[\x00“”\"]+", " ", said)
    found = re.sub(r"\s+", " ", found).strip(" ,:()")
    if "," in found:
        found = found if " and " in found.rpartition(",")[2] else found.rpartition(",")[2].strip()
    found = (
        re.split(r"\s[(]|:\s", found)[-1]
        if ")" not in found
        else re.sub(r"\s*[(][^()]*[)]", "", found)
    )
    found = re.sub(r"\s+(?:with|of|at)\s+(?:at\s+least\s+|up\s+to\s+|about\s+)?\d.*$", "", found)
    while True:
        cut = TRAILS.sub("", found).strip(" ,-:()")
        cut = DETERMINERS.sub("", cut).strip(" ,-:()")
        if cut == found:
            break
        found = cut
    return found


def is_body(noun: str, lex: Lexicon) -> bool:
    """Whether a noun phrase names who acts: a body, or we."""
    head = re.split(r"\s(?:of|for|in|on)\s", noun, maxsplit=1)[0]
    small = head[:1].casefold() + head[1:]
    return any(
        match.end() == len(said) for said in (head, small) for match in lex.body.finditer(said)
    )


def subject_of(amount: Amount, said: Said, inherited: str) -> str:
    """What a figure is of; what the figure before it is of where its own words do not say.

    Args:
        amount: The figure with the noun that follows it.
        said: What the words before it say.
        inherited: What the figure before it in the sentence is of.
    """
    return named(_subject(amount, said, inherited))


def _subject(amount: Amount, said: Said, inherited: str) -> str:
    own = "" if is_body(said.noun, lexicon()) or said.noun in words("en_change") else said.noun
    if amount.noun.endswith(("average", "total")):
        amount = amount._replace(noun="")
    if amount.sort == "whole":
        return amount.noun or said.object or own or inherited or WHOLE.get(amount.unit, "")
    if amount.sort == "cover":
        return own or amount.noun
    if amount.sort == "percent":
        return _share(amount, said, own, inherited)
    if amount.sort == "bare":
        return said.object or own or inherited
    return _counted(amount, said, own, inherited)


def _counted(amount: Amount, said: Said, own: str, inherited: str) -> str:
    """What a count, a measure or money is of: the noun after it, or that whose level it tells."""
    does = said.verb.does if said.verb else ""
    level = own != "" and does in ("reach", "up", "down") and not said.object
    by = bool(set(said.prepositions) & {"by", "to", "from", "at"})
    if amount.sort == "count":
        if by and said.object and does in ("up", "down"):
            return said.object
        return own if level and not said.passive else amount.noun
    if amount.sort == "measure" and by and said.object and does in ("up", "down", "reach"):
        return said.object
    told = level or said.passive or (does == "" and not amount.of)
    if amount.sort == "money":
        told = level and not amount.of and not said.passive
    return (own if told else "") or amount.noun or said.object or own or inherited


def _share(amount: Amount, said: Said, own: str, inherited: str) -> str:
    if amount.value_type == "change" and amount.noun:
        return amount.noun
    by = bool(set(said.prepositions) & {"by", "to", "from", "at", "of"})
    if said.object and (by or amount.of or not amount.noun):
        return said.object
    if own and (said.verb is not None or not amount.noun):
        return (
            f"{own} share of {amount.noun}"
            if amount.of and amount.noun and PARTS.search(said.rest)
            else own
        )
    if amount.noun and not (said.rest == "" and inherited and not amount.of):
        return amount.noun
    return inherited or own


def named(noun: str) -> str:
    """A noun phrase as a name: the first word of a sentence in small letters."""
    noun = SIZE.sub("", noun) if len(noun.split()) > 2 else noun  # noqa: PLR2004 - number of homes
    first, space, rest = noun.partition(" ")
    if first[:1].isupper() and first[1:].islower() and not rest[:1].isupper():
        first = first.casefold()
    return (first + space + rest)[:LONGEST].strip()
