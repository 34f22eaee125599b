"""English plans read: figures, what they are of, by when, how firmly; duties; headings and heads."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.plan.reader import heads, outline
from hutuo.plan.reader.english import duties_in, figures_of, sentences_of
from hutuo.plan.reader.englishwords import forms, is_english
from hutuo.plan.reader.outline import Clause
from hutuo.plan.reader.quantities import quantities_of
from hutuo.plan.reader.sentences import Quantity, Setting
from hutuo.plan.reader.words import plain
from hutuo.plan.reader.years import years_of


class Case(NamedTuple):
    """A sentence and what is to be read in it: kind, subject, operator, value, unit, type, year, whence."""

    sentence: str
    figures: tuple[tuple[str, str, str, float | None, str, str, int | None, str], ...]


def read(sentence: str, heading: str = "", past: int | None = None) -> list[Quantity]:
    said = plain(sentence)
    clause = Clause("1", None, 1, "", "", 0, len(said), has_text=True)
    setting = Setting(clause, heading, None, past, 2024, 2035, preamble=False)
    return figures_of(said, 0, years_of(said), setting, past)


def short(row: Quantity) -> tuple[str, str, str, float | None, str, str, int | None, str]:
    return (
        row.kind,
        row.subject,
        row.operator,
        row.value,
        row.unit,
        row.value_type,
        row.target_year,
        row.year_from,
    )


T, B = "target", "baseline"
CASES = [
    Case(
        "The Council will build 5,000 homes, 20 schools and 3 hospitals by 2030.",
        (
            (T, "homes", ">=", 5000, "homes", "level", 2030, "stated"),
            (T, "schools", ">=", 20, "schools", "level", 2030, "stated"),
            (T, "hospitals", ">=", 3, "hospitals", "level", 2030, "stated"),
        ),
    ),
    Case(
        "Reduce car traffic by 40% from 2015 levels.",
        ((T, "car traffic", ">=", 40, "%", "change", 2035, "inherited"),),
    ),
    Case(
        "Raise the share of renewable energy from 35% in 2020 to 60% in 2030.",
        (
            (B, "share of renewable energy", "=", 35, "%", "share", 2020, "stated"),
            (T, "share of renewable energy", ">=", 60, "%", "share", 2030, "stated"),
        ),
    ),
    Case(
        "Housing starts and new jobs will reach 500 and 900 respectively by 2028.",
        (
            (T, "Housing starts", ">=", 500, "", "level", 2028, "stated"),
            (T, "new jobs", ">=", 900, "", "level", 2028, "stated"),
        ),
    ),
    Case(
        "Unemployment should fall below 5 per cent by 2027.",
        ((T, "unemployment", "<", 5, "%", "share", 2027, "stated"),),
    ),
    Case(
        "The rail network shall be extended by 45 km by the end of 2029.",
        ((T, "rail network", ">=", 45, "km", "change", 2029, "stated"),),
    ),
    Case(
        "At least two thirds of new homes shall be within 800 metres of a station.",
        (
            (T, "new homes", ">=", 66.666667, "%", "share", 2035, "inherited"),
            ("attribute", "800 metres", "=", 800, "metres", "level", None, "none"),
        ),
    ),
    Case(
        "The number of visitors will double by 2032 compared with 2022.",
        ((T, "visitors", ">=", 2, "times", "change", 2032, "stated"),),
    ),
    Case(
        "In 2022, the region had 1.2 million inhabitants and 48,500 businesses.",
        (
            (B, "inhabitants", "=", 1.2, "million inhabitants", "level", 2022, "stated"),
            (B, "businesses", "=", 48500, "businesses", "level", 2022, "stated"),
        ),
    ),
    Case(
        "Employment rose by 3.2% a year between 2015 and 2020.",
        ((B, "employment", "=", 3.2, "%", "growth", 2020, "stated"),),
    ),
    Case(
        "Halve food waste by 2030.", ((T, "food waste", ">=", 50, "%", "change", 2030, "stated"),)
    ),
    Case(
        "Carbon neutrality will be reached by 2040.",
        ((T, "greenhouse gas emissions", "<=", 0, "net", "level", 2040, "stated"),),
    ),
    Case(
        "The unemployment rate stood at 6.4% in 2023, down from 7.9% in 2019.",
        (
            (B, "unemployment rate", "=", 6.4, "%", "share", 2023, "stated"),
            (B, "unemployment rate", "=", 7.9, "%", "share", 2019, "stated"),
        ),
    ),
    Case(
        "The share of early school leavers should be no higher than 9% by 2027 and 7% by 2030.",
        (
            (T, "share of early school leavers", "<=", 9, "%", "share", 2027, "stated"),
            (T, "share of early school leavers", "<=", 7, "%", "share", 2030, "stated"),
        ),
    ),
    Case(
        "The programme aims to create between 2,000 and 2,500 jobs and to train up to 300 apprentices.",
        (
            (T, "jobs", ">=", 2000, "jobs", "level", 2035, "inherited"),
            (T, "apprentices", "<=", 300, "apprentices", "level", 2035, "inherited"),
        ),
    ),
    Case(
        "The ferry shall run every 20 minutes during peak hours.",
        ((T, "ferry", "<=", 20, "minutes", "level", 2035, "inherited"),),
    ),
    Case(
        "One in five trips will be by bicycle by 2030.",
        ((T, "trips", ">=", 20, "%", "share", 2030, "stated"),),
    ),
    Case(
        "Achieve a 75% recycling rate by 2031.",
        ((T, "recycling rate", ">=", 75, "%", "share", 2031, "stated"),),
    ),
    Case(
        "EUR 1.2 billion will be allocated to rail.",
        ((T, "rail", ">=", 1.2, "EUR billion", "level", 2035, "inherited"),),
    ),
    Case(
        "Secure $2.5 million in grant funding by December 2027.",
        ((T, "grant funding", ">=", 2.5, "$ million", "level", 2027, "stated"),),
    ),
    Case(
        "Expand the bus fleet from 180 to 260 vehicles by 2030.",
        (
            (B, "bus fleet", "=", 180, "", "level", None, "none"),
            (T, "bus fleet", ">=", 260, "vehicles", "level", 2030, "stated"),
        ),
    ),
    Case(
        "Water losses shall not be higher than 10%.",
        ((T, "water losses", "<=", 10, "%", "share", 2035, "inherited"),),
    ),
    Case(
        "At present 62 of 80 municipalities have a climate plan.",
        ((B, "municipalities", "=", 62, "municipalities", "level", None, "none"),),
    ),
    Case(
        "Cities with more than 100,000 inhabitants shall adopt mobility plans by 2026.",
        (("attribute", "inhabitants", "=", 100000, "inhabitants", "level", None, "none"),),
    ),
    Case(
        "The plan has three priorities.",
        (("structure", "priorities", "=", 3, "priorities", "level", None, "none"),),
    ),
    Case(
        "Traffic deaths: 0 by 2035.",
        ((T, "traffic deaths", "<=", 0, "", "level", 2035, "stated"),),
    ),
    Case(
        "By 2035 the population is projected to grow to 400,000.",
        ((T, "population", ">=", 400000, "", "level", 2035, "stated"),),
    ),
    Case(
        "The 2030 target is a 50% modal share for public transport.",
        ((T, "modal share", ">=", 50, "%", "share", 2030, "stated"),),
    ),
    Case(
        "The network grew to 1 250 km in 2021.",
        ((B, "network", "=", 1250, "km", "level", 2021, "stated"),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.sentence[:40] for case in CASES])
def test_figures_of_a_sentence(case: Case) -> None:
    assert tuple(short(row) for row in read(case.sentence)) == case.figures


@pytest.mark.parametrize(
    "sentence",
    [
        "Route 101 and Phase 2 are shown in Figure 3 and Section 3.2 on page 12.",
        "COVID-19 and PM2.5 are watched 24/7; call 415-555-0123 before May 3, 2022.",
        "Horizon 2020 and Agenda 2030 are named in Resolution 2022-45.",
        "Residents aged 20 to 64 meet over the next five years at 7:30 p.m.",
        "The office is at 3501 Civic Center Drive.",
    ],
)
def test_names_dates_and_addresses_are_no_figures(sentence: str) -> None:
    assert [row for row in read(sentence) if row.kind in ("target", "baseline", "scope")] == []


def test_a_change_keeps_the_year_it_counts_from_and_a_span_its_upper_end() -> None:
    (cut,) = read("Emissions must be cut by at least 55 percent by 2030 relative to 1990.")
    assert (cut.value_type, cut.base_year, cut.target_year) == ("change", 1990, 2030)
    (span,) = read("Reserve 10-15% of the budget.")
    assert (span.value, span.value_hi) == (10, 15)


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("The City shall plant 500 trees.", "shall"),
        ("The City must plant 500 trees.", "must"),
        ("The City aims to plant 500 trees.", "aims to"),
        ("The City seeks to plant 500 trees.", "seeks to"),
        ("The City may plant 500 trees.", "may"),
        ("Plant 500 trees.", None),
    ],
)
def test_how_firmly_is_kept_as_it_is_said(sentence: str, stance: str | None) -> None:
    assert [row.stance for row in read(sentence)] == [stance]


def test_facts_without_a_year_take_that_of_their_passage() -> None:
    (row,) = read("Median income was $64,300.", heading="fact", past=2019)
    assert (row.kind, row.target_year, row.year_from) == ("baseline", 2019, "inherited")


DUTIES = [
    (
        "The County shall adopt a zoning ordinance.",
        [("adopt", "zoning ordinance", "shall", ("County",), ())],
    ),
    (
        "The City will work with the Housing Authority to preserve 500 homes in Eastside.",
        [
            (
                "preserve",
                "500 homes in Eastside",
                "will",
                ("City", "Housing Authority"),
                ("Eastside",),
            )
        ],
    ),
    (
        "Build 20 km of cycle lanes in Riverton, and open two stations.",
        [
            ("build", "20 km of cycle lanes in Riverton", None, (), ("Riverton",)),
            ("open", "two stations", None, (), ("Riverton",)),
        ],
    ),
    (
        "The plan shall be reviewed every two years by the Board of Supervisors.",
        [("review", "plan", "shall", ("Board of Supervisors",), ())],
    ),
    (
        "The Office of Sustainability leads implementation; the Housing Authority shall report progress.",
        [
            ("lead", "implementation", None, ("Office of Sustainability",), ()),
            ("report", "progress", "shall", ("Housing Authority",), ()),
        ],
    ),
    (
        "The Department of Parks and Recreation is responsible for maintaining trails.",
        [("maintain", "trails", "responsible for", ("Department of Parks and Recreation",), ())],
    ),
    ("Emissions will fall to 5 tonnes by 2030.", []),
    ("Report cards are sent to parents.", []),
    ("The region has 3 parks.", []),
]


@pytest.mark.parametrize(
    ("sentence", "duties"), DUTIES, ids=[sentence[:40] for sentence, _ in DUTIES]
)
def test_duties_of_a_sentence(sentence: str, duties: list[tuple[object, ...]]) -> None:
    assert [tuple(one)[:-1] for one in duties_in(sentence)] == duties


def test_sentences_end_neither_in_numbers_nor_in_abbreviations() -> None:
    text = "Growth was 3.2 percent, e.g. in the U.S. South. It slowed.\n\n- Build\n  roads\n- Plant trees"
    said = [text[start:end] for start, end in sentences_of(text, 0, len(text))]
    assert said == [
        "Growth was 3.2 percent, e.g. in the U.S. South.",
        "It slowed.",
        "Build\n  roads",
        "Plant trees",
    ]


PLAN = """Home | News | Contact

