"""Zips whose name does not say what they hold: a timetable as GTFS, or a Shapefile."""

from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base import gtfs, vector
from hutuo.base.mapping import Mapping, Read
from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

ENDINGS = (".zip",)


def proposal(path: Path, region: "Region") -> Mapping:
    """What the reader proposes whose files the zip holds.

    Raises:
        BadInput: It holds neither's.
    """
    if gtfs.accepts(path):
        return gtfs.proposal(path, region)
    if vector.accepts(path):
        return vector.proposal(path, region)
    raise BadInput(
        Text(f"{path.name}中没有可读取的内容", f"{path.name} holds nothing that is read"),
        hint=Text(
            "压缩包中应有stop_times.txt(GTFS)或一个Shapefile",
            "a zip is read that holds stop_times.txt (GTFS) or one Shapefile",
        ),
    )


def frames(path: Path, mapping: Mapping, region: "Region") -> Read:
    """What the reader makes of it that the mapping names.

    Raises:
        BadInput: The mapping names another format.
    """
    if mapping.format == gtfs.FORMAT:
        return gtfs.frames(path, mapping, region)
    if mapping.format == "shp":
        return vector.frames(path, mapping, region)
    given = mapping.format
    raise BadInput(
        Text(
            f"{path.name}:格式“{given}”不以压缩包提供",
            f"{path.name}: format '{given}' does not come in a zip",
        ),
        hint=Text(f"可用的格式:{gtfs.FORMAT}、shp", f"formats are {gtfs.FORMAT} and shp"),
    )
