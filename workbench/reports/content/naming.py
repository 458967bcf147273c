"""Names of recorded results in words, the same in every table and sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from workbench.evaluation import METRICS, wording

MODELS = {
    "bayes": "Gaussian naive Bayes",
    "CNN": "the convolutional network",
    "boosting": "gradient boosting",
    "forest": "a random forest",
    "knn": "k nearest neighbours",
    "lda": "linear discriminant analysis",
    "linear_svm": "a linear support vector machine",
    "logistic": "logistic regression",
    "majority": "the majority baseline",
    "svm": "a support vector machine with Gaussian kernel",
}
SHORT = {"CNN": "the CNN", "svm": "the support vector machine"}
#: Metrics in the names of results.
NAMED = (*METRICS, "sensitivity")
LONG = {"auc": "area under the ROC curve", "mcc": "Matthews's correlation coefficient"}
PLACES = {"set_aside": "patients set aside", "external": "external patients"}
#: What is counted at a place.
COUNTED = ("cases", "images", "patients", "samples")
SPELT = {
    "auc": "AUC",
    "cnn": "CNN",
    "dice": "Dice",
    "f1": "F1",
    "fleiss": "Fleiss's",
    "gan": "GAN",
    "glcm": "GLCM",
    "iou": "IoU",
    "map": "mAP",
    "otsu": "Otsu's",
    "psnr": "PSNR",
    "ssim": "SSIM",
    "unet": "U-Net",
}
UNITS = {"cm2": "cm²", "hu": "HU", "mb": "MB", "mm": "mm", "mm2": "mm²", "mm3": "mm³"}
#: Names that do not say in words what they count.
OWN = {
    "cluster_differs": "results that differ on the cluster",
    "cnn_auc_above_08": "AUC of the CNN above 0.8",
    "complete": "runs that are complete",
    "failed": "lesions that could not be measured",
    "map_50": "mAP at an overlap of 0.5",
    "map_50_above_06": "mAP at an overlap of 0.5 is above 0.6",
    "not_told_apart": "settings not told apart from the best",
    "noise_auc_selected_inside": "AUC on noise, features selected inside the folds",
    "noise_auc_selected_outside": "AUC on noise, features selected outside the folds",
    "run_again": "runs that had to be made again",
    "sensitivity_at_1": "sensitivity at 1 false positive per image",
    "share_above_80_hu": "share above 80 HU",
    "template_sensitivity_at_1": "sensitivity of the template at 1 false positive per image",
    "unet_within_01": "Dice of the U-Net within 0.1 of the thresholds'",
}


class Named(NamedTuple):
    """What the name of a result says.

    Parameters
    ----------
    metric, model, place : str
        In `NAMED`, `MODELS` and `PLACES`; empty where the name holds none.
    rest : str
        Further words.
    """

    metric: str
    model: str
    place: str
    rest: str


def parsed(name: str) -> Named:
    """Take the name of a result apart.

    Parameters
    ----------
    name : str
        As recorded.

    Returns
    -------
    Named
        Its parts.

    Examples
    --------
    >>> parsed("set_aside_cnn_auc")
    Named(metric='auc', model='CNN', place='set_aside', rest='')
    """
    place, rest = _taken(name, PLACES)
    metric, rest = _taken(rest, NAMED)
    model, rest = _taken(rest, MODELS)
    return Named(metric, model, place, rest.strip("_").replace("_", " "))


def result_name(name: str) -> str:
    """Write the name of a result for readers.

    Parameters
    ----------
    name : str
        As recorded.

    Returns
    -------
    str
        In words.

    Examples
    --------
    >>> [result_name(name) for name in ("set_aside_cnn_auc", "external_images", "brain_hu", "dice_liver")]
    ['AUC of the CNN, patients set aside', 'external images', 'brain, HU', 'Dice liver']
    """
    if name in OWN:
        return OWN[name]
    found = parsed(name)
    if found.place and found.rest in COUNTED and not found.metric:
        return f"external {found.rest}" if found.place == "external" else f"{found.rest} set aside"
    if found.metric and found.model:
        said = f"{_metric(found.metric)} of {SHORT.get(found.model) or MODELS[found.model]}"
        said += f", {spelt(found.rest)}" if found.rest else ""
    else:
        said = spelt(_taken(name, [found.place])[1] if found.place else name)
    return f"{said}, {PLACES[found.place]}" if found.place else said


def spelt(name: str) -> str:
    """Write words as they are spelt, with a unit at their end.

    Parameters
    ----------
    name : str
        With underscores or spaces.

    Returns
    -------
    str
        With spaces.

    Examples
    --------
    >>> spelt("volume_mb"), spelt("psnr_median")
    ('volume, MB', 'PSNR median')
    """
    words = name.replace("_", " ").split()
    unit = UNITS.get(words[-1]) if len(words) > 1 else None
    said = " ".join(SPELT.get(word, word) for word in (words[:-1] if unit else words))
    return f"{said}, {unit}" if unit else said


def model_name(name: str) -> str:
    """Write the name of a model.

    Parameters
    ----------
    name : str
        As `recognition.models` knows it, or the user's own.

    Returns
    -------
    str
        The field's term, or the name in quotation marks.

    Examples
    --------
    >>> model_name("lda"), model_name("mine")
    ('linear discriminant analysis', '“mine”')
    """
    return MODELS.get(name, f"“{name}”")


def metric_name(metric: str) -> str:
    """Write out the name of a metric.

    Parameters
    ----------
    metric : str
        As in the tables of `evaluation`.

    Returns
    -------
    str
        In words.

    Examples
    --------
    >>> metric_name("auc"), metric_name("specificity")
    ('area under the ROC curve', 'specificity')
    """
    return LONG.get(metric) or _metric(metric)


def _metric(name: str) -> str:
    return wording.CLINICAL.get(name) or wording.metric_name(name)


def _taken(name: str, known: Iterable[str]) -> tuple[str, str]:
    # The longest fits best: balanced_accuracy before accuracy.
    for key in sorted(known, key=len, reverse=True):
        found = re.search(rf"(?:^|_){key}(?:_|$)", name, re.IGNORECASE)
        if found:
            return key, "_".join(part for part in (name[: found.start()], name[found.end() :]) if part)
    return "", name
