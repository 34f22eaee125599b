"""A figure that was read, bound to an indicator: from then on it is a target that is evaluated."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.measures import unit_of
from hutuo.base.tables import table
from hutuo.errors import BadAsk, NotFound
from hutuo.plan.likeness import alike
from hutuo.units import UNITS
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Row = dict[str, Any]
SHOWN = 8
TARGETS = ("accepted", "mended")


class Bind(Ask):
    """Which figure to bind to which indicator."""

    quantity: str = said("数量的编号", "id of the figure")
    indicator: str | None = said(
        "指标;不填则只给出建议",
        "indicator that measures it; suggestions only if none is given",
        default=None,
    )
    target: str | None = said(
        "目标的标识;缺省由指标得出",
        "id of the target; made from the indicator if none is given",
        default=None,
    )
    place: str | None = said(
        "地域;缺省为本地区",
        "geography that it is measured for; the region's own set if none is given",
        default=None,
    )
    zh: str | None = said("目标的中文名", "name of the target in Chinese", default=None)
    en: str | None = said("目标的英文名", "name of the target in English", default=None)
    method_zh: str | None = said("中文量法", "how it is measured, in Chinese", default=None)
    method_en: str | None = said("英文量法", "how it is measured, in English", default=None)
    by: str | None = said("经手人或单位", "who binds it", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Candidate(Answer):
    """An indicator that may measure a figure."""

    indicator: str = said("指标的标识", "id of the indicator")
    name: Text = said("指标名称", "what it is called")
    unit: str = said("计量单位", "its unit of measure")
    likeness: float = said("相似度", "how alike its name and the figure's subject are, 0..1")


class BindAnswer(Answer):
    """What was bound, or could be."""

    quantity: str = said("数量的编号", "id of the figure")
    target: str | None = said("目标的标识", "id of the target; null if nothing was bound")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    candidates: list[Candidate] = said(
        "候选指标", "indicators of that dimension, the likeliest first"
    )


class Scored(NamedTuple):
    """An indicator and how well it fits."""

    row: Mapping[str, Any]
    likeness: float


@verb("将数量绑定到指标")
def bind(region: "Region", ask: Bind) -> BindAnswer:
    """Bind a figure of a plan to an indicator, so that it is evaluated as a target; or suggest some."""
    from hutuo.base.writing import About, frames_of, record

    figure = _figure(region, ask.quantity)
    found = [
        _candidate(one) for one in suggested(figure, list(region.indicators.values()))[:SHOWN]
    ]
    if ask.indicator is None:
        return BindAnswer(
            quantity=ask.quantity, target=figure["target"], batch=None, candidates=found
        )
    row = target_of(figure, _indicator(region, ask.indicator), ask, region.info.set)
    rows = {
        "target": [row],
        "quantity": [{**figure, "target": row["target"], "by": ask.by or figure["by"]}],
    }
    kept, _ = frames_of(rows)
    batch = None if ask.check else record(region, kept, About("bind")).batch
    return BindAnswer(quantity=ask.quantity, target=row["target"], batch=batch, candidates=found)


def suggested(figure: Row, indicators: Sequence[Mapping[str, Any]]) -> list[Scored]:
    """Indicators that may measure a figure: of its dimension, those with the likest name first.

    Args:
        figure: Row of the table ``quantity``.
        indicators: Rows of the table ``indicator``.
    """
    symbol = unit_of(figure["unit"])
    dimension = UNITS[symbol].dimension if symbol else None
    fit = [row for row in indicators if dimension in (None, UNITS[row["unit"]].dimension)]
    subject = f"{figure['subject'] or ''} {figure['quote']}"
    zh = alike([subject], [row["zh"] for row in fit])[0]
    en = alike([subject], [row["en"] for row in fit])[0]
    scored = [Scored(row, float(max(zh[at], en[at]))) for at, row in enumerate(fit)]
    return sorted(scored, key=lambda one: (-one.likeness, one.row["indicator"]))


def target_of(figure: Row, indicator: Mapping[str, Any], ask: Bind, place: str) -> Row:
    """The target that a figure is, measured by an indicator.

    Raises:
        BadAsk: Nobody accepted the figure, it is no aim, leaves its number open, or is of another dimension.
    """
    if figure["decision"] not in TARGETS:
        raise BadAsk(
            f"'{figure['quantity']}' is {figure['decision']}",
            "accept or mend it first: hutuo plan decide",
        )
    if figure["kind"] != "target" or figure["value"] is None:
        what = f"a {figure['kind']}" if figure["kind"] != "target" else "without a number"
        raise BadAsk(f"'{figure['quantity']}' is {what}", "only aims with a number are bound")
    symbol = unit_of(figure["unit"])
    if symbol is None:
        raise BadAsk(
            f"unit '{figure['unit']}' is not known", f"mend it to one of {', '.join(UNITS)}"
        )
    if UNITS[symbol].dimension != UNITS[indicator["unit"]].dimension:
        raise BadAsk(
            f"'{figure['unit']}' measures {UNITS[symbol].dimension}, indicator '{indicator['indicator']}'"
            f" measures {UNITS[indicator['unit']].dimension}",
            "name an indicator of that dimension",
        )
    name = figure["subject"] or figure["quote"]
    return {
        "target": ask.target or f"{indicator['indicator']}-{figure['target_year'] or 'open'}",
        "plan": figure["plan"],
        "clause": figure["clause"],
        "zh": ask.zh or name,
        "en": ask.en or ask.zh or name,
        "indicator": indicator["indicator"],
        "operator": "=" if figure["operator"] == "~" else figure["operator"],
        "value": figure["value"],
        "unit": symbol,
        "year": figure["target_year"],
        "year_from": figure["year_from"],
        "base_year": figure["base_year"],
        "stance": figure["stance"],
        "place": ask.place or place,
        "scope": "total",
        "method_zh": ask.method_zh or indicator["definition_zh"],
        "method_en": ask.method_en or indicator["definition_en"],
    }


def _figure(region: "Region", name: str) -> Row:
    rows = region.records("quantity", quantity=name)
    if not rows:
        raise NotFound(f"'{name}' is no figure of a plan", "list them by: hutuo plan review")
    return table("quantity").cells(rows[0])


def _indicator(region: "Region", name: str) -> Mapping[str, Any]:
    if name not in region.indicators:
        raise NotFound(f"no indicator '{name}'", "list them by: hutuo base indicators")
    return region.indicators[name]


def _candidate(one: Scored) -> Candidate:
    row = one.row
    return Candidate(
        indicator=row["indicator"],
        name=Text(row["zh"], row["en"]),
        unit=row["unit"],
        likeness=round(one.likeness, 3),
    )
