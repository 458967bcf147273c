"""Each filter of contrast and background on Dask arrays; a volume larger than the memory that is allowed."""

import subprocess
import sys

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import processing

FILTERS = {
    "window": (processing.window, {"level": 10, "width": 50}),
    "stretch": (processing.stretch, {"limits": (-20, 60)}),
    "gamma": (processing.gamma, {"exponent": 0.6, "limits": (-20, 60)}),
    "rolling_ball": (processing.rolling_ball, {"radius": 3, "height": 20.0}),
    "rolling_ball of a lens": (processing.rolling_ball, {"radius": (1, 2, 4.5)}),
    "remove_background": (processing.remove_background, {"radius": 2}),
    "top-hat": (processing.remove_background, {"radius": 2, "method": "top-hat", "bright": False}),
}
WHOLE = {
    "add_noise": (processing.add_noise, {"noise": 1, "seed": 0}),
    "add_impulses": (processing.add_impulses, {"fraction": 0.5, "seed": 0}),
    "bias_field": (processing.bias_field, {}),
    "clahe": (processing.clahe, {}),
    "correct_bias": (processing.correct_bias, {}),
    "equalize": (processing.equalize, {}),
    "grayscale": (processing.grayscale, {"channel_axis": -1}),
    "match_histogram": (processing.match_histogram, {"reference": [1, 2]}),
    "normalize": (processing.normalize, {}),
    "psnr": (processing.psnr, {"reference": [1, 2], "data_range": 1}),
    "ssim": (processing.ssim, {"reference": [1, 2], "data_range": 1}),
    "edge_sharpness": (processing.edge_sharpness, {"reference": [1, 2]}),
    "resize": (processing.resize, {"shape": (2, 2, 2)}),
    "rotate": (processing.rotate, {"angle": 20}),
    "crop": (processing.crop, {"start": (0, 0, 0), "stop": (1, 1, 1)}),
}
# The volume alone is four times as large as the limit.
LARGE = """
import resource, sys
import dask, dask.array as da, numpy as np
from workbench import processing

processing.mean(np.arange(27.0, dtype=np.float32).reshape(3, 3, 3))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
volume = da.random.default_rng(0).random((1024, 1024, 1024), dtype=np.float32, chunks=(32, 128, 1024))
with dask.config.set(scheduler="threads", num_workers=2):
    total = float(processing.mean(volume)[::4].sum(dtype=np.float64).compute())
print(total, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("name", FILTERS)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_any_chunks_give_the_same_values(name, data):
    function, options = FILTERS[name]
    shape = data.draw(st.tuples(*[st.integers(1, 14)] * 3))
    chunks = tuple(data.draw(st.integers(1, length)) for length in shape)
    dtype = data.draw(st.sampled_from([np.uint8, np.int16, np.float32, np.float64]))
    array = np.random.default_rng(data.draw(st.integers(0, 9))).integers(0, 100, shape).astype(dtype)
    truth = function(array, **options)
    result = function(da.from_array(array, chunks=chunks), **options)
    assert isinstance(result, da.Array)
    assert result.dtype == truth.dtype
    np.testing.assert_array_equal(result.compute(scheduler="synchronous"), truth)


@pytest.mark.parametrize("name", WHOLE)
def test_what_needs_the_whole_image_says_so(name):
    function, options = WHOLE[name]
    with pytest.raises(TypeError, match="Dask array"):
        function(da.ones((8, 8, 8)), **options)


def test_limits_are_asked_for():
    for function, options in ((processing.stretch, {}), (processing.gamma, {"exponent": 2})):
        with pytest.raises(TypeError, match=r"a Dask array needs limits=\(low, high\)"):
            function(da.ones((8, 8)), **options)


def test_nan_raises_when_its_chunk_is_computed():
    lazy = processing.window(da.from_array(np.array([[0.0, np.nan]]), chunks=1), level=0, width=1)
    assert float(lazy[0, 0].compute()) == 0.5
    with pytest.raises(ValueError, match="received 1 NaN"):
        lazy.compute()


def test_four_gigabytes_need_a_few_hundred_megabytes():
    done = subprocess.run([sys.executable, "-c", LARGE], capture_output=True, text=True, check=True, timeout=120)
    total, megabytes = map(float, done.stdout.split())
    assert total == pytest.approx(1024**3 / 4 / 2, rel=1e-3)
    assert megabytes < 1024
