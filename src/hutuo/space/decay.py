"""How much an opportunity counts at a travel time: the decays that measures of accessibility share.

A weight is 1 (or what the decay gives) next door and falls with the minutes; where there is no way, inf
minutes, it is 0. Where a limit or a step ends is part of the decay: with ``included`` the minute of the limit
itself still counts. Limits are compared in the precision of the minutes, so that 10.1 meets 10.1.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.errors import BadAsk, BadInput, one_of
from hutuo.glossary import Text

__all__ = [
    "KINDS",
    "Decay",
    "Weighing",
    "binary",
    "custom",
    "decay_of",
    "exponential",
    "gaussian",
    "gaussian_to_zero",
    "linear",
    "logistic",
    "power",
    "stepped",
]

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
CODES = (
    "given",
    "stepped",
    "exponential",
    "power",
    "logistic",
    "linear",
    "gaussian",
    "gaussian_to_zero",
)


class Weighing(NamedTuple):
    """A decay as the kernels take it: limits in the type of the minutes, ascending."""

    code: int
    numbers: Floats
    limits: NDArray[np.floating[Any]]
    values: Floats
    power: int


@dataclass(frozen=True, slots=True)
class Decay:
    """Weight by minutes; made by the functions of this module, called with minutes for the weights."""

    kind: str
    numbers: tuple[float, ...]
    limits: tuple[float, ...]
    values: tuple[float, ...] = ()
    included: bool = True
    function: Function | None = None

    def __call__(self, minutes: NDArray[np.floating[Any]]) -> Floats:
        """Weights of minutes of any shape; of that shape.

        Raises:
            BadInput: The function of a custom decay gave no weights.
        """
        from hutuo.space.streams import weigh

        given = np.asarray(minutes)
        flat = np.array(given, given.dtype if given.dtype.kind == "f" else np.float64).ravel()
        weights = np.empty(flat.size)
        weigh(self.weighing(flat.dtype), self.prepared(flat), weights)
        return weights.reshape(given.shape)

    def weighing(self, of: np.dtype[Any], power: int = 1) -> Weighing:
        """The decay as kernels take it, for minutes of a type; ``power`` raises every weight."""
        # Weights that a function gave are compared with nothing.
        code = "given" if self.kind == "custom" else self.kind
        limits = np.minimum(np.array(self.limits), np.finfo(of).max).astype(of)
        if not self.included:
            limits = np.nextafter(limits, of.type(-np.inf), dtype=of)
        numbers, values = np.array(self.numbers, np.float64), np.array(self.values, np.float64)
        return Weighing(CODES.index(code), numbers, limits, values, power)

    def prepared(self, minutes: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """What kernels weigh: the minutes, or the weights that a custom function gives for them.

        Raises:
            BadInput: The function gave another shape, or weights that are negative or not finite.
        """
        if self.function is None:
            return minutes
        weights = np.zeros(minutes.shape)
        inside = minutes <= self.weighing(minutes.dtype).limits[0]
        weights[inside] = _checked(self.function, minutes[inside].astype(np.float64))
        return weights


def _checked(function: Function, minutes: Floats) -> Floats:
    weights = np.asarray(function(minutes), np.float64)
    if weights.shape != minutes.shape:
        zh = f"自定义衰减对{minutes.shape}个时间给出{weights.shape}个权重:应一一对应"
        en = f"the custom decay gave {weights.shape} weights for {minutes.shape} minutes: one each"
        raise BadInput(Text(zh, en))
    bad = np.flatnonzero(~((weights >= 0) & np.isfinite(weights)))
    if bad.size:
        weight, minute = weights[bad[0]], f"{minutes[bad[0]]:g}"
        says = Text(
            f"自定义衰减在{minute}分钟处给出{weight}(共{bad.size}个这样的权重):权重应有限且不小于0",
            f"the custom decay gave {weight} at {minute} minutes ({bad.size} such weights):"
            " weights are finite and 0 or more",
        )
        raise BadInput(says)
    return weights


def binary(limit: float, *, included: bool = True) -> Decay:
    """1 up to the limit, 0 beyond.

    Args:
        limit: Minutes, 0 or more.
        included: Whether the limit itself counts: t <= limit, else t < limit.

    Source: Wachs and Kumagai 1973, "Physical accessibility as a social indicator".
    """
    return stepped((limit,), (1.0,), included=included)


def stepped(steps: Sequence[float], weights: Sequence[float], *, included: bool = True) -> Decay:
    """One weight a step, 0 beyond the last.

    Args:
        steps: Minutes at which each step ends, ascending.
        weights: Weight within each step, 0 or more.
        included: Whether the end of a step belongs to it (t <= end), else to the next (t < end).

    Raises:
        BadAsk: Steps do not ascend, or steps and weights are not as many.

    Source: Luo and Qi 2009, "An enhanced two-step floating catchment area (E2SFCA) method".
    """
    ends, values = tuple(map(float, steps)), tuple(map(float, weights))
    if not ends or len(ends) != len(values):
        zh, en = (
            f"{len(ends)}级、{len(values)}个权重",
            f"{len(ends)} steps and {len(values)} weights",
        )
        raise BadAsk(Text(f"{zh}:每级须有一个权重", f"{en}: one weight a step is needed"))
    if not ends[0] >= 0 or any(not after > before for before, after in pairwise(ends)):
        zh, en = f"steps{ends}应为不小于0、依次增大的分钟数", f"steps {ends} must be minutes"
        raise BadAsk(Text(zh, f"{en} that ascend from 0 or more"))
    for value in values:
        _number("weight", value, least=0.0)
    return Decay("stepped", (), ends, values, included)


def exponential(rate: float, *, limit: float = math.inf, included: bool = True) -> Decay:
    """exp(-rate t); half at t = ln 2 / rate.

    Args:
        rate: Per minute, 0 or more.
        limit: Minutes beyond which nothing counts.
        included: Whether the limit itself counts.

    Source: Hansen 1959, "How accessibility shapes land use", with the decay of Wilson 1971.
    """
    return Decay("exponential", (_number("rate", rate),), _limit(limit), included=included)


def power(
    exponent: float, *, least: float = 1.0, limit: float = math.inf, included: bool = True
) -> Decay:
    """max(t, least)^-exponent.

    Args:
        exponent: 0 or more.
        least: Minutes below which nearer counts no more: without it an opportunity at 0 minutes would count
            without end. At 1 no weight is above 1.
        limit: Minutes beyond which nothing counts.
        included: Whether the limit itself counts.

    Source: Hansen 1959, "How accessibility shapes land use".
    """
    numbers = (_number("exponent", exponent), _number("least", least, above=True))
    return Decay("power", numbers, _limit(limit), included=included)


def logistic(
    middle: float, spread: float, *, limit: float = math.inf, included: bool = True
) -> Decay:
    """The tail of a logistic distribution, scaled to 1 at 0 minutes.

    Args:
        middle: Minutes of the turning point.
        spread: Standard deviation in minutes; near 0 it is the binary decay.
        limit: Minutes beyond which nothing counts.
        included: Whether the limit itself counts.

    Source: Bauer and Groneberg 2016, "Measuring spatial accessibility of health care providers".
    """
    numbers = (_number("middle", middle), _number("spread", spread, above=True))
    return Decay("logistic", numbers, _limit(limit), included=included)


def linear(limit: float) -> Decay:
    """1 - t / limit, 0 from the limit on: the area under the curve of cumulative opportunities.

    Args:
        limit: Minutes, above 0.

    Source: Black and Conroy 1977, "Accessibility measures and the social evaluation of urban structure".
    """
    return Decay("linear", (_number("limit", limit, above=True),), (math.inf,))


def gaussian(width: float, *, limit: float = math.inf, included: bool = True) -> Decay:
    """exp(-t² / (2 width²)).

    Args:
        width: Minutes at which 0.607 is left, above 0.
        limit: Minutes beyond which nothing counts.
        included: Whether the limit itself counts.

    Source: Ingram 1971, "The concept of accessibility: a search for an operational form".
    """
    numbers = (_number("width", width, above=True),)
    return Decay("gaussian", numbers, _limit(limit), included=included)


def gaussian_to_zero(limit: float) -> Decay:
    """(exp(-(t/limit)²/2) - exp(-1/2)) / (1 - exp(-1/2)): a bell that is 0 from the limit on.

    Args:
        limit: Minutes, above 0.

    Source: Dai 2010, "Black residential segregation, disparities in spatial access to health care".
    """
    return Decay("gaussian_to_zero", (_number("limit", limit, above=True),), (math.inf,))


def custom(function: Function, *, limit: float = math.inf, included: bool = True) -> Decay:
    """Any function of minutes.

    Args:
        function: From minutes float64 (k,) to weights (k,), finite and 0 or more; called a block at a time.
        limit: Minutes beyond which nothing counts.
        included: Whether the limit itself counts.
    """
    return Decay("custom", (), _limit(limit), included=included, function=function)


KINDS: dict[str, Callable[..., Decay]] = {
    "binary": binary,
    "stepped": stepped,
    "exponential": exponential,
    "power": power,
    "logistic": logistic,
    "linear": linear,
    "gaussian": gaussian,
    "gaussian_to_zero": gaussian_to_zero,
}


def decay_of(kind: str, **numbers: Any) -> Decay:
    """The decay of a name, with its numbers.

    Raises:
        NotFound: No decay has that name.
        BadAsk: A number is missing, of another decay, or out of range.
    """
    if kind not in KINDS:
        raise one_of(kind, "decay", list(KINDS))
    from inspect import signature

    makes = KINDS[kind]
    try:
        signature(makes).bind(**numbers)
    except TypeError as error:
        wants = ", ".join(signature(makes).parameters)
        says = Text(f"衰减方式“{kind}”:{error}", f"decay '{kind}': {error}")
        raise BadAsk(says, Text(f"可给出{wants}", f"it takes {wants}")) from error
    return makes(**numbers)


def _limit(limit: float) -> tuple[float]:
    return (_number("limit", limit, finite=False),)


def _number(
    name: str, value: float, *, least: float = 0.0, above: bool = False, finite: bool = True
) -> float:
    """A number in range.

    Raises:
        BadAsk: It is not a number, too small, or inf where it must be finite.
    """
    fits = value > least if above else value >= least
    if not fits or (finite and math.isinf(value)):
        zh, en = (f"大于{least:g}", f"above {least:g}")
        if not above:
            zh, en = (f"不小于{least:g}", f"{least:g} or more")
        says = Text(
            f"衰减的{name}为{value:g};应{zh}", f"{name} of a decay is {value:g}; it must be {en}"
        )
        raise BadAsk(says)
    return float(value)
