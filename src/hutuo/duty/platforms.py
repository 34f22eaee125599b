"""The register of industrial-internet platforms, comprehensive ones, of an industry and of an enterprise.

A platform itself is out of scope: readings of its devices come by the interfaces, under its source.
"""

from typing import TYPE_CHECKING, Literal

from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["IndustrialPlatforms", "IndustrialRow", "industrial_platforms"]

Kind = Literal["comprehensive", "industry", "enterprise"]
_COUNT = """
    SELECT source, count(*) AS readings, count(DISTINCT place || ' ' || indicator) AS series,
        max(valid_from) AS last
    FROM known WHERE grain IN ('hour', 'instant') GROUP BY source
"""


class IndustrialPlatforms(Ask):
    """Which platforms to list."""

    kind: Kind | None = said("只要该类型", "only of this kind", default=None)
    industry: str | None = said("只要该行业", "only of this industry", default=None)


class IndustrialRow(Answer):
    """A platform."""

    platform: str = said("平台", "id of the platform")
    name: Text = said("名称", "what it is called")
    kind: str = said("类型", "comprehensive, industry or enterprise")
    kind_name: Text = said("类型名称", "what the kind is called")
    operator: str = said("运营单位", "who runs it")
    place: str = said("地点", "unit or place of its operator")
    place_name: Text = said("地点名称", "what the place is called")
    industry: str | None = said("行业", "industry that it serves")
    firms: int | None = said("接入企业数", "firms that are connected; null: not told")
    devices: int | None = said("接入设备数", "devices that are connected; null: not told")
    address: str | None = said(
        "接入地址", "address by which readings come; null: it is not connected"
    )
    series: int = said("已接入的读数序列数", "series of readings that came under its source")
    readings: int = said("已接入的读数", "readings that came")
    last: str | None = said("最新读数的时刻", "time of the latest one; null without any")


@verb(
    "列出工业互联网平台",
    columns=(
        "name",
        "kind_name",
        "operator",
        "place_name",
        "firms",
        "devices",
        "series",
        "readings",
    ),
)
def industrial_platforms(region: "Region", ask: IndustrialPlatforms) -> list[IndustrialRow]:
    """List industrial-internet platforms with what is connected, and what has come from their devices.

    Example:
        ``hutuo duty industrial-platforms --kind industry``
    """
    came = {row["source"]: row for row in region.query(_COUNT, "observation", past=True)}
    rows = [
        row
        for row in region.current("industrial_platform")
        if ask.kind in (None, row["kind"]) and ask.industry in (None, row["industry"])
    ]
    order = ("comprehensive", "industry", "enterprise")
    found = []
    for row in sorted(rows, key=lambda row: (order.index(row["kind"]), row["platform"])):
        mine = came.get(row["source"], {})
        last = mine.get("last")
        same = ("platform", "kind", "operator", "place", "industry", "firms", "devices", "address")
        found.append(
            IndustrialRow(
                **{name: row[name] for name in same},
                name=Text(row["zh"], row["en"]),
                kind_name=label(f"platform_kind:{row['kind']}"),
                place_name=region.name_of(row["place"]),
                series=mine.get("series", 0),
                readings=mine.get("readings", 0),
                last=last.astimezone(region.zone).isoformat() if last else None,
            )
        )
    return found
