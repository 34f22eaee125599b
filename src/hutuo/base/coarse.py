"""Shapes without what could not be seen at a zoom, each made once: neighbouring tiles share them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Places = NDArray[np.int64]

__all__ = ["Coarse"]

# So many are kept, then all are made anew when they are asked for.
KEPT = 300_000


class Coarse:
    """Shapes of a collection, by zoom."""

    def __init__(self) -> None:
        self._zooms: dict[int, Shapes] = {}
        self._kept = 0

    def take(self, zoom: int, shapes: "Shapes", places: "Places", step: float) -> "Shapes":
        """Some shapes, simplified by Douglas and Peucker; one that would vanish stays whole.

        Args:
            zoom: What they are kept by.
            shapes: All shapes of the collection, the same at every call.
            places: Which of them.
            step: What is nearer than that is not told apart, in the shapes' own unit.
        """
        import numpy as np
        import shapely

        if self._kept > KEPT:
            self._zooms, self._kept = {}, 0
        kept = self._zooms.setdefault(zoom, np.full(len(shapes), None, dtype=object))
        new = places[shapely.is_missing(kept[places])]
        made = shapely.simplify(shapes[new], step, preserve_topology=False)
        gone = shapely.is_empty(made)
        made[gone] = shapes[new][gone]
        kept[new] = made
        self._kept += len(new)
        found: Shapes = kept[places]
        return found
