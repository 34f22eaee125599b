"""Belts: units side by side that are strong in the same industry."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["belts_of", "side_by_side"]


def side_by_side(shapes: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Pairs of units whose shapes touch or overlap, each pair once, in the order of the units.

    Args:
        shapes: Polygon of each unit; units without one touch nobody.
    """
    import shapely

    named = [name for name, shape in shapes.items() if shape is not None]
    tree = shapely.STRtree([shapes[name] for name in named])
    one, other = tree.query([shapes[name] for name in named], predicate="intersects")
    return {(named[a], named[b]) for a, b in zip(one, other, strict=True) if a < b}


def belts_of(strong: Sequence[str], touching: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of strong units that touch each other, chained, of two at least.

    Args:
        strong: Units, in order.
        touching: Pairs of units that touch; see :func:`side_by_side`.

    Returns:
        Units of each group in their order, the largest group first.
    """
    chosen = set(strong)
    near: dict[str, set[str]] = {unit: set() for unit in strong}
    for one, other in touching:
        if one in chosen and other in chosen:
            near[one].add(other)
            near[other].add(one)
    found, seen = [], set[str]()
    for start in strong:
        group, waiting = set[str](), [start]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                group.add(here)
                waiting += near[here]
        if len(group) > 1:
            found.append([unit for unit in strong if unit in group])
    return sorted(found, key=lambda group: -len(group))
