"""Each pixel classified by what a bank of filters sees around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.validation import check_is_fitted

from workbench.checks import one_of, real_array, same_shape

METHODS = ("random_forest", "svm")
VOXELS_AT_ONCE = 2_000_000
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
    array = real_array(image).astype(np.float32)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if not all(np.isfinite(sigma) and sigma > 0 for sigma in sigmas):
        raise ValueError(f"sigmas must be positive, in voxels, received {tuple(sigmas)}")
    bank = {"intensity": array, "median 3": ndimage.median_filter(array, size=3)}
    for sigma in sigmas:
        bank[f"mean {sigma:g}"] = ndimage.gaussian_filter(array, sigma, truncate=REACH)
        bank[f"gradient {sigma:g}"] = ndimage.gaussian_gradient_magnitude(array, sigma, truncate=REACH)
        bank[f"laplacian {sigma:g}"] = ndimage.gaussian_laplace(array, sigma, truncate=REACH)
    return bank


class PixelClassifier(BaseEstimator):
    """A classifier of pixels, trained on images with masks.

    Intensities are taken as they are: bring images of different scanners to one scale first.

    Parameters
    ----------
    method : {"random_forest", "svm"}, optional
        100 trees with at least 3 pixels in each leaf, or a support vector machine with a Gaussian kernel on
        standardised features.
    sigmas : sequence of float, optional
        Scales of the `filter_bank`, in voxels.
    pixels : int, optional
        To draw from each training image, at random, without regard to class; all where there are fewer.
    seed : int, optional
        Of the drawing and of the method.

    Attributes
    ----------
    classes_ : ndarray
        The labels seen in training, in increasing order.
    features_ : list of str
        Names of the filters.
    model_ : estimator
        The fitted scikit-learn model.

    References
    ----------
    Breiman L. Random forests. Machine Learning 45 (2001) 5-32.

    Cortes C, Vapnik V. Support-vector networks. Machine Learning 20 (1995) 273-297.

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
        pixels: int = 2000,
        seed: int = 0,
    ) -> None:
        self.method = method
        self.sigmas = sigmas
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
        one_of(self.method, METHODS, name="method")
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
        self.classes_, counts = np.unique(labels, return_counts=True)
        if len(self.classes_) < 2:
            raise ValueError(f"expected pixels of two classes, drew only {self.classes_[0]}; give more pixels")
        self.features_ = list(filter_bank(np.zeros((1,) * pairs[0][0].ndim), sigmas=self.sigmas))
        self.ndim_ = pairs[0][0].ndim
        self.model_ = _model(self.method, self.seed, int(counts.min())).fit(values, labels)
        return self

    def predict(self, image: ArrayLike) -> NDArray:
        """Classify each pixel.

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
        probabilities = self.predict_proba(image)
        return self.classes_[probabilities.argmax(axis=0)]

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
        check_is_fitted(self)
        array = real_array(image)
        if array.ndim != self.ndim_:
            raise ValueError(f"image must have {self.ndim_} axes as in training, received shape {array.shape}")
        maps = np.empty((len(self.classes_), *array.shape), np.float32)
        for rows, values in self._slabs(array):
            slab = maps[:, rows]
            slab[...] = self.model_.predict_proba(values.reshape(-1, values.shape[-1])).T.reshape(slab.shape)
        return maps

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
        margin = int(REACH * max(self.sigmas, default=0.0) + 0.5) + 1
        thickness = max(VOXELS_AT_ONCE // array[0].size, 1)
        for start in range(0, len(array), thickness):
            stop = min(start + thickness, len(array))
            first = max(start - margin, 0)
            bank = filter_bank(array[first : stop + margin], sigmas=self.sigmas)
            inner = slice(start - first, stop - first)
            yield slice(start, stop), np.stack([values[inner] for values in bank.values()], axis=-1)


def _checked_pair(image: ArrayLike, mask: ArrayLike) -> tuple[NDArray, NDArray]:
    array, labels = real_array(image), real_array(mask, name="mask")
    same_shape(image=array, mask=labels)
    if array.ndim not in {2, 3}:
        raise ValueError(f"each image must have 2 or 3 axes, received shape {array.shape}; give a list of images")
    if labels.dtype.kind == "f":
        raise ValueError("masks must be boolean or whole numbers, received floats; threshold fractions first")
    return array, labels


def _model(method: str, seed: int, fewest: int) -> Any:
    if method == "random_forest":
        return RandomForestClassifier(n_estimators=100, min_samples_leaf=3, random_state=seed)
    machine = make_pipeline(StandardScaler(), SVC(random_state=seed))
    folds = min(5, fewest)
    if folds < 2:
        raise ValueError("an SVM's probabilities need two drawn pixels of each class; give more pixels")
    return CalibratedClassifierCV(machine, cv=folds, ensemble=False)
