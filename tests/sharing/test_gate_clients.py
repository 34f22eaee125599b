"""Programs that are not ours, with a token, before ``hutuo serve --deployment``: what is agreed, no more."""

import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import frost_sta_client as fsc
import openpyxl
import pyogrio
import pytest
import requests
from owslib.ogcapi import REQUEST_HEADERS
from owslib.ogcapi.features import Features
from sdmx.format import csv as _registered  # noqa: F401 - its reader of CSV needs it

from gauges import GAUGE
from hutuo.base.store import VARIABLE
from processes import deployed, write_deployment

LATER = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
OTHER = {"body": "other", "zh": "他方", "en": "Other", "kind": "government", "source": "book"}
# What the agreements show of the two tables: two of the four units and not their English names; one place.
UNITS = {"columns": ["zh", "level"], "filter": {"unit": ["990101", "990102"]}}
SERIES = {"columns": ["value", "unit"], "filter": {"place": ["990101"]}}
pytestmark = pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated:DeprecationWarning")


class Shown(fsc.service.auth_handler.AuthHandler):
    """How the SensorThings client shows a token."""

    def __init__(self, token):
        super().__init__(token)

    def add_auth_header(self):
        return lambda request: request.headers.update(bearer(self.username)) or request


@pytest.fixture(scope="module")
def office(house, tmp_path_factory):
    """Address of a deployment with two bodies, and the tokens of those who come."""
    house.typed("base", "put", "body", json.dumps([OTHER]))
    tokens = {}
    for name, role, body in (
        ("giver", "steward", "gov"),
        ("asker", "steward", "other"),
        ("reader", "viewer", "other"),
    ):
        house.account(name, role, "--body", body)
        tokens[name] = house.typed("base", "token", "create", "--account", name)["shown"]
    house.typed("base", "dataset", "close", "unit,observation")
    house.typed("base", "dataset", "own", "all", "--body", "gov")
    house.typed("base", "dataset", "open", "place,indicator,boundary,source,membership,body")
    file = tmp_path_factory.mktemp("office") / "deployment.toml"
    # A deployment on a server names it in its file.
    store = {} if house.store.is_file else {"store": os.environ[VARIABLE]}
    write_deployment(file, house.folder, **store)
    with deployed(file, Path(os.environ["HUTUO_HOME"])) as (at,):
        for table, less in (("unit", UNITS), ("observation", SERIES)):
            agree(at, tokens, table, less)
        yield at, tokens


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def agree(at, tokens, table, less):
    """Request, narrow and approve; gives the agreement's id."""

    def ask(who, **values):
        answer = requests.post(
            f"{at}/api/base/agreement", json=values, headers=bearer(tokens[who]), timeout=30
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    wanted = {"table": table, "purpose": "yearly evaluation", "until": LATER}
    name = ask("asker", action="request", **wanted)["id"]
    ask("giver", action="narrow", id=name, **less)
    ask("giver", action="approve", id=name)
    return name


def fetched(at, path, token=None):
    answer = requests.get(f"{at}{path}", headers=bearer(token) if token else {}, timeout=60)
    answer.raise_for_status()
    return answer.content


@pytest.fixture
def gdal():
    """GDAL with a token for its requests; its driver does not take ``GDAL_HTTP_HEADERS``."""

    def shows(token):
        pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token})

    yield shows
    pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": None, "GDAL_HTTP_BEARER": None})


@pytest.fixture
def owslib():
    """OWSLib with a token; it keeps what it is given for all that comes after."""

    def opened(at, token):
        return Features(f"{at}/ogc/", headers=bearer(token) if token else None)

    yield opened
    REQUEST_HEADERS.pop("Authorization", None)


def test_gdal_reads_what_is_agreed(office, gdal):
    at, tokens = office
    source = f"OAPIF:{at}/ogc/"
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_dataframe(source, layer="unit")
    gdal("hutuo_0_made-up")
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_dataframe(source, layer="unit")
    gdal(tokens["reader"])
    mine = pyogrio.read_dataframe(source, layer="unit", PAGE_SIZE=1)
    assert list(zip(mine["unit"], mine["zh"], strict=True)) == [
        ("990101", "甲区"),
        ("990102", "乙县"),
    ]
    assert "en" not in mine or mine["en"].isna().all()
    assert mine.geometry.iloc[1].bounds == pytest.approx((0.1, 0, 0.2, 0.1))
    gdal(tokens["giver"])
    every = pyogrio.read_dataframe(source, layer="unit")
    assert (len(every), set(every["en"])) == (
        5,
        {"Littlecity", "Alpha", "Beta", "Gamma", "Delta"},
    )


