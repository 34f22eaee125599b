"""Interfaces show each reader what agreements let him see, also what was drawn for another before."""

import pytest

from gauges import GAUGE
from hutuo.base import deeds, drawn, shaped
from hutuo.base.deeds import Actor
from hutuo.base.sensing import latest
from hutuo.cli import main
from hutuo.errors import Forbidden

READER = Actor("reader", "other", frozenset({deeds.READ}))


@pytest.fixture
def dataset(plain_folder, own, capsys):
    """Says on the server itself whose a table is, or that it is open."""

    def run(*words):
        assert main(["base", "dataset", *words, "--region", str(plain_folder), "--json"]) == 0
        capsys.readouterr()

    return run


def test_what_may_not_be_read_is_not_drawn(own, dataset):
    unit = shaped.collection("unit")
    mine = drawn.drawn(own, unit)
    assert drawn.drawn(own, unit) is mine
    dataset("open", "unit,place,source,indicator,body,membership")
    with deeds.acting(READER), pytest.raises(Forbidden):
        drawn.drawn(own, unit)
    dataset("open", "boundary")
    with deeds.acting(READER):
        theirs = drawn.drawn(own, unit)
        assert theirs is not mine
        assert theirs.rows.equals(mine.rows)
        assert drawn.drawn(own, unit) is theirs
    dataset("close", "boundary")
    with deeds.acting(READER), pytest.raises(Forbidden):
        drawn.drawn(own, unit)


def test_the_latest_reading_is_told_to_whom_it_may_be(mine, own, dataset):
    assert mine.post("/sta/v1.1/Things", json=GAUGE).status_code == 201
    reading = {"phenomenonTime": "2026-05-01T00:00:00Z", "result": 1.5}
    assert mine.post("/sta/v1.1/Datastreams(1)/Observations", json=reading).status_code == 201
    key = ("sensor:thing-1", "sensed-1")
    assert latest.ends(own)[key].last.value == 1.5
    dataset("own", "observation", "--body", "gov")
    with deeds.acting(READER), pytest.raises(Forbidden):
        latest.ends(own)
    with deeds.acting(Actor("giver", "gov", frozenset({deeds.READ}))):
        assert latest.ends(own)[key].last.value == 1.5
