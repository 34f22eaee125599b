"""Input-output analysis of a table of industries: who supplies whom, directly and through all others.

Source: R. E. Miller and P. D. Blair, Input-Output Analysis, 2nd edition (2009), chapters 2, 6 and 12.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.economy.given import arrays, told
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["Linkages", "coefficients", "leontief", "linkages", "output_for"]

Array = npt.NDArray[np.float64]
# Of the largest figure of an inverse, what its rounding may leave below 0.
NEGLIGIBLE = 1e-12


class Linkages(NamedTuple):
    """How an industry hangs together with the others, each over the mean of all industries.

    Attributes:
        backward: Column sums of L over their mean: above 1 its demand moves others more than most.
        forward: Row sums of the inverse of Ghosh over their mean: above 1 others use it more than most.
        multiplier: Column sums of L: output of all industries by unit of its final demand.
        key: Whether both linkages are above 1.
    """

    backward: Array
    forward: Array
    multiplier: Array
    key: npt.NDArray[np.bool_]


def coefficients(flows: npt.ArrayLike, output: npt.ArrayLike, *, imported: bool = False) -> Array:
    """Input by unit of output, A.

    Args:
        flows: Z, (industries, industries), what the row's industry delivers to the column's.
        output: x, (industries,), total output, in the same unit.
        imported: Whether flows hold imports, so that more may be delivered than the output.

    Raises:
        BadInput: Shapes do not fit, a cell is no number, negative or missing, or an industry delivers more
            than its output, or takes in something and has no output.
    """
    z, x = _checked(flows, output, imported=imported)
    return np.divide(z, x, out=np.zeros_like(z), where=x > 0)


def leontief(flows: npt.ArrayLike, output: npt.ArrayLike, *, imported: bool = False) -> Array:
    """Output of the row's industry by unit of final demand for the column's, L = (I - A)^-1.

    Args:
        flows: Z, (industries, industries), what the row's industry delivers to the column's.
        output: x, (industries,), total output.
        imported: Whether flows hold imports, so that more may be delivered than the output.

    Raises:
        BadInput: As for :func:`coefficients`; or the industries use up more than they make.
    """
    return _inverse(coefficients(flows, output, imported=imported))


def output_for(flows: npt.ArrayLike, output: npt.ArrayLike, demand: npt.ArrayLike) -> Array:
    """Output that a final demand takes, x = L f, (industries,) or (industries, cases).

    Args:
        flows: Z, (industries, industries).
        output: x, (industries,).
        demand: f, (industries,) or (industries, cases), or a change of it.

    Raises:
        BadInput: As for :func:`leontief`; or the demand does not fit.
    """
    total, wanted = leontief(flows, output), arrays({"demand": demand})["demand"]
    if wanted.ndim not in (1, 2) or len(wanted) != len(total) or not np.isfinite(wanted).all():
        n = len(total)
        zh = f"形状{wanted.shape}应为({n},)或({n}, 情形数),且都是有限的数"
        en = f"shape {wanted.shape}; ({n},) or ({n}, cases), all finite, would be right"
        raise BadInput(
            Text("最终需求有误:", "final demand is faulty:"),
            [Finding("demand", None, "", Text(zh, en))],
        )
    found: Array = total @ wanted
    return found


def linkages(flows: npt.ArrayLike, output: npt.ArrayLike, *, imported: bool = False) -> Linkages:
    """Backward and forward linkages, multipliers, and key industries.

    Args:
        flows: Z, (industries, industries).
        output: x, (industries,).
        imported: Whether flows hold imports, so that more may be delivered than the output.

    Raises:
        BadInput: As for :func:`leontief`.
    """
    z, x = _checked(flows, output, imported=imported)
    total = leontief(z, x, imported=imported)
    given = np.divide(z, x[:, None], out=np.zeros_like(z), where=x[:, None] > 0)
    ghosh = _inverse(given)
    multiplier = total.sum(axis=0)
    backward, forward = (
        multiplier / multiplier.mean(),
        ghosh.sum(axis=1) / ghosh.sum(axis=1).mean(),
    )
    return Linkages(backward, forward, multiplier, (backward > 1) & (forward > 1))


def _inverse(part: Array) -> Array:
    """(I - A)^-1; where A is not negative it is not either just if A's largest eigenvalue is below 1."""
    try:
        found: Array = np.linalg.inv(np.eye(len(part)) - part).astype(np.float64)
    except np.linalg.LinAlgError:
        found = np.full_like(part, np.inf)
    largest = float(np.abs(found).max(initial=1.0))
    if found.min(initial=0.0) >= -NEGLIGIBLE * largest and largest < 1 / NEGLIGIBLE:
        return found
    # All eigenvalues take thirty times as long: only for the message, and where it is close.
    radius = float(np.abs(np.linalg.eigvals(part)).max(initial=0.0))
    if radius >= 1:
        raise BadInput(
            Text(
                f"中间投入超过产出(最大特征值{radius:.3f}),无法求逆",
                f"industries use up what they make: the largest eigenvalue of A is {radius:.3f}",
            ),
            (),
            Text(
                "应小于1;核对流量和总产出的单位",
                "below 1 would be right; look at units of flows and output",
            ),
        )
    return found


def _checked(
    flows: npt.ArrayLike, output: npt.ArrayLike, *, imported: bool
) -> tuple[Array, Array]:
    z, x = arrays({"flows": flows, "output": output}).values()
    if x.ndim != 1 or z.shape != (len(x), len(x)) or not len(x):
        shapes = f"{z.shape}, {x.shape}"
        raise BadInput(
            Text(f"流量和总产出的形状为{shapes}", f"flows and output have shapes {shapes}"),
            (),
            Text("应为(n, n)和(n,)", "(n, n) and (n,) would be right"),
        )
    faults = [*_amounts("flows", flows, z), *_amounts("output", output, x)]
    more = Text("供给他业的多于总产出", "it delivers more than its output")
    idle = Text("有中间投入而总产出为0", "it takes in something and has no output")
    with np.errstate(invalid="ignore"):
        delivers = z.sum(axis=1) > x * (1 + 1e-9)
    wrong = {more: delivers & (not imported), idle: (z.sum(axis=0) > 0) & (x == 0)}
    faults += [
        Finding("flows", None, told(output, (i,)), says)
        for says, where in wrong.items()
        for i in np.flatnonzero(where).tolist()
    ]
    if faults:
        many = len(faults)
        raise BadInput(
            Text(f"投入产出表有{many}处问题:", f"the table has {many} findings:"), faults
        )
    return z, x


def _amounts(name: str, given: npt.ArrayLike, values: Array) -> list[Finding]:
    """Cells that are missing, infinite or below 0."""
    return [
        Finding(
            name,
            None,
            told(given, place),
            Text(
                f"{values[tuple(place)]}应为不小于0的数",
                f"{values[tuple(place)]}; a number of at least 0 would be right",
            ),
        )
        for place in np.argwhere(~(np.isfinite(values) & (values >= 0))).tolist()
    ]
