"""PDF files with text as lines: running heads and page numbers off, lines of a paragraph joined again.

PDFium reads them, in a process of its own: it is C, and a broken file may end it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from hutuo.base.apart import Room, run
from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.plan.papers.wrapping import HAN, HANGS, WIDE, Line, whole
from hutuo.progress import report

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

ROOM = Room(memory=1 << 30, seconds=120, libraries=("pypdfium2", "hutuo.plan.papers.pdffiles"))
MOST_PAGES = 3_000
MOST_CHARS = 8_000_000
# Bands of a page, as shares of its height, in which running heads and page numbers stand.
BAND = 0.14
# Running heads stand on so many pages, and on such a share: odd and even pages may have their own.
FEWEST_PAGES, RUNNING = 3, 0.3
SAME_PLACE = 4.0
PAGE_NUMBER = re.compile(
    r"[-–—_·•~\s]*(?:第\s*)?(?:Page\s*)?(\d{1,4}|[ivxlc]{1,7})(?:\s*页)?"
    r"(?:\s*(?:[/／]|of|共|[,，]\s*共)\s*\d{1,4}(?:\s*页)?)?[-–—_·•~\s]*",
    re.IGNORECASE,
)
LEADERS = re.compile(r"(?:[.…·・‥⋯。]\s*){4,}[-–—\s]*(?:\d{1,4}|[ivxl]{1,6})[-–—\s]*$")
# Forms that look the same and come out of fonts in place of characters: 目 as a radical.
RADICALS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
UNKNOWN = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
MOST_UNKNOWN = 0.2
# Letters a page, with fewer of which a file is a scan; lines with which a column has edges of its own.
SCANNED, SEVERAL = 2, 10
CONTENTS = re.compile(r"\s*(?:目\s*[录次]|(?:table of )?contents)\s*", re.IGNORECASE)
# In sizes of a letter: what parts two cells; what parts two lines; what parts two paragraphs, of usual lines.
CELL_GAP, LINE_SHIFT, PARAGRAPH_GAP = 0.8, 0.5, 1.6
# More gaps among the letters of a line and it is spread over its width, as titles are.
SPREAD = 0.4
# Of a gap between cells: what parts two words where no space is written.
WORD_GAP = 0.2
HALF_LEFT, HALF_RIGHT = "，。、；：！？）》】」』”", "（《【「『“"
CUTS = ("\ufffe", "\x02")
COLUMN, CROSSING = 0.3, 0.2


class Print(NamedTuple):
    """What a PDF holds: paragraphs, the number of its pages, and those without text."""

    lines: list[str]
    pages: int
    bare: tuple[int, ...]


class Piece(NamedTuple):
    """A line on a page, in points from its lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    height: float
    size: float


class Sheet(NamedTuple):
    """A page: its size and its lines in reading order."""

    width: float
    height: float
    pieces: list[Piece]


def lines_of(path: Path) -> Print:
    """The words of a PDF by page in order, one paragraph a line.

    Running heads, page numbers and tables of contents are left out. Cells of a line of a table are apart by
    tabs.

    Raises:
        BadInput: It is encrypted, broken, or a scan without text.
    """
    return run(path.name, ROOM, read, path)


