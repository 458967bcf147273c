import numpy as np
import pandas as pd
import pytest

from workbench.recognition import describe_image, feature_in_words, features_in_words


def test_every_feature_of_an_image_has_words_and_a_place():
    rng = np.random.default_rng(0)
    for shape, grid in (((48, 40), 3), ((16, 16, 16), 2)):
        names = describe_image(rng.normal(size=shape), grid=grid, gradients=4).index
        said = features_in_words(names, grid=grid, gradients=4)
        assert said.index.tolist() == names.tolist()
        assert (said["meaning"].str.len() > 8).all()
        assert said["where"].isin(["the whole image"]).any()
    assert said.loc["mean_1_0_1", "where"] == "zone 1_0_1 of 2 x 2 x 2: slab 2, row 1, column 2"


def test_the_zone_in_words_is_the_zone_that_was_measured():
    image = np.zeros((64, 64))
    image[36:44, 19:29] = 10 * np.arange(10)  # brightness changes along the rows
    row = describe_image(image, grid=4, gradients=4)
    for family in ("mean_", "edge_", "hog_"):
        name = row[row.index.str.startswith(family)].idxmax()
        said = features_in_words([name], grid=4, gradients=4).loc[name]
        assert said["where"] == "zone 2_1 of 4 x 4: row 3, column 2"
    assert "at 0 to 22 degrees" in said["meaning"]


def test_a_feature_of_another_recipe_stays_unexplained():
    assert features_in_words(["age"], grid=4, gradients=4).loc["age"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("name", "units", "shown", "expected"),
    [
        ("spread_1_0", "HU", " HU", "so 2.50 HU less. Its"),
        ("edge_1_0", "", " grey values per pixel", "so 2.50 grey values per pixel less. Its"),
        ("hog_3", "HU", "", "so 2.50 less. "),
        ("glcm_joint_entropy", "HU", " bit", "so 2.50 bit less. "),
        ("intensity_variance", "HU", " HU^2", "so 2.50 HU^2 less. "),
        ("mean_age", "HU", "", "so 2.50 less."),
    ],
)
def test_the_size_of_a_feature_has_its_units_and_its_direction(name, units, shown, expected):
    values = pd.Series([1.0, 2, 4, 4, 9], name=name)
    options = {"grid": 2, "gradients": 2, "units": units}
    said = feature_in_words(values, ["ill", "ill", "well", "odd", "well"], positive="ill", **options)
    # 1, 2 against 4, 4, 9: quartiles between them by linear interpolation.
    medians = f"median 1.50{shown} (quartiles 1.25 to 1.75), against 4.00{shown} (4.00 to 6.50) in the others"
    assert said.startswith(f"{name} is lower in ill: {medians}, {expected}")
    turned = feature_in_words(-values, ["ill", "ill", "well", "odd", "well"], positive="ill", **options)
    assert "higher in ill: median -1.50" in turned and " more." in turned
    assert "the same median" in feature_in_words(values * 0, [*"aabbb"], positive="a", **options)


@pytest.mark.parametrize(
    ("ill", "others", "expected"),
    [
        (317.3, 392.4, "median 317 (quartiles 317 to 317), against 392 (392 to 392) in the others, so 75 less"),
        (0.91234, 0.91193, ", against 0.91193 (0.91193 to 0.91193) in the others, so 0.00041 more"),
        (20000, 0, ", against 0 (0 to 0) in the others, so 20000 more"),
    ],
)
def test_the_numbers_of_a_feature_agree_and_tell_the_classes_apart(ill, others, expected):
    values = pd.Series([ill, others], name="age")
    assert expected in feature_in_words(values, ["ill", "well"], positive="ill", grid=2, gradients=2)
