"""The what-if by verb: times of a branch, parks and land, what is said of how it came about."""

import numpy as np
import pandas as pd
import pytest

import hutuo
import tiny
from hutuo.base.branches import Branch, branch
from hutuo.economy.goals import circle_of
from hutuo.economy.traveltimes import reaching, times_of, within
from hutuo.economy.whatif import WhatIf, what_if
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.space.matrix import TravelTimes, travel_times
from hutuo.verbs import find_verb

# Units with people, in the tiny region.
UNITS = ["990101", "990102", "990104"]
QUICK = {"geography": "county", "mode": "road", "starts": 0, "check_sensitivity": False}


@pytest.fixture(scope="module")
def own(tmp_path_factory, shared_home):
    """A tiny region for branches; main is only read."""
    return hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("what-if") / "pack")))


@pytest.fixture(scope="module")
def still(little):
    """Nothing changes."""
    return what_if(little, WhatIf(**QUICK))


def road(region, name, minutes):
    """A branch with a road between the first unit and the last."""
    tried = region.create_branch(name)
    row = {"link": "l", "zh": "路", "en": "Road", "from_place": "990101", "to_place": "990104"}
    tried.append("link", pd.DataFrame([row | {"minutes": minutes, "source": "book"}]))
    return tried


def test_without_a_branch_nothing_changes_and_it_says_so(still):
    assert [row.place for row in still.rows] == UNITS
    for row in still.rows:
        told = row.model_dump(exclude={"place", "name", "drawn_as", "residents", "jobs"})
        minutes = {told.pop("core_minutes_before"), told.pop("core_minutes_after")}
        assert len(minutes) == 1
        assert list(told.values()) == [0.0] * len(told)
    assert (still.land_gain, still.welfare_change, still.welfare_low) == (0.0, 0.0, 0.0)
    assert still.flows == []
    assert any("nothing changes" in doubt.en for doubt in still.doubts)
    assert any("commuting is modelled" in doubt.en for doubt in still.doubts)
    assert still.flows_modelled
    assert still.leaving_before == pytest.approx(0.33)
    assert still.left_out == ["990103"]


def test_every_parameter_has_a_source_and_changed_ones_are_marked(little, still):
    assert {row.parameter for row in still.parameters} == {
        *("alpha", "epsilon", "sigma", "nu", "delta", "psi", "mu", "leaving")
    }
    assert all(row.source.zh and row.source.en and not row.given for row in still.parameters)
    found = what_if(little, WhatIf(**QUICK, mu=0.6, because="survey of 2024"))
    (mine,) = [row for row in found.parameters if row.given]
    assert (mine.parameter, mine.value, mine.source.en) == ("mu", 0.6, "survey of 2024")
    assert found.parameters_digest != still.parameters_digest


def test_a_road_on_a_branch_moves_people_and_main_stays(own):
    tried = road(own, "faster", 3.0)
    found = what_if(tried, WhatIf(**QUICK))
    assert found.branch == "faster"
    # Who goes to the last unit from the second goes round by the road too.
    assert found.times.changed == 4
    assert found.times.saved > 0
    assert found.welfare_change > 0
    assert found.convergence.converged
    greatest = found.flows[0]
    assert {greatest.from_id, greatest.to_id} == {"990101", "990104"}
    assert greatest.minutes_after < greatest.minutes_before
    residents = sum(row.residents * row.residents_change for row in found.rows)
    assert residents == pytest.approx(0.0, abs=1e-6 * sum(row.residents for row in found.rows))
    assert what_if(own, WhatIf(**QUICK)).times.changed == 0


def test_a_change_that_is_too_large_to_be_likely_is_told_with_its_units(own):
    found = what_if(road(own, "leap", 0.1), WhatIf(**QUICK, mu=2.0))
    assert any("from 990101 to 990104: 0." in one.en for one in found.doubts)


def test_times_are_those_of_the_verb_on_travel(own):
    tried = road(own, "seen", 3.0)
    found = times_of(tried, UNITS, {"mode": "road"})
    rows = travel_times(tried, TravelTimes(from_=tuple(UNITS), to=tuple(UNITS), mode="road")).rows
    expected = [row.minutes for row in rows]
    assert found.minutes.ravel() == pytest.approx(expected, abs=0.051)


