"""A pixel classifier for use, with a card that says what images it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from workbench.cohorts import Cohort
from workbench.images import Image
from workbench.segmentation import PixelClassifier

from .cards import NOTICE, fingerprint, plain_metrics, versions
from .fitness import image_facts, refuse_images, summarized

SEGMENTATION = "segmentation"


@dataclass(frozen=True, eq=False)
class TrainedSegmenter:
    """A fitted pixel classifier and its card.

    Parameters
    ----------
    model : PixelClassifier
        Fitted.
    card : dict
        What `train_segmenter` writes: plain texts, numbers, lists and dicts.
    """

    model: PixelClassifier
    card: dict[str, Any]

    def __repr__(self) -> str:
        return f"TrainedSegmenter({' or '.join(self.card['classes'])}, {self.card['cases']} cases)"

    def refuse(self, cohort: Cohort, *, jobs: int = 1) -> None:
        """Raise unless the images of a study are like those that the model was trained on.

        Parameters
        ----------
        cohort : Cohort
            Each image is read once.
        jobs : int, optional
            Processes that read.

        Raises
        ------
        ModelError
            With all reasons.
        """
        refuse_images(self.card["images"], image_facts(cohort, jobs=jobs))

    def segment(self, image: Image) -> NDArray[np.uint8]:
        """Give each pixel its class.

        Parameters
        ----------
        image : Image
            Like those of the training.

        Returns
        -------
        ndarray of uint8
            Numbers of ``card["classes"]``.
        """
        return np.searchsorted(self.model.classes_, self.model.predict(np.asarray(image))).astype(np.uint8)


def train_segmenter(
    cohort: Cohort,
    classifier: PixelClassifier,
    *,
    use: str,
    classes: Sequence[str] | None = None,
    metrics: pd.DataFrame | None = None,
) -> TrainedSegmenter:
    """Fit a pixel classifier on all cases of a study, for use on others.

    Parameters
    ----------
    cohort : Cohort
        With masks.
    classifier : PixelClassifier
        Not fitted yet; it stays so.
    use : str
        One or two sentences: what the model is for, and for whom it is not.
    classes : sequence of str, optional
        Names of the masks' labels, in increasing order, background first; by default the labels.
    metrics : pandas.DataFrame, optional
        For the card: one row per metric with the columns value, low and high.

    Returns
    -------
    TrainedSegmenter
        Ready for `save` and ``segment``.

    Raises
    ------
    ValueError
        As ``PixelClassifier.fit``; or if `use` says nothing or `classes` does not name each label.

    References
    ----------
    Mitchell M, et al. Model cards for model reporting. FAT* (2019) 220-229.

    Examples
    --------
    >>> image = np.zeros((16, 16))
    >>> image[:, 8:] = 100
    >>> table = pd.DataFrame({"patient": ["p"], "image": [Image(image)], "mask": [Image(image > 50)]}, index=["a"])
    >>> trained = train_segmenter(Cohort(table), PixelClassifier(sigmas=[1]), use="To try it.")
    >>> trained
    TrainedSegmenter(False or True, 1 cases)
    >>> trained.segment(Image(image))[0, 6:10]
    array([0, 0, 1, 1], dtype=uint8)
    """
    if not use.strip():
        raise ValueError("use must say what the model is for, received an empty text")
    pictures = [np.asarray(cohort.image(case)) for case in cohort]
    masks = [np.asarray(cohort.mask(case)) for case in cohort]
    whole = clone(classifier).fit(pictures, masks)
    names = [str(label) for label in (whole.classes_.tolist() if classes is None else classes)]
    if len(names) != len(whole.classes_):
        raise ValueError(f"classes must name the {len(whole.classes_)} labels of the masks, received {names}")
    card = {
        "notice": NOTICE,
        "task": SEGMENTATION,
        "use": use,
        "classes": names,
        "cases": len(cohort),
        "patients": int(cohort.table["patient"].nunique()),
        "data_sha256": fingerprint([*pictures, *masks]),
        "settings": {name: _plain(value) for name, value in whole.get_params().items()},
        "metrics": plain_metrics(metrics),
        "images": summarized(image_facts(cohort)),
        "versions": versions("numpy", "scikit-learn", "scipy", "skops"),
    }
    return TrainedSegmenter(whole, card)


def _plain(value: Any) -> Any:
    return list(map(float, value)) if isinstance(value, Sequence) and not isinstance(value, str) else value
