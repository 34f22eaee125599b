"""One account: checked against the plain formulas, cell by cell, and against drawn errors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment import (
    Use,
    account_of,
    amounts,
    budget_left,
    combustion_co2,
    counted,
    laid_out,
    method_of,
    path_to,
    published,
    recomputed,
    uncertainty,
)
from hutuo.environment.account import account
from hutuo.environment.accountrows import Account
from hutuo.environment.accounts import gaps
from hutuo.environment.coefficients import coefficients
from hutuo.environment.control import Totals, in_force, rule_of
from hutuo.errors import BadAsk, BadInput, NotFound

SCOPES = ("tco2_scope1", "tco2_scope2")
HEAD = "place,sector,fuel,year,use,quantity,unit,uncertainty\n"


def use(place="130000", fuel="bituminous", quantity=1.0, unit="t", **more):
    given = {"row": 2, "sector": "manufacturing", "year": 2022, "use": "energy"} | more
    return Use(place=place, fuel=fuel, quantity=quantity, unit=unit, **given)


def found_of(activity, factors=None, method="cn-province", **more):
    factors = published() if factors is None else factors
    return coefficients(
        activity.streams, activity.years, activity.places, factors, method_of(method), **more
    )


def figures(*uses, **more):
    """Totals by outcome of a few rows, all of one year."""
    activity = laid_out("test", uses)
    found = found_of(activity, **more)
    done = account_of(activity, found)
    return {name: float(done.total(name)[0]) for name in found.outcomes}


def write(tmp_path, *rows, name="activity.csv", head=HEAD):
    file = tmp_path / name
    file.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return str(file)


def test_each_row_comes_to_what_its_formula_says():
    told = figures(
        use(quantity=1000),
        use(fuel="natural_gas", quantity=50, unit="万立方米"),
        use(fuel="diesel", quantity=426.52, unit="GJ"),
        use(fuel="electricity", quantity=2000, unit="MWh"),
        use(fuel="heat", quantity=300, unit="GJ"),
        use(fuel="renewable_electricity", quantity=10, unit="万千瓦时"),
    )
    burnt = (
        combustion_co2(1000, 19.57, 0.0261, 0.93)
        + combustion_co2(50, 389.31, 0.0153, 0.99)
        + combustion_co2(10, 42.652, 0.0202, 0.98)
    )
    assert told["tco2_scope1"] == pytest.approx(burnt, rel=1e-12)
    assert told["tco2_scope2"] == pytest.approx(2000 * 0.7252 + 300 * 0.11, rel=1e-12)
    coal = 1000 * 19.57 / 29.3076 + 50 * 13.3 + 426.52 / 29.3076
    assert told["tce"] == pytest.approx(coal + 200 * 1.229 + 300 * 0.03412 + 10 * 1.229, rel=1e-12)
    assert told["renewable_tce"] == pytest.approx(12.29)


def test_one_thing_in_other_units_is_the_same():
    tonnes, kilo = figures(use(quantity=1000)), figures(use(quantity=0.1, unit="万吨"))
    assert tonnes == pytest.approx(kilo)
    gas = [
        figures(use(fuel="natural_gas", quantity=q, unit=u))
        for q, u in ((2, "10^4 Nm3"), (2e4, "Nm3"))
    ]
    assert gas[0] == pytest.approx(gas[1])


def test_feedstock_is_energy_but_lets_out_nothing_as_it_is_used():
    told = figures(use(use="feedstock", quantity=100))
    assert told["tce"] == told["feedstock_tce"] == pytest.approx(100 * 19.57 / 29.3076)
    assert told["tco2_scope1"] == 0


def test_biomass_is_renewable_and_its_carbon_stands_apart():
    told = figures(use(fuel="biomass", quantity=10), method="ipcc2006")
    assert told["tco2_biogenic"] > 0
    assert told["tco2_scope1"] == 0
    assert told["renewable_tce"] == told["tce"] > 0


def test_electricity_is_of_the_year_and_province_or_national():
    by_place = {
        place: figures(use(place, "electricity", 1, "MWh"))["tco2_scope2"]
        for place in ("130100", "140100", "part:x")
    }
    assert by_place == pytest.approx({"130100": 0.7252, "140100": 0.7096, "part:x": 0.5366})
    assert figures(use("130100", "electricity", 1, "MWh"), grid="national")[
        "tco2_scope2"
    ] == pytest.approx(0.5366)


def test_gases_and_pollutants_come_from_factors_of_ones_own():
    own = [
        published()[0]._replace(
            kind="emission",
            gas="SO2",
            fuel="bituminous",
            dimension="energy",
            value=0.5,
            source="test",
        ),
        published()[0]._replace(
            kind="emission",
            gas="NOX",
            fuel="bituminous",
            dimension="mass",
            value=3.0,
            source="test",
        ),
    ]
    told = figures(use(quantity=10), use(fuel="diesel", quantity=1), factors=[*own, *published()])
    assert told["SO2"] == pytest.approx(10 * 19.57 * 0.5)
    assert told["NOX"] == pytest.approx(30)


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_a_whole_account_is_the_sum_of_its_rows_and_a_changed_factor_gives_the_same_either_way(
    chance,
):
    fuels = [
        ("bituminous", "t"),
        ("diesel", "t"),
        ("natural_gas", "万立方米"),
        ("electricity", "MWh"),
    ]
    uses = [
        use(place, fuel, chance.random(), unit, sector=sector, year=year)
        for place in ("130100", "130200", "140100", "set:x")
        for sector in ("manufacturing", "road")
        for year in (2021, 2022, 2023)
        for fuel, unit in fuels
        if chance.random() < 0.7
    ]
    activity = laid_out("drawn", uses)
    found = found_of(activity)
    done = account_of(activity, found)
    each = [figures(one) for one in uses]
    for name in found.outcomes:
        assert done.total(name).sum() == pytest.approx(sum(one[name] for one in each), rel=1e-12)
    changed = [
        one._replace(value=one.value * 1.1) if one.kind == "electricity" else one
        for one in published()
    ]
    other = found_of(activity, changed)
    np.testing.assert_allclose(
        recomputed(done, other).values, account_of(activity, other).values, rtol=1e-14
    )
    # What was there before is left as it was.
    np.testing.assert_array_equal(done.values, account_of(activity, found).values)


def test_uncertainty_is_what_drawn_errors_give():
    """Two fuels in two years by the IPCC's intervals, quantities sure to 5 %: against 20,000 draws."""
    uses = [
        use(fuel=fuel, quantity=quantity, year=year, uncertainty=0.05, sector=sector)
        for fuel, quantity in (("diesel", 300.0), ("lpg", 200.0))
        for year in (2021, 2022)
        for sector in ("road", "services")
    ]
    activity = laid_out("test", uses)
    found = found_of(activity, method="ipcc2006")
    told = uncertainty(amounts(activity, found), found, SCOPES)
    chance = np.random.default_rng(3)
    draws = 20_000
    total = np.zeros((draws, 2))
    values = {(one.kind, one.fuel): one for those in found.used.values() for one in those}
    for fuel in ("diesel", "lpg"):
        heat, carbon = (values[kind, fuel] for kind in ("heating_value", "carbon_content"))
        times = 44 / 12 * np.ones(draws)
        for one in (heat, carbon):
            times *= one.value * (1 + chance.normal(size=draws) * one.uncertainty / 1.96)
        for one in uses:
            if one.fuel == fuel:
                sure = 1 + chance.normal(size=draws) * 0.05 / 1.96
                total[:, one.year - 2021] += one.quantity * sure * times
    assert told.relative == pytest.approx(1.96 * total.std(axis=0) / total.mean(axis=0), rel=0.03)
    # All intervals but that of oxidation, which the guidelines take as 1, are told.
    assert told.covered == pytest.approx([0, 0])


