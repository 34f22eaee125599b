"""OGC API - Features: every page, box, time and system gives what it should, and says what is wrong."""

import json
import re
from datetime import datetime
from urllib.parse import urlsplit

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import tiny
from hutuo.api.app import Settings, app
from hutuo.api.ogc.features import PageRoute
from hutuo.base import drawn, geojson, shaped
from hutuo.base.shaped import Wanted
from hutuo.base.systems import CRS84, EPSG, Box, box, system

UNITS = "/ogc/collections/unit"


def items(client, query="", name="unit"):
    answer = client.get(f"/ogc/collections/{name}/items{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(found):
    return [feature["id"] for feature in found["features"]]


def link(told, rel):
    return next((one["href"] for one in told["links"] if one["rel"] == rel), None)


def test_the_landing_page_leads_to_everything(client):
    told = client.get("/ogc/").json()
    assert {"service-desc", "conformance", "data"} <= {one["rel"] for one in told["links"]}
    for one in told["links"]:
        assert client.get(one["href"]).status_code == 200, one


def test_every_link_of_every_collection_leads_somewhere(client):
    for about in client.get("/ogc/collections").json()["collections"]:
        for one in about["links"]:
            assert client.get(one["href"]).status_code == 200, one


def test_conformance_names_both_parts_of_features_and_processes(client):
    told = " ".join(client.get("/ogc/conformance").json()["conformsTo"])
    for part in (
        "features-1/1.0/conf/core",
        "features-2/1.0/conf/crs",
        "processes-1/1.0/conf/core",
    ):
        assert part in told


def test_openapi_is_of_the_version_of_the_standard_and_refers_to_nothing_outside_itself(client):
    answer = client.get("/ogc/api")
    told = answer.json()
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert told["openapi"].startswith("3.0.")
    refers = set(re.findall(r'"\$ref":"([^"]*)"', answer.text))
    assert {ref.rpartition("/")[2] for ref in refers} <= set(told["components"]["schemas"])
    assert all(ref.startswith("#/components/schemas/") for ref in refers)
    for gone in ('"type":"null"', '"const":', '"$defs"', '"examples"'):
        assert gone not in answer.text
    asked = {
        p["name"]: p for p in told["paths"]["/ogc/collections/{name}/items"]["get"]["parameters"]
    }
    assert asked["limit"]["schema"]["maximum"] == 10_000
    assert asked["bbox"]["schema"]["nullable"] is True


def test_units_have_the_squares_of_their_pack(client):
    found = items(client, "?level=county")
    assert ids(found) == sorted(tiny.SQUARES)
    for feature in found["features"]:
        west = tiny.SQUARES[feature["id"]]
        square = shapely.geometry.shape(feature["geometry"])
        assert square.bounds == pytest.approx((west, 0, west + 0.1, 0.1))
    assert found["features"][0]["properties"]["zh"] == "甲区"


def test_a_unit_without_a_boundary_is_there_without_a_shape(client):
    (feature,) = items(client, "?unit=990100")["features"]
    assert feature["geometry"] is None


def test_pages_hold_every_feature_once_in_order(client):
    at, seen, pages = "/ogc/collections/unit/items?limit=2", [], 0
    while at:
        told = client.get(at).json()
        seen += ids(told)
        pages += 1
        assert told["numberReturned"] == len(told["features"]) <= 2
        at = link(told, "next")
    assert seen == ["990100", *sorted(tiny.SQUARES)]
    assert pages == 3


def test_links_come_back_to_the_same_view_and_filter(client):
    told = items(client, "?limit=1&level=county&lang=en&at=2024-01-01")
    query = urlsplit(link(told, "next")).query
    for part in ("level=county", "lang=en", "at=2024-01-01", "offset=1", "limit=1"):
        assert part in query


def test_the_longest_page_is_bounded_and_more_is_no_error(client):
    assert items(client, "?limit=1000000")["numberReturned"] == 5


def test_a_box_chooses_what_it_touches(client):
    assert ids(items(client, "?bbox=0.05,0.02,0.12,0.03")) == ["990101", "990102"]
    assert ids(items(client, "?bbox=10,10,11,11")) == []


def test_a_box_may_be_given_with_heights_or_in_another_system(client):
    assert ids(items(client, "?bbox=0.05,0.02,0,0.12,0.03,9")) == ["990101", "990102"]
    # Latitude comes first in CGCS2000.
    asked = f"?bbox=0.02,0.05,0.03,0.12&bbox-crs={EPSG}4490"
    assert ids(items(client, asked)) == ["990101", "990102"]


def test_a_system_by_its_code_has_the_order_of_axes_of_its_authority(client):
    answer = client.get(f"{UNITS}/items?unit=990104&crs={EPSG}4490")
    assert answer.headers["content-crs"] == f"<{EPSG}4490>"
    bounds = shapely.geometry.shape(answer.json()["features"][0]["geometry"]).bounds
    assert bounds == pytest.approx((0, 0.3, 0.1, 0.4))
    plain = client.get(f"{UNITS}/items?unit=990104")
    assert plain.headers["content-crs"] == f"<{CRS84}>"


def test_web_mercator_is_in_metres(client):
    (feature,) = items(client, f"?unit=990102&crs={EPSG}3857")["features"]
    west = shapely.geometry.shape(feature["geometry"]).bounds[0]
    # A tenth of a degree of a circle with the radius 6,378,137 m.
    assert west == pytest.approx(11131.949, abs=0.001)


def test_one_feature_is_had_by_its_id(client):
    told = client.get(f"{UNITS}/items/990101").json()
    assert told["id"] == "990101"
    assert told["type"] == "Feature"
    assert link(told, "collection").endswith("/ogc/collections/unit")


def test_places_are_a_collection_too(client):
    found = items(client, "?kind=part", "place")
    assert ids(found) == ["part:delta-town"]


def test_queryables_are_the_columns_with_their_closed_lists(client):
    told = client.get(f"{UNITS}/queryables?lang=en").json()
    assert told["properties"]["level"]["enum"] == ["province", "prefecture", "county", "zone"]
    assert "geometry" not in told["properties"]


WRONG = {
    "collection": ("/ogc/collections/nope/items", 404, "unit"),
    "feature": (f"{UNITS}/items/1", 404, "items"),
    "parameter": (f"{UNITS}/items?lvl=county", 400, "level"),
    "box": (f"{UNITS}/items?bbox=1,2,3", 400, "114,37,115,38"),
    "box of no numbers": (f"{UNITS}/items?bbox=nan,0,1,1", 400, "114,37,115,38"),
    "box upside down": (f"{UNITS}/items?bbox=0,1,1,0", 400, "114,37,115,38"),
    "system": (f"{UNITS}/items?crs=EPSG:1", 400, "EPSG:4490"),
    "time": (f"{UNITS}/items?datetime=soon", 400, "2024-12-31"),
    "time backwards": (f"{UNITS}/items?datetime=2024-01-01/2023-01-01", 400, "earlier"),
    "number": (f"{UNITS}/items?lon=east", 400, "12.5"),
    "limit": (f"{UNITS}/items?limit=0", 400, ""),
    "format": (f"{UNITS}/items?f=html", 400, "json"),
    "export": (f"{UNITS}/export.dwg", 404, "gpkg"),
    "route": ("/ogc/nope", 404, "/ogc/"),
    "region": ("/ogc/collections?region=nope", 404, ""),
    "region by path": ("/ogc/collections?region=/etc", 404, ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_asked_wrongly_is_told_as_everywhere(name, client):
    path, status, hint = WRONG[name]
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert list(told) == ["error", "message", "hint"]
    assert hint in told["hint"]


ASKED = (
    "",
    "limit=2&offset=1&lang=en&at=2024-01-01",
    "limit=1&limit=3",
    "limit=",
    "limit=0&lang=fr&offset=-1",
    "offset=many&f=html",
    "lang=fr",
    "bbox_crs=CRS84",
    "bbox-crs=nowhere&bbox=0,0,1,1",
    "crs=EPSG:4490&bbox=0.05,0.02,0.12,0.03&level=county",
    "branch=nope",
    "region=nope",
    "as_of=soon",
    "datetime=soon",
)


@pytest.fixture
def solved(client, plain_folder, monkeypatch):
    """A client of a service whose pages are answered as the framework answers everything else."""
    # A service makes its routes when it is first asked: ours before the other is made.
    items(client)
    monkeypatch.delattr(PageRoute, "get_route_handler")
    with TestClient(app(Settings(region=str(plain_folder)))) as opened:
        yield opened


def test_a_page_is_answered_as_if_the_framework_had_solved_its_parameters(client, solved):
    """Bodies, statuses and headers, whatever is asked, rightly or wrongly; and so is it described."""
    for asked in ASKED:
        path = f"{UNITS}/items?{asked}"
        mine, theirs = client.get(path), solved.get(path)
        assert (mine.status_code, mine.content) == (theirs.status_code, theirs.content), asked
        assert mine.headers == theirs.headers, asked
    assert client.post(f"{UNITS}/items").content == solved.post(f"{UNITS}/items").content
    documents = [one.get("/api/openapi.json").json()["paths"] for one in (client, solved)]
    assert documents[0] == documents[1]


@settings(max_examples=20)
@given(st.sets(st.integers(0, 4)))
def test_features_of_a_page_are_those_that_each_place_has_alone(plain, chosen):
    """A run of rows is cut out, others are gathered."""
    found = drawn.drawn(plain, shaped.collection("unit"))
    places = np.array(sorted(chosen), dtype=np.int64)
    alone = [geojson.features(found, places[at : at + 1])[0] for at in range(len(places))]
    assert geojson.features(found, places) == alone
    for text, row in zip(alone, found.rows.take(places).to_pylist(), strict=True):
        told = json.loads(text)
        assert told["id"] == row["unit"]
        when = datetime.fromisoformat(told["properties"]["recorded_at"])
        assert when == row["recorded_at"]


def test_time_chooses_what_held(own, mine):
    """A unit that was another one before 2020: each period is a feature when an interval is asked for."""
    import pandas as pd

    rows = [
        {"unit": "990101", "valid_to": "2020-01-01", "zh": "甲县", "en": "Alpha county"},
        {"unit": "990101", "valid_from": "2020-01-01", "zh": "甲区", "en": "Alpha"},
    ]
    more = {"level": "county", "parent": "990100", "source": "book"}
    own.append("unit", pd.DataFrame([row | more for row in rows]))

    def names(query):
        found = items(mine, f"?unit=990101&{query}")["features"]
        return [(one["id"], one["properties"]["zh"]) for one in found]

    assert names("datetime=2019-06-01") == [("990101", "甲县")]
    assert names("datetime=2019-12-31T20:00:00Z") == [("990101", "甲区")]
    assert names("datetime=2021-06-01") == [("990101", "甲区")]
    both = [("990101", "甲县"), ("990101@2020-01-01", "甲区")]
    assert names("datetime=../..") == both
    assert names("datetime=../2019-01-01") == both[:1]
    assert names("datetime=2020-01-01/..") == both[1:]
    one = mine.get(f"{UNITS}/items/990101@2020-01-01").json()
    assert one["properties"]["zh"] == "甲区"


def test_a_change_is_seen_at_once(own, mine):
    import pandas as pd

    assert ids(items(mine, "?kind=sensor", "place")) == []
    row = {"place": "sensor:1", "kind": "sensor", "zh": "站", "en": "Gauge", "source": "book"}
    own.append("place", pd.DataFrame([row]))
    assert ids(items(mine, "?kind=sensor", "place")) == ["sensor:1"]


sides = st.floats(-0.2, 0.6, allow_nan=False)


@settings(max_examples=40)
@given(st.tuples(sides, sides, sides, sides))
def test_a_box_finds_what_a_look_at_every_shape_finds(plain, corners):
    west, east = sorted(corners[:2])
    south, north = sorted(corners[2:])
    found = drawn.drawn(plain, shaped.collection("unit"))
    chosen = found.find(Wanted(box=Box(west, south, east, north)))
    frame = shapely.box(west, south, east, north)
    seen = [
        at for at, one in enumerate(found.all_shapes) if one is not None and one.intersects(frame)
    ]
    assert chosen.tolist() == seen


def test_a_box_across_the_antimeridian_is_two():
    assert Box(170, -1, -170, 1).parts() == [Box(170, -1, 180, 1), Box(-180, -1, -170, 1)]


@pytest.mark.parametrize("code", [4326, 4490, 4547])
def test_a_box_in_another_system_comes_back(code):
    """By another way than that of the module: its corners, transformed one by one."""
    import pyproj

    uri = system(f"EPSG:{code}")
    to = pyproj.Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=False)
    low, high = to.transform(37.5, 114.2), to.transform(38.5, 115.2)
    text = ",".join(str(side) for side in (*low, *high))
    assert box(text, uri) == pytest.approx((114.2, 37.5, 115.2, 38.5), abs=0.02)
