"""Map layers: attributes as figures of places, features as places, and shapes in whatever CRS."""

import json
import sqlite3
import time
import zipfile
from contextlib import closing

import geopandas
import pytest
import shapely

import fuzzed
from hutuo.base import layers, vector, zips
from hutuo.base.datum import from_wgs84
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Figure, Mapping, PeriodColumn, PlaceColumn
from hutuo.errors import BadInput, NotFound, say
from mangled import COUNTS, SECONDS, survives

BOXES = [shapely.box(west, 0, west + 0.1, 0.1) for west in (0, 0.1, 0.2)]
DATA = {
    "code": ["990101", "990102", "999999"],
    "people": [1100, 520, 3],
    "名称": ["甲", "乙", "戊"],
}
FIGURES = Mapping(
    format="geojson",
    source="book",
    place=PlaceColumn(column="code", by="code"),
    period=PeriodColumn(value="2022"),
    figures=(Figure(column="people", indicator="people"),),
)
SHAPES = Mapping(
    format="geojson", table="boundary", source="book", columns={"id": "code", "zh": "名称"}
)


def layer(path, shapes=BOXES, crs="EPSG:4326", **data):
    """A layer as a file, by its ending; a ``.zip`` holds a Shapefile in a folder."""
    frame = geopandas.GeoDataFrame(data or DATA, geometry=shapes, crs=crs)
    # Files of no time of their own, so that the broken ones are the same in every run.
    dated = {"DBF_DATE_LAST_UPDATE": "2024-01-01"}
    if path.suffix != ".zip":
        frame.to_file(path, **(dated if path.suffix == ".shp" else {}))
        return path
    folder = path.with_suffix("")
    folder.mkdir()
    frame.rename(columns={"名称": "name"}).to_file(folder / "layer.shp", **dated)
    with zipfile.ZipFile(path, "w") as packed:
        for file in sorted(folder.iterdir()):
            packed.writestr(zipfile.ZipInfo(f"inside/{file.name}"), file.read_bytes())
    return path


def read(path, mapping, region):
    reader = zips if path.suffix == ".zip" else vector
    return reader.frames(path, mapping.model_copy(update={"format": layers.kind_of(path)}), region)


@pytest.mark.parametrize("name", ["u.geojson", "u.gpkg", "u.shp", "u.zip"])
def test_attributes_are_figures_of_the_places_that_a_column_names(name, tmp_path, little):
    found = read(layer(tmp_path / name), FIGURES, little)
    frame = found.frames["observation"]
    assert frame[["place", "value"]].to_numpy().tolist() == [["990101", 1100], ["990102", 520]]
    assert [(one.row, one.text) for one in found.quarantined] == [(3, "3")]


@pytest.mark.parametrize("name", ["u.geojson", "u.gpkg", "u.zip"])
def test_a_layer_is_inspected_and_taken_in_once(name, tmp_path, own):
    path = layer(tmp_path / name)
    found = inspect(own, Inspect(file=str(path))).mapping
    assert (found.table, found.place.column) == ("observation", "code")
    assert [(one.column, one.indicator) for one in found.figures] == [("people", "people")]
    said = {"source": "book", "period": PeriodColumn(value="2022")}
    ask = Ingest(file=str(path), mapping=found.model_copy(update=said))
    assert [ingest(own, ask).stored for _ in range(2)] == [2, 0]


def test_features_become_places_with_their_shape_and_size(tmp_path, own):
    path = layer(tmp_path / "u.geojson")
    found = read(path, SHAPES, own)
    assert found.frames["place"].to_numpy().tolist() == [
        ["cell:990101", "cell", "甲", "甲"],
        ["cell:990102", "cell", "乙", "乙"],
        ["cell:999999", "cell", "戊", "戊"],
    ]
    rows = found.frames["boundary"]
    assert rows["area_km2"].tolist() == pytest.approx([123.09] * 3, abs=0.01)
    assert [
        shapely.from_wkb(wkb).equals(box) for wkb, box in zip(rows["geometry"], BOXES, strict=True)
    ]
    assert ingest(own, Ingest(file=str(path), mapping=SHAPES)).stored == 6


