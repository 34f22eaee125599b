"""What each template posts, worked by hand."""

import pytest

from hutuo.errors import BadInput
from hutuo.exchange.contracts import entries, foreseen, read_contract, settled

YUAN = 100
WAN = 1_000_000


def contract(template, parties, terms, **more):
    schedule = {"period": "year", "first": "2026"} | more.pop("schedule", {})
    return read_contract(
        {"id": "c", "template": template, "parties": parties, "terms": terms, "schedule": schedule}
        | more
    )


def what(entry):
    """Which clause of the contract an entry is of, the last part of its key."""
    return entry["key"].rpartition(":")[2]


def on(made, book=None):
    """Amounts by clause and account, of postings that stand in a book or in both."""
    return {
        (what(entry), one["account"]): one["amount"]
        for entry in made
        for one in entry["postings"]
        if one["book"] == book
    }


def due(made, body, other):
    """What a body is owed by another over all entries; below 0 what it owes."""
    return sum(
        one["amount"]
        for entry in made
        for one in entry["postings"]
        if one["account"] == f"{body}/due:{other}"
    )


RELOCATED = {
    "government_led": True,
    "fits_layout": True,
    "confirmed": True,
    "paid_before": [2000 * WAN, 2500 * WAN, 3000 * WAN],
    "starts": "2026-01-01",
}


def relocated(**terms):
    return contract("relocated-tax", {"origin": "a", "host": "b"}, RELOCATED | terms)


def test_an_entry_has_the_form_that_the_ledger_takes():
    made = entries(
        relocated(), {"vat_local": 600 * WAN, "income_tax_local": 400 * WAN + 1}, "2026"
    )
    # 1,000万 and 1 fen by half: the odd fen goes to the party that is named first.
    assert made == [
        {
            "key": "contract:c:2026:tax",
            "effective": "2026-12-31",
            "memo": "c 2026 三税分享 / c 2026 sharing of three taxes",
            "contract": "c@1",
            "clause": None,
            "postings": [
                {
                    "account": "b/due:a",
                    "commodity": "CNY",
                    "amount": -(500 * WAN + 1),
                    "book": None,
                },
                {"account": "a/due:b", "commodity": "CNY", "amount": 500 * WAN + 1, "book": None},
                {
                    "account": "outside/tax",
                    "commodity": "TAX",
                    "amount": -(1000 * WAN + 1),
                    "book": None,
                },
                {
                    "account": "b/tax",
                    "commodity": "TAX",
                    "amount": 1000 * WAN + 1,
                    "book": "in_place",
                },
                {
                    "account": "a/tax",
                    "commodity": "TAX",
                    "amount": 500 * WAN + 1,
                    "book": "as_agreed",
                },
                {"account": "b/tax", "commodity": "TAX", "amount": 500 * WAN, "book": "as_agreed"},
            ],
        }
    ]


def shared_by_year(taxes, **terms):
    """What the origin gets in each year of these taxes, in 万元."""
    figures = {
        str(2026 + at): {"vat_local": tax * WAN, "income_tax_local": 0}
        for at, tax in enumerate(taxes)
    }
    found = foreseen(relocated(**terms), figures)
    by_year = {line.period: 0 for line in found.lines} | dict.fromkeys(figures, 0)
    for line in found.lines:
        if (line.body, line.commodity, line.book) == ("a", "CNY", "in_place"):
            by_year[line.period] += line.amount // WAN
    return [by_year[year] for year in sorted(by_year)], found


def test_the_cap_ends_the_sharing_of_a_relocated_firms_tax():
    """The cap is 2,000 + 2,500 + 3,000 = 7,500万: 3,000, 3,000, then 1,500 of the 3,000 by half."""
    shared, found = shared_by_year([6000, 6000, 6000, 6000, 6000])
    assert shared == [3000, 3000, 1500, 0, 0]
    assert found.checks[-1].says.en == (
        "a got 75000000.00 yuan of at most 75000000.00; 0.00 unmet"
    )


