"""Waste water by hand, and factors of the IPCC in another copy."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import NamedTuple

import pytest

from hutuo.base.recording import recorded
from hutuo.environment import ipccdefaults
from hutuo.environment.effluents import Effluent, Effluents, effluents, limits, load
from hutuo.environment.factors import known_factors
from hutuo.environment.ipccdefaults import PACKAGE, tables_in
from hutuo.environment.register import choose, method_of, published
from hutuo.errors import Unavailable

# Rows of the tables of bonsai-ipcc 0.5.3 (MIT) of the fuels that are here.
COPY = Path(__file__).parent.parent / "data" / "ipccdefaults"


def test_measured_bounded_and_unknown_stay_apart():
    """10 x 10,000 m3 at 30 mg/L are 3,000 kg; 5 at grade 1A at most 2,500; of 2 nothing is known."""
    outlets = [Effluent(10, {"COD": 30}), Effluent(5, {}, "gb18918-1a"), Effluent(2, {})]
    assert load(outlets, "COD") == (3000, 2500, 2)
    assert load(outlets, "NH3N") == (0, 400, 12)
    assert load([], "TP") == (0, 0, 0)


def test_a_stricter_grade_never_lets_more_out():
    for pollutant in ("COD", "NH3N", "TP"):
        told = [limits()[f"gb18918-{grade}", pollutant] for grade in ("1a", "1b", "2")]
        assert told == sorted(told)


def test_outlets_of_a_region(own):
    assert effluents(own, Effluents()).missing
    same = {"year": 2024, "source": "book"}
    rows = [
        {"outlet": "a", "place": "990101", "volume": 100.0, "standard": "gb18918-1a", **same}
        | {"cod_mg_l": 20.0},
        {"outlet": "b", "place": "990102", "volume": 50.0, "standard": "gb18918-1b", **same},
        {"outlet": "b", "place": "990102", "volume": 50.0, "year": 2023, "source": "book"},
    ]  # fmt: skip
    recorded(own, {"wastewater": rows}, "test", check=False)
    found = effluents(own, Effluents())
    told = {(row.place, row.pollutant): row for row in found.rows}
    assert (found.year, told["", "COD"].known_kg, told["", "COD"].at_most_kg) == (
        2024,
        20000,
        30000,
    )
    assert told["", "COD"].known_equivalents == 20
    assert (told["990101", "NH3N"].known_kg, told["990101", "NH3N"].at_most_kg) == (0, 8000)
    before = effluents(own, Effluents(year=2023, place="990102"))
    assert [(row.at_most_kg, row.unknown_volume) for row in before.rows[:1]] == [(0, 50)]


def test_every_default_of_the_ipcc_agrees_with_another_copy_of_its_tables():
    """Values and 95 % intervals of tables 1.2 and 1.3 as an independent package has them."""
    other = {(one.kind, one.fuel): one for one in tables_in(COPY, "copy")}
    ours = [one for one in published() if one.source == "ipcc2006" and one.kind != "oxidation"]
    assert len(ours) == 40
    for one in ours:
        beside = other[one.kind, one.fuel]
        assert one.value == pytest.approx(beside.value, rel=1e-12)
        assert one.uncertainty == pytest.approx(beside.uncertainty, rel=1e-9)
    assert {one.fuel for one in other.values()} - {one.fuel for one in ours} == {
        "briquettes",
        "other_petroleum",
    }


class Installed(NamedTuple):
    """A distribution whose tables are the copy."""

    version: str = "0"

    def locate_file(self, _path):
        return COPY


def test_the_package_is_asked_for_by_name(monkeypatch):
    """Where it is installed its values come first; elsewhere the answer says how to get it."""
    monkeypatch.setattr(ipccdefaults, "distribution", lambda _name: Installed())
    known = known_factors(PACKAGE)
    mine = [one for one in known if (one.kind, one.fuel) == ("heating_value", "briquettes")]
    chosen = choose(mine, method_of("ipcc2006"), ("CN", "world"), 2022)
    assert (chosen.source, chosen.value) == (f"{PACKAGE} 0", 20.7)

    def lacks(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(ipccdefaults, "distribution", lacks)
    with pytest.raises(Unavailable, match="is not installed"):
        known_factors(PACKAGE)
