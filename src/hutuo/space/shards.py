"""Matrices too large for one answer, or one machine: written in blocks of origins.

A block is written whole or not at all, in a folder called by what it is computed from. A run that was stopped
computes only what is missing; a worker that is killed changes nothing, its blocks are computed by another.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.base.clusters import client_of
from hutuo.errors import BadAsk
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Block", "Work", "Written", "named", "sharded"]

Times = Callable[[NDArray[np.int64]], NDArray[np.float32]]


class Work(NamedTuple):
    """A matrix to be computed.

    Attributes:
        times: Minutes, float32 (k, m), from origins given by their positions, (k,); sent to other processes.
        origins: What the origins are called, (n,).
        destinations: What the destinations are called, (m,).
        content: Hash of all that the minutes depend on beside the names.
    """

    times: Times
    origins: "pa.Array"
    destinations: "pa.Array"
    content: str


class Block(NamedTuple):
    """Origins ``begin`` to ``end`` (not included), and the file that their minutes are in."""

    begin: int
    end: int
    path: Path


class Written(NamedTuple):
    """The folder of a matrix, its blocks, and how many of them this run computed."""

    folder: Path
    blocks: list[Block]
    computed: int


def sharded(
    work: Work, folder: str | Path, *, block: int = 1024, cluster: str | None = None
) -> Written:
    """Computes a matrix into Parquet files of ``from_id, to_id, minutes``; no way is a missing value.

    Args:
        work: The matrix.
        folder: Where the matrix goes, into a folder called by what it is computed from, so that what lies
            there is one matrix; workers of a cluster see it by the same name.
        block: Origins of one file.
        cluster: Address of a Dask scheduler; this process alone if not given.

    Raises:
        BadAsk: The block holds no origin.
        Unavailable: The package for clusters is missing, or nobody answers at the address.
    """
    if block < 1:
        raise BadAsk(
            Text(f"每块{block}个起点", f"a block of {block} origins"), Text("至少1个", "1 or more")
        )
    into = Path(folder) / _key(work, block)
    into.mkdir(parents=True, exist_ok=True)
    size = len(work.origins)
    starts = range(0, size, block)
    blocks = [Block(at, min(at + block, size), into / f"{at:09d}.parquet") for at in starts]
    missing = [one for one in blocks if not one.path.is_file()]
    done = _alone(work, missing) if cluster is None else _together(work, missing, cluster)
    for count, _ in enumerate(done, 1):
        share = count / len(missing)
        report(
            share,
            Text(f"已写 {count}/{len(missing)} 块", f"{count} of {len(missing)} blocks written"),
        )
    return Written(into, blocks, len(missing))


def _key(work: Work, block: int) -> str:
    """What a matrix in blocks is called: a hash of all that it follows from."""
    import pyarrow as pa

    total = hashlib.sha256(f"{work.content} {block}".encode())
    for names in (work.origins, work.destinations):
        table = pa.table({"names": names})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        total.update(sink.getvalue())
    return total.hexdigest()[:24]


def _alone(work: Work, blocks: list[Block]) -> Iterator[None]:
    for one in blocks:
        _computed(one, work)
        yield


def _together(work: Work, blocks: list[Block], address: str) -> Iterator[None]:
    """Blocks shared out over the workers of a cluster; the networks go to each worker once."""
    with client_of(address) as client:
        from distributed import as_completed

        everywhere = client.scatter(work, broadcast=True)
        # A worker that dies while it computes is no reason to give a block up: another computes it.
        sent = client.map(_computed, blocks, work=everywhere, pure=False, retries=3)
        for future in as_completed(sent):  # type: ignore[no-untyped-call]
            future.result()
            yield


def _computed(block: Block, work: Work) -> None:
    """Computes a block and puts it in its place when it is whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    minutes = work.times(np.arange(block.begin, block.end))
    size = len(work.destinations)
    at = pa.array(np.repeat(np.arange(block.begin, block.end), size))
    to = pa.array(np.tile(np.arange(size), block.end - block.begin))
    flat = minutes.ravel()
    table = pa.table(
        {
            "from_id": work.origins.take(at),
            "to_id": work.destinations.take(to),
            "minutes": pa.array(flat, pa.float32(), mask=~np.isfinite(flat)),
        }
    )
    # Threads of a service may work out the same at once.
    part = block.path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    with part.open("wb") as file:
        pq.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    part.replace(block.path)


def named(names: ArrayLike) -> "pa.Array":
    """Names of origins or destinations as Arrow holds them."""
    import pyarrow as pa

    return pa.array(np.asarray(names))
