"""What is open to all looks through the gate as it does without one."""

from dataclasses import replace

from asks import ASKS
from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.base.sharing.rights import allow, needed, rights_of
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import store_of
from hutuo.base.tables import tables
from hutuo.errors import HutuoError
from hutuo.verbs import all_verbs


def test_through_the_gate_everything_that_is_open_looks_as_it_does_to_the_owner(little):
    """Every verb that only reads, on the tiny region: the same answer to the last letter."""
    with store_of(little).writing(SHARING) as connection:
        connection.execute(schema.dataset.delete())
        rows = [{"table": name, "owner": None, "open": True} for name in tables()]
        connection.execute(schema.dataset.insert(), rows)
    differing = {}
    for found in all_verbs():
        ask = found.read(ASKS[found.path])
        if needed(found, ask) != deeds.READ or not found.needs_region:
            continue
        # A body's own leads are shown to its own accounts.
        body = getattr(ask, "as_", None)
        viewer = deeds.Actor("viewer", body, rights_of(("viewer",)))
        wanted = found.dumps(found.run(little, ask))
        # What a view remembers of names and sources is of who looked.
        view = replace(little)
        with deeds.acting(viewer), deeds.doing(allow(viewer, found, ask)):
            try:
                got = found.dumps(found.run(view, ask))
            except HutuoError as error:
                got = str(error).encode()
        if got != wanted:
            differing[found.path] = got[:200]
    assert differing == {}
