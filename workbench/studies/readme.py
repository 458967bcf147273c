"""What a study's folder tells about itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import replacing

if TYPE_CHECKING:
    from .starting import Started

FILES = {
    "cases.csv": "one row per case. Images stay where they are; paths count from here",
    "left_out.csv": "cases that cannot be analysed, why, and their row among all",
    "audit.csv": "what else is, or may be, wrong",
    "study.ipynb": "the analysis: open it in JupyterLab, or run it as below",
    ".gitignore": "keeps git from this folder, as names of files may tell who a patient is; delete it to commit",
}


def write_readme(started: Started, path: Path) -> None:
    """Write the study's README: its files, what was assumed, what to type next.

    Parameters
    ----------
    started : Started
        The study.
    path : Path
        The file.
    """
    lines = ["# A study", ""]
    lines += [f"- `{name}`: {text}" for name, text in FILES.items() if (started.folder / name).exists()]
    lines += ["", "Taken for granted:", "", *(f"- {text}" for text in started.assumed or ("nothing",))]
    lines += ["", "Next:", "", *(f"    {command}" for command in next_steps(started))]
    if not started.lacking:
        lines += [
            "",
            "`run` takes some minutes; its page lies beside its record. `report` puts one where you want it.",
        ]
    lines += [
        "",
        "Type the commands in the folder where `workbench new` was typed, or in one below it; elsewhere add "
        f"`-p cohort=PATH/{started.folder.name}/cases.csv`.",
        "",
        "Paths in `cases.csv` count from here: move this folder together with the images, or not at all.",
    ]
    lines += ["", "After a change of `cases.csv`, for a new audit and notebook:", ""]
    lines += [f"    workbench new {started.folder.as_posix()}", ""]
    lines += ["For another cohort to validate on, make a study of it too, and add", ""]
    lines += [
        "    -p external_cohort=OTHER_STUDY/cases.csv",
        "",
        "For research and teaching; not a medical device.",
    ]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def next_steps(started: Started) -> list[str]:
    """List the commands that follow.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    list of str
        To run the notebook and to report; none where something is lacking.
    """
    if started.lacking:
        return [f"# the study lacks {started.lacking}", f"workbench new {started.folder.as_posix()}"]
    folder = started.folder.as_posix()
    return [
        f"workbench run {folder}/study.ipynb -o {folder}/runs",
        f"workbench report {folder}/runs -o {folder}/report.html",
    ]
