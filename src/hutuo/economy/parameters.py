"""Elasticities of the what-if model, each with where its value is from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["SOURCES", "Parameters"]

_TOOLKIT = "Ahlfeldt, MRRH2018-toolkit (2025); after Seidel and Wickerath (2020)"
SOURCES: Mapping[str, str] = dict.fromkeys(
    ("alpha", "epsilon", "sigma", "nu", "delta", "psi", "mu"), _TOOLKIT
)
BOUNDS: Mapping[str, tuple[float, float]] = {
    "alpha": (0.0, 1.0),
    "epsilon": (1.0, np.inf),
    "sigma": (1.0, np.inf),
    "nu": (-1.0, 1.0),
    "delta": (0.0, np.inf),
    "psi": (0.0, np.inf),
    "mu": (0.0, np.inf),
}
# At these ends a formula divides by nothing or by infinity.
OPEN_ENDS = {("epsilon", 0), ("sigma", 0), ("sigma", 1), ("epsilon", 1), ("delta", 1)}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Elasticities of the model.

    Attributes:
        alpha: Share of spending on goods; the rest is housing.
        epsilon: How alike people's tastes for homes and workplaces are (Fréchet shape).
        sigma: Elasticity of substitution between the goods of two zones.
        nu: How much more productive work is by density.
        delta: How readily housing is supplied; 0 for floor space that is fixed.
        psi: How trade costs grow with distance.
        mu: How commuting costs grow with travel time.

    Raises:
        BadInput: One is out of its bounds; all of them are named.
    """

    alpha: float = 0.7
    epsilon: float = 4.6
    sigma: float = 4.0
    nu: float = 0.05
    delta: float = 0.38
    psi: float = 0.42
    mu: float = 0.47

    def __post_init__(self) -> None:
        findings = [
            Finding("parameters", None, name, _between(getattr(self, name), *bounds))
            for name, bounds in BOUNDS.items()
            if not _fits(name, getattr(self, name))
        ]
        if findings:
            raise BadInput(Text("模型参数有误:", "parameters of the model are faulty:"), findings)


def _fits(name: str, value: float) -> bool:
    low, high = BOUNDS[name]
    ends = {(name, side) for side, end in enumerate((low, high)) if value == end}
    return low <= value <= high and not ends & OPEN_ENDS


def _between(value: float, low: float, high: float) -> Text:
    return Text(
        f"{value}应在{low}和{high}之间", f"{value}; between {low} and {high} would be right"
    )