def test_fuels_whose_errors_are_their_own_are_surer_together_than_one():
    def half(*uses):
        activity = laid_out("test", uses)
        found = found_of(activity, method="ipcc2006")
        return float(uncertainty(amounts(activity, found), found, SCOPES).relative[0])

    one, both = half(use(fuel="diesel", quantity=2)), half(use(fuel="diesel"), use(fuel="lpg"))
    assert both < one + 1e-12 or both < half(use(fuel="lpg", quantity=2))
    # The same factor in two places moves both alike.
    assert half(use(fuel="diesel"), use("140000", "diesel")) == pytest.approx(one)


def test_a_factor_that_is_lacking_is_named_and_only_where_it_is_used():
    activity = laid_out("test", [use(fuel="raw_coal"), use(year=2021)])
    found = found_of(activity)
    lacks = {
        (lack.kind, activity.streams[lack.stream].fuel, activity.years[lack.year])
        for lack in gaps(amounts(activity, found), found)
    }
    assert lacks == {("carbon_content", "raw_coal", 2022), ("oxidation", "raw_coal", 2022)}


def test_every_fault_of_activity_is_told_with_its_row():
    rows = [
        use(row=2),
        use(row=3, quantity=2, unit="GJ"),
        use(row=4, fuel="natural_gas", unit="kWh", sector="C31", year=2020),
        use(row=5, fuel="electricity", unit="t"),
        use(row=6, fuel="coal"),
        use(row=7, sector="moon", fuel="diesel"),
        use(row=8, quantity=-1, fuel="lpg"),
        use(row=9, use="burning", fuel="coke"),
        use(row=10, unit="亿元", fuel="coke"),
    ]
    with pytest.raises(BadInput) as told:
        laid_out("test", rows)
    assert [(fault.row, fault.column) for fault in told.value.findings] == [
        (3, ""), (5, "unit"), (6, "fuel"), (7, "sector"), (8, "quantity"), (9, "use"), (10, "unit"),
    ]  # fmt: skip
    assert "row 2 enters the same activity" in told.value.findings[0].says[1]
    assert "Electricity is measured in GJ, not in 't'" in told.value.findings[1].says[1]


