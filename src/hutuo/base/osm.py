"""OpenStreetMap as PBF: roads for cars with their lines, and places and amenities as points.

Source: OpenStreetMap wiki, keys highway, maxspeed, oneway, lanes, place, amenity; format of PBF files.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from hutuo.base import apart
from hutuo.base.grids import Broken, declared, size_of
from hutuo.base.mapping import Mapping as FileMapping
from hutuo.base.mapping import NewSource, Quarantined, Read
from hutuo.errors import BadInput, Finding
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

ENDINGS = (".pbf",)
FORMAT = "osm"
LARGEST = 256 << 20
MOST_UNPACKED = 4 << 30
MOST_ROADS = 5_000_000
# A road takes some 2 KB while it is read, and the nodes of the largest file 1 GB.
ROOM = apart.Room(12 << 30, 3_600, ("pandas", "shapely", "pyproj", "osmium"))
MOST_HEADER = 64 << 10
MOST_BLOCK = 32 << 20
EVERY = 50_000
LINKED = ("motorway", "trunk", "primary", "secondary", "tertiary")
CLASSES = (
    *LINKED,
    *(f"{name}_link" for name in LINKED),
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
)
PLACES = ("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "county")
SPEED = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:(km/h|kmh|kph)|(mph))?")
MPH = 1.609344
FASTEST = 200
MOST_LANES = 30
ONEWAY = {"yes": "yes", "true": "yes", "1": "yes", "-1": "reverse", "reverse": "reverse"}
ALWAYS_ONEWAY = ("roundabout", "circular")
VARINT, BYTES, FIXED64, FIXED32 = 0, 2, 1, 5


class Wanted(NamedTuple):
    """What is taken from the file."""

    classes: frozenset[str]
    places: frozenset[str]
    amenities: frozenset[str]


def proposal(_path: Path, _region: "Region") -> FileMapping:
    """Roads for cars and settlements; amenities are named by hand, as ``school,hospital``."""
    options = {"classes": ",".join(CLASSES), "places": ",".join(PLACES), "amenities": ""}
    source = NewSource(
        zh="开放街图(OpenStreetMap)",
        en="OpenStreetMap",
        publisher="OpenStreetMap contributors",
        licence="ODbL 1.0",
        quality="B",
        origin="https://www.openstreetmap.org/copyright",
    )
    return FileMapping(
        format=FORMAT, table="road", options=options, source="openstreetmap", new_source=source
    )


def frames(path: Path, mapping: FileMapping, _region: "Region") -> Read:
    """Rows of the tables road, place and boundary (points of places).

    Raises:
        BadInput: The file is broken or too large.
        Cancelled: Whoever listens wants it to stop.
    """
    return apart.run(path.name, ROOM, parsed, path, mapping)


def parsed(path: Path, mapping: FileMapping) -> Read:
    """The same, read in this process.

    Raises:
        BadInput: The file is broken or too large.
        Cancelled: Whoever listens wants it to stop.
    """
    unpacked = size(path)
    if unpacked > MOST_UNPACKED:
        zh, en = (
            f"{path.name}解压后有{unpacked:,}字节",
            f"{path.name} unpacks to {unpacked:,} bytes",
        )
        raise BadInput(Text(zh, en), hint=_at_most(MOST_UNPACKED))
    wanted = _wanted(mapping)
    roads: list[dict[str, Any]] = []
    lines: list[str] = []
    points: list[dict[str, Any]] = []
    held: list[Quarantined] = []
    turns = 0
    with declared(path.name, "PBF file"):
        for at, thing in enumerate(_things(path, wanted)):
            if at % EVERY == 0:
                report(None, Text(f"已读{at:,}个对象", f"{at:,} objects read"))
            if isinstance(thing, Quarantined):
                held.append(thing)
            elif "turn" in thing:
                turns += 1
            elif "class" in thing:
                lines.append(thing.pop("line"))
                roads.append(thing)
            else:
                points.append(thing)
            if len(roads) > MOST_ROADS:
                zh = f"{path.name}的道路超过{MOST_ROADS:,}条"
                raise BadInput(Text(zh, f"{path.name} has more than {MOST_ROADS:,} roads"))
        read = _read(path, roads, lines, points, held)
    return read._replace(findings=[*read.findings, *_turns(path, turns)])


def _turns(path: Path, number: int) -> list[Finding]:
    """Restrictions of turns, which no table holds."""
    if not number:
        return []
    says = Text(f"{number:,}条转弯限制未采用", f"{number:,} restrictions of turns are not applied")
    return [Finding(path.name, None, "restriction", says)]


def size(path: Path) -> int:
    """Bytes that the blocks of a PBF unpack to, by what their heads say.

    Texts with a zero byte are refused on the way: the library behind osmium ends texts by one, and would read
    on behind the last.

    Raises:
        BadInput: It is no PBF, or larger than allowed.
    """
    if size_of(path) > LARGEST:
        says = Text(f"{path.name}太大", f"{path.name} is too large")
        raise BadInput(says, hint=_at_most(LARGEST))
    with declared(path.name, "PBF file"), path.open("rb") as file:
        total = 0
        while head := file.read(4):
            kind, blob = _block(head, file)
            total += _unpacked_size(blob)
            if kind == b"OSMData" and total <= MOST_UNPACKED:
                _checked(_content(blob))
        return total


def _at_most(size: int) -> Text:
    return Text(f"最多{size:,}字节;请裁出本地区", f"at most {size:,}; cut out the region")


def _block(head: bytes, file: BinaryIO) -> tuple[object, dict[int, int | bytes]]:
    """Kind and fields of the block whose length stands in the head."""
    length = int.from_bytes(head, "big")
    if len(head) < 4 or length > MOST_HEADER:  # noqa: PLR2004 - bytes of a length
        raise Broken("有数据块没有块头", "a block has no head")
    fields = _fields(file.read(length))
    data = fields.get(3)
    if not isinstance(data, int) or data > LARGEST:
        raise Broken("有数据块没有写明长度", "a block does not say how long it is")
    blob = file.read(data)
    if len(blob) < data:
        raise Broken("文件在数据块中间结束", "it ends within a block")
    return fields.get(1), _fields(blob)


def _unpacked_size(blob: Mapping[int, int | bytes]) -> int:
    given = blob.get(2, 0)
    raw = blob.get(1, b"")
    return max(given if isinstance(given, int) else 0, len(raw) if isinstance(raw, bytes) else 0)


def _content(blob: Mapping[int, int | bytes]) -> bytes:
    """What a block holds, unpacked."""
    import zlib

    raw, packed = blob.get(1), blob.get(3)
    if isinstance(raw, bytes) and packed is None:
        return raw
    if not isinstance(packed, bytes) or raw is not None:
        raise Broken(
            "有数据块的压缩方法不受支持;请用zlib",
            "a block is packed in a way that is not read; use zlib",
        )
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(packed, MOST_BLOCK)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise Broken(
            f"有数据块解压后超过{MOST_BLOCK:,}字节,或不能解压",
            f"a block unpacks to more than {MOST_BLOCK:,} bytes, or not at all",
        )
    return content


def _checked(content: bytes) -> None:
    """Refuse a block whose table of texts has a zero byte in one of them."""
    for number, table in _parts(content):
        # The first text is empty by the format: its length is the only zero byte that there should be.
        if number != 1 or not isinstance(table, bytes) or b"\0" not in table[2:]:
            continue
        if any(isinstance(text, bytes) and b"\0" in text for _, text in _parts(table)):
            raise Broken("有文字含零字节", "a text holds a zero byte")


def _fields(message: bytes) -> dict[int, int | bytes]:
    """Fields of a message in Protocol Buffers' encoding, by number; none may stand twice."""
    parts = list(_parts(message))
    found = dict(parts)
    if len(found) < len(parts):
        raise Broken("有数据块重复写了同一项", "a block says something twice")
    return found


