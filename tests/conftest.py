"""What tests share: no test reads or writes the data folder of the person who runs it."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

import agreed
import alarmed
import hutuo
import linked
import servers
import tiny
import traded
from asks import UPLOADS
from homes import ON_POSTGRESQL, STORE, settle
from hutuo.base import region as regions
from hutuo.base import store as stores
from hutuo.base import uploads
from hutuo.base.pack import read_info
from hutuo.base.region import Region
from hutuo.base.store import VARIABLE, Store
from hutuo.ledger.posting import Post, post

# Lakes are on disk, so the first example of a property may take long; nothing is kept between runs.
settings.register_profile("suite", deadline=None, database=None, derandomize=True)
settings.load_profile("suite")
PERSONAL = ("HUTUO_LANG", "HUTUO_REGION", "HUTUO_STORE", "HUTUO_DEPLOYMENT", "LC_ALL", "LANG")
STORES = ("sqlite", "postgresql")
NO_SERVER = "there is no initdb: PostgreSQL is not installed"
_schemas = itertools.count(1)


def pytest_configure():
    """A run on PostgreSQL is refused where there is none: every test would be skipped."""
    asked = os.environ.get(STORE, STORES[0])
    if asked not in STORES:
        raise pytest.UsageError(f"{STORE} is '{asked}'; it may be {' or '.join(STORES)}")
    if ON_POSTGRESQL and servers.binaries() is None:
        raise pytest.UsageError(f"{STORE} is '{asked}'; {NO_SERVER}")


def pytest_collection_modifyitems(items):
    """Each process takes whole files, which share what they set up; plays in a browser share nothing."""
    for item in items:
        if item.path.name != "test_web.py":
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="session", autouse=True)
def shared_home(tmp_path_factory, request):
    """A data folder for all tests that only read; no language or region of the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PERSONAL:
            patch.delenv(name, raising=False)
        if ON_POSTGRESQL:
            patch.setenv(VARIABLE, request.getfixturevalue("postgres"))
        folder = tmp_path_factory.mktemp("shared-home")
        patch.setenv("HUTUO_HOME", str(folder))
        for name, content in UPLOADS.items():
            uploads.store(name, [content])
        yield folder


@pytest.fixture
def home(tmp_path, monkeypatch) -> Iterator[Path]:
    """A data folder of the test's own."""
    folder = tmp_path / "home"
    settle(monkeypatch, folder)
    if not ON_POSTGRESQL:
        yield folder
        return
    url = os.environ[VARIABLE]
    yield folder
    for key in [key for key in stores._stores if key[0] == url]:
        stores._stores.pop(key).close()
    # A database takes 7 MB, and a run makes one for most of its tests.
    servers.drop(url)


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
    linked.link(region)
    traded.trade(region)
    traded.use(region)
    traded.pay(region)
    traded.meet(region)
    alarmed.alarm(region)
    return region


@pytest.fixture(scope="session")
def embedded(shared_home) -> Region:
    """The region that comes with Hutuo; only to be read."""
    return hutuo.open()


@pytest.fixture
def own_folder(tmp_path, home) -> Path:
    """A tiny pack of the test's own, not yet opened, in a data folder of its own."""
    return tiny.write_pack(tmp_path / "pack")


@pytest.fixture(scope="session")
def loaded_lake(tmp_path_factory, shared_home) -> tuple[Path, Path]:
    """A tiny pack and the folder of its lake, just loaded; only to be copied."""
    folder = tmp_path_factory.mktemp("loaded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUTUO_HOME", str(folder / "home"))
        pack = tiny.write_pack(folder / "pack")
        lake = hutuo.open(str(pack)).lake
        lake.close()
    return pack, lake.folder


@pytest.fixture
def own(own_folder, home, loaded_lake) -> Region:
    """A tiny region that the test may change: copied once loaded, which takes a tenth of the time."""
    pack, lake = loaded_lake
    for file in pack.iterdir():
        # Else its layer would count as another one.
        shutil.copystat(file, own_folder / file.name)
    folder = home / "regions" / regions._key(own_folder.resolve(), read_info(own_folder))
    shutil.copytree(lake, folder)
    with closing(sqlite3.connect(folder / "lake.sqlite")) as catalogue, catalogue:
        moved = (f"{folder / 'lake'}/",)
        catalogue.execute("UPDATE ducklake_metadata SET value = ? WHERE key = 'data_path'", moved)
    return hutuo.open(str(own_folder))


@pytest.fixture(scope="session")
def postgres():
    """URL of a PostgreSQL of the run's own."""
    if servers.binaries() is None:
        pytest.skip(NO_SERVER)
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
