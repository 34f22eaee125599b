"""A plan of sites as rows on a branch: what opens, closes and grows, so that other verbs count with it."""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.answers import Placed
from hutuo.base.geographies import today
from hutuo.base.selection import MAIN
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.siting.ground import Ground, Point
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

SOURCE = {
    "source": "siting-what-if",
    "zh": "选址方案(假设,未决定)",
    "en": "Plan of sites (assumed, not decided)",
    "publisher": "hutuo siting apply",
    "licence": "none",
    "quality": "C",
    "origin": "hutuo siting apply",
}
METHOD = "选址方案 / plan of sites"


class Apply(Ask):
    """What changes about which facilities."""

    kind: str = said(
        "设施类型,写入地点的备注,space rescue 等据此查找",
        "kind of facility; places note it, and space rescue finds them by it",
        min_length=1,
        max_length=60,
        pattern=r"[^\s/:|]+",
    )
    name: str | None = said(
        "写入哪个分支,没有则建立;缺省为所看的分支",
        "branch that is written to, made if there is none; the one looked at by default",
        default=None,
    )
    open: tuple[str, ...] = said(
        "新设于:区划、地点或经纬度", "where one opens: units, places or points", default=()
    )
    close: tuple[str, ...] = said("关闭:设施的地点", "facilities that close", default=())
    enlarge: tuple[str, ...] = said(
        "扩建:地点=新容量", "facilities that grow, as PLACE=CAPACITY", default=()
    )
    capacity: str | None = said(
        "容量指标;给出时写入容量",
        "indicator of capacity; without it none is written",
        default=None,
    )
    new_capacity: float | None = said("新设施的容量", "capacity of a new site", default=None, gt=0)
    day: date | None = said(
        "自哪一天起;缺省为今天", "day from which it holds; today by default", default=None
    )
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Applied(Placed):
    """What becomes of one facility."""

    change: str = said("变化:open、close 或 enlarge", "open, close or enlarge")
    lon: float | None = said("经度", "longitude")
    lat: float | None = said("纬度", "latitude")
    before: float | None = said("原容量", "capacity before; null if not known")
    after: float | None = said("新容量", "capacity after; null if none is written")


class ApplyAnswer(Answer):
    """What was written where."""

    branch: str = said("分支", "branch that was written to, or would be")
    rows: list[Applied] = said("各设施", "facilities and what becomes of them")
    stored: int = said("写入的行数", "rows that were written")
    tables: dict[str, int] = said("各表的行数", "rows by table")
    again: list[Text] = said(
        "可在分支上重算的命令", "commands by which other answers come out anew there"
    )


class Change(NamedTuple):
    """Rows that are written and rows that are taken back, by table."""

    rows: "dict[str, list[Row]]"
    gone: "dict[str, list[Row]]"
    told: list[Applied]


@verb("把选址方案写成分支:新设、关闭、扩建", columns=("change", "name", "before", "after"))
def apply(region: "Region", ask: Apply) -> ApplyAnswer:
    """Write a plan of sites onto a branch: what opens, closes and is enlarged."""
    name = ask.name or region.branch
    if name == MAIN:
        says = Text("方案须写入分支,不写主干", "a plan goes onto a branch, never onto main")
        raise BadAsk(says, Text("请以name给出分支名称", "give a branch as name"))
    change = changed(region, ask)
    counts = _counts(change)
    stored = 0
    if ask.check:
        _checked(region, change)
    else:
        stored = _written(_opened(region, name), change)
    return ApplyAnswer(
        branch=name, rows=change.told, stored=stored, tables=counts, again=_again(ask, name)
    )


