"""The checklist of a carbon-peak pilot, worked by hand, and its application file."""

import io
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest

from hutuo.base.recording import recorded
from hutuo.environment.account import account
from hutuo.environment.accountrows import Account
from hutuo.environment.pilotfiles import PeakFile, peak_file
from hutuo.environment.pilotpacks import PeakPack, peak_pack
from hutuo.environment.pilots import NATIONAL, Figures, pack_of, told
from hutuo.errors import BadAsk, BadInput, NotFound

ACTIVITY = """place,sector,fuel,year,quantity,unit
990101,manufacturing,raw_coal,2020,1000,t
990101,manufacturing,raw_coal,2023,800,t
990101,residential,electricity,2020,1000,MWh
990101,residential,electricity,2023,1500,MWh
990101,services,renewable_electricity,2023,2000,MWh
"""
FACTORS = """kind,fuel,region,year,value,unit,source
carbon_content,raw_coal,CN,2020,0.026,tC/GJ,report
oxidation,raw_coal,CN,2020,0.94,ratio,report
electricity,electricity,CN,2020,0.6,kgCO2/kWh,report
electricity,electricity,CN,2023,0.5,kgCO2/kWh,report
"""


@pytest.fixture
def city(own, tmp_path):
    """Coal and power of one unit, output, and a checklist of its own."""
    (tmp_path / "activity.csv").write_text(ACTIVITY, encoding="utf-8")
    (tmp_path / "factors.csv").write_text(FACTORS, encoding="utf-8")
    about = {"topic": "economy", "aggregation": "sum", "core": False}
    about |= {"definition_zh": "不变价", "definition_en": "At constant prices"}
    kinds = [
        ("output", "产出", "万元"),
        ("woods", "森林覆盖", "%"),
        ("trucks", "车", "count"),
        ("clean", "清洁车", "count"),
    ]
    own.append(
        "indicator",
        pd.DataFrame(
            [about | {"indicator": n, "zh": zh, "en": n, "unit": u} for n, zh, u in kinds]
        ),
    )
    figures = [
        ("output", 2020, 1000),
        ("output", 2023, 1250),
        ("woods", 2023, 30),
        ("trucks", 2023, 80),
        ("clean", 2023, 20),
    ]
    rows = [
        {
            "place": "990101",
            "indicator": n,
            "value": float(value),
            "unit": {k[0]: k[2] for k in kinds}[n],
            "valid_from": date(year, 1, 1),
            "valid_to": date(year + 1, 1, 1),
            "source": "book",
        }
        for n, year, value in figures
    ]
    own.append("observation", pd.DataFrame(rows))
    same = {"pack": "pilot", "source": "book"}
    items = [
        {"item": "co2", "basis": "account", "measure": "tco2", "unit": "t", "sense": "down"},
        {
            "item": "fall",
            "basis": "account",
            "measure": "tco2_per_output",
            "unit": "%",
            "change": "fall",
        },
        {
            "item": "coal",
            "basis": "account",
            "measure": "coal_share",
            "unit": "%",
            "sense": "down",
        },
        {"item": "green", "basis": "account", "measure": "renewable_share", "unit": "%"},
        {
            "item": "clean",
            "basis": "share",
            "part": "clean",
            "whole": "trucks",
            "unit": "%",
            "target_year": 2030,
            "target_value": 40.0,
        },
        {
            "item": "woods",
            "basis": "observation",
            "part": "woods",
            "unit": "%",
            "target_year": 2025,
            "target_value": 24.1,
        },
        {"item": "roofs", "basis": "observation", "part": "roofs", "unit": "%"},
    ]
    checklist = [
        same | {"ordinal": n, "zh": i["item"], "en": i["item"], **i}
        for n, i in enumerate(items, 1)
    ]
    recorded(own, {"pilot_indicator": checklist}, "test", check=False)
    return own, {
        "file": str(tmp_path / "activity.csv"),
        "factors_file": str(tmp_path / "factors.csv"),
        "place": "990101",
        "output_indicator": "output",
        "grid": "national",
    }


