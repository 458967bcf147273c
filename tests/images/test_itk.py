import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.images import ImageReadError, read

ENDINGS = [".nrrd", ".mha", ".mhd", ".nhdr"]
TURNED = sitk.VersorTransform((0.3, -0.5, 0.2), 0.7).GetMatrix()


def written(path, pixels, *, vectors=False, compressed=False):
    image = sitk.GetImageFromArray(pixels, isVector=vectors)
    if image.GetDimension() == 3:
        image.SetDirection(TURNED)
    image.SetSpacing((0.7, 0.8, 2.5, 9)[: image.GetDimension()])
    image.SetOrigin((-10, 20, -30, 0)[: image.GetDimension()])
    sitk.WriteImage(image, str(path), useCompression=compressed)
    return image


@given(
    ending=st.sampled_from(ENDINGS),
    dtype=st.sampled_from([np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64]),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)),
    compressed=st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_voxels_are_where_simpleitk_has_them(tmp_path_factory, ending, dtype, shape, compressed):
    path = tmp_path_factory.mktemp("itk") / f"a{ending}"
    pixels = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    reference = written(path, pixels, compressed=compressed)
    image = read(path)
    np.testing.assert_array_equal(image, pixels)
    assert (image.dtype, image.channel_axis, image.name) == (dtype, None, "a")
    assert image.spacing == pytest.approx((2.5, 0.8, 0.7))
    last = [length - 1 for length in shape]
    place = reference.TransformIndexToPhysicalPoint([int(index) for index in last[::-1]])
    np.testing.assert_allclose((image.affine @ (*last, 1))[:3], place, atol=1e-6)


@pytest.mark.parametrize("ending", ENDINGS)
def test_vectors_and_series_have_channels_last(tmp_path, ending):
    pixels = np.arange(120, dtype=np.int16).reshape(2, 3, 4, 5)
    written(tmp_path / f"a{ending}", pixels, vectors=True)
    image = read(tmp_path / f"a{ending}")
    np.testing.assert_array_equal(image, pixels)
    assert (image.channel_axis, image.ndim) == (3, 3)
    written(tmp_path / f"b{ending}", pixels)
    np.testing.assert_array_equal(read(tmp_path / f"b{ending}"), np.moveaxis(pixels, 0, -1))


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_a_slice(tmp_path, ending):
    written(tmp_path / f"a{ending}", np.eye(3, 4, dtype=np.uint8))
    image = read(tmp_path / f"a{ending}")
    np.testing.assert_array_equal(image, np.eye(3, 4))
    assert image.ndim == 2


def test_nrrd_in_ras_becomes_lps(tmp_path):
    header = """NRRD0004
type: uint8
dimension: 3
space: right-anterior-superior
sizes: 2 2 2
space directions: (2,0,0) (0,3,0) (0,0,4)
space origin: (10,20,30)
encoding: raw

"""
    (tmp_path / "a.nrrd").write_bytes(header.encode() + bytes(range(8)))
    image = read(tmp_path / "a.nrrd")
    assert (image.orientation, image.spacing) == ("SAR", (4, 3, 2))
    np.testing.assert_allclose((image.affine @ (0, 0, 0, 1))[:3], (-10, -20, 30))
    assert image.pixels[0, 0].tolist() == [0, 1]


def test_nrrd_without_a_space_has_no_affine(tmp_path):
    header = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n\n"
    (tmp_path / "a.nrrd").write_bytes(header.encode() + bytes(range(8)))
    image = read(tmp_path / "a.nrrd")
    assert (image.affine, image.shape) == (None, (2, 2, 2))


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
@pytest.mark.parametrize("keep", [0, 10, 60, 0.5, 0.95])
def test_truncated_files(tmp_path, ending, keep, capfd):
    path = tmp_path / f"a{ending}"
    written(path, np.random.default_rng(0).integers(0, 255, (20, 20, 20)).astype(np.uint8), compressed=True)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    with pytest.raises(ImageReadError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_a_header_that_asks_for_too_much_memory(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    written(path, np.zeros((2, 2, 2), np.uint8))
    path.write_bytes(path.read_bytes().replace(b" 2 2 2", b" 90000 90000 90000"))
    with pytest.raises(ImageReadError, match="is it damaged"):
        read(path)


def test_too_many_axes(tmp_path):
    written(tmp_path / "a.nrrd", np.zeros((2, 2, 2, 2, 3), np.uint8), vectors=True)
    with pytest.raises(ImageReadError, match="split it"):
        read(tmp_path / "a.nrrd")


def test_real_label_maps_equal_simpleitk(shared_data):
    for path in sorted((shared_data / "dicom_zoo").rglob("*.nrrd")):
        image, reference = read(path), sitk.ReadImage(str(path))
        np.testing.assert_array_equal(image, sitk.GetArrayFromImage(reference))
        corner = reference.TransformIndexToPhysicalPoint(reference.GetSize())
        np.testing.assert_allclose((image.affine @ (*image.shape[:3], 1))[:3], corner, atol=1e-6)
