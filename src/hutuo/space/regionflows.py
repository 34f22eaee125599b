"""Commuters of a region: counted in its table of flows, else modelled from its people and roads."""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from hutuo.verbs import Ask, Text, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.flows import Flows
    from hutuo.space.settled import Settled

Model = Literal["radiation", "gravity"]
CORE = "set:core"
# Share of employed residents of the 401 German counties who worked in another one in 2018, counted.
LEAVING = 0.33
# Fitted to the same flows by road minutes, one way, within a unit as below.
DECAY = 0.113
# Mean distance of two points in a circle, over its radius.
IN_CIRCLE = 128 / (45 * np.pi)


class Modelling(Ask):
    """How commuters are modelled where nobody counted them."""

    flows: Literal["auto", "counted", "modelled"] = said(
        "通勤量:auto 有统计用统计,没有则用模型",
        "commuters: auto takes counted ones where there are any",
        default="auto",
    )
    year: int | None = said(
        "统计通勤量的年份;缺省为最新", "year of counted commuters; the latest one by default",
        default=None, ge=1900, le=2200,
    )  # fmt: skip
    people: str | None = said(
        "人口指标;缺省为核心的、可加的、最常观测的人口指标",
        "indicator of people; the core one that adds up and is most often observed by default",
        default=None,
    )
    jobs: str | None = said(
        "代表就业岗位分布的指标;缺省以人口代替,会低估流向大城市的通勤",
        "indicator that tells where jobs are; people by default, which understates who goes to large cities",
        default=None,
    )
    model: Model = said("通勤模型", "model of commuters", default="radiation")
    leaving: float = said(
        "在本单元以外工作者的占比(辐射模型);缺省为德国401个县2018年的统计值,是借用",
        "share of people who work outside their unit (radiation); the default was counted in 401 German "
        "counties in 2018 and is borrowed",
        default=LEAVING,
        ge=0,
        le=1,
    )
    decay: float = said(
        "每分钟的衰减(引力模型);缺省由同一统计拟合",
        "decay a minute (gravity); the default was fitted to the same counted flows",
        default=DECAY,
        ge=0,
        le=10,
    )


class Commuting(NamedTuple):
    """Commuters between units of a region.

    Attributes:
        flows: The flows; ``flows.model`` is None if they were counted.
        year: Year that they are of.
        basis: Where they come from.
        sources: Ids of sources.
        here: Units with people.
    """

    flows: "Flows"
    year: int
    basis: Text
    sources: tuple[str, ...]
    here: "Settled"


def commuting_of(region: "Region", ask: Modelling) -> Commuting:
    """Commuters of a region: counted in its table ``flow``, else modelled from its people and roads.

    Raises:
        NotFound: Counted commuters are asked for and there are none; or there are no people to model from.
    """
    from hutuo.errors import NotFound
    from hutuo.space.settled import settled

    here = settled(region, ask.people)
    if ask.flows != "modelled":
        rows = _counted(region, ask.year)
        if rows is not None:
            return _of_rows(rows, here)
        if ask.flows == "counted":
            hint = Text(
                "请用base ingest载入表flow的行,或改用flows=modelled",
                "load rows into the table flow (base ingest), or ask for flows modelled",
            )
            when = Text(f"{ask.year}年", f" in {ask.year}") if ask.year else Text("", "")
            says = Text(f"{when.zh}没有统计的通勤量", f"no commuters were counted{when.en}")
            raise NotFound(says, hint)
    return _modelled(region, ask, here)


def core_of(region: "Region", given: "Sequence[str] | None", here: "Settled") -> list[str]:
    """Units of the core that have people: those given, else those of ``set:core``, else the largest unit."""
    from hutuo.errors import NotFound
    from hutuo.space.settled import units_of

    if not given and not region.records("place", place=CORE):
        return [here.units[int(here.latest.argmax())]]
    named = [unit for one in given or [CORE] for unit in units_of(region, one, here)]
    known = [unit for unit in dict.fromkeys(named) if unit in here.position]
    if not known:
        told = ", ".join(given or [CORE])
        says = Text(f"核心({told})没有有人口数的区划", f"no unit of the core ({told}) has people")
        raise NotFound(says, Text("应为有人口数的区划", "units with figures of people"))
    return known


def minutes_to(region: "Region", core: list[str], here: "Settled") -> dict[str, float]:
    """Minutes by road from every unit's seat to the nearest seat of the core; inf where there is no way."""
    minutes = _road_minutes(region, here)[:, here.at(core)].min(axis=1)
    return dict(zip(here.units, minutes.tolist(), strict=True))


def _road_minutes(region: "Region", here: "Settled") -> "NDArray[np.float64]":
    from hutuo.space.networks import roads_of
    from hutuo.space.seats import Model as Seats

    found = roads_of(region, Seats()).roads.times(here.lonlat, here.lonlat)
    minutes = np.asarray(found, dtype=np.float64)
    np.fill_diagonal(minutes, 0.0)
    return minutes


