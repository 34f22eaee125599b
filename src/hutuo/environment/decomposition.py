"""What made an emission change: logarithmic mean Divisia index, without a residual."""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Decomposition", "lmdi", "logarithmic_mean"]

Form = Literal["additive", "multiplicative"]


class Decomposition(NamedTuple):
    """What each factor did.

    Attributes:
        effects: By factor: a change in the unit of the product (additive), or a ratio (multiplicative).
        items: By factor the additive effect of each item, in the shape of the items.
        total: Change of the total, or its ratio; the sum, or the product, of the effects.
        residual: What the effects leave unexplained: the total less their sum, or the ratio of the total to
            their product less 1; of the size of rounding.
        form: Additive or multiplicative.
    """

    effects: dict[str, float]
    items: "dict[str, NDArray[Any]]"
    total: float
    residual: float
    form: Form


def lmdi(
    before: "Mapping[str, ArrayLike]", after: "Mapping[str, ArrayLike]", form: Form = "additive"
) -> Decomposition:
    """Split the change of a sum of products into what each factor of the products did.

    The total is the sum over items of the product of all factors, as of sectors: activity times structure
    times intensity. Factors that are the same for all items are given as one number.

    Args:
        before: Factors by name, each a number or an array over the items, 0 or more.
        after: The same factors at the later time.
        form: ``additive``: effects sum to the change; ``multiplicative``: they multiply to the ratio.

    Raises:
        BadInput: The factors are not the same, do not fit together, are negative or unknown, or a ratio is
            asked for of a total that is 0.

    Source: B. W. Ang, The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33 (2005)
        867-871 (LMDI-I); zeros by their limits: B. W. Ang and N. Liu, Handling zero values in the
        logarithmic mean Divisia index decomposition approach, Energy Policy 35 (2007) 238-246. Where several
        factors of an item are 0 at one time they near it alike, and share the effect.
    """
    import numpy as np

    first, last = _aligned(before, after)
    start, end = np.prod(first, axis=0), np.prod(last, axis=0)
    effects = _effects(first, last, start, end)
    items = dict(zip(before, effects, strict=True))
    change = float(end.sum() - start.sum())
    if form == "additive":
        sums = {name: float(effect.sum()) for name, effect in items.items()}
        return Decomposition(sums, items, change, change - sum(sums.values()), form)
    whole_start, whole_end = float(start.sum()), float(end.sum())
    if whole_start <= 0 or whole_end <= 0:
        raise BadInput(
            Text("总量为0,没有比值可分解", "the total is 0 at one time, so it has no ratio"),
            (),
            Text("请用加法形式", "ask for the additive form"),
        )
    mean = float(logarithmic_mean(whole_end, whole_start))
    ratios = {name: float(np.exp(effect.sum() / mean)) for name, effect in items.items()}
    total = whole_end / whole_start
    return Decomposition(
        ratios, items, total, total / float(np.prod(list(ratios.values()))) - 1, form
    )


def logarithmic_mean(one: "ArrayLike", other: "ArrayLike") -> "NDArray[Any]":
    """Logarithmic mean of positive numbers: their difference by that of their logarithms; 0 if one is 0.

    Args:
        one: 0 or more.
        other: The same shape.

    Source: Ang (2005), as :func:`lmdi`.
    """
    import numpy as np

    high = np.maximum(np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64))
    low = np.minimum(np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64))
    known = low > 0
    apart = np.where(known, (high - low) / np.where(known, low, 1.0), 0.0)
    # Of numbers that are all but alike the quotient is 0/0; log1p keeps its digits, 1 is its limit.
    quotient = np.where(apart > 0, apart / np.log1p(np.where(apart > 0, apart, 1.0)), 1.0)
    return np.asarray(np.where(known, low * quotient, 0.0))


def _effects(
    first: "NDArray[Any]", last: "NDArray[Any]", start: "NDArray[Any]", end: "NDArray[Any]"
) -> "NDArray[Any]":
    """Additive effects, (factors, items)."""
    import numpy as np

    both = (start > 0) & (end > 0)
    ratios = np.where(both, last, 1.0) / np.where(both, first, 1.0)
    inner = logarithmic_mean(end, start) * np.log(ratios)
    # What begins or ends at 0 does so by the factors that are 0.
    at_zero = np.where(start > 0, last == 0, first == 0)
    share = at_zero / np.maximum(at_zero.sum(axis=0), 1)
    return np.asarray(np.where(both, inner, share * (end - start)))


def _aligned(
    before: "Mapping[str, ArrayLike]", after: "Mapping[str, ArrayLike]"
) -> "tuple[NDArray[Any], NDArray[Any]]":
    """Factors at both times as arrays, (factors, items)."""
    import numpy as np

    if not before or set(before) != set(after):
        zh = f"两期的因素应相同:{'、'.join(before) or '无'};{'、'.join(after) or '无'}"
        en = f"both times take the same factors: {', '.join(before)}; {', '.join(after)}"
        raise BadInput(Text(zh, en))
    given = [
        np.asarray(factors[name], dtype=np.float64)
        for factors in (before, after)
        for name in before
    ]
    try:
        arrays = np.broadcast_arrays(*given)
    except ValueError as error:
        shapes = ", ".join(str(array.shape) for array in given)
        raise BadInput(
            Text(f"因素的形状不一致:{shapes}", f"factors of shapes {shapes}")
        ) from error
    for name, array in zip([*before, *before], arrays, strict=True):
        if not (np.isfinite(array) & (array >= 0)).all():
            raise BadInput(
                Text(f"因素{name}有负数或缺失", f"factor {name} is negative or unknown somewhere"),
                (),
                Text("缺失或为负的项请先剔除", "leave out items that are unknown or negative"),
            )
    whole = np.stack(arrays)
    return whole[: len(before)], whole[len(before) :]
