"""What made images are worth: classification with and without them, and the table "CNN against GAN"."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench import evaluation
from workbench.checks import real_array
from workbench.recognition.folds import grouped_folds
from workbench.recognition.tables import aligned

from ..backend import keras
from ..models.gan import Gan
from ..prediction.embedding import embed
from ..prediction.predicting import predict
from ..training.fitting import fit
from .adversarial import fit_gan
from .generating import frechet_distance, generate, nearest_training

MEGABYTE = 1e6


class Synthetic(NamedTuple):
    """Classification with and without made images.

    Parameters
    ----------
    comparison : evaluation.Comparison
        ``first`` is with made images, ``second`` without: a positive difference speaks for them.
    real : pandas.DataFrame
        Out-of-fold predictions of the networks that were trained on real images alone.
    both : pandas.DataFrame
        Those of the networks that were trained on real and made images.
    """

    comparison: evaluation.Comparison
    real: pd.DataFrame
    both: pd.DataFrame


def with_synthetic(
    images: ArrayLike,
    labels: pd.Series,
    groups: ArrayLike | None,
    make: Callable[[int], keras.Model],
    make_gan: Callable[[int], Gan],
    *,
    outer: int = 5,
    share: float = 1.0,
    epochs: int = 10,
    positive: Any = None,
    adversarial: Mapping[str, Any] | None = None,
    seed: int = 0,
    **training: Any,
) -> Synthetic:
    """Classify with and without made images in the training, on the same folds.

    In each fold a generator learns from the training patients alone, and makes as many images of each class.
    Two networks with the same initial weights learn for the same number of steps: one from the real images, one
    from these and the made ones. Both predict the fold's real images.

    Parameters
    ----------
    images : (n, ...[, channels]) array_like
        In their own units.
    labels : (n,) Series
        Class of each image; its index names the cases.
    groups : (n,) array_like or None
        Patient of each image. None only where one image is one patient.
    make : callable
        Makes a classifier from a seed. The classes are numbered as sorted.
    make_gan : callable
        Makes a `gan` of as many classes from a seed.
    outer : int, optional
        Number of folds, at least 2.
    share : float, optional
        Made images for each real one, above 0.
    epochs : int, optional
        Of the training with made images; without them there are ``1 + share`` times as many.
    positive : optional
        The class that the comparison is about, as for `evaluation.compare_predictions`.
    adversarial : mapping, optional
        Options of `fit_gan`.
    seed : int, optional
        Of folds, weights, training and made images.
    **training
        Options of `fit`.

    Returns
    -------
    Synthetic
        The paired comparison, with intervals over patients, and both tables of predictions.

    Raises
    ------
    ValueError
        If a number is out of range, labels and images do not fit, or a class has fewer patients than folds.

    References
    ----------
    Frid-Adar M, Diamant I, Klang E and others. GAN-based synthetic medical image augmentation for increased CNN
    performance in liver lesion classification. Neurocomputing 321 (2018) 321-331.
    """
    pixels = real_array(images, name="images")
    if not isinstance(labels, pd.Series) or len(labels) != len(pixels) or labels.index.has_duplicates:
        raise ValueError(f"labels must be a Series that names each of {len(pixels)} cases once")
    if not (math.isfinite(share) and share > 0):
        raise ValueError(f"share must be above 0, received {share}")
    patients = labels.index.to_numpy() if groups is None else aligned(groups, labels.index, name="groups")
    names, codes = np.unique(aligned(labels, labels.index, name="labels"), return_inverse=True)
    facts = pd.DataFrame({"patient": patients, "label": labels.to_numpy()}, index=labels.index).rename_axis("case")
    parts: dict[str, list[pd.DataFrame]] = {"real": [], "both": []}
    for fold, (train, test) in enumerate(grouped_folds(codes, patients, outer, seed=seed, names=names)):
        own = seed + fold
        generator = make_gan(own)
        fit_gan(generator, pixels[train], codes[train], seed=own, progress=False, **(adversarial or {}))
        learned = {
            "real": (pixels[train], codes[train], round(epochs * (1 + share))),
            "both": (*enlarged(generator, pixels[train], codes[train], share=share, seed=own), epochs),
        }
        for name, (examples, targets, rounds) in learned.items():
            model = make(own)
            fit(model, examples, targets, epochs=rounds, seed=own, **{"progress": False, **training})
            said = predict(model, pixels[test]).astype(np.float64)
            said /= said.sum(axis=1, keepdims=True)
            columns = dict(zip(evaluation.probability_columns(names), said.T, strict=True))
            parts[name].append(facts.iloc[test].assign(fold=fold, **columns))
    real, both = (pd.concat(tables).loc[facts.index] for tables in parts.values())
    return Synthetic(evaluation.compare_predictions(both, real, positive=positive, seed=seed), real, both)


def enlarged(
    model: Gan, images: ArrayLike, classes: ArrayLike, *, share: float = 1.0, seed: int = 0
) -> tuple[NDArray, NDArray]:
    """Add made images to real ones, in the same mixture of classes.

    Parameters
    ----------
    model : Gan
        Trained on these images.
    images : (n, ...) array_like
        Real ones.
    classes : (n,) array_like of int
        The class of each.
    share : float, optional
        Made images for each real one.
    seed : int, optional
        Of what is made.

    Returns
    -------
    images : (m, ...) ndarray
        Real ones first.
    classes : (m,) ndarray of int
        The class of each.

    Examples
    --------
    >>> from workbench.cnn import gan
    >>> more, classes = enlarged(gan((8, 8), 2, width=2), np.zeros((4, 8, 8)), [0, 0, 0, 1], share=0.5)
    >>> more.shape, classes.tolist()
    ((6, 8, 8), [0, 0, 0, 1, 0, 1])
    """
    pixels, codes = np.asarray(images), np.asarray(classes)
    count = max(1, round(share * len(pixels)))
    wanted = np.sort(codes)[np.linspace(0, len(codes) - 1, count).round().astype(int)]
    made = generate(model, count, classes=wanted, seed=seed).reshape(count, *pixels.shape[1:])
    return np.concatenate([pixels, made]), np.concatenate([codes, wanted])


def cnn_against_gan(
    images: ArrayLike,
    labels: ArrayLike,
    groups: ArrayLike | None,
    make: Callable[[int], keras.Model],
    make_gan: Callable[[int], Gan],
    *,
    cases: Sequence[int],
    unseen: float = 0.3,
    epochs: int = 10,
    adversarial: Mapping[str, Any] | None = None,
    seed: int = 0,
    **training: Any,
) -> pd.DataFrame:
    """Set a network that tells images apart beside one that makes them, for several numbers of training cases.

    The same patients are held back throughout. For each number of cases a classifier and a generator learn from
    the same images. The classifier is judged by its AUC on unseen images. The generator is judged by the Frechet
    distance of its images to the unseen ones, in the features of the classifier with the most cases; by the share
    of its images that are suspiciously close to a training image; and by the AUC of a classifier trained on real
    and made images.

    Parameters
    ----------
    images : (n, ...[, channels]) array_like
        In their own units.
    labels : (n,) array_like
        Two classes; the AUC is of the one that comes last when sorted.
    groups : (n,) array_like or None
        Patient of each image; None only where one image is one patient.
    make, make_gan : callable
        Make a classifier and a `gan` of two classes from a seed.
    cases : sequence of int
        Numbers of training cases, each 4 or more.
    unseen : float, optional
        Share of the patients held back, above 0 and up to 0.5: one part in ``round(1 / unseen)``.
    epochs : int, optional
        Of the classifier with the most cases; with fewer, there are more epochs, for the same number of steps.
    adversarial : mapping, optional
        Options of `fit_gan`.
    seed : int, optional
        Of everything.
    **training
        Options of `fit`.

    Returns
    -------
    pandas.DataFrame
        Index ``cases``. Columns ``auc``; ``auc_with_made``, and ``gain`` with its interval ``gain_low`` and
        ``gain_high``; ``frechet``, and ``frechet_real``, that of as many real training images; ``too_close``, a
        share, 0.05 by chance; ``classifier_seconds`` and ``generator_seconds`` of training, measured;
        ``classifier_megabytes`` and ``generator_megabytes``, as from `training_megabytes`.

    Raises
    ------
    ValueError
        If there are not two classes, or too few cases.
    """
    pixels = real_array(images, name="images")
    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    patients = np.arange(len(codes)) if groups is None else np.asarray(groups)
    if len(names) != 2 or len(codes) != len(pixels):
        raise ValueError(
            f"expected two classes and a label for each of {len(pixels)} images, received {len(names)}"
        )
    if not 0 < unseen <= 0.5:
        raise ValueError(f"unseen must lie above 0 and up to 0.5, received {unseen}")
    train, test = next(grouped_folds(codes, patients, round(1 / unseen), seed=seed, names=names))
    order = _in_turn(train, codes, seed)
    if not cases or min(cases) < 4 or max(cases) > len(order):
        raise ValueError(f"cases must lie from 4 to {len(order)}, those not held back, received {list(cases)}")
    adversarial = {"progress": False, "seed": seed, **(adversarial or {})}
    options = {"progress": False, "seed": seed, **training}
    rows, networks = {}, {}
    for count in sorted(cases):
        own = order[:count]
        rounds = max(1, round(epochs * max(cases) / count))
        classifier, helped, generator = make(seed), make(seed), make_gan(seed)
        times = [time.perf_counter()]
        fit(classifier, pixels[own], codes[own], epochs=rounds, **options)
        times.append(time.perf_counter())
        fit_gan(generator, pixels[own], codes[own], **adversarial)
        times.append(time.perf_counter())
        both = enlarged(generator, pixels[own], codes[own], seed=seed)
        fit(helped, *both, epochs=max(1, round(rounds / 2)), **options)
        networks[count] = classifier, generator
        aided, alone = (predict(model, pixels[test])[:, 1] for model in (helped, classifier))
        compared = evaluation.compare(codes[test], aided, alone, groups=patients[test], positive=1, seed=seed)
        auc = compared.table.loc["auc"]
        rows[count] = {
            "auc": auc["second"],
            "auc_with_made": auc["first"],
            "gain": auc["difference"],
            "gain_low": auc["low"],
            "gain_high": auc["high"],
            "classifier_seconds": times[1] - times[0],
            "generator_seconds": times[2] - times[1],
            "classifier_megabytes": training_megabytes(classifier, batch_size=options.get("batch_size", 8)),
            "generator_megabytes": training_megabytes(generator, batch_size=adversarial.get("batch_size", 16)),
        }
    judge = networks[max(cases)][0]
    real = embed(judge, pixels[test])
    usual = frechet_distance(embed(judge, pixels[order[: len(test)]]), real)
    for count, (_, generator) in networks.items():
        made = generate(generator, len(test), classes=codes[test], seed=seed).reshape(pixels[test].shape)
        rows[count] |= {
            "frechet": frechet_distance(embed(judge, made), real),
            "frechet_real": usual,
            "too_close": nearest_training(made, pixels[order[:count]], pixels[test]).suspicious,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("cases")


def training_megabytes(model: keras.Model | Gan, *, batch_size: int) -> float:
    """Count what a training has to hold at least: the same on every machine.

    Weights, their gradients and Adam's two moments, and what each layer puts out for a batch, because the way back
    needs it; for a `gan` also the averaged generator, and the discriminator's outputs for real and made images and
    for the quarter of which the gradient is penalized. Libraries and working memory come on top.

    Parameters
    ----------
    model : keras.Model or Gan
        With known sides.
    batch_size : int
        Images in a step.

    Returns
    -------
    float
        In megabytes (millions of bytes), at 4 bytes a number.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> model = classifier((32, 32), 2, width=8)
    >>> training_megabytes(model, batch_size=16) / training_megabytes(model, batch_size=8) < 2
    True
    """
    if isinstance(model, Gan):
        made = training_megabytes(model.generator, batch_size=batch_size)
        judged = training_megabytes(model.discriminator, batch_size=2 * batch_size + -(-batch_size // 4))
        return made + judged + model.generator.count_params() * 4 / MEGABYTE
    learned = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    outputs = sum(math.prod(layer.output.shape[1:]) for layer in model.layers)
    return (3 * learned + model.count_params() + batch_size * outputs) * 4 / MEGABYTE


def _in_turn(rows: NDArray, codes: NDArray, seed: int) -> NDArray:
    """Order rows at random, so that every beginning has the same mixture of classes as the whole."""
    drawn = np.random.default_rng(seed).permutation(rows)
    place = np.empty(len(drawn))
    for code in np.unique(codes[drawn]):
        own = codes[drawn] == code
        place[own] = (np.arange(own.sum()) + 0.5) / own.sum()
    return drawn[np.argsort(place, kind="stable")]
