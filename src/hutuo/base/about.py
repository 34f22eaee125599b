"""Verbs about regions: which there are, and what the opened one is made of."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.glossary import both
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region


class Regions(Ask):
    """Which regions to list: all."""


class RegionRow(Answer):
    """One region pack that comes with Hutuo."""

    region: str = said("地区的名称", "name of the region, for --region")
    name: Text = said("地区的全称", "full name of the region")
    released: date = said("数据包的发布日期", "day on which the pack was released")
    default: bool = said("未指明地区时是否打开它", "whether it is opened when none is named")


class RegionAsk(Ask):
    """What to tell of the region: all."""


class PlanRow(Answer):
    """One plan of the region."""

    plan: str = said("规划的标识", "id of the plan")
    name: Text = said("规划名称", "title of the plan")
    issuer: Text = said("发布机关", "who issued it")
    issued: date | None = said("发布日期", "day of issue")
    horizon_from: int | None = said("规划期的第一年", "first year of the plan")
    horizon_to: int | None = said("规划期的最后一年", "last year of the plan")
    outlook: int | None = said("展望到的年份", "year it looks out to")
    main: bool = said(
        "未指明规划时是否评估它", "whether it is the plan evaluated when none is named"
    )


class MemberRow(Answer):
    """One member of a set of places."""

    member: str = said("成员的标识", "unit or place")
    name: Text = said("成员名称", "what it is called")
    role: str = said("整体、部分或明确不含", "whole, part, or named as excluded")


class SetRow(Answer):
    """One named set of places."""

    place: str = said("集合的标识", "id of the set")
    name: Text = said("集合名称", "what it is called")
    members: list[MemberRow] = said("集合的成员", "its members at the asked day")
    excluded: list[MemberRow] = said("明确排除的单元", "units that are named as left out")
    note: Text | None = said("备注", "remark")


class RegionAnswer(Answer):
    """The region as it is opened."""

    region: str = said("地区的名称", "name of the region")
    name: Text = said("地区的全称", "full name of the region")
    released: date = said("数据包的发布日期", "day on which the pack was released")
    at: date | datetime | None = said(
        "有效日期", "day or instant whose rows are shown; null for today"
    )
    as_of: datetime | None = said("已知日期", "instant by which rows were recorded; null for all")
    branch: str = said("分支", "branch that is read")
    branches: list[str] = said("全部分支", "branches that there are")
    plans: list[PlanRow] = said("地区的规划", "plans of the region, the main one first")
    main_set: str = said("构成该地区的集合", "set that the region is")
    sets: list[SetRow] = said("命名的集合", "named sets of places")


@verb("列出可用的地区", needs_region=False)
def regions(_region: None, _ask: Regions) -> list[RegionRow]:
    """List the regions that come with Hutuo, and the default one if it is a folder."""
    from hutuo.base.pack import read_info
    from hutuo.base.region import default_region, embedded

    folders = dict(embedded())
    if default_region() not in folders:
        folders[default_region()] = Path(default_region())
    packs = {name: read_info(folder) for name, folder in folders.items()}
    return [
        RegionRow(
            region=name,
            name=Text(info.zh, info.en),
            released=info.released,
            default=name == default_region(),
        )
        for name, info in packs.items()
    ]


@verb("说明所打开的地区")
def region(region: "Region", _ask: RegionAsk) -> RegionAnswer:
    """Tell what the opened region is made of: plans, sets and their members."""
    return RegionAnswer(
        region=region.info.id,
        name=region.title,
        released=region.info.released,
        at=region.at,
        as_of=region.as_of,
        branch=region.branch,
        branches=region.lake.branches(),
        plans=[_plan(row) for row in plans(region)],
        main_set=region.info.set,
        sets=_sets(region),
    )


def plans(region: "Region") -> list[dict[str, Any]]:
    """Rows of the table of plans, the main one first."""
    return sorted(region.records("plan"), key=lambda row: (not row["main"], row["plan"]))


def _sets(region: "Region") -> list[SetRow]:
    members: dict[str, list[MemberRow]] = {}
    for row in region.current("membership"):
        name = region.name_of(row["member"])
        members.setdefault(row["set"], []).append(
            MemberRow(member=row["member"], name=name, role=row["role"])
        )
    return [
        SetRow(
            place=row["place"],
            name=Text(row["zh"], row["en"]),
            members=[m for m in members.get(row["place"], []) if m.role != "excluded"],
            excluded=[m for m in members.get(row["place"], []) if m.role == "excluded"],
            note=both(row["note"]),
        )
        for row in region.records("place", kind="set")
    ]


def _plan(row: dict[str, Any]) -> PlanRow:
    words = {"name", "issuer"}
    same = {name: row[name] for name in PlanRow.model_fields if name not in words}
    return PlanRow(
        name=Text(row["zh"], row["en"]), issuer=both(row["issuer"]) or Text("", ""), **same
    )
