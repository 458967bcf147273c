import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Picture
from sklearn.decomposition import PCA
from sklearn.preprocessing import scale

from workbench import samples
from workbench.cohorts import Cohort
from workbench.explorers import features
from workbench.explorers.components import principal_components
from workbench.explorers.sheet import thumbnail
from workbench.images import Image


@pytest.fixture
def study():
    rng = np.random.default_rng(0)
    names = [f"c{number}" for number in range(6)]
    images = {name: Image(rng.normal(size=(12, 16))) for name in names}
    cohort = Cohort(pd.DataFrame({"image": pd.Series(images), "patient": names, "label": list("ababab")}))
    table = pd.DataFrame(rng.normal(size=(6, 3)), index=pd.Index(names, name="case"), columns=["u", "v", "w"])
    return table, cohort


def test_points_are_the_table(study):
    table, cohort = study
    explorer = features(table, cohort, x="u", y="w")
    np.testing.assert_allclose(explorer.scatter.xy, table[["u", "w"]], rtol=1e-6)
    explorer.x.value = "v"
    np.testing.assert_allclose(explorer.scatter.xy, table[["v", "w"]], rtol=1e-6)
    assert explorer.scatter.group_names == ["a", "b"]
    assert list(explorer.scatter.groups) == [0, 1, 0, 1, 0, 1]
    assert explorer.scatter.across == "v"


def test_pictures_of_points_come_when_the_browser_asks(study):
    table, cohort = study
    explorer = features(table, cohort)
    sent = []
    explorer.scatter.send = lambda content, buffers: sent.append((content, buffers))
    explorer.scatter._receive(None, {"kind": "pictures", "of": [4, 1, 99]}, [])
    ((content, buffers),) = sent
    assert content == {"kind": "pictures", "names": ["c4", "c1"]}
    drawn = np.asarray(Picture.open(io.BytesIO(buffers[0])))
    np.testing.assert_array_equal(drawn, np.asarray(thumbnail(cohort.image("c4"))))
    assert explorer.scatter.pictured
    assert not features(table).scatter.pictured


def test_components_are_those_of_scikit_learn(study):
    table, _ = study
    explorer = features(table)
    expected = PCA(2, svd_solver="full").fit_transform(scale(table))
    np.testing.assert_allclose(explorer.scatter.xy, expected, atol=1e-5)
    assert "% of variance" in explorer.scatter.across


def test_components_leave_out_what_tells_nothing():
    made = principal_components(pd.DataFrame({"a": [1.0, 2, 4], "b": [1.0, 3, 2], "c": 5.0, "d": [np.nan, 1, 2]}))
    assert made.features == ["a", "b"]
    assert principal_components(pd.DataFrame({"a": [1.0, 2.0]})).scores.shape == (2, 0)


def test_pointing_shows_the_image_and_selecting_lists_cases(study):
    table, cohort = study
    explorer = features(table, cohort)
    explorer.scatter.hovered = 3
    direct = features(table, cohort)
    direct.canvas.change(cohort.image("c3"))
    np.testing.assert_array_equal(explorer.canvas.picture(), direct.canvas.picture())
    seen = []
    explorer.observe(lambda change: seen.append(change["new"]), "selected")
    explorer.scatter.selected = [1, 4]
    assert explorer.selected == ["c1", "c4"]
    assert seen == [["c1", "c4"]]
    assert explorer.sheet.captions == ["c1", "c4"]
    np.testing.assert_array_equal(explorer.sheet.pictures[1], thumbnail(cohort.image("c4")))
    explorer.y.value = "w"
    assert explorer.selected == ["c1", "c4"]


def test_cases_with_unknown_values_are_left_out_in_words(study):
    table, cohort = study
    table.loc["c2", "v"] = np.nan
    explorer = features(table, cohort, x="u", y="v")
    assert "1 of 6 cases are not drawn" in explorer.missing.value
    explorer.scatter.selected = [2]
    assert explorer.selected == ["c3"]
    explorer.y.value = "w"
    assert explorer.missing.value == ""
    assert explorer.selected == ["c3"]
    assert len(explorer.scatter.xy) == 6


def test_regions_of_one_case_are_one_case(study):
    table, cohort = study
    table = pd.concat([table, table + 1], keys=["left", "right"], names=["region"]).swaplevel()
    explorer = features(table, cohort)
    explorer.scatter.selected = [0, 6]
    assert explorer.selected == ["c0"]
    assert explorer.scatter.names[6] == "c0 right"


def test_an_image_that_cannot_be_read_is_told_in_words(study):
    table, cohort = study
    explorer = features(table, Cohort(cohort.table.assign(image="no/such.png")))
    assert "cannot be read" in explorer.message.value
    assert "such.png" not in explorer.message.value
    assert len(explorer.still()) < 100_000


def test_still_and_sentence(study):
    table, cohort = study
    assert len(features(table, cohort).still()) < 100_000
    assert features(table).alt.startswith("6 cases as points, component 2")
    wisconsin = samples.wisconsin()
    assert len(features(wisconsin, x="mean radius", y="mean texture").still()) < 100_000


def test_bad_input(study):
    with pytest.raises(ValueError, match="at least one row"):
        features(study[0].iloc[:0])
    with pytest.raises(ValueError, match="columns of numbers"):
        features(pd.DataFrame({"label": ["a"]}))
    with pytest.raises(ValueError, match="x must be one of"):
        features(study[0], x="height")
