"""Machines that compute together: the way to a Dask scheduler."""

from typing import Any

from hutuo.base import uploads
from hutuo.errors import BadAsk, Unavailable
from hutuo.glossary import Text
from hutuo.verbs import said

__all__ = ["client_of", "refused_from_away", "scheduler"]


def scheduler() -> Any:
    """The field of an ask that names a scheduler; None for this machine alone."""
    return said(
        "Dask 调度器地址,如 tcp://10.0.0.5:8786;缺省为只用本机",
        "address of a Dask scheduler, as tcp://10.0.0.5:8786; this machine alone by default",
        default=None,
    )


def refused_from_away(address: str | None) -> None:
    """Refuse a scheduler that is named over the network.

    Raises:
        BadAsk: One is named, and not on the machine itself.
    """
    if address and uploads.is_over_network():
        says = Text(
            "cluster只能由所有者在本机上指定",
            "cluster is named by the owner, on the machine itself",
        )
        raise BadAsk(says, Text("请不要填写", "leave it out"))


def client_of(address: str) -> Any:
    """A client of a scheduler, to be closed by whoever asked for it.

    Args:
        address: Address of the scheduler, as ``tcp://10.0.0.1:8786``.

    Raises:
        Unavailable: The package for clusters is missing, or nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        says = Text("缺少集群所用的软件包", "the package for clusters is missing")
        raise Unavailable(says, "pip install 'hutuo[cluster]'") from None
    try:
        return Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        says = Text(f"{address}没有集群应答:{error}", f"no cluster answers at {address}: {error}")
        raise Unavailable(says, Text("请启动dask scheduler", "start dask scheduler")) from error