def test_a_checklist_by_hand(city):
    """1000 t of coal: 20.908 GJ x 0.026 x 0.94 x 44/12 each; 2020 with 600 t of power, 2023 with 750."""
    region, given = city
    found = peak_pack(region, PeakPack(**given, targets={"fall": 18}, target_year=2025))
    rows = {row.item: row for row in found.rows}
    coal = 20.908 * 0.026 * 0.94 * 44 / 12
    assert rows["co2"].base_value == pytest.approx(1000 * coal + 600)
    assert rows["co2"].value == pytest.approx(800 * coal + 750)
    before, now = (1000 * coal + 600) / 1000, (800 * coal + 750) / 1250
    assert rows["fall"].value == pytest.approx(100 * (1 - now / before))
    assert rows["fall"].gap == pytest.approx(18 - rows["fall"].value)
    tce = 800 * 0.7143 + 1500 * 0.1229 + 2000 * 0.1229
    assert rows["coal"].value == pytest.approx(100 * 800 * 0.7143 / tce)
    assert rows["green"].value == pytest.approx(100 * 2000 * 0.1229 / tce)
    assert (rows["clean"].value, rows["clean"].gap, rows["clean"].state) == (25, 15, "short")
    assert (rows["woods"].state, rows["woods"].sources) == ("met", ["book"])
    assert (rows["roofs"].state, rows["roofs"].value) == ("missing", None)
    assert "no indicator roofs" in rows["roofs"].lacks.en
    assert (found.told_items, found.missing_items, found.complete) == (6, 1, False)
    assert "report" in rows["co2"].sources
    whole = account(
        region,
        Account(**{k: v for k, v in given.items() if k not in ("place", "output_indicator")}),
    )
    assert rows["co2"].value == pytest.approx(whole.rows[-1].tco2)


def test_what_lacks_is_told_and_never_filled(city, little):
    region, given = city
    without = peak_pack(region, PeakPack(place="990101", year=2024))
    rows = {row.item: row for row in without.rows}
    assert "write table activity" in rows["co2"].lacks.en
    assert rows["woods"].lacks.en == "no figure of 2024"
    no_output = peak_pack(region, PeakPack(**{**given, "output_indicator": None}))
    assert "output_indicator" in next(r for r in no_output.rows if r.item == "fall").lacks.en
    national = peak_pack(little, PeakPack())
    assert (national.pack, national.told_items, len(national.rows)) == (NATIONAL, 0, 9)
    assert all(row.lacks and row.reference and row.asked_by for row in national.rows)
    named = peak_pack(
        region, PeakPack(pack=NATIONAL, place="990101", indicators={"forest_cover": "woods"})
    )
    assert next(r for r in named.rows if r.item == "forest_cover").value == 30


def test_a_target_is_met_from_its_own_side(city):
    region, _ = city
    items = {one.item: one for one in pack_of(region, "pilot")[1]}
    down = items["coal"]._replace(target=(2030, 50.0))
    assert told(down, Figures({2023: 60.0}, (), None), 2020, 2023)[2:4] == (10.0, "short")
    assert told(down, Figures({2023: 40.0}, (), None), 2020, 2023).state == "met"
    assert (
        told(items["fall"], Figures({2023: 1.0}, (), None), 2020, 2023).lacks.en
        == "no figure of 2020"
    )


def test_bad_checklists_and_asks_are_refused(city):
    region, _ = city
    with pytest.raises(NotFound, match="no checklist 'x'"):
        peak_pack(region, PeakPack(pack="x"))
    with pytest.raises(NotFound, match="no indicator 'x'"):
        peak_pack(region, PeakPack(targets={"x": 1}, target_year=2030))
    with pytest.raises(BadAsk, match="target_year"):
        peak_pack(region, PeakPack(targets={"fall": 1}))
    bad = {
        "pack": "bad",
        "item": "i",
        "ordinal": 1,
        "zh": "i",
        "en": "i",
        "unit": "%",
        "basis": "share",
        "source": "book",
    }
    recorded(region, {"pilot_indicator": [bad]}, "test", check=False)
    with pytest.raises(BadInput, match="needs part") as refused:
        peak_pack(region, PeakPack(pack="bad"))
    assert len(refused.value.findings) == 2


def test_the_file_holds_the_figures_their_sources_and_what_is_missing(city):
    region, given = city
    one = peak_file(region, PeakFile(**given, language="en")).files
    again = peak_file(region, PeakFile(**given, language="en")).files
    assert [f.sha256 for f in one] == [f.sha256 for f in again]
    docx, xlsx = (io.BytesIO(f.content) for f in one)
    words = zipfile.ZipFile(docx).read("word/document.xml").decode()
    assert "no indicator roofs" in words
    assert "GB/T" in words or "report" in words
    book = openpyxl.load_workbook(xlsx)
    sheet = book["1. Indicators"]
    by_name = {row[1].value: row[6].value for row in sheet.iter_rows(min_row=2)}
    told_rows = {row.item: row.value for row in peak_pack(region, PeakPack(**given)).rows}
    assert by_name == pytest.approx(told_rows)
    lacking = book["2. What is missing"].cell(2, 2).value
    assert lacking.startswith("no indicator roofs")
