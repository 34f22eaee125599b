"""Matching: which place the words of a file mean, by code or by name, in the time that a figure stands for.

A word that means nothing known, or more than one thing, is never guessed: it is refused with what is nearest.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from hutuo.base.headers import plain
from hutuo.verbs import Text

SUFFIX = re.compile(
    r"(?:[\u4e00-\u9fff]{1,3}族)?(?:自治县|自治州|自治旗|自治区|地区|省|市|县|区|旗|盟)$"
)
MARKS = re.compile(r"^(?:其中[::]?|[#*·•]|\d{1,2}[.、])\s*")
CODE = re.compile(r"(\d{6})(?:000000|000|\.0+)?")
LONG_CODE = re.compile(r"\d{9}|\d{12}")
SHORTEST_STEM = 2
NEAREST = 3
Span = tuple[date, date | None]


class Version(NamedTuple):
    """A place as it was called for a time."""

    place: str
    zh: str
    en: str
    level: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    became: tuple[str, ...]

    def holds(self, span: Span | None) -> bool:
        """Whether it was there for some of the span, or at all where none is given."""
        if span is None:
            return True
        start, end = span
        begun = (
            self.valid_from is None
            or (end or date.max) > self.valid_from
            or start >= self.valid_from
        )
        return begun and (self.valid_to is None or start < self.valid_to)


class Refused(NamedTuple):
    """Why a word could not be matched, and what would be right."""

    reason: Text


class Places:
    """Every unit and place by code and by name, as they were called over time."""

    def __init__(
        self, units: Iterable[Mapping[str, Any]], places: Iterable[Mapping[str, Any]]
    ) -> None:
        self.versions = [_unit(row) for row in units] + [_place(row) for row in places]
        self.by_id: dict[str, list[Version]] = {}
        self.by_name: dict[str, list[Version]] = {}
        self.by_stem: dict[str, list[Version]] = {}
        for version in self.versions:
            self.by_id.setdefault(version.place, []).append(version)
        for version in self.versions:
            for name in self._names(version):
                self.by_name.setdefault(name, []).append(version)
            if stem := _stem(plain(version.zh)):
                self.by_stem.setdefault(stem, []).append(version)

    def candidates(self, text: str) -> list[Version]:
        """What a word may mean: by code, else by its whole name, else by its name without 市, 县, 区."""
        word = MARKS.sub("", plain(text))
        if found := CODE.fullmatch(word):
            return self.by_id.get(found[1], [])
        if word in self.by_id:
            return self.by_id[word]
        if word.startswith("cell:"):
            return [Version(word, word, word, "cell", None, None, None, ())]
        low = word.lower()
        return self.by_name.get(low) or self.by_stem.get(low, [])

    def find(
        self,
        text: str,
        span: Span | None = None,
        within: str | None = None,
        context: str | None = None,
    ) -> str | Refused:
        """The id of the place that a word means.

        Args:
            text: The word.
            span: Days that the figure stands for; decides between names of different times.
            within: What the place lies in, by code or name; must hold.
            context: The same, as the rows above suggest; passed over where nothing of that name lies there.

        Returns:
            The id, or why there is none.
        """
        found = self.candidates(text)
        if not found:
            return self._unknown(text)
        if within:
            inside = [v for v in found if self._lies_in(v, within)]
            if not inside:
                return Refused(_elsewhere(text, within, found))
            found = inside
        elif context:
            found = [v for v in found if self._lies_in(v, context)] or found
        held = {v.place for v in found if v.holds(span)} or self._at_another_time(found, span)
        if len(held) == 1:
            return next(iter(held))
        if not held:
            return Refused(self._not_then(text, found))
        return Refused(_ambiguous(text, [v for p in sorted(held) for v in self.by_id[p][-1:]]))

    def prefecture(self, text: str) -> str | None:
        """The prefecture that a word names, None if it names something else."""
        found = {v.place for v in self.candidates(text) if v.level == "prefecture"}
        whole = {v.place for v in self.candidates(text)}
        return next(iter(found)) if len(found) == 1 and found == whole else None

    def _names(self, version: Version) -> set[str]:
        names = {plain(version.zh).lower(), plain(version.en).lower()}
        prefix, parent = "", version.parent
        for _ in range(3):
            above = self.by_id.get(parent or "", [])
            if not above:
                break
            prefix = plain(above[-1].zh) + prefix
            names |= {(prefix + plain(version.zh)).lower()}
            names |= {(plain(above[-1].zh) + plain(version.zh)).lower()}
            parent = above[-1].parent
        return names

    def _lies_in(self, version: Version, outer: str) -> bool:
        wanted = {found.place for found in self.candidates(outer)}
        at: str | None = version.parent
        for _ in range(4):
            if at is None or at in wanted:
                break
            at = self.by_id[at][-1].parent if at in self.by_id else None
        return at in wanted

    def _at_another_time(self, found: list[Version], span: Span | None) -> set[str]:
        """Where the ground of units that were not there then is counted: only where it is one whole unit."""
        if span is None:
            return set()
        places = set()
        for version in found:
            if version.valid_to is not None and span[0] >= version.valid_to:
                later = {
                    p for p in version.became if any(v.holds(span) for v in self.by_id.get(p, []))
                }
                places |= later if len(version.became) == 1 else set()
            else:
                before = [v for v in self.versions if version.place in v.became and v.holds(span)]
                whole = len(before) == 1 and before[0].became == (version.place,)
                places |= {before[0].place} if whole else set()
        return places

    def _unknown(self, text: str) -> Refused:
        word = MARKS.sub("", plain(text))
        if LONG_CODE.fullmatch(word) and word[:6] in self.by_id:
            zh = f"“{word}”是{_told(self.by_id[word[:6]][-1:], 'zh')}以下的代码,名录到县级为止"
            en = f"'{word}' lies below {_told(self.by_id[word[:6]][-1:], 'en')}; the units known end there"
            return Refused(Text(zh, en))
        near = self.nearest(word)
        zh = f"地点“{text.strip()}”不在名录中"
        en = f"place '{text.strip()}' is not known"
        if near:
            zh += f";相近的有{_told(near, 'zh')}"
            en += f"; the nearest are {_told(near, 'en')}"
        return Refused(Text(zh, en))

    def nearest(self, word: str) -> list[Version]:
        """Places that are called or coded most alike."""
        keys = self.by_id if word.isdigit() else self.by_name
        found = get_close_matches(word.lower(), keys, n=NEAREST, cutoff=0.5)
        if stem := _stem(word):
            found += [plain(v.zh).lower() for v in self.by_stem.get(stem, [])]
        return list({v.place: v for key in found for v in keys[key]}.values())[:NEAREST]

    def _not_then(self, text: str, found: list[Version]) -> Text:
        version = found[0]
        if version.valid_to is not None and version.became:
            later = [v for p in version.became for v in self.by_id.get(p, [])[-1:]]
            zh = f"“{text.strip()}”到{version.valid_to}为止,其后分入{_told(later, 'zh')}"
            en = f"'{text.strip()}' ended on {version.valid_to} and went into {_told(later, 'en')}"
            return Text(zh, en)
        before = [v for v in self.versions if version.place in v.became]
        zh = f"“{text.strip()}”从{version.valid_from}起才有,此前是{_told(before, 'zh') or '别的单元'}"
        en = (
            f"'{text.strip()}' is there from {version.valid_from} on; before it was"
            f" {_told(before, 'en') or 'other units'}"
        )
        return Text(zh, en)


def _unit(row: Mapping[str, Any]) -> Version:
    became = tuple((row["became"] or "").split("|")) if row["became"] else ()
    same = {name: row[name] for name in ("zh", "en", "level", "parent", "valid_from", "valid_to")}
    return Version(place=row["unit"], became=became, **same)


def _place(row: Mapping[str, Any]) -> Version:
    return Version(row["place"], row["zh"], row["en"], row["kind"], row["part_of"], None, None, ())


def _stem(name: str) -> str:
    stem = SUFFIX.sub("", name)
    return stem.lower() if len(stem) >= SHORTEST_STEM and stem != name else ""


def _told(versions: Iterable[Version], lang: str) -> str:
    found = [f"{v.zh}({v.place})" if lang == "zh" else f"{v.en} ({v.place})" for v in versions]
    return ("、" if lang == "zh" else ", ").join(dict.fromkeys(found))


def _ambiguous(text: str, found: list[Version]) -> Text:
    zh = f"“{text.strip()}”不止一个:{_told(found, 'zh')};请给出上级(within)或改用代码"
    en = (
        f"'{text.strip()}' may be {_told(found, 'en')}; say what it lies in (within), or use codes"
    )
    return Text(zh, en)


def _elsewhere(text: str, within: str, found: list[Version]) -> Text:
    zh = f"“{within}”内没有“{text.strip()}”;别处有{_told(found[:NEAREST], 'zh')}"
    en = f"'{text.strip()}' is not within '{within}'; elsewhere there is {_told(found[:NEAREST], 'en')}"
    return Text(zh, en)
