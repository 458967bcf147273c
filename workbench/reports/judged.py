"""The one classification of a record that its summary is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .intervals import Recorded, with_intervals
from .record import Call, Record
from .writing import plural

PREFIXES = ("external_", "set_aside_")
JUDGING = ("evaluation.evaluate", "evaluation.classification")

Judgement = tuple[Call, dict[str, Any]]


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
    model : str, optional
        Its name; empty where the record does not tell it.
    negative : str, optional
        The other class where there are two; empty for all others.
    where : str, optional
        What `origin` says of the patients elsewhere; empty where there are none.
    elsewhere : Judged, optional
        The same kind of model, judged on them.
    """

    positive: str
    cases: int
    patients: int
    recall: Recorded
    specificity: Recorded
    auc: Recorded | None
    share: float | None
    unseen: bool
    model: str = ""
    negative: str = ""
    where: str = ""
    elsewhere: Judged | None = None

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
        Of several, the one whose metrics were recorded as results, else the first, with what the same model did
        elsewhere; None if there is none, or if its metrics are means over classes.
    """
    if "positive" not in record.parameters:
        return None
    found = [pair for pair in _judgements(record) if pair[1].get("one_class") and _complete(pair[1]["metrics"])]
    if not found:
        return None
    away = second_set(record)
    outside = [pair for pair in found if away and _size(pair[1]) == _size(away[1])]
    inside = [pair for pair in found if pair not in outside] or found
    recorded = {one.value for one in with_intervals(record).values()}
    chosen = max(inside, key=lambda pair: len(recorded & _values(pair[1])))
    there = _same_model(record, chosen, inside, outside)
    name = _model(record, chosen[1])
    return replace(
        _judged(record, chosen),
        model=name,
        where=origin(record) if there else "",
        elsewhere=replace(_judged(record, there), model=name) if there else None,
    )


def second_set(record: Record) -> Judgement | None:
    """Find what was judged on other patients than the first.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    tuple of Call and dict, or None
        The first of such judgements; None where the run compared nothing with external data.
    """
    found = _judgements(record)
    if not found or not record.of("evaluation.external_validation"):
        return None
    return next((pair for pair in found if _size(pair[1]) != _size(found[0][1])), None)


def origin(record: Record) -> str:
    """Tell where the patients come from on whom a model was validated.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    str
        ``"set aside"`` from the same study, ``"another study"``, or ``"simulated"``.
    """
    if record.parameters.get("external_cohort") or not record.of("cohorts.internal_and_external"):
        return "another study"
    return "simulated" if record.parameters.get("cohort") == "simulated" else "set aside"


def _judgements(record: Record) -> list[Judgement]:
    return [
        (call, facts)
        for call in record.of(*JUDGING)
        for facts in call.found
        if {"cases", "patients", "metrics"} <= facts.keys()
    ]


def _judged(record: Record, pair: Judgement) -> Judged:
    call, facts = pair
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
        negative=str(record.parameters.get("negative") or ""),
    )


def _same_model(
    record: Record, chosen: Judgement, inside: list[Judgement], outside: list[Judgement]
) -> Judgement | None:
    names = [name for name, one in with_intervals(record).items() if one.value in _values(chosen[1])]
    for value in (record.results.get(f"{prefix}{name}") for name in names for prefix in PREFIXES):
        for pair in outside:
            if value in _values(pair[1]):
                return pair
    # Models are judged in the same order at both places.
    return outside[inside.index(chosen)] if len(inside) == len(outside) else None


def _model(record: Record, facts: dict[str, Any]) -> str:
    tables = [one["models"] for call in record.calls for one in call.found if isinstance(one.get("models"), dict)]
    said = facts["metrics"]
    names = {
        name
        for table in tables
        for name, rows in table.items()
        if all(rows.get(metric) == said[metric] for metric in ("recall", "specificity"))
    }
    return names.pop() if len(names) == 1 else ""


def _size(facts: dict[str, Any]) -> tuple[int, int]:
    return facts["cases"], facts["patients"]


def _values(facts: dict[str, Any]) -> set[float]:
    return {row[0] for row in facts["metrics"].values() if row[0] is not None}


def _complete(metrics: dict[str, Any]) -> bool:
    return all(None not in metrics.get(name, [None]) for name in ("recall", "specificity"))


def _recorded(call: Call, metric: str, row: list[float]) -> Recorded:
    return Recorded(row[0], row[1], row[2], metric, f"{100 * call.settings.get('level', 0.95):g}", call.source)


def _apart(record: Record) -> bool:
    return any("split" in facts or "folds" in facts for call in record.calls for facts in call.found)
