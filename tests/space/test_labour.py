"""Labour market areas: the published partition, a case by hand, and what always holds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hutuo.errors import BadAsk
from hutuo.space.delineation import changed, stability
from hutuo.space.flows import Flows
from hutuo.space.labour import labour_areas

OUTSIDE = Path(__file__).parents[3] / "shared" / "data" / "benchmarks" / "siting" / "lma"


@pytest.mark.skipif(not OUTSIDE.is_dir(), reason="the folder of data beside the repository")
def test_the_published_partition_of_brindisi():
    flows = pd.read_csv(OUTSIDE / "brindisi_flows.csv")
    found = labour_areas(flows, 1_000, 0.6667, 10_000, 0.75)
    published = pd.read_csv(OUTSIDE / "brindisi_lma.csv").set_index("community")["cluster"]
    groups = published.groupby(published).groups.values()
    assert sorted(sorted(one) for one in groups) == sorted(map(list, found.areas.values()))
    sums = pd.read_csv(OUTSIDE / "brindisi_marginals.csv")[["amount_live", "amount_work"]]
    areas = found.step("areas")[["residents", "jobs"]]
    assert sorted(map(tuple, areas.to_numpy())) == sorted(map(tuple, sums.to_numpy()))


def towns(people):
    return Flows.of(pd.DataFrame(people, columns=["home", "work", "people"]))


# Two towns that each hold their people, and two villages, each tied to one of them.
TWO = towns(
    [
        *[("A", "A", 900), ("A", "B", 50), ("B", "B", 900), ("B", "A", 50)],
        *[("v", "v", 40), ("v", "A", 60), ("w", "w", 40), ("w", "B", 60)],
    ]
)


def test_villages_join_the_town_they_are_tied_to():
    found = labour_areas(TWO, min_size=100, min_self=0.6, target_size=1_000, target_self=0.8)
    assert found.areas == {"A": ("A", "v"), "B": ("B", "w")}
    moves = found.step("moves")
    assert moves["what"].tolist() == ["joined", "joined"]
    assert moves["validity"].iloc[0] < 1


def test_an_area_exactly_at_the_trade_off_is_good_enough():
    """100 residents of whom 80 stay: the least size needs the target 0.8; a touch more is too much."""
    table = towns([("A", "A", 80), ("A", "B", 20), ("B", "B", 80), ("B", "A", 20)])
    fits = labour_areas(table, min_size=100, min_self=0.5, target_size=200, target_self=0.8)
    assert len(fits.areas) == 2
    more = labour_areas(table, min_size=100, min_self=0.5, target_size=200, target_self=0.81)
    assert len(more.areas) == 1


def test_at_the_target_size_the_least_self_containment_is_enough():
    table = towns([("A", "A", 100), ("A", "B", 100), ("B", "B", 100), ("B", "A", 100)])
    assert len(labour_areas(table, 50, 0.5, 200, 0.9).areas) == 2
    assert len(labour_areas(table, 50, 0.51, 200, 0.9).areas) == 1


def test_units_that_cannot_take_part_are_told_with_why():
    extra = [("none", "A", 0), ("gone", "A", 5), ("isle", "isle", 70), ("A", "mine", 5)]
    found = labour_areas(
        towns([*TWO.frame().itertuples(index=False), *extra]), 100, 0.6, 1_000, 0.8
    )
    out = dict(found.step("left out").itertuples(index=False))
    assert out == {
        "none": "no residents",
        "mine": "no residents",
        "gone": "no jobs",
        "isle": "no tie to another",
    }
    assert found.area_of[["none", "gone", "isle", "mine"]].isna().all()
    assert found.areas == {"A": ("A", "v"), "B": ("B", "w")}


SEEDS = st.integers(0, 2**32 - 1)


def random_flows(seed, n=25):
    """Towns in a square; people work at home, or nearby."""
    rng = np.random.default_rng(seed)
    at = rng.random((n, 2))
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    mean = np.outer(rng.pareto(1.5, n) + 0.2, rng.pareto(1.5, n) + 0.2) * np.exp(-8 * apart)
    return rng.poisson(200 * mean + np.diag(rng.random(n) * 500)).astype(float)


@given(SEEDS)
def test_every_area_without_a_unit_from_the_reserve_is_good_enough(seed):
    found = labour_areas(random_flows(seed), 300, 0.6, 2_000, 0.75)
    late = set(found.step("reserve")["area"].dropna())
    areas = found.step("areas").set_index("area")["validity"]
    assert (areas[~areas.index.isin(late)] >= 1 - 1e-12).all()


@given(SEEDS)
def test_every_unit_that_takes_part_is_in_one_area_and_no_person_is_lost(seed):
    people = random_flows(seed)
    found = labour_areas(people, 300, 0.6, 2_000, 0.75)
    out = set(found.step("left out")["unit"])
    assert set(found.area_of.index[found.area_of.isna()]) == out
    kept = [unit for unit in range(len(people)) if unit not in out]
    areas = found.step("areas")
    assert areas["residents"].sum() == people[np.ix_(kept, kept)].sum()
    assert areas["units"].sum() == len(kept)


@given(SEEDS)
def test_self_containment_is_what_the_partition_gives(seed):
    people = random_flows(seed)
    found = labour_areas(people, 300, 0.6, 2_000, 0.75)
    kept = list(found.area_of.dropna().index)
    for row in found.step("areas").itertuples():
        inside = list(found.areas[row.area])
        within = people[np.ix_(inside, inside)].sum()
        assert row.residents_within == pytest.approx(within / people[np.ix_(inside, kept)].sum())
        assert row.jobs_within == pytest.approx(within / people[np.ix_(kept, inside)].sum())


class Plainly:
    """The rule once more, with sets, and sums made anew at every step."""

    def __init__(self, people, min_size, min_self, target_size, target_self):
        self.people = people
        self.limits = min_size, min_self, target_size, target_self
        self.areas = {unit: {unit} for unit in range(len(people))}
        self.reserve = set()

    def worth(self, area):
        min_size, min_self, target_size, target_self = self.limits
        inside = list(area)
        live, work = self.people[inside].sum(), self.people[:, inside].sum()
        within = self.people[np.ix_(inside, inside)].sum()
        contained = min(within / live, within / work)
        short = max((target_size - live) / (target_size - min_size), 0.0)
        size = 1 - (1 - min_self / target_self) * short
        worth = min(contained / target_self, 1.0) * size * (target_self / min_self)
        return 1.0 if contained == 1 else round(worth, 12)

    def best(self, unit, left_out=None):
        people, ties = self.people, [(0.0, None)]
        for name, area in self.areas.items():
            inside = list(area)
            there, back = people[unit, inside].sum(), people[inside, unit].sum()
            if name != left_out and there + back > 0:
                tie = there**2 / people[unit].sum() / people[:, inside].sum()
                ties.append((tie + back**2 / people[inside].sum() / people[:, unit].sum(), name))
        return max(ties, key=lambda tie: tie[0])[1]

    def place(self, unit, left_out=None):
        target = self.best(unit, left_out)
        areas = self.areas
        if target is not None and self.worth(areas[target] | {unit}) >= self.worth(areas[target]):
            areas[target].add(unit)
        else:
            self.reserve.add(unit)
        return target is not None

    def weight(self, unit, area):
        outside = [other for other in range(len(self.people)) if other not in area]
        away = self.people[unit].sum() - self.people[unit, unit]
        return self.people[outside, unit].sum() + away

    def take_apart(self, weak):
        area = self.areas[weak]
        first = min(area, key=lambda unit: (-self.weight(unit, area), unit))
        area.discard(first)
        tied = self.place(first, weak)
        if not area or not tied:
            del self.areas[weak]
        for unit in () if tied else sorted(area, key=lambda unit: (self.worth({unit}), unit)):
            self.place(unit)

    def empty(self):
        for unit in sorted(self.reserve, reverse=True):
            target = self.best(unit)
            if target is not None:
                self.areas[target].add(unit)
                self.reserve.discard(unit)

    def partition(self):
        while True:
            weak = min(self.areas, key=lambda name: (self.worth(self.areas[name]), name))
            if self.worth(self.areas[weak]) >= 1:
                break
            self.take_apart(weak)
        while any(self.best(unit) is not None for unit in self.reserve):
            self.empty()
        return sorted(tuple(sorted(area)) for area in self.areas.values())


@given(SEEDS)
def test_the_partition_is_the_one_that_sets_and_plain_sums_give(seed):
    people = random_flows(seed, n=14)
    found = labour_areas(people, 300, 0.6, 2_000, 0.75)
    assume(found.step("left out").empty)
    assert sorted(found.areas.values()) == Plainly(people, 300, 0.6, 2_000, 0.75).partition()


@given(SEEDS)
def test_so_it_is_where_few_units_are_tied_and_some_to_none(seed):
    rng = np.random.default_rng(seed)
    people = rng.poisson(60, (14, 14)) * (rng.random((14, 14)) < 0.09) * 1.0
    people[np.diag_indices(14)] = rng.poisson(80, 14)
    found = labour_areas(people, 150, 0.6, 600, 0.85)
    assume(found.step("left out").empty)
    assert sorted(found.areas.values()) == Plainly(people, 150, 0.6, 600, 0.85).partition()


def test_each_threshold_changes_the_answer():
    people = random_flows(11, n=60)
    base = {"min_size": 300, "min_self": 0.6, "target_size": 2_000, "target_self": 0.75}
    found = labour_areas(people, **base)
    for name, value in (
        ("min_size", 900),
        ("min_self", 0.74),
        ("target_size", 9_000),
        ("target_self", 0.95),
    ):
        other = labour_areas(people, **base | {name: value})
        assert changed(found.area_of, other.area_of) > 0, name
    moved = stability(labour_areas, {"flows": people, **base}, ["min_self", "target_size"])
    assert moved["changed"].between(0, 1).all()
    assert len(moved) == 4


@pytest.mark.parametrize(
    "wrong", [{"min_size": 0}, {"min_self": 0.9}, {"target_self": 1.2}, {"target_size": 10}]
)
def test_thresholds_that_make_no_trade_off_are_refused(wrong):
    with pytest.raises(BadAsk, match="sizes") as told:
        labour_areas(TWO, **{"min_size": 100, "min_self": 0.6, "target_size": 1_000} | wrong)
    assert told.value.words[0].startswith("规模为")
