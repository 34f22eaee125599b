"""What plans say of themselves, also where marks were lost on the way into a web page."""

from datetime import date

import pytest

from hutuo.plan.reader.heads import days, head_of, titles_within
from hutuo.plan.reader.outline import body_of
from hutuo.plan.reader.words import plain
from plan.samples import CHAPTERS, ENGLISH, NOTICE


def head(text):
    clear = plain(text)
    return head_of(clear, body_of(clear, titles_within(clear)))


def test_title_issuer_and_years_are_read_where_dashes_were_lost():
    """The date under the signature holds, not the page's; 2024528 is the 28th of May."""
    found = head(NOTICE)
    assert found.title == "青原都市圈发展规划"
    assert found.issuer == "云河省人民政府"
    assert found.date == date(2024, 5, 28)
    assert (found.horizon, found.outlook) == ((2024, 2030), 2035)


def test_a_five_year_plan_has_the_years_of_its_term():
    assert head(CHAPTERS).horizon == (2021, 2025)


def test_an_english_plan_says_its_years_in_its_title():
    found = head(ENGLISH)
    assert (found.title, found.horizon) == ("Riverton Regional Strategy 2025-2035", (2025, 2035))
    assert found.date == date(2025, 5, 3)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024年5月8日", [date(2024, 5, 8)]),
        ("二〇二四年十二月三十一日", [date(2024, 12, 31)]),
        ("2024-05-08", [date(2024, 5, 8)]),
        ("2024528", [date(2024, 5, 28)]),
        ("20240528", [date(2024, 5, 28)]),
        ("May 3, 2024", [date(2024, 5, 3)]),
        ("3 May 2024", [date(2024, 5, 3)]),
        # The 11th of January or the 1st of November: not guessed at.
        ("2024111", []),
        ("2024年13月1日", []),
    ],
)
def test_days_are_read_in_the_ways_they_are_written(said, day):
    assert list(days(plain(said))) == day


def test_years_stand_in_brackets_on_a_line_below_the_title():
    text = "青原省化工行业发展规划\n（2026—2030年）\n为落实要求，制定本规划。\n一、目标\n产值增长5%。\n"
    assert head(text).horizon == (2026, 2030)
