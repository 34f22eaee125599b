"""Sharing the tax of a firm that moved: what its old and its new city get, year by year.

Source: 京津冀协同发展产业转移对接企业税收收入分享办法, 财预〔2015〕92号: half and half from when it produces,
for three years, until the old city has had what the firm paid in the three years before; two more years where
it has not by then.
"""

from collections.abc import Sequence
from math import isfinite
from numbers import Integral
from typing import Any, NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["TaxShare", "tax_share"]

YEARS, EXTENSION, BEFORE = 3, 2, 3
# Yuan a year that the firm must have paid on average before it moved.
LEAST_AVERAGE = 20_000_000


class TaxShare(NamedTuple):
    """What both cities get.

    Attributes:
        origin: Of the old city, by year after the firm produces; in the unit of the taxes given.
        host: Of the new city; both sum to the taxes of the year.
        cap: Most that the old city gets in all.
        unmet: What of the cap was not reached; after the last year nothing more is shared for it.
        eligible: Whether the rule applies.
        reason: Why so.
    """

    origin: list[float]
    host: list[float]
    cap: float
    unmet: float
    eligible: bool
    reason: Text


def tax_share(
    pre: Sequence[float],
    post: Sequence[float],
    government_led: bool = True,  # noqa: FBT001, FBT002 - the name that others rely on
    *,
    fits_layout: bool = True,
    confirmed: bool = True,
    least_average: float = LEAST_AVERAGE,
) -> TaxShare:
    """Shares of the taxes of a firm that moved.

    Args:
        pre: What it paid in each of the three years before it moved, retained locally; yuan, unless
            ``least_average`` is given in another unit.
        post: What it pays in each year from when it is registered anew and produces; whole numbers are taken
            as fen and halved to whole ones.
        government_led: Whether governments led the move; others are not shared.
        fits_layout: Whether it fits the plan of industry of the new city.
        confirmed: Whether it stands on the list that both confirmed.
        least_average: What it must have paid a year on average before.

    Raises:
        BadInput: There are not three years before, or a tax is negative, missing or infinite.
    """
    _check(pre, post)
    cap = sum(pre)
    reason = _excluded(
        cap / BEFORE, least_average, led=government_led, fits=fits_layout, confirmed=confirmed
    )
    origin: list[float] = []
    for year, tax in enumerate(post):
        left = cap - sum(origin)
        shared = reason is None and year < YEARS + EXTENSION and left > 0
        origin.append(min(_half(tax), left) if shared else tax * 0)
    host = [tax - given for tax, given in zip(post, origin, strict=True)]
    unmet = cap - sum(origin) if reason is None else 0
    fits = Text("符合分享条件", "the rule applies")
    return TaxShare(origin, host, cap, max(unmet, 0), reason is None, reason or fits)


def _half(tax: Any) -> Any:
    """Half of a tax; of whole fen the odd one stays with the new city."""
    return tax // 2 if isinstance(tax, Integral) else tax / 2


def _is_amount(tax: Any) -> bool:
    """Whether it is a number of at least 0."""
    try:
        return isfinite(tax) and bool(tax >= 0)
    except TypeError:
        return False


def _excluded(
    average: float, least: float, *, led: bool, fits: bool, confirmed: bool
) -> Text | None:
    """Why the rule does not apply; None where it does."""
    if not led:
        return Text("非政府主导的迁移不分享", "a move that no government led is not shared")
    if not fits:
        return Text("不符合迁入地产业布局", "it does not fit the plan of industry of the new city")
    if not confirmed:
        return Text("未列入双方共同确认的名单", "it is not on the list that both confirmed")
    if average < least:
        return Text(
            f"迁出前三年年均缴税{average:,.2f},低于{least:,.2f}",
            f"it paid {average:,.2f} a year before; {least:,.2f} at least would be needed",
        )
    return None


def _check(pre: Sequence[float], post: Sequence[float]) -> None:
    findings = []
    if len(pre) != BEFORE:
        says = Text(
            f"给出了{len(pre)}年,应为迁出前3年", f"{len(pre)} years; the 3 before would be right"
        )
        findings.append(Finding("pre", None, "", says))
    for name, taxes in (("pre", pre), ("post", post)):
        findings += [
            Finding(
                name,
                year,
                "",
                Text(f"{tax}应为不小于0的数", f"{tax}; a number of at least 0 would be right"),
            )
            for year, tax in enumerate(taxes, 1)
            if not _is_amount(tax)
        ]
    if findings:
        raise BadInput(Text("税收数据有误:", "the taxes are faulty:"), findings)
