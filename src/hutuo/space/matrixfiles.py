"""Travel times of a whole area as files, by this machine or by several."""

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base import clusters, uploads
from hutuo.errors import BadAsk
from hutuo.space.matrix import Between, ends_of
from hutuo.space.travel import Basis, Travel, basis, minutes, way
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.travel import Way

    Degrees = NDArray[np.float64]

# As many as 100,000 places to as many others.
MOST_PAIRS = 10_000_000_000
MOST_PAIRS_AWAY = 100_000_000


class TravelMatrix(Travel, Between):
    """Which matrix, and where it goes."""

    folder: str | None = said(
        "写入的文件夹;缺省为数据文件夹中的 matrices",
        "folder that the files go to; matrices in the data folder by default",
        default=None,
    )
    block: int = said(
        "每个文件含多少个起点", "origins of one file", default=1024, ge=1, le=100_000
    )
    cluster: str | None = clusters.scheduler()


class MatrixAnswer(Answer):
    """What was written."""

    folder: str = said(
        "矩阵所在的子文件夹,以其内容命名", "folder within the one asked for, called by its content"
    )
    blocks: list[str] = said("写出的 Parquet 文件", "Parquet files: from_id, to_id, minutes")
    pairs: int = said("地点对数", "number of pairs")
    without_point: list[str] = said(
        "没有点位、未计入的地点", "places that were left out, no point of theirs being known"
    )
    basis: Basis = said("依据", "on what the minutes rest")


@verb("把出行时间矩阵写成文件", columns=("folder", "blocks", "pairs"))
def travel_matrix(region: "Region", ask: TravelMatrix) -> MatrixAnswer:
    """Write a matrix of travel times into files, block by block, on one machine or several."""
    from hutuo.space import shards
    from hutuo.space.networks import map_of
    from hutuo.space.spots import lonlat

    away = uploads.is_over_network()
    if away and (ask.folder or ask.cluster):
        says = Text(
            "folder与cluster只能由所有者在本机上指定",
            "folder and cluster are named by the owner, on the machine itself",
        )
        raise BadAsk(says, Text("请不要填写", "leave them out"))
    if ask.mode == "rail":
        says = Text("rail方式没有自己的矩阵", "mode rail has no matrix of its own")
        raise BadAsk(says, Text("road或door", "road or door"))
    ends = ends_of(map_of(region), ask, MOST_PAIRS_AWAY if away else MOST_PAIRS)
    found = way(region, ask, ask.mode)
    origins, destinations = lonlat(ends.origins), lonlat(ends.destinations)
    into = Path(ask.folder).expanduser() if ask.folder else region.lake.folder / "matrices"
    written = shards.sharded(
        shards.Work(
            partial(_times, found, origins, destinations, ask.mode),
            shards.named([spot.place for spot in ends.origins]),
            shards.named([spot.place for spot in ends.destinations]),
            _content(found, ask, origins, destinations),
        ),
        into,
        block=ask.block,
        cluster=ask.cluster,
    )
    return MatrixAnswer(
        folder=written.folder.name,
        blocks=[block.path.name for block in written.blocks],
        pairs=len(origins) * len(destinations),
        without_point=ends.lost,
        basis=basis(region, found, ask.mode, [*ends.origins, *ends.destinations]),
    )


def _times(
    found: "Way", origins: "Degrees", destinations: "Degrees", mode: str, at: "NDArray[np.int64]"
) -> "NDArray[np.float32]":
    """Minutes from some origins to all destinations by whichever way is faster."""
    import numpy as np

    road, ridden = minutes(found, origins[at], destinations, mode)
    fastest: NDArray[np.float32] = np.minimum(road, ridden)
    return fastest


def _content(found: "Way", ask: TravelMatrix, origins: "Degrees", destinations: "Degrees") -> str:
    """Hash of all that the minutes depend on."""
    asked = ask.model_dump_json(exclude={"folder", "block", "cluster", "limit", "from_", "to"})
    parts = [found.roads.content, found.rail.content if found.rail else "", asked]
    total = hashlib.sha256("\n".join(parts).encode())
    for places in (origins, destinations):
        total.update(places.tobytes())
    return total.hexdigest()
