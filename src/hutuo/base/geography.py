"""Units on the map: boundaries, and where each stands to the region's sets."""

from typing import TYPE_CHECKING, Any, Literal

from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Level = Literal["county", "prefecture", "province"]
# A tenth of a county town's width: at a map of the whole region the simplified edge is the drawn edge.
TOLERANCE = 0.002


class Units(Ask):
    """Which units to draw."""

    set: str | None = said("只要该集合的成员", "only members of this set", default=None)
    level: Level = said("层级", "level of the units", default="county")
    geometry: bool = said("是否带边界", "whether to give boundaries", default=True)
    tolerance: float = said(
        "边界简化的容差(度),0 为不简化;共同边界保持一致",
        "tolerance to simplify boundaries by, in degrees; 0 leaves them; shared edges stay shared",
        default=TOLERANCE,
        ge=0,
        le=0.1,
    )


class UnitProperties(Answer):
    """What a unit is."""

    unit: str = said("区划代码", "six-digit code of the unit")
    name: Text = said("名称", "what it is called")
    level: str = said("层级", "level of the unit")
    parent: str | None = said("上级区划", "unit that it lies in")
    parent_name: Text | None = said("上级区划名称", "name of the unit that it lies in")
    label_lon: float | None = said("标注经度", "longitude of the point where a label stands")
    label_lat: float | None = said("标注纬度", "latitude of the point where a label stands")
    area_km2: float | None = said(
        "多边形面积(等积投影)", "area of the polygon on an equal-area projection, km2"
    )
    sets: list[str] = said("所属集合", "sets that it, or a part of it, is a member of")
    role: str = said(
        "在本地区的归属", "whole, part, excluded or outside, as to the set that the region is"
    )


class UnitFeature(Answer):
    """One unit as a GeoJSON feature."""

    type: Literal["Feature"] = said("GeoJSON 类型", "GeoJSON type", default="Feature")
    id: str = said("区划代码", "six-digit code of the unit")
    geometry: dict[str, Any] | None = said("边界", "boundary, EPSG:4326")
    properties: UnitProperties = said("属性", "what the unit is")


class UnitCollection(Answer):
    """Units as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = said(
        "GeoJSON 类型", "GeoJSON type", default="FeatureCollection"
    )
    features: list[UnitFeature] = said("要素", "the units, by code")
    bbox: list[float] | None = said("外接矩形", "west, south, east, north of the boundaries")
    source: Text | None = said("边界来源", "where the boundaries come from")


@verb("给出区划单元及其边界")
def units(region: "Region", ask: Units) -> UnitCollection:
    """Give the units with their boundaries as GeoJSON."""
    roles = roles_of(region, region.info.set)
    sets = _sets_of(region)
    wanted = members(region, ask.set)
    rows = [
        row
        for row in region.current("unit", level=ask.level)
        if wanted is None or row["unit"] in wanted
    ]
    drawn = {row["place"]: row for row in region.current("boundary")}
    shapes = _geojson(drawn, [row["unit"] for row in rows], ask.tolerance) if ask.geometry else {}
    features = [
        UnitFeature(
            id=row["unit"],
            geometry=shapes.get(row["unit"]),
            properties=_properties(region, row, drawn, sets, roles),
        )
        for row in rows
    ]
    return UnitCollection(features=features, bbox=_bbox(shapes), source=_source(region, drawn))


def roles_of(region: "Region", place_set: str) -> dict[str, str]:
    """Role of each unit in a set: whole, part or excluded; a part counts for the unit it belongs to."""
    parts = {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    rows = region.current("membership", set=place_set)
    return {parts.get(row["member"]) or row["member"]: row["role"] for row in rows}


def _sets_of(region: "Region") -> dict[str, list[str]]:
    parts = {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    found: dict[str, list[str]] = {}
    for row in region.current("membership"):
        if row["role"] != "excluded":
            found.setdefault(parts.get(row["member"]) or row["member"], []).append(row["set"])
    return found


def members(region: "Region", place_set: str | None) -> set[str] | None:
    """Units in a set, in whole or in part; None for no set.

    Raises:
        NotFound: No set has that id.
    """
    if place_set is None:
        return None
    from hutuo.errors import one_of

    known = [row["place"] for row in region.records("place", kind="set")]
    if place_set not in known:
        raise one_of(place_set, "set", known)
    return {unit for unit, role in roles_of(region, place_set).items() if role != "excluded"}


def _properties(
    region: "Region",
    row: dict[str, Any],
    drawn: dict[str, dict[str, Any]],
    sets: dict[str, list[str]],
    roles: dict[str, str],
) -> UnitProperties:
    boundary = drawn.get(row["unit"], {})
    return UnitProperties(
        unit=row["unit"],
        name=Text(row["zh"], row["en"]),
        level=row["level"],
        parent=row["parent"],
        parent_name=region.names.get(row["parent"]),
        label_lon=boundary.get("label_lon"),
        label_lat=boundary.get("label_lat"),
        area_km2=boundary.get("area_km2"),
        sets=sets.get(row["unit"], []),
        role=roles.get(row["unit"], "outside"),
    )


def _geojson(
    drawn: dict[str, dict[str, Any]], codes: list[str], tolerance: float
) -> dict[str, dict[str, Any]]:
    import json

    import shapely

    codes = [code for code in codes if code in drawn]
    if not codes:
        return {}
    polygons = shapely.from_wkb([drawn[code]["geometry"] for code in codes])
    if tolerance:
        polygons = shapely.coverage_simplify(polygons, tolerance)
    rounded = shapely.set_precision(polygons, 1e-5, mode="pointwise")
    texts = shapely.to_geojson(rounded)
    return {code: json.loads(text) for code, text in zip(codes, texts, strict=True)}


def _bbox(shapes: dict[str, dict[str, Any]]) -> list[float] | None:
    if not shapes:
        return None
    import json

    import shapely

    texts = [json.dumps(shape) for shape in shapes.values()]
    bounds: list[float] = shapely.total_bounds(shapely.from_geojson(texts)).tolist()
    return bounds


def _source(region: "Region", drawn: dict[str, dict[str, Any]]) -> Text | None:
    first = next(iter(drawn.values()), None)
    row = region.sources.get(first["source"]) if first else None
    return Text(row["zh"], row["en"]) if row else None
