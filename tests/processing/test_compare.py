"""Several filters side by side: the numbers are scikit-image's."""

from functools import partial

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from workbench import processing
from workbench.images import Image


def step(shape=(24, 24)):
    return np.where(np.indices(shape)[1] < shape[1] // 2, 0.0, 100.0)


FILTERS = {"mean": processing.mean, "median": partial(processing.median, size=5)}


def test_the_table_holds_the_numbers_of_scikit_image():
    truth = step()
    noisy = processing.add_noise(truth, noise=20, seed=0)
    compared = processing.compare(noisy, FILTERS, reference=truth, limits=(-50, 150))
    assert list(compared.table.index) == ["as it is", "mean", "median"]
    assert list(compared.table.columns) == ["PSNR [dB]", "SSIM", "sharpness of edges", "seconds"]
    for name, apply in {"as it is": np.asarray, **FILTERS}.items():
        result = np.clip(apply(noisy), -50, 150)
        np.testing.assert_array_equal(compared.results[name], apply(noisy))
        row = compared.table.loc[name]
        assert row["PSNR [dB]"] == pytest.approx(peak_signal_noise_ratio(truth, result, data_range=200))
        similarity = structural_similarity(
            truth, result, data_range=200, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
        assert row["SSIM"] == pytest.approx(similarity)
        assert row["sharpness of edges"] == processing.edge_sharpness(apply(noisy), truth)
    assert compared.table["PSNR [dB]"].idxmax() != "as it is"
    assert (compared.table["seconds"][1:] > 0).all()


def test_images_stay_images_and_volumes_are_compared_too():
    truth = Image(step((11, 24, 24)), spacing=(3, 1, 1), units="HU")
    noisy = truth.map(processing.add_noise, noise=20, seed=0)
    compared = processing.compare(noisy, FILTERS, reference=truth)
    assert compared.results["mean"].units == "HU"
    assert str(compared.results["median"].history[-1]) == "processing.smoothing.median()"
    whole = processing.compare(truth, FILTERS, reference=truth)
    assert whole.table.loc["as it is", "PSNR [dB]"] == np.inf
    assert whole.table.loc["as it is", "SSIM"] == 1


def test_bad_input_is_refused():
    truth = step()
    for call, message in (
        (lambda: processing.compare(truth, {}, reference=truth), "one or more"),
        (lambda: processing.compare(truth, {"as it is": abs}, reference=truth), "none called 'as it is'"),
        (lambda: processing.compare(truth, FILTERS, reference=truth[1:]), "must have the same shape"),
        (lambda: processing.compare(truth, {"cut": lambda a: a[1:]}, reference=truth), "received cut"),
        (lambda: processing.compare(truth, FILTERS, reference=np.ones((24, 24))), "constant reference"),
        (lambda: processing.compare(truth, FILTERS, reference=truth, limits=(1, 1)), "limits must be two"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
