"""Filter banks beside scipy, scikit-image, PyWavelets, SimpleITK and OpenCV: ``python benchmarks/responses.py``.

Peers have the border that is theirs, so voxels near the border are not compared. SimpleITK's Laplacian is of a
recursive Gaussian, scipy's second derivative does not sum to 0; their cells say how near they are to ours. Where
no library has a filter (Simoncelli, Riesz), the peer is its definition, written with scipy.fft on every core.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import permutations, product

import cv2
import numpy as np
import pywt
from numpy.typing import NDArray
from scipy import fft, ndimage
from timing import Row, main

from workbench import processing, samples
from workbench.processing import responses

SIGMA = 2.0
GABOR = {"sigma": 3.0, "wavelength": 6.0, "aspect": 0.5}
ANGLES = (0.0, 45.0, 90.0, 135.0)


def data() -> dict[str, NDArray]:
    slice_ = samples.load("head_ct").pixels.astype(np.float32)
    head = processing.crop(samples.load("mni152_t1").pixels, start=(30, 30, 30), stop=(158, 158, 158))
    return {"512 x 512 float32": slice_, "128 x 128 x 128 float32": np.ascontiguousarray(head, dtype=np.float32)}


def itk(image: NDArray):
    import SimpleITK

    return SimpleITK.GetImageFromArray(image)


def sitk(name: str, picture, *arguments):
    import SimpleITK

    return getattr(SimpleITK, name)(picture, *arguments)


def gradients(title: str, image: NDArray, picture) -> Iterator[Row]:
    import skimage

    def by_scipy():
        parts = (ndimage.sobel(image, axis) for axis in range(image.ndim))
        return np.sqrt(sum((part / 2 / 4 ** (image.ndim - 1)) ** 2 for part in parts))

    rivals = {
        "ours": lambda: responses.gradient_magnitude(image),
        "scipy": by_scipy,
        "scikit-image": lambda: skimage.filters.sobel(image, mode="reflect") * np.float32(np.sqrt(image.ndim) / 2),
    }
    yield Row("gradient magnitude, Sobel", title, rivals, tolerance=1e-5)
    rivals = {
        "ours": lambda: responses.gradient_magnitude(image, method="central", border="nearest"),
        "SimpleITK": lambda: sitk("GradientMagnitude", picture),
    }
    yield Row("gradient magnitude, central", title, rivals, tolerance=1e-5)


def laplacians(title: str, image: NDArray, picture) -> Iterator[Row]:
    rivals = {
        "ours": lambda: responses.laplacian_of_gaussian(image, sigma=SIGMA),
        "scipy": lambda: ndimage.gaussian_laplace(image, SIGMA),
        "SimpleITK": lambda: sitk("LaplacianRecursiveGaussian", picture, SIGMA),
    }
    nearly = {"scipy": 5e-3, "SimpleITK": 1e-2}
    yield Row(f"Laplacian of Gaussian, sigma {SIGMA:g}", title, rivals, tolerance=1e-5, nearly=nearly, edge=12)


def texture(title: str, image: NDArray, picture) -> Iterator[Row]:
    names = ["L5", "E5", "S5"][: image.ndim]
    kernels = [np.array(responses.LAWS_KERNELS[name]) for name in reversed(names)]
    whole = np.einsum("i,j->ij" if image.ndim == 2 else "i,j,k->ijk", *kernels).astype(np.float32)

    def by_scipy(source: NDArray) -> NDArray:
        for axis, kernel in enumerate(kernels):
            source = ndimage.convolve1d(source, kernel, axis=axis)
        return source

    def turned_by_scipy() -> NDArray:
        result = np.full_like(image, -np.inf)
        for order, backwards in rotations(image.ndim):
            turn = tuple(slice(None, None, -1 if each else 1) for each in backwards)
            response = by_scipy(np.ascontiguousarray(np.transpose(image, order)[turn]))
            np.maximum(result, np.transpose(response[turn], np.argsort(order)), out=result)
        return result

    rivals = {
        "ours": lambda: responses.laws(image, kernels="".join(names)),
        "scipy": lambda: by_scipy(image),
        "SimpleITK": lambda: sitk("Convolution", picture, itk(whole)),
    }
    yield Row(f"Laws {''.join(names)}", title, rivals, tolerance=1e-5, edge=3)
    rivals = {
        "ours": lambda: responses.laws(image, kernels="".join(names), pooling="max"),
        "scipy": turned_by_scipy,
    }
    count = len(list(rotations(image.ndim)))
    yield Row(f"Laws {''.join(names)}, maximum of {count} rotations", title, rivals, tolerance=1e-5)


def rotations(ndim: int) -> Iterator[tuple[tuple[int, ...], tuple[bool, ...]]]:
    for order in permutations(range(ndim)):
        for backwards in product((False, True), repeat=ndim):
            if np.linalg.det(np.eye(ndim)[list(order)] * np.where(backwards, -1, 1)[:, None]) > 0:
                yield order, backwards


def waves(title: str, image: NDArray, _) -> Iterator[Row]:
    import skimage

    slices = image.reshape(-1, *image.shape[-2:])

    def by_opencv() -> NDArray:
        result = np.zeros_like(slices)
        for angle in ANGLES:
            even, odd = (opencv_kernel(angle, phase) for phase in (0, np.pi / 2))
            for index, part in enumerate(slices):
                result[index] += cv2.magnitude(
                    *(cv2.filter2D(part, -1, kernel, borderType=cv2.BORDER_REFLECT) for kernel in (even, odd))
                )
        return (result / len(ANGLES)).reshape(image.shape)

    def by_scikit_image() -> NDArray:
        total = np.zeros_like(image)
        for angle in ANGLES:
            parts = skimage.filters.gabor(
                image, 1 / GABOR["wavelength"], theta=np.deg2rad(angle), sigma_x=GABOR["sigma"], n_stds=5,
                sigma_y=GABOR["sigma"] / GABOR["aspect"], mode="reflect",
            )  # fmt: skip
            total += np.hypot(*parts)
        # Its Gaussian has volume 1; ours is 1 in the centre.
        return total / len(ANGLES) * (2 * np.pi * GABOR["sigma"] ** 2 / GABOR["aspect"])

    plane = (image.ndim - 2, image.ndim - 1)
    rivals = {
        "ours": lambda: responses.gabor(image, angles=ANGLES, axes=plane, **GABOR),
        "OpenCV": by_opencv,
    }
    if image.ndim == 2:
        rivals["scikit-image"] = by_scikit_image
    yield Row("Gabor, 4 directions in the slice", title, rivals, tolerance=1e-5)


def opencv_kernel(angle: float, phase: float) -> NDArray:
    size = 2 * int(5 * GABOR["sigma"] / GABOR["aspect"]) + 1
    return cv2.getGaborKernel(
        (size, size), GABOR["sigma"], np.deg2rad(-angle), GABOR["wavelength"], GABOR["aspect"], phase
    )


def bands(title: str, image: NDArray, _) -> Iterator[Row]:
    axes = image.ndim

    def same(ours: dict, theirs: dict) -> bool:
        # PyWavelets names axes in their order.
        names = {name: "".join("a" if letter == "L" else "d" for letter in reversed(name)) for name in ours}
        tolerance = 1e-5 * np.ptp(image)
        return all(np.allclose(ours[name], theirs[names[name]], rtol=0, atol=tolerance) for name in names)

    for family, level in (("db2", 1), ("haar", 2)):
        rivals = {
            "ours": partial(responses.wavelets, image, family=family, level=level, border="wrap"),
            "PyWavelets": lambda family=family, level=level: pywt.swtn(image, family, level=level)[0],
        }
        yield Row(f"all {2**axes} bands of wavelet {family}, level {level}", title, rivals, same=same)


def spectra(title: str, image: NDArray, _) -> Iterator[Row]:
    def radius(shape: tuple[int, ...]) -> list[NDArray]:
        grids = [fft.fftfreq(n) * 2 for n in shape[:-1]] + [fft.rfftfreq(shape[-1]) * 2]
        return np.meshgrid(*grids, indexing="ij", sparse=True)

    def filtered(padded: NDArray, weights: NDArray) -> NDArray:
        spectrum = fft.rfftn(padded, workers=-1) * weights.astype(np.complex64)
        return fft.irfftn(spectrum, s=padded.shape, workers=-1)

    def simoncelli():
        length = np.sqrt(sum(each**2 for each in radius(image.shape)))
        inside = (length > 1 / 4) & (length <= 1)
        return filtered(image, np.where(inside, np.cos(np.pi / 2 * np.log2(2 * np.where(inside, length, 1))), 0))

    def riesz():
        padded = np.pad(image, [(0, n) for n in image.shape], mode="symmetric")
        grids = radius(padded.shape)
        length = np.sqrt(sum(each**2 for each in grids))
        length[(0,) * image.ndim] = 1
        return filtered(padded, -1j * grids[-1] / length)[tuple(slice(n) for n in image.shape)]

    rivals = {
        "ours": lambda: responses.simoncelli(image, level=1, border="wrap"),
        "scipy": simoncelli,
    }
    yield Row("Simoncelli, level 1, periodic", title, rivals, tolerance=1e-5)
    order = (0,) * (image.ndim - 1) + (1,)
    rivals = {"ours": lambda: responses.riesz(image, order=order), "scipy": riesz}
    # The Nyquist frequency of the doubled image has no sign, and the definition no answer for it.
    yield Row("Riesz, first order, mirrored", title, rivals, tolerance=1e-5)


def rows() -> Iterator[Row]:
    for title, image in data().items():
        try:
            picture = itk(image)
        except ModuleNotFoundError:
            picture = None
        for family in (gradients, laplacians, texture, waves, bands, spectra):
            yield from family(title, image, picture)


if __name__ == "__main__":
    main("responses", rows())
