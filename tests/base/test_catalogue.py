"""The catalogue, worked by hand on the tiny region and held against its tables."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

import alarmed
import tiny
from hutuo.base.branches import Undo, undo
from hutuo.base.catalogue import Catalogue, catalogue
from hutuo.base.tables import tables
from hutuo.errors import NotFound

LOG = {"zh": "交通日志", "en": "Traffic log", "licence": "open", "quality": "B", "origin": "desk"}


def listed(region, **ask):
    return catalogue(region, Catalogue(**ask))


def names(region, **ask):
    return [found.dataset for found in listed(region, **ask)]


def take_in(region, *figures, verb="ingest", quarantined=0):
    """A second source and figures of it, as one batch."""
    source = LOG | {"source": "log", "publisher": "小都政府"}
    frames = {
        "source": pd.DataFrame([source]),
        "observation": pd.DataFrame([{"source": "log"} | figure for figure in figures]),
    }
    return region.record(frames, verb=verb, origin="log.csv", quarantined=quarantined)


def minutes(place="990102", value=30.0, start="2024-05-01", **more):
    figure = {"place": place, "indicator": "minutes", "valid_from": start, "value": value}
    return figure | {"valid_to": "2024-06-01", "unit": "minute"} | more


def test_a_dataset_counts_the_rows_that_lean_on_its_source(little):
    """As in the pack's files, with four boundaries of its layer, their areas, and bodies of a protocol."""
    (book,) = listed(little)
    counted = {
        table: sum(
            row.get("source") == "book" for row in csv.DictReader([tiny.HEADS[table], *rows])
        )
        for table, rows in tiny.ROWS.items()
        if table != "source" and "source" in tiny.HEADS[table].split(",")
    }
    counted["observation"] += 4
    counted["body"] += len(alarmed.BODIES)
    found = {one.table: one.rows for one in book.tables}
    assert found["boundary"] == 4
    assert {table: found.get(table, 0) for table in counted} == counted
    assert (counted["observation"], counted["ip_right"], counted["unit"]) == (22, 3, 5)
    assert book.rows == sum(found.values())


def test_completeness_is_the_mean_over_its_core_indicators(little):
    """Residents of all three units, revenue of one."""
    (book,) = listed(little)
    assert book.completeness == pytest.approx((1 + 1 / 3) / 2)
    by_name = {found.indicator: found for found in book.indicators}
    assert by_name["people"].completeness == 1
    assert (by_name["people"].rows, by_name["people"].places) == (5, 4)
    assert [found.indicator for found in book.indicators][:2] == ["people", "revenue"]
    assert "Revenue: 2 units fewer than other indicators have" in [f.en for f in book.findings]


def test_owner_licence_and_quality_are_those_of_the_source(little):
    (book,) = listed(little)
    assert (book.owner.en, book.body, book.licence) == ("Statistics office", None, "open")
    assert (book.quality, book.published, book.origin) == ("A", date(2024, 1, 1), "shelf 1")
    assert book.estimates == pytest.approx(4 / 22)


def test_an_owner_that_is_a_body_of_the_region_is_named_as_such(own):
    take_in(own, minutes())
    log = listed(own, search="log")[0]
    assert (log.body, log.owner.en) == ("gov", "Littlecity government")


def test_places_are_counted_by_level_and_kind(little, own):
    (book,) = listed(little)
    # Figures stand for four counties and the set; areas add 990103.
    assert {found.kind: found.places for found in book.places} == {"county": 4, "set": 1}
    assert book.geography.en == "counties 4, sets 1"
    take_in(own, minutes(), minutes("cell:8928308280fffff"), minutes("cell:8928308280bffff"))
    log = listed(own, search="log")[0]
    assert {found.kind: found.places for found in log.places} == {"county": 1, "cell": 2}


def test_period_and_age_are_those_of_the_figures(own):
    take_in(own, minutes(), minutes("990101", start="2024-05-11"))
    log = listed(replace(own, at=date(2024, 6, 10)), search="log")[0]
    assert log.period == "2024-05-01 – 2024-05-31"
    assert log.grains == ["day", "month"]
    assert log.age_days == 10


def test_instants_count_for_the_day_that_they_have_in_the_region(own):
    when = datetime(2024, 5, 6, 20, 0, tzinfo=UTC)
    take_in(own, minutes(start=when, valid_to=None))
    log = listed(own, search="log")[0]
    assert (log.period, log.grains) == ("2024-05-07", ["instant"])


def test_freshness_and_lineage_lead_back_to_the_batches(own):
    first = take_in(own, minutes(), verb="ingest", quarantined=2)
    second = take_in(own, minutes(value=31.0), minutes("990101"), verb="put")
    log = listed(own, search="log")[0]
    # The first batch's figure was corrected: of it the row of the source is no data, so nothing is left.
    assert [(one.batch, one.verb, one.origin, one.rows) for one in log.lineage] == [
        (second.batch, "put", "log.csv", 2)
    ]
    assert log.fresh == log.lineage[0].recorded_at
    assert (log.batches, log.quarantined) == (1, 0)
    assert first.batch != second.batch


