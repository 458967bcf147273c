import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage
from scipy.spatial.distance import cdist

from workbench.evaluation import (
    average_surface_distance,
    compare_masks,
    hausdorff,
    normalized_surface_distance,
    volume_difference,
)
from workbench.images import Image

SETTINGS = settings(deadline=None, max_examples=50)
MASKS = arrays.arrays(bool, (4, 5, 6), elements=st.booleans())
SPACINGS = st.sampled_from([(1.0, 1.0, 1.0), (3.0, 0.7, 0.5), (0.5, 2.0, 1.0)])


def written_out(mask, reference, spacing):
    """Both lists of distances by all pairs of border voxels."""
    borders = [region & ~ndimage.binary_erosion(region) for region in (mask, reference)]
    points = [np.argwhere(border) * spacing for border in borders]
    pairs = cdist(*points)
    return pairs.min(axis=1), pairs.min(axis=0)


@SETTINGS
@given(MASKS, MASKS, SPACINGS)
def test_distances_are_those_of_the_definitions(mask, reference, spacing):
    if not (mask.any() and reference.any()):
        return
    there, back = written_out(mask, reference, spacing)
    for percentile in (100, 95, 50):
        expected = max(np.percentile(there, percentile), np.percentile(back, percentile))
        assert hausdorff(mask, reference, spacing=spacing, percentile=percentile) == pytest.approx(expected)
    both = np.concatenate([there, back])
    assert average_surface_distance(mask, reference, spacing=spacing) == pytest.approx(both.mean())
    for tolerance in (0.0, 1.0, 2.0):
        expected = (both <= tolerance + 1e-9).mean()
        found = normalized_surface_distance(mask, reference, spacing=spacing, tolerance=tolerance)
        assert found == pytest.approx(expected)


@SETTINGS
@given(MASKS, MASKS)
def test_the_order_and_a_flip_do_not_matter(mask, reference):
    for measure in (hausdorff, average_surface_distance):
        expected = measure(mask, reference)
        assert measure(reference, mask) == pytest.approx(expected, nan_ok=True)
        assert measure(mask[::-1, :, ::-1], reference[::-1, :, ::-1]) == pytest.approx(expected, nan_ok=True)


def test_two_boxes_of_anisotropic_voxels():
    mask, reference = np.zeros((2, 10, 20, 20), bool)
    mask[2:8, 5:15, 5:15] = True
    reference[2:8, 5:15, 8:18] = True
    spacing = (5.0, 1.0, 2.0)
    # Moved by 3 columns of 2 mm: the ends are 6 mm away, the sides overlap on 7 of 10 columns.
    assert hausdorff(mask, reference, spacing=spacing) == 6.0
    assert volume_difference(mask, reference, spacing=spacing) == 0.0
    thicker = reference.copy()
    thicker[8] = reference[7]
    assert hausdorff(thicker, reference, spacing=spacing) == 5.0
    assert volume_difference(thicker, reference, spacing=spacing) == 10 * 10 * 10 / 1000
    assert volume_difference(thicker, reference, relative=True) == pytest.approx(1 / 6)


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.0, 1.0, 0.5)])
def test_two_spheres_have_the_distance_of_their_radii(spacing):
    places = np.stack(np.meshgrid(*(np.arange(-32, 32.5, step) for step in spacing), indexing="ij"))
    radius = np.sqrt((places**2).sum(axis=0))
    small, large = radius <= 20, radius <= 25
    voxel = np.linalg.norm(spacing)
    assert hausdorff(small, large, spacing=spacing) == pytest.approx(5, abs=voxel)
    assert hausdorff(small, large, spacing=spacing, percentile=95) == pytest.approx(5, abs=voxel)
    assert average_surface_distance(small, large, spacing=spacing) == pytest.approx(5, abs=0.35 * voxel)
    assert normalized_surface_distance(small, large, spacing=spacing, tolerance=5 + voxel) == 1
    assert normalized_surface_distance(small, large, spacing=spacing, tolerance=5 - voxel) == 0
    expected = 4 / 3 * np.pi * (20**3 - 25**3) / 1000
    assert volume_difference(small, large, spacing=spacing) == pytest.approx(expected, rel=0.01)
    assert volume_difference(small, large, relative=True) == pytest.approx((20 / 25) ** 3 - 1, abs=0.01)


