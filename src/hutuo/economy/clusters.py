"""The verb on clusters: those recognised, with units, chains and test centres; those that firms form."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hutuo.base.figures import SourceRow, source_rows
from hutuo.economy.whereabouts import (
    Where,
    called,
    listed,
    serves,
    sources_of,
    unloaded,
    whereabouts,
)
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = ["ClusterRow", "Clusters", "ClustersAnswer", "FoundCluster", "clusters", "covering"]

# Ranks whose clusters the plan wants test centres for.
RANKED = ("national", "provincial")
TEST = "test_centre"


class Clusters(Ask):
    """Which firms to look at, and what makes a cluster of them."""

    chain: str | None = said("只看该产业链", "only of this chain", default=None)
    within_km: float = said(
        "相距多少公里内算邻近", "km within which firms are near", default=5, gt=0
    )
    tied_km: float = said(
        "有供货关系时相距多少公里内算邻近",
        "km within which firms are near that deliver to each other",
        default=30,
        gt=0,
    )
    least: int = said("至少几家企业", "firms that make a cluster", default=5, ge=2)


class ClusterRow(Answer):
    """A cluster that was recognised."""

    cluster: str = said("产业集群", "id of the cluster")
    name: Text = said("名称", "what it is called")
    level: str | None = said("级别", "national, provincial, city or county; null where not told")
    rank_name: Text | None = said("级别名称", "what the rank is called")
    place_names: list[Text] = said("所在地区", "units and places that it lies in")
    chains: list[str] = said("产业链", "chains that it belongs to")
    across: bool = said("是否跨市", "whether it lies in more than one city")
    firms: int = said("已登记企业数", "registered firms in its places under its codes")
    inside: int = said("集群内供货关系数", "deliveries between its firms")
    touching: int = said("集群企业供货关系数", "deliveries that one of its firms makes or takes")
    test_centres: list[str] = said(
        "检验检测中心", "test centres in operation that name it or one of its chains and lie in it"
    )
    has_test_centre: bool = said("有检测中心支撑", "whether there is one")
    not_told: list[Text] = said("缺少的信息", "what the register does not tell of it")


class FoundCluster(Answer):
    """A cluster that firms form."""

    chain: str = said("产业链", "chain whose firms they are")
    chain_name: Text = said("产业链名称", "what it is called")
    firms: list[str] = said("企业", "its firms")
    unit_names: list[Text] = said("所在地区", "units that they lie in")
    lon: float = said("经度", "longitude of their middle")
    lat: float = said("纬度", "latitude of their middle")
    radius_km: float = said("半径(公里)", "km from their middle to the farthest")
    inside: int = said("集群内供货关系数", "deliveries between them")
    touching: int = said("相关供货关系数", "deliveries that one of them makes or takes")
    registered: list[str] = said(
        "对应的已认定集群", "recognised clusters of the chain in one of these units"
    )


class ClustersAnswer(Answer):
    """Clusters recognised and found, and how many have a test centre."""

    rows: list[ClusterRow] = said("已认定的集群", "recognised clusters")
    ranked: int = said("省级以上集群数", "clusters of provincial rank and above")
    ranked_covered: int = said("有检测中心的省级以上集群数", "of these, with a test centre")
    covered_share: float | None = said(
        "检测中心覆盖率",
        "share of these with a test centre, 0..1; null where there are none, or no centre is registered",
    )
    formed: list[FoundCluster] = said(
        "识别出的集聚", "clusters that firms form by nearness and ties"
    )
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "产业集群:认定名录、链条与地区、检测中心覆盖、按密度与联系识别",
    columns=("name", "rank_name", "place_names", "has_test_centre"),
)
def clusters(region: "Region", ask: Clusters) -> ClustersAnswer:
    """Show clusters with their units, chains and test centres, and find those that firms form.

    Example:
        ``hutuo economy clusters --within-km 5``
    """
    lies = whereabouts(region)
    heads = [
        row for row in region.current("cluster") if ask.chain in {None, *listed(row["chains"])}
    ]
    at: dict[str, list[str]] = {}
    for row in region.records("cluster_unit"):
        at.setdefault(row["cluster"], []).append(row["place"])
    codes = _codes(region)
    centres = [r for r in region.current("platform", kind=TEST) if r["state"] == "running"]
    firms = _Firms(region, lies)
    rows = [_row(region, row, at.get(row["cluster"], []), codes, centres, firms) for row in heads]
    found = _found(region, ask, codes, firms, rows)
    ranked = [row for row in rows if row.level in RANKED]
    covered = sum(row.has_test_centre for row in ranked)
    return ClustersAnswer(
        rows=rows,
        ranked=len(ranked),
        ranked_covered=covered,
        covered_share=covered / len(ranked) if ranked and centres else None,
        formed=found,
        doubts=_doubts(rows, firms, centres),
        sources=source_rows(region, sources_of([*heads, *centres, *firms.active])),
    )


def covering(
    cluster: "Row", places: Sequence[str], centres: "Sequence[Row]", lies: Where
) -> list[str]:
    """Test centres of a cluster: those that name it, and those of one of its chains that lie in it.

    Args:
        cluster: Row of table ``cluster``.
        places: Units and places that it lies in.
        centres: Rows of table ``platform``.
        lies: Where places lie.
    """
    there = {unit for place in places if (unit := lies.unit(place))} | set(places)
    chains = set(listed(cluster["chains"]))
    return [
        row["platform"]
        for row in centres
        if row["same_as"] is None
        and (
            cluster["cluster"] in listed(row["clusters"])
            or (
                chains & set(listed(row["chains"]))
                and {row["place"], lies.unit(row["place"])} & there
            )
        )
    ]


class _Firms:
    """Firms that are registered: what they do, where they lie, whom they deliver to."""

    def __init__(self, region: "Region", lies: Where) -> None:
        self.lies = lies
        self.rows = {row["institution"]: row for row in region.current("institution")}
        self.active = [r for r in region.current("business") if r["institution"] in self.rows]
        self.sent = [(row["supplier"], row["buyer"]) for row in region.current("delivery")]

    def under(self, codes: Sequence[str], places: Sequence[str] | None = None) -> list[str]:
        """Those under one of the codes, in one of the places."""
        found = {row["institution"] for row in self.active if serves(row["code"], codes)}
        return sorted(name for name in found if places is None or self._in(name, places))

    def point(self, name: str) -> tuple[float, float] | None:
        """Where one stands; None where only its unit is known, whose label is no place of the firm."""
        place = self.rows[name]["place"]
        return None if place in self.lies.levels else self.lies.points.get(place)

    def _in(self, name: str, places: Sequence[str]) -> bool:
        place = self.rows[name]["place"]
        return bool({place, self.lies.unit(place), self.lies.city(place)} & set(places))


def _codes(region: "Region") -> dict[str, list[str]]:
    """Codes of the links of each chain."""
    found: dict[str, list[str]] = {}
    for row in region.records("chain_link"):
        found.setdefault(row["chain"], []).extend(listed(row["codes"]))
    return found


def _row(
    region: "Region",
    row: "Row",
    places: Sequence[str],
    codes: Mapping[str, Sequence[str]],
    centres: "Sequence[Row]",
    firms: _Firms,
) -> ClusterRow:
    from hutuo.economy.clustering import inward

    chains = listed(row["chains"])
    under = listed(row["codes"]) or [code for chain in chains for code in codes.get(chain, ())]
    members = firms.under(under, places)
    position = {name: at for at, name in enumerate(firms.rows)}
    ties = inward([position[name] for name in members], _tied(firms, position))
    cities = {firms.lies.city(place) for place in places}
    tests = covering(row, places, centres, firms.lies)
    lacking = [
        (not places, Text("所在地区", "its places")),
        (not chains, Text("产业链", "its chains")),
        (not under, Text("行业代码", "its codes")),
        (row["level"] is None, Text("级别", "its rank")),
    ]
    return ClusterRow(
        cluster=row["cluster"],
        name=called(row),
        level=row["level"],
        rank_name=label(f"rank:{row['level']}") if row["level"] else None,
        place_names=[region.name_of(place) for place in places],
        chains=chains,
        across=len(cities - {None}) > 1,
        firms=len(members),
        inside=ties.inside,
        touching=ties.touching,
        test_centres=tests,
        has_test_centre=bool(tests),
        not_told=[says for lacks, says in lacking if lacks],
    )


def _tied(firms: _Firms, position: Mapping[str, int]) -> list[tuple[int, int]]:
    return [
        (position[one], position[other])
        for one, other in firms.sent
        if one in position and other in position
    ]


def _found(
    region: "Region",
    ask: Clusters,
    codes: Mapping[str, Sequence[str]],
    firms: _Firms,
    rows: Sequence[ClusterRow],
) -> list[FoundCluster]:
    from hutuo.economy.clustering import clusters_of, inward, neighbours, radius

    titles = {row["chain"]: called(row) for row in region.records("chain")}
    places: dict[str, list[str]] = {row.cluster: [] for row in rows}
    for one in region.records("cluster_unit"):
        places.setdefault(one["cluster"], []).append(one["place"])
    found = []
    for chain, name in titles.items():
        if ask.chain not in {None, chain}:
            continue
        drawn = [
            (one, point)
            for one in firms.under(codes.get(chain, ()))
            if (point := firms.point(one))
        ]
        if len(drawn) < ask.least:
            continue
        members = [one for one, _ in drawn]
        lon, lat = ([point[axis] for _, point in drawn] for axis in (0, 1))
        ties = _tied(firms, {one: at for at, one in enumerate(members)})
        near = neighbours(lon, lat, ties, within=ask.within_km, tied_within=ask.tied_km)
        for group in clusters_of(near, ask.least):
            units = sorted(
                {
                    unit
                    for at in group
                    if (unit := firms.lies.unit(firms.rows[members[at]]["place"]))
                }
            )
            tied = inward(group, ties)
            east, north, reach = radius([lon[at] for at in group], [lat[at] for at in group])
            found.append(
                FoundCluster(
                    chain=chain,
                    chain_name=name,
                    firms=[members[at] for at in group],
                    unit_names=[region.name_of(unit) for unit in units],
                    lon=east,
                    lat=north,
                    radius_km=reach,
                    inside=tied.inside,
                    touching=tied.touching,
                    registered=[
                        row.cluster
                        for row in rows
                        if chain in row.chains
                        and {firms.lies.unit(place) for place in places[row.cluster]} & set(units)
                    ],
                )
            )
    return found


def _doubts(rows: Sequence[ClusterRow], firms: _Firms, centres: "Sequence[Row]") -> list[Text]:
    found = []
    if not rows:
        zh, en = "没有登记产业集群", "no cluster is registered"
        found.append(unloaded(zh, en, "cluster", "cluster_unit"))
    unranked = [row.name for row in rows if row.level is None]
    if unranked:
        zh = f"没有级别的集群不计入覆盖率:{'、'.join(one.zh for one in unranked)}"
        en = f"clusters without a rank do not count for coverage: {', '.join(one.en for one in unranked)}"
        found.append(Text(zh, en))
    if not centres:
        zh = "没有登记在运行的检验检测中心(类型test_centre)"
        found.append(unloaded(zh, "no test centre is registered (kind test_centre)", "platform"))
    bare_ranks = [row.name for row in rows if row.level in RANKED and not row.has_test_centre]
    if centres and bare_ranks:
        zh = f"没有登记检测中心的省级以上集群:{'、'.join(one.zh for one in bare_ranks)};没有登记不等于没有"
        en = "ranked clusters of which no test centre is registered, which need not mean that there is none: "
        found.append(Text(zh, en + ", ".join(one.en for one in bare_ranks)))
    if not firms.active:
        zh = "没有登记企业的行业(数据表business),无法识别集聚"
        found.append(
            Text(zh, "no firm's industries are registered (table business): none is found")
        )
    active = {row["institution"] for row in firms.active}
    bare = [called(firms.rows[name]) for name in sorted(active) if firms.point(name) is None]
    if bare:
        many, some = len(bare), bare[:20]
        zh = f"只知所在区划、没有点位的{many}家企业未参与识别:{'、'.join(one.zh for one in some)}"
        en = f"{many} firms of which only the unit is known were left out: "
        en += ", ".join(one.en for one in some)
        found.append(Text(zh, en))
    return found
