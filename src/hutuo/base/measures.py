"""Measures: which indicator and which unit of measure the header of a table means.

A header is never guessed: what is called alike is proposed with how sure that is, what is not is told with
the nearest names.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from hutuo.base.headers import plain, unit_text, without_brackets
from hutuo.units import UNITS
from hutuo.verbs import Text

SYNONYMS = Path(__file__).with_name("synonyms.csv")
NEAREST = 3
ALIKE = 0.5
# A proposal at least this sure is taken; below it is only shown.
SURE = 0.8
# Other ways in which tables write a unit; only spellings, every factor stands in units.py.
ALIASES = {
    "平方千米": "km2",
    "km²": "km2",
    "㎡": "m2",
    "千米": "km",
    "分": "minute",
    "百分比": "%",
    "人次": "person",
    "人/平方千米": "person_per_km2",
    "人/km2": "person_per_km2",
    "ha": "公顷",
    "万吨标煤": "万吨标准煤",
    "吨标煤": "tce",
    "吨ce": "tce",
    "座": "count",
    "处": "count",
    "家": "count",
    "岁": "year",
    "亿m3": "亿立方米",
    "万m3": "万立方米",
    "m3": "立方米",
    "度": "kWh",
    "千瓦小时": "kWh",
    "万千瓦小时": "万千瓦时",
    "亿千瓦小时": "亿千瓦时",
}
LISTED = re.compile(r"单位\s*[::]\s*(.+)")
APART = re.compile(r"[、,,;;\s]+")
WHOLE = re.compile(r"(?:合计|总计|总数|小计|总量|全市|total|all)", re.IGNORECASE)


class Indicators:
    """Every indicator by id and by its names."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.rows = {row["indicator"]: row for row in rows}
        self.exact: dict[str, list[str]] = {}
        self.loose: dict[str, list[str]] = {}
        for name, row in self.rows.items():
            for key in {name, plain(row["zh"]), plain(row["en"])}:
                self.exact.setdefault(key.lower(), []).append(name)
            for key in {without_brackets(row["zh"]), without_brackets(row["en"])}:
                self.loose.setdefault(key.lower(), []).append(name)

    def find(self, text: str) -> tuple[str | None, float, Text]:
        """The indicator that a header means.

        Returns:
            Its id or None, how sure that is (0 to 1), and why.
        """
        best: tuple[str | None, float, Text | None] = (None, 0.0, None)
        for words, part in _readings(text):
            for keys, sure, zh, en in (
                (self.exact, 1.0, "名称相同", "the name is the same"),
                (
                    self.loose,
                    0.9,
                    "除括号外名称相同",
                    "the name is the same but for what is in brackets",
                ),
            ):
                for word, less in ((words, 0.0), (_synonym(words), 0.1)):
                    found = keys.get(word.lower(), []) if word else []
                    if len(found) == 1 and sure - less - part > best[1]:
                        best = (found[0], round(sure - less - part, 2), Text(zh, en))
                    elif len(found) > 1 and best[0] is None:
                        best = (None, 0.0, self._several(text, found))
        return best[0], best[1], best[2] or self._unlike(text)

    def nearest(self, text: str) -> list[str]:
        """Ids of the indicators whose names are most alike, the nearest first."""
        word = without_brackets(text.rpartition(" / ")[2] or text).lower()
        scored = [
            (
                max(
                    SequenceMatcher(None, word, plain(row[side]).lower()).ratio()
                    for side in ("zh", "en")
                ),
                name,
            )
            for name, row in self.rows.items()
        ]
        return [name for score, name in sorted(scored, reverse=True)[:NEAREST] if score >= ALIKE]

    def _unlike(self, text: str) -> Text:
        near = self.nearest(text)
        zh, en = f"没有名为“{text.strip()}”的指标", f"no indicator is called '{text.strip()}'"
        if near:
            zh += ";相近的有" + "、".join(f"{self.rows[n]['zh']}({n})" for n in near)
            en += "; the nearest are " + ", ".join(f"{self.rows[n]['en']} ({n})" for n in near)
        return Text(zh, en)

    def _several(self, text: str, found: list[str]) -> Text:
        zh = "、".join(f"{self.rows[n]['zh']}({n})" for n in found)
        return Text(
            f"“{text.strip()}”可指{zh}", f"'{text.strip()}' may mean any of {', '.join(found)}"
        )


def unit_of(text: str | None) -> str | None:
    """Symbol of the unit of measure that is written so, None if none is."""
    if not text:
        return None
    word = re.sub(r"\s", "", plain(text)).lower()
    return _unit_words().get(word)


def unit_in(header: str) -> str | None:
    """Symbol of the unit that a header names in brackets or after 单位."""
    return unit_of(unit_text(header))


def units_in(title: str) -> list[str]:
    """Symbols of the units that a title names, as ``单位:万人、亿元`` does."""
    listed = LISTED.search(title)
    words = APART.split(listed[1]) if listed else []
    found = [symbol for word in words if (symbol := unit_of(word))]
    one = unit_in(title)
    return found or ([one] if one else [])


@cache
def _unit_words() -> dict[str, str]:
    words: dict[str, str] = {}
    for unit in UNITS.values():
        for word in (unit.symbol, unit.zh, unit.en):
            words.setdefault(re.sub(r"\s", "", plain(word)).lower(), unit.symbol)
    for word, symbol in ALIASES.items():
        words.setdefault(word, symbol)
    return words


@cache
def _synonyms() -> dict[str, str]:
    with SYNONYMS.open(encoding="utf-8", newline="") as lines:
        return {plain(row["term"]).lower(): plain(row["means"]) for row in csv.DictReader(lines)}


def _synonym(word: str) -> str:
    return _synonyms().get(word.lower(), "")


def _readings(text: str) -> list[tuple[str, float]]:
    """Ways to read a header, with what each takes off its sureness: whole, bare, by its levels."""
    levels = [plain(part) for part in text.split(" / ") if part.strip()]
    said = [p for p in levels if not WHOLE.fullmatch(without_brackets(p)) and without_brackets(p)]
    ways = [(plain(text), 0.0), (without_brackets(text), 0.0)]
    if len(said) == 1:
        ways += [(said[0], 0.0), (without_brackets(said[0]), 0.0)]
    elif said:
        ways += [("".join(map(without_brackets, said)), 0.05), (without_brackets(said[-1]), 0.15)]
    return ways
