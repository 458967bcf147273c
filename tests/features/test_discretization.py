import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.features import FixedBinNumber, FixedBinSize, default_discretization, discretize

VALUES = arrays(np.float64, st.integers(2, 30), elements=st.integers(-1000, 3000).map(float))


@settings(deadline=None, max_examples=40)
@given(VALUES, st.sampled_from([1.0, 25.0, 100.0]))
def test_fixed_bins_hold_their_intensities(values, width):
    levels = FixedBinSize(width, minimum=-1000).levels(values)
    assert (-1000 + (levels - 1) * width <= values).all()
    assert (values < -1000 + levels * width).all()


@settings(deadline=None, max_examples=40)
@given(VALUES, st.integers(2, 64))
def test_fixed_number_does_not_see_gain_and_offset(values, number):
    levels = FixedBinNumber(number).levels(values)
    np.testing.assert_array_equal(levels, FixedBinNumber(number).levels(4 * values + 512))
    if np.ptp(values):
        assert (levels.min(), levels.max()) == (1, number)
    assert (np.diff(levels[np.argsort(values)]) >= 0).all()


def test_fixed_size_starts_at_the_regions_minimum():
    np.testing.assert_array_equal(
        discretize([[900, 7, 8, 9]], [[0, 1, 1, 1]], discretization=FixedBinSize(2)), [[0, 1, 1, 2]]
    )


def test_constant_region_is_one_level():
    np.testing.assert_array_equal(FixedBinNumber(8).levels([3, 3]), [1, 1])


@pytest.mark.parametrize(
    ("units", "expected"),
    [("HU", FixedBinSize(25)), ("SUV", FixedBinSize(0.5, minimum=0)), ("", FixedBinNumber(32))],
)
def test_default_follows_the_units(units, expected):
    assert default_discretization(units) == expected


def test_bad_bins_raise():
    for width in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="width"):
            FixedBinSize(width)
    with pytest.raises(ValueError, match="minimum"):
        FixedBinSize(1, minimum=float("nan"))
    for number in (1, 2.5):
        with pytest.raises(ValueError, match="number of bins"):
            FixedBinNumber(number)
    with pytest.raises(ValueError, match="below the first bin"):
        FixedBinSize(10, minimum=0).levels([-1, 5])
    with pytest.raises(TypeError, match="FixedBinSize"):
        discretize([[1]], [[1]], discretization=32)
