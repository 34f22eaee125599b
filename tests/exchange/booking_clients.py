"""Clients that book instruments at once: threads of this process, of which a test starts several.

Run as ``python booking_clients.py URL SCHEMA NAME CLIENTS ATTEMPTS``; it prints what they were told, as JSON.
"""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hutuo.base.store import Store
from hutuo.errors import BadAsk
from hutuo.exchange.instruments import terms_of
from hutuo.exchange.reserving import Ending, Reserved, booked, end, reserve
from hutuo.exchange.schema import EXCHANGE

MONDAY = datetime(2100, 1, 4, tzinfo=UTC)
DETAILS = {"price_fen": 12_000, "hours": "mon-sun 00:00-24:00"}
INSTRUMENTS = ("one", "two")
# Quarters of an hour from Monday on; so few that clients meet all the time.
QUARTERS = 4 * 24 * 5


def row_of(name, instrument, begins, minutes, client="a"):
    """A booking as it is written."""
    return {
        "booking": name,
        "instrument": instrument,
        "version": 1,
        "owner": "owner",
        "body": f"firm-{client}",
        "user": f"user-{client}",
        "begins": begins,
        "ends": begins + timedelta(minutes=minutes),
        "state": "booked",
        "fee_fen": terms_of(DETAILS).fee(minutes),
        "recorded_at": datetime.now(UTC),
        "note": None,
        "by": None,
    }


def client(store, name, attempts):
    """Bookings and cancellations by lot; how many of each were granted and refused."""
    lot, told = random.Random(name), {"booked": 0, "refused": 0, "cancelled": 0}  # noqa: S311
    terms, mine = terms_of(DETAILS), []
    for number in range(attempts):
        if mine and lot.random() < 0.1:
            _cancel(store, mine.pop(lot.randrange(len(mine))))
            told["cancelled"] += 1
            continue
        begins = MONDAY + timedelta(minutes=15 * lot.randrange(QUARTERS))
        minutes = 15 * lot.randint(1, 8)
        row = row_of(f"{name}-{number}", lot.choice(INSTRUMENTS), begins, minutes, name)
        try:
            reserve(store, Reserved(row, terms, begins.date().isoformat()))
        except BadAsk:
            told["refused"] += 1
        else:
            told["booked"] += 1
            mine.append(row["booking"])
    return told


def _cancel(store, name):
    with store.reading(EXCHANGE) as connection:
        row = booked(connection, name)
    end(store, row, Ending("cancelled", 0, 0, datetime.now(UTC), "2100-01-01", None, None))


def main(url, schema, name, clients, attempts):
    """So many clients, each with so many attempts."""
    store = Store(url, schema)
    with ThreadPoolExecutor(int(clients)) as pool:
        names = [f"{name}{number}" for number in range(int(clients))]
        told = list(pool.map(lambda one: client(store, one, int(attempts)), names))
    print(json.dumps({key: sum(one[key] for one in told) for key in told[0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
