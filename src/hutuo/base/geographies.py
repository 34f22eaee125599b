"""Geographies: what figures may be cut to, and how one is named.

A name is ``LEVEL[@DATE]`` (``county@2010-11-01``), ``set:ID[@DATE]``, ``cells:RES`` (H3 cells over the
region's set) or ``places:KIND``. It yields spots: places with names and, where known, shapes in EPSG:4326.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.succession import Version, extents
from hutuo.base.tables import table as declared
from hutuo.errors import BadAsk, NotFound, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

# More cells than this take longer to draw and to cut than anyone waits for.
MOST_CELLS = 200_000
FINEST = 15
CELL = "cell:"
FORMS = ("county@2010-11-01", "prefecture", "province", "set:ID@DATE", "cells:7", "places:KIND")
POSSIBLE = Text(f"可用:{'、'.join(FORMS)}", f"possible: {', '.join(FORMS)}")


class Spot(NamedTuple):
    """One place of a geography.

    Attributes:
        place: Unit or place.
        name: What it is called.
        version: The unit's extent, for units.
        within: Units that it lies in, the nearest first.
        shape: Polygon or point in EPSG:4326, if one is known.
        row_from: Beginning of the row of the unit that the extent is of.
        level: Level of the unit; empty for other places.
    """

    place: str
    name: Text
    version: Version | None = None
    within: tuple[str, ...] = ()
    shape: Any = None
    row_from: date | None = None
    level: str = ""


@dataclass(frozen=True)
class Geography:
    """Places that cover something between them.

    Attributes:
        text: As it was named.
        kind: level, set, cells or places.
        day: Day whose units are meant; None where none was named.
        spots: Its places.
    """

    text: str
    kind: str
    day: date | None
    spots: tuple[Spot, ...]


def geography(
    region: "Region", text: str, *, every: bool = False, cells: Iterable[str] | None = None
) -> Geography:
    """The geography of that name.

    Args:
        region: View of the region.
        text: Its name; without a date today's units are meant, or those of the region's ``at``.
        every: Whether a level without a date means every extent that its units ever had.
        cells: Cells to take where cells are named; None: all over the region's set.

    Raises:
        BadAsk: It is no name of a geography.
        NotFound: No level, set or kind of that name, or nothing in it then.
    """
    body, _, dated = text.partition("@")
    kind, colon, rest = body.partition(":")
    day = _day(text, dated) if dated or "@" in text else None
    if colon and kind not in ("set", "cells", "places"):
        raise BadAsk(Text(f"“{text}”不是地理单元", f"geography '{text}' is none"), POSSIBLE)
    if day and kind in ("cells", "places"):
        zh, en = f"地理单元“{text}”:{kind}不带日期", f"geography '{text}': {kind} take no date"
        raise BadAsk(Text(zh, en), POSSIBLE)
    if kind == "set" and colon:
        return Geography(text, "set", day, _members(region, body, day))
    if kind == "cells" and colon:
        return Geography(text, "cells", None, _cells(region, text, rest, cells))
    if kind == "places" and colon:
        return Geography(text, "places", None, _places(region, rest))
    return Geography(text, "level", day, _level(region, body, day, every=every))


def _day(text: str, given: str) -> date:
    """A day; a year means its last one."""
    try:
        if len(given) == len("2020"):
            return date(int(given), 12, 31)
        return date.fromisoformat(given)
    except ValueError as error:
        zh, en = f"地理单元“{text}”:“{given}”不是日期", f"geography '{text}': '{given}' is no date"
        hint = Text(
            "请给出日期,如2010-11-01;只给年份时取其最后一天",
            "give a day as 2010-11-01, or a year for its last day",
        )
        raise BadAsk(Text(zh, en), hint) from error


def _level(region: "Region", level: str, day: date | None, *, every: bool) -> tuple[Spot, ...]:
    levels = next(c for c in declared("unit").columns if c.column == "level").rules["in"]
    if level not in levels.split("|"):
        error = one_of(level, "geography", levels.split("|"))
        zh, en = error.advice
        hint = Text(
            f"{zh};或set:ID、cells:RES、places:KIND", f"{en}; or set:ID, cells:RES, places:KIND"
        )
        raise NotFound(error.words, hint)
    known = [spot for spot in versions(region, level) if spot.version]
    if day is None and every:
        return tuple(known)
    when = day or today(region)
    found = _on(known, when)
    if not found:
        says = Text(f"{when}没有层级为{level}的区划", f"no {level} holds on {when}")
        raise NotFound(says, Text("请换一个日期", "name another day"))
    return tuple(found)


def _on(spots: Iterable[Spot], day: date) -> list[Spot]:
    return [spot for spot in spots if spot.version and spot.version.holds(day)]


def today(region: "Region") -> date:
    """Day that the region is seen on: its ``at`` in its own zone, else today."""
    from hutuo.base.periods import day_of

    return day_of(region.at, region.zone) if region.at else date.today()  # noqa: DTZ011 - civil day


def versions(region: "Region", level: str | None = None) -> list[Spot]:
    """Every extent that the units ever had, with the boundary of its time where there is one."""
    whole = replace(region, at=None)
    rows = whole.records("unit")
    if not rows:
        return []
    heads = {(row["unit"], row["valid_from"]): row for row in rows}
    above = {row["unit"]: row["parent"] for row in rows}
    drawn = _drawn(whole, place=sorted(above))
    spots = []
    for head, version in _extents(rows):
        row = heads[head]
        if level in (None, row["level"]):
            parents = _above(row["parent"], above)
            boundaries = drawn.get(version.unit, [])
            if version.valid_to != row["valid_to"]:
                # A boundary that goes on is that of the extent to which the unit grew.
                boundaries = [b for b in boundaries if _ended(b["valid_to"], version.valid_to)]
            shape = _shape(boundaries, _inside(version))
            name = Text(row["zh"], row["en"])
            spots.append(
                Spot(version.unit, name, version, parents, shape, row["valid_from"], row["level"])
            )
    return spots


def _extents(rows: Sequence[dict[str, Any]]) -> list[tuple[tuple[str, date | None], Version]]:
    """Each extent with the key of the row that it is of."""
    whole = [Version(r["unit"], r["valid_from"], r["valid_to"], _codes(r["became"])) for r in rows]
    pieces = extents(whole)
    found, position = [], 0
    for row in whole:
        while position < len(pieces) and pieces[position].unit == row.unit:
            found.append(((row.unit, row.valid_from), pieces[position]))
            position += 1
            if found[-1][1].valid_to == row.valid_to:
                break
    return found


def _ended(end: date | None, day: date | None) -> bool:
    return end is not None and day is not None and end <= day


def _codes(became: str | None) -> tuple[str, ...]:
    return tuple(became.split("|")) if became else ()


def _above(unit: str | None, parents: dict[str, str | None]) -> tuple[str, ...]:
    """The unit and all that it lies in."""
    chain: list[str] = []
    while unit and unit not in chain:
        chain.append(unit)
        unit = parents.get(unit)
    return tuple(chain)


def _inside(version: Version) -> date:
    """A day on which the extent was: its last one, or any later than the records."""
    from datetime import timedelta

    return version.valid_to - timedelta(days=1) if version.valid_to else date.max


def _drawn(region: "Region", **where: object) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in region.records("boundary", **where):
        found.setdefault(row["place"], []).append(row)
    return found


def _shape(rows: Iterable[dict[str, Any]], day: date) -> Any:
    """The shape that held on that day, if there is one."""
    import shapely

    for row in rows:
        begun = row["valid_from"] is None or row["valid_from"] <= day
        if begun and (row["valid_to"] is None or day < row["valid_to"]):
            return shapely.from_wkb(row["geometry"])
    return None


def _members(region: "Region", name: str, day: date | None) -> tuple[Spot, ...]:
    known = [row["place"] for row in region.records("place", kind="set")]
    if name not in known:
        raise one_of(name, "set", known)
    when = day or today(region)
    rows = replace(region, at=when).records("membership", set=name)
    members = [row["member"] for row in rows if row["role"] != "excluded"]
    if not members:
        since = [r["valid_from"] for r in replace(region, at=None).records("membership", set=name)]
        first = min((day for day in since if day), default=None)
        raise NotFound(
            Text(f"“{name}”在{when}没有成员", f"'{name}' has no member on {when}"),
            Text(f"其成员自{first}起有记载", f"its members are told from {first} on"),
        )
    units = {spot.place: spot for spot in _on(versions(region), when)}
    places = {spot.place: spot for spot in _all_places(region)}
    return tuple(units.get(member) or places[member] for member in members)


def _places(region: "Region", kind: str) -> tuple[Spot, ...]:
    kinds = next(c for c in declared("place").columns if c.column == "kind").rules["in"]
    if kind not in kinds.split("|"):
        raise one_of(kind, "kind of place", kinds.split("|"))
    found = _all_places(region, kind=kind)
    if not found:
        there = sorted({row["kind"] for row in region.records("place")})
        raise NotFound(
            Text(f"没有类型为“{kind}”的地点", f"no place of kind '{kind}'"),
            Text(f"现有:{'、'.join(there) or '无'}", f"there are: {', '.join(there) or 'none'}"),
        )
    return tuple(found)


def _all_places(region: "Region", **where: object) -> list[Spot]:
    rows = region.records("place", **where)
    drawn = _drawn(replace(region, at=None))
    above = {row["unit"]: row["parent"] for row in replace(region, at=None).records("unit")}
    day = today(region)
    return [
        Spot(
            row["place"],
            Text(row["zh"], row["en"]),
            within=_above(row["part_of"], above),
            shape=_shape(drawn.get(row["place"], ()), day),
        )
        for row in rows
    ]


def _cells(
    region: "Region", text: str, given: str, cells: Iterable[str] | None
) -> tuple[Spot, ...]:
    if not given.isdecimal() or int(given) > FINEST:
        en = f"geography '{text}': '{given}' is no resolution"
        says = Text(f"地理单元“{text}”:“{given}”不是网格级别", en)
        raise BadAsk(says, Text(f"可用0至{FINEST}", f"possible: 0 to {FINEST}"))
    wanted = list(cells) if cells is not None else _covering(region, int(given))
    return tuple(
        Spot(CELL + cell, Text(CELL + cell, CELL + cell), shape=shape)
        for cell, shape in zip(wanted, cell_shapes(wanted), strict=True)
    )


def cell_shapes(cells: Sequence[str]) -> list[Any]:
    """Hexagons of H3 cells, EPSG:4326."""
    import h3
    import shapely

    return [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)]) for cell in cells]


def resolution(place: str) -> int | None:
    """Resolution of a cell's place id; None if it is no cell."""
    import h3

    index = place.removeprefix(CELL)
    return h3.get_resolution(index) if place != index and h3.is_valid_cell(index) else None


