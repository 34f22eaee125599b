"""Exchange: contracts between cities, markets of needs and offers, what is recognised mutually."""

from hutuo.exchange import (
    accords,
    figures,
    lying,
    recognition,
    repeats,
    schemes,
    sortition,
)

__all__ = [
    "accords",
    "figures",
    "lying",
    "recognition",
    "repeats",
    "schemes",
    "sortition",
]
