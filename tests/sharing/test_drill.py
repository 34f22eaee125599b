"""The drill: backed up, wiped, restored; the same rows and the same head of the audit, on both databases."""

import hashlib
import shutil

import pytest
import sqlalchemy as sa

import hutuo
import tiny
from hutuo.base import backups, deeds
from hutuo.base.auditing.log import last_of, verified
from hutuo.base.auditing.schema import AUDIT
from hutuo.base.branches import Put, put
from hutuo.base.store import VARIABLE, store_of
from hutuo.errors import BadAsk, BadInput


@pytest.fixture(params=["sqlite", "postgresql"])
def region(request, tmp_path, monkeypatch):
    """A region with rows and accounts that were written as deeds."""
    monkeypatch.setenv("HUTUO_HOME", str(tmp_path / "home"))
    if request.param == "postgresql":
        monkeypatch.setenv(VARIABLE, request.getfixturevalue("postgres"))
    else:
        monkeypatch.delenv(VARIABLE, raising=False)
    pack = tiny.write_pack(tmp_path / "pack", name=f"drill-{request.param}")
    found = hutuo.open(str(pack))
    with deeds.doing(deeds.Deed("cli", "base/put", actor=deeds.actor(), changes=True)):
        put(found, Put(table="resource", rows=[{"resource": "a/1", "title": "甲"}]))
    return found


def told(region):
    """Sums of all rows of the lake, and the head of the audit."""
    sums = {}
    for name in ("unit", "observation", "resource", "norm"):
        rows = sorted(map(str, region.records(name)))
        sums[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    with store_of(region).reading(AUDIT) as connection:
        last, found = last_of(connection), verified(connection)
    return sums, (last.seq, last.hash), found.doubts


def test_what_is_wiped_comes_back_with_the_same_sums_and_head(region, tmp_path):
    before, folder, store = told(region), region.lake.folder, store_of(region)
    assert before[1][0] >= 1
    file = tmp_path / "drill.zip"
    backups.backup(folder, region.info.id, file, store)
    # Wiped: the rows of the lake, and all tables of the store.
    put(region, Put(table="resource", rows=[{"resource": "b/1", "title": "乙"}]))
    if store.is_file:
        store.close()
        shutil.rmtree(store.url.database.rpartition("/")[0])
    else:
        with store.engine.connect() as connection, connection.begin():
            connection.execute(sa.text(f'DROP SCHEMA "{store.schema}" CASCADE'))
        store.close()
    if store.is_file:
        from pathlib import Path

        Path(store.url.database).parent.mkdir(parents=True)
    backups.restore(folder, region.info.id, file, store)
    again = hutuo.open(str(tmp_path / "pack"))
    assert told(again) == before
    assert again.records("resource", resource="b/1") == []
    # A second time over what is there: that is kept aside.
    backups.restore(folder, region.info.id, file, store)
    assert told(hutuo.open(str(tmp_path / "pack"))) == before


def test_a_backup_without_a_store_brings_none_back(region, tmp_path):
    file = tmp_path / "lake.zip"
    backups.backup(region.lake.folder, region.info.id, file)
    with pytest.raises(BadAsk, match="holds no store"):
        backups.restore(region.lake.folder, region.info.id, file, store_of(region))


def test_a_store_of_the_other_kind_is_refused(region, tmp_path):
    from hutuo.base import storefiles

    wrong = tmp_path / "store"
    wrong.write_bytes(b"PGDMP" if store_of(region).is_file else b"SQLite format 3\x00")
    before = told(region)
    with pytest.raises(BadInput, match="not one of"):
        storefiles.load(store_of(region), wrong)
    assert told(region) == before
