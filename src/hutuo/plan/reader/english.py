"""The figures of English sentences, in the same rows as those of Chinese ones.

Each figure is read with the words of its clause, the year that follows it or stands before it, and the
heading it stands under. An aim without a year takes that of the passage above, else the last year of the
plan.
"""

import re
from collections.abc import Iterator, Sequence

from hutuo.plan.reader.englishduties import duties_in as duties_in
from hutuo.plan.reader.englishkinds import (
    counts,
    is_measured,
    is_part,
    is_threshold,
    kind_of,
    label_of,
    was,
)
from hutuo.plan.reader.englishnumbers import Amount, amounts_of, flat, head_of, masked
from hutuo.plan.reader.englishscene import UNCOUNTED, Place, Read, Scene
from hutuo.plan.reader.englishsentences import sentences_in
from hutuo.plan.reader.englishsentences import sentences_of as sentences_of
from hutuo.plan.reader.englishsubjects import cleaned, said_before, subject_of
from hutuo.plan.reader.englishwords import lexicon
from hutuo.plan.reader.grids import is_row
from hutuo.plan.reader.sentences import LONGEST_QUOTE, Quantity, Setting
from hutuo.plan.reader.words import means, words
from hutuo.plan.reader.years import Role, Year, years_of

PART = re.compile(r"(?:[^;]|(?<=&\w);)+")
SEGMENT = re.compile(r"[,;:](?=\s)")
# With these a rise or fall has an end: fall below 5%.
LIMITS = frozenset(("below", "under", "above", "at or below", "at or above"))
LABELS = frozenset([
    "target", "targets", "goal", "baseline", "current", "value", "level", "performance", "measure",
    "status"
])  # fmt: skip
AREA = re.compile(r"hectare|acre|square|km2|m2|km²|m²|\bha\b")
# More of these is better, though less of what they are done to is.
BETTER = re.compile(
    r"recycl|reduc|recover|reus|treat|collect|diver|saving|efficien", re.IGNORECASE
)
INCLUDING = re.compile(r"\bincluding\b|\bof\s+which\b")
OUTLOOK = re.compile(
    r"\b(?:outlook|perspective|look(?:s|ing)?(?:\s+(?:out|ahead|forward))?)\s+$", re.IGNORECASE
)
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
OF_WHICH = re.compile(r"\s+(?:(?:will|shall|should|must)\s+be|are|is|will|being)\s+(\w+)")
CLOSE = 3


def of_clause(text: str, setting: Setting) -> tuple[list[Quantity], int | None]:
    """Figures of a clause in English, and the year that it hands down to those below it."""
    year, past = setting.year, setting.past.year if setting.past else None
    found: list[Quantity] = []
    handed: int | None = None
    for start, end in sentences_in(text, setting.clause):
        sentence = text[start:end]
        if is_row(sentence):
            continue
        years = years_of(sentence)
        figures = figures_of(sentence, start, years, setting._replace(year=year), past)
        found.extend(figures)
        told = [
            one for one in years if one.role in (Role.OF, Role.SPAN) and setting.now is not None
        ]
        past = max((one.year for one in told if one.year < (setting.now or 0)), default=past)
        ahead = next((one.year for one in years if one.role is Role.BY), None)
        if ahead and (not figures or sentence.endswith(":")):
            # What follows "By 2030 the County will:" is meant for that year.
            year = handed = ahead
    return found, handed or setting.year


def figures_of(
    sentence: str, at: int, years: Sequence[Year], setting: Setting, past: int | None
) -> list[Quantity]:
    """The figures of an English sentence, in order.

    Args:
        sentence: The sentence.
        at: Where it begins in the document.
        years: The years that it names.
        setting: Where it stands.
        past: Year of which the passage tells facts; None if it names none.
    """
    line = flat(sentence)
    barred = [(one.start, one.end) for one in years]
    aims = lexicon().firm.search(line) is not None
    told = [one for one in years if aims or not OUTLOOK.search(line, 0, one.start)]
    scene = Scene(sentence, masked(line, barred), told, amounts_of(line, barred), setting, past)
    rows = sorted(_read(scene), key=lambda one: one.amount.start)
    return [one.row._replace(start=at + one.row.start, end=at + one.row.end) for one in rows]


