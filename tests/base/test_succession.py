"""Succession of units by codes: the reform of Xingtai by hand, and what always holds of fitted flows."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base.succession import Version, components, edges, extents, fitted, parts

DAY = date(2020, 6, 23)


def old(unit, *became):
    return Version(unit, None, DAY, became)


def new(unit):
    return Version(unit, DAY, None, ())


# Two districts under their own codes, a county divided between them, and a county that became a district.
EAST, WEST, COUNTY, REN = old("02", "02"), old("03", "03"), old("21", "02", "03"), old("26", "05")
XIANGDU, XINDU, RENZE = new("02"), new("03"), new("05")
OLD, NEW = [EAST, WEST, COUNTY, REN], [XIANGDU, XINDU, RENZE]


def told(found):
    return {(p.source.unit, p.target.unit): (p.share, p.exact) for p in found}


def test_a_reform_is_told_by_what_units_became():
    onward, back = edges(OLD, NEW, [*OLD, *NEW])
    assert {(s.unit, t.unit) for s, t in onward} == {
        ("02", "02"), ("03", "03"), ("21", "02"), ("21", "03"), ("26", "05"),
    }  # fmt: skip
    assert back == []
    assert edges(NEW, OLD, [*OLD, *NEW])[0] == []
    assert {(s.unit, t.unit) for s, t in edges(NEW, OLD, [*OLD, *NEW])[1]} == {
        ("02", "02"), ("03", "03"), ("02", "21"), ("03", "21"), ("05", "26"),
    }  # fmt: skip


def test_the_reform_has_two_components():
    onward, _ = edges(OLD, NEW, [*OLD, *NEW])
    assert sorted(len(component) for component in components(onward)) == [1, 4]


def test_whole_units_are_exact_and_a_divided_one_goes_by_its_successors():
    """150 and 850 km2: the county is divided 15 to 85, which is an estimate; all else is certain."""
    onward, _ = edges(OLD, NEW, [*OLD, *NEW])
    found = parts(onward, {XIANGDU: 150.0, XINDU: 850.0}, onward=True)
    assert told(found) == {
        ("02", "02"): (1.0, True),
        ("03", "03"): (1.0, True),
        ("21", "02"): (pytest.approx(0.15), False),
        ("21", "03"): (pytest.approx(0.85), False),
        ("26", "05"): (1.0, True),
    }


def test_known_weights_on_both_sides_agree():
    """Of 200 people one district has 60 afterwards: it had 40, so 20 of the county's 100 went there."""
    onward, back = edges(OLD, NEW, [*OLD, *NEW])
    weights = {EAST: 40.0, WEST: 60.0, COUNTY: 100.0, XIANGDU: 120.0, XINDU: 280.0}
    found = parts(onward, weights, onward=True)
    assert told(found)["21", "02"] == (pytest.approx(0.2, abs=1e-6), False)
    assert told(found)["21", "03"] == (pytest.approx(0.8, abs=1e-6), False)
    _, back = edges(NEW, OLD, [*OLD, *NEW])
    returned = told(parts(back, weights, onward=False))
    assert returned["02", "21"] == (pytest.approx(20 / 60, abs=1e-6), False)
    assert returned["02", "02"] == (pytest.approx(40 / 60, abs=1e-6), False)
    assert returned["05", "26"] == (1.0, True)


def test_back_without_the_weights_of_the_old_nothing_is_said():
    _, back = edges(NEW, OLD, [*OLD, *NEW])
    assert told(parts(back, {XIANGDU: 1.0, XINDU: 2.0}, onward=False)) == {
        ("05", "26"): (1.0, True)
    }


def test_the_same_ground_under_another_code_weighs_the_same():
    onward, _ = edges([REN], [RENZE], [*OLD, *NEW])
    (part,) = parts(onward, {RENZE: 432.6}, onward=True)
    assert (part.flow, part.exact) == (432.6, True)


def test_a_unit_that_goes_on_is_itself():
    still = Version("01", None, None, ())
    assert edges([still], [still], [still]) == ([(still, still)], [])


def test_a_way_leads_over_several_reforms():
    first = Version("a", None, date(2000, 1, 1), ("b",))
    second = Version("b", date(2000, 1, 1), date(2010, 1, 1), ("c",))
    third = Version("c", date(2010, 1, 1), None, ())
    every = [first, second, third]
    assert edges([first], [third], every)[0] == [(first, third)]
    assert edges([first], [second, third], every)[0] == [(first, second)]


def test_a_unit_that_took_in_another_is_two_extents():
    """The row goes on, its ground does not: figures of before and after are of different ground."""
    rows = [
        Version("102", None, None, ()),
        Version("103", None, date(2014, 9, 9), ("102", "104")),
        Version("104", None, None, ()),
    ]
    found = extents(rows)
    assert [v for v in found if v.unit == "102"] == [
        Version("102", None, date(2014, 9, 9), ("102",)),
        Version("102", date(2014, 9, 9), None, ()),
    ]
    assert len(found) == 5


def test_extents_do_not_cut_what_begins_that_day():
    assert extents([*OLD, *NEW]) == [*OLD, *NEW]


@settings(max_examples=60)
@given(data=st.data())
def test_fitted_flows_add_up_to_the_old_units(data):
    """Whatever the weights; each old unit keeps its total, and nothing goes where there is no way."""
    olds, news = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    weight = st.floats(0, 1e6)
    old_weights = np.array(data.draw(st.lists(weight, min_size=olds, max_size=olds)))
    new_weights = np.array(data.draw(st.lists(weight, min_size=news, max_size=news)))
    ways = np.array(
        [data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=news, max_size=news)) for _ in range(olds)]
    )  # fmt: skip
    ways[:, 0] = np.where(ways.sum(axis=1) == 0, 1.0, ways[:, 0])
    flow = fitted(ways, old_weights, new_weights)
    assert flow.sum(axis=1) == pytest.approx(old_weights, rel=1e-9, abs=1e-6)
    assert (flow[ways == 0] == 0).all()
    assert (flow >= 0).all()


def test_where_it_can_be_fitted_the_new_units_come_out():
    truth = np.array([[30.0, 0], [0, 50.0], [12.0, 8.0]])
    flow = fitted((truth > 0).astype(float), truth.sum(axis=1), truth.sum(axis=0))
    assert flow == pytest.approx(truth, abs=1e-6)
