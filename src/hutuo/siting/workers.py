"""Plans that do not depend on each other, solved one after the other here or side by side on a cluster."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from hutuo.base.clusters import client_of

__all__ = ["spread"]

Item = TypeVar("Item")
Made = TypeVar("Made")


def spread(
    solve: Callable[[Item, Any], Made],
    items: Sequence[Item],
    shared: Any,
    cluster: str | None = None,
) -> Iterator[Made]:
    """What is made of each item, in their order.

    Args:
        solve: Makes something of an item and of what all share; runs on workers, so both are sent there.
        items: What differs.
        shared: What does not: it goes to each worker once.
        cluster: Address of a Dask scheduler; this process alone if none is given.

    Raises:
        Unavailable: The package for clusters is missing, or nobody answers at the address.
    """
    if cluster is None:
        for item in items:
            yield solve(item, shared)
        return
    with client_of(cluster) as client:
        everywhere = client.scatter(shared, broadcast=True)
        # A worker that dies while it computes is no reason to give a plan up: another solves it.
        sent = [client.submit(solve, item, everywhere, pure=False, retries=3) for item in items]
        for future in sent:
            yield future.result()