def _covering(region: "Region", fineness: int) -> list[str]:
    """Cells that touch the region's set.

    Raises:
        BadAsk: There would be too many.
        NotFound: The set has no boundary.
    """
    import h3
    import numpy as np
    import shapely

    from hutuo.base.crosswalk import flat
    from hutuo.base.geography import members

    wanted = members(region, region.info.set)
    shapes = [
        s.shape
        for s in _on(versions(region), today(region))
        if s.shape is not None and wanted is not None and s.place in wanted
    ]
    if not shapes:
        name = region.info.set
        raise NotFound(
            Text(f"“{name}”没有边界", f"'{name}' has no boundary"),
            Text("网格单元须有边界才能铺设", "cells need one to cover"),
        )
    whole = shapely.union_all(shapes)
    km2 = float(shapely.area(flat(np.array([whole], dtype=object)))[0]) / 1e6
    inside = whole.representative_point()
    # Cells of one resolution differ in size by a half from place to place.
    steps = (h3.latlng_to_cell(inside.y, inside.x, step) for step in range(FINEST + 1))
    sizes = [h3.cell_area(cell, unit="km^2") for cell in steps]
    most = max(step for step in range(FINEST + 1) if step == 0 or km2 / sizes[step] <= MOST_CELLS)
    if fineness > most:
        number, limit = f"{round(km2 / sizes[fineness]):,}", f"{MOST_CELLS:,}"
        says = Text(
            f"cells:{fineness}约有{number}个网格单元,超过{limit}个",
            f"cells:{fineness} are about {number} cells, more than {limit}",
        )
        hint = Text(f"可用cells:0至cells:{most}", f"possible: cells:0 to cells:{most}")
        raise BadAsk(says, hint)
    # By overlap, not by centre: else the rim of the region would be in no cell.
    found = h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(whole), fineness, contain="overlap")
    return sorted(found)
