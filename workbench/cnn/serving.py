"""Networks for use on the images of others: with a card, and refusing what they do not know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.cohorts import Cohort
from workbench.evaluation import probability_columns
from workbench.images import Image
from workbench.recognition.fitness import ModelError, image_facts, refuse_images

from .backend import keras
from .boxes.detecting import detect
from .data.slices import even_out, with_neighbours
from .describing import CLASSIFICATION, DETECTION, SEGMENTATION
from .prediction.predicting import predict
from .prediction.tiles import segment_tiles
from .storing import load, load_card

#: Images that are in memory together.
AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network and its card.

    Parameters
    ----------
    model : keras.Model
        Such as `classifier` or `unet`, trained.
    card : dict
        What `describe` writes: plain texts, numbers, lists and dicts.
    """

    model: keras.Model
    card: dict[str, Any]

    def __repr__(self) -> str:
        return f"Network({self.card['task']}: {' or '.join(self.card['classes'])}, {self.card['cases']} cases)"

    def refuse(self, cohort: Cohort, *, jobs: int = 1) -> None:
        """Raise unless the images of a study are like those that the network was trained on.

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

    def predict(self, cohort: Cohort, *, jobs: int = 1) -> pd.DataFrame:
        """Give each case the probabilities of its classes, if the images fit.

        Parameters
        ----------
        cohort : Cohort
            The cases; so many images as make a batch are in memory at a time.
        jobs : int, optional
            Processes that check the images.

        Returns
        -------
        pandas.DataFrame
            Indexed by case: patient, one column ``p_`` and class for each, prediction: the most probable class.

        Raises
        ------
        ModelError
            If images are unlike those of the training, with the reasons, or the network is no classifier.
        """
        self._must_be(CLASSIFICATION)
        self.refuse(cohort, jobs=jobs)
        cases = list(cohort)
        found = np.concatenate(
            [
                predict(
                    self.model,
                    np.stack([self.prepared(cohort.image(case)) for case in cases[start : start + AT_ONCE]]),
                    mirror=self.card["mirror"],
                    temperature=self.card["temperature"],
                )
                for start in range(0, len(cases), AT_ONCE)
            ]
        )
        names = self.card["classes"]
        index = pd.Index(cases, name="case")
        said = pd.DataFrame(found.astype(np.float64), index=index, columns=probability_columns(names))
        said["prediction"] = [names[number] for number in found.argmax(axis=1)]
        said.insert(0, "patient", cohort.table["patient"].to_numpy())
        return said

    def segment(self, image: Image) -> NDArray[np.uint8]:
        """Give each pixel its most probable class.

        Parameters
        ----------
        image : Image
            Like those of the training, of any size. A volume for a network of slices is taken slice by slice.

        Returns
        -------
        ndarray of uint8
            Numbers of ``card["classes"]``.

        Raises
        ------
        ModelError
            If the network is none of pixels.
        """
        self._must_be(SEGMENTATION)
        pixels = self.prepared(image)
        options = {"tile": self.card["tile"], "mirror": self.card["mirror"]}
        if image.ndim == len(self.model.input_shape) - 1:
            return np.stack([segment_tiles(self.model, section, **options) for section in pixels])
        return segment_tiles(self.model, pixels, **options)

    def detect(self, cohort: Cohort, *, jobs: int = 1) -> pd.DataFrame:
        """Find the objects in the image of each case, if the images fit.

        Parameters
        ----------
        cohort : Cohort
            One image is in memory at a time.
        jobs : int, optional
            Processes that check the images.

        Returns
        -------
        pandas.DataFrame
            One row per box, as `cnn.detect` gives it.

        Raises
        ------
        ModelError
            If images are unlike those of the training, with the reasons, or the network is no detector.
        """
        self._must_be(DETECTION)
        self.refuse(cohort, jobs=jobs)
        found = [
            detect(
                self.model,
                self.prepared(cohort.image(case))[np.newaxis],
                classes=self.card["classes"],
                cases=[case],
                score=self.card["score"],
                flips=bool(self.card["mirror"]),
            )
            for case in cohort
        ]
        filled = [table for table in found if len(table)]
        return pd.concat(filled, ignore_index=True) if filled else found[0]

    def prepared(self, image: Image) -> NDArray:
        """Make of an image what the network takes.

        Parameters
        ----------
        image : Image
            In its own units.

        Returns
        -------
        ndarray
            Its pixels, channels last; resized, made even or with its neighbouring slices, as the card says.

        Examples
        --------
        >>> from workbench.cnn import classifier
        >>> network = Network(classifier((4, 4), 2, width=2, depth=1), {"resize": [4, 4]})
        >>> network.prepared(Image(np.zeros((8, 9)))).shape
        (4, 4)
        """
        from workbench.processing import resize

        if self.card["resize"]:
            image = resize(image, shape=tuple(self.card["resize"]))
        pixels = np.asarray(image)
        if image.channel_axis is not None:
            return np.moveaxis(pixels, image.channel_axis, -1)
        one_case = np.zeros(len(pixels))
        if self.card.get("even"):
            pixels = even_out(pixels, one_case)
        return with_neighbours(pixels, one_case, reach=self.card["reach"]) if self.card.get("reach") else pixels

    def _must_be(self, task: str) -> None:
        if self.card["task"] != task:
            raise ModelError(f"expected a network for {task}, received one for {self.card['task']}")


def load_network(path: str | Path, *, sha256: str | None = None) -> Network:
    """Load a network with its card, ready to serve.

    Parameters
    ----------
    path : str or Path
        Ends in ``.keras``; from `save` with a card of `describe`.
    sha256 : str, optional
        As for `load`.

    Returns
    -------
    Network

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelError
        If the file was changed, holds what no model of ours has, or its card does not say what images it knows.
    """
    model = load(path, sha256=sha256)
    card = load_card(path)
    missing = {
        "task",
        "classes",
        "images",
        "resize",
        "tile",
        "score",
        "temperature",
        "mirror",
        "use",
        "cases",
    } - set(card)
    if missing:
        raise ModelError(
            f"{Path(path).name}: its card does not say {', '.join(sorted(missing))}; save the model with "
            "cnn.save(model, path, card=cnn.describe(model, cohort, ...))"
        )
    return Network(model, card)
