"""What is given broken files: each reader by itself, without a region."""

from zoneinfo import ZoneInfo

import geopandas
import shapely

from hutuo.base import calls, features, gtfs, layers, osm, raster, spreadsheets, vector
from hutuo.base.mapping import Figure, Mapping, PeriodColumn
from hutuo.base.sheets import Told, sheet

ZONE = ZoneInfo("Asia/Shanghai")


def calls_as_proposed(path):
    """A table of calls, by the mapping that is proposed for it."""
    said = {"period": PeriodColumn(value="2021")}
    calls.parsed(path, calls.proposal(path, None).model_copy(update=said), ZONE)


def feed(path):
    """A timetable as GTFS."""
    gtfs.parsed(path, Mapping(format="gtfs", table="timetable"), ZONE)


def stops(path):
    """A table of a timetable by itself."""
    sheet("stops.txt", path.read_bytes(), gtfs.SPECS["stops.txt"], Told(path.name, [], []))


def layer(path):
    """Features as places with their boundaries, and their attributes as a table."""
    columns = {"id": "code", "zh": "code"}
    mapping = Mapping(format=layers.kind_of(path), table="boundary", columns=columns)
    found = layers.parsed(path, mapping)
    vector.attributes(path, found)
    vector.has_columns(path, mapping, found)
    features.bounded_places(path, mapping, found, ZONE, None)


UNITS = geopandas.GeoDataFrame(
    {"place": ["a", "b"]},
    geometry=[shapely.box(0, 0, 0.1, 0.1), shapely.box(0.25, 0, 0.4, 0.1)],
    crs="EPSG:4326",
)


def cells(path):
    """Sums of a raster over units."""
    mapping = Mapping(format="geotiff", figures=(Figure(column="band 1"),), statistics="sum")
    raster.descriptions(path)
    raster.measured(path, mapping, UNITS)


def extract(path):
    """An extract of OpenStreetMap."""
    osm.parsed(path, Mapping(format="osm", table="road", options={"amenities": "school"}))


def old_sheet(path):
    """A spreadsheet in the old binary format."""
    spreadsheets.old(path)
