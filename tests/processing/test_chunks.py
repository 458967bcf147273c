"""Dask arrays: the same values whatever the chunks, lazily, with errors at once and little memory."""

import subprocess
import sys

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from workbench.processing.arrays import BORDERS
from workbench.processing.chunks import by_chunks, half_window, in_memory, pointwise

thorough = settings(deadline=None, max_examples=50)


@by_chunks(half_window)
def largest(image, *, size=3, border="reflect"):
    return ndimage.maximum_filter(image, size, mode=border)


@by_chunks(half_window)
def shifted(image, *, size=3, border="reflect"):
    """Asymmetric and linear: any voxel taken from a wrong place shows."""
    weights = np.arange(1.0, 1 + np.prod(np.broadcast_to(size, image.ndim))).reshape(
        np.broadcast_to(size, image.ndim)
    )
    return ndimage.correlate(image.astype(float), weights, mode=border)


@st.composite
def chunked(draw, max_side=14):
    shape = draw(st.lists(st.integers(1, max_side), min_size=1, max_size=3))
    array = np.random.default_rng(draw(st.integers(0, 99))).integers(-100, 100, shape).astype(np.int16)
    chunks = []
    for length in shape:
        cuts = draw(st.sets(st.integers(1, length - 1), max_size=4)) if length > 1 else set()
        chunks.append(tuple(np.diff([0, *sorted(cuts), length]).tolist()))
    return array, da.from_array(array, chunks=tuple(chunks))


@thorough
@given(chunked(), st.data(), st.sampled_from(BORDERS))
def test_any_chunks_give_the_same_values(pair, data, border):
    array, lazy = pair
    size = tuple(data.draw(st.sampled_from([1, 3, 5, 9])) for _ in array.shape)
    for function in (largest, shifted):
        truth = function(array, size=size, border=border)
        result = function(lazy, size=size, border=border)
        assert isinstance(result, da.Array)
        assert (result.shape, result.dtype) == (truth.shape, truth.dtype)
        np.testing.assert_array_equal(result.compute(scheduler="synchronous"), truth)


def test_nothing_is_computed_before_it_is_asked_for():
    def fail(block):
        raise AssertionError("computed")

    lazy = da.map_blocks(fail, da.zeros((8, 8), chunks=4), meta=np.empty((0, 0)))
    result = largest(lazy)
    with pytest.raises(AssertionError, match="computed"):
        result.compute()


def test_wrong_options_raise_at_once():
    with pytest.raises(TypeError, match="unexpected keyword argument 'sise'"):
        largest(da.zeros((8, 8)), sise=3)
    with pytest.raises(ValueError, match="odd positive integer, received 4"):
        largest(da.zeros((8, 8)), size=4)


def test_a_function_that_changes_the_shape_is_refused():
    flat = by_chunks(pointwise)(np.ravel)
    with pytest.raises(TypeError, match="ravel changes the shape"):
        flat(da.zeros((8, 8)))


def test_a_global_function_refuses_dask_arrays_and_takes_others():
    summed = in_memory("a sum is one of all voxels")(np.sum)
    assert summed([1, 2]) == 3
    with pytest.raises(TypeError, match="sum cannot work chunk by chunk, as a sum is one of all voxels"):
        summed(da.ones(3))


def test_dask_is_imported_for_dask_arrays_alone():
    code = (
        "import sys, numpy; from workbench import processing; processing.mean(numpy.eye(9)); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "dask" not in loaded.split()