def test_two_more_years_where_the_cap_is_unmet_and_then_none():
    """1,000万 a year for five years is 5,000 of 7,500; 2,500 stay unmet, the sixth year is the host's."""
    shared, found = shared_by_year([2000] * 6)
    assert shared == [1000] * 5 + [0]
    assert found.checks[-1].says.en.endswith("25000000.00 unmet")
    assert not [entry for entry in found.entries if ":2031:" in entry["key"]]


def test_sharing_begins_with_full_production():
    shared, _ = shared_by_year([2000, 2000, 2000, 2000], starts="2028-01-01")
    assert shared == [0, 0, 1000, 1000]


def test_a_refund_takes_back_what_was_shared_until_the_cap_is_reached():
    """2,000万 by half, then 1,000 refunded: the origin gives back 500, and has so much more below the cap."""
    shared, found = shared_by_year([2000, -1000])
    assert (shared, found.carried["tax:a"]) == ([1000, -500], 500 * WAN)


def test_what_is_refunded_after_the_cap_is_the_hosts():
    """Half of 1.5亿 is the cap of 7,500万; sharing has ended, and so has giving back."""
    shared, _ = shared_by_year([15_000, -1000, 2000])
    assert shared == [7500, 0, 0]


def test_months_count_from_the_month_in_which_production_is_full():
    """Three years from July 2026 and two more: June 2031 is the last month."""
    made = contract(
        "relocated-tax",
        {"origin": "a", "host": "b"},
        RELOCATED | {"starts": "2026-07-01"},
        schedule={"period": "month", "first": "2026-07"},
    )
    figures = {"vat_local": 100 * WAN, "income_tax_local": 0}
    assert entries(made, figures, "2031-06")
    assert not entries(made, {}, "2031-07")


def test_business_tax_is_told_until_it_became_value_added_tax():
    early = contract(
        "relocated-tax",
        {"origin": "a", "host": "b"},
        RELOCATED | {"starts": "2016-01-01"},
        schedule={"period": "month", "first": "2016-01"},
    )
    figures = {"vat_local": 0, "income_tax_local": 0}
    with pytest.raises(BadInput, match=r"2016-04\.business_tax_local: missing"):
        entries(early, figures, "2016-04")
    assert due(entries(early, figures | {"business_tax_local": 200}, "2016-04"), "a", "b") == 100
    assert entries(early, figures, "2016-05") == []
    with pytest.raises(BadInput, match="there is none from 2016-05-01 on"):
        entries(early, figures | {"business_tax_local": 200}, "2016-05")


JOINT = {
    "shares": {"host": 6, "partner": 4},
    "cost_shares": {"host": 0.5, "partner": 0.5},
    "value_shares": {"host": 6, "partner": 4},
}
PARK = {
    "vat_local": 800 * WAN,
    "income_tax_local": 400 * WAN,
    "incentives": 200 * WAN,
    "value_added": 50_000 * WAN,
    "cost": 300 * WAN,
}
HOSTED = {"host": "h", "partner": "p"}


def test_a_joint_park_splits_cost_tax_and_value_added():
    """Net tax 800 + 400 - 200 = 1,000万, 6 to 4; cost 300 by half; value added 5亿, 3 to 2."""
    made = entries(contract("park-joint", HOSTED, JOINT), PARK, "2026")
    both, place, agreed = on(made), on(made, "in_place"), on(made, "as_agreed")
    assert both["tax", "p/due:h"] == 400 * WAN
    assert both["cost", "h/due:p"] == 150 * WAN
    assert place["value-added", "h/gdp"] == 50_000 * WAN == -both["value-added", "outside/gdp"]
    assert agreed["value-added", "h/gdp"] == 30_000 * WAN
    assert agreed["value-added", "p/gdp"] == 20_000 * WAN


