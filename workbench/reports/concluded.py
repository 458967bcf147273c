"""Sentences on evaluation and software."""

from __future__ import annotations

from .intervals import metric_name, with_intervals
from .record import Call, Record
from .writing import Sentence, cite, listed, plural, spoken

JUDGING = ("evaluation.evaluate", "evaluation.classification", "recognition.CrossValidation.summary")
COMPARING = ("evaluation.compare", "evaluation.compare_predictions", "recognition.CrossValidation.compare")
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
    """Say how the results were judged, and what they were with their intervals.

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
    for names, what in (
        (JUDGING, "Metrics of classification were given with"),
        (COMPARING, "Models were compared on the same cases by differences with"),
    ):
        if calls := record.of(*names):
            text = f"{what} {_intervals(calls)}{cite(record, *calls)}."
            written.append(Sentence(text, tuple(call.source for call in calls)))
    recorded = with_intervals(record)
    if recorded:
        values = [
            f"{_result(name, one.metric)} {one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
            for name, one in recorded.items()
        ]
        percents = listed(sorted({one.percent for one in recorded.values()}))
        sources = [place for name, one in recorded.items() for place in (f"results.{name}", one.source)]
        text = f"The recorded results, with {percents} % intervals, were: {listed(values)}."
        written.append(Sentence(text, tuple(dict.fromkeys(sources))))
    return written


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
        text = f"The notebook was that of revision {commit[:12]}{' with local changes' if changed else ''}."
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


def _result(name: str, metric: str) -> str:
    return metric_name(metric) if name == metric else f"{metric_name(metric)} ({name.replace('_', ' ')})"
