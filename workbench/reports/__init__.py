"""Reports: executed notebooks as HTML pages that open anywhere, offline."""

from .page import write_page
from .pdf import PrintingError, write_pdf
from .site import write_site

__all__ = ["PrintingError", "write_page", "write_pdf", "write_site"]
