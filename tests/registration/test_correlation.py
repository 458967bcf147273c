import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import fourier_shift
from skimage.registration import phase_cross_correlation

from workbench import samples
from workbench.registration import phase_correlation
from workbench.registration.correlation import overlap_correlation, shift_at

HEAD = samples.load("head_ct").pixels[::4, ::4].astype(float)


@given(st.tuples(st.floats(-30, 30), st.floats(-30, 30)))
@settings(deadline=None, max_examples=30)
def test_a_shift_of_any_fraction_is_found_as_by_scikit_image(shift):
    moved = np.fft.ifftn(fourier_shift(np.fft.fftn(HEAD), shift)).real
    found, peak = phase_correlation(HEAD, moved)
    np.testing.assert_allclose(found, shift, atol=0.02)
    theirs = phase_cross_correlation(moved, HEAD, upsample_factor=100)[0]
    np.testing.assert_allclose(found, theirs, atol=0.015)
    assert 0 < peak <= 1 + 1e-9


def test_volumes_and_odd_sides():
    volume = np.random.default_rng(0).random((11, 14, 9))
    found, peak = phase_correlation(volume, np.roll(volume, (3, -5, 2), axis=(0, 1, 2)), precision=1)
    np.testing.assert_array_equal(found, (3, -5, 2))
    assert peak == pytest.approx(1)


def test_a_low_pass_helps_against_noise():
    rng = np.random.default_rng(0)
    noisy = [array + rng.normal(0, 300, HEAD.shape) for array in (HEAD, np.roll(HEAD, (5, 7), axis=(0, 1)))]
    found, _ = phase_correlation(*noisy, low_pass=1.5)
    np.testing.assert_allclose(found, (5, 7), atol=0.3)


def test_what_cannot_be_correlated():
    with pytest.raises(ValueError, match="constant"):
        phase_correlation(np.ones((5, 5)), HEAD[:5, :5])
    with pytest.raises(ValueError, match="same shape"):
        phase_correlation(HEAD, HEAD[1:])


@given(
    st.tuples(st.integers(3, 7), st.integers(3, 7)),
    st.tuples(st.integers(3, 7), st.integers(3, 7)),
    st.integers(0, 99),
)
@settings(deadline=None, max_examples=25)
def test_each_shift_has_the_correlation_of_its_overlap(shape, other, seed):
    rng = np.random.default_rng(seed)
    moving, fixed = rng.random(shape), rng.random(other)
    masks = rng.random(shape) < 0.8, rng.random(other) < 0.8
    masks[0][0, 0] = masks[1][0, 0] = True
    correlation, count = overlap_correlation(moving, fixed, *masks)
    for index in np.ndindex(correlation.shape):
        down, right = shift_at(index, fixed.shape, correlation.shape)
        pairs = [
            (moving[i, j], fixed[i + down, j + right])
            for i, j in np.argwhere(masks[0])
            if 0 <= i + down < other[0] and 0 <= j + right < other[1] and masks[1][i + down, j + right]
        ]
        assert count[index] == max(len(pairs), 1)
        if len(pairs) > 2:
            assert correlation[index] == pytest.approx(np.corrcoef(np.transpose(pairs))[0, 1], abs=1e-6)
