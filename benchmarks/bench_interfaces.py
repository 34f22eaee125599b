"""Interfaces over the network: pages of features and tiles, readings that come and are asked for.

Bounds: the first page of 100,000 features at least 5 times as fast as pygeoapi's of the same data from its
best source; tiles of 5,000 polygons p95 100 ms; 2,000 readings a second by data arrays, durable when they are
answered; the latest value of each of 10,000 datastreams p95 100 ms beside 20 million readings (``READINGS=2``
loads 2 million). ``ONLY=features`` measures pages alone.
Peer in the same run: pygeoapi over the same features in GeoPackage (SQLite with SpatiaLite) and in PostgreSQL
with PostGIS, with indexes of geometry and id; what is not installed is told. Answers of both are held against
ours: ids, properties, geometry, and what a box holds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import geopandas
import numpy as np
import pyarrow as pa
import shapely

import hutuo
from hutuo.base.region import Region

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import servers

FEATURES, STREAMS, ASKED, BATCH = 100_000, 10_000, 60, 5_000
POLYGONS = 5_000
# Squares of a grid, in degrees; a tile of zoom 11 is 0.176 wide and holds near 5,000 of them.
SIDE, ROW, ZOOM = 0.0025, 400, 11
WEST, SOUTH = 114.0, 37.0
START = datetime(2026, 1, 1, tzinfo=UTC)
TOML = """id = "open"
zh = "开放区"
en = "Open"
released = 2023-12-01
set = "set:all"
"""
FILES = {
    "source": "source,zh,en,publisher,published,licence,quality,origin\nnetwork,网,Network,N,,open,A,net\n",
    "unit": "unit,zh,en,level,boundary,source\n100000,市,City,county,no,network\n",
    "membership": "set,member,role,source\nset:all,100000,whole,network\n",
    "place": "place,kind,zh,en,source\nset:all,set,全部,All,network\n",
    "indicator": "indicator,zh,en,unit,topic,aggregation,definition_zh,definition_en\n"
    "level,水位,Level,m,environment,none,水位,Level\n",
}
SERVE = """
import sys
from hutuo.api import Settings, app
from hutuo.api.door import address, serve, taken
with taken("127.0.0.1", 0) as at:
    serve(app(Settings(region=sys.argv[1])), at, lambda: print(address(at), flush=True))
"""
PEER = """
import sys
try:
    # Python's own often loads no extensions, which GeoPackage takes here.
    import pysqlite3
    sys.modules["sqlite3"] = pysqlite3
except ImportError:
    pass
