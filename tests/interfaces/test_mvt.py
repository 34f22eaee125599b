"""Vector tiles by our encoder: the examples of its specification, and the same as DuckDB's ST_AsMVT."""

import duckdb
import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.attaching import extension
from hutuo.base.commands import LINES, POINTS, POLYGONS, commands, drawable
from hutuo.base.mvt import layer
from hutuo.base.ragged import Rows, aligned, varints, zigzag

EXTENT, BUFFER = 4096, 64
BOUNDS = (1000.0, 2000.0, 9192.0, 10192.0)


def numbers_of(content):
    """Numbers of varints, read byte by byte."""
    found, number, shift = [], 0, 0
    for octet in content:
        number |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            found.append(number)
            number, shift = 0, 0
    return found


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_varints_are_read_back(numbers):
    assert numbers_of(varints(np.array(numbers, dtype=np.uint64)).tobytes()) == numbers


def test_signs_go_into_the_lowest_bit():
    assert zigzag(np.array([0, -1, 1, -2, 2, -(2**31)])).tolist() == [0, 1, 2, 3, 4, 2**32 - 1]


@pytest.mark.parametrize(
    ("wkt", "kind", "told"),
    [
        ("POINT (25 17)", POINTS, [9, 50, 34]),
        ("MULTIPOINT (5 7, 3 2)", POINTS, [17, 10, 14, 3, 9]),
        ("LINESTRING (2 2, 2 10, 10 10)", LINES, [9, 4, 4, 18, 0, 16, 16, 0]),
        (
            "MULTILINESTRING ((2 2, 2 10, 10 10), (1 1, 3 5))",
            LINES,
            [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        ),
        ("POLYGON ((3 6, 8 12, 20 34, 3 6))", POLYGONS, [9, 6, 12, 18, 10, 12, 24, 44, 15]),
        (
            "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((11 11, 20 11, 20 20, 11 20, 11 11),"
            " (13 13, 13 17, 17 17, 17 13, 13 13)))",
            POLYGONS,
            [
                *(9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15),
                *(9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15),
                *(9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15),
            ],
        ),
    ],
)  # fmt: skip
def test_the_examples_of_the_specification(wkt, kind, told):
    """Mapbox Vector Tile 2.1, 4.3.5."""
    rows, kept = commands(np.array([shapely.from_wkt(wkt)]), kind)
    assert rows.cells.tolist() == told
    assert kept.tolist() == [0]


def test_rings_turn_as_the_specification_has_them_and_collapsed_ones_are_gone():
    wrong = "POLYGON ((3 6, 20 34, 8 12, 3 6))"
    flat = "POLYGON ((1 1, 5 5, 9 9, 1 1), (2 2, 3 3, 2 3, 2 2))"
    still = "POLYGON ((4 4, 4 4, 4 4, 4 4))"
    stop = "POLYGON ((3 6, 3 6, 8 12, 8 12, 20 34, 20 34, 3 6, 3 6))"
    rows, kept = commands(shapely.from_wkt(np.array([flat, wrong, still, stop])), POLYGONS)
    assert kept.tolist() == [1, 3]
    turned, same = np.split(rows.cells, rows.ends[1:-1])
    # From (8, 12): the same ring begun elsewhere.
    assert same.tolist() == [9, *zigzag(np.array([3, 6])), 18, 10, 12, 24, 44, 15]
    assert sorted(turned.tolist()) != []
    line, left = commands(shapely.from_wkt(np.array(["LINESTRING (1 1, 1 1)"])), LINES)
    assert (line.cells.tolist(), left.tolist()) == ([], [])


def ours(shapes, columns):
    """A tile by our encoder."""
    made, kinds = drawable(shapes, BOUNDS, EXTENT, BUFFER)
    drawn, which = [], []
    for kind in (POLYGONS, LINES, POINTS):
        mine = np.flatnonzero(kinds == kind)
        rows, kept = commands(made[mine], kind)
        drawn.append(rows)
        which.append(mine[kept])
    order = np.concatenate(which)
    geometry = Rows(
        np.concatenate([rows.cells for rows in drawn]),
        aligned(np.concatenate([rows.lengths for rows in drawn])),
    )
    return layer("l", EXTENT, geometry, kinds[order], columns.take(order).to_pydict_of_arrow())


class Columns:
    """What is told of features."""

    def __init__(self, table):
        self.table = table

    def take(self, places):
        return Columns(self.table.take(places))

    def to_pydict_of_arrow(self):
        return dict(zip(self.table.column_names, self.table.columns, strict=True))


@pytest.fixture(scope="module")
def engine():
    connection = duckdb.connect(":memory:")
    connection.execute(f"LOAD '{extension('spatial')}'")
    yield connection
    connection.close()


def theirs(engine, shapes, columns):
    """The same by the database."""
    rows = columns.table.append_column("wkb", pa.array(shapely.to_wkb(shapes).tolist()))
    engine.register("rows", rows)
    told = ", ".join(f'"{name}" := "{name}"' for name in columns.table.column_names)
    west, south, east, north = BOUNDS
    sql = (
        f"SELECT ST_AsMVT(struct_pack(geom := geom, {told}), 'l', {EXTENT}, 'geom') FROM"
        " (SELECT *, ST_AsMVTGeom(ST_GeomFromWKB(wkb), {'min_x': ?, 'min_y': ?, 'max_x': ?,"
        f" 'max_y': ?}}::BOX_2D, {EXTENT}, {BUFFER}, true) AS geom FROM rows) WHERE geom IS NOT NULL"
    )
    return bytes(engine.execute(sql, [west, south, east, north]).fetchone()[0])


def decoded(file, content):
    file.write_bytes(content)
    return pyogrio.read_dataframe(file).set_index("id").sort_index()


def mixed(count):
    """Shapes of every kind in and around the tile, some of them faulty, holed or smaller than a step."""
    random = np.random.default_rng(7)
    west, south, east, north = BOUNDS
    found = []
    for n in range(count):
        x, y = random.uniform((west - 400, south - 400), (east + 400, north + 400))
        size = (0.5, 40.0, 900.0)[n % 3]
        corners = shapely.Point(x, y).buffer(size, 5)
        kinds = [
            corners,
            corners.difference(shapely.Point(x, y).buffer(size / 2, 3)),
            shapely.MultiPolygon([corners, shapely.Point(x + 3 * size, y).buffer(size, 4)]),
            shapely.LineString([(x, y), (x + size, y + size), (x + size, y - size)]),
            shapely.MultiPoint([(x, y), (x + size, y)]),
            shapely.Point(x, y),
            shapely.Polygon([(x, y), (x + size, y + size), (x + size, y), (x, y + size)]),
        ]
        found.append(kinds[n % len(kinds)])
    return np.array(found)


def test_a_tile_is_what_the_database_makes_of_the_same_shapes(engine, tmp_path):
    shapes = mixed(420)
    count = len(shapes)
    numbers = np.arange(count)
    columns = Columns(
        pa.table(
            {
                "id": [f"{n:04}" for n in numbers],
                "zh": pa.array([None if n % 5 == 0 else f"名称{n % 7}" for n in numbers]),
                "size": pa.array(numbers / 8.0),
                "count": pa.array(numbers * 1000 - 50_000),
                "open": pa.array([None if n % 3 == 0 else n % 2 == 0 for n in numbers]),
            }
        )
    )
    # It fails where one shape crosses itself.
    valid = shapely.make_valid(shapes)
    here = decoded(tmp_path / "ours.mvt", ours(shapes, columns))
    there = decoded(tmp_path / "theirs.mvt", theirs(engine, valid, columns))
    assert set(there.index) - set(here.index) == set()
    # What is kept here and not there is smaller than two steps.
    more = here.loc[sorted(set(here.index) - set(there.index))]
    assert (more.geometry.area <= 2).all()
    both = here.loc[there.index]
    assert len(both) > count / 2
    for name in ("zh", "size", "count", "open"):
        assert both[name].astype(object).where(both[name].notna(), None).tolist() == (
            there[name].astype(object).where(there[name].notna(), None).tolist()
        )
    apart = both.geometry.hausdorff_distance(there.geometry)
    assert (apart <= 2).all()
    assert shapely.is_valid(here.geometry.to_numpy()).all()
