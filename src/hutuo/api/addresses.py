"""Addresses of servers that this one asks, who asks them, and whose certificates are trusted.

A password need not stand in an address, where a list of processes shows it: it may stand in the environment.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["Address", "Scheme", "read", "trusting"]


class Scheme(NamedTuple):
    """What a scheme stands for: the port where none is given, and whether the line is by TLS at once."""

    port: int
    tls: bool


class Address(NamedTuple):
    """Where a server is, and who asks it."""

    tls: bool
    host: str
    port: int
    user: str
    password: str | None

    @property
    def place(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


def read(given: str, schemes: Mapping[str, Scheme], secret: str) -> Address:
    """What an address says, as ``scheme://user:password@host:port``; only the host must be there.

    Args:
        given: The address.
        schemes: Those that may stand before it; the first is meant where none does.
        secret: Variable of the environment that holds the password where the address gives none.

    Raises:
        BadAsk: It is no address.
    """
    named, _, rest = given.rpartition("://")
    account, _, place = rest.rpartition("@")
    scheme = schemes.get(named or next(iter(schemes)))
    host, colon, port = place.rpartition(":")
    host, port = (host, port) if colon else (place, str(scheme.port) if scheme else "")
    if scheme is None or not (port.isascii() and port.isdigit()) or not host:
        shown = f"{named}://{place}" if named else place
        right = [f"{name}://127.0.0.1:{one.port}" for name, one in schemes.items()]
        hint = Text(f"如{'或'.join(right)}", f"as {' or '.join(right)}")
        raise BadAsk(Text(f"“{shown}”不是地址", f"'{shown}' is no address"), hint)
    user, told, password = account.partition(":")
    return Address(scheme.tls, host, int(port), user, password if told else os.environ.get(secret))


def trusting(ca: Path | None) -> "SSLContext":
    """Servers are trusted whose certificate names them and is signed by an authority.

    Args:
        ca: PEM file of the authority; those of the system if None.

    Raises:
        NotFound: There is no such file.
        BadInput: It holds no certificate.
    """
    import ssl

    if ca is not None and not ca.is_file():
        raise NotFound(Text(f"没有文件{ca.name}", f"there is no file {ca.name}"))
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except ssl.SSLError as error:
        says = Text(f"{ca}中没有证书", f"{ca} holds no certificate")
        raise BadInput(
            says, (), Text("应为PEM格式的证书", "a certificate as PEM is right")
        ) from error