def test_a_park_on_a_branch_is_the_park_that_is_asked(own):
    tried = own.create_branch("park")
    row = {"effect": "p", "place": "990102", "kind": "productivity", "factor": 1.1}
    tried.append("effect", pd.DataFrame([row | {"zh": "园", "en": "Park", "source": "book"}]))
    by_branch = what_if(tried, WhatIf(**QUICK))
    by_ask = what_if(own, WhatIf(**QUICK, productivity={"990102": 1.1}))
    assert [one.model_dump(exclude={"name"}) for one in by_branch.rows] == [
        one.model_dump(exclude={"name"}) for one in by_ask.rows
    ]
    assert max(by_branch.rows, key=lambda row: row.jobs_change).place == "990102"
    assert [(one.place, one.kind, one.factor, one.source) for one in by_branch.actions] == [
        ("990102", "productivity", 1.1, "book")
    ]
    assert by_ask.actions[0].source is None


def test_better_schools_draw_people_and_land_houses_them(little):
    nicer = what_if(little, WhatIf(**QUICK, amenity={"990104": 1.1}))
    assert max(nicer.rows, key=lambda row: row.residents_change).place == "990104"
    roomy = what_if(little, WhatIf(**QUICK, land={"990104": 1.2}))
    assert max(roomy.rows, key=lambda row: row.residents_change).place == "990104"
    assert all(row.rents_change < 0 for row in roomy.rows)
    held = what_if(little, WhatIf(**QUICK, amenity={"990104": 1.1}, closure="residents_fixed"))
    assert [row.residents_change for row in held.rows] == pytest.approx([0.0] * 3)


def test_schools_and_land_on_a_branch_are_those_that_are_asked(own):
    tried = own.create_branch("school")
    said = {"place": "990104", "zh": "校", "en": "School", "source": "book"}
    kinds = {"amenity": 1.1, "land": 1.2}
    rows = [said | {"effect": kind, "kind": kind, "factor": of} for kind, of in kinds.items()]
    tried.append("effect", pd.DataFrame(rows))
    by_branch = what_if(tried, WhatIf(**QUICK))
    by_ask = what_if(own, WhatIf(**QUICK, **{kind: {"990104": of} for kind, of in kinds.items()}))
    assert {(one.kind, one.factor, one.source) for one in by_branch.actions} == {
        (kind, of, "book") for kind, of in kinds.items()
    }
    assert [one.residents_change for one in by_branch.rows] == [
        one.residents_change for one in by_ask.rows
    ]
    assert by_branch.land_gain == pytest.approx(sum(one.land_gain for one in by_branch.rows))


def test_an_open_region_takes_people_in_until_life_is_as_good_as_outside(little):
    ask = WhatIf(**QUICK, closure="open", amenity={"990104": 1.1}, sigma=9.0, because="trial")
    found = what_if(little, ask)
    assert found.population_change > 0
    assert found.welfare_change == pytest.approx(0, abs=1e-8)
    assert what_if(little, WhatIf(**QUICK, amenity={"990104": 1.1})).population_change == 0


def test_sensitivity_and_other_starts_stand_beside_the_answer(little):
    ask = WhatIf(geography="county", mode="road", starts=2, productivity={"990101": 1.05})
    found = what_if(little, ask)
    tried = {(row.parameter, row.value) for row in found.sensitivity}
    assert {("epsilon", 3.3), ("nu", 0.0), ("leaving", 0.5)} <= tried
    assert found.welfare_low < found.welfare_change < found.welfare_high
    for row in found.rows:
        assert row.residents_low <= row.residents_change <= row.residents_high
    assert (found.convergence.starts, found.convergence.tried) == (2, 2)
    assert found.convergence.spread < 1e-7
    assert found.convergence.radius < 1


