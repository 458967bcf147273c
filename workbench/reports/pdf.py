"""A report on paper: printed by the Chromium that is installed, with bookmarks and page numbers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from workbench.files import replacing

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (  # where macOS and Windows keep programs that no path names
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
    Path("C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
)


class PrintingError(Exception):
    """A page could not be printed; the message says what to do."""


def write_pdf(page: Path, target: Path, *, timeout: float = 120) -> Path:
    """Print a page.

    Parameters
    ----------
    page : Path
        HTML, from `write_page`.
    target : Path
        The PDF file; replaced when it is complete.
    timeout : float, optional
        Seconds that the browser may take.

    Returns
    -------
    Path
        `target`.

    Raises
    ------
    PrintingError
        If there is no Chromium, or it fails.
    """
    browser = _browser()
    with tempfile.TemporaryDirectory() as folder, replacing(target) as temporary:
        # Nothing can be unfolded on paper.
        unfolded = re.sub(r"<details(?! [^>]*\bopen\b)", "<details open", page.read_text(encoding="utf-8"))
        copy = Path(folder) / "page.html"
        copy.write_text(unfolded, encoding="utf-8")
        options = [
            "--headless",
            "--disable-gpu",
            f"--user-data-dir={folder}/profile",  # a browser that is open already would only be told of the page
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND",  # what is printed asks nobody for anything
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={temporary.resolve()}",
            copy.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.insert(0, "--no-sandbox")  # Chromium refuses to sandbox for root, as in a container
        try:
            done = subprocess.run(  # noqa: S603 (our own page, opened by the user's browser)
                [browser, *options], capture_output=True, text=True, errors="replace", timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise PrintingError(f"{page}: {browser} did not print it within {timeout:g} s; try again") from None
        if done.returncode or not temporary.stat().st_size:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise PrintingError(f"{page}: {browser} did not print it (exit {done.returncode}): {last}")
    return target


def _browser() -> str:
    named = os.environ.get("BROWSER_PATH")
    found = [shutil.which(named)] if named else [shutil.which(name) for name in BROWSERS]
    installed = [path for path in found if path] + [str(place) for place in PLACES if place.exists() and not named]
    if not installed:
        missing = f"no browser at BROWSER_PATH={named}" if named else "no Chromium, Chrome or Edge on this machine"
        raise PrintingError(
            f"expected a Chromium for the PDF, found {missing}; install one (apt install chromium), name one with "
            "BROWSER_PATH, or print the HTML page from any browser"
        )
    return installed[0]
