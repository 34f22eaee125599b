"""Meanings of the words of a file: each different word, or combination of words, is looked up once."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import numbers
from hutuo.base.cells import Cells, Words
from hutuo.base.headers import plain
from hutuo.base.mapping import Mapping
from hutuo.base.matching import Places, Refused, Span
from hutuo.base.measures import SURE, Indicators, unit_of
from hutuo.base.periods import Period, day_of, refused
from hutuo.base.periods import read as period_of
from hutuo.units import UNITS
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

# Instead of the code of a unit: the cell itself is written with %.
PERCENT = -2


class Solved(NamedTuple):
    """What words mean.

    Attributes:
        meanings: Different meanings.
        codes: For each cell which of them it has; -1 if none.
        reasons: Why words have none.
        wrong: For each cell which of the reasons applies; -1 if none.
    """

    meanings: list[object]
    codes: "NDArray[np.int64]"
    reasons: list[Text]
    wrong: "NDArray[np.int64]"


def periods(cells: Cells, region: "Region") -> Solved:
    """The period of each cell."""
    return _solved(
        cells.said["period"], lambda w: period_of(w, region.zone) or Refused(refused(w)), "period"
    )


def indicators(cells: Cells, mapping: Mapping, known: Indicators) -> Solved:
    """The indicator of each cell."""
    return _solved(cells.said["indicator"], lambda w: _indicator(w, mapping, known), "indicator")


def _solved(said: Words, meaning: Callable[[str], "object | Refused"], role: str) -> Solved:
    """What each different word means, looked up once."""
    found = [meaning(word) for word in said.words]
    return _coded([*found, _unsaid(role)], said.codes)


def _coded(found: Sequence[object], codes: "NDArray[np.int64]") -> Solved:
    """Meanings and reasons apart, each meaning once; codes index what was found."""
    import numpy as np

    meanings: dict[object, int] = {}
    reasons: list[Text] = []
    to = np.full((2, max(len(found), 1)), -1, np.int64)
    for at, one in enumerate(found):
        if isinstance(one, Refused):
            to[1, at] = len(reasons)
            reasons.append(one.reason)
        else:
            to[0, at] = meanings.setdefault(one, len(meanings))
    return Solved(list(meanings), to[0][codes], reasons, to[1][codes])


def _unsaid(role: str) -> Refused:
    zh = {"place": "地点", "period": "时期", "indicator": "指标"}[role]
    return Refused(
        Text(
            f"没有写明{zh};请在该行或映射中给出",
            f"no {role} is given; give it in the row or the mapping",
        )
    )


def _indicator(word: str, mapping: Mapping, indicators: Indicators) -> "str | Refused":
    by_hand = {plain(given): indicator for given, indicator in mapping.indicators.items()}
    word = by_hand.get(plain(word), word)
    if word in indicators.rows:
        return word
    found, sure, why = indicators.find(word)
    return found if found is not None and sure >= SURE else Refused(why)


def places(cells: Cells, mapping: Mapping, region: "Region", when: Solved) -> Solved:
    """The place of each cell: its word, what it lies in and the days it stands for, each combination once."""
    import numpy as np
    import pandas as pd

    known = Places(region.history("unit"), region.records("place"))
    words, codes = cells.said["place"]
    by_hand = {plain(word): place for word, place in mapping.places.items()}
    settled = [by_hand.get(plain(word)) for word in words]
    words = [place or word for place, word in zip(settled, words, strict=True)]
    everywhere = np.array([_is_plain(known, word) for word in words] + [False])
    context, outer = _context(known, cells)
    spans, span_of = _spans(when, region)
    combined = pd.DataFrame(
        {
            "word": codes,
            "within": cells.within.codes,
            "outer": outer,
            "span": span_of[when.codes],
        }
    )
    # What is settled by hand is not looked for within anything.
    combined.loc[np.array([*map(bool, settled), False])[codes], "within"] = -1
    # Where neither time nor surroundings can change what a word means, they are left out.
    combined.loc[everywhere[codes] & (combined["within"] < 0), ["outer", "span"]] = -1
    numbered = combined.groupby(list(combined.columns), sort=False).ngroup().to_numpy()
    different = combined.iloc[np.unique(numbered, return_index=True)[1]]
    found: list[object] = []
    for word, inside, around, days in different.to_numpy().tolist():
        if word < 0:
            found.append(_unsaid("place"))
            continue
        span = spans[days] if days >= 0 else None
        within = cells.within.words[inside] if inside >= 0 else None
        found.append(
            known.find(words[word], span, within, context[around] if around >= 0 else None)
        )
    return _coded(found, numbered.astype(np.int64))


def _is_plain(known: Places, word: str) -> bool:
    """Whether a word means the same at all times and everywhere."""
    found = known.candidates(word)
    return not found or (
        len({v.place for v in found}) == 1
        and all(v.valid_from is None and v.valid_to is None for v in found)
    )


def _context(known: Places, cells: Cells) -> "tuple[list[str], NDArray[np.int64]]":
    """For each cell the prefecture whose row stands last above it: yearbooks list counties below theirs."""
    import numpy as np
    import pandas as pd

    words, codes = cells.body
    named = [known.prefecture(word) for word in words]
    context = sorted({name for name in named if name})
    number = {name: at for at, name in enumerate(context)}
    of_word = np.array([number[name] if name else np.nan for name in named] + [np.nan])
    rows = pd.Series(of_word[codes]).ffill().fillna(-1).to_numpy().astype(np.int64)
    return context, rows[cells.row - cells.first]


def _spans(when: Solved, region: "Region") -> "tuple[list[Span], NDArray[np.int64]]":
    """Days that each period covers, and for each period which of them; -1 last, for no period."""
    import numpy as np

    spans: dict[Span, int] = {}
    to = []
    for one in when.meanings:
        assert isinstance(one, Period)  # noqa: S101 - for the types
        first = day_of(one.valid_from, region.zone)
        # An instant has no end, and stands for its day.
        end = day_of(one.valid_to, region.zone) if one.valid_to else first + timedelta(days=1)
        span = (first, end)
        to.append(spans.setdefault(span, len(spans)))
    return list(spans), np.array([*to, -1], np.int64)


def measured(
    cells: Cells, measures: Solved, known: Indicators
) -> "tuple[NDArray[np.float64], list[str], Solved]":
    """Values in the unit of their indicator, that unit by indicator, and what is wrong with units."""
    import numpy as np
    import pandas as pd

    value, percent = numbers.read(cells.text)
    own = [str(known.rows[name]["unit"]) for name in measures.meanings]
    words, codes = cells.said["unit"]
    given = [unit_of(word) or Refused(_no_unit(word)) for word in words]
    pairs = pd.DataFrame({"i": measures.codes, "u": np.where(percent, -2, codes)})
    numbered = pairs.groupby(["i", "u"], sort=False).ngroup().to_numpy()
    different = pairs.iloc[np.unique(numbered, return_index=True)[1]]
    found: list[object] = []
    for measure, unit in different.to_numpy().tolist():
        said = "%" if unit == PERCENT else given[unit] if unit >= 0 else None
        found.append(_factor(said, own[measure] if measure >= 0 else None))
    solved = _coded(found, numbered.astype(np.int64))
    factors = np.array([*solved.meanings, (1.0, 1.0)], dtype=float).reshape(-1, 2)[solved.codes]
    changed = factors[:, 0] != factors[:, 1]
    value[changed] = numbers.tidy(value[changed] * factors[changed, 0] / factors[changed, 1])
    return value, own, solved


def _factor(given: "str | Refused | None", wanted: str | None) -> "tuple[float, float] | Refused":
    """What to multiply by and what to divide by, to get from one unit to the other."""
    if isinstance(given, Refused):
        return given
    if given is None or wanted is None or given == wanted:
        return (1.0, 1.0)
    source, target = UNITS[given], UNITS[wanted]
    if source.dimension == target.dimension:
        return (source.factor, target.factor)
    same = [u for u in UNITS.values() if u.dimension == target.dimension]
    zh = f"“{source.zh}”不能换算为指标的单位“{target.zh}”;可用{'、'.join(u.zh for u in same)}"
    en = f"'{source.en}' does not convert to '{target.en}', the unit of the indicator"
    return Refused(Text(zh, f"{en}; possible: {', '.join(u.symbol for u in same)}"))


def _no_unit(word: str) -> Text:
    near = get_close_matches(word, [*UNITS, *(u.zh for u in UNITS.values())], n=3, cutoff=0.4)
    zh = f"“{word}”不是已知的计量单位" + (f";相近的有{'、'.join(near)}" if near else "")
    return Text(
        zh, f"'{word}' is no known unit" + (f"; the nearest are {', '.join(near)}" if near else "")
    )