import socket, uvicorn
from pygeoapi.starlette_app import APP
at = socket.socket()
at.bind(("127.0.0.1", 0))
at.listen()
print(f"http://127.0.0.1:{at.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config(APP, log_level="error", access_log=False)).run([at])
"""
# Features of the first page: what pygeoapi gives unasked (its sample configuration), ours, and many.
PAGES = (20, 100, 1_000)


def main() -> None:
    """Print each measure with its bound."""
    only = os.environ.get("ONLY", "")
    millions = 0.02 if only == "features" else float(os.environ.get("READINGS", "20"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["HUTUO_HOME"] = str(folder / "home")
        pack = write_pack(folder / "pack")
        region = hutuo.open(str(pack))
        squares = places(region)
        readings(region, round(millions * 1e6))
        region.lake.close()
        with served([sys.executable, "-c", SERVE, str(pack)], {}) as at:
            features(at, folder, squares)
            if only != "features":
                tiles(at)
                sensed(at, millions)


def features(at: str, folder: Path, squares: geopandas.GeoDataFrame) -> None:
    """The first page of a large collection and of a box in it, ours and the peer's."""
    root = f"{at}/ogc/collections/place/items?kind=parcel"
    first = seconds(lambda: got(f"{at}/ogc/collections/place/items?limit=100"))
    ours = asked(root, ASKED)
    pages = ", ".join(f"{size:,}: {1e3 * ours[f'{size}']:.1f} ms" for size in PAGES)
    print(
        f"first page of {FEATURES:,} features: p95 {pages}; of a box {ours['box'] * 1e3:.1f} ms;"
        f" the very first {first * 1e3:.0f} ms"
    )
    worst: dict[str, float] = {}
    for kind, source in peers(folder, squares):
        with (
            source as provider,
            served([sys.executable, "-c", PEER], configured(folder, provider)) as other,
        ):
            theirs = f"{other}/collections/squares/items?f=json"
            agree(root, theirs, kind)
            took = asked(theirs, 12)
        ratios = {name: took[name] / ours[name] for name in took}
        worst = {name: min(ratio, worst.get(name, ratio)) for name, ratio in ratios.items()}
        pages = ", ".join(
            f"{size:,}: {1e3 * took[f'{size}']:.0f} ms ({ratios[f'{size}']:.1f})" for size in PAGES
        )
        print(
            f"  pygeoapi, {kind}: {pages}; of a box {took['box'] * 1e3:.0f} ms ({ratios['box']:.1f})"
        )
    if worst:
        told = ", ".join(f"{name} {ratio:.1f}" for name, ratio in worst.items())
        print(f"  times as long as ours, at its best: {told} (bound 5); its answers are the same")


def asked(root: str, times: int) -> dict[str, float]:
    """Seconds p95 of first pages by their size, and of a box, on one connection."""
    with closing(HTTPConnection(urlsplit(root).netloc, timeout=600)) as line:
        pages = {
            f"{size}": p95(lambda _, n=size: kept(line, f"{root}&limit={n}"), times)
            for size in PAGES
        }
        within = p95(lambda n: kept(line, f"{root}&limit=100&bbox={box(n)}"), times)
    return pages | {"box": within}


def kept(line: HTTPConnection, address: str) -> bytes:
    """What an address answers on a connection that is kept, as browsers and clients of maps keep theirs.

    To connect anew each time costs both servers the same, and as much as ours takes for a small page.
    """
    parts = urlsplit(address)
    line.request("GET", f"{parts.path}?{parts.query}")
    answer = line.getresponse()
    body = answer.read()
    if answer.status != HTTPStatus.OK:
        raise SystemExit(f"{address}: {answer.status}")
    return body


def agree(ours: str, theirs: str, kind: str) -> None:
    """Stop where two servers of the same collection answer differently.

    Raises:
        SystemExit: They do.
    """
    queries = [f"limit={PAGES[-1]}", f"limit={PAGES[-1]}&offset=50000"]
    for query in [*queries, *(f"limit={PAGES[-1]}&bbox={box(n)}" for n in range(6))]:
        mine, other = (
            {one["id"]: one for one in json.loads(got(f"{at}&{query}"))["features"]}
            for at in (ours, theirs)
        )
        if not mine or mine.keys() != other.keys():
            raise SystemExit(f"{kind}: other features for {query}")
        names = list(mine)
        shapes = [
            shapely.from_geojson([json.dumps(of[name]["geometry"]) for name in names])
            for of in (mine, other)
        ]
        if not shapely.equals_exact(*map(shapely.normalize, shapes), tolerance=1e-9).all():
            raise SystemExit(f"{kind}: other shapes for {query}")
        for name in names:
            told = mine[name]["properties"]
            if any(told[key] != other[name]["properties"][key] for key in ("kind", "zh", "en")):
                raise SystemExit(f"{kind}: other properties of {name}")


def tiles(at: str) -> None:
    """Tiles of about 5,000 polygons, none asked for twice."""
    took, sizes = [], []
    x, y = column(WEST + 0.5, SOUTH + 0.3)
    warm = got(f"{at}/ogc/collections/place/tiles/{ZOOM}/{x}/{y}")
    for n in range(ASKED):
        # Another view has tiles of its own, made anew; its rows are read and projected before.
        view = f"?as_of={datetime.now(UTC) + timedelta(days=1 + n):%Y-%m-%d}"
        got(f"{at}/ogc/collections/place/tiles/{ZOOM}/{x}/{y - 1}{view}")
        start = time.perf_counter()
        sizes.append(len(got(f"{at}/ogc/collections/place/tiles/{ZOOM}/{x + n % 2}/{y}{view}")))
        took.append(time.perf_counter() - start)
    if min(sizes) < len(warm) / 2:
        message = "a tile lacks its polygons"
        raise SystemExit(message)
    holds = (360 / 2**ZOOM / SIDE) ** 2 * np.cos(np.radians(SOUTH))
    print(
        f"tiles of about {holds:,.0f} polygons, {len(warm) / 1e3:.0f} kB: p95"
        f" {np.quantile(took, 0.95) * 1e3:.0f} ms, median {np.median(took) * 1e3:.0f}"
        f" (bound 100 for {POLYGONS:,})"
    )


def sensed(at: str, millions: float) -> None:
    """Latest values beside what is stored, and readings by data arrays and one by one."""
    root = f"{at}/sta/v1.1"
    made(root)
    first = seconds(lambda: got(f"{root}/Datastreams(1)/LatestObservation"))
    one = p95(lambda n: got(f"{root}/Datastreams({1 + 97 * n})/LatestObservation"))
    usual = "?$orderby=phenomenonTime%20desc&$top=1"
    plain = p95(lambda n: got(f"{root}/Datastreams({1 + 97 * n})/Observations{usual}"))
    page = p95(
        lambda n: got(f"{root}/Datastreams?$expand=LatestObservation&$top=100&$skip={100 * n}")
    )
    print(
        f"latest of {STREAMS:,} datastreams beside {millions:g} million readings: p95 {one * 1e3:.0f} ms,"
        f" as usual {plain * 1e3:.0f} ms, a hundred at once {page * 1e3:.0f} ms (bound 100);"
        f" the very first {first:.1f} s"
    )
    batches, took = 8, 0.0
    for n in range(batches):
        block = [
            {
                "Datastream": {"@iot.id": stream},
                "components": ["phenomenonTime", "result"],
                "dataArray": [[f"2027-01-{n + 1:02}T00:00:00Z", 1.5 + n]],
            }
            for stream in range(1, BATCH + 1)
        ]
        body = json.dumps(block).encode()
        took += seconds(lambda: sent(f"{root}/CreateObservations", body))  # noqa: B023 - asked at once
    print(f"data arrays of {BATCH:,}: {batches * BATCH / took:,.0f} readings/s (bound 2,000)")
    alone, many = 64, 16
    body = {"result": 1.0, "phenomenonTime": ""}
    start = time.perf_counter()
    with ThreadPoolExecutor(many) as pool:
        for n in range(alone):
            given = body | {"phenomenonTime": f"2027-02-01T00:{n % 60:02}:{n // 60:02}Z"}
            path = f"{root}/Datastreams({1 + n})/Observations"
            pool.submit(sent, path, json.dumps(given).encode())
    print(
        f"one by one from {many} connections: {alone / (time.perf_counter() - start):,.0f} readings/s"
    )


def made(root: str) -> None:
    """Datastreams of the sensors whose readings are there."""
    shared = {
        "Sensors": {"name": "s", "description": "", "encodingType": "text/html", "metadata": "-"},
        "ObservedProperties": {"name": "level", "definition": "-", "description": "-"},
        "Things": {"name": "all", "description": ""},
    }
    for kind, body in shared.items():
        sent(f"{root}/{kind}", json.dumps(body).encode())
    about = {
        "description": "",
        "observationType": "OM_Measurement",
        "unitOfMeasurement": {"name": "metre", "symbol": "m", "definition": ""},
        "Sensor": {"@iot.id": 1},
        "ObservedProperty": {"@iot.id": 1},
    }
    for first in range(0, STREAMS, 500):
        streams = [
            about
            | {"name": f"{n}", "properties": {"place": f"sensor:{n:05}", "source": "network"}}
            for n in range(first, first + 500)
        ]
        thing = {"name": f"{first}", "description": "", "Datastreams": streams}
        sent(f"{root}/Things", json.dumps(thing).encode())


def places(region: Region) -> geopandas.GeoDataFrame:
    """Squares and sensors as places with their shapes."""
    number = np.arange(FEATURES)
    west, south = WEST + number % ROW * SIDE, SOUTH + number // ROW * SIDE
    shapes = shapely.box(west, south, west + SIDE, south + SIDE)
    names = [f"parcel:{n:06}" for n in number]
    sensors = [f"sensor:{n:05}" for n in range(STREAMS)]
    texts = {"zh": "地块", "en": "Parcel", "source": "network"}
    kinds = ["parcel"] * FEATURES + ["sensor"] * STREAMS
    rows = len(kinds)
    region.append(
        "place",
        pa.table(
            {"place": names + sensors, "kind": kinds, **{k: [v] * rows for k, v in texts.items()}}
        ),
    )
    region.append(
        "boundary",
        pa.table(
            {
                "place": names,
                "geometry": pa.array(shapely.to_wkb(shapes).tolist(), pa.binary()),
                "area_km2": np.full(FEATURES, 0.06),
                "label_lon": west + SIDE / 2,
                "label_lat": south + SIDE / 2,
                "source": ["network"] * FEATURES,
            }
        ),
    )
    return geopandas.GeoDataFrame(
        {"place": names, "kind": "parcel", "zh": "地块", "en": "Parcel"},
        geometry=shapes,
        crs="EPSG:4326",
    )


def readings(region: Region, rows: int) -> None:
    """Hourly readings of every sensor."""
    number = np.arange(rows)
    hours, sensor = number // STREAMS, number % STREAMS
    begin = int(START.timestamp()) * 1_000_000 + hours.astype("int64") * 3_600_000_000
    known = pa.array([f"sensor:{n:05}" for n in range(STREAMS)])
    place = pa.DictionaryArray.from_arrays(pa.array(sensor.astype("int32")), known)
    when = pa.array(begin.view("datetime64[us]")).cast(pa.timestamp("us", "UTC"))
    same = {"indicator": "level", "unit": "m", "source": "network"}
    told = {name: pa.array([text] * rows) for name, text in same.items()}
    value = pa.array(hours * 0.5)
    table = pa.table(
        {"place": place.cast(pa.string()), "valid_from": when, "value": value, **told}
    )
    region.append("observation", table)


def write_pack(folder: Path) -> Path:
    """A pack without units."""
    folder.mkdir(parents=True)
    (folder / "region.toml").write_text(TOML, encoding="utf-8")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def peers(
    folder: Path, squares: geopandas.GeoDataFrame
) -> Iterator[tuple[str, AbstractContextManager[dict[str, Any]]]]:
    """Sources that pygeoapi may read the features from, each with its provider while it is open."""
    spatial = next(Path("/usr/lib").glob("*/mod_spatialite.so"), None)
    if spatial is None or not find_spec("pysqlite3"):
        print("  pygeoapi over GeoPackage: SpatiaLite or pysqlite3 is not installed")
    else:
        yield "GeoPackage", geopackage(folder / "squares.gpkg", squares, spatial)
    where = servers.binaries()
    if where is None or not has_postgis(where) or not find_spec("geoalchemy2"):
        print("  pygeoapi over PostgreSQL: PostGIS or geoalchemy2 is not installed")
    else:
        yield "PostGIS", postgis(squares)


@contextmanager
def geopackage(
    file: Path, squares: geopandas.GeoDataFrame, spatial: Path
) -> Iterator[dict[str, Any]]:
    """A GeoPackage with its index of shapes, and one of ids."""
    import pysqlite3

    squares.to_file(file, layer="squares")
    with closing(pysqlite3.connect(file)) as made, made:
        made.execute("CREATE UNIQUE INDEX squares_place ON squares (place)")
    os.environ["SPATIALITE_LIBRARY_PATH"] = str(spatial)
    yield {"name": "SQLiteGPKG", "data": str(file), "table": "squares", "id_field": "place"}


def has_postgis(where: Path) -> bool:
    """Whether a server of PostgreSQL has the extension."""
    shares = Path("/usr/share/postgresql") / where.parent.name, where.parent / "share/postgresql"
    return any((shared / "extension/postgis.control").exists() for shared in shares)


@contextmanager
def postgis(squares: geopandas.GeoDataFrame) -> Iterator[dict[str, Any]]:
    """A table in PostgreSQL with a primary key and an index of shapes."""
    import psycopg

    with servers.postgres("") as url:
        folder = url.partition("?host=")[2]
        with psycopg.connect(f"host={folder} user=postgres dbname=postgres") as made:
            made.execute("CREATE EXTENSION postgis")
            made.execute(
                "CREATE TABLE squares (place text PRIMARY KEY, kind text, zh text, en text,"
                " geom geometry(Polygon, 4326))"
            )
            with made.cursor().copy("COPY squares FROM STDIN") as rows:
                shapes = shapely.to_wkb(
                    shapely.set_srid(squares.geometry, 4326), hex=True, include_srid=True
                )
                for row in zip(
                    *(squares[n] for n in ("place", "kind", "zh", "en")), shapes, strict=True
                ):
                    rows.write_row(row)
            made.execute("CREATE INDEX squares_geom ON squares USING gist (geom)")
            made.commit()
            made.autocommit = True
            made.execute("VACUUM ANALYZE squares")
        yield {
            "name": "PostgreSQL", "table": "squares", "id_field": "place", "geom_field": "geom",
            "data": {
                "host": folder, "dbname": "postgres", "user": "postgres", "password": "", "port": 5432,
                "search_path": ["public"],
            },
        }  # fmt: skip


def configured(folder: Path, provider: dict[str, Any]) -> dict[str, str]:
    """The environment in which the peer serves a source."""
    extent = {
        "spatial": {
            "bbox": [113, 36, 116, 39],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        }
    }
    about = {"title": "t", "description": "d", "keywords": ["k"], "links": [], "extents": extent}
    source = {"type": "feature", **provider}
    config = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1:5000",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "language": "en-US",
            "limits": {"default_items": PAGES[0], "max_items": PAGES[-1]},
            "map": {"url": "http://127.0.0.1/", "attribution": "-"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "t", "description": "d", "keywords": ["k"], "keywords_type": "theme",
                "terms_of_service": "-", "url": "http://127.0.0.1",
            },
            "license": {"name": "-", "url": "http://127.0.0.1"},
            "provider": {"name": "-", "url": "http://127.0.0.1"},
            "contact": {"name": "-"},
        },
        "resources": {"squares": {"type": "collection", **about, "providers": [source]}},
    }  # fmt: skip
    (folder / "peer.yml").write_text(json.dumps(config))
    env = {
        **os.environ,
        "PYGEOAPI_CONFIG": str(folder / "peer.yml"),
        "PYGEOAPI_OPENAPI": str(folder / "api.yml"),
    }
    script = PEER.partition("import socket")[0] + "from pygeoapi import cli; cli()"
    made_api = [sys.executable, "-c", script, "openapi", "generate", env["PYGEOAPI_CONFIG"]]
    subprocess.run([*made_api, "--output-file", env["PYGEOAPI_OPENAPI"]], env=env, check=True)
    return env


