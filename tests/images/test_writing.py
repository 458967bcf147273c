import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Picture

from workbench.images import Image, read, write

from .test_geometry import OBLIQUE

NIFTI_TYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]


def volumes(types):
    shapes = st.sampled_from([2, 3]).flatmap(lambda n: hnp.array_shapes(min_dims=n, max_dims=n, max_side=5))
    finite = {"allow_nan": False, "allow_infinity": False}
    return st.sampled_from(types).flatmap(
        lambda t: hnp.arrays(t, shapes, elements=hnp.from_dtype(np.dtype(t), **(finite if "f" in t else {})))
    )


@st.composite
def affines(draw):
    turn = nibabel.eulerangles.euler2mat(*(draw(st.floats(-3, 3)) for _ in range(3)))
    spacing = [draw(st.floats(0.05, 20)) for _ in range(3)]
    return nibabel.affines.from_matvec(turn @ np.diag(spacing), [draw(st.floats(-500, 500)) for _ in range(3)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("written")


@given(pixels=volumes([*NIFTI_TYPES, "b1", "f2"]), affine=st.none() | affines(), units=st.sampled_from(["", "HU"]))
@settings(deadline=None, max_examples=50)
def test_npz_round_trip_is_exact(folder, pixels, affine, units):
    image = Image(pixels, affine=affine, modality="CT", units=units, name="case 1")
    back = read(write(image, folder / "a.npz"))
    np.testing.assert_array_equal(back, pixels)
    assert (back.dtype, back.modality, back.units, back.name) == (pixels.dtype, "CT", units, "case 1")
    np.testing.assert_array_equal(
        np.zeros(0) if affine is None else affine, np.zeros(0) if back.affine is None else back.affine
    )


@pytest.mark.parametrize("axis", [0, 2])
def test_npz_keeps_the_channel_axis(tmp_path, axis):
    assert read(write(Image(np.zeros((3, 4, 3)), channel_axis=axis), tmp_path / "a.npz")).channel_axis == axis


@given(pixels=volumes(NIFTI_TYPES), affine=affines(), ending=st.sampled_from([".nii", ".nii.gz"]))
@settings(deadline=None, max_examples=50)
def test_nifti_round_trip(folder, pixels, affine, ending):
    path = write(Image(pixels, affine=affine), folder / f"a{ending}")
    back, reference = read(path), nibabel.load(path)
    np.testing.assert_array_equal(back, pixels)
    assert back.dtype == pixels.dtype
    np.testing.assert_allclose(back.affine, affine, rtol=1e-5, atol=1e-4)
    np.testing.assert_array_equal(np.asarray(reference.dataobj).T, pixels)
    flip, reverse = np.diag([-1, -1, 1, 1]), np.eye(4)[[2, 1, 0, 3]]
    np.testing.assert_allclose(reference.affine, flip @ affine @ reverse, rtol=1e-5, atol=1e-4)
    assert reference.header.get_xyzt_units()[0] == "mm"


@given(pixels=volumes(NIFTI_TYPES), affine=affines(), ending=st.sampled_from([".nrrd", ".mha"]))
@settings(deadline=None, max_examples=50)
def test_nrrd_and_mha_round_trip(folder, pixels, affine, ending):
    path = write(Image(pixels, affine=affine), folder / f"a{ending}")
    volume = pixels.reshape((1,) * (3 - pixels.ndim) + pixels.shape)
    back, reference = read(path), sitk.ReadImage(str(path))
    np.testing.assert_array_equal(back, volume)
    assert back.dtype == pixels.dtype
    np.testing.assert_allclose(back.affine, affine, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(reference), volume)
    for index in np.ndindex(2, 2, 2):
        place = reference.TransformContinuousIndexToPhysicalPoint([float(i) for i in index[::-1]])
        np.testing.assert_allclose(place, (affine @ (*index, 1))[:3], atol=1e-9)


@pytest.mark.parametrize("name", ["a.nrrd", "a.mha"])
def test_nrrd_and_mha_hold_channels_and_sheared_grids(tmp_path, name):
    pixels = np.arange(2 * 3 * 4 * 5, dtype=np.int16).reshape(5, 2, 3, 4)
    sheared = OBLIQUE.copy()
    sheared[:3, 0] += 0.3 * sheared[:3, 1]
    back = read(write(Image(pixels, affine=sheared, channel_axis=0), tmp_path / name))
    np.testing.assert_array_equal(back, np.moveaxis(pixels, 0, -1))
    np.testing.assert_allclose(back.affine, sheared, atol=1e-9)
    assert back.channel_axis == 3


@pytest.mark.parametrize("name", ["a.nrrd", "a.mha"])
def test_nrrd_and_mha_refuse_what_they_cannot_hold(tmp_path, name):
    with pytest.raises(ValueError, match="needs an affine"):
        write(Image(np.zeros((2, 2))), tmp_path / name)
    with pytest.raises(ValueError, match="cannot hold float16"):
        write(Image(np.zeros((2, 2), np.float16), affine=np.eye(4)), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_nifti_masks_become_bytes(tmp_path):
    back = read(write(Image([[True, False]], spacing=(1, 1)), tmp_path / "a.nii"))
    assert back.dtype == np.uint8
    np.testing.assert_array_equal(back, [[1, 0]])


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (Image(np.zeros((2, 2))), "needs a grey image with a spacing"),
        (Image(np.zeros((2, 2, 3)), spacing=(1, 1), channel_axis=-1), "needs a grey image"),
        (Image(np.zeros((2, 2), np.float16), spacing=(1, 1)), "cannot hold float16"),
    ],
)
def test_nifti_refuses_what_it_cannot_hold(tmp_path, image, message):
    with pytest.raises(ValueError, match=message):
        write(image, tmp_path / "a.nii")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.tiff", "a.PNG"])
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, "RGB"])
def test_pictures_round_trip(tmp_path, name, dtype):
    rng = np.random.default_rng(0)
    if dtype == "RGB":
        image = Image(rng.integers(0, 256, (3, 5, 6), dtype=np.uint8), channel_axis=0)
        expected = np.moveaxis(image.pixels, 0, -1)
    else:
        image = Image((rng.random((5, 6)) * 70000).astype(np.uint32).astype(dtype))
        expected = image.pixels
    path = write(image, tmp_path / name)
    np.testing.assert_array_equal(read(path), expected)
    np.testing.assert_array_equal(np.asarray(Picture.open(path)), expected)


