"""The tree of a plan's clauses: what stands below which, in the document's order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from hutuo.errors import one_of

Row = Mapping[str, Any]


def below(rows: Iterable[Row], wanted: Collection[str]) -> set[str]:
    """The wanted clauses and all that stand below them.

    Args:
        rows: Clauses of a plan, each with ``clause`` and ``parent``, in any order.
        wanted: Numbers of clauses.

    Raises:
        NotFound: The plan has no clause of that number.
    """
    parents = {row["clause"]: row["parent"] for row in rows}
    unknown = next((name for name in wanted if name not in parents), None)
    if unknown is not None:
        raise one_of(unknown, "clause", list(parents))
    return {name for name in parents if not set(wanted).isdisjoint(_upwards(name, parents))}


def chapter(name: str, parents: Mapping[str, str | None]) -> str:
    """The uppermost clause over one; itself where it stands under none."""
    return _upwards(name, parents)[-1]


def leaves(rows: Sequence[Row]) -> list[str]:
    """Clauses with text below which no other clause has text: what is said in full by themselves."""
    texts = {row["clause"] for row in rows if row["has_text"]}
    parents = {row["clause"]: row["parent"] for row in rows}
    over = {above for name in texts for above in _upwards(name, parents)[1:]}
    return [row["clause"] for row in rows if row["clause"] in texts - over]


def _upwards(name: str, parents: Mapping[str, str | None]) -> list[str]:
    """A clause and those above it, upwards; a ring, which no document has, is left where it closes."""
    way = [name]
    while (above := parents.get(way[-1])) is not None and above not in way:
        way.append(above)
    return way