def test_rows_that_were_held_back_are_a_finding(own):
    take_in(own, minutes(), minutes("990101", quality="C"), quarantined=2)
    log = listed(own, search="log")[0]
    assert log.quarantined == 2
    assert [finding.en for finding in log.findings] == [
        "2 rows of its batches were held back",
        "1/2 figures are of quality C and decide nothing",
    ]


def test_a_source_that_nothing_leans_on_is_listed_and_says_so(own):
    source = LOG | {"source": "log", "publisher": "desk"}
    own.append("source", pd.DataFrame([source]))
    log = listed(own, search="log")[0]
    assert (log.rows, log.period, log.age_days, log.completeness) == (0, "", None, None)
    assert [finding.en for finding in log.findings] == ["no row leans on this source"]


SEARCHES = {
    "年鉴": ("book", "Yearbook"),
    "nianjian": ("book", "Yearbook"),
    "nj": ("book", "Yearbook"),
    "yearb": ("book", "Yearbook"),
    "renkou": ("book", "population"),
    "changzhu": ("book", "Residents"),
    "tongqin": ("log", "Commuting time"),
    "xdzf": ("log", "小都政府"),
    "log": ("log", "log"),
}


def test_search_over_names_indicators_topics_and_owners(own):
    take_in(own, minutes())
    found = {search: listed(own, search=search)[0] for search in SEARCHES}
    assert {s: (one.dataset, one.matched.en) for s, one in found.items()} == SEARCHES
    assert listed(own, search="qqqq") == []
    assert all(one.matched is None for one in listed(own))


def test_a_better_match_comes_first_and_then_the_bigger_dataset(own):
    take_in(own, minutes())
    # Both have an owner or name with it; "Traffic log" begins with it.
    assert names(own, search="traffic")[0] == "log"
    assert names(own, sort="rows") == ["book", "log"]
    assert names(own) == ["book", "log"]
    assert names(own, sort="name") == ["log", "book"]
    assert names(own, sort="fresh") == ["log", "book"]
    assert names(own, sort="completeness") == ["book", "log"]


def test_datasets_of_a_topic_level_kind_or_place(own):
    take_in(own, minutes())
    assert names(own, topic="transport") == ["log"]
    assert names(own, geography="set") == ["book"]
    assert names(own, geography="990102") == ["book", "log"]
    assert names(own, geography="990103") == ["book"]
    assert names(own, geography="cell:8928308280fffff") == []
    with pytest.raises(NotFound, match="no unit or place 'nowhere'"):
        listed(own, geography="nowhere")
    with pytest.raises(NotFound, match="no topic 'roads'"):
        listed(own, topic="roads")


def test_the_view_decides_what_there_is(own):
    branch = own.create_branch("idea")
    take_in(branch, minutes())
    assert names(branch) == ["book", "log"]
    assert names(own) == ["book"]
    assert names(replace(own, as_of=datetime(2024, 1, 1, tzinfo=UTC))) == []
    (book,) = listed(replace(own, at=date(2015, 1, 1)))
    assert {found.table: found.rows for found in book.tables}["observation"] == 1


def assert_counted(region):
    """Counting in the store against counting the rows one by one."""
    found = {one.dataset: one for one in listed(region)}
    assert set(region.sources) <= set(found)
    for name, table in tables().items():
        if "source" not in table.names or name == "source":
            continue
        # Rows that need no source, as projects, lean on none.
        counted = Counter(row["source"] for row in region.history(name) if row["source"])
        told = {
            one.dataset: count.rows
            for one in found.values()
            for count in one.tables
            if count.table == name
        }
        assert told == counted


def test_the_embedded_region_is_counted_like_its_tables(embedded):
    assert_counted(embedded)
    assert_counted(replace(embedded, at=date(2016, 1, 1)))


def test_corrections_branches_and_what_was_taken_back_are_counted_like_the_tables(own):
    first = take_in(own, minutes(), minutes("990101"))
    branch = own.create_branch("idea")
    take_in(branch, minutes(value=31.0), minutes("990104"))
    take_in(own, minutes("990103"))
    undo(own, Undo(batch=first.batch))
    last = max(row["recorded_at"] for row in own.batches())
    for view in (own, branch, replace(own, as_of=last - timedelta(microseconds=1))):
        assert_counted(view)
    # The source was taken back with its batch, and a figure that came later still leans on it.
    (log,) = [one for one in listed(own) if one.dataset == "log"]
    assert (log.rows, log.name.en) == (1, "log")
    assert log.findings[0].en == "the table of sources does not have it"


def test_population_is_found_by_initials_in_the_embedded_region(embedded):
    found = set(names(embedded, search="rk"))
    assert {"census2010", "census2020", "citypopulation"} <= found
    assert set(names(embedded, search="人口")) <= found
