"""Pages: one HTML file that stands alone, with tables, maps and charts inside it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.report.content import Section, Table, is_figure, notes_of, plain, style_of, words_of

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["TEMPLATE", "Section", "Table", "page"]
TEMPLATE = Path(__file__).with_name("page.html.j2")


def page(
    lang: str, title: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section]
) -> bytes:
    """The page as UTF-8 bytes; texts are escaped, drawings are taken as they are.

    Args:
        lang: ``zh`` or ``en``.
        title: Title of the page.
        facts: Name and value of what the page was made from.
        sections: Sections in order.
    """
    html = _template().render(lang=lang, title=title, facts=facts, sections=sections)
    return html.encode()


@cache
def _template() -> "Template":
    from jinja2 import Environment

    # Autoescape: names and notes come from packs and must never become markup.
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "is_figure": is_figure,
        "notes": notes_of,
        "plain": plain,
        "style": style_of,
        "words": words_of,
    }
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
