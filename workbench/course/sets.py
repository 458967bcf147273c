"""A set of notebooks for a class: copies, the glossary, and a README with the syllabus."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workbench.experiments.chapters import PACKAGE, below, folder, load
from workbench.files import replacing

from .copies import CourseError, student, teacher

COPIES = {"student": student, "teacher": teacher}
READ_FIRST = {
    "student": """# Medical-image analysis: your notebooks

With the workbench installed, `workbench lab` in this folder opens them. Read a step, run it, change a parameter
and run it again. In an exercise write your answer in place of `...`, run it, then run the check below it: it says
nothing if the answer holds, and what to look at if it does not. A check is there to help you, not to mark you.
""",
    "teacher": """# Medical-image analysis: the teacher's notebooks

With the workbench installed, `workbench lab` in this folder opens them. Each exercise is followed by its solution
and by the check that the students have, too. `workbench course student FOLDER` makes the students' set.
""",
}


def write(kind: str, target: str | Path, *, overwrite: bool = False) -> Path:
    """Write a set of all chapters and studies for a class.

    Parameters
    ----------
    kind : {"student", "teacher"}
        With exercises, or with their solutions.
    target : str or Path
        A folder, made if it is not there: ``notebooks``, ``docs/glossary.md`` and ``README.md`` go into it.
    overwrite : bool, optional
        Replace files that differ from what would be written, be they older or changed by somebody. By default
        nothing is written if there is one.

    Returns
    -------
    Path
        The README.

    Raises
    ------
    CourseError
        If an exercise cannot be made.
    FileExistsError
        If there are other files of the same names; they stay as they are.
    """
    if kind not in COPIES:
        raise ValueError(f"kind must be one of {', '.join(COPIES)}, received {kind!r}")
    target = Path(target)
    files = _files(kind)
    changed = [name for name, text in files.items() if _differs(target / name, text)]
    if changed and not overwrite:
        raise FileExistsError(
            f"{target} holds other files of these names: {', '.join(changed)}; "
            "they may be somebody's work, so name another folder, or ask for overwriting"
        )
    for name, text in files.items():
        with replacing(target / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return target / "README.md"


def _files(kind: str) -> dict[str, str]:
    source = folder()
    made = {}
    for path in below(source):
        copy = COPIES[kind](load(path), str(path))
        name = (Path("notebooks") / path.relative_to(source)).as_posix()
        made[name] = json.dumps(copy, ensure_ascii=False, indent=1) + "\n"
    glossary, syllabus = ((_docs() / name).read_text(encoding="utf-8") for name in ("glossary.md", "syllabus.md"))
    return {
        **made,
        "docs/glossary.md": glossary,
        "README.md": f"{READ_FIRST[kind]}\n{_from_above(syllabus)}",
    }


def _from_above(syllabus: str) -> str:
    linked = syllabus.replace("](glossary.md", "](docs/glossary.md").replace("](../", "](")
    return re.sub(r"^#", "##", linked, flags=re.MULTILINE)


def _docs() -> Path:
    for place in (PACKAGE.parent / "docs", PACKAGE / "docs"):
        if (place / "glossary.md").is_file():
            return place
    raise CourseError(f"expected docs/glossary.md beside or in {PACKAGE}; install the workbench anew")


def _differs(path: Path, text: str) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != text.encode())
