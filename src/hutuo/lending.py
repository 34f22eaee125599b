"""What a part lends to Python, imported when it is asked for: kernels and solvers take seconds to load."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lending(package: str, lent: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package that lends names of its modules.

    Args:
        package: Name of the package.
        lent: Module within it by name that is lent; a module that is called so too would hide the name.

    Returns:
        A function that gives what is lent; it raises AttributeError for other names.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - it becomes the package's
        if name not in lent:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{lent[name]}"), name)

    return __getattr__
