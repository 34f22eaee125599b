"""What is reached around a place: stations that help, and facilities of dual use (平急两用)."""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.protocols import units_of
from hutuo.base.sphere import kilometres
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, find_verb, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hutuo.base.region import Region

    Row = dict[str, Any]

__all__ = ["Around", "AroundAnswer", "AroundRow", "CapacityRow", "around"]

# Parts meet in tables and in the registry: travel times are asked for by their name there.
TIMES = ("space", "travel-times")
STATIONS = ("fire_station", "hospital", "clinic", "police", "ambulance_station")
POINTS = ("point", "station")
AMENITY = "amenity="
# Faster than this nobody drives; what lies farther off is not looked at.
FASTEST_KMH = 120.0


class Around(Ask):
    """Around which place, and how far."""

    place: str | None = said("地点", "unit or place; or an incident", default=None)
    incident: int | None = said(
        "事件编号", "number of an incident; its place is taken", default=None, ge=1
    )
    minutes: float = said("几分钟以内", "minutes by road", default=60, gt=0, le=240)
    kinds: tuple[str, ...] = said(
        "救援站点类型:地点表备注中的amenity=…",
        "kinds of stations: what places note after amenity=",
        default=STATIONS,
    )
    most: int = said(
        "每类最多看多少个最近的",
        "nearest stations and nearest facilities that are looked at",
        default=60,
        ge=1,
        le=500,
    )


class AroundRow(Answer):
    """A station or facility."""

    id: str = said("标识", "id of the place or facility")
    name: Text = said("名称", "what it is called")
    dual_use: bool = said(
        "是否平急两用设施", "whether it is a facility of dual use; else a station"
    )
    use: str = said("用途", "kind of station, or what the facility turns into")
    owner: str | None = said("管理单位", "body that runs it")
    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    km: float = said("直线距离(公里)", "great-circle distance, km")
    minutes: float = said("行车分钟", "minutes by road")
    ready_minutes: float = said(
        "可用分钟",
        "minutes until it is of use: the way of a station, the switch of a facility and the way",
    )
    capacity: float | None = said("急时容量", "what a facility then holds")
    capacity_unit: str | None = said("容量单位", "unit of the capacity")


class CapacityRow(Answer):
    """Capacity in an emergency, by unit."""

    unit: str = said("区划代码", "unit that the facilities lie in")
    unit_name: Text = said("区划名称", "what the unit is called")
    emergency: str = said("急时用途", "what they turn into")
    facilities: int = said("设施数", "number of facilities")
    capacity: float = said("急时容量", "what they then hold together")
    capacity_unit: str = said("容量单位", "unit of the capacity")
    switch_hours: float = said("最长转换时间(小时)", "hours until the last of them has switched")


class AroundAnswer(Answer):
    """What is reached, and what facilities hold by unit."""

    place: str = said("地点", "place that was looked around")
    place_name: Text = said("地点名称", "what it is called")
    looked_at: int = said("查看的站点和设施数", "stations and facilities that were looked at")
    rows: list[AroundRow] = said("可达的站点和设施", "what is reached, soonest of use first")
    capacity: list[CapacityRow] = said("分区划急时容量", "what all facilities then hold, by unit")
    missing: list[Text] = said("缺什么", "what is missing")


class _Spot(NamedTuple):
    """Something that may be reached."""

    id: str
    lon: float
    lat: float
    row: "Row"


@verb(
    "给出周边可达的救援站点和平急两用设施",
    columns=("name", "dual_use", "use", "minutes", "ready_minutes", "capacity"),
)
def around(region: "Region", ask: Around) -> AroundAnswer:
    """Give stations and facilities of dual use within some minutes by road, and capacity by unit.

    Example:
        ``hutuo duty around --place 130102 --minutes 30``
    """
    place = ask.place
    if ask.incident is not None:
        from hutuo.duty.incident import Incident, incident

        place = incident(region, Incident(incident=ask.incident)).place
    if place is None:
        raise BadAsk(
            Text("哪里周边?", "around what?"),
            Text("给出place或incident", "give a place, or an incident"),
        )
    region.name_of(place)
    drawn = {row["place"]: row for row in region.current("boundary")}
    facilities = region.current("emergency_facility")
    spots = [*_stations(region, drawn, ask.kinds), *_facilities(region, drawn, facilities)]
    center = _point(region, drawn, place)
    rows, looked = [], 0
    if center is not None:
        near = _near(center, spots, ask)
        looked = len(near)
        minutes = _minutes(region, place, near) if near else {}
        rows = [
            _row(spot, km, minutes[spot.id])
            for spot, km in near
            if minutes.get(spot.id) is not None and minutes[spot.id] <= ask.minutes
        ]
    return AroundAnswer(
        place=place,
        place_name=region.name_of(place),
        looked_at=looked,
        rows=sorted(rows, key=lambda row: (row.ready_minutes, row.id)),
        capacity=_capacity(region, facilities),
        missing=_missing(spots, facilities, center),
    )


