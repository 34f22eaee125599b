"""Functional areas by the EU-OECD rule: cities, and the units from which enough people commute to them.

What the rule says, step by step: cities between which at least ``share`` of the employed residents of one
work in the other count as one; units with at least ``share`` of their employed residents working in a city
are its zone; units that one area encloses come in; what does not hang together with its city goes out.
People who commute to the *zone* do not count: a chain of units does not reach into the area.

Source: Dijkstra, Poelman and Veneri (2019), "The EU-OECD definition of a functional urban area"; Eurostat,
Methodological manual on territorial typologies (2018).
"""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.delineation import Area, Delineation, Step, Threshold
from hutuo.space.flows import Flows, named_units, share
from hutuo.space.neighbours import Neighbours

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

SHARE = 0.15


def functional_area(
    flows: "Flows | pd.DataFrame | NDArray[Any]",
    core: Any,
    share: float = SHARE,
    *,
    neighbours: Any = None,
    inclusive: bool = True,
    chained: bool = False,
) -> Area:
    """The functional area of one core: the core and its commuting zone.

    Args:
        flows: ``home, work, people`` (see :meth:`Flows.of` for other names), a square matrix, or flows. Who
            lives and works in the same unit counts as a resident of it.
        core: One unit or several that are one city.
        share: Least share of a unit's employed residents who work in the core, 0 to 1.
        neighbours: Which units touch: a mapping of unit to neighbours, or pairs. Without it no enclave is
            taken in and no exclave left out.
        inclusive: Whether exactly ``share`` is enough.
        chained: Also count, round by round, who works in the zone found so far. The rule does not.

    Returns:
        The units as a set that iterates in order; its ``steps`` hold the table after each step:
        ``core``, ``zone`` (one a round), ``enclaves``, ``exclaves``.

    Raises:
        BadInput: The flows are faulty.
        NotFound: A unit of the core has no flows.
        BadAsk: ``share`` is no share, or there is no core.

    Source: Dijkstra, Poelman and Veneri (2019).
    """
    found = Flows.of(flows)
    threshold = Threshold("share", _a_share(share), inclusive)
    at = found.positions(core)
    if not len(at):
        raise BadAsk(
            Text("核心没有区划", "the core has no unit"),
            Text("请给出一个或多个区划", "one unit, or a list of them"),
        )
    borders = None if neighbours is None else Neighbours.of(neighbours, found.units)
    inside, steps = _zone(found, at, threshold, chained=chained)
    if borders is not None:
        inside, more = _closed(found, at, inside, borders)
        steps += more
    return _area(found, at, inside, threshold, steps)


def functional_areas(
    flows: "Flows | pd.DataFrame | NDArray[Any]",
    cities: "Mapping[Hashable, Any]",
    share: float = SHARE,
    merge: float | None = None,
    *,
    neighbours: Any = None,
    inclusive: bool = True,
) -> Delineation:
    """Functional areas of all cities: merged where they exchange enough people, each with its zone.

    Args:
        flows: As for :func:`functional_area`.
        cities: Units of each city.
        share: Least share of a unit's employed residents who work in the city.
        merge: Least share of a city's employed residents who work in another for the two to be one; ``share``
            by default. Repeated with the merged cities until none is left to merge.
        neighbours: Which units touch; without it neither enclaves nor exclaves are looked at.
        inclusive: Whether exactly a threshold is enough.

    Returns:
        Areas, called as the largest city of each. Steps: ``merge`` (one a round), ``zone``, ``enclaves``,
        ``exclaves``. A unit with enough people to several cities is in the zone of the one with most; if
        equal, of the first by name.

    Raises:
        BadInput: The flows are faulty.
        NotFound: A unit of a city has no flows.
        BadAsk: A threshold is no share, or a unit is in two cities.
    """
    found = Flows.of(flows)
    zone = Threshold("share", _a_share(share), inclusive)
    joins = Threshold("merge", zone.value if merge is None else _a_share(merge), inclusive)
    names, labels = _numbered(found, cities)
    names, labels, steps = _merged(found, names, labels, joins)
    assigned, step = _zones(found, names, labels, zone)
    steps.append(step)
    if neighbours is not None:
        borders = Neighbours.of(neighbours, found.units)
        assigned, more = _all_closed(found, names, labels, assigned, borders)
        steps += more
    return Delineation(
        "eu-oecd",
        _series(found, [None if label < 0 else names[label] for label in assigned]),
        (zone, joins),
        tuple(steps),
        found.model,
    )


