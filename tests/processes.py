"""``hutuo serve --deployment FILE`` in a process of its own, as an office runs it; stopped by its id."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAIN = "import sys; from hutuo.cli import main; sys.exit(main())"


def write_deployment(file: Path, region: Path | str, **more) -> Path:
    """A file of a deployment, on one machine and without TLS."""
    given = {"region": str(region), "hosts": ["127.0.0.1"], "tls": False} | more
    tables = {name: value for name, value in given.items() if isinstance(value, dict)}
    lines = [f"{k} = {json.dumps(v)}" for k, v in given.items() if k not in tables]
    for name, values in tables.items():
        lines += [f"[{name}]", *(f"{k} = {json.dumps(v)}" for k, v in values.items())]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@contextmanager
def deployed(file: Path, home: Path, many: int = 1) -> Iterator[list[str]]:
    """Addresses of so many processes that serve one deployment from one data folder."""
    begun = []
    environment = {**os.environ, "HUTUO_HOME": str(home), "HUTUO_LANG": "en"}
    for name in ("HUTUO_STORE", "HUTUO_REGION"):
        environment.pop(name, None)
    words = [sys.executable, "-c", MAIN, "serve", "--port", "0", "--deployment", str(file)]
    try:
        for number in range(many):
            log = (file.parent / f"server-{number}.log").open("w")
            begun.append((subprocess.Popen(words, env=environment, stderr=log), log))
        yield [_answering(process, Path(log.name)) for process, log in begun]
    finally:
        for process, _ in begun:
            process.terminate()
        for process, log in begun:
            process.wait(timeout=20)
            log.close()


def _answering(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """The address that a process says it answers at."""
    while process.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if "the web app is at " in line:
                return line.split("the web app is at ")[1].partition(",")[0]
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))
