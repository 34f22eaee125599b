"""Which figure stands for which place of a geography in which period."""

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.figures import indicator_of
from hutuo.base.periods import day_of, moment, of_grain
from hutuo.base.series import WEAK
from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.units import convert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.geographies import Spot
    from hutuo.base.region import Region
    from hutuo.base.succession import Version

MOST_FIGURES = 2_000_000
# A part named for a unit and a year holds figures of that year in the extent that the unit then had.
OF_A_YEAR = re.compile(r"part:([0-9]{6})-([0-9]{4})")
Span = tuple[date, date | None]


class Standing(NamedTuple):
    """Figures of places by period.

    Attributes:
        spans: Periods as (valid_from, valid_to), the oldest first.
        figures: In the indicator's unit, (places, periods); not a number where there is none.
        estimates: Whether the figure is an estimate, (places, periods).
        there: Whether the place was there in that period, (places, periods).
    """

    spans: list[Span]
    figures: "NDArray[np.float64]"
    estimates: "NDArray[np.bool_]"
    there: "NDArray[np.bool_]"


def readings(region: "Region", indicator: str, year: int | None = None) -> "pd.DataFrame":
    """Figures of an indicator up to the region's ``at``: place, span, value in its unit, estimate.

    Weak figures (quality C) are left out, as in all evaluations.

    Raises:
        NotFound: No indicator has that id.
        BadAsk: It has more figures than are cut at once.
    """
    import pandas as pd

    unit = indicator_of(region, indicator)["unit"]
    whole = replace(region, at=None)
    (known,) = whole.query("SELECT count(*) AS n FROM known", "observation", indicator=indicator)
    if known["n"] > MOST_FIGURES:
        count, most = f"{known['n']:,}", f"{MOST_FIGURES:,}"
        message = Text(
            f"指标“{indicator}”有{count}个数值,超过{most}个",
            f"'{indicator}' has {count} figures, more than {most}",
        )
        hint = Text(
            "请先按日或按年汇总为另一个指标",
            "sum them up by day or year first, under an indicator of their own",
        )
        raise BadAsk(message, hint)
    frame = whole.table("observation", indicator=indicator)
    frame = frame[frame["quality"] != WEAK]
    spans = pd.Series(
        [
            (_plain(start, grain), _plain(end, grain))
            for start, end, grain in zip(
                frame["valid_from"], frame["valid_to"], frame["grain"], strict=True
            )
        ],
        index=frame.index,
        dtype=object,
    )
    factors = {given: convert(1.0, given, unit) for given in frame["unit"].unique()}
    made = pd.DataFrame(
        {
            "place": frame["place"],
            "span": spans,
            "value": frame["value"] * frame["unit"].map(factors).astype(float),
            "estimate": frame["estimate"].fillna(False).astype(bool),  # noqa: FBT003 - the fill
        }
    )
    wanted = [_asked(span, region, year) for span in made["span"]]
    return made[pd.Series(wanted, index=made.index, dtype=bool)].reset_index(drop=True)


def _plain(when: object, grain: str) -> date | None:
    """A date for a civil period, an instant else."""
    import pandas as pd

    if when is None or pd.isna(when):  # type: ignore[call-overload] # a date, an instant or nothing
        return None
    if isinstance(when, pd.Timestamp):
        return of_grain(when.to_pydatetime(), grain)
    return when  # type: ignore[return-value] # dates where all rows are made of dates


def _asked(span: Span, region: "Region", year: int | None) -> bool:
    start = span[0]
    if year is not None and start.year != year:
        return False
    if region.when is None:
        return True
    return moment(start) <= region.when.last


