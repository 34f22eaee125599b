"""Shared network infrastructure (统筹5G基站、光缆): sites of several operators that stand side by side."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.sphere import RADIUS_KM, kilometres
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

__all__ = ["CoSiting", "CoSitingAnswer", "PairRow", "SiteGroup", "co_siting", "pairs_within"]

Kind = Literal["base_station", "tower", "duct", "cabinet", "machine_room"]
METRES = 1000.0


class CoSiting(Ask):
    """Which sites to hold against each other."""

    metres: float = said("多少米以内算重复", "metres for duplicates", default=200, gt=0, le=5000)
    kind: Kind | None = said("只要该类型", "only of this kind", default=None)
    place: str | None = said("只要该区划的", "only in this unit", default=None)
    planned_only: bool = said(
        "只要其中至少一处尚在规划的",
        "only pairs of which one at least is only planned",
        default=False,
    )
    limit: int = said("最多多少对", "most pairs", default=1000, ge=1, le=100_000)


class PairRow(Answer):
    """Two sites side by side that nobody shares."""

    site: str = said("站址", "site; of a planned and a built one the built one")
    other: str = said("另一站址", "the other site")
    kind: str = said("类型", "kind of both")
    kind_name: Text = said("类型名称", "what the kind is called")
    operator: str = said("运营单位", "who runs the site")
    other_operator: str = said("另一运营单位", "who runs the other")
    metres: float = said("相距(米)", "metres between them")
    planned: int = said("尚在规划的个数", "how many of the two are only planned")
    place: str = said("地点", "unit of the site")
    lon: float = said("经度", "longitude of the site")
    lat: float = said("纬度", "latitude of the site")


class SiteGroup(Answer):
    """Sites of one kind."""

    kind: str = said("类型", "kind")
    kind_name: Text = said("类型名称", "what the kind is called")
    sites: int = said("站址数", "number of sites")
    planned: int = said("尚在规划的站址数", "of them, those that are only planned")
    shared: int = said("已共享的站址数", "of them, those that somebody shares")
    avoidable: int = said(
        "可免建的站址数",
        "planned ones that a built site of another operator stands within the distance of",
    )


class CoSitingAnswer(Answer):
    """Duplicates, and what there is by kind."""

    sites: int = said("站址数", "sites that were held against each other")
    pairs: int = said("重复的对数", "pairs within the distance; rows hold the first of them")
    groups: list[SiteGroup] = said("各类型", "sites by kind")
    rows: list[PairRow] = said("重复的站址", "pairs, the nearest first")


@verb(
    "列出可共建共享的重复站址",
    columns=("site", "other", "kind_name", "operator", "other_operator", "metres", "planned"),
)
def co_siting(region: "Region", ask: CoSiting) -> CoSitingAnswer:
    """List sites of different operators that stand within some metres of each other and are not shared.

    Example:
        ``hutuo duty co-siting --metres 200``
    """
    import numpy as np

    where = {
        name: value for name in ("kind", "place") if (value := getattr(ask, name)) is not None
    }
    rows = sorted(region.current("network_site", **where), key=lambda row: row["site"])
    at = np.array([[row["lon"], row["lat"]] for row in rows]).reshape(-1, 2)
    pairs = [
        (rows[one], rows[other], metres)
        for one, other, metres in pairs_within(at, ask.metres)
        if _duplicates(rows[one], rows[other])
    ]
    spared = {
        planned["site"]
        for one, other, _ in pairs
        for planned, built in ((one, other), (other, one))
        if _planned(planned) and not _planned(built)
    }
    shown = [p for p in pairs if not ask.planned_only or _planned(p[0]) or _planned(p[1])]
    return CoSitingAnswer(
        sites=len(rows),
        pairs=len(shown),
        groups=_groups(rows, spared),
        rows=[_pair(*pair) for pair in shown[: ask.limit]],
    )


def pairs_within(at: "NDArray[np.float64]", metres: float) -> list[tuple[int, int, float]]:
    """Pairs of points within a distance, the nearest first, with the metres between them.

    Args:
        at: Longitude and latitude in degrees, (n, 2).
        metres: The distance, along a great circle.
    """
    import numpy as np
    from scipy.spatial import cKDTree

    lon, lat = np.radians(at).T
    flat = np.cos(lat)
    points = np.column_stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)])
    # The chord of that arc; a little more, so that rounding loses none.
    chord = 2 * np.sin(metres / METRES / RADIUS_KM / 2) * (1 + 1e-9) + 1e-12
    found = cKDTree(points).query_pairs(chord, output_type="ndarray") if len(at) else []
    pairs = np.asarray(found, dtype=int).reshape(-1, 2)
    apart = kilometres(at[pairs[:, 0]], at[pairs[:, 1]]) * METRES
    near = np.flatnonzero(apart <= metres)
    order = near[np.lexsort((pairs[near, 1], pairs[near, 0], apart[near]))]
    return [(int(pairs[n, 0]), int(pairs[n, 1]), float(apart[n])) for n in order]


def _duplicates(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two of a kind stand there for two operators who do not share either."""
    if one["kind"] != other["kind"] or one["operator"] == other["operator"]:
        return False
    return other["operator"] not in _sharers(one) and one["operator"] not in _sharers(other)


def _sharers(row: dict[str, Any]) -> list[str]:
    return (row["shared_by"] or "").split("|")


def _planned(row: dict[str, Any]) -> bool:
    return bool(row["state"] == "planned")


def _groups(rows: list[dict[str, Any]], spared: set[str]) -> list[SiteGroup]:
    counts = Counter(row["kind"] for row in rows)
    return [
        SiteGroup(
            kind=kind,
            kind_name=label(f"site_kind:{kind}"),
            sites=number,
            planned=sum(row["kind"] == kind and _planned(row) for row in rows),
            shared=sum(row["kind"] == kind and bool(row["shared_by"]) for row in rows),
            avoidable=sum(row["kind"] == kind and row["site"] in spared for row in rows),
        )
        for kind, number in sorted(counts.items())
    ]


def _pair(one: dict[str, Any], other: dict[str, Any], metres: float) -> PairRow:
    if _planned(one) and not _planned(other):
        one, other = other, one
    return PairRow(
        site=one["site"],
        other=other["site"],
        kind=one["kind"],
        kind_name=label(f"site_kind:{one['kind']}"),
        operator=one["operator"],
        other_operator=other["operator"],
        metres=round(metres, 1),
        planned=_planned(one) + _planned(other),
        place=one["place"],
        lon=one["lon"],
        lat=one["lat"],
    )
