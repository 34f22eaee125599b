"""Documents of plans as text: txt, Word, web pages and PDF, by what a file holds and not by its name."""

import codecs
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from hutuo.base.grids import LARGEST_FILE, size_of
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.plan.papers.wrapping import unwrapped

# The longest plans that are published have a million characters, 3 MB; what is longer is no plan.
MOST_TEXT = 10_000_000
# A page saved by a word processor is nearly all tags.
MOST_FILE = 64 << 20
ENDINGS = {
    ".txt": "txt", ".text": "txt", ".md": "txt", "": "txt", ".docx": "docx", ".docm": "docx", ".doc": "docx",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html", ".pdf": "pdf",
}  # fmt: skip
READ = Text("可读取txt、docx、html与带文字的pdf", "txt, docx, html and pdf with text are read")
OLE, ZIP, PDF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"%PDF-"
HEAD = 4096
AS_DOCX = Text("请打开后另存为docx", "open it and save it as docx")
PICTURE = (
    Text("图片", "a picture"),
    Text("请识别其中的文字,再给出文字", "have its text recognised, and give that"),
)
PACKED = (Text("压缩文件", "a packed file"), Text("请先解压", "unpack it"))
ARCHIVED = (Text("网页归档", "a web archive"), Text("请把网页另存为html", "save the page as html"))
# What a file begins with that is not read, and what to do.
OTHERS = {
    b"{\\rtf": (Text("RTF文件", "a rich text file"), AS_DOCX),
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
    b"II*\0": PICTURE,
    b"MM\0*": PICTURE,
    b"\x1f\x8b": PACKED,
    b"7z\xbc\xaf": PACKED,
    b"Rar!": PACKED,
    b"MIME-Version:": ARCHIVED,
    b"From: <Saved by": ARCHIVED,
}
# By a name within a zip.
WORD = "word/"
ZIPPED = {
    "xl/": Text("电子表格", "a spreadsheet"),
    "ppt/": Text("演示文稿", "a presentation"),
    "content.xml": Text("OpenDocument文件", "an OpenDocument file"),
    "OFD.xml": Text("OFD文件", "an OFD file"),
}
PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|meta|title|div|p|table|article|section|main|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.-]{2,20})""", re.IGNORECASE)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings that a page may name besides UTF-8 and those of GB18030, which holds GBK and GB2312.
NAMED = {"big5": "big5hkscs", "big5hkscs": "big5hkscs", "iso8859-1": "cp1252", "cp1252": "cp1252"}
CONTROL = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f\x7f]")
MOST_CONTROL = 0.001
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Marks of order, soft hyphens and spaces without width: no words, and they part what belongs together.
UNSEEN = re.compile("[\x1a\ufeff\u00ad\u200b\u2060\u200e\u200f\u202a-\u202e]")
SAMPLE = 2000
FEWEST, USUAL = 5, 0.4


class Paper(NamedTuple):
    """A document as text.

    Attributes:
        text: Its words, one paragraph or row of a table a line.
        format: ``txt``, ``docx``, ``html`` or ``pdf``.
        name: Name of the file.
        digest: SHA-256 of its bytes.
        encoding: How its letters were written, where the format leaves that open.
        pages: Number of pages of a PDF.
        bare: Pages of a PDF on which no text stands, as pictures, from 1.
    """

    text: str
    format: str
    name: str
    digest: str
    encoding: str | None = None
    pages: int | None = None
    bare: tuple[int, ...] = ()


def text_of(path: Path) -> Paper:
    """The words of a document in reading order.

    Args:
        path: A txt, docx, html or pdf file; what it is its content says.

    Raises:
        BadInput: It is none of these, protected, broken, too large, or holds no text.
    """
    size = size_of(path)
    if size == 0:
        raise BadInput(Text(f"{path.name}是空文件", f"{path.name} is empty"), hint=READ)
    if size > LARGEST_FILE:
        says = Text(f"{path.name}有{size:,}字节", f"{path.name} has {size:,} bytes")
        most = f"{LARGEST_FILE:,}"
        raise BadInput(says, hint=Text(f"最多{most}字节", f"at most {most}"))
    paper = _read(path, _format(path))
    if not paper.text.strip():
        hint = Text(
            "如各页是图片,请先识别文字", "if its pages are pictures, have their text recognised"
        )
        raise BadInput(Text(f"{path.name}没有文字", f"{path.name} holds no text"), hint=hint)
    if len(paper.text.encode("utf-8", "replace")) >= MOST_TEXT:
        raise too_long(path.name)
    return paper


def _read(path: Path, kind: str) -> Paper:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if kind == "docx":
        from hutuo.plan.papers import wordfiles

        return Paper(tidy(wordfiles.lines_of(path)), kind, path.name, digest)
    if kind == "pdf":
        from hutuo.plan.papers import pdffiles

        lines, pages, bare = pdffiles.lines_of(path)
        return Paper(tidy(lines), kind, path.name, digest, pages=pages, bare=bare)
    if path.stat().st_size > MOST_FILE:
        raise too_long(path.name)
    text, encoding = decoded(path.read_bytes(), path.name)
    if PAGE.match(text[:HEAD]) or (ENDINGS.get(_ending(path)) == "html" and _has_tags(text)):
        from hutuo.plan.papers import webpages

        return Paper(tidy(webpages.lines_of(path.name, text)), "html", path.name, digest, encoding)
    if text.lstrip().startswith("<?xml"):
        hint = Text(f"{READ.zh};请另存为其中一种", f"{READ.en}; save it as one of them")
        raise BadInput(_is(path, Text("XML文件", "an XML file")), hint=hint)
    if len(text.encode("utf-8", "replace")) >= MOST_TEXT:
        raise too_long(path.name)
    return Paper("\n".join(unwrapped(text.split("\n"))), "txt", path.name, digest, encoding)


def _format(path: Path) -> str:
    """What a file is by its first bytes: docx, pdf, or text of some kind.

    Raises:
        BadInput: It is surely something that is not read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(OLE):
        raise _old(path)
    if head.startswith(ZIP):
        return _zipped(path)
    if PDF in head[:1024]:
        return "pdf"
    for start, (kind, hint) in OTHERS.items():
        if head.startswith(start):
            raise BadInput(_is(path, kind), hint=_or_read(hint))
    if _ending(path) not in ENDINGS:
        says = Text(f"{path.name}的格式无法识别", f"{path.name} has a format that is not known")
        raise BadInput(says, hint=READ)
    return "txt"


