"""Sphinx: MyST pages, built with warnings as errors and without a network (``make docs``).

Pages of verbs are written by hand, one a verb; their examples are executed by the tests. Pages of tables
are written here from the declarations, into ``docs/tables``, which is not in git.
"""

import logging
from pathlib import Path

import jieba
from sphinx.application import Sphinx
from sphinx.search.zh import SearchChinese

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


class Search(SearchChinese):
    """The index of both languages, searched in both.

    Sphinx 9 ships the English stemmer with its Chinese index, but names a ``ChineseStemmer`` in the page:
    nothing was ever found. And a query in Chinese has no blanks to split at, so the browser's own
    segmenter splits it as jieba split the pages; single characters are in no index.
    """

    language_name = "English"
    js_splitter_code = """
function splitQuery(query) {
  const words = new Intl.Segmenter("zh", { granularity: "word" }).segment(query);
  return [...words].filter((w) => w.isWordLike && w.segment.length > 1).map((w) => w.segment);
}
"""


def setup(app: Sphinx) -> None:
    """Write the pages of the tables, those that changed, and search in two languages."""
    app.add_search_language(Search)
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
