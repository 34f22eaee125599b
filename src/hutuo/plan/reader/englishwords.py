"""The words that English sentences are read with, compiled from their tables."""

import re
from typing import NamedTuple

from hutuo.plan.reader.words import by_words, longest_first, words

VOWELS = "aeiou"
HAN = re.compile("[\u3400-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}[^A-Za-z]+[A-Za-z]{2,}|[A-Za-z]{4,}")


class Verb(NamedTuple):
    """A form of a verb: what it does (do, up, down, reach) and how it is written (base, s, ed, ing, past)."""

    does: str
    form: str


class Lexicon(NamedTuple):
    """What English sentences are read with."""

    verbs: dict[str, Verb]
    stop: frozenset[str]
    operator: re.Pattern[str]
    filler: re.Pattern[str]
    after: re.Pattern[str]
    stance: re.Pattern[str]
    firm: re.Pattern[str]
    fact: re.Pattern[str]
    scope: re.Pattern[str]
    less: re.Pattern[str]
    body: re.Pattern[str]
    group: re.Pattern[str]
    part: re.Pattern[str]
    unit: re.Pattern[str]
    rate: re.Pattern[str]
    yearly: re.Pattern[str]
    change: re.Pattern[str]
    whole: re.Pattern[str]
    names: re.Pattern[str]
    grades: re.Pattern[str]
    label: re.Pattern[str]


def is_english(text: str) -> bool:
    """Whether a text has English words and no Chinese ones."""
    return HAN.search(text) is None and ENGLISH.search(text) is not None


def any_of(*kinds: str) -> str:
    """The words of these kinds as alternatives of a regular expression; a space stands for any space."""
    found = longest_first({word for kind in kinds for word in words(kind)})
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in found)


@by_words
def lexicon() -> Lexicon:
    """The words of now, those of the user with them."""
    fold = re.IGNORECASE
    per = any_of("en_per")
    return Lexicon(
        verbs=_verbs(),
        stop=frozenset(words("en_stop")),
        operator=re.compile(rf"(?:^|(?<=[\s\x00,(]))(?:{any_of('en_before')})$", fold),
        filler=re.compile(rf"(?:^|(?<=[\s\x00,(]))(?:{any_of('en_filler')})$", fold),
        after=re.compile(rf"\s*(?:\+|,?\s+(?P<word>{any_of('en_after')})\b)", fold),
        stance=re.compile(rf"\b(?:{any_of('en_stance')})\b", fold),
        firm=re.compile(rf"\b(?:{any_of('en_aim')})\b", fold),
        fact=re.compile(rf"\b(?:{any_of('en_fact')})\b", fold),
        scope=re.compile(rf"\b(?:{any_of('en_scope')})\b", fold),
        less=re.compile(rf"\b(?:{any_of('en_less')})\b", fold),
        body=re.compile(rf"\b(?:{any_of('en_body')})\b"),
        group=re.compile(rf"\b(?:{any_of('en_group')})$", fold),
        part=re.compile(rf"\b(?:{any_of('en_part')})$", fold),
        unit=re.compile(rf"\s?(?:{any_of('en_unit')})(?![\w/²³])"),
        rate=re.compile(
            rf"(?:\s+(?:per|a|an|each|every)\s+(?:{per})(?![\w,])|/(?:{per})(?![\w,]))+", fold
        ),
        yearly=re.compile(rf"\s*(?:{any_of('en_yearly')})\b", fold),
        change=re.compile(rf"(?:\b\w+\s+)?\b(?:{any_of('en_change')})\b", fold),
        whole=re.compile(rf"\b(?:{any_of('en_whole')})\b(?!-)", fold),
        names=re.compile("|".join(f"(?:{word})" for word in words("en_name"))),
        label=re.compile(
            rf"(?:^|[\s(])(?P<word>{any_of('en_label')})\s*(?:[(][^()]*[)]\s*|[\s\x00]*)*(?:[:=]"
            rf"|\s-)[\s\x00]*$",
            fold,
        ),
        grades=re.compile("|".join(f"(?:{word})" for word in words("en_grade"))),
    )


def _verbs() -> dict[str, Verb]:
    """Verbs by each of their forms; where kinds share a form the one that says more of a figure holds."""
    found: dict[str, Verb] = {}
    for does in ("do", "reach", "down", "up"):
        for word in words(f"en_{does}"):
            base = word.split(" ", maxsplit=1)[0].casefold()
            for form, said in forms(base):
                if form == "base" or base not in IRREGULAR:
                    found[said] = Verb(does, form)
    for said, (does, form) in IRREGULAR.items():
        found[said] = Verb(does, form)
    return found


# Forms that no rule makes, and forms of be and have.
IRREGULAR = {
    **dict.fromkeys(("is", "are", "has", "have"), ("reach", "now")),
    **dict.fromkeys(
        ("was", "were", "had", "been", "being", "stood", "came", "met", "kept", "took"),
        ("reach", "past"),
    ),
    **dict.fromkeys(("grew", "grown", "rose", "risen"), ("up", "past")),
    **dict.fromkeys(("fell", "fallen", "shrank"), ("down", "past")),
    **dict.fromkeys(
        ("built", "led", "held", "spent", "made", "brought", "ran", "sold"), ("do", "ed")
    ),
    **dict.fromkeys(("up",), ("up", "word")),
    **dict.fromkeys(("down",), ("down", "word")),
}


def forms(base: str) -> list[tuple[str, str]]:
    """The regular forms of a verb."""
    stem = base[:-1] if base.endswith("e") else base
    doubled = (
        len(base) in range(3, 7)
        and base[-1] not in VOWELS + "wxy"
        and base[-2] in VOWELS
        and base[-3] not in VOWELS
    )
    third = base + "es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else base + "s"
    past = base + "d" if base.endswith("e") else base + "ed"
    if base.endswith("y") and base[-2:-1] not in VOWELS:
        third, past = base[:-1] + "ies", base[:-1] + "ied"
    found = [("base", base), ("s", third), ("ed", past), ("ing", stem + "ing")]
    if doubled:
        found += [("ed", base + base[-1] + "ed"), ("ing", base + base[-1] + "ing")]
    return found
