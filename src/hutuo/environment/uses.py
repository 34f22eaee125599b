"""Rows of activity: those that a region knows, or those of a user's own file."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hutuo.base.geographies import geography
from hutuo.base.uploads import path_of
from hutuo.environment.activity import USES, Activity, Use, laid_out
from hutuo.environment.csvfiles import Line, number, read_lines, whole
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    from pathlib import Path

    from hutuo.base.region import Region

__all__ = ["activity_of", "read_uses", "uncovered"]

COLUMNS = {
    "place": "地点",
    "sector": "行业",
    "fuel": "燃料",
    "year": "年份",
    "use": "用途",
    "quantity": "数量",
    "unit": "计量单位",
    "uncertainty": "不确定度",
    "source": "来源",
    "note": "备注",
}
REQUIRED = ("place", "sector", "fuel", "year", "quantity", "unit")
YEARS = (1900, 2200)
TABLE = "activity"
PURPOSES = {"": "energy", "能源": "energy", "燃料": "energy", "原料": "feedstock"}


def activity_of(region: "Region", file: str | None, where: str | None = None) -> Activity:
    """Activity of a region's table, or of a file, as a cube.

    Args:
        region: View of the region.
        file: A user's own CSV; None for the region's table.
        where: Geography whose places are meant; all by default.

    Raises:
        BadInput: There is none, or rows are faulty; all findings are told. So is a unit that is entered
            beside one that it lies in: both would count it.
        NotFound: No such geography.
    """
    path = path_of(file) if file else None
    name = path.name if path else TABLE
    uses = read_uses(path) if path else _table(region)
    if where is not None:
        meant = {spot.place for spot in geography(region, where).spots}
        uses = [use for use in uses if use.place in meant]
    faults = _within(region, name, uses)
    if faults:
        raise BadInput(
            Text("有地点被重复计入:", "places are counted twice:"),
            faults,
            Text(
                "请只给出一层地点,或用geography限定",
                "give places of one level, or limit them by geography",
            ),
        )
    return laid_out(name, uses)


def read_uses(path: "Path") -> list[Use]:
    """Rows of a file of activity.

    Args:
        path: CSV with columns place, sector, fuel, year, quantity and unit, and as needed use (energy or
            feedstock), uncertainty, source and note; headings in either language.

    Raises:
        BadInput: Cells are no numbers or years; all findings are told.
    """
    faults: list[Finding] = []
    lines = read_lines(path, COLUMNS, REQUIRED)
    uses = [_use(path.name, line, faults) for line in lines]
    if faults:
        zh, en = f"{path.name}有{len(faults)}处问题:", f"{path.name} has {len(faults)} findings:"
        raise BadInput(Text(zh, en), faults)
    return [use for use in uses if use is not None]


def uncovered(region: "Region", activity: Activity) -> list[str]:
    """Members of the region's set that have no row, where some have."""
    members = [spot.place for spot in geography(region, region.info.set).spots]
    there = set(activity.places)
    return [place for place in members if place not in there] if there & set(members) else []


def _use(file: str, line: Line, faults: list[Finding]) -> Use | None:
    cells = {name: line.cells.get(name, "").strip() for name in COLUMNS}
    year = whole(file, line, "year", YEARS, faults)
    quantity = number(file, line, "quantity", faults)
    unsure = number(file, line, "uncertainty", faults)
    if unsure is not None and not 0 <= unsure < 1:
        zh, en = f"{unsure:g}应为0..1的比例", f"{unsure:g} should be a share of 0..1"
        faults.append(Finding(file, line.row, "uncertainty", Text(zh, en)))
    if not cells["place"]:
        faults.append(Finding(file, line.row, "place", Text("必填", "it is required")))
    if year is None:
        return None
    use = PURPOSES.get(cells["use"], cells["use"])
    return Use(
        line.row,
        cells["place"],
        cells["sector"],
        cells["fuel"],
        year,
        use,
        quantity,
        cells["unit"],
        unsure,
    )


def _table(region: "Region") -> list[Use]:
    rows = sorted(
        region.records(TABLE),
        key=lambda row: tuple(
            str(row[name]) for name in ("place", "sector", "fuel", "year", "use")
        ),
    )
    return [
        Use(
            at,
            row["place"],
            row["sector"],
            row["fuel"],
            row["year"],
            row["use"] or USES[0],
            row["quantity"],
            row["unit"],
            row["uncertainty"],
        )
        for at, row in enumerate(rows, 1)
    ]


def _within(region: "Region", name: str, uses: Sequence[Use]) -> list[Finding]:
    """Rows of units that lie in a unit that has a row of the same activity."""
    parents: Mapping[str, str | None] = {
        row["unit"]: row["parent"] for row in region.history("unit")
    }
    first = {_activity(use, use.place): use.row for use in uses}
    faults = []
    for use in uses:
        above = parents.get(use.place)
        while above:
            if row := first.get(_activity(use, above)):
                zh = f"{use.place}在{above}之内,第{row}行已计入"
                en = f"{use.place} lies in {above}, of which row {row} tells the same activity"
                faults.append(Finding(name, use.row, "place", Text(zh, en)))
                break
            above = parents.get(above)
    return faults


def _activity(use: Use, place: str) -> tuple[str, str, str, int, str]:
    return place, use.sector, use.fuel, use.year, use.use
