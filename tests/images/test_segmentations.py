import highdicom as hd
import nibabel
import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pydicom.uid import generate_uid

from workbench.images import Image, ImageReadError, affine_from_spacing, read, read_mask, save_segmentation
from workbench.images.grids import matched

from .test_contours import on_slice, write_rtstruct

SHAPE = (5, 4, 6)
STUDY = {
    "PatientID": "P-7",
    "PatientName": "Nobody^Test",
    "PatientBirthDate": "19700101",
    "PatientSex": "O",
    "StudyInstanceUID": generate_uid(entropy_srcs=["study"]),
    "FrameOfReferenceUID": generate_uid(entropy_srcs=["frame"]),
    "StudyDate": "20200102",
    "StudyTime": "030405",
    "StudyID": "S-9",
    "AccessionNumber": "A-1",
    "ReferringPhysicianName": "",
    "PositionReferenceIndicator": "",
}


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    from .conftest import _write_dicom, _write_series

    def write_source(orientation=(0.8, 0.6, 0, -0.36, 0.48, 0.8), **tags):
        folder = tmp_path_factory.mktemp("source")
        _write_series(folder, orientation=orientation, order=[3, 0, 4, 2, 1], **(STUDY | tags))
        return folder

    write_source.one = _write_dicom
    return write_source


@pytest.fixture(scope="module")
def source(write):
    return write()


@pytest.fixture(scope="module")
def like(source):
    return read(source)


@pytest.fixture(scope="module")
def segmentation(source, tmp_path_factory):
    return save_segmentation(np.ones(SHAPE, bool), tmp_path_factory.mktemp("whole") / "s.dcm", source=source)


@pytest.fixture(scope="module")
def contours(like, tmp_path_factory):
    drawn = [on_slice(like.affine, index, [(0, 0), (0, 4), (3, 4)]) for index in range(3)]
    return write_rtstruct(tmp_path_factory.mktemp("whole") / "rt.dcm", [("GTV", drawn)])


masks = hnp.arrays(np.uint8, SHAPE, elements=st.integers(0, 3)).filter(np.any)


@given(masks)
@settings(deadline=None, max_examples=25)
def test_round_trip_through_highdicom_and_back(tmp_path_factory, source, like, labels):
    names = ["one", "two", "three"]
    path = save_segmentation(labels, tmp_path_factory.mktemp("s") / "s.dcm", source=source, names=names)
    np.testing.assert_array_equal(read_mask(path, like=like, roi=names), labels)
    for number, name in enumerate(names, start=1):
        np.testing.assert_array_equal(read_mask(path, like=like, roi=name), labels == number)
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in source.iterdir()]
    normal = like.affine[:3, 0]
    headers.sort(key=lambda header: normal @ np.array(header.ImagePositionPatient, float))
    frames = hd.seg.segread(path).get_pixels_by_source_instance(
        [header.SOPInstanceUID for header in headers], combine_segments=True, assert_missing_frames_are_empty=True
    )
    np.testing.assert_array_equal(frames, labels)


def test_identity_comes_from_the_source(tmp_path, source, like):
    mask = like.map(lambda pixels: pixels > 2000)
    path = save_segmentation(mask, tmp_path / "s.dcm", source=source, names=["bright"])
    written = hd.seg.segread(path)
    for name in ("PatientID", "PatientName", "StudyInstanceUID", "StudyDate", "AccessionNumber"):
        assert str(written[name].value) == STUDY[name]
    assert written.FrameOfReferenceUID == STUDY["FrameOfReferenceUID"]
    series = pydicom.dcmread(next(source.iterdir())).SeriesInstanceUID
    assert written.SeriesInstanceUID != series
    assert written.ReferencedSeriesSequence[0].SeriesInstanceUID == series
    assert written.SegmentSequence[0].SegmentLabel == "bright"
    assert written.SegmentSequence[0].SegmentAlgorithmType == "MANUAL"
    assert "not a medical device" in written.ContentDescription
    volume = written.get_volume(combine_segments=True)
    # highdicom may count the slices from the other end.
    np.testing.assert_array_equal(matched(volume.array, volume.affine, like.affine, SHAPE), mask)