@pytest.mark.parametrize(
    "image",
    [
        Image(np.zeros((2, 2))),
        Image(np.zeros((2, 2), np.int16)),
        Image(np.zeros((2, 2, 2), np.uint8)),
        Image(np.zeros((2, 2, 2), np.uint8), channel_axis=-1),
        Image(np.zeros((2, 2, 4), np.uint8), channel_axis=-1),
        Image(np.zeros((2, 2, 3), np.uint16), channel_axis=-1),
    ],
)
def test_pictures_refuse_what_they_cannot_hold(tmp_path, image):
    with pytest.raises(ValueError, match=r"save it as \.npz"):
        write(image, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.npy", "a.NPY", "a.NPZ", "A.NII.GZ"])
def test_suffixes_in_capitals(tmp_path, name):
    image = Image(np.arange(6).reshape(2, 3), spacing=(1, 2))
    path = write(image, tmp_path / name)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    np.testing.assert_array_equal(read(path), image)


@pytest.mark.parametrize("name", ["a", "a.txt", "a.jpg", "a.dcm", "a.nii.zip"])
def test_unknown_suffix(tmp_path, name):
    with pytest.raises(ValueError, match=r"expected suffix \.nii") as caught:
        write(Image([[1]]), tmp_path / name)
    assert name in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "library"),
    [
        ("a.npz", "numpy.savez_compressed"),
        ("a.nii.gz", "nibabel.save"),
        ("a.npy", "numpy.save"),
        ("a.nrrd", "SimpleITK.WriteImage"),
    ],
)
def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch, name, library):
    path = write(Image([[1, 2]], affine=np.eye(4)), tmp_path / name)
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(library, full)
    with pytest.raises(OSError, match="disk full"):
        write(Image([[3, 4]], affine=np.eye(4)), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_an_oblique_slice_keeps_its_place(tmp_path):
    image = Image(np.zeros((3, 4), np.int16), affine=OBLIQUE)
    back = read(write(image, tmp_path / "a.nii.gz"))
    assert back.shape == (3, 4)
    np.testing.assert_allclose(back.affine, OBLIQUE, atol=1e-4)


@pytest.mark.parametrize("name", ["a.npz", "a.nii", "a.nii.gz"])
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4)])
def test_an_unknown_place_stays_unknown(tmp_path, name, shape):
    back = read(write(Image(np.ones(shape), spacing=shape), tmp_path / name))
    assert (back.spacing, back.affine) == (shape, None)
