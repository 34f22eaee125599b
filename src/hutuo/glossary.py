"""The one source of labels: each term of code, tables, API and pages in zh and en.

Rows live in ``glossary.csv`` (term, zh, en). A term is the name of a field or column, or
``list:value`` for a value of a closed list (``status:met``, ``topic:age``).
"""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Label(NamedTuple):
    """What a term is called."""

    zh: str
    en: str


def label(term: str) -> Label:
    """The label of a term; the term itself, spelled out, if the glossary has none."""
    plain = term.rpartition(":")[2].replace("_", " ")
    return terms().get(term, Label(plain, plain))


@cache
def terms() -> dict[str, Label]:
    """All terms of the glossary."""
    with (files("hutuo") / "glossary.csv").open(encoding="utf-8", newline="") as lines:
        return {row["term"]: Label(row["zh"], row["en"]) for row in csv.DictReader(lines)}
