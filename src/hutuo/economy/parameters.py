"""Elasticities of the what-if model, each with where its value is from, and what others found instead."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from numbers import Real
from typing import Any, NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["SOURCES", "VARIANTS", "Parameters", "Variant"]

# Read in the master program of the toolkit, scripts/MRRH2018_toolkit.m, whose second author is the paper's
# first; the table of the paper itself was not at hand.
_TOOLKIT = (
    "Ahlfeldt and Seidel, MRRH2018-toolkit (2024), scripts/MRRH2018_toolkit.m; after Seidel and Wickerath"
    " (2020), doi:10.1016/j.regsciurbeco.2020.103580"
)
SOURCES: Mapping[str, str] = dict.fromkeys(
    ("alpha", "epsilon", "sigma", "nu", "delta", "psi", "mu"), _TOOLKIT
)
_MRRH = "Monte, Redding and Rossi-Hansberg (2018), doi:10.1257/aer.20151507"
# Read in programs of its authors, matlab/section6 and matlab/section7/counterfactual/cftualprep_end_TD.m.
_ARSW_READ = "Ahlfeldt, Redding, Sturm and Wolf (2015), doi:10.3982/ECTA10876, ARSW2015-toolkit"
# Who tells of the values of a paper whose own text was not at hand; the two of epsilon agree.
_PORT = "S. Krantz, Quantitative-Spatial-Economics, MonteReddingRossiHansberg-AER-2018"
_SURVEY = "J. Rosenthal-Kay, On the commuting elasticity (2021)"


class Variant(NamedTuple):
    """Another value of an elasticity, and where it is from."""

    parameter: str
    value: float
    source: Text


def _says(paper: str, zh: str, en: str) -> Text:
    return Text(f"{paper}:{zh}", f"{paper}: {en}")


def _heard(paper: str, zh: str, en: str, by: str) -> Text:
    """What others say of a paper whose own text was not at hand."""
    return _says(
        paper,
        f"{zh}(转述自{by},未核对原文)",
        f"{en} (as {by} quotes it, not checked in the paper)",
    )


_SW = "Simonovska and Waugh (2014), doi:10.1016/j.jinteco.2013.10.001"
# Each read in its abstract or text.
_NBS = "国家统计局,2023年上半年居民收入和消费支出情况 (2023-07-17)"
_SIZE = "卓玛草,人口与经济 2019(5):53-65,doi:10.3969/j.issn.1000-4149.2019.00.004"
_DENSITY = "Ahlfeldt and Pietrostefani, Journal of Urban Economics 111 (2019)"
VARIANTS = (
    Variant("alpha", 0.6, _heard(_MRRH, "住房占0.4", "housing takes 0.4", _PORT)),
    Variant(
        "alpha",
        0.768,
        _says(
            _NBS, "居住占消费支出的23.2%", "housing takes 23.2 % of what households in China spend"
        ),
    ),
    Variant(
        "epsilon",
        3.3,
        _heard(_MRRH, "美国各县", "counties of the United States", f"{_PORT}; {_SURVEY}"),
    ),
    Variant("epsilon", 6.83, _says(_ARSW_READ, "柏林各街区", "blocks of Berlin")),
    Variant("sigma", 5.0, _says(_SW, "贸易弹性约为4", "trade responds by about 4")),
    Variant("nu", 0.0, Text("密度不提高生产率", "no gain from density")),
    Variant(
        "nu",
        0.024,
        _says(
            _SIZE,
            "280个城市,劳动生产率对城区常住人口",
            "280 cities of China, productivity of labour by people of the urban area",
        ),
    ),
    Variant(
        "nu",
        0.08,
        _says(_DENSITY, "发展中国家,工资对密度", "developing countries, wages by density"),
    ),
    Variant("delta", 0.0, Text("住房供给不变", "floor space is fixed")),
    Variant("psi", 0.21, _says(_TOOLKIT, "其低贸易成本情形", "its own case of cheap trade")),
    Variant("mu", 0.235, Text("缺省值的一半,为假定", "half of the default, an assumption")),
    Variant(
        "mu",
        0.963,
        _heard(_MRRH, "通勤随距离的4.43次方下降,除以ε", "4.43 by distance, over epsilon", _PORT),
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


def _fits(name: str, value: Any) -> bool:
    if not isinstance(value, Real):
        return False
    low, high = BOUNDS[name]
    ends = {(name, side) for side, end in enumerate((low, high)) if value == end}
    return low <= float(value) <= high and not ends & OPEN_ENDS


def _between(value: float, low: float, high: float) -> Text:
    return Text(
        f"{value}应在{low}和{high}之间", f"{value}; between {low} and {high} would be right"
    )
