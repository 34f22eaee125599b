"""Vector tiles, decoded by GDAL; files of a collection, read by other programs; the catalogue as DCAT."""

import io

import pyogrio
import pytest
import shapely

import tiny

TILES = "/ogc/collections/unit/tiles"


def decoded(tmp_path, content):
    file = tmp_path / "tile.mvt"
    file.write_bytes(content)
    return pyogrio.read_dataframe(file)


def test_a_tile_holds_the_units_in_its_grid(client, tmp_path):
    """At zoom 8 the units lie at the lower left of tile 128/127: its edge is the equator and Greenwich."""
    answer = client.get(f"{TILES}/8/128/127")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    frame = decoded(tmp_path, answer.content).set_index("unit")
    assert sorted(frame.index) == sorted(tiny.SQUARES)
    assert set(frame["level"]) == {"county"}
    # 360/256 degrees are 4096 steps, so a tenth of a degree is 291.3 of them.
    west, _, east, _ = frame.geometry["990102"].bounds
    assert (west, east) == pytest.approx((291.3, 582.5), abs=1)


def test_the_same_tile_is_had_by_row_and_column_of_the_named_grid(client):
    named = client.get(f"{TILES}/WebMercatorQuad/8/127/128")
    assert named.content == client.get(f"{TILES}/8/128/127").content


def test_a_tile_without_features_is_empty_and_one_that_cannot_be_is_none(client):
    assert client.get(f"{TILES}/8/0/0").status_code == 204
    assert client.get(f"{TILES}/3/8/0").status_code == 404
    assert client.get(f"{TILES}/nope/1/0/0").status_code == 404


def test_a_tile_is_sent_again_only_when_something_changed(own, mine):
    import pandas as pd

    first = mine.get(f"{TILES}/8/128/127")
    known = {"If-None-Match": first.headers["etag"]}
    assert mine.get(f"{TILES}/8/128/127", headers=known).status_code == 304
    row = {"unit": "990101", "zh": "甲市", "en": "Alpha city", "level": "county", "source": "book"}
    own.append("unit", pd.DataFrame([row]))
    again = mine.get(f"{TILES}/8/128/127", headers=known)
    assert again.status_code == 200
    assert "甲市".encode() in again.content


def test_readings_that_come_in_leave_the_tiles_as_they_are(own, mine):
    import pandas as pd

    first = mine.get(f"{TILES}/8/128/127").headers["etag"]
    reading = {"place": "990101", "indicator": "minutes", "value": 1.0, "unit": "minute"}
    when = {"valid_from": pd.Timestamp("2026-05-01T00:00", tz="UTC"), "source": "book"}
    own.append("observation", pd.DataFrame([reading | when]))
    assert mine.get(f"{TILES}/8/128/127").headers["etag"] == first
    branch = own.create_branch("what-if")
    there = f"{TILES}/8/128/127?branch=what-if"
    before = mine.get(there).headers["etag"]
    row = {"unit": "990101", "zh": "甲市", "en": "Alpha city", "level": "county", "source": "book"}
    branch.append("unit", pd.DataFrame([row]))
    assert mine.get(f"{TILES}/8/128/127").headers["etag"] == first
    changed = mine.get(there)
    assert changed.headers["etag"] != before
    assert "甲市".encode() in changed.content


def test_tilejson_says_where_tiles_are(client):
    told = client.get(f"{TILES}/tilejson.json").json()
    assert told["bounds"] == pytest.approx([0, 0, 0.4, 0.1])
    at = told["tiles"][0].format(z=8, x=128, y=127)
    assert client.get(at).status_code == 200


@pytest.mark.parametrize("ending", ["gpkg", "fgb"])
def test_a_file_of_a_collection_holds_all_of_it(ending, client, tmp_path):
    file = tmp_path / f"unit.{ending}"
    file.write_bytes(client.get(f"/ogc/collections/unit/export.{ending}").content)
    frame = pyogrio.read_dataframe(file).set_index("unit")
    assert sorted(frame.index) == ["990100", *sorted(tiny.SQUARES)]
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry["990101"].equals(shapely.box(0, 0, 0.1, 0.1))
    assert frame["zh"]["990102"] == "乙县"


def test_tiles_of_a_collection_are_had_as_one_file(client, tmp_path):
    file = tmp_path / "unit.pmtiles"
    content = client.get("/ogc/collections/unit/export.pmtiles").content
    file.write_bytes(content)
    assert content.startswith(b"PMTiles\x03")
    frame = pyogrio.read_dataframe(file, layer="unit").dissolve("unit")
    assert sorted(frame.index) == sorted(tiny.SQUARES)
    assert frame.to_crs(4326).geometry["990103"].bounds == pytest.approx(
        (0.2, 0, 0.3, 0.1), abs=1e-3
    )


def test_geoparquet_is_read_by_geopandas_and_by_duckdb(client, tmp_path):
    import duckdb
    import geopandas

    content = client.get("/ogc/collections/unit/export.parquet?level=county").content
    frame = geopandas.read_parquet(io.BytesIO(content))
    assert list(frame["unit"]) == sorted(tiny.SQUARES)
    file = tmp_path / "unit.parquet"
    file.write_bytes(content)
    rows = duckdb.sql(f"SELECT unit, zh FROM '{file}' ORDER BY unit LIMIT 1").fetchall()
    assert rows == [("990101", "甲区")]


def test_the_catalogue_is_had_as_dcat(client):
    told = client.get("/ogc/dcat").json()
    assert told["@type"] == "dcat:Catalog"
    (book,) = [one for one in told["dcat:dataset"] if one["dct:identifier"] == "book"]
    assert {"@value": "Yearbook", "@language": "en"} in book["dct:title"]
    assert book["dct:issued"]["@value"] == "2024-01-01"
    *drawn, series = book["dcat:distribution"]
    figures = client.get(series["dcat:accessURL"]["@id"])
    assert figures.headers["content-type"].startswith("application/vnd.sdmx.data+csv")
    assert all(",book," in line for line in figures.text.splitlines()[1:])
    for one in drawn:
        address = one["dcat:accessURL"]["@id"]
        features = client.get(address).json()["features"]
        assert all(f["properties"]["source"] == "book" for f in features)


def test_excel_reads_a_collection_as_csv_and_as_a_workbook(client):
    import openpyxl
    import pandas as pd

    content = client.get("/ogc/collections/unit/export.csv?level=county").content
    assert content.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(io.BytesIO(content), dtype=str)
    assert list(frame["unit"]) == sorted(tiny.SQUARES)
    answer = client.get("/ogc/collections/unit/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["unit"]
    (heading, *rows) = sheet.iter_rows(values_only=True)
    told = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [row["unit"] for row in told] == ["990100", *sorted(tiny.SQUARES)]
    assert isinstance(told[1]["area_km2"], float)
    assert told[2]["zh"] == "乙县"
