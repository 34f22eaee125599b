"""Report: tables, maps and charts as files; the same input gives the same bytes."""

from hutuo.report import (
    charts,
    content,
    files,
    forms,
    page,
    pdf,
    word,
    wordfile,
    wordtables,
    workbook,
)

__all__ = [
    "charts",
    "content",
    "files",
    "forms",
    "page",
    "pdf",
    "word",
    "wordfile",
    "wordtables",
    "workbook",
]
