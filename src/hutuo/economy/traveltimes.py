"""Travel times between zones, as the verb that writes matrices of them gives them on each branch.

Parts meet in tables: the matrix is asked for by its name in the registry, and read from the files it wrote.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.selection import MAIN
from hutuo.errors import NotFound
from hutuo.glossary import Text
from hutuo.verbs import find_verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Array = NDArray[np.float64]

__all__ = ["Times", "main_of", "reaching", "times_of", "within"]

MATRIX = ("space", "travel-matrix")
# Mean distance of two points in a circle, over its radius: 128 / 45 pi.
IN_CIRCLE = 0.905415


class Times(NamedTuple):
    """Minutes between places, and on what they rest.

    Attributes:
        minutes: From and to, (places, places); inf where there is no way.
        lost: Places of which no point is known; their rows and columns are inf.
        basis: What the verb says of them: ``modelled``, ``method``, ``sources``, ``left_out``, ``findings``.
    """

    minutes: "Array"
    lost: list[str]
    basis: Any


def main_of(region: "Region") -> "Region":
    """The same view on main."""
    return replace(region, branch=MAIN)


def times_of(region: "Region", places: "Sequence[str]", travel: Mapping[str, object]) -> Times:
    """Minutes between places on the branch of a view.

    Args:
        region: View of the region.
        places: Units or places.
        travel: How one travels, as the verb that writes matrices is asked.

    Raises:
        BadAsk: No point of the places is known, or a word of ``travel`` is none.
        NotFound: There are neither roads nor counties to model them between.
    """
    import numpy as np
    import pyarrow.parquet

    verb = find_verb(*MATRIX)
    asked = verb.read({**travel, "from": list(places), "to": list(places)})
    answer = verb.run(region, asked)
    folder = region.lake.folder / "matrices" / answer.folder
    at = {place: n for n, place in enumerate(places)}
    minutes = np.full((len(at), len(at)), np.inf)
    for name in answer.blocks:
        table = pyarrow.parquet.read_table(Path(folder) / name)
        one, other = (
            np.array([at[place] for place in table[column].to_pylist()], dtype=np.int64)
            for column in ("from_id", "to_id")
        )
        took = table["minutes"].to_numpy(zero_copy_only=False).astype(np.float64)
        minutes[one, other] = np.where(np.isnan(took), np.inf, took)
    return Times(minutes, list(answer.without_point), answer.basis)


def within(minutes: "Array", area: "Array", lonlat: "Array") -> "Array":
    """Minutes within each zone: the mean distance in a circle of its area, at the pace of all ways.

    Where no area is known it is half of the minutes to the nearest zone.

    Args:
        minutes: Between zones, (zones, zones).
        area: km2, (zones,); nan where unknown.
        lonlat: Degrees, (zones, 2); nan where unknown.
    """
    import numpy as np
    from pyproj import Geod

    n = len(minutes)
    one, other = np.nonzero(np.isfinite(minutes) & ~np.eye(n, dtype=bool))
    known = np.isfinite(lonlat[one]).all(axis=1) & np.isfinite(lonlat[other]).all(axis=1)
    one, other = one[known], other[known]
    metres = Geod(ellps="WGS84").inv(*lonlat[one].T, *lonlat[other].T)[2] if len(one) else []
    km = np.asarray(metres, dtype=np.float64) / 1000
    apart = km > 0
    pace = float(np.median(minutes[one, other][apart] / km[apart])) if apart.any() else np.nan
    inside = pace * IN_CIRCLE * np.sqrt(area / np.pi)
    nearest = np.where(np.eye(n, dtype=bool), np.inf, minutes).min(axis=1) / 2
    found: Array = np.where(np.isfinite(inside) & (inside > 0), inside, nearest)
    return found


def reaching(*minutes: "Array") -> list[int]:
    """Zones that reach each other in all of the matrices: those with most gaps are left out, one by one.

    Raises:
        NotFound: Fewer than two are left.
    """
    import numpy as np

    gaps = np.zeros(minutes[0].shape, dtype=bool)
    for one in minutes:
        gaps |= ~np.isfinite(one)
    np.fill_diagonal(gaps, val=False)
    kept = np.arange(len(gaps))
    while True:
        inside = gaps[np.ix_(kept, kept)]
        holes = inside.sum(axis=0) + inside.sum(axis=1)
        if not holes.any():
            break
        kept = np.delete(kept, int(holes.argmax()))
    if len(kept) < 2:  # noqa: PLR2004 - one zone trades with nobody
        raise NotFound(Text("没有互相可达的地区", "no zones reach each other"))
    return [int(zone) for zone in kept]
