"""Contracts between bodies: forms as data, terms that are checked, and the entries that a period brings."""

from typing import TYPE_CHECKING

from hutuo.lending import lending

if TYPE_CHECKING:
    from hutuo.exchange.contracts.agreement import Contract, amended, read_contract, version_in
    from hutuo.exchange.contracts.form import Template, find_template, templates
    from hutuo.exchange.contracts.outlook import Outlook, foreseen
    from hutuo.exchange.contracts.settlement import Settled, entries, settled

__all__ = [
    "Contract",
    "Outlook",
    "Settled",
    "Template",
    "amended",
    "entries",
    "find_template",
    "foreseen",
    "read_contract",
    "settled",
    "templates",
    "version_in",
]

_LENT = {
    "Contract": "agreement",
    "Outlook": "outlook",
    "Settled": "settlement",
    "Template": "form",
    "amended": "agreement",
    "entries": "settlement",
    "find_template": "form",
    "foreseen": "outlook",
    "read_contract": "agreement",
    "settled": "settlement",
    "templates": "form",
    "version_in": "agreement",
}

__getattr__ = lending(__name__, _LENT)
