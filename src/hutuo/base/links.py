"""The crosswalk between two geographies of a region: by codes where they say it, by ground or weight else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.crosswalk import SLIVER, SURFACE, WEIGHT, Layer, by_area, by_weight, flat, stacked
from hutuo.base.geographies import Geography, Spot
from hutuo.base.succession import Version, components, edges, parts
from hutuo.errors import BadAsk
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

CODES = "codes"
Method = Literal["area", "weight"]
_NAN = float("nan")
AREA_NAME = Text("面积", "area")
Row = tuple[int, int, float, float, bool, str]


@dataclass(frozen=True)
class Spread:
    """What figures are spread by where codes do not say it.

    Attributes:
        method: area or weight.
        known: All extents of all units.
        weights: km2 or figure of each extent, by position in ``known``.
        places: km2 or figure of each place.
        layer: Weights on the ground, for the method weight.
        name: What the layer is.
    """

    method: Method
    known: Sequence[Spot]
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
    rules = (_same, _succeeding, _within, _divided, _on_ground, _bridged)
    for rule in rules:
        table = rule(source.spots, target.spots, spread, sorted(todo))
        todo -= set(table["source"].tolist())
        tables.append(table)
    divided = _divisible(source.spots, target.spots, spread, todo)
    lost = {
        row: "unweighed" if row in divided else _why(source.spots[row]) for row in sorted(todo)
    }
    return Links(stacked(tables), lost)


def _frame(rows: Sequence[Row]) -> "pd.DataFrame":
    import pandas as pd

    names = ["source", "target", "share", "amount", "exact", "way"]
    made = pd.DataFrame(rows, columns=names)
    made = made.astype({"source": int, "target": int, "share": float, "amount": float})
    return made.astype({"exact": bool}).assign(reach=1.0)


def _same(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> "pd.DataFrame":
    """Places that are no units, in both geographies."""
    goals = {spot.place: row for row, spot in enumerate(target) if spot.version is None}
    return _frame(
        [
            (row, goals[spot.place], 1.0, spread.places.get(spot.place, _NAN), True, CODES)
            for row in todo
            for spot in [source[row]]
            if spot.version is None and spot.place in goals
        ]
    )


def _succeeding(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> "pd.DataFrame":
    """Units that became those of the target, or that came of them."""
    ours = {s.version: row for row in todo for s in [source[row]] if s.version}
    theirs = {s.version: row for row, s in enumerate(target) if s.version}
    every = [spot.version for spot in spread.known if spot.version]
    onward, back = edges(list(ours), list(theirs), every)
    drawn: list[pd.DataFrame] = []
    rows: list[Row] = []
    for pairs, ahead in ((onward, True), (back, False)):
        for component in components(pairs):
            if table := _drawn_component(component, source, target, (ours, theirs), spread):
                drawn.append(table[0])
                continue
            for part in parts(component, spread.weights, onward=ahead):
                flow = _NAN if part.flow is None else part.flow
                way = CODES if part.exact else spread.method
                pair = (ours[part.source], theirs[part.target])
                rows.append((*pair, part.share, flow, part.exact, way))
    return stacked([_frame(rows), *drawn])


def _drawn_component(
    component: Sequence[tuple[Version, Version]],
    source: Sequence[Spot],
    target: Sequence[Spot],
    at: tuple[dict[Version, int], dict[Version, int]],
    spread: Spread,
) -> "tuple[pd.DataFrame] | None":
    """The ground itself, where something was divided and all of it is drawn; else None."""
    import numpy as np

    ours = sorted({at[0][s] for s, _ in component})
    theirs = sorted({at[1][t] for _, t in component})
    if len(component) == len(ours):
        return None
    if any(
        spot.shape is None for spot in [*(source[o] for o in ours), *(target[t] for t in theirs)]
    ):
        return None
    table = _cut(source, target, ours, theirs, spread)
    meant = {(at[0][s], at[1][t]) for s, t in component}
    kept = np.array([pair in meant for pair in zip(table["source"], table["target"], strict=True)])
    real = table[kept | (table["reach"] > SLIVER)]
    # The codes say that nothing went elsewhere, so what lines that do not agree cut off is put back.
    whole = real.groupby("source")["share"].transform("sum")
    return (real.assign(share=real["share"] / whole),)


def _within(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> "pd.DataFrame":
    """Places that lie in a target by their codes: counties in a prefecture, a part in its unit."""
    goals = {spot.place: row for row, spot in enumerate(target)}
    rows: list[Row] = []
    for row in todo:
        spot = source[row]
        goal = next((goals[unit] for unit in spot.within if unit in goals), None)
        if goal is not None:
            rows.append((row, goal, 1.0, weight_of(spot, spread), True, CODES))
    return _frame(rows)


def _divided(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> "pd.DataFrame":
    """Units that targets lie in by their codes, where all of these can be weighed."""
    rows: list[Row] = []
    below: dict[str, list[int]] = {}
    for row, spot in enumerate(target):
        if spot.version:
            for unit in spot.within:
                below.setdefault(unit, []).append(row)
    for row in todo:
        goals = below.get(source[row].place, [])
        told = {goal: weight_of(target[goal], spread) for goal in goals}
        total = sum(told.values())
        if total > 0:
            rows += [
                (row, g, weight / total, weight, False, spread.method)
                for g, weight in told.items()
                if weight
            ]
    return _frame(rows)


def weight_of(spot: Spot, spread: Spread) -> float:
    """What a place weighs; not a number where it is not known."""
    if spot.version:
        return spread.weights.get(spot.version, _NAN)
    return spread.places.get(spot.place, _NAN)


def _on_ground(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> "pd.DataFrame":
    """What is drawn: on both sides, or its target as the units that the target became."""
    ours = [row for row in todo if source[row].shape is not None]
    if not ours:
        return stacked([])
    standins, onward = _undrawn(target, spread)
    theirs = [row for row, spot in enumerate(target) if polygon(spot)]
    size = len(target)
    table = _cut(source, [*target, *standins], ours, [*theirs, *_after(size, standins)], spread)
    direct = table["target"] < size
    over = table[~direct].assign(target=table["target"][~direct] - size)
    return stacked([table[direct], composed(over, onward)])


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
        raise BadAsk(
            f"no figure of '{spread.name.en}' is drawn", "name another weight, or method area"
        )
    table = by_weight(left, right, spread.layer) if spread.layer else by_area(left, right)
    return table.assign(
        source=np.array(ours)[table["source"]], target=np.array(theirs)[table["target"]]
    )


def _bridged(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Sequence[int]
) -> "pd.DataFrame":
    """Units that are not drawn, over the drawn ones that they became."""
    drawn = [spot for spot in spread.known if polygon(spot)]
    undrawn = [row for row in todo if source[row].version and source[row].shape is None]
    if not undrawn or not any(polygon(spot) for spot in target):
        return stacked([])
    first = _succeeding(source, drawn, spread, undrawn)
    used = sorted(set(first["target"].tolist()))
    second = _on_ground(drawn, target, spread, used)
    return composed(first, second)


def _undrawn(target: Sequence[Spot], spread: Spread) -> "tuple[list[Spot], pd.DataFrame]":
    """Drawn units that stand for targets that are not drawn, and how much of each those are."""
    goals = {spot.version for spot in target if spot.version and spot.shape is not None}
    drawn = [spot for spot in spread.known if polygon(spot) and spot.version not in goals]
    hidden = [spot._replace(version=None) if spot.shape is not None else spot for spot in target]
    table = _succeeding(drawn, hidden, spread, range(len(drawn)))
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


def _divisible(
    source: Sequence[Spot], target: Sequence[Spot], spread: Spread, todo: Iterable[int]
) -> set[int]:
    """Sources that went into targets, or came of them, by an unknown share."""
    ours = {s.version: row for row in todo for s in [source[row]] if s.version}
    theirs = [s.version for s in [*target, *spread.known] if s.version]
    every = [spot.version for spot in spread.known if spot.version]
    drawn = {s.version for s in spread.known if s.version and s.shape is not None}
    goals = {s.version for s in target if s.version}
    wanted = [v for v in dict.fromkeys(theirs) if v in goals or (v in drawn and v not in ours)]
    onward, back = edges(list(ours), wanted, every)
    return {ours[one] for one, _ in [*onward, *back]}


def _why(spot: Spot) -> str:
    """Why a source goes nowhere: it is not drawn, or shares no ground with the target."""
    return "outside" if spot.shape is not None else "undrawn"
