"""A figure that was read, bound to an indicator: from then on it is a target that is evaluated."""

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

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
UNDECIDED = {
    "proposed": Text("尚未审定,须先通过或修改", "nobody decided on it: accept or mend it first"),
    "rejected": Text("已否决", "it was rejected"),
    "withdrawn": Text("原文中已不在", "it is no longer in the document"),
}


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
    found = [candidate(one) for one in suggested(figure, list(region.indicators.values()))[:SHOWN]]
    if ask.indicator is None:
        return BindAnswer(
            quantity=ask.quantity, target=figure["target"], batch=None, candidates=found
        )
    name = free_name(figure, ask.indicator, ask.target, region.records("target"))
    row = target_of(figure, _indicator(region, ask.indicator), ask, (name, region.info.set))
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
    return suggested_all([figure], indicators)[0]


def suggested_all(
    figures: Sequence[Row], indicators: Sequence[Mapping[str, Any]]
) -> list[list[Scored]]:
    """For each figure the indicators that may measure it, as :func:`suggested` gives them for one."""
    subjects = [f"{figure['subject'] or ''} {figure['quote']}" for figure in figures]
    names = ([row[lang] for row in indicators] for lang in ("zh", "en"))
    zh, en = (alike(subjects, called) for called in names)
    found = []
    for figure, score in zip(figures, np.maximum(zh, en), strict=True):
        symbol = unit_of(figure["unit"])
        dimension = UNITS[symbol].dimension if symbol else None
        fit = [
            Scored(row, float(score[at]))
            for at, row in enumerate(indicators)
            if dimension in (None, UNITS[row["unit"]].dimension)
        ]
        found.append(sorted(fit, key=lambda one: (-one.likeness, one.row["indicator"])))
    return found


def free_name(
    figure: Row, indicator: str, asked: str | None, targets: Sequence[Mapping[str, Any]]
) -> str:
    """Id of the target that a figure becomes: as asked, the one that it has, or a new one.

    Args:
        figure: Row of the table ``quantity``.
        indicator: Id of the indicator.
        asked: Id that was asked for, if any.
        targets: Rows of the table ``target`` of all plans.

    Raises:
        BadAsk: The id that was asked for is that of another plan's target.
    """
    plans = {row["target"]: row["plan"] for row in targets}
    if asked is not None:
        if plans.get(asked, figure["plan"]) != figure["plan"]:
            plan = plans[asked]
            says = Text(
                f"“{asked}”是规划“{plan}”的目标", f"'{asked}' is a target of plan '{plan}'"
            )
            raise BadAsk(says, Text("请另起标识", "choose another id"))
        return asked
    if figure["target"]:
        return str(figure["target"])
    short = f"{indicator}-{figure['target_year'] or 'open'}"
    long = f"{figure['plan']}-{short}"
    numbered = (f"{long}-{number}" for number in count(2))
    return next(name for name in chain([short, long], numbered) if name not in plans)


def hindered(figure: Row) -> Text | None:
    """Why a figure cannot be bound as it stands; None if it can."""
    if figure["decision"] not in TARGETS:
        return UNDECIDED[figure["decision"]]
    if figure["kind"] != "target":
        return Text("不是目标", f"it is a {figure['kind']}: only aims are bound")
    if figure["value"] is None:
        return Text("没有写明数值", "it is without a number")
    if unit_of(figure["unit"]) is None:
        return Text(
            f"计量单位“{figure['unit']}”不认识,须先修改",
            f"unit '{figure['unit']}' is not known: mend it",
        )
    return None


