"""Sentences on the data that a run opened, and on how they were divided."""

from __future__ import annotations

from typing import Any

from .judged import origin, second_set
from .naming import model_name
from .record import Call, Record
from .trained import FOLDED
from .writing import Sentence, cite, listed, plural, settings_of

OPENING = (
    "cnn.boxed_study cnn.candidates cnn.classification_study cnn.labelled_slices cohorts.listed cohorts.read "
    "recognition.load_table samples.lesion_study samples.smear samples.study samples.wisconsin"
).split()
SIMULATED = {"breast", "candidates", "chest", "head", "limb"}
PUBLIC = {"samples", "wisconsin"}
PARTS = {
    "train": "for training",
    "validation": "for validation",
    "test": "for test",
    "unused": "for neither, in the gaps between them",
}


def data(record: Record) -> list[Sentence]:
    """Say which data were used, how many, and how they can be told again.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        In order.
    """
    written = [
        Sentence(f"{_origin(call)} comprised {whole}{cite(record, call)}.", (call.source,))
        for call in record.of(*OPENING)
        for facts in call.found[:2]
        if (whole := _counted(facts))
    ]
    if "case" in record.parameters:
        public = record.parameters.get("cohort") in PUBLIC
        which = f"one case ({record.parameters['case']})" if public else "one case"
        text = f"Of these, {which} was analysed." if written else f"{which.capitalize()} was analysed."
        # The name of a user's case stays in the table of parameters: it may be said of a patient.
        written.append(Sentence(text, ("parameters.case", *(("parameters.cohort",) if public else ()))))
    samples = record.of("samples.load", "samples.fetch")
    names = dict.fromkeys(str(call.options["name"]) for call in samples if "name" in call.options)
    if names:
        text = f"Public sample images of the workbench were used ({', '.join(names)})."
        written.append(Sentence(text, tuple(call.source for call in samples)))
    if "positive" in record.parameters:
        written.append(
            Sentence(f"The class to be found was “{record.parameters['positive']}”.", ("parameters.positive",))
        )
    if record.run.get("data"):
        text = f"The files of the study had the SHA-256 fingerprint {record.run['data']} (its first 16 digits)."
        written.append(Sentence(text, ("run.data",)))
    return written


def splits(record: Record) -> list[Sentence]:
    """Say how cases were divided.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        In order.
    """
    folded = record.of(*FOLDED)
    divided = [
        Sentence(
            f"{_divided(call, beside=bool(folded) and 'test' not in facts['split'])}: "
            f"{_shares(facts)}{_how(call)}.",
            (call.source,),
        )
        for call in record.calls
        for facts in call.found[:2]
        if facts.get("split")
    ]
    validated = [
        Sentence(_cross_validated(record, call, facts), (call.source,))
        for call in record.of("recognition.cross_validate", *FOLDED)
        for facts in call.found
        if "folds" in facts
    ]
    # What judges comes first; inside a contest, a split without a test part only serves one network more.
    return set_aside(record) + (validated + divided if folded else divided + validated)


def set_aside(record: Record) -> list[Sentence]:
    """Say which patients were kept from every fold, to validate on.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        One for each call that opened both studies.
    """
    written = []
    for call in record.of("cohorts.internal_and_external"):
        sources, whom = [call.source], "patients"
        if outside := second_set(record):
            judging, facts = outside
            sources.append(judging.source)
            whom = f"{plural(facts['cases'], 'case')} of {plural(facts['patients'], 'patient')}"
        told = f": {whom}" if outside else ""
        text = {
            "set aside": f"Before any fold was made, {whom} were set aside, by patient, to validate on.",
            "another study": f"Another study was kept to validate on, without a patient of the first{told}.",
            "simulated": f"A second simulated study was kept to validate on{told}.",
        }[origin(record)]
        if brought := _brought(call):
            text = f"{text[:-1]}; {brought}."
        named = [f"parameters.{name}" for name in ("external_cohort", "cohort") if name in record.parameters]
        written.append(Sentence(text, (*sources, *named)))
    return written


def preparation(record: Record) -> list[Sentence]:
    """Say to what size images were brought.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        One for each call that opened studies so.
    """
    calls = record.of("cohorts.internal_and_external")
    told = [(call, brought) for call in calls if (brought := _brought(call))]
    return [Sentence(f"{text[0].upper()}{text[1:]}.", (call.source,)) for call, text in told]


def _brought(call: Call) -> str:
    if "size" not in call.settings:
        return ""
    cut = f", after {call.settings['margin']} % had been cut from each side" if call.settings.get("margin") else ""
    return f"images were brought to {call.settings['size']} pixels along each side{cut}"


