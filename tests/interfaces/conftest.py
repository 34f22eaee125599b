"""One server for all clients that come over the network."""

import pytest
from starlette.testclient import TestClient

import hutuo
import tiny
from hutuo.api.app import Settings, app
from serving import copied, served


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server of a tiny region of its own."""
    folder = tmp_path_factory.mktemp("served")
    with served(tiny.write_pack(folder / "pack"), folder / "home") as running:
        yield running


@pytest.fixture(scope="session")
def ogc(server):
    """Address of the OGC interfaces."""
    return f"{server.at}/ogc/"


@pytest.fixture(scope="session")
def plain_folder(tmp_path_factory, shared_home):
    """A tiny pack in which nothing was transacted; only to be read."""
    return tiny.write_pack(tmp_path_factory.mktemp("packs") / "plain")


@pytest.fixture(scope="session")
def plain(plain_folder):
    """Its region."""
    return hutuo.open(str(plain_folder))


@pytest.fixture(scope="session")
def client(plain, plain_folder):
    """A client of the service in this process, for that region."""
    with TestClient(app(Settings(region=str(plain_folder)))) as opened:
        yield opened


@pytest.fixture
def own(plain_folder, plain, home):
    """A tiny region that the test may change."""
    return copied(plain, plain_folder, home)


@pytest.fixture
def mine(own, client):
    """A client of the service, which opens the region that the test may change in its data folder."""
    return client
