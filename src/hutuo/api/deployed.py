"""A service that is deployed for several bodies: the gate, the ways in, and what it stands on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import hutuo
from hutuo.api.gate import Gate
from hutuo.api.session import add_entrance
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import Store, store_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hutuo.api.deployment import Deployment


def guard(service: "FastAPI", deployment: "Deployment", verbs: Iterable[str]) -> Store:
    """Put the gate in front of a service.

    Args:
        service: The service, before any other middleware is added: the gate stands innermost.
        deployment: How it is deployed.
        verbs: Paths of the routes that ask for the right of their verb themselves.

    Returns:
        The store of its region.
    """
    deployment.prepare()
    store = store_of(hutuo.open(deployment.region))
    store.ready(SHARING)
    service.add_middleware(Gate, deployment=deployment, store=store, verbs=frozenset(verbs))
    add_entrance(service, deployment, store)
    return store
