"""Flows of a year, rules side by side, amounts of quota: what the pages of environment show."""

import pytest

from hutuo.environment.account import account
from hutuo.environment.accountrows import Account
from hutuo.environment.control import rules
from hutuo.environment.quotavolume import QuotaVolume, quota_volume
from hutuo.environment.rulebook import ControlRules, control_rules
from hutuo.errors import BadAsk, BadInput

HEAD = "place,sector,fuel,year,use,quantity,unit\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "activity.csv"
    rows = [
        "990101,manufacturing,bituminous,2022,,1000,t",
        "990102,manufacturing,bituminous,2022,,500,t",
        "990101,manufacturing,natural_gas,2022,feedstock,10,万立方米",
        "990101,residential,electricity,2022,,,MWh",
        "990101,services,electricity,2023,,100,MWh",
    ]
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def test_flows_join_places_and_keep_feedstock_apart(little, file):
    """1,500 t at 19.57 GJ/t; 100,000 m3 at 13.3 tce per 10,000; what homes used is not known."""
    found = account(little, Account(file=file, flow_year=2022))
    told = [(row.sector, row.fuel, row.use, row.tce, row.tco2) for row in found.energy_flows]
    assert told == [
        ("manufacturing", "bituminous", "energy", pytest.approx(1500 * 19.57 / 29.3076),
         pytest.approx(1500 * 19.57 * 0.0261 * 0.93 * 44 / 12)),
        ("manufacturing", "natural_gas", "feedstock", pytest.approx(133), 0),
        ("residential", "electricity", "energy", None, None),
    ]  # fmt: skip


def test_flows_of_a_year_sum_to_its_energy(little, file):
    found = account(little, Account(file=file, flow_year=2023))
    (row,) = [row for row in found.rows if row.year == 2023]
    assert sum(one.tce or 0.0 for one in found.energy_flows) == pytest.approx(row.tce)
    assert sum(one.tco2 or 0.0 for one in found.energy_flows) == pytest.approx(row.tco2)


def test_flows_are_told_of_a_year_with_activity_only(little, file):
    assert account(little, Account(file=file)).energy_flows == []
    with pytest.raises(BadAsk, match="no activity of 2021"):
        account(little, Account(file=file, flow_year=2021))


def test_every_rule_is_listed_with_its_version_and_source(little):
    found = control_rules(little, ControlRules())
    assert [row.rule for row in found] == list(rules())
    assert all(row.source and row.version for row in found)
    (now,) = control_rules(little, ControlRules(year=2026))
    assert (now.rule, now.control_kind, now.in_force_to) == ("carbon-2024", "carbon", None)


def test_what_a_project_buys_and_what_a_giver_gives_for_it(little):
    """100,000 x 0.3 x 3.2 / 0.8 = 120,000; at 1.25 the giver gives 150,000."""
    (row,) = quota_volume(
        little,
        QuotaVolume(
            energy_tce=100_000, adjustment=0.3, project_intensity=3.2, average_intensity=0.8,
            ratio=1.25,
        ),
    )  # fmt: skip
    assert (row.got_tce, row.given_tce, row.cancelled) == (120_000, 150_000, 30_000)
    assert row.formula == "100000 tce × 0.3 × 3.2 ÷ 0.8"


def test_heat_and_a_project_stand_side_by_side(little):
    """20,000 GJ x 34.12 kgce / 0.853 = 800 tce."""
    found = quota_volume(
        little,
        QuotaVolume(heat_gj=20_000, efficiency=0.853, energy_tce=10, project_intensity=1,
                    average_intensity=1),
    )  # fmt: skip
    assert [(row.volume_basis, row.got_tce) for row in found] == [("trade", 10), ("heat", 800)]


def test_half_a_formula_and_figures_out_of_range_are_refused(little):
    with pytest.raises(BadAsk, match="nothing to work out"):
        quota_volume(little, QuotaVolume())
    with pytest.raises(BadAsk, match="takes energy_tce, project_intensity"):
        quota_volume(little, QuotaVolume(energy_tce=1))
    with pytest.raises(BadInput, match="adjustment"):
        quota_volume(
            little,
            QuotaVolume(energy_tce=1, project_intensity=1, average_intensity=1, adjustment=2),
        )
