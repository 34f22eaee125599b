"""The outline of a plan document: its clauses, by its own numbering, each character in one of them.

A line is a paragraph. A heading is a line that begins with a number in one of the styles below and goes on
from the number before it; a paragraph under a heading is a clause of its own (一(四)¶3), its title the short
sentence that it begins with. What stands before the title and after the last words of the plan (notices,
menus, links) belongs to no clause.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hutuo.plan.reader import englishheads
from hutuo.plan.reader.englishwords import is_english
from hutuo.plan.reader.fallen import Block, blocks_of
from hutuo.plan.reader.lines import Line, lines_of
from hutuo.plan.reader.runs import runs_of
from hutuo.plan.reader.words import numeral, words

HAN = "一二三四五六七八九十百"
LONGEST_TITLE = 45
LONGEST_RUN_IN = 30
LONGEST_PHRASE = 24
# A number may be left out where a document is an excerpt.
GAP = 3


class Style(NamedTuple):
    """One way to number headings; rank says which stands above which.

    Attributes:
        name: What it is called here.
        rank: The lower, the higher in the outline.
        pattern: What a line begins with; its first group is the number.
        mark: How the number is written in a clause's id.
        strong: Whether a number is believed that does not begin at one or go on.
        alone: Whether the number by itself names the clause, without those above it.
    """

    name: str
    rank: float
    pattern: re.Pattern[str]
    mark: str
    strong: bool = False
    alone: bool = False


def _style(
    name: str, rank: float, pattern: str, mark: str, *, strong: bool = False, alone: bool = False
) -> Style:
    return Style(name, rank, re.compile(pattern), mark, strong, alone)


# Goal 2, Objective 2.1, Policy HO-3: words go on in a capital, else it is a sentence that begins so.
ENGLISH = r"(?:{})\s+(\d+(?:\.\d+)*|[A-Z]{{1,4}}-?\d+(?:\.\d+)*|[A-Z])(?![\w-])(?!\s+[a-z])[.:]?"
STYLES = (
    _style(
        "annex",
        0,
        r"(?:附件|附录|附表)\s*([一二三四五六七八九十\d]*)(?=[:\s]|$)",
        "附件{}",
        strong=True,
    ),
    _style("part", 1, rf"第\s*([{HAN}\d]+)\s*[编篇]", "{whole}", strong=True),
    _style("part", 1, rf"第\s*([{HAN}\d]+)\s*部分", "{whole}", strong=True),
    _style(
        "part", 1, r"(?:PART|Part)\s+(\d+|[IVX]+)\b(?!\s+[a-z])[.:]?", "{word} {}", strong=True
    ),
    _style("chapter", 2, rf"第\s*([{HAN}\d]+)\s*章", "第{}章", strong=True),
    _style(
        "chapter",
        2,
        r"(?:CHAPTER|Chapter)\s+(\d+|[IVX]+)\b(?!\s+[a-z])[.:]?",
        "{word} {}",
        strong=True,
    ),
    _style("section", 3, rf"第\s*([{HAN}\d]+)\s*节", "第{}节", strong=True),
    _style(
        "section",
        3,
        r"(?:SECTION|Section)\s+(\d+)(?![.\d]|\s+[a-z])[.:]?",
        "{word} {}",
        strong=True,
    ),
    _style(
        "article", 4, rf"第\s*([{HAN}\d]+)\s*条(?=\s|[^款例])", "第{}条", strong=True, alone=True
    ),
    *(
        _style(named[0].casefold(), rank, ENGLISH.format("|".join(named)), "{word} {}")
        for rank, named in (
            (3.8, ("Article", "ARTICLE")),
            (4, ("Goal", "GOAL", "Priority", "Theme", "Pillar")),
            (4.1, ("Objective", "OBJECTIVE", "Target", "Strategy")),
            (4.2, ("Policy", "POLICY")),
            (4.3, ("Action", "ACTION", "Measure", "Initiative")),
        )
    ),
    _style("roman", 4.5, r"([IVX]+)\.\s", "{}"),
    _style("capital", 4.7, r"([A-HJ-UW-Z])\.\s+(?=[A-Z])", "{}"),
    _style("han", 5, rf"([{HAN}]+)\s*[、.]", "{}", strong=True),
    _style("han_paren", 6, rf"[(]\s*([{HAN}]+)\s*[)]\s*[、.]?", "({})", strong=True),
    _style("decimal3", 7.3, r"(\d{1,2}\.\d{1,2}\.\d{1,2})[.]?(?=\s|[^\d.%])", "{}", alone=True),
    _style("decimal2", 7.2, r"(\d{1,2}\.\d{1,2})[.]?(?=\s+[^\d\sa-z])", "{}", alone=True),
    _style("arabic", 7, r"(\d{1,2})\s*[.、](?!\d)", "{}"),
    _style("double", 2.5, r"(0\d)\s+(?=[一-鿿A-Z])", "{}"),
    _style("arabic", 7, r"(\d{1,2})\s+(?=[A-Z][a-z]+)", "{}"),
    _style("arabic_paren", 8, r"[(]\s*(\d{1,2})\s*[)]", "({})"),
    _style("circled", 9, r"([①-⑳])", "{}"),
    _style("letter", 9.2, r"\(([a-z])\)\s", "({})"),
)
HASHES = re.compile(r"(#{1,6})\s+")
# Lines at most before an English title.
FRONT = 15
ENDS = "。!?;:.…"
SENTENCE = re.compile(r"[。!?]|\.(?=\s|$)")
PHRASE = re.compile(r"[,、。;:]")
LEADERS = re.compile(r"[.…·\s]*\d*\s*$")


class Heading(NamedTuple):
    """A numbered line: its style, number, and where its words begin."""

    line: Line
    style: Style
    number: int
    mark: str
    title: str
    run_in: bool


class Clause(NamedTuple):
    """One clause.

    Attributes:
        id: Number as the document gives it, those above it first.
        parent: Clause that it stands under; None at the top.
        level: Depth, 1 for a chapter.
        title: Its heading, or the phrase that its paragraph begins with.
        text: Its own words, without its heading and without clauses below it.
        start: Where it begins in the document, in characters.
        end: Where it ends: where the next clause begins.
        has_text: False where a heading stands without any words below it.
    """

    id: str
    parent: str | None
    level: int
    title: str
    text: str
    start: int
    end: int
    has_text: bool


class Body(NamedTuple):
    """The part of a document that is the plan: its lines, its headings, its tables that came apart."""

    start: int
    end: int
    lines: tuple[Line, ...]
    headings: dict[int, Heading]
    tables: list[Block]


def clauses_of(text: str, body: Body) -> list[Clause]:
    """The clauses of a plan; together they hold each character of its body once, in order."""
    drafts = list(_drafts(body))
    if not drafts:
        return []
    ends = [draft.start for draft in drafts[1:]] + [body.end]
    found = [
        draft._replace(end=end, text=text[draft.end : end].strip())
        for draft, end in zip(drafts, ends, strict=True)
    ]
    filled = {one.id for one in found if one.text}
    above = {one.parent for one in found}
    return [one._replace(has_text=one.id in filled or one.id in above) for one in found]


def body_of(text: str, titles: Sequence[str] = ()) -> Body:
    """Where the plan stands in a document.

    Args:
        text: The document, a paragraph a line.
        titles: Titles that the plan is known to have, as a notice around it says.
    """
    lines = lines_of(text)
    headings = _headings(lines)
    first = _first(lines, headings)
    begin = title_line(lines[:first], titles)
    last = _last(lines, max([first, *headings]) if headings else len(lines) - 1)
    kept = tuple(lines[begin:last])
    inside = {at - begin: one for at, one in headings.items() if first <= at < last}
    if not kept:
        return Body(0, 0, (), {}, [])
    found = blocks_of(kept)
    found += runs_of(kept, found)
    tables = [one for one in found if inside.keys().isdisjoint(range(one.first, one.last + 1))]
    return Body(kept[0].start, kept[-1].end, kept, inside, tables)


def title_line(lines: Sequence[Line], titles: Sequence[str] = ()) -> int:
    """Which of the lines before the first heading is the plan's title; 0 if none looks like one."""
    for at in reversed(range(len(lines))):
        if _bare(lines[at].words) in {_bare(title) for title in titles}:
            return at
    named = re.compile("(?:" + "|".join(map(re.escape, words("title"))) + r")(?:[(][^)]*[)])*$")
    for at in reversed(range(len(lines))):
        said = lines[at].words.lstrip("#").strip()
        if (
            len(said) <= LONGEST_TITLE
            and named.search(said)
            and not said.startswith(("关于", "《"))
        ):
            return at
    for at in range(min(len(lines), FRONT)):
        if englishheads.is_title(lines[at].words.lstrip("#").strip()):
            return at
    return 0


