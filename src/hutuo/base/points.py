"""Tables of coordinates: each row a place with a point, as stations of an emergency service, schools, stops.

A mapping to table ``boundary`` whose ``columns`` name ``lon`` and ``lat`` makes each row a place of its own,
as features of a layer are. Coordinates that Chinese web maps shift (``options.crs`` GCJ-02 or BD-09) are
taken back to WGS 84, here and in other tables that hold ``lon`` and ``lat``.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import datum, numbers
from hutuo.base.mapping import Mapping, Quarantined, Read
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Mapping as Named
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Degrees = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TABLE = "boundary"
KINDS = ("point", "station", "sensor", "building", "parcel")
WGS84 = ("WGS84", "WGS 84", "EPSG:4326", "EPSG:4490", "CGCS2000")
# How far around the drawn places a point is still taken for one of the region, in degrees.
AROUND = 1.0
# What columns are called; the first that fits is proposed.
NAMES = {
    "lon": re.compile(r"^(?:lon|lng|long|longitude|经度)(?![a-z])", re.I),
    "lat": re.compile(r"^(?:lat|latitude|纬度)(?![a-z])", re.I),
    "id": re.compile(r"^(?:(?:id|code)(?![a-z])|编号|编码|代码|序号)", re.I),
    "zh": re.compile(
        r"^(?:(?:zh|name)(?![a-z]|_en)|名称|站名|中文名|机构|单位名称|医院|学校)", re.I
    ),
    "en": re.compile(r"^(?:(?:en|name_en)(?![a-z])|英文名)", re.I),
    "note": re.compile(r"^(?:(?:note|type|kind|amenity)(?![a-z])|类型|类别|备注)", re.I),
}
LACKING = Text("缺少:是哪一列?", "is missing: which column is it?")


class Box(NamedTuple):
    """Degrees around what the region has drawn."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lonlat: "Degrees") -> "Flags":
        """Which places lie within."""
        low, high = (self.west, self.south), (self.east, self.north)
        inside = (lonlat >= low) & (lonlat <= high)
        found: Flags = inside[:, 0] & inside[:, 1]
        return found


def are_points(mapping: Mapping) -> bool:
    """Whether a mapping makes rows places with a point."""
    return mapping.table == TABLE and bool({"lon", "lat"} & mapping.columns.keys())


def proposed(names: "Sequence[str]", mapping: Mapping) -> Mapping:
    """The mapping of a table of coordinates, where its columns are called so; else the one that was proposed.

    Args:
        names: Columns of the file.
        mapping: What they seem to mean as a table of figures.
    """
    columns = {
        role: name
        for role, says in NAMES.items()
        if (name := next((one for one in names if says.match(one.strip())), None))
    }
    if "en" in columns and columns["en"] == columns.get("zh"):
        del columns["en"]
    if not {"lon", "lat"} <= columns.keys():
        return mapping
    meant = [
        one for one in mapping.figures if one.indicator and one.column not in columns.values()
    ]
    if meant:
        return mapping
    columns.setdefault("id", columns.get("zh", ""))
    return Mapping(
        format=mapping.format,
        table=TABLE,
        sheet=mapping.sheet,
        header_rows=mapping.header_rows,
        columns={role: name for role, name in columns.items() if name},
    )


def placed(
    file: str, frame: "pd.DataFrame", lines: "pd.Series[int]", mapping: Mapping, region: "Region"
) -> Read:
    """Rows of the tables place and boundary.

    Args:
        file: What findings call the file.
        frame: Cells as they stand, by role: ``id, zh, lon, lat`` and where given ``en, note``.
        lines: Row of the file of each.
        mapping: What is said of the file.
        region: View of the region.

    Raises:
        BadInput: A role is not given, or a kind or a system of coordinates is none.
    """
    import pandas as pd
    import shapely

    kind = _checked(file, mapping)
    lonlat = _degrees(frame)
    held, wrong = _held(frame, lines, lonlat)
    ids = frame["id"].fillna("").str.strip()
    ids = kind + ":" + ids.str.removeprefix(f"{kind}:")
    again = ids.duplicated() & ~wrong
    for at in again[again].index:
        reason = Text("标识在前面已出现", "its id stands in a row before")
        held.append(Quarantined(int(lines[at]), mapping.columns["id"], reason, str(ids[at])))
    good = ~wrong & ~again.to_numpy()
    found = taken_back(lonlat[good], mapping)
    told = _astray(file, lines[good], lonlat[good], region)
    zh = frame["zh"][good]
    names = {"zh": zh, "en": frame["en"][good].fillna(zh) if "en" in frame else zh}
    note = frame["note"] if "note" in frame else mapping.options.get("note")
    place = pd.DataFrame({"place": ids[good], "kind": kind, **names})
    place = place.assign(note=note[good] if isinstance(note, pd.Series) else note)
    boundary = pd.DataFrame(
        {
            "place": ids[good],
            "geometry": pd.Series(
                shapely.to_wkb(shapely.points(found)).tolist(), ids[good].index, dtype=object
            ),
            "area_km2": 0.0,
            "label_lon": found[:, 0],
            "label_lat": found[:, 1],
        }
    )
    frames = {"place": place, TABLE: boundary}
    kept = {name: one.reset_index(drop=True) for name, one in frames.items()}
    rows = dict.fromkeys(kept, lines[good].reset_index(drop=True))
    return Read(kept, rows, sorted(held, key=lambda one: one.row), told)