def followed(
    figures: Sequence[Row], targets: Mapping[str, Row], indicators: Mapping[str, Mapping[str, Any]]
) -> list[Row]:
    """Targets as their figures say since a decision; only those that change.

    Args:
        figures: Rows of the table ``quantity`` after the decision.
        targets: Rows of the table ``target`` by id.
        indicators: Rows of the table ``indicator`` by id.

    Raises:
        BadAsk: A figure would no longer be one that is bound to its indicator.
    """
    found = []
    for figure in figures:
        target = targets.get(figure["target"] or "")
        if target is None:
            continue
        why = hindered(figure) or _mismatch(figure, indicators[target["indicator"]])
        if why:
            name, bound = figure["quantity"], target["target"]
            says = Text(
                f"“{name}”已绑定为目标“{bound}”:{why.zh}",
                f"'{name}' is bound as target '{bound}': {why.en}",
            )
            hint = Text(
                "请先撤回该目标:hutuo base put", "take the target back first: hutuo base put"
            )
            raise BadAsk(says, hint)
        now = {**target, **_asked(figure)}
        if now != target:
            found.append(now)
    return found


def _mismatch(figure: Row, indicator: Mapping[str, Any]) -> Text | None:
    """Why a figure cannot be measured by an indicator: the two are of different dimensions."""
    own = UNITS[unit_of(figure["unit"]) or figure["unit"]].dimension
    other = UNITS[indicator["unit"]].dimension
    if own == other:
        return None
    zh = f"“{figure['unit']}”与指标“{indicator['indicator']}”的计量单位不同类"
    en = (
        f"'{figure['unit']}' measures {own}, indicator '{indicator['indicator']}' measures {other}"
    )
    return Text(zh, en)


def _asked(figure: Row) -> Row:
    """What a target takes from its figure."""
    same = ("value", "year_from", "base_year", "stance")
    return {
        **{name: figure[name] for name in same},
        "operator": "=" if figure["operator"] == "~" else figure["operator"],
        "unit": unit_of(figure["unit"]) or figure["unit"],
        "year": figure["target_year"],
    }


def target_of(figure: Row, indicator: Mapping[str, Any], ask: Bind, named: tuple[str, str]) -> Row:
    """The target that a figure is, measured by an indicator.

    Args:
        figure: Row of the table ``quantity``.
        indicator: Row of the table ``indicator``.
        ask: What else was asked for.
        named: Id of the target, and the place if none is asked for.

    Raises:
        BadAsk: Nobody accepted the figure, it is no aim, leaves its number open, or is of another dimension.
    """
    if why := hindered(figure):
        name = figure["quantity"]
        says = Text(f"“{name}”不能绑定:{why.zh}", f"'{name}' cannot be bound: {why.en}")
        hint = Text(
            "请先审定或修改:hutuo plan decide", "decide on it or mend it first: hutuo plan decide"
        )
        raise BadAsk(says, hint)
    if unlike := _mismatch(figure, indicator):
        hint = Text("请给出同一量纲的指标", "name an indicator of that dimension")
        raise BadAsk(unlike, hint)
    name = figure["subject"] or figure["quote"]
    return {
        "target": named[0],
        "plan": figure["plan"],
        "clause": figure["clause"],
        "zh": ask.zh or name,
        "en": ask.en or ask.zh or name,
        "indicator": indicator["indicator"],
        **_asked(figure),
        "place": ask.place or named[1],
        "scope": "total",
        "method_zh": ask.method_zh or indicator["definition_zh"],
        "method_en": ask.method_en or indicator["definition_en"],
    }


def _figure(region: "Region", name: str) -> Row:
    rows = region.records("quantity", quantity=name)
    if not rows:
        says = Text(f"“{name}”不是规划中的数字", f"'{name}' is no figure of a plan")
        hint = Text("查看全部:hutuo plan review", "list them by: hutuo plan review")
        raise NotFound(says, hint)
    return table("quantity").cells(rows[0])


def _indicator(region: "Region", name: str) -> Mapping[str, Any]:
    if name not in region.indicators:
        says = Text(f"没有指标“{name}”", f"no indicator '{name}'")
        hint = Text("查看全部:hutuo base indicators", "list them by: hutuo base indicators")
        raise NotFound(says, hint)
    return region.indicators[name]


def candidate(one: Scored) -> Candidate:
    """An indicator as it is suggested."""
    row = one.row
    return Candidate(
        indicator=row["indicator"],
        name=Text(row["zh"], row["en"]),
        unit=row["unit"],
        likeness=round(one.likeness, 3),
    )
