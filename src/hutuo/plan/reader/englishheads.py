"""What an English plan says of itself, and how its lines and headings differ from those of a Chinese one."""

import re
from collections.abc import Sequence

from hutuo.plan.reader.englishwords import is_english
from hutuo.plan.reader.words import by_words, pattern
from hutuo.plan.reader.years import years_of

LONGEST_TITLE = 110
LONGEST_PHRASE = 60
# A heading has fewer words than a sentence that follows a number.
MOST_WORDS = 5
WRAPPED = range(50, 120)
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
NO_TITLE = re.compile(
    r"^(?:adopted|approved|prepared|issued|published|home|skip|this|the plan|table of|contents"
    r"|page)\b|[|>»]|[.;:,]$|@",
    re.IGNORECASE,
)
DONE_BY = re.compile(
    r"\b(?:Adopted|Approved|Issued|Published|Prepared|Endorsed|Released"
    r"|Ratified)\s+by\s+(?:the\s+)?(?P<who>[A-Z][\w'& ,.-]*?)"
    rf"(?=\s+(?:on|in|at|by)\s|\s*[,.;:(]?\s*(?:$|\d|(?:{MONTH})\b)|[;:(]|,\s)",
)
GENERIC = re.compile(
    r"^(?:Board|Council|City Council|County Council|Town Council|Assembly|Commission|Government"
    r"|Cabinet|Parliament|Regional Council|Regional Assembly|Municipal Council|Executive)\b"
)
PLACE = re.compile(
    r"^[A-Z][A-Za-z' -]*\b(?:County|City|Town|District|Region|Province|State|Borough|Municipality)$",
    re.IGNORECASE,
)
OF_PLACE = re.compile(
    r"^(?:Region|City|County|State|Town|Province|Municipality|Borough|District|Government"
    r"|Republic) of [A-Z][A-Za-z' -]{2,40}$",
    re.IGNORECASE,
)
ISSUED = re.compile(
    r"\b(?:adopted|approved|issued|published|endorsed|released|ratified|dated|effective|revised)\b",
    re.IGNORECASE,
)
DATED = re.compile(rf"^(?:\d{{1,2}}\s+)?(?:{MONTH})\s+(?:\d{{1,2}},?\s+)?(?:19|20)\d{{2}}$")
FUNCTION = re.compile(
    r"(?:,|\b(?:a|an|the|of|to|by|and|or|in|for|on|at|from|with|as|per|than|that|which|will|is|are|be"
    r"|no|least|below|its|their))$"
)
CONTINUES = re.compile(r"^(?:[a-z$€£(]|\d[\d,.]*\s*(?:%|[a-z]))")
BULLET = re.compile(r"^(?:[·*–—-]\s|[(]?[a-z\d]{1,2}[.)]\s)")


@by_words
def _named() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern('en_title')})\b", re.IGNORECASE)


def is_title(said: str) -> bool:
    """Whether a line is the title of a plan: it says so and is no sentence."""
    if not is_english(said) or len(said) > LONGEST_TITLE or NO_TITLE.search(said):
        return False
    words = [word for word in re.findall(r"[A-Za-z][\w'-]*", said) if len(word) > 3]  # noqa: PLR2004 - and, the
    return _named().search(said) is not None and all(word[:1].isupper() for word in words)


def heads_passage(said: str) -> bool:
    """Whether a line of English is the title of what follows: short, no sentence, bullet or label."""
    if not is_english(said) or len(said) > LONGEST_PHRASE or BULLET.match(said):
        return False
    return (
        said[-1] not in ".!?:;,"
        and ": " not in said
        and "\t" not in said
        and said[:1].isupper()
        and not re.search(r"\d", said)
    )


def issuer_in(lines: Sequence[str]) -> str | None:
    """Who adopted or issued a plan, as "Adopted by the Board" says, with its place before it."""
    for line in lines:
        found = DONE_BY.search(line) if is_english(line) else None
        if found is None:
            continue
        who = found["who"].strip(" ,.")
        whole = next((one for one in lines if OF_PLACE.match(one) and one != line), None)
        if whole and GENERIC.match(who):
            return whole.title().replace(" Of ", " of ") if whole.isupper() else whole
        place = next((one for one in lines if PLACE.match(one) and one != line), None)
        if place and GENERIC.match(who):
            named = place.title() if place.isupper() else place
            return who if " of the " in who or named in who else f"{named} {who}"
        return who
    return None


def tells_issue(line: str) -> bool:
    """Whether a day in an English line is that of the issue: it says so, or stands alone."""
    return ISSUED.search(line) is not None or DATED.match(line.strip("() .")) is not None


def goes_on(line: str, after: str, gap: str) -> bool:
    """Whether an English line that was cut at a margin goes on in the next one.

    Args:
        line: The line.
        after: The next line.
        gap: What stands between them.
    """
    if gap.count("\n") != 1 or line[-1:] in ".!?:;" or BULLET.match(after) or "\t" in line + after:
        return False
    if not is_english(line) and not is_english(after):
        return False
    if CONTINUES.match(after) or FUNCTION.search(line):
        return True
    return len(line) in WRAPPED and after[-1:] in ".!?;:" and not BULLET.match(line)


def titled(said: str) -> tuple[str, bool]:
    """The title that an English heading begins with, and whether text follows it in the line."""
    stop = re.search(r"[!?]|\.(?=\s|$)|(?<=[a-z]):\s", said)
    words = len((said[: stop.start()] if stop else said).split())
    if stop is None and len(said) <= LONGEST_TITLE:
        return said, False
    rest = said[stop.end() :].strip() if stop else ""
    if stop and stop.start() <= LONGEST_PHRASE and (rest or words <= MOST_WORDS):
        return said[: stop.start()], bool(rest)
    return phrase(said), True


def phrase(said: str) -> str:
    """The words that a passage begins with, to the first mark, cut between words."""
    said = re.sub(r"^[·*–—-]\s+", "", said)
    found = re.split(r"[,;:.]\s|[.]$", said.split("\t")[0], maxsplit=1)[0]
    if len(found) <= LONGEST_PHRASE:
        return found
    return found[:LONGEST_PHRASE].rpartition(" ")[0] or found[:LONGEST_PHRASE]


LABEL = re.compile(r"^\W*[A-Z][\w /]{1,25}:\s")


def is_labelled(said: str) -> bool:
    """Whether a line gives a value under a label: "Target: 4,500 inspections"."""
    return LABEL.match(said) is not None


@by_words
def _due() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{pattern('en_due')})\s*[:=-]", re.IGNORECASE)


def due_in(said: str) -> int | None:
    """The year that a line gives as that by which what stands about it is due; None if it is no such line."""
    years = years_of(said) if _due().match(said) else []
    return years[-1].year if years else None
