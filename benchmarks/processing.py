"""Smoothing and denoising beside scipy, scikit-image, SimpleITK and OpenCV: ``python benchmarks/processing.py``.

Each peer computes what we do, in the same precision, so that a row compares the same work. Where a peer has other
borders, the border is left out of the comparison; where it computes something else, its cell says how near it is:

- SimpleITK's Gaussian is the discrete one; its bilateral filter has another window.
- scikit-image's fast non-local means compares patches one voxel shorter than asked for; OpenCV's has weights
  without the noise's share.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import cv2
import numpy as np
import skimage
from numpy.typing import NDArray
from scipy import ndimage
from timing import Row, main

from workbench import processing

Call = Callable[[], Any]
EDGE = 12
RNG = np.random.default_rng(0)


def picture(shape: tuple[int, ...], dtype: str) -> NDArray:
    """Return a smooth image with noise of a twelfth of its range, as CT and MR have them."""
    smooth = ndimage.gaussian_filter(RNG.normal(size=[length // 4 for length in shape]), 3)
    large = ndimage.zoom(smooth, 4, order=1)
    scaled = (large - large.min()) / np.ptp(large)
    noisy = np.clip(scaled + RNG.normal(0, 1 / 12, shape), 0, 1)
    return np.ascontiguousarray(noisy * (255 if dtype == "uint8" else 4000), dtype=dtype)


def name(image: NDArray) -> str:
    return f"{' x '.join(map(str, image.shape))} {image.dtype}"


def itk(image: NDArray, call: Callable[[Any, Any], Any]) -> Call:
    """Make a peer of SimpleITK, with the image in its form beforehand, as its users have it."""
    made: list[Any] = []

    def run() -> Any:
        import SimpleITK

        if not made:
            made.append(SimpleITK.GetImageFromArray(image))
        return call(SimpleITK, made[0])

    return run


def real(image: NDArray) -> NDArray:
    return image if image.dtype == np.float32 else image.astype(np.float64)


def means(image: NDArray, size: int) -> Row:
    values = real(image)
    rivals: dict[str, Call] = {
        "ours": lambda: processing.mean(image, size=size),
        "scipy": lambda: ndimage.uniform_filter(image, size, output=values.dtype),
        "SimpleITK": itk(values, lambda sitk, picture: sitk.BoxMean(picture, [size // 2] * image.ndim)),
    }
    if image.ndim == 2:
        depth = cv2.CV_32F if image.dtype == np.float32 else cv2.CV_64F
        rivals["OpenCV"] = lambda: cv2.boxFilter(image, depth, (size, size), borderType=cv2.BORDER_REFLECT)
    return Row(f"mean {size}", name(image), rivals, tolerance=1e-6, edge=EDGE)


def gaussians(image: NDArray, sigma: float) -> Row:
    values = real(image)
    length = 2 * int(4 * sigma + 0.5) + 1
    rivals: dict[str, Call] = {
        "ours": lambda: processing.gaussian(image, sigma=sigma),
        "scipy": lambda: ndimage.gaussian_filter(image, sigma, output=values.dtype),
        "scikit-image": lambda: skimage.filters.gaussian(values, sigma=sigma, mode="reflect", preserve_range=True),
        "SimpleITK": itk(
            values, lambda sitk, picture: sitk.DiscreteGaussian(picture, sigma**2, length, 1e-5, False)
        ),
    }
    if image.ndim == 2:
        rivals["OpenCV"] = lambda: cv2.GaussianBlur(values, (length, length), sigma, borderType=cv2.BORDER_REFLECT)
    return Row(f"gaussian {sigma:g}", name(image), rivals, tolerance=1e-6, nearly={"SimpleITK": 5e-3}, edge=EDGE)


def convolutions(image: NDArray, kernel: NDArray, title: str) -> Row:
    values, turned = real(image), np.flip(kernel).copy()
    rivals: dict[str, Call] = {
        "ours": lambda: processing.convolve(image, kernel=kernel),
        "scipy": lambda: ndimage.convolve(values, kernel),
        "SimpleITK": itk(
            values,
            lambda sitk, picture: sitk.Convolution(picture, sitk.GetImageFromArray(kernel.astype(values.dtype))),
        ),
    }
    if image.ndim == 2:
        rivals["OpenCV"] = lambda: cv2.filter2D(values, -1, turned, borderType=cv2.BORDER_REFLECT)
    return Row(f"convolve {title}", name(image), rivals, tolerance=1e-6, edge=EDGE)


def medians(image: NDArray, size: tuple[int, ...]) -> Row:
    rivals: dict[str, Call] = {
        "ours": lambda: processing.median(image, size=size),
        "scipy": lambda: ndimage.median_filter(image, size),
        "SimpleITK": itk(image, lambda sitk, picture: sitk.Median(picture, [n // 2 for n in size[::-1]])),
    }
    if image.ndim == 2 and image.dtype.name in {"uint8", "uint16"}:
        footprint = np.ones(size, np.uint8)
        rivals["scikit-image"] = lambda: skimage.filters.rank.median(image, footprint)
    if image.ndim == 2 and (size[0] <= 5 or image.dtype == np.uint8):
        rivals["OpenCV"] = lambda: cv2.medianBlur(image, size[0])
    return Row(f"median {' x '.join(map(str, size))}", name(image), rivals, edge=EDGE if image.ndim == 2 else 3)


def bilaterals(image: NDArray, sigma: float, range_sigma: float) -> Row:
    values = real(image)
    radius = int(np.ceil(3 * sigma))
    options = {"sigma_color": range_sigma, "sigma_spatial": sigma, "win_size": 2 * radius + 1, "bins": 1000}
    rivals: dict[str, Call] = {
        "ours": lambda: processing.bilateral(image, sigma=sigma, range_sigma=range_sigma),
        "SimpleITK": itk(values, lambda sitk, picture: sitk.Bilateral(picture, sigma, range_sigma, 1000)),
    }
    if image.ndim == 2:
        rivals["scikit-image"] = lambda: skimage.restoration.denoise_bilateral(values, mode="symmetric", **options)
    if image.ndim == 2 and image.dtype == np.float32:
        rivals["OpenCV"] = lambda: cv2.bilateralFilter(image, 2 * radius + 1, range_sigma, sigma)
    return Row(f"bilateral {sigma:g}", name(image), rivals, tolerance=1e-6, nearly={"SimpleITK": 5e-3}, edge=EDGE)


def non_local(image: NDArray, noise: float, patch: int, search: int) -> Row:
    values = real(image)
    options = {"patch_size": patch, "patch_distance": search // 2, "h": 0.6 * noise, "sigma": noise}
    rivals: dict[str, Call] = {
        "ours": lambda: processing.non_local_means(image, noise=noise, patch=patch, search=search),
        "scikit-image": lambda: skimage.restoration.denoise_nl_means(values, fast_mode=True, **options),
    }
    if image.dtype == np.uint8:
        rivals["OpenCV"] = lambda: cv2.fastNlMeansDenoising(image, None, noise, patch, search)
    nearly = {"scikit-image": 0.12, "OpenCV": 0.12}
    return Row(f"non-local means {patch}, {search}", name(image), rivals, nearly=nearly)


def variations(image: NDArray, weight: float) -> Row:
    values = real(image)
    rivals: dict[str, Call] = {
        "ours": lambda: processing.total_variation(image, weight=weight),
        "scikit-image": lambda: skimage.restoration.denoise_tv_chambolle(values, weight=weight),
    }
    return Row(f"total variation, weight {weight:g}", name(image), rivals, tolerance=1e-5)


def perona_malik(image: NDArray, contrast: float, iterations: int, step: float) -> NDArray:
    """Return what people write in numpy."""
    values = image.copy()
    for _ in range(iterations):
        gain = np.zeros_like(values)
        for axis in range(image.ndim):
            difference = np.diff(values, axis=axis)
            flow = difference * np.exp(-((difference / contrast) ** 2))
            gain += np.insert(flow, flow.shape[axis], 0, axis=axis) - np.insert(flow, 0, 0, axis=axis)
        values += step * gain
    return values


def diffusions(image: NDArray, contrast: float, iterations: int) -> Row:
    values, step = real(image), 0.125
    rivals: dict[str, Call] = {
        "ours": lambda: processing.anisotropic_diffusion(
            image, contrast=contrast, iterations=iterations, step=step
        ),
        "numpy": lambda: perona_malik(values, contrast, iterations, step),
    }
    if image.ndim == 2:  # in three dimensions its steps have to be shorter
        rivals["SimpleITK"] = itk(
            values, lambda sitk, picture: sitk.GradientAnisotropicDiffusion(picture, step, contrast, 1, iterations)
        )
    return Row(f"anisotropic diffusion, {iterations} steps", name(image), rivals, tolerance=1e-5)


def unsharps(image: NDArray, sigma: float) -> Row:
    values = real(image)
    rivals: dict[str, Call] = {
        "ours": lambda: processing.unsharp(image, sigma=sigma),
        "scikit-image": lambda: skimage.filters.unsharp_mask(values, radius=sigma, amount=1, preserve_range=True),
    }
    return Row(f"unsharp {sigma:g}", name(image), rivals, tolerance=1e-5)


def rows() -> Iterator[Row]:
    slices = partial(picture, (512, 512))
    for dtype in ("uint8", "int16", "float32"):
        image = slices(dtype)
        yield means(image, 5)
        yield gaussians(image, 2)
    yield means(slices("float32"), 15)
    yield convolutions(slices("float32"), RNG.normal(size=(3, 3)), "3 x 3")
    yield convolutions(slices("float32"), RNG.normal(size=(7, 7)), "7 x 7")
    yield convolutions(slices("float32"), np.outer(np.hanning(11), np.hanning(11)), "11 x 11, separable")
    for size, dtypes in ((3, ("uint8", "int16", "float32")), (5, ("uint16", "float32")), (9, ("uint8", "uint16")),
                         (15, ("uint16", "float32"))):  # fmt: skip
        for dtype in dtypes:
            yield medians(slices(dtype), (size, size))
    for dtype in ("uint16", "float32"):
        yield bilaterals(slices(dtype), 1, 400.0)
    yield non_local(slices("uint8"), 20, 5, 13)
    yield non_local(slices("uint16"), 330, 5, 13)
    for dtype in ("uint16", "float32"):
        yield variations(slices(dtype), 330)
        yield diffusions(slices(dtype), 400, 10)
    yield unsharps(slices("float32"), 2)

    volume = partial(picture, (128, 256, 256))
    for dtype in ("int16", "float32"):
        image = volume(dtype)
        yield means(image, 5)
        yield gaussians(image, 2)
        yield medians(image, (3, 3, 3))
        yield medians(image, (1, 5, 5))
    yield convolutions(volume("float32"), RNG.normal(size=(3, 3, 3)), "3 x 3 x 3")
    yield unsharps(volume("float32"), 2)
    yield medians(picture((32, 128, 128), "int16"), (5, 5, 5))
    small = picture((48, 128, 128), "float32")
    yield medians(small[:32], (5, 5, 5))
    yield bilaterals(small, 1, 400.0)
    yield non_local(small[:24], 330, 3, 7)
    yield variations(small, 330)
    yield diffusions(small, 400, 10)


if __name__ == "__main__":
    main("processing", rows())