def test_the_host_of_a_joint_park_has_a_floor_from_its_day_on():
    """Of 1,000万 the host's part is 600; with a floor of 700 the partner gets 300, of 1,200 it pays 200."""
    floored = JOINT | {"floor": 700 * WAN, "floor_starts": "2027-01-01"}
    park = contract("park-joint", HOSTED, floored)
    assert on(entries(park, PARK, "2026"))["tax", "p/due:h"] == 400 * WAN
    assert on(entries(park, PARK, "2027"))["tax", "p/due:h"] == 300 * WAN
    high = contract("park-joint", HOSTED, floored | {"floor": 1200 * WAN})
    assert on(entries(high, PARK, "2027"))["tax", "p/due:h"] == -200 * WAN


def test_incentives_beyond_the_tax_leave_nothing_to_share():
    made = entries(
        contract("park-joint", HOSTED, JOINT), PARK | {"incentives": 2000 * WAN}, "2026"
    )
    assert "tax" not in {what(entry) for entry in made}


def test_shares_follow_what_each_put_in_so_far():
    """Put in 100 and 300, then 200 and 0: 1 to 3, then 300 to 300."""
    park = contract(
        "park-joint", HOSTED, JOINT | {"shares": {"rule": "proportional", "to": "put_in"}}
    )
    first = settled(park, PARK | {"put_in": {"h": 100, "p": 300}}, "2026")
    assert on(first.entries)["tax", "p/due:h"] == 750 * WAN
    second = settled(park, PARK | {"put_in": {"h": 200, "p": 0}}, "2027", first.carried)
    assert on(second.entries)["tax", "p/due:h"] == 500 * WAN


@pytest.mark.parametrize("rule", ["shapley", "nucleolus"])
def test_shares_follow_a_game(rule):
    """Alone 20 and 40, together 100: each has its own and half of the 40 that they gain: 40 and 60."""
    worth = {"host": 20, "partner": 40, "host+partner": 100}
    park = contract("park-joint", HOSTED, JOINT | {"shares": {"rule": rule, "worth": worth}})
    assert on(entries(park, PARK, "2026"))["tax", "p/due:h"] == 600 * WAN


def test_value_added_counted_on_both_sides_is_taken_off_once_in_the_region():
    park = contract("park-joint", HOSTED, JOINT, books={"GDP": "double"})
    agreed = on(entries(park, PARK, "2026"), "as_agreed")
    value = 50_000 * WAN
    assert agreed["value-added", "h/gdp"] == agreed["value-added", "p/gdp"] == value
    assert agreed["value-added", "eliminated/gdp"] == -value


def test_shares_of_projects_brought_in_change_by_year_and_end():
    """Half for two years, a fifth in the third, then the host's: of 1,000万 500, 500, 200, nothing."""
    shares = {
        "by_year": [
            {"until": 2, "shares": {"host": 1, "partner": 1}},
            {"shares": {"host": 0.8, "partner": 0.2}},
        ]
    }
    terms = {"starts": "2026-01-01", "years": 3, "shares": shares, "value_shares": shares}
    park = contract("park-import", HOSTED, terms)
    figures = {name: one for name, one in PARK.items() if name != "cost"}
    shared = [
        due(entries(park, figures, str(year)), "p", "h") // WAN for year in range(2026, 2030)
    ]
    assert shared == [500, 500, 200, 0]
    agreed = on(entries(park, figures, "2028"), "as_agreed")
    assert agreed["value-added", "p/gdp"] == 10_000 * WAN


def test_who_runs_a_park_has_a_fee_and_a_part_beyond_the_base():
    """The fee of 100万 falls by a tenth a year; of 1,000 - 400 = 600万 beyond the base a tenth is 60."""
    terms = {"fee": 100 * WAN, "fee_decay": 0.1, "base_tax": 400 * WAN, "bonus_share": 0.1}
    park = contract("park-entrusted", {"owner": "o", "manager": "m"}, terms)
    figures = {name: one for name, one in PARK.items() if name != "cost"}
    both = on(entries(park, figures, "2027"))
    assert both["fee", "m/due:o"] == 90 * WAN
    assert both["bonus", "m/due:o"] == 60 * WAN
    assert both["value-added", "o/gdp"] == 50_000 * WAN
    poor = entries(park, figures | {"vat_local": 0, "income_tax_local": 0}, "2026")
    assert {what(entry) for entry in poor} == {"fee", "value-added"}


