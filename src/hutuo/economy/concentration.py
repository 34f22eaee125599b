"""How concentrated industries are over zones, against where everything is; with intervals for samples."""

from math import sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from hutuo.economy.indices import shares_of

__all__ = [
    "gini_slope",
    "half_width",
    "krugman_slope",
    "locational_gini",
    "theil",
    "theil_slope",
]

Array = npt.NDArray[np.float64]
# Of a normal distribution, 95 % lies within.
WITHIN = 1.959964


def locational_gini(table: pd.DataFrame | Array) -> pd.Series | Array:
    """Gini coefficient of each industry's shares of zones against the zones' shares of everything.

    Args:
        table: Employed or value added, (zones, industries), >= 0.

    Returns:
        (industries,), from 0 (where everything is) towards 1 (all in the smallest zone).

    Raises:
        BadInput: A cell is negative or missing, or a zone has nothing.

    Source: P. Krugman, Geography and Trade (1991), 55-57; twice the area between the curve of Hoover (Review
    of Economic Statistics 18, 1936) and the diagonal.
    """
    shares, sizes = _by_industry(table)
    found = np.array([_gini(one, sizes) for one in shares.T])
    return pd.Series(found, index=table.columns) if isinstance(table, pd.DataFrame) else found


def theil(table: pd.DataFrame | Array) -> pd.Series | Array:
    """Theil's entropy of each industry's shares of zones against the zones' shares of everything.

    Args:
        table: Employed or value added, (zones, industries), >= 0.

    Returns:
        (industries,), from 0 (where everything is) to the log of one over the smallest zone's share.

    Raises:
        BadInput: A cell is negative or missing, or a zone has nothing.

    Source: H. Theil, Economics and Information Theory (1967), 91-134; relative as in M. Brülhart and
    R. Traeger, Regional Science and Urban Economics 35 (2005) 597-624.
    """
    shares, sizes = _by_industry(table)
    found = np.array([_theil(one, sizes) for one in shares.T])
    return pd.Series(found, index=table.columns) if isinstance(table, pd.DataFrame) else found


def half_width(shares: Array, slope: Array, count: float) -> float:
    """Half the interval of 95 % of an index of shares that were counted in a sample.

    The delta method for a multinomial sample; what the shares are compared with is taken as known.

    Args:
        shares: Shares, summing to 1, (parts,).
        slope: Derivative of the index by each share, (parts,).
        count: Counted in the sample.

    Source: A. Agresti, Categorical Data Analysis, 3rd edition (2013), section 16.1.
    """
    middle = float(shares @ slope)
    return WITHIN * sqrt(max(float(shares @ slope**2) - middle**2, 0.0) / count)


def krugman_slope(shares: Array, whole: Array) -> Array:
    """Derivative of the sum of absolute differences by each share; 0 where there is no difference."""
    return np.sign(shares - whole)


def gini_slope(shares: Array, sizes: Array) -> Array:
    """Derivative of the locational Gini by the share of each zone."""
    order = np.sign(shares[:, None] * sizes - sizes[:, None] * shares)
    found: Array = order @ sizes
    return found


def theil_slope(shares: Array, sizes: Array) -> Array:
    """Derivative of Theil's entropy by the share of each zone; 0 where the share is 0."""
    some = shares > 0
    found = np.zeros_like(shares)
    found[some] = np.log(shares[some] / sizes[some]) + 1
    return found


def _by_industry(table: pd.DataFrame | Array) -> tuple[Array, Array]:
    """Shares of zones in each industry, (zones, industries), and in everything; NaN for what nobody has."""
    shares_of(table)
    values = np.asarray(table, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return values / values.sum(axis=0), values.sum(axis=1) / values.sum()


def _gini(shares: Array, sizes: Array) -> float:
    order = np.argsort(shares / sizes, kind="stable")
    up, along = np.cumsum(shares[order]), sizes[order]
    return float(1 - (along * (2 * up - shares[order])).sum())


def _theil(shares: Array, sizes: Array) -> float:
    if np.isnan(shares).any():
        return float("nan")
    some = shares > 0
    return float((shares[some] * np.log(shares[some] / sizes[some])).sum())
