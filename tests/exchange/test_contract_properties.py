"""What holds of every contract: entries balance, totals stand, caps and waterfalls keep every fen."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.exchange.contracts import entries, foreseen, read_contract, templates
from hutuo.exchange.contracts.waterfalls import Rates, Standing, tier_by_tier
from hutuo.ledger.entries import read_entries

SUMS = st.integers(0, 10**13)
SIGNED = st.integers(-(10**13), 10**13)
RATIOS = st.integers(100, 300).map(lambda one: one / 100)
PARTS = st.integers(100, 300).map(lambda one: one / 1000)
# Of a head, a tonne or an hour; the ledger takes sums up to 10 ** 16 fen.
PRICES = st.integers(0, 10**9)
SHARE = st.integers(0, 1000).map(lambda one: one / 1000)
YEARS = [str(year) for year in range(2026, 2033)]
BOOKS = ("in_place", "as_agreed")


def parties(template):
    return {
        role.role: [f"{role.role}-{n}" for n in "xyz"] if role.many else role.role
        for role in template.roles
    }


@st.composite
def term_values(draw, template):
    """Terms drawn within what the template allows; those that a rule fixes are left to it."""
    bodies, drawn = parties(template), {}
    for term in template.terms:
        if term.fixed:
            continue
        if term.type == "shares":
            alone = {one.each for one in template.clauses}
            names = [
                name
                for role in term.of
                for name in (
                    bodies[role]
                    if isinstance(bodies[role], list) and role not in alone
                    else [role]
                )
            ]
            weights = draw(
                st.lists(st.integers(0, 9), min_size=len(names), max_size=len(names)).filter(any)
            )
            drawn[term.term] = dict(zip(names, weights, strict=True))
        elif term.type == "by_party":
            drawn[term.term] = {body: draw(SUMS) + 10**13 for body in bodies[term.of[0]]}
        else:
            drawn[term.term] = draw(
                {
                    "share": SHARE,
                    "money": PRICES if len(template.figures) < 5 else SUMS,
                    "moneys": st.lists(st.integers(2 * 10**9, 10**12), min_size=3, max_size=3),
                    "number": PARTS if term.most == 1 else RATIOS,
                    "whole": st.integers(1, 8),
                    "day": st.sampled_from([f"{year}-01-01" for year in YEARS]),
                    "yes": st.just(True),
                }[term.type]
            )
    if "catch_up" in drawn and 0 < drawn["catch_up"] <= drawn["carried"]:
        drawn["catch_up"] = 0
    return drawn


@st.composite
def cases(draw, template):
    """A contract of a template and figures of seven years."""
    bodies, books = parties(template), {}
    for commodity in template.books:
        books[commodity] = draw(st.sampled_from(["none", "in_place", "shares", "double"]))
    contract = read_contract(
        {
            "id": "c",
            "template": template.template,
            "parties": bodies,
            "terms": draw(term_values(template)),
            "schedule": {"first": YEARS[0]},
            "books": books,
        }
    )
    return contract, {year: draw(figures(template, bodies)) for year in YEARS}


@st.composite
def figures(draw, template, bodies):
    drawn = {}
    for figure in template.figures:
        if figure.until is not None:
            continue
        # What runs down a stock comes rarely and is less than what fills it.
        number = {
            "calls": st.integers(10**6, 10**12),
            "issued": st.integers(10**6, 10**12),
            "paid_in": st.integers(1, 10**12),
            "booked": st.integers(10, 900),
            "no_show": st.integers(0, 10),
        }.get(figure.figure)
        if number is None:
            small = figure.figure in {"invested", "fees", "redeemed", "lapsed"}
            number = st.integers(0, 10**5) if small or figure.unit != "fen" else SUMS
            if figure.figure == "distributable" and "calls" in drawn:
                number = st.integers(0, 10**5)
            if figure.least is None:
                number = SIGNED
        names = [
            name
            for role in figure.by
            for name in (bodies[role] if isinstance(bodies[role], list) else [bodies[role]])
        ]
        drawn[figure.figure] = {name: draw(number) for name in names} if names else draw(number)
    return drawn


def totals(entry, outside=False):
    """Sum by commodity and book, of all postings or of those with the world outside."""
    found = Counter()
    for one in entry["postings"]:
        if not outside or one["account"].startswith("outside/"):
            for book in (one["book"],) if one["book"] else BOOKS:
                found[one["commodity"], book] += one["amount"]
    return found


@pytest.mark.parametrize("template", templates().values(), ids=lambda one: one.template)
@settings(max_examples=25)
@given(data=st.data())
def test_every_entry_balances_and_leaves_the_regional_total_the_same_in_both_books(template, data):
    contract, told = data.draw(cases(template))
    found = foreseen(contract, told)
    for entry in found.entries:
        assert not any(totals(entry).values())
        outside = totals(entry, outside=True)
        assert all(outside[c, BOOKS[0]] == outside[c, BOOKS[1]] for c, _ in outside)
        assert all(type(one["amount"]) is int and one["amount"] for one in entry["postings"])
    assert all(check.ok for check in found.checks)
    if found.entries:
        # The ledger has its own judgement of the form, the keys and the balance.
        assert len(read_entries(found.entries, "contract")) == len(found.entries)
    assert foreseen(contract, told) == found


@given(
    taxes=st.lists(st.integers(0, 10**12), min_size=7, max_size=7),
    paid=st.lists(st.integers(2 * 10**9, 10**12), min_size=3, max_size=3),
    starts=st.sampled_from(YEARS[:3]),
)
def test_what_an_origin_gets_is_never_beyond_its_cap_and_all_of_the_tax_is_someones(
    taxes, paid, starts
):
    terms = {"government_led": True, "fits_layout": True, "confirmed": True}
    contract = read_contract(
        {
            "id": "c",
            "template": "relocated-tax",
            "parties": {"origin": "a", "host": "b"},
            "terms": terms | {"paid_before": paid, "starts": f"{starts}-01-01"},
            "schedule": {"first": YEARS[0]},
        }
    )
    told = {
        year: {"vat_local": tax, "income_tax_local": 0}
        for year, tax in zip(YEARS, taxes, strict=True)
    }
    got = Counter()
    for line in foreseen(contract, told).lines:
        if line.commodity == "TAX" and line.book == "as_agreed":
            got[line.period, line.body] += line.amount
    shared = [got[year, "a"] for year in YEARS]
    assert all(got[year, "a"] + got[year, "b"] == -got[year, "outside"] for year in YEARS)
    # The rule again, year by year: half until the cap, three years and two more.
    first, left, expected = YEARS.index(starts), sum(paid), []
    for at, tax in enumerate(taxes):
        part = min(left, (tax + 1) // 2) if first <= at < first + 5 else 0
        left -= part
        expected.append(part)
    assert shared == expected
    assert sum(shared) <= sum(paid)


STANDINGS = st.builds(
    lambda paid, back, due, profit, manager: Standing(
        dict(zip("abc", paid, strict=True)),
        {name: max(0, p - b) for name, p, b in zip("abc", paid, back, strict=True)},
        dict(zip("abc", due, strict=True)),
        profit,
        manager,
    ),
    st.lists(st.integers(1, 10**10), min_size=3, max_size=3),
    st.lists(st.integers(0, 10**10), min_size=3, max_size=3),
    st.lists(st.integers(0, 10**9), min_size=3, max_size=3),
    st.integers(0, 10**9),
    st.integers(0, 10**8),
)


@given(pot=st.integers(0, 10**11), standing=STANDINGS, carried=SHARE, catch_up=SHARE)
def test_a_waterfall_distributes_just_what_came_and_no_tier_before_the_one_above_is_full(
    pot, standing, carried, catch_up
):
    rates = Rates(Fraction(str(catch_up if catch_up > carried else 0)), Fraction(str(carried)))
    tiers = tier_by_tier(pot, standing, rates)
    assert sum(sum(parts.values()) for parts in tiers.values()) == pot
    assert all(fen >= 0 for parts in tiers.values() for fen in parts.values())
    for tier, due in (("capital", standing.open), ("preferred", standing.preferred)):
        assert all(fen <= due[body] for body, fen in tiers[tier].items())
    if sum(tiers["preferred"].values()):
        assert sum(tiers["capital"].values()) == sum(standing.open.values())
    if tiers["catch_up"]:
        assert sum(tiers["preferred"].values()) == sum(standing.preferred.values())


@given(pot=st.integers(10**9, 10**11), standing=STANDINGS, carried=SHARE)
def test_a_full_catch_up_gives_the_manager_its_part_of_all_profit(pot, standing, carried):
    """To the fen that tiers are rounded by; where it had more already, it has no less than that."""
    part = Fraction(str(carried)) / 2
    tiers = tier_by_tier(pot, standing, Rates(Fraction(1), part))
    if not tiers["carried"]:
        return
    got = standing.manager + sum(parts.get(None, 0) for parts in tiers.values())
    theirs = standing.profit + sum(
        fen
        for tier in ("preferred", "catch_up", "carried")
        for body, fen in tiers[tier].items()
        if body is not None
    )
    wanted = part * (got + theirs)
    over = standing.manager > part * (standing.manager + standing.profit)
    assert got >= wanted - 2
    assert over or got <= wanted + 2


@given(
    need=st.integers(0, 10**6),
    thousandths=st.integers(1000, 3000),
)
def test_quotas_fall_by_what_a_ratio_above_1_cancels_and_by_nothing_else(need, thousandths):
    contract = read_contract(
        {
            "id": "c",
            "template": "quota-swap",
            "parties": {"giver": "g", "taker": "t"},
            "terms": {"ratio": thousandths / 1000},
            "schedule": {"first": "2026"},
        }
    )
    sums = Counter()
    for entry in entries(contract, {"need": need}, "2026"):
        for one in entry["postings"]:
            sums[one["account"].partition("/")[0]] += one["amount"]
    assert sums["g"] + sums["t"] == -(thousandths - 1000) * need == -sums["outside"]
