"""Contrast and geometry beside their peers: ``python benchmarks/contrast_geometry.py``.

A peer has to compute the same thing: OpenCV's CLAHE has other tiles and other clipping, so it "differs". What
turns is compared within the circle that stays in the picture; OpenCV's and scikit-image's places are in single
precision.
"""

from functools import partial

import cv2
import numpy as np
import SimpleITK as sitk
import skimage
from scipy import ndimage
from timing import Row, array_of, main

from workbench import processing, samples

SPACING, TO = (2.47, 0.79, 0.79), (1.0, 1.0, 1.0)
ANGLE = 10.0


def picture():
    return samples.load("head_ct").pixels.astype(np.float32)


def volume(shape, dtype):
    """The head MR, smooth where it is smooth, repeated until it fills the shape."""
    head = samples.load("mni152_t1").pixels.astype(np.float32)
    whole = np.pad(head, [(0, max(n - m, 0)) for n, m in zip(shape, head.shape, strict=True)], mode="reflect")
    return np.ascontiguousarray(whole[tuple(slice(n) for n in shape)]).astype(dtype)


def label(array):
    return f"{' x '.join(map(str, array.shape))} {array.dtype}"


def contrast():
    ct = picture()
    byte = processing.window(ct, level=40, width=400, output_range=(0, 255)).round().astype(np.uint8)
    unit = processing.stretch(ct, percentiles=(0, 100))
    whole = volume((256, 256, 128), np.int16)
    cube = processing.stretch(volume((128, 128, 128), np.float32), percentiles=(0, 100))
    low, high = -160.0, 240.0
    itk = sitk.GetImageFromArray(ct)
    yield Row("window", label(ct), {
        "ours": lambda: processing.window(ct, level=40, width=400),
        "scikit-image": lambda: skimage.exposure.rescale_intensity(ct, in_range=(low, high), out_range=(0.0, 1.0)),
        "SimpleITK": lambda: sitk.IntensityWindowing(itk, low, high, 0.0, 1.0),
    }, tolerance=1e-6)  # fmt: skip
    for image in (byte, whole):
        yield Row("equalize", label(image), {
            "ours": partial(processing.equalize, image),
            "scikit-image": partial(skimage.exposure.equalize_hist, image),
        }, tolerance=1e-9)  # fmt: skip
    for image, reference in ((ct, byte), (whole, 2 * whole + 1)):
        yield Row("match histogram", label(image), {
            "ours": partial(processing.match_histogram, image, reference=reference),
            "scikit-image": partial(skimage.exposure.match_histograms, image, reference),
        }, tolerance=1e-6)  # fmt: skip
    adaptive = cv2.createCLAHE(0.01 * 256, (8, 8))
    for image in (unit, cube):
        rivals = {
            "ours": partial(processing.clahe, image),
            "scikit-image": partial(skimage.exposure.equalize_adapthist, image),
        }
        if image.ndim == 2:
            whole16 = np.rint(image * 65535).astype(np.uint16)
            rivals["OpenCV"] = partial(lambda codes: adaptive.apply(codes) / 65535, whole16)
        yield Row("CLAHE", label(image), rivals, tolerance=1e-6)
    for image, radius in ((byte.astype(np.float32), 50), (cube[:64, :64, :64] * 255, 12)):
        yield Row(f"rolling ball, radius {radius}", label(image), {
            "ours": partial(processing.rolling_ball, image, radius=radius),
            "scikit-image": partial(skimage.restoration.rolling_ball, image, radius=radius),
        }, tolerance=1e-5)  # fmt: skip


def by_scipy(image, shape, order):
    """Scipy at the places that `processing.resample` takes."""
    scale = np.divide(TO, SPACING)
    origin = [(n - 1 - k * (m - 1)) / 2 for n, k, m in zip(image.shape, scale, shape, strict=True)]
    sampled = ndimage.affine_transform(image, scale, origin, output_shape=shape, order=order, mode="nearest")
    return np.clip(sampled, image.min(), image.max()) if order == 3 else sampled


def by_itk(image, shape, order, interpolator):
    picture = sitk.GetImageFromArray(image)
    picture.SetSpacing(SPACING[::-1])
    origin = [
        ((n - 1) * old - (m - 1) * new) / 2 for n, m, old, new in zip(image.shape, shape, SPACING, TO, strict=True)
    ]
    low, high = float(image.min()), float(image.max())
    straight = np.eye(3).ravel().tolist()

    def resample():
        sampled = sitk.Resample(
            picture, shape[::-1], sitk.Transform(), interpolator, origin[::-1], TO[::-1], straight
        )
        return sitk.Clamp(sampled, lowerBound=low, upperBound=high) if order == 3 else sampled

    return resample


