"""The documentation site: `make docs` builds it from the stored notebooks, the guides and the docstrings."""

import json
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import workbench  # noqa: E402 (the one beside this file, installed or not)
from workbench.reports.formulas import mathml  # noqa: E402

project = "Medical-imaging workbench"
author = "The medical-imaging workbench authors"
copyright = f"{author}. For research and teaching; not a medical device"
version = release = workbench.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_nb"]
# The repository's root is the site's, so that links lead where they lead on GitHub and in JupyterLab.
root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/**", "benchmarks/README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
exclude_patterns = ["build", "docs/templates", ".venv", "runs", "**/.ipynb_checkpoints"]
templates_path = [str(ROOT / "docs" / "templates")]

autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_typehints = "none"  # the docstrings say it with shapes and units
autodoc_member_order = "groupwise"
numpydoc_show_class_members = False

myst_enable_extensions = ["attrs_inline", "dollarmath"]
myst_heading_anchors = 4
smartquotes = False
nb_execution_mode = "off"
nb_code_prompt_show = "Solution"
nb_code_prompt_hide = "Solution"

html_theme = "furo"
html_title = project
html_math_renderer = "mathml"
html_extra_path = ["site"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "github-light"
pygments_dark_style = "github-dark"


def _inline_formula(page: Any, node: nodes.math) -> None:
    page.body.append(mathml(node.astext(), display="inline"))
    raise nodes.SkipNode


def _formula(page: Any, node: nodes.math_block) -> None:
    page.body.append(f'<div class="formula">{mathml(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def _read_notebook(app: Sphinx, name: str, text: list[str]) -> None:
    if not name.startswith("notebooks/"):
        return
    notebook = json.loads(text[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "solution" in cell["metadata"].get("tags", []):
            cell["metadata"]["tags"].append("hide-cell")
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                # The chapters say in words what is to be seen.
                told = " ".join("".join(output["data"]["text/plain"]).split())
                cell["metadata"]["mystnb"] = {"image": {"alt": told}}
    text[0] = json.dumps(notebook)


def _is_of_another_library(app: Sphinx, kind: str, name: str, member: Any, *_: Any) -> bool | None:
    return True if not (getattr(member, "__module__", None) or "workbench").startswith("workbench") else None


def setup(app: Sphinx) -> None:
    """Tell Sphinx what this site does in its own way."""
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_formula, None))
    app.connect("source-read", _read_notebook)
    app.connect("autodoc-skip-member", _is_of_another_library)
