"""Base: region packs, tables, time, geography, branches."""

from hutuo.base import about, figures, geography, rows

__all__ = ["about", "figures", "geography", "rows"]
