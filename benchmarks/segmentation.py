# ruff: noqa: B023 each row is measured before the next is made
"""Thresholds, morphology, regions and contours beside their peers: ``python benchmarks/segmentation.py``.

Each peer gets what it takes in the form it takes it, made beforehand. Outputs are checked equal first:

- SimpleITK's thresholds have their own bins (1 % of the range), scikit-image's Li sums in single precision (1e-4).
- Labels may come in another order, so that regions are compared, not numbers (cc3d, OpenCV).
- OpenCV's watershed draws lines and SimpleITK's breaks ties otherwise, so that they differ by a few voxels (2 %).
- Random walker: probabilities to 0.05, all with a residual of 1e-4.
- Chan-Vese: scikit-image descends on another energy, so that masks agree to 5 %.
"""

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import skimage
from numpy.typing import NDArray
from scipy import ndimage
from timing import Row, array_of, main

from workbench import samples, segmentation

Call = Callable[[], Any]
RNG = np.random.default_rng(0)
FULL = np.ones((3, 3, 3), bool)


def blobs(shape: tuple[int, ...], sigma: float = 3) -> NDArray:
    """Return a smooth random image from 0 to 1."""
    image = ndimage.gaussian_filter(RNG.random(shape), sigma)
    return (image - image.min()) / np.ptp(image)


def name(image: NDArray) -> str:
    return f"{' x '.join(map(str, image.shape))} {image.dtype}"


def itk(call: Callable[..., Any], *images: NDArray) -> Call:
    """Make a peer of SimpleITK, with the images in its form beforehand, as its users have them."""
    made: list[Any] = []

    def run() -> Any:
        import SimpleITK

        if not made:
            made.extend(SimpleITK.GetImageFromArray(image) for image in images)
        return call(SimpleITK, *made)

    return run


def otsu_of_itk(picture: Any, classes: int) -> Call:
    def run(sitk: Any, image: Any) -> Any:
        found = sitk.OtsuMultipleThresholdsImageFilter()
        found.SetNumberOfThresholds(classes - 1)
        found.SetNumberOfHistogramBins(256)
        found.Execute(image)
        return found.GetThresholds()

    return itk(run, picture)


def threshold_of_itk(picture: Any, filter_name: str) -> Call:
    def run(sitk: Any, image: Any) -> Any:
        found = getattr(sitk, filter_name)()
        found.SetNumberOfHistogramBins(256)
        found.Execute(image)
        return found.GetThreshold()

    return itk(run, picture)


def same_regions(ours: Any, theirs: Any) -> bool:
    """Whether two labellings have the same regions under whatever numbers."""
    one, other = array_of(ours).ravel().astype(np.int64), array_of(theirs).ravel().astype(np.int64)
    pairs = np.unique(one * (other.max() + 1) + other)
    return len(pairs) == len(np.unique(one)) == len(np.unique(other))


def nearly(tolerance: float) -> Callable[[Any, Any], bool]:
    """Whether two masks or labellings differ in less than a fraction of the voxels."""
    return lambda ours, theirs: bool((array_of(ours) != array_of(theirs)).mean() < tolerance)


def close(tolerance: float) -> Callable[[Any, Any], bool]:
    return lambda ours, theirs: bool(np.abs(array_of(ours) - array_of(theirs)).max() < tolerance)


