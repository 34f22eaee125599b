"""The store of what is transacted: tables by scripts, instants with a zone, a log only added to."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import servers
from hutuo.base import storefiles
from hutuo.base.store import VARIABLE, Component, Instant, Store, store_at, store_of
from hutuo.errors import BadAsk, Unavailable
from hutuo.ledger import schema
from hutuo.ledger.entries import read_entries
from hutuo.ledger.journal import Journal
from hutuo.ledger.schema import LEDGER

ENTRY = {
    "key": "one",
    "effective": str(date(2025, 1, 1)),
    "postings": [
        {"account": "a/x", "commodity": "CNY", "amount": -1},
        {"account": "b/x", "commodity": "CNY", "amount": 1},
    ],
}
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
OPENS = """
import sys
from hutuo.base.store import Store
from hutuo.ledger.schema import LEDGER
store = Store(sys.argv[1], sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
with store.reading(LEDGER):
    print("open", flush=True)
store.close()
"""
NOTE = sa.Table(
    "noted",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant),
)


@pytest.fixture
def posted(store) -> Store:
    """A store whose ledger has two entries."""
    legs = [
        {"account": "outside/bank", "commodity": "CNY", "amount": -5},
        {"account": "a/cash", "commodity": "CNY", "amount": 5},
    ]
    rows = [{"key": key, "effective": "2025-01-01", "postings": legs} for key in ("one", "two")]
    Journal(store).post(read_entries(rows, "given"))
    return store


def revision(store):
    with store.reading(LEDGER) as connection:
        return (
            connection.execute(sa.text("SELECT version_num FROM ledger_version")).scalars().all()
        )


def test_tables_are_made_from_nothing_and_a_second_time_nothing_happens(store, place):
    assert revision(store) == [LEDGER.newest]
    again = Store(*place)
    assert revision(again) == [LEDGER.newest]
    again.close()


def test_the_tables_that_the_scripts_make_are_those_that_the_program_knows(store):
    with store.reading(LEDGER) as connection:
        seen = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or name.startswith("ledger"),
                "version_table": "ledger_version",
            },
        )
        assert compare_metadata(seen, LEDGER.tables) == []


def test_two_processes_that_open_an_empty_store_at_once_both_find_it_made(place, elsewhere):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, *place],
            env=elsewhere,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in running:
        assert one.stdout.readline() == "ready\n"
    for one in running:
        one.stdin.write("\n")
        one.stdin.flush()
    for one in running:
        told, wrong = one.communicate(timeout=60)
        assert (told, wrong, one.returncode) == ("open\n", "", 0)


def test_threads_that_open_an_empty_store_at_once_all_find_it_made(store):
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: revision(store), range(8))) == [[LEDGER.newest]] * 8


def test_an_interrupted_script_leaves_no_table(store, tmp_path):
    """What a script made before it failed is taken back; the next process begins anew."""
    broken = Component("torn", sa.MetaData(), tmp_path / "torn")
    (broken.migrations / "versions").mkdir(parents=True)
    env = Path(schema.__file__).parent / "migrations" / "env.py"
    (broken.migrations / "env.py").write_text(env.read_text())
    script = broken.migrations / "versions" / "0001_begin.py"
    lines = [
        "import sqlalchemy as sa",
        "from alembic import op",
        "revision, down_revision = '0001', None",
        "def upgrade():",
        "    op.create_table('torn_one', sa.Column('id', sa.Integer))",
        "    raise KeyError('power')",
    ]
    script.write_text("\n".join(lines))
    with pytest.raises(KeyError, match="power"), store.reading(broken):
        pass
    with store.engine.connect() as connection:
        assert not sa.inspect(connection).has_table("torn_one")
    script.write_text("\n".join(lines[:-1]))
    with store.reading(broken) as connection:
        assert sa.inspect(connection).has_table("torn_one")


def test_a_store_that_a_newer_program_wrote_is_left_alone(store, place):
    with store.writing(LEDGER) as connection:
        connection.execute(sa.text("UPDATE ledger_version SET version_num = '9999'"))
    older = Store(*place)
    with pytest.raises(Unavailable, match="9999") as refused, older.reading(LEDGER):
        pass
    assert "9999" in refused.value.words[0]
    older.close()


def test_an_instant_without_a_zone_is_refused_and_one_with_a_zone_comes_back_in_utc(store):
    china = timezone(timedelta(hours=8))
    with store.engine.connect() as connection, connection.begin():
        if not store.is_file:
            connection.execute(sa.schema.CreateSchema(store.schema, if_not_exists=True))
        NOTE.create(connection)
        with pytest.raises(sa.exc.StatementError, match="names no time zone"):
            connection.execute(NOTE.insert(), {"id": 1, "at": datetime(2025, 6, 1, 12)})  # noqa: DTZ001
        rows = [{"id": 2, "at": NOON.astimezone(china)}, {"id": 3, "at": None}]
        connection.execute(NOTE.insert(), rows)
        found = connection.execute(sa.select(NOTE.c.at).order_by(NOTE.c.id)).scalars().all()
    assert found == [NOON, None]
    assert found[0].utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET memo = 'x'",
        "UPDATE ledger_entry SET seq = 9 WHERE seq = 2",
        "UPDATE ledger_posting SET amount = amount * 2",
        "DELETE FROM ledger_entry WHERE seq = 2",
        "DELETE FROM ledger_posting",
        "DELETE FROM ledger_posting WHERE seq = 2 AND line = 1",
    ],
)
def test_rows_of_the_log_are_neither_changed_nor_deleted(posted, sql):
    refused(posted, sql)


def test_a_table_of_the_log_is_not_emptied(posted):
    """SQLite has no TRUNCATE: there a DELETE without a condition is its way, and it is refused too."""
    for table in ("ledger_posting", "ledger_entry"):
        refused(posted, f"DELETE FROM {table}" if posted.is_file else f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting"])
def test_a_row_is_not_replaced_by_another_with_its_key(posted, table):
    """REPLACE deletes without asking the triggers of deletion; an upsert is an update."""
    with posted.reading(LEDGER) as connection:
        row = (
            connection.execute(sa.text(f"SELECT * FROM {table} WHERE seq = 2")).mappings().first()
        )
    names = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    keys = "seq" if table == "ledger_entry" else "seq, line"
    column = "memo" if table == "ledger_entry" else "amount"
    changed = {**row, column: "x" if column == "memo" else 7}
    upsert = (
        f"INSERT INTO {table} ({names}) VALUES ({values})"
        f" ON CONFLICT ({keys}) DO UPDATE SET {column} = excluded.{column}"
    )
    refused(posted, upsert, changed)
    if posted.is_file:
        replaced = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({values})"
        refused(posted, replaced, changed)
        if table == "ledger_entry":
            refused(posted, replaced, {**changed, "seq": 3})


def refused(store, sql, values=None):
    """The database refuses it, and nothing is different."""
    before = log(store)
    with (
        pytest.raises(sa.exc.DBAPIError, match="the ledger is only added to"),
        store.writing(LEDGER) as connection,
    ):
        connection.execute(sa.text(sql), values or {})
    assert log(store) == before


def log(store):
    with store.reading(LEDGER) as connection:
        return [
            connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in (schema.entry, schema.posting)
        ]


def test_a_file_that_is_no_store_is_told_and_left_as_it_is(tmp_path):
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"a diary, not a database; " * 100)
    store = Store(f"sqlite:///{file}", "x")
    with pytest.raises(Unavailable, match="cannot be opened"), store.reading(LEDGER):
        pass
    store.close()
    assert file.read_bytes().startswith(b"a diary")


def test_a_server_that_is_not_there_is_told(tmp_path):
    store = Store(f"postgresql+psycopg://nobody@/none?host={tmp_path}", "x")
    with pytest.raises(Unavailable) as refused, store.reading(LEDGER):
        pass
    assert VARIABLE in refused.value.hint
    store.close()


def test_what_is_owed_is_owed_once_and_not_on_a_branch(own):
    with pytest.raises(BadAsk, match="not on branch 'trial'"):
        store_of(replace(own, branch="trial"))


def test_regions_whose_names_only_differ_late_have_their_own_tables(
    home, postgres, monkeypatch, tmp_path
):
    """PostgreSQL cuts names at 63 bytes."""
    monkeypatch.setenv(VARIABLE, servers.database(postgres, "of_long_names"))
    for long in (30, 60):
        first, second = (store_at(home / f"{'a' * long}-{end}") for end in ("1a", "2b"))
        Journal(first).post(read_entries(ENTRY, "given"))
        saved, kept = tmp_path / f"{long}", log(first)
        storefiles.save(first, saved)
        assert [len(rows) for rows in log(second)] == [0, 0]
        # What it held is put aside under a name that fits too.
        asides = [storefiles.load(first, saved) for _ in range(2)]
        assert log(first) == kept
        assert set(asides) < set(sa.inspect(first.engine).get_schema_names())
        first.close()
        second.close()


def test_each_region_has_its_own_tables_in_one_database(own, little, postgres, monkeypatch):
    monkeypatch.setenv(VARIABLE, servers.database(postgres, "of_two"))
    first, second = store_of(own), store_of(little)
    assert first.schema != second.schema
    for store, many in ((first, 1), (second, 0)):
        if many:
            Journal(store).post(read_entries(ENTRY, "given"))
        with store.reading(LEDGER) as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(schema.entry))
            assert count.scalar() == many
        with store.engine.connect() as connection, connection.begin():
            connection.execute(sa.schema.DropSchema(store.schema, cascade=True))
        store.close()
