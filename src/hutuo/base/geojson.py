"""Features as GeoJSON, made from whole columns: a page of thousands takes milliseconds.

Source: RFC 7946; in another system of coordinates than its own, OGC 18-058r1.
"""

from typing import TYPE_CHECKING

from hutuo.base.systems import CRS84, projected

if TYPE_CHECKING:
    from hutuo.base.drawn import Drawn, Places


def features(found: "Drawn", places: "Places", crs: str = CRS84) -> list[bytes]:
    """Each feature of some rows as a JSON object.

    Args:
        found: Rows with their shapes.
        places: Which rows, ascending.
        crs: System of the coordinates, a URI.
    """
    import orjson
    import shapely

    shapes = projected(found.shapes(places), crs)
    texts = [text or "null" for text in shapely.to_geojson(shapes)]
    return [
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
        % (orjson.dumps(name), text.encode(), orjson.dumps(row, option=orjson.OPT_UTC_Z))
        for name, text, row in zip(found.ids(places), texts, found.properties(places), strict=True)
    ]
