"""The crosswalk between two geographies of a region: by codes where they say it, by ground or weight else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.crosswalk import SLIVER, SURFACE, WEIGHT, Layer, by_area, by_weight, flat, stacked
from hutuo.base.geographies import Geography, Spot
from hutuo.base.succession import Part, Version, components, edges, parts
from hutuo.errors import BadAsk
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

CODES = "codes"
Method = Literal["area", "weight"]
_NAN = float("nan")
AREA_NAME = Text("面积", "area")
# Source, target, share, amount, whether exact, way.
Row = tuple[int, int, float, float, bool, str]


class Found(NamedTuple):
    """What one rule says.

    Attributes:
        table: Rows of the crosswalk.
        settled: Sources of which it is known where they go, be it outside the target.
    """

    table: "pd.DataFrame"
    settled: set[int]


@dataclass(frozen=True)
class Spread:
    """What figures are spread by where codes do not say it.

    Attributes:
        method: area or weight.
        known: All extents of all units.
        day: Day of the target's units.
        weights: km2 or figure of each extent.
        places: km2 or figure of each place.
        layer: Weights on the ground, for the method weight.
        name: What the layer is.
    """

    method: Method
    known: Sequence[Spot]
    day: date
    weights: Mapping[Version, float] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)
    layer: Layer | None = None
    name: Text = AREA_NAME


class Links(NamedTuple):
    """A crosswalk.

    Attributes:
        table: One row a pair: source, target (positions), share, amount, reach, exact, way.
        lost: Why a source has no share anywhere, by position.
    """

    table: "pd.DataFrame"
    lost: dict[int, str]


def linked(source: Geography, target: Geography, spread: Spread) -> Links:
    """How much of each source goes to each target.

    The same place goes to itself; units follow their succession; what lies in a target by its codes goes
    there whole; what targets lie in is divided among them; the rest meets on the ground.
    """
    todo = set(range(len(source.spots)))
    tables: list[pd.DataFrame] = []
    settled: set[int] = set()
    for rule in (_same, _succeeding, _within, _divided, _on_ground, _bridged):
        # Where codes say that something went elsewhere, ground has no say; other codes may.
        asked = todo - settled if rule in (_on_ground, _bridged) else todo
        table, known = rule(source.spots, target.spots, spread, sorted(asked))
        tables.append(table)
        settled |= known
        todo -= set(table["source"].tolist())
    table = stacked(tables)
    reached = set(table["source"].tolist())
    lost = {
        row: "outside" if row in settled or spot.shape is not None else "undrawn"
        for row, spot in enumerate(source.spots)
        if row not in reached
    }
    lost |= dict.fromkeys(_unweighed(source.spots, spread, lost.keys() - settled), "unweighed")
    return Links(table, lost)


def tabled(rows: Sequence[Row]) -> "pd.DataFrame":
    """Pairs that codes join, as a crosswalk: they reach each other in full."""
    import pandas as pd

    names = ["source", "target", "share", "amount", "exact", "way"]
    made = pd.DataFrame(rows, columns=names)
    made = made.astype({"source": int, "target": int, "share": float, "amount": float})
    return made.astype({"exact": bool}).assign(reach=1.0)


def _same(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> Found:
    """Places that are no units, in both geographies."""
    goals = {spot.place: row for row, spot in enumerate(target) if spot.version is None}
    rows: list[Row] = [
        (row, goals[spot.place], 1.0, spread.places.get(spot.place, _NAN), True, CODES)
        for row in todo
        for spot in [source[row]]
        if spot.version is None and spot.place in goals
    ]
    return Found(tabled(rows), set())


def _succeeding(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> Found:
    """Units that became those of the target, or that came of them."""
    levels = {spot.level for spot in target if spot.version}
    there = [
        spot.version
        for spot in spread.known
        if spot.version and spot.level in levels and spot.version.holds(spread.day)
    ]
    return _succession(source, target, spread, (todo, there))


def _succession(
    source: Sequence[Spot],
    target: Sequence[Spot],
    spread: Spread,
    ways: tuple[Sequence[int], Sequence[Version]],
) -> Found:
    """Succession of the sources in question to any of the goals; those in the target are told.

    What a reform joins is looked at as a whole, with units that are in neither geography: else a unit that
    was divided would seem to have gone whole into the one successor that is in the target.
    """
    todo, goals = ways
    ours = {s.version: row for row in todo for s in [source[row]] if s.version}
    theirs = {s.version: row for row, s in enumerate(target) if s.version}
    every = [spot.version for spot in spread.known if spot.version]
    rows: list[Row] = []
    settled: set[int] = set()
    same = {version for version in ours if version in set(goals)}
    for version in same:
        settled.add(ours[version])
        if version in theirs:
            weight = spread.weights.get(version, _NAN)
            rows.append((ours[version], theirs[version], 1.0, weight, True, CODES))
    for day, cohort in _cohorts(ours.keys() - same, spread.day).items():
        starts = [version for version in every if version.holds(day)]
        for part, way in _parts(cohort, starts, goals, spread):
            settled.add(ours[part.source])
            if part.target in theirs:
                flow = _NAN if part.flow is None else part.flow
                pair = (ours[part.source], theirs[part.target])
                rows.append((*pair, part.share, flow, part.exact, way))
    return Found(tabled(rows), settled)


def _cohorts(versions: Iterable[Version], day: date) -> dict[date, set[Version]]:
    """Versions by the day on which they are looked at: their last one, or their first if they came later."""
    found: dict[date, set[Version]] = {}
    for version in versions:
        if version.valid_to and version.valid_to <= day:
            when = version.valid_to - timedelta(days=1)
        else:
            when = version.valid_from or day
        found.setdefault(when, set()).add(version)
    return found


def _parts(
    cohort: set[Version], starts: Sequence[Version], goals: Sequence[Version], spread: Spread
) -> Iterator[tuple[Part, str]]:
    """Parts of the versions in question, each with how it was made."""
    every = [spot.version for spot in spread.known if spot.version]
    onward, back = edges(starts, goals, every)
    for pairs, ahead in ((onward, True), (back, False)):
        for component in components(pairs):
            if not any(one in cohort for one, _ in component):
                continue
            drawn = _drawn(component, spread)
            for part in drawn or parts(component, spread.weights, onward=ahead):
                if part.source in cohort:
                    yield part, CODES if part.exact else spread.method


def _drawn(component: Sequence[tuple[Version, Version]], spread: Spread) -> list[Part]:
    """Parts by the ground itself, where something was divided and all of it is drawn; else none."""
    sources = list(dict.fromkeys(one for one, _ in component))
    targets = list(dict.fromkeys(two for _, two in component))
    spots = {spot.version: spot for spot in spread.known}
    joined = [spots[version] for version in (*sources, *targets)]
    if len(component) == len(sources) or not all(polygon(spot) for spot in joined):
        return []
    left, right = joined[: len(sources)], joined[len(sources) :]
    table = _cut(left, right, range(len(left)), range(len(right)), spread)
    meant = set(component)
    real = [
        (sources[row["source"]], targets[row["target"]], row)
        for row in table.to_dict("records")
        if row["reach"] > SLIVER or (sources[row["source"]], targets[row["target"]]) in meant
    ]
    # The codes say that nothing went elsewhere: what lines that do not agree cut off is put back.
    whole: dict[Version, float] = {}
    for one, _, row in real:
        whole[one] = whole.get(one, 0.0) + row["share"]
    return [
        Part(one, two, row["share"] / whole[one], row["amount"], exact=row["exact"])
        for one, two, row in real
    ]


def _within(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> Found:
    """Places that lie in a target by their codes: counties in a prefecture, a part in its unit."""
    goals = {spot.place: row for row, spot in enumerate(target)}
    rows: list[Row] = []
    for row in todo:
        spot = source[row]
        goal = next((goals[unit] for unit in spot.within if unit in goals), None)
        if goal is not None:
            rows.append((row, goal, 1.0, weight_of(spot, spread), True, CODES))
    return Found(tabled(rows), set())


def _divided(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> Found:
    """Units that targets lie in by their codes, where all that lies in them can be weighed."""
    rows: list[Row] = []
    settled: set[int] = set()
    theirs = {spot.version: row for row, spot in enumerate(target) if spot.version}
    for row in todo:
        place = source[row].place
        level = next((spot.level for spot in target if place in spot.within and spot.version), "")
        parts_of = [
            (spot, weight_of(spot, spread))
            for spot in spread.known
            if level and spot.level == level and place in spot.within and _there(spot, spread.day)
        ]
        total = sum(weight for _, weight in parts_of)
        if not total > 0:
            continue
        settled.add(row)
        rows += [
            (row, theirs[spot.version], weight / total, weight, False, spread.method)
            for spot, weight in parts_of
            if weight and spot.version in theirs
        ]
    return Found(tabled(rows), settled)


def _there(spot: Spot, day: date) -> bool:
    return spot.version is not None and spot.version.holds(day)


def weight_of(spot: Spot, spread: Spread) -> float:
    """What a place weighs; not a number where it is not known."""
    if spot.version:
        return spread.weights.get(spot.version, _NAN)
    return spread.places.get(spot.place, _NAN)


def _on_ground(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> Found:
    """What is drawn: on both sides, or its target as the units that the target became."""
    ours = [row for row in todo if source[row].shape is not None]
    if not ours:
        return Found(stacked([]), set())
    standins, onward = _undrawn(target, spread)
    theirs = [row for row, spot in enumerate(target) if polygon(spot)]
    size = len(target)
    table = _cut(source, [*target, *standins], ours, [*theirs, *_after(size, standins)], spread)
    direct = table["target"] < size
    over = table[~direct].assign(target=table["target"][~direct] - size)
    return Found(stacked([table[direct], composed(over, onward)]), set())


def _after(size: int, more: Sequence[Spot]) -> range:
    return range(size, size + len(more))


def polygon(spot: Spot) -> bool:
    """Whether its ground is known."""
    import shapely

    return spot.shape is not None and int(shapely.get_dimensions(spot.shape)) == SURFACE


def _cut(
    source: Sequence[Spot],
    target: Sequence[Spot],
    ours: Sequence[int],
    theirs: Sequence[int],
    spread: Spread,
) -> "pd.DataFrame":
    """Crosswalk of shapes, by position in the whole geographies."""
    import numpy as np

    if not ours or not theirs:
        return stacked([])
    left = flat(np.array([source[row].shape for row in ours], dtype=object))
    right = flat(np.array([target[row].shape for row in theirs], dtype=object))
    if spread.method == WEIGHT and spread.layer is None:
        name = spread.name
        raise BadAsk(
            Text(f"“{name.zh}”没有可落图的数据", f"no figure of '{name.en}' is drawn"),
            Text("请换一个权重,或用method area", "name another weight, or method area"),
        )
    table = by_weight(left, right, spread.layer) if spread.layer else by_area(left, right)
    return table.assign(
        source=np.array(ours)[table["source"]], target=np.array(theirs)[table["target"]]
    )


def _bridged(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> Found:
    """Units that are not drawn, over the drawn ones that they became."""
    drawn = [spot for spot in spread.known if polygon(spot)]
    undrawn = [row for row in todo if source[row].version and source[row].shape is None]
    if not undrawn or not any(polygon(spot) for spot in target):
        return Found(stacked([]), set())
    goals = [spot.version for spot in drawn if spot.version]
    first, settled = _succession(source, drawn, replace(spread, day=date.max), (undrawn, goals))
    used = sorted(set(first["target"].tolist()))
    return Found(composed(first, _on_ground(drawn, target, spread, used).table), settled)


def _undrawn(target: Sequence[Spot], spread: Spread) -> "tuple[list[Spot], pd.DataFrame]":
    """Drawn units that stand for targets that are not drawn, and how much of each those are."""
    goals = {spot.version for spot in target if spot.version and spot.shape is not None}
    drawn = [spot for spot in spread.known if polygon(spot) and spot.version not in goals]
    hidden = [spot._replace(version=None) if spot.shape is not None else spot for spot in target]
    if not any(spot.version for spot in hidden):
        return [], stacked([])
    table, _ = _succeeding(drawn, hidden, spread, range(len(drawn)))
    used = sorted(set(table["source"].tolist()))
    order = {row: number for number, row in enumerate(used)}
    return [drawn[row] for row in used], table.assign(source=table["source"].map(order))


def composed(first: "pd.DataFrame", second: "pd.DataFrame") -> "pd.DataFrame":
    """Two crosswalks one after the other: sources over what lies between to targets."""
    both = first.merge(second, left_on="target", right_on="source", suffixes=("", "_on"))
    if both.empty:
        return stacked([])
    made = both.assign(
        target=both["target_on"],
        amount=both["amount"] * both["share_on"],
        share=both["share"] * both["share_on"],
        reach=both["reach"] * both["reach_on"],
        exact=both["exact"] & both["exact_on"],
        way=both["way_on"].where(both["exact"], both["way"]),
    )
    grouped = made.assign(unknown=made["amount"].isna()).groupby(
        ["source", "target"], as_index=False
    )
    kinds = {"share": "sum", "amount": "sum", "unknown": "any", "reach": "max"}
    found = grouped.agg(kinds | {"exact": "all", "way": "first"})
    return stacked([found.assign(amount=found["amount"].mask(found["unknown"]))])


def _unweighed(source: Sequence[Spot], spread: Spread, rows: Iterable[int]) -> list[int]:
    """Sources that went into units of the target's day, or came of them, by an unknown share."""
    ours = {s.version: row for row in rows for s in [source[row]] if s.version}
    every = [spot.version for spot in spread.known if spot.version]
    there = [version for version in every if version.holds(spread.day)]
    onward, back = edges(list(ours), [v for v in there if v not in ours], every)
    return [ours[one] for one, _ in [*onward, *back]]
