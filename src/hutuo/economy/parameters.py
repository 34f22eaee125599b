"""Elasticities of the what-if model, each with where its value is from, and what others found instead."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["SOURCES", "VARIANTS", "Parameters", "Variant"]

# Read in the master program of the toolkit, scripts/MRRH2018_toolkit.m.
_TOOLKIT = (
    "Ahlfeldt and Seidel, MRRH2018-toolkit (2024), scripts/MRRH2018_toolkit.m; after Seidel and Wickerath"
    " (2020), doi:10.1016/j.regsciurbeco.2020.103580"
)
SOURCES: Mapping[str, str] = dict.fromkeys(
    ("alpha", "epsilon", "sigma", "nu", "delta", "psi", "mu"), _TOOLKIT
)
_MRRH = "Monte, Redding and Rossi-Hansberg (2018), doi:10.1257/aer.20151507"
_ARSW = "Ahlfeldt, Redding, Sturm and Wolf (2015), doi:10.3982/ECTA10876"
# Read in a program of its authors, matlab/section7/counterfactual/cftualprep_end_TD.m.
_ARSW_READ = f"{_ARSW}, ARSW2015-toolkit"


class Variant(NamedTuple):
    """Another value of an elasticity, and where it is from."""

    parameter: str
    value: float
    source: Text


def _says(paper: str, zh: str, en: str) -> Text:
    return Text(f"{paper}:{zh}", f"{paper}: {en}")


def _heard(paper: str, zh: str, en: str) -> Text:
    """What others say of a paper whose own text was not at hand."""
    return _says(
        paper, f"{zh}(转述,未核对原文)", f"{en} (as others quote it, not checked in the paper)"
    )


_SW = "Simonovska and Waugh (2014), doi:10.1016/j.jinteco.2013.10.001"
VARIANTS = (
    Variant("alpha", 0.6, _heard(_MRRH, "住房占0.4", "housing takes 0.4")),
    Variant("alpha", 0.75, _says(_ARSW_READ, "住房占0.25", "floor space takes 0.25")),
    Variant("epsilon", 3.3, _heard(_MRRH, "美国各县", "counties of the United States")),
    Variant("epsilon", 6.83, _says(_ARSW_READ, "柏林各街区", "blocks of Berlin")),
    Variant("sigma", 5.0, _says(_SW, "贸易弹性约为4", "trade responds by about 4")),
    Variant("nu", 0.0, Text("密度不提高生产率", "no gain from density")),
    Variant("nu", 0.07, _heard(_ARSW, "岗位密度对生产率", "productivity by density of jobs")),
    Variant("delta", 0.0, Text("住房供给不变", "floor space is fixed")),
    Variant("psi", 0.21, _says(_TOOLKIT, "其低贸易成本情形", "its own case of cheap trade")),
    Variant("mu", 0.235, Text("缺省值的一半,为假定", "half of the default, an assumption")),
    Variant(
        "mu",
        0.963,
        _heard(_MRRH, "通勤随距离的4.43次方下降,除以ε", "4.43 by distance, over epsilon"),
    ),
)
BOUNDS: Mapping[str, tuple[float, float]] = {
    "alpha": (0.0, 1.0),
    "epsilon": (1.0, inf),
    "sigma": (1.0, inf),
    "nu": (-1.0, 1.0),
    "delta": (0.0, inf),
    "psi": (0.0, inf),
    "mu": (0.0, inf),
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

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that are the same for the same elasticities, and for no others."""
        told = json.dumps({name: float(value) for name, value in asdict(self).items()})
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def _fits(name: str, value: float) -> bool:
    low, high = BOUNDS[name]
    ends = {(name, side) for side, end in enumerate((low, high)) if value == end}
    return low <= value <= high and not ends & OPEN_ENDS


def _between(value: float, low: float, high: float) -> Text:
    return Text(
        f"{value}应在{low}和{high}之间", f"{value}; between {low} and {high} would be right"
    )
