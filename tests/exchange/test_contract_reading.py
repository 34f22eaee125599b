"""Contracts as they are written: faults told at once, versions, periods; templates as data."""

import re
from datetime import date

import pytest

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange.contracts import (
    amended,
    entries,
    find_template,
    foreseen,
    read_contract,
    templates,
    version_in,
)
from hutuo.exchange.contracts.spans import span_of, years_since
from hutuo.glossary import both

SWAP = {
    "id": "swap",
    "template": "quota-swap",
    "parties": {"giver": "g", "taker": "t"},
    "terms": {"ratio": 1.5},
    "schedule": {"first": "2026"},
}
JOINT = {
    "id": "park",
    "template": "park-joint",
    "parties": {"host": "h", "partner": "p"},
    "terms": {
        "shares": {"host": 6, "partner": 4},
        "cost_shares": {"host": 1, "partner": 1},
        "value_shares": {"host": 1, "partner": 1},
    },
    "schedule": {"first": "2026"},
}
PARKS = {"park-joint", "park-import", "park-entrusted", "park-two-way"}


def faults(given):
    with pytest.raises(BadInput) as told:
        read_contract(given)
    return {one.column: one.says for one in told.value.findings}


def with_terms(**terms):
    return JOINT | {"terms": JOINT["terms"] | terms}


def test_there_are_templates_of_all_kinds_with_their_sources():
    assert set(templates()) >= PARKS
    assert set(templates()) - PARKS == {
        "heat-swap",
        "instrument",
        "joint-fund",
        "newcomer-cost",
        "park-company",
        "plant-fees",
        "project-transfer",
        "quota-swap",
        "relocated-tax",
        "voucher",
    }
    assert not [one.template for one in templates().values() if " / " not in one.source]


@pytest.mark.parametrize("template", templates().values(), ids=lambda one: one.template)
def test_what_a_template_names_is_there(template):
    """Clauses, checks and requirements name roles, terms and figures of their own file, each of them used."""
    roles = {one.role for one in template.roles}
    terms = {one.term for one in template.terms}
    figures = {one.figure for one in template.figures}
    used = set()
    for clause in template.clauses:
        fields = clause.model_dump(exclude={"zh", "en", "clause", "kind", "flow", "rounded"})
        words = [one for one in fields.values() if isinstance(one, str)]
        parts = re.findall(r"[a-z]\w*", " ".join(fields["amount"]))
        used |= set(parts) | {name for word in words for name in re.findall(r"\w+", word)}
        assert set(parts) <= terms | figures
    for check in template.checks:
        used |= {*check.plus, *check.minus}
        assert {*check.plus, *check.minus} <= figures
    for one in template.requirements:
        used |= {one.term, one.than}
        assert {one.term, one.than} <= terms | {None}
    # What shares may follow is named by the contract.
    assert (terms | figures) - used <= {"put_in"}
    sharing = {role for term in template.terms for role in term.of}
    assert sharing <= roles <= used | sharing


def test_a_template_that_is_not_there_is_told_with_those_that_there_are():
    with pytest.raises(NotFound) as told:
        find_template("park-joined")
    assert told.value.hint.startswith("possible: park-joint")


def test_all_faults_of_a_contract_are_told_at_once():
    found = faults(
        {
            "id": "a@b",
            "template": "relocated-tax",
            "parties": {"origin": ["a", "b"], "sponsor": "c"},
            "terms": {"paid_before": [1, 2], "years": 4, "starts": "2026-02-01", "bonus": 1},
            "schedule": {"first": "2026-Q5"},
            "colour": "red",
        }
    )
    assert {name: says.en for name, says in found.items()} == {
        "id": "an id has no blank and none of : @ /",
        "schedule.first": "should be 2027, 2027-Q1 or 2027-01",
        "colour": "Extra inputs are not permitted",
        "parties.origin": "there can be one only: place that the firm left",
        "parties.host": "must be named: place that it moved to",
        "parties.sponsor": "no such role; there are origin, host",
        "terms.government_led": "must be given: the move was led by the government of the origin",
        "terms.fits_layout": "must be given: it fits the industrial layout of the host",
        "terms.confirmed": "must be given: it is on the list that both provincial governments confirmed",
        "terms.paid_before": "should be 3 sums, in fen",
        "terms.years": "the rule sets it to 3",
        "terms.bonus": "the template has no such term",
    }
    assert all(re.search("[\u4e00-\u9fff]", says.zh) for says in found.values())


