"""A model for use: fitted on all cases, with a card that says what it is for and what data it knows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone

from workbench import evaluation

from .cards import NOTICE, plain_metrics, versions
from .fitness import ModelError, image_facts, refuse_images, refuse_table, summarized
from .leaks import refuse_leaks
from .recipes import measure
from .recognizer import Recognizer
from .tables import aligned, features_array

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")


@dataclass(frozen=True, eq=False)
class Trained:
    """A fitted model and its card.

    Parameters
    ----------
    model : Recognizer
        Fitted on all training cases.
    card : dict
        What `train` writes: plain texts, numbers, lists and dicts.
    """

    model: Recognizer
    card: dict[str, Any]

    def __repr__(self) -> str:
        kind = type(getattr(self.model.pipeline_, "_final_estimator", self.model.pipeline_)).__name__
        return f"Trained({kind}: {' or '.join(self.card['classes'])}, {self.card['cases']} cases)"

    def predict(self, data: Any, *, jobs: int = 1, progress: bool = False) -> pd.DataFrame:
        """Give each case its probabilities, if the data fit the model.

        Parameters
        ----------
        data : pandas.DataFrame or Cohort
            A table with the model's features in its columns, one row per case; or a cohort, whose images are
            measured by the recipe on the card.
        jobs : int, optional
            Processes that measure images.
        progress : bool, optional
            Whether to show how far that is.

        Returns
        -------
        pandas.DataFrame
            Indexed by case: patient (where the data name one), one column ``p_`` and class for each, prediction:
            the most probable class, or of a model with a threshold, whether it is reached.

        Raises
        ------
        ModelError
            If features are missing or no numbers, values or images are unlike those of the training, or the model
            has no recipe for images; with the reasons.
        """
        if isinstance(data, pd.DataFrame):
            table, given = data, data
        else:
            if self.card["recipe"] is None:
                raise ModelError("this model was trained on a table, and has no recipe for images; give a table")
            refuse_images(self.card["images"], image_facts(data, jobs=jobs))
            table, given = measure(data, **self.card["recipe"], jobs=jobs, progress=progress), data.table
        refuse_table(self.card["features"], table)
        found = self.model.predict_proba(table[list(self.card["features"])].astype(float))
        names = [evaluation.probability_column(name) for name in self.card["classes"]]
        said = pd.DataFrame(found, index=table.index.rename("case"), columns=names)
        said["prediction"] = [self.card["classes"][number] for number in found.argmax(axis=1)]
        threshold = self.card["threshold"]
        if threshold:
            alarm = said[evaluation.probability_column(threshold["positive"])] >= threshold["value"]
            said["prediction"] = np.where(alarm, threshold["positive"], f"not {threshold['positive']}")
        if "patient" in given:
            said.insert(0, "patient", given["patient"].to_numpy())
        return said


def train(
    features: pd.DataFrame,
    labels: ArrayLike,
    groups: ArrayLike | None,
    model: BaseEstimator,
    *,
    use: str,
    positive: Any = None,
    recall: float | None = None,
    metrics: pd.DataFrame | None = None,
    recipe: Mapping[str, Any] | None = None,
    images: Any = None,
    allow_leak: bool = False,
) -> Trained:
    """Fit a model on all cases, for use on others.

    Parameters
    ----------
    features, labels, groups : optional
        As for `cross_validate`, whose numbers tell what to expect of this model.
    model : estimator
        One of `recognition.models`, or a plain classifier.
    use : str
        One or two sentences: what the model is for, and for whom it is not.
    positive, recall : optional
        With both, the threshold that finds this share of the positive training patients, as the inner folds
        predict them.
    metrics : pandas.DataFrame, optional
        For the card: one row per metric with the columns value, low and high.
    recipe : mapping, optional
        How `recipes.measure` made the features from images: ``{"recipe": "whole_image"}`` and its options.
    images : Cohort, optional
        The training images; others must be like them.
    allow_leak : bool, optional
        As for `cross_validate`.

    Returns
    -------
    Trained
        Ready for `save` and ``predict``.

    Raises
    ------
    ValueError
        As `cross_validate`; or if `use` says nothing, or a recipe comes without images.

    References
    ----------
    Mitchell M, et al. Model cards for model reporting. FAT* (2019) 220-229.

    Examples
    --------
    >>> from workbench.recognition import models
    >>> table = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    >>> labels = ["small", "small", "small", "large", "large", "large"]
    >>> trained = train(table, labels, None, models("logistic", inner=2)["logistic"], use="To try it.")
    >>> trained
    Trained(LogisticRegression: large or small, 6 cases)
    >>> trained.predict(pd.DataFrame({"size": [1.5]}, index=["new"]))["prediction"].to_dict()
    {'new': 'small'}
    """
    if not use.strip():
        raise ValueError("use must say what the model is for, received an empty text")
    if (recipe is None) != (images is None):
        raise ValueError("recipe and images belong together: give both, or neither for a model of tables")
    values = features_array(features)
    classes_of = aligned(labels, features.index, name="labels")
    patients = features.index.to_numpy() if groups is None else aligned(groups, features.index, name="groups")
    if not allow_leak:
        refuse_leaks(features, classes_of, patients)
    whole = clone(model) if isinstance(model, Recognizer) else Recognizer(model)
    whole.fit(features.astype(float), classes_of, groups=patients)
    classes = [str(name) for name in whole.classes_]
    threshold = None
    if positive is not None and recall is not None:
        if str(positive) not in classes:
            raise ValueError(f"positive must be one of {', '.join(map(repr, classes))}, received {positive!r}")
        column = classes.index(str(positive))
        value = evaluation.threshold_for_recall(
            classes_of, whole.held_out_[:, column], positive=whole.classes_[column], recall=recall
        )
        threshold = {"positive": str(positive), "recall": recall, "value": value}
    # What was said of single training patients is not for those who use the model.
    whole.held_out_ = None
    ranges = zip(features.min().tolist(), features.max().tolist(), strict=True)
    card = {
        "notice": NOTICE,
        "use": use,
        "classes": classes,
        "cases": len(features),
        "patients": len(pd.unique(patients)),
        "patients_named": groups is not None,
        "cases_of_class": {name: int(np.sum(classes_of.astype(str) == name)) for name in classes},
        "data_sha256": _fingerprint(values, features, classes_of),
        "features": {str(name): list(bounds) for name, bounds in zip(features, ranges, strict=True)},
        "settings": dict(whole.settings_),
        "threshold": threshold,
        "metrics": plain_metrics(metrics),
        "recipe": None if recipe is None else dict(recipe),
        "images": None if images is None else summarized(image_facts(images)),
        "versions": versions(*LIBRARIES),
    }
    return Trained(whole, card)


def _fingerprint(values: np.ndarray, features: pd.DataFrame, labels: np.ndarray) -> str:
    text = repr((list(map(str, features.columns)), list(map(str, labels)), values.shape))
    return hashlib.sha256(text.encode() + np.ascontiguousarray(values).tobytes()).hexdigest()
