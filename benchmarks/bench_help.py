"""Start of the command line: ``hutuo --help`` against importing the libraries it stands on.

Bound: at most 1.5 times the peer, by the best of several runs taken in turn.
"""

import subprocess
import sys
import time
from pathlib import Path

RUNS = 9
OURS = [str(Path(sys.executable).with_name("hutuo")), "--help"]
PEER = [sys.executable, "-c", "import cyclopts, pydantic"]


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print both times and their ratio."""
    pairs = [(seconds(OURS), seconds(PEER)) for _ in range(RUNS)]
    ours, peer = (min(times) for times in zip(*pairs, strict=True))
    print(
        f"hutuo --help: {ours:.3f} s, import cyclopts, pydantic: {peer:.3f} s,"
        f" ratio {ours / peer:.2f} (bound 1.5)"
    )


if __name__ == "__main__":
    main()
