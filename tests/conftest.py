"""What tests share: no test reads or writes the data folder of the person who runs it."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import settings

import agreed
import hutuo
import servers
import tiny
import traded
from asks import UPLOADS
from hutuo.base import uploads
from hutuo.base.region import Region
from hutuo.base.store import Store
from hutuo.ledger.posting import Post, post

# Lakes are on disk, so the first example of a property may take long; nothing is kept between runs.
settings.register_profile("suite", deadline=None, database=None, derandomize=True)
settings.load_profile("suite")
PERSONAL = ("HUTUO_LANG", "HUTUO_REGION", "HUTUO_STORE", "LC_ALL", "LANG")
STORES = ("sqlite", "postgresql")
_schemas = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def shared_home(tmp_path_factory):
    """A data folder for all tests that only read; no language or region of the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PERSONAL:
            patch.delenv(name, raising=False)
        folder = tmp_path_factory.mktemp("shared-home")
        patch.setenv("HUTUO_HOME", str(folder))
        for name, content in UPLOADS.items():
            uploads.store(name, [content])
        yield folder


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A data folder of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("HUTUO_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def little_folder(tmp_path_factory, shared_home) -> Path:
    """The tiny pack; only to be read."""
    return tiny.write_pack(tmp_path_factory.mktemp("packs") / "little")


@pytest.fixture(scope="session")
def little(little_folder) -> Region:
    """The tiny region; only to be read."""
    region = hutuo.open(str(little_folder))
    post(region, Post(entries=tiny.ENTRIES))
    agreed.agree(region)
    traded.trade(region)
    traded.use(region)
    traded.pay(region)
    traded.meet(region)
    return region


@pytest.fixture(scope="session")
def embedded(shared_home) -> Region:
    """The region that comes with Hutuo; only to be read."""
    return hutuo.open()


@pytest.fixture
def own_folder(tmp_path, home) -> Path:
    """A tiny pack of the test's own, not yet opened, in a data folder of its own."""
    return tiny.write_pack(tmp_path / "pack")


@pytest.fixture
def own(own_folder) -> Region:
    """A tiny region that the test may change."""
    return hutuo.open(str(own_folder))


@pytest.fixture(scope="session")
def postgres():
    """URL of a PostgreSQL of the run's own."""
    if servers.binaries() is None:
        pytest.skip("there is no initdb: PostgreSQL is not installed")
    with servers.postgres() as url:
        yield url


@pytest.fixture(params=STORES)
def place(request, tmp_path) -> tuple[str, str]:
    """URL and schema of a store of the test's own, in a file and in PostgreSQL."""
    schema = f"test_{next(_schemas)}"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}", schema
    return request.getfixturevalue("postgres"), schema


@pytest.fixture
def store(place):
    """A store of the test's own, in a file and in PostgreSQL."""
    made = Store(*place)
    yield made
    made.close()


@pytest.fixture
def elsewhere():
    """The environment of a process started by a test."""
    return {**os.environ, "PYTHONWARNINGS": "error", "PYTHONPATH": os.pathsep.join(_paths())}


def _paths() -> list[str]:
    tests = Path(__file__).parent
    return [str(tests), str(tests.parent / "src")]