def _stations(region: "Region", drawn: "dict[str, Row]", kinds: "Iterable[str]") -> "list[_Spot]":
    notes = {AMENITY + kind for kind in kinds} | set(kinds)
    return [
        _Spot(
            row["place"], drawn[row["place"]]["label_lon"], drawn[row["place"]]["label_lat"], row
        )
        for row in region.records("place")
        if row["kind"] in POINTS and row["note"] in notes and row["place"] in drawn
    ]


def _facilities(region: "Region", drawn: "dict[str, Row]", rows: "list[Row]") -> "list[_Spot]":
    found = []
    for row in rows:
        at = (row["lon"], row["lat"]) if None not in (row["lon"], row["lat"]) else None
        at = at or _point(region, drawn, row["place"])
        if at is not None:
            found.append(_Spot(row["facility"], at[0], at[1], row))
    return found


def _point(region: "Region", drawn: "dict[str, Row]", place: str) -> tuple[float, float] | None:
    """Longitude and latitude of a place: the seat of a unit, else where its label stands."""
    for row in region.current("unit", unit=place):
        if None not in (row["lon"], row["lat"]):
            return row["lon"], row["lat"]
    if place in drawn:
        return drawn[place]["label_lon"], drawn[place]["label_lat"]
    return None


def _near(
    center: tuple[float, float], spots: "list[_Spot]", ask: Around
) -> "list[tuple[_Spot, float]]":
    """What lies so near that it may be reached, the nearest of stations and of facilities."""
    import numpy as np

    if not spots:
        return []
    km = kilometres(np.array([[s.lon, s.lat] for s in spots]), np.array(center))
    pairs = sorted(zip(spots, km.tolist(), strict=True), key=lambda pair: pair[1])
    most_km = ask.minutes / 60 * FASTEST_KMH
    found: list[tuple[_Spot, float]] = []
    for dual in (False, True):
        mine = [p for p in pairs if ("facility" in p[0].row) is dual and p[1] <= most_km]
        found += mine[: ask.most]
    return found


def _minutes(region: "Region", place: str, near: "list[tuple[_Spot, float]]") -> dict[str, float]:
    """Minutes by road to the place, by station or facility; those without a way are left out."""
    points = {f"{spot.lon:.6f}/{spot.lat:.6f}": None for spot, _ in near}
    times = find_verb(*TIMES)
    asked = {"from": list(points), "to": [place], "mode": "road", "limit": 100_000}
    answer = times.run(region, times.read(asked))
    found = {row.from_id: row.minutes for row in answer.rows}
    told = {spot.id: found.get(f"{spot.lon:.6f}/{spot.lat:.6f}") for spot, _ in near}
    return {name: minutes for name, minutes in told.items() if minutes is not None}


def _row(spot: _Spot, km: float, minutes: float) -> AroundRow:
    row = spot.row
    dual = "facility" in row
    switch = 60 * row["switch_hours"] if dual else 0.0
    return AroundRow(
        id=spot.id,
        name=Text(row["zh"], row["en"]),
        dual_use=dual,
        use=row["emergency"] if dual else row["note"].removeprefix(AMENITY),
        owner=row["owner"] if dual else None,
        lon=spot.lon,
        lat=spot.lat,
        km=round(km, 2),
        minutes=round(minutes, 1),
        ready_minutes=round(switch + minutes, 1),
        capacity=row["capacity"] if dual else None,
        capacity_unit=(row["capacity_unit"] or "person") if dual else None,
    )


def _capacity(region: "Region", rows: "list[Row]") -> list[CapacityRow]:
    grouped: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        unit = (units_of(region, row["place"]) or [row["place"]])[0]
        grouped.setdefault((unit, row["emergency"], row["capacity_unit"] or "person"), []).append(
            row
        )
    return [
        CapacityRow(
            unit=unit,
            unit_name=region.names.get(unit, Text(unit, unit)),
            emergency=emergency,
            facilities=len(mine),
            capacity=sum(row["capacity"] for row in mine),
            capacity_unit=symbol,
            switch_hours=max(row["switch_hours"] for row in mine),
        )
        for (unit, emergency, symbol), mine in sorted(grouped.items())
    ]


def _missing(
    spots: "list[_Spot]", facilities: "list[Row]", center: tuple[float, float] | None
) -> list[Text]:
    found = []
    if center is None:
        found.append(Text("该地点没有点位", "no point of the place is known"))
    if not any("facility" not in spot.row for spot in spots):
        says = Text(
            "没有救援站点的点位:加载含amenity=fire_station等的OpenStreetMap摘录,或有经纬度的表格",
            "no point of a station is known: load an OpenStreetMap extract with amenity=fire_station or the"
            " like, or a table with longitude and latitude",
        )
        found.append(says)
    if not facilities:
        says = Text(
            "没有平急两用设施:用base put写入数据表emergency_facility",
            "no facility of dual use is known: write table emergency_facility by base put",
        )
        found.append(says)
    return found