@contextmanager
def served(command: list[str], env: dict[str, str]) -> Iterator[str]:
    """Address of a server while the block runs."""
    process = subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=30)


def got(address: str) -> bytes:
    """What an address answers."""
    with urllib.request.urlopen(address, timeout=600) as answer:  # noqa: S310 - our own servers
        return answer.read()


def sent(address: str, body: bytes) -> bytes:
    """What an address answers to what is sent."""
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, body, head, method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
        return answer.read()


def box(n: int) -> str:
    """A small box somewhere in the squares."""
    west, south = WEST + n % 9 * 0.1, SOUTH + n % 6 * 0.1
    return f"{west},{south},{west + 0.01},{south + 0.01}"


def column(lon: float, lat: float) -> tuple[int, int]:
    """Column and row of the tile that holds a point."""
    across = np.arcsinh(np.tan(np.radians(lat))) / np.pi
    return int((lon + 180) / 360 * 2**ZOOM), int((1 - across) / 2 * 2**ZOOM)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def p95(ask: Callable[[int], object], times: int = ASKED) -> float:
    """Seconds that 95 of 100 asks stay within, after a first one."""
    ask(0)
    return float(np.quantile([seconds(lambda: ask(n)) for n in range(1, times)], 0.95))  # noqa: B023


if __name__ == "__main__":
    main()