def test_the_method_is_named(tmp_path, source):
    path = save_segmentation(np.ones(SHAPE, bool), tmp_path / "s.dcm", source=source, algorithm="Otsu threshold")
    segment = hd.seg.segread(path).SegmentSequence[0]
    assert (segment.SegmentLabel, segment.SegmentAlgorithmType) == ("label 1", "AUTOMATIC")
    assert segment.SegmentAlgorithmName == "Otsu threshold"


@pytest.mark.parametrize("code", ["SPL", "LAI", "PRS"])
def test_a_mask_in_another_order_of_axes(tmp_path, source, like, code):
    labels = np.random.default_rng(0).integers(0, 3, SHAPE)
    mask = like.replace(pixels=labels).oriented(code)
    path = save_segmentation(mask, tmp_path / "s.dcm", source=source)
    np.testing.assert_array_equal(read_mask(path, like=like, roi=[1, 2]), labels)
    turned = read_mask(path, like=like.oriented(code), roi=[1, 2])
    np.testing.assert_array_equal(turned, mask)


def test_one_slice(tmp_path, source):
    for file in source.iterdir():
        path = save_segmentation(np.eye(4, 6, dtype=bool), tmp_path / "s.dcm", source=file)
        np.testing.assert_array_equal(read_mask(path, like=read(file)), np.eye(4, 6, dtype=bool))
        whole = read_mask(path, like=read(source))
        assert whole.pixels.sum() == 4
        assert whole.pixels.any(axis=(1, 2)).sum() == 1


def test_a_radiograph_has_no_place_but_its_pixels(tmp_path, write):
    file = write.one(
        tmp_path / "x.dcm",
        np.arange(24, dtype=np.uint16).reshape(4, 6),
        leave_out=("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"),
        **(STUDY | {"Modality": "DX"}),
    )
    path = save_segmentation(np.eye(4, 6, dtype=bool), tmp_path / "s.dcm", source=file)
    np.testing.assert_array_equal(read_mask(path, like=read(file)), np.eye(4, 6, dtype=bool))
    with pytest.raises(ImageReadError, match="without a position, but like has shape"):
        read_mask(path, like=Image(np.zeros((4, 7))))


def test_saving_again_beside_the_images(write):
    folder = write()
    for _ in range(2):
        save_segmentation(np.ones(SHAPE, bool), folder / "mask.dcm", source=folder)
    assert len(list(folder.iterdir())) == 6


def test_a_source_of_two_series(write):
    folder = write()
    write.one(folder / "other.dcm", np.ones((4, 6), np.uint16), SeriesInstanceUID=generate_uid())
    with pytest.raises(ValueError, match="expected one series of images, received 2"):
        save_segmentation(np.ones(SHAPE, bool), folder / "mask.dcm", source=folder)


def test_no_source_no_file(tmp_path, source, like):
    def refused(match, mask=None, error=ValueError, path="s.dcm", **options):
        with pytest.raises(error, match=match):
            save_segmentation(np.ones(SHAPE, bool) if mask is None else mask, tmp_path / path, **options)
        assert not list(tmp_path.iterdir())

    refused("needs the patient and study.*NIfTI")
    refused(r"expected suffix \.dcm", path="s.nii", source=source)
    refused("mask is empty", np.zeros(SHAPE, bool), source=source)
    refused("whole numbers from 0 to 65535", np.full(SHAPE, 0.5), source=source)
    refused("whole numbers from 0 to 65535", np.full(SHAPE, -1), source=source)
    refused("finite", np.full(SHAPE, np.nan), source=source)
    refused(r"shape \(5, 4, 5\), but the source has \(5, 4, 6\)", np.ones((5, 4, 5)), source=source)
    refused("different name for each label from 1 to 2", np.full(SHAPE, 2), source=source, names=["a"])
    refused("different name", source=source, names=["a", "a"])
    refused("sequence of texts", source=source, names="tumour")
    refused("sequence of texts", source=source, names=[""])
    moved = like.affine.copy()
    moved[1, 3] += 0.5
    refused(
        "does not fit the source: .* 0.5 mm away from those of the source",
        Image(np.ones(SHAPE), affine=moved),
        source=source,
    )
    refused("no such file", error=ImageReadError, source=source / "nowhere")


