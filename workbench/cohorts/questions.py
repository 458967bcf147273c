"""The question of a study: one class against another, or against all others."""

from __future__ import annotations

from dataclasses import replace

from .cohort import Cohort
from .errors import CohortError


def two_classes(cohort: Cohort, *, positive: str, negative: str = "") -> Cohort:
    """Reduce a study to two classes.

    Parameters
    ----------
    cohort : Cohort
        With a column ``label``.
    positive : str
        The class to be found.
    negative : str, optional
        The class that it is told from; all others, together named ``"not "`` and `positive`, where not given and
        there are several.

    Returns
    -------
    Cohort
        The cases of these classes, with labels as text; cases without a label are left out.

    Raises
    ------
    CohortError
        If there is no column ``label``, or a class does not occur.

    Examples
    --------
    >>> from workbench.samples import study
    >>> found = two_classes(study("head", patients=9, images_per_patient=1), positive="ischaemia")
    >>> sorted(found.table["label"].unique())
    ['ischaemia', 'not ischaemia']
    """
    if "label" not in cohort.table:
        raise CohortError(f"the study has no column label; it has {', '.join(map(str, cohort.table))}")
    labels = cohort.table["label"].dropna().astype(str)
    known = sorted(set(labels))
    for name in (positive, negative):
        if name and name not in known:
            raise CohortError(f"no case is labelled {name!r}; there are {', '.join(known)}")
    others = [name for name in known if name != positive]
    if not others or positive == negative:
        raise CohortError(f"expected two classes, received {positive!r} alone; there are {', '.join(known)}")
    chosen = labels[labels.isin([positive, negative])] if negative else labels
    if not negative and len(others) > 1:
        chosen = chosen.where(chosen == positive, f"not {positive}")
    kept = cohort.select(chosen.index)
    return replace(kept, table=kept.table.assign(label=chosen))
