"""The tiny region with an empty store of the test's own, in a file and in PostgreSQL; and branches of it."""

import itertools

import pytest

import hutuo
import tiny
from hutuo.base import store as stores


@pytest.fixture
def shop(little, store, monkeypatch):
    """The tiny region; what is transacted goes into a store of the test's own."""
    url = f"{store.url}#{store.schema}"
    monkeypatch.setenv(stores.VARIABLE, url)
    monkeypatch.setitem(stores._stores, (url, little.lake.folder.name), store)
    return little


BRANCHES = itertools.count()


@pytest.fixture(scope="session")
def common(tmp_path_factory, shared_home):
    """A tiny region whose main nobody changes: a branch of it takes a hundredth of a region's time."""
    return hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("common") / "little")))


@pytest.fixture
def tried(common):
    """A branch of the tiny region that the test may change."""
    return common.create_branch(f"t{next(BRANCHES)}")
