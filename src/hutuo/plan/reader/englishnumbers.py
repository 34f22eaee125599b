"""Number expressions of an English sentence: digits, words, money, shares, counts, and words for numbers.

Names and grades that hold digits (Route 101, COVID-19, Level II) are masked first and are no numbers; years
are found apart (:mod:`hutuo.plan.reader.years`). What a number is of is not decided here, but the noun that
follows it is told.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hutuo.plan.reader.englishwords import Lexicon, any_of, lexicon
from hutuo.plan.reader.words import by_words, means, words

DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|[1-9]\d{0,2}(?: \d{3})+(?![\d,.-]\d|\d)|\d+(?:\.\d+)?"
MONEY = r"(?:(?:US|C|A|NZ|HK)?\$|€|£|¥|(?:EUR|USD|GBP|NOK|SEK|DKK|CHF|CAD|AUD)\s?)"
PERCENT = re.compile(
    r"\s?(?P<points>percentage\s+points?|percent\s+points?|pp\b|p\.p\.)|\s?%(?P<points2>\s*points?)?"
    r"|[\s-]?per\s?cent\b",
    re.IGNORECASE,
)
OF_OR_IN = re.compile(
    r"\s+(?:of|in)\s+(?:all\s+|each\s+|every\s+|the\s+|its\s+|their\s+|total\s+)*"
)
OF = re.compile(r"\s+of\s+(?:all\s+|each\s+|every\s+|the\s+|its\s+|their\s+|total\s+)*")
PER = re.compile(r"\bper\s+$")
# What money is for: $62 million for transit, €5 million will be spent on roads.
FOR = re.compile(
    r"(?:\s+(?:will\s+be|shall\s+be|is|are|was|were|has\s+been|have\s+been)\s+(?:\w+ed|available"
    r"|spent|set\s+aside))?\s+(?:of|in|for|to|on|towards)\s+(?:the\s+|its\s+|their\s+|new\s+(?=\d))*"
)
WORD = re.compile(r"\s+(?P<word>[A-Za-z][\w'&/.-]*\w|[A-Za-z])|(?P<quote>\s*[“”\"'])")
# Words that are many without an s.
PLURAL = frozenset([
    "people", "children", "men", "women", "staff", "housing", "personnel", "police", "fish", "sheep",
    "wildlife", "trees"
])  # fmt: skip
# Words that end in s and are not many.
SINGULAR = ("ss", "us", "is")
TIMES = (
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "second",
    "storey",
    "story",
    "point",
    "star",
    "step",
    "way",
    "person",
    "lane",
    "wheel",
)
LARGE = 1000
LONGEST_NOUN = 9
COVERS = re.compile(
    r"\b(?:reach|cover|serve|connect)(?:es|ed|ing|s)?\s+(?P<all>every|all)(?=\s)", re.IGNORECASE
)


class Amount(NamedTuple):
    """One number expression.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends, its unit within; the noun that it counts is not.
        value: The number; None for a grade.
        value_hi: Upper end of a span; None if there is none.
        unit: Its unit as written, mark of money and magnitude before it ("$ million").
        sort: percent, money, measure, count, bare, whole, grade or hyphen (10-minute).
        noun: The noun that follows it: what is counted or what it is a share of; "" if none does.
        noun_end: Where that noun ends.
        operator: What marks after it say (or more); "" if nothing.
        value_type: change, growth or coverage where words after it say so; else "".
        of: Whether "of" or "in" stands between it and its noun.
    """

    start: int
    end: int
    value: float | None
    value_hi: float | None
    unit: str
    sort: str
    noun: str = ""
    noun_end: int = 0
    operator: str = ""
    value_type: str = ""
    of: bool = False


def flat(sentence: str) -> str:
    """The sentence in one line, as long as it was."""
    return re.sub(r"\s", " ", sentence)


def masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these stretches made unreadable, as long as it was."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\x00" * (end - start)
    return "".join(letters)


def amounts_of(text: str, barred: Sequence[tuple[int, int]]) -> list[Amount]:
    """Number expressions of a sentence in one line, in order.

    Args:
        text: The sentence (:func:`flat`).
        barred: Stretches that hold no numbers, as the years found in it.
    """
    lex = lexicon()
    plain = masked(text, barred)
    grades = [match.span() for match in lex.grades.finditer(plain)]
    named = [match.span() for match in lex.names.finditer(plain)]
    said = masked(plain, [*grades, *named])
    found = [
        *_grades(said, grades, lex),
        *_whole(said, lex),
        *_fractions(said),
        *_ratios(said),
        *_covered(said, lex),
        *_numbers(said, lex),
    ]
    kept: list[Amount] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if PER.search(said, max(0, one.start - 5), one.start):
            continue
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _grades(text: str, spans: Sequence[tuple[int, int]], lex: Lexicon) -> Iterator[Amount]:
    for start, end in spans:
        noun, noun_end = noun_after(text, end, lex)
        yield Amount(start, end, None, None, "", "grade", noun, noun_end)


def _whole(text: str, lex: Lexicon) -> Iterator[Amount]:
    """Words that stand for a number: double, cut in half, net zero."""
    for match in lex.whole.finditer(text):
        said = re.sub(r"\s+", " ", match.group().casefold())
        operator, value, unit, value_type = means("en_whole", said, "=|1||level").split("|")
        noun, end = noun_after(text, _past_the(text, match.end()), lex)
        zero = (
            float(value) == 0
            and noun
            and not re.search(r"emission|carbon|greenhouse|energy", noun, re.IGNORECASE)
        )
        sort = "hyphen" if zero else "whole"
        yield Amount(
            *match.span(), float(value), None, unit, sort, noun, end, operator, value_type
        )


def _past_the(text: str, at: int) -> int:
    match = re.compile(r"\s+(?:the|its|their|our|of|in|current)(?=\s)").match(text, at)
    return _past_the(text, match.end()) if match else at


def _fractions(text: str) -> Iterator[Amount]:
    """Half of, two thirds of: shares in words."""
    lex = lexicon()
    for match in _fraction().finditer(text):
        value = float(means("en_fraction", re.sub(r"\s+", " ", match.group(1).casefold()), "0"))
        noun, end = noun_after(text, match.end(), lex)
        change = (
            re.search(r"\bby\s+(?:an?\s+|at\s+least\s+|about\s+)*$", text[: match.start()])
            is not None
        )
        yield Amount(
            match.start(),
            match.end(1),
            value,
            None,
            "%",
            "percent",
            noun,
            end,
            value_type="change" if change else "",
            of=True,
        )


@by_words
def _fraction() -> re.Pattern[str]:
    said = any_of("en_fraction")
    of = r"\s+of(?:\s+(?:all|the|its|their))*(?=\s+\D)"
    return re.compile(
        rf"(?<![\w-])((?i:{said}))(?:{of}|(?=\s+(?:the|all)\s)|(?=\s*[,.;)]|\s+(?:by|from|below"
        rf"|compared)\b|\s*\x00|$))"
    )


def _ratios(text: str) -> Iterator[Amount]:
    """One in five trips: a share in words."""
    lex = lexicon()
    for match in _ratio().finditer(text):
        noun, end = noun_after(text, match.end(), lex)
        part, whole = amount(match["part"]), amount(match["whole"])
        if noun and part < whole:
            yield Amount(
                *match.span(),
                round(100 * part / whole, 6),
                None,
                "%",
                "percent",
                noun,
                end,
                of=True,
            )


@by_words
def _ratio() -> re.Pattern[str]:
    value = rf"\d+|{any_of('en_number')}"
    return re.compile(
        rf"(?<![\w-])(?P<part>{value})\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<whole>{value})(?![\w,.-])",
        re.IGNORECASE,
    )


def _covered(text: str, lex: Lexicon) -> Iterator[Amount]:
    """Words that say that everyone is reached: reach every household."""
    for match in COVERS.finditer(text):
        noun, end = noun_after(text, match.end(), lex)
        if noun:
            yield Amount(
                match.start("all"),
                match.end("all"),
                100.0,
                None,
                "%",
                "cover",
                noun,
                end,
                ">=",
                "coverage",
            )


@by_words
def _expression() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Regular expressions of a number, of one with another up to which it goes, and of one between two."""
    spelt = any_of("en_number")
    tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    ones = "one|two|three|four|five|six|seven|eight|nine"
    value = rf"{DIGITS}|(?i:(?:{tens})-(?:{ones})|{spelt})(?![\w-])"
    magnitude = r"(?:[\s-]?(?:thousand|million|billion|trillion|bn|mn|mln|tn)\b)"
    begins = r"(?<![\w./\x00])(?<!\w[-–])(?<!\d,)"
    one = rf"{begins}(?:(?P<money>{MONEY})\s?)?(?P<value>{value})(?P<magnitude>{magnitude})?"
    high = rf"(?:{MONEY})?\s?(?P<high>{value})(?P<magnitude2>{magnitude})?"
    mark = r"(?:\s?%|\s?per\s?cent|\s?percent)?"
    span = rf"{one}{mark}(?P<sep>\s?[-~]\s?|\s+to\s+|\s+or\s+){high}"
    between = rf"(?<=between\s){one}{mark}(?P<sep>\s+and\s+){high}"
    return re.compile(one), re.compile(span), re.compile(between, re.IGNORECASE)