def test_an_anonymised_source(tmp_path, write, like):
    folder = write(PatientID="", PatientBirthDate="", SpecificCharacterSet="")
    for file in folder.iterdir():
        header = pydicom.dcmread(file)
        for name in ("PatientName", "PatientSex", "StudyDate", "StudyTime", "StudyID", "ReferringPhysicianName"):
            del header[name]
        header.save_as(file)
    path = save_segmentation(np.ones(SHAPE, bool), tmp_path / "s.dcm", source=folder)
    assert read_mask(path, like=like).pixels.all()
    assert hd.seg.segread(path).StudyInstanceUID == STUDY["StudyInstanceUID"]


@pytest.mark.filterwarnings("ignore::workbench.images.ImageReadWarning")
def test_a_tilted_scan_keeps_slice_to_slice(shared_data, tmp_path):
    source = shared_data / "dicom_zoo" / "ge_head_ct_tilt_variable_spacing"
    pixels = read(source).pixels
    path = save_segmentation(pixels > 50, tmp_path / "s.dcm", source=source)
    written = hd.seg.segread(path)
    for file in source.glob("*.dcm"):
        slice_ = pydicom.dcmread(file)
        frame = written.get_pixels_by_source_instance([slice_.SOPInstanceUID], combine_segments=True)
        hu = slice_.pixel_array * float(slice_.RescaleSlope) + float(slice_.RescaleIntercept)
        np.testing.assert_array_equal(frame[0] > 0, hu > 50)


@pytest.mark.parametrize(
    "name",
    [
        "dcmqi_seg_sr_pm/segmentations/24x38x3/multiframe/mf.dcm",
        "dcmqi_seg_sr_pm/segmentations/ct-3slice",
        "highdicom/dx_image.dcm",
        "pydicom_test_files/MR_small.dcm",
        "pydicom_test_files/examples_rgb_color.dcm",
        "deident_method_codes",
    ],
)
@pytest.mark.filterwarnings("ignore::workbench.images.ImageReadWarning")
def test_sources_of_the_zoo(shared_data, tmp_path, name):
    source = shared_data / "dicom_zoo" / name
    like = read(source)
    shape = like.shape if like.channel_axis is None else like.shape[:-1]
    labels = np.random.default_rng(0).integers(0, 3, shape)
    path = save_segmentation(labels, tmp_path / "s.dcm", source=source)
    np.testing.assert_array_equal(read_mask(path, like=like, roi=[1, 2]), labels)


def test_a_source_that_is_no_dicom(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((4, 6)))
    with pytest.raises(ImageReadError, match="no patient and study are known; save the mask as NIfTI"):
        save_segmentation(np.ones((4, 6)), tmp_path / "s.dcm", source=tmp_path / "a.npy")


def test_a_source_without_its_study(tmp_path, write):
    file = write.one(tmp_path / "x.dcm", np.ones((4, 6), np.uint16))
    with pytest.raises(ValueError, match=r"cannot be made from its tags: .*StudyInstanceUID|Study Instance UID"):
        save_segmentation(np.ones((4, 6)), tmp_path / "s.dcm", source=file)


def test_a_failure_leaves_the_old_file(tmp_path, source, monkeypatch):
    path = save_segmentation(np.ones(SHAPE, bool), tmp_path / "s.dcm", source=source)
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(hd.seg.Segmentation, "save_as", full)
    with pytest.raises(OSError, match="disk full"):
        save_segmentation(np.ones(SHAPE, bool), path, source=source)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["s.dcm"]


