"""Clients that redeem the same vouchers at once: threads of this process, of which a test starts several.

Run as ``python voucher_clients.py URL SCHEMA NAME CLIENTS ATTEMPTS CODES``; it prints what was told to them.
"""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from hutuo.base.store import Store
from hutuo.errors import BadAsk, BadInput
from hutuo.exchange.redeeming import redeem

DAY = date(2026, 3, 2)
SCHEME = {
    "scheme": "tokens",
    "issuer": "city-a",
    "valid_from": date(2026, 1, 1),
    "most_firm_fen": None,
}


def row_of(code, bill, bill_fen, institute="lab", city="city-b"):
    """A redemption as it is asked for."""
    return {
        "code": code,
        "institute": institute,
        "city": city,
        "purpose": "检测",
        "bill": bill,
        "bill_fen": bill_fen,
        "day": DAY,
        "recorded_at": datetime.now(UTC),
        "by": None,
    }


def client(store, name, attempts, codes):
    """Redemptions by lot, each for a bill of its own; what was granted, in fen, and how many were refused."""
    lot, told = random.Random(name), {"redeemed": 0, "refused": 0, "fen": 0}  # noqa: S311
    for number in range(attempts):
        row = row_of(f"code-{lot.randrange(codes)}", f"{name}-{number}", lot.randint(1, 30_000))
        try:
            told["fen"] += redeem(store, row, 0.5, billed=False)["paid_fen"]
            told["redeemed"] += 1
        except (BadAsk, BadInput):
            told["refused"] += 1
    return told


def main(url, schema, name, clients, attempts, codes):
    """So many clients, each with so many attempts."""
    store = Store(url, schema)
    with ThreadPoolExecutor(int(clients)) as pool:
        names = [f"{name}{number}" for number in range(int(clients))]
        told = list(pool.map(lambda one: client(store, one, int(attempts), int(codes)), names))
    print(json.dumps({key: sum(one[key] for one in told) for key in told[0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
