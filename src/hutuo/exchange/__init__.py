"""Exchange: contracts between cities, markets of needs and offers, what is recognised mutually."""

from hutuo.exchange import (
    accords,
    lying,
    recognition,
    schemes,
    sortition,
)

__all__ = [
    "accords",
    "lying",
    "recognition",
    "schemes",
    "sortition",
]
