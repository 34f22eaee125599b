"""What was settled, written as figures of indicators, so that targets and duties of plans see it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import indicator_of, unit_name
from hutuo.errors import BadAsk, BadInput
from hutuo.units import convert
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


def measured_in(region: "Region", indicator: str, unit: str) -> None:
    """Check that an indicator is measured in a unit that another converts to.

    Raises:
        NotFound: There is no such indicator.
        BadAsk: It is measured otherwise.
    """
    own = indicator_of(region, indicator)["unit"]
    try:
        convert(1.0, unit, own)
    except BadAsk as error:
        says = Text(
            f"指标“{indicator}”的单位是{unit_name(own).zh},不是{unit_name(unit).zh}",
            f"'{indicator}' is measured in {unit_name(own).en}, not in {unit_name(unit).en}",
        )
        hint = Text("请换一个以此计量的指标", "name an indicator that is measured so")
        raise BadAsk(says, hint) from error


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
    batch, stored, duplicate = _recorded(region, rows, origin, check=check)
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


def _recorded(
    region: "Region", rows: Sequence[Mapping[str, Any]], origin: Origin, *, check: bool
) -> tuple[str | None, int, int]:
    import pandas as pd

    if not rows:
        return None, 0, 0
    marks = {
        "source": origin.source["source"],
        "quality": QUALITY,
        "method": f"{origin.method.zh} / {origin.method.en}",
    }
    frames = {
        "observation": pd.DataFrame([{**row, **marks} for row in rows]),
        "source": pd.DataFrame([origin.source]),
    }
    if check:
        told = [one for several in region.faults(frames).values() for one in several]
        if told:
            raise BadInput(Text("数值有误:", "the figures are faulty:"), told)
        return None, 0, 0
    done = region.record(frames, verb=origin.verb)
    return done.batch, done.stored["observation"], done.duplicate["observation"]