def threshold_rows() -> Iterator[Row]:
    ct = samples.load("head_ct").pixels
    for image in (ct, (blobs((128, 256, 256)) + RNG.normal(0, 0.1, (128, 256, 256))).astype(np.float32)):
        percent = 0.01 * float(np.ptp(image))
        filters, data = skimage.filters, name(image)
        yield Row("Otsu", data, {
            "ours": lambda: segmentation.otsu(image),
            "scikit-image": lambda: filters.threshold_otsu(image),
            "SimpleITK": threshold_of_itk(image, "OtsuThresholdImageFilter"),
        }, same=close(percent))  # fmt: skip
        yield Row("Li", data, {
            "ours": lambda: segmentation.li(image),
            "scikit-image": lambda: filters.threshold_li(image),
        }, same=close(0.01 * percent))  # fmt: skip
        yield Row("triangle", data, {
            "ours": lambda: segmentation.triangle(image),
            "scikit-image": lambda: filters.threshold_triangle(image),
        }, same=close(1e-9))  # fmt: skip
    for classes in (3, 4):
        byte = np.clip(ct / 4 + 64, 0, 255).astype(np.uint8)
        yield Row(f"multi-Otsu, {classes} classes", name(byte), {
            "ours": lambda: segmentation.multi_otsu(byte, classes=classes),
            "scikit-image": lambda: skimage.filters.threshold_multiotsu(byte, classes=classes),
            "SimpleITK": otsu_of_itk(byte, classes),
        }, same=close(2.01))  # fmt: skip
    real = ct.astype(np.float64)
    for method in ("mean", "gaussian"):
        yield Row(f"local threshold 51, {method}", name(real), {
            "ours": lambda: segmentation.local_threshold(real, size=51, method=method),
            "scikit-image": lambda: skimage.filters.threshold_local(real, 51, method=method),
        }, tolerance=1e-6)  # fmt: skip


def morphology_rows() -> Iterator[Row]:
    plane = (255 * blobs((512, 512))).astype(np.uint8)
    volume = (4000 * blobs((128, 256, 256))).astype(np.int16)
    disk, ball = skimage.morphology.disk(3).astype(np.uint8), skimage.morphology.ball(3).astype(bool)
    yield Row("erosion, disk 3", name(plane), {
        "ours": lambda: segmentation.erosion(plane, size=7, element="ball"),
        "scipy": lambda: ndimage.grey_erosion(plane, footprint=disk),
        "scikit-image": lambda: skimage.morphology.erosion(plane, disk),
        "OpenCV": lambda: cv2.erode(plane, disk),
    })  # fmt: skip
    yield Row("opening, disk 3", name(plane), {
        "ours": lambda: segmentation.opening(plane, size=7, element="ball"),
        "scikit-image": lambda: skimage.morphology.opening(plane, disk),
        "OpenCV": lambda: cv2.morphologyEx(plane, cv2.MORPH_OPEN, disk),
    }, edge=6)  # fmt: skip
    for image in (volume, (volume / 16).astype(np.uint8), volume.astype(np.float32)):
        yield Row("erosion, ball 3", name(image), {
            "ours": lambda: segmentation.erosion(image, size=7, element="ball"),
            "scipy": lambda: ndimage.grey_erosion(image, footprint=ball),
            "scikit-image": lambda: skimage.morphology.erosion(image, ball),
            "SimpleITK": itk(lambda sitk, im: sitk.GrayscaleErode(im, [3, 3, 3], sitk.sitkBall), image),
        }, edge=3)  # fmt: skip
    yield Row("dilation, box 5", name(volume), {
        "ours": lambda: segmentation.dilation(volume, size=5),
        "scipy": lambda: ndimage.maximum_filter(volume, 5),
        "SimpleITK": itk(lambda sitk, im: sitk.GrayscaleDilate(im, [2, 2, 2], sitk.sitkBox), volume),
    }, edge=2)  # fmt: skip
    mask = volume > 2000
    yield Row("binary closing, ball 3", name(mask), {
        "ours": lambda: segmentation.closing(mask, size=7, element="ball"),
        "scipy": lambda: ndimage.binary_closing(mask, ball),
        "scikit-image": lambda: skimage.morphology.closing(mask, ball),
        "SimpleITK": itk(lambda sitk, im: sitk.BinaryMorphologicalClosing(im, [3, 3, 3], sitk.sitkBall, 1),
                         mask.astype(np.uint8)),
    }, edge=6)  # fmt: skip
    yield Row("white top-hat, disk 3", name(plane), {
        "ours": lambda: segmentation.white_top_hat(plane, size=7, element="ball"),
        "scikit-image": lambda: skimage.morphology.white_tophat(plane, disk),
        "OpenCV": lambda: cv2.morphologyEx(plane, cv2.MORPH_TOPHAT, disk),
    }, edge=6)  # fmt: skip


