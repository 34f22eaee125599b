"""Numbers as tables write them, read by the column; and keys that stand twice."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

# A number with its thousands apart, with a percent sign or not; nothing else is guessed to be one.
WRITTEN = r"[-+−]?(?:\d{1,3}(?:[,,]\d{3})+|\d+)?(?:[..]\d*)?(?:[eE][-+]?\d+)?[%%]?"
FIGURES = 15
ONCE, SAME, OTHER = 0, 1, 2


def read(text: "pd.Series[str]") -> "tuple[NDArray[np.float64], NDArray[np.bool_]]":
    """The numbers that cells hold, NaN where a cell holds none; and which of them are written with %.

    Args:
        text: Cells without blanks around them.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pa.chunked_array(pa.array(text))
    plain = pc.match_substring_regex(cells, r"^[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?$")
    if pc.all(plain).as_py() is not False:
        values = pc.cast(_unsigned(cells), pa.float64()).to_numpy().copy()
        return _finite(values), np.zeros(len(text), bool)
    values = np.full(len(text), np.nan)
    percent = np.zeros(len(text), bool)
    simple = plain.to_numpy()
    values[simple] = pc.cast(_unsigned(cells.filter(plain)), pa.float64()).to_numpy()
    rest = np.flatnonzero(~simple)
    codes, words = text.iloc[rest].factorize()
    found = [_number(word) for word in words]
    values[rest] = np.array([value for value, _ in found] or [np.nan])[codes]
    percent[rest] = np.array([share for _, share in found] or [False])[codes]
    return _finite(values), percent


def tidy(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Values to 15 significant figures: a conversion leaves no 700.0000000000001."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        size = np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** (FIGURES - 1 - size)
        rounded = np.round(values * scale) / scale
    return np.where(np.isfinite(rounded), rounded, values)


def twice(keys: "pd.DataFrame", value: "NDArray[np.float64]") -> "NDArray[np.int8]":
    """Which rows say what a row before said already, and which contradict another row.

    Args:
        keys: Columns that together name a row.
        value: What each row says of it.

    Returns:
        For each row ONCE; SAME, if a row before it has the same key and value; OTHER, if rows with its key
        have different values.
    """
    import numpy as np

    found = np.full(len(keys), ONCE, np.int8)
    among = keys.duplicated(keep=False).to_numpy()
    if not among.any():
        return found
    some = keys[among].assign(_value=value[among])
    names = list(keys.columns)
    clash = (some.groupby(names, dropna=False)["_value"].transform("nunique") > 1).to_numpy()
    later = some.duplicated(names).to_numpy()
    found[among] = np.where(clash, OTHER, np.where(later, SAME, ONCE))
    return found


def _finite(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Values in place, those too large for a number as none."""
    import numpy as np

    values[np.isinf(values)] = np.nan
    return values


def _unsigned(cells: "object") -> "object":
    """Cells without a leading plus, which the cast refuses."""
    import pyarrow.compute as pc

    return pc.utf8_ltrim(cells, characters="+")


def _number(word: str) -> tuple[float, bool]:
    import re
    import unicodedata

    word = unicodedata.normalize("NFKC", word).replace("−", "-").replace(" ", "")
    if not re.fullmatch(WRITTEN, word) or not any(c.isdigit() for c in word):
        return float("nan"), False
    value = float(word.rstrip("%").replace(",", ""))
    return (value if abs(value) != float("inf") else float("nan")), word.endswith("%")