def _bare(title: str) -> str:
    """A title without spaces, brackets and what is said in them."""
    return re.sub(r"\s|[(][^)]*[)]|[《》#]", "", title)


def _first(lines: Sequence[Line], headings: dict[int, Heading]) -> int:
    """The line of the first heading; a table of contents before it says the same words once more."""
    if not headings:
        return len(lines)
    first = min(headings)
    words_ = _listed(lines[first].words)
    again = [at for at in range(first + 1, len(lines)) if _listed(lines[at].words) == words_]
    for at in list(headings):
        if again and at < again[0]:
            del headings[at]
    return again[0] if again else first


def _listed(heading: str) -> str:
    """A heading as a table of contents lists it, without dots and page."""
    return re.sub(r"\s", "", LEADERS.sub("", heading))


def _last(lines: Sequence[Line], last_heading: int) -> int:
    """Line after the plan's last: menus and links of a web page come after the last heading."""
    furniture = tuple(words("furniture"))
    for at in range(last_heading + 1, len(lines)):
        if lines[at].words.startswith(furniture):
            return at
    return len(lines)


def _headings(lines: Sequence[Line]) -> dict[int, Heading]:
    """Which lines are headings: those whose numbers begin or go on."""
    found: dict[int, Heading] = {}
    stack: list[Heading] = []
    latest: dict[str, int] = {}
    for at, line in enumerate(lines):
        heading = _heading(line)
        if heading is None:
            continue
        above = [one for one in stack if one.style.rank < heading.style.rank]
        same = next((one for one in stack if one.style.rank == heading.style.rank), None)
        # Items may be counted on through the sections: 1. 2. (二) 3. 4.
        counted_on = latest.get(heading.style.name) == heading.number - 1 and bool(above)
        if counted_on or _goes_on(heading, same):
            latest[heading.style.name] = heading.number
            found[at] = heading
            stack = [*above, heading]
    return _untitled(found)


