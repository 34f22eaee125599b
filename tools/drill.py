"""The drill of docs/deployment.md: a fresh Debian without a network, from the bundle to the restored backup.

As root, with ``debootstrap``: ``make bundle && python tools/drill.py [FOLDER]``. A root of Debian 12 is made
in the folder (``/tmp/hutuo-drill``), its packages are kept beside it, and the blocks of commands of the page
are run in it as they stand, with nothing but the loopback up. Where a service would be begun by systemd, what
its unit says is begun. Everything is told with its time; what fails ends the drill.
"""

from __future__ import annotations

import configparser
import hashlib
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve()
SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
PACKAGES = "python3,python3-venv,postgresql,nginx"
HOST, PORT = "data.example.cn", 8765
UNIT = Path("/etc/systemd/system/hutuo.service")
# Where the drill stands in its root.
DESK = Path("/srv/drill")
INSIDE, GUIDE = "--inside", DESK / "deployment.md"
# Rows of these are summed; what is written in the drill is among them.
SUMMED = ("unit", "observation", "indicator", "target", "resource", "clause")
PATIENCE = 60.0
CASH, PAGE = "drill", 10_000
HEAD = "/var/backups/hutuo/head.json"


def main() -> None:
    """Make the root and go on in it; or, in it, do the drill."""
    if sys.argv[1:] == [INSIDE]:
        Drill().run()
        return
    if os.getuid() != 0:
        sys.exit("the drill makes a root of its own: run it as root")
    root = Path(sys.argv[1] if sys.argv[1:] else "/tmp/hutuo-drill").absolute()  # noqa: S108
    bundle = HERE.parent.parent / "build" / "bundle"
    if not (bundle / "SHA256SUMS").exists():
        sys.exit("no build/bundle: make bundle")
    with timed(f"{SUITE} with {PACKAGES}"):
        make(root)
    shutil.copytree(bundle, root / "mnt" / "bundle")
    (root / str(DESK)[1:]).mkdir()
    shutil.copy(HERE, root / str(DESK)[1:] / "drill.py")
    shutil.copy(HERE.parent.parent / "docs" / "deployment.md", root / str(GUIDE)[1:])
    with timed("the drill"):
        enter(root)


def make(root: Path) -> None:
    """A fresh root; its packages are fetched once and kept beside it."""
    shutil.rmtree(root, ignore_errors=True)
    kept = root.with_name(f"{root.name}-packages.tgz")
    made = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}"]
    if not kept.exists():
        fetched = root.with_name(f"{root.name}-fetched")
        done(isolated(*made, f"--make-tarball={kept}", SUITE, str(fetched), MIRROR), "debootstrap")
        shutil.rmtree(fetched, ignore_errors=True)
    # What its packages begin ends with its processes.
    done(isolated(*made, f"--unpack-tarball={kept}", SUITE, str(root), MIRROR), "debootstrap")


def isolated(*words: str) -> list[str]:
    """A command whose processes all end with it."""
    return ["unshare", "--pid", "--fork", "--kill-child", "--mount", *words]


def enter(root: Path) -> None:
    """Do the drill in the root: nothing is reached from it but itself."""
    bound = " && ".join(
        (
            "ip link set lo up",
            f"mount -t proc proc {root}/proc",
            f"mount -t tmpfs tmpfs {root}/run",
            f"mount --bind /dev {root}/dev",
            f"exec chroot {root} /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
            f" HOME={DESK} LANG=C.UTF-8 HUTUO_LANG=en python3 {DESK}/drill.py {INSIDE}",
        )
    )
    apart = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc"]
    subprocess.run([*apart, "sh", "-euc", bound], check=True)


