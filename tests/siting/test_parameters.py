"""Every parameter of a model changes its answer; those of the search change only how it is come to."""

import inspect

import numpy as np
import pytest

from hutuo.siting import capacitated_location, max_cover, p_center, p_median, set_cover

_draw = np.random.default_rng(7)
_places = _draw.random((24, 2)) * 100
COST = np.hypot(*(_places[:, None] - _places[None]).transpose(2, 0, 1)).round()
WEIGHTS = _draw.integers(1, 30, 24).astype(float)
PRICE = _draw.integers(20, 60, 24).astype(float)
# The limits are costs of ways, so that it matters whether they count themselves: within the first one three
# sites cover all, and no fewer.
RADIUS = p_center(COST, 3).objective
LIMIT = float(np.sort(COST[COST > 0])[100])
# How long, from where and how near is looked for does not change what is best.
SEARCH = {"time_limit": 60.0, "gap": 0.0, "seed": 3, "start": [0, 1, 2]}
# Of each model an ask, and another value of each of its parameters.
MODELS = {
    p_median: (
        {"cost": COST, "weights": WEIGHTS, "p": 3},
        {"cost": COST[:, ::-1] * 2, "weights": WEIGHTS**2, "p": 4, "fixed": [0], "forbidden": "best"},
    ),
    p_center: (
        {"cost": COST, "p": 3},
        {"cost": COST * 2, "p": 4, "fixed": [0], "forbidden": "best"},
    ),
    set_cover: (
        {"cost": COST, "limit": RADIUS},
        {
            "cost": COST * 1.4, "limit": RADIUS * 1.5, "opening": PRICE, "fixed": "another",
            "forbidden": "best", "times": 2, "inclusive": False,
        },
    ),
    max_cover: (
        {"cost": COST, "limit": LIMIT, "p": 3, "weights": WEIGHTS},
        {
            "cost": COST * 2, "limit": LIMIT * 1.5, "p": 4, "weights": WEIGHTS**2, "fixed": "another",
            "forbidden": "best", "times": 2, "inclusive": False,
        },
    ),
    capacitated_location: (
        {
            "fixed": PRICE * 20, "capacity": np.full(24, 61.0), "demand": WEIGHTS,
            "cost": COST * WEIGHTS[:, None],
        },
        {
            "fixed": PRICE, "capacity": None, "demand": WEIGHTS[::-1], "cost": COST, "single_source": True,
            "p": 9, "kept": "another", "forbidden": "best",
        },
    ),
}  # fmt: skip
CASES = [(model, name) for model, (_, others) in MODELS.items() for name in others]


def said(found):
    return found.sites, round(found.objective, 6)


@pytest.mark.parametrize(("model", "name"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_another_value_gives_another_answer(model, name):
    ask, others = MODELS[model]
    found = model(**ask)
    assert found.status == "optimal"
    value = others[name]
    if isinstance(value, str):
        unused = [site for site in range(24) if site not in found.sites]
        value = found.sites if value == "best" else unused[:1]
    other = model(**ask | {name: value})
    assert other.status == "optimal"
    assert said(other) != said(found)
    if (name in ("fixed", "kept") and model is not capacitated_location) or name == "kept":
        assert set(value) <= set(other.sites)
    if name == "forbidden":
        assert not set(value) & set(other.sites)


@pytest.mark.parametrize("model", MODELS, ids=lambda one: one.__name__)
def test_no_parameter_is_left_out_and_those_of_the_search_change_no_optimum(model):
    ask, others = MODELS[model]
    known = set(inspect.signature(model).parameters)
    assert known - set(SEARCH) == set(others)
    found = model(**ask)
    for name in known & set(SEARCH):
        assert model(**ask | {name: SEARCH[name]}).objective == pytest.approx(found.objective)