def test_the_kind_of_a_place_follows_its_shape_or_the_mapping(tmp_path, little):
    shapes = [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), BOXES[0]]
    path = layer(tmp_path / "u.geojson", shapes)
    assert read(path, SHAPES, little).frames["place"]["kind"].tolist() == [
        "point",
        "corridor",
        "cell",
    ]
    said = SHAPES.model_copy(update={"options": {"kind": "network"}})
    found = read(path, said, little).frames
    assert found["place"]["place"].tolist() == [
        "network:990101",
        "network:990102",
        "network:999999",
    ]
    assert found["boundary"]["area_km2"].tolist()[:2] == [0, 0]
    with pytest.raises(BadInput, match="'road' is no kind of place"):
        read(path, SHAPES.model_copy(update={"options": {"kind": "road"}}), little)


def test_shapes_are_new_boundaries_of_places_that_are_known(tmp_path, own):
    path = layer(tmp_path / "u.geojson")
    said = {"place": PlaceColumn(column="code"), "period": PeriodColumn(value="2026-01-01")}
    mapping = SHAPES.model_copy(update={**said, "columns": {}})
    found = read(path, mapping, own)
    assert found.frames["boundary"]["place"].tolist() == ["990101", "990102"]
    assert set(found.frames["boundary"]["valid_from"]) == {"2026-01-01"}
    assert [(one.row, one.column) for one in found.quarantined] == [(3, "code")]
    assert ingest(own, Ingest(file=str(path), mapping=mapping)).stored == 2


def test_shapes_come_in_degrees_of_wgs_84_whatever_their_crs(tmp_path, little):
    frame = geopandas.GeoDataFrame(DATA, geometry=BOXES, crs="EPSG:4326").to_crs("EPSG:3857")
    path = layer(tmp_path / "m.gpkg", frame.geometry.tolist(), crs="EPSG:3857")
    rows = read(path, SHAPES, little).frames["boundary"]
    for wkb, box in zip(rows["geometry"], BOXES, strict=True):
        assert shapely.equals_exact(shapely.from_wkb(wkb).normalize(), box.normalize(), 1e-9)


def test_a_layer_without_crs_is_refused_until_the_mapping_names_one(tmp_path, little):
    layer(tmp_path / "u.shp")
    (tmp_path / "u.prj").unlink()
    said = SHAPES.model_copy(update={"columns": {"id": "code", "zh": "code"}})
    with pytest.raises(BadInput, match="has no CRS") as error:
        read(tmp_path / "u.shp", said, little)
    assert "crs = 'EPSG:4490'" in error.value.hint
    named = said.model_copy(update={"options": {"crs": "EPSG:4490"}})
    assert len(read(tmp_path / "u.shp", named, little).frames["boundary"]) == 3
    wrong = said.model_copy(update={"options": {"crs": "EPSG:nothing"}})
    with pytest.raises(BadInput, match="is no CRS"):
        read(tmp_path / "u.shp", wrong, little)


@pytest.mark.parametrize("crs", ["GCJ-02", "bd09"])
def test_shapes_of_a_chinese_web_map_are_taken_back(tmp_path, little, crs):
    right = [shapely.Point(114.51, 38.04), shapely.Point(114.52, 38.05), shapely.Point(114.6, 38)]
    system = "GCJ-02" if crs == "GCJ-02" else "BD-09"
    moved = shapely.transform(right, lambda spots: from_wgs84(spots, system)).tolist()
    path = layer(tmp_path / "u.geojson", moved)
    said = SHAPES.model_copy(update={"options": {"crs": crs}})
    rows = read(path, said, little).frames["boundary"]
    found = shapely.from_wkb(rows["geometry"])
    assert shapely.distance(found, right).max() < 1e-8
    assert rows["label_lon"].tolist() == pytest.approx([114.51, 114.52, 114.6], abs=1e-8)


def test_a_shape_that_is_swapped_is_held_back_with_that(tmp_path, little):
    shapes = [shapely.Point(38.04, 114.51), *BOXES[1:]]
    found = read(layer(tmp_path / "u.geojson", shapes), SHAPES, little)
    (held,) = found.quarantined
    assert (held.row, "longitude comes first" in held.reason.en) == (1, True)
    assert "写反" in held.reason.zh