def _untitled(headings: dict[int, Heading]) -> dict[int, Heading]:
    """The headings without a title of the document that is marked as a heading: the only one of its depth."""
    marked = [at for at, one in headings.items() if one.style.rank < 0]
    ranks = [headings[at].style.rank for at in marked]
    numbered = len(marked) < len(headings)
    alone = {
        at
        for at in marked
        if ranks.count(headings[at].style.rank) == 1 and (numbered or at == marked[0])
    }
    return {at: one for at, one in headings.items() if at not in alone}


def _goes_on(heading: Heading, before: Heading | None) -> bool:
    if heading.number in (0, 1):
        return True
    if before is None:
        return heading.style.strong and len(heading.line.words) > len(heading.mark)
    if heading.style.alone or heading.style.strong:
        return True
    return 0 < heading.number - before.number <= GAP


def _heading(line: Line) -> Heading | None:
    """The line as a heading, if it begins with a number."""
    said, at = line.words, 0
    hashes = HASHES.match(said)
    if hashes:
        at = hashes.end()
    for style in STYLES:
        match = style.pattern.match(said, at)
        if match is None:
            continue
        word = match.group().split()[0] if "{word}" in style.mark else ""
        whole = re.sub(r"\s", "", match.group())
        mark = style.mark.format(re.sub(r"\s", "", match.group(1)), word=word, whole=whole)
        title, run_in = _titled(said[match.end() :].strip(" \t.:-"))
        return Heading(
            line, style, numeral(match.group(1).rpartition(".")[2]), mark, title, run_in
        )
    if hashes:
        depth = len(hashes.group(1))
        style = Style(f"hash{depth}", -10 + depth, HASHES, "", strong=True, alone=True)
        return Heading(line, style, 0, said[at:].strip(), said[at:].strip(), run_in=False)
    return None


def _titled(said: str) -> tuple[str, bool]:
    """The title that a line of this text begins with, and whether text follows it in the line."""
    if is_english(said):
        return englishheads.titled(said)
    stop = SENTENCE.search(said)
    if stop is None and len(said) <= LONGEST_TITLE:
        return said, False
    if stop and stop.start() <= LONGEST_RUN_IN:
        return said[: stop.start()], bool(said[stop.end() :].strip())
    phrase = PHRASE.split(said, maxsplit=1)[0]
    return phrase[:LONGEST_PHRASE], True


