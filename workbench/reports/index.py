"""The report of a set of runs: a page each, and an index with their recorded results."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.experiments import failure, recorded, status
from workbench.experiments.chapters import load
from workbench.experiments.watching import leak
from workbench.files import replacing
from workbench.privacy import PrivacyError

from .page import TEMPLATES, stylesheet, write_page


def write_report(notebooks: list[Path], folder: Path, *, title: str = "Report of the workbench") -> Path:
    """Write a page for each executed notebook and an index beside them.

    Parameters
    ----------
    notebooks : list of Path
        In the order they are to be read.
    folder : Path
        Where the HTML files go.
    title : str, optional
        Of the index.

    Returns
    -------
    Path
        The index.

    Raises
    ------
    ValueError
        If there is no notebook.
    PrivacyError
        If a page tells who the patients are; all pages are written then, and marked in the index.
    """
    from jinja2 import Environment, FileSystemLoader

    if not notebooks:
        raise ValueError("expected at least one executed notebook, received none; run a chapter first")
    names = _names(notebooks)
    around = pairwise(pairwise(["", *names, ""]))
    for notebook, ((previous, name), (_, following)) in zip(notebooks, around, strict=True):
        write_page(notebook, folder / name, index="index.html", previous=previous, following=following)
    pages = [_row(notebook, name) for notebook, name in zip(notebooks, names, strict=True)]
    leaks = {n: leak(folder / n, notebook) for notebook, n in zip(notebooks, names, strict=True)}
    leaking = {name: found for name, found in leaks.items() if found}
    pages = [
        page | ({"status": "leaking", "failure": leaking[page["href"]]} if page["href"] in leaking else {})
        for page in pages
    ]
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "workbench"), autoescape=False)  # noqa: S701 (escapes itself)
    html = environment.get_template("contents.html.j2").render(
        title=title,
        css=stylesheet(),
        pages=pages,
        wrong=sum(page["status"] in {"failed", "interrupted", "leaking"} for page in pages),
        versions=next((page["versions"] for page in pages if page["versions"]), {"workbench": __version__}),
    )
    with replacing(folder / "index.html") as temporary:
        temporary.write_text(html, encoding="utf-8")
    if leaking:
        raise PrivacyError("; ".join(f"{folder / name} {found}" for name, found in leaking.items()))
    return folder / "index.html"


def _names(notebooks: list[Path]) -> list[str]:
    stems = [notebook.stem for notebook in notebooks]
    return [
        f"{stem}.html" if stems.count(stem) == 1 else f"{stem}-{number}.html"
        for number, stem in enumerate(stems, start=1)
    ]


def _row(notebook: Path, href: str) -> dict[str, Any]:
    content = load(notebook)
    about = content["metadata"].get("workbench", {})
    run = about.get("run", {})
    return {
        "href": href,
        "title": about.get("title") or notebook.stem,
        "version": about.get("version", ""),
        "status": status(content),
        "failure": failure(content),
        "seconds": f"{run['seconds']:.1f}" if "seconds" in run else "",
        "changed": ", ".join(f"{name} = {value}" for name, value in run.get("parameters", {}).items()),
        "results": [
            (name, f"{value:.4g}" if isinstance(value, float) else value)
            for name, value in recorded(content).items()
        ],
        "versions": run.get("versions", {}),
    }
