"""Ledger: what cities owe, share and settle.

The pure functions need no region: ``from hutuo.ledger import nucleolus, shapley, split``.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hutuo.ledger.contributions import shapley, shapley_sampled
    from hutuo.ledger.excesses import least_core, nucleolus, prenucleolus
    from hutuo.ledger.sharing import compared, objections
    from hutuo.ledger.splits import constrained_equal_awards, constrained_equal_losses, split

__all__ = [
    "compared",
    "constrained_equal_awards",
    "constrained_equal_losses",
    "least_core",
    "nucleolus",
    "objections",
    "prenucleolus",
    "shapley",
    "shapley_sampled",
    "split",
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


def __getattr__(name: str) -> Any:
    """What the part lends to Python, imported when it is asked for: the solver takes half a second to load.

    Raises:
        AttributeError: The part has no such name.
    """
    if name not in _LENT:
        raise AttributeError(f"module 'hutuo.ledger' has no attribute {name!r}")
    return getattr(importlib.import_module(f"hutuo.ledger.{_LENT[name]}"), name)
