"""Sentences on models and their training."""

from __future__ import annotations

from .naming import model_name
from .record import Call, Record
from .writing import Sentence, cite, listed, mark, plural, settings_of, spoken

# Who is cited for a model among the references of them all; whoever is not here made the library.
AUTHORS = {
    "boosting": "Friedman",
    "forest": "Breiman",
    "knn": "Cover",
    "lda": "Fisher",
    "linear_svm": "Cortes",
    "svm": "Cortes",
}
FOLDED = ("cnn.contest", "cnn.cross_validate")
NETWORKS = {
    "cnn.classifier": "A convolutional network for classification",
    "cnn.detector": "A convolutional network for detection",
    "cnn.gan": "A generative adversarial network",
    "cnn.unet": "A U-Net for segmentation",
}


def models(record: Record) -> list[Sentence]:
    """Say which models were made and how they were trained.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        In order.
    """
    adversaries = [Sentence(_against(record, call), (call.source,)) for call in record.of("cnn.fit_gan")]
    augmented = [Sentence(_augmented(call), (call.source,)) for call in record.of("cnn.Augmentation")]
    return _classical(record) + networks(record) + augmented + _fitted(record) + adversaries


def networks(record: Record) -> list[Sentence]:
    """Say which networks were built.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    list of Sentence
        In order.
    """
    built: dict[str, list[Call]] = {}
    for call in record.of(*NETWORKS):
        weights = [f"{facts['weights']:,}" for facts in call.found if "weights" in facts]
        sized = f" with {' or '.join(weights)} weights" if weights else ""
        told = _layout(call)
        built.setdefault(f"{NETWORKS[call.name]}{sized} was built{{}}{told}{cite(record, call)}.", []).append(call)
    return [
        Sentence(text.format(_started(calls)), tuple(call.source for call in calls))
        for text, calls in built.items()
    ]


def _layout(call: Call) -> str:
    known = call.settings
    told = [
        plural(known[name], name[:-2] if name == "classes" else name[:-1])
        for name in ("classes", "channels")
        if isinstance(known.get(name), int)
    ]
    told += [f"{known['backbone']} backbone"] if "backbone" in known else []
    told += [f"{name} {spoken(known[name])}" for name in ("shape", "width", "depth", "weights") if name in known]
    told += [f"dropout {spoken(known['dropout'])}"] if known.get("dropout") else []
    return f" ({', '.join(told)})" if told else ""


def _started(calls: list[Call]) -> str:
    seeds = {call.settings.get("seed") for call in calls}
    return f" anew from each of {len(seeds)} seeds" if len(seeds) > 1 else ""


def _classical(record: Record) -> list[Sentence]:
    calls = record.of("recognition.models")
    if not calls:
        return []
    names = dict.fromkeys(name for call in calls for facts in call.found for name in facts.get("models", ()))
    cited = record.documented(calls[0].function).get("references", [])
    of = {name: [text for text in cited if name in AUTHORS and text.startswith(AUTHORS[name])] for name in names}
    library = [text for text in cited if not text.startswith(tuple(AUTHORS.values()))]
    named = listed([model_name(name) + mark(of[name]) for name in names] or ["those of the workbench"])
    inner = " or ".join(dict.fromkeys(str(call.settings["inner"]) for call in calls if "inner" in call.settings))
    # A contest makes its classical models itself, with inner folds of its own, unless it was given some.
    own = [
        call
        for call in record.of("cnn.contest")
        if "inner" in call.settings and "classical" not in {*call.withheld, *call.options}
    ]
    if own:
        within = " or ".join(dict.fromkeys(str(call.settings["inner"]) for call in own))
        folds = f"{within} inner folds in the cross-validation and on {inner} in the fit beside it"
    else:
        folds = f"{inner} inner folds"
    which = "The model was" if len(names) == 1 else "The models were"
    text = (
        f"{which} {named}, made with scikit-learn{mark(library)}; each pipeline filled gaps with the median, "
        "dropped constant and redundant features and scaled the rest, learnt from training cases alone, "
        f"and chose its settings and calibrated its probabilities on {folds}."
    )
    return [Sentence(text, tuple(call.source for call in [*calls, *own]))]


