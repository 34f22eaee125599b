"""What a plan binds someone to do: verb, object, how firmly, who and where, each with the words it stands in.

A duty is a segment of a sentence (to the next comma) that begins with a verb of the table of words, after who
shall do it, when, or by what means. Passages that tell facts bind no one.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hutuo.plan.reader.englishduties import duties_in
from hutuo.plan.reader.englishsentences import sentences_in
from hutuo.plan.reader.englishwords import is_english
from hutuo.plan.reader.outline import Clause
from hutuo.plan.reader.quantities import SENTENCE, headings_of
from hutuo.plan.reader.words import by_words, longest_first, pattern, words
from hutuo.plan.reader.years import years_of

SEGMENT = re.compile(r"[^,;:]+")
LONGEST_LEAD = 28
SHORTEST_OBJECT = 2
# By what means, for what and with whom something is done; what is done comes after.
MEANS = re.compile(
    r"^(?:依托|以|在|按照|围绕|聚焦|通过|对|将|把|与|同|向|从|为|因|根据|结合|针对|立足|顺应|面向|紧盯|瞄准|充分利用|沿|由|会同|联合|协同|每年|逐年|到|于)"
)
MARKS = re.compile(
    r"^[\s“”\"'·-]*(?:[一二三四五六七八九]是|其中|并且|并|同时|此外|另外|以及|进而|从而|还|也|再|则|均|都)?"
)
AUXILIARY = re.compile(
    r"(?:要|应当|应该|应|须|需|必须|务必|将|可以|可|负责|牵头|不得|严禁|禁止)+$"
)
HAN = r"[一-鿿]"
LISTED = re.compile(r"[、,和与及]")
PIECE = re.compile(rf"(?:(?![和与及等在向至到的]){HAN})+")
TAIL = re.compile(r"(?:要|应当|应|须|将|负责|牵头|等)+$")
# Signs of what is told and not asked: 已建成, 不断完善 alone, 取得成效.
# 以…为核心, 在…中: what it is done by or within, with no verb of its own.
WITHIN = re.compile(r"^(?:以.*为|在.*中(?:$|[^心部小间央西东]))")
TOLD = re.compile(r"^(?:已|曾|是|有|为了|由于|随着|虽然|尽管|但|仍|尚)")


class Duty(NamedTuple):
    """One duty of a plan; see the table ``duty`` for what each field holds."""

    clause: str
    verb: str
    object: str
    stance: str | None
    bodies: tuple[str, ...]
    places: tuple[str, ...]
    quote: str
    start: int
    end: int


def duties_of(
    text: str, clauses: Sequence[Clause], names: Sequence[str] = (), now: int | None = None
) -> list[Duty]:
    """The duties of a plan in the order of its text.

    Args:
        text: The document in plain form (:func:`hutuo.plan.words.plain`).
        clauses: Its clauses.
        names: Names of places to look for besides those that end as places do.
        now: Year in which the plan was issued; None if it is not known.
    """
    told, known = headings_of(clauses, now), tuple(longest_first(names))
    return [
        duty
        for clause in clauses
        if told[clause.id] != "fact"
        for duty in _of_clause(text, clause, known)
    ]


def _of_clause(text: str, clause: Clause, names: tuple[str, ...]) -> Iterator[Duty]:
    if is_english(text[clause.start : clause.end]):
        yield from _english(text, clause)
        return
    begin = text.index(clause.text, clause.start) if clause.text else clause.end
    for sentence in SENTENCE.finditer(text, begin, clause.end):
        if "\t" in sentence.group():
            continue
        before = ""
        for segment in SEGMENT.finditer(sentence.group()):
            start = sentence.start() + segment.start()
            yield from _of_segment(segment.group(), start, before, clause.id, names)
            before = segment.group()


def _english(text: str, clause: Clause) -> Iterator[Duty]:
    """Duties of an English clause; a sentence that binds once is quoted whole, else each by its own words."""
    for first, last in sentences_in(text, clause):
        said = text[first:last]
        begin = at = first + len(said) - len(said.lstrip())
        stop = begin + len(said.strip())
        found = duties_in(said)
        for bound in found:
            own = re.compile(r"\s+".join(map(re.escape, bound.words.split()))).search(
                text, at, stop
            )
            start, end = own.span() if own and len(found) > 1 else (begin, stop)
            at = end if own and len(found) > 1 else at
            yield Duty(
                clause.id, bound.verb, bound.object, bound.stance, bound.bodies, bound.places,
                text[start:end], start, end,
            )  # fmt: skip


def _of_segment(
    said: str, start: int, before: str, clause: str, names: tuple[str, ...]
) -> Iterator[Duty]:
    bare = said.rstrip(' 。!?\n\t”"')
    lead = _lead(bare)
    if lead is None:
        return
    stance, verb, rest = _verb(bare[lead:])
    thing = rest.strip(' “”"')
    if not verb or len(thing) < SHORTEST_OBJECT or thing[0] in "、的中和":
        return
    first = re.search(r"\S", bare)
    begin = first.start() if first else 0
    who = bare[:lead] if not MEANS.match(bare[:lead].strip()) else ""
    around = f"{before},{bare[:lead]}" if not who and MEANS.match(before.strip()) else bare[:lead]
    yield Duty(
        clause,
        verb,
        thing,
        stance or _adverb(bare[:lead]),
        tuple(_bodies(who) or _asked(stance or verb, thing)),
        tuple(_places(f"{around},{bare}", names)),
        bare.strip(),
        start + begin,
        start + begin + len(bare.strip()),
    )


@by_words
def _verbs() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in longest_first(words("duty"))))


@by_words
def _compounds() -> re.Pattern[str]:
    """Nouns that begin like verbs: 发展改革委, 建设用地."""
    return re.compile(pattern("compound"))


@by_words
def _adverbs() -> re.Pattern[str]:
    soft = longest_first({*words("filler"), *words("adverb")})
    return re.compile(rf"^(?:{'|'.join(re.escape(word) for word in soft)})*$")


def _lead(said: str) -> int | None:
    """Where the verb of a segment begins; None if it binds no one."""
    skipped = MARKS.match(said)
    begin = skipped.end() if skipped else 0
    for year in years_of(said):
        if said[begin : year.start].strip() == "":
            begin = year.end
    bare = said[begin:]
    if TOLD.match(bare) or WITHIN.match(bare):
        return None
    clear = _compounds().sub(lambda noun: "\x00" * len(noun.group()), said)
    for match in _verbs().finditer(clear, begin):
        lead = said[begin : match.start()].strip()
        if len(lead) > LONGEST_LEAD:
            return None
        if _may_lead(lead):
            return match.start()
    return None


def _may_lead(lead: str) -> bool:
    """Whether these words can stand before what is to be done: nothing, how, who, where, or by what means."""
    if not lead or _adverbs().match(lead):
        return True
    bare = AUXILIARY.sub("", lead)
    if bare != lead and len(bare) <= LONGEST_LEAD:
        return True
    if MEANS.match(lead):
        return len(lead) >= 3  # noqa: PLR2004 - 以 or 在 and what it stands for
    ends = (*words("body_suffix"), *words("place_suffix"))
    return bool(_bodies(lead)) or lead.endswith(ends) or lead.endswith("等地")


def _verb(said: str) -> tuple[str | None, str, str]:
    """Stance, verb and object of words that begin with a verb."""
    first = _verbs().match(said)
    if first is None:
        return None, "", said
    word, rest = first.group(), said[first.end() :]
    if word in words("stance"):
        second = _verbs().match(rest)
        if second is not None and len(rest) - second.end() >= SHORTEST_OBJECT:
            return word, second.group(), rest[second.end() :]
        return word, word, rest
    second = _verbs().match(rest)
    if (
        second is not None
        and len(rest) - second.end() > SHORTEST_OBJECT
        and len(word) == len(second.group())
    ):
        return None, word + second.group(), rest[second.end() :]
    return None, word, rest


def _adverb(lead: str) -> str | None:
    found = re.findall(pattern("stance"), lead)
    return found[-1] if found else None


def _asked(verb: str, thing: str) -> list[str]:
    """Who is asked to do it, where the verb says that someone is: 支持各市…, 鼓励企业、高校…."""
    if verb not in ("支持", "鼓励", "推动", "引导", "指导", "督促", "允许"):
        return []
    found = []
    for item in LISTED.split(thing[:LONGEST_LEAD]):
        match = _named_first().match(item.strip())
        if match is None:
            break
        found.append(match.group())
        if match.end() < len(item.strip()):
            break
    return found


@by_words
def _body() -> re.Pattern[str]:
    """A body at the end of a few words; who comes before a verb may be a place: 甲市要…."""
    ends = "|".join(map(re.escape, longest_first({*words("body_suffix"), *words("place_suffix")})))
    return re.compile(rf"{HAN}{{0,24}}?(?:{ends})$")


@by_words
def _named_first() -> re.Pattern[str]:
    """A body that some words begin with."""
    ends = "|".join(map(re.escape, longest_first(words("body_suffix"))))
    return re.compile(rf"{HAN}{{0,12}}?(?:{ends})")


@by_words
def _place() -> re.Pattern[str]:
    ends = "|".join(re.escape(word) for word in longest_first(words("place_suffix")))
    return re.compile(rf"{HAN}{{2,4}}(?:{ends})")


@by_words
def _soft() -> re.Pattern[str]:
    soft = longest_first({*words("duty"), *words("filler"), *words("stance"), *words("adverb")})
    return re.compile(
        rf"^(?:{'|'.join(map(re.escape, soft))}|依托|围绕|聚焦|以|在|对|同|向|从|为|由|等|全|各)+"
    )


@by_words
def _common() -> tuple[str, ...]:
    return tuple(words("not_place"))


def _bodies(said: str) -> list[str]:
    """Bodies that are named in a few words, each of a list by itself."""
    found = []
    for item in LISTED.split(said):
        match = _body().search(TAIL.sub("", item.strip()))
        if match:
            found.append(_trimmed(match.group()))
    return [name for name in found if name]


def _places(said: str, names: tuple[str, ...]) -> list[str]:
    """Places that are named: those known, and those that end as places do, in order."""
    found: dict[str, int] = {}
    for name in names:
        at = said.find(name)
        if at >= 0 and not any(name in other for other in found):
            found[name] = at
    for piece in PIECE.finditer(said):
        name = _trimmed(piece.group())
        known = any(name in other or other in name for other in found)
        if _place().fullmatch(name) and not name.endswith(_common()) and not known:
            found[name] = piece.start()
    return sorted(found, key=lambda name: found[name])


def _trimmed(name: str) -> str:
    """A name without the verbs, adverbs and prepositions before it."""
    match = _soft().match(name)
    while match is not None and len(name) - match.end() >= SHORTEST_OBJECT:
        name = name[match.end() :]
        match = _soft().match(name)
    return name
