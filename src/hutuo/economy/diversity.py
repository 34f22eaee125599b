"""Economic complexity: what zones can do, read off which industries they are strong in.

Source: C. A. Hidalgo and R. Hausmann, The building blocks of economic complexity, PNAS 106 (2009)
10570-10575; the scale of industries as in R. Hausmann et al., The Atlas of Economic Complexity (2014), 24.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from hutuo.economy.indices import location_quotient
from hutuo.errors import BadInput
from hutuo.glossary import Text

__all__ = ["Complexity", "complexity"]

Array = npt.NDArray[np.float64]
# Below these the order of zones turns on single cells: few zones, or a second eigenvalue near the third.
FEW_ZONES, NEAR, WEAK = 50, 0.05, 0.3


class Complexity(NamedTuple):
    """Complexity of zones and industries.

    Attributes:
        eci: Of zones, mean 0 and standard deviation 1; higher for more diverse zones. NaN for a zone that is
            strong in nothing.
        pci: Of industries, in the zones' scale; NaN for an industry that no zone is strong in.
        diversity: Number of industries that a zone is strong in.
        ubiquity: Number of zones that are strong in an industry.
        gap: Second eigenvalue over the third, less 1: near 0 the order of zones is not firm.
        doubts: Why it should be read with care.
    """

    eci: pd.Series
    pci: pd.Series
    diversity: pd.Series
    ubiquity: pd.Series
    gap: float
    doubts: list[Text]


def complexity(table: pd.DataFrame | Array, *, strong: float = 1.0) -> Complexity:
    """Economic complexity of zones and industries.

    Args:
        table: Employed or value added, (zones, industries), >= 0.
        strong: Location quotient from which a zone counts as strong in an industry.

    Raises:
        BadInput: A cell is negative or missing, a zone has nothing, or fewer than three zones or industries
            are strong in anything.
    """
    if isinstance(table, pd.DataFrame):
        frame = location_quotient(table)
    else:
        frame = pd.DataFrame(location_quotient(np.asarray(table)))
    matrix = (frame.fillna(0.0) >= strong).to_numpy(np.float64)
    diverse, common = matrix.sum(axis=1), matrix.sum(axis=0)
    zones, industries = diverse > 0, common > 0
    inner = matrix[np.ix_(zones, industries)]
    if min(inner.shape) < 3:  # noqa: PLR2004 - two have no third eigenvalue
        raise BadInput(
            Text(
                "至少要三个地区、三个行业有优势",
                "three zones and three industries at least must be strong",
            ),
            (),
            Text("降低优势的界限,或加入更多地区", "lower the bound of strength, or add zones"),
        )
    scores, values = _second(inner, diverse[zones], common[industries])
    turned = scores * _sign(scores, diverse[zones])
    centre, spread = turned.mean(), turned.std()
    eci = np.full(len(diverse), np.nan)
    eci[zones] = (turned - centre) / spread
    pci = np.full(len(common), np.nan)
    pci[industries] = (inner.T @ turned / common[industries] - centre) / spread
    gap = float(values[1] / max(values[2], np.finfo(float).tiny) - 1)
    return Complexity(
        eci=pd.Series(eci, index=frame.index),
        pci=pd.Series(pci, index=frame.columns),
        diversity=pd.Series(diverse.astype(int), index=frame.index),
        ubiquity=pd.Series(common.astype(int), index=frame.columns),
        gap=gap,
        doubts=_doubts(turned, diverse[zones], gap),
    )


def _second(matrix: Array, diverse: Array, common: Array) -> tuple[Array, Array]:
    """Second eigenvector of the zones' matrix, and all eigenvalues from the largest on.

    The matrix of the method is not symmetric; scaled by the root of diversity on both sides it is.
    """
    root = np.sqrt(diverse)
    scaled = matrix / root[:, None] / np.sqrt(common)
    values, vectors = np.linalg.eigh(scaled @ scaled.T)
    return vectors[:, -2] / root, np.maximum(values[::-1], 0.0)


def _sign(scores: Array, diverse: Array) -> float:
    """An eigenvector has no sign: more diverse zones shall stand higher."""
    return -1.0 if _tie(scores, diverse) < 0 else 1.0


def _tie(scores: Array, diverse: Array) -> float:
    """Correlation with diversity; 0 where all zones are equally diverse."""
    return float(np.corrcoef(scores, diverse)[0, 1]) if np.ptp(diverse) else 0.0


def _doubts(scores: Array, diverse: Array, gap: float) -> list[Text]:
    found = []
    if len(scores) < FEW_ZONES:
        zh = f"只有{len(scores)}个地区,名次易受个别数值影响"
        found.append(
            Text(zh, f"there are {len(scores)} zones only: single cells may turn their order")
        )
    if gap < NEAR:
        zh = f"第二、第三特征值相差仅{gap:.1%},名次不稳"
        found.append(
            Text(
                zh,
                f"the second and third eigenvalue differ by {gap:.1%} only: the order is not firm",
            )
        )
    tie = abs(_tie(scores, diverse))
    if tie < WEAK:
        zh = f"与多样性的相关仅{tie:.2f},方向可能颠倒"
        found.append(
            Text(zh, f"its correlation with diversity is {tie:.2f} only: its sign may be wrong")
        )
    return found
