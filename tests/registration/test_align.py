import itertools

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

from workbench import images, processing, registration, samples
from workbench.images import Image
from workbench.images.geometry import affine_from_spacing
from workbench.registration import RegistrationError, align
from workbench.registration.sampling import sample_linear


def slices(shared_data):
    folder = shared_data / "registration_fusion"
    xray = sorted((shared_data / "cxr_kermany224/train/NORMAL").glob("*.jpeg"))[5]
    yield np.asarray(images.read(folder / "ants_mr_slices/r16slice.jpg"), float)
    yield np.asarray(images.read(folder / "ct_head_2d/CT_2D_head_fixed.mha"), float)
    xray = np.asarray(images.read(xray), float)
    yield xray if xray.ndim == 2 else xray.mean(axis=-1)
    yield np.asarray(processing.plane(samples.load("mni152_t1"), index=105), float)


def matrix(rng, kind, shape):
    """From the fixed image's indices to the moving one's: turned and bent about the middle, then shifted."""
    ndim = len(shape)
    angles = rng.uniform(-20, 20, 1 if ndim == 2 else 3)
    linear = (
        Rotation.from_euler("z", angles[0], degrees=True).as_matrix()[:2, :2]
        if ndim == 2
        else Rotation.from_euler("zyx", angles / 2, degrees=True).as_matrix()
    )
    if kind == "affine":
        linear = (
            linear
            @ np.diag(rng.uniform(0.87, 1.15, ndim))
            @ (np.eye(ndim) + np.eye(ndim, k=1) * rng.uniform(-0.1, 0.1))
        )
    if kind == "similarity":
        linear = linear * rng.uniform(0.87, 1.15)
    made = np.eye(ndim + 1)
    middle = (np.array(shape) - 1) / 2
    made[:ndim, :ndim] = linear
    made[:ndim, ndim] = middle + rng.uniform(-0.1, 0.1, ndim) * shape - linear @ middle
    return made


def moved(fixed, to_moving):
    return sample_linear(
        fixed, np.linalg.inv(to_moving), fixed.shape, interpolation="cubic", fill=float(fixed.min())
    )


def error(found, fixed, to_moving):
    """Mean distance over the body of where the alignment takes its voxels from and where they are."""
    body = np.argwhere(fixed > fixed.min() + 0.1 * np.ptp(fixed))[::11].astype(float)
    ndim = fixed.ndim
    true = body @ to_moving[:ndim, :ndim].T + to_moving[:ndim, ndim]
    return np.linalg.norm(found.inverse().apply_points(body) - true, axis=1).mean()


@pytest.mark.parametrize("kind", ["rigid", "similarity", "affine"])
def test_known_transforms_of_real_slices_are_recovered(shared_data, kind):
    rng = np.random.default_rng(1)
    metrics = itertools.cycle(("correlation", "mutual_information"))
    for fixed, metric in zip(slices(shared_data), metrics, strict=False):
        to_moving = matrix(rng, kind, fixed.shape)
        found = align(moved(fixed, to_moving), fixed, transform=kind, metric=metric)
        assert found.converged
        assert error(found, fixed, to_moving) < (1 if kind == "affine" else 0.5)


def test_a_known_rigid_transform_of_a_volume_is_recovered():
    fixed = np.asarray(processing.resize(samples.load("mni152_t1"), shape=(60, 72, 60)), float)
    to_moving = matrix(np.random.default_rng(2), "rigid", fixed.shape)
    for metric in ("correlation", "mutual_information"):
        assert error(align(moved(fixed, to_moving), fixed, metric=metric), fixed, to_moving) < 0.5


def test_translations_of_overlapping_crops_are_found():
    scene = gaussian_filter(np.random.default_rng(0).normal(size=(160, 160)), 2)
    for shift in ((0, 0), (25, -30), (-7, 40)):
        low = 40 + np.array(shift)
        crop = scene[low[0] : low[0] + 80, low[1] : low[1] + 80]
        found = align(crop, scene[40:120, 40:120], transform="translation")
        np.testing.assert_allclose(found.apply_points([[9, 9]]) - 9, [shift], atol=0.05)


