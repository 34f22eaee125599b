"""Sphinx: MyST pages, built with warnings as errors and without a network (``make docs``).

Pages of verbs are written by hand, one a verb; their examples are executed by the tests. Pages of tables
are written here from the declarations, into ``docs/tables``, which is not in git.
"""

import logging
from pathlib import Path

import jieba

import hutuo
from hutuo.base.tables import Table
from hutuo.base.tables import tables as declared

project = "Hutuo"
author = "the Hutuo contributors"
project_copyright = "2026, the Hutuo contributors"
version = release = hutuo.__version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

language = "en"
# The index is cut by jieba, which keeps Latin words too; Sphinx's English index drops most Chinese ones.
html_search_language = "zh"
html_theme = "furo"
html_title = "Hutuo"
html_show_sourcelink = False
html_copy_source = False
jieba.setLogLevel(logging.WARNING)

HERE = Path(__file__).parent


def setup(app: object) -> None:  # noqa: ARG001 - Sphinx calls it so
    """Write the pages of the tables, those that changed."""
    pages = {f"{table.name}.md": page(table) for table in declared().values()}
    folder = HERE / "tables"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        file = folder / name
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def page(table: Table) -> str:
    """One table's columns as a page."""
    head = ["column", "type", "unit", "required", "default", "zh", "en", "rule"]
    rows = [
        [code(c.column), c.type, c.unit, "yes" * c.required, c.default, c.zh, c.en, code(c.rule)]
        for c in table.columns
    ]
    lines = [head, ["---"] * len(head), *rows]
    grid = "\n".join(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in r)} |" for r in lines)
    return f"# Table `{table.name}`\n\n{grid}\n"


def code(text: str) -> str:
    """The text in a fixed font; nothing for nothing."""
    return f"`{text}`" if text else ""
