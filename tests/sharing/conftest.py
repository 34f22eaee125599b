"""A house for all tests of a module: a tiny region with accounts of every role, on a store of its own."""

import json

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

import hutuo
import tiny
from homes import settle
from hutuo.api import whoami
from hutuo.api.app import Settings, _shown, app
from hutuo.api.deployment import Deployment
from hutuo.api.gate import Gate
from hutuo.api.session import add_entrance
from hutuo.base.sharing import passwords
from hutuo.base.sharing.rights import ALONE, ROLES
from hutuo.base.store import store_of
from hutuo.cli import main
from hutuo.errors import HutuoError

# No test is about how slow a hash or how often a sign-in is, but those that say so.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OFTEN = {"sign_ins_per_minute": 100_000, "requests_per_minute": 100_000}


class House:
    """A region, its service, and the command line on its server."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.region = hutuo.open(self.folder)
        self.store = store_of(self.region)
        self.passwords = {}
        self._service = None

    def deployment(self, **values):
        limits = OFTEN | values.pop("limits", {})
        given = {"region": self.folder, "hosts": ("testserver",), "tls": False, "limits": limits}
        return Deployment(**given | values)

    def service(self):
        """All of it, as it is deployed."""
        if self._service is None:
            given = self.deployment()
            settings = Settings(region=self.folder, hosts=given.hosts, deployment=given)
            self._service = app(settings)
        return self._service

    def small(self, **values):
        """The gate and the ways in alone: all the verbs take a second to be put behind it."""
        given, service = self.deployment(**values), FastAPI()
        service.add_exception_handler(HutuoError, _shown)
        service.add_middleware(Gate, deployment=given, store=self.store, verbs=frozenset())
        whoami.add(service, self.store)
        add_entrance(service, given, self.store)
        return service

    def client(self, service=None):
        return TestClient(service or self.service(), follow_redirects=False)

    def account(self, name, role, *words):
        """A new account; gives its password."""
        given = ("base", "account", "create", name, "--roles", role, *words)
        self.passwords[name] = self.typed(*given)["password"]
        return self.passwords[name]

    def typed(self, *words, code=0):
        """What a command on the server answers."""
        import io
        from contextlib import redirect_stderr, redirect_stdout

        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            done = main([*words, "--region", self.folder, "--json", "--lang", "en"])
        assert done == code, err.getvalue()
        return json.loads(out.getvalue() if code == 0 else err.getvalue())


@pytest.fixture(scope="module")
def house(tmp_path_factory, shared_home):
    """A house with an account for each role; every table is open, that of units is of their body."""
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, folder / "home")
        patch.setattr(passwords, "hasher", CHEAP)
        # The environment is the process's, and other tests are in it.
        patch.setattr(Deployment, "prepare", lambda self: None)
        passwords._nobodys.cache_clear()
        made = House(tiny.write_pack(folder / "pack"))
        made.typed("base", "dataset", "open", "all")
        made.typed("base", "dataset", "own", "unit", "--body", "gov")
        for role in ROLES:
            made.account(role, role, *(() if role in ALONE else ("--body", "gov")))
        yield made
        passwords._nobodys.cache_clear()
