"""Series on other ground: the reform of Xingtai by hand, sums that keep their total, means, and gaps told."""

import json
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import hutuo
import tiny
from hutuo.base.boundaries import Layer, measured
from hutuo.base.crosswalks import Crosswalk, crosswalk
from hutuo.base.geographies import geography
from hutuo.base.recut import Recut, recut
from hutuo.cli import main
from hutuo.errors import BadAsk, NotFound

PEOPLE = "resident_population"
# Census of 2010: Qiaodong, Qiaoxi, Xingtai County, Renxian and Nanhe of Xingtai.
XINGTAI = {
    "part:130502-2010": 269603, "part:130503-2010": 400551,
    "130521": 466323, "130526": 327926, "130527": 325332,
}  # fmt: skip
REFORMED = ("130502", "130503", "130505", "130506")


def ask(start, goal, indicator="people", **more):
    return Recut(indicator=indicator, from_=start, to=goal, **more)


def values(answer, year=None):
    rows = [row for row in answer.values if year is None or row.valid_from.year == year]
    return {row.place: row.value for row in rows}


def put(region, indicator, figures, **more):
    """Record figures of 2020 on places of the tiny region."""
    told = {"unit": region.indicators[indicator]["unit"], "source": "book", "indicator": indicator}
    span = {"valid_from": date(2020, 11, 1), "valid_to": date(2020, 11, 2)}
    rows = [{"place": place, "value": float(value)} for place, value in figures.items()]
    region.append("observation", pa.Table.from_pylist([row | told | span | more for row in rows]))


@pytest.fixture(scope="module")
def region(tmp_path_factory, shared_home):
    """A tiny region that the tests of this module branch from."""
    return hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("recut") / "pack")))


@pytest.fixture
def own(region, request):
    """A branch that the test may change."""
    return region.create_branch(request.node.name[:60].replace("_", "-"))


@pytest.fixture(scope="module")
def corrected(region):
    """A branch on which figures are corrected again and again."""
    return region.create_branch("corrected")


@pytest.mark.parametrize("start", ["county", "county@2010-11-01"])
@pytest.mark.parametrize("method", [{}, {"method": "weight", "weight": PEOPLE}])
def test_the_reform_of_xingtai(embedded, start, method):
    """Renxian became Renze and Nanhe its district, whole; the other three share 1,136,477 people."""
    answer = recut(embedded, ask(start, "county@2020-12-31", PEOPLE, year=2010, **method))
    found = {row.place: row for row in answer.values if row.place in REFORMED}
    assert (found["130505"].value, found["130505"].estimate) == (327926, False)
    assert (found["130506"].value, found["130506"].estimate) == (325332, False)
    assert (found["130502"].estimate, found["130503"].estimate) == (True, True)
    shared = found["130502"].value + found["130503"].value
    assert shared == pytest.approx(269603 + 400551 + 466323)
    assert found["130502"].value > 269603
    assert found["130503"].value > 400551
    assert sum(found[place].value for place in REFORMED) == pytest.approx(sum(XINGTAI.values()))
    assert (answer.total_before, answer.remainder) == (pytest.approx(answer.total_after), 0)
    assert answer.not_covered == []


def test_the_reform_by_weight_agrees_with_both_censuses(embedded):
    """In 2020 Xiangdu has 608,809 and Xindu 798,770 people: the same parts of the 1,136,477 of 2010."""
    weigh = {"method": "weight", "weight": PEOPLE}
    answer = recut(embedded, ask("county@2010-11-01", "county@2020", PEOPLE, year=2010, **weigh))
    part = 608809 / (608809 + 798770)
    assert values(answer)["130502"] == pytest.approx(1136477 * part, rel=1e-4)
    method = next(row.method for row in answer.values if row.place == "130502")
    assert "Resident population" in method.en


def test_the_reform_of_2014_by_hand(embedded):
    """Qiaodong's 410,116 people went to Chang'an and Qiaoxi, which then had 479,801 and 596,164."""
    answer = recut(embedded, ask("county", "county@2020", PEOPLE, year=2010))
    found = values(answer)
    assert found["130102"] + found["130104"] == pytest.approx(479801 + 596164 + 410116)
    assert found["130109"] == 775110


def test_back_to_old_units_takes_their_weights(embedded):
    """By area nothing is known of old units that are not drawn, and the new ones are named."""
    answer = recut(embedded, ask("county@2020", "county@2010-11-01", PEOPLE, year=2020))
    assert {row.place for row in answer.not_covered} == {"130102", "130104", "130502", "130503"}
    assert values(answer)["130526"] == 342869
    assert answer.remainder == pytest.approx(1059572 + 979646 + 608809 + 798770)
    weigh = {"method": "weight", "weight": PEOPLE}
    answer = recut(embedded, ask("county@2020", "county@2010-11-01", PEOPLE, year=2020, **weigh))
    assert (answer.not_covered, answer.remainder) == ([], 0)
    assert {"130521", "130502", "130103"} <= values(answer).keys()


