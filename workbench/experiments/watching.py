"""Watching over patient privacy in what runs and reports write."""

from pathlib import Path

from workbench import privacy

from .chapters import load
from .parameters import ParameterError, parameters


def leak(written: Path, notebook: Path) -> str:
    """Say whether something made from an executed notebook tells who the patients of its cohort are.

    Parameters
    ----------
    written : Path
        The notebook itself, or a page made from it.
    notebook : Path
        Its parameter ``cohort`` names the study.

    Returns
    -------
    str
        See `privacy.leak`; empty for a notebook without that parameter.
    """
    given = load(notebook)["metadata"].get("workbench", {}).get("run", {}).get("parameters", {})
    try:
        defaults = {name: parameter.default for name, parameter in parameters(notebook).items()}
    except ParameterError:
        defaults = {}
    cohort = (defaults | given).get("cohort")
    return privacy.leak(written, cohort=cohort) if isinstance(cohort, str) and cohort else ""
