"""Urban centres on a grid, and the cities that they make: what the EU-OECD rule starts from.

Source: Dijkstra, Poelman and Veneri (2019); European Commission (2021), Applying the
Degree of Urbanisation.
"""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DENSITY = 1500.0
SIZE = 50_000.0
HALF = 0.5
HOLE_KM2 = 15.0
# Of the eight cells around one, so many make a majority.
MAJORITY = 5


def urban_centres(
    people: "NDArray[np.float64]",
    density: float = DENSITY,
    size: float = SIZE,
    *,
    cell_km2: float = 1.0,
    filled: bool = True,
) -> "NDArray[np.int64]":
    """Urban centres: dense cells that touch by a side and hold enough people together.

    Args:
        people: Residents of each cell of a grid, (rows, columns); NaN where there is no land.
        density: Least residents a km2 of a dense cell; exactly that is enough.
        size: Least residents of a centre; exactly that is enough.
        cell_km2: Area of a cell.
        filled: Whether gaps are filled: holes under 15 km2, then cells of which at least five of the eight
            around belong to the same centre, until none is left.

    Returns:
        Number of the centre of each cell, from 1 by where it comes first, 0 for none.

    Raises:
        BadAsk: The grid is not two-dimensional or holds negative numbers.
    """
    from scipy.ndimage import label

    people = np.asarray(people, dtype=np.float64)
    if people.ndim != 2 or (people < 0).any():  # noqa: PLR2004 - a grid has rows and columns
        raise BadAsk(
            Text("人口应为不小于0的数的网格", "people must be a grid of numbers of at least 0"),
            Text("形状为(行数, 列数)", "shape (rows, columns)"),
        )
    land = ~np.isnan(people)
    known = np.where(land, people, 0.0)
    labels, number = label((known >= density * cell_km2) & land)
    held = np.bincount(labels.ravel(), weights=known.ravel(), minlength=number + 1)
    big = held >= size
    big[0] = False
    again = np.cumsum(big) * big
    centres = again[labels].astype(np.int64)
    return _filled(centres, land, cell_km2) if filled else centres


def cities(
    people: "NDArray[np.float64]",
    units: "NDArray[Any]",
    centres: "NDArray[np.int64]",
    least: float = HALF,
) -> "pd.DataFrame":
    """Cities: units of whose people at least half live in an urban centre.

    Args:
        people: Residents of each cell.
        units: Unit of each cell, same shape; None where in none.
        centres: Centre of each cell, 0 for none.
        least: Least share of a unit's residents in one centre; exactly that is enough.

    Returns:
        A row per unit, by unit: ``unit, centre, share, inside``, with the centre that most of its people
        live in (0 if none do).
    """
    import pandas as pd

    cells = pd.DataFrame(
        {
            "unit": np.asarray(units, dtype=object).ravel(),
            "centre": centres.ravel(),
            "people": np.nan_to_num(np.asarray(people, dtype=np.float64)).ravel(),
        }
    ).dropna(subset=["unit"])
    whole = cells.groupby("unit")["people"].sum()
    urban = cells[cells["centre"] > 0].groupby(["unit", "centre"]).agg({"people": "sum"})
    urban = urban.reset_index()
    urban = urban.sort_values(["unit", "people", "centre"], ascending=[True, False, True])
    best = urban.drop_duplicates("unit").set_index("unit").reindex(whole.index)
    shares = (best["people"] / whole).fillna(0.0)
    return pd.DataFrame(
        {
            "unit": whole.index.tolist(),
            "centre": best["centre"].fillna(0).astype(int).to_numpy(),
            "share": shares.to_numpy(),
            "inside": (shares >= least).to_numpy(),
        }
    )


def city_units(table: "pd.DataFrame") -> dict[Hashable, list[Hashable]]:
    """Units of each city, by its centre: what :func:`hutuo.space.functional.functional_areas` takes."""
    inside = table[table["inside"] & (table["centre"] > 0)]
    found: dict[Hashable, list[Hashable]] = {}
    for centre, unit in zip(inside["centre"].tolist(), inside["unit"].tolist(), strict=True):
        found.setdefault(centre, []).append(unit)
    return found


def _filled(
    centres: "NDArray[np.int64]", land: "NDArray[np.bool_]", cell_km2: float
) -> "NDArray[np.int64]":
    """Holes and dents filled, centre by centre; a cell that is taken stays with who took it."""
    from scipy.ndimage import binary_fill_holes, convolve, label

    around = np.ones((3, 3), dtype=np.int64)
    around[1, 1] = 0
    found = centres.copy()
    for centre in range(1, int(centres.max(initial=0)) + 1):
        mine = found == centre
        holes, _ = label(binary_fill_holes(mine) & ~mine)
        small = np.bincount(holes.ravel()) * cell_km2 < HOLE_KM2
        small[0] = False
        mine |= small[holes] & (found == 0) & land
        while True:
            near = convolve(mine.astype(np.int64), around, mode="constant")
            more = (near >= MAJORITY) & (found == 0) & land & ~mine
            if not more.any():
                break
            mine |= more
        found[mine] = centre
    return found
