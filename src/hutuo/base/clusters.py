"""Machines that compute together: the way to a Dask scheduler."""

from typing import Any

from hutuo.errors import Unavailable
from hutuo.glossary import Text

__all__ = ["client_of"]


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