def _drafts(body: Body) -> Iterator[Clause]:
    """Clauses with where they begin and where their own words begin (as ``end``), in order."""
    stack: list[tuple[float, str]] = []
    taken: set[str] = set()
    paragraphs: dict[str, int] = {}
    tables = {one.first: one.last for one in body.tables}
    at = min(
        body.headings, default=len(body.lines) if _is_chinese(body) else min(1, len(body.lines))
    )
    if at > 0 and body.lines:
        name = "序" if _is_chinese(body) else "Preamble"
        taken.add(name)
        first = body.lines[0]
        yield Clause(name, None, 1, name, "", first.start, first.end, has_text=True)
    while at < len(body.lines):
        line, heading = body.lines[at], body.headings.get(at)
        if heading is not None:
            stack = [one for one in stack if one[0] < heading.style.rank]
            above = stack[-1][1] if stack else None
            name = _unique(_named(heading, above), taken)
            stack.append((heading.style.rank, name))
            title, begins = heading.title, _text_start(line, heading)
            if not title and _is_title(body, at + 1):
                at += 1
                title, begins = body.lines[at].words, body.lines[at].end
            yield Clause(name, above, len(stack), title, "", line.start, begins, has_text=True)
            at += 1
            while (
                heading.run_in
                and at < len(body.lines)
                and at not in body.headings
                and _wraps(body, at - 1)
            ):
                at += 1
            continue
        above = stack[-1][1] if stack else None
        paragraphs[above or ""] = paragraphs.get(above or "", 0) + 1
        name = _unique(f"{above or ''}¶{paragraphs[above or '']}", taken)
        last = _passage(body, at, tables)
        title, begins = _run_in(body.lines[at : last + 1])
        yield Clause(name, above, len(stack) + 1, title, "", line.start, begins, has_text=True)
        at = last + 1


def _is_title(body: Body, at: int) -> bool:
    """Whether a line is the title of a number that stands alone in the line before it."""
    if at >= len(body.lines) or at in body.headings:
        return False
    said = body.lines[at].words
    return len(said) <= LONGEST_TITLE and said[-1] not in ENDS + ",、" and "\t" not in said


def _named(heading: Heading, above: str | None) -> str:
    if heading.style.alone or above is None:
        return heading.mark
    space = (
        " "
        if heading.mark[:1].isascii() and heading.mark[:2].isalpha() and above[-1:].isascii()
        else ""
    )
    return f"{above}{space}{heading.mark}"


def _unique(name: str, taken: set[str]) -> str:
    """The name, or with a count where a document gives the same number twice."""
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}~{count}"
    taken.add(found)
    return found


def _text_start(line: Line, heading: Heading) -> int:
    """Where a heading's own words begin: after its title, or with it where the line is no title at all."""
    if not heading.run_in:
        return line.end
    at = line.words.index(heading.title) + len(heading.title) if heading.title else 0
    stop = SENTENCE.match(line.words, at)
    if stop:
        return line.start + stop.end()
    return line.start + at - len(heading.title)


def _passage(body: Body, at: int, tables: Mapping[int, int]) -> int:
    """Last line of the passage that begins here: rows of a table, or a title alone with what follows it.

    Args:
        body: The document.
        at: The line.
        tables: Last line of each table that came apart, by its first.
    """
    last = tables.get(at, at)
    if last > at:
        return last
    rows = "\t" in body.lines[at].words
    alone = (
        len(body.lines[at].words) <= LONGEST_RUN_IN
        and body.lines[at].words[-1] not in ENDS + ",、"
    )
    if is_english(body.lines[at].words):
        alone = englishheads.heads_passage(body.lines[at].words)
    while last + 1 < len(body.lines) and last + 1 not in body.headings:
        follows = "\t" in body.lines[last + 1].words
        if alone and last == at and last + 1 in tables:
            return tables[last + 1]
        if last + 1 in tables:
            break
        if (rows and follows) or (last == at and alone) or _wraps(body, last):
            rows = rows or follows
            last += 1
        else:
            break
    return last


def _wraps(body: Body, at: int) -> bool:
    """Whether a line of English was cut at a margin and goes on in the next."""
    line, after = body.lines[at], body.lines[at + 1]
    return after.start - line.end == 1 and englishheads.goes_on(line.words, after.words, "\n")


def _run_in(lines: Sequence[Line]) -> tuple[str, int]:
    """Title of a passage, and where its own words begin."""
    first = lines[0]
    wrapped = len(lines) > 1 and englishheads.goes_on(first.words, lines[1].words, "\n")
    if len(lines) > 1 and "\t" not in first.words and not wrapped:
        return first.words, first.end
    if is_english(first.words):
        return englishheads.phrase(first.words), first.start
    stop = SENTENCE.search(first.words)
    if stop and stop.start() <= LONGEST_RUN_IN and first.words[stop.end() :].strip():
        return first.words[: stop.start()].strip(" —-·"), first.start + stop.end()
    phrase = PHRASE.split(first.words, maxsplit=1)[0].split("\t")[0]
    return phrase[:LONGEST_PHRASE], first.start


def _is_chinese(body: Body) -> bool:
    return any("一" <= letter <= "鿿" for line in body.lines[:20] for letter in line.words[:50])
