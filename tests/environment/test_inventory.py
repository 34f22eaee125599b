"""The GPC inventory: rows of the report, what is estimated and what is not."""

import pytest

from hutuo.environment.inventory import Inventory, inventory, lines
from hutuo.errors import BadAsk

HEAD = "place,sector,fuel,year,quantity,unit\n"
ROWS = (
    "130100,manufacturing,bituminous,2022,1000,t",
    "130100,manufacturing,electricity,2022,500,MWh",
    "130100,residential,natural_gas,2022,10,万立方米",
    "130100,power,bituminous,2022,5000,t",
    "130100,power,electricity,2022,7,MWh",
    "130100,road,raw_coal,2022,1,t",
    "130100,road,diesel,2022,100,t",
    "130100,rail,electricity,2021,9,MWh",
)


@pytest.fixture
def told(little, tmp_path):
    file = tmp_path / "activity.csv"
    file.write_text(HEAD + "\n".join(ROWS), encoding="utf-8")
    return inventory(little, Inventory(file=str(file)))


def test_rows_are_those_of_the_protocol():
    known = lines().values()
    assert len(lines()) == len(list(known))
    basic = [line.ref for line in known if line.basic == "yes"]
    assert {line.scope for line in known if line.basic == "yes"} == {1, 2, 3}
    # Waste counts where it is treated in or outside; the other sectors by scopes 1 and 2.
    assert [ref for ref in basic if lines()[ref].scope == 3] == [
        "III.1.2",
        "III.2.2",
        "III.3.2",
        "III.4.2",
    ]
    assert lines()["I.4.4"].basic == "territorial"


def test_each_sector_stands_in_its_row_and_power_for_the_grid_apart(told):
    found = {row.gpc_ref: (row.tco2, row.notation) for row in told.rows}
    coal = 19.57 * 0.0261 * 0.93 * 44 / 12
    assert found["I.3.1"][0] == pytest.approx(1000 * coal)
    assert found["I.3.2"][0] == pytest.approx(500 * 0.7252)
    assert found["I.4.4"][0] == pytest.approx(5000 * coal)
    assert found["I.4.2"][0] == pytest.approx(7 * 0.7252)
    assert found["I.4.1"] == (None, "NE")
    assert found["I.1.2"] == (None, "NE")
    assert found["II.2.2"] == (None, "NE")
    assert found["III.1.1"] == (None, "NE")


def test_a_row_of_which_a_part_is_not_known_says_so(told):
    row = next(row for row in told.rows if row.gpc_ref == "II.1.1")
    assert row.notation == "partial"
    assert row.tco2 == pytest.approx(100 * 42.652 * 0.0202 * 0.98 * 44 / 12)
    assert {lack.fuel for lack in told.lacking_factors} == {"raw_coal"}


def test_totals_sum_what_is_estimated_and_gaps_are_named(told):
    found = {row.gpc_ref: row.tco2 or 0 for row in told.rows}
    basic = [line.ref for line in lines().values() if line.basic == "yes"]
    assert told.basic_tco2 == pytest.approx(sum(found[ref] for ref in basic))
    assert told.territorial_tco2 - told.basic_tco2 == pytest.approx(
        found["I.4.4"] - found["I.3.2"] - found["I.4.2"]
    )
    assert set(told.basic_gaps) == set(basic) - {"I.1.1", "I.3.1", "I.3.2", "I.4.2"}


def test_a_year_without_activity_is_refused(little, tmp_path):
    file = tmp_path / "activity.csv"
    file.write_text(HEAD + ROWS[0], encoding="utf-8")
    with pytest.raises(BadAsk, match="no activity of 1999"):
        inventory(little, Inventory(file=str(file), year=1999))
