"""Urban employment areas by the rule used for Japan: centres, suburbs, and suburbs of suburbs.

A centre is a unit with a densely inhabited district of enough people that is no suburb of another centre.
A suburb that itself has at least as many jobs as employed residents, and a district that is large, or large
beside that of its centre, is a centre of the same area. Suburbs of the second and later orders commute most
to a suburb of the order before.

Source: 金本良嗣・徳岡一幸 (2002), 日本の都市圏設定基準, 応用地域学研究 7; thresholds of a third and of
100,000 as told in summaries of it.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.delineation import Delineation, Step, Threshold
from hutuo.space.flows import Flows, share

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the rule; exactly one of them is enough everywhere.

    Attributes:
        core_size: Least people in densely inhabited districts of a centre.
        metropolitan: Least such people for a metropolitan, not a micropolitan employment area.
        share: Least share of employed residents who commute to the centre, or to the suburb before.
        jobs_ratio: Least jobs per employed resident of a suburb that is a further centre.
        second_size: And least people in its districts,
        second_part: or least part of those of the centre.
        orders: Most orders of suburbs.
    """

    core_size: float = 10_000.0
    metropolitan: float = 50_000.0
    share: float = 0.10
    jobs_ratio: float = 1.0
    second_size: float = 100_000.0
    second_part: float = 1 / 3
    orders: float = 10.0


@dataclass
class _Centres:
    """Centres found so far: centre that each candidate belongs to, None while it is looked at."""

    flows: Flows
    district: "NDArray[np.float64]"
    limit: Limits
    shares: "NDArray[np.float64]"
    leads: dict[int, int | None] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    suburbs: set[int] = field(default_factory=set)


def employment_areas(
    flows: "Flows | pd.DataFrame | NDArray[Any]",
    district: "pd.Series[Any] | Mapping[Hashable, float]",
    **limits: float,
) -> Delineation:
    """Urban employment areas.

    Args:
        flows: As for :func:`hutuo.space.functional.functional_area`.
        district: People in densely inhabited districts, by unit; a unit that is not named has none.
        **limits: Fields of :class:`Limits` that differ from the rule.

    Returns:
        Areas, called as their first centre. Steps: ``centres``, ``order 1``, ``order 2`` ..., ``areas``.

    Raises:
        BadInput: The flows are faulty.
        BadAsk: No unit has a district.
    """
    import pandas as pd

    found, limit = Flows.of(flows), Limits(**limits)
    given = pd.Series(district, dtype=float).reindex(list(found.units)).fillna(0.0).to_numpy()
    candidates = np.flatnonzero(given >= limit.core_size)
    if not len(candidates):
        size = f"{limit.core_size:g}"
        hint = Text(
            f"中心为此类地区中至少有{size}人的区划",
            f"units with at least {size} people in such districts",
        )
        raise BadAsk(Text("没有区划是中心", "no unit is a centre"), hint)
    centres = _found_centres(found, given, limit, candidates)
    labels = np.full(len(found.units), -1, dtype=np.int64)
    order = np.full(len(found.units), -1, dtype=np.int64)
    for unit, lead in centres.leads.items():
        if lead is not None and unit not in centres.suburbs:
            labels[unit], order[unit] = lead, 0
    columns = ["unit", "district", "jobs_ratio", "of", "share", "part"]
    steps = [Step("centres", pd.DataFrame(centres.rows, columns=columns))]
    steps += _suburbs(found, labels, order, limit)
    steps.append(_areas(found, given, labels, order, limit))
    units = list(found.units)
    area_of = [None if label < 0 else units[label] for label in labels]
    return Delineation(
        "uea",
        pd.Series(area_of, index=pd.Index(units, name="unit", dtype=object), dtype=object),
        tuple(Threshold(name, float(getattr(limit, name))) for name in Limits.__slots__),
        tuple(steps),
        found.model,
    )


def _found_centres(
    flows: Flows,
    district: "NDArray[np.float64]",
    limit: Limits,
    candidates: "NDArray[np.int64]",
) -> _Centres:
    between = flows.matrix[candidates][:, candidates].toarray()
    shares = share(between, np.broadcast_to(flows.residents[candidates][:, None], between.shape))
    np.fill_diagonal(shares, 0.0)
    centres = _Centres(flows, district, limit, shares)
    where = {int(unit): number for number, unit in enumerate(candidates)}
    for unit in sorted(where, key=lambda one: (-district[one], one)):
        _settle(centres, unit, where)
    return centres


