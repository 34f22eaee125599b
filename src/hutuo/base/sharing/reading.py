"""What whoever acts may read of a table, asked once in a request, so that what is revoked is closed at once.

Each agreement that is read under is noted in the audit, with its purpose, before the rows are given out.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.selection import DATED, JOINED, among
from hutuo.base.sharing import grants, schema
from hutuo.base.sharing.grants import ALL, Grant
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import Store, store_at
from hutuo.errors import Forbidden
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from hutuo.base.deeds import Actor
    from hutuo.base.lake import Lake
    from hutuo.base.tables import Table

__all__ = [
    "asked",
    "granted",
    "is_open",
    "own",
    "register_shown",
    "seen",
    "shown",
    "standing",
    "whole",
]

READ_UNDER = "read"
BODIES = 1_000
_remembered: dict[tuple[Store, str | None], tuple[object, date, dict[str, list[Grant]]]] = {}
_dataset, _agreement = schema.dataset, schema.agreement


def shown(
    folder: Path, table: "Table", where: Mapping[str, object], read: "Callable[[], pa.Table]"
) -> "pa.Table":
    """Rows of a table as the actor may see them.

    Args:
        folder: Of the region's lake.
        table: Declared table.
        where: By which columns rows are asked for.
        read: Reads them.

    Raises:
        Forbidden: No agreement shows anything of the table, or not by these columns.
    """
    found = _found(folder, table)
    if any(grant.is_whole and grant.agreement is None for grant in found):
        return read()
    named = {part for name in where for part in name.split(JOINED)}
    hidden = sorted(named - grants.visible(found, table.keys, table.names))
    if hidden:
        raise Forbidden(
            Text(
                f"数据表{table.name}的列{'、'.join(hidden)}不在协议范围内",
                f"columns {', '.join(hidden)} of table {table.name} are in no agreement",
            ),
            Text("见base agreement list", "see base agreement list"),
        )
    rows = grants.narrowed(read(), found, [*table.keys, *DATED])
    _noted(store_at(folder), table.name, found, rows.num_rows)
    return rows


def is_open(folder: Path, table: "Table") -> bool:
    """Whether the actor sees all of a table, so that nothing is narrowed and nothing noted.

    Raises:
        Forbidden: He sees nothing of it.
    """
    return any(grant.is_whole and grant.agreement is None for grant in _found(folder, table))


def whole(folder: Path, table: "Table") -> None:
    """Refuse whoever may not see all of a table.

    Raises:
        Forbidden: The actor may not.
    """
    found = _found(folder, table)
    if not any(grant.is_whole for grant in found):
        raise _forbidden(store_at(folder), table.name, "的全部内容", " as a whole")
    if not any(grant.is_whole and grant.agreement is None for grant in found):
        _noted(store_at(folder), table.name, [grant for grant in found if grant.is_whole], None)


def standing(folder: Path) -> str:
    """What the actor may read now, as one text: the same for whoever may read the same."""
    found = sorted(_all(folder).items())
    return repr(
        [(name, [grant._replace(fields=_listed(grant)) for grant in of]) for name, of in found]
    )


def seen(folder: Path) -> set[str]:
    """Names of what the actor may see anything of."""
    return {name for name, found in _all(folder).items() if found}


def own(folder: Path, names: Sequence[str]) -> None:
    """Refuse whoever writes to tables that are not of his body.

    Raises:
        Forbidden: One of them is of another, or of nobody.
    """
    actor = deeds.actor()
    with store_at(folder).reading(SHARING) as connection:
        mine = sa.select(_dataset.c.table).where(_dataset.c.owner == (actor.body or ""))
        others = sorted(set(names) - set(connection.scalars(mine)))
    if others:
        raise Forbidden(
            Text(
                f"数据表{'、'.join(others)}不属于{actor.body or '-'}",
                f"tables {', '.join(others)} are not of {actor.body or '-'}",
            ),
            Text("见base dataset list", "see base dataset list"),
        )


def register_shown(store: Store, name: str) -> None:
    """Refuse whoever may not see a register of the store; what is read under an agreement is noted.

    Raises:
        Forbidden: The actor may not.
    """
    found = [grant for grant in _by_table(store).get(name, []) if grant.is_whole]
    if not found:
        raise _forbidden(store, name)
    if not any(grant.agreement is None for grant in found):
        _noted(store, name, found, None)


def asked(lake: "Lake", sql: str, known: "pa.Table") -> "pa.Table":
    """Answer of SQL of the program over rows that it calls ``known``."""
    name = f"shown_{id(known)}"
    lake.connection.register(name, known)
    try:
        # The name is a number, the SQL the program's own.
        return lake.fetch(among(f"SELECT * FROM {name}", sql), [])  # noqa: S608
    finally:
        lake.connection.unregister(name)


def granted(store: Store, body: str | None, day: date) -> dict[str, list[Grant]]:
    """What a body may read on a day, by table."""
    found: dict[str, list[Grant]] = {}
    with store.reading(SHARING) as connection:
        for row in connection.execute(sa.select(_dataset)):
            if row.open or (body is not None and row.owner == body):
                found[row.table] = [ALL]
        live = sa.select(_agreement).where(
            _agreement.c.reader == (body or ""), _agreement.c.state == "granted"
        )
        for row in connection.execute(live.order_by(_agreement.c.agreement)):
            grant = _grant(row)
            if grant.holds(day):
                found.setdefault(row.table, []).append(grant)
    return found


def _grant(row: Any) -> Grant:
    fields = None if row.fields is None else frozenset(json.loads(row.fields))
    rows = None if row.rows is None else json.loads(row.rows)
    return Grant(row.agreement, row.purpose, row.since, row.until, fields, rows)


def _found(folder: Path, table: "Table") -> list[Grant]:
    """What the actor may see of a table.

    Raises:
        Forbidden: Nothing.
    """
    found = _all(folder).get(table.name, [])
    if not found:
        raise _forbidden(store_at(folder), table.name)
    return found


def _all(folder: Path) -> dict[str, list[Grant]]:
    """What the actor may see, by table; asked of the store once while he acts."""
    known = deeds.known()
    if ("granted", folder) not in known:
        known["granted", folder] = _by_table(store_at(folder))
    found: dict[str, list[Grant]] = known["granted", folder]
    return found


def _by_table(store: Store) -> dict[str, list[Grant]]:
    """What the actor may see of what belongs to a store, and of the lake beside it."""
    actor, known = deeds.actor(), deeds.known()
    if deeds.READ not in actor.rights:
        return {}
    if ("granted", store) not in known:
        known["granted", store] = _granted(store, actor.body, datetime.now(UTC).date())
    found: dict[str, list[Grant]] = known["granted", store]
    return found


def _granted(store: Store, body: str | None, day: date) -> dict[str, list[Grant]]:
    """What :func:`granted` says, from memory where nothing was written to the store since."""
    stamp = deeds.known().get((deeds.STAMP, store)) or store.stamp(SHARING)
    key = (store, body)
    before = _remembered.get(key)
    if before is not None and before[:2] == (stamp, day):
        return before[2]
    found = granted(store, body, day)
    if len(_remembered) >= BODIES:
        _remembered.clear()
    _remembered[key] = stamp, day, found
    return found


def _listed(grant: Grant) -> Any:
    return None if grant.fields is None else sorted(grant.fields)


def _noted(store: Store, table: str, found: Sequence[Grant], rows: int | None) -> None:
    """Note the agreements that are read under, each once in a request and table."""
    known, actor = deeds.known(), deeds.actor()
    news = [
        {"agreement": grant.agreement, "table": table, "purpose": grant.purpose, "rows": rows}
        for grant in found
        if grant.agreement is not None and ("read", grant.agreement, table) not in known
    ]
    if not news:
        return
    _write(store, actor, news)
    known.update({("read", one["agreement"], table): True for one in news})


def _write(store: Store, actor: "Actor", news: list[dict[str, Any]]) -> None:
    from hutuo.base.auditing.book import Book

    # A door that serves rows as they lie, as features or tiles, does no deed.
    deed = deeds.current() or deeds.Deed("rest", "?", actor=actor)
    Book(deed, store).tell(READ_UNDER, {"ask": deed.asked(), "reads": news})


def _forbidden(store: Store, table: str, zh: str = "", en: str = "") -> Forbidden:
    """The refusal of a table or register, or of a part of it, and whom to turn to."""
    body = deeds.actor().body or "-"
    says = Text(
        f"没有生效的协议让{body}读取数据表{table}{zh}",
        f"no agreement that is live lets {body} read table {table}{en}",
    )
    with store.reading(SHARING) as connection:
        owner = connection.scalar(sa.select(_dataset.c.owner).where(_dataset.c.table == table))
    if owner is None:
        hint = Text(
            f"{table}没有登记归属,不能申请:"
            f"请服务器的所有者用base dataset open {table}公开,或用base dataset own登记归属",
            f"nobody has said whose {table} is, so it cannot be asked for: the owner of the server opens it"
            f" by base dataset open {table}, or says whose it is by base dataset own",
        )
    else:
        hint = Text(
            f"用base agreement request --table {table}申请",
            f"ask for it by base agreement request --table {table}",
        )
    return Forbidden(says, hint)
