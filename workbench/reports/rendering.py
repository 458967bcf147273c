"""The templates and the style sheet of all pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from workbench import __version__

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """Fill a template.

    Parameters
    ----------
    template : str
        Its name.
    **values
        What it shows.

    Returns
    -------
    str
        HTML.
    """
    return _environment().get_template(template).render(css=stylesheet(), version=__version__, **values)


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 (what is no HTML is escaped where it is put in)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def stylesheet() -> str:
    """Return the style sheet of all pages, code highlighting included.

    Returns
    -------
    str
        CSS for light, dark and print.

    Examples
    --------
    >>> "@media print" in stylesheet()
    True
    """
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="default", nobackground=True).get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark", nobackground=True).get_style_defs(".highlight")
    css = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("screen.css", "print.css"))
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n{css}"
