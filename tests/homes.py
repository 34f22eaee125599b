"""Data folders of the tests' own: regions of one name in two of them are two, in files or on a server."""

import hashlib
import os
from pathlib import Path

import pytest

import servers
from hutuo.base.store import VARIABLE

# Where all regions keep what is transacted, instead of a file each: ``make test-postgresql``.
STORE = "HUTUO_TEST_STORE"
ON_POSTGRESQL = os.environ.get(STORE) == "postgresql"


def kept_in(home: Path) -> dict[str, str]:
    """The environment of whoever keeps all in a data folder; on PostgreSQL in a database of its name too.

    Args:
        home: The data folder; it need not be there.
    """
    folder = {"HUTUO_HOME": str(home)}
    if not ON_POSTGRESQL:
        return folder
    name = f"home_{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"
    return folder | {VARIABLE: servers.database(os.environ[VARIABLE], name)}


def settle(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Let this process keep all in a data folder, until the patch is undone."""
    for name, value in kept_in(home).items():
        patch.setenv(name, value)