def changed(region: "Region", ask: Apply) -> Change:
    """The rows that make up a plan.

    Raises:
        BadAsk: Nothing changes, or capacities are given without their indicator.
        BadInput: Something that closes or grows is no facility of the kind, or opens twice; all are told.
    """
    if not (ask.open or ask.close or ask.enlarge):
        raise BadAsk(
            Text("没有新设、关闭或扩建", "nothing opens, closes or grows"),
            Text("请给出open、close或enlarge", "give open, close or enlarge"),
        )
    if (ask.enlarge or ask.new_capacity) and not ask.capacity:
        raise BadAsk(
            Text("给出容量须写明指标", "capacities need their indicator"),
            Text("请给出capacity", "give capacity"),
        )
    ground = Ground(region)
    grown = _grown(ask)
    _refuse_strangers(ground, ask, grown)
    day = ask.day or today(region)
    change = Change({}, {}, [])
    for place in dict.fromkeys(ask.open):
        _open(ground, ask, place, (day, change))
    for place in dict.fromkeys(ask.close):
        _close(ground, ask, place, change)
    for place, size in grown.items():
        _enlarge(ground, ask, (place, size), (day, change))
    if change.rows:
        change.rows["source"] = [dict(SOURCE)]
    return change


def _grown(ask: Apply) -> dict[str, float]:
    """New capacities by place.

    Raises:
        BadAsk: One is not written as PLACE=CAPACITY; all such are told.
    """
    found, wrong = {}, []
    for word in ask.enlarge:
        place, sign, size = word.rpartition("=")
        try:
            found[place] = float(size)
        except ValueError:
            wrong.append(word)
            continue
        if not sign or not 0 < found[place] < float("inf"):
            wrong.append(word)
    if wrong:
        shown = ", ".join(wrong)
        says = Text(f"enlarge:{shown}不是地点=容量", f"enlarge: {shown} is no PLACE=CAPACITY")
        raise BadAsk(says, Text("如 point:a=300", "as point:a=300"))
    return found


def _refuse_strangers(ground: Ground, ask: Apply, grown: dict[str, float]) -> None:
    stand = set(ground.of_kind(ask.kind))
    not_one = Text(f"不是“{ask.kind}”设施", f"is no facility of kind {ask.kind}")
    findings = [
        Finding("close" if place in ask.close else "enlarge", None, place, not_one)
        for place in dict.fromkeys([*ask.close, *grown])
        if place not in stand
    ]
    both = Text("不能同时关闭和扩建", "cannot close and grow at once")
    findings += [Finding("enlarge", None, p, both) for p in grown if p in ask.close]
    there = Text("该处已有同类设施", "one of that kind is there already")
    findings += [
        Finding("open", None, place, there)
        for place in ask.open
        if place in stand or _id(ask.kind, place) in stand
    ]
    if findings:
        many = len(findings)
        raise BadInput(Text(f"方案有{many}处问题", f"the plan has {many} findings"), findings)


def _id(kind: str, place: str) -> str:
    """Id of a new facility: of the same kind at the same place it is the same."""
    return f"point:{kind}@{place.replace(' ', '')}"


def _open(ground: Ground, ask: Apply, place: str, into: tuple[date, Change]) -> None:
    change = into[1]
    point = ground.point(place)
    if point is None:
        says = Text(f"“{place}”没有点位", f"no point of '{place}' is known")
        raise BadAsk(says, Text("请给出经纬度,如114.5/38.0", "give a point, as 114.5/38.0"))
    name = _id(ask.kind, place)
    row = {
        "place": name,
        "kind": "point",
        "zh": f"{point.name.zh}({ask.kind},方案)",
        "en": f"{point.name.en} ({ask.kind}, planned)",
        "part_of": point.unit,
        "source": SOURCE["source"],
        "note": ask.kind,
    }
    change.rows.setdefault("place", []).append(row)
    change.rows.setdefault("boundary", []).append(_boundary(name, point))
    if ask.capacity and ask.new_capacity:
        _capacity(ground, ask, (name, ask.new_capacity), into)
    size = ask.new_capacity if ask.capacity else None
    told = Applied(
        place=name,
        name=Text(row["zh"] or "", row["en"] or ""),
        change="open",
        lon=point.lon,
        lat=point.lat,
        before=None,
        after=size,
    )
    change.told.append(told)


def _boundary(name: str, point: Point) -> "Row":
    import shapely

    return {
        "place": name,
        "geometry": shapely.to_wkb(shapely.Point(point.lon, point.lat)),
        "area_km2": 0.0,
        "label_lon": point.lon,
        "label_lat": point.lat,
        "source": SOURCE["source"],
    }


