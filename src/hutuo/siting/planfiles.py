"""A plan of sites as files: a workbook, and a GeoPackage with sites, ways and catchments."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hutuo.glossary import label
from hutuo.report.files import Files, file
from hutuo.report.workbook import Sheet, workbook
from hutuo.siting.locating import locate
from hutuo.siting.siteanswers import Located
from hutuo.siting.siteasks import Locate
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas

    from hutuo.base.region import Region

__all__ = ["PlanFile", "package_of", "plan_file", "workbook_of"]

Format = Literal["xlsx", "gpkg"]
TITLES = {
    "rows": Text("设施", "Sites"),
    "served": Text("各地由何处服务", "Places and their sites"),
    "cities": Text("各市", "Cities"),
    "bands": Text("用时分布", "People by minutes"),
    "layers": Text("各时期或层级", "Periods or levels"),
    "other_plans": Text("同样好的其他方案", "Other plans"),
}
ABOUT = Text("说明", "About")
FIGURES = (
    "model_name", "status_name", "value_of", "objective", "bound", "gap", "mean_minutes", "median_minutes",
    "p90_minutes", "farthest_minutes", "least_share", "limit_minutes", "year", "estimate",
)  # fmt: skip


class PlanFile(Locate):
    """Which plan, as which files; all but these two as for locate."""

    format: tuple[Format, ...] = said("格式", "xlsx, gpkg", default=("xlsx", "gpkg"), min_length=1)
    language: Literal["zh", "en"] = said("文件的语言", "language of the files", default="zh")


@verb("把选址方案导出为XLSX与GeoPackage")
def plan_file(region: "Region", ask: PlanFile) -> Files:
    """Write a plan of sites to a workbook and a GeoPackage.

    Example:
        ``hutuo siting plan-file --number 3 --format gpkg --out build``
    """
    asked = ask.model_dump(exclude={"format", "language"})
    plan, lang = locate(region, Locate.model_validate(asked)), ask.language
    made = {
        "xlsx": lambda: workbook_of(plan, lang, region),
        "gpkg": lambda: package_of(plan, lang, region),
    }
    return Files(files=[file(f"sites-{ask.model}-{lang}", one, made[one]()) for one in ask.format])


def workbook_of(plan: Located, lang: str, region: "Region") -> bytes:
    """The plan as sheets: what it is, sites, who goes where, cities, minutes, and layers if any."""
    sheets = [_about(plan, lang)]
    for name, title in TITLES.items():
        rows: Sequence[Answer] = getattr(plan, name)
        if rows:
            heads = list(type(rows[0]).model_fields)
            cells = [[_cell(getattr(row, head), lang) for head in heads] for row in rows]
            named = [label(head).say(lang) for head in heads]
            sheets.append(Sheet(title.say(lang), named, cells))
    return workbook(sheets, plan.model_name.say(lang), region.info.released)


def _about(plan: Located, lang: str) -> Sheet:
    rows = [[label(name).say(lang), _cell(getattr(plan, name), lang)] for name in FIGURES]
    for name in ("assumptions", "sources"):
        rows += [[label(name).say(lang), text.say(lang)] for text in getattr(plan, name)]
    for name in ("without_point", "without_figure"):
        rows += [[label(name).say(lang), place] for place in getattr(plan, name)]
    rows += [[label("conflict").say(lang), ", ".join(rules)] for rules in plan.conflict]
    heads = (Text("项目", "Item"), Text("内容", "Content"))
    return Sheet(ABOUT.say(lang), [one.say(lang) for one in heads], rows)


def _cell(value: Any, lang: str) -> Any:
    """A value as a cell: words in one language, lists with commas."""
    if isinstance(value, Text):
        return value.say(lang)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value


def package_of(plan: Located, lang: str, region: "Region") -> bytes:
    """The plan as layers of a GeoPackage (EPSG:4326): sites, ways from places to them, and catchments."""
    layers = {
        "sites": _points(plan, lang),
        "ways": _lines(plan, lang),
        "catchments": _catchments(plan, lang, region),
    }
    with tempfile.TemporaryDirectory(prefix="hutuo-") as folder:
        path = Path(folder) / "plan.gpkg"
        for name, frame in layers.items():
            if len(frame):
                frame.to_file(path, driver="GPKG", layer=name, use_arrow=True)
        if not plan.rows:
            _empty().to_file(path, driver="GPKG", layer="sites", geometry_type="Point")
        return path.read_bytes()


def _empty() -> "geopandas.GeoDataFrame":
    """The sites of a plan that has none."""
    import geopandas

    return geopandas.GeoDataFrame({"place": []}, geometry=[], crs="EPSG:4326")


def _frame(rows: "Sequence[Answer]", shapes: Any, lang: str) -> "geopandas.GeoDataFrame":
    import geopandas

    cells = [
        {name: _cell(getattr(row, name), lang) for name in type(row).model_fields} for row in rows
    ]
    return geopandas.GeoDataFrame(cells, geometry=shapes, crs="EPSG:4326")


def _points(plan: Located, lang: str) -> "geopandas.GeoDataFrame":
    import shapely

    shapes = shapely.points([(row.lon, row.lat) for row in plan.rows]) if plan.rows else []
    return _frame(plan.rows, shapes, lang)


def _lines(plan: Located, lang: str) -> "geopandas.GeoDataFrame":
    import shapely

    at = {row.place: (row.lon, row.lat) for row in plan.rows}
    some = [row for row in plan.served if row.site in at]
    ends = [[(row.lon, row.lat), at[row.site or ""]] for row in some]
    return _frame(some, shapely.linestrings(ends) if ends else [], lang)


def _catchments(plan: Located, lang: str, region: "Region") -> "geopandas.GeoDataFrame":
    """Boundaries of the places that are served, with the site that serves most of each."""
    import shapely

    drawn = {row["place"]: row for row in region.records("boundary") if row["area_km2"]}
    most: dict[tuple[str | None, str], Any] = {}
    for row in plan.served:
        key = (row.layer, row.place)
        if row.place in drawn and (key not in most or row.share > most[key].share):
            most[key] = row
    rows = list(most.values())
    shapes = shapely.from_wkb([drawn[row.place]["geometry"] for row in rows]) if rows else []
    return _frame(rows, shapes, lang)