def test_simpleitks_hausdorff_distance_of_surfaces():
    sitk = pytest.importorskip("SimpleITK")
    rng = np.random.default_rng(0)
    mask, reference = (ndimage.gaussian_filter(rng.random((20, 30, 40)), 3) > 0.5 for _ in range(2))
    spacing = (2.0, 1.0, 0.7)
    borders = []
    for region in (mask, reference):
        border = sitk.GetImageFromArray((region & ~ndimage.binary_erosion(region)).astype(np.uint8))
        border.SetSpacing(spacing[::-1])
        borders.append(border)
    theirs = sitk.HausdorffDistanceImageFilter()
    theirs.Execute(*borders)
    assert hausdorff(mask, reference, spacing=spacing) == pytest.approx(theirs.GetHausdorffDistance(), abs=1e-5)


def test_what_is_missing():
    empty, full = np.zeros((3, 3), bool), np.ones((3, 3), bool)
    assert hausdorff(empty, full) == average_surface_distance(full, empty) == np.inf
    assert normalized_surface_distance(empty, full, tolerance=1) == 0
    for measure in (hausdorff, average_surface_distance):
        assert np.isnan(measure(empty, empty))
        assert measure(full, full) == 0
    assert np.isnan(normalized_surface_distance(empty, empty, tolerance=1))
    assert volume_difference(full, empty, relative=True) == np.inf
    assert np.isnan(volume_difference(empty, empty, relative=True))
    assert volume_difference(empty, full, relative=True) == -1


def test_an_image_brings_its_spacing():
    mask, reference = np.zeros((2, 1, 1, 9), bool)
    mask[..., 0] = reference[..., 8] = True
    images = [Image(array, spacing=(1.0, 1.0, 0.5)) for array in (mask, reference)]
    assert hausdorff(*images) == hausdorff(images[0], reference) == 4.0
    assert hausdorff(mask, reference, spacing=(1.0, 1.0, 2.0)) == 16.0
    with pytest.raises(ValueError, match="leave it out"):
        hausdorff(*images, spacing=(1.0, 1.0, 2.0))
    with pytest.raises(ValueError, match="one spacing"):
        hausdorff(images[0], Image(reference, spacing=(1.0, 1.0, 1.0)))


def test_the_table_holds_what_the_functions_say():
    rng = np.random.default_rng(0)
    found, truth = rng.integers(0, 3, (2, 5, 6, 7))
    found[found == 2] = 4
    spacing = (2.0, 1.0, 1.0)
    table = compare_masks(found, truth, spacing=spacing, tolerance=2.0)
    assert list(table.index) == [1, 2, 4]
    one = (found == 1, truth == 1)
    assert table.loc[1, "hausdorff_95_mm"] == hausdorff(*one, spacing=spacing, percentile=95)
    assert table.loc[1, "average_surface_distance_mm"] == average_surface_distance(*one, spacing=spacing)
    within = normalized_surface_distance(*one, spacing=spacing, tolerance=2.0)
    assert table.loc[1, "normalized_surface_distance"] == within
    assert table.loc[1, "volume_difference_ml"] == volume_difference(*one, spacing=spacing)
    assert table.loc[2, ["dice", "hausdorff_mm"]].tolist() == [0, np.inf]
    named = compare_masks(found, truth, spacing=spacing, labels={"grey": 1, "none": 9})
    assert list(named.index) == ["grey", "none"]
    assert np.isnan(named.loc["none", "dice"])
    flat = compare_masks(found[0], truth[0], spacing=(1.0, 1.0))
    assert "volume_difference_ml" not in flat


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hausdorff([[1]], [[1]], percentile=101), "percentile"),
        (lambda: hausdorff([[1]], [[1, 0]]), "same shape"),
        (lambda: hausdorff([[1]], [[1]], spacing=(1.0,)), "2 positive lengths"),
        (lambda: hausdorff([[1.0, np.nan]], [[1, 0]]), "finite"),
        (lambda: normalized_surface_distance([[1]], [[1]], tolerance=-1), "tolerance"),
        (lambda: volume_difference([[1]], [[1]], spacing=(1.0, 1.0)), "3 axes"),
        (lambda: volume_difference([[[1]]], [[[1]]]), "give spacing"),
        (lambda: compare_masks([[1]], [[1]]), "give spacing"),
        (lambda: compare_masks([[0]], [[0]], spacing=(1.0, 1.0)), "at least one label"),
        (lambda: compare_masks([[1]], [[1]], spacing=(1.0, 1.0), labels=[0]), "none of them 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
