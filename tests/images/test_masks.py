import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Picture

from workbench.images import Image, ImageReadError, read, read_mask

from .test_geometry import CODES, OBLIQUE
from .test_writing import affines

LABELS = np.random.default_rng(0).integers(0, 4, (3, 4, 5)).astype(np.uint8)
LIKE = Image(np.zeros((3, 4, 5), np.int16), affine=OBLIQUE, modality="CT", units="HU")


@pytest.mark.parametrize("code", CODES)
def test_a_nifti_in_any_order_of_axes(tmp_path, code):
    path = Image(LABELS, affine=OBLIQUE).oriented(code).save(tmp_path / "m.nii.gz")
    mask = read_mask(path, like=LIKE)
    np.testing.assert_array_equal(mask, LABELS)
    np.testing.assert_array_equal(mask.affine, LIKE.affine)
    assert (mask.dtype, mask.modality, mask.name, mask.units) == (np.uint8, "SEG", "m", "")


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.int16, np.uint16, np.float32]), (2, 3, 4), elements=st.integers(0, 9)
    ),
    affines(),
    st.sampled_from(["nii", "nii.gz", "nrrd", "mha", "npz"]),
)
@settings(deadline=None, max_examples=50)
def test_labels_round_trip(tmp_path_factory, labels, affine, ending):
    like = Image(np.zeros(labels.shape), affine=affine)
    path = Image(labels, affine=affine).save(tmp_path_factory.mktemp("m") / f"m.{ending}")
    mask = read_mask(path, like=like)
    np.testing.assert_array_equal(mask, labels)
    assert mask.dtype.kind in "bui"
    for label in np.unique(labels):
        np.testing.assert_array_equal(read_mask(path, like=like, roi=int(label)), labels == label)


@pytest.mark.parametrize("ending", ["nrrd", "mha"])
def test_files_of_simpleitk(tmp_path, ending):
    file = sitk.GetImageFromArray(LABELS)
    file.SetSpacing((0.7, 0.8, 2.5))
    file.SetOrigin((-3, 4, 5))
    sitk.WriteImage(file, str(tmp_path / f"m.{ending}"))
    affine = np.array([[0, 0, 0.7, -3], [0, 0.8, 0, 4], [2.5, 0, 0, 5], [0, 0, 0, 1]])
    np.testing.assert_array_equal(read_mask(tmp_path / f"m.{ending}", like=LIKE.replace(affine=affine)), LABELS)
    with pytest.raises(ImageReadError, match="mm away"):
        read_mask(tmp_path / f"m.{ending}", like=LIKE)


def test_other_geometry_is_an_error_that_says_by_how_much(tmp_path):
    moved = OBLIQUE.copy()
    moved[2, 3] += 3.25
    path = Image(LABELS, affine=moved).save(tmp_path / "m.nii.gz")
    with pytest.raises(ImageReadError, match=r"m\.nii\.gz: its voxels lie up to 3\.25 mm away .* resample=True"):
        read_mask(path, like=LIKE)
    path = Image(LABELS[:, :, 1:], affine=OBLIQUE).save(tmp_path / "m.nii.gz")
    with pytest.raises(ImageReadError, match=r"its shape is \(3, 4, 4\) .* that of like \(3, 4, 5\)"):
        read_mask(path, like=LIKE)


def test_resampling_when_asked(tmp_path):
    half = OBLIQUE @ np.array([[0.5, 0, 0, -0.25], [0, 0.5, 0, -0.25], [0, 0, 0.5, -0.25], [0, 0, 0, 1]])
    fine = LABELS.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    like = Image(np.zeros(fine.shape), affine=half)
    path = Image(LABELS, affine=OBLIQUE).oriented("LSA").save(tmp_path / "m.nii.gz")
    mask = read_mask(path, like=like, resample=True)
    np.testing.assert_array_equal(mask, fine)
    assert "resample=True" in str(mask.history[0])
    np.testing.assert_array_equal(read_mask(path, like=LIKE, resample=True), LABELS)
    away = LIKE.replace(affine=OBLIQUE + np.pad([[500.0]], ((0, 3), (3, 0))))
    with pytest.raises(ImageReadError, match="no labelled voxel of the mask lies in like"):
        read_mask(path, like=away, resample=True)


@pytest.mark.parametrize(("stored", "dtype"), [([[0, 1]], bool), ([[0, 2]], np.uint8), ([[0, 0]], bool)])
def test_zero_and_one_alone_are_booleans(tmp_path, stored, dtype):
    np.save(tmp_path / "m.npy", np.array(stored, np.uint8))
    mask = read_mask(tmp_path / "m.npy", like=Image(np.zeros((1, 2))))
    assert mask.dtype == dtype
    np.testing.assert_array_equal(mask, stored)


