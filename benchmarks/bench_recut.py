"""A grid of 1 km onto 200 units: crosswalk and figures of ten years. Bound: no slower than the peer.

Peer: ``tobler.area_weighted.area_interpolate`` used by hand on the same frames, as its manual shows. Both
start from the same polygons on the equal-area plane and must give the same figures.
"""

import statistics
import time
from collections.abc import Callable

import geopandas
import numpy as np
import shapely
from tobler.area_weighted import area_interpolate

from hutuo.base.boundaries import EQUAL_AREA
from hutuo.base.crosswalk import by_area, interpolated

SIDE = 200
UNITS = 200
YEARS = 10
RUNS = 3
METRES = 1000.0


def main() -> None:
    """Print the medians of ours and of the peer, and their ratio."""
    cells, units = grid(), drawn_units()
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 5000, (len(cells), YEARS))

    def ours() -> np.ndarray:
        links = by_area(cells, units)
        return interpolated(links, (len(cells), len(units)), values, additive=True)[:-1]

    def peer() -> np.ndarray:
        names = [f"y{year}" for year in range(YEARS)]
        source = geopandas.GeoDataFrame(values, columns=names, geometry=cells, crs=EQUAL_AREA)
        target = geopandas.GeoDataFrame(geometry=units, crs=EQUAL_AREA)
        made = area_interpolate(source, target, extensive_variables=names, allocate_total=False)
        return made[names].to_numpy()

    # The peer keeps its table of areas in single precision.
    np.testing.assert_allclose(ours(), peer(), rtol=1e-7)
    took = {"ours": [], "peer": []}
    for _ in range(RUNS):
        took["ours"].append(timed(ours))
        took["peer"].append(timed(peer))
    mine, theirs = (statistics.median(took[who]) for who in ("ours", "peer"))
    vertices = int(shapely.get_num_coordinates(units).mean())
    print(
        f"{len(cells):,} cells of 1 km onto {len(units)} units of {vertices} vertices, {YEARS} years: ours"
        f" {mine:.2f} s, tobler by hand {theirs:.2f} s, ratio {mine / theirs:.2f} (bound 1)"
    )


def grid() -> np.ndarray:
    """Squares of 1 km, (SIDE * SIDE,)."""
    east, north = np.meshgrid(np.arange(SIDE) * METRES, np.arange(SIDE) * METRES)
    west, south = east.ravel(), north.ravel()
    return shapely.box(west, south, west + METRES, south + METRES)


def drawn_units() -> np.ndarray:
    """Units that fill more than the grid's extent, with edges as crooked as those of counties."""
    rng = np.random.default_rng(2)
    seats = shapely.MultiPoint(rng.uniform(0, SIDE * METRES, (UNITS, 2)))
    extent = shapely.box(-METRES, -METRES, (SIDE + 1) * METRES, (SIDE + 1) * METRES)
    cells = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=extent))
    crooked = shapely.transform(shapely.segmentize(cells, 200.0), bent)
    # To the millimetre, so that an edge is the same to the units on both of its sides.
    return shapely.set_precision(crooked, 1e-3, mode="pointwise")


def bent(xy: np.ndarray) -> np.ndarray:
    """Points moved by a smooth field, the same for all units, so that shared edges stay shared."""
    east, north = xy[:, 0], xy[:, 1]
    moved = 300 * np.sin(north / 900) + 60 * np.sin(north / 210)
    raised = 300 * np.sin(east / 800) + 60 * np.sin(east / 190)
    return np.column_stack([east + moved, north + raised])


def timed(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
