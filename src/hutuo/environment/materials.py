"""Waste and recyclables, balanced unit by unit: what comes in or arises somewhere is moved on or treated."""

from collections import defaultdict
from collections.abc import Iterable
from math import fsum
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import Finding
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Balance",
    "MaterialFlow",
    "WasteBalance",
    "WasteBalanceAnswer",
    "WasteRow",
    "WasteTotalRow",
    "balanced",
    "waste_balance",
]

OUTSIDE = "outside"
COMES = ("generated", "drawn")
TREATED = ("recycled", "burnt", "composted", "landfilled", "stored")
Kind = Literal[
    "generated", "drawn", "moved", "recycled", "burnt", "composted", "landfilled", "stored"
]
WHAT = Text("物料流", "flows of materials")


class MaterialFlow(NamedTuple):
    """A flow.

    Attributes:
        at: Where it happens, or from where it is moved; ``outside`` is beyond the area.
        to: Where it is moved to; None unless it is.
        material: What it is.
        kind: ``generated``, ``drawn`` from a store, ``moved``, or how it is treated.
        tonnes: A year.
    """

    at: str
    to: str | None
    material: str
    kind: str
    tonnes: float


class Balance(NamedTuple):
    """What came and went of a material at one place, in tonnes.

    Attributes:
        generated: What arose there, or was drawn from a store.
        received: What was moved there.
        sent: What was moved away.
        treated: What was treated, by how.
    """

    generated: float
    received: float
    sent: float
    treated: dict[str, float]

    @property
    def gap(self) -> float:
        """What came and neither went nor was treated; negative where more went than came."""
        return fsum(
            [self.generated, self.received, -self.sent, *(-t for t in self.treated.values())]
        )


def balanced(flows: Iterable[MaterialFlow]) -> dict[tuple[str, str], Balance]:
    """Balance of each place and material; the gaps sum to 0 where all that comes is treated or leaves.

    Raises:
        BadInput: A flow is negative, of an unknown kind, moves nowhere or to itself, or does not move and yet
            names where to; all findings are told.
    """
    given = list(flows)
    refuse(WHAT, [finding for row, one in enumerate(given, 1) for finding in _faults(row, one)])
    sums: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in given:
        if one.kind == "moved":
            sums[one.at, one.material]["sent"].append(one.tonnes)
            sums[one.to or "", one.material]["received"].append(one.tonnes)
        else:
            kind = "generated" if one.kind in COMES else one.kind
            sums[one.at, one.material][kind].append(one.tonnes)
    return {
        key: Balance(
            fsum(parts["generated"]),
            fsum(parts["received"]),
            fsum(parts["sent"]),
            {kind: fsum(parts[kind]) for kind in TREATED if kind in parts},
        )
        for key, parts in sums.items()
        if key[0] != OUTSIDE
    }


class WasteBalance(Ask):
    """Which year and material."""

    year: int | None = said("年度;缺省为最近一年", "year; the latest if none", default=None)
    material: str | None = said("只看该物料", "only this material", default=None)
    tolerance: float = said(
        "允许的差(占流入)", "gap that is let pass, of what came in", default=0.01, ge=0, le=1
    )


class WasteRow(Answer):
    """A material at one place."""

    place: str = said("地点", "unit, plant or place")
    place_name: Text = said("地点名称", "what it is called")
    material: str = said("物料", "what it is")
    generated: float = said("产生(吨)", "tonnes that arose there or were drawn from a store")
    received: float = said("运入(吨)", "tonnes that were moved there")
    sent: float = said("运出(吨)", "tonnes that were moved away")
    recycled: float = said("资源化利用(吨)", "tonnes that were recycled or composted")
    burnt: float = said("焚烧(吨)", "tonnes that were burnt")
    landfilled: float = said("填埋与贮存(吨)", "tonnes that were landfilled or stored")
    gap: float = said("差额(吨)", "what came and neither went nor was treated")
    is_balanced: bool = said("是否平衡", "whether the gap is within tolerance")


class WasteTotalRow(Answer):
    """A material in all."""

    material: str = said("物料", "what it is")
    generated: float = said("产生(吨)", "tonnes that arose in the area")
    from_outside: float = said("区外运入(吨)", "tonnes from beyond the area")
    to_outside: float = said("运往区外(吨)", "tonnes that left the area")
    recycled: float = said("资源化利用(吨)", "tonnes that were recycled or composted")
    recycled_share: float | None = said(
        "资源化利用率", "of what was generated and came from beyond, 0..1; null if nothing was"
    )
    gap: float = said("差额(吨)", "sum of the gaps of all places")


