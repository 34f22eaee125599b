"""The register: every value has its year and source, and contradictions stand side by side."""

import csv
from pathlib import Path

import pytest

from hutuo.environment import combustion_co2, conflicts, method_of, published
from hutuo.environment.control import rules
from hutuo.environment.inventory import lines
from hutuo.environment.quantities import BOUNDS, factor_in_base, measure
from hutuo.environment.register import (
    choose,
    fuels,
    methods,
    references,
    sector_key,
    sector_name,
    sector_of,
    sectors,
    wider,
)
from hutuo.errors import NotFound

FOLDER = Path(__file__).parents[2] / "src/hutuo/environment"
CN_PROVINCE = ("130000", "CN", "world")


def values(kind, fuel, **where):
    return [
        one
        for one in published()
        if (one.kind, one.fuel) == (kind, fuel)
        and all(getattr(one, name) == value for name, value in where.items())
    ]


def taken(kind, fuel, dimension, year, regions=CN_PROVINCE, method="cn-province"):
    return choose(values(kind, fuel, dimension=dimension), method_of(method), regions, year)


def test_every_value_names_a_source_that_is_listed_a_year_and_a_unit_of_its_kind():
    wrong = [
        one
        for one in published()
        if one.source not in references() or not 1900 < one.year < 2200 or not one.unit
    ]
    assert wrong == []
    known = {*fuels(), "any", ""}
    assert {one.fuel for one in published()} <= known
    assert {one.source for one in published()} >= set(references()) - {"own"}


def test_every_value_lies_within_the_bounds_of_its_kind():
    outside = [
        one
        for one in published()
        if not BOUNDS[one.kind, one.dimension][0]
        <= one.value
        <= BOUNDS[one.kind, one.dimension][1]
    ]
    assert outside == []


def test_no_value_stands_twice():
    with (FOLDER / "factors.csv").open(encoding="utf-8", newline="") as rows:
        keys = [(*tuple(row.values())[:6], row["source"]) for row in csv.DictReader(rows)]
    assert len(keys) == len(set(keys))


def test_coal_is_burnt_by_the_values_of_the_national_standard():
    """GB/T 32151.22-2024 table C.1: bituminous coal 19.570 GJ/t, 26.1e-3 tC/GJ, 93 %."""
    heat, carbon, burns = (
        taken(kind, "bituminous", dimension, 2023)
        for kind, dimension in (
            ("heating_value", "mass"),
            ("carbon_content", "energy"),
            ("oxidation", ""),
        )
    )
    assert (heat.value, carbon.value, burns.value) == (19.57, 0.0261, 0.93)
    assert combustion_co2(1, heat.value, carbon.value, burns.value) == pytest.approx(
        1.7418, abs=1e-4
    )


@pytest.mark.parametrize(
    ("region", "year", "value", "of"),
    [
        ("130000", 2021, 0.7901, 2021),
        ("130000", 2022, 0.7252, 2022),
        ("140000", 2022, 0.7096, 2022),
        ("370000", 2022, 0.6410, 2022),
        ("120000", 2022, 0.7041, 2022),
        ("410000", 2023, 0.5897, 2023),
        ("CN", 2022, 0.5366, 2022),
        ("CN", 2023, 0.5306, 2023),
        # No factor of that year: the last one before, else the first after.
        ("130000", 2030, 0.6516, 2023),
        ("130000", 2015, 0.7901, 2021),
    ],
)
def test_electricity_is_that_of_the_year_and_the_province(region, year, value, of):
    found = taken("electricity", "electricity", "energy", year, (region, "CN", "world"))
    assert (found.value, found.year, found.region) == (value, of, region)


def test_a_place_without_a_province_gets_the_national_factor():
    assert taken("electricity", "electricity", "energy", 2022, ("990000", "CN")).value == 0.5366


def test_notices_that_contradict_each_other_are_both_shown_and_one_is_taken():
    """The national grid of 2022 is 0.5366 by the notice of factors, 0.5703 by that on reports."""
    both = next(
        case
        for case in conflicts(published())
        if case[0].case == ("electricity", "electricity", "", "energy", "CN@2022")
    )
    assert {one.value for one in both} == {0.5366, 0.5703}
    assert taken("electricity", "electricity", "energy", 2022, ("CN",)).source == "mee-grid-2022"


