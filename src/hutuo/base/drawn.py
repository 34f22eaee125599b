"""Tables that have shapes, as collections of features: what a map client pages through, filters and draws.

A collection is read once for a state of the lake and a time, then paged, filtered and tiled in memory: a page
needs no count and no second look at the lake. Its index of shapes is built when a box is first asked for.
"""

import operator
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from hutuo.base import deeds, touched
from hutuo.base.coarse import Coarse
from hutuo.base.plain import rows_of
from hutuo.base.shaped import BOUNDED, Collection, Period, Wanted
from hutuo.base.systems import Box, projected
from hutuo.errors import BadAsk, NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import shapely
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Shapes = NDArray[np.object_]
    Places = NDArray[np.int64]
    Rows = TypeVar("Rows", pa.Table, pa.Array)

FROM_BOUNDARY = ("area_km2", "label_lon", "label_lat")
LEFT_OUT = ("geometry", "batch")
# Collections that are kept in memory, and rows of all of them together.
KEPT, KEPT_ROWS = 24, 2_000_000
# Choices of rows that are kept of each.
CHOICES = 8
_kept: "OrderedDict[object, Drawn]" = OrderedDict()
_guard = threading.Lock()


@dataclass(frozen=True)
class Drawn:
    """Rows of a collection at a time, with their shapes.

    Attributes:
        about: The collection.
        rows: Its columns, ordered by key.
        stamp: What changes when the rows may have changed.
        several: Whether a feature may stand in several periods.
        raw: Tables that it was made of.
        tiles: Tiles that were made of them.
        coarse: Their shapes in Web Mercator as coarse as a zoom shows them.
        chosen: Places of rows that were chosen by period and values.
    """

    about: Collection
    rows: "pa.Table"
    stamp: object
    several: bool
    raw: "tuple[pa.Table, ...]"
    tiles: "dict[object, bytes]" = field(default_factory=dict)
    coarse: Coarse = field(default_factory=Coarse)
    chosen: "dict[object, Places]" = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def shapes(self, places: "Places | slice") -> "Shapes":
        """Shapes of some rows, EPSG:4326; None where there is none."""
        import numpy as np
        import shapely

        if self.about.shape == "point":
            lon, lat = (self._numbers(name)[places] for name in ("lon", "lat"))
            points = np.full(len(lon), None, dtype=object)
            known = np.isfinite(lon) & np.isfinite(lat)
            points[known] = shapely.points(lon[known], lat[known])
            return points
        found: Shapes = shapely.from_wkb(self._wkb[places])
        return found

    @cached_property
    def all_shapes(self) -> "Shapes":
        """Shapes of all rows."""
        return self.shapes(slice(None))

    @cached_property
    def index(self) -> "shapely.STRtree":
        """Index of all shapes."""
        import shapely

        return shapely.STRtree(self.all_shapes)

    @cached_property
    def mercator(self) -> "tuple[Shapes, shapely.STRtree]":
        """Shapes in Web Mercator with their index, for tiles."""
        import shapely

        flat = projected(self.all_shapes, "http://www.opengis.net/def/crs/EPSG/0/3857")
        return flat, shapely.STRtree(flat)

    @cached_property
    def extent(self) -> Box | None:
        """Box of all shapes."""
        import numpy as np
        import shapely

        if self.about.shape == "point":
            lon, lat = self._numbers("lon"), self._numbers("lat")
            if not np.isfinite(lon).any():
                return None
            sides = np.nanmin(lon), np.nanmin(lat), np.nanmax(lon), np.nanmax(lat)
            return Box(*(float(side) for side in sides))
        if all(shape is None for shape in self.all_shapes):
            return None
        whole = shapely.total_bounds(self.all_shapes)
        return Box(*(float(side) for side in whole)) if np.isfinite(whole).all() else None

    def find(self, wanted: Wanted) -> "Places":
        """Places of the rows that are asked for, in order of their keys."""
        import numpy as np

        found = self._chosen(wanted)
        if wanted.box is None:
            return found
        touching = self._touching(wanted.box)
        if len(found) == len(self):
            return touching
        chosen = np.zeros(len(self), dtype=bool)
        chosen[touching] = True
        return found[chosen[found]]

    def _chosen(self, wanted: Wanted) -> "Places":
        """Places of the rows of a period and of values; kept, since one pages through what one chose."""
        import numpy as np

        key = (wanted.period, *sorted(wanted.where.items()))
        kept = self.chosen.get(key)
        if kept is not None:
            return kept
        found = np.arange(len(self))
        if wanted.period is not None:
            found = found[self._holding(wanted.period)]
        for name, value in wanted.where.items():
            found = found[self._equal(name, value)[found]]
        if len(self.chosen) >= CHOICES:
            self.chosen.clear()
        self.chosen[key] = found
        return found

    def place(self, feature: str) -> int:
        """Place of the row of a feature's id.

        Raises:
            NotFound: There is none.
        """
        found = self._ids.get(feature)
        if found is None:
            name = self.about.name
            says = Text(f"{name}中没有要素“{feature}”", f"no feature '{feature}' in {name}")
            hint = Text("items列出全部要素", "items lists all features")
            raise NotFound(says, hint)
        return found

    def ids(self, places: "Places") -> list[str]:
        """Ids of some rows, whose places ascend."""
        if self._is_plain:
            plain: list[str] = _at(self.named, places).to_pylist()
            return plain
        keys = self.about.keys
        named = _at(self.rows.select([*keys, *self._since]), places).to_pylist()
        return [_name(row, keys) for row in named]

    def properties(self, places: "Places") -> list[dict[str, Any]]:
        """What is told of some rows, whose places ascend, beside their shapes."""
        return rows_of(_at(self._told, places))

    @cached_property
    def _told(self) -> "pa.Table":
        return self.rows.drop_columns(
            [name for name in LEFT_OUT if name in self.rows.column_names]
        )

    @cached_property
    def named(self) -> "pa.Array":
        """Ids of all rows."""
        import numpy as np
        import pyarrow as pa

        if self._is_plain:
            column = self.rows.column(self.about.keys[0])
            return column.cast(pa.string()).combine_chunks()
        return pa.array(self.ids(np.arange(len(self))), pa.string())

    @property
    def _is_plain(self) -> bool:
        """Whether one column is the id."""
        return len(self.about.keys) == 1 and not self.several

    @property
    def _since(self) -> list[str]:
        return ["valid_from"] if self.several else []

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.named.to_pylist())}

    @cached_property
    def _wkb(self) -> "Shapes":
        import numpy as np

        return np.array([*self.rows.column("geometry").to_pylist(), None], dtype=object)[:-1]

    def _numbers(self, name: str) -> "NDArray[np.float64]":
        import numpy as np

        column = self.rows.column(name).to_numpy(zero_copy_only=False)
        return np.asarray(column, dtype=float)

    def _touching(self, box: Box) -> "Places":
        import numpy as np
        import shapely

        parts = [shapely.box(*part) for part in box.parts()]
        return np.unique(self.index.query(parts, predicate="intersects")[1])

    def _holding(self, asked: Period) -> "NDArray[np.bool_]":
        import numpy as np

        found = np.ones(len(self), dtype=bool)
        if not self.about.table.versioned:
            return found
        first, last = (self._days(name) for name in ("valid_from", "valid_to"))
        if asked.last is not None:
            found &= np.isnat(first) | (first <= np.datetime64(asked.last))
        if asked.first is not None:
            found &= np.isnat(last) | (last > np.datetime64(asked.first))
        return found

    def _days(self, name: str) -> "NDArray[np.datetime64]":
        import pyarrow as pa

        days: Any = self.rows.column(name).cast(pa.date32()).to_numpy(zero_copy_only=False)
        found: NDArray[np.datetime64] = days.astype("datetime64[D]")
        return found

    def _equal(self, name: str, value: str) -> "NDArray[np.bool_]":
        import numpy as np
        import pyarrow.compute as pc

        column = self.rows.column(name)
        same = pc.equal(column, _read(name, self.about.filters[name], value))
        return np.asarray(pc.fill_null(same, False))  # noqa: FBT003 - the engine's signature


