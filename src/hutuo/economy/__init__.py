"""Economy: where zones are strong, who supplies whom, what moves where, how taxes of a move are shared.

The pure functions need no region: ``from hutuo.economy import CommutingModel, location_quotient, tax_share``.
"""

from typing import TYPE_CHECKING

from hutuo.economy import structure
from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.economy.diversity import Complexity, complexity
    from hutuo.economy.equilibrium import CommutingModel, Counterfactual
    from hutuo.economy.indices import krugman, location_quotient, similarity
    from hutuo.economy.inputoutput import leontief, linkages, output_for
    from hutuo.economy.parameters import Parameters
    from hutuo.economy.taxes import TaxShare, tax_share

__all__ = [
    "CommutingModel",
    "Complexity",
    "Counterfactual",
    "Parameters",
    "TaxShare",
    "complexity",
    "krugman",
    "leontief",
    "linkages",
    "location_quotient",
    "output_for",
    "similarity",
    "structure",
    "tax_share",
]

_LENT = {
    "CommutingModel": "equilibrium",
    "Complexity": "diversity",
    "Counterfactual": "equilibrium",
    "Parameters": "parameters",
    "TaxShare": "taxes",
    "complexity": "diversity",
    "krugman": "indices",
    "leontief": "inputoutput",
    "linkages": "inputoutput",
    "location_quotient": "indices",
    "output_for": "inputoutput",
    "similarity": "indices",
    "tax_share": "taxes",
}

__getattr__ = lending(__name__, _LENT)
