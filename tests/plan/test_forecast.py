"""The forecast: by hand, against another solver, and against simulated futures."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from hutuo.plan.forecast import FEWEST, Ahead, Forecast, NoForecast, forecast, verdict
from hutuo.plan.status import Point

YEARS = range(2015, 2023)
LEVELS = [10.0, 12.0, 11.0, 15.0, 16.0, 15.0, 19.0, 24.0]


def points(values, first=2015):
    return [Point(first + n, value) for n, value in enumerate(values)]


def test_by_hand_from_the_changes():
    """Changes 2, -1, 4, 1, -1, 4, 5: drift 14/7 = 2, spread sqrt(36/6); three years on: 24 + 3 · 2."""
    found = forecast(points(LEVELS), 2025, share=True)
    assert (found.log, found.drift, found.spread) == (False, 2, pytest.approx(sqrt(36 / 6)))
    half = t.ppf(0.9, 6) * sqrt(6) * sqrt(3 + 9 / 7)
    assert found.ahead[-1] == pytest.approx((2025, 30, 30 - half, 30 + half))
    assert (found.used, found.first, found.last, len(found.ahead)) == (8, 2015, 2022, 3)


def test_positive_figures_are_looked_at_by_their_logarithm():
    """The exponential of the forecast of the logarithms; so no interval reaches below nothing."""
    found = forecast(points(LEVELS), 2030)
    plain = forecast(points([log(value) for value in LEVELS]), 2030, share=True)
    assert found.log
    for mine, other in zip(found.ahead, plain.ahead, strict=True):
        assert mine[1:] == pytest.approx([exp(end) for end in other[1:]])
    assert found.drift == pytest.approx(exp(plain.drift) - 1)
    assert not forecast(points([-1, *LEVELS[1:]]), 2030).log


@pytest.mark.parametrize("missing", [(), (2016,), (2017, 2018)])
def test_another_solver_finds_the_same_drift_spread_and_interval(missing):
    """Changes on the years spanned by weighted least squares of statsmodels, weights 1 / years."""
    from statsmodels.api import WLS

    rng = np.random.default_rng(5)
    walk = np.cumsum(rng.normal(1, 2, 14))
    seen = [p for p in points(walk) if p.year not in missing]
    years, levels = (np.array(column, float) for column in zip(*seen, strict=True))
    span = np.diff(years)
    fit = WLS(np.diff(levels), span, weights=1 / span).fit()
    found = forecast(seen, 2034, share=True)
    assert found.drift == pytest.approx(fit.params[0])
    assert found.spread == pytest.approx(sqrt(fit.scale))
    for ahead in found.ahead:
        h = ahead.year - 2028
        # A new change over h years: its own variance is h times that of a year.
        told = fit.get_prediction([h], weights=1 / h).summary_frame(alpha=0.2)
        assert levels[-1] + told["obs_ci_lower"][0] == pytest.approx(ahead.low)
        assert levels[-1] + told["obs_ci_upper"][0] == pytest.approx(ahead.high)


@pytest.mark.parametrize(("years", "ahead"), [(8, 1), (8, 6), (15, 6), (15, 12)])
def test_four_of_five_simulated_futures_lie_in_the_interval(years, ahead):
    """Growth of 6 % a year with chance of 3 %, 3,000 times: 80 of 100 futures lie in it."""
    rng = np.random.default_rng(years * 100 + ahead)
    walks = 100 * np.exp(np.cumsum(rng.normal(0.06, 0.03, (3000, years + ahead)), axis=1))
    held = 0
    for walk in walks:
        end = forecast(points(walk[:years].tolist()), 2014 + years + ahead).ahead[-1]
        held += end.low <= walk[-1] <= end.high
    assert held / len(walks) == pytest.approx(0.80, abs=0.025)


def test_where_a_line_is_the_truth_the_interval_errs_on_the_wide_side():
    rng = np.random.default_rng(3)
    series = 100 + 5 * np.arange(14) + rng.normal(0, 3, (1000, 14))
    held = 0
    for row in series:
        end = forecast(points(row[:10].tolist()), 2028, share=True).ahead[-1]
        held += end.low <= row[-1] <= end.high
    assert held / len(series) > 0.9


@pytest.mark.parametrize(
    ("values", "year", "reason"),
    [
        (LEVELS[: FEWEST - 1], 2030, "few"),
        ([], 2030, "few"),
        (LEVELS, 2022, "over"),
        (LEVELS, 2000, "over"),
        ([100 * 1.1**n for n in range(9)], 2030, "steady"),
        ([5.0] * 9, 2030, "steady"),
        ([10.0 ** (300 * (-1) ** n) for n in range(9)], 2030, "beyond"),
    ],
)
def test_where_there_is_none_the_reason_is_told(values, year, reason):
    assert forecast(points(values), year) == NoForecast(reason, len(values))


amounts = st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), min_size=8, max_size=25)


@given(amounts, st.integers(1, 30))
def test_the_interval_holds_the_forecast_and_widens(values, ahead):
    found = forecast(points(values), 2014 + len(values) + ahead, share=True)
    if isinstance(found, Forecast):
        widths = [end.high - end.low for end in found.ahead]
        assert widths == sorted(widths)
        assert all(end.low < end.value < end.high for end in found.ahead)
        assert [end.year for end in found.ahead][-1] == 2014 + len(values) + ahead


@given(amounts, st.floats(0.1, 1000), st.integers(1, 9))
def test_another_unit_gives_the_same_forecast_in_that_unit(values, factor, ahead):
    year = 2014 + len(values) + ahead
    found = forecast(points(values), year, share=True)
    other = forecast(points([factor * value for value in values]), year, share=True)
    if isinstance(found, Forecast) and isinstance(other, Forecast):
        scale = max(abs(v) for v in values) * factor
        for a, b in zip(found.ahead, other.ahead, strict=True):
            assert [factor * v for v in a[1:]] == pytest.approx(list(b[1:]), abs=1e-6 * scale)


@pytest.mark.parametrize(
    ("operator", "value", "how"),
    [
        (">=", 9, "reached"), (">=", 15, "open"), (">=", 21, "missed"), (">", 10, "open"),
        ("<=", 9, "missed"), ("<=", 20, "reached"), ("<", 20, "open"), ("=", 15, "open"),
        ("=", 21, "missed"),
    ],
)  # fmt: skip
def test_what_is_said_of_chance_comes_from_the_interval_alone(operator, value, how):
    assert verdict(operator, value, Ahead(2030, 15, 10, 20)) == how