def _at(rows: "Rows", places: "Places") -> "Rows":
    """Some rows, whose places ascend; a run of them, as most pages are, is not copied."""
    if len(places) and places[-1] - places[0] == len(places) - 1:
        return rows.slice(int(places[0]), len(places))
    return rows.take(places)


def _name(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Id of a feature: its keys, and where it may stand in several periods the first day behind ``@``."""
    name = ",".join(str(row[key]) for key in keys)
    since = row.get("valid_from")
    return f"{name}@{since:%Y-%m-%d}" if since else name


def _read(name: str, kind: str, value: str) -> Any:
    """A value of a filter as its column has it.

    Raises:
        BadAsk: It is none of the column's type.
    """
    try:
        if kind in ("float", "int"):
            return float(value)
        if kind in ("date", "time"):
            return date.fromisoformat(value)
        if kind == "bool":
            return {"true": True, "false": False}[value.lower()]
    except (ValueError, KeyError) as error:
        like = {"bool": "true, false", "date": "2024-12-31", "time": "2024-12-31"}.get(
            kind, "12.5"
        )
        says = Text(f"{name}:“{value}”不是该列的值", f"{name}: '{value}' is no value of it")
        raise BadAsk(says, Text(f"如{like}", f"as {like}")) from error
    return value


def drawn(region: "Region", about: Collection, *, several: bool = False) -> Drawn:
    """The rows of a collection as the view knows them, and as whoever asks may see them.

    What the owner sees is read once for a state of the lake. What others may see can end at any time, and is
    noted whenever they look: it is read at every request, and only what is made of it is kept.

    Args:
        region: View of the region; without a day of its own that of today.
        about: Which collection.
        several: Whether every period is wanted, not only what holds at the view's day.
    """
    several = several and about.table.versioned
    today = date.today()  # noqa: DTZ011 - civil day
    view = replace(region, at=None if several else region.at or today)
    actor, lake = deeds.actor(), region.lake
    # Whoever sees all of it sees the same.
    whole = not actor.is_owner and all(map(region.is_open, _tables(about)))
    who = None if whole else actor.account
    key = (lake.folder, about.name, view.at, region.as_of, region.branch, who)
    if actor.is_owner:
        # Without a day of its own a view is of today, which passes.
        stamp: object = (touched.mark(lake, region.branch, _tables(about)), view.at)
        found = _recalled(key)
        if found is not None and found.stamp == stamp:
            return found
        raw = _raw(view, about)
    else:
        raw, stamp = _raw(view, about), secrets.token_hex(8)
        found = _recalled(key)
        if found is not None and all(map(operator.is_, found.raw, raw)):
            return found
    made = Drawn(about, _joined(raw, about, several=several), stamp, several, raw)
    with _guard:
        _kept[key] = made
        _kept.move_to_end(key)
        while len(_kept) > 1 and (len(_kept) > KEPT or sum(map(len, _kept.values())) > KEPT_ROWS):
            _kept.popitem(last=False)
    return made


def _tables(about: Collection) -> tuple[str, ...]:
    """Tables that a collection is made of."""
    return (about.name, "boundary") if about.shape == "boundary" else (about.name,)


def _recalled(key: object) -> Drawn | None:
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _raw(view: "Region", about: Collection) -> "tuple[pa.Table, ...]":
    """The rows of the tables that a collection is made of."""
    return tuple(view.arrow(name) for name in _tables(about))


def _joined(raw: "tuple[pa.Table, ...]", about: Collection, *, several: bool) -> "pa.Table":
    if len(raw) == 1:
        return raw[0]
    import pyarrow as pa

    rows, shapes = raw
    if not several:
        at = {place: n for n, place in enumerate(shapes.column("place").to_pylist())}
        wanted = [at.get(place) for place in rows.column(BOUNDED[about.name]).to_pylist()]
    else:
        wanted = _of_their_time(rows.to_pylist(), shapes, BOUNDED[about.name])
    names = ["geometry", *FROM_BOUNDARY]
    taken = shapes.select(names).take(pa.array(wanted, pa.int64()))
    for name in names:
        rows = rows.append_column(name, taken.column(name))
    return rows


def _of_their_time(
    rows: Sequence[Mapping[str, Any]], shapes: "pa.Table", key: str
) -> list[int | None]:
    """Which boundary each row has: that of its last day."""
    spans: dict[str, list[tuple[int, date, date]]] = {}
    for at, row in enumerate(shapes.select(["place", "valid_from", "valid_to"]).to_pylist()):
        ends = row["valid_from"] or date.min, row["valid_to"] or date.max
        spans.setdefault(row["place"], []).append((at, *ends))
    found: list[int | None] = []
    for row in rows:
        end = row.get("valid_to")
        day = end - timedelta(days=1) if end else date.max - timedelta(days=1)
        mine = (at for at, first, last in spans.get(row[key], ()) if first <= day < last)
        found.append(next(mine, None))
    return found
