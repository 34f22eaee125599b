"""Exchange: contracts between cities, markets of needs and offers, what is recognised mutually.

The pure functions need no region: ``from hutuo.exchange import duplicate_leads, engine``.
"""

from typing import TYPE_CHECKING

from hutuo.exchange import (
    accords,
    agreements,
    awards,
    bookings,
    caseflows,
    conflicts,
    directories,
    draws,
    evaluation,
    experts,
    figures,
    leads,
    listings,
    lying,
    markets,
    matches,
    observing,
    panels,
    preview,
    recognition,
    repeats,
    schemes,
    seriesfiles,
    settling,
    sortition,
    subsidies,
    templates,
    usage,
    vouchers,
)
from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.exchange.duplicates import duplicate_leads, wrong_codes
    from hutuo.exchange.searching import engine
    from hutuo.exchange.thesaurus import Synonym

__all__ = [
    "Synonym",
    "accords",
    "agreements",
    "awards",
    "bookings",
    "caseflows",
    "conflicts",
    "directories",
    "draws",
    "duplicate_leads",
    "engine",
    "evaluation",
    "experts",
    "figures",
    "leads",
    "listings",
    "lying",
    "markets",
    "matches",
    "observing",
    "panels",
    "preview",
    "recognition",
    "repeats",
    "schemes",
    "seriesfiles",
    "settling",
    "sortition",
    "subsidies",
    "templates",
    "usage",
    "vouchers",
    "wrong_codes",
]

_LENT = {
    "Synonym": "thesaurus",
    "duplicate_leads": "duplicates",
    "engine": "searching",
    "wrong_codes": "duplicates",
}

__getattr__ = lending(__name__, _LENT)