def _augmented(call: Call) -> str:
    amounts = {
        name: spoken(value) for name, value in call.settings.items() if value not in (0, None) and value != []
    }
    if "rotation" in amounts:
        amounts["rotation"] = f"up to {amounts['rotation']}°"
    if "flip" in amounts:
        amounts["flip"] = f"along axes {listed(list(map(spoken, call.settings['flip'])))}"
    told = ", ".join(f"{name} {value}" for name, value in amounts.items())
    return f"Training images were augmented anew in each epoch ({told})."


def _against(record: Record, call: Call) -> str:
    told = settings_of(call, "steps", "batch_size", "learning_rate", "penalty", "average")
    return f"The generator and the discriminator were trained against each other{told}{cite(record, call)}."


def _fitted(record: Record) -> list[Sentence]:
    folded, beside = record.of(*FOLDED), record.of("cnn.fit", "cnn.fit_live", "explorers.train")
    if not folded:
        return [
            Sentence(f"The network was trained{_how(call)}{_kept(call)}{cite(record, call)}.", (call.source,))
            for call in beside
        ]
    written, places = [], tuple(call.source for call in folded)
    for call in folded:
        same = [one for one in beside if _how(one) == _how(call)]
        beside = [one for one in beside if one not in same]
        if same:
            both = "The network of each fold and the one that was fitted beside the folds were trained"
            kept = next(filter(None, map(_kept, same)), "").replace("; the", "; of the latter, the")
            text = f"{both}{_how(call)}{kept}{cite(record, *same)}."
        else:
            text = f"The network of each fold was trained{_how(call)}."
        written.append(Sentence(text, (call.source, *(one.source for one in same))))
    for call in beside:
        text = f"The network that was fitted beside the folds was trained{_how(call)}{_kept(call)}"
        written.append(Sentence(f"{text}{cite(record, call)}.", (call.source, *places)))
    return written


def _how(call: Call) -> str:
    known = call.settings
    told = [_length(call), " by Adam"]
    if "learning_rate" in known:
        told.append(
            f" at a greatest learning rate of {spoken(known['learning_rate'])}, falling along half a cosine"
        )
    if known.get("warm_up"):
        told.append(f" after a rise over {spoken(100 * known['warm_up'])} % of the steps")
    if known.get("average"):
        told.append(f", with a moving average of the weights (decay {spoken(known['average'])})")
    if known.get("weight_decay"):
        told.append(f", with weight decay {spoken(known['weight_decay'])}")
    told.append(_loss(call))
    if known.get("class_weights"):
        told.append(f", with class weights {spoken(known['class_weights'])}")
    if "patience" in known:
        told.append(f", stopped after {known['patience']} epochs without improvement")
    return "".join(told)


def _kept(call: Call) -> str:
    best = [str(facts["best_epoch"]) for facts in call.found if facts.get("validated")]
    return f"; the weights of epoch {' or '.join(best)}, with the least validation loss, were kept" if best else ""


def _length(call: Call) -> str:
    epochs, size = call.settings.get("epochs"), call.settings.get("batch_size")
    most = "at most " if "patience" in call.settings else ""
    return (f" for {most}{plural(epochs, 'epoch')}" if epochs else "") + (
        f" with batches of {size}" if size else ""
    )


def _loss(call: Call) -> str:
    if "loss" in call.settings:
        return f", on the loss {spoken(call.settings['loss']).replace('_', ' ')}"
    if {"loss", "encode"} & set(call.withheld):
        return ", on a loss given in the notebook"
    pixels = any(facts.get("of_pixels") for facts in call.found)
    return ", on cross-entropy and Dice" if pixels else ", on cross-entropy"
