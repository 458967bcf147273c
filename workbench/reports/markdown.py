"""Markdown to HTML: formulas as MathML, pictures inside the page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

from .formulas import mathml

UNBROKEN = 30  # characters, which fit a telephone


class Renderer(IPythonRenderer):
    """Renders LaTeX formulas as MathML, and a picture that is not there as its text."""

    def block_math(self, body: str) -> str:
        """Return a displayed formula."""
        return mathml(body, display="block")

    def multiline_math(self, text: str) -> str:
        """Return a formula between dollar signs that spans lines."""
        return mathml(text, display="block" if text.strip().startswith("$$") else "inline")

    def latex_environment(self, name: str, body: str) -> str:
        """Return a formula in a LaTeX environment."""
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display="block")

    def inline_math(self, body: str) -> str:
        """Return a formula within a line."""
        return mathml(body, display="inline")

    def block_html(self, html: str) -> str:
        """Return HTML of the text as it is: it may begin here and end in a later block."""
        return f"{html}\n"

    def inline_html(self, html: str) -> str:
        """Return HTML within a line as it is."""
        return html

    def codespan(self, text: str) -> str:
        """Return code within a line; short code is not broken, for a line may else end in an option's dash."""
        code = super().codespan(text)
        return code.replace("<code>", '<code class="short">', 1) if len(text) <= UNBROKEN else code

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return a picture, inside the page."""
        try:
            return super().image(text, url, title)
        except InvalidNotebook:
            return f'<img alt="{escape(text)}">'


def to_html(text: str, *, folder: Path = Path(), attachments: dict[str, Any] | None = None) -> str:
    """Convert Markdown with formulas to HTML.

    Parameters
    ----------
    text : str
        Of a Markdown cell.
    folder : Path, optional
        Where pictures lie that the text names.
    attachments : dict, optional
        Of the cell: pictures inside the notebook.

    Returns
    -------
    str
        HTML without formulas that need a script.

    Examples
    --------
    >>> to_html("*a*").strip()
    '<p><em>a</em></p>'
    """
    renderer = Renderer(
        escape=False,
        exclude_anchor_links=True,
        embed_images=True,
        path=str(folder),
        attachments=attachments,
    )
    html = MarkdownWithMath(renderer=renderer).render(text)
    # The pictures of such HTML, too, now that it is whole.
    return super(Renderer, renderer).block_html(html) if "<img" in html else html