def standing(
    spots: "Sequence[Spot]",
    frame: "pd.DataFrame",
    known: "Sequence[Version]",
    zone: "tzinfo",
    *,
    dated: bool,
) -> Standing:
    """Figures of the spots by period.

    A unit has the figures of its code while it was, and where its geography is of a day also those that the
    code has from before it was, unless it then stood for another unit. A part ``part:CODE-YEAR`` speaks for
    the extent that the unit had in that year.

    Args:
        spots: Places.
        frame: Figures, as :func:`readings` gives them.
        known: All extents of all units.
        zone: Zone whose days instants fall on.
        dated: Whether the spots are those of one day; else each extent has the figures of its own time.
    """
    import numpy as np

    spans = sorted(set(frame["span"]), key=_order)
    column = {span: number for number, span in enumerate(spans)}
    days = [day_of(start, zone) for start, _ in spans]
    values = np.full((len(spots), len(spans)), np.nan)
    estimates = np.zeros(values.shape, dtype=bool)
    there = np.ones(values.shape, dtype=bool)
    if not dated:
        for row, spot in enumerate(spots):
            if spot.version:
                there[row] = [spot.version.holds(day) for day in days]
    columns = frame["span"].map(column).to_numpy(dtype=int)
    chosen = _rows(spots, frame["place"], [days[c] for c in columns], known, dated=dated)
    for rank in (0, 1):
        pick = chosen[:, 1] == rank
        rows = chosen[pick, 0]
        values[rows, columns[pick]] = frame["value"].to_numpy()[pick]
        estimates[rows, columns[pick]] = frame["estimate"].to_numpy()[pick]
    used = ~np.isnan(values).all(axis=0)
    kept = [span for span, keep in zip(spans, used, strict=True) if keep]
    return Standing(kept, values[:, used], estimates[:, used], there[:, used])


def _rows(
    spots: "Sequence[Spot]",
    places: "Iterable[str]",
    days: "Sequence[date]",
    known: "Sequence[Version]",
    *,
    dated: bool,
) -> "NDArray[np.intp]":
    """Row of the spot that each figure stands for, and its rank: a part's figure (1) goes over a code's (0).

    The rank is -1 where a figure stands for none.
    """
    import numpy as np

    plain = {spot.place: row for row, spot in enumerate(spots) if spot.version is None}
    units: dict[str, list[tuple[int, Spot]]] = {}
    for row, spot in enumerate(spots):
        if spot.version:
            units.setdefault(spot.place, []).append((row, spot))
    others: dict[str, list[Version]] = {}
    for version in known:
        others.setdefault(version.unit, []).append(version)
    found = np.full((len(days), 2), -1, dtype=np.intp)
    for number, (place, day) in enumerate(zip(places, days, strict=True)):
        if place in plain:
            found[number] = plain[place], 0
        elif place in units:
            code = _of_code(units[place], day, others.get(place, ()), dated=dated)
            found[number] = (code, 0) if code is not None else (-1, -1)
        elif part := OF_A_YEAR.fullmatch(place):
            then = _of_part(units.get(part[1], ()), int(part[2]), day)
            found[number] = (then, 1) if then is not None else (-1, -1)
    return found


def _of_code(
    spots: "Sequence[tuple[int, Spot]]", day: date, known: "Sequence[Version]", *, dated: bool
) -> int | None:
    for row, spot in spots:
        version = spot.version
        if version is None:
            continue
        if version.holds(day):
            return row
        before = version.valid_from is not None and day < version.valid_from
        if dated and before and not any(v.holds(day) and _older(v, spot) for v in known):
            return row
    return None


def _older(version: "Version", spot: "Spot") -> bool:
    """Whether an extent is of an older row than the spot: another unit under the same code."""
    since = spot.row_from
    return since is not None and (version.valid_from is None or version.valid_from < since)


def _of_part(spots: "Sequence[tuple[int, Spot]]", year: int, day: date) -> int | None:
    if day.year != year:
        return None
    return next((row for row, spot in spots if spot.version and spot.version.holds(day)), None)


def _order(span: Span) -> tuple[float, bool, float]:
    start, end = span
    return moment(start).timestamp(), end is None, moment(end).timestamp() if end else 0.0


def weights_of(
    spots: "Sequence[Spot]", frame: "pd.DataFrame", known: "Sequence[Version]", zone: "tzinfo"
) -> "Mapping[int, float]":
    """One figure a spot: of an extent that ended its last one, else the first; no key where there is none."""
    import numpy as np

    found = standing(spots, frame, known, zone, dated=False)
    weights = {}
    for row, spot in enumerate(spots):
        has = np.flatnonzero(~np.isnan(found.figures[row]))
        if len(has):
            begun = spot.version and spot.version.valid_from and not spot.version.valid_to
            weights[row] = float(found.figures[row, has[0] if begun else has[-1]])
    return weights
