"""What lies in what: the places that a place lies in, by units, parts and sets."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hutuo.base.region import Region

EXCLUDED = "excluded"


def around(region: "Region") -> "dict[str, frozenset[str]]":
    """For every place all that it lies in, itself among them.

    Args:
        region: View of the region, at whose day units and memberships hold.

    Returns:
        By unit, part or set: itself, the units above it, what it is a part of, the sets it is a member of.
    """
    above: dict[str, set[str]] = {}
    for row in region.current("unit"):
        above.setdefault(row["unit"], set()).update(filter(None, [row["parent"]]))
    for row in region.records("place"):
        above.setdefault(row["place"], set()).update(filter(None, [row["part_of"]]))
    for row in region.current("membership"):
        if row["role"] != EXCLUDED:
            above.setdefault(row["member"], set()).add(row["set"])
    return {place: frozenset(_reached(place, above)) for place in above}


def city_of(
    place: str, lies: "Mapping[str, frozenset[str]]", cities: "frozenset[str]"
) -> str | None:
    """The city that a place lies in, None if it lies in none that is known."""
    return min(lies.get(place, frozenset({place})) & cities, default=None)


def cities(region: "Region") -> frozenset[str]:
    """Units of the level of prefectures, which are called cities."""
    return frozenset(row["unit"] for row in region.current("unit", level="prefecture"))


def _reached(first: str, above: "Mapping[str, set[str]]") -> set[str]:
    found, waiting = {first}, [first]
    while waiting:
        new = above.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
