"""What somebody with every right on the database does before he changes what is only to be added to."""

from contextlib import contextmanager, nullcontext

import sqlalchemy as sa


def unguard(connection, component):
    """Drop what refuses changes of a component."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"DROP FUNCTION {component.name}_refuses CASCADE"))
        return
    names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in names.scalars().all():
        connection.execute(sa.text(f"DROP TRIGGER {name}"))


@contextmanager
def attack(store, component):
    """A connection of somebody's own, which asks for no foreign keys."""
    with store.writing(component) if not store.is_file else nullcontext() as connection:
        if connection is not None:
            yield connection
            return
    engine = sa.create_engine(store.url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()