def is_simulated(call: Call) -> bool:
    """Tell whether a call made or opened simulated data.

    Parameters
    ----------
    call : Call
        That opens data.

    Returns
    -------
    bool
        False where the record does not say so.
    """
    made = call.name.startswith("phantoms.") or call.name in {"cnn.candidates", "samples.study"}
    return made or _opened(call) in SIMULATED or any(facts.get("simulated") for facts in call.found)


def comes_with_workbench(record: Record) -> bool:
    """Tell whether all data that a run opened are made by the workbench or carried by it.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    bool
        Their content follows from the version of the workbench then, and needs no fingerprint.
    """
    named = {record.parameters.get(name) for name in ("cohort", "study")} - {None, ""}
    if named:
        return named <= PUBLIC | SIMULATED | {"simulated"}
    opened = [call for call in record.of(*OPENING) if not is_simulated(call) and _opened(call) not in PUBLIC]
    return bool(record.calls) and all(call.name == "samples.wisconsin" for call in opened)


def _opened(call: Call) -> Any:
    return next(
        (call.options[name] for name in ("source", "cohort", "anatomy", "kind") if name in call.options), None
    )


def _origin(call: Call) -> str:
    opened = _opened(call)
    if is_simulated(call):
        return f"The simulated study{f' “{opened}”' if opened else ''}"
    if call.name == "samples.wisconsin" or opened == "wisconsin":
        return "The public Wisconsin diagnostic breast cancer table"
    if opened == "samples":
        return "The public sample data of the workbench"
    return "The study"


def _counted(facts: dict[str, Any]) -> str:
    if "slices" in facts:
        return f"{plural(facts['slices'], 'labelled slice')} of {plural(facts['cases'], 'case')}"
    if "cases" not in facts:
        return ""
    text = plural(facts["cases"], "case")
    if "patients" in facts:
        text += f" of {plural(facts['patients'], 'patient')}"
    if facts.get("columns"):
        text += f" with {plural(facts['columns'], 'feature')}"
    if len(facts.get("labels", ())) > 1:
        text += f" (classes of {listed([f'{n:,}' for n in facts['labels']])} cases)"
    return text


def _divided(call: Call, *, beside: bool) -> str:
    if beside:
        return "For the network that was fitted beside the folds, these cases were divided once more, by patient"
    if call.name == "cnn.split":
        return "Slices were divided, by patient where there were several"
    by = call.settings.get("by", "patient")
    return f"Cases were divided by {by}"


def _shares(facts: dict[str, Any]) -> str:
    patients = facts.get("split_patients", {})
    return listed(
        [
            _share(facts["split"][part], patients.get(part), use)
            for part, use in PARTS.items()
            if part in facts["split"]
        ]
    )


def _share(cases: int, patients: int | None, use: str) -> str:
    return f"{cases:,} {use}" if patients is None else f"{cases:,} cases of {plural(patients, 'patient')} {use}"


def _how(call: Call) -> str:
    if call.name == "cohorts.Cohort.split":
        return f", stratified by {call.settings['stratify']}" if call.settings.get("stratify") else ""
    return settings_of(call, *("test_fraction gap blocks at".split() if call.name == "cnn.split" else ()))


def _cross_validated(record: Record, call: Call, facts: dict[str, Any]) -> str:
    names = listed([model_name(name) for name in facts.get("models", ())] or ["the models"])
    repeats = f", repeated {facts['repeats']} times," if facts.get("repeats", 1) > 1 else ""
    units = (
        "all cases of a patient in the same fold"
        if facts.get("grouped")
        else "each row taken for a patient of its own, because none were named"
    )
    inner = call.settings.get("inner") if call.name == "cnn.contest" else None
    within = (
        f"; within the training patients of each of these {facts['folds']} outer folds, {inner} inner folds "
        "served settings and calibration of the classical models, and one of them "
        "the epoch and the temperature of the network"
        if inner
        else ""
    )
    allowed = "; features that give the label away were allowed, to show what that does"
    return (
        f"{names[0].upper()}{names[1:]} {'were' if len(facts.get('models', ())) != 1 else 'was'} judged on "
        f"{plural(facts['cases'], 'case')} of {plural(facts['patients'], 'patient')} by {facts['folds']}-fold "
        f"cross-validation{repeats} with {units}{within}{allowed if call.settings.get('allow_leak') else ''}"
        f"{cite(record, call)}."
    )
