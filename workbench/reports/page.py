"""One file for one executed notebook, or for several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any

from workbench.experiments.chapters import load
from workbench.experiments.watching import leak
from workbench.files import replacing
from workbench.privacy import PrivacyError

from .dividing import section
from .outline import Heading
from .overview import labels, overview
from .rendering import render
from .sections import Section

MANY = 3  # sections, above which the contents list these alone


def write_page(
    notebooks: Path | Sequence[Path],
    target: Path,
    *,
    title: str = "",
    code: bool = False,
    summary: bool = False,
) -> Path:
    """Write one or several executed notebooks as one HTML file.

    Parameters
    ----------
    notebooks : Path or sequence of Path
        Executed, complete or not; the page says at its top what is missing. Of several, what is the same as in an
        earlier one is not repeated.
    target : Path
        The HTML file; replaced when it is complete.
    title : str, optional
        The notebook's own, if there is one notebook.
    code : bool, optional
        Show the code, too.
    summary : bool, optional
        Write the page in plain words instead.

    Returns
    -------
    Path
        `target`.

    Raises
    ------
    ValueError
        If there is no notebook.
    PrivacyError
        If the page tells who the patients are; it is written then, and says so at its top.
    """
    paths = [notebooks] if isinstance(notebooks, Path) else list(notebooks)
    return write_sections(read(paths), paths, target, title=title, code=code, summary=summary)


def write_sections(
    sections: Sequence[Section],
    notebooks: Sequence[Path],
    target: Path,
    *,
    title: str = "",
    code: bool = False,
    summary: bool = False,
    around: Mapping[str, str] | None = None,
) -> Path:
    """Write what `read` gave, see `write_page`.

    Parameters
    ----------
    sections : sequence of Section
        From `read`.
    notebooks : sequence of Path
        Of the sections.
    target, title, code, summary
        See `write_page`.
    around : mapping of str to str, optional
        Addresses of other pages of a site: ``index``, ``previous`` and ``following``.

    Returns
    -------
    Path
        `target`.
    """

    def written(sections: Sequence[Section]) -> None:
        html = (summary_html if summary else page_html)(sections, title=title, code=code, around=around)
        with replacing(target) as temporary:
            temporary.write_text(html, encoding="utf-8")

    written(sections)
    found = [leak(target, path) for path in notebooks]
    if any(found):
        # Never handed out silently: the page itself says what is wrong with it, and nothing else changes.
        written([replace(one, leak=telling) for one, telling in zip(sections, found, strict=True)])
        raise PrivacyError(f"{target} {next(filter(None, found))}")
    return target


def read(notebooks: Sequence[Path], *, links: Mapping[str, str] | None = None) -> list[Section]:
    """Read notebooks as the sections of one page.

    Parameters
    ----------
    notebooks : sequence of Path
        Executed notebooks.
    links : mapping of str to str, optional
        See `cleaning.clean`.

    Returns
    -------
    list of Section
        Without what an earlier section says.

    Raises
    ------
    ValueError
        If there is no notebook.
    """
    if not notebooks:
        raise ValueError("expected at least one executed notebook, received none; run a chapter first")
    alone = len(notebooks) == 1
    sections: list[Section] = []
    known: set[str] = set()
    for number, path in enumerate(notebooks, start=1):
        one = section(
            load(path),
            name=path.stem,
            folder=path.parent,
            top=1 if alone else 2,
            prefix="" if alone else f"run-{number}-",
            links=links,
        )
        again = one.title in {earlier.title for earlier in sections}
        sections.append(one.without(known, again=again) if sections else one)
        known |= {block.digest for block in one.blocks}
    return sections


def run_of(page: Path) -> str:
    """Tell of which run a page is.

    Parameters
    ----------
    page : Path
        A file that may be a page of ours.

    Returns
    -------
    str
        As `content.facts.identity` says it; empty where there is no page, or it is not of one run alone.

    Examples
    --------
    >>> run_of(Path("no such page.html"))
    ''
    """
    if not page.is_file():
        return ""
    found = re.search(r'<meta name="run" content="([^"]*)">', page.read_text(encoding="utf-8", errors="replace"))
    return unescape(found[1]) if found else ""


def page_html(
    sections: Sequence[Section],
    *,
    title: str = "",
    code: bool = False,
    around: Mapping[str, str] | None = None,
) -> str:
    """Make a page of sections.

    Parameters
    ----------
    sections : sequence of Section
        From `read`.
    title, code, around
        See `write_sections`.

    Returns
    -------
    str
        HTML.
    """
    alone = len(sections) == 1
    names = labels(sections)
    if not alone and len({section.title for section in sections}) == 1:
        settings = [name.removeprefix(f"{sections[0].title}: ") for name in names]
        names = [f"Run {number}: {name}" for number, name in enumerate(settings, start=1)]
    named = [replace(one, label=name) for one, name in zip(sections, names, strict=True)]
    return render(
        "report.html.j2",
        title=title or (sections[0].title if alone else _common(sections)),
        sections=named,
        contents=_contents(named),
        shared=[gap for gap in sections[0].gaps if all(gap in one.gaps for one in sections)],
        overview=None if alone else overview(sections, [f"#{one.anchor}" for one in sections]),
        code=code,
        around=around or {},
    )


def summary_html(sections: Sequence[Section], *, title: str = "", **_: Any) -> str:
    """Make the page in plain words.

    Parameters
    ----------
    sections : sequence of Section
        From `read`.
    title : str, optional
        See `write_page`.

    Returns
    -------
    str
        HTML.
    """
    return render("summary.html.j2", title=title or sections[0].summary.title, sections=sections)


def _common(sections: Sequence[Section]) -> str:
    titles = {section.title for section in sections}
    return f"{titles.pop()}: {len(sections)} runs" if len(titles) == 1 else f"Report of {len(sections)} notebooks"


def _contents(sections: Sequence[Section]) -> list[Heading]:
    if len(sections) == 1:
        return [heading for heading in _headings(sections[0], 2) if heading.level <= 3]
    found = [Heading(2, "overview", "Overview")]
    for one in sections:
        found.append(Heading(2, one.anchor, escape(one.label)))
        if len(sections) <= MANY:
            found += [heading for heading in _headings(one, 3) if heading.level == 3]
    return found


def _headings(section: Section, level: int) -> list[Heading]:
    # The last ones are those that the template adds.
    added = [("methods", "Methods"), ("checklists", "Reporting checklists"), ("environment", "This run")]
    return [block.heading for block in section.blocks if block.heading] + [
        Heading(level, f"{section.anchor}-{name}", text) for name, text in added if getattr(section, name)
    ]