def test_a_crs_that_is_no_text_is_refused(tmp_path):
    """Where GDAL cannot write down what it read, pyogrio stumbles over a text that it was not given."""
    layer(tmp_path / "u.shp")
    prj = tmp_path / "u.prj"
    prj.write_bytes(prj.read_bytes().replace(b"GCS_WGS", b"GCS_WG\xd3"))
    with pytest.raises(BadInput, match=r"u\.shp has a CRS that cannot be read"):
        layers.parsed(tmp_path / "u.shp", SHAPES)


def test_columns_that_are_called_alike_are_refused_by_name(tmp_path):
    layer(tmp_path / "u.shp", code=["a", "b", "c"], kode=["d", "e", "f"])
    dbf = tmp_path / "u.dbf"
    dbf.write_bytes(dbf.read_bytes().replace(b"kode\0", b"code\0"))
    with pytest.raises(BadInput, match="code: is what two columns are called"):
        layers.parsed(tmp_path / "u.shp", SHAPES)


def test_a_shape_that_crosses_itself_is_mended_and_that_is_told(tmp_path, little):
    bow = shapely.Polygon([(0, 0), (0.1, 0.1), (0.1, 0), (0, 0.1)])
    found = read(layer(tmp_path / "u.geojson", [bow, *BOXES[1:]]), SHAPES, little)
    assert shapely.from_wkb(found.frames["boundary"]["geometry"][0]).is_valid
    assert [(one.row, say(one.says, "en").partition("[")[0]) for one in found.findings] == [
        (1, "Self-intersection")
    ]
    zh = say(found.findings[0].says, "zh")
    assert zh.startswith("自相交[") and zh.endswith("];已修复")  # noqa: PT018


@pytest.mark.parametrize("table", ["boundary", "observation"])
def test_half_a_year_is_no_period_of_a_layer(tmp_path, own, table):
    period = PeriodColumn(value="2024年上半年")
    people = (Figure(column="常住人口", indicator="people"),)
    mapping = SHAPES if table == "boundary" else Mapping(format="geojson", figures=people)
    place = None if table == "boundary" else PlaceColumn(column="code", by="code")
    mapping = mapping.model_copy(update={"table": table, "period": period, "place": place})
    path = layer(tmp_path / "u.geojson", **DATA, 常住人口=[1, 2, 3])
    if table == "boundary":
        with pytest.raises(BadInput) as told:
            read(path, mapping, own)
        says = told.value.words[0]
    else:
        says = read(path, mapping, own).quarantined[0].reason.zh
    assert "“2024年上半年”是半年或几个月合计,不是时期;请改为按季度" in says


def test_features_without_shape_off_the_world_or_seen_twice_are_held_back(tmp_path, little):
    shapes = [None, shapely.box(500_000, 4_200_000, 500_001, 4_200_001), BOXES[1], BOXES[2]]
    data = {"code": ["a", "b", "c", "c"], "名称": ["甲", "乙", "丙", "丁"]}
    found = read(layer(tmp_path / "u.geojson", shapes, **data), SHAPES, little)
    told = [(one.row, one.reason.en.partition(";")[0]) for one in found.quarantined]
    assert told == [
        (1, "has no shape that can be read"),
        (2, "lies outside the world"),
        (4, "its place has a shape in a feature before"),
    ]
    assert found.frames["place"]["place"].tolist() == ["cell:c"]


def test_columns_and_layers_that_are_not_there_are_told_with_those_that_are(tmp_path, little):
    path = layer(tmp_path / "u.gpkg")
    with pytest.raises(BadInput, match="kode: is no attribute") as error:
        read(path, SHAPES.model_copy(update={"columns": {"id": "kode", "zh": "名称"}}), little)
    assert error.value.hint == "its attributes are code, people, 名称"
    with pytest.raises(NotFound, match=r"no layer of u\.gpkg 'roads'"):
        read(path, SHAPES.model_copy(update={"sheet": "roads"}), little)
    with pytest.raises(BadInput, match=r"columns\.id: is missing"):
        read(path, SHAPES.model_copy(update={"columns": {}}), little)


