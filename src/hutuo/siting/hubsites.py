"""Hubs of a region: where what goes between places is gathered, sent on together, and handed out again."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.siting.ground import Ground, Moved, Point, Ways
from hutuo.siting.hubasks import HubAnswer, HubLink, HubRoute, HubRow, HubSites, HubSpoke
from hutuo.siting.hubflows import UNITS, Sent, sent_of
from hutuo.siting.siterows import none_stands
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.hubs import Hubs

    Floats = NDArray[np.float64]

__all__ = ["Case", "case_of", "hubs"]

TOLD = 20


class Case(NamedTuple):
    """Places, those that must be hubs and must not, ways between them, and places without a point."""

    points: list[Point]
    kept: list[int]
    shut: list[int]
    ways: Ways
    lost: list[str]


@verb("枢纽选址:集散点的位置与各地流量的去向", columns=("name", "stands", "handled", "places"))
def hubs(region: "Region", ask: HubSites) -> HubAnswer:
    """Find hubs over which what goes between places goes at least cost, with the bound of that.

    Example:
        ``hutuo siting hubs --number 3 --transferred 0.4``
    """
    from hutuo.siting.hubs import hub_location

    report(0.0, Text("读取地点与流量", "reading places and flows"))
    priced = ask.opening_fen is not None
    if priced != (ask.fen_per_minute is not None) or not (priced or ask.number is not None):
        says = Text(
            "须给出number,或同时给出opening_fen与fen_per_minute",
            "needs number, or both opening_fen and fen_per_minute",
        )
        raise BadAsk(says, Text("见siting hubs的说明", "see the page of siting hubs"))
    case = case_of(region, ask)
    sent = sent_of(region, ask, case.points, case.ways)
    report(0.2, Text("求解", "solving"))
    found = hub_location(
        sent.amounts,
        case.ways.minutes * (ask.fen_per_minute or 1.0),
        None if ask.number is None else ask.number + len(case.kept),
        transfer=ask.transferred,
        collect=ask.collected,
        distribute=ask.distributed,
        single=ask.single,
        opening=_opening(ask, case),
        fixed=case.kept,
        forbidden=case.shut,
        start=_start(ask, case),
        time_limit=ask.seconds,
    )
    return _answer(region, ask, case, sent, found)


def case_of(region: "Region", ask: HubSites) -> Case:
    """Places that send or may be hubs, and the minutes between all of them.

    Raises:
        NotFound: There is no such place or matrix.
        BadAsk: There are too few places, or more hubs are asked for than there are candidates.
        BadInput: There is no way between two places; the first of them are named.
    """
    import numpy as np

    from hutuo.siting.ground import ways_of
    from hutuo.siting.zones import inside

    ground = Ground(region)
    clients, lost = ground.points(ask.clients or [region.info.set])
    stand = ground.of_kind(ask.kind) if ask.kind and ask.existing else []
    kept, bare = ground.points([*stand, *ask.keep])
    more, gone = ground.points(ask.candidates or ask.clients or [region.info.set])
    for place in ask.forbid:
        ground.point(place)
    held = {one.place for one in kept}
    never = {*ask.forbid, *inside(ground, more, ask.avoid, ask.avoid_protection)} - held
    free = {one.place for one in more} - held - never
    points = list({one.place: one for one in [*kept, *clients, *more]}.values())
    if len(points) < 2 or not held | free:  # noqa: PLR2004 - flows need two places
        says = Text(
            "地点少于两个,或没有候选枢纽", "fewer than two places, or no candidate is left"
        )
        raise BadAsk(says, Text("请写明clients与candidates", "name clients and candidates"))
    if ask.number is not None and not 1 <= ask.number + len(held) <= len(held | free):
        says = Text(
            f"新设{ask.number}处;保留{len(held)}处,另有候选{len(free)}处",
            f"{ask.number} new hubs; {len(held)} are kept and {len(free)} candidates are left",
        )
        raise BadAsk(says, Text("请改number或candidates", "change number or candidates"))
    ways = ways_of(region, points, points, Moved(ask.times, ask.outbound, ask.detour, ask.kmh))
    cut = np.argwhere(~np.isfinite(ways.minutes))[:TOLD]
    if len(cut):
        none = Text("没有通路", "there is no way")
        told = Text("地点之间须都能到达", "all places must be within reach of each other")
        names = [f"{points[i].place} - {points[j].place}" for i, j in cut]
        raise BadInput(told, [Finding("minutes", None, one, none) for one in names])
    kinds = [(one.place in held, one.place in free) for one in points]
    return Case(
        points,
        [at for at, (must, _) in enumerate(kinds) if must],
        [at for at, (must, may) in enumerate(kinds) if not must and not may],
        ways,
        list(dict.fromkeys([*lost, *bare, *gone])),
    )


def _opening(ask: HubSites, case: Case) -> "Floats | None":
    """What each place costs as a hub; those that stand cost nothing more."""
    import numpy as np

    if ask.opening_fen is None:
        return None
    price = np.full(len(case.points), float(ask.opening_fen))
    price[case.kept] = 0.0
    return price


def _start(ask: HubSites, case: Case) -> list[int] | None:
    """Positions of the hubs to begin with.

    Raises:
        BadInput: One is no place that may be a hub; all such are named.
    """
    if not ask.start_sites:
        return None
    at = {one.place: n for n, one in enumerate(case.points) if n not in case.shut}
    none = Text("不是候选地点", "is no candidate")
    wrong = [Finding("start_sites", None, one, none) for one in ask.start_sites if one not in at]
    if wrong:
        told = Text(f"{len(wrong)}处不是候选枢纽", f"{len(wrong)} are no candidates")
        raise BadInput(told, wrong)
    return sorted({at[one] for one in ask.start_sites})


def _answer(region: "Region", ask: HubSites, case: Case, sent: Sent, found: "Hubs") -> HubAnswer:
    import numpy as np

    from hutuo.base.answers import rounded
    from hutuo.base.figures import source_name

    minutes, amounts = case.ways.minutes, sent.amounts
    here = np.arange(len(case.points))
    over = (
        minutes[here[:, None], found.first]
        + minutes[found.first, found.second]
        + minutes[found.second, here[None, :]]
    )
    total, price = float(amounts.sum()), ask.fen_per_minute or 1.0
    zh, en = ("总费用(分)", "cost in all, fen") if ask.fen_per_minute else (
        "折算后的流量·分钟", "flow times minutes, weighted by leg"
    )  # fmt: skip
    return HubAnswer(
        status=found.status,
        status_name=label(f"solved:{found.status}"),
        objective=round(found.objective, 3),
        value_of=Text(zh, en),
        bound=rounded(found.bound, 3),
        gap=rounded(found.gap, 6),
        straight_value=round(float((amounts * minutes).sum()) * price, 3),
        flow_amount=round(total, 3),
        flow_unit=UNITS[ask.sent_by],
        mean_minutes=rounded(float((amounts * over).sum()) / total, 1),
        straight_minutes=rounded(float((amounts * minutes).sum()) / total, 1),
        rows=_rows(case, amounts, found),
        spokes=_spokes(case, amounts, found),
        trunks=_trunks(case, amounts, found),
        ways=_routes(case, amounts, found, over) if ask.routes else [],
        without_point=case.lost,
        without_figure=sent.bare,
        year=sent.year,
        estimate=sent.estimate or case.ways.estimate,
        assumptions=_assumed(ask, case, sent),
        sources=[source_name(region, one) for one in sent.sources],
    )


def _rows(case: Case, amounts: "Floats", found: "Hubs") -> list[HubRow]:
    import numpy as np

    rows = []
    for hub in found.hubs:
        point, through = case.points[hub], (found.first == hub) | (found.second == hub)
        mine = through & (amounts > 0)
        used = (mine & (found.first == hub)).any(axis=1) | (mine & (found.second == hub)).any(
            axis=0
        )
        rows.append(
            HubRow(
                place=point.place,
                name=point.name,
                lon=point.lon,
                lat=point.lat,
                city=point.city or None,
                stands=hub in case.kept,
                handled=round(float(np.where(through, amounts, 0.0).sum()), 3),
                places=int(used.sum()),
            )
        )
    return sorted(rows, key=lambda row: (not row.stands, -row.handled, row.place))


def _spokes(case: Case, amounts: "Floats", found: "Hubs") -> list[HubSpoke]:
    import numpy as np

    rows, points = [], case.points
    for hub in found.hubs:
        out = np.where(found.first == hub, amounts, 0.0).sum(axis=1)
        into = np.where(found.second == hub, amounts, 0.0).sum(axis=0)
        rows += [
            HubSpoke(
                place=points[at].place,
                name=points[at].name,
                hub=points[hub].place,
                hub_name=points[hub].name,
                outgoing=round(float(out[at]), 3),
                incoming=round(float(into[at]), 3),
                minutes=round(float(case.ways.minutes[at, hub]), 1),
            )
            for at in np.flatnonzero(out + into > 0)
        ]
    return sorted(rows, key=lambda row: (-row.outgoing - row.incoming, row.place, row.hub))


def _trunks(case: Case, amounts: "Floats", found: "Hubs") -> list[HubLink]:
    import numpy as np

    rows, points = [], case.points
    for one in found.hubs:
        for other in found.hubs:
            mine = (found.first == one) & (found.second == other)
            flow = float(np.where(mine, amounts, 0.0).sum())
            if one != other and flow > 0:
                rows.append(
                    HubLink(
                        from_id=points[one].place,
                        from_name=points[one].name,
                        to_id=points[other].place,
                        to_name=points[other].name,
                        flow_amount=round(flow, 3),
                        minutes=round(float(case.ways.minutes[one, other]), 1),
                    )
                )
    return sorted(rows, key=lambda row: (-row.flow_amount, row.from_id, row.to_id))


def _routes(case: Case, amounts: "Floats", found: "Hubs", over: "Floats") -> list[HubRoute]:
    import numpy as np

    names = [one.place for one in case.points]
    return [
        HubRoute(
            from_id=names[i],
            to_id=names[j],
            flow_amount=round(float(amounts[i, j]), 3),
            first_hub=names[found.first[i, j]],
            last_hub=names[found.second[i, j]],
            minutes=round(float(over[i, j]), 1),
            straight_minutes=round(float(case.ways.minutes[i, j]), 1),
        )
        for i, j in np.argwhere(amounts > 0)
    ]


def _assumed(ask: HubSites, case: Case, sent: Sent) -> list[Text]:
    told = [
        case.ways.told,
        sent.told,
        Text(
            "所有流量都经一处或两处枢纽,枢纽能力不限;同一地点内部的流量不计",
            "everything goes over one hub or two, whose capacity is not limited; what stays within a "
            "place is not counted",
        ),
        Text(
            f"费用倍数:集{ask.collected:g}、转{ask.transferred:g}、散{ask.distributed:g},由提问者给出",
            f"parts of the cost: to the first hub {ask.collected:g}, between hubs {ask.transferred:g}, from "
            f"the last {ask.distributed:g}, as asked",
        ),
    ]
    return [*told, *none_stands(ask, len(case.kept))]