def read(path: Path) -> Print:
    """What :func:`lines_of` gives, in this process."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        raise _unread(path.name, str(error)) from error
    with document:
        pages = len(document)
        if not 0 < pages <= MOST_PAGES:
            says = Text(f"{path.name}有{pages:,}页", f"{path.name} has {pages:,} pages")
            most = f"{MOST_PAGES:,}"
            hint = Text(f"应为1至{most}页;请拆分文件", f"at least one, at most {most}; split it")
            raise BadInput(says, hint=hint)
        try:
            sheets = list(_sheets(document, path.name))
        except PdfiumError as error:
            raise _unread(path.name, str(error)) from error
    own = without_running(sheets)
    _has_text(path.name, own)
    bare = tuple(
        at
        for at, (sheet, kept) in enumerate(zip(sheets, own, strict=True), 1)
        if not kept.pieces and not any(LEADERS.search(piece.text) for piece in sheet.pieces)
    )
    return Print(paragraphs(own), pages, bare)


def _unread(name: str, says: str) -> BadInput:
    if "password" in says.lower() or "security" in says.lower():
        locked = Text(f"{name}有密码保护", f"{name} is protected by a password")
        return BadInput(locked, hint=Text("请去掉密码另存", "save it without one"))
    hint = Text(
        "请重新打印或另存为PDF,或以docx、txt给出文字",
        "print or save it anew as PDF, or give the text as docx or txt",
    )
    zh, en = f"{name}不是可读的PDF", f"{name} is no readable PDF"
    return BadInput(Text(f"{zh}:{says[:200]}", f"{en}: {says[:200]}"), hint=hint)


def _has_text(name: str, sheets: Sequence[Sheet]) -> None:
    """Refuse pictures of pages, and letters that no one could read.

    Raises:
        BadInput: It is such a file.
    """
    text = "".join(piece.text for sheet in sheets for piece in sheet.pieces)
    if sum(letter.isalnum() for letter in text) < SCANNED * len(sheets):
        count = f"{len(sheets):,}"
        says = Text(
            f"{name}没有文字层,扫描件即是如此;共{count}页",
            f"{name} has no text layer, as scans have none; number of its pages: {count}",
        )
        hint = Text(
            "请先识别文字(OCR),或给出原来的docx或网页",
            "have its text recognised (OCR), or give the docx or web page it was made from",
        )
        raise BadInput(says, hint=hint)
    if len(UNKNOWN.findall(text)) > MOST_UNKNOWN * len(text):
        says = Text(
            f"{name}的字体没有写明所示的字",
            f"the fonts of {name} do not say which letters they show",
        )
        hint = Text("请给出原来的docx或网页", "give the docx or web page that it was made from")
        raise BadInput(says, hint=hint)


def _sheets(document: "PdfDocument", name: str) -> Iterator[Sheet]:
    total = 0
    for at, page in enumerate(document):
        report(at / len(document), Text("正在读取各页", "reading pages"))
        width, height = page.get_size()
        pieces = list(_pieces(page))
        total += sum(len(piece.text) for piece in pieces)
        if total > MOST_CHARS:
            most = f"{MOST_CHARS:,}"
            says = Text(f"{name}超过{most}字", f"{name} holds more than {most} letters")
            raise BadInput(says, hint=Text("请拆分文件", "split it"))
        yield Sheet(width, height, pieces)
        page.close()


class _Letter(NamedTuple):
    """A letter with its box; one that is made up is a space that PDFium sees where a gap is."""

    text: str
    made: bool
    left: float
    right: float
    bottom: float
    top: float


def _letters(page: "PdfPage") -> Iterator[_Letter | None]:
    """Letters of a page; None where PDFium sees a line end."""
    from pypdfium2 import raw

    words = page.get_textpage()
    box = raw.FS_RECTF()
    for at in range(raw.FPDFText_CountChars(words)):
        code = raw.FPDFText_GetUnicode(words, at)
        if code in (10, 13):
            yield None
        elif code and raw.FPDFText_GetLooseCharBox(words, at, box):
            text = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"  # noqa: PLR2004 - Unicode
            made = raw.FPDFText_IsGenerated(words, at) == 1
            yield _Letter(text, made, box.left, box.right, box.bottom, box.top)
    words.close()


def _pieces(page: "PdfPage") -> Iterator[Piece]:
    open_: list[_Letter] = []
    for letter in _letters(page):
        if letter is None or (open_ and _begins(open_, letter)):
            yield from _piece(open_)
            open_ = []
        if letter is not None and (open_ or not letter.text.isspace()):
            open_.append(letter)
    yield from _piece(open_)


def _begins(line: list[_Letter], letter: _Letter) -> bool:
    """Whether a letter stands on another line than the one before it."""
    if letter.text.isspace() or letter.right <= letter.left:
        return False
    last = line[-1]
    tall = max(last.top - last.bottom, letter.top - letter.bottom, 1.0)
    shift = abs((letter.bottom + letter.top) - (last.bottom + last.top)) / 2
    return shift > LINE_SHIFT * tall or letter.left < last.left - tall


def _piece(letters: list[_Letter]) -> Iterator[Piece]:
    shown = [letter for letter in letters if not letter.text.isspace()]
    if not shown:
        return
    heights = [letter.top - letter.bottom for letter in shown]
    han = [letter.right - letter.left for letter in shown if HAN.match(letter.text)]
    height = median(heights)
    size = median(han) if len(han) >= FEWEST_PAGES else 0.0
    text = _spelled(letters, CELL_GAP * (size or height))
    text = RADICALS.sub(lambda found: normalize("NFKC", found[0]), text.strip(" "))
    yield Piece(
        text[:-1] + "-" if text.endswith(CUTS) else text,
        shown[0].left,
        max(letter.right for letter in shown),
        median(letter.bottom for letter in shown),
        height,
        size,
    )


def _spelled(letters: Sequence[_Letter], wide: float) -> str:
    """The words of a line: spaces that stand there, and between words; tabs between the cells of a table.

    Chinese text has gaps around numbers and foreign words, which are no spaces.
    """
    parts: list[str] = []
    cells, last = 0, letters[0]
    for letter in letters:
        if letter.text.isspace() and letter.made:
            continue
        # A bracket fills half its box.
        halves = (last.text in HALF_LEFT) + (letter.text in HALF_RIGHT)
        gap = letter.left - last.right + halves * wide / CELL_GAP / 2
        both = last.text[-1:] + letter.text
        if parts and gap > wide:
            parts.append("\t")
            cells += 1
        elif parts and gap > wide * WORD_GAP and not WIDE.search(both) and " " not in both:
            parts.append(" ")
        parts.append(" " if letter.text.isspace() else letter.text)
        last = letter
    if cells > SPREAD * (len(letters) - 1):
        parts = [part for part in parts if part != "\t"]
    return re.sub(" {2,}| ?\t ?", lambda found: "\t" if "\t" in found[0] else " ", "".join(parts))


def without_running(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The pages without what stands on most at the same place, page numbers and tables of contents."""
    repeated = _repeated(sheets)
    numbers = _numbers(sheets)
    listed = any(LEADERS.search(piece.text) for sheet in sheets for piece in sheet.pieces)
    return [
        sheet._replace(
            pieces=[
                piece
                for place, piece in enumerate(sheet.pieces)
                if (at, place) not in numbers
                and not (_in_band(sheet, piece) and _key(sheet, piece) in repeated)
                and not LEADERS.search(piece.text)
                and not (listed and CONTENTS.fullmatch(piece.text))
            ]
        )
        for at, sheet in enumerate(sheets)
    ]


