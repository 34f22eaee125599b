"""Forms of cells that a parser of spreadsheets would lose, written into the XML as text before it reads.

These are errors, formulas without a value, and percent signs that are only a format (0.437 shown as 43.7%).
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = rb"(?:[\w.-]+:)?"
CELL = re.compile(
    rb"<(?P<p>"
    + PREFIX
    + rb")c(?P<about>\s[^<>]*[^<>/])>(?P<inner>(?:(?!</?(?P=p)c[\s>]).)*?)</(?P=p)c>",
    re.DOTALL,
)
VALUE = re.compile(rb"<" + PREFIX + rb"v(?:\s[^<>]*)?>\s*([^<>]*?)\s*</" + PREFIX + rb"v>")
FORMULA = re.compile(rb"<" + PREFIX + rb"f[\s/>]")
TYPE = re.compile(rb"""\st\s*=\s*["'](\w*)["']""")
STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,6})["']""")
FORMATS = re.compile(rb"<" + PREFIX + rb"numFmt\s[^<>]*>")
CODE = re.compile(rb"""\sformatCode\s*=\s*["']([^"'<>]*)""")
NUMBER = re.compile(rb"""\snumFmtId\s*=\s*["'](\d{1,6})["']""")
USED = re.compile(rb"<" + PREFIX + rb"cellXfs[\s>].*?</" + PREFIX + rb"cellXfs>", re.DOTALL)
FORM = re.compile(rb"<" + PREFIX + rb"xf\s[^<>]*>")
# Formats 9 and 10 are 0% and 0.00% in every file (ECMA-376, 18.8.30).
PERCENT = {b"9", b"10"}
UNVALUED = "公式没有值 / formula without a value".encode()


def percent_styles(styles: bytes) -> set[bytes]:
    """Numbers of the cell styles whose format shows a percent sign.

    Args:
        styles: Part ``styles.xml`` of a package.
    """
    percent = set(PERCENT)
    for found in FORMATS.findall(styles):
        code, number = CODE.search(found), NUMBER.search(found)
        if code and number and b"%" in code[1]:
            percent.add(number[1])
    used = USED.search(styles)
    forms = FORM.findall(used[0]) if used else []
    numbers = [NUMBER.search(form) for form in forms]
    return {b"%d" % at for at, number in enumerate(numbers) if number and number[1] in percent}


def written_out(sheet: bytes, percent: set[bytes]) -> bytes:
    """A sheet whose errors, formulas without a value, and percentages stand as text.

    Args:
        sheet: XML of the sheet.
        percent: Numbers of the styles that show a percent sign.
    """
    lost = (b'"e"', b"'e'")
    if not percent and not FORMULA.search(sheet) and not any(mark in sheet for mark in lost):
        return sheet
    return CELL.sub(_rewritten(percent), sheet)


def _rewritten(percent: set[bytes]) -> "Callable[[re.Match[bytes]], bytes]":
    def cell(found: "re.Match[bytes]") -> bytes:
        about, inner = found["about"], found["inner"]
        kind, style = TYPE.search(about), STYLE.search(about)
        value = VALUE.search(inner)
        text = value[1] if value else b""
        if kind and kind[1] == b"e":
            said = text or b"#ERROR"
        elif not text and FORMULA.search(inner) and (not kind or kind[1] != b"inlineStr"):
            said = UNVALUED
        elif style and style[1] in percent and (not kind or kind[1] == b"n") and text:
            said = _percent(text)
        else:
            return found[0]
        p, plain = found["p"], TYPE.sub(b"", about)
        return b'<%bc%b t="str"><%bv>%b</%bv></%bc>' % (p, plain, p, said, p, p)

    return cell


def _percent(text: bytes) -> bytes:
    try:
        return f"{float(text) * 100:.15g}%".encode()
    except ValueError:
        return text
