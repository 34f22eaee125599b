"""What a contract would bring, as the verb shows it; and the verbs on templates."""

import json

import pytest

from hutuo.errors import BadInput, NotFound
from hutuo.exchange.contracts import templates as forms
from hutuo.exchange.preview import Preview, preview
from hutuo.exchange.templates import Template, Templates, template, templates

JOINT = {
    "id": "park",
    "template": "park-joint",
    "parties": {"host": "990101", "partner": "gov"},
    "terms": {
        "shares": {"host": 3, "partner": 1},
        "cost_shares": {"host": 1, "partner": 1},
        "value_shares": {"host": 0.5, "partner": 0.5},
    },
    "schedule": {"first": "2026"},
}
YEAR = {
    "vat_local": 30_000_000_00,
    "income_tax_local": 20_000_000_00,
    "incentives": 10_000_000_00,
    "value_added": 1_000_000_000_00,
    "cost": 8_000_000_00,
}


@pytest.fixture
def shown(little):
    return preview(little, Preview(contract=JOINT, figures={"2026": YEAR, "2027": YEAR}))


def test_sums_are_in_the_units_that_people_read(shown):
    """A quarter of 40 million a year is 10; half of the cost of 8 is 4: 6 for the partner, 12 in all."""
    sums = {(row.body, row.account): (row.in_place, row.as_agreed) for row in shown.rows}
    assert sums["gov", "due"] == (12_000_000, 12_000_000)
    assert sums["990101", "due"] == (-12_000_000, -12_000_000)
    assert sums["990101", "tax"] == (80_000_000, 60_000_000)
    assert sums["gov", "gdp"] == (0, 1_000_000_000)
    assert sums["outside", "gdp"] == (-2_000_000_000, -2_000_000_000)


def test_lines_of_all_periods_sum_to_the_sums(shown):
    for row in shown.rows:
        for book in ("in_place", "as_agreed"):
            lines = [
                line.in_unit
                for line in shown.lines
                if (line.body, line.account.partition(":")[0]) == (row.body, row.account)
                and (line.commodity, line.book) == (row.commodity, book)
            ]
            assert sum(lines) == getattr(row, book)
    assert {line.period for line in shown.lines} == {"2026", "2027"} == set(shown.periods)


def test_bodies_and_units_are_called_by_their_names(shown):
    names = {row.body: row.body_name.en for row in shown.rows}
    assert names["outside"] == "outside the region"
    assert names["990101"] != "990101"
    assert names["gov"] != "gov"


def test_all_checks_hold_and_entries_are_those_that_would_be_posted(shown):
    assert [(row.fact, row.holds) for row in shown.checks] == [
        ("balanced", True),
        ("same_total", True),
        ("once", True),
    ]
    assert [entry["key"] for entry in shown.entries][:3] == [
        "contract:park:2026:cost",
        "contract:park:2026:tax",
        "contract:park:2026:value-added",
    ]


def test_a_file_has_both(little, shown, tmp_path):
    file = tmp_path / "park.json"
    file.write_text(json.dumps({"contract": JOINT, "figures": {"2026": YEAR, "2027": YEAR}}))
    assert preview(little, Preview(file=str(file))) == shown
    for content, says in (
        ("{", "park.json is no JSON of at most 20 MB"),
        ("[]", "park.json should have contract and figures"),
        ('{"contract": {}}', "park.json should have contract and figures"),
        ('{"contract": {}, "figures": {"2026": 1}}', "park.json: no object for 2026"),
        (
            '{"contract": {"id": "x y"}, "figures": {}}',
            "park.json: contract: id: an id has no blank",
        ),
    ):
        file.write_text(content)
        with pytest.raises(BadInput, match=says):
            preview(little, Preview(file=str(file)))


@pytest.mark.parametrize("given", [{}, {"contract": JOINT}, {"figures": {}}])
def test_a_contract_and_figures_are_given_together_or_in_a_file(given):
    with pytest.raises(ValueError, match="give a file, or both"):
        Preview(**given)
    with pytest.raises(ValueError, match="give a file, or both"):
        Preview(file="x", contract=JOINT, figures={})


def test_every_template_is_listed_and_shown_whole():
    rows = {row.template: row for row in templates(None, Templates())}
    assert set(rows) == set(forms())
    for name, form in forms().items():
        found = template(None, Template(template=name))
        assert [row.party for row in found.roles] == rows[name].roles
        assert [row.item for row in found.terms] == rows[name].terms
        assert [row.clause for row in found.rows] == [one.clause for one in form.clauses]
        assert all(row.formula for row in found.rows)
    with pytest.raises(NotFound):
        template(None, Template(template="park"))


def test_bounds_and_defaults_of_terms_are_told():
    terms = {row.item: row for row in template(None, Template(template="quota-swap")).terms}
    assert (terms["ratio"].lowest, terms["ratio"].default, terms["ratio"].required) == (
        1,
        1,
        False,
    )
    shares = {row.item: row for row in template(None, Template(template="park-joint")).terms}
    assert (shares["shares"].required, shares["floor"].required) == (True, False)
    fixed = {row.item: row for row in template(None, Template(template="relocated-tax")).terms}
    assert fixed["years"].fixed
    assert fixed["years"].source.en.endswith("section 1 (3) 1")
