"""The verb on what made emissions change: activity, structure, intensity, mix of fuels, their carbon."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.uploads import path_of
from hutuo.environment.decomposition import Decomposition, Form, lmdi
from hutuo.environment.factors import known_factors
from hutuo.environment.outputs import read_outputs
from hutuo.environment.register import method_of
from hutuo.environment.sums import SCOPES, lacking_rows, summed, unknown_rows
from hutuo.environment.uses import activity_of
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients

__all__ = ["Cells", "Decompose", "DecomposeAnswer", "EffectRow", "PeriodRow", "cells", "decompose"]

TWO = 2


class Decompose(Ask):
    """Whose change between which years."""

    file: str | None = said(
        "活动水平文件(CSV);缺省为地区的activity表",
        "a CSV of activity; the region's table activity by default",
        default=None,
    )
    outputs_file: str | None = said(
        "各行业产出文件(CSV:sector,year,output,不变价);缺省则以能源总量为活动",
        "a CSV of output by sector and year at constant prices; without it activity is all energy",
        default=None,
    )
    factors_file: str | None = said(
        "自己的因子文件(CSV),优先采用", "a CSV of your own factors, which come first", default=None
    )
    geography: str | None = said("只要这些地理单元", "only places of this geography", default=None)
    factor_method: str = said("方法", "method: cn-province or ipcc2006", default="cn-province")
    grid: Literal["province", "national"] = said(
        "电力因子", "factor of electricity: province or national", default="province"
    )
    years: list[int] = said(
        "年份;缺省为全部,逐期分解", "years, each to the next; all by default", default=[]
    )
    decomposition_form: Form = said(
        "形式:additive(加法)、multiplicative(乘法)",
        "additive or multiplicative",
        default="additive",
    )


class EffectRow(Answer):
    """What one factor did."""

    effect: str = said("因素", "activity, structure, intensity, mix or carbon")
    effect_name: Text = said("因素名称", "what it is called")
    change: float = said("贡献(吨CO2,乘法为比值)", "what it brought: t of CO2, or a ratio")


class PeriodRow(Answer):
    """One period."""

    from_year: int = said("起始年", "year that it begins with")
    to_year: int = said("终止年", "year that it ends with")
    tco2_before: float = said("起始排放(吨CO2)", "CO2 of both scopes in the first, t")
    tco2_after: float = said("终止排放(吨CO2)", "CO2 in the second, t")
    effects: list[EffectRow] = said("各因素", "what each factor did")
    unexplained: float = said("残差", "what they leave unexplained: of the size of rounding")


class DecomposeAnswer(Answer):
    """What made emissions change."""

    identity: Text = said("恒等式", "which product is taken apart")
    decomposition_form: str = said("形式", "additive or multiplicative")
    rows: list[PeriodRow] = said(
        "各时期", "by period; of several the last row is all of them together"
    )
    doubts: list[Text] = said("注意", "what should be known before figures are used")


class Cells(NamedTuple):
    """Energy and CO2 by year, sector and stream.

    Attributes:
        energy: tce, (years, sectors, streams).
        carbon: tCO2 of both scopes, in the same shape.
    """

    energy: "NDArray[Any]"
    carbon: "NDArray[Any]"


@verb(
    "碳排放变化的因素分解(LMDI)",
    columns=("from_year", "to_year", "tco2_before", "tco2_after", "effects", "unexplained"),
)
def decompose(region: "Region", ask: Decompose) -> DecomposeAnswer:
    """Split the change of CO2 into activity, structure, intensity, mix of fuels and their carbon.

    Example:
        ``hutuo environment decompose --file activity.csv --outputs-file outputs.csv``
    """
    from hutuo.environment.coefficients import coefficients

    method, known = method_of(ask.factor_method), known_factors(ask.factors_file)
    activity = _burnt(activity_of(region, ask.file, ask.geography))
    years = _years(activity, ask.years)
    found = coefficients(
        activity.streams, activity.years, activity.places, known, method, grid=ask.grid
    )
    _refuse_incomplete(activity, found)
    outputs = read_outputs(path_of(ask.outputs_file)) if ask.outputs_file else None
    factors = _identity(activity, cells(activity, found), outputs, years)
    rows = [_period(factors, pair, ask.decomposition_form) for pair in pairwise(years)]
    if len(rows) > 1:
        rows.append(_together(rows, ask.decomposition_form))
    return DecomposeAnswer(
        identity=_words(outputs is not None),
        decomposition_form=ask.decomposition_form,
        rows=rows,
        doubts=_doubts(ask, activity),
    )


def cells(activity: "Activity", found: "Coefficients") -> Cells:
    """Energy and CO2 by year, sector and stream, summed over places."""
    import numpy as np

    tce, one, two = (found.outcomes.index(name) for name in ("tce", *SCOPES))
    energy = np.zeros((len(activity.years), len(activity.sectors), len(activity.streams)))
    carbon = np.zeros_like(energy)
    for p, group in enumerate(found.group_of):
        times = found.values[group]
        energy += activity.values[:, p] * times[:, None, :, tce]
        carbon += activity.values[:, p] * (times[..., one] + times[..., two])[:, None]
    return Cells(energy, carbon)


def _burnt(activity: "Activity") -> "Activity":
    """The activity without feedstock, which lets out nothing as it is used."""
    kept = [f for f, stream in enumerate(activity.streams) if stream.use == "energy"]
    at = {f: n for n, f in enumerate(kept)}
    return activity._replace(
        streams=tuple(activity.streams[f] for f in kept),
        values=activity.values[..., kept],
        variances=None,
        unknown=tuple((*cell[:3], at[cell[3]]) for cell in activity.unknown if cell[3] in at),
    )


def _years(activity: "Activity", asked: Sequence[int]) -> list[int]:
    years = sorted(set(asked)) or list(activity.years)
    lacking = [year for year in years if year not in activity.years]
    if lacking or len(years) < TWO:
        there = ", ".join(map(str, activity.years))
        raise BadAsk(
            Text("分解需要至少两个有数据的年份", "it takes at least two years with activity"),
            Text(f"有数据的年份:{there}", f"years with activity: {there}"),
        )
    return years


def _refuse_incomplete(activity: "Activity", found: "Coefficients") -> None:
    """What is not known cannot be taken apart."""
    lacks = [
        row
        for row in lacking_rows(activity, found, summed(activity, found).amounts)
        if row.left_unknown in ("tce", *SCOPES)
    ]
    faults = [
        Finding(
            row.fuel,
            None,
            row.factor_kind,
            Text(f"缺因子({row.measured_in})", f"no factor ({row.measured_in})"),
        )
        for row in lacks
    ]
    faults += [
        Finding(
            f"{row.place} {row.sector} {row.fuel} {row.year}",
            None,
            "quantity",
            Text("数量不详", "it is not known"),
        )
        for row in unknown_rows(activity)
    ]
    if faults:
        raise BadInput(Text("数据不全,不能分解:", "it cannot be taken apart:"), faults)


def _identity(
    activity: "Activity",
    told: Cells,
    outputs: Mapping[tuple[str, int], float] | None,
    years: Sequence[int],
) -> "dict[int, dict[str, NDArray[Any]]]":
    """Factors whose product is CO2 by sector and stream, for each year.

    A share or a rate of what is 0 in a year is that of the other years: what begins does so by its own share.
    """
    import numpy as np

    at = [activity.years.index(year) for year in years]
    energy, carbon = told.energy[at], told.carbon[at]
    by_sector = energy.sum(axis=2)
    mix = _rate(energy, by_sector[..., None])
    content = _rate(carbon, energy)
    if outputs is None:
        whole = by_sector.sum(axis=1)
        first = {"energy": whole[:, None], "structure": _rate(by_sector, whole[:, None])}
    else:
        output = _outputs(activity, outputs, years)
        whole = output.sum(axis=1)
        first = {
            "activity": whole[:, None],
            "structure": output / whole[:, None],
            "intensity": by_sector / output,
        }
    found = {}
    for y, year in enumerate(years):
        sides = {name: np.asarray(values[y])[:, None] for name, values in first.items()}
        found[year] = sides | {"mix": mix[y], "carbon": content[y]}
    return found


def _rate(over: "NDArray[Any]", under: "NDArray[Any]") -> "NDArray[Any]":
    """A quotient by year; where it is 0 by 0 that of the last earlier year, else of the first later one."""
    import numpy as np

    under = np.broadcast_to(under, over.shape)
    rate = np.divide(over, under, out=np.full(over.shape, np.nan), where=under > 0)
    for y, other in [(y, y - 1) for y in range(1, len(rate))] + [
        (y, y + 1) for y in reversed(range(len(rate) - 1))
    ]:
        rate[y] = np.where(np.isnan(rate[y]), rate[other], rate[y])
    return np.asarray(np.nan_to_num(rate))


def _outputs(
    activity: "Activity", outputs: Mapping[tuple[str, int], float], years: Sequence[int]
) -> "NDArray[Any]":
    """Outputs, (years, sectors)."""
    import numpy as np

    wanted = [(sector, year) for year in years for sector in activity.sectors]
    faults = [
        Finding("outputs", None, sector, Text(f"缺{year}年产出", f"no output of {year}"))
        for sector, year in wanted
        if (sector, year) not in outputs
    ]
    if faults:
        raise BadInput(
            Text("有能耗的行业应有产出:", "each sector that uses energy needs its output:"),
            faults,
            Text(
                "居民生活等无产出的行业请另行分解",
                "take sectors without output, as homes, apart by themselves",
            ),
        )
    return np.array([outputs[key] for key in wanted]).reshape(len(years), -1)


def _period(
    factors: "Mapping[int, Mapping[str, NDArray[Any]]]", pair: tuple[int, int], form: Form
) -> PeriodRow:
    import numpy as np

    before, after = (factors[year] for year in pair)
    found = lmdi(before, after, form)
    start, end = (
        float(np.prod(np.broadcast_arrays(*side.values()), axis=0).sum())
        for side in (before, after)
    )
    return PeriodRow(
        from_year=pair[0],
        to_year=pair[1],
        tco2_before=start,
        tco2_after=end,
        effects=_effects(found),
        unexplained=found.residual,
    )


def _effects(found: Decomposition) -> list[EffectRow]:
    return [
        EffectRow(effect=name, effect_name=label(f"effect:{name}"), change=change)
        for name, change in found.effects.items()
    ]


def _together(rows: Sequence[PeriodRow], form: Form) -> PeriodRow:
    """All periods: effects summed, or multiplied."""
    from math import prod

    join = sum if form == "additive" else prod
    names = [effect.effect for effect in rows[0].effects]
    effects = [
        EffectRow(
            effect=name,
            effect_name=label(f"effect:{name}"),
            change=join(row.effects[n].change for row in rows),
        )
        for n, name in enumerate(names)
    ]
    start, end = rows[0].tco2_before, rows[-1].tco2_after
    joined = join(effect.change for effect in effects)
    return PeriodRow(
        from_year=rows[0].from_year,
        to_year=rows[-1].to_year,
        tco2_before=start,
        tco2_after=end,
        effects=effects,
        unexplained=end - start - joined if form == "additive" else end / start / joined - 1,
    )


def _words(with_output: bool) -> Text:  # noqa: FBT001 - one of two identities
    if with_output:
        return Text(
            "排放=产出×产出结构×单位产出能耗×能源结构×单位能耗碳排放",
            "CO2 = output x its structure x energy per output x mix of fuels x CO2 per energy",
        )
    return Text(
        "排放=能耗×行业结构×能源结构×单位能耗碳排放",
        "CO2 = energy x structure of sectors x mix of fuels x CO2 per energy",
    )


def _doubts(ask: Decompose, activity: "Activity") -> list[Text]:
    doubts = []
    if ask.outputs_file:
        doubts.append(Text("产出应为不变价", "output should be at constant prices"))
    if any(stream.fuel == "electricity" for stream in activity.streams):
        doubts.append(
            Text(
                "电网因子的变化计入“单位能耗碳排放”",
                "a change of the grid's factor is part of CO2 per energy",
            )
        )
    return doubts
