"""Labour market areas of 200 units, against the same rule with tables that are grouped anew at every step.

The baseline is how the areas are usually made: flows between areas and their sums come from a frame, grouped
after every move. Bounds: the same partition, at most 1/100 of its time; then how the kernel grows with the
number of units. Towns are scattered on a made plain; people work at home, or near.
"""

import sys
import time

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from hutuo.space.flows import Flows
from hutuo.space.labour import labour_areas

UNITS = 200
GROWTH = (1_000, 4_000, 16_000)
LIMITS = (3_500.0, 0.667, 25_000.0, 0.75)
NEAR = 60
ROUNDING = 1e-12


def main(units: int = UNITS, growth: tuple[int, ...] = GROWTH) -> None:
    """Print ours, the baseline, the ratio, and the growth."""
    labour_areas(np.array([[5.0, 3.0], [2.0, 9.0]]), 1, 0.5, 10, 0.8)
    flows = scattered(units)
    began = time.perf_counter()
    found = labour_areas(flows, *LIMITS)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    plain = grouped(flows)
    theirs = time.perf_counter() - began
    same = sorted(found.areas.values()) == plain
    print(f"{units} units, {len(plain)} areas, {len(found.step('moves'))} moves")
    print(
        f"ours {ours * 1e3:.1f} ms, grouped tables {theirs:.1f} s: {theirs / ours:.0f} times ours"
    )
    print(f"the same partition: {same}")
    for number in growth:
        flows = scattered(number)
        began = time.perf_counter()
        found = labour_areas(flows, *LIMITS)
        took = time.perf_counter() - began
        print(
            f"{number:,} units, {flows.matrix.nnz:,} flows: {took:.2f} s, {len(found.areas)} areas"
        )


def scattered(units: int) -> Flows:
    """Flows between each town and its nearest ones."""
    rng = np.random.default_rng(3)
    at, size = rng.random((units, 2)) * np.sqrt(units) * 6, np.exp(rng.normal(7, 1.3, units))
    apart, near = cKDTree(at).query(at, k=NEAR)
    drawn = size[near] * np.exp(-apart / 8)
    people = rng.poisson(size[:, None] * drawn / drawn.sum(axis=1, keepdims=True)).ravel()
    pairs = np.repeat(np.arange(units), NEAR), near.ravel()
    matrix = csr_array((people.astype(float), pairs), shape=(units, units))
    matrix.eliminate_zeros()
    return Flows(tuple(range(units)), matrix)


class Tables:
    """The state of the rule as frames: flows, and the area of each unit."""

    def __init__(self, flows: Flows) -> None:
        self.flows = flows.frame()
        self.area = pd.Series(range(len(flows.units)))
        self.sums()

    def sums(self) -> None:
        """Residents, jobs, people within and validity of every area, from the flows."""
        home, work = self.flows["home"].map(self.area), self.flows["work"].map(self.area)
        people = self.flows["people"]
        table = pd.DataFrame(
            {"live": people.groupby(home).sum(), "work": people.groupby(work).sum()}
        )
        inside = home == work
        table["inner"] = people[inside].groupby(home[inside]).sum()
        self.table = table.fillna(0.0)[table.index >= 0]
        self.valid = worth(self.table)

    def best(self, unit: int, left_out: int | None = None) -> int | None:
        """Area that a unit is tied to most."""
        sides = []
        for own, other, sums in (
            ("home", "work", ("live", "work")),
            ("work", "home", ("work", "live")),
        ):
            mine = self.flows[self.flows[own] == unit]
            areas = mine[other].map(self.area)
            people = mine["people"].groupby(areas).sum()
            people = people[(people.index >= 0) & (people.index != left_out)]
            sides.append(
                people**2 / mine["people"].sum() / self.table[sums[1]].reindex(people.index)
            )
        ties = sides[0].add(sides[1], fill_value=0.0)
        return None if ties.empty else int(ties[ties == ties.max()].index.max())


def worth(table: pd.DataFrame) -> "pd.Series[float]":
    """Validity of areas."""
    least, contained, target, goal = LIMITS
    within = np.minimum(table["inner"] / table["live"], table["inner"] / table["work"])
    short = ((target - table["live"]) / (target - least)).clip(lower=0)
    found = (
        (within / goal).clip(upper=1) * (1 - (1 - contained / goal) * short) * (goal / contained)
    )
    return found.mask(within == 1, 1.0)


def grouped(flows: Flows) -> list[tuple[int, ...]]:
    """The partition by the rule, with everything summed up again after each move."""
    state = Tables(flows)
    while state.valid.min() < 1 - ROUNDING:
        weak = int(state.valid.idxmin())
        members = state.area.index[state.area == weak]
        out = state.flows[~state.flows["home"].isin(members)].groupby("work")["people"].sum()
        away = state.flows[state.flows["home"] != state.flows["work"]]
        away_people = away.groupby("home")["people"].sum()
        weight = out.reindex(members).fillna(0) + away_people.reindex(members).fillna(0)
        first = int(weight.idxmax())
        target = state.best(first, weak)
        state.area[first] = -1
        if target is None:
            sys.exit("a unit without a tie to another area: not in this benchmark")
        before = state.valid[target]
        state.area[first] = target
        state.sums()
        if state.valid[target] < before - ROUNDING:
            state.area[first] = -1
            state.sums()
    waiting = sorted(state.area.index[state.area < 0], reverse=True)
    for unit in waiting:
        state.area[unit] = state.best(unit)
        state.sums()
    return sorted(tuple(units) for units in state.area.groupby(state.area).groups.values())


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:2]))