def region_rows() -> Iterator[Row]:
    def cc3d(mask: NDArray, connectivity: int) -> Any:
        import cc3d

        return cc3d.connected_components(mask, connectivity=connectivity)

    mask = blobs((128, 256, 256)) > 0.5
    byte, data = mask.astype(np.uint8), name(mask)
    for connectivity, neighbours in ((1, 6), (3, 26)):
        yield Row(f"label, {neighbours} neighbours", data, {
            "ours": lambda: segmentation.label(mask, connectivity=connectivity),
            "scipy": lambda: ndimage.label(mask, FULL if connectivity == 3 else None)[0],
            "scikit-image": lambda: skimage.measure.label(mask, connectivity=connectivity),
            "SimpleITK": itk(lambda sitk, im: sitk.ConnectedComponent(im, connectivity == 3), byte),
            "cc3d": lambda: cc3d(mask, neighbours),
        }, same=same_regions)  # fmt: skip
    plane = blobs((512, 512), 2) > 0.5
    yield Row("label, 8 neighbours", name(plane), {
        "ours": lambda: segmentation.label(plane, connectivity=2),
        "scipy": lambda: ndimage.label(plane, FULL[0])[0],
        "scikit-image": lambda: skimage.measure.label(plane, connectivity=2),
        "OpenCV": lambda: cv2.connectedComponents(plane.view(np.uint8), connectivity=8)[1],
        "cc3d": lambda: cc3d(plane, 8),
    }, same=same_regions)  # fmt: skip
    yield Row("fill holes", data, {
        "ours": lambda: segmentation.fill_holes(mask),
        "scipy": lambda: ndimage.binary_fill_holes(mask),
        "SimpleITK": itk(lambda sitk, im: sitk.BinaryFillhole(im, False, 1), byte),
    })  # fmt: skip
    yield Row("remove small, 500 voxels", data, {
        "ours": lambda: segmentation.remove_small(mask, size=500),
        "scikit-image": lambda: skimage.morphology.remove_small_objects(mask, max_size=499),
    })  # fmt: skip
    yield Row("distance transform", data, {
        "ours": lambda: segmentation.distance_transform(mask, spacing=(2.5, 0.7, 0.7)),
        "scipy": lambda: ndimage.distance_transform_edt(mask, (2.5, 0.7, 0.7)),
        "edt": lambda: edt(mask, (2.5, 0.7, 0.7)),
        "SimpleITK": maurer(byte, (0.7, 0.7, 2.5)),
    }, same=lambda ours, theirs: bool(np.abs(ours - array_of(theirs))[mask].max() < 1e-4))  # fmt: skip


def edt(mask: NDArray, spacing: tuple[float, ...]) -> Any:
    import edt as peer

    return peer.edt(mask, anisotropy=spacing, parallel=4)


def maurer(byte: NDArray, spacing: tuple[float, ...]) -> Call:
    def run(sitk: Any, image: Any) -> Any:
        image.SetSpacing(spacing)
        return sitk.SignedMaurerDistanceMap(image, False, False, True)

    # SimpleITK measures from the border voxels of the object: outside its complement it is our distance inside.
    return itk(run, 1 - byte)


