"""What a study's folder tells about itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import replacing

from .findings import ALIKE, DOUBT
from .steps import PAGES, Step, again, commands, saying_patients
from .telling import counted, found
from .wording import plain

if TYPE_CHECKING:
    from .starting import Started

FILES = {
    "cases.csv": "one row for each case that is analysed. Images stay where they are; paths count from here",
    "left_out.csv": "the cases that are not, and why",
    "audit.csv": "what was found, and what was done: cases left out, decided as you say, or it remains",
    "doubts.csv": "patients who may be one, with their files side by side; the page of a run shows four pairs",
    "study.ipynb": "the analysis: open it in JupyterLab, or run it as below",
    ".gitignore": "keeps git from this folder: names of files, in the tables and below, may tell who a patient is",
}


def write_readme(started: Started, path: Path) -> None:
    """Write the study's README: its files, what was assumed and found, what to type next.

    Parameters
    ----------
    started : Started
        The study.
    path : Path
        The file.
    """
    again_typed = again(started.folder)
    lines = ["# A study", "", f"{plain(counted(started))}.", ""]
    lines += [f"- `{name}`: {text}" for name, text in FILES.items() if (started.folder / name).exists()]
    lines += ["", "Taken for granted:", "", *(f"- {plain(text)}" for text in started.assumed or ("nothing",))]
    lines += ["", "Found, and what was done about it:", "", *(f"- {plain(text)}" for text in found(started))]
    if started.examples:
        lines += ["", "Examples, with names of files, so not to be passed on:", ""]
        lines += [f"- {plain(text)}" for text in started.examples]
    if (started.remaining["kind"] == DOUBT).any():
        lines += [
            "",
            "Two patients who are one make results too good. If they are, give both the same name in the column "
            f"`patient` of `cases.csv`, then type `{again_typed}`; or type",
            f"`{again_typed} --patient 'EXPRESSION'`, a regular expression for the names of files, whose group is "
            "the patient. If they are two, nothing is to be done; if you cannot tell, take them for one, which is "
            "the safe side. `doubts.csv` has their files side by side, as seen from here, and the page of a run "
            "images of four pairs at most, below “Cohort and audit”.",
        ]
    if (started.remaining["kind"] == ALIKE).any():
        lines += [
            "",
            "Images of one person that are taken for several make results too good. If the names of files are",
            f"right, type `{again_typed} --patient 'EXPRESSION'`, a regular expression for them, whose group is "
            "the patient; or start the study anew without `--patient image`.",
        ]
    if started.unite:
        lines += [
            "",
            "If each pair in doubt is one patient, type:",
            "",
            f"    {saying_patients(started.folder, started.unite)}",
        ]
    lines += ["", "Next:", ""]
    if started.lacking:
        lines += [f"    # the study lacks {started.lacking}", f"    {again_typed}"]
    else:
        lines += [f"    {step}" for step in next_steps(started)]
        lines += ["", f"{PAGES}."]
    lines += [
        "",
        "Paths in `cases.csv` count from this folder: move it together with the images, or not at all.",
        "",
        "After a change of `cases.csv`, for a new audit and notebook:",
        "",
        f"    {again_typed}",
        "",
        "For another cohort to validate on, make a study of it too, and add to `workbench run`",
        "",
        "    -p external_cohort=OTHER_STUDY/cases.csv",
        "",
        "For research and teaching; not a medical device.",
    ]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def next_steps(started: Started) -> list[Step]:
    """List the commands that follow.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    list of Step
        To run the notebook and to report it; to start again where something is lacking.
    """
    if started.lacking:
        return [Step(again(started.folder), f"once the study has what it lacks: {started.lacking}")]
    return commands(started.folder, "")[1:]