def _settle(centres: _Centres, unit: int, where: dict[int, int]) -> None:
    """Whether a candidate is a centre, a further centre of another's area, or a suburb.

    Those that it commutes to are settled before it; of two that commute to each other the one with the larger
    share is the suburb.
    """
    if unit in centres.leads:
        return
    centres.leads[unit] = None
    mine = centres.shares[where[unit]]
    back = centres.shares[:, where[unit]]
    targets = sorted(
        (other for other, at in where.items() if mine[at] >= centres.limit.share),
        key=lambda other: (-mine[where[other]], other),
    )
    for other in targets:
        at = where[other]
        returned = back[at] >= centres.limit.share
        if returned and (back[at], -centres.district[other]) > (mine[at], -centres.district[unit]):
            continue
        _settle(centres, other, where)
        lead = centres.leads[other]
        if lead is not None and other not in centres.suburbs:
            _attach(centres, unit, lead, float(mine[at]))
            return
    centres.leads[unit] = unit
    _told(centres, unit, unit, 0.0, "centre")


def _attach(centres: _Centres, unit: int, lead: int, share_to: float) -> None:
    limit, district = centres.limit, centres.district
    large = district[unit] >= limit.second_size
    large = large or district[unit] >= limit.second_part * district[lead]
    further = _ratio(centres.flows, unit) >= limit.jobs_ratio and large
    centres.leads[unit] = lead
    if not further:
        centres.suburbs.add(unit)
    _told(centres, unit, lead, share_to, "further centre" if further else "suburb")


def _told(centres: _Centres, unit: int, lead: int, share_to: float, part: str) -> None:
    units = centres.flows.units
    ratio = _ratio(centres.flows, unit)
    row = (units[unit], centres.district[unit], ratio, units[lead], share_to, part)
    centres.rows.append(row)


def _ratio(flows: Flows, unit: int) -> float:
    residents = flows.residents[unit]
    return float(flows.jobs[unit] / residents) if residents > 0 else np.inf


def _suburbs(
    flows: Flows, labels: "NDArray[np.int64]", order: "NDArray[np.int64]", limit: Limits
) -> list[Step]:
    """Suburbs order by order; ``labels`` and ``order`` are filled in."""
    steps = []
    for number in range(1, int(limit.orders) + 1):
        target, shares = (_to_centres if number == 1 else _to_suburbs)(
            flows, labels, order, number
        )
        joins = (labels < 0) & (target >= 0) & (shares >= limit.share)
        table = _joined(flows, labels, target, shares, joins, first=number == 1)
        steps.append(Step(f"order {number}", table))
        if not joins.any():
            break
        at = np.flatnonzero(joins)
        labels[at] = target[at] if number == 1 else labels[target[at]]
        order[at] = number
    return steps


def _to_centres(
    flows: Flows, labels: "NDArray[np.int64]", _order: "NDArray[np.int64]", _number: int
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Area whose centres together draw most residents of each unit, and their share."""
    from scipy.sparse import csr_array

    leads = np.unique(labels[labels >= 0])
    at = np.flatnonzero(labels >= 0)
    member = csr_array(
        (np.ones(len(at)), (at, np.searchsorted(leads, labels[at]))),
        shape=(len(labels), len(leads)),
    )
    people = (flows.matrix @ member).toarray()
    best = people.argmax(axis=1)
    return leads[best], share(people[np.arange(len(best)), best], flows.residents)


def _to_suburbs(
    flows: Flows, _labels: "NDArray[np.int64]", order: "NDArray[np.int64]", number: int
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Unit that draws most residents of each unit, -1 unless it is a suburb of the order before."""
    away = flows.matrix.tolil(copy=True)
    away.setdiag(0)
    away = away.tocsr()
    best = np.asarray(away.argmax(axis=1)).ravel()
    most = np.asarray(away.max(axis=1).todense()).ravel()
    target = np.where((most > 0) & (order[best] == number - 1), best, -1)
    return target, share(most, flows.residents)


def _joined(
    flows: Flows,
    labels: "NDArray[np.int64]",
    target: "NDArray[np.int64]",
    shares: "NDArray[np.float64]",
    joins: "NDArray[np.bool_]",
    *,
    first: bool,
) -> "pd.DataFrame":
    import pandas as pd

    at = np.flatnonzero(joins)
    lead = target[at] if first else labels[target[at]]
    return pd.DataFrame(
        {
            "unit": [flows.units[one] for one in at],
            "of": [flows.units[one] for one in target[at]],
            "area": [flows.units[one] for one in lead],
            "share": shares[at],
        }
    )


def _areas(
    flows: Flows,
    district: "NDArray[np.float64]",
    labels: "NDArray[np.int64]",
    order: "NDArray[np.int64]",
    limit: Limits,
) -> Step:
    import pandas as pd

    at = np.flatnonzero(labels >= 0)
    large = np.zeros(len(labels), dtype=bool)
    for lead in np.unique(labels[at]):
        held = district[(labels == lead) & (order == 0)].sum()
        large[lead] = held >= limit.metropolitan
    table = pd.DataFrame(
        {
            "area": [flows.units[one] for one in labels[at]],
            "unit": [flows.units[one] for one in at],
            "order": order[at],
            "kind": np.where(large[labels[at]], "metropolitan", "micropolitan"),
        }
    )
    return Step("areas", table.sort_values(["area", "order", "unit"], ignore_index=True))
