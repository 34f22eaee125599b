"""SQL over all tables: it joins what one store holds, and reaches nothing else."""

import pandas as pd
import pytest

import hutuo
from hutuo.base import querying
from hutuo.base.querying import Query, query
from hutuo.base.tables import tables
from hutuo.errors import BadAsk, NotFound


def rows(region, sql, **ask):
    return query(region, Query(sql=sql, **ask)).rows


def test_a_parcel_a_statistic_and_a_building_are_joined_in_one_query(own):
    """The platforms of land, of statistics and of city models are one store here."""
    same = {"zh": "某", "en": "Some", "source": "book"}
    places = [
        {"place": "parcel:7", "kind": "parcel", "part_of": "990101", **same},
        {"place": "building:9", "kind": "building", "part_of": "990101", **same},
    ]
    own.append("place", pd.DataFrame(places))
    size = {"indicator": "area", "valid_from": "2024-01-01", "unit": "km2", "source": "book"}
    height = {"place": "building:9", "value": 0.02, "indicator": "minutes", "unit": "minute"}
    own.append(
        "observation",
        pd.DataFrame([size | {"place": "parcel:7", "value": 0.5}, size | height]),
    )
    sql = """
        SELECT parcel.place AS parcel, size.value AS km2, people.value AS people, tower.value AS rise
        FROM place AS parcel
        JOIN observation AS size ON size.place = parcel.place AND size.indicator = 'area'
        JOIN observation AS people ON people.place = parcel.part_of AND people.indicator = 'people'
            AND people.valid_from = DATE '2020-11-01'
        JOIN place AS model ON model.part_of = parcel.part_of AND model.kind = 'building'
        JOIN observation AS tower ON tower.place = model.place AND tower.indicator = 'minutes'
        WHERE parcel.kind = 'parcel'"""
    assert rows(own, sql) == [{"parcel": "parcel:7", "km2": 0.5, "people": 1000.0, "rise": 0.02}]


def test_tables_are_as_they_hold_and_are_known(own, own_folder):
    sql = (
        "SELECT value FROM observation WHERE place = '990101' AND indicator = 'people' ORDER BY 1"
    )
    assert [r["value"] for r in rows(own, sql)] == [900.0, 1000.0]
    assert rows(hutuo.open(str(own_folder), at="2020-11-01"), sql) == [{"value": 1000.0}]
    assert rows(hutuo.open(str(own_folder), as_of="2024-12-31"), sql) == []


def test_more_rows_than_asked_for_are_told(little):
    found = query(little, Query(sql="SELECT unit FROM unit ORDER BY unit;", limit=2))
    assert (found.tables, found.columns, found.more) == (["unit"], ["unit"], True)
    assert [r["unit"] for r in found.rows] == ["990100", "990101"]
    assert not query(little, Query(sql="SELECT unit FROM unit -- all", limit=5)).more


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO 'out.csv'",
        "ATTACH 'other.db'",
        "SET memory_limit = '90GB'",
        "INSTALL httpfs",
        "CREATE TABLE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT 1) UNION ALL (SELECT 2",
        "SELECT getenv('HOME')",
        "DELETE FROM unit",
    ],
)
def test_nothing_but_one_select_over_the_tables_is_answered(little, sql):
    with pytest.raises(BadAsk):
        query(little, Query(sql=sql))


@pytest.mark.parametrize(
    ("sql", "first"),
    [("SELECT * FROM units", "unit, "), ("SELECT * FROM 'a.parquet'", "target, ")],
)
def test_an_unknown_table_is_told_with_those_that_there_are(little, sql, first):
    """The nearest by name come first; of many tables the rest is counted."""
    with pytest.raises(NotFound) as told:
        query(little, Query(sql=sql))
    assert told.value.hint.startswith(f"possible: {first}")
    assert told.value.hint.endswith(f"and {len(tables()) - 20} more")


def test_a_query_that_takes_too_long_is_stopped(little, monkeypatch):
    monkeypatch.setattr(querying, "SECONDS", 0.3)
    with pytest.raises(BadAsk, match="took longer than") as told:
        query(little, Query(sql="SELECT count(*) FROM range(100000000000), unit"))
    assert told.value.words[0] == "查询超过0.3秒"
