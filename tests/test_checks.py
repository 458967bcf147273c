import numpy as np
import pytest

from workbench.checks import one_of, real_array, same_shape, spacing_mm, window_size
from workbench.images import Image


@pytest.mark.parametrize("values", [[[1, 2]], [True], 3.5, np.float32(2), Image([[1.0]])])
def test_real_numbers_pass_unchanged(values):
    np.testing.assert_array_equal(real_array(values), np.asarray(values))


def test_an_array_is_not_copied():
    array = np.zeros(3)
    assert real_array(array) is array


@pytest.mark.parametrize("values", ["a", [None], [1j], [{"a": 1}], np.array(["2020"], "datetime64[Y]")])
def test_other_types_are_refused(values):
    with pytest.raises(TypeError, match="mask must hold real numbers"):
        real_array(values, name="mask")


def test_nothing_is_refused():
    with pytest.raises(ValueError, match=r"at least one element, received shape \(0, 3\)"):
        real_array(np.zeros((0, 3)))


@pytest.mark.parametrize(
    ("values", "count"), [([np.nan, 1], "1 NaN or infinite value of"), ([np.inf, -np.inf], "2 NaN")]
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_what_is_not_finite_is_counted(values, count, dtype):
    with pytest.raises(ValueError, match=count):
        real_array(np.array(values, dtype))


def test_same_shape():
    same_shape(a=np.zeros((2, 3)), b=np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"a and b must have the same shape, received a \(2,\), b \(1, 2\)"):
        same_shape(a=np.zeros(2), b=np.zeros((1, 2)))


@pytest.mark.parametrize(
    ("size", "expected"), [(3, (3, 3)), ((1, 5), (1, 5)), ([1, 3], (1, 3)), (np.int8(7), (7, 7))]
)
def test_window_size(size, expected):
    assert window_size(size, 2) == expected


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (4, "received 4; use 3 or 5"),
        (0, "use 1 or 3"),
        (-3, "use 1 or 3"),
        (3.0, "received 3.0"),
        ("3", "received '3'"),
        ((3, 3, 3), "each of the 2 axes"),
        ((3, 2), "use 1 or 3"),
    ],
)
def test_window_size_refuses(size, message):
    with pytest.raises(ValueError, match=message):
        window_size(size, 2)


def test_one_of():
    assert one_of("a", ("a", "b"), name="x") == "a"
    with pytest.raises(ValueError, match="x must be one of 'a', 'b', received 'c'"):
        one_of("c", ["a", "b"], name="x")


@pytest.mark.parametrize("spacing", [(2, 0.5), [2.0, 0.5], np.array([2, 0.5], np.float32)])
def test_a_spacing_is_one_length_for_each_axis(spacing):
    assert spacing_mm(spacing, 2) == (2.0, 0.5)


@pytest.mark.parametrize("spacing", [(1,), (1, 1, 1), (1, 0), (1, -1), (1, np.nan), (np.inf, 1), 1.0])
def test_what_is_no_spacing_is_refused(spacing):
    with pytest.raises(ValueError, match="spacing must be 2 positive lengths in mm, received"):
        spacing_mm(spacing, 2)
