"""What parks, schools, hospitals and land change: rows of table ``effect``, and factors that are asked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Array = NDArray[np.float64]

__all__ = ["KINDS", "Action", "actions_of", "factors"]

KINDS = ("productivity", "amenity", "land")
ASKED = Text("提问时给出", "as asked")


class Action(NamedTuple):
    """One change of one place.

    Attributes:
        place: Unit or place.
        kind: ``productivity``, ``amenity`` or ``land``.
        factor: New value over the old.
        name: What changes it.
        source: Where the factor is from; None if it was asked.
    """

    place: str
    kind: str
    factor: float
    name: Text
    source: str | None


def actions_of(
    region: "Region", main: "Region", asked: Mapping[str, Mapping[str, float]]
) -> list[Action]:
    """What works on the branch and not on main, what no longer works there, and what is asked.

    Args:
        region: View on a branch.
        main: The same view on main.
        asked: Factors by kind and place.
    """
    here, there = _rows(region), _rows(main)
    found = [
        Action(row["place"], row["kind"], row["factor"], Text(row["zh"], row["en"]), row["source"])
        for key, row in here.items()
        if not _same(row, there.get(key))
    ]
    found += [
        Action(
            row["place"],
            row["kind"],
            1 / row["factor"],
            Text(f"取消:{row['zh']}", f"no longer: {row['en']}"),
            row["source"],
        )
        for key, row in there.items()
        if not _same(row, here.get(key))
    ]
    return found + [
        Action(place, kind, factor, ASKED, None)
        for kind in KINDS
        for place, factor in asked.get(kind, {}).items()
    ]


def factors(actions: Sequence[Action], kind: str, places: Sequence[str]) -> "Array":
    """Product of the factors of one kind by place, 1 where there is none, (places,)."""
    import numpy as np

    found = np.ones(len(places))
    at = {place: n for n, place in enumerate(places)}
    for action in actions:
        if action.kind == kind and action.place in at:
            found[at[action.place]] *= action.factor
    return found


def _rows(region: "Region") -> dict[str, dict[str, Any]]:
    """Rows that hold on the day, by effect."""
    return {row["effect"]: row for row in region.current("effect")}


def _same(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """Whether two rows say the same of the same place."""
    return other is not None and all(
        one[name] == other[name] for name in ("place", "kind", "factor")
    )