def _numbers(text: str, lex: Lexicon) -> Iterator[Amount]:
    one, span, between = _expression()
    at = 0
    while match := one.search(text, at):
        wide = between.match(text, match.start()) or span.match(text, match.start())
        if wide and _spans(text, wide):
            match = wide
        found = _amount(text, match, lex)
        if found:
            yield found
        at = max(match.end(), found.end if found else 0)


def _spans(text: str, match: re.Match[str]) -> bool:
    """Whether two numbers are the ends of one span: not from 5 to 10, not falling, not 20-storey."""
    if match["sep"].strip() == "to" and re.search(
        r"\bfrom\s+(?:\w+\s+){0,2}$", text[: match.start()]
    ):
        return False
    low, high = amount(match["value"]), amount(match["high"])
    return low < high


def _amount(text: str, match: re.Match[str], lex: Lexicon) -> Amount | None:
    named = match.groupdict()
    money, value, end = (named["money"] or "").strip(), amount(named["value"]), match.end()
    high = amount(named["high"]) if named.get("high") else None
    magnitude = (named.get("magnitude2") or named["magnitude"] or "").strip(" -")
    short = re.compile(r"[kKmM]\b").match(text, end) if money and not magnitude else None
    if short:
        magnitude, end = {"k": "thousand", "m": "million"}[short.group().casefold()], short.end()
    unit, end, sort = _unit(text, end, bool(money), lex)
    whole = " ".join(part for part in (money, magnitude, unit) if part)
    if not sort:
        hyphen = re.compile(r"-(?P<word>[A-Za-z]+)").match(text, end)
        if hyphen and not money:
            noun, noun_end = noun_after(text, hyphen.end(), lex)
            return Amount(
                match.start(), hyphen.end(), value, high, hyphen["word"], "hyphen", noun, noun_end
            )
        if text[end : end + 1].isalpha():
            return None
    found = Amount(match.start(), end, value, high, whole, "money" if money else sort)
    return _followed(text, found, lex)