def sampling():
    itk_names = {0: sitk.sitkNearestNeighbor, 1: sitk.sitkLinear, 3: sitk.sitkBSpline}
    for order, name, image in (
        (0, "nearest", (volume((128, 256, 256), np.float32) > 60).astype(np.uint8)),
        (1, "linear", volume((128, 256, 256), np.float32)),
        (3, "cubic", volume((64, 128, 128), np.float32)),
    ):
        shape = processing.resample(image, to=TO, spacing=SPACING, order=order).shape
        # Cubic splines of ITK end otherwise at the border: all else is compared.
        yield Row(f"resample to 1 mm, {name}", label(image), {
            "ours": partial(processing.resample, image, to=TO, spacing=SPACING, order=order),
            "scipy": partial(by_scipy, image, shape, order),
            "SimpleITK": by_itk(image, shape, order, itk_names[order]),
        }, tolerance={0: 0, 1: 1e-6, 3: 1e-5}[order], edge=24)  # fmt: skip
    ct, whole = picture(), volume((128, 256, 256), np.float32)
    for shape in ((300, 300), (800, 800)):
        smaller = shape < ct.shape
        rivals = {
            "ours": partial(processing.resize, ct, shape=shape),
            "scikit-image": partial(skimage.transform.resize, ct, shape, mode="edge", preserve_range=True),
        }
        if not smaller:
            rivals["OpenCV"] = partial(cv2.resize, ct, shape)
        yield Row(f"resize to {shape[0]} x {shape[1]}", label(ct), rivals, tolerance=1e-6)
    goal = (320, 205, 205)
    yield Row("resize to 320 x 205 x 205, no smoothing", label(whole), {
        "ours": partial(processing.resize, whole, shape=goal, antialias=False),
        "scipy": lambda: ndimage.zoom(
            whole, np.divide(goal, whole.shape), order=1, mode="nearest", grid_mode=True
        ),
        "OpenCV": lambda: two_passes(whole, goal),
    }, tolerance=1e-6)  # fmt: skip


def two_passes(image, shape):
    """Resize planes, then the slice axis of all planes laid flat."""
    planes = np.stack([cv2.resize(plane, shape[:0:-1]) for plane in image])
    flat = planes.reshape(len(planes), shape[1], -1)
    rows = [cv2.resize(flat[:, row], (shape[2], shape[0])) for row in range(shape[1])]
    return np.stack(rows, axis=1)


def turning():
    ct, whole = picture(), volume((128, 256, 256), np.float32)
    low = float(ct.min())
    matrix = cv2.getRotationMatrix2D((255.5, 255.5), ANGLE, 1)
    yield Row("rotate 10 degrees", label(ct), {
        "ours": partial(processing.rotate, ct, angle=ANGLE),
        "scipy": lambda: ndimage.rotate(ct, ANGLE, reshape=False, order=1, cval=low),
        "scikit-image": lambda: skimage.transform.rotate(ct, ANGLE, preserve_range=True, cval=low),
        "OpenCV": lambda: cv2.warpAffine(ct, matrix, ct.shape, borderValue=low),
    }, same=inside)  # fmt: skip
    turn = sitk.Euler3DTransform([127.5, 127.5, 63.5], 0, 0, np.deg2rad(ANGLE))
    itk = sitk.GetImageFromArray(whole)
    bottom = float(whole.min())
    yield Row("rotate 10 degrees about the slice axis", label(whole), {
        "ours": partial(processing.rotate, whole, angle=ANGLE),
        "scipy": lambda: ndimage.rotate(whole, ANGLE, axes=(2, 1), reshape=False, order=1, cval=bottom),
        "SimpleITK": lambda: sitk.Resample(itk, turn, sitk.sitkLinear, bottom),
    }, same=inside)  # fmt: skip


def inside(ours, theirs):
    """Equal to 1e-5 within the circle: at the outline of what comes in, each library draws its own line."""
    rows, columns = np.indices(ours.shape[-2:])
    centre = (np.array(ours.shape[-2:]) - 1) / 2
    circle = np.hypot(rows - centre[0], columns - centre[1]) < centre.min() - 1
    return np.abs(array_of(ours) - array_of(theirs))[..., circle].max() <= 1e-5 * np.ptp(ours)


def rows():
    yield from contrast()
    yield from sampling()
    yield from turning()


if __name__ == "__main__":
    main("contrast_geometry", rows())
