import numpy as np
import pandas as pd
import pytest

from workbench import cohorts, features, recognition
from workbench.images import Image
from workbench.recognition.recipes import zone_means


def test_zones_of_whole_pixels_are_plain_means():
    image = np.random.default_rng(0).normal(size=(28, 21))
    assert zone_means(image, 7) == pytest.approx(image.reshape(7, 4, 7, 3).mean(axis=(1, 3)))


def test_zones_that_cut_pixels_weigh_them():
    assert zone_means(np.array([[1.0, 2.0, 4.0]]).repeat(3, axis=0), 2)[0] == pytest.approx(
        [(1 + 1) / 1.5, 5 / 1.5]
    )


def test_a_volume_is_described_in_zones_along_three_axes():
    volume = np.random.default_rng(3).normal(size=(16, 18, 20))
    row = recognition.describe_image(volume, grid=2)
    blocks = volume.reshape(2, 8, 2, 9, 2, 10)
    assert row["mean_1_0_1"] == pytest.approx(blocks[1, :, 0, :, 1].mean())
    assert row["spread_0_1_0"] == pytest.approx(blocks[0, :, 1, :, 0].std())
    assert not any(str(name).startswith("hog") for name in row.index)
    assert row.notna().all()


def test_a_slice_is_described_as_its_parts_are():
    image = np.random.default_rng(1).integers(0, 255, size=(32, 40)).astype(np.uint8)
    row = recognition.describe_image(image, grid=4)
    whole = features.extract(image, np.ones(image.shape), families="intensity_statistics")
    assert row["intensity_mean"] == whole["intensity_mean"] == image.mean()
    assert row["mean_1_2"] == pytest.approx(image[8:16, 20:30].mean())
    assert row["spread_1_2"] == pytest.approx(image[8:16, 20:30].std())
    assert row.notna().all()


def test_a_flipped_image_has_its_zones_flipped():
    image = np.random.default_rng(2).normal(size=(24, 24))
    row, flipped = (recognition.describe_image(one, grid=3, gradients=0) for one in (image, image[:, ::-1]))
    for name in ("mean", "spread", "edge", "blob"):
        assert row[f"{name}_1_0"] == pytest.approx(flipped[f"{name}_1_2"])


def test_a_cohort_is_measured_by_whole_images_or_by_regions():
    rng = np.random.default_rng(0)
    images = {f"c{number}": Image(rng.normal(size=(20, 20)), spacing=(1.0, 1.0)) for number in range(3)}
    mask = Image(np.pad(np.ones((8, 8), np.uint8), 6), spacing=(1.0, 1.0))
    table = pd.DataFrame(
        {"patient": list(images), "image": list(images.values()), "mask": [mask] * 3}, index=list(images)
    )
    cohort = cohorts.Cohort(table)
    whole = recognition.measure(cohort, recipe="whole_image", grid=2)
    pd.testing.assert_frame_equal(whole, recognition.describe_images(images, grid=2, progress=False))
    regions = recognition.measure(cohort, recipe="regions", families="intensity_statistics")
    assert regions.loc["c1", "intensity_mean"] == pytest.approx(images["c1"].pixels[6:14, 6:14].mean())
    two = recognition.measure(
        cohorts.Cohort(table.rename(columns={"mask": "mask_a"}).assign(mask_b=table["mask"])),
        recipe="regions",
        families="intensity_statistics",
    )
    assert two.loc["c1", "b_intensity_mean"] == regions.loc["c1", "intensity_mean"]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((20, 20)), "must not be constant"),
        (np.eye(8), "at least 16 pixels along each side"),
        (np.zeros((3, 20, 20)), "grey slice or volume"),
        (np.full((20, 20), np.nan), "finite"),
    ],
)
def test_what_cannot_be_described_is_refused(image, message):
    with pytest.raises(ValueError, match=message):
        recognition.describe_image(image)


def test_unknown_recipes_and_cohorts_are_refused():
    with pytest.raises(ValueError, match="recipe must be one of 'whole_image', 'regions'"):
        recognition.measure({}, recipe="pixels")
    with pytest.raises(TypeError, match="Cohort or map cases to images"):
        recognition.describe_images([np.eye(20)])