def test_one_person_in_two_weightings(shared_data):
    folder = shared_data / "registration_fusion/t1_pd_same_subject"
    weightings = [images.read(folder / f"chris_{name}.nii.gz") for name in ("t1", "PD")]
    found = align(*weightings)
    assert (found.metric, found.transform) == ("mutual_information", "rigid")
    assert found.distinctness > 5
    laid = found.apply(weightings[0])
    np.testing.assert_array_equal(laid.affine, weightings[1].affine)
    # Bright scalp and brain in both, air in both: the outlines agree.
    heads = [gaussian_filter(np.asarray(image, float), 2) > 12 for image in (laid, weightings[1])]
    dice = 2 * (heads[0] & heads[1]).sum() / (heads[0].sum() + heads[1].sum())
    assert dice > 0.95


def test_different_people_need_more_than_a_rigid_transform(shared_data):
    folder = shared_data / "registration_fusion/ants_mr_slices"
    moving, fixed = (np.asarray(images.read(folder / f"{name}slice.jpg"), float) for name in ("r64", "r16"))
    quality = [
        align(moving, fixed, transform=kind, metric="correlation").quality
        for kind in ("translation", "affine", "deformable")
    ]
    assert quality == sorted(quality)
    assert quality[-1] > quality[0] + 0.03


def test_a_deformation_never_folds_and_comes_back(shared_data):
    folder = shared_data / "registration_fusion/ants_mr_slices"
    moving, fixed = (np.asarray(images.read(folder / f"{name}slice.jpg"), float) for name in ("r30", "r16"))
    found = align(moving, fixed, transform="deformable", metric="correlation", knot_spacing=40)
    assert found.jacobian().min() > 0
    points = np.random.default_rng(0).uniform(40, 210, (60, 2))
    np.testing.assert_allclose(found.inverse().apply_points(found.apply_points(points)), points, atol=1e-3)
    with pytest.raises(RegistrationError, match="fixed grid"):
        found.inverse().jacobian()


def smooth(seed, sigma=3.0, shape=(120, 120)):
    return gaussian_filter(np.random.default_rng(seed).normal(size=shape), sigma)


@pytest.mark.parametrize("metric", ["correlation", "mutual_information"])
@pytest.mark.parametrize("kind", ["translation", "rigid", "affine"])
def test_images_that_have_nothing_in_common_are_refused(kind, metric):
    for sigma in (0.7, 3, 8):
        with pytest.raises(RegistrationError, match="cannot be trusted") as caught:
            align(smooth(1, sigma), smooth(2, sigma), transform=kind, metric=metric)
        assert caught.value.alignment.converged is False
        assert "NOT CONVERGED" in repr(caught.value.alignment)


def test_parts_without_overlap_are_refused(shared_data):
    for fixed in slices(shared_data):
        half = fixed.shape[0] // 2
        with pytest.raises(RegistrationError):
            align(fixed[: half - 8], fixed[half + 8 :], metric="correlation")


def test_a_mask_keeps_out_what_moved_otherwise():
    fixed = smooth(3)
    moving = np.roll(fixed, (4, -3), axis=(0, 1))
    moving[:, 70:] = smooth(4)[:, 70:]
    mask = np.zeros(fixed.shape, bool)
    mask[:, :60] = True
    found = align(moving, fixed, metric="correlation", mask=mask)
    np.testing.assert_allclose(found.apply_points([[34, 27]]), [[30, 30]], atol=0.1)


def test_images_are_compared_in_millimetres():
    whole = smooth(5, shape=(100, 140))
    fixed = Image(whole, affine=affine_from_spacing((5, 2, 1)), modality="CT")
    shifted = affine_from_spacing((5, 2, 1))
    shifted[:3, 3] = (3, -4, 20)
    moving = Image(whole, affine=shifted, modality="CT")
    found = align(moving, fixed)
    assert found.metric == "correlation"
    np.testing.assert_allclose(found.matrix, np.linalg.inv(shifted @ np.linalg.inv(fixed.affine)), atol=1e-2)
    np.testing.assert_allclose(np.asarray(found.apply(moving))[5:-5, 5:-5], whole[5:-5, 5:-5], atol=1e-3)


