"""Where no new site may stand: within boundaries of places, and in parcels of water protection by class."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.siting.ground import Ground, Point

__all__ = ["inside", "protected"]

TOLD = 20


def inside(
    ground: "Ground", points: "Iterable[Point]", avoid: Sequence[str], protection: Sequence[str]
) -> set[str]:
    """Places of those points that lie within what is to be avoided; on an edge counts as within.

    Args:
        ground: Places of the region.
        points: Candidates.
        avoid: Places within whose boundaries no site may stand; of a set each member.
        protection: Classes of water protection whose parcels are avoided too.

    Raises:
        NotFound: There is no such place.
        BadInput: A place or parcel has no boundary; all such are named.
    """
    import shapely

    wanted = [*(ground.named(avoid) if avoid else []), *protected(ground, protection)]
    if not wanted:
        return set()
    shapes = [ground.drawn.get(one) for one in wanted]
    lacking = Text(
        "没有边界,无法判断地点是否在其中", "no boundary is known: nobody can tell what lies in it"
    )
    bare = [
        Finding("boundary", None, one, lacking)
        for one, row in zip(wanted, shapes, strict=True)
        if row is None or not row["area_km2"]
    ]
    if bare:
        told = Text(f"{len(bare)}处没有边界", f"{len(bare)} places have no boundary")
        hint = Text("请载入其边界(base ingest)", "load their boundaries (base ingest)")
        raise BadInput(told, bare[:TOLD], hint)
    drawn = shapely.from_wkb([row["geometry"] for row in shapes if row])
    given = list(points)
    at = shapely.points([(point.lon, point.lat) for point in given])
    hit = shapely.STRtree(drawn).query(at, predicate="intersects")[0] if given else []
    return {given[one].place for one in hit}


def protected(ground: "Ground", protection: Sequence[str]) -> list[str]:
    """Places of the parcels of water protection of these classes: ``parcel:`` and the id, or just that."""
    if not protection:
        return []
    rows = ground.region.records("water_zone")
    zones = [row["zone"] for row in rows if row["protection"] in protection]
    return [one if one in ground.drawn else f"parcel:{one}" for one in zones]