def _is(path: Path, kind: Text) -> Text:
    return Text(f"{path.name}是{kind.zh}", f"{path.name} is {kind.en}")


def _or_read(hint: Text) -> Text:
    """What to do, and what is read."""
    return Text(f"{hint.zh};{READ.zh}", f"{hint.en}; {READ.en}")


def _old(path: Path) -> BadInput:
    """What is wrong with a file in the old container of Office: a name in it tells its kind."""
    with path.open("rb") as file:
        content = file.read(MOST_FILE)
    if _utf16("EncryptedPackage") in content:
        says = Text(f"{path.name}有密码保护", f"{path.name} is protected by a password")
        return BadInput(says, hint=Text("请打开后去掉密码另存", "open it and save it without one"))
    if _utf16("WordDocument") in content:
        return BadInput(
            _is(path, Text("旧格式的Word文件", "a Word file of the old format")), hint=AS_DOCX
        )
    kind = Text("旧格式的Office文件", "an Office file of the old format")
    return BadInput(_is(path, kind), hint=_or_read(AS_DOCX))


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _zipped(path: Path) -> str:
    from hutuo.base.archives import archive

    with archive(path) as package:
        names = package.namelist()
    if any(name.startswith(WORD) for name in names):
        return "docx"
    for start, kind in ZIPPED.items():
        if any(name.startswith(start) for name in names):
            raise BadInput(_is(path, kind), hint=_or_read(Text("请另存为docx", "save it as docx")))
    kind = Text("不含文档的压缩包", "a zip that holds no document")
    raise BadInput(_is(path, kind), hint=_or_read(PACKED[1]))