def test_two_parks_each_way_are_shared_by_their_own_shares():
    """In x 1,000万 at 7 to 3, in y 500 at 2 to 8: y has 300 from x, x has 100 from y."""
    terms = {
        "tax_in_first": {"first": 7, "second": 3},
        "tax_in_second": {"first": 2, "second": 8},
        "value_in_first": {"first": 1, "second": 0},
        "value_in_second": {"first": 1, "second": 1},
    }
    figures = {
        "vat_local": {"x": 1000 * WAN, "y": 500 * WAN},
        "income_tax_local": {"x": 0, "y": 0},
        "incentives": {"x": 0, "y": 0},
        "value_added": {"x": 0, "y": 800 * WAN},
    }
    made = entries(contract("park-two-way", {"first": "x", "second": "y"}, terms), figures, "2026")
    both = on(made)
    assert both["tax-first", "y/due:x"] == 300 * WAN
    assert both["tax-second", "x/due:y"] == 100 * WAN
    assert due(made, "y", "x") == 200 * WAN
    assert on(made, "as_agreed")["value-added-second", "x/gdp"] == 400 * WAN


TRANSFER = {
    "starts": "2027-01-01",
    "years": 3,
    "compensation": 1000 * WAN,
    "decay": 0.2,
    "shares": {"origin": 0.5, "host": 0.5},
}


