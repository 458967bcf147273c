"""Our filters beside scipy.ndimage, scikit-image and SimpleITK: ``python benchmarks/processing.py``.

All get the same arrays in memory. Results are compared away from the border, where the libraries differ: to 1e-4
of the range, or to 1e-2 where a library cuts the Gaussian off elsewhere or takes another (SimpleITK: discrete).
"""

from functools import partial

import numpy as np
import skimage
from scipy import ndimage
from timing import compare, missing, print_table

from workbench import processing, samples

EDGE = 12
SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float)


def agree(ours, theirs, tolerance):
    if hasattr(theirs, "GetSpacing"):
        import SimpleITK

        theirs = SimpleITK.GetArrayFromImage(theirs)
    inner = (slice(EDGE, -EDGE),) * ours.ndim
    ours, theirs = np.asarray(ours, float)[inner], np.asarray(theirs, float)[inner]
    return np.allclose(ours, theirs, rtol=0, atol=tolerance * np.ptp(ours))


def images():
    ct = samples.load("head_ct").pixels
    byte = processing.window(ct, level=40, width=400, output_range=(0, 255)).round().astype(np.uint8)
    volume = processing.crop(samples.load("mni152_t1").pixels, start=(30, 30, 30), stop=(158, 158, 158))
    return {
        "512 x 512 float32": ct.astype(np.float32),
        "512 x 512 uint8": byte,
        "128^3 float32": volume.astype(np.float32),
    }


def tasks(image):
    """Task to rivals: ours and those of Python as they are, SimpleITK's as (array, filter of an ITK image)."""
    real = image.astype(np.float64) if image.dtype == np.uint8 else image
    kernel = SHARPEN.astype(real.dtype)[(None,) * (image.ndim - 2)]
    chosen = {
        "mean 5": {
            "ours": lambda: processing.mean(image, size=5),
            "scipy": lambda: ndimage.uniform_filter(real, 5),
            "SimpleITK": (real, lambda itk, picture: itk.BoxMean(picture, [2] * image.ndim)),
        },
        "gaussian 1.5": {
            "ours": lambda: processing.gaussian(image, sigma=1.5),
            "scipy": lambda: ndimage.gaussian_filter(real, 1.5),
            "scikit-image": lambda: skimage.filters.gaussian(real, sigma=1.5, mode="reflect", preserve_range=True),
            "SimpleITK": (real, lambda itk, picture: itk.DiscreteGaussian(picture, 1.5**2, 13, 1e-5, False)),
        },
        "convolve 3 x 3": {
            "ours": lambda: processing.convolve(image, kernel=kernel),
            "scipy": lambda: ndimage.convolve(real, kernel),
            "SimpleITK": (real, lambda itk, picture: itk.Convolution(picture, itk.GetImageFromArray(kernel))),
        },
        "median 3": {
            "ours": lambda: processing.median(image, size=3),
            "scipy": lambda: ndimage.median_filter(image, 3),
            "SimpleITK": (image, lambda itk, picture: itk.Median(picture, [1] * image.ndim)),
        },
    }
    if image.ndim == 2:
        unit = processing.stretch(real, percentiles=(0, 100))
        chosen["median 5"] = {
            "ours": lambda: processing.median(image, size=5),
            "scipy": lambda: ndimage.median_filter(image, 5),
            "SimpleITK": (image, lambda itk, picture: itk.Median(picture, [2, 2])),
        }
        chosen["bilateral 1"] = {
            "ours": lambda: processing.bilateral(unit, sigma=1, range_sigma=0.1),
            "SimpleITK": (unit, lambda itk, picture: itk.Bilateral(picture, 1.0, 0.1, 1000)),
        }
    if image.dtype == np.uint8:
        chosen["equalize"] = {
            "ours": lambda: processing.equalize(image),
            "scikit-image": lambda: skimage.exposure.equalize_hist(image),
        }
    return chosen


def peers(rivals, absent):
    """Make every rival a function without arguments; ITK images are made beforehand, as a user of ITK has them."""
    for name, rival in rivals.items():
        if callable(rival):
            yield name, rival
        elif name not in absent:
            import SimpleITK

            array, call = rival
            yield name, partial(call, SimpleITK, SimpleITK.GetImageFromArray(array))


def main():
    absent = missing("SimpleITK")
    rows = []
    for title, image in images().items():
        for task, rivals in tasks(image).items():
            tolerance = 1e-2 if task.startswith(("gaussian", "bilateral")) else 1e-4
            rows.append(
                compare(f"{task}, {title}", dict(peers(rivals, absent)), partial(agree, tolerance=tolerance))
            )
    print_table(["task", "ours [ms]", "peers [ms] (times ours)"], rows)


if __name__ == "__main__":
    main()