def test_carbon_of_bituminous_coal_is_told_in_three_ways():
    told = {one.source: one.value for one in values("carbon_content", "bituminous")}
    assert told == {"gbt32151-22-2024": 0.0261, "gbt32150-2015": 0.02618, "ipcc2006": 0.0258}


def test_the_ipcc_tells_how_sure_it_is():
    """IPCC 2006 V2 tables 1.2 and 1.3: diesel 43.0 (41.4 to 43.3) TJ/Gg, 20.2 (19.8 to 20.4) kg/GJ."""
    heat = taken("heating_value", "diesel", "mass", 2022, method="ipcc2006")
    carbon = taken("carbon_content", "diesel", "energy", 2022, method="ipcc2006")
    assert heat.value == 43.0
    assert heat.uncertainty == pytest.approx((43.3 - 41.4) / 2 / 43.0)
    assert carbon.uncertainty == pytest.approx((20.4 - 19.8) / 2 / 20.2)


def test_the_end_of_a_range_is_never_taken_unasked():
    ends = [one for one in published() if not one.chosen]
    assert {one.fuel for one in ends} == {"natural_gas", "coke_oven_gas", "gasoline"}
    assert taken("coal_equivalent", "coke_oven_gas", "volume", 2022) is None


def test_a_method_is_silent_on_what_its_sources_do_not_tell():
    assert taken("carbon_content", "raw_coal", "energy", 2022) is None
    assert taken("heating_value", "natural_gas", "volume", 2022, method="ipcc2006") is None


def test_sources_of_methods_and_parts_of_the_inventory_are_known():
    named = {source for method in methods().values() for source in method.sources}
    assert named <= set(references())
    assert {sector.gpc for sector in sectors().values()} <= {
        line.sector for line in lines().values()
    }
    with pytest.raises(NotFound, match="no method 'ipcc'"):
        method_of("ipcc")


def test_divisions_of_the_classification_of_industries_lie_in_one_sector_each():
    found = [division for sector in sectors().values() for division in sector.divisions]
    assert sorted(found) == list(range(1, 98))
    given = ("C31", "4412", "居民生活", "nothing", "C1", "99")
    assert [sector_key(one) for one in given] == ["31", "4412", "residential", None, None, None]
    assert (sector_of("31").sector, sector_of("4412").sector) == ("manufacturing", "power")
    assert wider("4412") == ["44", "441", "power"]
    assert wider("power") == []
    assert sector_name("31").en == "Manufacturing and other mining 31"


@pytest.mark.parametrize(
    ("kind", "unit", "factor"),
    [
        ("heating_value", "GJ/t", 1),
        ("heating_value", "TJ/t", 1000),
        ("heating_value", "KJ/kg", 1e-3),
        ("heating_value", "GJ/10^4 Nm3", 1),
        ("heating_value", "KJ/Nm3", 0.01),
        ("carbon_content", "kgC/GJ", 1e-3),
        ("carbon_content", "tC/TJ", 1e-3),
        ("electricity", "tCO2/MWh", 1),
        ("heat", "kgCO2/MJ", 1),
        ("coal_equivalent", "kgce/kg", 1),
        ("coal_equivalent", "tce/万kWh", 1 / 36),
        ("emission", "g/GJ", 1e-3),
        ("oxidation", "%", 0.01),
    ],
)
def test_units_of_factors_come_to_one_base(kind, unit, factor):
    assert factor_in_base(kind, unit).factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("heating_value", "tC/GJ"),
        ("carbon_content", "GJ/t"),
        ("electricity", "kgCO2/t"),
        ("gwp", "%"),
        ("heat", "GJ"),
    ],
)
def test_units_of_another_kind_are_none(kind, unit):
    assert factor_in_base(kind, unit) is None


def test_what_measures_no_fuel_is_no_measure():
    assert measure("亿元") is None
    assert measure("10^4 Nm3") == ("volume", 1.0)
    assert measure("万kWh").factor == pytest.approx(36)


def test_rules_of_control_do_not_overlap():
    years = [
        year
        for rule in rules().values()
        if rule.first_year
        for year in range(rule.first_year, (rule.last_year or 2100) + 1)
    ]
    assert len(years) == len(set(years))
