"""One page for one executed notebook: code folded away, everything inside the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from traitlets import default

from workbench.experiments import failure, status
from workbench.experiments.parameters import parameters
from workbench.experiments.recording import RESULTS
from workbench.experiments.storing import is_fleeting
from workbench.files import replacing

from .formulas import markdown_to_html
from .tables import align_numbers

TEMPLATES = Path(__file__).parent / "templates"


class PageExporter(TemplateExporter):
    """Notebook to HTML without scripts, so that it opens offline with nothing blank."""

    template_name = "workbench"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self) -> Any:
        """Yield the filters of the template."""
        yield from super().default_filters()
        yield "markdown2html", markdown_to_html
        yield "align_numbers", align_numbers
        yield "highlight_code", Highlight2HTML(pygments_lexer="python", parent=self)


def write_page(notebook: Path, target: Path, *, index: str = "", previous: str = "", following: str = "") -> Path:
    """Write the page of one executed notebook.

    Parameters
    ----------
    notebook : Path
        Executed, complete or not; a page of an incomplete run says so at its top.
    target : Path
        The HTML file; replaced when it is complete.
    index, previous, following : str, optional
        Addresses of the neighbours, relative to the page.

    Returns
    -------
    Path
        `target`.
    """
    import nbformat
    from traitlets.config import Config

    content = nbformat.read(notebook, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_fleeting(output)]
    about = content.metadata.get("workbench", {})
    page = {
        "title": about.get("title") or notebook.stem,
        "css": stylesheet(),
        "index": index,
        "previous": previous,
        "next": following,
        "status": status(content),
        "failure": failure(content),
        "parameters": _parameter_rows(notebook, about),
        "run": about.get("run"),
        "results_type": RESULTS,
    }
    types = ["image/png", "text/html", "text/markdown", "text/plain"]
    exporter = PageExporter(config=Config({"NbConvertBase": {"display_data_priority": types}}))
    html, _ = exporter.from_notebook_node(content, resources={"page": page})
    with replacing(target) as temporary:
        temporary.write_text(html, encoding="utf-8")
    return target


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
    css = (TEMPLATES / "workbench" / "style.css").read_text(encoding="utf-8")
    return f"{css}\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _parameter_rows(notebook: Path, about: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    given = about.get("run", {}).get("parameters", {})
    return [
        (name, str(given.get(name, parameter.default)), name in given, parameter.help)
        for name, parameter in parameters(notebook).items()
    ]
