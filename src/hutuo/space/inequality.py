"""How unequally a figure of places is spread over the people who live there.

Every measure weighs places by their people, so that it speaks of people; places without people do not count.
Where all people together have nothing, shares of it do not exist, and the measure is nan.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import Text

__all__ = ["Theil", "concentration", "fgt", "gini", "kolm_pollak", "palma", "theil"]

Floats = NDArray[np.float64]
FORMS = ("standard", "generalised", "wagstaff", "erreygers")
SHOWN = 10


class Theil(NamedTuple):
    """Theil's T and its parts; ``groups`` names the groups in the order of each one's parts."""

    total: float
    between: float
    within: float
    groups: NDArray[Any]
    between_of: Floats
    within_of: Floats


def gini(values: ArrayLike, people: ArrayLike) -> float:
    """Gini index, 0 if all have the same, toward 1 if one has all.

    Args:
        values: Figure per person of each place, (places,), 0 or more.
        people: People of each place, (places,), 0 or more.

    Raises:
        BadInput: Figures or people that are negative, missing or infinite, or shapes that do not meet.

    Source: Gini 1912, "Variabilità e mutabilità"; twice the area between Lorenz curve and diagonal.
    """
    held, share = _given(values, people)
    order = np.argsort(held, kind="stable")
    held, share = held[order], share[order]
    total = held @ share
    if not total > 0:
        return np.nan
    curve = np.cumsum(held * share) / total
    before = np.concatenate([[0.0], curve[:-1]])
    # Rounding must not leave equal figures below 0.
    return max(0.0, float(1.0 - (before + curve) @ share))


def palma(
    values: ArrayLike,
    people: ArrayLike,
    rank: ArrayLike | None = None,
    *,
    top: float = 0.1,
    bottom: float = 0.4,
) -> float:
    """Mean figure of the top tenth of people over that of the bottom two fifths.

    Args:
        values: Figure per person of each place, (places,), 0 or more.
        people: People of each place, (places,).
        rank: What people are ranked by, as income per head, (places,); by the figure itself if none is given.
            A place across a limit counts with the people on its side of it; places of equal rank share alike.
        top: Share of people at the top, above 0 to 1.
        bottom: Share of people at the bottom, above 0 to 1.

    Returns:
        The ratio; inf if the bottom has nothing, nan if nobody has anything.

    Raises:
        BadAsk: A share out of range.
        BadInput: As for ``gini``.

    Source: Palma 2011, "Homogeneous middles vs. heterogeneous tails"; as a ratio of means of accessibility
    Pereira, Banister, Schwanen and Wessel 2019.
    """
    for name, part in (("top", top), ("bottom", bottom)):
        if not 0 < part <= 1:
            en = f"{name} is {part:g}; it must be a share above 0 and at most 1"
            raise BadAsk(Text(f"{name}为{part:g};应大于0且不大于1", en))
    held, share = _ranked(values, people, values if rank is None else rank)
    ends = np.concatenate([[0.0], np.cumsum(share)])
    ends /= ends[-1] if ends[-1] > 0 else 1.0
    means = [
        held @ np.clip(np.minimum(ends[1:], high) - np.maximum(ends[:-1], low), 0, None)
        for low, high in ((1 - top, 1.0), (0.0, bottom))
    ]
    upper, lower = means[0] / top, means[1] / bottom
    if lower == 0:
        return np.inf if upper > 0 else np.nan
    return float(upper / lower)


def theil(values: ArrayLike, people: ArrayLike, groups: ArrayLike | None = None) -> Theil:
    """Theil's T, 0 if all have the same, with its parts between and within groups.

    Args:
        values: Figure per person of each place, (places,), 0 or more; nothing counts 0, its limit.
        people: People of each place, (places,).
        groups: Group of each place, (places,), as a county or an income class; one group if none is given.

    Returns:
        The total, the sum of both parts, and each group's part of either. A group's part of the first may
        be negative: it then has less than its share.

    Raises:
        BadInput: As for ``gini``, or groups of another shape.

    Source: Theil 1967, "Economics and Information Theory"; decomposition of Shorrocks 1980.
    """
    held, share = _given(values, people)
    kinds = np.zeros(held.size, np.int64) if groups is None else np.asarray(groups)
    if kinds.shape != held.shape:
        raise BadInput(_other_shape("groups", kinds, held))
    names, place = np.unique(kinds, return_inverse=True)
    owned = held * share
    if not owned.sum() > 0:
        nothing = np.full(names.size, np.nan)
        return Theil(np.nan, np.nan, np.nan, names, nothing, nothing)
    owned /= owned.sum()
    have = np.bincount(place, owned, names.size)
    are = np.bincount(place, share, names.size)
    between = _entropy(have, are)
    within = np.bincount(place, _entropy(owned, share), names.size) - between
    parts = (float(between.sum()), float(within.sum()))
    return Theil(sum(parts), *parts, names, between, within)


def fgt(
    values: ArrayLike, people: ArrayLike, line: float, order: int = 0, *, included: bool = False
) -> float:
    """Poverty of access: people below a line, and how far below.

    Args:
        values: Figure per person of each place, (places,), 0 or more.
        people: People of each place, (places,).
        line: Below it a figure is too little, above 0.
        order: 0 the share of people, 1 the mean gap as a share of the line, 2 the mean of its square.
        included: Whether a figure at the line is too little as well; it matters to order 0 alone.

    Returns:
        0 to 1; nan if there are no people.

    Raises:
        BadAsk: A line that is not above 0, or another order.
        BadInput: As for ``gini``.

    Source: Foster, Greer and Thorbecke 1984, "A class of decomposable poverty measures".
    """
    if not (line > 0 and np.isfinite(line)):
        says = Text(
            f"line为{line:g};应有限且大于0", f"line is {line:g}; it must be finite and above 0"
        )
        raise BadAsk(says)
    if order not in {0, 1, 2}:
        raise BadAsk(Text(f"order为{order};可用0、1或2", f"order is {order}; it can be 0, 1 or 2"))
    held, share = _given(values, people)
    if not share.sum() > 0:
        return np.nan
    short = held <= line if included else held < line
    gap = (line - held[short]) / line
    return float(gap**order @ share[short])


def concentration(
    values: ArrayLike,
    people: ArrayLike,
    rank: ArrayLike,
    form: str = "standard",
    *,
    ties: str = "shared",
    bounds: tuple[float, float] | None = None,
) -> float:
    """How far a figure goes to those who rank high (above 0) or low (below 0).

    Args:
        values: Figure per person of each place, (places,), 0 or more.
        people: People of each place, (places,).
        rank: What people are ranked by, as income per head, (places,).
        form: "standard" relative to the mean, "generalised" in the figure's unit, "wagstaff" and "erreygers"
            corrected for a figure that has bounds.
        ties: "shared": places of equal rank share the rank in their middle, whatever their order; "given":
            they rank in the order in which they stand, as some programs have it.
        bounds: Least and greatest figure possible, for the corrected forms; those found if none are given.

    Returns:
        The index; nan if nobody has anything or the bounds meet.

    Raises:
        BadAsk: Another form or rule of ties, or bounds that do not ascend or do not hold the figures.
        BadInput: As for ``gini``.

    Source: Wagstaff, Paci and van Doorslaer 1991, "On the measurement of inequalities in health" (standard,
    generalised); Wagstaff 2005, "The bounds of the concentration index"; Erreygers 2009, "Correcting the
    concentration index".
    """
    if form not in FORMS:
        zh, en = f"form为“{form}”;可用", f"form is '{form}'; it can be one of"
        raise BadAsk(Text(f"{zh}{'、'.join(FORMS)}", f"{en} {', '.join(FORMS)}"))
    if ties not in {"shared", "given"}:
        says = Text(
            f"ties为“{ties}”;可用shared或given",
            f"ties are '{ties}'; they can be 'shared' or 'given'",
        )
        raise BadAsk(says)
    held, share = _ranked(values, people, rank, ties)
    if not held.size:
        return np.nan
    lived = np.asarray(values, np.float64)[np.asarray(people) > 0]
    least, most = float(lived.min()), float(lived.max())
    low, high = (least, most) if bounds is None else bounds
    if bounds is not None and not (low < high and low <= least and most <= high):
        says = Text(
            f"bounds为{low:g}与{high:g};应递增,且包含{least:g}至{most:g}",
            f"bounds are {low:g} and {high:g}; they must ascend and hold {least:g} to {most:g}",
        )
        raise BadAsk(says)
    # Kept within what was found: rounding must not leave a mean of equal figures beside them.
    mean = min(max(float(held @ share), least), most)
    middle = np.cumsum(share) - share / 2
    absolute = 2.0 * float(held @ (share * middle)) - mean
    scale = {
        "standard": (1.0, mean),
        "generalised": (1.0, 1.0),
        "wagstaff": (high - low, (high - mean) * (mean - low)),
        "erreygers": (4.0, high - low),
    }[form]
    return absolute * scale[0] / scale[1] if scale[1] > 0 else np.nan


def kolm_pollak(
    values: ArrayLike, people: ArrayLike, aversion: float = 1.0, *, wanted: bool = True
) -> float:
    """The figure that, had all the same, would be as good as what they have.

    Args:
        values: Figure per person of each place, (places,), 0 or more; if not ``wanted``, inf may stand for no
            way.
        people: People of each place, (places,).
        aversion: How much inequality weighs, 0 (the mean) or more; it has no unit.
        wanted: Whether more is better, as of jobs; else less is, as of minutes.

    Returns:
        The equally distributed equivalent in the figure's unit: at most the mean if wanted, else at least the
        mean; nan if there are no people.

    Raises:
        BadAsk: Aversion is negative or not finite.
        BadInput: As for ``gini``.

    Source: Kolm 1976, Pollak 1971; with aversion scaled by the sum of figures over that of squares, Sheriff
    and Maguire 2020, "Health risk, inequality indexes, and environmental justice", and Logan,
    Anderson, Williams and Conrow 2021, "Measuring inequalities in urban systems".
    """
    if not (aversion >= 0 and np.isfinite(aversion)):
        says = Text(
            f"aversion为{aversion:g};应有限且不小于0",
            f"aversion is {aversion:g}; it must be finite and 0 or more",
        )
        raise BadAsk(says)
    held, share = _given(values, people, infinite=not wanted)
    held, share = held[share > 0], share[share > 0]
    if not held.size:
        return np.nan
    if np.isinf(held).any():
        return np.inf
    mean, square = float(held @ share), float(held**2 @ share)
    kappa = aversion * mean / square if square > 0 else 0.0
    if kappa == 0:
        return mean
    kappa = kappa if wanted else -kappa
    # From the mean, so that little aversion loses no digits; from the top, so that no power overflows.
    powers = -kappa * (held - mean)
    top = float(powers.max())
    if top < 1:
        return float(mean - np.log1p(np.expm1(powers) @ share) / kappa)
    return float(mean - (top + np.log(np.exp(powers - top) @ share)) / kappa)


def _entropy(have: NDArray[Any], are: NDArray[Any]) -> Floats:
    """Have times ln(have / are), 0 where there is nothing."""
    logs = np.zeros(have.size)
    some = have > 0
    logs[some] = np.log(have[some] / are[some])
    return have * logs


def _given(
    values: ArrayLike, people: ArrayLike, *, infinite: bool = False
) -> tuple[Floats, Floats]:
    """Figures, and the share of all people that has each.

    Raises:
        BadInput: Shapes that do not meet, or figures out of range; the first ten of each are told.
    """
    held, count = np.array(values, np.float64), np.array(people, np.float64)
    if held.ndim != 1 or held.shape != count.shape:
        told = Text(
            f"values的形状为{held.shape},people为{count.shape};都应为(地点数,)",
            f"values have shape {held.shape}, people {count.shape}; both must be (places,)",
        )
        raise BadInput(told)
    says = []
    for name, column, free in (("values", held, infinite), ("people", count, False)):
        fits = (column >= 0) & (np.isfinite(column) | free)
        bad = np.flatnonzero(~fits)
        says += [Finding(name, int(row), "", f"{column[row]:g}") for row in bad[:SHOWN]]
    if says:
        told = Text(
            "计算差距的数值应有限且不小于0", "figures of inequality must be finite and 0 or more"
        )
        hint = Text("没有数值的地点请略去或补上", "leave out or fill the places that have none")
        raise BadInput(told, says, hint)
    total = count.sum()
    return held, count / total if total > 0 else count


def _other_shape(name: str, given: NDArray[Any], right: NDArray[Any]) -> Text:
    verb, they = ("have", "they") if name.endswith("s") else ("has", "it")
    zh = f"{name}的形状为{given.shape};应为{right.shape}"
    return Text(zh, f"{name} {verb} shape {given.shape}; {they} must be {right.shape}")


def _ranked(
    values: ArrayLike, people: ArrayLike, rank: ArrayLike, ties: str = "shared"
) -> tuple[Floats, Floats]:
    """Figure and share of people by rank, ascending; with shared ties places of equal rank become one.

    Raises:
        BadInput: Ranks of another shape, or missing where people live.
    """
    held, share = _given(values, people)
    by = np.array(rank, np.float64)
    if by.shape != held.shape:
        raise BadInput(_other_shape("rank", by, held))
    lived = share > 0
    held, share, by = held[lived], share[lived], by[lived]
    if np.isnan(by).any():
        rows = np.flatnonzero(lived)[np.isnan(by)]
        lacking = Text("缺失", "missing")
        says = [Finding("rank", int(row), "", lacking) for row in rows[:SHOWN]]
        told = Text(
            f"{rows.size}个有人口的地点没有位次", f"{rows.size} places with people have no rank"
        )
        raise BadInput(told, says, Text("请逐一给出位次", "give each a rank"))
    if ties == "given":
        order = np.argsort(by, kind="stable")
        return held[order], share[order]
    steps, place = np.unique(by, return_inverse=True)
    together = np.zeros((2, steps.size))
    np.add.at(together[0], place, held * share)
    np.add.at(together[1], place, share)
    return together[0] / together[1], together[1]
