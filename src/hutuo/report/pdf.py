"""PDF: a document set in pages by Typst, with a font for Chinese; the same input gives the same bytes."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from hutuo.report.content import (
    Document,
    Section,
    Table,
    is_figure,
    notes_of,
    style_of,
    widths_of,
    words_of,
)

VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
TEMPLATE = Path(__file__).with_name("pages.typ")
PICTURE = """#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")
"""


def pdf(document: Document) -> bytes:
    """The document as PDF: A4 across, vector drawings, tagged for readers of the screen."""
    made = datetime.combine(document.made, time(), UTC)
    given = {"doc": json.dumps(_told(document), ensure_ascii=False)}
    return _compiled(TEMPLATE.read_bytes(), given, format="pdf", timestamp=int(made.timestamp()))


def png(svg: str, dots: int = 180) -> bytes:
    """A drawing as a picture, for formats that hold no SVG.

    Args:
        svg: The drawing.
        dots: Dots an inch, of which SVG counts 72 points.
    """
    return _compiled(PICTURE.encode(), {"svg": svg}, format="png", ppi=dots)


def _compiled(source: bytes, given: Mapping[str, str], **how: Any) -> bytes:
    import typst
    from pylopdf_fonts_zh_cn import sans_path

    fonts = [str(sans_path().parent)]
    made: bytes = typst.compile(
        source, font_paths=fonts, ignore_system_fonts=True, sys_inputs=dict(given), **how
    )
    return made


def _told(document: Document) -> dict[str, Any]:
    return {
        "lang": document.lang,
        "title": document.title,
        "facts": [list(fact) for fact in document.facts],
        "sections": [_section(section) for section in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "lead": section.lead,
        "drawings": [
            {"caption": caption, "svg": svg, "ratio": _ratio(svg)}
            for caption, svg in section.drawings
        ],
        "table": _table(section.table) if section.table else None,
    }


def _ratio(svg: str) -> float:
    """Height of a drawing as a share of its width."""
    found = VIEW.search(svg)
    return float(found[2]) / float(found[1]) if found else 1.0


def _table(table: Table) -> dict[str, Any]:
    return {
        "heads": list(table.heads),
        "widths": widths_of(table),
        "first_note": table.first_note,
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
    }


def _cell(cell: Any) -> dict[str, Any]:
    return {
        "text": words_of(cell),
        "style": style_of(cell),
        "figure": is_figure(cell),
        "notes": list(notes_of(cell)),
    }
