import numpy as np
import pandas as pd
import pytest

from workbench import samples
from workbench.features import FixedBinNumber, FixedBinSize, ball, catalog, extract, extract_table
from workbench.images import Image, read


@pytest.fixture
def volume():
    pixels = np.random.default_rng(0).normal(40, 60, (6, 8, 7))
    return Image(pixels, spacing=(3, 1, 1), modality="CT", units="HU", name="case-1")


@pytest.fixture
def mask(volume):
    return ball(volume, centre=(3, 4, 3), radius=6)


def test_catalog_lists_what_is_measured(volume, mask):
    known = catalog()
    assert known.index.is_unique
    assert not (known[["units", "formula", "meaning"]] == "").any(axis=None)
    solid = extract(volume, mask, families="all")
    plane = extract(Image(volume.pixels[3], spacing=(1, 1)), mask[3], families="all")
    colours = extract(np.ones((4, 4, 3)), np.eye(4), families="colour", channel_axis=-1)
    assert set(solid.index) == set(known.index[known.dimensions.str.contains("3") & (known.family != "colour")])
    assert set(plane.index) == set(known.index[known.dimensions.str.contains("2") & (known.family != "colour")])
    assert set(colours.index) == set(known.index[known.family == "colour"])
    assert (solid.name, plane.name) == ("case-1", None)


def test_changing_the_catalog_changes_nothing():
    changed = catalog()
    changed.loc["intensity_mean", "ibsi"] = "none"
    assert catalog().loc["intensity_mean", "ibsi"] == "Q4LE"


def test_bins_follow_the_units(volume, mask):
    default = extract(volume, mask, families=["texture"])
    pd.testing.assert_series_equal(
        default, extract(volume, mask, families=["texture"], discretization=FixedBinSize(25))
    )
    without_units = volume.replace(units="")
    pd.testing.assert_series_equal(
        extract(without_units, mask, families=["texture"]),
        extract(volume, mask, families=["texture"], discretization=FixedBinNumber(32)),
    )


def test_array_with_options_equals_image(volume, mask):
    found = extract(volume.pixels, mask, spacing=(3, 1, 1), discretization=FixedBinSize(25))
    pd.testing.assert_series_equal(found, extract(volume, mask), check_names=False)
    unplaced = Image(volume.pixels)
    pd.testing.assert_series_equal(
        extract(unplaced, mask, families="shape", spacing=(3, 1, 1)),
        extract(volume, mask, families="shape"),
        check_names=False,
    )


def test_quarter_turn_of_a_slice_keeps_every_feature():
    image = samples.load("abdomen_mr")
    inside = ball(image, centre=(130, 141), radius=10)
    before = extract(image, inside)
    turned = extract(np.rot90(image.pixels), np.rot90(inside), spacing=image.spacing)
    pd.testing.assert_series_equal(turned, before, check_names=False, rtol=1e-6)


def test_all_takes_what_the_image_allows(volume, mask):
    families = catalog().family
    assert set(families[extract(volume.pixels, mask, families="all").index]) == {"intensity", "texture"}
    picture = Image(np.ones((4, 4, 3)), channel_axis=-1)
    assert set(families[extract(picture, np.eye(4), families="all").index]) == {"colour"}


def test_families_that_do_not_apply_raise(volume, mask):
    with pytest.raises(ValueError, match="family must be one of"):
        extract(volume, mask, families=["wavelet"])
    with pytest.raises(ValueError, match="at least one family"):
        extract(volume, mask, families=[])
    with pytest.raises(ValueError, match="give channel_axis"):
        extract(volume, mask, families="colour")
    with pytest.raises(ValueError, match="needs a grey image"):
        extract(np.ones((4, 4, 3)), np.eye(4), families="intensity", channel_axis=-1)
    with pytest.raises(ValueError, match=r"give spacing, as in spacing=\(1.0, 1.0, 1.0\)"):
        extract(volume.pixels, mask)
    with pytest.raises(ValueError, match="peak needs a volume"):
        extract(volume.pixels[3], mask[3], families="peak", spacing=(1, 1))


def test_image_and_mask_must_belong_together(volume, mask):
    with pytest.raises(ValueError, match="different places"):
        extract(volume, Image(mask, spacing=(4, 1, 1)))
    extract(volume, Image(mask, spacing=(3, 1, 1)))
    with pytest.raises(ValueError, match="image's shape"):
        extract(volume, mask[1:], families="shape")
    with pytest.raises(ValueError, match="at least one voxel"):
        extract(volume, np.zeros_like(mask))
    with pytest.raises(ValueError, match="contradicts"):
        extract(volume, mask, spacing=(1, 1, 1))
    with pytest.raises(ValueError, match="contradicts"):
        extract(volume, mask, channel_axis=0)
    with pytest.raises(ValueError, match="finite"):
        extract(np.full((2, 2), np.nan), np.ones((2, 2)), families="shape", spacing=(1, 1))


def test_table_has_a_row_per_region(volume, mask):
    masks = {"whole": mask, "core": ball(volume, centre=(3, 4, 3), radius=3)}
    table = extract_table((("case-1", volume, masks) for _ in range(1)), families="all")
    assert table.index.names == ["case", "region"]
    assert table.index.tolist() == [("case-1", "whole"), ("case-1", "core")]
    pd.testing.assert_series_equal(
        table.loc[("case-1", "core")], extract(volume, masks["core"], families="all"), check_names=False
    )


def test_table_names_the_case_in_trouble(volume, mask):
    with pytest.raises(ValueError, match="case 'b', region 'lesion': mask must mark at least one voxel"):
        extract_table([("a", volume, {"lesion": mask}), ("b", volume, {"lesion": mask & False})])
    with pytest.raises(ValueError, match="case 'a', region 'lesion': received twice"):
        extract_table([("a", volume, {"lesion": mask})] * 2)
    with pytest.raises(ValueError, match="at least one region"):
        extract_table([])


@pytest.mark.parametrize("patient", ["STS_002", "STS_003"])
def test_one_tumour_has_one_volume_in_three_modalities(shared_data, patient):
    folder = shared_data / "sts_ct_mr_pet" / "nifti" / patient
    rows = {
        modality: extract(
            read(folder / f"{modality}_image.nii.gz"), read(folder / f"{modality}_mask.nii.gz"), families="all"
        )
        for modality in ("CT", "MR_T1", "PET")
    }
    volumes = [row["morphology_volume"] for row in rows.values()]
    assert max(volumes) / min(volumes) < 1.03
    for row in rows.values():
        assert row.notna().all()
        assert row["peak_local"] <= row["peak_global"] < row["intensity_maximum"]


@pytest.mark.parametrize("name", ["uninformative", "uninformative_slice"])
def test_degenerate_masks_give_an_answer_or_a_reason(shared_data, name):
    folder = shared_data / "nifti_zoo" / "mirp_degenerate_masks" / name
    image = read(folder / "image" / f"{name}.nii.gz")
    masks = {mask: read(folder / "mask" / f"{mask}_mask.nii.gz") for mask in ("full", "empty", "one_voxel")}
    assert extract(image, masks["full"])["glcm_joint_entropy"] == 0
    assert extract(image, masks["one_voxel"], families="shape")["morphology_volume_voxels"] == 1
    with pytest.raises(ValueError, match="at least one voxel"):
        extract(image, masks["empty"])
    with pytest.raises(ValueError, match="no two touching voxels"):
        extract(image, masks["one_voxel"])
