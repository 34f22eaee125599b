"""Plans under rules in the tiny region: 1000, 500 and 400 people in a row, 14.8 and 29.6 minutes apart."""

import pytest

from hutuo.errors import BadAsk
from hutuo.siting.locating import Locate, locate

STEP = 0.1 * 111.1949 * 1.33
ROW = ("990101", "990102", "990104")


def asked(region, **ask):
    return locate(
        region, Locate(**{"model": "ruled", "clients": ROW, "number": 1, "minutes": 20} | ask)
    )


def places(found):
    return [row.place for row in found.rows]


@pytest.mark.parametrize(
    ("more", "stand", "value"),
    [
        # Of the three the first has 900 people to serve from afar, the second 1400, the third 1500.
        ({"goals": ("cost",)}, "990101", (500 + 3 * 400) * STEP),
        ({"goals": ("farthest",)}, "990102", 2 * STEP),
        ({"goals": ("cost",), "most_minutes": 30}, "990102", (1000 + 2 * 400) * STEP),
        ({"goals": ("beyond", "farthest")}, "990102", 1500),
        ({"goals": ("cost+farthest:500",)}, "990102", (1000 + 800 + 500 * 2) * STEP),
        ({"beyond_share": 0.25}, "990101", 1500),
        ({"goals": ("spread",)}, "990102", None),
    ],
)
def test_what_a_plan_is_best_at_decides_where_it_stands(little, more, stand, value):
    found = asked(little, **more)
    assert (places(found), found.status, found.gap) == ([stand], "optimal", 0)
    if value is not None:
        assert found.objective == pytest.approx(value, rel=1e-4)
        assert found.bound == pytest.approx(value, rel=1e-4)


def test_the_gini_of_a_plan_is_held_and_what_is_in_its_way_is_told(little):
    """From the first square 1000 people wait 0, 500 one step and 400 three: their Gini is .63."""
    minutes, people = (0, 1, 3), (1000, 500, 400)
    pairs = [
        people[i] * people[j] * abs(minutes[i] - minutes[j]) for i in range(3) for j in range(3)
    ]
    total = sum(m * n for m, n in zip(minutes, people, strict=True))
    known = sum(pairs) / (2 * 1900 * total)
    kept = {"keep": ("990101",), "number": 0, "goals": ("cost",)}
    assert asked(little, gini=known + 0.001, **kept).status == "optimal"
    many = asked(little, gini=known + 0.001, per_person=1e6, **kept)
    assert many.status == "optimal"
    tight = asked(little, gini=known - 0.001, **kept)
    assert (tight.status, tight.objective, tight.rows) == ("infeasible", None, [])
    assert tight.conflict == [["gini"], ["kept"], ["p"]]


def test_a_floor_counts_only_those_within_the_limit_where_all_are_served(little):
    half = {"goals": ("cost",), "floor": 0.78}
    assert places(asked(little, **half)) == ["990101"]
    assert asked(little, **half | {"floor": 0.9}).status == "infeasible"
    assert asked(little, **half | {"floor": 0.9, "minutes": 45}).status == "optimal"


def test_what_stands_may_move_where_closing_is_allowed_and_pays(little):
    stay = asked(little, keep=("990104",), number=0, goals=("cost",))
    move = asked(little, keep=("990104",), number=0, goals=("cost",), closing_fen=0)
    assert (places(stay), stay.closes) == (["990104"], [])
    assert (places(move), move.closes) == (["990101"], ["990104"])
    paid = {"keep": ("990104",), "number": None, "opening_fen": 7, "closing_fen": 5}
    dear = asked(little, goals=("cost",), budget_fen=11, **paid)
    assert (places(dear), dear.closes) == (["990104", "990101"], [])
    spent = asked(little, goals=("spent",), budget_fen=20, forbid=("990101", "990102"), **paid)
    assert (spent.objective, places(spent)) == (0, ["990104"])


def test_rooms_send_some_elsewhere(little):
    """1900 people, 1000 to a site: two sites, and whoever does not fit goes to the other."""
    two = {"number": 2, "goals": ("cost",), "new_capacity": 1000}
    split, whole = asked(little, **two), asked(little, single=True, **two)
    assert all(row.load <= 1000 for row in split.rows)
    assert split.objective <= whole.objective
    assert asked(little, **two | {"new_capacity": 900, "single": True}).status == "infeasible"
    assert asked(little, **two | {"number": 1}).conflict == [["capacity"], ["p"]]


def test_other_plans_as_good_are_listed_the_best_left_out(little):
    found = asked(little, number=2, goals=("sites",), more_plans=5)
    assert found.objective == 2
    assert {frozenset(one.sites) for one in found.other_plans} | {frozenset(places(found))} == {
        frozenset(pair) for pair in (ROW[:2], ROW[1:], ROW[::2])
    }
    assert asked(little, number=2, goals=("cost",), more_plans=5).other_plans == []
    near = asked(little, number=1, goals=("cost",), more_plans=5, plans_within=0.1)
    assert [one.sites for one in near.other_plans] == [["990102"]]
    assert near.other_plans[0].objective == pytest.approx(1800 * STEP, rel=1e-4)


def test_so_many_sites_may_be_asked_of_capacities(little):
    ask = {"model": "capacitated", "opening_fen": 0, "fen_per_minute": 1, "new_capacity": 2000}
    one = asked(little, **ask)
    assert (places(one), one.status) == (["990101"], "optimal")
    assert len(asked(little, **ask | {"number": 2}).rows) == 2
    assert len(asked(little, **ask | {"number": None}).rows) == 3


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"goals": ("fun",)}, "goals: fun is no goal"),
        ({"goals": ("cost:-1",)}, "goals: cost:-1 is no goal"),
        ({"goals": ("cost", "spread:x")}, "goals: spread:x is no goal"),
        ({"model": "p_median", "gini": 0.5}, "takes no gini"),
        ({"model": "phased", "more_plans": 2}, "takes no more_plans"),
    ],
)
def test_goals_that_are_none_are_told(little, more, says):
    with pytest.raises(BadAsk, match=says):
        asked(little, **more)
