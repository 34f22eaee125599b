"""Series of figures as a file of SDMX-CSV, for statistical offices and the programs that they use."""

from typing import TYPE_CHECKING, Literal

from hutuo.base.sdmx import FREQUENCIES, Labels, Written, observations, span, written
from hutuo.errors import one_of
from hutuo.report.files import Files, file
from hutuo.verbs import Ask, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Sdmx", "sdmx"]


class Sdmx(Ask):
    """Which series to write, and how."""

    place: tuple[str, ...] = said("只要这些地点", "only these units or places", default=())
    indicator: tuple[str, ...] = said("只要这些指标", "only these indicators", default=())
    source: tuple[str, ...] = said("只要这些来源", "only of these sources", default=())
    frequency: tuple[str, ...] = said(
        "只要这些频率:A年、S半年、Q季、M月、D日、H小时、I不定期",
        "only these: A years, S half-years, Q quarters, M months, D days, H hours, I irregular",
        default=(),
    )
    first: str | None = said(
        "最早的时期,如2010、2024-Q1、2024-05",
        "first period, as 2010, 2024-Q1, 2024-05",
        default=None,
    )
    last: str | None = said("最晚的时期", "last period", default=None)
    labels: Labels = said(
        "代码(id)、名称另成一列(name)或代码与名称(both)",
        "ids, names in columns of their own, or both in one",
        default="id",
    )
    language: Literal["zh", "en"] = said("文件的语言", "language of the file", default="zh")


@verb("导出时间序列(SDMX-CSV)")
def sdmx(region: "Region", ask: Sdmx) -> Files:
    """Write series of figures as SDMX-CSV.

    Example:
        ``hutuo exchange sdmx --place 130102 --first 2010 --out build``
    """
    for code in ask.frequency:
        if code not in FREQUENCIES:
            raise one_of(code, "frequency", list(FREQUENCIES))
    where = {name: getattr(ask, name) for name in ("place", "indicator", "source")}
    where["valid_from"] = span(ask.first, ask.last, region)
    rows = observations(region, where, ask.frequency)
    content = written(region, rows, Written(ask.labels, "none", ask.language))
    return Files(files=[file(f"{region.info.id}-series", "csv", content)])