def test_a_target_that_holds_a_part_gets_a_part(embedded):
    """Of what Qiaodong was divided into, a set may hold one district only: it gets no more for it."""
    whole = crosswalk(embedded, Crosswalk(from_="county@2010-11-01", to="county@2026"))
    part = crosswalk(embedded, Crosswalk(from_="county@2010-11-01", to="set:poles"))
    shares = {(p.from_, p.to): p.share for p in whole.pairs}
    assert part.pairs
    assert all(shares[p.from_, p.to] == pytest.approx(p.share) for p in part.pairs)
    outside = {row.place: row.share for row in part.outside}
    assert outside["130103"] == 1


def test_figures_from_before_a_code_was_are_taken_as_the_pack_gives_them(embedded):
    """The pack gives Renze, a code of 2020, the figure of 2010 of its predecessor."""
    answer = recut(embedded, ask("county@2021", "county@2021", PEOPLE, year=2010))
    found = values(answer)
    assert (found["130505"], found["130102"]) == (327926, 724066)
    assert "130502" not in found


def test_where_old_and_new_are_drawn_the_ground_divides(own):
    """A county of x from 0.05 to 0.15 lay between two that took a half of it each in 2015."""
    day, since = date(2015, 1, 1), date(1990, 1, 1)
    (row,) = own.records("unit", unit="990102")
    gone = {"unit": "990109", "valid_to": day, "became": "990101|990102", "boundary": False}
    own.append("unit", pa.Table.from_pylist([row | gone]))
    shapes = {"990101": (0, 0.05), "990109": (0.05, 0.15), "990102": (0.15, 0.2)}
    polygons = [shapely.box(west, 0, east, 0.1) for west, east in shapes.values()]
    drawn = measured(Layer(list(shapes), np.array(polygons, dtype=object)), "book").to_pylist()
    then = {"valid_from": since, "valid_to": day}
    own.append("boundary", pa.Table.from_pylist([row | then for row in drawn]))
    past = {"valid_from": date(2010, 11, 1), "valid_to": date(2010, 11, 2)}
    put(own, "people", {"990101": 100, "990109": 80, "990102": 10}, **past)
    answer = recut(own, ask("county", "county@2020", year=2010))
    assert values(answer) == {"990101": pytest.approx(140), "990102": pytest.approx(50)}
    assert {row.estimate for row in answer.values} == {True}
    pairs = crosswalk(own, Crosswalk(from_="county@2010", to="county@2020")).pairs
    (first, *_) = [p for p in pairs if p.from_ == "990109"]
    assert (first.share, first.area_km2) == (pytest.approx(0.5), pytest.approx(61.5, abs=0.1))
    back = recut(own, ask("county@2020", "county@2010-11-01", year=2020))
    assert values(back)["990109"] == pytest.approx(1000 / 2 + 500 / 2)


def test_units_of_one_level_add_up_to_the_next(own):
    put(own, "people", {"990103": 100})
    answer = recut(own, ask("county", "prefecture", year=2020))
    (row,) = answer.values
    assert (row.place, row.value, row.estimate) == ("990100", 2000, False)
    assert row.method.en == "whole units"
    assert (answer.total_before, answer.total_after, answer.remainder) == (2000, 2000, 0)


def test_a_sum_that_lacks_a_part_is_not_given(little):
    """Gamma has no figure: the prefecture is named with it, and all is remainder."""
    answer = recut(little, ask("county", "prefecture", year=2020))
    assert answer.values == []
    (row,) = answer.missing
    assert (row.place, row.lacks) == ("990100", ["990103"])
    assert (answer.total_before, answer.total_after, answer.remainder) == (1900, 0, 1900)


def test_all_periods_come_at_once_each_with_its_total(little):
    answer = recut(little, ask("county", "county"))
    assert [(row.valid_from, row.total_before) for row in answer.totals] == [
        (date(2010, 11, 1), 900),
        (date(2020, 11, 1), 1900),
    ]
    assert values(answer, 2010) == {"990101": 900}
    assert {row.place for row in answer.missing if row.valid_from.year == 2020} == {"990103"}


