"""What a module says it exports is there, and is all of it."""

import importlib
import pkgutil
import types

import pytest

import hutuo
from hutuo.verbs import PARTS, verbs_of

NAMES = ["hutuo", *(m.name for m in pkgutil.walk_packages(hutuo.__path__, "hutuo."))]
MODULES = [importlib.import_module(name) for name in NAMES if not name.endswith("__main__")]
SAYING = [module for module in MODULES if hasattr(module, "__all__")]


def own(module):
    """Public names made in a module; for a package also those of its modules that it imports."""
    found = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
    return found - {name for name in found if isinstance(vars(module)[name], types.ModuleType)}


@pytest.mark.parametrize("module", SAYING, ids=lambda module: module.__name__)
def test_every_exported_name_exists(module):
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("module", SAYING, ids=lambda module: module.__name__)
def test_exported_names_stand_once(module):
    assert sorted(module.__all__) == sorted(set(module.__all__))


@pytest.mark.parametrize("module", SAYING, ids=lambda module: module.__name__)
def test_no_public_name_is_left_out(module):
    """Type variables and aliases have no module of their own and need not be named."""
    missing = own(module) - set(module.__all__)
    assert {n for n in missing if callable(vars(module)[n])} - {"Run"} == set()


@pytest.mark.parametrize(
    "module",
    [m for m in SAYING if hasattr(m, "__path__") and m.__name__ not in ("hutuo", "hutuo.api")],
    ids=lambda module: module.__name__,
)
def test_a_part_names_its_modules_and_what_it_lends_from_them(module):
    there = {found.name for found in pkgutil.iter_modules(module.__path__)}
    lent = getattr(module, "_LENT", {})
    assert set(module.__all__) <= there | set(lent)
    assert set(lent.values()) <= there


@pytest.mark.parametrize("part", PARTS)
def test_a_part_names_every_module_that_has_a_verb(part):
    package = importlib.import_module(f"hutuo.{part}")
    assert {v.run.__module__.rpartition(".")[2] for v in verbs_of(part)} <= set(package.__all__)
