"""Buildings held against rules of height, view and skyline: which break one, and how high each may rise."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hutuo.errors import BadInput, Finding
from hutuo.glossary import label
from hutuo.plan.registers import named, place_name
from hutuo.plan.sightlines import (
    REFRACTION,
    Capped,
    Corridor,
    Sector,
    Viewpoint,
    capped,
    framed,
    seen,
)
from hutuo.progress import report
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Array = NDArray[np.float64]
    Row = Mapping[str, Any]

__all__ = [
    "BrokenRow",
    "ParcelRow",
    "RuleRow",
    "ViewCheck",
    "ViewChecked",
    "ceilings",
    "view_check",
]

State = Literal["built", "planned"]
# Columns of a rule that stand together, and what a rule of each kind must say.
EYE = ("viewpoint_lon", "viewpoint_lat", "viewpoint_m")
LANDMARK = ("landmark_lon", "landmark_lat", "landmark_m")
SECTOR = ("from_degrees", "to_degrees", "most_degrees", "within_m")
NEEDS = {
    "height": ("area", "most_m"),
    "view": (*EYE, *LANDMARK, "half_width_m"),
    "skyline": (*EYE, *SECTOR),
}
# As shapely numbers them.
POLYGONS = (3, 6)


class ViewCheck(Ask):
    """Which buildings are held against which rules."""

    rules: tuple[str, ...] = said(
        "规则;缺省为全部", "rules; all if none is given", default=()
    )  # fmt: skip
    place: str | None = said("只看该地区的建筑", "only buildings in this unit", default=None)
    state: tuple[State, ...] = said(
        "建筑状态:built已建、planned规划",
        "built, planned",
        default=("built", "planned"),
        min_length=1,
    )
    refraction: float = said(
        "大气折光系数", "coefficient of refraction", default=REFRACTION, ge=0, le=1
    )  # fmt: skip
    limit: int = said(
        "最多列出多少处突破", "rows of broken rules at most, the worst first",
        default=1000, ge=0, le=100_000,
    )  # fmt: skip


class BrokenRow(Answer):
    """A building that breaks a rule."""

    building: str = said("建筑", "the building")
    parcel: str | None = said("地块", "parcel that it stands on")
    place: str = said("地点", "unit that it lies in")
    place_name: Text = said("地点名称", "what the unit is called")
    state: str = said("建筑状态", "built or planned")
    rule: str = said("规则", "the rule")
    rule_name: Text = said("规则名称", "what the rule is called")
    kind: str = said("类型", "height, view or skyline")
    kind_name: Text = said("类型名称", "what the kind is called")
    clause: str | None = said("条款编号", "clause that sets the rule")
    height_m: float = said("建筑高度(米)", "height above the ground, m")
    most_m: float = said("容许高度(米)", "height above the ground that the rule allows, m")
    over_m: float = said("超出(米)", "how far it is passed, m")


class RuleRow(Answer):
    """What became of a rule."""

    rule: str = said("规则", "the rule")
    rule_name: Text = said("规则名称", "what the rule is called")
    kind: str = said("类型", "height, view or skyline")
    kind_name: Text = said("类型名称", "what the kind is called")
    plan: str | None = said("规划", "plan that sets it")
    clause: str | None = said("条款编号", "clause that sets it")
    buildings: int = said("涉及建筑数", "buildings that it reaches")
    violations: int = said("突破数", "buildings that break it")
    ground_unknown: int = said(
        "缺地面高程而无法判定的建筑数",
        "buildings of which nobody can tell, for the height of their ground is not known",
    )
    worst_m: float | None = said("最多超出(米)", "the farthest that it is passed, m")


class ParcelRow(Answer):
    """A parcel with a building that breaks a rule."""

    parcel: str = said("地块", "the parcel")
    buildings: int = said("建筑数", "buildings on it that some rule reaches")
    violating: int = said("突破规则的建筑数", "buildings on it that break a rule")
    worst_m: float = said("最多超出(米)", "the farthest that a rule is passed, m")


class ViewChecked(Answer):
    """Buildings held against rules."""

    buildings: int = said("建筑数", "buildings looked at")
    at_points: int = said("按点位判定的建筑数", "of them, those without an outline")
    rows: list[BrokenRow] = said("突破规则的建筑", "buildings that break a rule, the worst first")
    violations: int = said("突破总数", "how many there are, also those that are not listed")
    checked_rules: list[RuleRow] = said("检查的规则", "the rules")
    parcels: list[ParcelRow] = said(
        "地块", "parcels with buildings that break a rule, the worst first"
    )


@verb(
    "按高度、视廊与天际线规则检查建筑",
    columns=("building", "parcel", "rule_name", "height_m", "most_m", "over_m"),
)
def view_check(region: "Region", ask: ViewCheck) -> ViewChecked:
    """Hold buildings against rules of height, view and skyline; on a branch those that it would build too.

    Example:
        ``hutuo plan view-check --state planned``
    """
    rules = _rules(region.current("view_rule"), ask.rules)
    where = {"place": ask.place} if ask.place else {}
    rows = [row for row in region.current("building", **where) if row["state"] in ask.state]
    shapes = _shapes(rows)
    ground, height = (
        np.array([np.nan if row[name] is None else row[name] for row in rows], float)
        for name in ("ground_m", "height_m")
    )
    told: list[RuleRow] = []
    worst, reached = np.full(len(rows), -np.inf), np.zeros(len(rows), bool)
    broken: list[tuple[float, int, Row, float]] = []
    for number, rule in enumerate(rules):
        report(number / len(rules), named(rule))
        most = ceilings(rule, shapes, ground, ask.refraction)
        over = height - most
        reach, unknown, passed = most < np.inf, np.isnan(most), over > 0
        told.append(_told(rule, int((reach | unknown).sum()), int(unknown.sum()), over[passed]))
        reached |= reach
        worst[passed] = np.maximum(worst[passed], over[passed])
        broken += [
            (float(over[i]), i, rule, float(most[i])) for i in np.flatnonzero(passed).tolist()
        ]
    broken.sort(key=lambda one: (-one[0], rows[one[1]]["building"], one[2]["rule"]))
    return ViewChecked(
        buildings=len(rows),
        at_points=sum(row["footprint"] is None for row in rows),
        rows=[_broken(region, rows[i], rule, most) for _, i, rule, most in broken[: ask.limit]],
        violations=len(broken),
        checked_rules=told,
        parcels=_parcels([row["parcel"] for row in rows], reached, worst),
    )


def ceilings(
    rule: "Row", shapes: "NDArray[np.object_]", ground: "Array", refraction: float = REFRACTION
) -> "Array":
    """How high buildings may rise above their ground under a rule.

    Args:
        rule: A row of the table ``view_rule``.
        shapes: Footprints or points in longitude and latitude, (n,).
        ground: Height of the ground above sea level, (n,), metres; NaN where it is not known.
        refraction: Coefficient of refraction.

    Returns:
        Metres above the ground, (n,): inf where the rule does not reach, NaN where it does and nobody can
        tell, for the height of the ground is not known.
    """
    import shapely

    # A cap above the ground is told without its height.
    above_ground = rule["kind"] == "height" and rule["above"] == "ground"
    level = np.zeros(len(ground)) if above_ground else ground
    if rule["kind"] == "height":
        cap = Capped(shapely.from_wkt(rule["area"]), rule["most_m"], not above_ground)
        most = capped(cap, shapes, level)
    else:
        eye = Viewpoint(*(rule[name] for name in EYE))
        if rule["kind"] == "view":
            landmark = Viewpoint(*(rule[name] for name in LANDMARK))
            most = framed(Corridor(eye, landmark, rule["half_width_m"]), shapes, refraction)
        else:
            edges = (rule[name] for name in SECTOR)
            most = seen(Sector(eye, *edges), shapes, refraction)
    return np.where(most < np.inf, most - level, np.inf)


def _rules(rows: "list[dict[str, Any]]", wanted: Sequence[str]) -> "list[Row]":
    """The rules asked for, each of which says what its kind needs.

    Raises:
        BadInput: Some do not, or are not there; all such are named.
    """
    known = {row["rule"] for row in rows}
    none = Text("没有这条规则", "there is no such rule")
    findings = [Finding("view_rule", None, name, none) for name in wanted if name not in known]
    kept = [row for row in rows if not wanted or row["rule"] in wanted]
    for row in kept:
        for column in NEEDS[row["kind"]]:
            if row[column] is None:
                zh, en = f"{row['kind']}类规则须填写", f"a rule of {row['kind']} must say it"
                findings.append(
                    Finding("view_rule", None, f"{row['rule']}.{column}", Text(zh, en))
                )
        at = [row[name] for name in (*EYE[:2], *LANDMARK[:2])]
        if row["kind"] == "view" and None not in at and at[:2] == at[2:]:
            same = Text("与观景点重合", "it lies where the viewpoint does")
            findings.append(Finding("view_rule", None, f"{row['rule']}.landmark_lon", same))
    areas = [row for row in kept if row["kind"] == "height" and row["area"] is not None]
    places = [f"{row['rule']}.area" for row in areas]
    _, faults = _outlines("view_rule", places, [row["area"] for row in areas])
    _refuse(findings + faults)
    return list(kept)


def _shapes(rows: "Sequence[Row]") -> "NDArray[np.object_]":
    """Footprints, or points where there is none.

    Raises:
        BadInput: A footprint is none; all such are named.
    """
    import shapely

    shapes = np.array(
        shapely.points([(row["lon"], row["lat"]) for row in rows]) if rows else [], object
    )
    at = [i for i, row in enumerate(rows) if row["footprint"] is not None]
    places = [f"{rows[i]['building']}.footprint" for i in at]
    drawn, faults = _outlines("building", places, [rows[i]["footprint"] for i in at])
    _refuse(faults)
    shapes[at] = drawn
    return shapes


def _outlines(
    table: str, places: list[str], wkt: list[str]
) -> "tuple[NDArray[np.object_], list[Finding]]":
    """Outlines, and what is wrong with those that are none; ``places`` tell where each stands."""
    import shapely

    drawn = np.array(shapely.from_wkt(wkt, on_invalid="ignore") if wkt else [], object)
    outline = np.isin(shapely.get_type_id(drawn), POLYGONS) & ~shapely.is_empty(drawn)
    right = "POLYGON ((114.5 38.0, 114.6 38.0, 114.6 38.1, 114.5 38.0))"
    findings = []
    for i in np.flatnonzero(~(outline & shapely.is_valid(drawn))).tolist():
        says = Text(f"不是多边形WKT,应如{right}", f"is no polygon as WKT; {right} would be one")
        if outline[i]:
            why = shapely.is_valid_reason(drawn[i])
            says = Text(f"多边形无效:{why}", f"the polygon is not valid: {why}")
        findings.append(Finding(table, None, places[i], says))
    return drawn, findings


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise BadInput(
            Text("无法检查高度与视线", "heights and views cannot be checked"), findings[:100]
        )


def _told(rule: "Row", reached: int, unknown: int, over: "Array") -> RuleRow:
    return RuleRow(
        rule=rule["rule"],
        rule_name=named(rule),
        kind=rule["kind"],
        kind_name=label(f"kind:{rule['kind']}"),
        plan=rule["plan"],
        clause=rule["clause"],
        buildings=reached,
        violations=len(over),
        ground_unknown=unknown,
        worst_m=float(over.max()) if len(over) else None,
    )


def _broken(region: "Region", row: "Row", rule: "Row", most: float) -> BrokenRow:
    return BrokenRow(
        building=row["building"],
        parcel=row["parcel"],
        place=row["place"],
        place_name=place_name(region, row["place"]) or Text(row["place"], row["place"]),
        state=row["state"],
        rule=rule["rule"],
        rule_name=named(rule),
        kind=rule["kind"],
        kind_name=label(f"kind:{rule['kind']}"),
        clause=rule["clause"],
        height_m=row["height_m"],
        most_m=most,
        over_m=row["height_m"] - most,
    )


def _parcels(
    names: list[str | None], reached: "NDArray[np.bool_]", worst: "Array"
) -> list[ParcelRow]:
    """Parcels on which a building breaks a rule, the worst first."""
    by_parcel: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if name is not None:
            by_parcel.setdefault(name, []).append(i)
    rows = [
        ParcelRow(
            parcel=name,
            buildings=int(reached[its].sum()),
            violating=int((worst[its] > 0).sum()),
            worst_m=float(worst[its].max()),
        )
        for name, its in by_parcel.items()
        if (worst[its] > 0).any()
    ]
    return sorted(rows, key=lambda row: (-row.worst_m, row.parcel))
