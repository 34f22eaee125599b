"""What the verbs of travel say where there is nothing to travel on: no members, no counties, no roads."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

import hutuo
import tiny
from hutuo.errors import BadAsk, HutuoError, NotFound
from hutuo.space.accessibility import Accessibility, accessibility
from hutuo.space.circles import CommutingCircle, commuting_circle
from hutuo.space.commuting import FunctionalArea, functional_area
from hutuo.space.isochrone import Isochrone, isochrone
from hutuo.space.matrix import TravelTimes, travel_times
from hutuo.space.matrixfiles import TravelMatrix, travel_matrix
from hutuo.space.rescue import Rescue, rescue
from hutuo.space.seats import Counties, Model, Modelled
from hutuo.space.structure import Structure, structure

FROM = "2020-01-01"
PAIR = {"from_": ("990101",), "to": ("990102",)}
WALK = [
    (travel_times, TravelTimes(**PAIR, mode="road")),
    (travel_times, TravelTimes(**PAIR, mode="rail")),
    (travel_times, TravelTimes(**PAIR)),
    (travel_times, TravelTimes()),
    (travel_matrix, TravelMatrix(**PAIR)),
    (commuting_circle, CommutingCircle(core=("990101",))),
    (isochrone, Isochrone(place="990101")),
    (isochrone, Isochrone(lon=0.05, lat=0.05, mode="door")),
    (rescue, Rescue(stations=("990101",))),
    (rescue, Rescue(seats=True)),
    (rescue, Rescue(kind="hospital")),
    (accessibility, Accessibility(**PAIR, mode="road")),
    (accessibility, Accessibility(mode="door")),
    (functional_area, FunctionalArea(cores=("990101",))),
    (structure, Structure()),
]
FAR = "10.0/50.0"
OFF = "places off the network of roads"


def named(pair):
    return f"{pair[0].__name__} {pair[1].model_dump_json(exclude_defaults=True)}"


@pytest.fixture(scope="module")
def dated(tmp_path_factory, shared_home):
    """The tiny region, whose set has members from 2020 on."""
    folder = tiny.write_pack(tmp_path_factory.mktemp("dated") / "pack", "dated")
    (folder / "membership.csv").write_text(
        "\n".join(
            [
                "set,member,valid_from,role,clause,source",
                *(f"set:area,{unit},{FROM},whole,一,book" for unit in ("990101", "990102")),
            ]
        )
        + "\n",
        encoding="utf-8",
    )
    return hutuo.open(str(folder))


@pytest.fixture(scope="module")
def bare(tmp_path_factory, shared_home):
    """The tiny region without rows but for units, the set and its members: no boundaries, no figures."""
    folder = tiny.write_pack(tmp_path_factory.mktemp("bare") / "pack", "bare")
    for table in tiny.HEADS.keys() - {"unit", "place", "membership", "source", "indicator"}:
        (folder / f"{table}.csv").unlink()
    heads = tiny.HEADS["membership"]
    (folder / "membership.csv").write_text(f"{heads}\nset:area,990101,whole,,book\n")
    (folder / "unit.csv").write_text(
        (folder / "unit.csv").read_text(encoding="utf-8").replace(",yes,book", ",no,book"),
        encoding="utf-8",
    )
    (folder / "units.geojson").unlink()
    toml = folder / "region.toml"
    toml.write_text(toml.read_text(encoding="utf-8").partition("[boundaries]")[0])
    return hutuo.open(str(folder))


def said(run, region, ask):
    """What is said instead of an answer, message and hint in both languages."""
    with pytest.raises(HutuoError) as told:
        run(region, ask)
    (zh, en), (do, to_do) = told.value.words, told.value.advice
    assert zh != en, f"only in one language: {en}"
    assert do != to_do, f"a hint only in one language: {to_do}"
    return told.value


class TestEarlyDay:
    """A day before the set has members."""

    @pytest.mark.parametrize("walk", WALK, ids=named)
    def test_each_verb_names_the_day_the_set_and_when_it_has_members(self, dated, walk):
        told = said(walk[0], replace(dated, at=date(2015, 5, 1)), walk[1])
        assert isinstance(told, NotFound)
        for words in told.words:
            assert "2015-05-01" in words
            assert "set:area" in words
        assert all(FROM in hint for hint in told.advice)

    def test_on_a_day_with_members_there_are_minutes(self, dated):
        found = travel_times(
            replace(dated, at=date.fromisoformat(FROM)), TravelTimes(**PAIR, mode="road")
        )
        assert found.rows[0].minutes == pytest.approx(16.1, abs=0.2)

    def test_a_set_that_there_is_none_of_is_told_with_those_that_there_are(self, dated):
        told = said(commuting_circle, dated, CommutingCircle(members="set:aera", core=("990101",)))
        assert "set:area" in told.hint


class TestBare:
    """A region with a set and members, and nothing else."""

    @pytest.mark.parametrize("walk", WALK, ids=named)
    def test_each_verb_says_what_is_lacking_in_both_languages(self, bare, walk):
        said(walk[0], bare, walk[1])

    def test_roads_want_boundaries_of_counties(self, bare):
        told = said(isochrone, bare, Isochrone(lon=0.05, lat=0.05))
        assert "boundary" in told.advice[0]
        assert "set:area" in told.message

    def test_no_counties_have_no_ways_between_any_points(self):
        none = np.zeros(0, object)
        flags = np.zeros(0, bool)
        made = Modelled.of(Counties((), np.zeros((0, 2)), none, flags, flags), Model())
        places = np.array([[0.0, 0.0], [1.0, 1.0]])
        assert np.isinf(made.times(places, places)).all()
        assert made.times(places[:0], places).shape == (0, 2)


class TestWithoutSpeeds:
    """Roads of which none can be driven on."""

    @pytest.mark.parametrize("walk", WALK, ids=named)
    def test_each_verb_says_what_is_lacking(self, unknown, walk):
        told = said(walk[0], unknown, walk[1])
        assert "none of the 1 roads of the table road has a speed" in told.message
        assert "maxspeed_kmh" in told.advice[0]


@pytest.fixture(scope="module")
def unknown(tmp_path_factory, shared_home):
    """The tiny region with one road, of a class that nobody knows."""
    region = hutuo.open(
        str(tiny.write_pack(tmp_path_factory.mktemp("unknown") / "pack", "unknown"))
    )
    line = shapely.to_wkb(shapely.LineString([(0.05, 0.05), (0.15, 0.05)]))
    row = {"road": "way:1", "class": "canal", "oneway": "no", "bridge": False, "tunnel": False,
           "length_km": 1.0, "geometry": line, "source": "book"}  # fmt: skip
    region.append("road", pd.DataFrame([row]))
    return region


class TestOffTheRoads:
    """Points that no road leads to are counted, not only left without minutes."""

    @pytest.mark.parametrize(
        "walk",
        [
            (travel_times, TravelTimes(from_=(FAR,), to=("990101",), mode="road")),
            (travel_matrix, TravelMatrix(from_=(FAR,), to=("990101",), mode="road")),
            (commuting_circle, CommutingCircle(core=(FAR,), mode="road")),
            (isochrone, Isochrone(place=FAR)),
            (rescue, Rescue(stations=(FAR,))),
            (accessibility, Accessibility(from_=("990101",), to=(FAR,), mode="road")),
        ],
        ids=named,
    )
    def test_each_verb_counts_them(self, little, walk, home):
        found = walk[0](little, walk[1]).basis.left_out
        assert [one.number for one in found if one.what.en == OFF] == [1]

    def test_what_lies_on_the_roads_is_not_counted(self, little):
        found = isochrone(little, Isochrone(place="990101")).basis.left_out
        assert not [one for one in found if one.what.en == OFF]


class TestAskedWrongly:
    """Asks that cannot be answered say so in both languages."""

    @pytest.mark.parametrize(
        "walk",
        [
            (isochrone, Isochrone()),
            (isochrone, Isochrone(place="990101", minutes=(0,))),
            (isochrone, Isochrone(place="200.0/10.0")),
            (rescue, Rescue()),
            (rescue, Rescue(seats=True, hours=("25:1",))),
            (travel_times, TravelTimes(**PAIR, departure=("09:00", "07:00"))),
            (travel_times, TravelTimes(**PAIR, departure=("late",))),
            (travel_matrix, TravelMatrix(**PAIR, mode="rail")),
            (accessibility, Accessibility(opportunities="share")),
            (functional_area, FunctionalArea(flows="counted")),
        ],
        ids=named,
    )
    def test_they_do(self, little, walk):
        assert isinstance(said(walk[0], little, walk[1]), BadAsk | NotFound)
