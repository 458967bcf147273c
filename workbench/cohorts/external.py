"""The patients that validate from outside: another study, or some that are set aside beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .cohort import Cohort
from .comparable import comparable
from .errors import LeakError
from .reading import read

SIMULATED = "simulated"
SET_ASIDE = 0.3


def internal_and_external(
    cohort: str,
    external_cohort: str,
    *,
    simulate: Callable[[int], Cohort],
    elsewhere: Callable[[Cohort], Cohort],
    labels: Sequence[str] | None,
    size: int,
    patients: int | None = None,
    margin: int = 0,
    seed: int = 0,
) -> tuple[Cohort, Cohort]:
    """Open the study to learn from, and one of other patients to validate it on.

    Parameters
    ----------
    cohort : str
        ``"simulated"``, or a source as for `read`.
    external_cohort : str
        A source as for `read`. Empty: beside a simulated study, another simulated one, of the next seed and as
        seen `elsewhere`; beside any other, 30 % of its patients, set aside.
    simulate : callable
        From a seed to a simulated study.
    elsewhere : callable
        Shows a simulated study as another hospital would, such as `samples.other_scanner`.
    labels, size, patients, margin, seed
        As for `comparable`, to which both studies are brought; of images that two patients share, the first stays.

    Returns
    -------
    internal, external : Cohort
        Without a patient in common.

    Raises
    ------
    CohortError
        If a study cannot be read, or a label does not occur in it.
    LeakError
        If the two studies share a patient.

    Examples
    --------
    >>> from workbench import samples
    >>> here, there = internal_and_external(
    ...     "simulated",
    ...     "",
    ...     simulate=lambda seed: samples.lesion_study("nodule", patients=4, seed=seed),
    ...     elsewhere=lambda study: samples.other_scanner(study, offset=100),
    ...     labels=("benign", "malignant"),
    ...     size=32,
    ... )
    >>> len(here), len(there)
    (8, 8)
    """

    def opened(study: Cohort) -> Cohort:
        return comparable(
            study, labels=labels, size=size, patients=patients, copies="drop", margin=margin, seed=seed
        )

    internal = opened(simulate(seed) if cohort == SIMULATED else read(cohort))
    if external_cohort:
        external = opened(read(external_cohort))
    elif cohort == SIMULATED:
        external = opened(elsewhere(simulate(seed + 1)))
    else:
        parts = internal.split(test=SET_ASIDE, seed=seed).table["split"]
        internal, external = (internal.select(parts.index[parts == part]) for part in ("train", "test"))
    both = set(internal.table["patient"]) & set(external.table["patient"])
    if both:
        raise LeakError(
            f"{len(both)} patients are in both studies, such as {min(map(str, both))!r}; leave them out of one, "
            "or give one of the studies other names for its patients"
        )
    return internal, external
