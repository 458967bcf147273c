import numpy as np

from workbench.recognition import describe_image, features_in_words


def test_every_feature_of_an_image_has_words_and_a_place():
    rng = np.random.default_rng(0)
    for shape, grid in (((48, 40), 3), ((16, 16, 16), 2)):
        names = describe_image(rng.normal(size=shape), grid=grid, gradients=4).index
        said = features_in_words(names, grid=grid, gradients=4)
        assert said.index.tolist() == names.tolist()
        assert (said["meaning"].str.len() > 8).all()
        assert said["where"].isin(["the whole image"]).any()
    assert said.loc["mean_1_0_1", "where"] == "slab 2, row 1, column 2 of 2 x 2 x 2 zones"


def test_the_zone_in_words_is_the_zone_that_was_measured():
    image = np.zeros((64, 64))
    image[36:44, 19:29] = 10 * np.arange(10)  # brightness changes along the rows
    row = describe_image(image, grid=4, gradients=4)
    for family in ("mean_", "edge_", "hog_"):
        name = row[row.index.str.startswith(family)].idxmax()
        said = features_in_words([name], grid=4, gradients=4).loc[name]
        assert said["where"] == "row 3, column 2 of 4 x 4 zones"
    assert "at 0 to 22 degrees" in said["meaning"]


def test_a_feature_of_another_recipe_stays_unexplained():
    assert features_in_words(["age"], grid=4, gradients=4).loc["age"].tolist() == ["", ""]
