"""What the gate adds to a read: the same requests to a service of one owner and to one that asks who it is.

Bound: 10 of 100. Both services run in this process on the same tiny region; the reader of the deployed one
shows a token and reads tables that are open. ``READS`` sets how many of each. Medians of turns are compared.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
READS, TURNS, BOUND = int(os.environ.get("READS", "100")), 5, 1.10
ASKED = (
    ("base/values", {"indicator": "people", "year": 2020, "level": "county"}),
    ("base/figures", {"place": "990101"}),
    ("plan/evaluate", {}),
)


def main() -> None:
    """Print the ratio of each read and of all, and fail if that of all is over its bound."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HUTUO_HOME"] = f"{folder}/home"
        alone, deployed, headers = services(Path(folder))
        times: dict[str, list[list[float]]] = {path: [[], []] for path, _ in ASKED}
        for turn in range(TURNS + 1):
            for path, ask in ASKED:
                took = [run(alone, path, ask, {}), run(deployed, path, ask, headers)]
                if turn:
                    times[path][0].append(took[0])
                    times[path][1].append(took[1])
    sums = [0.0, 0.0]
    for path, (ours, theirs) in times.items():
        without, through = statistics.median(ours), statistics.median(theirs)
        sums = [sums[0] + without, sums[1] + through]
        print(f"{path}: {without:.2f} ms, through the gate {through:.2f} ms")
    ratio = sums[1] / sums[0]
    print(f"gate: {ratio:.3f} times the reads without it; bound {BOUND}")
    if ratio > BOUND:
        sys.exit("gate: over its bound")


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
    """Milliseconds of one read, the mean of many."""
    began = time.perf_counter()
    for _ in range(READS):
        client.post(f"/api/{path}", json=ask, headers=headers).raise_for_status()
    return (time.perf_counter() - began) * 1e3 / READS


if __name__ == "__main__":
    main()
