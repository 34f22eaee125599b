"""Where institutions and places of the registers lie: unit, city, point; and words that registers share."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Where", "called", "listed", "serves", "sources_of", "unloaded", "whereabouts"]

COUNTY, CITY = "county", "prefecture"


class Where(NamedTuple):
    """What is known of where places lie.

    Attributes:
        levels: Level of each unit.
        above: What a unit or part lies in.
        points: Longitude and latitude of where a place is labelled.
    """

    levels: Mapping[str, str]
    above: Mapping[str, str]
    points: Mapping[str, tuple[float, float]]

    def unit(self, place: str | None) -> str | None:
        """The county that a place lies in, else the unit that it is; None if it lies in none."""
        return self._first(place, (COUNTY,)) or (place if place in self.levels else None)

    def city(self, place: str | None) -> str | None:
        """The prefecture that a place lies in, else the county that belongs to none."""
        return self._first(place, (CITY,)) or self._first(place, (COUNTY,))

    def _first(self, place: str | None, levels: tuple[str, ...]) -> str | None:
        seen: set[str] = set()
        while place is not None and place not in seen:
            if self.levels.get(place) in levels:
                return place
            seen.add(place)
            place = self.above.get(place)
        return None


def whereabouts(region: "Region") -> Where:
    """Where places lie, by the units, places and boundaries that hold at the region's day."""
    levels, above = {}, {}
    for row in region.current("unit"):
        levels[row["unit"]] = row["level"]
        if row["parent"]:
            above[row["unit"]] = row["parent"]
    for row in region.records("place"):
        if row["part_of"]:
            above[row["place"]] = row["part_of"]
    spots = region.query("SELECT place, label_lon, label_lat FROM known", "boundary")
    return Where(
        levels, above, {row["place"]: (row["label_lon"], row["label_lat"]) for row in spots}
    )


def listed(text: str | None) -> list[str]:
    """Names of a list that is separated by ``|``."""
    return [name.strip() for name in (text or "").split("|") if name.strip()]


def called(row: Mapping[str, Any]) -> Text:
    """What a row is called; in Chinese for both where it has no English name."""
    return Text(row["zh"], row["en"] or row["zh"])


def serves(code: str, codes: Iterable[str]) -> bool:
    """Whether what a firm does falls under one of these codes: 2761 does under 27, 27 not under 2761."""
    return any(code.startswith(one) for one in codes)


def sources_of(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Sources that rows name."""
    return {row["source"] for row in rows if row["source"]}


def unloaded(zh: str, en: str, *tables: str) -> Text:
    """That something is not registered, in which tables it belongs, and how they are loaded."""
    return Text(
        f"{zh}:请把数据载入数据表{'、'.join(tables)}(base ingest上传表格,或base put逐行写入)",
        f"{en}: load {' and '.join(tables)} (base ingest for a file, base put for rows)",
    )