def test_a_firm_out_of_the_rules_scope_is_refused_for_each_reason():
    terms = {
        "government_led": False,
        "fits_layout": True,
        "confirmed": False,
        # 19.99 million yuan a year.
        "paid_before": [1_999_000_000] * 3,
        "starts": "2026-01-01",
    }
    given = {"id": "x", "template": "relocated-tax", "parties": {"origin": "a", "host": "b"}}
    found = faults(given | {"terms": terms, "schedule": {"first": "2026"}})
    assert set(found) == {"terms.government_led", "terms.confirmed", "terms.paid_before"}


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ({"host": 0.5, "partner": 0.4}, "shares sum to 0.9, not 1"),
        ({"host": 1}, "should name each of host, partner"),
        ({"host": -1, "partner": 2}, "should be 0 or more"),
        ({"host": "much", "partner": 1}, "should be a number"),
        ({"rule": "fair"}, "rule should be equal"),
        (
            {"rule": "proportional", "to": "cost"},
            "should be a figure in fen that all of them tell",
        ),
        ({"rule": "shapley", "worth": {"host": 1}}, "should name every coalition"),
        (
            {"by_year": [{"until": 2, "shares": {"host": 1, "partner": 0}}, {"until": 2}]},
            "each step",
        ),
        ({"by_year": []}, "should be a list"),
        (
            {
                "by_year": [
                    {"shares": {"host": 1, "partner": 0}},
                    {"shares": {"host": 1, "partner": 0}},
                ]
            },
            "years that grow",
        ),
    ],
)
def test_shares_that_are_no_shares_are_told(shares, says):
    assert says in faults(with_terms(shares=shares))["terms.shares"].en


def test_shares_are_as_exact_as_they_are_written():
    """As floats 0.1, 0.2 and 0.7 do not sum to 1."""
    kept = read_contract(with_terms(shares={"host": 0.1, "partner": 0.9}))
    assert sum(kept.agreed.terms["shares"].steps[0][1].values()) == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"template": "park"}, "template"),
        ({"parties": {"host": "h", "partner": "h"}}, "parties"),
        ({"parties": {"host": "h", "partner": "outside"}}, "parties.partner"),
        ({"parties": {"host": "h", "partner": "a/b"}}, "parties.partner"),
        ({"books": {"CO2": "shares"}}, "books.CO2"),
        ({"books": {"GDP": "twice"}}, "books.GDP"),
        ({"schedule": {"period": "month", "first": "2026"}}, "schedule.first"),
        ({"schedule": {"first": "2026", "last": "2025"}}, "schedule.last"),
        ({"holds_from": "2025"}, "holds_from"),
        ({"version": 0}, "version"),
    ],
)
def test_what_is_out_of_place_is_told_where_it_stands(change, where):
    assert where in faults(JOINT | change)


def test_a_day_within_a_period_asks_for_shorter_periods():
    given = with_terms(floor=1, floor_starts="2026-07-01")
    assert "should be the first day of a year" in faults(given)["terms.floor_starts"].en
    by_month = given | {"schedule": {"period": "month", "first": "2026-01"}}
    assert read_contract(by_month).agreed.terms["floor_starts"] == date(2026, 7, 1)


def test_bounds_of_terms_hold():
    assert "at least 1" in faults(SWAP | {"terms": {"ratio": 0.9}})["terms.ratio"].en
    assert "whole number" in faults(SWAP | {"terms": {"price": 1.5}})["terms.price"].en
    assert "number" in faults(SWAP | {"terms": {"ratio": True}})["terms.ratio"].en


def test_a_change_is_a_new_version_from_a_period_that_is_open():
    first = read_contract(SWAP)
    second = amended([first], {"terms": {"ratio": 2}}, "2028", closed="2027")
    assert (second.label, second.terms["ratio"], first.terms["ratio"]) == ("swap@2", 2, 1.5)
    held = [
        version_in([first, second], span_of(year)).version for year in ("2026", "2027", "2028")
    ]
    assert held == [1, 1, 2]
    assert version_in([second], span_of("2027")) is None
    # Each year by the version that holds in it: 1,000 kgce, 500 cancelled, then 1,000.
    figures = {str(year): {"need": 1} for year in (2026, 2027, 2028)}
    found = foreseen([first, second], figures)
    assert [
        entry["postings"][1]["amount"]
        for entry in found.entries
        if entry["key"].endswith(":cancelled")
    ] == [500, 500, 1000]
    assert {entry["contract"] for entry in found.entries} == {"swap@1", "swap@2"}


@pytest.mark.parametrize(
    ("changes", "since", "says"),
    [
        ({"terms": {"ratio": 2}}, "2027", "2027 is closed"),
        ({"terms": {"ratio": 2}}, "2028-Q1", "no period"),
        ({"template": "voucher"}, "2028", "template cannot be changed"),
    ],
)
def test_closed_periods_stay_as_they_are(changes, since, says):
    with pytest.raises(BadAsk, match=says):
        amended([read_contract(SWAP)], changes, since, closed="2027")


def test_a_change_that_is_not_sound_is_refused():
    with pytest.raises(BadInput, match=r"terms\.ratio: should be at least 1"):
        amended([read_contract(SWAP)], {"terms": {"ratio": 0}}, "2028", closed=None)


def test_missing_figures_are_told_and_never_taken_for_nothing():
    with pytest.raises(BadInput) as told:
        entries(read_contract(JOINT), {"vat_local": 1.5, "cost": -1, "rent": 3}, "2026")
    assert {one.column: one.says[1] for one in told.value.findings} == {
        "2026.rent": "no such figure; there are vat_local, income_tax_local, incentives,"
        " value_added, cost, put_in, output, investment",
        "2026.vat_local": "should be a whole number, in fen",
        "2026.cost": "should be at least 0",
        "2026.income_tax_local": "missing: corporate income tax that is retained locally",
        "2026.incentives": "missing: incentives that were paid",
        "2026.value_added": "missing: value added in the park",
    }


