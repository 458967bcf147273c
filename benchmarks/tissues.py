"""Mixtures, classifiers, and measures of masks beside their peers: ``python benchmarks/tissues.py``.

What is equal first: scikit-learn's k-means is not better than ours by more than 1e-5 of its inertia, and its
mixture not by more than 0.005 in mean log-likelihood, at one tolerance; SimpleITK's STAPLE agrees to 1e-3, its
Hausdorff distance of surfaces to 1e-4.

``python benchmarks/tissues.py --quality`` prints how well the tissues of the average brain are found, with noise
and a bias field, without and with correction; ``--memory`` the peak of classifying 512 x 512 x 300 voxels.
"""

import resource
import sys
import time
from collections.abc import Iterator

import numpy as np
from scipy import ndimage
from sklearn.cluster import KMeans
from sklearn.metrics import cohen_kappa_score
from sklearn.mixture import GaussianMixture
from timing import Row, main, print_table

from workbench import evaluation, processing, samples, segmentation

RNG = np.random.default_rng(0)


def mixture_of_sklearn(column: np.ndarray, classes: int) -> GaussianMixture:
    found = GaussianMixture(classes, tol=1e-4, max_iter=500, init_params="kmeans", random_state=0).fit(column)
    found.labels = found.predict(column)
    return found


def clustering(name: str, image: np.ndarray, classes: int) -> Iterator[Row]:
    column = image.reshape(-1, 1).astype(np.float64)
    yield Row(
        f"k-means, {classes} classes",
        name,
        {
            "ours": lambda: segmentation.kmeans(image, classes=classes),
            "scikit-learn": lambda: KMeans(classes, n_init=1, random_state=0).fit(column),
        },
        same=lambda ours, theirs: theirs.inertia_ > ours.inertia * (1 - 1e-5),
    )
    yield Row(
        f"Gaussian mixture, {classes} classes",
        name,
        {
            "ours": lambda: segmentation.gaussian_mixture(image, classes=classes, tolerance=1e-4),
            "scikit-learn": lambda: mixture_of_sklearn(column, classes),
        },
        same=lambda ours, theirs: ours.log_likelihoods[-1] > theirs.lower_bound_ - 5e-3,
    )


def masks() -> tuple[np.ndarray, np.ndarray]:
    noise = ndimage.gaussian_filter(RNG.random((2, 128, 256, 256)), (0, 8, 8, 8))
    both = ndimage.gaussian_filter(RNG.random((128, 256, 256)), 8)
    first, second = (both + 0.3 * part > np.median(both + 0.3 * part) for part in noise)
    return first, second


def hausdorff_of_itk(first: object, second: object) -> float:
    import SimpleITK as sitk

    first, second = (
        picture & ~sitk.BinaryErode(picture, [1] * 3, sitk.sitkCross, 0, 1) for picture in (first, second)
    )
    found = sitk.HausdorffDistanceImageFilter()
    found.Execute(first, second)
    return found.GetHausdorffDistance()


def staple_of_itk(pictures: list[object]) -> object:
    import SimpleITK as sitk

    return sitk.STAPLE(pictures)


def rows() -> Iterator[Row]:
    head = samples.load("head_ct").pixels
    yield from clustering("300 x 484 int16 MR", samples.load("abdomen_mr").pixels, 3)
    noisy = (head + RNG.normal(0, 5, head.shape)).astype(np.float32)
    yield from clustering("512 x 512 float32 CT", noisy, 3)
    brain = samples.load("mni152_t1").pixels
    yield from clustering("1.9 million uint8 of a brain", brain[brain > 0], 3)
    first, second = masks()
    try:
        import SimpleITK as sitk
    except ModuleNotFoundError:
        return
    pictures = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in (first, second)]
    yield Row(
        "Hausdorff distance of surfaces",
        "128 x 256 x 256",
        {"ours": lambda: evaluation.hausdorff(first, second), "SimpleITK": lambda: hausdorff_of_itk(*pictures)},
        same=lambda ours, theirs: abs(ours - theirs) < 1e-4,
    )
    readers = [
        mask ^ (RNG.random(mask.shape) < share) for mask, share in ((first, 0.05), (first, 0.1), (first, 0.2))
    ]
    opinions = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in readers]
    yield Row(
        "STAPLE, 3 readers",
        "128 x 256 x 256",
        {"ours": lambda: evaluation.staple(readers).probabilities, "SimpleITK": lambda: staple_of_itk(opinions)},
        tolerance=1e-3,
    )
    yield Row(
        "Cohen's kappa",
        "128 x 256 x 256",
        {
            "ours": lambda: evaluation.cohen_kappa(first, second),
            "scikit-learn": lambda: cohen_kappa_score(first.ravel(), second.ravel()),
        },
        same=lambda ours, theirs: abs(ours - theirs) < 1e-9,
    )


def quality() -> None:
    """Print the Dice of grey and white matter by method, noise, and shading."""
    head, grey, white = (samples.load(f"mni152_{name}").pixels for name in ("t1", "grey", "white"))
    inside, fractions = head > 0, np.stack([1 - grey - white, grey, white])
    learn = np.zeros(inside.shape, bool)
    learn[::10] = True
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in head.shape), indexing="ij")
    shading = np.exp(0.2 * (0.8 * x + 0.6 * y**2 - 0.5 * z + 0.4 * x * y))
    lines = []
    for noise in (0.0, 0.03, 0.05):
        for field in ("none", "shaded", "shaded, corrected"):
            image = head * (shading if field != "none" else 1) + RNG.normal(0, noise * 214, head.shape)
            image = np.where(inside, image.clip(1), 0).astype(np.float32)
            if field.endswith("corrected"):
                image = processing.correct_bias(image, mask=inside)
            mixture = segmentation.gaussian_mixture(image, mask=inside, mixed=True, smoothness=1.5 if noise else 0)
            templates = segmentation.fit_templates(image, fractions, mask=inside & learn)
            weights = segmentation.weighted_templates(image, templates, mask=inside, size=3 if noise else 1)
            labels = {"mixture": mixture.labels - 1.0, "templates": np.where(inside, weights.argmax(axis=0), -1)}
            scores = [
                f"{evaluation.dice(found == tissue, fractions[tissue] > 0.5):.3f}"
                for found in labels.values()
                for tissue in (1, 2)
            ]
            lines.append([f"{noise:.0%}", field, *scores])
    print_table(["noise", "shading", "mixture: grey", "white", "templates: grey", "white"], lines)


def memory() -> None:
    """Classify 512 x 512 x 300 voxels with the default bank and forest, and print time and peak."""
    volume = RNG.integers(0, 200, (300, 512, 512), dtype=np.int16)
    small = volume[:20, :128, :128]
    model = segmentation.PixelClassifier().fit([small], [ndimage.uniform_filter(small, 5) > 100])
    start = time.perf_counter()
    model.predict(volume)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"512 x 512 x 300 int16, 11 filters, 100 trees: {time.perf_counter() - start:.0f} s, peak {peak:.2f} GiB"
    )


if __name__ == "__main__":
    if "--quality" in sys.argv:
        quality()
    elif "--memory" in sys.argv:
        memory()
    else:
        main("tissues", rows())
