"""The verb on structure: where each unit is strong, how special it is, which units are like each other."""

from math import isnan, sqrt
from typing import TYPE_CHECKING, Any

from hutuo.base.figures import source_rows, unit_name
from hutuo.base.geographies import geography
from hutuo.economy.structureanswers import (
    BeltRow,
    ConcentrationRow,
    IndustryRow,
    PairRow,
    StructureAnswer,
    UnitRow,
)
from hutuo.economy.tables import IndustryTable, table_of
from hutuo.errors import BadInput
from hutuo.verbs import Ask, Text, said, verb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.economy.diversity import Complexity

__all__ = ["Structure", "quotient_interval", "structure"]

# Of a normal distribution, 95 % lies within.
WITHIN = 1.959964


class Structure(Ask):
    """Which table to look at."""

    total: str = said(
        "总量指标,其分项为各行业,如employed",
        "indicator whose parts are industries, as employed",
        default="employed",
    )
    geography: str | None = said(
        "地理单元;缺省为本区域的成员", "geography; the region's members if none", default=None
    )
    year: int | None = said(
        "年份;缺省为数据最多的年份", "year; that of most figures if none", default=None
    )
    strong: float = said(
        "区位商达到多少算优势", "location quotient from which a unit is strong", default=1.0, gt=0
    )
    like: float = said(
        "相似系数达到多少列出", "least likeness of pairs that are listed", default=0.95, ge=0, le=1
    )


@verb(
    "产业结构:区位商、专业化、相似与竞争",
    columns=("name", "industry_name", "value", "quotient", "low", "high"),
)
def structure(region: "Region", ask: Structure) -> StructureAnswer:
    """Show where units are strong, how special they are, and which compete in the same industries."""
    import numpy as np

    from hutuo.economy.indices import krugman, location_quotient, similarity

    where = ask.geography or region.info.set
    table = table_of(region, where, ask.total, ask.year)
    alike, alike_half = similarity(table.values), _likeness_half(table)
    whole, too_few = _complexity(table, ask.strong)
    quotients = location_quotient(table.values)
    rows = _rows(table, quotients, ask.strong)
    return StructureAnswer(
        year=table.year,
        unit=table.unit,
        unit_name=unit_name(table.unit),
        sample=table.sample,
        definition=table.definition,
        rows=rows,
        units=_drawn(
            region,
            _units(
                table,
                np.asarray(krugman(table.values)),
                (whole, _complexity_ends(table, whole, ask.strong)),
                (alike, alike_half),
                quotients >= ask.strong,
            ),
        ),
        by_industry=_concentration(table),
        belts=_belts(region, where, table, rows),
        pairs=_pairs(table, (alike, alike_half), rows, ask.like),
        left_out=table.left_out,
        untold=[table.names[part] for part in table.untold],
        doubts=[*_doubts(table), *(whole.doubts if whole else too_few)],
        sources=source_rows(region, table.sources),
    )


def quotient_interval(count: float, total: float, whole: float) -> tuple[float, float]:
    """Interval of 95 % of a location quotient whose counts are of a sample.

    Args:
        count: Counted in the industry and unit.
        total: Counted in the unit.
        whole: Share of the industry in all units, taken as known.

    Source: E. B. Wilson, Probable inference, J. American Statistical Association 22 (1927) 209-212.
    """
    share, z = count / total, WITHIN
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = (
        z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    )
    return max(middle - half, 0.0) / whole, (middle + half) / whole


def _complexity(table: IndustryTable, strong: float) -> "tuple[Complexity | None, list[Text]]":
    """Complexity, or why there is none: it takes three strong units and industries."""
    from hutuo.economy.diversity import complexity

    try:
        return complexity(table.values, strong=strong), []
    except BadInput as error:
        return None, [Text(*error.words)]


def _likeness_half(table: IndustryTable) -> "NDArray[Any]":
    """Half the interval of each pair's likeness; 0 where nothing was sampled, and then not told."""
    import numpy as np

    from hutuo.economy.sampled import likeness_half

    many = len(table.places)
    return likeness_half(table.values) if table.sample else np.zeros((many, many))


def _complexity_ends(
    table: IndustryTable, whole: "Complexity | None", strong: float
) -> "list[tuple[float | None, float | None]]":
    """Ends of each unit's complexity; none where nothing was sampled, or there is no complexity."""
    from hutuo.economy.sampled import complexity_ends

    if whole is None or not table.sample:
        return [(None, None)] * len(table.places)
    low, high = complexity_ends(table.values, strong=strong).tolist()
    return [
        (None, None) if isnan(one) else (one, other) for one, other in zip(low, high, strict=True)
    ]


def _rows(table: IndustryTable, quotients: "NDArray[Any]", strong: float) -> list[IndustryRow]:
    totals, whole = table.values.sum(axis=1), table.values.sum(axis=0) / table.values.sum()
    rows = []
    for n, place in enumerate(table.places):
        for i, industry in enumerate(table.industries):
            count, total = float(table.values[n, i]), float(totals[n])
            low, high = (
                quotient_interval(count, total, float(whole[i])) if table.sample else (None, None)
            )
            quotient = float(quotients[n, i])
            rows.append(
                IndustryRow(
                    place=place,
                    name=table.names[place],
                    industry=industry,
                    industry_name=table.names[industry],
                    value=count,
                    share=count / total,
                    quotient=quotient,
                    low=low,
                    high=high,
                    strong=(quotient if low is None else low) >= strong,
                )
            )
    return rows


