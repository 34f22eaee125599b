"""The store of what is transacted: a SQLite file a region, or a schema a region in PostgreSQL.

The lake takes what is observed, many rows at a time. What two parties may want at once - the last hour of an
instrument, a voucher, the balance of an account - needs short transactions that see each other. A part
declares its tables as a :class:`Component`; they are made and changed by the scripts of its migrations.
"""

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.attaching import stamp_of
from hutuo.base.region import Region, home
from hutuo.errors import BadAsk, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from alembic.config import Config

    from hutuo.base.auditing.book import Book

# Where the store is, unless it is a file in the data folder.
VARIABLE = "HUTUO_STORE"
FILE = "store.sqlite"
WRITES = "hutuo_writes"
# The component that says who wrote the others.
AUDITED_BY = "audit"
# How long a writer waits for the others.
PATIENCE = 60
# PostgreSQL cuts longer names without an error, and two that begin alike would be one.
LONGEST = 63
_LOCK = 0x68757475
_stores: dict[tuple[str, str], "Store"] = {}
_guard = threading.Lock()


@dataclass(frozen=True)
class Component:
    """Tables of one part and how they came about.

    Attributes:
        name: Name of the part; its tables begin with it.
        tables: The tables as the program knows them.
        migrations: Folder whose ``versions`` make the tables, script by script.
        mark: Table of one row whose ``mark`` changes with every change, where processes remember what they
            read: PostgreSQL has no file whose time would tell. None if nobody remembers.
    """

    name: str
    tables: sa.MetaData
    migrations: Path
    mark: sa.Table | None = None

    @property
    def newest(self) -> str:
        """Revision of the last script: they are numbered, ``0001_begin.py`` first."""
        scripts = sorted((self.migrations / "versions").glob("[0-9]*.py"))
        return scripts[-1].stem.partition("_")[0]


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """A timestamp with its zone where the database has one."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The instant as the database takes it.

        Raises:
            ValueError: It has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} names no time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(  # the dialect is handed to every type
        self,
        value: datetime | None,
        dialect: sa.Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """The instant as it was given, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Store:
    """Transactional tables of one region.

    Args:
        url: Of SQLAlchemy, as ``sqlite:////data/store.sqlite`` or ``postgresql+psycopg://user@host/db``.
        schema: Schema of PostgreSQL that the region's tables lie in; SQLite has a file a region.
    """

    def __init__(self, url: str, schema: str) -> None:
        self.url, self.schema = sa.make_url(url), schema
        self.is_file = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine()
        self._ready: set[str] = set()
        self._changes = 0
        self._opening = threading.Lock()

    @contextmanager
    def reading(self, component: Component) -> Iterator[sa.Connection]:
        """A connection that sees one state of the tables.

        Raises:
            Forbidden: They are of another body, and no agreement shows them.
        """
        self.ready(component)
        if not deeds.actor().is_owner:
            from hutuo.base.sharing.registers import may_read

            may_read(self, component.name)
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, component: Component, *, told: bool = True) -> Iterator[sa.Connection]:
        """A transaction of one writer at a time; it is durable when the block has ended.

        On PostgreSQL writers of the same component and region take turns by an advisory lock, so that what
        one has read is still so when it writes. What a deed writes is audited in the same transaction.

        Args:
            component: Whose tables are written to.
            told: Whether this tells the audit; False where the writer does, for others too.

        Raises:
            Forbidden: They are of another body, or nothing may be changed.
        """
        if told:
            self.enter(component)
        self.ready(component)
        book = self.book(component) if told else None
        writer = self.engine.connect().execution_options(**{WRITES: True})
        with writer as connection, connection.begin():
            self.turn(connection, component)
            with book.within(connection, component) if book else nullcontext():
                yield connection
            if component.mark is not None and not self.is_file:
                connection.execute(component.mark.update().values(mark=secrets.token_hex(16)))
        self._changes += 1

    def enter(self, component: Component) -> None:
        """Refuse whoever may not write to a component, before he learns anything of it.

        Raises:
            Forbidden: It is of another body.
        """
        if not deeds.actor().is_owner:
            from hutuo.base.sharing.registers import may_write

            may_write(self, component.name, deeds.actor())

    def stamp(self, component: Component) -> object:
        """What changes with every change of a component, whoever made it.

        In a file it is told in microseconds: a commit of this process is counted, one of another shows in the
        size or time of the files. PostgreSQL is asked, in one turn.
        """
        if not self.is_file:
            return self._marked(component)
        files = (Path(f"{self.url.database}{end}") for end in ("", "-wal"))
        return (self._changes, *(stamp_of(file) for file in files))

    def _marked(self, component: Component) -> object:
        if component.mark is None:
            raise ValueError(f"{component.name} has no mark")
        self.ready(component)
        # The name is the program's own. Without the toolkit it takes a tenth of the time, on every request.
        asked = f"SELECT mark FROM {component.mark.name}"  # noqa: S608
        try:
            return self._looked(asked)
        except self._watcher.dialect.loaded_dbapi.OperationalError:
            # The server was started anew: the connections from before are of no use.
            self._watcher.dispose()
        try:
            return self._looked(asked)
        except self._watcher.dialect.loaded_dbapi.OperationalError as error:
            raise Unavailable(
                Text("业务库没有应答", "the store does not answer"),
                Text("检查数据库服务", "look at the database server"),
            ) from error

    def _looked(self, asked: str) -> object:
        """The one value that is asked for."""
        try:
            lent = self._watcher.raw_connection()
        except sa.exc.OperationalError as error:
            raise error.orig or error from error
        driver: Any = lent.driver_connection
        try:
            row = driver.execute(asked).fetchone()
        except BaseException:
            lent.invalidate()
            raise
        lent.close()
        return row[0]

    def turn(self, connection: sa.Connection, component: Component) -> None:
        """Wait for the other writers of a component; a file has one writer at a time anyway."""
        if not self.is_file:
            turn = _number(f"{self.schema}.{component.name}")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(turn)))

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()
        if "_watcher" in self.__dict__:
            self._watcher.dispose()
        self._ready.clear()

    @cached_property
    def _watcher(self) -> sa.Engine:
        """Connections without transactions or looks whether they live: all that is asked is one mark."""
        options = f"-c search_path={self.schema}"
        given = {"options": options, "connect_timeout": 10}
        return sa.create_engine(
            self.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, connect_args=given
        )

    def _engine(self) -> sa.Engine:
        if self.is_file:
            engine = sa.create_engine(self.url, connect_args={"timeout": PATIENCE})
            sa.event.listen(engine, "connect", _prepare_file)
            sa.event.listen(engine, "begin", _begin_file)
            return engine
        # A page is on flash or in memory: it costs about the same wherever it lies.
        options = f"-c search_path={self.schema} -c random_page_cost=1.1"
        try:
            return sa.create_engine(
                self.url,
                pool_pre_ping=True,
                # Planned when they run: a plan made while a table was empty reads all of it later on.
                connect_args={
                    "options": options,
                    "prepare_threshold": None,
                    "connect_timeout": 10,
                },
            )
        except ModuleNotFoundError as error:
            raise Unavailable(
                Text("没有安装PostgreSQL的驱动", "the driver of PostgreSQL is not installed"),
                Text("安装hutuo[postgresql]", "install hutuo[postgresql]"),
            ) from error

    def book(self, component: Component) -> "Book | None":
        """The audit of what is being done, ready to be written; None where nothing is to be audited.

        Raises:
            Forbidden: Whoever asks may change nothing.
        """
        if component.name == AUDITED_BY:
            return None
        deed = deeds.writing()
        if deed is None:
            return None
        from hutuo.base.auditing.book import Book

        return Book(deed, self)

    def ready(self, component: Component) -> None:
        """Make or change the tables of a component, once a process."""
        if component.name in self._ready:
            return
        from filelock import Timeout

        with self._opening:
            try:
                revision = self._revision(component)
                if revision is not None and revision > component.newest:
                    raise _newer(component, revision)
                if revision != component.newest:
                    self._migrate(component)
            except (sa.exc.DBAPIError, Timeout) as error:
                raise Unavailable(
                    Text("业务库打不开", "the store cannot be opened"),
                    Text(
                        f"检查{VARIABLE}和数据文件夹的权限",
                        f"look at {VARIABLE} and at the rights on the data folder",
                    ),
                ) from error
            self._ready.add(component.name)

    def _revision(self, component: Component) -> str | None:
        """Revision that the tables are at; None where there are none."""
        table = _versions(component)
        with self.engine.connect() as connection, connection.begin():
            if not sa.inspect(connection).has_table(table):
                return None
            asked = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(table))
            return connection.execute(asked).scalar()

    def _migrate(self, component: Component) -> None:
        """Run the scripts that are not run yet; the first process does, the others wait."""
        from alembic import command
        from alembic.config import Config
        from filelock import FileLock

        if self.is_file:
            writer = self.engine.connect().execution_options(**{WRITES: True})
            with FileLock(f"{self.url.database}.lock", timeout=PATIENCE), writer as connection:
                command.upgrade(_config(Config(), component, connection), "head")
            return
        with self.engine.connect() as connection, connection.begin():
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            connection.execute(sa.schema.CreateSchema(self.schema, if_not_exists=True))
            command.upgrade(_config(Config(), component, connection), "head")


