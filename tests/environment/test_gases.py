"""CH4, N2O and pollutants of what is burnt, by tables of the IPCC and of EMEP/EEA."""

import pytest

from hutuo.environment.account import account
from hutuo.environment.accountrows import Account
from hutuo.environment.activity import Use, laid_out
from hutuo.environment.factorfiles import read_factors
from hutuo.environment.gases import air_equivalents, equivalent_mass, gases_of, warming
from hutuo.environment.inventory import Inventory, inventory
from hutuo.environment.register import conflicts, method_of, published
from hutuo.errors import BadInput

METHOD = method_of("ipcc2006")


def burnt(fuel, sector, quantity=1.0, unit="TJ", factors=None, use="energy"):
    """Kilograms by gas of what is burnt; None where a factor is lacking."""
    row = Use(1, "130100", sector, fuel, 2022, use, quantity, unit)
    told = gases_of(laid_out("one", [row]), factors or published(), METHOD).of()
    return {gas: one.known[0] if one.complete[0] else None for gas, one in told.items()}


@pytest.mark.parametrize(
    ("fuel", "sector", "ch4", "n2o"),
    [
        ("anthracite", "power", 1, 1.5),
        ("bituminous", "manufacturing", 10, 1.5),
        ("bituminous", "services", 10, 1.5),
        ("bituminous", "residential", 300, 1.5),
        ("natural_gas", "manufacturing", 1, 0.1),
        ("natural_gas", "residential", 5, 0.1),
        ("fuel_oil", "power", 3, 0.6),
        ("diesel", "services", 10, 0.6),
        ("biomass", "residential", 300, 4),
        ("gasoline", "road", 25, 8),
        ("diesel", "road", 3.9, 3.9),
        ("diesel", "rail", 4.15, 28.6),
        ("kerosene", "aviation", 0.5, 2),
    ],
)
def test_a_terajoule_lets_out_what_the_tables_of_the_ipcc_say_by_sector(fuel, sector, ch4, n2o):
    """2006 IPCC Guidelines V2, tables 2.2 to 2.5, 3.2.2, 3.4.1 and 3.6.5, kg/TJ."""
    told = burnt(fuel, sector)
    assert (told["CH4"], told["N2O"]) == pytest.approx((ch4, n2o))


def test_a_power_station_by_the_first_tier_of_the_guidebook():
    """EMEP/EEA 2023, 1.A.1 table 3-2: hard coal 820 g SOx, 209 g NOx and 11.4 g of particles a GJ."""
    told = burnt("bituminous", "power", 2.0)
    assert (told["SO2"], told["NOX"], told["SOOT"]) == pytest.approx((1640, 418, 22.8))
    assert burnt("bituminous", "manufacturing")["SO2"] is None


def test_what_is_used_as_feedstock_or_bought_lets_out_nothing():
    assert set(burnt("bituminous", "manufacturing", use="feedstock").values()) == {0.0}
    assert set(burnt("electricity", "services", 1, "MWh").values()) == {0.0}


def test_potentials_are_of_the_report_that_is_named():
    """AR4 25 and 298, AR5 28 and 265, AR6 27.9 and 273."""
    for source, ch4, n2o in ((None, 28, 265), ("ipcc-ar4", 25, 298), ("ipcc-ar6", 27.9, 273)):
        found = warming(published(), METHOD, source)
        assert equivalent_mass("CH4", 1000, found) == pytest.approx(ch4)
        assert equivalent_mass("N2O", 1000, found) == pytest.approx(n2o)
    assert equivalent_mass("SO2", 1000, found) is None


def test_equivalents_count_particles_once():
    """The law's table: SO2 0.95, soot 2.18 kg."""
    both = air_equivalents({"SO2": 9.5, "SOOT": 4.36, "PM25": 2.18, "CH4": 99.0})
    assert both == pytest.approx(12)
    assert air_equivalents({"PM25": 2.18}) == pytest.approx(1)