def test_a_sector_within_a_sector_that_is_entered_too_is_refused():
    """Steel and chemicals stand beside each other, but not beside all of manufacturing."""
    both = [use(row=2, sector="C31"), use(row=3, sector="C26")]
    assert laid_out("test", both).sectors == ("26", "31")
    for wide in ("manufacturing", "C3120"):
        with pytest.raises(BadInput, match="lies in") as told:
            laid_out("test", [*both, use(row=4, sector=wide)])
        rows = [fault.row for fault in told.value.findings]
        assert rows == ([2, 3] if wide == "manufacturing" else [4])


def test_rules_on_one_activity_stand_side_by_side():
    """100 tce of which 10 are feedstock and 25, five more than in 2020, renewable."""
    totals = {2020: Totals(90, 10, 20, 200), 2023: Totals(100, 10, 25, 210)}
    told = {
        name: counted(rule_of(name), totals)[2023]
        for name in ("energy-all", "energy-2022", "energy-plan", "carbon-2024")
    }
    assert told == {"energy-all": 100, "energy-2022": 85, "energy-plan": 65, "carbon-2024": 210}
    # Without the base year nobody knows what is new; fewer renewables than then are not negative.
    assert counted(rule_of("energy-2022"), {2023: totals[2023]})[2023] is None
    fewer = {2020: totals[2020], 2023: Totals(100, 10, 15, 210)}
    assert counted(rule_of("energy-2022"), fewer)[2023] == 90
    assert counted(rule_of("energy-plan"), {2023: Totals(100, None, 25, 1)})[2023] is None


