"""The verb on shares: clean vehicles, green buildings and the like, by place and year, against a target."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from hutuo.environment.control import path_to
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["ShareRow", "Shares", "SharesAnswer", "shares"]

PERCENT = "%"


class Shares(Ask):
    """Which share of which places, and what it should come to."""

    part: str = said(
        "分子指标;占比类指标可单独给出",
        "indicator of the part, as clean vehicles; one in % is the share itself",
    )
    whole: str | None = said(
        "分母指标", "indicator of the whole, as all vehicles; none for one in %", default=None
    )
    geography: str | None = said(
        "地理单元;缺省为本区域的成员", "geography; the region's members if none", default=None
    )
    target_year: int | None = said("目标年", "year of the target", default=None)
    target_share: float | None = said(
        "目标占比(%)", "share to reach by then, in %", default=None, ge=0, le=100
    )


class ShareRow(Answer):
    """The share of a place in a year."""

    place: str = said("地点", "unit or set; empty for all that have both figures that year")
    place_name: Text = said("地点名称", "what it is called")
    year: int = said("年份", "year")
    part_value: float | None = said("分子", "the part; null for an indicator in %")
    whole_value: float | None = said("分母", "the whole; null for an indicator in %")
    share_pct: float = said("占比(%)", "share in %")
    change_pct: float | None = said(
        "年均变化(百分点)", "points a year since the year before that is known; null for the first"
    )
    path_pct: float | None = said(
        "路径占比(%)",
        "share on the straight path from the first year to the target; null without one",
    )
    behind_pct: float | None = said(
        "落后(百分点)", "points below the path; below 0: ahead of it; null without a path"
    )
    needed_pct: float | None = said(
        "今后年均需提高(百分点)", "points a year that the target still takes; null without one"
    )


class SharesAnswer(Answer):
    """Shares by place and year."""

    part: str = said("分子指标", "indicator of the part")
    whole: str | None = said("分母指标", "indicator of the whole")
    rows: list[ShareRow] = said("占比", "by place and year, all places first")
    without_share: list[str] = said("没有占比的地点", "places without both figures in any year")
    reached: int = said("已达目标的地点数", "places whose latest share has come to the target")


@verb(
    "清洁车辆、节能建筑等占比跟踪",
    columns=("place_name", "year", "share_pct", "change_pct", "path_pct", "behind_pct"),
)
def shares(region: "Region", ask: Shares) -> SharesAnswer:
    """Track a share by place and year, as of clean vehicles or green buildings, against a target.

    Example:
        ``hutuo environment shares --part clean_buses --whole buses --target-year 2030 --target-share 80``
    """
    if (ask.target_year is None) != (ask.target_share is None):
        says = Text(
            "target_year与target_share须一起给出", "target_year and target_share go together"
        )
        raise BadAsk(says)
    known = _known(region, ask)
    rows = [row for place, years in known.items() for row in _rows(region, ask, place, years)]
    last = {row.place: row for row in rows if row.place}
    reached = [
        r
        for r in last.values()
        if ask.target_share is not None and r.share_pct >= ask.target_share
    ]
    return SharesAnswer(
        part=ask.part,
        whole=ask.whole,
        rows=rows,
        without_share=[place for place, years in known.items() if place and not years],
        reached=len(reached),
    )


Figures = tuple[float | None, float | None, float]


def _known(region: "Region", ask: Shares) -> dict[str, dict[int, Figures]]:
    """Part, whole and share by place and year; of all places together under an empty name.

    Raises:
        BadAsk: One indicator is no share, or part and whole are of different kinds.
        NotFound: An indicator or the geography is not known.
    """
    from hutuo.base.figures import indicator_of
    from hutuo.base.geographies import geography
    from hutuo.base.series import observed_all
    from hutuo.units import convert

    unit = str(indicator_of(region, ask.part)["unit"])
    if ask.whole is None and unit != PERCENT:
        says = Text(f"{ask.part}不是占比,须给出whole", f"{ask.part} is in {unit}: give the whole")
        raise BadAsk(says)
    if ask.whole is not None:
        convert(1.0, str(indicator_of(region, ask.whole)["unit"]), unit)
    names = [name for name in (ask.part, ask.whole) if name is not None]
    places = [spot.place for spot in geography(region, ask.geography or region.info.set).spots]
    series = observed_all(region, [(place, name) for place in places for name in names])
    by_year = {
        pair: {row.valid_from.year: convert(row.value, row.unit, unit) for row in rows}
        for pair, rows in series.items()
    }
    found = {place: _of_place(ask, place, by_year) for place in places}
    return {"": _together(found)} | found


def _of_place(
    ask: Shares, place: str, figures: Mapping[tuple[str, str], Mapping[int, float]]
) -> dict[int, Figures]:
    parts = figures[place, ask.part]
    if ask.whole is None:
        return {year: (None, None, share) for year, share in parts.items()}
    wholes = figures[place, ask.whole]
    return {
        year: (part, wholes[year], 100 * part / wholes[year])
        for year, part in parts.items()
        if wholes.get(year)
    }


def _together(found: Mapping[str, Mapping[int, Figures]]) -> dict[int, Figures]:
    """Sums of places that have both figures of a year; shares alone do not sum."""
    sums: dict[int, tuple[float, float]] = {}
    for years in found.values():
        for year, (part, whole, _) in years.items():
            if part is not None and whole is not None:
                before = sums.get(year, (0.0, 0.0))
                sums[year] = before[0] + part, before[1] + whole
    return {year: (part, whole, 100 * part / whole) for year, (part, whole) in sums.items()}


def _rows(
    region: "Region", ask: Shares, place: str, years: Mapping[int, Figures]
) -> Iterable[ShareRow]:
    path = _path(ask, years)
    before: tuple[int, float] | None = None
    for year in sorted(years):
        part, whole, share = years[year]
        due = path.get(year)
        left = None if ask.target_year is None else ask.target_year - year
        yield ShareRow(
            place=place,
            place_name=region.names.get(place, Text("合计", "all")),
            year=year,
            part_value=part,
            whole_value=whole,
            share_pct=share,
            change_pct=(share - before[1]) / (year - before[0]) if before else None,
            path_pct=due,
            behind_pct=None if due is None else due - share,
            needed_pct=max((ask.target_share or 0.0) - share, 0.0) / left
            if left and left > 0
            else None,
        )
        before = year, share


def _path(ask: Shares, years: Mapping[int, Figures]) -> dict[int, float]:
    """Share on the straight path from the first year that is known, by year."""
    first = min(years, default=None)
    if first is None or ask.target_year is None or ask.target_share is None:
        return {}
    if first >= ask.target_year:
        return {}
    return path_to(first, years[first][2], ask.target_year, ask.target_share, "linear")
