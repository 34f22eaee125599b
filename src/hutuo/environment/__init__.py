"""Environment: energy and carbon in one account, pollutants with carbon, quotas that swap.

The pure functions need no region: ``from hutuo.environment import combustion_co2, lmdi``.
"""

from typing import TYPE_CHECKING

from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.environment.decomposition import Decomposition, lmdi, logarithmic_mean
    from hutuo.environment.emissions import coal_equivalent, combustion_co2, electricity_co2

__all__ = [
    "Decomposition",
    "coal_equivalent",
    "combustion_co2",
    "electricity_co2",
    "lmdi",
    "logarithmic_mean",
]

_LENT = {
    "Decomposition": "decomposition",
    "coal_equivalent": "emissions",
    "combustion_co2": "emissions",
    "electricity_co2": "emissions",
    "lmdi": "decomposition",
    "logarithmic_mean": "decomposition",
}

__getattr__ = lending(__name__, _LENT)