def _capacity(
    ground: Ground, ask: Apply, of: tuple[str, float], into: tuple[date, Change]
) -> None:
    from hutuo.base.figures import indicator_of

    day, change = into
    row = {
        "place": of[0],
        "indicator": ask.capacity,
        "valid_from": day,
        "value": of[1],
        "unit": indicator_of(ground.region, ask.capacity or "")["unit"],
        "source": SOURCE["source"],
        "quality": "B",
        "estimate": True,
        "method": METHOD,
    }
    change.rows.setdefault("observation", []).append(row)


def _held(ground: Ground, indicator: str | None, place: str) -> float | None:
    """Capacity of a facility as last observed, in the indicator's own unit."""
    from hutuo.base.figures import indicator_of
    from hutuo.base.series import observed
    from hutuo.units import convert

    if indicator is None:
        return None
    unit = indicator_of(ground.region, indicator)["unit"]
    rows = observed(ground.region, place, indicator)
    return convert(rows[-1].value, rows[-1].unit, unit) if rows else None


def _close(ground: Ground, ask: Apply, place: str, change: Change) -> None:
    change.gone.setdefault("place", []).append({"place": place})
    if place in ground.drawn:
        change.gone.setdefault("boundary", []).append({"place": place})
    keys = ("place", "indicator", "valid_from", "valid_to")
    for row in ground.region.history("observation", place=place):
        change.gone.setdefault("observation", []).append({key: row[key] for key in keys})
    before = _held(ground, ask.capacity, place)
    change.told.append(_told(ground, place, "close", (before, 0.0 if ask.capacity else None)))


def _enlarge(ground: Ground, ask: Apply, of: tuple[str, float], into: tuple[date, Change]) -> None:
    place, size = of
    before = _held(ground, ask.capacity, place)
    _capacity(ground, ask, of, into)
    into[1].told.append(_told(ground, place, "enlarge", (before, size)))


def _told(
    ground: Ground, place: str, change: str, sizes: tuple[float | None, float | None]
) -> Applied:
    drawn = ground.drawn.get(place)
    return Applied(
        place=place,
        name=ground.region.name_of(place),
        change=change,
        lon=drawn["label_lon"] if drawn else None,
        lat=drawn["label_lat"] if drawn else None,
        before=sizes[0],
        after=sizes[1],
    )


def _counts(change: Change) -> dict[str, int]:
    names = sorted({*change.rows, *change.gone})
    return {
        name: len(change.rows.get(name, ())) + len(change.gone.get(name, ())) for name in names
    }


def _checked(region: "Region", change: Change) -> None:
    from hutuo.base.recording import recorded

    if change.rows:
        recorded(region, change.rows, "siting apply", check=True)


def _opened(region: "Region", name: str) -> "Region":
    from dataclasses import replace

    if name not in region.lake.branches():
        return region.create_branch(name)
    return replace(region, branch=name)


def _written(on: "Region", change: Change) -> int:
    """Write a plan: first what is taken back, then what is new."""
    from hutuo.base.recording import recorded
    from hutuo.base.writing import About, frames_of, retract

    about, stored = About("siting apply"), 0
    for table in ("observation", "boundary", "place"):
        gone = change.gone.get(table)
        if gone:
            _, frames = frames_of({table: [{**row, "retracted": True} for row in gone]})
            stored += retract(on, table, frames[table], about).stored[table]
    if change.rows:
        stored += recorded(on, change.rows, "siting apply", check=False)[1]
    return stored


def _again(ask: Apply, name: str) -> list[Text]:
    """Commands that count with the plan."""
    rescue = f"hutuo space rescue --kind {ask.kind} --branch {name}"
    locate = f"hutuo siting locate --kind {ask.kind} --number 0 --branch {name}"
    found = [Text(rescue, rescue), Text(locate, locate)]
    if ask.capacity:
        again = f"hutuo siting provision --capacity {ask.capacity} --branch {name}"
        found.append(Text(again, again))
    return found