def test_figures_by_body_are_told_for_each_body_of_the_contract():
    plant = read_contract(
        {
            "id": "plant",
            "template": "plant-fees",
            "parties": {"operator": "o", "site": "s", "user": ["a", "b"]},
            "terms": {"price": 1},
            "schedule": {"first": "2026"},
        }
    )
    for given, says in (
        ({"a": 1, "c": 2}, "2026.delivered.c: is no body of the contract"),
        ({"a": 1}, "2026.delivered.b: missing"),
        (3, "2026.delivered: should be by body: a, b"),
    ):
        with pytest.raises(BadInput, match=says):
            entries(plant, {"delivered": given}, "2026")
    with pytest.raises(BadInput, match=r"2026\.need: should be one number"):
        entries(read_contract(SWAP), {"need": {"g": 1}}, "2026")


def test_a_period_out_of_the_schedule_is_refused():
    ended = read_contract(SWAP | {"schedule": {"first": "2026", "last": "2027"}})
    for period in ("2025", "2028", "2026-01", "then"):
        with pytest.raises(BadAsk, match="has no period"):
            entries(ended, {"need": 1}, period)


def test_an_outlook_has_no_gaps():
    swap = read_contract(SWAP)
    for periods, says in (
        (["2026", "2028"], "no figures of 2027"),
        (["2025", "2026"], "periods of figures are wrong: 2025"),
        (["2026", "soon"], "periods of figures are wrong: soon"),
        ([], "periods of figures are wrong: none"),
    ):
        with pytest.raises(BadAsk, match=says):
            foreseen(swap, {period: {"need": 1} for period in periods})


@pytest.mark.parametrize(
    ("name", "first", "last", "after"),
    [
        ("2027", date(2027, 1, 1), date(2027, 12, 31), "2028"),
        ("2027-Q4", date(2027, 10, 1), date(2027, 12, 31), "2028-Q1"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-03"),
    ],
)
def test_periods_have_first_and_last_days(name, first, last, after):
    span = span_of(name)
    assert (span.first, span.last, span.next().name) == (first, last, after)


def test_what_is_no_period_is_none():
    assert [span_of(name) for name in ("2027-13", "2027-Q0", "27", "2027Q1")] == [None] * 4


def test_years_are_counted_from_a_day():
    start = date(2026, 7, 1)
    days = (date(2026, 6, 30), start, date(2027, 6, 30), date(2027, 7, 1))
    assert [years_since(start, day) for day in days] == [0, 1, 1, 2]


def test_entries_name_the_contract_and_the_clause_of_the_plan_that_it_serves():
    made = entries(read_contract(SWAP | {"clause": "十(三)"}), {"need": 1}, "2026")
    assert {(one["contract"], one["clause"]) for one in made} == {("swap@1", "十(三)")}


def test_output_and_investment_are_counted_where_a_contract_says_so():
    """Counted on both sides, the figure is each one's, and taken off once."""
    told = {"vat_local": 0, "income_tax_local": 0, "incentives": 0, "value_added": 0, "cost": 0}
    both_sides = read_contract(JOINT | {"books": {"INVESTMENT": "double"}})
    with pytest.raises(BadInput, match=r"2026\.investment: missing"):
        entries(both_sides, told, "2026")
    made = entries(both_sides, told | {"investment": 700}, "2026")
    agreed = {
        one["account"]: one["amount"] for one in made[0]["postings"] if one["book"] == "as_agreed"
    }
    assert agreed == {"h/investment": 700, "p/investment": 700, "eliminated/investment": -700}
    assert entries(read_contract(JOINT), told, "2026") == []


def test_memos_are_in_both_languages():
    made = entries(read_contract(SWAP | {"zh": "置换", "en": "Swap"}), {"need": 1}, "2026")
    memo = both(made[0]["memo"])
    assert memo == ("置换 2026 指标置换", "Swap 2026 quota")


def test_what_is_owed_names_the_day_by_which_it_is_to_be_paid():
    """30 days from the end of 2026; quota is not owed but moved."""
    schedule = {"first": "2026", "pay_within_days": 30}
    priced = SWAP | {"terms": {"price": 100}, "schedule": schedule}
    quota, price = entries(read_contract(priced), {"need": 1}, "2026")
    assert both(price["memo"]).en == "swap 2026 price, payable by 2027-01-30"
    assert "payable" not in quota["memo"]


@pytest.mark.parametrize("shares", ["equal", {"rule": "equal"}, {"host": 0.5, "partner": 0.5}])
def test_equal_shares_are_written_in_three_ways(shares):
    told = {"vat_local": 10, "income_tax_local": 0, "incentives": 0, "value_added": 0, "cost": 0}
    made = entries(read_contract(with_terms(shares=shares)), told, "2026")
    assert [one["amount"] for one in made[0]["postings"] if one["account"] == "p/due:h"] == [5]
