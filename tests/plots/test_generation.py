import numpy as np
import pandas as pd
import pytest

from workbench import plots
from workbench.cnn import nearest_training

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(12, 8, 6))


def titles(made):
    return [axes.get_title(loc="left") for axes in made.axes]


def test_rows_lie_under_each_other_pixel_by_pixel():
    made = plots.show_rows({"real": IMAGES[:4], "made": IMAGES[4:8]}, title="Noise", alt="Two rows of noise.")
    assert [axes.get_ylabel() for axes in made.axes] == ["real", "made"]
    assert titles(made) == ["Noise", ""]
    (strip,) = made.axes[1].get_images()
    np.testing.assert_array_equal(strip.get_array(), np.concatenate(list(IMAGES[4:8]), axis=1))
    with pytest.raises(ValueError, match="rows of equal shape"):
        plots.show_rows({"real": IMAGES[:4], "made": IMAGES[:3]}, alt="Unequal.")


def test_the_closest_pairs_are_shown_above_each_other():
    made_images = np.concatenate([IMAGES[:3] + 5, IMAGES[:2] + 0.01])
    found = nearest_training(made_images, IMAGES[:6], IMAGES[6:])
    made = plots.show_nearest(made_images, IMAGES[:6], found, count=2, alt="Two copies.")
    above, under = (axes.get_images()[0].get_array() for axes in made.axes[:2])
    np.testing.assert_allclose(above, under, atol=0.02)
    assert titles(made)[2] == "40% of the made images lie left of the line"
    with pytest.raises(ValueError, match="table's 5 rows, received 2"):
        plots.show_nearest(made_images[:2], IMAGES[:6], found, alt="Too few.")


def test_distances_are_drawn_where_they_are_given():
    columns = ["real_score", "generated_score", "discriminator_loss", "generator_loss", "gradient_penalty"]
    table = pd.DataFrame(RNG.normal(size=(3, 5)), columns=columns, index=[10, 20, 30])
    assert len(plots.show_adversaries(table, alt="Three steps.").axes) == 2
    made = plots.show_adversaries(table, frechet={10: 5.0, 30: 2.0}, usual=1.0, alt="Three steps.")
    assert titles(made)[-1] == "Frechet distance"
    np.testing.assert_array_equal(made.axes[-1].lines[0].get_xydata(), [[10, 5], [30, 2]])


def test_cnn_and_gan_stand_side_by_side():
    columns = ["auc", "auc_with_made", "gain", "gain_low", "gain_high", "frechet", "frechet_real"]
    table = pd.DataFrame(
        [[0.8, 0.82, 0.02, -0.01, 0.05, 9, 1], [0.9, 0.9, 0.0, -0.02, 0.02, 4, 1]], [10, 100], columns
    )
    made = plots.show_cnn_against_gan(table, alt="Two networks.")
    assert titles(made) == ["CNN: AUC", "AUC gained by made images", "GAN: Frechet distance"]
    np.testing.assert_array_equal(made.axes[0].lines[0].get_xydata(), [[10, 0.8], [100, 0.9]])
