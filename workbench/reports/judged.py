"""The one classification of a record that its summary is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .intervals import Recorded, with_intervals
from .record import Call, Record
from .writing import plural

JUDGING = ("evaluation.evaluate", "evaluation.classification")


@dataclass(frozen=True)
class Judged:
    """A classification of one class against all others.

    Parameters
    ----------
    positive : str
        The class to be found.
    cases, patients : int
        How many were judged.
    recall, specificity : Recorded
        With intervals.
    auc : Recorded or None
        Where it is known.
    share : float or None
        Of the positive cases.
    unseen : bool
        Whether the record shows that the judged patients were kept apart from training.
    """

    positive: str
    cases: int
    patients: int
    recall: Recorded
    specificity: Recorded
    auc: Recorded | None
    share: float | None
    unseen: bool

    @property
    def whom(self) -> str:
        """Those who were judged."""
        people = plural(self.patients, "person").replace("persons", "people")
        return people if self.patients == self.cases else f"{plural(self.cases, 'case')} of {people}"


def judged(record: Record) -> Judged | None:
    """Find the classification that a record is about.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    Judged or None
        Of several, the one whose metrics were recorded as results, else the first; None if there is none, or if
        its metrics are means over classes.
    """
    if "positive" not in record.parameters:
        return None
    all_facts = [
        (call, facts)
        for call in record.of(*JUDGING)
        for facts in call.found
        if facts.get("one_class") and _complete(facts["metrics"])
    ]
    if not all_facts:
        return None
    recorded = {one.value for one in with_intervals(record).values()}
    call, facts = max(all_facts, key=lambda pair: len(recorded & {row[0] for row in pair[1]["metrics"].values()}))
    metrics = {name: _recorded(call, name, row) for name, row in facts["metrics"].items() if None not in row}
    return Judged(
        str(record.parameters["positive"]),
        facts["cases"],
        facts["patients"],
        metrics["recall"],
        metrics["specificity"],
        metrics.get("auc"),
        facts.get("share"),
        _apart(record),
    )


def _complete(metrics: dict[str, Any]) -> bool:
    return all(None not in metrics.get(name, [None]) for name in ("recall", "specificity"))


def _recorded(call: Call, metric: str, row: list[float]) -> Recorded:
    return Recorded(row[0], row[1], row[2], metric, f"{100 * call.settings.get('level', 0.95):g}", call.source)


def _apart(record: Record) -> bool:
    return any("split" in facts or "folds" in facts for call in record.calls for facts in call.found)
