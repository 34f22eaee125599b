"""A contract of the tiny region that is only to be read: made, told figures of a year, not settled."""

from hutuo.exchange.agreements import ContractAsk, contract

SWAP = {
    "id": "swap",
    "template": "quota-swap",
    "zh": "指标置换",
    "en": "Quota swap",
    "parties": {"giver": "gov", "taker": "990101"},
    "terms": {"ratio": 1.2},
    "schedule": {"first": "2024"},
    "clause": "二",
}


def agree(region):
    """Make the contract and tell figures of its first year."""
    contract(region, ContractAsk(action="make", written=SWAP))
    told = {"contract": "swap", "period": "2024", "figures": {"need": 5}}
    contract(region, ContractAsk(action="tell", **told))
