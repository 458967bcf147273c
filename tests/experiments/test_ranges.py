import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.experiments import ParameterError, available, parameters
from workbench.experiments.parameters import check
from workbench.experiments.ranges import rules


@pytest.mark.parametrize(
    ("comment", "good", "bad"),
    [
        ("window in pixels, odd, 3 or more", [3, 5, 99], [1, 4, -3]),
        ("share, 0 to 1", [0, 1], [-1, 2]),
        ("from 2 to 4 voxels", [2, 4], [1, 5]),
        ("angle in degrees, -25 to 25", [-25, 25], [-26]),
        ("place, 0 (first) to 9 (last); one patient only", [0, 9], [10]),
        ("of the noise, above 0", [1], [0]),
        ("cells, at least 2", [2], [1]),
        ("HU, 0 to 40", [40], [41]),
        ("grows: up to 5 mm", [5], [6]),
        ("below 3", [2], [3]),
        ("even", [2], [3]),
        ("1e2 or less", [100], [101]),
    ],
)
def test_a_comment_states_the_range(make_notebook, comment, good, bad):
    path = make_notebook(parameters=f"size: int = {good[0]}  # {comment}")
    for value in good:
        assert check(path, {"size": value}) == {"size": value}
    for value in bad:
        with pytest.raises(ParameterError, match=f"size must be .*, received {value}"):
            check(path, {"size": str(value)})


@pytest.mark.parametrize(
    "comment", ["for steps 6 to 9", "any whole number", "4.9 to 4.12 look at it", "crops of 48 x 48 pixels", ""]
)
def test_prose_is_no_range(comment):
    assert rules(comment, int) == rules(comment, float) == []


def test_texts_may_be_listed(make_notebook):
    path = make_notebook(parameters='kind: str = "svm"  # what learns: "svm", "forest" or "bayes"; see below')
    assert check(path, {"kind": "bayes"}) == {"kind": "bayes"}
    with pytest.raises(ParameterError, match='must be "svm", "forest" or "bayes", received \'tree\''):
        check(path, {"kind": "tree"})
    assert rules('where: "samples", a folder of images, or a .csv table', str) == []


def test_nan_is_no_number(make_notebook):
    with pytest.raises(ParameterError, match="fraction must be a number, received nan"):
        check(make_notebook(), {"fraction": float("nan")})


def test_numbers_of_numpy_are_numbers(make_notebook):
    checked = check(make_notebook(), {"size": np.int64(7), "fraction": np.float64(0.25)})
    assert {name: type(value) for name, value in checked.items()} == {"size": int, "fraction": float}


def test_a_default_must_obey_its_own_rule(make_notebook):
    with pytest.raises(ParameterError, match="default breaks its own rule: size must be odd"):
        parameters(make_notebook(parameters="size: int = 4  # odd"))


def test_the_chapters_state_ranges():
    stated = [p for path in available() for p in parameters(path).values() if p.type in (int, float) and p.rules]
    assert len(stated) > 30


@given(low=st.integers(-99, 99), width=st.integers(0, 99), value=st.integers(-300, 300))
def test_a_range_includes_its_ends(low, width, value):
    (rule,) = rules(f"{low} to {low + width}", int)
    assert rule.allows(value) == (low <= value <= low + width)
