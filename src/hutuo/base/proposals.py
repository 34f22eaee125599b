"""Proposals: what each column of a table seems to mean, how sure that is, and why."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import grids, headers
from hutuo.base.dated import Dated, dated
from hutuo.base.grids import Grid
from hutuo.base.headers import IN_TITLE, JOINT, YEAR, Head, is_number, letter, plain
from hutuo.base.mapping import (
    Figure,
    IndicatorColumn,
    Mapping,
    PeriodColumn,
    PlaceColumn,
    UnitColumn,
)
from hutuo.base.matching import Places
from hutuo.base.measures import SURE, Indicators, unit_in, unit_of, units_in
from hutuo.base.periods import SEVERAL_MONTHS, is_several_months
from hutuo.base.periods import read as period_of
from hutuo.errors import BadInput
from hutuo.units import UNITS
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

SAMPLED_ROWS = 2_000
SAMPLED_WORDS = 200
SHOWN = 5
MOST = 0.8
HALF = 0.5
FEW = 0.2
NEVER = 2.0
HINTS = {
    "place": re.compile(
        r"地区|区划|地点|区域|市县|县区|县市|^place|^unit$|code|region|area$|^name", re.I
    ),
    "period": re.compile(
        r"年份|年度|年$|时间|时期|日期|月份|季度|year|date|period|time|month", re.I
    ),
    "indicator": re.compile(r"指标|项目|indicator|item|variable", re.I),
    "unit": re.compile(r"单位|^units?$|measure", re.I),
    "figure": re.compile(r"数值|数据|^值$|value|figure|amount", re.I),
    "other": re.compile(r"^(?:序号|编号|no\.?|id|index|备注|说明|note)$", re.I),
}


class Column(NamedTuple):
    """What a column seems to be.

    Attributes:
        name: What it is called.
        letter: Its letter, as in a spreadsheet.
        role: place, period, indicator, unit, figure or other.
        means: Id of the indicator of a column of figures, if one is proposed.
        unit: Symbol of the unit of its figures, if the file says one.
        sure: How sure that is, 0 to 1.
        why: Why.
        samples: Some of its cells.
    """

    name: str
    letter: str
    role: str
    means: str | None
    unit: str | None
    sure: float
    why: Text
    samples: tuple[str, ...]


class Proposed(NamedTuple):
    """A mapping, what it was made from, and sheets that there are."""

    mapping: Mapping
    columns: list[Column]
    sheets: tuple[str, ...]


class Known(NamedTuple):
    """What words are compared with."""

    places: Places
    indicators: Indicators
    region: "Region"


def proposed(path: Path, region: "Region", sheet: str | None = None) -> Proposed:
    """What the columns of a table seem to mean.

    Raises:
        BadInput: The file is broken.
        NotFound: There is no such sheet.
    """
    from hutuo.base.tabular import KINDS

    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise BadInput(
            Text(f"按扩展名,{path.name}不是表格", f"{path.name} is no table by its ending"),
            hint=Text(f"可用的扩展名:{'、'.join(KINDS)}", f"endings: {', '.join(KINDS)}"),
        )
    grid = grids.read(path, kind, sheet)
    head = headers.head_of(grid)
    places = Places(region.history("unit"), region.records("place"))
    known = Known(places, Indicators(region.records("indicator")), region)
    columns = [_column(grid, head, at, known) for at in range(len(head.names))]
    return Proposed(_mapping(path, kind, grid, head, columns, known), columns, grid.sheets)


def _column(grid: Grid, head: Head, at: int, known: Known) -> Column:
    cells = grid.cells.iloc[head.first : head.first + SAMPLED_ROWS, at].str.strip()
    words = [plain(word) for word in cells.unique()[:SAMPLED_WORDS] if word]
    name = head.names[at]
    role, sure, why = _role(name, words, known)
    means, unit = None, None
    if role == "figure":
        means, unit, sure, why = _figure(name, head.title, known)
    return Column(name, letter(at), role, means, unit, sure, why, tuple(words[:SHOWN]))


def _role(name: str, words: list[str], known: Known) -> tuple[str, float, Text]:
    """What the cells of a column are, by what they hold and by its header."""
    if not words:
        return "other", 1.0, Text("全为空", "it is empty")
    if HINTS["other"].search(name):
        return (
            "other",
            MOST,
            Text("列名表明是序号或备注", "by its header it is a number or a remark"),
        )
    shares = {
        "place": _share(words, lambda word: bool(known.places.candidates(word))),
        "period": _share(words, lambda word: _is_when(word, known)),
        "unit": _share(words, lambda word: unit_of(word) is not None and not is_number(word)),
        "figure": _share(words, lambda word: is_number(word) or word.lower() in headers.MISSING),
        "indicator": 0.0,
    }
    # Whole numbers that could be years are figures, unless the header says otherwise or means no indicator.
    only_numbers = all(is_number(word) for word in words)
    years = all(YEAR.fullmatch(word) for word in words) and _means(name, known)[1] < SURE
    if only_numbers and _says_when(name, known):
        # What stands below a period happened in it.
        shares["period"] = 0.0
    if shares["figure"] < HALF:
        shares["indicator"] = _share(words, lambda word: known.indicators.find(word)[1] >= SURE)
    for role in ("place", "unit", "period", "indicator"):
        share, hinted = shares[role], HINTS[role].search(name) is not None
        least = FEW if hinted else HALF
        if role == "period":
            least = MOST if hinted or years or not only_numbers else NEVER
        if share >= least:
            zh = f"{share:.0%}的内容可识别" + (",列名也表明" if hinted else "")
            en = f"{share:.0%} of its cells are such" + (
                ", and so says its header" if hinted else ""
            )
            return role, round(min(1.0, share + 0.1 * hinted), 2), Text(zh, en)
    if shares["figure"] >= HALF:
        zh, en = (
            f"{shares['figure']:.0%}的内容是数字",
            f"{shares['figure']:.0%} of its cells are numbers",
        )
        return "figure", round(shares["figure"], 2), Text(zh, en)
    return "other", HALF, Text("内容无法识别", "its cells mean nothing known")


def _is_when(word: str, known: Known) -> bool:
    """Whether a cell names a period; half a year too, which the reader refuses with what would be right."""
    return period_of(word, known.region.zone) is not None or is_several_months(word)


def _share(words: list[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, words)) / len(words)


def _figure(name: str, title: str, known: Known) -> tuple[str | None, str | None, float, Text]:
    """Indicator and unit that the header of a column of figures names."""
    rest = _dated(name, known).rest
    unit = next((u for u in (unit_in(part) for part in reversed(rest.split(JOINT))) if u), None)
    if not rest:
        return None, unit_in(title), MOST, Text("列名是时期", "its header is a period")
    means, sure, why = _means(name, known)
    if means is None:
        return None, unit, sure, why
    own = str(known.indicators.rows[means]["unit"])
    if unit is None:
        # Of units that stand above the whole table, the one that measures what the indicator does.
        fitting = [one for one in units_in(title) if _converts(one, own)]
        unit = fitting[0] if len(fitting) == 1 else None
    if unit is not None and not _converts(unit, own):
        zh = f"名称与指标{means}相同,但单位“{UNITS[unit].zh}”不能换算为“{UNITS[own].zh}”"
        en = f"called as indicator {means}, but {unit} does not convert to {own}"
        return None, unit, 0.0, Text(zh, en)
    return means, unit, sure, why


def _dated(name: str, known: Known) -> Dated:
    """The period in a header, unless an indicator is called so with its period."""
    return Dated(name) if plain(name).lower() in known.indicators.exact else dated(name)


def _means(name: str, known: Known) -> tuple[str | None, float, Text]:
    """The indicator that a header means beside its period; with 年末 first that of the end of a year."""
    found = _dated(name, known)
    plainly = known.indicators.find(found.rest)
    if not found.ends:
        return plainly
    *outer, last = found.rest.split(JOINT)
    ending = known.indicators.find(JOINT.join([*outer, f"年末{last}"]))
    return ending if ending[1] >= SURE else plainly


def _says_when(name: str, known: Known) -> bool:
    """Whether the lowest level of a header names a period."""
    return _dated(name.rpartition(JOINT)[2], known).period is not None


def _converts(given: str | None, wanted: str) -> bool:
    return given is not None and UNITS[given].dimension == UNITS[wanted].dimension


def _mapping(
    path: Path, kind: str, grid: Grid, head: Head, columns: list[Column], known: Known
) -> Mapping:
    place = _place(head.title, columns, known)
    indicator = _of(columns, "indicator")
    period = _of(columns, "period")
    figures = _figures(columns, long=indicator is not None, placed=place is not None, known=known)
    each = bool(figures) and all(figure.period for figure in figures)
    whole = None if period or each else _year(path, grid, head)
    unit = _of(columns, "unit")
    return Mapping(
        format=kind,
        sheet=grid.sheet,
        header_rows=tuple(int(grid.lines[row]) for row in head.rows),
        place=place,
        period=PeriodColumn(column=period, value=whole) if period or whole else None,
        indicator=IndicatorColumn(column=indicator) if indicator else None,
        unit=UnitColumn(column=unit) if unit else None,
        figures=tuple(figures),
    )


def _of(columns: list[Column], role: str) -> str | None:
    found = [column for column in columns if column.role == role]
    return max(found, key=lambda column: column.sure).name if found else None


def _year(path: Path, grid: Grid, head: Head) -> str | None:
    """The one year that the title names, or half a year, else the sheet, else the file."""
    for text in (head.title, grid.sheet or "", path.stem):
        if several := re.search(SEVERAL_MONTHS, text):
            return several.group()
        years = set(IN_TITLE.findall(text)) or set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text))
        if len(years) == 1:
            return str(years.pop())
    return None


def _place(title: str, columns: list[Column], known: Known) -> PlaceColumn | None:
    """The column of places, codes before names; what holds prefectures alone is what the others lie in."""
    found = [column for column in columns if column.role == "place"]
    if not found:
        named = [
            version
            for version in known.places.versions
            if len(plain(version.zh)) > 2 and plain(version.zh) in title  # noqa: PLR2004 - 县 alone is no name
        ]
        if not named:
            return None
        longest = max(named, key=lambda version: len(version.zh))
        return PlaceColumn(value=longest.place, by="code")
    outer = [c for c in found if all(known.places.prefecture(word) for word in c.samples)]
    inner = [c for c in found if c not in outer] or outer
    codes = [c for c in inner if all(word[:2].isdigit() for word in c.samples)]
    best = max(codes or inner, key=lambda column: column.sure)
    within = outer[0].name if outer and best not in outer and not codes else None
    return PlaceColumn(column=best.name, by="code" if codes else "name", within=within)


def _figures(columns: list[Column], *, long: bool, placed: bool, known: Known) -> list[Figure]:
    figures = []
    for column in (c for c in columns if c.role == "figure"):
        rest, period, _ = _dated(column.name, known)
        levels = rest.split(JOINT)
        at = None if placed else next((p for p in levels if known.places.by_name.get(p)), None)
        sure = column.means is not None and column.sure >= SURE
        apart = any(not dated(level).rest for level in column.name.split(JOINT))
        if not (sure or apart or at or (long and _is_value(column, columns))):
            continue
        figures.append(
            Figure(
                column=column.name,
                indicator=column.means if sure and not long else None,
                unit=column.unit,
                period=period,
                place=at,
            )
        )
    return figures


def _is_value(column: Column, columns: list[Column]) -> bool:
    """Whether a column holds the values of a table with one row a figure."""
    numeric = [c for c in columns if c.role == "figure"]
    return len(numeric) == 1 or HINTS["figure"].search(column.name) is not None