def test_energy_is_controlled_until_2025_and_carbon_from_2026():
    assert [in_force(year).rule if in_force(year) else None for year in (2010, 2018, 2023, 2026)] == [
        None, "energy-all", "energy-2022", "carbon-2024",
    ]  # fmt: skip
    with pytest.raises(NotFound, match="no rule 'energy'"):
        rule_of("energy")


def test_a_path_ends_at_its_target_and_its_budget_is_what_it_allows():
    assert path_to(2020, 100, 2024, 80) == {2020: 100, 2021: 95, 2022: 90, 2023: 85, 2024: 80}
    rate = path_to(2020, 100, 2022, 81, "rate")
    assert rate == pytest.approx({2020: 100, 2021: 90, 2022: 81})
    path = path_to(2020, 100, 2024, 80)
    assert budget_left(path, {2020: 100, 2021: 96, 2022: 92}) == (350 - 188, [])
    # 2022 is not known, so its own value is taken off.
    assert budget_left(path, {2021: 96, 2023: 80}) == (350 - 96 - 80 - 90, [2022])
    assert budget_left(path, {}) == (350, [])


def test_a_path_that_leads_nowhere_is_refused():
    with pytest.raises(BadInput, match="should come after 2024"):
        path_to(2024, 100, 2024, 80)
    with pytest.raises(BadInput, match="takes values above 0"):
        path_to(2020, 100, 2024, 0, "rate")


def test_the_verb_tells_rows_rules_path_and_what_is_lacking(little, tmp_path):
    file = write(
        tmp_path,
        "990101,C31,bituminous,2022,,1000,t,0.05",
        "990101,C31,bituminous,2023,,900,t,0.05",
        "990101,C31,bituminous,2023,feedstock,100,t,",
        "990102,residential,electricity,2022,,2000,MWh,",
        "990102,residential,raw_coal,2023,,5,t,",
        "990102,road,diesel,2023,,,t,",
    )
    told = account(
        little,
        Account(
            file=file,
            rules=["energy-plan", "carbon-2024"],
            base_year=2022,
            target_year=2024,
            target_value=500,
        ),
    )
    first, second = told.rows
    assert first.tco2_scope2 == pytest.approx(2000 * 0.5366)
    assert first.tco2 == pytest.approx(combustion_co2(1000, 19.57, 0.0261, 0.93) + 1073.2)
    assert first.half_interval == pytest.approx(0.05 * (first.tco2 - 1073.2) / first.tco2)
    # A factor of raw coal and a quantity of diesel are lacking: the sum is not told, what is known of it is.
    assert (second.tco2, second.tco2_scope1, second.tce) == (None, None, None)
    assert second.tco2_known == pytest.approx(combustion_co2(900, 19.57, 0.0261, 0.93))
    assert second.feedstock_tce == pytest.approx(100 * 19.57 / 29.3076)
    assert {
        (row.fuel, row.factor_kind)
        for row in told.lacking_factors
        if row.factor_kind != "emission"
    } == {("raw_coal", "carbon_content"), ("raw_coal", "oxidation")}
    assert [(row.place, row.fuel, row.year) for row in told.unknown_rows] == [
        ("990102", "diesel", 2023)
    ]
    energy = [row for row in told.controls if row.rule == "energy-plan"]
    assert [row.path_amount for row in energy] == pytest.approx([first.tce, (first.tce + 500) / 2])
    assert (energy[0].over_path, energy[1].over_path) == (0, None)
    assert told.budgets[0].budget_left == pytest.approx((first.tce + 500) / 2 + 500)
    assert told.uncovered == ["part:delta-town"]
    assert any(
        "that of 2022" not in doubt.en and "process emissions" in doubt.en for doubt in told.doubts
    )


