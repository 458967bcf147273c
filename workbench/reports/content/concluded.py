"""Sentences on evaluation and software."""

from __future__ import annotations

from .intervals import with_intervals
from .judged import COMPARING, JUDGING
from .naming import PLACES, metric_name, model_name, parsed, result_name
from .record import Call, Record
from .results import Result, results
from .trained import FOLDED
from .writing import Sentence, cite, listed, plural, spoken

MEASURING = (*JUDGING, "recognition.CrossValidation.summary")
JUDGED = "Metrics of classification"
PROPER = {
    "keras": "Keras",
    "matplotlib": "Matplotlib",
    "numpy": "NumPy",
    "scipy": "SciPy",
    "tensorflow": "TensorFlow",
}
# Libraries that are named only where something was called that uses them.
USES = {
    "keras": {"cnn"},
    "tensorflow": {"cnn"},
    "scikit-image": {"processing", "segmentation", "synthesis"},
    "scikit-learn": {"evaluation", "recognition", "segmentation"},
}


def evaluation(record: Record) -> list[Sentence]:
    """Say how the results were judged.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        In order.
    """
    written = []
    judging, comparing = record.of(*MEASURING), record.of(*COMPARING)
    if judging and comparing and _intervals(judging) == _intervals(comparing):
        both = [*judging, *comparing]
        text = f"{JUDGED}, and differences between models on the same cases, were given with {_intervals(both)}"
        written.append(Sentence(f"{text}{cite(record, *both)}.", tuple(call.source for call in both)))
    else:
        for calls, what in ((judging, f"{JUDGED} were"), (comparing, "Differences between models were")):
            if calls:
                text = f"{what} given with {_intervals(calls)}{cite(record, *calls)}."
                written.append(Sentence(text, tuple(call.source for call in calls)))
    return written


def thresholds(record: Record) -> list[Sentence]:
    """Say from which probability on a case was called positive.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        One, where the record knows it.
    """
    calls = [call for call in record.of(*MEASURING) if isinstance(call.settings.get("threshold"), int | float)]
    if not calls:
        return []
    told = listed(list(dict.fromkeys(spoken(call.settings["threshold"]) for call in calls)))
    text = f"A case was called positive where the model gave it a probability of at least {told}."
    return [Sentence(text, tuple(call.source for call in calls))]


def outcomes(record: Record) -> list[Sentence]:
    """Say what the recorded results were, with their intervals.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        One for each group of patients.
    """
    known, written = with_intervals(record), results(record.notebook)
    by_place: dict[str, list[str]] = {}
    for name in known:
        by_place.setdefault(parsed(name).place, []).append(name)
    folded = record.of(*FOLDED)
    leads = {place: f"In the {words}, " for place, words in PLACES.items()}
    leads[""] = "While held out in the folds, " if folded and len(by_place) > 1 else ""
    sentences = []
    for place, names in by_place.items():
        by_metric: dict[str, list[str]] = {}
        for name in names:
            by_metric.setdefault(known[name].metric, []).append(_valued(name, written[name]))
        said = [f"the {metric_name(metric)} was {listed(values)}" for metric, values in by_metric.items()]
        percents = dict.fromkeys(known[name].percent for name in names)
        text = f"{leads[place]}{'; '.join(said)} (with {' or '.join(percents)} % intervals in brackets)."
        sources = [where for name in names for where in (f"results.{name}", known[name].source)]
        sources += [call.source for call in folded] if text.startswith("While") else []
        sentences.append(Sentence(f"{text[0].upper()}{text[1:]}", tuple(dict.fromkeys(sources))))
    return sentences


def software(record: Record) -> list[Sentence]:
    """Say what computed: versions, seed, source.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        In order.
    """
    run, written = record.run, []
    used = {call.function.split(".")[0] for call in record.calls}
    versions = dict(run.get("versions", {}))
    if bench := versions.pop("workbench", None):
        named = [f"{PROPER.get(n, n)} {v}" for n, v in versions.items() if n not in USES or used & USES[n]]
        under = f" under Python {run['python']}" if "python" in run else ""
        beside = f" with {listed(named)}" if named else ""
        text = f"All computations were done with the medical-imaging workbench {bench}{under}{beside}."
        written.append(Sentence(text, ("run.versions", *(("run.python",) if under else ()))))
    if run.get("seed") is not None:
        written.append(Sentence(f"The random seed was {run['seed']}.", ("run.seed",)))
    if run.get("threads") is not None:
        text = f"The libraries used {plural(run['threads'], 'thread')}; with others sums are rounded differently."
        written.append(Sentence(text, ("run.threads",)))
    if run.get("revision"):
        commit, _, changed = run["revision"].partition("+")
        # A notebook of one's own may lie there and never have been committed.
        local = " with local changes" if changed else ""
        text = f"The git repository in which the notebook lay was at revision {commit[:12]}{local}."
        written.append(Sentence(text, ("run.revision",)))
    if run.get("digest"):
        text = (
            f"The run is identified by the digest {run['digest'][:12]} of notebook, parameters, source and data."
        )
        written.append(Sentence(text, ("run.digest",)))
    return written


def _intervals(calls: list[Call]) -> str:
    levels = dict.fromkeys(spoken(100 * call.settings.get("level", 0.95)) for call in calls)
    resamples = dict.fromkeys(f"{call.settings['resamples']:,}" for call in calls if "resamples" in call.settings)
    drawn = f"{' or '.join(resamples)} bootstrap resamples" if resamples else "a bootstrap"
    return f"{' or '.join(levels)} % intervals from {drawn} of the patients"


def _valued(name: str, result: Result) -> str:
    found = parsed(name)
    if found.model and not found.rest:
        return f"{result} for {model_name(found.model)}"
    return f"{result} for “{result_name(name)}”" if found.model or found.rest else str(result)