CITY OF GREEN HARBOR
Climate Action Plan 2024-2034

Adopted by the City Council on May 3, 2024

Chapter 1. Where we are
Looking out to 2045, our city has 84,000 residents.

Goal 1: Clean buildings
Objective 1.1: Cut building emissions 50% by 2030
By 2032 the city will:
- source 100% of municipal electricity from renewables;
- install 25 MW of rooftop solar on the roofs of schools and libraries and fire
stations.

Goal 2: Mobility
The share of trips made by car will fall to 45%.
"""


def whole(text: str) -> tuple[heads.Head, list[Clause], list[Quantity]]:
    said = plain(text)
    body = outline.body_of(said, heads.titles_within(said))
    clauses, head = outline.clauses_of(said, body), heads.head_of(said, body)
    return head, clauses, quantities_of(said, clauses, head)


def test_an_english_plan_tells_its_title_issuer_day_and_years() -> None:
    head, _, _ = whole(PLAN)
    assert head.title == "Climate Action Plan 2024-2034"
    assert head.issuer == "City of Green Harbor"
    assert (str(head.date), head.horizon, head.outlook) == ("2024-05-03", (2024, 2034), 2045)


def test_english_headings_number_the_clauses_and_hand_down_their_year() -> None:
    _, clauses, rows = whole(PLAN)
    ids = [one.id for one in clauses]
    assert ids[:5] == [
        "Preamble",
        "Chapter 1",
        "Chapter 1¶1",
        "Chapter 1 Goal 1",
        "Chapter 1 Goal 1 Objective 1.1",
    ]
    aims = {row.subject: row.target_year for row in rows if row.kind == "target"}
    assert aims == {
        "building emissions": 2030,
        "municipal electricity": 2032,
        "rooftop solar": 2032,
        "share of trips made by car": 2034,
    }


def test_clauses_hold_each_character_once() -> None:
    _, clauses, _ = whole(PLAN)
    assert all(one.end == after.start for one, after in pairwise(clauses))


def test_regular_verbs_have_their_forms() -> None:
    assert dict(forms("plan"))["ing"] in ("planing", "planning")
    assert {said for _, said in forms("carry")} >= {"carry", "carries", "carried", "carrying"}
    assert {said for _, said in forms("reduce")} >= {"reduces", "reduced", "reducing"}


def test_a_text_with_chinese_words_is_not_english() -> None:
    assert is_english("Build 20 homes")
    assert not is_english("建设 20 homes")
    assert not is_english("12.5%")


SAID = """the County will reduce emissions by 40% from 2015 levels to and 5,000 homes , ; . ( ) $ €3 million
half of two thirds double respectively 10-15% in 2020 by 2030 at least no more than : 24/7 Section 3.2 - Build
every net zero"""
WORDS = st.sampled_from([*SAID.split(), "\n"])


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
def test_any_text_is_read_and_quoted_as_it_stands(text: str) -> None:
    said = plain(text)
    clause = Clause("1", None, 1, "", "", 0, len(said), has_text=True)
    setting = Setting(clause, "", None, None, 2024, 2035, preamble=False)
    at = 0
    for start, end in sentences_of(said, 0, len(said)):
        assert at <= start < end <= len(said)
        at = end
        sentence = said[start:end]
        for row in figures_of(sentence, start, years_of(sentence), setting, None):
            assert said[row.start : row.end] == row.quote
        duties_in(sentence)