def test_other_orientations_are_no_obstacle():
    volume = processing.resize(samples.load("mni152_t1"), shape=(48, 56, 48))
    found = align(volume.oriented("PLS"), volume, rotation=0)
    np.testing.assert_allclose(found.matrix, np.eye(4), atol=0.02)


def test_a_run_is_repeatable_and_leaves_its_input_alone(shared_data):
    fixed = next(slices(shared_data))
    moving = moved(fixed, matrix(np.random.default_rng(0), "affine", fixed.shape))
    before = moving.copy(), fixed.copy()
    first, second = (align(moving, fixed, transform="affine", seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.matrix, second.matrix)
    np.testing.assert_array_equal(moving, before[0])
    np.testing.assert_array_equal(fixed, before[1])
    again = align(moving, fixed, transform="affine", initial=first)
    np.testing.assert_allclose(again.apply_points([[99, 88]]), first.apply_points([[99, 88]]), atol=0.05)


@pytest.mark.parametrize(
    ("moving", "fixed", "options", "message"),
    [
        (np.ones((20, 20)), smooth(0), {}, "moving is constant"),
        (smooth(0), np.zeros((20, 20)), {}, "fixed is constant"),
        (smooth(0), np.full((20, 20), np.nan), {}, "fixed must be finite"),
        (smooth(0), smooth(0, shape=(20, 20, 20)), {}, "both be slices or both volumes"),
        (smooth(0), smooth(0)[:4], {}, "at least 8 voxels"),
        (smooth(0)[0], smooth(0)[0], {}, "2 or 3 axes"),
        (smooth(0), Image(smooth(0), affine=np.eye(4)), {}, "both be Images with an affine"),
        (smooth(0), smooth(0), {"transform": "projective"}, "transform must be one of"),
        (smooth(0), smooth(0), {"metric": "ssd"}, "metric must be one of"),
        (smooth(0), smooth(0), {"rotation": 200}, "rotation must be from 0 to 180"),
        (smooth(0), smooth(0), {"mask": np.zeros((120, 120))}, "mask must have shape"),
        (smooth(0), smooth(0), {"moving_mask": np.ones((12, 12))}, "moving_mask must have shape"),
        (smooth(0), smooth(0), {"spacing": -1}, "spacing must be positive"),
        (smooth(0), smooth(0), {"transform": "deformable", "knot_spacing": 0}, "knot_spacing must be"),
        (Image(np.ones((9, 9, 3)), channel_axis=-1), smooth(0), {}, "moving must be grey"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(moving, fixed, options, message):
    with pytest.raises(ValueError, match=message):
        align(moving, fixed, **options)


def test_slices_in_other_planes_are_refused():
    volume = Image(smooth(0, shape=(40, 40, 40)), affine=np.eye(4))
    with pytest.raises(ValueError, match="parallel slices"):
        align(processing.plane(volume, axis=1), processing.plane(volume, axis=0))


@pytest.mark.parametrize("shape", [(20, 30), (9, 20, 30)])
def test_a_known_turn_keeps_the_centre_and_distances(shape):
    image = Image(np.zeros(shape), affine=affine_from_spacing((5, 2, 1)))
    known = registration.turned(image, degrees=30, shift=np.arange(len(shape)))
    grid = registration.Grid.of(image)
    points = grid.world(np.array([[(n - 1) / 2 for n in shape], [0.0] * len(shape)]))
    there = known.apply_points(points)
    assert np.linalg.norm(there[1] - there[0]) == pytest.approx(np.linalg.norm(points[1] - points[0]))
    expected = (
        points[0] + (grid.world([np.arange(len(shape)) / grid.spacing]) - grid.world([np.zeros(len(shape))]))[0]
    )
    np.testing.assert_allclose(there[0], expected)
    with pytest.raises(ValueError, match="must be finite"):
        registration.turned(image, degrees=np.nan)
