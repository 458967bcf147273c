import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.cohorts import moments, pool


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 999), st.sampled_from([0.0, 1e6]))
@settings(max_examples=50, deadline=None)
def test_parts_join_to_the_whole(sizes, seed, offset):
    rng = np.random.default_rng(seed)
    parts = [rng.normal(offset, 3, size) for size in sizes]
    whole, pooled = np.concatenate(parts), pool(map(moments, parts))
    assert pooled.count == whole.size
    assert pooled.mean == pytest.approx(whole.mean(), rel=1e-12)
    assert pooled.deviation == pytest.approx(whole.std(), rel=1e-7, abs=1e-9)


def test_nothing_has_no_mean():
    with pytest.raises(ValueError, match="at least one image"):
        pool([])
    with pytest.raises(ValueError):
        moments([])
    with pytest.raises(ValueError):
        moments([1.0, np.nan])