def test_owslib_reads_what_is_agreed(office, owslib):
    at, tokens = office
    with pytest.raises((RuntimeError, KeyError, ValueError)):
        owslib(at, None).collection_items("unit")
    page = owslib(at, tokens["reader"]).collection_items("unit", limit=10)
    told = [
        (one["id"], one["properties"]["zh"], one["properties"]["en"]) for one in page["features"]
    ]
    assert told == [("990101", "甲区", None), ("990102", "乙县", None)]
    assert page["numberMatched"] == 2


def test_files_hold_what_is_agreed(office, tmp_path):
    """DuckDB reads the GeoParquet, openpyxl the workbook, sdmx1 the series."""
    import sdmx
    from sdmx.reader.csv import Reader

    at, tokens = office
    file, token = tmp_path / "unit.parquet", tokens["reader"]
    exported = "/ogc/collections/unit/export"
    series = "/sdmx/data/dataflow/HUTUO/little/1.0.0"
    meaning = "/sdmx/structure/dataflow/HUTUO/little/1.0.0"
    for path in (f"{exported}.parquet", f"{exported}.xlsx", series, meaning):
        with pytest.raises(requests.exceptions.HTTPError, match="401"):
            fetched(at, path)
    file.write_bytes(fetched(at, f"{exported}.parquet", token))
    rows = duckdb.sql(f"SELECT unit, zh, en FROM '{file}' ORDER BY unit").fetchall()
    assert rows == [("990101", "甲区", None), ("990102", "乙县", None)]
    book = openpyxl.load_workbook(io.BytesIO(fetched(at, f"{exported}.xlsx", token)))
    head, *cells = book.active.iter_rows(values_only=True)
    sheet = [dict(zip(head, row, strict=True)) for row in cells]
    assert [(row["unit"], row["zh"], row["en"]) for row in sheet] == rows
    told = sdmx.read_sdmx(io.BytesIO(fetched(at, meaning, token)), format="XML")
    (found,) = (
        Reader().convert(io.BytesIO(fetched(at, series, token)), told.dataflow["little"]).data
    )
    seen = {
        (f"{one.dimension['REF_AREA'].value}", one.attached_attribute["SOURCE"].value)
        for one in found.obs
    }
    assert seen == {("990101", "")}
    assert {one.value for one in found.obs} >= {"900", "1000", "73.205"}
    with pytest.raises(requests.exceptions.HTTPError, match="403"):
        # Nobody chooses by a column that is not shown.
        fetched(at, f"{series}?c[SOURCE]=book", token)


def test_a_sensorthings_client_writes_and_reads_what_it_may(office):
    at, tokens = office
    root = f"{at}/sta/v1.1"
    with pytest.raises(requests.exceptions.HTTPError, match="401"):
        fsc.SensorThingsService(root).things().query().list()
    giver, reader = (
        fsc.SensorThingsService(root, Shown(tokens[name])) for name in ("giver", "reader")
    )
    made = requests.post(f"{root}/Things", json=GAUGE, headers=bearer(tokens["giver"]), timeout=30)
    assert made.status_code == 201, made.text
    (stream,) = giver.datastreams().query().filter("name eq '水位'").list()
    sent = fsc.Observation(phenomenon_time="2026-05-01T00:00:00Z", result=1.5, datastream=stream)
    giver.create(sent)
    assert [one.result for one in stream.get_observations().query().list()] == [1.5]
    with pytest.raises(requests.exceptions.HTTPError, match="403"):
        reader.create(sent)
    seen = reader.datastreams().find(stream.id)
    # What the agreement does not name is not there.
    assert seen.get_observations().query().list().entities == []
    more = SERIES | {"filter": {"place": ["sensor:thing-1"]}}
    name = agree(at, tokens, "observation", more)
    assert [one.result for one in seen.get_observations().query().list()] == [1.5]
    ended = {"action": "revoke", "id": name}
    requests.post(
        f"{at}/api/base/agreement", json=ended, headers=bearer(tokens["giver"]), timeout=30
    ).raise_for_status()
    assert seen.get_observations().query().list().entities == []
