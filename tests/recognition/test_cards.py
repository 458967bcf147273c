import numpy as np
import pandas as pd

import workbench
from workbench.recognition import cards


def test_a_fingerprint_changes_with_each_pixel_shape_and_type():
    first = np.arange(6)
    others = [first[::-1], first.reshape(2, 3), first.astype(np.int32), first + (first == 3)]
    found = {cards.fingerprint([each]) for each in [first, *others]}
    assert len(found) == 5
    assert cards.fingerprint([first]) == cards.fingerprint(iter([first.copy()]))
    assert cards.fingerprint([first, first]) != cards.fingerprint([first])


def test_versions_are_those_at_work():
    assert cards.versions("numpy")["numpy"] == np.__version__
    assert cards.versions()["workbench"] == workbench.__version__


def test_no_metrics_are_an_empty_dict():
    assert cards.plain_metrics(None) == {}
    table = pd.DataFrame({"value": [np.float32(0.5)], "low": [0], "high": [1], "more": ["x"]}, index=["auc"])
    assert cards.plain_metrics(table) == {"auc": {"value": 0.5, "low": 0.0, "high": 1.0}}
