"""A layer of a vector tile: features with what is told of them, all of them encoded at once.

Source: Mapbox Vector Tile 2.1 (layers 4.1, features 4.2, geometry 4.3, values 4.4).
"""

from typing import TYPE_CHECKING, Any

from hutuo.base.ragged import Rows, aligned, joined, sizes, varints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from hutuo.base.ragged import Octets, Signed

    Column = "pa.Array | pa.ChunkedArray"

__all__ = ["layer"]

VERSION = 2
# Kind of a message's part: a number, or so many bytes.
NUMBER, BYTES, EIGHT = 0, 2, 1
# Parts of a tile, of a layer, of a feature and of a value.
LAYERS = 3
NAME, FEATURES, KEYS, VALUES, SIDE, VERSIONED = 1, 2, 3, 4, 5, 15
TAGS, KIND, GEOMETRY = 2, 3, 4
TEXT, DOUBLE, WHOLE, TRUTH = 1, 3, 4, 7


def layer(
    name: str,
    extent: int,
    geometry: Rows,
    kinds: "NDArray[np.int64]",
    columns: "Mapping[str, Any]",
) -> bytes:
    """A tile with one layer; cells that are empty are left out.

    Args:
        name: Name of the layer.
        extent: Steps of a tile's side.
        geometry: Commands of each feature's geometry.
        kinds: Kind of each feature's geometry: 1 points, 2 lines, 3 polygons.
        columns: Name to an Arrow column of as many rows: texts, numbers, truths.
    """
    tags, values = _tags(list(columns.values()))
    parts = [
        _head(VERSIONED, NUMBER, VERSION),
        _told(NAME, name.encode()),
        _features(geometry, kinds, tags).tobytes(),
        *(_told(KEYS, key.encode()) for key in columns),
        *values,
        _head(SIDE, NUMBER, extent),
    ]
    return _told(LAYERS, b"".join(parts))


def _head(part: int, kind: int, number: int) -> bytes:
    """Begin of a part, with the number or the length that follows."""
    import numpy as np

    return varints(np.array([part << 3 | kind, number], dtype=np.uint64)).tobytes()


def _told(part: int, content: bytes) -> bytes:
    return _head(part, BYTES, len(content)) + content


def _features(geometry: Rows, kinds: "Signed", tags: Rows) -> "Octets":
    """All features: every length, tag and command in them is a varint, so they are one row of these."""
    import numpy as np

    count = len(kinds)
    tagged, drawn = (_weight(rows) for rows in (tags, geometry))
    # Their own lengths, and what tells of them: a part and its length each, and the kind.
    inner = tagged + drawn + 2 + _size(tagged) + _size(drawn) + 2
    heads: list[list[int | Signed]] = [
        [FEATURES << 3 | BYTES, inner, TAGS << 3 | BYTES, tagged],
        [KIND << 3 | NUMBER, kinds, GEOMETRY << 3 | BYTES, drawn],
    ]
    before, between = (_columns(count, head) for head in heads)
    return varints(np.asarray(joined(before, tags, between, geometry).cells, dtype=np.uint64))


def _columns(count: int, cells: "Sequence[int | Signed]") -> Rows:
    """Rows of as many cells each, given by column."""
    import numpy as np

    told = np.empty((count, len(cells)), dtype=np.uint64)
    for at, cell in enumerate(cells):
        told[:, at] = cell
    return Rows(told.ravel(), np.arange(count + 1) * len(cells))


def _size(numbers: "Signed") -> "Signed":
    import numpy as np

    return sizes(numbers.astype(np.uint64))


def _weight(rows: Rows) -> "Signed":
    """Bytes of each row of numbers as varints."""
    import numpy as np

    weighed = aligned(sizes(np.asarray(rows.cells, dtype=np.uint64)))
    return weighed[rows.ends[1:]] - weighed[rows.ends[:-1]]


def _tags(columns: "Sequence[Any]") -> tuple[Rows, list[bytes]]:
    """Which value each feature has of each column that it has one of, and the values, each once a column.

    Columns that say the same, as the id and the only key, share their values.
    """
    import numpy as np

    known: list[tuple[Any, Signed]] = []
    values: list[bytes] = []
    base, indexes = 0, []
    for column in columns:
        whole = column.combine_chunks() if hasattr(column, "combine_chunks") else column
        same = next((index for other, index in known if other.equals(whole)), None)
        if same is None:
            coded = whole.dictionary_encode()
            same = np.asarray(coded.indices.fill_null(-1 - base)).astype(np.int64) + base
            values.append(_values(coded.dictionary))
            base += len(coded.dictionary)
            known.append((whole, same))
        indexes.append(same)
    table = np.stack(indexes, axis=1)
    there = table >= 0
    pairs = np.stack([np.broadcast_to(np.arange(table.shape[1]), table.shape), table], axis=2)
    return Rows(pairs[there].ravel().astype(np.uint64), aligned(there.sum(axis=1) * 2)), values


def _values(words: "pa.Array") -> bytes:
    """Values of a column."""
    import pyarrow.types as has

    kind = words.type
    if has.is_boolean(kind) or has.is_integer(kind):
        return _numbers(words, TRUTH if has.is_boolean(kind) else WHOLE)
    return _doubles(words) if has.is_floating(kind) else _texts(words)


def _numbers(words: "pa.Array", part: int) -> bytes:
    import numpy as np

    numbers = np.array(words.to_pylist(), dtype=np.int64).view(np.uint64)
    lengths = sizes(numbers).astype(np.uint64) + np.uint64(1)
    head: list[int | Signed] = [
        VALUES << 3 | BYTES,
        lengths.view(np.int64),
        part << 3 | NUMBER,
        numbers.view(np.int64),
    ]
    return varints(np.asarray(_columns(len(numbers), head).cells, dtype=np.uint64)).tobytes()


def _doubles(words: "pa.Array") -> bytes:
    import numpy as np

    numbers = np.asarray(words.cast("float64"), dtype="<f8")
    told = np.empty((len(numbers), 11), dtype=np.uint8)
    told[:, :3] = VALUES << 3 | BYTES, 9, DOUBLE << 3 | EIGHT
    told[:, 3:] = numbers.view(np.uint8).reshape(-1, 8)
    return told.tobytes()


def _texts(words: "pa.Array") -> bytes:
    import numpy as np
    import pyarrow as pa

    words = words.cast(pa.large_string())
    _, ends, content = words.buffers()
    found = np.frombuffer(ends, dtype=np.int64)[words.offset : words.offset + len(words) + 1]
    cells = np.frombuffer(content or b"", dtype=np.uint8)[found[0] : found[-1]]
    texts = Rows(cells, found - found[0])
    lengths = texts.lengths
    inner = lengths + 1 + _size(lengths)
    head = _columns(len(words), [VALUES << 3 | BYTES, inner, TEXT << 3 | BYTES, lengths])
    weights = _weight(head)
    coded = Rows(varints(np.asarray(head.cells, dtype=np.uint64)), aligned(weights))
    return np.asarray(joined(coded, texts).cells, dtype=np.uint8).tobytes()