def test_frames_elsewhere_are_refused_or_resampled(tmp_path, source, like):
    labels = np.zeros(SHAPE, bool)
    labels[1:3, 1:3, 2:5] = True
    path = save_segmentation(labels, tmp_path / "s.dcm", source=source)
    moved = like.affine.copy()
    moved[:3, 3] += 0.3 * like.affine[:3, 1]
    with pytest.raises(ImageReadError, match=r"a frame lies up to 0\.15 mm away"):
        read_mask(path, like=like.replace(affine=moved))
    np.testing.assert_array_equal(read_mask(path, like=like.replace(affine=moved), resample=True), labels)
    with pytest.raises(ImageReadError, match=r"begins at voxel \[2, 0, 0\] of like, whose shape is \(2, 4, 6\)"):
        read_mask(path, like=Image(np.zeros((2, 4, 6)), affine=like.affine))
    cut = read_mask(path, like=Image(np.zeros((2, 4, 6)), affine=like.affine), resample=True)
    np.testing.assert_array_equal(cut, labels[:2])
    fine = Image(
        np.zeros((10, 8, 12)),
        affine=like.affine @ np.array([[0.5, 0, 0, -0.25], [0, 0.5, 0, -0.25], [0, 0, 0.5, -0.25], [0, 0, 0, 1]]),
    )
    np.testing.assert_array_equal(
        read_mask(path, like=fine, resample=True), labels.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    )
    with pytest.raises(ImageReadError, match="like has no affine"):
        read_mask(path, like=Image(np.zeros(SHAPE)))


READ = [
    "dcmqi_seg_sr_pm/segmentations/23x38x3/seg/label.seg",
    "dcmqi_seg_sr_pm/segmentations/24x38x3/seg/label.seg",
    "dcmqi_seg_sr_pm/segmentations/liver.dcm",
    "dcmqi_seg_sr_pm/segmentations/partial_overlaps.dcm",
    "dcmqi_seg_sr_pm/segmentations/sparse-labelmap-noppv.dcm",
    "dcmqi_seg_sr_pm/segmentations/sparse-labelmap-ppv5.dcm",
    "dcmqi_seg_sr_pm/sr-example/seg.dcm",
    "highdicom/seg_image_ct_binary.dcm",
    "highdicom/seg_image_ct_binary_fractional.dcm",
    "highdicom/seg_image_ct_binary_overlap.dcm",
    "highdicom/seg_image_ct_binary_single_frame.dcm",
]


@pytest.mark.parametrize("name", READ)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_segments_of_the_zoo_are_those_of_highdicom(shared_data, name):
    path = shared_data / "dicom_zoo" / name
    written = hd.seg.segread(path)
    for number in [number for number in written.segment_numbers if number]:
        volume = written.get_volume(segment_numbers=[number], combine_segments=True, skip_overlap_checks=True)
        like = Image(np.zeros(volume.array.shape), affine=volume.affine)
        mask = read_mask(path, like=like, roi=int(number))
        assert mask.pixels.any()
        np.testing.assert_array_equal(mask, volume.array > 0)
        turned = read_mask(path, like=like.oriented("LAI"), roi=int(number))
        np.testing.assert_array_equal(turned.oriented(like.orientation), mask)


def test_fractions_of_at_least_a_half_are_inside(shared_data):
    path = shared_data / "dicom_zoo" / "highdicom" / "seg_image_ct_true_fractional.dcm"
    volume = hd.seg.segread(path).get_volume(segment_numbers=[1])
    like = Image(np.zeros(volume.array.shape[:3]), affine=volume.affine)
    np.testing.assert_array_equal(read_mask(path, like=like), volume.array[..., 0] >= 0.5)


