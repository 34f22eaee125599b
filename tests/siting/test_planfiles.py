"""A plan as files that other programs open."""

import io

import geopandas
import openpyxl
import pyogrio
import pytest
import shapely

from hutuo.siting.locating import Locate, locate
from hutuo.siting.planfiles import PlanFile, plan_file

ASK = {"number": 1, "clients": ("990101", "990102")}


@pytest.fixture(scope="module")
def files(little):
    return {one.name: one for one in plan_file(little, PlanFile(language="en", **ASK)).files}


def test_a_workbook_holds_what_the_answer_does(little, files):
    plan = locate(little, Locate(**ASK))
    book = openpyxl.load_workbook(io.BytesIO(files["sites-p_median-en.xlsx"].content))
    assert book.sheetnames == [
        "About",
        "Sites",
        "Places and their sites",
        "Cities",
        "People by minutes",
    ]
    heads, *rows = book["Places and their sites"].iter_rows(values_only=True)
    assert [row[heads.index("name")] for row in rows] == ["Alpha", "Beta"]
    assert [row[heads.index("minutes")] for row in rows] == [row.minutes for row in plan.served]
    about = dict(row[:2] for row in book["About"].iter_rows(values_only=True))
    assert about["bound"] == plan.bound
    assert about["status"] == "proven best"


def test_a_package_holds_sites_ways_and_catchments(files, tmp_path):
    path = tmp_path / "plan.gpkg"
    path.write_bytes(files["sites-p_median-en.gpkg"].content)
    assert sorted(name for name, _ in pyogrio.list_layers(path)) == ["catchments", "sites", "ways"]
    sites = geopandas.read_file(path, layer="sites")
    assert (sites["place"].tolist(), sites.crs.to_epsg()) == (["990101"], 4326)
    assert sites.geometry[0].x == pytest.approx(0.05)
    catchments = geopandas.read_file(path, layer="catchments")
    assert catchments["site"].tolist() == ["990101", "990101"]
    assert shapely.area(catchments.geometry.to_numpy()).sum() == pytest.approx(0.02)


def test_a_plan_that_cannot_be_has_files_too(little, tmp_path):
    tiers = [{"tier_name": "one", "number": 1, "minutes": 10}]
    ask = PlanFile(model="levelled", clients=ASK["clients"], tiers=tiers)
    package = next(one for one in plan_file(little, ask).files if one.name.endswith("gpkg"))
    path = tmp_path / "none.gpkg"
    path.write_bytes(package.content)
    assert len(geopandas.read_file(path, layer="sites")) == 0