def _units(
    table: IndustryTable,
    special: "NDArray[Any]",
    whole: "tuple[Complexity | None, list[tuple[float | None, float | None]]]",
    alike: "tuple[NDArray[Any], NDArray[Any]]",
    strong: "NDArray[Any]",
) -> list[UnitRow]:
    from hutuo.economy.concentration import half_width, krugman_slope

    diverse = strong.sum(axis=1)
    totals = table.values.sum(axis=1)
    whole_shares = table.values.sum(axis=0) / totals.sum()
    half = [
        half_width(shares, krugman_slope(shares, whole_shares), float(total))
        for shares, total in zip(table.values / totals[:, None], totals, strict=True)
    ]
    found, ends = whole
    scores = [None] * len(table.places) if found is None else found.eci.tolist()
    rows = []
    for n, place in enumerate(table.places):
        # Nobody is its own neighbour; of several the first.
        likeness, back = max((float(like), -m) for m, like in enumerate(alike[0][n]) if m != n)
        nearest = table.places[-back]
        score = scores[n]
        rows.append(
            UnitRow(
                place=place,
                name=table.names[place],
                drawn_as=place,
                krugman=float(special[n]),
                **_ends(table, "krugman", float(special[n]), half[n], most=2),
                diversity=int(diverse[n]),
                complexity=None if score is None or isnan(score) else score,
                complexity_low=None if score is None or isnan(score) else ends[n][0],
                complexity_high=None if score is None or isnan(score) else ends[n][1],
                nearest=nearest,
                nearest_name=table.names[nearest],
                likeness=likeness,
                **_ends(table, "likeness", likeness, float(alike[1][n, -back]), most=1),
            )
        )
    return rows


def _drawn(region: "Region", rows: list[UnitRow]) -> list[UnitRow]:
    """Parts of a unit have no shape of their own on a map: they are drawn as that unit."""
    wholes = {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    return [
        row.model_copy(update={"drawn_as": wholes.get(row.place) or row.place}) for row in rows
    ]


def _concentration(table: IndustryTable) -> list[ConcentrationRow]:
    import numpy as np

    from hutuo.economy.concentration import (
        gini_slope,
        half_width,
        locational_gini,
        theil,
        theil_slope,
    )

    sizes = table.values.sum(axis=1) / table.values.sum()
    ginis, theils = np.asarray(locational_gini(table.values)), np.asarray(theil(table.values))
    rows = []
    for i, industry in enumerate(table.industries):
        count = float(table.values[:, i].sum())
        shares = table.values[:, i] / count
        halves = [half_width(shares, of(shares, sizes), count) for of in (gini_slope, theil_slope)]
        rows.append(
            ConcentrationRow(
                industry=industry,
                industry_name=table.names[industry],
                gini=float(ginis[i]),
                theil=float(theils[i]),
                **_ends(table, "gini", float(ginis[i]), halves[0], most=1),
                **_ends(table, "theil", float(theils[i]), halves[1], most=float("inf")),
            )
        )
    return sorted(rows, key=lambda row: -row.gini)


def _belts(
    region: "Region", where: str, table: IndustryTable, rows: list[IndustryRow]
) -> list[BeltRow]:
    from hutuo.economy.belts import belts_of, side_by_side

    shapes = {
        spot.place: spot.shape
        for spot in geography(region, where).spots
        if spot.place in table.places
    }
    touching = side_by_side(shapes)
    sizes = table.values.sum(axis=1) / table.values.sum()
    position = {place: n for n, place in enumerate(table.places)}
    found = []
    for i, industry in enumerate(table.industries):
        strong = [row.place for row in rows if row.industry == industry and row.strong]
        for group in belts_of(strong, touching):
            at = [position[place] for place in group]
            share = float(table.values[at, i].sum() / table.values[:, i].sum())
            found.append(
                BeltRow(
                    industry=industry,
                    industry_name=table.names[industry],
                    belt_units=group,
                    belt_names=[table.names[place] for place in group],
                    share=share,
                    quotient=share / float(sizes[at].sum()),
                )
            )
    return sorted(found, key=lambda row: -row.quotient)


def _ends(
    table: IndustryTable, name: str, value: float, half: float, *, most: float
) -> "dict[str, Any]":
    """Ends of an interval under the names of their fields; None where nothing was sampled."""
    if not table.sample:
        return {f"{name}_low": None, f"{name}_high": None}
    return {f"{name}_low": max(value - half, 0.0), f"{name}_high": min(value + half, most)}


def _pairs(
    table: IndustryTable,
    alike: "tuple[NDArray[Any], NDArray[Any]]",
    rows: list[IndustryRow],
    least: float,
) -> list[PairRow]:
    likenesses, halves = alike
    strengths: dict[str, set[str]] = {place: set() for place in table.places}
    for row in rows:
        if row.strong:
            strengths[row.place].add(row.industry)
    found = []
    for n, one in enumerate(table.places):
        for m, other in enumerate(table.places[n + 1 :], n + 1):
            both = sorted(strengths[one] & strengths[other])
            if likenesses[n, m] >= least and both:
                found.append((float(likenesses[n, m]), one, other, both, float(halves[n, m])))
    return [
        PairRow(
            place=one,
            name=table.names[one],
            other=other,
            other_name=table.names[other],
            likeness=likeness,
            **_ends(table, "likeness", likeness, half, most=1),
            industries=both,
            industry_names=[table.names[industry] for industry in both],
        )
        for likeness, one, other, both, half in sorted(
            found, key=lambda pair: (-pair[0], pair[1:3])
        )
    ]


def _doubts(table: IndustryTable) -> list[Text]:
    if not table.sample:
        return []
    zh = "数值为抽样原始数,按居住地统计,不是岗位数;区间只反映抽样误差"
    en = "figures are raw counts of a sample, by home and not by workplace; intervals tell of sampling alone"
    return [Text(zh, en)]
