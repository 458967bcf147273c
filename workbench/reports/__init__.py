"""Reports: executed notebooks as HTML pages that open anywhere, offline."""

import workbench.experiments.notebooks  # noqa: F401 (nbformat without its two seconds, before nbconvert wants it)

from .page import run_of, write_page
from .pdf import PrintingError, write_pdf
from .site import write_site

__all__ = ["PrintingError", "run_of", "write_page", "write_pdf", "write_site"]
