"""Reports: executed notebooks as HTML pages that open anywhere, offline."""

from .index import write_report
from .page import write_page

__all__ = ["write_page", "write_report"]