def test_a_factor_of_ones_own_is_of_its_sector_and_comes_first(tmp_path):
    file = tmp_path / "own.csv"
    head = "kind,fuel,gas,year,value,unit,source,sector\n"
    file.write_text(
        f"{head}emission,bituminous,SO2,2024,2.4,kg/t,x,制造业与其他采矿业\n"
        "emission,bituminous,SO2,2024,9,kg/t,y,\n",
        encoding="utf-8",
    )
    own = [*read_factors(file), *published()]
    assert burnt("bituminous", "manufacturing", 10, "t", own)["SO2"] == pytest.approx(24)
    assert burnt("bituminous", "residential", 10, "t", own)["SO2"] == pytest.approx(90)
    file.write_text(f"{head}emission,bituminous,SO2,2024,2.4,kg/t,x,steel\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no sector 'steel'"):
        read_factors(file)


def test_factors_of_other_sectors_do_not_contradict_each_other():
    told = {case[0].case for case in conflicts(published()) if case[0].kind == "emission"}
    assert told == {("emission", "gasoline", gas, "energy", "road") for gas in ("CH4", "N2O")}


@pytest.fixture
def rows(tmp_path, little):
    file = tmp_path / "fuels.csv"
    file.write_text(
        "place,sector,fuel,year,quantity,unit\n"
        "130100,power,bituminous,2022,1000,TJ\n"
        "130100,residential,natural_gas,2022,200,TJ\n"
        "130100,residential,electricity,2022,10,MWh\n",
        encoding="utf-8",
    )
    return little, str(file)


def test_an_account_tells_gases_equivalents_and_pollutants(rows):
    """Worked by hand from the same tables, AR5."""
    region, file = rows
    found = account(region, Account(file=file, factor_method="ipcc2006", group_by="sector"))
    power = next(row for row in found.rows if row.cut == "power")
    gases = {row.gas: row for row in power.gases}
    assert gases["CH4"].kilograms == pytest.approx(1000)
    assert gases["CH4"].gas_tco2e == pytest.approx(28)
    assert power.tco2e == pytest.approx(power.tco2 + 1.0 * 28 + 1.5 * 265)
    assert power.known_equivalents == pytest.approx((820 + 209) / 0.95 + 11.4 / 2.18)
    home = next(row for row in found.rows if row.cut == "residential")
    # EMEP/EEA 2023, 1.A.4 table 3-4: 0.3 g/GJ of SO2 and 51 of NOx, of 200 TJ.
    told = {row.gas: row.kilograms for row in home.gases}
    assert (told["SO2"], told["NOX"]) == pytest.approx((60, 10_200))
    assert not found.lacking_factors
    assert {"CH4", "N2O"} <= {row.gas for row in found.used_factors if row.factor_kind == "gwp"}


def test_what_no_source_tells_of_a_sector_is_told_as_lacking(tmp_path, little):
    file = tmp_path / "works.csv"
    file.write_text(
        "place,sector,fuel,year,quantity,unit\n130100,manufacturing,natural_gas,2022,200,TJ\n",
        encoding="utf-8",
    )
    found = account(little, Account(file=str(file), factor_method="ipcc2006"))
    assert {row.gas: row.kilograms for row in found.rows[0].gases}["SO2"] is None
    lacking = {row.left_unknown for row in found.lacking_factors}
    assert lacking == {"SO2", "NOX", "SOOT", "PM25"}


def test_an_inventory_tells_gases_of_what_is_burnt(rows):
    region, file = rows
    found = inventory(
        region, Inventory(file=file, factor_method="ipcc2006", gwp_source="ipcc-ar6")
    )
    by_ref = {row.gpc_ref: row for row in found.rows}
    home = by_ref["I.1.1"]
    assert (home.ch4_kg, home.n2o_kg) == pytest.approx((1000, 20))
    assert home.tco2e == pytest.approx(home.tco2 + 27.9 + 0.02 * 273)
    assert by_ref["I.4.4"].ch4_kg == pytest.approx(1000)
    assert by_ref["I.1.2"].tco2e == by_ref["I.1.2"].tco2
    assert found.basic_tco2e == pytest.approx(home.tco2e + by_ref["I.1.2"].tco2)