def _read(scene: Scene) -> Iterator[Read]:
    """The figures of a sentence, part by part."""
    last: Read | None = None
    for match in PART.finditer(scene.line):
        inside = [one for one in scene.amounts if match.start() <= one.start < match.end()]
        names = _told_apart(scene, inside, match.span())
        here: Read | None = None
        for amount in inside:
            inherited = last.row.subject if last else ""
            one = _one(
                scene,
                scene.place(amount, match.span(), here),
                inherited,
                names.get(amount.start, ""),
            )
            if one is None:
                continue
            yield one
            if one.row.kind not in ("attribute", "structure"):
                here = last = one


def _told_apart(scene: Scene, inside: Sequence[Amount], span: tuple[int, int]) -> dict[int, str]:
    """Subjects of figures that are told one by one: A and B will reach 1 and 2 respectively."""
    figures = [one for one in inside if one.sort not in UNCOUNTED]
    if len(figures) < 2 or not RESPECTIVELY.search(scene.line, *span):  # noqa: PLR2004 - one by one takes two
        return {}
    said = said_before(scene.line[span[0] : figures[0].start])
    listed = [
        cleaned(name) for name in re.split(r",\s*(?:and\s)?|\sand\s", said.object or said.noun)
    ]
    names = [name for name in listed if name][-len(figures) :]
    if len(names) < len(figures):
        return {}
    return {one.start: name for one, name in zip(figures, names, strict=True)}


def _one(scene: Scene, at: Place, inherited: str, named: str) -> Read | None:
    """A figure as a row; None if it says nothing."""
    if is_measured(at):
        at = at._replace(amount=at.amount._replace(sort="measure"))
    if at.amount.sort in UNCOUNTED or is_threshold(scene, at):
        return Read(at.amount, _named(scene, at, "attribute"), None)
    if not named and not counts(scene, at):
        return None
    if is_part(scene, at):
        return Read(at.amount, _named(scene, at, "structure"), None)
    subject = named or _subject(scene, at, inherited)
    year = scene.year_of(at)
    kind = kind_of(scene, at, year)
    if (
        kind == "baseline"
        and year is not None
        and year.role is Role.BY
        and "from" in at.said.prepositions
    ):
        year = None
    if kind == "scope" and AREA.search(at.amount.unit):
        subject = "area"
    row = _row(scene, at, kind, subject, year)
    return Read(at.amount, _like_last(scene, at, row, inherited), year)


def _subject(scene: Scene, at: Place, inherited: str) -> str:
    """What a figure is of, by its own words, else by the passage that it stands in."""
    own = at.said if at.turned else at.said._replace(noun="", verb=None, object="")
    of_which = OF_WHICH.match(scene.line, at.amount.end)
    if at.last and at.amount.sort == "bare" and of_which and at.last.amount.noun:
        # "of which at least 500 will be affordable" after a figure of homes.
        return f"{of_which.group(1)} {head_of(at.last.amount.noun)}"
    if (
        _goes_on(at)
        and at.last
        and at.last.row.kind == "baseline"
        and "to" in at.said.prepositions
    ):
        return inherited
    subject = subject_of(at.amount, own, inherited)
    bare = LABELS.issuperset(subject.casefold().split(" ")) or subject.casefold() in words(
        "en_label"
    )
    if label_of(scene, at) is not None and bare:
        return scene.setting.topic
    return subject or scene.setting.topic


def _goes_on(at: Place) -> bool:
    """Whether a figure has no words of its own and goes on from the one before it."""
    said = at.said
    return at.last is not None and (not at.turned or not (said.noun or said.verb or said.object))


def _like_last(scene: Scene, at: Place, row: Quantity, inherited: str) -> Quantity:
    """A row with the operator of the figure before it where it goes on from that or is a part of it."""
    last = at.last
    if last is None or row.kind != last.row.kind:
        return row
    alike = (
        _goes_on(at)
        and row.subject == inherited
        and not at.said.operator
        and row.unit == last.row.unit
    )
    part = INCLUDING.search(scene.line[last.amount.end : at.amount.start]) is not None
    return row._replace(operator=last.row.operator) if alike or part else row