def _parts(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Fields of a message in Protocol Buffers' encoding, in order."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        length = {FIXED64: 8, FIXED32: 4}.get(kind)
        if kind == BYTES:
            length, at = _varint(message, at)
        if length is None or at + length > len(message):
            raise Broken("有数据块不是消息", "a block is no message")
        yield key >> 3, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift, byte in zip(range(0, 70, 7), message[at : at + 10], strict=False):
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return value, at
    raise Broken("有数字没有结束", "a number does not end")


def _wanted(mapping: FileMapping) -> Wanted:
    def words(name: str, default: str) -> frozenset[str]:
        given = mapping.options.get(name, default)
        return frozenset(word.strip() for word in given.split(",") if word.strip())

    return Wanted(
        words("classes", ",".join(CLASSES)),
        words("places", ",".join(PLACES)),
        words("amenities", ""),
    )


def _things(path: Path, wanted: Wanted) -> Iterator[dict[str, Any] | Quarantined]:
    """Roads, and places and amenities, in the order of the file."""
    import osmium

    factory = osmium.geom.WKBFactory()
    keys = ["highway", "place", "restriction", *(["amenity"] if wanted.amenities else [])]
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    objects = (
        osmium.FileProcessor(osmium.io.File(str(path), "pbf"), kinds)
        .with_locations()
        .with_filter(osmium.filter.KeyFilter(*keys))
    )
    things: Iterator[Any] = iter(objects)
    for one in things:
        # A copy of the tags would take as long as all the rest.
        tags = one.tags
        if one.is_relation():
            if tags.get("type") == "restriction" and wanted.classes:
                yield {"turn": int(one.id)}
        elif one.is_way() and tags.get("highway") in wanted.classes:
            yield _road(one, tags, factory)
        elif kind := _kind(tags, wanted):
            point = _point(one, tags, kind)
            if point is not None:
                yield point


def _kind(tags: Mapping[str, str], wanted: Wanted) -> str | None:
    for key, values in (("place", wanted.places), ("amenity", wanted.amenities)):
        if tags.get(key) in values:
            return f"{key}={tags[key]}"
    return None


def _road(way: Any, tags: Mapping[str, str], factory: Any) -> dict[str, Any] | Quarantined:
    line = _line(way, factory)
    if line is None:
        reason = Text("缺少节点坐标,画不出线", "its nodes are not in the file; it cannot be drawn")
        return Quarantined(int(way.id), "way", reason, tags.get("name", ""))
    return {
        "road": f"way:{way.id}",
        "class": tags["highway"],
        "name": tags.get("name"),
        "ref": tags.get("ref"),
        "maxspeed_kmh": speed(tags.get("maxspeed", "")),
        "oneway": oneway(tags),
        "lanes": lanes(tags.get("lanes", "")),
        "bridge": tags.get("bridge", "no") != "no",
        "tunnel": tags.get("tunnel", "no") != "no",
        "line": line,
        "unread": bool(tags.get("maxspeed")) and speed(tags["maxspeed"]) is None,
    }


def _line(way: Any, factory: Any) -> str | None:
    """The line of a way as WKB in hexadecimal digits; without the nodes that the extract left out."""
    import osmium
    import shapely

    try:
        return str(factory.create_linestring(way))
    except (osmium.InvalidLocationError, RuntimeError):
        spots = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(set(spots)) < 2:  # noqa: PLR2004 - ends of a line
            return None
        return str(shapely.to_wkb(shapely.LineString(spots), hex=True))


def speed(text: str) -> float | None:
    """A speed limit in km/h; None where it is no number, as ``none`` or ``CN:urban``."""
    found = SPEED.fullmatch(text.strip())
    if not found:
        return None
    value = float(found[1]) * (MPH if found[3] else 1)
    return round(value, 3) if 0 < value <= FASTEST else None


def lanes(text: str) -> int | None:
    """Number of lanes in all; None where it is no whole number."""
    word = text.strip()
    good = word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= MOST_LANES
    return int(word) if good else None


def oneway(tags: Mapping[str, str]) -> str:
    """Whether a road leads one way: ``yes`` along its line, ``reverse`` against it, ``no``.

    Where it is not tagged, motorways and roundabouts do.
    """
    given = tags.get("oneway", "")
    if given:
        return ONEWAY.get(given, "no")
    round_about = tags.get("junction") in ALWAYS_ONEWAY
    return "yes" if round_about or tags.get("highway") == "motorway" else "no"


def _point(one: Any, tags: Mapping[str, str], kind: str) -> dict[str, Any] | None:
    """A place with a name; None without one, or without coordinates."""
    name = tags.get("name:zh") or tags.get("name")
    if one.is_way():
        spots = [(node.lon, node.lat) for node in one.nodes if node.location.valid()]
    else:
        spots = [(one.location.lon, one.location.lat)] if one.location.valid() else []
    if not name or not spots:
        return None
    letter = "w" if one.is_way() else "n"
    return {
        "place": f"point:osm-{letter}{one.id}",
        "zh": name,
        "en": tags.get("name:en") or tags.get("name") or name,
        "note": kind,
        "lon": (min(x for x, _ in spots) + max(x for x, _ in spots)) / 2,
        "lat": (min(y for _, y in spots) + max(y for _, y in spots)) / 2,
        "row": int(one.id),
    }


def _read(
    path: Path,
    roads: list[dict[str, Any]],
    lines: list[str],
    points: list[dict[str, Any]],
    held: list[Quarantined],
) -> Read:
    import pandas as pd
    import shapely

    found: dict[str, pd.DataFrame] = {}
    rows: dict[str, pd.Series[int]] = {}
    findings = []
    if roads:
        frame = pd.DataFrame(roads)
        unread = int(frame.pop("unread").sum())
        if unread:
            says = Text(
                f"{unread:,}处限速不是以km/h或mph计的数,已留空",
                f"{unread:,} limits are no number of km/h or mph and were left empty",
            )
            findings.append(Finding(path.name, None, "maxspeed", says))
        geometry, length = drawn(lines)
        found["road"] = frame.assign(length_km=length, geometry=geometry)
        rows["road"] = frame["road"].str.removeprefix("way:").astype("int64")
    if points:
        spots = pd.DataFrame(points)
        wkb = shapely.to_wkb(shapely.points(spots["lon"], spots["lat"]))
        found["place"] = spots[["place", "zh", "en", "note"]].assign(kind="point")
        found["boundary"] = pd.DataFrame(
            {
                "place": spots["place"],
                "geometry": pd.Series(wkb.tolist(), dtype=object),
                "area_km2": 0.0,
                "label_lon": spots["lon"],
                "label_lat": spots["lat"],
            }
        )
        rows |= {"place": spots["row"], "boundary": spots["row"]}
    if not found and not held:
        says = Text("没有所要的道路、地点或设施", "holds no road, place or amenity asked for")
        findings.append(Finding(path.name, None, "", says))
    return Read(found, rows, held, findings)


def drawn(lines: list[str]) -> "tuple[pd.Series[Any], Any]":
    """Lines as WKB, and their lengths.

    Args:
        lines: WKB in hexadecimal digits, longitude and latitude in degrees.

    Returns:
        WKB, EPSG:4326; lengths on the ellipsoid of WGS 84, km.
    """
    import numpy as np
    import pandas as pd
    import shapely
    from pyproj import Geod

    shapes = shapely.from_wkb(lines)
    spots, of = shapely.get_coordinates(shapes, return_index=True)
    same = of[1:] == of[:-1]
    start, end = spots[:-1][same], spots[1:][same]
    metres = Geod(ellps="WGS84").inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    length = np.bincount(of[1:][same], weights=metres, minlength=len(lines)) / 1000
    return pd.Series(shapely.to_wkb(shapes).tolist(), dtype=object), length