@pytest.mark.parametrize(("size", "voxels"), [("23x38x3", 322), ("24x38x3", 315)])
def test_a_segmentation_of_the_zoo_on_its_images(shared_data, size, voxels):
    folder = shared_data / "dicom_zoo" / "dcmqi_seg_sr_pm" / "segmentations" / size
    mask = read_mask(folder / "seg" / "label.seg", like=read(folder / "image"))
    assert mask.pixels.sum() == voxels
    # These images are 1 where the segment is, but for corners that one segment adds.
    differs = np.argwhere(mask.pixels != read(folder / "image").pixels)
    corners = {0, mask.shape[1] - 1, mask.shape[2] - 1}
    assert {index for place in differs[:, 1:].tolist() for index in place} <= corners


@pytest.mark.parametrize(
    ("name", "roi", "message"),
    [
        ("highdicom/seg_image_sm_control.dcm", 1, "slide microscopy"),
        ("highdicom/seg_image_sm_control_labelmap.dcm", 1, "slide microscopy"),
        ("highdicom/seg_image_sm_dots_tiled_full.dcm", 1, "slide microscopy"),
        ("pydicom_test_files/liver_1frame.dcm", None, "describes 3 frames, but holds 1"),
        ("pydicom_test_files/liver_expb_1frame.dcm", None, "describes 3 frames, but holds 1"),
        ("pydicom_test_files/rtstruct.dcm", 2, "'Isocenter 1' has a contour of type POINT"),
        ("pydicom_test_files/rtstruct.dcm", 1, "'patient' has a contour at slice"),
        ("pydicom_test_files/rtstruct.dcm", None, "choose with roi=, of 1 'patient', 2 'Isocenter 1'"),
        ("rt_utils/mock_data/invalid_reference_rt.dcm", "ROI-1", "'ROI-1' has a contour at slice"),
    ],
)
def test_what_the_zoo_holds_that_is_no_mask_of_the_image(shared_data, name, roi, message):
    like = Image(np.zeros((3, 10, 10)), affine=affine_from_spacing((1, 1, 1)))
    with pytest.raises(ImageReadError, match=message):
        read_mask(shared_data / "dicom_zoo" / name, like=like, roi=roi)


@pytest.mark.parametrize("kind", ["CT", "MR_T1", "PET"])
def test_real_masks_are_the_same_in_every_format(shared_data, tmp_path, kind):
    folder = shared_data / "sts_ct_mr_pet" / "dicom" / "STS_002" / kind
    like = read(folder / "image")
    mask = read_mask(folder / "mask" / "RS.dcm", like=like)
    files = [mask.save(tmp_path / f"m.{ending}") for ending in ("nii.gz", "nrrd", "mha", "npz")]
    files.append(save_segmentation(mask, tmp_path / "m.dcm", source=folder / "image", names=["GTV"]))
    for file in files:
        np.testing.assert_array_equal(read_mask(file, like=like), mask)
    nifti = nibabel.load(files[0])
    np.testing.assert_array_equal(np.asarray(nifti.dataobj).T, mask)
    to_lps, reverse = np.diag([-1, -1, 1, 1]), np.eye(4)[[2, 1, 0, 3]]
    np.testing.assert_allclose(to_lps @ nifti.affine @ reverse, like.affine, atol=1e-4)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=50)
def test_damaged_files_give_one_kind_of_error(tmp_path_factory, segmentation, contours, like, seed):
    rng = np.random.default_rng(seed)
    broken = tmp_path_factory.mktemp("broken") / "b.dcm"
    for whole in (segmentation, contours):
        content = bytearray(whole.read_bytes())
        for _ in range(rng.integers(1, 8)):
            content[rng.integers(132, len(content))] = rng.integers(0, 256)
        broken.write_bytes(content[: rng.integers(132, len(content)) if rng.random() < 0.2 else None])
        try:
            mask = read_mask(broken, like=like)
        except ImageReadError as error:
            assert "b.dcm" in str(error)
        else:
            assert mask.shape == SHAPE
