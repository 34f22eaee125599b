"""Figures over a crosswalk: from what each source has to what each target has, all periods at once. Pure."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.crosswalk import SLIVER, interpolated

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.standing import Standing

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


class Cut(NamedTuple):
    """Figures on the targets.

    Attributes:
        figures: (targets, periods); not a number where there is none.
        estimates: Whether the figure is an estimate, (targets, periods).
        lacking: Whether a source of the target has no figure then, (targets, periods).
        before: Sum of the sources' figures, (periods,).
        after: Sum of the targets' figures, (periods,).
    """

    figures: "Floats"
    estimates: "Flags"
    lacking: "Flags"
    before: "Floats"
    after: "Floats"


def cut(
    table: "pd.DataFrame", found: "Standing", targets: int, *, additive: bool, gaps: bool = True
) -> Cut:
    """Figures on the targets, all periods at once.

    Args:
        table: A crosswalk: source, target, share, amount, reach, exact, way.
        found: Figures of the sources.
        targets: Number of targets.
        additive: Whether figures of parts add up; else a target has the mean of what lies in it.
        gaps: Whether a source without a figure leaves its targets without one; else it holds nothing.
    """
    import numpy as np

    has = ~np.isnan(found.figures)
    filled = np.where(has, found.figures, 0.0)
    size = (len(filled), targets)
    made = (
        interpolated(table, size, filled, additive=True)[:-1]
        if additive
        else _means(table, size, filled, has)
    )
    lacking = _spread(table[table["reach"] > SLIVER], size, found.there & ~has) if gaps else None
    lacking = np.zeros(made.shape, dtype=bool) if lacking is None else lacking
    made[lacking | ~_spread(table, size, has)] = np.nan
    doubtful = has & found.estimates
    estimates = _spread(table[~table["exact"]], size, has) | _spread(table, size, doubtful)
    if not additive:
        estimates |= _count(table, size, has) > 1
    before, after = filled.sum(axis=0), np.nansum(made, axis=0)
    return Cut(made, estimates & ~np.isnan(made), lacking, before, after)


def _spread(table: "pd.DataFrame", size: tuple[int, int], marks: "Flags") -> "Flags":
    """Targets that a marked source goes to, (targets, periods)."""
    return _count(table, size, marks) > 0


def _count(table: "pd.DataFrame", size: tuple[int, int], marks: "Flags") -> "Floats":
    import numpy as np
    from scipy.sparse import coo_matrix

    ones = np.ones(len(table))
    links = coo_matrix((ones, (table["target"], table["source"])), shape=size[::-1]).tocsr()
    counts: Floats = links @ marks.astype(float)
    return counts


def _means(
    table: "pd.DataFrame", size: tuple[int, int], filled: "Floats", has: "Flags"
) -> "Floats":
    """Means by amount over the sources that have a figure; periods with the same gaps go together."""
    import numpy as np

    made = np.full((size[1], filled.shape[1]), np.nan)
    patterns, which = np.unique(has, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        rows = table[pattern[table["source"]]]
        columns = np.flatnonzero(which.ravel() == number)
        alone = rows.groupby("target")["source"].transform("size") == 1
        # A mean of one is that one, whatever it weighs.
        rows = rows.assign(amount=rows["amount"].mask(alone, 1.0))
        weighed = np.bincount(rows["target"], weights=rows["amount"], minlength=size[1])
        good = weighed > 0
        usable = rows[good[rows["target"]]]
        answer = interpolated(usable, size, filled[:, columns], additive=False)[:-1]
        made[np.ix_(good, columns)] = answer[good]
    return made
