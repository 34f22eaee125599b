"""Economy: where zones are strong, who supplies whom, what moves where, how taxes of a move are shared.

The pure functions need no region: ``from hutuo.economy import CommutingModel, location_quotient, tax_share``.
"""

from typing import TYPE_CHECKING

from hutuo.economy import (
    balances,
    chains,
    clusters,
    funnel,
    input_output,
    linkage,
    park_costs,
    parks,
    platforms,
    relocations,
    splits,
    structure,
    technology_gaps,
    whatif,
)
from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.economy.concentration import locational_gini, theil
    from hutuo.economy.diversity import Complexity, complexity
    from hutuo.economy.equilibrium import CommutingModel, Counterfactual
    from hutuo.economy.indices import krugman, location_quotient, similarity
    from hutuo.economy.inputoutput import leontief, linkages, output_for
    from hutuo.economy.iotables import PublishedTable, read_table
    from hutuo.economy.parameters import Parameters
    from hutuo.economy.pulls import gravity
    from hutuo.economy.taxes import TaxShare, tax_share
    from hutuo.economy.weighing import Ranks, ranks

__all__ = [
    "CommutingModel",
    "Complexity",
    "Counterfactual",
    "Parameters",
    "PublishedTable",
    "Ranks",
    "TaxShare",
    "balances",
    "chains",
    "clusters",
    "complexity",
    "funnel",
    "gravity",
    "input_output",
    "krugman",
    "leontief",
    "linkage",
    "linkages",
    "location_quotient",
    "locational_gini",
    "output_for",
    "park_costs",
    "parks",
    "platforms",
    "ranks",
    "read_table",
    "relocations",
    "similarity",
    "splits",
    "structure",
    "tax_share",
    "technology_gaps",
    "theil",
    "whatif",
]

_LENT = {
    "CommutingModel": "equilibrium",
    "Complexity": "diversity",
    "Counterfactual": "equilibrium",
    "Parameters": "parameters",
    "PublishedTable": "iotables",
    "Ranks": "weighing",
    "TaxShare": "taxes",
    "complexity": "diversity",
    "gravity": "pulls",
    "krugman": "indices",
    "leontief": "inputoutput",
    "linkages": "inputoutput",
    "location_quotient": "indices",
    "locational_gini": "concentration",
    "output_for": "inputoutput",
    "ranks": "weighing",
    "read_table": "iotables",
    "similarity": "indices",
    "tax_share": "taxes",
    "theil": "concentration",
}

__getattr__ = lending(__name__, _LENT)
