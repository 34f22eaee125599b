"""Air quality indices by the standard, levels of episodes, and warnings held against them."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from hutuo.environment.airquality import (
    BREAKS,
    INDEX,
    air_quality_index,
    individual_index,
    level_of,
    levels_of,
    standard_of,
)
from hutuo.environment.episodes import Episodes, episodes
from hutuo.errors import BadInput, NotFound


@pytest.mark.parametrize(
    ("pollutant", "concentration", "index"),
    [
        ("PM25", 0, 0),
        ("PM25", 35, 50),
        ("PM25", 36, 52),
        ("PM25", 95, 125),
        ("PM25", 150, 200),
        ("PM25", 151, 201),
        ("PM10", 150, 100),
        ("SO2", 100, 75),
        ("NO2", 100, 110),
        ("CO", 3.5, 88),
        ("O3_8H", 187.5, 125),
        ("PM25", 501, 500),
        ("O3_8H", 900, 300),
    ],
)
def test_individual_indices_by_hand(pollutant, concentration, index):
    """HJ 633-2012: 36 ug/m3 of PM2.5 are 50 + 50/40, rounded up 52; 3.5 mg/m3 of CO 50 + 50 x 1.5/2."""
    assert individual_index(pollutant, concentration) == index


def test_every_breakpoint_has_its_own_index():
    for pollutant, points in BREAKS.items():
        told = [individual_index(pollutant, point) for point in points]
        assert told == list(INDEX[: len(points)])


@pytest.mark.parametrize(
    ("pollutant", "concentration", "index"),
    [
        ("PM25", 60, 100),
        ("PM25", 75, 114),
        ("PM25", 115, 150),
        ("PM10", 120, 100),
        ("PM10", 150, 112),
    ],
)
def test_particles_count_for_more_by_the_standard_of_2026(pollutant, concentration, index):
    """HJ 633-2026, table 3: 75 ug/m3 of PM2.5 are 100 + 50 x 15/55, rounded up 114; 100 in 2012."""
    assert individual_index(pollutant, concentration, "2026") == index
    assert individual_index(pollutant, concentration) <= index
    assert individual_index("SO2", 80, "2026") == individual_index("SO2", 80)
    with pytest.raises(NotFound, match="no standard '1996'"):
        individual_index(pollutant, 1, "1996")


def test_the_standard_changes_on_the_first_of_march_2026():
    assert standard_of(date(2026, 2, 28)) == "2012"
    assert standard_of(date(2026, 3, 1)) == "2026"


def test_the_index_of_a_day_is_the_largest_and_names_what_it_is_of():
    assert air_quality_index({"PM25": 95, "PM10": 200, "CO": 1}) == (125, ("PM10", "PM25"))
    assert air_quality_index({"PM25": 20, "O3_8H": 90}) == (45, ())
    assert air_quality_index({}) is None


def test_a_negative_concentration_and_an_unknown_pollutant_are_refused():
    with pytest.raises(BadInput, match="0 or more"):
        individual_index("PM25", -1)
    with pytest.raises(NotFound, match="no pollutant 'PB'"):
        individual_index("PB", 1)


@pytest.mark.parametrize(
    ("version", "indices", "level"),
    [
        ("air-2018", [201, 200, 250], None),
        ("air-2018", [201, 201], "yellow"),
        ("air-2018", [201, 201, 201], "orange"),
        ("air-2018", [201, 301, 301, 201], "red"),
        ("air-2018", [201, 301, 201, 301], "orange"),
        ("air-2018", [500], "red"),
        ("air-2022", [150], None),
        ("air-2022", [201], "yellow"),
        ("air-2022", [151, 151], "yellow"),
        ("air-2022", [151, 151, 151], "orange"),
        ("air-2022", [201, 201, 300], "orange"),
        ("air-2022", [201, 201, 301], "red"),
    ],
)
def test_levels_by_days_in_a_row(version, indices, level):
    found = level_of(indices, levels_of(version))
    assert (found.level if found else None) == level


def test_a_version_that_is_not_there_is_refused():
    with pytest.raises(NotFound, match="no version of levels 'air-1999'"):
        levels_of("air-1999")


@pytest.fixture
def smoggy(own):
    """PM2.5 of ten days at one place; warnings from a forecast by the hour."""
    about = {"topic": "environment", "definition_zh": "日均", "definition_en": "Daily mean"}
    kinds = [
        {
            "indicator": name,
            "zh": zh,
            "en": name,
            "unit": unit,
            "aggregation": "none",
            "core": False,
        }
        for name, zh, unit in (("pm25", "细颗粒物", "ug/m3"), ("forecast", "预测指数", "ratio"))
    ]
    own.append("indicator", pd.DataFrame(kinds).assign(**about))
    days = pd.DataFrame({"value": [80, 130, 160, 260, 90, 40, 0.12, 0.2, 40, 40]})
    days["valid_from"] = [date(2026, 1, day) for day in range(1, 11)]
    days["valid_to"] = [date(2026, 1, day + 1) for day in range(1, 11)]
    days["unit"] = ["ug/m3"] * 6 + ["mg/m3"] * 2 + ["ug/m3"] * 2
    own.append("observation", days.assign(place="990101", indicator="pm25", source="book"))
    hours = [datetime(2026, 1, day, 4, tzinfo=UTC) for day in (1, 2, 5, 9, 10)]
    told = pd.DataFrame({"valid_from": hours, "value": [1.0, 0, 0, 1.0, 0]})
    told["recorded_at"] = told["valid_from"]
    own.append(
        "observation",
        told.assign(place="990101", indicator="forecast", unit="ratio", source="book"),
    )
    rule = {
        "rule": "smog",
        "zh": "重污染",
        "en": "Smog",
        "indicator": "forecast",
        "level": "yellow",
    }
    rule |= {"sense": "above", "raise_at": 1, "clear_at": 1, "source": "book"}
    own.append("warning_rule", pd.DataFrame([rule]))
    plan = {"protocol": "air", "zh": "空气", "en": "Air", "source": "book"}
    own.append("protocol", pd.DataFrame([plan]))
    steps = pd.DataFrame(
        {
            "ordinal": [1, 2],
            "kind": ["notify", "task"],
            "level": [None, "red"],
            "whose": ["here", "downstream"],
            "minutes": [60.0, 120.0],
            "zh": ["告知", "停产"],
            "en": ["Be told", "Stop kilns"],
        }
    )
    own.append("protocol_step", steps.assign(protocol="air", source="book"))
    return own


def test_episodes_by_level_with_who_has_what_to_do_and_a_rule_held_against_them(smoggy):
    """Worked by hand: 2 to 4 January AQI 170, 210, 310; 7 and 8 January 157 and 250 (told in mg/m3)."""
    found = episodes(smoggy, Episodes(rule="smog", protocol="air", days=30))
    late, early = found.rows
    assert (early.begins_on, early.ends_on) == (date(2026, 1, 2), date(2026, 1, 4))
    assert (early.colour, early.reached_on, early.cut_share) == ("orange", date(2026, 1, 4), 0.2)
    assert (early.peak_aqi, early.peak_day, early.primary) == (310, date(2026, 1, 4), ["PM25"])
    assert (late.begins_on, late.colour, late.peak_aqi) == (date(2026, 1, 7), "yellow", 250)
    # Warned on 1 January at noon, Beijing time, 12 hours before; the warning of 9 January was wrong.
    assert (early.is_warned, early.lead_hours) == (True, 12)
    assert (late.is_warned, late.lead_hours) == (False, None)
    assert (found.warned, found.precision, found.recall, found.measured_days) == (2, 0.5, 0.5, 10)
    assert [(row.colour, row.says.en) for row in found.actions] == [
        ("red", "Be told"),
        ("red", "Stop kilns"),
        ("orange", "Be told"),
        ("yellow", "Be told"),
    ]


def test_by_the_levels_of_2018_fewer_days_count(smoggy):
    found = episodes(smoggy, Episodes(levels="air-2018"))
    assert [(row.begins_on.day, row.colour, row.is_warned) for row in found.rows] == [
        (3, "yellow", None)
    ]
    assert found.recall is None
    # By the new standard 130 ug/m3 come to 172 and 80 to 119: the same days are bad, none is less so.
    stricter = episodes(smoggy, Episodes(aqi_standard="2026"))
    assert [row.peak_aqi for row in stricter.rows] == [250, 310]
    with pytest.raises(NotFound, match="no protocol 'water'"):
        episodes(smoggy, Episodes(protocol="water"))


def test_a_region_without_daily_means_has_no_episodes(little):
    assert episodes(little, Episodes()).rows == []
