"""Made images: how to get them, how far they are from real ones, and whether they are copies."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from ..backend import keras
from ..models.gan import Gan

if TYPE_CHECKING:
    import pandas as pd


def generate(
    model: Gan | keras.Model,
    n: int,
    *,
    classes: ArrayLike | None = None,
    seed: int = 0,
    batch_size: int = 64,
) -> NDArray:
    """Make images that nobody took.

    Parameters
    ----------
    model : Gan or keras.Model
        As from `gan`, trained; or its generator alone, as from `load`.
    n : int
        How many.
    classes : int or (n,) array_like of int, optional
        Of which class; of each in turn by default.
    seed : int, optional
        Image ``i`` of a seed stays the same however many are made.
    batch_size : int, optional
        Images at once.

    Returns
    -------
    (n, ..., channels) ndarray of float32
        In the units of the training images; without the channel axis where there is one channel.

    Raises
    ------
    TypeError
        If classes are not whole numbers.
    ValueError
        If a number is out of range, or a class is none of the model's.

    Examples
    --------
    >>> from workbench.cnn import gan
    >>> generate(gan((16, 16), classes=2, width=2), 3).shape
    (3, 16, 16)
    """
    generator = model.generator if isinstance(model, Gan) else model
    if operator.index(n) < 1 or operator.index(batch_size) < 1:
        raise ValueError(f"n and batch_size must be 1 or more, received {n} and {batch_size}")
    known = generator.get_layer("class_weight").input_dim
    wanted = np.arange(n) % known if classes is None else real_array(classes, name="classes")
    if wanted.dtype.kind not in "iu":
        raise TypeError(f"classes must be whole numbers, received dtype {wanted.dtype}")
    if wanted.shape not in {(), (n,)} or wanted.min() < 0 or wanted.max() >= known:
        raise ValueError(f"classes must be one number or {n}, from 0 to {known - 1}, received {classes!r}")
    labels = np.broadcast_to(wanted, (n,)).astype(np.int32)
    noise = np.random.default_rng(seed).normal(size=(n, generator.input_shape[0][-1])).astype(np.float32)
    parts = [slice(i, i + batch_size) for i in range(0, n, batch_size)]
    images = np.concatenate([np.asarray(generator([noise[part], labels[part]], training=False)) for part in parts])
    return images[..., 0] if images.shape[-1] == 1 else images


def frechet_distance(first: ArrayLike, second: ArrayLike) -> float:
    """Measure how far apart two sets of images are, in a space of features.

    Each set is described by the mean and covariance of its features; the distance is that of two normal
    distributions with these. It sees both whether images look right and whether they are as varied as real ones.
    It is too large for few images (by about the sum of the variances divided by their number), so compare sets of
    equal size only, and put the distance of real images to other real ones beside it.

    Parameters
    ----------
    first, second : (n, features) array_like
        One row per image: deep features (`embed`) or radiomics. Scale them first if their units differ.

    Returns
    -------
    float
        0 or more, in squared units of the features; 0 where means and covariances are equal.

    Raises
    ------
    ValueError
        If the numbers of features differ, or there are fewer than 2 images.

    References
    ----------
    Frechet M. Sur la distance de deux lois de probabilite. Comptes rendus de l'Academie des sciences 244 (1957)
    689-692.
    Heusel M, Ramsauer H, Unterthiner T, Nessler B, Hochreiter S. GANs trained by a two time-scale update rule
    converge to a local Nash equilibrium. NeurIPS (2017) 6626-6637.

    Examples
    --------
    >>> frechet_distance([[0.0], [2.0]], [[3.0], [5.0]])
    9.0
    """
    means, covariances = [], []
    for name, features in (("first", first), ("second", second)):
        table = real_array(features, name=name).astype(np.float64)
        if table.ndim != 2 or len(table) < 2:
            raise ValueError(f"{name} must be a table of 2 images or more, received shape {table.shape}")
        means.append(table.mean(axis=0))
        covariances.append(np.atleast_2d(np.cov(table, rowvar=False)))
    if means[0].shape != means[1].shape:
        raise ValueError(f"both must have the same features, received {len(means[0])} and {len(means[1])}")
    # The trace of the root of a product of covariances is the sum of the singular values of the roots' product.
    one, other = (_root(covariance) for covariance in covariances)
    shared = np.linalg.svd(one @ other, compute_uv=False).sum()
    spread = sum(np.trace(covariance) for covariance in covariances) - 2 * shared
    return float(max(0.0, ((means[0] - means[1]) ** 2).sum() + spread))


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each made image the training image most like it, with unseen real images as the yardstick.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per made image: ``training``, the number of the nearest training image; ``distance`` to it; and
        ``closer_than``, the share of unseen real images that are farther from their nearest training image. At
        0.99, the image is closer to a training image than all but 1 in 100 real ones happen to be.
    yardstick : (m,) ndarray
        Distance of each unseen real image to its nearest training image.
    """

    table: pd.DataFrame
    yardstick: NDArray

    @property
    def suspicious(self) -> float:
        """Share of made images that are closer to a training image than 95 % of unseen ones: 0.05 by chance."""
        return float((self.table["closer_than"] >= 0.95).mean())


def nearest_training(made: ArrayLike, training: ArrayLike, unseen: ArrayLike) -> Nearest:
    """Find the training image nearest to each made one, to see whether it was learned by heart.

    Parameters
    ----------
    made, training, unseen : (n, ...) array_like
        Made images, those that the generator was trained on, and real ones of other patients: pixels, or one row
        of features per image. The distance is Euclidean, over all numbers of an image, so scale features first.

    Returns
    -------
    Nearest
        Numbers and distances, beside those of unseen images.

    Raises
    ------
    ValueError
        If images have different shapes.

    References
    ----------
    Meehan C, Chaudhuri K, Dasgupta S. A non-parametric test to detect data-copying in generative models. AISTATS
    (2020) 3546-3556.

    Examples
    --------
    >>> found = nearest_training([[0.1], [5.0]], training=[[0.0], [9.0]], unseen=[[1.0], [8.0]])
    >>> found.table["training"].tolist(), found.table["closer_than"].tolist(), found.suspicious
    ([0, 1], [1.0, 0.0], 0.5)
    """
    import pandas as pd

    flat = {}
    for name, images in {"made": made, "training": training, "unseen": unseen}.items():
        array = real_array(images, name=name).astype(np.float64)
        flat[name] = array.reshape(len(array), -1)
    if len({rows.shape[1] for rows in flat.values()}) > 1:
        raise ValueError(
            "made, training and unseen images must have one shape, received "
            + ", ".join(
                f"{name} {np.shape(images)}" for name, images in zip(flat, (made, training, unseen), strict=True)
            )
        )
    which, distance = _nearest(flat["made"], flat["training"])
    _, yardstick = _nearest(flat["unseen"], flat["training"])
    closer = (yardstick[np.newaxis] > distance[:, np.newaxis]).mean(axis=1)
    table = pd.DataFrame({"training": which, "distance": distance, "closer_than": closer})
    return Nearest(table.rename_axis("image"), yardstick)


def _root(covariance: NDArray) -> NDArray:
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def _nearest(rows: NDArray, among: NDArray) -> tuple[NDArray, NDArray]:
    from scipy.spatial.distance import cdist

    # A thousand rows at once bound the memory.
    parts = [cdist(rows[i : i + 1000], among) for i in range(0, len(rows), 1000)]
    which = np.concatenate([part.argmin(axis=1) for part in parts])
    return which, np.concatenate([part.min(axis=1) for part in parts])