def growing_rows() -> Iterator[Row]:
    image = (4000 * blobs((128, 256, 256))).astype(np.int16)
    seed = tuple(int(i) for i in np.unravel_index(np.argmin(np.abs(image - 2000)), image.shape))
    low = int(image[seed]) - 400
    yield Row("region growing", name(image), {
        "ours": lambda: segmentation.region_growing(image, seeds=seed, tolerance=400),
        "scikit-image": lambda: skimage.segmentation.flood(image, seed, tolerance=400, connectivity=1),
        "SimpleITK": itk(lambda sitk, im: sitk.ConnectedThreshold(im, [seed[::-1]], low, low + 800), image),
    })  # fmt: skip
    real = image.astype(np.float32)
    yield Row("confidence growing", name(real), {
        "ours": lambda: segmentation.confidence_growing(real, seeds=seed, multiplier=1.5),
        "SimpleITK": itk(lambda sitk, im: sitk.ConfidenceConnected(im, [seed[::-1]], 4, 1.5, 1, 1), real),
    })  # fmt: skip
    for relief in ((255 * blobs((512, 512), 2)).astype(np.uint8), (255 * blobs((64, 128, 128))).astype(np.uint8)):
        markers = segmentation.label(relief < 60)
        rivals = {
            "ours": lambda: segmentation.watershed(relief, markers=markers),
            "scikit-image": lambda: skimage.segmentation.watershed(relief, markers),
            "SimpleITK": itk(
                lambda sitk, im, seeds: sitk.MorphologicalWatershedFromMarkers(im, seeds, False, False),
                relief, markers,
            ),
        }  # fmt: skip
        if relief.ndim == 2:
            colour = cv2.merge([relief] * 3)
            rivals["OpenCV"] = lambda: cv2.watershed(colour, markers.copy())
        yield Row("watershed", name(relief), rivals, same=nearly(0.02))
    yield from walker_rows()
    plane = blobs((256, 256), 2)
    yield Row("superpixels, 200", name(plane), {
        "ours": lambda: segmentation.superpixels(plane, count=200),
        "scikit-image": lambda: skimage.segmentation.slic(plane, 200, 0.1, channel_axis=None),
    })  # fmt: skip


def walker_rows() -> Iterator[Row]:
    rows, columns = np.indices((512, 512)) - 256
    noisy = (rows**2 + columns**2 < 120**2) + RNG.normal(0, 0.35, rows.shape)
    noisy = (noisy - noisy.min()) / np.ptp(noisy)
    seeds = np.zeros(noisy.shape, int)
    seeds[:20], seeds[240:260, 240:260] = 1, 2
    yield Row("random walker", name(noisy), {
        "ours": lambda: segmentation.random_walker(noisy, seeds=seeds, probabilities=True),
        "scikit-image": lambda: walker(noisy, seeds, "cg_j"),
        "scikit-image + pyamg": lambda: walker(noisy, seeds, "cg_mg"),
    }, same=close(0.05))  # fmt: skip


def walker(image: NDArray, seeds: NDArray, mode: str) -> Any:
    from threadpoolctl import threadpool_limits

    if mode == "cg_mg":
        import pyamg  # noqa: F401 without it scikit-image falls back on another solver

    # Its many short products of vectors are a hundred times slower where threads of BLAS wait for each other.
    with threadpool_limits(1):
        return skimage.segmentation.random_walker(image, seeds, mode=mode, tol=1e-4, return_full_prob=True)


def contour_rows() -> Iterator[Row]:
    ct = samples.load("head_ct").pixels.astype(np.float64).clip(-100, 200)
    standard = (ct - ct.mean()) / ct.std()
    rows, columns = np.indices(ct.shape) - 256
    start = rows**2 + columns**2 < 150**2
    steps = 2 * len(segmentation.morphological_chan_vese(ct, start=start, steps=24).energies)
    yield Row(f"morphological Chan-Vese, {steps} iterations", name(ct), {
        "ours": lambda: segmentation.morphological_chan_vese(ct, start=start, steps=24).mask,
        "scikit-image": lambda: skimage.segmentation.morphological_chan_vese(standard, steps, start),
    })  # fmt: skip
    yield Row("Chan-Vese, 50 steps", name(ct), {
        "ours": lambda: segmentation.chan_vese(ct, start=start, steps=50, tolerance=1e-12).mask,
        "scikit-image": lambda: skimage.segmentation.chan_vese(ct, mu=0.25, tol=1e-12, max_num_iter=50),
    }, same=nearly(0.05))  # fmt: skip


def rows() -> Iterator[Row]:
    yield from threshold_rows()
    yield from morphology_rows()
    yield from region_rows()
    yield from growing_rows()
    yield from contour_rows()


if __name__ == "__main__":
    main("segmentation", rows())
