"""XLSX packages made safe before a parser sees them: bombs are refused, and only what was checked goes on.

A package is a zip of XML. Every part that the parser needs is unpacked here within bounds, looked at, and
packed again without compression. So what the parser reads is what was counted, whatever sizes, ratios or
offsets the zip's own lists claimed.
"""

import io
import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hutuo.base.cellforms import percent_styles, written_out
from hutuo.base.grids import MOST_COLUMNS, declared
from hutuo.errors import BadInput
from hutuo.glossary import Text

MOST_PARTS = 5_000
MOST_BYTES = 512 << 20
# Tables of numbers pack about 10 to 1; a bomb of one repeated byte about 1,000 to 1.
MOST_RATIO = 200
SMALL = 1 << 20
# A parser makes a cell of 32 bytes for each place between the first and the last, empty or not.
MOST_CELLS = 8_000_000
MOST_TEXT = 256 << 20
AGAIN = Text("请用表格软件重新保存", "save it again in a spreadsheet program")
CHUNK = 1 << 20
FORBIDDEN = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,4})([0-9]{1,9})["']""")
MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell[\s/>]")
MOST_MERGED = 100_000
STRING = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
SHARED = re.compile(
    rb"""<(?:[\w.-]+:)?c\s[^>]*t\s*=\s*["']s["'][^>]*>\s*<(?:[\w.-]+:)?v>\s*([0-9]{1,9})"""
)
NEEDED = re.compile(
    r"(xl/)?(_rels/|worksheets/|worksheets/_rels/|chartsheets/|tables/)?[^/]*\.(xml|rels)",
    re.IGNORECASE,
)


def checked(path: Path) -> bytes:
    """The package with its XML parts only, unpacked and found harmless.

    Raises:
        BadInput: It is no such package, a bomb, or would not fit.
    """
    with declared(path.name, "XLSX file"), ZipFile(path) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS:
            count, most = f"{len(parts):,}", f"{MOST_PARTS:,}"
            zh, en = f"有{count}个部件,超过{most}个", f"holds {count} parts, more than {most}"
            raise _bomb(path.name, Text(zh, en))
        claimed = sum(part.file_size for part in parts)
        if claimed > MOST_BYTES:
            size, most = f"{claimed:,}", f"{MOST_BYTES:,}"
            zh, en = (
                f"解压后有{size}字节,超过{most}字节",
                f"unpacks to {size} bytes, more than {most}",
            )
            raise _bomb(path.name, Text(zh, en))
        names = {part.filename for part in parts}
        if len(names) < len(parts):
            says = Text(f"{path.name}有重复的部件", f"{path.name} holds a part twice")
            raise BadInput(says, hint=AGAIN)
        return _packed(path.name, package, [p for p in parts if NEEDED.fullmatch(p.filename)])


def _packed(name: str, package: ZipFile, parts: list[ZipInfo]) -> bytes:
    made, left, shared, sheets = io.BytesIO(), MOST_BYTES, b"", []
    percent: set[bytes] = set()
    # Styles first: they say which numbers are shown as percentages.
    parts = sorted(parts, key=lambda part: not part.filename.lower().endswith("styles.xml"))
    with ZipFile(made, "w", ZIP_STORED) as copy:
        for part in parts:
            content = _unpacked(name, package, part, left)
            left -= len(content)
            _harmless(name, part.filename, content)
            if part.filename.lower().endswith("styles.xml"):
                percent = percent_styles(content)
            # Which part is a sheet another part says, so each is looked at as if it were one.
            _sheet_bounded(name, part.filename, content)
            if b"sheetData" in content:
                content = written_out(content, percent)
            if STRING.search(content):
                shared += content
            else:
                sheets.append(content)
            copy.writestr(ZipInfo(part.filename), content)
    _texts_bounded(name, shared, sheets)
    return made.getvalue()


