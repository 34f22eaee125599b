"""Clients that are not ours read the OGC interfaces over the network: GDAL and OWSLib."""

import pyogrio
import pytest

import tiny


def test_gdal_reads_and_pages_a_collection(ogc):
    frame = pyogrio.read_dataframe(f"OAPIF:{ogc}", layer="unit", PAGE_SIZE=2)
    assert sorted(frame["unit"]) == ["990100", *sorted(tiny.SQUARES)]
    square = frame.set_index("unit").geometry["990103"]
    assert square.bounds == pytest.approx((0.2, 0, 0.3, 0.1))


def test_gdal_lists_the_collections(ogc):
    names = {name for name, _ in pyogrio.list_layers(f"OAPIF:{ogc}")}
    assert {"unit", "place"} <= names


def test_gdal_asks_for_a_box_and_a_property(ogc):
    at, layer = f"OAPIF:{ogc}", {"layer": "unit"}
    boxed = pyogrio.read_dataframe(at, **layer, bbox=(0.02, 0.02, 0.05, 0.05))
    assert list(boxed["unit"]) == ["990101"]
    named = pyogrio.read_dataframe(at, **layer, where="level = 'prefecture'")
    assert list(named["unit"]) == ["990100"]


def test_gdal_reads_another_system(ogc):
    found = pyogrio.read_dataframe(f"OAPIF:{ogc}", layer="unit", CRS="EPSG:4490")
    assert found.crs.to_epsg() == 4490
    square = found.set_index("unit").geometry["990104"]
    # GDAL puts longitude first again.
    assert square.bounds == pytest.approx((0.3, 0, 0.4, 0.1))


def test_owslib_reads_features(ogc):
    from owslib.ogcapi.features import Features

    service = Features(ogc)
    assert {"unit", "place"} <= set(service.feature_collections())
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
        in (service.conformance()["conformsTo"])
    )
    assert service.api()["openapi"].startswith("3.")
    page = service.collection_items("unit", limit=2, bbox=[0.0, 0.0, 0.4, 0.1])
    assert [one["id"] for one in page["features"]] == ["990101", "990102"]
    one = service.collection_item("unit", "990104")
    assert one["properties"]["zh"] == "丁区"
    assert "level" in service.collection_queryables("unit")["properties"]


def test_owslib_executes_a_process_and_a_job(ogc):
    from owslib.ogcapi.processes import Processes

    service = Processes(ogc)
    assert "base.units" in {one["id"] for one in service.processes()}
    about = service.process("base.units")
    assert about["inputs"]["level"]["schema"]["enum"] == ["county", "prefecture", "province"]
    inputs = {"level": "prefecture", "geometry": False}
    told = service.execute("base.units", inputs)["answer"]
    assert [one["id"] for one in told["features"]] == ["990100"]
    assert service.execute("base.units", inputs, response="raw") == told
    begun = service.execute("base.units", inputs, async_=True)
    assert begun["status"] in ("accepted", "running", "successful")