def decoded(content: bytes, name: str) -> tuple[str, str]:
    r"""The text of a file with ``\n`` at line ends, and its encoding.

    Read by its mark, else as UTF-8, as what a page says of itself, or as GB18030.

    Raises:
        BadInput: It is none of them, or no text at all.
    """
    marked = next((code for mark, code in MARKS if content.startswith(mark)), None)
    if b"\0" in content and marked != "utf-16":
        hint = Text(
            f"{READ.zh};UTF-16文本须有标记,或另存为UTF-8",
            f"{READ.en}; a text in UTF-16 needs its mark, or save it as UTF-8",
        )
        says = Text(f"{name}不是文本:含有零字节", f"{name} is no text: it holds zero bytes")
        raise BadInput(says, hint=hint)
    for code in [marked] if marked else _codes(content):
        try:
            text = content.decode(code)
        except UnicodeError:
            continue
        if code == "gb18030" and not _is_usual(text):
            continue
        return _clean(text, name), code
    line = _fault(content, marked or "utf-8")
    wrong = Text(
        f"既不是UTF-8也不是GB18030编码;{READ.zh},文本最好存为UTF-8",
        f"is neither UTF-8 nor GB18030; {READ.en}, and text is best saved as UTF-8",
    )
    zh, en = f"{name}的编码无法识别,或不是文本:", f"{name} is in no known encoding, or no text:"
    raise BadInput(Text(zh, en), [Finding(name, line, "", wrong)])


def _codes(content: bytes) -> list[str]:
    """Encodings to try, in order."""
    said = CHARSET.search(content[:HEAD])
    try:
        named = NAMED.get(codecs.lookup(said[1].decode()).name) if said else None
    except LookupError:
        named = None
    codes = ["utf-8", *([named] if named else []), "gb18030"]
    return codes[::-1] if _only_looks_like_utf8(content) else codes


def _only_looks_like_utf8(content: bytes) -> bool:
    """Whether few Chinese characters, each two bytes, could also be letters of other scripts."""
    if len(content) > SAMPLE or content.isascii():
        return False
    try:
        letters = [c for c in content.decode() if not c.isascii()]
        chinese = [c for c in content.decode("gb2312") if not c.isascii()]
    except UnicodeError:
        return False
    return max(letters) < "\u0800" and max(letters) >= "\u0100" and _is_usual("".join(chinese))


def _is_usual(text: str) -> bool:
    """Whether Chinese text holds usual characters; other encodings read as GB18030 give rare ones."""
    sample = "".join(c for c in text if not c.isascii())[:SAMPLE]
    if len(sample) < FEWEST:
        return True
    usual = sum(
        _first_byte(c) in range(0xB0, 0xD8) or c in "、。，；：！？“”（）《》—…　" for c in sample
    )
    return usual >= USUAL * len(sample)


def _first_byte(letter: str) -> int:
    """Row in GB2312, whose characters in daily use come first."""
    found = letter.encode("gb2312", "ignore")
    return found[0] if found else 0


def _clean(text: str, name: str) -> str:
    """Line ends of one kind, nothing unseen.

    Raises:
        BadInput: It is full of bytes that are no letters.
    """
    text = BREAKS.sub("\n", text)
    found = len(CONTROL.findall(text))
    if found > max(1, MOST_CONTROL * len(text)):
        says = Text(
            f"{name}不是文本:含有{found:,}个控制字符",
            f"{name} is no text: it holds {found:,} control characters",
        )
        hint = Text(
            f"{READ.zh};如是其中一种,则扩展名有误",
            f"{READ.en}; if it is one of them, its name says another",
        )
        raise BadInput(says, hint=hint)
    return UNSEEN.sub("", CONTROL.sub("", text) if found else text)


def tidy(lines: Iterable[str]) -> str:
    """Lines as a text: without what is unseen, without empty ones; an empty first cell keeps its tab."""
    text = CONTROL.sub("", UNSEEN.sub("", BREAKS.sub("\n", "\n".join(lines))))
    found = (line.rstrip().lstrip(" \u3000\xa0") for line in text.split("\n"))
    return "\n".join(line for line in found if line)


def _fault(content: bytes, code: str) -> int:
    """Line of the first byte that does not fit."""
    try:
        content.decode(code)
    except UnicodeError as error:
        return content.count(b"\n", 0, getattr(error, "start", 0)) + 1
    return 1


def _ending(path: Path) -> str:
    return path.suffix.lower()


def _has_tags(text: str) -> bool:
    return bool(re.search(r"<(?:[a-z][a-z0-9]*\b[^<>]*|/[a-z][a-z0-9]*)>", text, re.IGNORECASE))


def too_long(name: str) -> BadInput:
    """What is said of a file that holds more than a plan can."""
    size = MOST_TEXT // 1_000_000
    says = Text(f"{name}的文字达到或超过{size} MB", f"{name} holds {size} MB of text or more")
    hint = Text(
        "最长的规划也只有其三分之一;请拆分文件",
        "the longest plans have a third of that; split it",
    )
    return BadInput(says, hint=hint)
