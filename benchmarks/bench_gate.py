"""What the gate adds to a read: the same requests to a service of one owner and to one that asks who it is.

Bound: 10 of 100, with the store in a file and, where a server is installed, in PostgreSQL. Both services run
in this process on the same tiny region; the reader of the deployed one shows a token and reads tables that
are open. Requests to both take turns, so that what else the machine does falls on both; medians are compared.
``READS`` sets how many of each.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
READS, WARM, BOUND = int(os.environ.get("READS", "300")), 10, 1.10
ASKED = (
    ("base/values", {"indicator": "people", "year": 2020, "level": "county"}),
    ("base/figures", {"place": "990101"}),
    ("plan/evaluate", {}),
)


def main() -> None:
    """Print the ratio of each read and of all, by store, and fail if that of all is over its bound."""
    from servers import binaries, postgres

    with tempfile.TemporaryDirectory() as folder:
        ratios = {"file": measured(Path(folder), None)}
    if binaries() is not None:
        with tempfile.TemporaryDirectory() as folder, postgres("-c fsync=on") as url:
            ratios["postgresql"] = measured(Path(folder), url)
    for store, ratio in ratios.items():
        print(f"gate, {store}: {ratio:.3f} times the reads without it; bound {BOUND}")
    if max(ratios.values()) > BOUND:
        sys.exit("gate: over its bound")


def measured(folder: Path, store: str | None) -> float:
    """Reads through the gate over reads without it, on one store."""
    os.environ["HUTUO_HOME"] = f"{folder}/home"
    for name in ("HUTUO_STORE", "HUTUO_REGION"):
        os.environ.pop(name, None)
    if store is not None:
        os.environ["HUTUO_STORE"] = store
    alone, deployed, headers = services(folder)
    sums = [0.0, 0.0]
    with alone, deployed:
        for path, ask in ASKED:
            times: list[list[float]] = [[], []]
            for turn in range(WARM + READS):
                took = [run(alone, path, ask, {}), run(deployed, path, ask, headers)]
                if turn >= WARM:
                    times[0].append(took[0])
                    times[1].append(took[1])
            without, through = (statistics.median(one) for one in times)
            sums = [sums[0] + without, sums[1] + through]
            print(f"{path}: {without:.2f} ms, through the gate {through:.2f} ms")
    return sums[1] / sums[0]


def services(folder: Path) -> tuple[TestClient, TestClient, dict[str, str]]:
    """A service of one owner, a deployed one, and what a machine shows to it."""
    import hutuo
    import tiny
    from hutuo.api.app import Settings, app
    from hutuo.api.deployment import Deployment
    from hutuo.base.agreeing import DatasetAsk, dataset
    from hutuo.base.people import AccountAsk, TokenAsk, account, token

    pack = str(tiny.write_pack(folder / "pack"))
    region = hutuo.open(pack)
    dataset(region, DatasetAsk(action="open", tables=("all",)))
    account(region, AccountAsk(action="create", account="reader", roles=("viewer",)))
    shown = token(region, TokenAsk(action="create", account="reader")).shown
    alone = TestClient(app(Settings(region=pack)))
    deployment = Deployment.model_validate(
        {
            "region": pack,
            "hosts": ("testserver",),
            "tls": False,
            "limits": {"requests_per_minute": 10**9},
        }
    )
    settings = Settings(region=pack, hosts=("testserver",), deployment=deployment)
    return alone, TestClient(app(settings)), {"authorization": f"Bearer {shown}"}


def run(client: TestClient, path: str, ask: dict[str, object], headers: dict[str, str]) -> float:
    """Milliseconds of one read."""
    began = time.perf_counter()
    client.post(f"/api/{path}", json=ask, headers=headers).raise_for_status()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