def store_of(region: Region) -> Store:
    """The store of a region: a schema where ``HUTUO_STORE`` says, else a file in the data folder.

    Raises:
        BadAsk: The view is of a what-if branch: what is owed is owed once.
    """
    if region.branch != "main":
        raise BadAsk(
            Text(
                f"账本、合同和预约只有一份,不在分支“{region.branch}”上",
                f"ledger, contracts and bookings are there once, not on branch '{region.branch}'",
            ),
            Text(
                "去掉--branch;试算合同用exchange preview",
                "leave --branch out; a contract is tried out by exchange preview",
            ),
        )
    return store_at(region.lake.folder)


def store_at(lake: Path) -> Store:
    """The store of the region whose lake lies in that folder."""
    name = lake.name
    # Not in the lake's folder: a lake that is restored takes the place of all that lies there.
    folder = (home() / "stores" / name).absolute()
    key = (os.environ.get(VARIABLE) or f"sqlite:///{folder / FILE}", name)
    with _guard:
        if key not in _stores:
            folder.mkdir(parents=True, exist_ok=True)
            _stores[key] = Store(key[0], _schema(name))
        return _stores[key]


def _schema(name: str) -> str:
    """Schema of the region whose lake has that name; one that would be cut has a sum of it at its end."""
    whole = "hutuo_" + re.sub(r"\W", "_", name.lower())
    if len(whole) <= LONGEST:
        return whole
    end = f"_{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"{whole[: LONGEST - len(end)]}{end}"


def _prepare_file(connection: Any, _: object) -> None:
    """Readers beside a writer, and a commit that is on the disk when it is told; SQLAlchemy says BEGIN."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_file(connection: sa.Connection) -> None:
    # A writer that began as a reader could not go on when another wrote meanwhile.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _newer(component: Component, revision: str) -> Unavailable:
    """What is told of tables that this program does not know."""
    name, newest = component.name, component.newest
    return Unavailable(
        Text(
            f"业务库中{name}的版本是{revision},本程序只到{newest}",
            f"the store's {name} is at revision {revision}; this program knows up to {newest}",
        ),
        Text("使用更新的hutuo", "use a newer hutuo"),
    )


def _versions(component: Component) -> str:
    return f"{component.name}_version"


def _number(name: str) -> int:
    """A lock's number by name, as PostgreSQL takes them: 63 bits."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1


def _config(config: "Config", component: Component, connection: sa.Connection) -> "Config":
    config.set_main_option("script_location", str(component.migrations).replace("%", "%%"))
    config.attributes.update(
        connection=connection, tables=component.tables, versions=_versions(component)
    )
    return config