def _counted(region: "Region", year: int | None) -> list[dict[str, Any]] | None:
    """Rows of the table of flows of one year: the one asked for, else the latest."""
    rows = region.history("flow")
    years = {row["valid_from"].year for row in rows}
    wanted = max(years, default=None) if year is None else year
    return [row for row in rows if row["valid_from"].year == wanted] or None


def _of_rows(rows: list[dict[str, Any]], here: "Settled") -> Commuting:
    import pandas as pd

    from hutuo.space.flows import Flows

    frame = pd.DataFrame(rows)
    year = rows[0]["valid_from"].year
    guessed = int(frame["estimate"].sum())
    zh = f"{year}年统计的通勤量,{len(rows)}对单元" + (f",其中估计值{guessed}对" if guessed else "")
    en = f"commuters counted for {year}, {len(rows)} pairs of units" + (
        f", {guessed} of them estimates" if guessed else ""
    )
    sources = tuple(sorted(frame["source"].unique()))
    return Commuting(Flows.of(frame), year, Text(zh, en), sources, here)


def _modelled(region: "Region", ask: Modelling, here: "Settled") -> Commuting:
    from hutuo.space.flowmodels import gravity, radiation

    minutes = _road_minutes(region, here)
    jobs, told = _jobs(region, ask.jobs, minutes, here)
    if ask.model == "radiation":
        flows = radiation(here.latest, minutes, ask.leaving, jobs, here.units)
        how = Text(
            f"辐射模型(不是统计):假定每个单元有{ask.leaving:.0%}的人在外单元工作",
            f"radiation model, not counted: {ask.leaving:.0%} of each unit's people are taken to leave it",
        )
    else:
        flows = gravity(here.latest, jobs, _within(minutes, here), ask.decay, units=here.units)
        how = Text(
            f"双约束引力模型(不是统计):每分钟衰减{ask.decay:g}",
            f"doubly constrained gravity model, not counted: decay {ask.decay:g} a minute",
        )
    cut_off = int((np.isfinite(minutes).sum(axis=1) <= 1).sum()) if len(minutes) > 1 else 0
    lost = Text("", "")
    if cut_off:
        lost = Text(
            f";{cut_off}个单元不在路网可达范围内,其居民都算在本单元工作",
            f"; no road of the network reaches {cut_off} of the units, which stay by themselves",
        )
    more = Text(
        f";以{here.year}年人口代替就业人口,{told.zh},以道路分钟数为成本{lost.zh}",
        f"; people of {here.year} stand for employed people, {told.en}, the cost is minutes by road{lost.en}",
    )
    rows = region.history("observation", indicator=here.indicator, place=list(here.units))
    sources = {row["source"] for row in rows if row["valid_from"].year == here.year}
    basis = Text(how.zh + more.zh, how.en + more.en)
    return Commuting(flows, here.year, basis, tuple(sorted(sources)), here)


def _jobs(
    region: "Region", indicator: str | None, minutes: "NDArray[np.float64]", here: "Settled"
) -> "tuple[NDArray[np.float64], Text]":
    """Jobs of each unit, as many as people where units reach each other, and how they were told.

    Raises:
        NotFound: There is no such indicator, or a unit has no figure of it.
    """
    from scipy.sparse.csgraph import connected_components

    from hutuo.errors import NotFound
    from hutuo.space.settled import settled

    if indicator is None:
        return here.latest, Text("岗位分布同人口", "jobs lie as people do")
    other = settled(region, indicator)
    lacking = [unit for unit in here.units if unit not in other.position]
    if lacking:
        hint = Text(
            f"每个有人口数的区划都要有同一年的“{indicator}”",
            f"figures of '{indicator}' in one year for every unit that has people",
        )
        named = ", ".join(lacking[:10])
        says = Text(f"{named}没有“{indicator}”的数值", f"no '{indicator}' of {named}")
        raise NotFound(says, hint)
    jobs = other.latest[[other.position[unit] for unit in here.units]]
    number, group = connected_components(np.isfinite(minutes), directed=False)
    people, held = np.bincount(group, here.latest, number), np.bincount(group, jobs, number)
    scale = np.divide(people, held, out=np.zeros(number), where=held > 0)
    name = region.indicators[indicator]
    zh = f"岗位分布按{other.year}年的{name['zh']}"
    return jobs * scale[group], Text(zh, f"jobs lie as {name['en']} of {other.year}")


def _within(minutes: "NDArray[np.float64]", here: "Settled") -> "NDArray[np.float64]":
    """Minutes with those within a unit: mean distance in a circle of its area, at the pace of all ways."""
    apart = here.kilometres
    ways = np.isfinite(minutes) & (apart > 0)
    pace = float(np.median(minutes[ways] / apart[ways])) if ways.any() else 1.0
    filled = minutes.copy()
    np.fill_diagonal(filled, pace * IN_CIRCLE * np.sqrt(here.area / np.pi))
    return filled
