"""Ledger: what cities owe, share and settle.

The pure functions need no region: ``from hutuo.ledger import nucleolus, shapley, split``.
"""

from typing import TYPE_CHECKING

from hutuo.ledger import accounts, auditing, netting, posting, statements
from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.ledger.contributions import shapley, shapley_sampled
    from hutuo.ledger.excesses import least_core, nucleolus, prenucleolus
    from hutuo.ledger.sharing import compared, objections
    from hutuo.ledger.splits import constrained_equal_awards, constrained_equal_losses, split

__all__ = [
    "accounts",
    "auditing",
    "compared",
    "constrained_equal_awards",
    "constrained_equal_losses",
    "least_core",
    "netting",
    "nucleolus",
    "objections",
    "posting",
    "prenucleolus",
    "shapley",
    "shapley_sampled",
    "split",
    "statements",
]

_LENT = {
    "compared": "sharing",
    "constrained_equal_awards": "splits",
    "constrained_equal_losses": "splits",
    "least_core": "excesses",
    "nucleolus": "excesses",
    "objections": "sharing",
    "prenucleolus": "excesses",
    "shapley": "contributions",
    "shapley_sampled": "contributions",
    "split": "splits",
}

__getattr__ = lending(__name__, _LENT)