class Drill:
    """What is done in the root."""

    def __init__(self) -> None:
        self.blocks = dict(re.findall(r"^```sh (\w+)\n(.*?)^```$", GUIDE.read_text(), re.M | re.S))
        self.service: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Installed, signed in, written to, backed up, wiped, restored: the same."""
        os.chdir(DESK)
        self.alone()
        with timed("PostgreSQL begun"):
            self.postgres()
        with timed("installed, an account made, served"):
            self.typed("install")
        with timed("the proxy"):
            self.proxy()
        with timed("signed in by TLS, written"):
            people = self.fill()
        before = self.state(people)
        with timed("backed up"):
            self.typed("backup")
        self.state(people)
        with timed("wiped, and installed again"):
            self.wipe()
        with timed("restored, verified, served"):
            self.typed("restore")
        self.reached()
        after = self.state(people)
        if after != before:
            sys.exit(f"not as before:\n{before}\n{after}")
        print(f"the same: {json.dumps(after)}")
        self.stop()

    def alone(self) -> None:
        """See to it that there is no network."""
        names = [
            line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()
        ]
        others = [name for name in names[2:] if name != "lo"]
        routes = Path("/proc/net/route").read_text().splitlines()[1:]
        if others or routes:
            sys.exit(f"there is a network: {others} {routes}")

    def postgres(self) -> None:
        """As the machine does when it starts."""
        Path("/run/postgresql").mkdir(exist_ok=True)
        shutil.chown("/run/postgresql", "postgres", "postgres")
        done(["service", "postgresql", "start"], "postgresql")

    def typed(self, name: str) -> None:
        """Run the commands of a block of the page, one after the other."""
        for command in commands(self.blocks[name]):
            words = shlex.split(command, comments=True) if "<<" not in command else []
            if words[:1] == ["systemctl"]:
                self.begun(words)
            else:
                done(["sh", "-euc", command], command.partition("\n")[0])

    def begun(self, words: list[str]) -> None:
        """What systemd would do."""
        action, unit = words[1], words[-1]
        if unit == "nginx":
            done(["nginx", "-s", "reload"] if action == "reload" else ["nginx"], "nginx")
        elif action == "stop":
            self.stop()
        else:
            self.serve()

    def serve(self) -> None:
        """Begin what the unit says, and wait until it answers."""
        unit = configparser.RawConfigParser(strict=False)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(UNIT)
        of = unit["Service"]
        environment = dict(one.split("=", 1) for one in of["Environment"].split())
        path = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        with (DESK / "service.log").open("ab") as log:
            self.service = subprocess.Popen(
                ["runuser", "-u", of["User"], "--", *shlex.split(of["ExecStart"])],
                env=path | environment,
                cwd="/",
                stderr=log,
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.service.poll() is None:
            try:
                if asked("GET", "/health", tls=False)[0] == http.client.OK:
                    return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"the service does not answer:\n{(DESK / 'service.log').read_text()}")

    def stop(self) -> None:
        """As systemd stops it."""
        if self.service is not None:
            # runuser hands it on.
            self.service.send_signal(signal.SIGTERM)
            self.service.wait(timeout=PATIENCE)
            self.service = None

    def proxy(self) -> None:
        """A certificate of its own, and the block of the page."""
        made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out certificate.pem"
        done(
            [*shlex.split(made), "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"],
            "openssl",
        )
        done(["nginx"], "nginx")
        self.typed("proxy")

    def fill(self) -> dict[str, str]:
        """Accounts of a body, and what they write through the proxy; gives their passwords."""
        people, body = {}, self.body()
        told("hutuo", "base", "dataset", "open", "all")
        told("hutuo", "base", "dataset", "own", "resource", "--body", body)
        for name in ("steward", "officer"):
            words = ("create", name, "--roles", name, "--body", body)
            people[name] = told("hutuo", "base", "account", *words)["password"]
        steward, officer = (enter_as(name, people[name]) for name in people)
        row = {"resource": "drill/1", "title": "演练", "provider": body}
        wrote(steward, "base/put", {"table": "resource", "rows": [row]})
        legs = [
            {"account": account, "commodity": "CNY", "amount": fen}
            for account, fen in (("outside/bank", -100), (f"{body}/{CASH}", 100))
        ]
        entry = {"key": "drill", "effective": "2025-01-01", "postings": legs}
        wrote(officer, "ledger/post", {"entries": [entry]})
        return people

    def body(self) -> str:
        """A body that there is."""
        rows: list[dict[str, str]] = told("hutuo", "base", "table", "body")
        return rows[0]["body"]

    def state(self, people: dict[str, str]) -> dict[str, Any]:
        """Sums of the rows and of the ledger as they are served."""
        officer = enter_as("officer", people["officer"])
        sums = {}
        for name in SUMMED:
            rows = list(paged(officer, name))
            sums[name] = [len(rows), digest(rows)]
        cash = {"account": f"{self.body()}/{CASH}"}
        rows = wrote(officer, "ledger/statement", cash)
        return sums | {"ledger": [len(rows), digest(rows)]}

    def reached(self) -> None:
        """The audit that came back holds up to the head that was exported, and goes on from there."""
        head = json.loads(Path(HEAD).read_text())
        found = told("hutuo", "base", "audit", "verify", "--head", HEAD)
        if not found["ok"] or found["head"] != head["seq"]:
            sys.exit(f"the audit is another one: {found}")
        print(f"audit: entry {head['seq']} with {head['hash'][:16]} as exported", flush=True)

    def wipe(self) -> None:
        """Nothing of it is left but the backup and the head; then the steps of the page up to the account."""
        self.stop()
        for folder in ("/opt/hutuo", "/var/lib/hutuo", "/etc/hutuo"):
            shutil.rmtree(folder)
        UNIT.unlink()
        done(["runuser", "-u", "postgres", "--", "dropdb", "hutuo"], "dropdb")
        done(["runuser", "-u", "postgres", "--", "dropuser", "hutuo"], "dropuser")
        done(["userdel", "hutuo"], "userdel")
        again = [
            c
            for c in commands(self.blocks["install"])
            if "account" not in c and "systemctl" not in c
        ]
        for command in again:
            done(["sh", "-euc", command], command.partition("\n")[0])
        done(["chown", "-R", "hutuo:hutuo", "/var/backups/hutuo"], "chown")


def commands(block: str) -> Iterator[str]:
    """Commands of a block; one with a text below it goes on to the end of that."""
    lines = iter(block.splitlines())
    for line in lines:
        found = [line]
        if "<<'END'" in line:
            for more in lines:
                found.append(more)
                if more == "END":
                    break
        yield "\n".join(found)


def enter_as(name: str, password: str) -> str:
    """The cookie of somebody who signs in."""
    status, headers, body = asked("POST", "/api/session", {"account": name, "password": password})
    if status != http.client.OK:
        sys.exit(f"{name} is not let in: {status} {body}")
    return headers["set-cookie"].partition(";")[0]


def wrote(cookie: str, verb: str, ask: dict[str, Any]) -> Any:
    """What a verb answers to somebody."""
    status, _, body = asked("POST", f"/api/{verb}?lang=en", ask, cookie)
    if status != http.client.OK:
        sys.exit(f"{verb}: {status} {body}")
    return json.loads(body)


def paged(cookie: str, table: str) -> Iterator[dict[str, Any]]:
    """All rows of a table, page by page."""
    for offset in range(0, 10**9, PAGE):
        rows = wrote(cookie, "base/table", {"name": table, "limit": PAGE, "offset": offset})
        yield from rows
        if len(rows) < PAGE:
            return


def asked(
    method: str, path: str, ask: Any = None, cookie: str = "", *, tls: bool = True
) -> tuple[int, Any, str]:
    """Status, headers and body of an answer; through the proxy, or from the service itself."""
    headers = {"Host": HOST, "Origin": f"https://{HOST}", "Content-Type": "application/json"}
    if cookie:
        headers["Cookie"] = cookie
    if tls:
        known = ssl.create_default_context(cafile=str(DESK / "certificate.pem"))
        there = Through("127.0.0.1", 443, context=known, timeout=PATIENCE)
    else:
        there = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
    there.request(method, path, None if ask is None else json.dumps(ask), headers)
    answer = there.getresponse()
    found = answer.status, answer.headers, answer.read().decode()
    there.close()
    return found


class Through(http.client.HTTPSConnection):
    """A connection to this machine that is asked for the name of the service."""

    def connect(self) -> None:
        """By the name that is in the certificate."""
        http.client.HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=HOST)  # type: ignore[attr-defined]


def told(*words: str) -> Any:
    """What a command says, as values."""
    return json.loads(done([*words, "--json"], " ".join(words)))


def done(words: list[str], name: str) -> str:
    """Output of a command that has to end well."""
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"$ {name}: {ended.returncode}\n{ended.stdout[-2000:]}{ended.stderr[-4000:]}")
    return ended.stdout


def digest(rows: Any) -> str:
    """Sum of rows, whatever their order."""
    lines = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Tell what was done and how long it took."""
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
