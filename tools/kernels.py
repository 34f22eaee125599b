"""Compile the kernels of travel times, accessibility and sites, so that nobody waits at the first question.

Numba keeps what it compiled beside the modules. The questions asked here are those of the pages, on the
embedded region, in a data folder that is thrown away.
"""

import os
import tempfile

ASKED = {
    "isochrone": {"lon": 0.0, "lat": 0.0, "minutes": [30, 60], "mode": "door"},
    "travel-times": {"mode": "door", "limit": 1},
    "accessibility": {"measure": "two_step", "minutes": 30},
    "structure": {},
}


def main() -> None:
    """Ask each question once."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HUTUO_HOME"] = home
        roads()
        sites()
        verbs()


def sites() -> None:
    """What the models of sites can be asked, with all costs and with those below a limit."""
    import numpy as np
    from scipy.sparse import csr_array

    from hutuo.siting import capacitated_location, max_cover, p_center, p_median, set_cover

    chance = np.random.default_rng(1)
    cost = np.linalg.norm(chance.random((60, 1, 2)) - chance.random((1, 40, 2)), axis=2)
    near = csr_array(np.where(cost < 0.6, cost, 0))
    for asked in (cost, near):
        p_median(asked, chance.random(60), p=5)
        max_cover(asked, 0.2, 3)
    p_center(cost, 4)
    set_cover(cost, 0.5)
    capacitated_location(np.ones(40), np.full(40, 9.0), np.ones(60), cost, time_limit=5)
    # Costs that are no distances lead to branching; more ways than go to the solver at once, to multipliers.
    cost = chance.random((70, 60)) * 100
    p_median(cost, p=5)
    price, room, need = np.full(60, 40.0), np.full(60, 30.0), np.full(70, 3.0)
    for whole in (False, True):
        capacitated_location(price, room, need, cost, single_source=whole, time_limit=5)


def roads() -> None:
    """What a network of roads can be asked, each in the types that real networks have."""
    import numpy as np

    from hutuo.space import RoadNetwork

    side = 24
    at = np.arange(side * side).reshape(side, side)
    one, two = np.concatenate(
        [[at[:, :-1].ravel(), at[:, 1:].ravel()], [at[:-1].ravel(), at[1:].ravel()]], axis=1
    )
    minutes = np.random.default_rng(1).uniform(1, 2, 2 * len(one))
    lonlat = np.stack(np.divmod(at.ravel(), side), axis=1) * 0.01
    network = RoadNetwork.from_edges(
        np.append(one, two), np.append(two, one), minutes, lonlat=lonlat
    )
    some = np.arange(300)
    for asked in (some[:3], some):
        network.travel_times(asked, some)
    network.with_speeds([9.0], arcs=[0]).travel_times(some[:3], some)
    network.with_roads([0], [500], [1.0]).travel_times(some[:3], some)
    network.tree(some[:1], reverse=True)
    network.within(some[:3], 5)
    network.route(0, 500)


def verbs() -> None:
    """The questions of the pages, from the first place of the region that has a point."""
    import hutuo
    from hutuo.space.networks import map_of
    from hutuo.verbs import find_verb

    region = hutuo.open()
    spots, _ = map_of(region).spots([region.info.set])
    for name, given in ASKED.items():
        if not spots:
            continue
        where = {"lon": spots[0].lon, "lat": spots[0].lat} if "lon" in given else {}
        verb = find_verb("space", name)
        verb.run(region, verb.ask.model_validate({**given, **where}))


if __name__ == "__main__":
    main()