def test_compensation_and_shares_of_a_project_fall_and_end():
    """1,000, 800, 640万; the origin's share of statistics 50, 40, 32 percent; nothing before or after."""
    passed = contract("project-transfer", {"origin": "a", "host": "b"}, TRANSFER)
    figures = {"tax_local": 100 * WAN, "value_added": 2000 * WAN}
    years = {year: entries(passed, figures, str(year)) for year in range(2027, 2030)}
    assert [due(made, "a", "b") // WAN for made in years.values()] == [1000, 800, 640]
    counted = [on(made, "as_agreed") for made in years.values()]
    assert [one["value-added", "a/gdp"] // WAN for one in counted] == [1000, 800, 640]
    assert [one["tax", "a/tax"] // WAN for one in counted] == [50, 40, 32]
    assert entries(passed, {}, "2026") == entries(passed, {}, "2030") == []


def test_quarters_of_a_yearly_compensation_sum_to_the_year():
    """10 yuan and 1 fen a year: 2.51 in the first quarter since the start, then 2.50 each."""
    passed = contract(
        "project-transfer",
        {"origin": "a", "host": "b"},
        TRANSFER | {"starts": "2026-07-01", "compensation": 1001},
        schedule={"period": "quarter", "first": "2026-Q1"},
    )
    figures = {"tax_local": 0, "value_added": 0}
    names = ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"]
    parts = [due(entries(passed, figures, name), "a", "b") for name in names]
    assert parts == [251, 250, 250, 250]


COMPANY = {"company": "co", "investor": ["a", "b"], "manager": "m"}
RATES = {"preferred": 0.08, "catch_up": 1, "carried": 0.2}


def test_a_park_company_pays_tier_by_tier():
    """600 and 400 paid in; a year later 1,180 come out: 1,000 back, 80 preferred, then the manager.

    It has a fifth of all profit when it has 20 beside the 80; the last 80 go 16 to 64, and 64 by 6 to 4.
    """
    park = contract("park-company", COMPANY, RATES)
    first = settled(
        park, {"paid_in": {"a": 600 * YUAN, "b": 400 * YUAN}, "distributable": 0}, "2026"
    )
    assert on(first.entries) == {
        ("capital", "a/due:co"): -600 * YUAN,
        ("capital", "co/due:a"): 600 * YUAN,
        ("capital", "b/due:co"): -400 * YUAN,
        ("capital", "co/due:b"): 400 * YUAN,
    }
    nothing = {"a": 0, "b": 0}
    second = settled(
        park, {"paid_in": nothing, "distributable": 1180 * YUAN}, "2027", first.carried
    )
    got = {key: one for key, one in on(second.entries).items() if key[1].endswith("/due:co")}
    assert got == {
        ("distribution-capital", "a/due:co"): 600 * YUAN,
        ("distribution-capital", "b/due:co"): 400 * YUAN,
        ("distribution-preferred", "a/due:co"): 48 * YUAN,
        ("distribution-preferred", "b/due:co"): 32 * YUAN,
        ("distribution-catch_up", "m/due:co"): 20 * YUAN,
        ("distribution-carried", "m/due:co"): 16 * YUAN,
        ("distribution-carried", "a/due:co"): 38 * YUAN + 40,
        ("distribution-carried", "b/due:co"): 25 * YUAN + 60,
    }


def test_preferred_return_that_is_not_paid_earns_only_where_agreed():
    """On 1,000 at 10 percent over two years without a distribution: 200, or 210 where it compounds."""
    for compounding, due_then in ((False, 200), (True, 210)):
        terms = RATES | {"preferred": 0.1, "compounding": compounding}
        park = contract("park-company", COMPANY, terms)
        carried = {}
        for year, paid in (("2026", 1000 * YUAN), ("2027", 0), ("2028", 0)):
            figures = {"paid_in": {"a": paid, "b": 0}, "distributable": 0}
            carried = settled(park, figures, year, carried).carried
        assert carried["distribution:due:a"] == due_then * YUAN


def test_capital_comes_back_once_and_what_is_back_earns_no_more():
    """1,000 at 10 percent: of 600 in the first year all is capital, with 100 due; then 400 earn 40 more.

    Of the 600 in the second year 400 are capital and 140 preferred; the last 60 are split 4 to 1.
    """
    terms = RATES | {"preferred": 0.1, "catch_up": 0}
    park = contract("park-company", COMPANY, terms)
    paid, nothing = {"a": 1000 * YUAN, "b": 0}, {"a": 0, "b": 0}
    carried = settled(park, {"paid_in": paid, "distributable": 0}, "2026").carried
    tiers = []
    for year in ("2027", "2028"):
        figures = {"paid_in": nothing, "distributable": 600 * YUAN}
        found = settled(park, figures, year, carried)
        carried = found.carried
        tiers.append({key: one // YUAN for key, one in on(found.entries).items() if one > 0})
    assert tiers == [
        {("distribution-capital", "a/due:co"): 600},
        {
            ("distribution-capital", "a/due:co"): 400,
            ("distribution-preferred", "a/due:co"): 140,
            ("distribution-carried", "m/due:co"): 12,
            ("distribution-carried", "a/due:co"): 48,
        },
    ]


def test_nothing_is_distributed_before_anything_is_paid_in():
    park = contract("park-company", COMPANY, RATES)
    with pytest.raises(BadInput, match="nothing was paid in"):
        entries(park, {"paid_in": {"a": 0, "b": 0}, "distributable": 1}, "2026")


FUND = {"fund": "f", "investor": ["a", "b", "c"], "manager": "m"}
QUIET = {"calls": 0, "invested": 0, "proceeds": 0, "fees": 0, "distributable": 0}


def test_a_fund_calls_by_what_is_left_of_commitments_and_never_more():
    """Commitments 500, 300, 200: a call of 100 is 50, 30, 20; the rest is 900, and 901 is too much."""
    fund = contract("joint-fund", FUND, {"commitments": {"a": 500, "b": 300, "c": 200}})
    first = settled(fund, QUIET | {"calls": 100, "invested": 60, "fees": 10}, "2026")
    both = on(first.entries)
    assert [both["call", f"f/due:{body}"] for body in "abc"] == [50, 30, 20]
    assert (both["invested", "outside/invested"], both["fees", "m/due:f"]) == (60, 10)
    assert first.carried["check:cash"] == 100 - 60 - 10
    with pytest.raises(BadInput, match="more than the 900 fen that are still committed"):
        settled(fund, QUIET | {"calls": 901}, "2027", first.carried)
    last = settled(fund, QUIET | {"calls": 900}, "2027", first.carried)
    assert [last.carried[f"call:{body}"] for body in "abc"] == [500, 300, 200]


def test_a_fund_pays_no_more_than_it_has():
    fund = contract("joint-fund", FUND, {"commitments": {"a": 500, "b": 300, "c": 200}})
    with pytest.raises(BadInput, match=r"2026.cash: the fund has not the cash \(short by 1\)"):
        settled(fund, QUIET | {"calls": 100, "invested": 101}, "2026")


def test_a_fund_without_agreed_rates_distributes_by_what_was_paid_in():
    """100 called by 5, 3, 2 and invested; 150 come back: the capital, then 50 by 5, 3, 2."""
    fund = contract("joint-fund", FUND, {"commitments": {"a": 500, "b": 300, "c": 200}})
    first = settled(fund, QUIET | {"calls": 100, "invested": 100}, "2026")
    figures = QUIET | {"proceeds": 150, "distributable": 150}
    second = settled(fund, figures, "2027", first.carried)
    assert [due(second.entries, body, "f") for body in "abc"] == [75, 45, 30]
    assert second.carried["check:cash"] == 0


def test_the_cost_of_newcomers_is_split_by_where_they_come_from():
    """10 from afar at 1万 each, half above; 4 from o1 and 2 from o2 at 5,000 yuan, a fifth theirs."""
    terms = {
        "cost_cross_province": WAN,
        "shares_cross_province": {"above": 1, "host": 1},
        "cost_cross_city": 5000 * YUAN,
        "shares_cross_city": {"above": 0.3, "origin": 0.2, "host": 0.5},
        "cost_same_city": 3000 * YUAN,
        "shares_same_city": {"above": 0, "host": 1},
    }
    parties = {"above": "prov", "origin": ["o1", "o2"], "host": "city"}
    figures = {
        "newcomers_cross_province": 10,
        "newcomers_cross_city": {"o1": 4, "o2": 2},
        "newcomers_same_city": 7,
    }
    made = entries(contract("newcomer-cost", parties, terms), figures, "2026")
    # Above: 5万 of the 10万, and 0.3 of 2万 and of 1万.
    assert due(made, "city", "prov") == 5 * WAN + 6000 * YUAN + 3000 * YUAN
    assert due(made, "city", "o1") == 4000 * YUAN
    assert due(made, "city", "o2") == 2000 * YUAN
    assert "same-city" not in {what(entry) for entry in made}


def test_quota_is_swapped_one_to_one_or_with_a_part_cancelled():
    """1,000 tce at 1 leave the region's sum as it is; at 1.2 the giver gives 1,200 and 200 go."""
    parties = {"giver": "g", "taker": "t"}
    even = on(entries(contract("quota-swap", parties, {}), {"need": 1000}, "2026"))
    assert even == {("quota", "g/quota:2026"): -1_000_000, ("quota", "t/quota:2026"): 1_000_000}
    terms = {"ratio": 1.2, "price": 300 * YUAN}
    less = on(entries(contract("quota-swap", parties, terms), {"need": 1000}, "2026"))
    assert less["quota", "t/quota:2026"] == 1_000_000
    assert less["cancelled", "outside/cancelled:2026"] == 200_000
    assert less["price", "g/due:t"] == 300_000 * YUAN


def test_quota_follows_heat_by_a_named_factor_and_efficiency():
    """1,000,000 GJ x 34.12 kgce/GJ / 0.85 = 40,141,176.47 kgce; the factor has its source."""
    swap = contract("heat-swap", {"heated": "c", "heating": "w"}, {"efficiency": 0.85})
    made = on(entries(swap, {"heat": 1_000_000}, "2026"))
    assert made == {
        ("quota", "c/quota:2026"): -40_141_176,
        ("quota", "w/quota:2026"): 40_141_176,
    }
    factor = swap.agreed.template.term("kgce_per_gj")
    assert "GB/T 2589" in factor.source
    # 1 kgce is 29.3076 MJ, so 1 GJ is 34.12.
    assert factor.default == pytest.approx(1000 / 29.3076, abs=0.005)


def test_a_shared_plant_is_paid_by_what_each_delivers():
    """12.5 t and 0.333 t at 3,000 yuan, and 100 yuan a tonne to the site; 0.333 t are 999 and 33.30 yuan."""
    plant = contract(
        "plant-fees",
        {"operator": "op", "site": "s", "user": ["a", "b", "s"]},
        {"price": 3000 * YUAN, "site_price": 100 * YUAN},
    )
    made = entries(plant, {"delivered": {"a": 12.5, "b": 0.333, "s": 2}}, "2026")
    assert due(made, "op", "a") == 37_500 * YUAN
    assert due(made, "op", "b") == 999 * YUAN
    assert due(made, "op", "s") == 6000 * YUAN
    assert (due(made, "s", "a"), due(made, "s", "b")) == (1250 * YUAN, 3330)


def test_half_a_fen_is_rounded_up():
    """0.34, 0.35 and 0.36 t at 10 fen are 3.4, 3.5 and 3.6 fen."""
    plant = contract(
        "plant-fees", {"operator": "op", "site": "s", "user": ["a", "b", "c"]}, {"price": 10}
    )
    made = entries(plant, {"delivered": {"a": 0.34, "b": 0.35, "c": 0.36}}, "2026")
    assert [due(made, "op", body) for body in "abc"] == [3, 4, 4]


def test_an_instrument_is_paid_by_hours_used_and_hours_missed():
    """10 h booked and 1.5 missed at 200 yuan: 8.5 h are 1,700 yuan and 510 minutes, 1.5 at a fifth are 60."""
    shared = contract(
        "instrument",
        {"owner": "lab", "user": ["firm"]},
        {"price": 200 * YUAN, "no_show_share": 0.2},
    )
    made = on(entries(shared, {"booked": {"firm": 10}, "no_show": {"firm": 1.5}}, "2026"))
    assert made["use", "lab/due:firm"] == 1700 * YUAN
    assert made["no-show", "lab/due:firm"] == 60 * YUAN
    assert made["minutes", "firm/minutes"] == 510
    with pytest.raises(BadInput, match=r"no_show\.firm: more hours were missed"):
        entries(shared, {"booked": {"firm": 1}, "no_show": {"firm": 2}}, "2026")


def test_the_city_that_issued_a_voucher_owes_what_others_redeemed():
    """10,000 issued; 3,000 and 2,000 redeemed, borne at 4/5; then 5,001 are more than is left."""
    vouchers = contract("voucher", {"issuer": "a", "redeemer": ["b", "c"]}, {"borne": 0.8})
    first = settled(
        vouchers, {"issued": 10_000, "redeemed": {"b": 3000, "c": 2000}, "lapsed": 0}, "2026"
    )
    assert due(first.entries, "b", "a") == 2400
    assert due(first.entries, "c", "a") == 1600
    left = sum(
        one["amount"]
        for entry in first.entries
        for one in entry["postings"]
        if (one["account"], one["commodity"]) == ("a/outstanding", "voucher:a")
    )
    assert left == first.carried["check:outstanding"] == 5000
    with pytest.raises(BadInput, match="short by 1"):
        settled(
            vouchers,
            {"issued": 0, "redeemed": {"b": 5001, "c": 0}, "lapsed": 0},
            "2027",
            first.carried,
        )