def test_a_unit_is_divided_by_the_ground_or_people_of_its_parts(own):
    """Four squares of one size; of 1,000 people 800 live in one of them."""
    put(own, "revenue", {"990100": 100}, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))
    answer = recut(own, ask("prefecture", "county", "revenue", year=2020))
    assert values(answer) == {f"99010{n}": pytest.approx(25) for n in (1, 2, 3, 4)}
    assert {row.estimate for row in answer.values} == {True}
    put(own, "people", {"990101": 800, "990102": 100, "990103": 60, "990104": 40})
    weigh = {"method": "weight", "weight": "people"}
    answer = recut(own, ask("prefecture", "county", "revenue", year=2020, **weigh))
    assert values(answer)["990101"] == pytest.approx(80)
    part = recut(own, ask("prefecture", "set:area", "revenue", year=2020, **weigh))
    assert values(part) == {"990101": pytest.approx(80), "990102": pytest.approx(10)}
    assert part.remainder == pytest.approx(10)


def test_onto_cells_and_back_the_total_stays(own):
    answer = recut(own, ask("set:area", "cells:6", year=2020))
    assert answer.total_before == 1500
    assert answer.total_after == pytest.approx(1500)
    assert all(row.place.startswith("cell:") and row.estimate for row in answer.values)
    put(own, "revenue", values(answer), valid_from=date(2019, 1, 1), valid_to=date(2020, 1, 1))
    back = recut(own, ask("cells:6", "county", "revenue", year=2019))
    assert back.total_before == pytest.approx(1500)
    assert back.total_after + back.remainder == pytest.approx(1500)
    assert back.remainder > 0


def test_cells_that_lie_inside_are_exact_and_those_without_a_figure_hold_nothing(own):
    cell = next(
        spot
        for spot in geography(own, "cells:7").spots
        if shapely.box(0, 0, 0.1, 0.1).contains(spot.shape)
    )
    put(own, "revenue", {cell.place: 12})
    answer = recut(own, ask("cells:7", "county", "revenue", year=2020))
    assert values(answer) == {"990101": 12}
    assert not answer.values[0].estimate
    assert answer.missing[0].lacks == []


def test_a_grid_of_ones_own_is_a_geography(own):
    """Three squares of a grid, the middle one half in Alpha and half in Beta, the last without a figure."""
    west = {"cell:g1": 0.0, "cell:g2": 0.05, "cell:g3": 0.15}
    squares = np.array([shapely.box(x, 0, x + 0.1, 0.1) for x in west.values()], dtype=object)
    named = [{"place": p, "kind": "cell", "zh": p, "en": p, "source": "book"} for p in west]
    own.append("place", pa.Table.from_pylist(named))
    own.append("boundary", measured(Layer(list(west), squares), "book"))
    put(own, "revenue", {"cell:g1": 10, "cell:g2": 6})
    answer = recut(own, ask("places:cell", "county", "revenue", year=2020))
    assert values(answer) == {"990101": pytest.approx(13), "990102": pytest.approx(3)}
    assert answer.remainder == 0


def test_weights_of_cells_divide_a_unit(own):
    """Where figures of cells are there, they are the layer: all people of Alpha live in one cell."""
    inside = [
        spot
        for spot in geography(own, "cells:7").spots
        if shapely.box(0, 0, 0.1, 0.1).contains(spot.shape)
    ]
    put(own, "people", {inside[0].place: 30, inside[1].place: 10})
    weigh = {"method": "weight", "weight": "people"}
    answer = recut(own, ask("county", "cells:7", "revenue", year=2024, **weigh))
    found = values(answer)
    assert found[inside[0].place] == pytest.approx(73.205 * 3 / 4)
    assert found[inside[1].place] == pytest.approx(73.205 / 4)
    assert "H3 cells of 7" in answer.method.en


@settings(max_examples=5)
@given(
    st.lists(st.floats(0, 1e6), min_size=4, max_size=4), st.sampled_from(["cells:5", "cells:6"])
)
def test_nothing_is_lost_on_the_way(corrected, figures, goal):
    """Whatever the figures: what arrives and what is named as remainder are what was there."""
    put(corrected, "people", dict(zip([f"99010{n}" for n in range(1, 5)], figures, strict=True)))
    answer = recut(corrected, ask("county", goal, year=2020))
    assert answer.total_before == pytest.approx(sum(figures))
    assert answer.total_after + answer.remainder == pytest.approx(sum(figures), abs=1e-6)


