"""Rasters over units: sums keep their total, cells without data count for nothing, large ones are refused."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import fuzzed
from hutuo.base import raster
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Figure, Mapping, PeriodColumn
from hutuo.errors import BadInput, say
from mangled import COUNTS, survives

# The four squares of the tiny region lie side by side from 0 to 0.4 degrees east, 0 to 0.1 north.
EAST, NORTH = 0.4, 0.1
SAID = Mapping(
    format="geotiff",
    source="book",
    period=PeriodColumn(value="2020"),
    figures=(Figure(column="band 1", indicator="people"),),
    statistics="sum",
)


def write(path, cells, crs="EPSG:4326", west=0.0, size=None, **more):
    """Cells as a GeoTIFF whose south-west corner is (west, 0)."""
    cells = np.asarray(cells)
    bands = cells if cells.ndim == 3 else cells[None]
    high, wide = bands.shape[1:]
    step = size or (EAST / wide, NORTH / high)
    given = {
        "driver": "GTiff",
        "height": high,
        "width": wide,
        "count": len(bands),
        "dtype": bands.dtype,
        "crs": crs,
        "transform": Affine(step[0], 0, west, 0, -step[1], step[1] * high),
    }
    with rasterio.open(path, "w", **given | more) as file:
        file.write(bands)
    return path


def values(found):
    frame = found.frames["observation"]
    return dict(zip(frame["place"], frame["value"], strict=True))


def test_the_sum_of_a_unit_is_that_of_its_cells(tmp_path, little):
    cells = np.array([[1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, 80]], "int32")
    found = raster.frames(write(tmp_path / "r.tif", cells), SAID, little)
    assert values(found) == {"990101": 33, "990102": 77, "990103": 121, "990104": 165}
    frame = found.frames["observation"]
    assert frame["estimate"].all()
    assert frame["method"].str.contains("sum of the raster's cells").all()
    assert set(frame["unit"]) == {"person"}
    assert set(frame["valid_from"]) == {"2020-01-01"}


def test_a_cell_that_a_boundary_cuts_counts_by_the_share_inside(tmp_path, little):
    # Five cells over four squares: each square takes a whole cell and a quarter, or parts of two.
    found = raster.frames(write(tmp_path / "r.tif", np.full((1, 5), 100.0)), SAID, little)
    assert values(found) == pytest.approx(dict.fromkeys(values(found), 125.0))


@given(arrays("float64", (7, 13), elements=st.floats(0, 1e6)))
def test_sums_of_units_that_cover_a_raster_add_up_to_it(tmp_path_factory, little, cells):
    path = write(tmp_path_factory.mktemp("r") / "r.tif", cells)
    (found,), held = raster.measured(path, SAID, raster.boundaries(little, "county"))
    assert held == []
    assert found["value"].sum() == pytest.approx(cells.sum(), rel=1e-9, abs=1e-6)


def test_the_mean_is_that_of_cells_with_data(tmp_path, little):
    cells = np.array([[1, 3, -9, 5, -9, -9, 8, 8]], "float32")
    said = SAID.model_copy(update={"statistics": "mean"})
    found = raster.frames(write(tmp_path / "r.tif", cells, nodata=-9), said, little)
    assert values(found) == pytest.approx({"990101": 2, "990102": 5, "990104": 8})
    assert [(one.text, one.reason.en) for one in found.quarantined] == [
        ("990103", "no cell inside holds a figure")
    ]


def test_cells_that_are_no_number_are_no_data(tmp_path, little):
    found = raster.frames(write(tmp_path / "r.tif", [[1.0, np.nan, 2.0, 2.0]]), SAID, little)
    assert "990102" not in values(found)


def test_scale_and_offset_of_a_band_are_applied(tmp_path, little):
    path = write(tmp_path / "r.tif", np.array([[10, 20, 30, 40]], "int16"))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.5,), (1.0,)
    assert list(values(raster.frames(path, SAID, little)).values()) == [6, 11, 16, 21]


def test_a_raster_in_metres_gives_what_one_in_degrees_does(tmp_path, little):
    radius = 6_378_137 * np.pi / 180
    size = (0.1 * radius, 0.1001 * radius)
    path = write(tmp_path / "m.tif", [[5.0, 6.0, 7.0, 8.0]], crs="EPSG:3857", size=size)
    found = values(raster.frames(path, SAID, little))
    assert list(found.values()) == pytest.approx([5, 6, 7, 8], rel=0.01)


def test_a_unit_in_part_outside_the_raster_gets_no_figure(tmp_path, little):
    path = write(tmp_path / "r.tif", [[1.0, 2.0, 3.0]], size=(0.1, 0.1), west=0.05)
    found = raster.frames(path, SAID, little)
    assert set(values(found)) == {"990102", "990103"}
    assert [one.text for one in found.quarantined] == ["990101", "990104"]


def test_figures_are_converted_into_the_unit_of_their_indicator(tmp_path, little):
    path = write(tmp_path / "r.tif", [[1.0, 2.0, 3.0, 4.0]])
    figures = (Figure(column="band 1", indicator="people", unit="万人"),)
    found = raster.frames(path, SAID.model_copy(update={"figures": figures}), little)
    assert list(values(found).values()) == [10_000, 20_000, 30_000, 40_000]


def test_each_band_is_a_figure_of_its_own(tmp_path, little):
    path = write(tmp_path / "r.tif", np.array([[[1.0, 1, 1, 1]], [[2.0, 2, 2, 2]]]))
    figures = (
        Figure(column="band 2", indicator="people"),
        Figure(column="band 1", indicator="revenue"),
    )
    frame = raster.frames(path, SAID.model_copy(update={"figures": figures}), little).frames
    sums = frame["observation"].groupby("indicator")["value"].sum().to_dict()
    assert sums == {"people": 8, "revenue": 4}


def test_a_mapping_that_says_too_little_is_told_everything_it_lacks(tmp_path, little):
    path = write(tmp_path / "r.tif", [[1.0, 2.0, 3.0, 4.0]])
    figures = (
        Figure(column="band 1", indicator="persons"),
        Figure(column="band 2", indicator="people", unit="km"),
    )
    with pytest.raises(BadInput) as error:
        raster.frames(path, Mapping(format="geotiff", figures=figures), little)
    assert [one.column for one in error.value.findings] == [
        "period.value",
        "figures.band 1",
        "figures.band 2",
    ]
    said = SAID.model_copy(update={"figures": (Figure(column="band 2", indicator="people"),)})
    with pytest.raises(BadInput, match="'band 2' is no band of it; it has 1"):
        raster.frames(path, said, little)


def test_a_raster_without_crs_or_upside_down_is_refused_with_both_reasons(tmp_path, little):
    turned = Affine(0.1, 0, 0, 0, 0.1, 0)
    path = write(tmp_path / "r.tif", [[1.0, 2.0]], crs=None, transform=turned)
    with pytest.raises(BadInput) as error:
        raster.frames(path, SAID, little)
    assert [say(one.says, "en").partition(";")[0] for one in error.value.findings] == [
        "has no CRS",
        "is turned or upside down",
    ]
    assert error.value.words[0].endswith(": 有旋转或上下颠倒;请重投影为上北下南")


def test_a_raster_of_billions_of_cells_is_refused_before_any_is_read(tmp_path, little):
    path = tmp_path / "bomb.tif"
    transform = Affine(EAST / 100_000, 0, 0, 0, -NORTH / 100_000, NORTH)
    head = {"driver": "GTiff", "width": 100_000, "height": 100_000, "count": 1, "dtype": "uint8"}
    more = {"crs": "EPSG:4326", "transform": transform, "SPARSE_OK": True, "tiled": True}
    with rasterio.open(path, "w", **head, **more):
        pass
    assert path.stat().st_size < 4_000_000
    with pytest.raises(BadInput, match="10,000,000,000 cells"):
        raster.frames(path, SAID, little)


def test_a_raster_is_inspected_and_taken_in_as_estimates(tmp_path, own):
    path = write(tmp_path / "r.tif", [[1.0, 2.0, 3.0, 4.0]])
    with rasterio.open(path, "r+") as file:
        file.set_band_description(1, "常住人口")
    found = inspect(own, Inspect(file=str(path))).mapping
    assert (found.statistics, found.figures[0].indicator) == ("sum", "people")
    said = {"source": "book", "period": PeriodColumn(value="2022")}
    done = ingest(own, Ingest(file=str(path), mapping=found.model_copy(update=said)))
    assert (done.stored, done.quarantined) == (4, [])
    rows = [
        r for r in own.history("observation", indicator="people") if r["valid_from"].year == 2022
    ]
    assert [(row["place"], row["value"], row["estimate"]) for row in rows] == [
        ("990101", 1, True),
        ("990102", 2, True),
        ("990103", 3, True),
        ("990104", 4, True),
    ]


@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_a_raster_or_refused(count, tmp_path):
    good = write(tmp_path / "good.tif", np.arange(40.0).reshape(4, 10)).read_bytes()
    assert survives(fuzzed.cells, good, count, tmp_path / "x.tif").read