def _unpacked(name: str, package: ZipFile, part: ZipInfo, left: int) -> bytes:
    """The bytes of one part, counted while they come, for its header may lie."""
    if part.flag_bits & 1:
        says = Text(f"{name}已加密", f"{name} is encrypted")
        raise BadInput(says, hint=Text("请去掉密码后另存", "save it without a password"))
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        zh = f"{name}:部件{part.filename}的压缩方法不是XLSX所用的"
        en = f"{name}: part {part.filename} is packed in a way that XLSX does not use"
        raise BadInput(Text(zh, en))
    allowed = min(left, max(SMALL, part.compress_size * MOST_RATIO))
    content = bytearray()
    with package.open(part) as stream:
        for chunk in _chunks(stream):
            content += chunk
            if len(content) > allowed:
                most, packed = f"{allowed:,}", f"{part.compress_size:,}"
                zh = f"部件{part.filename}由{packed}字节解压后超过{most}字节"
                en = f"part {part.filename} unpacks to more than {most} bytes from {packed}"
                raise _bomb(name, Text(zh, en))
    return bytes(content)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    try:
        yield from iter(lambda: stream.read(CHUNK), b"")
    except zlib.error as error:
        raise BadZipFile(str(error)) from error


def _harmless(name: str, part: str, content: bytes) -> None:
    """Refuse entities, and encodings in which they would not be seen."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:CHUNK]:
        says = Text(f"{name}:部件{part}不是UTF-8编码", f"{name}: part {part} is not UTF-8")
        raise BadInput(says, hint=AGAIN)
    if FORBIDDEN.search(content):
        zh, en = (
            f"部件{part}声明了文档类型或实体",
            f"part {part} declares a document type or an entity",
        )
        raise _bomb(name, Text(zh, en))


def _sheet_bounded(name: str, part: str, content: bytes) -> None:
    """Refuse a sheet whose cells span more than fits: one cell far out makes a parser fill all before it."""
    references = REFERENCE.findall(content)
    if len(CELL.findall(content)) > len(references):
        zh = f"{name}:{part}的单元格没有写明位置"
        en = f"{name}: cells of {part} do not say where they stand"
        raise BadInput(Text(zh, en), hint=AGAIN)
    if len(MERGED.findall(content)) > MOST_MERGED:
        most = f"{MOST_MERGED:,}"
        zh, en = f"{part}的合并单元格超过{most}处", f"{part} merges cells more than {most} times"
        raise _bomb(name, Text(zh, en))
    if not references:
        return
    columns = max(_number(letters) for letters in {letters for letters, _ in references})
    rows = max(int(row) for row in {row for _, row in references})
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        hint = Text(
            f"最多{MOST_COLUMNS:,}列、{MOST_CELLS:,}个单元格;更大的表请用CSV",
            f"at most {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells; larger tables come as CSV",
        )
        zh = f"{name}:{part}延伸到第{columns:,}列、第{rows:,}行"
        en = f"{name}: {part} reaches to column {columns:,} and row {rows:,}"
        raise BadInput(Text(zh, en), hint=hint)


def _number(letters: bytes) -> int:
    """Number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _texts_bounded(name: str, shared: bytes, sheets: list[bytes]) -> None:
    """Refuse a long text that many cells share: a parser copies it into each."""
    starts = [found.start() for found in STRING.finditer(shared)]
    sizes = [after - start for start, after in pairwise([*starts, len(shared)])]
    if max(sizes, default=0) * sum(len(s) for s in sheets) // 8 < MOST_TEXT:
        return
    total = 0
    for sheet in sheets:
        for found in SHARED.finditer(sheet):
            at = int(found[1])
            total += sizes[at] if at < len(sizes) else 0
    if total > MOST_TEXT:
        size, most = f"{total:,}", f"{MOST_TEXT:,}"
        zh = f"单元格共用的文字展开后有{size}字节,超过{most}字节"
        en = f"texts that cells share fill {size} bytes, more than {most}"
        raise _bomb(name, Text(zh, en))


def _bomb(name: str, says: Text) -> BadInput:
    hint = Text(
        "出于安全不予读取;请把所需的工作表另存为CSV",
        "it is not read; save the sheet that is meant as CSV",
    )
    zh, en = f"{name}的内部结构超出限度:{says.zh}", f"{name} {says.en}"
    return BadInput(Text(zh, en), hint=hint)