class WasteBalanceAnswer(Answer):
    """Balances of a year."""

    year: int | None = said("年度", "year that is shown; null if there are no flows")
    rows: list[WasteRow] = said("各地物料平衡", "by place and material, the largest gap first")
    by_material: list[WasteTotalRow] = said("各物料合计", "by material")
    not_balanced: int = said(
        "不平衡的地点数", "places and materials whose gap is beyond tolerance"
    )


@verb(
    "固体废物与再生资源:逐地平衡",
    columns=(
        "place_name",
        "material",
        "generated",
        "received",
        "sent",
        "recycled",
        "gap",
        "is_balanced",
    ),
)
def waste_balance(region: "Region", ask: WasteBalance) -> WasteBalanceAnswer:
    """Balance waste and recyclables place by place: what comes, what goes, what is treated, what is missing.

    Example:
        ``hutuo environment waste-balance --year 2024``
    """
    rows = region.records("material_flow")
    year = ask.year if ask.year is not None else max((row["year"] for row in rows), default=None)
    flows = [
        MaterialFlow(row["at"], row["to"], row["material"], row["kind"], row["tonnes"])
        for row in rows
        if row["year"] == year and ask.material in {None, row["material"]}
    ]
    found = balanced(flows)
    told = [
        _told(region, at, material, one, ask.tolerance) for (at, material), one in found.items()
    ]
    ranked = sorted(told, key=lambda row: (-abs(row.gap), row.place, row.material))
    return WasteBalanceAnswer(
        year=year,
        rows=ranked,
        by_material=_totals(flows, found),
        not_balanced=sum(not row.is_balanced for row in told),
    )


def _faults(row: int, one: MaterialFlow) -> list[Finding]:
    found = unfit("flows", row, {"tonnes": one.tonnes})
    if one.kind not in {*COMES, *TREATED, "moved"}:
        could = ", ".join([*COMES, "moved", *TREATED])
        says = Text(f"{one.kind}应为{could}之一", f"{one.kind}; one of {could} would be right")
        found.append(Finding("flows", row, "kind", says))
    if (one.kind == "moved") != (one.to is not None) or one.to == one.at:
        says = Text(
            "只有moved才写去向,且不同于所在", "moved alone names where to, and another place"
        )
        found.append(Finding("flows", row, "to", says))
    if one.at == OUTSIDE and one.kind != "moved":
        says = Text("区外只有运入运出", "beyond the area things are only moved")
        found.append(Finding("flows", row, "at", says))
    return found


def _told(region: "Region", at: str, material: str, one: Balance, tolerance: float) -> WasteRow:
    treated = one.treated
    return WasteRow(
        place=at,
        place_name=region.names.get(at, Text(at, at)),
        material=material,
        generated=one.generated,
        received=one.received,
        sent=one.sent,
        recycled=treated.get("recycled", 0.0) + treated.get("composted", 0.0),
        burnt=treated.get("burnt", 0.0),
        landfilled=treated.get("landfilled", 0.0) + treated.get("stored", 0.0),
        gap=one.gap,
        is_balanced=abs(one.gap) <= tolerance * (one.generated + one.received) + 1e-9,
    )


def _totals(
    flows: Iterable[MaterialFlow], found: dict[tuple[str, str], Balance]
) -> list[WasteTotalRow]:
    given = list(flows)
    rows = []
    for material in sorted({one.material for one in given}):
        mine = [one for (_, name), one in found.items() if name == material]
        moved = [one for one in given if one.material == material and one.kind == "moved"]
        generated = fsum(one.generated for one in mine)
        imported = fsum(one.tonnes for one in moved if one.at == OUTSIDE)
        recycled = fsum(one.treated.get(k, 0.0) for one in mine for k in ("recycled", "composted"))
        came = generated + imported
        rows.append(
            WasteTotalRow(
                material=material,
                generated=generated,
                from_outside=imported,
                to_outside=fsum(one.tonnes for one in moved if one.to == OUTSIDE),
                recycled=recycled,
                recycled_share=recycled / came if came else None,
                gap=fsum(one.gap for one in mine),
            )
        )
    return rows