def _unit(text: str, end: int, money: bool, lex: Lexicon) -> tuple[str, int, str]:  # noqa: FBT001 - of one kind
    percent = PERCENT.match(text, end)
    if percent:
        points = percent["points"] or percent["points2"]
        return ("percentage points" if points else "%"), percent.end(), "percent"
    measure = None if money else lex.unit.match(text, end)
    if measure is None:
        return "", end, ""
    rate = lex.rate.match(text, measure.end())
    until = rate.end() if rate else measure.end()
    return re.sub(r"\s+", " ", text[end:until]).strip(), until, "measure"


OUT_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:(?:the|its|all|our|their)\s+)*(?=\d)")


def _followed(text: str, found: Amount, lex: Lexicon) -> Amount | None:
    """The number with what follows it: marks, how often, and the noun that it counts or is a share of."""
    end = found.end
    whole = OUT_OF.match(text, end) if not found.sort else None
    total = _expression()[0].match(text, whole.end()) if whole else None
    if total and amount(total["value"]) >= (found.value or 0):
        noun, noun_end = noun_after(text, total.end(), lex)
        if noun and text[total.end() : total.end() + 1] != "%":
            return found._replace(
                sort="count", unit=head_of(noun), noun=noun, noun_end=noun_end, end=total.end()
            )
    after = lex.after.match(text, end)
    if after:
        operator = means(
            "en_after", re.sub(r"\s+", " ", (after["word"] or "plus").casefold()), ">="
        )
        found, end = found._replace(operator=operator, end=after.end()), after.end()
    yearly = lex.yearly.match(text, end) if found.sort == "percent" else None
    if yearly:
        found, end = found._replace(value_type="growth"), yearly.end()
    rate = lex.rate.match(text, end) if found.sort == "money" else None
    if rate:
        found = found._replace(unit=f"{found.unit} {rate.group().strip()}", end=rate.end())
        end = rate.end()
    rate = lex.rate.match(text, end) if not found.sort else None
    if rate:
        said = re.sub(r"\s+", " ", rate.group()).strip()
        return found._replace(
            sort="bare", unit=f"{found.unit} {said}".strip(), end=rate.end(), noun_end=rate.end()
        )
    return _with_noun(text, found, end, lex)


