"""Figures of a commuting circle written as observations, marked as results of a model, for plans to use."""

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import measured_in, unit_name
from hutuo.base.geographies import today
from hutuo.base.recording import recorded_figures
from hutuo.space.circles import CircleAnswer, CommutingCircle, commuting_circle
from hutuo.space.travel import Basis
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

MINUTE, PERCENT = "minute", "%"
# As good as the places and figures that it is made from; a figure of grade C would not count in a plan.
QUALITY = "B"
SOURCE = {
    "source": "model:commuting-circle",
    "zh": "通勤圈模型结果(由路网、时刻表与人口推算)",
    "en": "Commuting circle, result of a model (from roads, timetable and people)",
    "publisher": "hutuo",
    "licence": "as that of the sources that the method of each figure names",
    "quality": QUALITY,
    "origin": "space record-circle",
}


class RecordCircle(CommutingCircle):
    """Of which circle, and as which indicators its figures are written."""

    as_minutes: str = said(
        "写入用时的指标(分钟):集合取最远成员的用时,成员各取自己的用时",
        "indicator that minutes are written as: of the set those of its farthest member, of each its own",
    )
    as_share: str | None = said(
        "写入圈内人口占比的指标(%);缺省不写",
        "indicator that the share of the people inside is written as, in %; not written by default",
        default=None,
    )
    year: int | None = said(
        "用时属于哪一年;缺省为当前年份",
        "year that the minutes are of; that of the view's day by default",
        default=None,
        ge=1900,
        le=2200,
    )
    included: bool = said(
        "恰好等于时限的是否算入", "whether exactly the limit counts as within", default=True
    )
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class CircleFigure(Answer):
    """A figure as it is written."""

    place: str = said("地点", "member or set")
    name: Text = said("名称", "what it is called")
    indicator: str = said("指标", "what is measured")
    year: int = said("年份", "year that it is of")
    value: float = said("数值", "the figure, in its unit")
    unit_name: Text = said("计量单位的名称", "unit of measure")


class CircleFigures(Answer):
    """What was written of a circle."""

    rows: list[CircleFigure] = said("数值", "figures, of the set first")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("已写入的行数", "figures written")
    duplicate: int = said("已知的行数", "figures that were known just so")
    not_written: list[Text] = said("没有写入的,及原因", "what was not written, and why")
    method: Text = said("方法", "method that each figure is marked with")
    basis: Basis = said("依据", "on what the minutes rest")


class Figures(NamedTuple):
    """Figures, and what there is none of.

    Attributes:
        rows: ``place, indicator, year, value, unit``.
        lacking: What could not be told, and why.
    """

    rows: list[dict[str, Any]]
    lacking: list[Text]


@verb("把通勤圈的结果写为指标数值", columns=("name", "indicator", "year", "value", "unit_name"))
def record_circle(region: "Region", ask: RecordCircle) -> CircleFigures:
    """Write the minutes and the share of a commuting circle as figures, marked as results of a model.

    Example:
        ``hutuo space record-circle --as-minutes commuting_minutes --core 130102``
    """
    place = ask.members or region.info.set
    measured_in(region, ask.as_minutes, MINUTE)
    if ask.as_share is not None:
        measured_in(region, ask.as_share, PERCENT)
    fields = CommutingCircle.model_fields
    found = commuting_circle(region, CommutingCircle(**ask.model_dump(include=set(fields))))
    made = figures(found, place, ask, (region.at or today(region)).year)
    how = method(found, ask)
    batch, stored, duplicate = _written(region, made, how, check=ask.check)
    return CircleFigures(
        rows=[
            CircleFigure(
                name=region.name_of(row["place"]),
                unit_name=unit_name(row["unit"]),
                **{name: row[name] for name in ("place", "indicator", "year", "value")},
            )
            for row in made.rows
        ],
        batch=batch,
        stored=stored,
        duplicate=duplicate,
        not_written=made.lacking,
        method=how,
        basis=found.basis,
    )


def figures(found: CircleAnswer, place: str, ask: RecordCircle, year: int) -> Figures:
    """The figures of a circle.

    Args:
        found: The circle.
        place: Set whose members were looked at.
        ask: As which indicators.
        year: Year that the minutes are of, where none is asked for.
    """
    of = {"indicator": ask.as_minutes, "year": ask.year or year, "unit": MINUTE}
    reached = [row for row in found.rows if row.minutes is not None]
    lacking = [
        Text(f"{row.name.zh}:没有路可走", f"{row.name.en}: there is no way")
        for row in found.rows
        if row.minutes is None
    ]
    lacking += [
        Text(f"{one}:没有点位", f"{one}: no point is known") for one in found.without_point
    ]
    rows = [{"place": row.place, "value": row.minutes, **of} for row in reached]
    if lacking or found.farthest_minutes is None:
        says = (
            "有成员到不了或没有点位,集合没有最远用时",
            "not all members are reached: the set has none",
        )
        lacking.append(Text(*says))
    else:
        rows.insert(0, {"place": place, "value": found.farthest_minutes, **of})
    if ask.as_share is None:
        return Figures(rows, lacking)
    shares = _shares(found, place, ask)
    return Figures([*shares.rows, *rows], [*lacking, *shares.lacking])


def _shares(found: CircleAnswer, place: str, ask: RecordCircle) -> Figures:
    """Share of the people inside, of years in which all members have a figure."""
    rows, lacking = [], []
    for one in found.people:
        if one.included != ask.included:
            continue
        if one.missing or one.share is None:
            number = len(one.missing)
            says = (
                f"{one.year}年有{number}个成员没有人口数",
                f"{number} members have no people in {one.year}",
            )
            lacking.append(Text(*says))
            continue
        rows.append(
            {
                "place": place,
                "indicator": ask.as_share,
                "year": one.year,
                "value": one.share,
                "unit": PERCENT,
            }
        )
    return Figures(rows, lacking)


def method(found: CircleAnswer, ask: RecordCircle) -> Text:
    """How the figures were made, in words that stand with each of them."""
    core = ", ".join(found.core)
    sources = found.basis.sources
    limit = f"{'<=' if ask.included else '<'} {ask.minutes:g}"
    way = ("到核心", "to the core") if ask.towards else ("从核心", "from the core")
    return Text(
        f"模型结果:{way[0]}({core})用时,方式{ask.mode},圈为{limit}分钟;{found.basis.method.zh};"
        f"来源:{'、'.join(one.zh for one in sources)}",
        f"result of a model: minutes {way[1]} ({core}) by {ask.mode}, the circle is {limit} minutes; "
        f"{found.basis.method.en}; sources: {', '.join(one.en for one in sources)}",
    )


def _written(
    region: "Region", made: Figures, how: Text, *, check: bool
) -> tuple[str | None, int, int]:
    """Record the figures as one batch, or only check them.

    Returns:
        Batch, None if nothing was written; figures written; figures that were known.

    Raises:
        BadInput: Figures break the rules of their table; all findings are told.
    """
    marked = {"quality": QUALITY, "estimate": True, "method": f"{how.zh} / {how.en}"}
    rows = [
        {
            **{name: row[name] for name in ("place", "indicator", "value", "unit")},
            "valid_from": date(row["year"], 1, 1),
            "valid_to": date(row["year"] + 1, 1, 1),
            **marked,
        }
        for row in made.rows
    ]
    return recorded_figures(region, rows, SOURCE, "record-circle", check=check)
