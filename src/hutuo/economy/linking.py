"""Chains as graphs: which firms serve which link, what lacks, who serves several, where units compete.

Links are told by codes of GB/T 4754-2017 (Industrial classification for national economic activities); a
firm serves a link whose code its own begins with.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, NamedTuple

from hutuo.economy.whereabouts import listed, serves

__all__ = [
    "Key",
    "State",
    "Supply",
    "clusters_by_link",
    "competing",
    "firms_by_link",
    "kin",
    "several",
    "state_of",
    "supplies",
]

Key = tuple[str, str]
Row = Mapping[str, Any]
State = Literal["covered", "single", "clustered", "missing", "unknown"]


class Supply(NamedTuple):
    """One link supplying another.

    Attributes:
        chain: Chain of both.
        supplier: Link that supplies.
        buyer: Link that is supplied.
        deliveries: Pairs of firms of the two that are known to deliver.
        across: Of these, pairs in different cities.
        possible: Whether firms or clusters of both are in different cities, so that a delivery would cross.
    """

    chain: str
    supplier: str
    buyer: str
    deliveries: int
    across: int
    possible: bool


def firms_by_link(links: Iterable[Row], activities: Iterable[Row]) -> dict[Key, list[str]]:
    """Institutions that serve each link, by chain and link; each once, in the order of their ids.

    Args:
        links: Rows of table ``chain_link``.
        activities: Rows of table ``business``.
    """
    does: dict[str, set[str]] = {}
    for row in activities:
        does.setdefault(row["code"], set()).add(row["institution"])
    found = {}
    for link in links:
        codes = listed(link["codes"])
        firms = [firms for code, firms in does.items() if serves(code, codes)]
        found[link["chain"], link["link"]] = sorted(set().union(*firms))
    return found


def clusters_by_link(links: Iterable[Row], clusters: Iterable[Row]) -> dict[Key, list[str]]:
    """Clusters whose own codes fall under those of a link, by chain and link, in the order given.

    Args:
        links: Rows of table ``chain_link``.
        clusters: Rows of table ``cluster`` that are known to lie somewhere.
    """
    own = [(row["cluster"], listed(row["codes"])) for row in clusters]
    return {
        (link["chain"], link["link"]): [
            name for name, codes in own if any(serves(c, listed(link["codes"])) for c in codes)
        ]
        for link in links
    }


def state_of(
    link: Row, firms: Sequence[str], *, known: bool, clusters: Sequence[str] = ()
) -> State:
    """Where a link stands.

    Args:
        link: Row of table ``chain_link``.
        firms: Institutions that serve it.
        known: Whether any firm of the chain is registered; without, nothing is known of what lacks.
        clusters: Clusters that serve it; they prove that it is there, whoever its firms are.
    """
    if firms and known and link["codes"]:
        return "single" if len(firms) == 1 else "covered"
    if clusters:
        return "clustered"
    return "missing" if known and link["codes"] else "unknown"


def several(firms: Mapping[Key, Sequence[str]]) -> dict[str, list[Key]]:
    """Institutions that serve links of more than one chain, with those links."""
    of: dict[str, list[Key]] = {}
    for key, names in firms.items():
        for name in names:
            of.setdefault(name, []).append(key)
    return {
        name: sorted(keys)
        for name, keys in sorted(of.items())
        if len({chain for chain, _ in keys}) > 1
    }


def kin(links: Sequence[Row]) -> dict[Key, list[Key]]:
    """Links of other chains that the same firms could serve: one code begins with the other's."""
    codes = {(row["chain"], row["link"]): listed(row["codes"]) for row in links}
    found: dict[Key, list[Key]] = {key: [] for key in codes}
    for one, other in combinations(codes, 2):
        shared = any(serves(a, codes[other]) for a in codes[one])
        if one[0] != other[0] and (shared or any(serves(b, codes[one]) for b in codes[other])):
            found[one].append(other)
            found[other].append(one)
    return found


def supplies(
    edges: Iterable[Row],
    firms: Mapping[Key, Sequence[str]],
    deliveries: Iterable[Row],
    cities: Mapping[str, str | None],
    seats: Mapping[Key, set[str]] | None = None,
) -> list[Supply]:
    """For each link that supplies another: who delivers, and whether it crosses the border of a city.

    Args:
        edges: Rows of table ``chain_supply``.
        firms: Institutions by link.
        deliveries: Rows of table ``delivery``.
        cities: City of each institution; None where it is not known.
        seats: Cities of clusters that serve a link, by link; none if not given.
    """
    pairs = {(row["supplier"], row["buyer"]) for row in deliveries}
    found = []
    for edge in edges:
        chain = edge["chain"]
        give, take = (set(firms.get((chain, edge[end]), ())) for end in ("supplier", "buyer"))
        real = [pair for pair in pairs if pair[0] in give and pair[1] in take]
        crossing = sum(_apart(cities, *pair) for pair in real)
        ends = ((give, edge["supplier"]), (take, edge["buyer"]))
        here, there = (
            ({cities.get(one) for one in names} - {None}) | (seats or {}).get((chain, end), set())
            for names, end in ends
        )
        possible = bool(here and there) and len(here | there) > 1
        found.append(Supply(chain, edge["supplier"], edge["buyer"], len(real), crossing, possible))
    return found


def competing(
    firms: Mapping[Key, Sequence[str]], units: Mapping[str, str | None]
) -> list[tuple[Key, str, str, int, int]]:
    """Pairs of units whose firms serve the same link, with the number of firms of each.

    Args:
        firms: Institutions by link.
        units: Unit of each institution; None where it is not known.

    Returns:
        Link, first unit, second unit, firms of the first and of the second; the pair with most firms in its
        smaller unit first.
    """
    found = []
    for key, names in firms.items():
        count: dict[str, int] = {}
        for name in names:
            unit = units.get(name)
            if unit is not None:
                count[unit] = count.get(unit, 0) + 1
        found += [
            (key, one, other, count[one], count[other])
            for one, other in combinations(sorted(count), 2)
        ]
    return sorted(found, key=lambda row: (-min(row[3:]), -max(row[3:]), row[:3]))


def _apart(cities: Mapping[str, str | None], one: str, other: str) -> bool:
    here, there = cities.get(one), cities.get(other)
    return here is not None and there is not None and here != there
