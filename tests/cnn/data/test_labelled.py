import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import cnn, images
from workbench.cohorts import CohortError, LeakError

quickly = settings(deadline=None, max_examples=50)


def parts_cover(split, count):
    return sorted([*split.train, *split.test, *split.unused]) == list(range(count))


@quickly
@given(
    st.lists(st.floats(0, 500), min_size=2, max_size=60, unique=True),
    st.floats(0.05, 0.9),
    st.floats(0, 30),
    st.floats(0, 1),
)
def test_slices_to_test_on_are_neighbours_and_none_to_train_on_is_near(positions, fraction, gap, at):
    where = np.array(positions)
    try:
        split = cnn.split_slices(where, test_fraction=fraction, gap=gap, at=at)
    except ValueError as error:
        assert "no slice is left" in str(error)
        return
    assert parts_cover(split, len(where))
    assert abs(where[split.train][:, None] - where[split.test]).min() >= gap
    others = np.delete(where, split.test)
    assert not ((others > where[split.test].min()) & (others < where[split.test].max())).any()


@quickly
@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=40), st.floats(0.1, 0.9), st.integers(0, 99))
def test_no_patient_is_on_both_sides(patients, fraction, seed):
    names = np.array(patients)
    try:
        split = cnn.split_patients(names, test_fraction=fraction, seed=seed)
    except ValueError as error:
        assert "expected a patient besides" in str(error)
        return
    assert parts_cover(split, len(names))
    assert not set(names[split.train]) & set(names[split.test])
    assert len(split.train)
    assert len(split.test)


def test_one_patient_is_split_by_slice_and_several_by_patient():
    table = pd.DataFrame({"patient": ["a"] * 20, "position": range(20)})
    assert list(cnn.split(table, test_fraction=0.1, gap=3).test) == [9, 10]
    table["patient"] = ["a"] * 10 + ["b"] * 10
    assert {len(cnn.split(table, test_fraction=0.5, seed=seed).test) for seed in range(4)} == {10}


@pytest.mark.parametrize(
    "options",
    [{"test_fraction": 0}, {"test_fraction": 1}, {"gap": -1}, {"gap": float("nan")}, {"at": 2}, {"gap": 99}],
)
def test_impossible_splits_are_refused(options):
    with pytest.raises(ValueError, match=r"must|no slice is left"):
        cnn.split_slices(range(20), **options)


def test_the_sample_has_tissue_classes_where_the_fractions_say():
    slices = cnn.labelled_slices("samples", every=30)
    assert slices.images.shape == slices.labels.shape == (len(slices), 192, 160)
    assert set(np.unique(slices.labels)) == {0, 1, 2}
    assert slices.table["position"].tolist() == slices.table["slice"].tolist()
    bright = slices.images[slices.labels == 2].mean()
    assert bright > slices.images[slices.labels == 1].mean() > slices.images[slices.labels == 0].mean()


def write_cohort(folder, masks):
    rows = ["case,patient,image,mask"]
    for number, mask in enumerate(masks):
        volume = images.Image(
            number + np.arange(4 * 6 * 8.0).reshape(4, 6, 8), affine=images.affine_from_spacing((2.5, 1, 1))
        )
        images.write(volume, folder / f"{number}.nii.gz")
        images.write(
            images.Image(mask, affine=images.affine_from_spacing((2.5, 1, 1))), folder / f"{number}_mask.nii.gz"
        )
        rows.append(f"c{number},p{number},{number}.nii.gz,{number}_mask.nii.gz")
    (folder / "cohort.csv").write_text("\n".join(rows) + "\n")
    return str(folder / "cohort.csv")


