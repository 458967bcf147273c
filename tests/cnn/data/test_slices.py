import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import cnn


@settings(deadline=None, max_examples=30)
@given(lengths=st.lists(st.integers(1, 5), min_size=1, max_size=4), reach=st.integers(0, 3))
def test_neighbours_are_of_the_same_case(lengths, reach):
    cases = np.repeat(np.arange(len(lengths)), lengths)
    stack = np.random.default_rng(0).normal(size=(len(cases), 2, 3))
    found = cnn.with_neighbours(stack, cases, reach=reach)
    assert found.shape == (len(cases), 2, 3, 2 * reach + 1)
    for number, case in enumerate(cases):
        own = np.flatnonzero(cases == case)
        for channel, offset in enumerate(range(-reach, reach + 1)):
            expected = stack[min(max(number + offset, own[0]), own[-1])]
            np.testing.assert_array_equal(found[number, ..., channel], expected)


def test_an_even_image_has_lost_its_shading_and_its_scale():
    rng = np.random.default_rng(0)
    tissue = np.zeros((12, 48, 48))
    tissue[2:10, 8:40, 8:40] = 100 + 20 * (rng.normal(size=(8, 32, 32)) > 0)
    cases = ["a"] * 12
    plain = cnn.even_out(tissue, cases)
    shaded = cnn.even_out(3 * cnn.add_bias_field(tissue, strength=0.2), cases)
    inside = tissue > 0
    ratio = (shaded / np.maximum(plain, 1))[inside]
    assert ratio.std() < 0.02
    assert np.median(plain[inside]) == pytest.approx(100, rel=0.02)
    assert shaded.dtype == np.float32


def test_each_case_is_made_even_by_itself():
    rng = np.random.default_rng(1)
    volume = np.pad(rng.uniform(50, 60, (8, 32, 32)), ((0, 0), (8, 8), (8, 8)))
    both = cnn.even_out(np.concatenate([volume, 7 * volume]), ["a"] * 8 + ["b"] * 8)
    np.testing.assert_allclose(both[:8], both[8:], rtol=1e-3, atol=0.1)
    np.testing.assert_allclose(both[:8], cnn.even_out(volume, ["a"] * 8), rtol=1e-5)


def test_what_does_not_fit_is_refused():
    stack = np.ones((3, 4, 4))
    with pytest.raises(ValueError, match="reach must be"):
        cnn.with_neighbours(stack, ["a"] * 3, reach=-1)
    with pytest.raises(ValueError, match="n cases"):
        cnn.with_neighbours(stack, ["a"] * 2, reach=1)
    with pytest.raises(ValueError, match="n cases"):
        cnn.with_neighbours(stack[0], ["a"] * 4, reach=1)
    with pytest.raises(ValueError, match="stand together"):
        cnn.with_neighbours(stack, ["a", "b", "a"], reach=1)
    with pytest.raises(ValueError, match="must not be negative"):
        cnn.even_out(-stack, ["a"] * 3)
