"""Measures of accessibility as their formulas stand in the papers: loops over plain numbers."""

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hutuo.space import decay

DECAYS = {
    "binary": (decay.binary(30), lambda t: 1.0 if t <= 30 else 0.0),
    "below": (decay.binary(30, included=False), lambda t: 1.0 if t < 30 else 0.0),
    "stepped": (
        decay.stepped([10, 20, 30], [1, 0.68, 0.22]),
        lambda t: 1.0 if t <= 10 else 0.68 if t <= 20 else 0.22 if t <= 30 else 0.0,
    ),
    "exponential": (decay.exponential(0.1), lambda t: math.exp(-0.1 * t)),
    "power": (decay.power(1.5, least=2), lambda t: max(t, 2.0) ** -1.5),
    "logistic": (
        decay.logistic(20, 5),
        lambda t: (
            (1 + math.exp(-20 * math.pi / (5 * math.sqrt(3))))
            / (1 + math.exp((t - 20) * math.pi / (5 * math.sqrt(3))))
        ),
    ),
    "linear": (decay.linear(40), lambda t: max(0.0, 1 - t / 40)),
    "gaussian": (decay.gaussian(15), lambda t: math.exp(-(t**2) / (2 * 15**2))),
    "gaussian_to_zero": (
        decay.gaussian_to_zero(40),
        lambda t: (
            (math.exp(-((t / 40) ** 2) / 2) - math.exp(-0.5)) / (1 - math.exp(-0.5))
            if t < 40
            else 0.0
        ),
    ),
    "custom": (decay.custom(lambda t: 1 / (1 + t)), lambda t: 1 / (1 + t)),
}


def weights(minutes, formula):
    return [[0.0 if math.isinf(t) else formula(float(t)) for t in row] for row in minutes]


def two_step(w, supply, demand):
    origins, sites = range(len(demand)), range(len(supply))
    served = [sum(w[i][j] * demand[i] for i in origins) for j in sites]
    return [sum(w[i][j] * supply[j] / served[j] for j in sites if served[j] > 0) for i in origins]


def three_step(w, supply, demand):
    origins, sites = range(len(demand)), range(len(supply))
    chosen = [[w[i][j] / sum(w[i]) if sum(w[i]) else 0.0 for j in sites] for i in origins]
    served = [sum(chosen[i][j] * w[i][j] * demand[i] for i in origins) for j in sites]
    return [
        sum(chosen[i][j] * w[i][j] * supply[j] / served[j] for j in sites if served[j] > 0)
        for i in origins
    ]


def balanced(w, supply, demand):
    origins, sites = range(len(demand)), range(len(supply))
    across = [sum(w[i][j] for i in origins) for j in sites]
    by_origin = [[w[i][j] / sum(w[i]) if sum(w[i]) else 0.0 for j in sites] for i in origins]
    by_site = [[w[i][j] / across[j] if across[j] else 0.0 for j in sites] for i in origins]
    served = [sum(demand[i] * by_origin[i][j] for i in origins) for j in sites]
    return [
        sum(by_site[i][j] * supply[j] / served[j] for j in sites if served[j] > 0) for i in origins
    ]


def spatial_availability(w, supply, demand, alpha=1.0):
    """With both balancing factors of the paper, as it has them."""
    origins, sites = range(len(demand)), range(len(supply))
    pull = [d**alpha if d > 0 else 0.0 for d in demand]
    people = [p / sum(pull) if sum(pull) else 0.0 for p in pull]
    total = [0.0] * len(demand)
    for j in sites:
        column = sum(w[i][j] for i in origins)
        cost = [w[i][j] / column if column else 0.0 for i in origins]
        both = [people[i] * cost[i] for i in origins]
        for i in origins:
            total[i] += supply[j] * both[i] / sum(both) if sum(both) > 0 else 0.0
    return total


@st.composite
def problems(draw):
    """Minutes with ways and without, limits met exactly; supply and demand, some of them 0."""
    n, m = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    times = st.one_of(
        st.sampled_from([0.0, 10.0, 20.0, 30.0, 40.0, np.inf]), st.floats(0, 90, width=32)
    )
    minutes = draw(arrays(np.float32, (n, m), elements=times))
    counts = st.integers(0, 1000).map(float)
    return (
        minutes,
        draw(arrays(np.float64, m, elements=counts)),
        draw(arrays(np.float64, n, elements=counts)),
    )
