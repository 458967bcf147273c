import pandas as pd

from workbench import recognition


def test_selection_outside_the_folds_finds_what_is_not_there():
    aucs = recognition.noise_study(studies=8, seed=11)
    assert aucs["outside"].min() > 0.85
    assert abs(aucs["inside"].mean() - 0.5) < 0.1


def test_the_seed_decides():
    small = {"cases": 30, "features": 50, "studies": 2}
    first = recognition.noise_study(seed=1, **small)
    pd.testing.assert_frame_equal(first, recognition.noise_study(seed=1, **small))
    assert not first.equals(recognition.noise_study(seed=2, **small))
