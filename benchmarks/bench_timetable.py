"""Median times of an hour from door to door, and a new line. Bounds: 8 times the peer, a fifth of anew.

Peer: cafein 0.29 on the same feeds and streets, at the same speed, with the same longest walk. It has
no longest journey, so that ours is a day. Two clocks are told: the wall's, and the processor time of all
threads, which others on the machine hardly change. A new line is set against computing all anew.
"""

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from hutuo.space import Line, RoadNetwork, Station, Timetable, travel_times
from hutuo.space.variants import Matrix

DATA = Path(__file__).parents[2] / "shared/data/mobility"
FEEDS = [DATA / "poa_eptc.zip", DATA / "poa_trensurb.zip"]
STREETS, CELLS = DATA / "poa_osm.pbf", DATA / "poa_hexgrid.csv"
DAY, WINDOW = "2019-05-13", ("13:00", "14:00")
WALK_MINUTES, KMH, LONGEST = 20, 3.6, 24 * 60
PEER_ORIGINS = 60
STATIONS = 8


def main() -> None:
    """Print what ours and the peer took, and the ratios."""
    if not all(path.exists() for path in (*FEEDS, STREETS, CELLS)):
        sys.exit("the feeds, streets and cells beside the repository (../shared) are not there")
    cells = pd.read_csv(CELLS)[["lon", "lat"]].to_numpy()
    took = timed(lambda: (walking(), Timetable.from_gtfs(FEEDS, DAY)))
    walk, timetable = took[2]
    print(f"streets and timetable read: {took[0]:.1f} s, processor {took[1]:.1f} s")
    asked = {"walk": walk, "timetable": timetable, **how(LONGEST)}
    travel_times(cells[:40], cells[:20], **asked)
    ours = timed(lambda: travel_times(cells, cells, **asked))
    said("ours", ours, len(cells))
    theirs = peer(cells)
    if theirs:
        said("cafein", theirs, PEER_ORIGINS)
        rates = [theirs[i] / PEER_ORIGINS / (ours[i] / len(cells)) for i in (0, 1)]
        print(
            f"origins a second: {rates[0]:.1f} times cafein's, by processor {rates[1]:.1f} (bound 8)"
        )
        compared(ours[2][:PEER_ORIGINS], theirs[2])
    planned(cells, walk, timetable)


def walking() -> RoadNetwork:
    """Streets at the speed of the run."""
    streets = RoadNetwork.from_osm(STREETS, mode="walk")
    arcs = streets.lonlat[streets.tail], streets.lonlat[streets.head]
    metres = np.hypot(*((arcs[0] - arcs[1]) * metres_of(streets.lonlat)).T)
    implied = np.median(metres[metres > 20] / 1000 / (streets.minutes[metres > 20] / 60))
    print(f"{streets.nodes:,} nodes, walked at {implied:.2f} km/h, here at {KMH} km/h")
    return streets.with_speeds(streets.minutes * implied / KMH)


def metres_of(lonlat: np.ndarray) -> np.ndarray:
    """Metres of a degree of longitude and of latitude."""
    return np.array([111_195 * np.cos(np.radians(lonlat[:, 1].mean())), 111_195])


def how(longest: float) -> dict:
    """Window and limits."""
    return {
        "departure": WINDOW,
        "max_minutes": longest,
        "max_walk_minutes": WALK_MINUTES,
        "walk_kmh": KMH,
    }


def timed(task: Callable) -> tuple:
    """Seconds by the wall, seconds of the processor, and what came out."""
    wall, processor = time.perf_counter(), time.process_time()
    found = task()
    return time.perf_counter() - wall, time.process_time() - processor, found


def said(who: str, took: tuple, origins: int) -> None:
    """One line of figures."""
    each = [1000 * one / origins for one in took[:2]]
    print(
        f"{who}: {origins:,} origins in {took[0]:.1f} s: {each[0]:.2f} ms each, processor {each[1]:.2f} ms"
    )


def peer(cells: np.ndarray) -> tuple | None:
    """What cafein takes, None where it is not installed."""
    try:
        import geopandas
        from cafein import TransportNetwork
    except ImportError as error:
        print(f"cafein is missing ({error}); no ratio")
        return None
    warnings.simplefilter("ignore")
    options = {"walking_speed_kmph": KMH, "max_walking_time": WALK_MINUTES}
    network = TransportNetwork.from_gtfs([str(f) for f in FEEDS], osm_pbf=str(STREETS), **options)
    points = geopandas.points_from_xy(cells[:, 0], cells[:, 1])
    frame = geopandas.GeoDataFrame({"id": range(len(cells))}, geometry=points, crs=4326)
    asked = {"departure": f"{DAY} {WINDOW[0]}", "departure_time_window": 60, "percentiles": [50]}

    def matrix(count: int) -> np.ndarray:
        return network.travel_time_matrix(frame[:count], destinations=frame, **asked, **options)

    matrix(2)
    return timed(lambda: matrix(PEER_ORIGINS))


def compared(ours: np.ndarray, theirs: np.ndarray) -> None:
    """How far both are apart: they snap to streets and name the walks of a change differently."""
    other = theirs.reshape(ours.shape).astype(float)
    both = np.isfinite(ours) & (other < 4_294_967_295)
    apart = (ours - other / 60)[both]
    low, middle, high = np.percentile(apart, [5, 50, 95])
    only = (
        int((np.isfinite(ours) & ~both).sum()),
        int((~np.isfinite(ours) & (other < 4_294_967_295)).sum()),
    )
    print(
        f"ours less theirs, minutes: median {middle:.2f}, 5 to 95 % {low:.2f} to {high:.2f};"
        f" reached by ours only {only[0]:,}, by theirs only {only[1]:,} of {ours.size:,}"
    )


def planned(cells: np.ndarray, walk: RoadNetwork, timetable: Timetable) -> None:
    """A new line across the cells: with it on a kept matrix, and anew."""
    low, high = cells.min(axis=0), cells.max(axis=0)
    places = np.linspace(low + 0.1 * (high - low), low + 0.9 * (high - low), STATIONS)
    stations = [Station(f"new {n}", *place) for n, place in enumerate(places)]
    line = Line("new", stations, dict.fromkeys(range(5, 24), 6), kmh=35, dwell=0.5, mode=2)
    for longest in (120, 60):
        base = Matrix.of(cells, cells, walk=walk, timetable=timetable, **how(longest))
        base.with_lines(line)
        less = timed(lambda base=base: base.with_lines(line))
        after = timetable.with_lines(line)
        full = timed(
            lambda after=after, longest=longest: Matrix.of(
                cells, cells, walk=walk, timetable=after, **how(longest)
            )
        )
        if not np.array_equal(less[2].minutes, full[2].minutes):
            raise SystemExit("the matrix with a line differs from one that is made anew")
        changed = float((less[2].minutes != base.minutes).mean())
        print(
            f"new line of {STATIONS} stations, {longest} minutes at most: {less[0]:.2f} s (processor"
            f" {less[1]:.2f}) against {full[0]:.2f} s ({full[1]:.2f}) anew, share {less[0] / full[0]:.3f},"
            f" by processor {less[1] / full[1]:.3f} (bound 0.2); origins that may gain {less[2].share:.0%},"
            f" cells that changed {changed:.1%}; equal to anew"
        )


if __name__ == "__main__":
    main()
