"""Activity of a data frame: the same cube as of rows, at once."""

import numpy as np
import pandas as pd
import pytest

from hutuo.environment.activity import Use, laid_out
from hutuo.environment.frames import frame_activity
from hutuo.errors import BadInput


def drawn(rows=300):
    """Rows without a repeated activity, some of unknown quantity, in mixed units."""
    chance = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "place": chance.choice(["130100", "140100", "130200", "set:x"], rows),
            "sector": chance.choice(["C31", "road", "居民生活", "manufacturing"], rows),
            "fuel": chance.choice(["diesel", "柴油", "natural_gas", "electricity"], rows),
            "year": chance.choice([2020, 2021, 2022], rows),
            "use": chance.choice(["energy", "feedstock"], rows, p=[0.8, 0.2]),
            "quantity": np.where(chance.random(rows) < 0.1, np.nan, chance.random(rows)),
        }
    )
    fits = {"diesel": "t", "柴油": "万吨", "natural_gas": "10^4 Nm3", "electricity": "MWh"}
    frame["unit"] = frame["fuel"].map(fits)
    plain = frame.replace({"柴油": "diesel", "C31": "manufacturing"})
    return frame[~plain.duplicated(["place", "sector", "fuel", "year", "use"])].reset_index(
        drop=True
    )


@pytest.mark.parametrize("categories", [True, False])
def test_a_frame_gives_the_cube_of_its_rows(categories):
    frame = drawn()
    rows = [
        Use(
            n,
            r.place,
            r.sector,
            r.fuel,
            r.year,
            r.use,
            None if np.isnan(r.quantity) else r.quantity,
            r.unit,
        )
        for n, r in enumerate(frame.itertuples())
    ]
    wanted = laid_out("rows", rows)
    if categories:
        frame = frame.astype(dict.fromkeys(["place", "sector", "fuel", "use", "unit"], "category"))
    found = frame_activity(frame)
    assert (found.years, found.places, found.sectors) == (
        wanted.years,
        wanted.places,
        wanted.sectors,
    )
    order = [found.streams.index(stream) for stream in wanted.streams]
    np.testing.assert_allclose(found.values[..., order], wanted.values, rtol=1e-14)  # noqa: PD011
    cells = {(y, p, s, found.streams[f]) for y, p, s, f in found.unknown}
    assert cells == {(y, p, s, wanted.streams[f]) for y, p, s, f in wanted.unknown} != set()


def test_faulty_rows_are_told_by_their_position():
    frame = pd.DataFrame(
        {
            "place": ["130100"] * 6,
            "sector": ["road", "moon", "road", "road", "rail", "road"],
            "fuel": ["diesel", "diesel", "coal", "electricity", "diesel", "柴油"],
            "year": [2022] * 6,
            "quantity": [1, 1, 1, 1, -1, 2],
            "unit": ["t", "t", "t", "t", "t", "GJ"],
        }
    )
    with pytest.raises(BadInput) as told:
        frame_activity(frame)
    assert [(fault.row, fault.column) for fault in told.value.findings if fault.row != 2] == [
        (1, "sector"), (3, "unit"), (4, "quantity"), (5, ""),
    ]  # fmt: skip
    assert {fault.column for fault in told.value.findings if fault.row == 2} == {"fuel", "unit"}
    with pytest.raises(BadInput, match="frame:3: fuel: it is required"):
        frame_activity(frame.assign(fuel=frame["fuel"].where(frame.index != 3)))
    with pytest.raises(BadInput, match="frame lacks columns: unit"):
        frame_activity(frame.drop(columns="unit"))
