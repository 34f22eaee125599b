"""Exchange: contracts between cities, markets of needs and offers, what is recognised mutually."""

from hutuo.exchange import (
    accords,
    figures,
    lying,
    preview,
    recognition,
    repeats,
    schemes,
    sortition,
    templates,
)

__all__ = [
    "accords",
    "figures",
    "lying",
    "preview",
    "recognition",
    "repeats",
    "schemes",
    "sortition",
    "templates",
]
