"""What is open to all, or of one's own body, looks through the gate as it does without one."""

from dataclasses import replace

from asks import ASKS
from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.base.sharing.registers import names
from hutuo.base.sharing.rights import allow, needed, rights_of
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import store_of
from hutuo.errors import HutuoError
from hutuo.verbs import all_verbs


def say(region, owned):
    """Every table and register is open, but for those that are a body's own."""
    rows = [
        {"table": name, "owner": "gov" if name in owned else None, "open": name not in owned}
        for name in names()
    ]
    with store_of(region).writing(SHARING) as connection:
        connection.execute(schema.dataset.delete())
        connection.execute(schema.dataset.insert(), rows)


def test_through_the_gate_everything_that_is_open_or_ones_own_looks_as_it_does_to_the_owner(
    little,
):
    """Every verb that only reads, on the tiny region: the same answer to the last letter."""
    differing = {}
    for others in (False, True):
        # Half of it is open; who looks with the eyes of another body sees what is open.
        say(little, () if others else names()[::2])
        for found in all_verbs():
            ask = found.read(ASKS[found.path])
            body = getattr(ask, "as_", None)
            if needed(found, ask) != deeds.READ or not found.needs_region or others != bool(body):
                continue
            viewer = deeds.Actor("viewer", body or "gov", rights_of(("viewer",)))
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