def taken_back(lonlat: "Degrees", mapping: Mapping) -> "Degrees":
    """Places in WGS 84, from the system that ``options.crs`` of a mapping names.

    Args:
        lonlat: Degrees, (k, 2).
        mapping: What is said of the file.
    """
    crs = datum.shifted(mapping.options.get("crs", ""))
    return lonlat if crs is None else datum.to_wgs84(lonlat, crs)


def columns_taken_back(frame: "pd.DataFrame", mapping: Mapping) -> "pd.DataFrame":
    """Rows of another table with their ``lon`` and ``lat`` taken back, where the mapping says so."""
    import numpy as np

    if datum.shifted(mapping.options.get("crs", "")) is None or not {"lon", "lat"} <= {*frame}:
        return frame
    lonlat = _degrees(frame)
    known = np.isfinite(lonlat).all(axis=1)
    mended = frame.astype({"lon": object, "lat": object})
    for at, name in enumerate(("lon", "lat")):
        mended.loc[known, name] = [
            f"{one:.7f}" for one in taken_back(lonlat[known], mapping)[:, at]
        ]
    return mended


def _checked(file: str, mapping: Mapping) -> str:
    """The kind of place; every fault of the mapping is told.

    Raises:
        BadInput: There are some.
    """
    kind, crs = mapping.options.get("kind", KINDS[0]), mapping.options.get("crs")
    faults = [
        Finding(file, None, f"columns.{role}", LACKING)
        for role in ("id", "zh", "lon", "lat")
        if role not in mapping.columns
    ]
    if kind not in KINDS:
        says = Text(f"“{kind}”不是有点位的地点类型", f"'{kind}' is no kind of place with a point")
        faults.append(Finding(file, None, "options.kind", says))
    if crs is not None and datum.shifted(crs) is None and crs.upper() not in WGS84:
        says = Text(f"“{crs}”不是可用的坐标系", f"'{crs}' is no system that can be taken")
        faults.append(Finding(file, None, "options.crs", says))
    if faults:
        given = "、".join(KINDS), ", ".join(KINDS)
        systems = [*WGS84[:3], *datum.SHIFTED]
        hint = Text(
            f"kind为{given[0]}之一,crs为{'、'.join(systems)}之一",
            f"kind is one of {given[1]}; crs one of {', '.join(systems)}",
        )
        raise BadInput(Text("映射有误:", "the mapping is faulty:"), faults, hint)
    return kind


def _degrees(frame: "pd.DataFrame") -> "Degrees":
    """Longitude and latitude of each row, (rows, 2); NaN where a cell is no number."""
    import numpy as np

    cells = [frame[name].fillna("").astype(str).str.strip() for name in ("lon", "lat")]
    return np.stack([numbers.read(one)[0] for one in cells], axis=1)


def _held(
    frame: "pd.DataFrame", lines: "pd.Series[int]", lonlat: "Degrees"
) -> "tuple[list[Quarantined], Flags]":
    """Rows that are no place, each with why, and which they are."""
    import numpy as np

    world = Box(-180.0, -90.0, 180.0, 90.0)
    real, turned = world.holds(lonlat), world.holds(lonlat[:, ::-1])
    named = (frame[["id", "zh"]].fillna("").apply(lambda one: one.str.strip()) != "").all(axis=1)
    wrong: Flags = ~real | ~named.to_numpy()
    held = []
    for at in np.flatnonzero(wrong).tolist():
        if not named.iloc[at]:
            reason = Text("标识或名称为空", "its id or its name is empty")
        elif turned[at]:
            reason = Text(
                "纬度超出±90;经纬度可能写反,请对调映射中的lon与lat",
                "its latitude is beyond 90; with lon and lat of the mapping swapped it would be a place",
            )
        else:
            reason = Text("经纬度不是度数", "lon and lat are no degrees, as 114.51 and 38.04")
        text = f"{frame['lon'].iloc[at]}, {frame['lat'].iloc[at]}"
        held.append(Quarantined(int(lines.iloc[at]), "", reason, text))
    return held, wrong


def _astray(
    file: str, lines: "pd.Series[int]", lonlat: "Degrees", region: "Region"
) -> list[Finding]:
    """Rows whose point lies far from the region, and within it when swapped."""
    box = _box(region)
    if box is None or not len(lonlat):
        return []
    lost = ~box.holds(lonlat) & box.holds(lonlat[:, ::-1])
    says = Text(
        "远在本地区之外,对调经纬度后则在其中:应先经度后纬度",
        "lies far from the region, and within it when swapped: longitude comes first",
    )
    return [Finding(file, int(row), "", says) for row in lines[lost].tolist()]


def _box(region: "Region") -> Box | None:
    sql = (
        "SELECT min(label_lon) AS west, min(label_lat) AS south, max(label_lon) AS east,"
        " max(label_lat) AS north FROM known"
    )
    found: Named[str, float | None] = region.query(sql, "boundary", past=True)[0]
    sides = [found[side] for side in Box._fields]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides):
        return None
    west, south, east, north = known
    return Box(west - AROUND, south - AROUND, east + AROUND, north + AROUND)
