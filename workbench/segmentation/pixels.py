"""Each pixel classified by what a bank of filters sees around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from workbench.checks import real_array, same_shape
from workbench.evaluation import dice
from workbench.processing import median

from .pixel_models import PixelModel

# Whole slices of about so many voxels have their features in memory at once, and so many rows each thread.
VOXELS_AT_ONCE = 8_000_000
ROWS_AT_ONCE = 2**16
# scipy's Gaussians end at four standard deviations.
REACH = 4.0


def filter_bank(image: ArrayLike, *, sigmas: Sequence[float] = (1.0, 2.0, 4.0)) -> dict[str, NDArray[np.float32]]:
    """Compute what a pixel classifier sees of each pixel.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    sigmas : sequence of float, optional
        Scales in voxels, positive.

    Returns
    -------
    dict of str to ndarray
        Of the shape of `image`: the intensity; the median of 3 neighbours on each axis; and, at each scale, the
        Gaussian mean, the gradient's magnitude and the Laplacian of the Gaussian.

    Raises
    ------
    ValueError
        If a scale is not positive, or `image` is empty, not finite, or has other than 2 or 3 axes.

    Examples
    --------
    >>> list(filter_bank(np.zeros((8, 8)), sigmas=[1]))
    ['intensity', 'median 3', 'mean 1', 'gradient 1', 'laplacian 1']
    """
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    filters, floats = _filters(sigmas), array.astype(np.float32)
    answers = Parallel(n_jobs=-1, prefer="threads")(delayed(answer)(floats) for answer in filters.values())
    return dict(zip(filters, answers, strict=True))


def _filters(sigmas: Sequence[float]) -> dict[str, Callable[[NDArray], NDArray]]:
    if not all(np.isfinite(sigma) and sigma > 0 for sigma in sigmas):
        raise ValueError(f"sigmas must be positive, in voxels, received {tuple(sigmas)}")
    bank: dict[str, Callable[[NDArray], NDArray]] = {
        "intensity": np.copy,
        "median 3": partial(median, size=3),
    }
    for sigma in sigmas:
        for name, function in (
            ("mean", ndimage.gaussian_filter),
            ("gradient", ndimage.gaussian_gradient_magnitude),
            ("laplacian", ndimage.gaussian_laplace),
        ):
            bank[f"{name} {sigma:g}"] = partial(function, sigma=sigma, truncate=REACH)
    return bank


class PixelClassifier(BaseEstimator):
    """A classifier of pixels, trained on images with masks.

    Intensities are taken as they are: bring images of different scanners to one scale first.

    Parameters
    ----------
    method : {"random_forest", "svm"}, optional
        Of the `PixelModel`.
    sigmas : sequence of float, optional
        Scales of the `filter_bank`, in voxels.
    trees : int, optional
        In the forest: fewer are faster, more are smoother.
    pixels : int, optional
        To draw from each training image, at random, without regard to class; all where there are fewer.
    seed : int, optional
        Of the drawing and of the method.

    Attributes
    ----------
    classes_ : (K,) ndarray
        The labels seen in training, in increasing order.
    features_ : list of str
        Names of the filters.
    model_ : PixelModel
        The fitted classifier of single pixels.

    References
    ----------
    Breiman L. Random forests. Machine Learning 45 (2001) 5-32.

    Examples
    --------
    >>> image = np.zeros((16, 16))
    >>> image[:, 8:] = 100
    >>> PixelClassifier(sigmas=[1]).fit([image], [image > 50]).predict(image)[0, 6:10]
    array([False, False,  True,  True])
    """

    def __init__(
        self,
        *,
        method: str = "random_forest",
        sigmas: Sequence[float] = (1.0, 2.0, 4.0),
        trees: int = 100,
        pixels: int = 2000,
        seed: int = 0,
    ) -> None:
        self.method = method
        self.sigmas = sigmas
        self.trees = trees
        self.pixels = pixels
        self.seed = seed

    def fit(self, images: Sequence[ArrayLike], masks: Sequence[ArrayLike]) -> Self:
        """Learn from images whose pixels' classes are known.

        Parameters
        ----------
        images : sequence of (M, N) or (P, M, N) array_like
            All with as many axes.
        masks : sequence of array_like of bool or int
            One for each image, of its shape: the class of each pixel.

        Returns
        -------
        PixelClassifier
            Itself.

        Raises
        ------
        ValueError
            If there are no images, as many masks are not given, shapes differ, masks are not whole numbers, or
            fewer than two classes were drawn.
        """
        if self.pixels < 1:
            raise ValueError(f"pixels must be at least 1, received {self.pixels}")
        if len(images) == 0 or len(images) != len(masks):
            raise ValueError(f"expected as many masks as images, received {len(images)} and {len(masks)}")
        pairs = [_checked_pair(image, mask) for image, mask in zip(images, masks, strict=True)]
        if len({array.ndim for array, _ in pairs}) > 1:
            raise ValueError("images must all be 2-D or all 3-D, received both")
        rng = np.random.default_rng(self.seed)
        drawn = [self._draw(array, labels, rng) for array, labels in pairs]
        values, labels = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        if (labels == labels[0]).all():
            raise ValueError(f"expected pixels of two classes, drew only {labels[0]}; give more pixels")
        model = PixelModel(method=self.method, trees=self.trees, seed=self.seed)
        self.model_ = model.fit(values, labels)
        self.classes_ = self.model_.classes_
        self.features_ = list(_filters(self.sigmas))
        self.ndim_ = pairs[0][0].ndim
        return self

    def predict(self, image: ArrayLike) -> NDArray:
        """Classify each pixel.

        The image is worked on in slabs, so that neither features nor probabilities ever fill the memory.

        Parameters
        ----------
        image : (M, N) or (P, M, N) array_like
            With as many axes as in training.

        Returns
        -------
        ndarray
            Shape of `image`, type of the training masks: the most probable class.

        Raises
        ------
        NotFittedError
            If `fit` has not been called.
        ValueError
            If `image` has another number of axes than in training, is empty or not finite.
        """
        array = self._checked(image)
        labels = np.empty(array.shape, self.classes_.dtype)
        for rows, probabilities in self._classified(array):
            labels[rows] = self.classes_[probabilities.argmax(axis=-1)]
        return labels

    def predict_proba(self, image: ArrayLike) -> NDArray[np.float32]:
        """Estimate the probability of each class at each pixel.

        The image is worked on in slabs, so that the features never fill the memory.

        Parameters
        ----------
        image : (M, N) or (P, M, N) array_like
            With as many axes as in training.

        Returns
        -------
        (K, ...) ndarray
            One map for each of `classes_`.

        Raises
        ------
        NotFittedError
            If `fit` has not been called.
        ValueError
            If `image` has another number of axes than in training, is empty or not finite.
        """
        array = self._checked(image)
        maps = np.empty((len(self.classes_), *array.shape), np.float32)
        for rows, probabilities in self._classified(array):
            maps[:, rows] = np.moveaxis(probabilities, -1, 0)
        return maps

    def score(self, images: Sequence[ArrayLike], masks: Sequence[ArrayLike]) -> float:
        """Return the mean Dice coefficient, so that scikit-learn can search for the best parameters.

        Parameters
        ----------
        images : sequence of (M, N) or (P, M, N) array_like
            With as many axes as in training.
        masks : sequence of array_like of bool or int
            One for each image, of its shape: the true class of each pixel.

        Returns
        -------
        float
            Mean over the images and over all classes but 0; where an image has none of a class and none was found,
            that class does not count. NaN if nothing counts.

        Raises
        ------
        NotFittedError
            If `fit` has not been called.
        ValueError
            If as many masks are not given, or shapes differ.
        """
        check_is_fitted(self)
        scores = []
        for image, mask in zip(images, masks, strict=True):
            array, truth = _checked_pair(image, mask)
            labels = self.predict(array)
            scores += [dice(labels == label, truth == label) for label in self.classes_ if label != 0]
        counted = [score for score in scores if not np.isnan(score)]
        return float(np.mean(counted)) if counted else float("nan")

    def _checked(self, image: ArrayLike) -> NDArray:
        check_is_fitted(self)
        array = real_array(image)
        if array.ndim != self.ndim_:
            raise ValueError(f"image must have {self.ndim_} axes as in training, received shape {array.shape}")
        return array

    def _classified(self, array: NDArray) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        for rows, values in self._slabs(array):
            table = values.reshape(-1, values.shape[-1])
            probabilities = np.empty((len(table), len(self.classes_)), np.float32)
            Parallel(n_jobs=-1, prefer="threads")(
                delayed(_classify)(self.model_, table[part], probabilities[part])
                for part in (slice(start, start + ROWS_AT_ONCE) for start in range(0, len(table), ROWS_AT_ONCE))
            )
            yield rows, probabilities.reshape(*values.shape[:-1], -1)

    def _draw(self, array: NDArray, labels: NDArray, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        chosen = np.sort(rng.choice(array.size, min(self.pixels, array.size), replace=False))
        per_row = array[0].size
        values = [
            slab.reshape(-1, slab.shape[-1])[
                chosen[(chosen >= rows.start * per_row) & (chosen < rows.stop * per_row)] - rows.start * per_row
            ]
            for rows, slab in self._slabs(array)
        ]
        return np.concatenate(values), labels.ravel()[chosen]

    def _slabs(self, array: NDArray) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        filters = _filters(self.sigmas)
        margin = int(REACH * max(self.sigmas, default=0.0) + 0.5) + 1
        thickness = max(VOXELS_AT_ONCE // array[0].size, 1)
        for start in range(0, len(array), thickness):
            stop = min(start + thickness, len(array))
            first = max(start - margin, 0)
            near = array[first : stop + margin].astype(np.float32)
            values = np.empty((*array[start:stop].shape, len(filters)), np.float32)
            inner = slice(start - first, stop - first)
            Parallel(n_jobs=-1, prefer="threads")(
                delayed(_answer)(filter_, near, inner, values[..., column])
                for column, filter_ in enumerate(filters.values())
            )
            yield slice(start, stop), values


def _answer(filter_: Callable[[NDArray], NDArray], near: NDArray, inner: slice, values: NDArray) -> None:
    values[...] = filter_(near)[inner]


def _classify(model: PixelModel, table: NDArray, probabilities: NDArray) -> None:
    probabilities[...] = model.predict_proba(table)


def _checked_pair(image: ArrayLike, mask: ArrayLike) -> tuple[NDArray, NDArray]:
    array, labels = real_array(image), real_array(mask, name="mask")
    same_shape(image=array, mask=labels)
    if array.ndim not in {2, 3}:
        raise ValueError(f"each image must have 2 or 3 axes, received shape {array.shape}; give a list of images")
    if labels.dtype.kind == "f":
        raise ValueError("masks must be boolean or whole numbers, received floats; threshold fractions first")
    return array, labels
