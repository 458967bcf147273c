"""What a study's folder remembers, so that starting it again gives the same files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pandas as pd

from workbench import cohorts
from workbench.cohorts import Cohort
from workbench.cohorts.locations import is_path
from workbench.files import replacing

from .gathered import Gathered
from .tables import LEFT_OUT

MEMORY = ".started.json"


@dataclass(frozen=True)
class Remembered:
    """What was said and taken for granted when a study was started.

    Parameters
    ----------
    assumed : tuple of str
        See `Started`.
    positive : str, optional
        The class to be found, where the user said it.
    root : str, optional
        The folder of the images, as seen from the study's.
    doubtful : tuple of (str, str)
        Patients taken for two who may be one.
    rows : dict
        Of each case that was left out, its place among all.
    patients : dict
        Of each case.
    examples : tuple of str
        See `Gathered`.
    unite : str
        See `Gathered`.
    unfit, alike, decided : tuple
        See `Gathered`.
    """

    assumed: tuple[str, ...] = ()
    positive: str | None = None
    root: str | None = None
    doubtful: tuple[tuple[str, str], ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    patients: dict[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    unite: str = ""
    unfit: tuple[str, ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()
    decided: tuple[tuple[str, ...], ...] = ()

    def told_again(self, gathered: Gathered) -> Gathered:
        """Say once more what was said of patients.

        Parameters
        ----------
        gathered : Gathered
            As the study's own table tells it.

        Returns
        -------
        Gathered
            With examples and doubts.
        """
        return replace(
            gathered,
            examples=self.examples,
            doubtful=self.doubtful,
            unite=self.unite,
            unfit=self.unfit,
            alike=self.alike,
            decided=self.decided,
        )

    def edited(self, patients: pd.Series) -> bool:
        """Tell whether the user has changed patients.

        Parameters
        ----------
        patients : pandas.Series
            Of the cases in the table.

        Returns
        -------
        bool
            False where nothing was remembered.
        """
        now = patients.fillna("").astype(str)
        return any(self.patients.get(str(case), patient) != patient for case, patient in now.items())

    def joined(self, assumed: tuple[str, ...]) -> tuple[str, ...]:
        """Add what is taken for granted now.

        Parameters
        ----------
        assumed : tuple of str
            Of this time.

        Returns
        -------
        tuple of str
            The former first, each once.
        """
        return tuple(dict.fromkeys((*self.assumed, *assumed)))


def remember(memory: Remembered, folder: Path) -> None:
    """Write what a later start needs.

    Parameters
    ----------
    memory : Remembered
        Of this start.
    folder : Path
        The study's.
    """
    with replacing(folder / MEMORY) as temporary:
        temporary.write_text(json.dumps(asdict(memory), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def recall(folder: Path) -> Remembered:
    """Read what an earlier start wrote.

    Parameters
    ----------
    folder : Path
        The study's.

    Returns
    -------
    Remembered
        Empty where nothing was written.
    """
    path = folder / MEMORY
    if not path.is_file():
        return Remembered()
    found = json.loads(path.read_text(encoding="utf-8"))
    pairs = tuple((first, second) for first, second in found.get("doubtful", ()))
    return Remembered(
        tuple(found["assumed"]),
        found["positive"],
        found["root"],
        pairs,
        found.get("rows", {}),
        found.get("patients", {}),
        tuple(found.get("examples", ())),
        found.get("unite", ""),
        tuple(found.get("unfit", ())),
        tuple(map(tuple, found.get("alike", ()))),
        tuple(map(tuple, found.get("decided", ()))),
    )


def followed(gathered: Gathered, before: Remembered, listed: list[str]) -> Gathered:
    """Let what was left out, and what is in doubt, follow patients whom the user has renamed.

    Parameters
    ----------
    gathered : Gathered
        All cases.
    before : Remembered
        The patients as they were.
    listed : list of str
        Cases whose patients the user sees.

    Returns
    -------
    Gathered
        A case that was left out has the new patient where all others of its patient have.
    """
    patients = gathered.cohort.table["patient"]
    seen = patients.loc[listed]
    former = pd.Series({case: before.patients.get(str(case)) for case in listed}, dtype=object)
    renamed = {
        str(old): new.iloc[0] for old, new in seen.groupby(former) if new.nunique() == 1 and new.notna().all()
    }
    hidden = ~patients.index.isin(listed)
    new = patients.where(~hidden, patients.astype(str).map(renamed).where(lambda name: name.notna(), patients))
    cohort = Cohort(gathered.cohort.table.assign(patient=new), root=gathered.cohort.root)
    changed = {str(case) for case in listed if before.patients.get(str(case)) != str(patients[case])}
    return replace(gathered, cohort=cohort, unfit=tuple(case for case in gathered.unfit if case not in changed))


def seen_from_root(cohort: Cohort, folder: Path, root: str | None) -> Cohort:
    """Name images as they were named when the study was started.

    Parameters
    ----------
    cohort : Cohort
        As its ``cases.csv`` says.
    folder : Path
        The study's.
    root : str or None
        The folder of the images, as seen from the study's.

    Returns
    -------
    Cohort
        The same images, by paths without ``..``.
    """
    if root is None:
        return cohort
    plain = {
        column: [
            str(Path(cell).resolve()) if isinstance(cell, str) and is_path(cell) else cell
            for cell in cohort.table[column]
        ]
        for column in (*cohort.images, *cohort.masks)
    }
    return Cohort(cohort.table.assign(**plain), root=(folder / root).resolve())


def other_than_patients(assumed: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out how patients were told apart.

    Parameters
    ----------
    assumed : tuple of str
        See `Started`.

    Returns
    -------
    tuple of str
        The others.
    """
    return tuple(text for text in assumed if not text.startswith("patients: "))


def rows_left_out(
    cohort: Cohort, folder: Path, rows: dict[str, int], *, label: str | None, patient: str | None
) -> Cohort:
    """Put the cases that were left out back to where they stood.

    Parameters
    ----------
    cohort : Cohort
        The cases of ``cases.csv``.
    folder : Path
        The study's.
    rows : dict
        See `Remembered`.
    label, patient : str, optional
        See `gather`.

    Returns
    -------
    Cohort
        All cases; one that is in both tables is as in ``cases.csv``.
    """
    path = folder / LEFT_OUT
    if not path.is_file() or pd.read_csv(path).empty:
        return cohort
    left = cohorts.read(path).table.drop(columns="reason")
    given = {"label": label, "patient": patient}
    left = left.assign(**{role: left[name] for role, name in given.items() if name in left})
    left = left[~left.index.isin(cohort.table.index)]
    order = list(cohort)
    for case in sorted(left.index, key=lambda case: rows.get(case, len(order) + len(left))):
        order.insert(rows.get(case, len(order)), str(case))
    # As objects, since numbers beside gaps would become fractions.
    both = pd.concat([cohort.table.astype(object), left.reindex(columns=cohort.table.columns).astype(object)])
    return Cohort(both.loc[order].rename_axis("case"), root=cohort.root)
