"""Path and forecast of the tiny plan's targets, on main and on a branch."""

from datetime import date

import pandas as pd
import pytest

from hutuo.plan.evaluate import Evaluate, TargetAsk, evaluate, target


def grow(region, **ask):
    return next(row for row in evaluate(region, Evaluate(**ask)) if row.target == "grow")


def figures(values, first=2015, days=None):
    rows = [
        {
            "place": "set:area",
            "indicator": "revenue",
            "valid_from": date(first + n, 1, 1),
            "valid_to": date(first + n, 2, 1) if days else date(first + n + 1, 1, 1),
            "value": value,
            "unit": "亿元",
            "source": "book",
        }
        for n, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


def test_the_path_starts_at_the_last_figure_before_the_plan_and_ends_at_the_target(little):
    """146.41 in 2024 to 200 in 2028: 8.1 % a year; the base is the only figure of the plan's time."""
    way = grow(little).trajectory
    assert (way.kind, way.base_figure.year, way.base_figure.value) == ("growth", 2024, 146.41)
    assert way.growth == pytest.approx((200 / 146.41) ** (1 / 4) - 1)
    assert [p.year for p in way.points] == [2024, 2025, 2026, 2027, 2028]
    assert way.points[2].value == pytest.approx((146.41 * 200) ** 0.5)
    assert (way.due_value, way.ahead_by, way.on_path, way.reason) == (None, None, None, None)


def test_another_kind_of_path_may_be_asked_for(little):
    way = grow(little, path="linear").trajectory
    assert (way.kind, way.change) == ("linear", pytest.approx(13.3975))
    assert way.points[1].value == pytest.approx(159.8075)


def test_a_user_sets_a_path_and_the_last_figure_is_held_against_it(own):
    own.append("observation", figures([150], 2025))
    own.append("path", pd.DataFrame([{"target": "grow", "year": 2025, "value": 149.0}]))
    way = grow(own).trajectory
    assert (way.kind, way.due_value, way.ahead_by, way.on_path) == ("own", 149, 1, True)
    steady = grow(own, path="growth").trajectory
    assert (steady.on_path, steady.ahead_by) == (
        False,
        pytest.approx(150 - steady.points[1].value),
    )


def test_where_there_is_no_path_the_reason_is_told(little):
    rows = {row.target: row for row in evaluate(little, Evaluate())}
    ride, parks = rows["ride"].trajectory, rows["parks"].trajectory
    assert (ride.points, ride.reason.en) == ([], "there is no figure to start from")
    assert (parks.points, parks.reason.zh) == ([], "规划未写明个数")
    assert rows["ride"].forecast.reason.en == "there are 0 yearly figures, and it takes 8"


def test_two_figures_are_no_ground_for_a_forecast(little):
    found = grow(little).forecast
    assert (found.points, found.verdict, found.used) == ([], None, 2)
    assert found.reason.zh == "年度数值只有2个,至少须有8个"


SERIES = [60, 66, 71, 80, 86, 95, 101, 115, 122, 137]


def test_eight_yearly_figures_give_a_forecast_on_the_branch_that_has_them_alone(own):
    branch = own.create_branch("more")
    branch.append("observation", figures(SERIES))
    found = grow(branch).forecast
    assert (found.used, found.confidence, found.in_log) == (10, 0.8, True)
    assert [p.year for p in found.points] == [2025, 2026, 2027, 2028]
    end = found.points[-1]
    assert end.value == pytest.approx(137 * (137 / 60) ** (4 / 9))
    assert end.low < end.value < end.high
    assert found.drift == pytest.approx((137 / 60) ** (1 / 9) - 1)
    assert "10 yearly figures of 2015 to 2024, 9.6% a year" in found.method.en
    assert "随机游走" in found.method.zh
    assert grow(own).forecast.points == []


def test_words_about_chance_are_those_of_the_interval(own):
    own.append("observation", figures(SERIES))
    found = grow(own).forecast
    low, high = found.points[-1].low, found.points[-1].high
    how = "reached" if low >= 200 else "missed" if high < 200 else "open"
    assert found.verdict == how
    assert found.says.en.startswith("the 80 % interval of 2028")


def test_a_part_of_a_year_is_not_taken_for_the_year(own):
    """January of 2026 counts for the status as before; path and forecast look at whole years."""
    own.append("observation", figures(SERIES))
    own.append("observation", figures([12], 2026, days=31))
    row = grow(own)
    assert row.observed.value == 12
    assert row.forecast.points[0].year == 2025
    assert row.forecast.used == 10


def test_one_target_traced_shows_the_same(own):
    own.append("observation", figures(SERIES))
    found = target(own, TargetAsk(target="grow")).target
    assert found == grow(own)
