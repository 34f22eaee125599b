"""The verb on what made emissions change."""

from math import log

import pytest

from hutuo.environment.decompose import Decompose, decompose
from hutuo.errors import BadAsk, BadInput

HEAD = "place,sector,fuel,year,use,quantity,unit\n"
ROWS = (
    "130100,C31,bituminous,2021,,1000,t",
    "130100,C31,bituminous,2022,,800,t",
    "130100,C31,bituminous,2023,,700,t",
    "130100,C31,natural_gas,2022,,10,万立方米",
    "130100,C31,natural_gas,2023,,30,万立方米",
    "130100,C31,natural_gas,2023,feedstock,99,万立方米",
    "140100,services,electricity,2021,,900,MWh",
    "140100,services,electricity,2022,,1000,MWh",
    "140100,services,electricity,2023,,1200,MWh",
)
OUTPUTS = "sector,year,output\n" + "\n".join(
    f"{sector},{year},{output}"
    for sector, values in {"C31": (100, 110, 120), "services": (200, 220, 250)}.items()
    for year, output in zip((2021, 2022, 2023), values, strict=True)
)


@pytest.fixture
def files(tmp_path):
    activity, outputs = tmp_path / "activity.csv", tmp_path / "outputs.csv"
    activity.write_text(HEAD + "\n".join(ROWS), encoding="utf-8")
    outputs.write_text(OUTPUTS, encoding="utf-8")
    return {"file": str(activity), "outputs_file": str(outputs)}


@pytest.mark.parametrize("form", ["additive", "multiplicative"])
@pytest.mark.parametrize("with_outputs", [True, False])
def test_effects_explain_all_of_the_change_of_the_account(little, files, form, with_outputs):
    given = files if with_outputs else {"file": files["file"]}
    told = decompose(little, Decompose(**given, decomposition_form=form))
    coal, gas = 19.57 * 0.0261 * 0.93 * 44 / 12, 389.31 * 0.0153 * 0.99 * 44 / 12
    first, last = 1000 * coal + 900 * 0.7222, 700 * coal + 30 * gas + 1200 * 0.6634
    assert [(row.from_year, row.to_year) for row in told.rows] == [
        (2021, 2022),
        (2022, 2023),
        (2021, 2023),
    ]
    assert told.rows[-1].tco2_before == pytest.approx(first)
    assert told.rows[-1].tco2_after == pytest.approx(last)
    size = first if form == "additive" else 1
    assert max(abs(row.unexplained) for row in told.rows) <= 1e-12 * size
    names = [effect.effect for effect in told.rows[0].effects]
    assert names == (
        ["activity", "structure", "intensity", "mix", "carbon"]
        if with_outputs
        else ["energy", "structure", "mix", "carbon"]
    )


def test_only_the_grid_changes_its_carbon_and_a_new_fuel_is_the_effect_of_the_mix(little, files):
    told = decompose(little, Decompose(**files, years=[2021, 2022]))
    effects = {effect.effect: effect.change for effect in told.rows[0].effects}
    weight = 1000 * 0.7096 - 900 * 0.7222
    mean = weight / log(1000 * 0.7096 / (900 * 0.7222))
    assert effects["carbon"] == pytest.approx(mean * log(0.7096 / 0.7222))
    assert effects["mix"] != 0


def test_what_is_not_known_cannot_be_taken_apart(little, tmp_path):
    file = tmp_path / "activity.csv"
    file.write_text(
        HEAD + "130100,C31,raw_coal,2021,,1,t\n130100,C31,raw_coal,2022,,,t\n", encoding="utf-8"
    )
    with pytest.raises(BadInput) as told:
        decompose(little, Decompose(file=str(file)))
    assert {fault.column for fault in told.value.findings} == {
        "carbon_content",
        "oxidation",
        "quantity",
    }


def test_it_takes_two_years_and_the_output_of_every_sector(little, files, tmp_path):
    with pytest.raises(BadAsk, match="at least two years"):
        decompose(little, Decompose(file=files["file"], years=[2022]))
    short = tmp_path / "short.csv"
    short.write_text("\n".join(OUTPUTS.splitlines()[:-1]), encoding="utf-8")
    with pytest.raises(BadInput, match="services: no output of 2023"):
        decompose(little, Decompose(file=files["file"], outputs_file=str(short)))


def test_faults_of_a_file_of_outputs_are_told_by_row(little, files, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(
        "sector,year,output\nmoon,2021,1\nC31,2021,0\nC31,2022,5\n31,2022,6\n", encoding="utf-8"
    )
    with pytest.raises(BadInput) as told:
        decompose(little, Decompose(file=files["file"], outputs_file=str(wrong)))
    assert [(fault.row, fault.column) for fault in told.value.findings] == [
        (2, "sector"),
        (3, "output"),
        (5, ""),
    ]