def _in_band(sheet: Sheet, piece: Piece) -> bool:
    return not BAND * sheet.height < piece.bottom < (1 - BAND) * sheet.height


def _key(sheet: Sheet, piece: Piece) -> tuple[str, int]:
    """What running heads of two pages have in common: their words but for numbers, and their height."""
    from_edge = piece.bottom if piece.bottom < sheet.height / 2 else piece.bottom - sheet.height
    return re.sub(r"\d+", "#", piece.text), round(from_edge / SAME_PLACE)


def _repeated(sheets: Sequence[Sheet]) -> set[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for sheet in sheets:
        found.update({_key(sheet, piece) for piece in sheet.pieces if _in_band(sheet, piece)})
    return {
        key for key, pages in found.items() if pages >= max(FEWEST_PAGES, RUNNING * len(sheets))
    }


def _numbers(sheets: Sequence[Sheet]) -> set[tuple[int, int]]:
    """Page and place of page numbers: adorned, or ones that go up with the pages."""
    found: dict[tuple[int, int], str] = {}
    for at, sheet in enumerate(sheets):
        outer = sorted(range(len(sheet.pieces)), key=lambda place: sheet.pieces[place].bottom)
        for place in {*outer[:1], *outer[-1:]}:
            match = PAGE_NUMBER.fullmatch(sheet.pieces[place].text)
            if match and _in_band(sheet, sheet.pieces[place]):
                found[at, place] = match[1]
    shifts = Counter(int(text) - at for (at, _), text in found.items() if text.isdigit())
    return {
        (at, place)
        for (at, place), text in found.items()
        if sheets[at].pieces[place].text.strip() != text
        or not text.isdigit()
        or shifts[int(text) - at] > 1
    }


def paragraphs(sheets: Sequence[Sheet]) -> list[str]:
    """The lines of pages joined to paragraphs."""
    pieces = [piece for sheet in sheets for piece in sheet.pieces]
    if not pieces:
        return []
    unit = _unit(pieces)
    chinese = sum(piece.size > 0 for piece in pieces) > len(pieces) / 2
    edges = _edges(sheets)
    pitch = _pitch(sheets)
    lines: list[Line] = []
    for at, sheet in enumerate(sheets):
        last: Piece | None = None
        for piece, (left, right) in zip(sheet.pieces, edges[at], strict=True):
            if last is not None and last.bottom - piece.bottom > PARAGRAPH_GAP * pitch:
                lines.append(Line("", 0, 0))
            begin, end = (piece.left - left) / unit, (piece.right - left) / unit
            size = piece.size if chinese else piece.height
            lines.append(Line(piece.text, begin, end, size, round((right - left) / unit, 1)))
            last = piece
    return [line for line in whole(lines, 0) if line.strip()]


def _unit(pieces: Sequence[Piece]) -> float:
    """Width of a column in points: half a Chinese character, or a usual letter."""
    sizes = [piece.size for piece in pieces if piece.size]
    if len(sizes) > len(pieces) / 2:
        return max(median(sizes) / 2, 0.1)
    return max(median((piece.right - piece.left) / len(piece.text) for piece in pieces), 0.1)


def _pitch(sheets: Sequence[Sheet]) -> float:
    """Usual distance of a line from the one above."""
    steps = [
        one.bottom - after.bottom
        for sheet in sheets
        for one, after in pairwise(sheet.pieces)
        if 0 < one.bottom - after.bottom < sheet.height / 10
    ]
    return median(steps) if steps else float("inf")


def _edges(sheets: Sequence[Sheet]) -> list[list[tuple[float, float]]]:
    """Where the column of text of each line begins and ends; odd and even pages may lie otherwise."""
    groups: dict[tuple[float, ...], list[Piece]] = defaultdict(list)
    keys: list[list[tuple[float, ...]]] = []
    for at, sheet in enumerate(sheets):
        sides = _sides(sheet)
        kind = (round(sheet.width), round(sheet.height), at % 2)
        keys.append([(*kind, side) for side in sides])
        for key, piece in zip(keys[-1], sheet.pieces, strict=True):
            groups[key].append(piece)
    both: dict[tuple[float, ...], list[Piece]] = defaultdict(list)
    for key, pieces in groups.items():
        both[key[0], key[1], key[3]] += pieces
    found = {
        key: _edge(pieces if len(pieces) >= SEVERAL else both[key[0], key[1], key[3]])
        for key, pieces in groups.items()
    }
    return [[found[key] for key in page] for page in keys]


def _edge(pieces: Sequence[Piece]) -> tuple[float, float]:
    lefts = sorted(piece.left for piece in pieces)
    # The box of a mark of Chinese text is wider than the mark, and may reach over the margin.
    rights = sorted(
        piece.right - (piece.size / 2 if HANGS.search(piece.text) else 0) for piece in pieces
    )
    return lefts[len(lefts) // 20], rights[-1 - len(rights) // 50]


def _sides(sheet: Sheet) -> list[int]:
    """For each line 0 on a page of one column; 1 or 2 where two stand side by side."""
    if not sheet.pieces:
        return []
    low = min(piece.left for piece in sheet.pieces)
    middle = (low + max(piece.right for piece in sheet.pieces)) / 2
    sides = [1 if p.right <= middle else 2 if p.left >= middle else 0 for p in sheet.pieces]
    counts, total = Counter(sides), len(sides)
    two = counts[1] >= COLUMN * total and counts[2] >= COLUMN * total
    return sides if two and counts[0] <= CROSSING * total and total >= SEVERAL else [0] * total
