"""Report: tables, maps and charts as files; the same input gives the same bytes."""

from hutuo.report import charts, files, page, workbook

__all__ = ["charts", "files", "page", "workbook"]
