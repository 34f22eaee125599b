"""The streets of an OpenStreetMap extract as a network for cars, bicycles or people on foot.

Who may use a way follows from its class and its tags of access; how fast, from a table of speeds by class
that a user may replace, and for cars from the posted limit where it is lower. Restrictions of turns are
counted and not applied.

Source: OpenStreetMap wiki, keys highway, access, oneway, maxspeed, route=ferry, duration. The speeds are
assumptions.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.base.osm import ONEWAY, oneway, speed
from hutuo.base.sphere import kilometres
from hutuo.errors import BadAsk, BadInput, Finding, NotFound
from hutuo.space.edges import Edges
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MODES", "Streets", "default_speeds", "network"]

# Keys of access of each mode, the most special first.
MODES = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "bike": ("bicycle", "vehicle", "access"),
    "walk": ("foot", "access"),
}
CLOSED = frozenset(
    {"no", "private", "agricultural", "forestry", "delivery", "use_sidepath", "emergency"}
)
OPEN = frozenset(
    {"yes", "designated", "permissive", "destination", "customers", "official", "public"}
)
DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,3})(?::\d{2})?")


class Streets(NamedTuple):
    """A network read from an extract, and what was left out of it."""

    edges: Edges
    findings: tuple[Finding, ...]


class _Way(NamedTuple):
    """A stretch of way between junctions or ends."""

    nodes: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    speed: float
    minutes: float | None
    forward: bool
    backward: bool


def default_speeds() -> "pd.DataFrame":
    """Speeds in km/h by class of way (index) for car, bike and walk; missing where the mode may not go."""
    import pandas as pd

    with files("hutuo.space").joinpath("speeds.csv").open(encoding="utf-8") as lines:
        return pd.read_csv(lines, index_col="class")[list(MODES)]


def network(path: str | Path, mode: str = "car", speeds: "pd.DataFrame | None" = None) -> Streets:
    """The network of one mode; its nodes are the junctions, ends and bends of its ways.

    Args:
        path: An extract as PBF.
        mode: ``car``, ``bike`` or ``walk``.
        speeds: Speeds in km/h by class (index), a column for the mode; :func:`default_speeds` if not given.

    Returns:
        Arcs with their minutes and the places of the nodes. Findings tell ways without places, restrictions
        of turns that are not applied, and what does not hang together with the largest part.

    Raises:
        NotFound: There is no such file.
        BadAsk: There is no such mode, or the speeds have no column for it.
        BadInput: The file is no extract, or holds no way for the mode.
    """
    if mode not in MODES:
        raise BadAsk(
            Text(f"没有出行方式“{mode}”", f"no mode {mode!r}"),
            Text(f"可用:{'、'.join(MODES)}", f"possible: {', '.join(MODES)}"),
        )
    if not Path(path).is_file():
        raise NotFound(Text(f"没有文件{path}", f"no file {path}"))
    table = default_speeds() if speeds is None else speeds
    if mode not in table.columns:
        there = [str(column) for column in table]
        raise BadAsk(
            Text(f"速度表没有列“{mode}”", f"the speeds have no column {mode!r}"),
            Text(f"现有的列:{'、'.join(there)}", f"columns: {', '.join(there)}"),
        )
    by_class = {
        str(name): float(value) for name, value in table[mode].dropna().items() if value > 0
    }
    left = {"unplaced": 0, "turns": 0}
    ways = list(_ways(Path(path), mode, by_class, left))
    name = Path(path).name
    if not ways:
        says = Text(f"{name}中没有{mode}可走的路", f"{name} holds no way that is open to {mode}")
        raise BadInput(says)
    edges = _edges(ways)
    return Streets(edges, tuple(_findings(name, left, edges)))


def _ways(
    path: Path, mode: str, speeds: Mapping[str, float], left: dict[str, int]
) -> Iterator[_Way]:
    """The ways that a mode may use."""
    import osmium

    wanted = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    try:
        things: Iterator[Any] = iter(
            osmium.FileProcessor(osmium.io.File(str(path), "pbf"), wanted)
            .with_locations()
            .with_filter(osmium.filter.KeyFilter("highway", "route", "restriction"))
        )
        for one in things:
            if one.is_relation():
                left["turns"] += one.tags.get("type") == "restriction" and mode == "car"
            elif one.is_way():
                yield from _read(one, mode, speeds, left)
    except RuntimeError as error:
        zh, en = "不是PBF格式的OpenStreetMap数据", "is no OpenStreetMap extract as PBF"
        says = Text(f"{path.name}{zh}:{error}", f"{path.name} {en}: {error}")
        raise BadInput(says) from error


def _read(
    way: Any, mode: str, speeds: Mapping[str, float], left: dict[str, int]
) -> Iterator[_Way]:
    tags = way.tags
    kind = "ferry" if tags.get("route") == "ferry" else tags.get("highway", "")
    if not _may(tags, kind, mode, speeds):
        return
    spots = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
    if len(spots) < 2:  # noqa: PLR2004 - the ends of a way
        left["unplaced"] += 1
        return
    left["unplaced"] += len(spots) < len(way.nodes)
    there, back = _directions(tags, mode)
    yield _Way(
        np.array([ref for ref, _, _ in spots], np.int64),
        np.array([(lon, lat) for _, lon, lat in spots]),
        _speed(tags, kind, mode, speeds),
        _duration(tags.get("duration", "")) if kind == "ferry" else None,
        there,
        back,
    )


def _may(tags: Mapping[str, str], kind: str, mode: str, speeds: Mapping[str, float]) -> bool:
    """Whether a mode may use a way: its tags say so, or its class does."""
    if tags.get("area") == "yes":
        return False
    for key in MODES[mode]:
        given = tags.get(key, "")
        if given in CLOSED:
            return False
        if given in OPEN and key != "access":
            return bool(kind) and (kind in speeds or mode != "car")
    return kind in speeds


def _speed(tags: Mapping[str, str], kind: str, mode: str, speeds: Mapping[str, float]) -> float:
    """Speed in km/h: that of the class; for cars no more than the posted limit."""
    own = speeds.get(kind) or speeds.get("path") or min(speeds.values())
    limit = speed(tags.get("maxspeed", "")) if mode == "car" else None
    return min(own, limit) if limit else own


def _directions(tags: Mapping[str, str], mode: str) -> tuple[bool, bool]:
    """Whether a way may be used along its line and against it."""
    own = {"walk": tags.get("oneway:foot") or "no", "bike": tags.get("oneway:bicycle", "")}.get(
        mode
    )
    given = ONEWAY.get(own, "no") if own else oneway(tags)
    return given != "reverse", given != "yes"


def _duration(text: str) -> float | None:
    """Minutes of a ferry, as ``15``, ``00:15`` or ``01:30:00``."""
    found = DURATION.fullmatch(text.strip())
    return int(found[1] or 0) * 60.0 + int(found[2]) if found else None


def _edges(ways: list[_Way]) -> Edges:
    """Arcs between nodes that are numbered in the order in which ways hold them."""
    ids = np.concatenate([way.nodes for way in ways])
    lonlat = np.concatenate([way.lonlat for way in ways])
    _, first, number = np.unique(ids, return_index=True, return_inverse=True)
    size = np.array([len(way.nodes) for way in ways])
    end = np.cumsum(size)
    inner = np.ones(len(ids), bool)
    inner[end - 1] = False
    at = np.flatnonzero(inner)
    way_of = np.repeat(np.arange(len(ways)), size)[at]
    km = kilometres(lonlat[at], lonlat[at + 1])
    minutes = km * 60 / np.array([way.speed for way in ways])[way_of]
    told = np.array([np.nan if way.minutes is None else way.minutes for way in ways])
    whole = np.bincount(way_of, km, len(ways))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(whole[way_of] > 0, km / whole[way_of], 0.0)
    minutes = np.where(np.isnan(told[way_of]), minutes, told[way_of] * share)
    there = np.array([way.forward for way in ways])[way_of]
    back = np.array([way.backward for way in ways])[way_of]
    one, two = number[at], number[at + 1]
    return Edges(
        np.concatenate([one[there], two[back]]).astype(np.int32),
        np.concatenate([two[there], one[back]]).astype(np.int32),
        np.concatenate([minutes[there], minutes[back]]),
        len(first),
        lonlat[first],
    )


def _findings(name: str, left: Mapping[str, int], edges: Edges) -> Iterator[Finding]:
    """What was left out, and how much hangs together."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if left["unplaced"]:
        number = left["unplaced"]
        says = Text(
            f"{number}条道路有节点在文件中没有坐标,这些节点未计入",
            f"{number} ways have nodes without a place in the file; these are left out",
        )
        yield Finding(name, None, "nodes", says)
    if left["turns"]:
        number = left["turns"]
        says = Text(f"{number}条转弯限制未采用", f"{number} restrictions of turns are not applied")
        yield Finding(name, None, "restriction", says)
    graph = coo_matrix(
        (np.ones(len(edges.tail), np.int8), (edges.tail, edges.head)), shape=(edges.nodes,) * 2
    )
    parts, part = connected_components(graph, connection="strong")
    most = int(np.bincount(part).max())
    if parts > 1:
        says = Text(
            f"{edges.nodes}个节点中有{most}个在可互相到达的最大部分,"
            f"另{edges.nodes - most}个在其余{parts - 1}个部分",
            f"{most} of {edges.nodes} nodes lie in the largest part from which each can be reached and left; "
            f"{edges.nodes - most} lie in {parts - 1} others",
        )
        yield Finding(name, None, "nodes", says)
