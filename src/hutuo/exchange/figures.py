"""What was settled, written as figures of indicators, so that targets and duties of plans see it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import unit_name
from hutuo.base.recording import recorded_figures
from hutuo.verbs import Answer, Text, said

if TYPE_CHECKING:
    from hutuo.base.region import Region

# Counted from registers that others write: no official statistics, but no guess either.
QUALITY = "B"


class FigureRow(Answer):
    """A figure as it is written."""

    place: str = said("地点", "place that it stands for")
    name: Text = said("名称", "what the place is called")
    indicator: str = said("指标", "what is measured")
    valid_from: date = said("有效期起", "first day of the period")
    valid_to: date = said("有效期止(不含)", "first day after it")
    value: float = said("数值", "the figure, in its unit")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    estimate: bool = said("是否为估计值", "whether it is an estimate")


class Written(Answer):
    """What was written."""

    rows: list[FigureRow] = said("数值", "figures")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("已写入的行数", "figures written")
    duplicate: int = said("已知的行数", "figures that were known just so")
    not_written: list[Text] = said("没有写入的,及原因", "what was not written, and why")
    method: Text = said("方法", "method that each figure is marked with")


class Origin(NamedTuple):
    """What figures were made from.

    Attributes:
        source: Row of table ``source`` that they name, written with them.
        method: How they were made.
        verb: Verb that writes them.
    """

    source: Mapping[str, Any]
    method: Text
    verb: str


def write(
    region: "Region",
    rows: Sequence[Mapping[str, Any]],
    origin: Origin,
    *,
    lacking: Sequence[Text] = (),
    check: bool = False,
) -> Written:
    """Record figures as observations in one batch, or only check them.

    Args:
        region: View of the region, whose branch is written to.
        rows: ``place, indicator, valid_from, valid_to, value, unit, estimate``.
        origin: What they were made from.
        lacking: What could not be told, and why.
        check: Whether nothing is written.

    Raises:
        BadInput: Figures break the rules of their table; all findings are told.
    """
    marks = {"quality": QUALITY, "method": f"{origin.method.zh} / {origin.method.en}"}
    batch, stored, duplicate = recorded_figures(
        region, [{**row, **marks} for row in rows], origin.source, origin.verb, check=check
    )
    return Written(
        rows=[
            FigureRow(**row, name=region.name_of(row["place"]), unit_name=unit_name(row["unit"]))
            for row in rows
        ],
        batch=batch,
        stored=stored,
        duplicate=duplicate,
        not_written=list(lacking),
        method=origin.method,
    )
