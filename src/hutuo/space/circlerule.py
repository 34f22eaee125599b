"""The Chinese rule: a metropolitan area is the one-hour circle around its core, with daily commuters.

The guiding opinions take the one-hour commuting circle as the basic range of a metropolitan area, and say
neither by which mode the hour counts, nor from door to door or from seat to seat, nor how many commuters
make a tie. All three are asked for here, and :func:`hutuo.space.delineation.stability` shows how much hangs
on them.

Source: 国家发展改革委, 关于培育发展现代化都市圈的指导意见 (发改规划〔2019〕328号);
自然资源部, guide of 2020 to 都市圈国土空间规划 (one hour with daily commuting ties). A flow share of 10 % for
the boundary and 5 % for what lies beyond follow a study of Beijing (上海城市规划 2023(6)).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.delineation import Delineation, Step, Threshold
from hutuo.space.flows import Flows, named_units, ordered

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

Needs = Literal["both", "time", "flow", "either"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rule leaves open.

    Attributes:
        minutes: Most minutes to the core.
        share: Least share of a unit's employed residents who work in the core.
        needs: ``both``, ``time``, ``flow``, or ``either`` of the two.
        inclusive: Whether exactly ``minutes`` and exactly ``share`` are enough.
        mode: By which mode and between which points the minutes count; kept with the steps.
    """

    minutes: float = 60.0
    share: float = 0.10
    needs: Needs = "both"
    inclusive: bool = True
    mode: str = ""


def commuting_circle(
    minutes_of: "pd.Series[Any] | Mapping[Hashable, float]",
    core: Any,
    flows: "Flows | pd.DataFrame | NDArray[Any] | None" = None,
    **limits: Any,
) -> Delineation:
    """Units within the circle of a core by time, by commuters, or by both.

    Args:
        minutes_of: Travel time from each unit to the core, by unit; inf or NaN where it is not reached.
        core: Unit or units of the core; always inside.
        flows: Commuters; not needed where only time is asked.
        **limits: Fields of :class:`Limits` that differ from its own: ``minutes``, ``share``, ``needs``,
            ``inclusive``, ``mode``.

    Returns:
        One area, called as the first unit of the core. Steps: ``time``, ``flow`` and ``circle``, each with
        whether a unit is inside by it. A unit without a time or without flows does not meet that test.

    Raises:
        BadAsk: Flows are missing where they are needed, or a threshold is out of range.
    """
    import pandas as pd

    limit = Limits(**limits)
    _check(limit, given=flows is not None)
    cores = named_units(core)
    times = pd.Series(dict(minutes_of), dtype=float)
    found = None if flows is None else Flows.of(flows)
    units = ordered([*times.index, *(found.units if found else ()), *cores])
    table = pd.DataFrame({"unit": units, "minutes": times.reindex(units).to_numpy()})
    table["by_time"] = _in_time(table["minutes"].to_numpy(), limit)
    steps = [Step("time", table.assign(mode=limit.mode))]
    if found is not None:
        shares = pd.Series(found.share_to(found.positions(core)), index=list(found.units))
        table["share"] = shares.reindex(units).to_numpy()
        least = Threshold("share", limit.share, limit.inclusive)
        table["by_flow"] = least.met(table["share"].fillna(-1.0).to_numpy())
        steps.append(Step("flow", table[["unit", "share", "by_flow"]].copy()))
    table["inside"] = _needed(table, limit.needs) | table["unit"].isin(cores)
    steps.append(Step("circle", table))
    inside = [cores[0] if yes else None for yes in table["inside"]]
    return Delineation(
        "circle",
        pd.Series(inside, index=pd.Index(units, name="unit", dtype=object), dtype=object),
        _thresholds(limit),
        tuple(steps),
        found.model if found else None,
    )


def _check(limit: Limits, *, given: bool) -> None:
    if limit.needs not in get_args(Needs):
        known = get_args(Needs)
        raise BadAsk(
            Text(f"needs为“{limit.needs}”", f"needs is '{limit.needs}'"),
            Text(f"可用:{'、'.join(known)}", f"possible: {', '.join(known)}"),
        )
    if limit.needs != "time" and not given:
        raise BadAsk(
            Text(f"“{limit.needs}”须有通勤流", f"'{limit.needs}' needs flows"),
            Text("请给出通勤流,或用needs='time'", "give flows, or ask for needs='time'"),
        )
    if not (limit.minutes >= 0 and 0 <= limit.share <= 1):
        zh, en = f"minutes为{limit.minutes:g},share为{limit.share:g}", f"minutes {limit.minutes:g}"
        hint = Text("minutes不小于0,share在0至1之间", "minutes >= 0 and a share from 0 to 1")
        raise BadAsk(Text(zh, f"{en}, share {limit.share:g}"), hint)


def _in_time(minutes: "NDArray[np.float64]", limit: Limits) -> "NDArray[np.bool_]":
    known = np.where(np.isnan(minutes), np.inf, minutes)
    return known <= limit.minutes if limit.inclusive else known < limit.minutes


def _needed(table: "pd.DataFrame", needs: Needs) -> "pd.Series[bool]":
    if needs == "time":
        return table["by_time"]
    if needs == "flow":
        return table["by_flow"]
    if needs == "both":
        return table["by_time"] & table["by_flow"]
    return table["by_time"] | table["by_flow"]


def _thresholds(limit: Limits) -> tuple[Threshold, ...]:
    both = (
        Threshold("minutes", limit.minutes, limit.inclusive),
        Threshold("share", limit.share, limit.inclusive),
    )
    return {"time": both[:1], "flow": both[1:]}.get(limit.needs, both)
