"""Output by sector and year, of a user's own file: what intensities are per."""

from typing import TYPE_CHECKING

from hutuo.environment.csvfiles import number, read_lines, whole
from hutuo.environment.register import sector_key
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_outputs"]

COLUMNS = {"sector": "行业", "year": "年份", "output": "产出", "note": "备注"}
REQUIRED = ("sector", "year", "output")
YEARS = (1900, 2200)


def read_outputs(path: "Path") -> dict[tuple[str, int], float]:
    """Output by sector and year, in the unit of the file, at constant prices.

    Args:
        path: CSV with columns sector, year and output; headings in either language.

    Raises:
        BadInput: A sector is not known or stands twice in a year, or a cell is no number above 0; all
            findings are told.
    """
    faults: list[Finding] = []
    found: dict[tuple[str, int], float] = {}
    for line in read_lines(path, COLUMNS, REQUIRED):
        sector = sector_key(line.cells["sector"].strip())
        year = whole(path.name, line, "year", YEARS, faults)
        output = number(path.name, line, "output", faults)
        if sector is None:
            says = Text(f"没有行业“{line.cells['sector']}”", f"no sector '{line.cells['sector']}'")
            faults.append(Finding(path.name, line.row, "sector", says))
        if output is None or output <= 0:
            says = Text("产出应为大于0的数", "an output is a number above 0")
            faults.append(Finding(path.name, line.row, "output", says))
        if sector is None or year is None or output is None:
            continue
        if (sector, year) in found:
            says = Text("该行业该年已有一行", "the sector has a row of that year already")
            faults.append(Finding(path.name, line.row, "", says))
        found[sector, year] = output
    if faults:
        zh, en = f"{path.name}有{len(faults)}处问题:", f"{path.name} has {len(faults)} findings:"
        raise BadInput(Text(zh, en), faults)
    return found