def _with_noun(text: str, found: Amount, end: int, lex: Lexicon) -> Amount | None:
    if found.sort == "percent":
        changed = _change(text, found, end, lex)
        if changed:
            return changed
    if found.sort == "money":
        means_ = FOR.match(text, end)
        noun, noun_end = noun_after(text, means_.end() - 1, lex) if means_ else ("", end)
        verb = lex.verbs.get(noun.split(" ")[0].casefold())
        if noun and not (
            verb and verb.form == "base" and means_ and means_.group().strip().endswith("to")
        ):
            return found._replace(noun=noun, noun_end=noun_end, of=True)
    of = OF.match(text, end) if found.sort in ("percent", "measure", "money") else None
    at = of.end() - 1 if of else end
    noun, noun_end = noun_after(text, at, lex)
    if found.sort:
        return found._replace(noun=noun, noun_end=max(noun_end, found.end), of=of is not None)
    if noun and _many(noun, found):
        head = head_of(noun)
        rate = lex.rate.match(text, noun_end)
        unit = " ".join(
            part for part in (found.unit, head, rate.group().strip() if rate else "") if part
        )
        return found._replace(
            sort="count", noun=noun, noun_end=rate.end() if rate else noun_end, unit=unit
        )
    return found._replace(sort="bare", noun_end=found.end)


def _change(text: str, found: Amount, end: int, lex: Lexicon) -> Amount | None:
    """A number that is told as a change: 40% reduction in emissions, 20% less water."""
    match = re.compile(r"\s+").match(text, end)
    match = lex.change.match(text, match.end()) if match else None
    if match:
        of = OF_OR_IN.match(text, match.end())
        noun, noun_end = noun_after(text, of.end() - 1, lex) if of else ("", match.end())
        named = match.group().split()
        noun = noun or " ".join(named[:-1])
        return found._replace(value_type="change", noun=noun, noun_end=noun_end, of=True)
    less = re.compile(r"\s+(?:less|more|fewer|lower|higher|below|above)(?=\s|$)").match(text, end)
    if less:
        noun, noun_end = noun_after(text, less.end(), lex)
        return found._replace(value_type="change", noun=noun, noun_end=noun_end or less.end())
    return None


def _many(noun: str, found: Amount) -> bool:
    head = head_of(noun).casefold()
    many = (head.endswith("s") and not head.endswith(SINGULAR)) or head in PLURAL
    value = found.value or 0
    if noun.istitle() and not found.unit:
        # A street or a name: 3501 Civic Drive.
        return False
    return (many and value != 1) or value >= LARGE or (found.unit != "" and many)


def head_of(noun: str) -> str:
    """The last word of a noun phrase before its "of" or "and": what it counts."""
    return re.split(r"\s(?:of|and|&)\s", noun, maxsplit=1)[0].split(" ")[-1]


def noun_after(text: str, at: int, lex: Lexicon) -> tuple[str, int]:
    """The noun phrase that begins here, and where it ends; "" where none does."""
    found: list[str] = []
    end = at
    while len(found) < LONGEST_NOUN and (match := WORD.match(text, end)):
        if match["quote"]:
            end = match.end()
            continue
        word = match["word"]
        low = word.casefold()
        if low in ("of", "and", "&"):
            step = _joined(text, match.end(), lex) if found else 0
            if not step or (low == "of" and "of" in found):
                break
            found.append(low)
            end = step
            continue
        if (low in lex.stop and (found or not low.endswith("ed"))) or (
            low in words("en_number") and found
        ):
            break
        verb = lex.verbs.get(low)
        if (
            verb
            and verb.form == "base"
            and verb.does == "do"
            and found
            and found[-1].endswith("s")
            and _has_object(text, match.end())
        ):
            break
        found.append(word)
        end = match.end()
    if "and" in found and re.compile(r"\s+(?:about\s+|at\s+least\s+)?[\d$€£]").match(text, end):
        # "and forests 45%" begins what is next.
        found = found[: len(found) - 1 - found[::-1].index("and")]
        end = text.rindex(" and", at, end)
    while found and found[-1] in ("of", "and", "&"):
        found.pop()
    return " ".join(found), end if found else at


def _joined(text: str, at: int, lex: Lexicon) -> int:
    """Where to read on after "of" or "and"; 0 if what follows is no noun: a verb or another number."""
    the = re.compile(r"\s+(?:the|its|their|all|our)(?=\s)").match(text, at)
    at = the.end() if the else at
    match = WORD.match(text, at)
    if match is None or not match["word"]:
        return 0
    low = match["word"].casefold()
    verb = lex.verbs.get(low)
    acts = verb is not None and verb.form == "base" and not the and _has_object(text, match.end())
    return 0 if low in lex.stop or low in words("en_number") or acts else at


def _has_object(text: str, at: int) -> bool:
    """Whether what follows a word makes it a verb: something that it is done to."""
    return re.compile(r"\s+(?:\d|[$€£]|[A-Za-z])").match(text, at) is not None


def amount(written: str) -> float:
    """What a number in digits or in words is worth."""
    said = re.sub(r"\s+", " ", written.strip().casefold())
    if said[:1].isdigit():
        return float(re.sub(r"[, ]", "", said))
    if said in words("en_number"):
        return float(words("en_number")[said])
    return float(sum(float(means("en_number", part, "0")) for part in said.split("-")))