def _named(scene: Scene, at: Place, kind: str) -> Quantity:
    """A figure that only names or limits something, or tells how it is built up."""
    amount = at.amount
    subject = amount.noun or scene.sentence[amount.start : amount.end]
    quote, start, end = _quote(scene, at)
    return Quantity(
        scene.setting.clause.id, kind, subject, amount.operator or "=", amount.value, amount.value_hi,
        amount.unit, "level", None, None, "none", None, quote, start, end,
    )  # fmt: skip


def _row(scene: Scene, at: Place, kind: str, subject: str, year: Year | None) -> Quantity:
    amount = at.amount
    value_type = _value_type(scene, at)
    base = scene.base_of(at) if value_type == "change" else None
    operator = _operator(scene, at, kind, subject, value_type)
    target_year, year_from = _dated(scene, at, kind, year)
    stance = _stance(scene, at) if kind == "target" else None
    quote, start, end = _quote(scene, at)
    return Quantity(
        scene.setting.clause.id, kind, subject, operator, amount.value, amount.value_hi, amount.unit,
        value_type, base, target_year, year_from, stance, quote, start, end,
    )  # fmt: skip


def _dated(scene: Scene, at: Place, kind: str, year: Year | None) -> tuple[int | None, str]:
    if year is not None:
        return year.year, "stated"
    if kind == "scope" or (kind == "baseline" and was(scene, at)):
        return None, "none"
    setting = scene.setting
    found = scene.past if kind == "baseline" else setting.year or setting.until
    return (found, "inherited") if found else (None, "none")


def _value_type(scene: Scene, at: Place) -> str:
    amount, said = at.amount, at.said
    level = "share" if amount.unit == "%" else "level"
    if amount.value_type:
        return amount.value_type
    if said.prepositions[:1] in (("to",), ("from",)):
        return level
    moves = said.verb is not None and said.verb.does in ("up", "down")
    if amount.unit in ("percentage points", "times") or (moves and "by" in said.prepositions):
        return "change"
    since = any(
        one.role is Role.FROM and one.start - amount.end in range(CLOSE) for one in scene.years
    )
    moved = moves and not amount.noun and said.operator not in LIMITS
    return "change" if amount.unit == "%" and (since or moved) else level


def _operator(scene: Scene, at: Place, kind: str, subject: str, value_type: str) -> str:
    """How what is measured must stand to the value."""
    amount, said = at.amount, at.said
    near = means("en_before", said.operator) if said.operator else amount.operator
    budget = amount.sort == "money" and re.search(
        r"\b(?:a|the|an)\s+$", scene.line[: amount.start]
    )
    if near or kind != "target" or budget:
        return near or "="
    if value_type in ("change", "growth", "coverage"):
        return ">="
    does = said.verb.does if said.verb else ""
    less = does == "down" or (
        does != "up" and lexicon().less.search(subject) and not BETTER.search(subject)
    )
    return "<=" if less else ">="


def _stance(scene: Scene, at: Place) -> str | None:
    """The nearest word that says how firmly a figure is meant, before it, else after it."""
    lex = lexicon()
    before = [
        match.group() for match in lex.stance.finditer(scene.line, at.start, at.amount.start)
    ]
    after = None if before else lex.stance.search(scene.line, at.amount.end, at.end)
    found = before[-1] if before else after.group() if after else None
    return re.sub(r"\s+", " ", found.casefold()) if found else None


def _quote(scene: Scene, at: Place) -> tuple[str, int, int]:
    """The words about a figure, from mark to mark, and where they stand in the sentence."""
    amount = at.amount
    marks = list(SEGMENT.finditer(scene.line, at.start, at.end))
    start = max((match.end() for match in marks if match.end() <= amount.start), default=at.start)
    end = min((match.start() for match in marks if match.start() >= amount.end), default=at.end)
    if end - start > LONGEST_QUOTE:
        start = max(start, amount.end - LONGEST_QUOTE // 2)
        start = scene.line.find(" ", start, amount.start) + 1 or start
        end = max(min(end, start + LONGEST_QUOTE), amount.end)
    said = scene.sentence[start:end]
    start += len(said) - len(said.lstrip(" \n\t"))
    said = said.strip(" \n\t")
    said = said.rstrip(".!?") if end == len(scene.sentence) else said
    return said, start, start + len(said)
