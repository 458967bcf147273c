import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import morphology as skimage_morphology

from workbench.images import Image
from workbench.segmentation import (
    black_top_hat,
    closing,
    dilation,
    erosion,
    morphological_gradient,
    opening,
    structuring_element,
    white_top_hat,
)

SETTINGS = settings(deadline=None, max_examples=50)
SHAPES = st.one_of(
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=9),
    arrays.array_shapes(min_dims=3, max_dims=3, max_side=6),
)
TYPES = st.sampled_from(
    [np.bool_, np.uint8, np.int8, np.uint16, np.int16, np.int32, np.int64, np.float32, np.float64]
)


@st.composite
def images(draw):
    dtype = np.dtype(draw(TYPES))
    elements = st.floats(-100, 100, width=16) if dtype.kind == "f" else None
    return draw(arrays.arrays(dtype, draw(SHAPES), elements=elements))


@st.composite
def images_and_elements(draw):
    image = draw(images())
    if draw(st.booleans()):
        size = tuple(draw(st.sampled_from([1, 3, 5, 7])) for _ in range(image.ndim))
        return image, {"size": size}, np.ones(size, bool)
    if draw(st.booleans()):
        size, shape = draw(st.sampled_from([3, 5, 7])), draw(st.sampled_from(["ball", "cross"]))
        return image, {"size": size, "element": shape}, written_out_element(shape, size // 2, image.ndim)
    spacing = tuple(draw(st.sampled_from([0.5, 1.0, 2.5])) for _ in range(image.ndim))
    radius = draw(st.sampled_from([0.4, 1.0, 1.5, 2.5]))
    return image, {"radius": radius, "spacing": spacing}, written_out_ball(radius, spacing)


def written_out_element(shape, half, ndim):
    element = np.zeros((2 * half + 1,) * ndim, bool)
    for index in np.ndindex(element.shape):
        steps = np.abs(np.subtract(index, half))
        element[index] = (steps @ steps <= half**2) if shape == "ball" else (np.count_nonzero(steps) <= 1)
    return element


def written_out_ball(radius, spacing):
    half = [int(radius // mm) for mm in spacing]
    ball = np.zeros([2 * n + 1 for n in half], bool)
    for index in np.ndindex(ball.shape):
        ball[index] = (
            np.linalg.norm([(i - n) * mm for i, n, mm in zip(index, half, spacing, strict=True)]) <= radius
        )
    return ball


@SETTINGS
@given(images_and_elements())
def test_erosion_and_dilation_equal_scipy(case):
    image, options, element = case
    before = image.copy()
    for ours, grey, binary, outside in [
        (erosion, ndimage.grey_erosion, ndimage.binary_erosion, 1),
        (dilation, ndimage.grey_dilation, ndimage.binary_dilation, 0),
    ]:
        result = ours(image, **options)
        if image.dtype == bool:
            expected = binary(image, element, border_value=outside)
        else:
            # By rank, because scipy computes in float64, which merges neighbouring large integers.
            values, ranks = np.unique(image, return_inverse=True)
            expected = values[grey(ranks.reshape(image.shape), footprint=element, mode="reflect")]
        assert result.dtype == image.dtype
        assert np.array_equal(result, expected)
    assert np.array_equal(image, before)


@SETTINGS
@given(images_and_elements())
def test_order_idempotence_and_duality(case):
    image, options, _ = case
    low, high = erosion(image, **options), dilation(image, **options)
    opened, closed = opening(image, **options), closing(image, **options)
    assert ((low <= opened) & (opened <= image) & (image <= closed) & (closed <= high)).all()
    assert np.array_equal(opening(opened, **options), opened)
    assert np.array_equal(closing(closed, **options), closed)
    complement = np.invert if image.dtype.kind in "bu" else np.negative
    wide = image if image.dtype.kind in "buf" else image.astype(np.int64) // 2
    assert np.array_equal(complement(erosion(wide, **options)), dilation(complement(wide), **options))


@SETTINGS
@given(images_and_elements(), st.integers(0, 2))
def test_a_flipped_image_gives_a_flipped_result(case, axis):
    image, options, _ = case
    axis %= image.ndim
    assert np.array_equal(opening(np.flip(image, axis), **options), np.flip(opening(image, **options), axis))


def test_scikit_image_agrees_inside():
    image = np.random.default_rng(0).integers(0, 255, (30, 40), dtype=np.uint8)
    disk = skimage_morphology.disk(3)
    inside = (slice(6, -6), slice(6, -6))
    for ours, theirs in [(opening, skimage_morphology.opening), (closing, skimage_morphology.closing)]:
        assert np.array_equal(ours(image, radius=3, spacing=(1, 1))[inside], theirs(image, disk)[inside])


def test_a_radius_is_in_millimetres():
    point = np.zeros((9, 9), bool)
    point[4, 4] = True
    grown = dilation(Image(point, spacing=(2.0, 1.0)), radius=2.0)
    assert grown[:, 4].sum() == 3
    assert grown[4].sum() == 5
    assert np.array_equal(grown, dilation(point, radius=2.0, spacing=(2.0, 1.0)))
    assert np.array_equal(dilation(point), dilation(point, size=3))


@SETTINGS
@given(images_and_elements())
def test_residues_are_what_they_are_called(case):
    image, options, _ = case
    wide = image.astype(object) if image.dtype.kind in "iu" else image.astype(image.dtype)
    if image.dtype == bool:
        wide = image.astype(int)

    def difference(upper, lower):
        return upper.astype(wide.dtype) - lower.astype(wide.dtype)

    for residue, upper, lower in [
        (white_top_hat(image, **options), image, opening(image, **options)),
        (black_top_hat(image, **options), closing(image, **options), image),
        (morphological_gradient(image, **options), dilation(image, **options), erosion(image, **options)),
    ]:
        assert np.array_equal(residue.astype(wide.dtype), difference(upper, lower))
        assert (residue >= 0).all()


def test_residues_of_signed_integers_do_not_overflow():
    image = np.array([[-32768, 32767, -32768]], np.int16)
    assert morphological_gradient(image, size=(1, 3)).tolist() == [[65535] * 3]
    assert white_top_hat(image, size=(1, 3)).tolist() == [[0, 65535, 0]]
    assert white_top_hat(image, size=(1, 3)).dtype == np.uint16


def test_elements_equal_scikit_images():
    for radius in (1, 2, 3, 5):
        assert np.array_equal(
            structuring_element(2, size=2 * radius + 1, element="ball"), skimage_morphology.disk(radius)
        )
        assert np.array_equal(
            structuring_element(3, radius=radius, spacing=(1, 1, 1)), skimage_morphology.ball(radius)
        )
    assert np.array_equal(structuring_element(2, element="cross"), skimage_morphology.diamond(1))
    assert structuring_element(3, radius=2.0, spacing=(2.0, 1.0, 0.5), element="box").shape == (3, 5, 9)
    element = structuring_element(2)
    element[:] = False
    assert structuring_element(2).all()


def test_large_elements_in_volumes_equal_scipys():
    volume = np.random.default_rng(0).integers(0, 1000, (20, 21, 30)).astype(np.int16)
    for options in ({"radius": 7.0, "spacing": (2.0, 1.0, 0.7)}, {"size": 13, "element": "cross"}):
        element = structuring_element(3, **options)
        assert np.array_equal(erosion(volume, **options), ndimage.grey_erosion(volume, footprint=element))


@pytest.mark.parametrize("function", [erosion, dilation, opening, closing, white_top_hat, morphological_gradient])
def test_chunks_change_nothing(function):
    dask = pytest.importorskip("dask.array")
    volume = np.random.default_rng(0).integers(0, 1000, (20, 21, 22)).astype(np.int16)
    chunks = dask.from_array(volume, chunks=(8, 21, 11))
    for options in ({"size": 3}, {"radius": 2.5, "spacing": (2.0, 1.0, 1.0)}, {"size": 5, "element": "cross"}):
        assert np.array_equal(function(chunks, **options).compute(), function(volume, **options))


@pytest.mark.parametrize(
    "function", [erosion, dilation, opening, closing, white_top_hat, black_top_hat, morphological_gradient]
)
@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.ones((3, 3)), {"size": 2}, "odd positive"),
        (np.ones((3, 3)), {"size": (3, 3, 3)}, "2 axes"),
        (np.ones((3, 3)), {"size": 3, "radius": 1.0}, "received both"),
        (np.ones((3, 3)), {"radius": 1.0}, "give spacing"),
        (np.ones((3, 3)), {"radius": 0, "spacing": (1, 1)}, "radius must be positive"),
        (np.ones((3, 3)), {"radius": 1, "spacing": (1, 0)}, "spacing must be 2 positive"),
        (np.ones((3, 3)), {"radius": 1, "spacing": (1, 1, 1)}, "spacing must be 2 positive"),
        (np.ones((3, 3)), {"element": "disk"}, "element must be"),
        (np.ones(3), {}, "2 or 3 axes"),
        (np.array([[np.nan]]), {}, "finite"),
        (np.ones((0, 3)), {}, "at least one element"),
    ],
)
def test_bad_input(function, image, options, message):
    with pytest.raises(ValueError, match=message):
        function(image, **options)