def test_pictures(tmp_path):
    like = Image(np.zeros((2, 3)), spacing=(1, 2))
    black_white = np.array([[0, 255, 0], [255, 0, 0]], np.uint8)
    indices = np.array([[0, 1, 2], [15, 0, 1]], np.uint8)
    Picture.fromarray(black_white).save(tmp_path / "grey.png")
    Picture.fromarray(black_white > 0).save(tmp_path / "bits.png")
    Picture.fromarray(indices.astype(np.uint16) * 1000).save(tmp_path / "deep.png")
    palette = Picture.fromarray(indices)
    palette.putpalette(list(range(255, -1, -1)) * 3)
    palette.save(tmp_path / "palette.png")
    Picture.fromarray(np.dstack([indices] * 3)).save(tmp_path / "rgb.png")
    Picture.fromarray(black_white).save(tmp_path / "lossy.jpg")
    for name, expected in [("grey", black_white > 0), ("bits", black_white > 0), ("palette", indices)]:
        mask = read_mask(tmp_path / f"{name}.png", like=like)
        np.testing.assert_array_equal(mask, expected)
        assert mask.dtype == expected.dtype
        assert mask.spacing == like.spacing
    np.testing.assert_array_equal(read_mask(tmp_path / "deep.png", like=like), indices * 1000.0)
    np.testing.assert_array_equal(
        read_mask(tmp_path / "palette.png", like=like, roi=[15, 2]), [[0, 0, 2], [1, 0, 0]]
    )
    with pytest.raises(ImageReadError, match="received a picture of RGB"):
        read_mask(tmp_path / "rgb.png", like=like)
    with pytest.raises(ImageReadError, match="lossy"):
        read_mask(tmp_path / "lossy.jpg", like=like)
    with pytest.raises(ImageReadError, match=r"shape \(1, 2, 3\) and no place, but like has shape \(1, 3, 2\)"):
        read_mask(tmp_path / "grey.png", like=Image(np.zeros((3, 2))))


def test_the_mask_of_a_colour_picture(tmp_path):
    Picture.fromarray(np.eye(3, 4, dtype=bool)).save(tmp_path / "m.png")
    for axis, shape in [(-1, (3, 4, 3)), (0, (3, 3, 4))]:
        mask = read_mask(tmp_path / "m.png", like=Image(np.zeros(shape), channel_axis=axis))
        np.testing.assert_array_equal(mask, np.eye(3, 4, dtype=bool))
        assert mask.channel_axis is None


def test_a_slice_stored_as_a_volume_of_one(tmp_path):
    nibabel.save(
        nibabel.Nifti1Image(LABELS[:1].T, np.diag([-1, -1, 1, 1]) @ OBLIQUE[:, [2, 1, 0, 3]]), tmp_path / "m.nii"
    )
    like = Image(np.zeros((4, 5)), affine=OBLIQUE)
    np.testing.assert_array_equal(read_mask(tmp_path / "m.nii", like=like), LABELS[0])


def test_what_is_no_mask(tmp_path):
    np.save(tmp_path / "half.npy", [[0.5, 1]])
    np.save(tmp_path / "nan.npy", [[np.nan, 1]])
    np.save(tmp_path / "minus.npy", [[-1.0, 300.0]])
    like = Image(np.zeros((1, 2)))
    with pytest.raises(
        ImageReadError, match=r"expected whole numbers as labels, received values such as \[0\.5\]"
    ):
        read_mask(tmp_path / "half.npy", like=like)
    with pytest.raises(ImageReadError, match="NaN"):
        read_mask(tmp_path / "nan.npy", like=like)
    assert read_mask(tmp_path / "minus.npy", like=like).dtype == np.int16
    with pytest.raises(ImageReadError, match=r"has no label 7; choose of \[-1, 300\]"):
        read_mask(tmp_path / "minus.npy", like=like, roi=7)
    with pytest.raises(ImageReadError, match="has no names; give roi= as a number"):
        read_mask(tmp_path / "minus.npy", like=like, roi="liver")
    with pytest.raises(ImageReadError, match="no such file"):
        read_mask(tmp_path / "none.nii", like=like)
    with pytest.raises(TypeError, match=r"like must be the Image .* received ndarray"):
        read_mask(tmp_path / "half.npy", like=np.zeros((1, 2)))


def test_a_mask_in_the_patient_needs_a_like_in_the_patient(tmp_path):
    path = Image(LABELS, affine=OBLIQUE).save(tmp_path / "m.nii")
    with pytest.raises(ImageReadError, match="like has no affine"):
        read_mask(path, like=Image(np.zeros((3, 4, 5))))


def test_the_image_of_the_mask_is_not_changed(tmp_path):
    like = Image(LABELS.copy(), affine=OBLIQUE)
    path = Image(LABELS, affine=OBLIQUE).save(tmp_path / "m.nii")
    read_mask(path, like=like)
    np.testing.assert_array_equal(like, LABELS)


def test_masks_of_the_zoo(shared_data):
    folder = shared_data / "nifti_zoo" / "mirp_degenerate_masks"
    like = read(folder / "orientation" / "image" / "orientation.nii.gz")
    path = folder / "orientation" / "mask" / "mask.nii.gz"
    np.testing.assert_array_equal(
        read_mask(path, like=like), np.asarray(nibabel.load(path).dataobj).T.reshape(like.shape) > 0
    )
    turned = read_mask(path, like=like.oriented("LAS"))
    np.testing.assert_array_equal(turned.oriented(like.orientation), read_mask(path, like=like))
    like = read(folder / "uninformative" / "image" / "uninformative.nii.gz")
    for name, voxels in [("empty", 0), ("one_voxel", 1), ("full", like.pixels.size)]:
        mask = read_mask(folder / "uninformative" / "mask" / f"{name}_mask.nii.gz", like=like)
        assert mask.pixels.sum() == voxels
