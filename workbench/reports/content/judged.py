"""The one classification of a record that its summary is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isclose
from typing import Any

from .intervals import Recorded, with_intervals
from .naming import PLACES, Named, parsed
from .record import Call, Record
from .writing import plural

COMPARING = ("evaluation.compare", "evaluation.compare_predictions", "recognition.CrossValidation.compare")
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
    beside : tuple of Judged, optional
        Other models that were judged on the same cases; this one has the greatest area under the ROC curve there.
    surely : bool, optional
        Whether the run compared it with the first of them, and the interval of the difference does not hold 0.
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
    beside: tuple[Judged, ...] = ()
    surely: bool = False

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
        Of several models on the same cases, the one with the greatest area under the ROC curve, the others beside
        it; of other classifications, the one whose metrics were recorded as results, else the first. With what the
        same model did elsewhere; None if there is none, or if its metrics are means over classes.
    """
    if "positive" not in record.parameters:
        return None
    found = [pair for pair in _judgements(record) if pair[1].get("one_class") and _complete(pair[1]["metrics"])]
    if not found:
        return None
    there = [id(facts) for _, facts in _outside(record)]
    outside = [pair for pair in found if id(pair[1]) in there]
    inside = [pair for pair in found if id(pair[1]) not in there] or found
    recorded = {one.value for one in with_intervals(record).values()}
    chosen = max(inside, key=lambda pair: len(recorded & _values(pair[1])))
    rivals: dict[str, list[Judgement]] = {}
    for pair in inside:
        if _size(pair[1]) == _size(chosen[1]) and (name := _model(record, pair[1])):
            rivals.setdefault(name, []).append(pair)
    whole = [_of_model(record, pairs, inside, outside) for pairs in rivals.values()]
    if len(whole) < 2 or not all(one.auc for one in whole):
        return _with_elsewhere(record, chosen, inside, outside)
    best, *others = sorted(whole, key=lambda one: -one.auc.value if one.auc else 0.0)
    return replace(best, beside=tuple(others), surely=_apart_surely(record, best, others[0]))


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
    return next(iter(_outside(record)), None)


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


def _outside(record: Record) -> list[Judgement]:
    found = _judgements(record)
    models = sum(call.times for call in record.of("evaluation.external_validation"))
    if not (found and models):
        return []
    placed = [pair for pair in found if any(one.place for one in _names(record, pair[1]))]
    if placed and len({_size(facts) for _, facts in placed}) == 1:
        return placed
    # They are judged last, one for each model; patients elsewhere may be as many as the first.
    last = found[-models:]
    if len(found) >= 2 * models and len({_size(facts) for _, facts in last}) == 1:
        return last
    sizes = [_size(facts) for _, facts in found if _size(facts) != _size(found[0][1])]
    return [pair for pair in found if sizes and _size(pair[1]) == sizes[0]]


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


def _of_model(record: Record, pairs: list[Judgement], inside: list[Judgement], outside: list[Judgement]) -> Judged:
    # Of one model at several thresholds, the one that was judged elsewhere, too.
    there = _same_model(record, pairs[0], inside, outside)
    fitting = [pair for pair in pairs if there and pair[0] is there[0]] or pairs
    return _with_elsewhere(record, fitting[0], inside, outside)


def _with_elsewhere(record: Record, pair: Judgement, inside: list[Judgement], outside: list[Judgement]) -> Judged:
    there = _same_model(record, pair, inside, outside)
    name = _model(record, pair[1])
    return replace(
        _judged(record, pair),
        model=name,
        where=origin(record) if there else "",
        elsewhere=replace(_judged(record, there), model=name) if there else None,
    )


def _apart_surely(record: Record, first: Judged, second: Judged) -> bool:
    if not (first.auc and second.auc):
        return False
    gap = first.auc.value - second.auc.value
    rows = [
        facts["differences"].get("auc")
        for call in record.of(*COMPARING)
        for facts in call.found
        if "differences" in facts
    ]
    return any(
        row and None not in row and isclose(abs(row[0]), gap, abs_tol=1e-9) and row[1] * row[2] > 0 for row in rows
    )


def _same_model(
    record: Record, chosen: Judgement, inside: list[Judgement], outside: list[Judgement]
) -> Judgement | None:
    own = _model(record, chosen[1])
    if own and (alike := [pair for pair in outside if _model(record, pair[1]) == own]):
        return alike[0]
    names = [name for name, one in with_intervals(record).items() if one.value in _values(chosen[1])]
    for value in (record.results.get(f"{place}_{name}") for name in names for place in PLACES):
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
    names = names or {one.model for one in _names(record, facts) if one.model}
    return names.pop() if len(names) == 1 else ""


def _names(record: Record, facts: dict[str, Any]) -> list[Named]:
    known = _values(facts)
    return [parsed(name) for name, value in record.results.items() if isinstance(value, float) and value in known]


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
