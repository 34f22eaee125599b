"""The verb on the register of innovation platforms: what stands twice, is not located, serves no chain."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import SourceRow, source_rows
from hutuo.economy.whereabouts import called, listed, sources_of, unloaded, whereabouts
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "PlatformRow",
    "Platforms",
    "PlatformsAnswer",
    "Twin",
    "TwinRow",
    "once",
    "platforms",
    "twins",
]

# Marks and words that the same platform is written with and without.
MARKS = re.compile(r"[\s\W_]+")
WORDS = re.compile(r"(?:筹|在建|有限责任公司|股份有限公司|有限公司)")
ALIKE = 0.85


class Platforms(Ask):
    """Which platforms to show."""

    kind: str | None = said("只要该类型的", "only of this kind", default=None)
    chain: str | None = said("只要服务该产业链的", "only serving this chain", default=None)
    place: str | None = said("只要位于该区划的", "only in this unit", default=None)


class PlatformRow(Answer):
    """One platform."""

    platform: str = said("创新平台", "id of the platform")
    name: Text = said("名称", "what it is called")
    kind: str = said("类型", "kind of platform")
    kind_name: Text = said("类型名称", "what the kind is called")
    level: str | None = said("级别", "national, provincial, city or county; null where not told")
    state: str = said("状态", "planned, running or closed")
    host: list[Text] = said("依托单位", "institutions that run it")
    place: str | None = said("地点", "unit or place that it lies in")
    lies_in: str | None = said("所在区划", "unit that it lies in")
    lies_in_name: Text | None = said("区划名称", "what the unit is called")
    chains: list[str] = said("产业链", "chains that it serves")
    clusters: list[str] = said("产业集群", "clusters that it serves")
    also: list[str] = said("并入的条目", "entries that are the same platform")


class TwinRow(Answer):
    """Two entries that may be one platform."""

    platform: str = said("创新平台", "first entry")
    name: Text = said("名称", "what it is called")
    other: str = said("另一条目", "second entry")
    other_name: Text = said("其名称", "what that is called")
    likeness: float = said("名称相似度", "likeness of their names, 0..1")
    reason: Text = said("理由", "why they may be one")


class PlatformsAnswer(Answer):
    """The register and its gaps."""

    rows: list[PlatformRow] = said("创新平台", "platforms, each once")
    twins: list[TwinRow] = said(
        "疑似重复",
        "entries that may be one: say so in same_as, or in distinct_from that they are not",
    )
    not_located: list[str] = said("未定位", "platforms without a place, or in a place in no unit")
    not_linked: list[str] = said("未关联产业链", "platforms that serve no chain")
    without_host: list[str] = said("无依托单位", "platforms without a host")
    located_share: float | None = said("已定位比例", "share that is located, 0..1; null for none")
    linked_share: float | None = said(
        "已关联比例", "share that serves a chain, 0..1; null for none"
    )
    doubts: list[Text] = said("注意", "what is missing, and what would settle it")
    sources: list[SourceRow] = said("来源", "sources")


class Twin(NamedTuple):
    """Two entries that may be one platform."""

    one: str
    other: str
    likeness: float
    same_host: bool


@verb(
    "创新平台名录:查重、定位、关联产业链", columns=("name", "kind_name", "lies_in_name", "chains")
)
def platforms(region: "Region", ask: Platforms) -> PlatformsAnswer:
    """Show the register of platforms: each once, located, linked to chains, and what lacks of that.

    Example:
        ``hutuo economy platforms --kind key_laboratory``
    """
    lies = whereabouts(region)
    hosts = {row["institution"]: called(row) for row in region.current("institution")}
    every = region.current("platform")
    by_id = {row["platform"]: row for row in every}
    kept, also = once(every)
    rows = [
        _row(region, row, lies.unit(row["place"]), hosts, also)
        for row in kept
        if ask.kind in {None, row["kind"]}
        and (ask.chain is None or ask.chain in listed(row["chains"]))
        and ask.place in {None, row["place"], lies.unit(row["place"]), lies.city(row["place"])}
    ]
    lost = [row.platform for row in rows if row.lies_in is None]
    loose = [row.platform for row in rows if not row.chains]
    shown = {row.platform for row in rows}
    return PlatformsAnswer(
        rows=rows,
        twins=[_twin(by_id, one) for one in twins(kept) if {one.one, one.other} & shown],
        not_located=lost,
        not_linked=loose,
        without_host=[row.platform for row in rows if not row.host],
        located_share=1 - len(lost) / len(rows) if rows else None,
        linked_share=1 - len(loose) / len(rows) if rows else None,
        doubts=[]
        if every
        else [unloaded("没有登记创新平台", "no platform is registered", "platform")],
        sources=source_rows(region, sources_of(kept)),
    )


def once(rows: "Sequence[Row]") -> "tuple[list[Row], dict[str, list[str]]]":
    """Each platform once, and by platform the entries that are the same.

    Args:
        rows: Rows of table ``platform``; ``same_as`` names another of them.
    """
    also: dict[str, list[str]] = {}
    for row in rows:
        if row["same_as"] is not None:
            also.setdefault(row["same_as"], []).append(row["platform"])
    return [row for row in rows if row["same_as"] is None], also


def twins(rows: "Sequence[Row]", least: float = ALIKE) -> list[Twin]:
    """Pairs of entries that may be one platform, the likest first.

    Two are compared where nobody said that they differ. They may be one where their names, without marks and
    words such as 有限公司, are alike to that degree; or where one name holds the other and they share a host.

    Args:
        rows: Rows of table ``platform``.
        least: Least likeness of names, 0..1.

    Source: likeness of names after J. W. Ratcliff and D. Metzener, Dr. Dobb's Journal (1988).
    """
    found = []
    bare = {row["platform"]: _bare(row["zh"]) for row in rows}
    matcher = SequenceMatcher(None, autojunk=False)
    for one, other in combinations(rows, 2):
        a, b = bare[one["platform"]], bare[other["platform"]]
        host = bool(set(listed(one["host"])) & set(listed(other["host"])))
        held = host and min(a, b, key=len) in max(a, b, key=len)
        matcher.set_seqs(a, b)
        # Bounds from above, which are quicker than the likeness itself.
        if not held and min(matcher.real_quick_ratio(), matcher.quick_ratio()) < least:
            continue
        likeness = matcher.ratio()
        if (held or likeness >= least) and not _told_apart(one, other):
            found.append(Twin(one["platform"], other["platform"], likeness, host))
    return sorted(found, key=lambda twin: (-twin.likeness, twin.one, twin.other))


def _told_apart(one: "Row", other: "Row") -> bool:
    apart = listed(one["distinct_from"]) + listed(other["distinct_from"])
    return one["platform"] in apart or other["platform"] in apart


def _bare(name: str) -> str:
    """A name without marks, widths and words that make no difference."""
    return WORDS.sub("", MARKS.sub("", unicodedata.normalize("NFKC", name))).lower()


def _twin(rows: "Mapping[str, Row]", one: Twin) -> TwinRow:
    reason = Text("名称相近", "their names are alike")
    if one.same_host:
        reason = Text("名称相近且依托单位相同", "their names are alike and a host is the same")
    return TwinRow(
        platform=one.one,
        name=called(rows[one.one]),
        other=one.other,
        other_name=called(rows[one.other]),
        likeness=one.likeness,
        reason=reason,
    )


def _row(
    region: "Region",
    row: "Row",
    unit: str | None,
    hosts: Mapping[str, Text],
    also: Mapping[str, Sequence[str]],
) -> PlatformRow:
    same = ("platform", "kind", "level", "state", "place")
    return PlatformRow(
        **{name: row[name] for name in same},
        name=called(row),
        kind_name=label(f"platform:{row['kind']}"),
        host=[hosts.get(name, Text(name, name)) for name in listed(row["host"])],
        lies_in=unit,
        lies_in_name=region.name_of(unit) if unit else None,
        chains=listed(row["chains"]),
        clusters=listed(row["clusters"]),
        also=list(also.get(row["platform"], [])),
    )
