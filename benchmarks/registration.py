"""Registration and panorama, measured: ``python benchmarks/registration.py`` (under 3 minutes).

First the accuracy: 50 random rigid and 50 random affine transforms of real images (turned by up to 20 degrees,
shifted by up to 10 % of the side; affine: axes scaled by 0.87 to 1.15, sheared by up to 0.1). The error is the
mean distance over the body between where the alignment takes a voxel from and where it is. A trial fails
silently if the error is above its limit and no RegistrationError was raised. Then 20 panoramas. Then times
beside the peers, which search nothing and prove nothing: they start from the right neighbourhood and return
what they end with.
"""

import os
import sys
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from workbench import images, processing, registration, samples, synthesis
from workbench.registration.sampling import sample_linear

SHARED = Path(os.environ.get("WORKBENCH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
LIMITS = {"rigid": 0.5, "affine": 1.0}
TRIALS = 50


def pictures(shared):
    """Real slices: three samples, and six more where the shared data is there."""
    yield np.asarray(processing.plane(samples.load("mni152_t1"), index=105), float)
    yield samples.load("abdomen_mr").pixels[:256, 100:356].astype(float)
    yield samples.load("head_ct").pixels[::2, ::2].astype(float)
    if shared.is_dir():
        yield np.asarray(images.read(shared / "registration_fusion/ants_mr_slices/r16slice.jpg"), float)
        yield np.asarray(images.read(shared / "registration_fusion/ct_head_2d/CT_2D_head_fixed.mha"), float)
        for path in sorted((shared / "cxr_kermany224/train/NORMAL").glob("*.jpeg"))[:4]:
            xray = np.asarray(images.read(path), float)
            yield xray if xray.ndim == 2 else xray.mean(axis=-1)


def random_transform(rng, kind, shape):
    angle = np.deg2rad(rng.uniform(-20, 20))
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if kind == "affine":
        linear = linear @ np.diag(rng.uniform(0.87, 1.15, 2)) @ [[1, rng.uniform(-0.1, 0.1)], [0, 1]]
    middle = (np.array(shape) - 1) / 2
    made = np.eye(3)
    made[:2, :2] = linear
    made[:2, 2] = middle + rng.uniform(-0.1, 0.1, 2) * shape - linear @ middle
    return made


def moved(fixed, transform):
    back = np.linalg.inv(transform)
    return sample_linear(fixed, back, fixed.shape, interpolation="cubic", fill=float(fixed.min()))


def misplaced(found, fixed, transform):
    body = np.argwhere(fixed > fixed.min() + 0.1 * np.ptp(fixed))[::7].astype(float)
    true = body @ transform[:2, :2].T + transform[:2, 2]
    return float(np.linalg.norm(found.inverse().apply_points(body) - true, axis=1).mean())


def trial(fixed, transform, kind, metric):
    """The error of one alignment; None where it is refused."""
    try:
        found = registration.align(moved(fixed, transform), fixed, transform=kind, metric=metric)
    except registration.RegistrationError:
        return None
    return misplaced(found, fixed, transform)


def accuracy(scenes):
    # On all cores at once: one alignment alone leaves most of them idle.
    parallel = Parallel(n_jobs=-1)
    for kind, limit in LIMITS.items():
        for metric in ("correlation", "mutual_information"):
            rng = np.random.default_rng(0)
            chosen = [scenes[index % len(scenes)] for index in range(TRIALS)]
            tasks = [(fixed, random_transform(rng, kind, fixed.shape), kind, metric) for fixed in chosen]
            found = parallel(delayed(trial)(*task) for task in tasks)
            errors = [error for error in found if error is not None]
            silent = sum(error >= limit for error in errors)
            print(
                f"{kind}, {metric}: {TRIALS} trials, median {np.median(errors):.3f}, greatest {max(errors):.3f} "
                f"voxels (limit {limit}); refused {TRIALS - len(errors)}, failed silently {silent}",
                flush=True,
            )


def panoramas(scenes):
    rng, worst, wrong = np.random.default_rng(0), 0, 0
    for trial in range(20):
        scene = scenes[trial % len(scenes)]
        whole = np.rint(180 * (scene - scene.min()) / np.ptp(scene)).astype(np.uint8)
        sides = (np.array(whole.shape) * 0.6).astype(int)
        room = np.array(whole.shape) - sides
        starts = np.array([(0, 0), room, (0, room[1]), (room[0], 0), *rng.integers(0, room + 1, (4, 2))])
        starts = starts[: rng.integers(2, 9)]
        gains = [1, *rng.uniform(0.75, 1.35, len(starts) - 1)]
        boxes = [tuple(map(slice, start, start + sides)) for start in starts]
        parts = [np.rint(whole[box] * gain).astype(np.uint8) for box, gain in zip(boxes, gains, strict=True)]
        try:
            joined = synthesis.panorama(parts)
        except registration.RegistrationError:
            wrong += 1
            continue
        wrong += not np.array_equal(joined.offsets, starts)
        size = joined.covered.shape
        off = np.abs(joined.image.astype(int) - whole[: size[0], : size[1]])[joined.covered].max()
        worst = max(worst, int(off))
    print(f"panorama: 20 of 2 to 8 crops, {wrong} misplaced or refused, greatest difference {worst} grey levels")


def rows():
    import cv2
    import SimpleITK as sitk
    from skimage.registration import phase_cross_correlation
    from timing import Row

    head = samples.load("head_ct").pixels.astype(np.float64)
    rolled = np.roll(head, (13, -27), axis=(0, 1))
    yield Row(
        "phase correlation, 0.01 voxel",
        "512 x 512 float64",
        {
            "ours": lambda: registration.phase_correlation(head, rolled)[0],
            "scikit-image": lambda: phase_cross_correlation(rolled, head, upsample_factor=100)[0],
        },
        tolerance=1e-2,
    )
    fixed = np.asarray(processing.plane(samples.load("mni152_t1"), index=105), float)
    transform = np.linalg.inv(registration.turned(fixed, degrees=6, shift=(5, -4)).matrix)
    moving = moved(fixed, transform).astype(np.float32)
    target = fixed.astype(np.float32)
    corners = np.array([(60.0, 60), (60, 140), (170, 60), (170, 140)])

    def ours():
        return registration.align(moving, target, metric="correlation").inverse().apply_points(corners)

    def ecc():
        small = [
            cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA) for image in (target, moving)
        ]
        warp = np.eye(2, 3, dtype=np.float32)
        stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-6)
        _, warp = cv2.findTransformECC(*small, warp, cv2.MOTION_EUCLIDEAN, stop)
        warp[:, 2] *= 4
        _, warp = cv2.findTransformECC(target, moving, warp, cv2.MOTION_EUCLIDEAN, stop)
        return (corners[:, ::-1] @ warp[:, :2].T + warp[:, 2])[:, ::-1]

    def itk():
        pair = [sitk.GetImageFromArray(image) for image in (target, moving)]
        start = sitk.CenteredTransformInitializer(
            *pair, sitk.Euler2DTransform(), sitk.CenteredTransformInitializerFilter.GEOMETRY
        )
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsCorrelation()
        method.SetInterpolator(sitk.sitkLinear)
        method.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-3, 200)
        method.SetOptimizerScalesFromPhysicalShift()
        method.SetShrinkFactorsPerLevel([4, 2, 1])
        method.SetSmoothingSigmasPerLevel([2, 1, 0])
        method.SetInitialTransform(start, inPlace=True)
        method.Execute(*pair)
        return np.array([start.TransformPoint(point[::-1].tolist())[::-1] for point in corners])

    rivals = {"ours": ours, "OpenCV ECC, two levels": ecc, "SimpleITK": itk}
    yield Row("rigid, with search and proof", "233 x 197 float32", rivals, tolerance=5e-3)
    volume = np.asarray(processing.resize(samples.load("mni152_t1"), shape=(128, 144, 128)), np.float32)
    alignment = registration.turned(volume, degrees=5, shift=3)
    back = np.linalg.inv(alignment.matrix)

    def scipys():
        from scipy.ndimage import affine_transform

        return affine_transform(volume, back[:3, :3], back[:3, 3], order=1, cval=float(volume.min()))

    yield Row(
        "apply, linear",
        "128 x 144 x 128 float32",
        {"ours": lambda: alignment.apply(volume), "scipy": scipys},
        tolerance=1e-3,
        edge=12,
    )


if __name__ == "__main__":
    from timing import main

    if len(sys.argv) == 1:
        scenes = list(pictures(SHARED))
        accuracy(scenes)
        panoramas(scenes)
    main("registration", rows())
