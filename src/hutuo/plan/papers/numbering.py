"""Numbers that Word writes before paragraphs: they stand in no text, yet a plan is cited by them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LEVELS = 9
# What a broken file may count up to; a label is never longer than this.
MOST = 99_999
LONGEST = 60
DIGITS = "〇一二三四五六七八九"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
COUNTED = ("chineseCounting", "taiwaneseCounting", "japaneseCounting", "koreanCounting")
SPELLED = ("chineseCountingThousand", "taiwaneseCountingThousand", "ideographLegalTraditional")
LEGAL = ("chineseLegalSimplified", "japaneseLegal")
DIGITAL = ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital")
CIRCLED = ("decimalEnclosedCircle", "decimalEnclosedCircleChinese", "ideographEnclosedCircle")
# Numbered marks have 20 characters of their own each: ①, ⑴, ⒈.
MARKED = {
    "decimalEnclosedParen": "⑴",
    "decimalEnclosedFullstop": "⒈",
    **dict.fromkeys(CIRCLED, "①"),
}
MARKS = 20
# After these a Chinese heading goes on without a space.
CLOSING = "、，。．.)）】〕：:"


class Level(NamedTuple):
    """One level of a list.

    Attributes:
        start: First number.
        form: How numbers are written, as Word calls it.
        text: What stands there, ``%1`` for the number of the first level.
        after: What follows: ``tab``, ``space`` or ``nothing``.
        legal: Whether all numbers are written as 1, 2, 3.
        restart: Level whose numbers let this one begin anew, from 1; 0 for none; None for any above.
        style: Style of paragraph that it belongs to.
    """

    start: int = 1
    form: str = "decimal"
    text: str = ""
    after: str = "tab"
    legal: bool = False
    restart: int | None = None
    style: str | None = None


class Style(NamedTuple):
    """What a style of paragraph says of numbers: its list and level, and the style that it is based on."""

    name: str
    base: str | None
    number: str | None
    level: int | None


class Lists:
    """The lists of a document, which count while its paragraphs are read in order."""

    def __init__(self, numbering: "Element | None", styles: "Element | None") -> None:
        self.styles = dict(_styles(styles))
        self._levels: dict[str, dict[int, Level]] = {}
        self._abstract: dict[str, str] = {}
        self._begun: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read(numbering)
        self._at: dict[str, dict[int, int]] = {}

    def label(self, properties: "Element | None") -> str:
        """What stands before a paragraph with these properties, with the space that follows; counts it."""
        number, level = self._listed(properties)
        if number is None or number not in self._abstract:
            return ""
        levels = self._levels[number]
        if level not in levels:
            return ""
        at = self._counted(number, level)
        found = levels[level]
        if found.form in ("bullet", "none") and "%" not in found.text:
            return ""
        said = found.text
        for place in range(LEVELS):
            one = levels.get(place, Level())
            form = "decimal" if found.legal else one.form
            if f"%{place + 1}" in said:
                said = said.replace(f"%{place + 1}", written(at.get(place, one.start), form))
        said = said.strip()[:LONGEST]
        return said + ("" if found.after == "nothing" or not said else " ")

    def _counted(self, number: str, level: int) -> dict[int, int]:
        """Numbers of all levels after one more paragraph at a level; lists of one kind count together."""
        levels, at = self._levels[number], self._at.setdefault(self._abstract[number], {})
        for place, start in self._begun.pop(number, {}).items():
            at[place] = start - 1
        at[level] = min(at.get(level, levels[level].start - 1) + 1, MOST)
        for above in range(level):
            at.setdefault(above, levels.get(above, Level()).start)
        for below in range(level + 1, LEVELS):
            restart = levels.get(below, Level()).restart
            if restart is None or level < restart:
                at.pop(below, None)
        return at

    def _listed(self, properties: "Element | None") -> tuple[str | None, int]:
        """Which list and level a paragraph is of, by itself or by its style."""
        number, level = numbered(properties)
        name = _value(properties, "pStyle")
        if number is None:
            of_style, at = self._of_style(name or self.styles.get("", _NO_STYLE).name)
            number, level = of_style, at if level is None else level
        return (None if number == "0" else number), level or 0

    def _of_style(self, name: str) -> tuple[str | None, int]:
        seen: set[str] = set()
        own, level = name, None
        while name in self.styles and name not in seen:
            seen.add(name)
            style = self.styles[name]
            level = style.level if level is None else level
            if style.number is not None:
                levels = self._levels.get(style.number, {})
                linked = [place for place, one in levels.items() if one.style in (own, name)]
                return style.number, linked[0] if linked else level or 0
            name = style.base or ""
        return None, 0

    def _read(self, numbering: "Element") -> None:
        kinds: dict[str, Element] = {}
        linked: dict[str, str] = {}
        for one in numbering:
            if local(one) != "abstractNum":
                continue
            name = attribute(one, "abstractNumId") or ""
            kinds[name] = one
            style = _value(one, "styleLink")
            if style is not None:
                linked[style] = name
        for one in numbering:
            if local(one) != "num":
                continue
            number, kind = attribute(one, "numId"), _value(one, "abstractNumId")
            if number is None or kind is None or kind not in kinds:
                continue
            kind = linked.get(_value(kinds[kind], "numStyleLink") or "", kind)
            self._abstract[number] = kind
            self._levels[number] = dict(_levels(kinds[kind]))
            self._overridden(number, one)

    def _overridden(self, number: str, one: "Element") -> None:
        for over in one:
            if local(over) != "lvlOverride":
                continue
            place = _whole(attribute(over, "ilvl"), 0)
            self._levels[number].update(dict(_levels(over)))
            start = _value(over, "startOverride")
            if start is not None:
                self._begun.setdefault(number, {})[place] = _whole(start, 1)


_NO_STYLE = Style("", None, None, None)


def written(number: int, form: str) -> str:
    """A number as Word writes it in a form; a form that is not known is written 1, 2, 3."""
    if number < 1 or form in ("none", "bullet"):
        return "" if form in ("none", "bullet") else str(number)
    if form in MARKED and number <= MARKS:
        return chr(ord(MARKED[form]) + number - 1)
    if form in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, LEVELS)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman"):
        return roman(number).upper() if form == "upperRoman" else roman(number)
    if form == "decimalZero":
        return f"{number:02d}"
    if form.startswith("decimalFullWidth"):
        return "".join(chr(ord("０") + int(digit)) for digit in str(number))
    return chinese(number, form) or str(number)


def chinese(number: int, form: str) -> str:
    """A number in one of the Chinese forms; "" if the form is none."""
    if form == "ideographTraditional":
        return STEMS[number - 1] if number <= len(STEMS) else ""
    if form == "ideographZodiac":
        return BRANCHES[number - 1] if number <= len(BRANCHES) else ""
    if form in DIGITAL or (form in COUNTED and number >= 100):  # noqa: PLR2004 - so Word
        return "".join(DIGITS[int(digit)] for digit in str(number))
    if form not in COUNTED + SPELLED + LEGAL:
        return ""
    from cn2an import an2cn

    said: str = an2cn(number, "up" if form in LEGAL else "low")
    return said.removeprefix("一") if said.startswith("一十") else said


def roman(number: int) -> str:
    """A number in small Roman letters."""
    made = ""
    for value, letters in ROMAN:
        made += letters * min(number // value, LEVELS)
        number %= value
    return made


def before(label: str, text: str) -> str:
    """A text with its label; in Chinese nothing stands between a mark and what follows."""
    bare = label.strip()
    if bare.endswith(tuple(CLOSING)) and text[:1] >= "\u2e80":
        return bare + text
    # "1." before "2030" would be another number.
    if bare[-1:] in tuple("0123456789.") and text[:1].isdigit():
        return f"{bare} {text}"
    return label + text


def numbered(properties: "Element | None") -> tuple[str | None, int | None]:
    """List and level that properties of a paragraph name themselves."""
    found = child(properties, "numPr")
    level = _value(found, "ilvl")
    return _value(found, "numId"), None if level is None else _whole(level, 0)


def local(one: "Element") -> str:
    """Name of an element without its namespace: Word writes two kinds of them."""
    tag: str = one.tag
    return tag.rpartition("}")[2]


def child(one: "Element | None", name: str) -> "Element | None":
    """The first child of a name."""
    return None if one is None else next((sub for sub in one if local(sub) == name), None)


def attribute(one: "Element", name: str) -> str | None:
    """An attribute, whatever its namespace."""
    return next((v for key, v in one.attrib.items() if key.rpartition("}")[2] == name), None)


def _value(one: "Element | None", name: str) -> str | None:
    found = child(one, name)
    return None if found is None else attribute(found, "val")


def _whole(text: str | None, otherwise: int) -> int:
    fits = text is not None and text.isascii() and text.isdigit() and len(text) <= len(str(MOST))
    return int(text) if fits and text else otherwise


def _levels(holder: "Element") -> Iterator[tuple[int, Level]]:
    for one in holder:
        if local(one) != "lvl":
            continue
        restart = _value(one, "lvlRestart")
        legal = child(one, "isLgl")
        yield (
            _whole(attribute(one, "ilvl"), 0),
            Level(
                start=_whole(_value(one, "start"), 1),
                form=_value(one, "numFmt") or _alternative(one) or "decimal",
                text=(_value(one, "lvlText") or "")[:LONGEST],
                after=_value(one, "suff") or "tab",
                legal=legal is not None and attribute(legal, "val") not in ("0", "false"),
                restart=None if restart is None else _whole(restart, 0),
                style=_value(one, "pStyle"),
            ),
        )


def _alternative(level: "Element") -> str | None:
    """The form where it stands in a choice for newer and older programs."""
    choice = child(level, "AlternateContent")
    return _value(child(choice, "Fallback"), "numFmt")


def _styles(styles: "Element | None") -> Iterator[tuple[str, Style]]:
    """Styles of paragraphs by their id; the usual one also as ""."""
    for one in () if styles is None else styles:
        if local(one) != "style" or attribute(one, "type") != "paragraph":
            continue
        name = attribute(one, "styleId") or ""
        number, level = numbered(child(one, "pPr"))
        yield name, Style(name, _value(one, "basedOn"), number, level)
        if attribute(one, "default") in ("1", "true"):
            yield "", Style(name, None, None, None)