@pytest.mark.parametrize("name", ["GC", "GCS", ""])
def test_a_crs_of_any_name_is_told_by_what_it_says_and_looked_for_in_no_list(name, tmp_path):
    path = layer(tmp_path / "u.shp")
    text = path.with_suffix(".prj").read_text().replace("GCS_WGS_1984", name)
    assert f'["{name}",DATUM["D_WGS_1984"' in text
    path.with_suffix(".prj").write_text(text)
    begin = time.process_time()
    fuzzed.layer(path)
    assert time.process_time() - begin < SECONDS
    shapes = shapely.from_wkb(layers.parsed(path, SHAPES).shapes["geometry"].tolist())
    assert [shape.bounds for shape in shapes] == [box.bounds for box in BOXES]


@pytest.mark.parametrize("code", [4490, 4527, 4547, 2362, 2415, 32650])
def test_a_shapefile_in_a_crs_of_maps_lies_where_it_lay(code, tmp_path):
    """Its ``.prj`` names datum and projection in words of ESRI, and no code."""
    north = [shapely.box(114.4 + west, 38, 114.5 + west, 38.1) for west in (0, 0.1, 0.2)]
    frame = geopandas.GeoDataFrame(DATA, geometry=north, crs="EPSG:4326").to_crs(code)
    path = layer(tmp_path / "m.shp", frame.geometry.tolist(), crs=code)
    shapes = shapely.from_wkb(layers.parsed(path, SHAPES).shapes["geometry"].tolist())
    assert shapely.hausdorff_distance(shapes, north).max() < 1e-7


def test_a_file_is_not_opened_as_what_it_does_not_claim_to_be(tmp_path, little):
    """A virtual layer would name other files, or addresses, that are then read."""
    virtual = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
    for name in ("x.geojson", "x.gpkg", "x.shp"):
        (tmp_path / name).write_text(virtual + "</OGRVRTLayer></OGRVRTDataSource>")
        with pytest.raises(BadInput, match="does not begin as"):
            read(tmp_path / name, SHAPES, little)


def test_a_geopackage_that_runs_queries_of_its_own_is_refused(tmp_path, little):
    path = layer(tmp_path / "u.gpkg")
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE VIEW endless AS SELECT * FROM u, u AS v, u AS w")
        database.commit()
    with pytest.raises(BadInput, match="has views: endless"):
        read(path, SHAPES, little)


def test_a_zip_with_two_layers_or_a_bomb_is_refused(tmp_path, little):
    with zipfile.ZipFile(tmp_path / "two.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.shp", b"x")
        packed.writestr("b.shp", b"x")
    with pytest.raises(BadInput, match=r"one Shapefile; it has a\.shp, b\.shp"):
        read(tmp_path / "two.zip", SHAPES, little)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.shp", bytes(64 << 20))
    with pytest.raises(BadInput, match="unpacks from"):
        read(tmp_path / "bomb.zip", SHAPES, little)


def test_too_many_features_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "MOST_FEATURES", 2)
    with pytest.raises(BadInput, match="has 3 features"):
        layers.parsed(layer(tmp_path / "u.gpkg"), SHAPES)


def test_a_deep_or_endless_geojson_is_refused(tmp_path, little):
    deep = '{"type":"FeatureCollection","features":' + "[" * 100_000
    (tmp_path / "deep.geojson").write_text(deep)
    with pytest.raises(BadInput):
        read(tmp_path / "deep.geojson", SHAPES, little)


def seeded(kind, folder):
    """What is given broken layers of a kind, the bytes of a good one, and where broken ones are written."""
    good = layer(folder / f"u.{kind}").read_bytes()
    if kind == "geojson":
        good = json.dumps(json.loads(good)).encode()
    for sibling in (".shx", ".dbf", ".prj"):
        if kind == "shp":
            (folder / f"u{sibling}").rename(folder / f"x{sibling}")
    return fuzzed.layer, good, folder / f"x.{kind}"


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "zip"])
@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_a_layer_or_refused(count, kind, tmp_path):
    reader, good, path = seeded(kind, tmp_path)
    assert survives(reader, good, count, path).read