def test_a_cohort_of_ones_own(tmp_path):
    mask = np.zeros((4, 6, 8), np.uint8)
    mask[1:3, 2:4, 3:5] = 1
    slices = cnn.labelled_slices(write_cohort(tmp_path, [mask, mask]), shape=(4, 12))
    assert list(slices.table["patient"]) == ["p0", "p0", "p1", "p1"]
    assert list(slices.table["position"]) == [2.5, 5.0, 2.5, 5.0]
    assert slices.images.shape == (4, 4, 12)
    np.testing.assert_array_equal(slices.labels.sum(axis=(1, 2)), 4)


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        (np.zeros((4, 6, 8), np.uint8), CohortError, "labels above 0"),
        (np.ones((4, 6, 7), np.uint8), images.ImageReadError, r"its shape is \(4, 6, 7\)"),
        (np.full((4, 6, 8), 0.5, np.float32), images.ImageReadError, "whole numbers as labels"),
    ],
)
def test_masks_that_do_not_fit_are_refused(tmp_path, mask, error, message):
    with pytest.raises(error, match=message):
        cnn.labelled_slices(write_cohort(tmp_path, [mask]))


def test_an_image_shared_by_two_patients_is_refused_unless_allowed(tmp_path):
    table = write_cohort(tmp_path, [np.ones((4, 6, 8), np.uint8)] * 2)
    (tmp_path / "1.nii.gz").write_bytes((tmp_path / "0.nii.gz").read_bytes())
    with pytest.raises(LeakError, match=r"patients share.*c0, c1.*allow_leak=True"):
        cnn.labelled_slices(table)
    assert len(cnn.labelled_slices(table, allow_leak=True).images) == 8


@pytest.mark.parametrize("options", [{"every": 0}, {"shape": (0, 8)}])
def test_impossible_slices_are_refused(options):
    with pytest.raises(ValueError, match="positive"):
        cnn.labelled_slices("samples", **options)


@quickly
@given(*[st.integers(1, 9)] * 4)
def test_fitting_there_and_back_changes_nothing(rows, columns, more_rows, more_columns):
    stack = np.random.default_rng(0).integers(0, 99, (2, rows, columns))
    larger = cnn.fit_to(stack, (rows + more_rows, columns + more_columns))
    assert larger.shape == (2, rows + more_rows, columns + more_columns)
    np.testing.assert_array_equal(cnn.fit_to(larger, (rows, columns)), stack)


def test_crops_are_cut_alike_from_images_and_labels():
    stack = np.arange(3 * 10 * 12).reshape(3, 10, 12)
    crops, labels = cnn.random_crops(stack, stack, size=5, count=40, seed=1)
    np.testing.assert_array_equal(crops, labels)
    steps = np.diff(crops, axis=2)
    assert set(np.unique(steps)) == {-1, 1}
    assert (np.diff(crops, axis=1) == 12).all()
    again, _ = cnn.random_crops(stack, stack, size=5, count=40, seed=1)
    np.testing.assert_array_equal(crops, again)


@pytest.mark.parametrize("options", [{"size": 11, "count": 1}, {"size": 0, "count": 1}, {"size": 3, "count": 0}])
def test_impossible_crops_are_refused(options):
    with pytest.raises(ValueError, match="must be"):
        cnn.random_crops(np.zeros((1, 10, 12)), np.zeros((1, 10, 12), int), **options)


def test_several_blocks_lie_evenly_with_training_slices_between():
    parts = cnn.split_slices(range(100), test_fraction=0.2, gap=3, at=0.5, blocks=2)
    assert parts.test.tolist() == [*range(20, 30), *range(70, 80)]
    assert np.isin(np.arange(33, 68), parts.train).all()
    assert np.abs(parts.train[:, None] - parts.test).min() == 3
    assert sorted([*parts.train, *parts.test, *parts.unused]) == list(range(100))


def test_the_number_of_blocks_is_checked():
    for blocks in (0, 11):
        with pytest.raises(ValueError, match="blocks must be from 1 to the number of slices, 10"):
            cnn.split_slices(range(10), blocks=blocks)


def test_channels_are_cut_and_mirrored_with_their_slice():
    images = np.random.default_rng(0).normal(size=(3, 12, 10, 2))
    labels = np.arange(360).reshape(3, 12, 10)
    crops, cut = cnn.random_crops(images, labels, size=4, count=20, seed=1)
    flat = images.reshape(-1, 2)
    np.testing.assert_array_equal(crops, flat[cut])
