"""Cross-validation of networks, on the folds and in the table of `recognition`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.evaluation import probability_columns
from workbench.recognition.cards import fingerprint
from workbench.recognition.folds import given_folds, grouped_folds
from workbench.recognition.result import CrossValidation
from workbench.recognition.tables import aligned

from .backend import keras
from .prediction.predicting import predict
from .prediction.temperature import fit_temperature
from .training.fitting import fit
from .training.sharing import Stand


def cross_validate(
    images: ArrayLike,
    labels: pd.Series,
    groups: ArrayLike | None,
    models: Mapping[str, Callable[[int], keras.Model]],
    *,
    outer: int | ArrayLike = 5,
    inner: int = 5,
    seed: int = 0,
    mirror: Sequence[int] = (),
    allow_leak: bool = False,
    **training: Any,
) -> CrossValidation:
    """Predict every image by networks that have seen no image of its patient.

    The folds are those of `recognition.cross_validate` for the same labels, groups, number and seed. In each, one
    of `inner` parts of the other patients is held back: it chooses the epoch and the temperature, and thresholds
    are chosen on it (`CrossValidation.decide`). So every number in the table comes from patients that had no say.

    Parameters
    ----------
    images : (n, ...[, channels]) array_like
        In their own units.
    labels : (n,) Series
        Class of each image; its index names the cases.
    groups : (n,) array_like or None
        Patient of each image. None only where one image is one patient: the result says that this was assumed.
    models : mapping of str to callable
        Each makes a new network from a seed, such as ``lambda seed: cnn.classifier((28, 28), 2, seed=seed)``. The
        classes are numbered as sorted.
    outer : int or (n,) array_like, optional
        Number of folds, at least 2; or the fold of each case, to use the folds of another model.
    inner : int, optional
        One part in so many of the training patients is held back.
    seed : int, optional
        Of the folds, the weights and the training.
    mirror : sequence of int, optional
        As for `predict`.
    allow_leak : bool, optional
        Whether to go on although two patients share an image.
    **training
        Options of `fit`, such as ``epochs``.

    Returns
    -------
    CrossValidation
        Out-of-fold probabilities of all images and networks: the same table as of classical models, so that
        ``evaluation.compare_predictions(networks.of("cnn"), classical.of("lda"))`` compares the two.

    Raises
    ------
    ValueError
        If a class has fewer patients than there are folds, a label is missing, a case is named twice, two patients
        share an image (unless that is allowed), or a network does not fit the images.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> images = np.zeros((8, 8, 8)) + np.arange(8)[:, np.newaxis, np.newaxis]
    >>> labels = pd.Series(list("aaaabbbb"), index=list("stuvwxyz"))
    >>> result = cross_validate(
    ...     images,
    ...     labels,
    ...     None,
    ...     {"cnn": lambda seed: classifier((8, 8), 2, width=2, depth=1, seed=seed)},
    ...     outer=2,
    ...     inner=2,
    ...     epochs=1,
    ... )
    >>> result.of("cnn").columns.tolist()
    ['patient', 'label', 'repeat', 'fold', 'p_a', 'p_b', 'prediction']
    """
    pixels = real_array(images, name="images")
    if not isinstance(labels, pd.Series) or labels.index.has_duplicates:
        raise ValueError("labels must be a Series whose index names each case once")
    if len(pixels) != len(labels):
        raise ValueError(f"expected one label for each image, received {len(labels)} for {len(pixels)}")
    if not models:
        raise ValueError("expected at least one model, received none")
    classes_of = aligned(labels, labels.index, name="labels")
    patients = labels.index.to_numpy() if groups is None else aligned(groups, labels.index, name="groups")
    if not allow_leak:
        _refuse_shared(pixels, patients)
    labels_in_order, codes = np.unique(classes_of, return_inverse=True)
    names = labels_in_order.tolist()
    facts = pd.DataFrame({"patient": patients, "label": classes_of}, index=labels.index).rename_axis("case")
    columns = probability_columns(names)
    judged, held_back, settings = [], [], []
    for name, make in models.items():
        stand = Stand()
        for fold, (train, test) in enumerate(_folds(codes, patients, outer, seed, names)):
            learn, choose = (
                train[part]
                for part in next(grouped_folds(codes[train], patients[train], inner, seed=seed, names=names))
            )
            with stand.holding(make(seed + fold)) as model:
                done = fit(
                    model,
                    pixels[learn],
                    codes[learn],
                    validation=(pixels[choose], codes[choose]),
                    seed=seed + fold,
                    **{"progress": False, **training},
                )
                temperature = fit_temperature(predict(model, pixels[choose], mirror=mirror), codes[choose])
                said = {
                    part: predict(model, pixels[part_rows], mirror=mirror, temperature=temperature)
                    for part, part_rows in {"test": test, "choose": choose}.items()
                }
            of = {"model": name, "repeat": 0, "fold": fold}
            judged.append(_table(facts.iloc[test], of, said["test"], columns))
            judged[-1]["prediction"] = labels_in_order[said["test"].argmax(axis=1)]
            held_back.append(_table(facts.iloc[choose], of, said["choose"], columns))
            settings.append(of | {"settings": {"epoch": done.best_epoch, "temperature": temperature}})
    predictions = pd.concat(judged)
    place = pd.Series(range(len(facts)), index=facts.index)
    order = {name: number for number, name in enumerate(models)}
    predictions = predictions.iloc[np.lexsort((place[predictions.index], predictions["model"].map(order)))]
    return CrossValidation(
        predictions, pd.concat(held_back), pd.DataFrame(settings), tuple(names), groups is not None
    )


def _folds(
    codes: NDArray, patients: NDArray, outer: int | ArrayLike, seed: int, names: list[Any]
) -> Iterator[tuple[NDArray, NDArray]]:
    if np.ndim(outer):
        folds = np.asarray(outer)
        if folds.shape != codes.shape:
            raise ValueError(f"outer must give the fold of each of {len(codes)} cases, received {folds.shape}")
        return given_folds(folds, patients)
    return grouped_folds(codes, patients, int(outer), seed=seed, names=names)  # type: ignore[arg-type]


def _refuse_shared(pixels: NDArray, patients: NDArray) -> None:
    digests = [fingerprint([image]) for image in pixels]
    shared = pd.Series(patients).groupby(digests).nunique()
    if (shared > 1).any():
        both = pd.unique(patients[np.array(digests) == shared.idxmax()])
        raise ValueError(
            f"{int((shared > 1).sum())} images belong to two patients each, such as {both[0]!r} and {both[1]!r}: "
            "a network would be tested on what it was trained on; drop one, or allow_leak=True to see what it does"
        )


def _table(facts: pd.DataFrame, of: dict[str, Any], probabilities: NDArray, columns: list[str]) -> pd.DataFrame:
    table = facts.assign(**of)[["model", "patient", "label", "repeat", "fold"]]
    # In float32, rows sum to 1 only nearly; evaluation asks for more.
    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    return table.assign(**{name: exact[:, number] for number, name in enumerate(columns)})
