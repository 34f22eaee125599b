"""The verb on economic linkage between units by gravity."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.base import uploads
from hutuo.base.figures import SourceRow, indicator_of, source_rows, unit_name
from hutuo.base.geographies import geography
from hutuo.base.series import observed_all
from hutuo.economy.whereabouts import whereabouts
from hutuo.errors import BadInput, Finding
from hutuo.units import convert
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.base.series import Observed

__all__ = ["Linkage", "LinkageAnswer", "LinkagePair", "LinkageUnit", "linkage", "minutes_between"]


class Linkage(Ask):
    """Which units, how large, how far apart."""

    people: str = said("人口指标", "indicator of people", default="resident_population")
    product: str = said("经济总量指标", "indicator of value added", default="gdp")
    geography: str | None = said(
        "地理单元;缺省为本区域的成员", "geography; the region's members if none", default=None
    )
    year: int | None = said(
        "年份;缺省为各单元最新", "year of both; the latest of each unit if none", default=None
    )
    minutes: str | None = said(
        "出行时间文件(CSV或Parquet,列from_id、to_id、minutes);缺省为直线距离",
        "file of travel times, CSV or Parquet with from_id, to_id, minutes; great circles if none",
        default=None,
    )
    power: float = said("距离的幂", "power of the distance", default=2, gt=0, le=6)
    most: int = said("最多列出的对数", "most pairs to list", default=50, ge=1, le=10_000)


class LinkagePair(Answer):
    """Two units."""

    place: str = said("区划代码", "first unit")
    name: Text = said("名称", "what it is called")
    other: str = said("另一地区", "second unit")
    other_name: Text = said("其名称", "what that is called")
    apart: float = said("相距", "minutes or km between them")
    pull: float = said(
        "联系强度", "root of people times value added of both over the power of apart"
    )
    share: float = said("占全部比重", "share of all pairs, 0..1")


class LinkageUnit(Answer):
    """One unit."""

    place: str = said("区划代码", "unit")
    name: Text = said("名称", "what it is called")
    people: float = said("人口", "people in persons")
    product: float = said("经济总量", "value added in the unit of the indicator")
    pull_total: float = said("联系总量", "sum of its pulls")
    share: float = said("占全部比重", "share of the sum of all units, 0..1")
    main_partner: str = said("首要联系地区", "unit that it is linked to most")
    main_partner_name: Text = said("其名称", "what that is called")
    main_partner_share: float = said("首要联系比重", "that partner's part of its total, 0..1")


class LinkageAnswer(Answer):
    """Linkage of units."""

    measured_in: str = said("距离的单位", "unit of apart: minute or km")
    product_unit: Text = said("经济总量的单位", "what the unit of product is called")
    linked_units: list[LinkageUnit] = said("各地", "by unit, the most linked first")
    linked_pairs: list[LinkagePair] = said("地区对", "pairs, the strongest first")
    left_out: list[Text] = said("缺数据的地区", "units without a figure, a point, or a way")
    doubts: list[Text] = said("注意", "what should be known")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "经济联系强度(引力模型)",
    columns=("name", "pull_total", "main_partner_name", "main_partner_share"),
)
def linkage(region: "Region", ask: Linkage) -> LinkageAnswer:
    """Show how strongly units are linked by gravity: people and value added over distance or minutes.

    Example:
        ``hutuo economy linkage --geography county --minutes minutes.csv``
    """
    import numpy as np

    from hutuo.economy.pulls import gravity, pulls_of

    sizes, names, left = _sizes(region, ask)
    apart, left_points = _apart(region, ask, list(sizes))
    places = [place for place in sizes if place not in left_points]
    if len(places) < 2:  # noqa: PLR2004 - one unit is linked to nobody
        says = Text("数据完整的地区不足两个", "fewer than two units have all figures")
        hint = Text(f"缺:{[*left, *left_points]}", f"lacking: {[*left, *left_points]}")
        raise BadInput(says, hint=hint)
    people = [sizes[place][0].value for place in places]
    unit = region.indicators[ask.product]["unit"]
    product = [convert(sizes[place][1].value, sizes[place][1].unit, unit) for place in places]
    found = pulls_of(gravity(people, product, apart, power=ask.power))
    every = float(found.pairs.sum())
    upper = [(n, m) for n in range(len(places)) for m in range(n + 1, len(places))]
    upper.sort(key=lambda pair: -found.pairs[pair])
    units = []
    for n, place in enumerate(places):
        m = int(np.argmax(found.pairs[n]))
        units.append(
            LinkageUnit(
                place=place, name=names[place], people=people[n], product=product[n],
                pull_total=float(found.total[n]), share=float(found.total[n]) / every,
                main_partner=places[m], main_partner_name=names[places[m]],
                main_partner_share=float(found.share[n, m]),
            )
        )  # fmt: skip
    pairs = [
        LinkagePair(
            place=places[n], name=names[places[n]], other=places[m], other_name=names[places[m]],
            apart=float(apart[n, m]), pull=float(found.pairs[n, m]),
            share=2 * float(found.pairs[n, m]) / every,
        )
        for n, m in upper[: ask.most]
    ]  # fmt: skip
    return LinkageAnswer(
        measured_in="minute" if ask.minutes else "km",
        product_unit=unit_name(unit),
        linked_units=sorted(units, key=lambda row: -row.pull_total),
        linked_pairs=pairs,
        left_out=[names[place] for place in [*left, *left_points]],
        doubts=_doubts(ask, [one for place in places for one in sizes[place]]),
        sources=source_rows(region, [one.source for place in places for one in sizes[place]]),
    )


def minutes_between(path: Path, places: Sequence[str]) -> "NDArray[Any]":
    """Minutes between units, the mean of both ways; infinite where a way is not told.

    Args:
        path: CSV or Parquet with columns ``from_id``, ``to_id``, ``minutes``.
        places: Units, in order.

    Returns:
        (units, units).

    Raises:
        BadInput: A column is missing, or minutes are no numbers above 0; all of them are told.
    """
    import numpy as np
    import pandas as pd

    with path.open("rb") as file:
        packed = file.read(4) == b"PAR1"
    if packed:
        # A way that there is not is empty in the blocks of a matrix.
        frame = pd.read_parquet(path).astype("object").where(lambda f: f.notna(), "")
    else:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacks = [name for name in ("from_id", "to_id", "minutes") if name not in frame.columns]
    if lacks:
        says = Text(f"{path.name}缺少列{lacks}", f"{path.name} lacks columns {lacks}")
        raise BadInput(
            says, hint=Text("应有from_id、to_id、minutes", "from_id, to_id, minutes are needed")
        )
    values = pd.to_numeric(frame["minutes"], errors="coerce")
    known = frame["from_id"].isin(places) & frame["to_id"].isin(places)
    known &= (frame["from_id"] != frame["to_id"]) & (frame["minutes"] != "")
    wrong = np.flatnonzero(known & ~(values > 0))
    if len(wrong):
        says = Text("应为大于0的数", "a number above 0 would be right")
        faults = [Finding(path.name, int(at) + 2, "minutes", says) for at in wrong[:100]]
        zh, en = f"{path.name}有{len(wrong)}处问题:", f"{path.name} has {len(wrong)} findings:"
        raise BadInput(Text(zh, en), faults)
    position = {place: at for at, place in enumerate(places)}
    found = np.full((len(places), len(places)), np.nan)
    rows = frame["from_id"][known].map(position).to_numpy(int)
    columns = frame["to_id"][known].map(position).to_numpy(int)
    found[rows, columns] = values[known]
    both = np.where(np.isnan(found), found.T, found), np.where(np.isnan(found.T), found, found.T)
    middle = (both[0] + both[1]) / 2
    return np.where(np.isnan(middle), np.inf, middle)


def _sizes(
    region: "Region", ask: Linkage
) -> "tuple[dict[str, tuple[Observed, Observed]], dict[str, Text], list[str]]":
    """People and value added of each unit, what units are called, and those without a figure."""
    for name in (ask.people, ask.product):
        indicator_of(region, name)
    spots = geography(region, ask.geography or region.info.set).spots
    wanted = [(spot.place, name) for spot in spots for name in (ask.people, ask.product)]
    series = observed_all(region, wanted)
    sizes, left = {}, []
    for spot in spots:
        told = [
            [row for row in series[spot.place, name] if ask.year in {None, row.valid_from.year}]
            for name in (ask.people, ask.product)
        ]
        if all(told):
            sizes[spot.place] = (told[0][-1], told[1][-1])
        else:
            left.append(spot.place)
    return sizes, {spot.place: spot.name for spot in spots}, left


def _apart(region: "Region", ask: Linkage, places: list[str]) -> "tuple[NDArray[Any], list[str]]":
    """How far units that have a point or a way are apart, and those that have none."""
    import numpy as np

    from hutuo.economy.clustering import distances

    if ask.minutes is not None:
        found = minutes_between(uploads.path_of(ask.minutes), places)
        linked = np.isfinite(found).any(axis=1)
    else:
        points = whereabouts(region).points
        linked = np.array([place in points for place in places], bool)
        drawn = [points.get(place, (0.0, 0.0)) for place in places]
        found = distances([one[0] for one in drawn], [one[1] for one in drawn])
    left = [place for place, there in zip(places, linked, strict=True) if not there]
    return found[np.ix_(linked, linked)], left


def _doubts(ask: Linkage, used: "Sequence[Observed]") -> list[Text]:
    zh = "引力模型是模拟,不是观测到的往来"
    found = [Text(zh, "gravity is a model, not an observed exchange")]
    if ask.minutes is None:
        zh = "距离为标注点间的直线距离;给出出行时间更合适"
        en = "distances are great circles between label points; travel times would serve better"
        found.append(Text(zh, en))
    years = sorted({row.valid_from.year for row in used})
    if len(years) > 1:
        said = ", ".join(map(str, years))
        found.append(
            Text(f"所用数据来自不同年份:{said}", f"figures are of different years: {said}")
        )
    return found
