"""Markdown to HTML with formulas as MathML, which browsers draw without any script."""

import re

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath


class FormulaRenderer(IPythonRenderer):
    """Renders LaTeX formulas as MathML."""

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


def mathml(formula: str, *, display: str) -> str:
    r"""Convert a LaTeX formula to MathML.

    Parameters
    ----------
    formula : str
        With or without its dollar signs.
    display : str
        ``"inline"`` or ``"block"``.

    Returns
    -------
    str
        A ``math`` element.

    Examples
    --------
    >>> mathml("$x$", display="inline")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    return convert(re.sub(r"^\$+|\$+$", "", formula.strip()), display=display)


def markdown_to_html(source: str) -> str:
    """Convert Markdown with formulas to HTML.

    Parameters
    ----------
    source : str
        The text of a Markdown cell.

    Returns
    -------
    str
        HTML without scripts.

    Examples
    --------
    >>> markdown_to_html("*a*").strip()
    '<p><em>a</em></p>'
    """
    return MarkdownWithMath(renderer=FormulaRenderer(escape=False)).render(source)
