"""Lines cut at a margin made whole again: one paragraph a line, as it was before it was printed.

Whether a break is the margin's or the writer's is seen by what comes next: a program that wraps breaks
only where the first word of the next line would not have fitted. So a line goes on in the next if that word
did not fit, unless the next begins a paragraph of its own: by a number, a bullet or an indent.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

# Characters that fill two columns; quotes, dashes and dots do in Chinese text.
WIDE = re.compile(
    "[\u1100-\u115f\u2014\u2018\u2019\u201c\u201d\u2026\u2460-\u24ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003fffd]"
)
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
ENDS, PAUSES = "。！？!?", "；：;:"
CLOSES = "”’）】》〉」』〕)]\"'"
HANGS = re.compile(r"[，。、；：！？”）》,.;:]$")
# What a line may neither begin nor end with moves a break by itself.
TOKEN = re.compile(
    r"[“‘（【《〈「『〔(\[]*(?:[^\s\u2e80-\U0003fffd]+|\S)[、，。；：！？,.;:!?…—%％”’）】》〉」』〕)\]]*"
)
_COUNT = "[一二三四五六七八九十百零〇○]{1,5}"
MARK = re.compile(
    rf"\s*(?:第(?:{_COUNT}|\d{{1,3}})[编章节条篇]|{_COUNT}[、．]|[（(](?:{_COUNT}|\d{{1,2}}|[a-z]|[ivx]{{1,4}})[)）]"
    r"|\d{1,2}(?:\.\d{1,2}){0,3}[.、．)）](?!\d)|\d{1,2}(?:\.\d{1,2}){1,3}\s|[①-⑳]|[•●■◆○▪□➢✓·※]|[-–*—]\s"
    r"|(?:专栏|附件|附表|附图|图|表)\s?[\d一二三四五六七八九十]|(?:Chapter|Section|Part|Box|Annex|Table|Figure)\s[\dIVX]+\b)"
)
# First halves of words that are written with a hyphen.
HYPHENING = {
    "all", "cross", "first", "full", "high", "large", "long", "low", "medium", "mid", "near", "non", "post",
    "self", "short", "single", "small", "well", "zero",
}  # fmt: skip
# Narrower is no page: a list of names has lines of one length too.
NARROWEST, WIDEST = 40, 240
# Shares of the lines: those that would be joined in a wrapped text; those too wide to count; full ones that
# end a sentence, which are nearly all where a line is a paragraph.
JOINED, OUTLIERS, ENDED = 0.3, 0.02, 0.5
FEWEST = 3
# Full lines among all, from which paragraphs are so long that a sentence at the margin hardly ends one; and
# those exactly as wide as the margin among full ones, where words were cut as well.
LONG, EXACT = 0.7, 0.95
INDENT = 1.5
# Lines cut by hand: columns from which one counts, and how far their widths may lie apart, as a share.
RAGGED, SPREAD = 30, 0.25
INDENTED = (0.03, 0.7)
SAME_SIZE = 1.08


class Line(NamedTuple):
    """A line as it stands on a page.

    Attributes:
        text: Its words; "" is a gap between paragraphs.
        left: Where it begins, in columns of half the width of a Chinese character.
        right: Where it ends.
        size: Size of its letters; 0 if it is not known.
        margin: Where its column of text ends; 0 for the margin of all lines.
        hang: How wide the mark at its end is, which may stand beyond the margin.
    """

    text: str
    left: float
    right: float
    size: float = 0
    margin: float = 0
    hang: float = 0


def unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines with those joined that were cut at a margin; as they were if none was.

    Args:
        lines: Lines of a text without their ends.

    Returns:
        Lines in the same order. Nothing but white space at a joint and a hyphen that cut a word is left out.
    """
    # Programs that wrap count columns; simple ones count characters, and cut each line at the same.
    placed = [_placed(line, len) for line in lines]
    margin = _margin(placed, NARROWEST // 2)
    if not (margin and _going(placed, margin) and _style(placed, margin).exact):
        placed = [_placed(line, width) for line in lines]
        margin = _margin(placed, NARROWEST)
    if margin and _going(placed, margin):
        return whole(placed, margin)
    usual = _ragged_width(placed)
    return _ragged(placed, usual) if usual else list(lines)


def whole(lines: Sequence[Line], margin: float) -> list[str]:
    """Paragraphs of lines that are known to be cut at a margin."""
    style = _style(lines, margin)
    made: list[list[Line]] = []
    for line in lines:
        if made and _goes_on(made[-1], line, margin, style):
            made[-1].append(line)
        else:
            made.append([line])
    words = _words(lines)
    return [_glued([line.text for line in paragraph], words, style) for paragraph in made]


def _ragged_width(lines: Sequence[Line]) -> float:
    """The usual width of lines that were cut at about the same width, as by hand; 0 if they were not.

    A line that is a paragraph ends its sentence, however long it is; of lines that were cut most do not.
    """
    long = [
        one
        for one in lines
        if HAN.search(one.text) and "\t" not in one.text and one.right - one.left >= RAGGED
    ]
    open_ = sorted(one.right - one.left for one in long if not _ends(one.text, ENDS + PAUSES))
    there = sum(1 for one in lines if one.text)
    if len(open_) < max(FEWEST, JOINED * there, ENDED * len(long)):
        return 0
    tenth = len(open_) // 10
    usual = open_[len(open_) // 2]
    return usual if open_[-1 - tenth] - open_[tenth] <= SPREAD * usual else 0


def _ragged(lines: Sequence[Line], usual: float) -> list[str]:
    """Paragraphs of lines cut at about one width: one goes on unless it is short or ends a sentence."""
    made: list[list[str]] = []
    for before, line in pairwise([Line("", 0, 0), *lines]):
        goes_on = (
            before.right - before.left >= (1 - SPREAD) * usual
            and line.text
            and not _ends(before.text, ENDS + PAUSES)
            and not MARK.match(line.text)
            and line.left <= before.left + INDENT
        )
        if made and goes_on:
            made[-1].append(line.text)
        else:
            made.append([line.text])
    return [_glued(paragraph, set(), _Style()) for paragraph in made]


def joint(before: str, after: str) -> str:
    """What stands between two pieces of a text in place of a break: a space between words, else nothing."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    left, right = before[-1], after[0]
    if WIDE.match(left) or WIDE.match(right):
        return "" if _chinese(left) or _chinese(right) else " "
    if left in "-–—/" and right.isdigit():
        return ""
    return " "


def width(text: str) -> int:
    """Columns that a text fills, a Chinese character two of them."""
    return len(text) + len(WIDE.findall(text))


class _Style(NamedTuple):
    """How paragraphs are told apart: by indents, by gaps, by lines that end early; and how lines were cut."""

    body: float = 0
    indents: bool = False
    gaps: bool = False
    long: bool = False
    exact: bool = False


def _placed(line: str, measure: Callable[[str], int]) -> Line:
    bare = line.strip()
    left = measure(line[: len(line) - len(line.lstrip())].expandtabs(8)) if bare else 0
    hanging = HANGS.search(bare)
    hang = measure(hanging[0]) if hanging else 0
    return Line(line if bare else "", left, left + measure(bare), hang=hang)


def _margin(lines: Sequence[Line], narrowest: float) -> float:
    """The width that all lines but a few keep to; 0 if it is none of a page."""
    # Marks may hang over the margin, as they must not begin a line.
    rights = sorted(line.right - line.hang for line in lines if line.text)
    if len(rights) <= FEWEST:
        return 0
    found = rights[-1 - int(len(rights) * OUTLIERS)]
    return found if narrowest <= found <= WIDEST else 0


def _going(lines: Sequence[Line], margin: float) -> int:
    """How many lines go on in the next; 0 if so few do that the text was not wrapped."""
    full = _full(lines, margin)
    going = sum(not _ends(line.text, ENDS + PAUSES) for line in full)
    there = sum(1 for line in lines if line.text)
    enough = going >= max(FEWEST, JOINED * there) and going >= (1 - ENDED) * len(full)
    return going if enough else 0


def _full(lines: Sequence[Line], margin: float) -> list[Line]:
    """Lines after which the margin, and not a new item, made a break."""
    return [
        one
        for one, after in pairwise(lines)
        if _is_full(one, after, margin) and not MARK.match(after.text)
    ]


def _is_full(line: Line, after: Line, margin: float) -> bool:
    """Whether the first word of the next line had no room on this one."""
    # Tabs part the cells of a table.
    if not line.text or not after.text or "\t" in line.text.strip() + after.text.strip():
        return False
    edge = line.margin or margin
    bare = after.text.lstrip()
    word = TOKEN.match(bare)
    first = word[0] if word else bare[:1]
    return line.right + len(joint(line.text.rstrip(), first)) + width(first) > edge + 0.5


def _ends(text: str, marks: str = ENDS) -> bool:
    bare = text.rstrip().rstrip(CLOSES)
    return bare.endswith(tuple(marks)) or (bare.endswith(".") and not bare[-2:-1].isdigit())


def _style(lines: Sequence[Line], margin: float) -> _Style:
    """What the lines have in common; the body begins where nearly all lines do."""
    lefts = sorted(line.left for line in lines if line.text)
    if not lefts:
        return _Style()
    body = lefts[len(lefts) // 20]
    share = sum(left > body + INDENT for left in lefts) / len(lefts)
    blank = sum(not line.text for line in lines)
    full = _full(lines, margin)
    exact = sum(margin in (line.right, line.right - line.hang) for line in full)
    low, high = INDENTED
    return _Style(
        body,
        indents=low <= share <= high,
        gaps=blank >= low * len(lefts),
        long=len(full) >= LONG * len(lefts),
        exact=any(HAN.search(line.text) for line in lines) and exact >= EXACT * len(full) > 0,
    )


def _goes_on(paragraph: list[Line], after: Line, margin: float, style: _Style) -> bool:
    last, first = paragraph[-1], paragraph[0]
    if not _is_full(last, after, margin) or MARK.match(after.text):
        return False
    if last.size and after.size and not 1 / SAME_SIZE < last.size / after.size < SAME_SIZE:
        return False
    return _stands_below(paragraph, first, after) and (
        not _ends(last.text) or _told_apart(paragraph, after, style)
    )


def _stands_below(paragraph: list[Line], first: Line, after: Line) -> bool:
    """Whether a line begins where lines of this paragraph do."""
    last = paragraph[-1]
    if after.margin != last.margin:
        # The next column or page: only its own lines would tell.
        return True
    if len(paragraph) > 1 and paragraph[-2].margin == last.margin:
        return abs(after.left - last.left) <= INDENT
    return after.left <= first.left + INDENT or bool(MARK.match(first.text))


def _told_apart(paragraph: list[Line], after: Line, style: _Style) -> bool:
    """Whether a new paragraph would have shown: a sentence that ends at the margin is no sign of one."""
    if style.indents:
        several = len(paragraph) > 1 or MARK.match(paragraph[0].text)
        edge = style.body if several else paragraph[0].left - 2 * INDENT
        return after.left <= edge + INDENT
    return style.gaps or style.long


def _words(lines: Sequence[Line]) -> set[str]:
    """Words of the lines in lower case, those with a hyphen within a line as one, but for cut ones."""
    return {
        word.lower()
        for line in lines
        for word in re.findall(
            r"[A-Za-z]+(?:-[A-Za-z]+)*(?![A-Za-z]*[-\u2010\ufffe\xad]$)", line.text
        )
    }


def _keeps_hyphen(left: str, right: str, words: set[str]) -> bool:
    """Whether a hyphen at the end of a line is the word's own."""
    left, right = left.lower(), right.lower()
    if f"{left}-{right}" in words or left in HYPHENING:
        return True
    return left in words and right in words and left + right not in words


def _glued(pieces: Iterable[str], words: set[str], style: _Style) -> str:
    made = ""
    for piece in pieces:
        if not made:
            made = piece
            continue
        made, bare = made.rstrip(), piece.strip()
        cut = re.search(r"([A-Za-z]+)[-\u2010\ufffe\xad]$", made)
        rest = re.match(r"[a-z]+", bare)
        if cut and rest:
            keeps = _keeps_hyphen(cut[1], rest[0], words)
            made = made[:-1] + "-" * keeps + bare
        elif style.exact or _cut_word(made, bare):
            made += bare
        else:
            made += joint(made, bare) + bare
    return made


def _cut_word(before: str, after: str) -> bool:
    """Whether a number of a Chinese text, or an address, was cut in two."""
    if "://" in before[before.rfind(" ") + 1 :] and after[:1].isascii():
        return True
    cut = re.search(r"\d[.,]?$", before) and re.match(r"\d|(?<!\d)[A-Z%.]", after)
    return bool(cut) and bool(HAN.search(before[-12:]) or HAN.search(after[:12]))


def _chinese(letter: str) -> bool:
    return bool(WIDE.match(letter)) and letter not in "\u2014\u2018\u2019\u201c\u201d\u2026"
