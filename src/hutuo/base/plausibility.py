"""Plausibility: figures that can be right but seldom are; the rules are rows of ``plausibility.csv``.

Nothing is blocked. A doubt names the rule, the cell, the figure it was compared with, and whose that is.
Kinds of rules (``check``): ``range`` bounds a figure by itself; ``step`` bounds its ratio to the period
before, where that is about a year away at most; ``scale`` tells where the same ratio is that of a slip of
10,000 (万), and ``peers`` where that to the middle of the other units of its level is; ``parts`` says how far
the parts of a unit may add up beside it.
"""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.units import UNITS, shown
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

FILE = Path(__file__).with_suffix(".csv")
# A year, and the days by which yearly figures may stand apart.
YEAR_DAYS = 400
PEERS = 4
MOST_KNOWN = 1_000_000
# A batch of more rows than this is of readings, not of a yearbook: each is looked at by itself.
MOST_COMPARED = 200_000
MOST_PERIODS = 500
# Told in full; of each rule the rest is counted.
LISTED = 100
KEYS = ["place", "indicator", "valid_from", "valid_to"]


class Rule(NamedTuple):
    """One row of the rules.

    Attributes:
        rule: Its name.
        check: Which comparison it is.
        indicators: Pattern that the ids of its indicators match.
        dimension: What their unit measures; any if empty.
        least: Lower bound, None if there is none.
        most: Upper bound, None if there is none.
        says: What is doubtful, in both languages.
    """

    rule: str
    check: str
    indicators: str
    dimension: str
    least: float | None
    most: float | None
    says: Text


class Doubt(NamedTuple):
    """A figure that is doubtful.

    Attributes:
        at: Position of its row in the frame.
        rule: Name of the rule.
        says: What is doubtful, with the figures.
        compared: Figure that it was compared with, in the same unit; None if with a bound.
        whose: Whose figure that is, as place and period.
    """

    at: int
    rule: str
    says: Text
    compared: float | None
    whose: Text | None


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, in order."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(_rule(row) for row in csv.DictReader(lines))


def _rule(row: dict[str, str]) -> Rule:
    least, most = (float(row[name]) if row[name] else None for name in ("least", "most"))
    says = Text(row["zh"], row["en"])
    return Rule(row["rule"], row["check"], row["indicators"], row["dimension"], least, most, says)


def doubts(frame: "pd.DataFrame", region: "Region") -> list[Doubt]:
    """What is doubtful about rows of observations, beside each other and what is known.

    Args:
        frame: Columns place, indicator, valid_from, valid_to, value and unit.
        region: View of the region.
    """
    if frame.empty:
        return []
    alone = len(frame) > MOST_COMPARED
    new = _plain(frame, region, timed=not alone)
    new["at"] = range(len(new))
    known = new.iloc[:0] if alone else _known(new, region)
    found: list[Doubt] = []
    for rule in rules():
        some = _meant(new, rule)
        if some.empty or (alone and rule.check != "range"):
            continue
        if rule.check == "range":
            found += _outside(some, rule, region)
        elif rule.check in ("step", "scale"):
            found += _stepped(some, known, rule, region)
        elif rule.check == "peers":
            found += _peers(some, known, rule, region)
        else:
            found += _parts(some, known, rule, region)
    return sorted(found, key=lambda doubt: doubt.at)


def _plain(frame: "pd.DataFrame", region: "Region", *, timed: bool = True) -> "pd.DataFrame":
    """The columns that are compared: times as midnight or instant in UTC, values in the indicators' units."""
    import numpy as np
    import pandas as pd

    measure, names = frame["indicator"].factorize()
    given, units = frame["unit"].factorize()
    known = region.indicators
    own = [str(known[name]["unit"]) if name in known else None for name in map(str, names)]
    # A unit that is not known has been told already; its figures stay as they are.
    size = {name: unit.factor for name, unit in UNITS.items()}
    wanted = np.array([size.get(unit or "", np.nan) for unit in own] + [np.nan])[measure]
    scale = (
        np.array([size.get(unit, np.nan) for unit in map(str, units)] + [np.nan])[given] / wanted
    )
    plain = pd.DataFrame(
        {
            "place": frame["place"],
            "indicator": pd.Categorical.from_codes(
                measure, pd.Index([str(name) for name in names])
            ),
            "unit": [] if frame.empty else np.array([unit or "" for unit in own], object)[measure],
            "value": frame["value"].to_numpy(float) * np.where(np.isnan(scale), 1.0, scale),
        }
    )
    if not timed:
        return plain
    for name in ("valid_from", "valid_to"):
        text = frame[name].astype("str")
        when = pd.to_datetime(text, utc=True, format="ISO8601", errors="coerce")
        plain[name] = when.dt.tz_localize(None).to_numpy("datetime64[us]")
    return plain.astype(dict.fromkeys(("place", "indicator", "unit"), "str")).reset_index(
        drop=True
    )