def _zone(
    flows: Flows, core: "NDArray[np.int64]", threshold: Threshold, *, chained: bool
) -> "tuple[NDArray[np.bool_], list[Step]]":
    import pandas as pd

    inside = np.zeros(len(flows.units), dtype=bool)
    inside[core] = True
    residents = flows.residents
    steps = [Step("core", _frame(flows, inside, residents=residents, jobs=flows.jobs))]
    everyone = np.ones(len(inside), dtype=bool)
    while True:
        target = np.flatnonzero(inside) if chained else core
        shares = flows.share_to(target)
        grown = inside | (threshold.met(shares) & (residents > 0))
        table = _frame(flows, everyone, residents=residents, share=shares)
        table["inside"] = pd.Series(grown, dtype=bool)
        steps.append(Step("zone", table))
        if not chained or (grown == inside).all():
            return grown, steps
        inside = grown


def _closed(
    flows: Flows,
    core: "NDArray[np.int64]",
    inside: "NDArray[np.bool_]",
    borders: Neighbours,
) -> "tuple[NDArray[np.bool_], list[Step]]":
    """Enclaves in, then exclaves out."""
    enclaves = borders.enclosed(inside)
    filled = inside | enclaves
    kept = borders.reached(filled, core)
    return kept, [
        Step("enclaves", _frame(flows, enclaves, residents=flows.residents)),
        Step("exclaves", _frame(flows, filled & ~kept, residents=flows.residents)),
    ]


def _numbered(
    flows: Flows, cities: "Mapping[Hashable, Any]"
) -> "tuple[list[Hashable], NDArray[np.int64]]":
    """Names of the cities, the largest by employed residents first, and the city of each unit, or -1."""
    where = {city: flows.positions(units) for city, units in cities.items()}
    twice = [unit for units in cities.values() for unit in named_units(units)]
    if len(twice) != len(set(twice)) or not twice:
        raise BadAsk(
            Text("有区划属于两个城市,或没有城市", "a unit is in two cities, or there is no city"),
            Text("每个区划只属于一个城市", "each unit in one city"),
        )
    size = {city: -float(flows.residents[at].sum()) for city, at in where.items()}
    names = sorted(where, key=lambda city: (size[city], str(city)))
    labels = np.full(len(flows.units), -1, dtype=np.int64)
    for number, city in enumerate(names):
        labels[where[city]] = number
    return names, labels


def _merged(
    flows: Flows, names: list[Hashable], labels: "NDArray[np.int64]", joins: Threshold
) -> "tuple[list[Hashable], NDArray[np.int64], list[Step]]":
    """Cities made one where enough people go from one to another, until none is left to merge."""
    import pandas as pd
    from scipy.sparse.csgraph import connected_components

    steps = []
    while True:
        people = flows.grouped(labels, len(names))
        residents = np.bincount(
            labels[labels >= 0], weights=flows.residents[labels >= 0], minlength=len(names)
        )
        shares = share(people, np.broadcast_to(residents[:, None], people.shape))
        np.fill_diagonal(shares, 0.0)
        joined = joins.met(shares) & (residents[:, None] > 0)
        np.fill_diagonal(joined, val=False)
        home, work = np.nonzero((people > 0) & ~np.eye(len(names), dtype=bool))
        table = {
            "home": [names[city] for city in home],
            "work": [names[city] for city in work],
            "share": shares[home, work],
            "merged": joined[home, work],
        }
        steps.append(Step("merge", pd.DataFrame(table)))
        if not joined.any():
            return names, labels, steps
        number, group = connected_components(joined, directed=False)
        first = [int(np.flatnonzero(group == one)[0]) for one in range(number)]
        order = np.argsort(np.argsort(first))
        labels = np.where(labels >= 0, order[group[labels]], -1)
        names = [names[city] for city in sorted(first)]


