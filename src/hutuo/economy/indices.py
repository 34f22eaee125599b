"""Where zones are strong and how like each other they are: indices over a table of zones by industries."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from hutuo.economy.given import arrays, told
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["krugman", "location_quotient", "shares_of", "similarity"]

Array = npt.NDArray[np.float64]
Table = TypeVar("Table", pd.DataFrame, Array)


def location_quotient(table: Table) -> Table:
    """Share of an industry in a zone over its share in all zones together.

    Args:
        table: Employed or value added, (zones, industries), >= 0; a frame keeps its labels.

    Returns:
        (zones, industries); above 1 the zone has more of it than all together. NaN for an industry that
        nobody has.

    Raises:
        BadInput: It is no table, a cell is no number, negative or missing, or a zone has nothing; all of
            them are named.

    Source: P. S. Florence, Investment, Location, and Size of Plant (1948).
    """
    values = _checked(table)
    whole = values.sum(axis=0) / values.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (values / values.sum(axis=1, keepdims=True)) / whole
    return _like(table, found)


def krugman(table: pd.DataFrame | Array) -> pd.Series | Array:
    """How far the shares of a zone's industries are from those of all zones together.

    Args:
        table: Employed or value added, (zones, industries), >= 0.

    Returns:
        Sum of absolute differences of shares, (zones,), from 0 (as the whole) to 2 (nothing in common).

    Raises:
        BadInput: A cell is negative or missing, or a zone has nothing.

    Source: P. Krugman, Geography and Trade (1991), 75-76.
    """
    values = _checked(table)
    shares = values / values.sum(axis=1, keepdims=True)
    found = np.abs(shares - values.sum(axis=0) / values.sum()).sum(axis=1)
    return pd.Series(found, index=table.index) if isinstance(table, pd.DataFrame) else found


def similarity(table: Table) -> Table:
    """How like each other the industries of two zones are: the cosine of their shares.

    Args:
        table: Employed or value added, (zones, industries), >= 0.

    Returns:
        (zones, zones), from 0 (nothing in common) to 1 (the same shares).

    Raises:
        BadInput: A cell is negative or missing, or a zone has nothing.

    Source: coefficient of structural similarity, UNIDO International Centre for Industrial Studies (1979).
    """
    shares = shares_of(table)
    unit = shares / np.linalg.norm(shares, axis=1, keepdims=True)
    found: Array = np.clip(unit @ unit.T, 0.0, 1.0)
    np.fill_diagonal(found, 1.0)
    if isinstance(table, pd.DataFrame):
        return pd.DataFrame(found, index=table.index, columns=table.index)
    return found


def shares_of(table: pd.DataFrame | Array) -> Array:
    """Shares of industries in each zone, (zones, industries).

    Raises:
        BadInput: A cell is negative or missing, or a zone has nothing.
    """
    values = _checked(table)
    shares: Array = values / values.sum(axis=1, keepdims=True)
    return shares


def _checked(table: pd.DataFrame | Array) -> Array:
    values = arrays({"table": table})["table"]
    if values.ndim != 2 or not values.size:  # noqa: PLR2004 - zones by industries
        zh = f"形状{values.shape}应为(地区, 行业),各至少一个"
        en = f"shape {values.shape}; (zones, industries), one of each at least, would be right"
        raise BadInput(
            Text("不是地区×行业的表:", "it is no table of zones by industries:"),
            [Finding("table", None, "", Text(zh, en))],
        )
    wrong = ~(values >= 0) | np.isinf(values)
    findings = [
        Finding("table", None, told(table, cell), _amount(values[tuple(cell)]))
        for cell in np.argwhere(wrong).tolist()
    ]
    empty = ~wrong.any(axis=1) & (values.sum(axis=1) == 0)
    says = Text("该地没有任何数值,请去掉", "the zone has nothing; leave it out")
    rows = table.index if isinstance(table, pd.DataFrame) else range(len(values))
    findings += [
        Finding("table", None, str(rows[n]), says) for n in np.flatnonzero(empty).tolist()
    ]
    if findings:
        many = len(findings)
        raise BadInput(Text(f"表有{many}处问题:", f"the table has {many} findings:"), findings)
    return values


def _amount(value: float) -> Text:
    return Text(f"{value}应为不小于0的数", f"{value}; a number of at least 0 would be right")


def _like(table: Table, values: Array) -> Table:
    if isinstance(table, pd.DataFrame):
        return pd.DataFrame(values, index=table.index, columns=table.columns)
    return values
