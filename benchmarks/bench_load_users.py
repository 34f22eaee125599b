"""20 users who read through the gate for a minute, ten times as many for half of one, and 20 again.

A user opens a map (a page of features in its view, or four tiles at once), a table's page, a verb or the
statement of an account, looks at it for half a second to one and a half, and opens the next; what is turned
away (429) he asks again when ``Retry-After`` says so. Bounds: no error and p95 300 ms for the 20; with 200
nothing but answers and 429, and within 10 s after they have gone everybody is answered as before.

The service is ``hutuo serve --deployment`` in a process of its own, with limits as they are when the file
says nothing; its store a file, and a PostgreSQL where a server is installed. The 20 read for ``LASTS``
seconds; ``STORE`` (``file`` or ``postgresql``) takes one store alone.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx
import numpy as np
import pyarrow as pa
import shapely

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
LASTS = float(os.environ.get("LASTS", "60"))
USERS, TIMES, RECOVERS, BOUND = 20, 10, 10.0, 0.3
THINKS = (0.5, 1.5)
# Seconds in which it is seen that all is as before.
SPAN = 4
# Squares of a grid, in degrees, and postings of one account.
PARCELS, SIDE, ROW, WEST, SOUTH = 20_000, 0.0025, 200, 114.0, 37.0
POSTED, ACCOUNT = 5_000, "gov/cash"
ZOOM = 13
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("base/values", {"indicator": "people", "year": 2020, "level": "county"}),
    ("base/figures", {"place": "990101"}),
    ("base/history", {"place": "990101", "indicator": "people"}),
    ("plan/evaluate", {}),
    ("base/catalogue", {}),
)
# How many of a hundred looks are of a kind.
KINDS = {"features": 20, "tiles": 20, "table": 20, "verb": 25, "statement": 15}


class Asked(NamedTuple):
    """One request as it went."""

    kind: str
    began: float
    took: float
    status: int


class Readers:
    """Users of one service, each with a token of his own account."""

    def __init__(self, at: str, tokens: list[str]) -> None:
        self.tokens, self.done = tokens, list[Asked]()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._client = httpx.AsyncClient(base_url=at, timeout=60, limits=limits)

    async def read(self, users: slice, seconds: float) -> tuple[float, float]:
        """Let some of the users read for so long; when they began and ended."""
        began = time.perf_counter()
        until = began + seconds
        named = range(len(self.tokens))[users]
        await asyncio.gather(*(self._user(number, until) for number in named))
        return began, until

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _user(self, number: int, until: float) -> None:
        rng = random.Random(number)  # noqa: S311 - nothing is kept secret by it
        # Nobody comes at the same instant as all the others.
        await asyncio.sleep(rng.random())
        while time.perf_counter() < until:
            kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
            looks = [self._ask(number, kind, *one) for one in requests(kind, rng)]
            waits = await asyncio.gather(*looks)
            await asyncio.sleep(max(rng.uniform(*THINKS), *waits))

    async def _ask(self, number: int, kind: str, method: str, path: str, ask: Any) -> float:
        """Ask once; seconds that the answer says to wait for."""
        headers, began = {"authorization": f"Bearer {self.tokens[number]}"}, time.perf_counter()
        try:
            answer = await self._client.request(method, path, json=ask, headers=headers)
        except httpx.TransportError:
            self.done.append(Asked(kind, began, time.perf_counter() - began, 0))
            return 0.0
        self.done.append(Asked(kind, began, time.perf_counter() - began, answer.status_code))
        return float(answer.headers.get("retry-after", 0))


def requests(kind: str, rng: random.Random) -> Iterator[tuple[str, str, Any]]:
    """What one look of a kind asks for."""
    place = "/ogc/collections/place"
    west = WEST + rng.random() * ROW * SIDE * 0.8
    south = SOUTH + rng.random() * PARCELS / ROW * SIDE * 0.8
    if kind == "features":
        box = f"{west:.4f},{south:.4f},{west + 0.05:.4f},{south + 0.05:.4f}"
        yield "GET", f"{place}/items?limit=100&bbox={box}", None
    elif kind == "tiles":
        x, y = column(west, south)
        for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
            yield "GET", f"{place}/tiles/{ZOOM}/{x + right}/{y + down}", None
    elif kind == "table":
        page = {"name": "place", "offset": 50 * rng.randrange(PARCELS // 50), "limit": 50}
        yield "POST", "/api/base/table", page
    elif kind == "verb":
        verb, ask = rng.choice(VERBS)
        yield "POST", f"/api/{verb}", ask
    else:
        page = {"account": ACCOUNT, "offset": 100 * rng.randrange(POSTED // 100), "limit": 100}
        yield "POST", "/api/ledger/statement", page


def column(lon: float, lat: float) -> tuple[int, int]:
    """Column and row of the tile that holds a point."""
    up = np.arcsinh(np.tan(np.radians(lat))) / np.pi
    return int((lon + 180) / 360 * 2**ZOOM), int((1 - up) / 2 * 2**ZOOM)


def main() -> None:
    """Print the figures by store and fail if one is over its bound."""
    from servers import binaries, postgres

    stores = {"file": nullcontext()}
    if binaries() is not None:
        stores["postgresql"] = postgres("-c fsync=on")
    wanted, faults = os.environ.get("STORE"), []
    for name, server in stores.items():
        if wanted not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder, server as url:
            faults += measured(name, Path(folder), url)
    if faults:
        sys.exit("load: " + "; ".join(faults))


def measured(name: str, folder: Path, store: str | None) -> list[str]:
    """What is over its bound on one store."""
    from processes import deployed, write_deployment

    with environment(folder / "home", store):
        pack, tokens = filled(folder)
    more = {} if store is None else {"store": store}
    file = write_deployment(folder / "deployment.toml", pack, **more)
    with deployed(file, folder / "home") as (at,):
        return asyncio.run(course(name, at, tokens))


async def course(name: str, at: str, tokens: list[str]) -> list[str]:
    """20, ten times as many, and 20 again."""
    readers = Readers(at, tokens)
    few, many = slice(USERS), slice(USERS * TIMES)
    # What the service reads once is read before.
    await readers.read(few, 3)
    phases = [await readers.read(few, LASTS), await readers.read(many, max(LASTS / 2, 3))]
    phases.append(await readers.read(few, min(LASTS, 2 * RECOVERS)))
    await readers.close()
    taken = [[one for one in readers.done if a <= one.began < b] for a, b in phases]
    calm, full, after = taken
    for kind in KINDS:
        print(f"  {kind}: {told([one for one in calm if one.kind == kind])}")
    print(f"load, {name}: {USERS} users, {told(calm)}; bound {BOUND * 1e3:.0f} ms, no error")
    print(f"load, {name}: {USERS * TIMES} users, {told(full)}")
    again = recovered(after, phases[2][0])
    print(f"load, {name}: as before {again:.0f} s after they have gone; bound {RECOVERS:.0f} s")
    faults = []
    if {one.status for one in calm} - {200, 204}:
        faults.append(f"{name}: errors under {USERS} users")
    if p95(calm) > BOUND:
        faults.append(f"{name}: p95 of {USERS} users is over its bound")
    if {one.status for one in full} - {200, 204, 429}:
        faults.append(f"{name}: errors under {USERS * TIMES} users")
    if again > RECOVERS:
        faults.append(f"{name}: not as before in {RECOVERS:.0f} s")
    return faults


def recovered(asked: list[Asked], began: float) -> float:
    """Whole seconds after which a span follows in which all are answered within the bound."""
    ends = int(max(one.began for one in asked) - began) - SPAN
    for second in range(max(ends, 0) + 1):
        within = [one for one in asked if second <= one.began - began < second + SPAN]
        if within and {one.status for one in within} <= {200, 204} and p95(within) <= BOUND:
            return float(second)
    return float("inf")


def p95(asked: list[Asked]) -> float:
    """Seconds within which 95 of 100 answers came; what was turned away is no answer."""
    took = [one.took for one in asked if one.status != 429]
    return float(np.quantile(took, 0.95)) if took else 0.0


def told(asked: list[Asked]) -> str:
    """Requests a second, times and statuses."""
    if not asked:
        return "none"
    took = [one.took for one in asked if one.status != 429]
    span = max(one.began for one in asked) - min(one.began for one in asked)
    statuses = dict(sorted(Counter(one.status for one in asked).items()))
    return (
        f"{len(asked):,} requests, {len(asked) / max(span, 1):.0f}/s, median"
        f" {np.median(took) * 1e3:.0f} ms, p95 {p95(asked) * 1e3:.0f} ms,"
        f" longest {max(took) * 1e3:.0f} ms, {statuses}"
    )


@contextmanager
def environment(home: Path, store: str | None) -> Iterator[None]:
    """Within the block this process is the owner on the machine of the service."""
    before = dict(os.environ)
    os.environ["HUTUO_HOME"] = str(home)
    if store is not None:
        os.environ["HUTUO_STORE"] = store
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def filled(folder: Path) -> tuple[Path, list[str]]:
    """A pack whose lake and store are filled, and the tokens of its users."""
    import hutuo
    import tiny
    from hutuo.base.agreeing import DatasetAsk, dataset
    from hutuo.base.sharing import accounts
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of
    from hutuo.ledger.posting import Post, post

    pack = tiny.write_pack(folder / "pack")
    region = hutuo.open(str(pack))
    parcels(region)
    post(region, Post(entries=tiny.ENTRIES + [paid(number) for number in range(POSTED)]))
    dataset(region, DatasetAsk(action="open", tables=("all",)))
    tokens = []
    with store_of(region).writing(SHARING) as connection:
        for number in range(USERS * TIMES):
            name = f"user{number}"
            about = {"body": "gov", "name": None, "roles": ("officer",)}
            accounts.create(connection, name, about, None)
            tokens.append(accounts.grant_token(connection, name, None, None)[1])
    store_of(region).close()
    region.lake.close()
    return pack, tokens


def paid(number: int) -> dict[str, Any]:
    """An entry of the ledger."""
    legs = [("outside/bank", -100), (ACCOUNT, 100)]
    rows = [{"account": name, "commodity": "CNY", "amount": fen} for name, fen in legs]
    return {"key": f"paid-{number}", "effective": "2025-01-01", "postings": rows}


def parcels(region: Any) -> None:
    """Squares with their shapes."""
    number = np.arange(PARCELS)
    west, south = WEST + number % ROW * SIDE, SOUTH + number // ROW * SIDE
    names = [f"parcel:{n:06}" for n in number]
    texts = {"kind": "parcel", "zh": "地块", "en": "Parcel", "source": "book"}
    region.append(
        "place", pa.table({"place": names, **{k: [v] * PARCELS for k, v in texts.items()}})
    )
    shapes = shapely.to_wkb(shapely.box(west, south, west + SIDE, south + SIDE))
    region.append(
        "boundary",
        pa.table(
            {
                "place": names,
                "geometry": pa.array(shapes.tolist(), pa.binary()),
                "area_km2": np.full(PARCELS, 0.06),
                "label_lon": west + SIDE / 2,
                "label_lat": south + SIDE / 2,
                "source": ["book"] * PARCELS,
            }
        ),
    )


if __name__ == "__main__":
    main()