@pytest.mark.parametrize("by", ["place", "sector", "fuel"])
def test_parts_sum_to_the_whole(little, tmp_path, by):
    file = write(
        tmp_path,
        "990101,C31,bituminous,2022,,1000,t,",
        "990101,road,diesel,2022,,10,t,",
        "990102,residential,electricity,2022,,2000,MWh,",
    )
    whole = account(little, Account(file=file)).rows[0]
    parts = account(little, Account(file=file, group_by=by)).rows
    assert len({row.cut for row in parts}) == len(parts) > 1
    for name in ("tce", "tco2", "tco2_scope1"):
        assert sum(getattr(row, name) for row in parts) == pytest.approx(getattr(whole, name))


def test_intensity_takes_the_output_of_all_places_of_the_account(little, tmp_path):
    """Revenue of 2024 is known of the first unit alone: 73.205 亿元."""
    rows = ["990101,C31,bituminous,2024,,1000,t,", "990102,C31,bituminous,2024,,1000,t,"]
    for some, output in ((rows[:1], 732_050), (rows, None)):
        file = write(tmp_path, *some)
        told = account(
            little, Account(file=file, output_indicator="revenue", rules=["carbon-2024"])
        )
        assert told.controls[0].output_value == (None if output is None else pytest.approx(output))
    assert told.controls[0].output_intensity is None


def test_a_region_keeps_activity_in_a_table_of_its_own(own):
    rows = pd.DataFrame(
        {
            "place": ["990101", "990102"],
            "sector": ["C31", "residential"],
            "fuel": ["bituminous", "electricity"],
            "year": [2022, 2022],
            "quantity": [1000.0, 2000.0],
            "unit": ["吨", "MWh"],
            "source": ["book", "book"],
        }
    )
    with pytest.raises(BadInput, match="activity holds no activity"):
        account(own, Account())
    own.append("activity", rows)
    told = account(own, Account(geography="county"))
    assert told.rows[0].tco2_scope2 == pytest.approx(2000 * 0.5366)
    assert told.uncovered == ["part:delta-town"]


def test_a_unit_beside_one_that_it_lies_in_is_refused(little, tmp_path):
    file = write(tmp_path, "990100,C31,coke,2022,,10,t,", "990101,C31,coke,2022,,4,t,")
    with pytest.raises(BadInput, match="990101 lies in 990100, of which row 2 tells the same"):
        account(little, Account(file=file))
    assert account(little, Account(file=file, geography="county")).rows[0].tco2_known > 0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("990101,C31,coke,20x2,,10,t,", "'20x2' is not a number"),
        ("990101,C31,coke,2022,,ten,t,", "'ten' is not a number"),
        ("990101,C31,coke,2022,,10,t,5", "5 should be a share"),
        (",C31,coke,2022,,10,t,", "place: it is required"),
    ],
)
def test_a_cell_of_activity_that_is_wrong_is_told(little, tmp_path, row, says):
    with pytest.raises(BadInput, match=says):
        account(little, Account(file=write(tmp_path, row)))


def test_half_a_target_is_refused(little, tmp_path):
    file = write(tmp_path, "990101,C31,coke,2022,,10,t,")
    with pytest.raises(BadAsk, match="a path takes base_year"):
        account(little, Account(file=file, target_year=2030))
    with pytest.raises(BadAsk, match="what counts in 2021 is not known"):
        account(little, Account(file=file, base_year=2021, target_year=2030, target_value=1))


def test_factors_of_ones_own_come_first(little, tmp_path):
    factors = write(
        tmp_path,
        "carbon_content,raw_coal,2022,0.0258,tC/GJ,test 1",
        "oxidation,raw_coal,2022,95,%,test 1",
        "electricity,electricity,2022,0.5,kgCO2/kWh,contract",
        name="own.csv",
        head="kind,fuel,year,value,unit,source\n",
    )
    file = write(
        tmp_path, "990101,C31,raw_coal,2022,,100,t,", "990101,C31,electricity,2022,,10,MWh,"
    )
    row = account(little, Account(file=file, factors_file=factors)).rows[0]
    assert row.tco2_scope1 == pytest.approx(combustion_co2(100, 20.908, 0.0258, 0.95))
    assert row.tco2_scope2 == pytest.approx(5)