def test_a_mean_is_weighed_by_people_or_by_ground(own):
    """10 % of 900, 20 % of 100: 11 % by people, 15 % by ground."""
    put(own, "people", {"990101": 900, "990102": 100, "990103": 1, "990104": 1})
    put(own, "share", {"990101": 10, "990102": 20, "990103": 15, "990104": 15})
    by_ground = recut(own, ask("county", "prefecture", "share", year=2020))
    assert values(by_ground) == {"990100": pytest.approx(15, abs=1e-6)}
    assert (by_ground.total_before, by_ground.remainder, by_ground.additive) == (None, None, False)
    weigh = {"method": "weight", "weight": "people"}
    by_people = recut(own, ask("county", "prefecture", "share", year=2020, **weigh))
    assert values(by_people)["990100"] == pytest.approx((9000 + 2000 + 30) / 1002)
    assert by_people.values[0].estimate
    assert "Residents" in by_people.values[0].method.en


def test_what_is_everywhere_the_same_stays_so(own):
    put(own, "share", dict.fromkeys(("990101", "990102", "990103", "990104"), 37.5))
    answer = recut(own, ask("county", "cells:6", "share", year=2020))
    assert list(values(answer).values()) == pytest.approx([37.5] * len(answer.values))


def test_a_mean_over_unknown_ground_is_not_given(embedded):
    """The old units of Xingtai are not drawn: a share of 2010 has no mean by area, but one by people."""
    answer = recut(embedded, ask("county", "county@2020", "urban_share", year=2010))
    found = values(answer)
    assert found["130505"] == pytest.approx(32.24)
    assert "130502" not in found
    weigh = {"method": "weight", "weight": PEOPLE}
    answer = recut(embedded, ask("county", "county@2020", "urban_share", year=2010, **weigh))
    assert 60 < values(answer)["130502"] < 100


def test_instants_keep_their_time(own):
    start = datetime(2024, 5, 1, 8, tzinfo=UTC)
    span = {"valid_from": start, "valid_to": datetime(2024, 5, 1, 9, tzinfo=UTC)}
    put(own, "revenue", {f"99010{n}": n for n in range(1, 5)}, **span)
    (row,) = recut(own, ask("county", "prefecture", "revenue", year=2024)).values[-1:]
    assert (row.value, row.valid_from) == (10, start)


def test_what_was_not_yet_so_is_not_taken(little_folder):
    then = hutuo.open(str(little_folder), at="2015-01-01")
    assert [t.valid_from.year for t in recut(then, ask("county", "county")).totals] == [2010]


@pytest.mark.parametrize(
    ("more", "error", "says"),
    [
        ({"method": "weight"}, BadAsk, "method weight takes a weight"),
        ({"weight": "people"}, BadAsk, "a weight is for method weight"),
        ({"method": "weight", "weight": "nope"}, NotFound, "no indicator 'nope'"),
        ({"method": "weight", "weight": "minutes", "to": "cells:5"}, BadAsk, "no figure of"),
        ({"indicator": "nope"}, NotFound, "no indicator 'nope'"),
        ({"from_": "cells:7"}, NotFound, "no figure of 'people' is of cells:7"),
        ({"to": "nowhere"}, NotFound, "no geography 'nowhere'"),
    ],
)
def test_what_cannot_be_done_is_told(little, more, error, says):
    asked = {"indicator": "people", "from_": "county", "to": "county"} | more
    with pytest.raises(error, match=says):
        recut(little, Recut(**asked))


def test_the_command_line_has_the_names_that_others_rely_on(little_folder, capsys):
    words = "base recut --indicator people --from county --to cells:5 --method area --json"
    assert main([*words.split(), "--region", str(little_folder)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["from"], answer["to"], answer["unit"]) == ("county", "cells:5", "person")
    assert {"values", "total_before", "total_after", "remainder", "not_covered"} <= set(answer)


def test_the_crosswalk_tells_what_lies_outside(little):
    answer = crosswalk(little, Crosswalk(from_="county", to="set:area"))
    assert {row.place: row.share for row in answer.outside} == {"990103": 1, "990104": 1}
    assert [(p.from_, p.to, p.share, p.estimate) for p in answer.pairs] == [
        ("990101", "990101", 1, False),
        ("990102", "990102", 1, False),
    ]


def test_more_than_can_be_cut_at_once_is_refused(little, monkeypatch):
    monkeypatch.setattr("hutuo.base.recut.MOST_VALUES", 3)
    with pytest.raises(BadAsk, match="4 places in 3 periods are too many"):
        recut(little, ask("county", "county"))
    monkeypatch.setattr("hutuo.base.standing.MOST_FIGURES", 3)
    with pytest.raises(BadAsk, match="'people' has 5 figures, more than 3"):
        recut(little, ask("county", "county"))
    monkeypatch.setattr("hutuo.base.crosswalks.MOST_PAIRS", 1)
    with pytest.raises(BadAsk, match="4 pairs, more than 1"):
        crosswalk(little, Crosswalk(from_="county", to="county"))