def test_counted_commuters_are_taken_where_there_are_any(own):
    with pytest.raises(NotFound, match="no commuters were counted"):
        what_if(own, WhatIf(**QUICK, flows="counted"))
    people = {("990101", "990101"): 600, ("990101", "990102"): 400, ("990102", "990102"): 500}
    people |= {("990104", "990104"): 300, ("990104", "990101"): 100, ("990103", "990101"): 50}
    rows = [
        {"home": home, "work": work, "people": float(count), "source": "book"}
        for (home, work), count in people.items()
    ]
    known = own.create_branch("known")
    known.append("flow", pd.DataFrame(rows).assign(valid_from="2020-01-01", valid_to="2021-01-01"))
    found = what_if(known, WhatIf(**QUICK, productivity={"990102": 1.1}))
    assert not found.flows_modelled
    assert found.leaving_before == pytest.approx(500 / 1900)
    assert "commuters counted for 2020" in found.flows_basis.en
    assert "2.6%" in found.flows_basis.en
    # Nobody goes from the second to the first, whatever is asked.
    assert ("990102", "990101") not in {(row.from_id, row.to_id) for row in found.flows}


def test_targets_are_judged_by_the_minutes_of_the_model(own):
    tried = road(own, "target", 1.0)
    found = what_if(tried, WhatIf(**QUICK, as_minutes="minutes"))
    (row,) = found.targets
    assert (row.target, row.met_before, row.met_after) == ("ride", True, True)
    assert row.figure_before == pytest.approx(found.circle.farthest_before)
    assert row.figure_after < row.figure_before
    assert found.circle.core == ["990101"]


def test_who_is_near_is_told_with_people_where_they_were_and_where_they_go():
    before = np.array([[5.0, 70.0, 80.0], [70.0, 5.0, 30.0], [80.0, 30.0, 5.0]])
    after = before.copy()
    after[1, 0] = 60.0
    people = np.array([50.0, 30.0, 20.0]), np.array([40.0, 40.0, 20.0])
    found = circle_of([0], before, after, people, 60.0)
    assert found.minutes_before.tolist() == [0.0, 70.0, 80.0]
    assert (found.share_before, found.share_faster, found.share_after) == (0.5, 0.8, 0.8)


def test_within_a_zone_one_goes_the_mean_distance_of_a_circle_at_the_pace_of_all_ways():
    """A hundredth of a degree along the equator is 1.1132 km; two minutes for it."""
    minutes = np.array([[0.0, 2.0], [2.0, 0.0]])
    lonlat = np.array([[0.0, 0.0], [0.01, 0.0]])
    found = within(minutes, np.array([np.pi, np.nan]), lonlat)
    assert found == pytest.approx([2 / 1.1132 * 128 / (45 * np.pi), 1.0], rel=1e-4)


def test_zones_without_a_way_are_left_out():
    far = np.inf
    minutes = np.array([[0.0, 5.0, far], [5.0, 0.0, far], [far, far, 0.0]])
    assert reaching(minutes) == [0, 1]
    with pytest.raises(NotFound, match="no zones reach each other"):
        reaching(np.array([[0.0, far], [far, 0.0]]))


def test_faults_of_an_ask_are_told(little):
    verb = find_verb("economy", "what-if")
    with pytest.raises(BadAsk, match=r"should be within 0\.01-100"):
        verb.read({"land": {"990101": 0.0}})
    with pytest.raises(BadAsk, match="is no JSON"):
        verb.read({"land": "990101=2"})
    with pytest.raises(NotFound, match="nowhere"):
        what_if(little, WhatIf(**QUICK, land={"nowhere": 1.1}))
    with pytest.raises(BadInput, match="epsilon"):
        what_if(little, WhatIf(**QUICK, epsilon=0.5))
    with pytest.raises(BadAsk, match="has no rest"):
        what_if(little, WhatIf(**QUICK, closure="open", land={"990101": 1.1}))
    with pytest.raises(BadAsk, match="nope"):
        what_if(little, WhatIf(**QUICK, travel={"nope": 1}))


def test_branches_are_compared_by_it_too(own):
    road(own, "compared", 3.0)
    ask = Branch(action="diff", name="compared", verb="economy/what-if", ask=QUICK)
    assert not branch(own, ask).answers.same
