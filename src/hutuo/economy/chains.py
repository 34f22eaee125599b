"""The verb on chains: which links lack, who serves several chains, what crosses cities, who competes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import SourceRow, source_rows
from hutuo.economy.linking import (
    Key,
    clusters_by_link,
    competing,
    firms_by_link,
    kin,
    several,
    state_of,
    supplies,
)
from hutuo.economy.whereabouts import Where, called, listed, sources_of, unloaded, whereabouts
from hutuo.errors import one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "ChainRow",
    "Chains",
    "ChainsAnswer",
    "CompetitorRow",
    "LinkRow",
    "SharedRow",
    "SupplyRow",
    "chains",
]


class Chains(Ask):
    """Which chains to show."""

    chain: str | None = said("产业链;缺省为全部", "chain; all if none is given", default=None)
    place: str | None = said(
        "只看位于该区划的企业", "only firms that lie in this unit", default=None
    )


class ChainRow(Answer):
    """One chain."""

    chain: str = said("产业链", "id of the chain")
    name: Text = said("名称", "what it is called")
    plan_industry: str | None = said(
        "所属产业", "industry that it belongs to, as the plan names it"
    )
    link_count: int = said("环节数", "number of its links")
    missing_links: list[Text] = said(
        "缺失环节", "needed links that no registered firm or cluster serves"
    )
    single_links: list[Text] = said("仅有一家的环节", "links that one firm alone serves")
    unjudged_links: list[Text] = said(
        "无法判断的环节",
        "links of which nothing can be said: no code, or no firm of the chain is registered",
    )
    completeness: float | None = said(
        "完整度",
        "share of needed links that a firm or cluster serves; null where none can be judged",
    )
    cities: list[Text] = said("涉及城市", "cities that its firms and clusters lie in")


class LinkRow(Answer):
    """One link of a chain."""

    chain: str = said("产业链", "chain that it is a link of")
    link: str = said("环节", "id of the link")
    name: Text = said("名称", "what it is called")
    position: str | None = said("上中下游", "upstream, midstream or downstream, where told")
    codes: list[str] = said("行业代码", "codes of GB/T 4754-2017 of firms that serve it")
    needed: bool = said("必备环节", "whether the chain lacks something without it")
    state: str = said("状态", "covered, single, clustered, missing or unknown")
    state_name: Text = said("状态名称", "what the state is called")
    firms: list[str] = said("企业", "institutions that serve it")
    cluster_names: list[Text] = said("产业集群", "registered clusters that serve it")
    unit_names: list[Text] = said("所在地区", "units that they lie in")
    kin: list[str] = said(
        "他链同类环节", "links of other chains that the same firms could serve, as chain/link"
    )


class SupplyRow(Answer):
    """One link supplying another."""

    chain: str = said("产业链", "chain of both")
    supplier: str = said("供方环节", "link that supplies")
    supplier_name: Text = said("供方环节名称", "what it is called")
    buyer: str = said("需方环节", "link that is supplied")
    buyer_name: Text = said("需方环节名称", "what it is called")
    deliveries: int = said("已知供货关系数", "pairs of firms that are known to deliver")
    across: int = said("跨市供货关系数", "of these, pairs in different cities")
    possible: bool = said(
        "可跨市配套", "whether both links have firms or clusters and these lie in different cities"
    )


class SharedRow(Answer):
    """A supplier of several chains."""

    institution: str = said("机构", "firm that serves links of several chains")
    name: Text = said("名称", "what it is called")
    lies_in: str | None = said("所在区划", "unit that it lies in")
    lies_in_name: Text | None = said("区划名称", "what the unit is called")
    serves: list[str] = said("服务的环节", "links that it serves, as chain/link")
    buyers: int = said("已知客户数", "institutions that it is known to deliver to")


class CompetitorRow(Answer):
    """Two units whose firms serve the same link."""

    chain: str = said("产业链", "chain")
    link: str = said("环节", "link that both serve")
    link_name: Text = said("环节名称", "what it is called")
    place: str = said("区划代码", "first unit")
    name: Text = said("名称", "what it is called")
    other: str = said("另一地区", "second unit")
    other_name: Text = said("其名称", "what that is called")
    firms_here: int = said("本地企业数", "firms of the first unit")
    firms_there: int = said("对方企业数", "firms of the second unit")


class ChainsAnswer(Answer):
    """Chains, their links and who serves them."""

    chains: list[ChainRow] = said("产业链", "by chain")
    chain_links: list[LinkRow] = said("环节", "links of the chains")
    chain_supplies: list[SupplyRow] = said("供应关系", "which link supplies which")
    shared: list[SharedRow] = said("共用供应商", "firms that serve links of several chains")
    competitors: list[CompetitorRow] = said(
        "同一环节上竞争的地区对", "pairs of units that compete on the same link"
    )
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "产业链图谱:缺失环节、共用供应商、跨市配套、同环节竞争",
    columns=("name", "missing_links", "completeness"),
)
def chains(region: "Region", ask: Chains) -> ChainsAnswer:
    """Show chains: links that lack, shared suppliers, supplies across cities, units that compete.

    Example:
        ``hutuo economy chains --chain pharma``
    """
    heads = {row["chain"]: row for row in region.records("chain")}
    if ask.chain is not None and ask.chain not in heads:
        raise one_of(ask.chain, "chain", list(heads))
    every = region.records("chain_link")
    firms, names, lies = _firms(region, ask.place)
    serving = firms_by_link(every, firms)
    chosen = [row for row in every if ask.chain in {None, row["chain"]}]
    mine = {(row["chain"], row["link"]): serving[row["chain"], row["link"]] for row in chosen}
    edges = [r for r in region.records("chain_supply") if ask.chain in {None, r["chain"]}]
    sent = region.current("delivery")
    units = {name: lies.unit(row["place"]) for name, row in names.items()}
    cities = {name: lies.city(row["place"]) for name, row in names.items()}
    titles = {(row["chain"], row["link"]): called(row) for row in every}
    there, seats = _clusters(region, every, lies)
    served = _Served(serving, units, cities, kin(every), there, seats)
    links = [_link(region, row, served) for row in chosen]
    used = [*heads.values(), *chosen, *edges, *firms]
    return ChainsAnswer(
        chains=[
            _chain(region, row, links, served)
            for name, row in heads.items()
            if ask.chain in {None, name}
        ],
        chain_links=links,
        chain_supplies=[
            SupplyRow(
                **one._asdict(),
                supplier_name=_title(titles, one.chain, one.supplier),
                buyer_name=_title(titles, one.chain, one.buyer),
            )
            for one in supplies(edges, serving, sent, cities, seats)
        ],
        shared=[
            _shared(region, names[name], keys, units[name], sent)
            for name, keys in several(serving).items()
            if ask.chain is None or any(chain == ask.chain for chain, _ in keys)
        ],
        competitors=[
            CompetitorRow(
                chain=key[0], link=key[1], link_name=titles[key],
                place=one, name=region.name_of(one), other=other, other_name=region.name_of(other),
                firms_here=here, firms_there=there,
            )
            for key, one, other, here, there in competing(mine, units)
        ],
        doubts=_doubts(heads, chosen, edges, firms, titles),
        sources=source_rows(region, sources_of(used)),
    )  # fmt: skip


def _firms(
    region: "Region", place: str | None
) -> "tuple[Sequence[Row], Mapping[str, Row], Where]":
    """What institutions do (those in a unit, if one is named), all of them by id, and where places lie."""
    lies = whereabouts(region)
    names = {row["institution"]: row for row in region.current("institution")}
    active = [row for row in region.current("business") if row["institution"] in names]
    if place is not None:
        region.name_of(place)
        near = {
            name
            for name, row in names.items()
            if place in {row["place"], lies.unit(row["place"]), lies.city(row["place"])}
        }
        active = [row for row in active if row["institution"] in near]
    return active, names, lies


class _Served(NamedTuple):
    """Who serves the links of all chains.

    Attributes:
        firms: Institutions by link.
        units: Unit of each institution.
        cities: City of each institution.
        likes: Links of other chains that are alike, by link.
        clusters: Registered clusters by link.
        seats: Cities that these lie in, by link.
    """

    firms: Mapping[Key, Sequence[str]]
    units: Mapping[str, str | None]
    cities: Mapping[str, str | None]
    likes: Mapping[Key, Sequence[Key]]
    clusters: Mapping[Key, Sequence["Row"]]
    seats: Mapping[Key, set[str]]


def _clusters(
    region: "Region", links: "Sequence[Row]", lies: "Where"
) -> tuple[dict[Key, list["Row"]], dict[Key, set[str]]]:
    """Registered clusters by link, and their cities; those of which no place is known prove nothing."""
    places: dict[str, set[str]] = {}
    for row in region.records("cluster_unit"):
        if city := lies.city(row["place"]):
            places.setdefault(row["cluster"], set()).add(city)
    rows = {r["cluster"]: r for r in region.current("cluster") if r["cluster"] in places}
    named = clusters_by_link(links, rows.values())
    return (
        {key: [rows[name] for name in names] for key, names in named.items()},
        {key: set().union(*(places[name] for name in names)) for key, names in named.items()},
    )


def _chain(region: "Region", row: "Row", links: Sequence[LinkRow], served: _Served) -> ChainRow:
    own = [link for link in links if link.chain == row["chain"]]
    judged = [link for link in own if link.needed and link.state != "unknown"]
    keys = [(link.chain, link.link) for link in own]
    there = {served.cities[name] for link in own for name in link.firms}
    there |= set().union(*(served.seats[key] for key in keys))
    return ChainRow(
        chain=row["chain"],
        name=called(row),
        plan_industry=row["industry"],
        link_count=len(own),
        missing_links=[link.name for link in judged if link.state == "missing"],
        single_links=[link.name for link in own if link.state == "single"],
        unjudged_links=[link.name for link in own if link.state == "unknown"],
        completeness=sum(link.state != "missing" for link in judged) / len(judged)
        if judged
        else None,
        cities=[region.name_of(city) for city in sorted(filter(None, there))],
    )


def _link(region: "Region", row: "Row", served: _Served) -> LinkRow:
    key = row["chain"], row["link"]
    firms, clusters = served.firms[key], served.clusters[key]
    known = any(names for (chain, _), names in served.firms.items() if chain == row["chain"])
    state = state_of(row, firms, known=known, clusters=[one["cluster"] for one in clusters])
    there = sorted({unit for name in firms if (unit := served.units[name])})
    return LinkRow(
        chain=row["chain"],
        link=row["link"],
        name=called(row),
        position=row["stage"],
        codes=listed(row["codes"]),
        needed=row["needed"],
        state=state,
        state_name=label(f"link_state:{state}"),
        firms=list(firms),
        cluster_names=[called(one) for one in clusters],
        unit_names=[region.name_of(unit) for unit in there],
        kin=["/".join(other) for other in served.likes[key]],
    )


def _shared(
    region: "Region", row: "Row", keys: Sequence[Key], unit: str | None, sent: "Sequence[Row]"
) -> SharedRow:
    return SharedRow(
        institution=row["institution"],
        name=called(row),
        lies_in=unit,
        lies_in_name=region.name_of(unit) if unit else None,
        serves=["/".join(key) for key in keys],
        buyers=len({one["buyer"] for one in sent if one["supplier"] == row["institution"]}),
    )


def _title(titles: Mapping[Key, Text], chain: str, link: str) -> Text:
    return titles.get((chain, link), Text(link, link))


def _doubts(
    heads: "Mapping[str, Row]",
    links: "Sequence[Row]",
    edges: "Sequence[Row]",
    firms: "Sequence[Row]",
    titles: Mapping[Key, Text],
) -> list[Text]:
    found = []
    if not heads:
        found.append(unloaded("没有登记产业链", "no chain is registered", "chain", "chain_link"))
    if not firms:
        zh = "没有登记企业的行业(数据表business),缺失环节无法判断"
        en = "no firm's industries are registered (table business): what lacks cannot be told"
        found.append(Text(zh, en))
    else:
        zh = "“缺失”只说明登记的企业和集群中没有;企业名录不全时不等于确实没有"
        en = "missing: no registered firm or cluster serves a link; registers with gaps prove no more"
        found.append(Text(zh, en))
    bare = [called(row) for row in links if not row["codes"]]
    if bare:
        zh = f"没有行业代码的环节:{'、'.join(one.zh for one in bare)}"
        en = f"links without a code: {', '.join(one.en for one in bare)}"
        found.append(Text(zh, en))
    silent = sorted({row["chain"] for row in links} - {row["chain"] for row in edges})
    if silent:
        names = [called(heads[name]) for name in silent if name in heads]
        zh = f"没有登记供应关系(数据表chain_supply)的产业链:{'、'.join(one.zh for one in names)}"
        en = f"chains without who supplies whom (table chain_supply): {', '.join(one.en for one in names)}"
        found.append(Text(zh, en))
    ends = {(row["chain"], row[side]) for row in edges for side in ("supplier", "buyer")}
    stray = ["/".join(key) for key in sorted(ends - set(titles))]
    if stray:
        zh, en = (
            f"供应关系中的环节不属于该链:{stray}",
            f"supplies name links of other chains: {stray}",
        )
        found.append(Text(zh, en))
    return found