def _zones(
    flows: Flows, names: list[Hashable], labels: "NDArray[np.int64]", zone: Threshold
) -> "tuple[NDArray[np.int64], Step]":
    """City of each unit by the largest share of its residents that works in one."""
    from scipy.sparse import csr_array

    at = np.flatnonzero(labels >= 0)
    shape = (len(labels), len(names))
    member = csr_array((np.ones(len(at)), (at, labels[at])), shape=shape)
    people = (flows.matrix @ member).toarray()
    best = people.argmax(axis=1)
    shares = share(people[np.arange(len(best)), best], flows.residents)
    enough = zone.met(shares) & (flows.residents > 0)
    assigned = np.where(labels >= 0, labels, np.where(enough, best, -1))
    table = _frame(flows, labels < 0, residents=flows.residents, share=shares)
    out = labels < 0
    table.insert(1, "city", [names[city] for city in best[out]])
    table["inside"] = enough[out]
    return assigned, Step("zone", table)


def _all_closed(
    flows: Flows,
    names: list[Hashable],
    cores: "NDArray[np.int64]",
    assigned: "NDArray[np.int64]",
    borders: Neighbours,
) -> "tuple[NDArray[np.int64], list[Step]]":
    enclaves, exclaves = assigned.copy(), assigned.copy()
    for number in range(len(names)):
        enclosed = borders.enclosed(assigned == number) & (assigned < 0)
        enclaves[enclosed] = number
    exclaves = enclaves.copy()
    for number in range(len(names)):
        inside = enclaves == number
        exclaves[inside & ~borders.reached(inside, np.flatnonzero(cores == number))] = -1
    tables = []
    for name, before, after in (
        ("enclaves", assigned, enclaves),
        ("exclaves", enclaves, exclaves),
    ):
        moved = before != after
        table = _frame(flows, moved, residents=flows.residents)
        table["city"] = [
            names[max(one, two)] for one, two in zip(before, after, strict=True) if one != two
        ]
        tables.append(Step(name, table))
    return exclaves, tables


def _area(
    flows: Flows,
    core: "NDArray[np.int64]",
    inside: "NDArray[np.bool_]",
    threshold: Threshold,
    steps: list[Step],
) -> Area:
    units = tuple(flows.units[position] for position in np.flatnonzero(inside))
    return Area(
        units,
        tuple(flows.units[position] for position in np.sort(core)),
        _series(flows, flows.share_to(core)),
        (threshold,),
        tuple(steps),
        flows.model,
        frozenset(units),
    )


def _series(flows: Flows, values: Any) -> "pd.Series[Any]":
    import pandas as pd

    dtype = object if isinstance(values, list) else None
    index = pd.Index(list(flows.units), name="unit", dtype=object)
    return pd.Series(values, index=index, dtype=dtype)


def _frame(flows: Flows, which: "NDArray[np.bool_]", **columns: "NDArray[Any]") -> "pd.DataFrame":
    import pandas as pd

    at = np.flatnonzero(which)
    units = [flows.units[position] for position in at]
    return pd.DataFrame({"unit": units, **{name: values[at] for name, values in columns.items()}})


def _a_share(given: float) -> float:
    if not 0 <= given <= 1:
        raise BadAsk(
            Text(f"{given}不是比例", f"{given} is no share"),
            Text("应为0至1之间的数,如0.15", "a number from 0 to 1, as 0.15"),
        )
    return float(given)
