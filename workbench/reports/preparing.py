"""The same page from plain ``jupyter nbconvert --to html --template workbench``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor

from .dividing import section
from .page import page_html


class WorkbenchReport(Preprocessor):
    """Hands the template a function that makes the page, because only the template knows nbconvert's options."""

    def preprocess(self, notebook: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Put the function into the resources.

        Parameters
        ----------
        notebook : nbformat.NotebookNode
            Not changed.
        resources : dict
            Of nbconvert.

        Returns
        -------
        notebook : nbformat.NotebookNode
            As it was.
        resources : dict
            With ``workbench_report``.
        """
        about = resources.get("metadata", {})
        whole = section(notebook, name=about.get("name", "notebook"), folder=Path(about.get("path", "")))

        def report(shown: dict[str, bool]) -> str:
            code = shown["include_code"] and shown["include_input"]
            return page_html([whole], code=code)

        return notebook, resources | {"workbench_report": report}