def _known(new: "pd.DataFrame", region: "Region") -> "pd.DataFrame":
    """Known figures of the same indicators and grain; none where there are too many to look through."""
    import pandas as pd

    names = sorted(set(new["indicator"]))
    count = region.query("SELECT count(*) AS n FROM known", "observation", indicator=names)
    if count[0]["n"] == 0 or count[0]["n"] > MOST_KNOWN:
        return new.iloc[:0]
    from dataclasses import replace

    known = _plain(replace(region, at=None).table("observation", indicator=names), region)
    known["at"] = -1
    return known if len(known) else pd.DataFrame(columns=new.columns)


def _meant(new: "pd.DataFrame", rule: Rule) -> "pd.DataFrame":
    """Rows that a rule speaks of."""
    import re

    pattern = re.compile(rule.indicators)
    first = new.drop_duplicates("indicator")
    names = [
        name
        for name, unit in zip(first["indicator"], first["unit"], strict=True)
        if unit in UNITS
        and rule.dimension in ("", UNITS[unit].dimension)
        and pattern.search(str(name))
    ]
    return new[new["indicator"].isin(names)]


def _outside(some: "pd.DataFrame", rule: Rule, region: "Region") -> list[Doubt]:
    import numpy as np

    codes, units = some["unit"].factorize()
    scaled = some["value"] * np.array([UNITS[unit].factor for unit in units])[codes]
    # A last figure is rounded, so that 100 % may stand as 100.0000001.
    low = scaled < rule.least - 1e-9 if rule.least is not None else scaled.isna()
    high = scaled > rule.most + 1e-9 if rule.most is not None else scaled.isna()
    some = some[low | high]
    return _counted(
        rule,
        (
            Doubt(int(row["at"]), rule.rule, _with(rule.says, _said(row, region)), None, None)
            for row in some.head(LISTED + 1).to_dict("records")
        ),
        len(some),
    )


def _stepped(
    some: "pd.DataFrame", known: "pd.DataFrame", rule: Rule, region: "Region"
) -> list[Doubt]:
    """Figures whose ratio to the one before is beyond (step) or within (scale) the bounds."""
    import pandas as pd

    both = pd.concat([known[known["indicator"].isin(some["indicator"])], some])
    # What is new stands for what was known of the same period.
    both = both.drop_duplicates(KEYS, keep="last").sort_values(
        ["place", "indicator", "valid_from"]
    )
    groups = both.groupby(["place", "indicator"], sort=False)
    before, since = groups["value"].shift(), groups["valid_from"].shift()
    apart = (both["valid_from"] - since).dt.days
    ratio = both["value"].abs() / before.abs().where(before != 0)
    if rule.check == "step":
        wrong = (apart <= YEAR_DAYS) & ((ratio < rule.least) | (ratio > rule.most))
    else:
        wrong = _slipped(ratio, rule)
    wrong &= both["at"] >= 0
    rows = both[wrong].assign(before=before[wrong], since=since[wrong])
    return _counted(
        rule,
        (
            _compared(row, rule, row["before"], _whose(region, row["place"], row["since"]), region)
            for row in rows.head(LISTED + 1).to_dict("records")
        ),
        len(rows),
    )


def _peers(
    some: "pd.DataFrame", known: "pd.DataFrame", rule: Rule, region: "Region"
) -> list[Doubt]:
    """Figures far off the middle of the other units of their level in the same period."""
    import pandas as pd

    levels = {row["unit"]: row["level"] for row in region.history("unit")}
    both = pd.concat([known[known["indicator"].isin(some["indicator"])], some])
    both = both.drop_duplicates(KEYS, keep="last")
    both = both.assign(level=both["place"].map(levels)).dropna(subset="level")
    groups = both[both["value"] != 0].groupby(["indicator", "level", "valid_from", "valid_to"])[
        "value"
    ]
    both = both.assign(middle=groups.transform("median"), peers=groups.transform("size"))
    both = both[both["peers"] >= PEERS]
    ratio = both["value"].abs() / both["middle"].abs().where(both["middle"] != 0)
    rows = both[_slipped(ratio, rule) & (both["at"] >= 0)]
    whose = Text("同级单元的中位数", "the middle of the units of its level")
    return _counted(
        rule,
        (
            _compared(row, rule, row["middle"], whose, region)
            for row in rows.head(LISTED + 1).to_dict("records")
        ),
        len(rows),
    )


def _slipped(ratio: "pd.Series[float]", rule: Rule) -> "pd.Series[bool]":
    """Whether a ratio, or its inverse, lies within the bounds."""
    inverse = 1 / ratio.where(ratio != 0)
    least, most = rule.least or 0.0, rule.most or float("inf")
    return ratio.between(least, most) | inverse.between(least, most)


