"""How an ask says what a travel time counts: a decay with its numbers; one that is not used is refused."""

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.errors import BadAsk
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.space.decay import Decay

Kind = Literal[
    "binary",
    "stepped",
    "exponential",
    "power",
    "logistic",
    "linear",
    "gaussian",
    "gaussian_to_zero",
]
HOUR = 60.0
# Fields of an ask that are numbers of a decay.
NUMBERED = ("step_ends", "step_weights", "rate", "exponent", "middle", "spread", "width")
# Numbers of each decay beside the minutes.
NUMBERS: dict[str, tuple[str, ...]] = {
    "binary": (),
    "stepped": ("step_ends", "step_weights"),
    "exponential": ("rate",),
    "power": ("exponent",),
    "logistic": ("middle", "spread"),
    "linear": (),
    "gaussian": ("width",),
    "gaussian_to_zero": (),
}
# Decays whose minutes are their own scale, an hour if none are asked for; for others they only cut off.
SCALED = ("binary", "linear", "gaussian_to_zero")
FORMULAS = {
    "exponential": "exp(-{rate:g} t)",
    "power": "max(t, 1)^-{exponent:g}",
    "logistic": "logistic({middle:g}, {spread:g})",
    "linear": "max(0, 1 - t / {minutes:g})",
    "gaussian": "exp(-t² / (2·{width:g}²))",
    "gaussian_to_zero": "(exp(-(t/{minutes:g})²/2) - exp(-1/2)) / (1 - exp(-1/2))",
}


class Weighed(NamedTuple):
    """A decay, and how it is told."""

    decay: "Decay"
    told: Text


def weighed(
    kind: str, minutes: float | None, numbers: dict[str, Any], *, included: bool
) -> Weighed:
    """The decay that an ask means.

    Args:
        kind: Name of the decay.
        minutes: Minutes of its limit; None for an hour where it needs one, else for none.
        numbers: Its numbers by name; None or empty for those not given.
        included: Whether the limit, or the end of a step, itself counts.

    Raises:
        BadAsk: A number is missing, or one is given that the decay does not take.
    """
    from hutuo.space.decay import decay_of

    given = {name: value for name, value in numbers.items() if value not in (None, ())}
    wants = NUMBERS[kind]
    lost = [name for name in wants if name not in given]
    more = [name for name in given if name not in wants]
    if kind == "stepped" and minutes is not None:
        more.append("minutes")
    if lost or more:
        zh = [f"须有{name}" for name in lost] + [f"不用{name}" for name in more]
        en = [f"needs {name}" for name in lost] + [f"takes no {name}" for name in more]
        says = Text(f"衰减方式“{kind}”{'、'.join(zh)}", f"decay '{kind}' {', '.join(en)}")
        taken = wants or ["minutes"]
        raise BadAsk(says, Text(f"可给出{'、'.join(taken)}", f"it takes {', '.join(taken)}"))
    limit = minutes if minutes is not None else HOUR if kind in SCALED else math.inf
    if kind != "stepped":
        given["limit"] = limit
    if kind not in ("linear", "gaussian_to_zero"):
        given["included"] = included
    told_of = _told(kind, limit, given, included=included)
    named = {name.removeprefix("step_").replace("ends", "steps"): v for name, v in given.items()}
    return Weighed(decay_of(kind, **named), told_of)


def _told(kind: str, limit: float, given: dict[str, Any], *, included: bool) -> Text:
    """The weight as a formula, and whether a limit itself counts."""
    sign = "≤" if included else "<"
    formula = FORMULAS.get(kind, "").format(minutes=limit, **given)
    if kind == "stepped":
        pairs = zip(given["step_ends"], given["step_weights"], strict=False)
        told = ", ".join(f"t {sign} {end:g}: {weight:g}" for end, weight in pairs)
        return Text(told, told)
    bound = (
        ""
        if kind in ("linear", "gaussian_to_zero") or math.isinf(limit)
        else f"t {sign} {limit:g}"
    )
    told = ", ".join(part for part in (formula, bound) if part)
    return Text(told, told)
