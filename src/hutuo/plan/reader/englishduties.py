"""What an English sentence binds someone to do: verb, object, how firmly, who and where.

A sentence binds by a modal or a word for one (shall, will, is responsible for) after a body, by one before a
passive (the plan shall be reviewed by the Board), by a verb in the present after a body (the Office leads),
or by beginning with a verb (Build 20 km of …). Verbs joined to the first bind as well.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hutuo.plan.reader.englishnumbers import flat
from hutuo.plan.reader.englishsubjects import cleaned, is_body
from hutuo.plan.reader.englishwords import IRREGULAR, Lexicon, Verb, any_of, lexicon
from hutuo.plan.reader.words import by_words

LONGEST = 160
ADVERB = (
    r"(?:\w+ly|also|further|jointly|then|therefore|not"
    r"|(?:continue|work|strive|seek|endeavou?r)\s+to)\s+"
)
# A body, a condition or a time may stand before who shall do it.
LEAD = re.compile(
    r"^(?:(?:By|In|From|Within|Under|During|Before|After|Where|When|If|To|As|For|At|On|Over|Through"
    r"|Until|Upon|Beginning)\b[^,]*,\s*)+"
)
BE = re.compile(r"(?:be|been|being|is|are)\s+(?:\w+ly\s+)?(?P<verb>[a-z-]+)\b")
AGENT = re.compile(
    r"\bby\s+(?:the\s+)?(?P<who>[A-Z][\w'&. -]*?)(?=\s*(?:[,;.]|\b(?:by|in|to|and\s+[a-z]|for|on|at"
    r"|with|every|within|no)\b|$))"
)
WITH = re.compile(
    r"\b(?:together\s+with|jointly\s+with|in\s+(?:cooperation|co-operation|collaboration|partnership"
    r"|coordination|consultation|conjunction)\s+with"
    r"|(?:work|works|working|cooperate|coordinate|collaborate|partner|partnering"
    r"|consult)\s+(?:closely\s+)?with|led\s+by|supported\s+by|along\s+with)"
    r"\s+(?:the\s+)?(?P<who>[^,;.]*?)(?=\s+(?:to|in|on|for|by|through)\s|[,;.]|$)"
)
WORK_WITH = re.compile(
    r"^(?:work|cooperate|collaborate|partner|coordinate)\s+(?:closely\s+)?with\s+[^;]*?\s+to\s+(?=[a-z])"
)
TOGETHER = re.compile(
    r",?\s*\b(?:together\s+with|jointly\s+with|in\s+\w[\w-]+\s+with|along\s+with)\s[^,;]*"
)
JOINED = re.compile(r",\s*(?:and\s+|or\s+)?|;\s*(?:and\s+)?|\s+and\s+(?:to\s+)?")
PLACE = re.compile(
    r"\b(?:in|at|along|across|near|around|between|within|from|to|of|throughout|into|on)\s+(?:the\s+)?"
    r"(?P<where>[A-Z][\w'-]+(?:\s+(?:[A-Z][\w'-]+|of(?=\s[A-Z])|de|la))*(?:(?:,\s"
    r"|\sand\s)(?:[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)*))*)"
)
NO_PLACE = frozenset([
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December", "Monday", "Friday", "Phase", "Section", "Chapter", "Table", "Annex"
])  # fmt: skip
LEADS = frozenset([
    "leads", "coordinates", "oversees", "manages", "monitors", "supervises", "chairs", "convenes",
    "administers", "implements", "ensures", "prepares", "maintains", "supports", "publishes", "reviews",
    "funds", "finances", "operates"
])  # fmt: skip
RESPONSIBLE = re.compile(
    r"\b(?:is|are|will\s+be|shall\s+be)\s+(?:jointly\s+)?(?:responsible|accountable"
    r"|in\s+charge)\s+(?:for|of)\s+(?:the\s+)?(?P<thing>.+)$"
)


class Bound(NamedTuple):
    """One duty of a sentence.

    Attributes:
        verb: What is to be done, as the verb by itself.
        object: To what.
        stance: The word that says how firmly; None where the sentence begins with its verb.
        bodies: Who is bound: subject of the sentence, then those with whom.
        places: Places that are named.
        words: Its own words among those of the sentence, in one line.
    """

    verb: str
    object: str
    stance: str | None
    bodies: tuple[str, ...]
    places: tuple[str, ...]
    words: str = ""


def duties_in(sentence: str) -> list[Bound]:
    """The duties of an English sentence, without the number or bullet before it, in order."""
    lex = lexicon()
    line = re.sub(r"\s+", " ", flat(sentence)).strip().rstrip(".!?;:").strip()
    parts = re.split(r";\s*(?:and\s+)?", line)
    found = [
        one for part in parts for one in _own_words(part, list(_of_part(LEAD.sub("", part), lex)))
    ]
    bodies = {who for one in found for who in one.bodies}
    places = tuple(at for at in _places(line) if not any(at in who for who in bodies))
    return [one._replace(places=places) for one in found]


def _own_words(part: str, duties: list[Bound]) -> list[Bound]:
    """Each duty with the words of the part that are its own; the first one has those before it too."""
    spans, at = [], 0
    for duty in duties:
        begin = part.casefold().find(duty.words.casefold(), at) if duty.words else -1
        if begin < 0:
            return [one._replace(words=part) for one in duties]
        at = begin + len(duty.words)
        spans.append((begin, at))
    if len(duties) == 1:
        return [duties[0]._replace(words=part)]
    return [
        duty._replace(words=part[begin if number else 0 : end])
        for number, (duty, (begin, end)) in enumerate(zip(duties, spans, strict=True))
    ]


def _of_part(said: str, lex: Lexicon) -> list[Bound]:
    """Duties of a part of a sentence, by the first way of binding that it has."""
    for way in (_modal, _responsible, _present, _imperative):
        found = list(way(said, lex))
        if found:
            return found
    return []


@by_words
def _modals() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?P<stance>{any_of('en_stance')})\s+(?:{ADVERB})*(?=[a-z])", re.IGNORECASE
    )


def _modal(said: str, lex: Lexicon) -> Iterator[Bound]:
    match = next((one for one in _modals().finditer(said) if one.start() > 0), None)
    if match is None or said[: match.start()].rstrip().endswith((" that", " which", " who")):
        return
    stance = re.sub(r"\s+", " ", match["stance"].casefold())
    before, after = said[: match.start()].strip(), said[match.end() :]
    if RESPONSIBLE.search(said[match.start() :]):
        return
    passive = BE.match(after)
    if passive and _is_participle(passive["verb"], lex):
        agent = AGENT.search(after)
        who = tuple(bodies_in(agent["who"], lex)) if agent else ()
        yield Bound(
            _base(passive["verb"], lex),
            cleaned(before)[:LONGEST],
            stance,
            (*who, *_partners(after, lex)),
            (),
        )
        return
    bodies = tuple(bodies_in(before, lex))
    if bodies:
        yield from _chain(after, stance, (*bodies, *_partners(after, lex)), lex)


def _responsible(said: str, lex: Lexicon) -> Iterator[Bound]:
    match = RESPONSIBLE.search(said)
    bodies = tuple(bodies_in(said[: match.start()], lex)) if match else ()
    if match and bodies:
        thing = match["thing"]
        first, _, rest = thing.partition(" ")
        if first.endswith("ing") and rest and first in lex.verbs:
            yield Bound(_base(first, lex), rest[:LONGEST], "responsible for", bodies, ())
        else:
            yield Bound("be responsible for", thing[:LONGEST], "responsible for", bodies, ())


def _present(said: str, lex: Lexicon) -> Iterator[Bound]:
    """A body and what it does: the Office leads implementation."""
    match = next(
        (
            one
            for one in re.finditer(r"\s(?P<verb>[a-z]+s)\s+(?=\S)", said)
            if one["verb"] in LEADS
        ),
        None,
    )
    bodies = tuple(bodies_in(said[: match.start()], lex)) if match else ()
    if match and bodies:
        yield Bound(_base(match["verb"], lex), said[match.end() :][:LONGEST], None, bodies, ())


def _imperative(said: str, lex: Lexicon) -> Iterator[Bound]:
    word = re.match(r"(?P<verb>[A-Za-z-]+)\s+\S", said)
    if word is None:
        return
    verb = lex.verbs.get(word["verb"].casefold())
    if verb is None or verb.form != "base" or _finite(said):
        return
    yield from _chain(said[:1].casefold() + said[1:], None, tuple(_partners(said, lex)), lex)


def _finite(said: str) -> bool:
    """Whether a verb in the clause has a subject, so that its first word is none: report cards are sent."""
    clause = re.split(
        r"\b(?:that|which|who|where|so|and|to|by|how|if|when)\b|[,;:]", said, maxsplit=1
    )[0]
    return (
        re.search(r"\b(?:will|shall|must|should|is|are|was|were|has|have)\b", clause) is not None
    )


def _chain(
    said: str, stance: str | None, bodies: tuple[str, ...], lex: Lexicon
) -> Iterator[Bound]:
    """A verb with its object, and each verb that is joined to it with its own."""
    said = WORK_WITH.sub("", said)
    starts = [
        0,
        *(match.end() for match in JOINED.finditer(said) if _starts(said[match.end() :], lex)),
    ]
    ends = [*(_before(said, start) for start in starts[1:]), len(said)]
    for start, end in zip(starts, ends, strict=True):
        words = said[start:end].strip(" ,;")
        phrase = re.sub(rf"^(?:{ADVERB})+", "", words)
        verb, _, thing = phrase.partition(" ")
        held = re.match(r"(?:up|out|with|aside|to|in|on)\s+", thing)
        if held and verb in (
            "carry",
            "set",
            "phase",
            "work",
            "roll",
            "draw",
            "respond",
            "step",
            "bring",
        ):
            verb, thing = f"{verb} {held.group().strip()}", thing[held.end() :]
        if verb and (thing or start):
            thing = re.sub(r"^(?:the|a|an)\s+", "", TOGETHER.sub("", thing))
            yield Bound(verb.casefold(), thing[:LONGEST].strip(" ,"), stance, bodies, (), words)


def _before(said: str, start: int) -> int:
    """Where the phrase ends that stands before a joined one."""
    return next((match.start() for match in JOINED.finditer(said) if match.end() == start), start)


def _starts(said: str, lex: Lexicon) -> bool:
    """Whether a phrase begins with a verb that has an object."""
    match = re.match(rf"(?:{ADVERB})*(?P<verb>[a-z-]+)\s+(?P<next>\S+)", said)
    if match is None:
        return False
    verb = lex.verbs.get(match["verb"])
    joined = match["next"].casefold() in (
        "and",
        "or",
        "of",
        "in",
        "for",
        "to",
        "by",
        "at",
        "on",
    ) and match["verb"] not in ("respond", "carry", "report")
    return verb is not None and verb.form == "base" and verb.does != "reach" and not joined


def _is_participle(word: str, lex: Lexicon) -> bool:
    verb = lex.verbs.get(word)
    return (
        (verb is not None and verb.form in ("ed", "past"))
        or word in ("cut", "set", "put")
        or (word.endswith("ed") and verb is None)
    )


IRREGULAR_BASE = {
    "built": "build",
    "led": "lead",
    "held": "hold",
    "spent": "spend",
    "made": "make",
    "brought": "bring",
    "ran": "run",
    "sold": "sell",
    "met": "meet",
    "kept": "keep",
}


def _base(word: str, lex: Lexicon) -> str:
    """The verb that a form is of."""
    low = word.casefold()
    if low in IRREGULAR_BASE:
        return IRREGULAR_BASE[low]
    for cut, put in (
        ("ies", "y"),
        ("ied", "y"),
        ("es", "e"),
        ("s", ""),
        ("ed", "e"),
        ("ed", ""),
        ("ing", "e"),
        ("ing", ""),
    ):
        if low.endswith(cut):
            stem = low[: len(low) - len(cut)] + put
            for base in (stem, stem[:-1] if stem[-1:] == stem[-2:-1] else stem):
                if lex.verbs.get(base, Verb("", "")).form == "base" and base not in IRREGULAR:
                    return base
    return low


def bodies_in(said: str, lex: Lexicon) -> list[str]:
    """The bodies that a subject names; empty if it names none."""
    found = cleaned(re.sub(r"\s*[(][^()]*[)]", "", said))
    if not found:
        return []
    names = [
        cleaned(name)
        for name in re.split(r",\s*(?:and\s+)?|\s+(?:and|or)\s+(?:the\s+)?(?=[A-Z])", found)
    ]
    names = [name for name in names if name]
    if all(is_body(name, lex) for name in names):
        return names
    if is_body(found, lex) or (names and is_body(names[0], lex)):
        return [found] if not all(name[:1].isupper() for name in names) else _joined(names, lex)
    return []


def _joined(names: list[str], lex: Lexicon) -> list[str]:
    """Names put together again where a part alone is no body: Department of Parks and Recreation."""
    found: list[str] = []
    for name in names:
        if found and not is_body(name, lex):
            found[-1] = f"{found[-1]} and {name}"
        else:
            found.append(name)
    return found


def _partners(said: str, lex: Lexicon) -> Iterator[str]:
    for match in WITH.finditer(said):
        for name in re.split(r",\s*|\s+and\s+(?:the\s+)?", match["who"]):
            bare = cleaned(name)
            if bare and (is_body(bare, lex) or bare[:1].isupper()):
                yield bare


def _places(said: str) -> list[str]:
    """Names after a preposition that are those of places."""
    found: list[str] = []
    for match in PLACE.finditer(said):
        for name in re.split(r",\s|\sand\s", match["where"]):
            if (
                name.split()[0] not in NO_PLACE
                and not is_body(name, lexicon())
                and name not in found
                and not name.isupper()
            ):
                found.append(name)
    return found