def _parts(
    some: "pd.DataFrame", known: "pd.DataFrame", rule: Rule, region: "Region"
) -> list[Doubt]:
    """Wholes beside the sum of all their parts, where every part has a figure of the same period."""
    import pandas as pd

    sums = {name for name, row in region.indicators.items() if row["aggregation"] == "sum"}
    some = some[some["indicator"].isin(sums)]
    if some.empty:
        return []
    both = pd.concat([known[known["indicator"].isin(some["indicator"])], some])
    both = both.drop_duplicates(KEYS, keep="last")
    found: list[Doubt] = []
    units = region.history("unit")
    periods = some[["valid_from", "valid_to"]].drop_duplicates()
    if len(periods) > MOST_PERIODS:
        return []
    both = both.merge(periods, on=["valid_from", "valid_to"])
    for (indicator, start, end), group in both.groupby(["indicator", "valid_from", "valid_to"]):
        cells = zip(group["value"], group["at"], strict=True)
        figures = dict(zip(group["place"], cells, strict=True))
        for whole, parts in _wholes(units, start, end).items():
            if whole in figures and all(part in figures for part in parts):
                found += _beside(rule, region, str(indicator), whole, parts, figures)
    return _counted(rule, found)


def _beside(
    rule: Rule,
    region: "Region",
    indicator: str,
    whole: str,
    parts: list[str],
    figures: dict[str, tuple[float, int]],
) -> list[Doubt]:
    """The doubt where the parts do not add up to the whole: told at the whole, or else at the first part."""
    total, (said, at) = sum(figures[part][0] for part in parts), figures[whole]
    new = [figures[place][1] for place in (whole, *parts) if figures[place][1] >= 0]
    if not new or abs(total - said) <= (rule.most or 0) * abs(said):
        return []
    name, measure = _name(region, whole), region.indicators[indicator]
    sides = shown(said), shown(total)
    zh = f"{name.zh}的{measure['zh']}为{sides[0]},其{len(parts)}个下级单元之和为{sides[1]}"
    en = f"{measure['en']} of {name.en} is {sides[0]}, its {len(parts)} parts add up to {sides[1]}"
    says = _with(rule.says, Text(zh, en))
    if at < 0:
        return [Doubt(new[0], rule.rule, says, said, name)]
    return [Doubt(at, rule.rule, says, total, Text("下级单元之和", "sum of the parts"))]


def _wholes(units: list[dict[str, Any]], start: Any, end: Any) -> dict[str, list[str]]:
    """Units that hold in a period, by the unit they lie in; zones lie in counties and are no parts."""
    parts: dict[str, set[str]] = {}
    first, last = start.date(), end.date()
    for row in units:
        begun = row["valid_from"] is None or row["valid_from"] < last
        if (
            begun
            and (row["valid_to"] is None or row["valid_to"] > first)
            and row["level"] != "zone"
        ):
            parts.setdefault(row["parent"] or "", set()).add(row["unit"])
    return {whole: sorted(found) for whole, found in parts.items() if whole and len(found) > 1}


def _compared(
    row: dict[Any, Any], rule: Rule, other: float, whose: Text, region: "Region"
) -> Doubt:
    said, unit = _said(row, region), UNITS[row["unit"]]
    zh = f"{said.zh},{whose.zh}为{shown(other)}{unit.zh}"
    en = f"{said.en}, {whose.en} is {shown(other)} {unit.en}"
    return Doubt(int(row["at"]), rule.rule, _with(rule.says, Text(zh, en)), float(other), whose)


def _said(row: dict[Any, Any], region: "Region") -> Text:
    """Whose figure is doubtful, and what it is."""
    name, value = _name(region, row["place"]), shown(row["value"])
    return Text(f"{name.zh}为{value}", f"that of {name.en} is {value}")


def _name(region: "Region", place: str) -> Text:
    return region.names.get(place, Text(place, place))


def _whose(region: "Region", place: str, since: Any) -> Text:
    name = _name(region, place)
    day = since.date().isoformat()
    return Text(f"{name.zh}自{day}起的数字", f"the figure of {name.en} from {day}")


def _with(says: Text, more: Text) -> Text:
    return Text(f"{says.zh}:{more.zh}", f"{says.en}: {more.en}")


def _counted(rule: Rule, found: Iterable[Doubt], total: int | None = None) -> list[Doubt]:
    """The first doubts of a rule; the last one says how many more there are."""
    told = list(found)
    total = len(told) if total is None else total
    if total <= LISTED:
        return told
    more = total - LISTED
    last = told[LISTED]
    zh, en = f"另有{more}处:{rule.says.zh}", f"{more:,} more like these: {rule.says.en}"
    return [*told[:LISTED], Doubt(last.at, rule.rule, Text(zh, en), None, None)]
