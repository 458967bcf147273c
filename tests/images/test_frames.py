from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from workbench.images import ImageReadError, ImageReadWarning, read
from workbench.images.frames import ALLOWED, frame_count, frames_of

AWAY = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness")
STRAIGHT = [1, 0, 0, 0, 1, 0]
OBLIQUE = [0.8, 0.6, 0, -0.36, 0.48, 0.8]


def item(**tags):
    dataset = Dataset()
    for name, value in tags.items():
        setattr(dataset, name, value)
    return dataset


def group(**sequences):
    return item(**{f"{name}Sequence": Sequence([item(**tags)]) for name, tags in sequences.items()})


def enhanced(places, *, orientation=STRAIGHT, own=({},) * 99, shared=None):
    frames = [
        group(PlanePosition={"ImagePositionPatient": [float(f"{x:.6f}") for x in place]}, **more)
        for place, more in zip(places, own, strict=False)
    ]
    common = group(
        PixelMeasures={"PixelSpacing": [0.5, 0.25], "SliceThickness": 2},
        PlaneOrientation={"ImageOrientationPatient": orientation},
        **(shared or {}),
    )
    return {
        "NumberOfFrames": len(places),
        "SharedFunctionalGroupsSequence": Sequence([common]),
        "PerFrameFunctionalGroupsSequence": Sequence(frames),
        "leave_out": AWAY,
    }


@pytest.fixture
def volume():
    return np.random.default_rng(0).integers(0, 4000, (4, 3, 5)).astype(np.int16)


@pytest.mark.parametrize("orientation", [STRAIGHT, OBLIQUE], ids=["straight", "oblique"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_enhanced_frames_are_sorted_along_the_normal(tmp_path, write_dicom, volume, orientation, order):
    normal = np.cross(orientation[:3], orientation[3:])
    places = [np.array([1, 2, 3]) + 2.5 * index * normal for index in order]
    tags = enhanced(places, orientation=orientation)
    image = read(write_dicom(tmp_path / "a.dcm", volume[list(order)], **tags))
    np.testing.assert_array_equal(image, volume)
    assert image.spacing == pytest.approx((2.5, 0.5, 0.25))
    for index in (0, 3):
        expected = np.array([1, 2, 3]) + 2.5 * index * normal
        np.testing.assert_allclose((image.affine @ (index, 0, 0, 1))[:3], expected, atol=1e-5)
    assert image.history == ()


def test_each_frame_has_its_own_rescaling(tmp_path, write_dicom, volume):
    own = [
        {"PixelValueTransformation": {"RescaleSlope": slope, "RescaleIntercept": -slope, "RescaleType": "HU"}}
        for slope in (1, 0.5, 2, 0.25)
    ]
    tags = enhanced([(0, 0, z) for z in range(4)], own=own) | {"RescaleSlope": 9}
    image = read(write_dicom(tmp_path / "a.dcm", volume, **tags))
    slopes = np.array([1, 0.5, 2, 0.25])[:, None, None]
    np.testing.assert_array_equal(image, volume * slopes - slopes)
    assert image.units == "HU"


def test_several_frames_at_each_position_become_channels(tmp_path, write_dicom, volume):
    own = [{"MREcho": {"EffectiveEchoTime": time}} for time in (80.0, 9.5, 9.5, 80.0)]
    tags = enhanced([(0, 0, 0), (0, 0, 0), (0, 0, 3), (0, 0, 3)], own=own) | {"Modality": "MR"}
    image = read(write_dicom(tmp_path / "a.dcm", volume, **tags))
    assert (image.shape, image.channel_axis) == ((2, 3, 5, 2), 3)
    np.testing.assert_array_equal(np.moveaxis(image.pixels, -1, 1).reshape(4, 3, 5), volume[[1, 0, 2, 3]])
    assert image.spacing == pytest.approx((3, 0.5, 0.25))
    assert str(image.history[0]) == "images.read(channels='EffectiveEchoTime 9.5, 80.0')"


def test_a_sequence_in_time_at_one_position_is_a_slice_with_channels(tmp_path, write_dicom, volume):
    own = [{"FrameContent": {"TemporalPositionIndex": index}} for index in (10, 2, 3, 1)]
    image = read(write_dicom(tmp_path / "a.dcm", volume, **enhanced([(0, 0, 0)] * 4, own=own)))
    assert (image.shape, image.channel_axis) == ((3, 5, 4), 2)
    np.testing.assert_array_equal(np.moveaxis(image.pixels, -1, 0), volume[[3, 1, 2, 0]])


@pytest.mark.parametrize(
    ("places", "reason"),
    [
        ([(0, 0, 0), (0, 0, 0), (0, 0, 1), (0, 0, 1)], "frame 1 and a.dcm frame 2 are at the same position"),
        ([(0, 0, 0), (0, 0, 0), (0, 0, 1), (0, 0, 2)], "frame 1 and a.dcm frame 2 are at the same position"),
        ([(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 0, 9)], "frame 3 and a.dcm frame 4 are 7 mm apart"),
    ],
)
def test_frames_that_are_no_volume_are_a_stack_with_a_warning(tmp_path, write_dicom, volume, places, reason):
    path = write_dicom(tmp_path / "a.dcm", volume, **enhanced(places))
    with pytest.warns(ImageReadWarning, match=reason):
        image = read(path)
    np.testing.assert_array_equal(image, volume)
    assert (image.affine, image.channel_axis) == (None, None)


def test_a_missing_position_is_named(tmp_path, write_dicom, volume):
    tags = enhanced([(0, 0, z) for z in range(4)])
    del tags["PerFrameFunctionalGroupsSequence"][2].PlanePositionSequence
    path = write_dicom(tmp_path / "a.dcm", volume, **tags)
    with pytest.warns(ImageReadWarning, match="without affine: frame 3: no position"):
        assert read(path).affine is None


@pytest.mark.parametrize("colored", [False, True])
def test_a_cine_is_a_stack_of_frames(tmp_path, write_dicom, colored):
    shape = (3, 4, 5, 3) if colored else (3, 4, 5)
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    path = write_dicom(
        tmp_path / "a.dcm", pixels, NumberOfFrames=3, Modality="US", leave_out=AWAY[:2], FrameTime=33
    )
    image = read(path)
    np.testing.assert_array_equal(image, pixels)
    assert (image.ndim, image.channel_axis, image.affine, image.spacing) == (3, 3 if colored else None, None, None)
    assert str(image.history[0]) == "images.read(axis_0='frames', in_plane_spacing=(0.5, 0.25))"


def test_one_position_for_many_frames_is_not_that_of_each(tmp_path, write_dicom, volume):
    image = read(write_dicom(tmp_path / "a.dcm", volume, NumberOfFrames=4))
    assert (image.shape, image.affine) == ((4, 3, 5), None)


def test_a_dose_grid(tmp_path, write_dicom, volume):
    stored = volume.astype(np.uint16)
    offsets, tags = [0, -3, -6, -9], {"Modality": "RTDOSE", "DoseUnits": "GY", "DoseGridScaling": 0.125}
    path = write_dicom(tmp_path / "a.dcm", stored, NumberOfFrames=4, GridFrameOffsetVector=offsets, **tags)
    image = read(path)
    np.testing.assert_array_equal(image, stored[::-1] * 0.125)
    np.testing.assert_allclose((image.affine @ (0, 0, 0, 1))[:3], (-10, -20, 30 - 9))
    assert (image.spacing, image.units) == (pytest.approx((3, 0.5, 0.25)), "GY")


def test_a_palette_of_frames(tmp_path, write_dicom):
    index = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    tags = {"PhotometricInterpretation": "PALETTE COLOR", "Modality": "US", "leave_out": AWAY, "NumberOfFrames": 2}
    for name, factor in (("Red", 1), ("Green", 2), ("Blue", 3)):
        tags[f"{name}PaletteColorLookupTableDescriptor"] = [32, 0, 8]
        tags[f"{name}PaletteColorLookupTableData"] = (np.arange(32) * factor).astype(np.uint8).tobytes()
    image = read(write_dicom(tmp_path / "a.dcm", index, **tags))
    np.testing.assert_array_equal(image, index[..., None] * np.array([1, 2, 3]))
    assert (image.channel_axis, image.ndim) == (3, 3)


def test_frames_of_a_cine_in_monochrome1_are_inverted(tmp_path, write_dicom):
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    tags = {"PhotometricInterpretation": "MONOCHROME1", "Modality": "XA", "leave_out": AWAY, "NumberOfFrames": 2}
    np.testing.assert_array_equal(read(write_dicom(tmp_path / "a.dcm", pixels, **tags)), 255 - pixels)


def test_functional_groups_that_do_not_fit_are_told(tmp_path, write_dicom, volume):
    tags = enhanced([(0, 0, z) for z in range(3)]) | {"NumberOfFrames": 4}
    path = write_dicom(tmp_path / "a.dcm", volume, **tags)
    with pytest.warns(ImageReadWarning, match="functional groups for 3 frames, but 4 frames"):
        image = read(path)
    assert (image.shape, image.affine) == ((4, 3, 5), None)


def test_a_series_of_multi_frame_objects_is_refused(tmp_path, write_dicom, volume):
    for name in "ab":
        write_dicom(tmp_path / name, volume, NumberOfFrames=4)
    with pytest.raises(ImageReadError, match="a holds 4 frames; read it by itself"):
        read(tmp_path)


def test_echoes_in_files_become_channels(tmp_path, write_dicom, volume):
    for index, (z, echo) in enumerate([(0, 30), (0, 5), (1, 30), (1, 5)]):
        tags = {"ImagePositionPatient": [0, 0, z], "EchoTime": echo, "Modality": "MR"}
        write_dicom(tmp_path / f"{index}", volume[index], **tags)
    image = read(tmp_path)
    np.testing.assert_array_equal(image.pixels[..., 0], volume[[1, 3]])
    np.testing.assert_array_equal(image.pixels[..., 1], volume[[0, 2]])
    assert "EchoTime 5.0, 30.0" in str(image.history[0])


def test_several_colour_frames_at_each_position_are_a_stack(tmp_path, write_dicom):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 3)).astype(np.uint8)
    own = [{"FrameContent": {"TemporalPositionIndex": index}} for index in (1, 2, 1, 2)]
    path = write_dicom(tmp_path / "a.dcm", pixels, **enhanced([(0, 0, z) for z in (0, 0, 1, 1)], own=own))
    with pytest.warns(ImageReadWarning, match="without affine: several colour frames at each position"):
        image = read(path)
    np.testing.assert_array_equal(image, pixels)
    assert (image.affine, image.channel_axis) == (None, 3)


def test_colours_beside_grey_slices_are_refused(tmp_path, write_series, write_dicom):
    write_series(tmp_path, count=3)
    write_dicom(tmp_path / "odd", np.zeros((4, 6, 3), np.uint8), ImagePositionPatient=[-10, -20, 36])
    with pytest.raises(ImageReadError, match="colours beside grey slices"):
        read(tmp_path)


@pytest.mark.parametrize("stated", [0, -1, 10**6, "x"])
def test_impossible_numbers_of_frames(stated):
    with pytest.raises(ImageReadError, match="NumberOfFrames must be a positive number"):
        frame_count({"NumberOfFrames": stated}, Path("a.dcm"))


def test_only_allowed_tags_are_kept():
    dataset = item(
        Rows=4, Columns=5, PatientName="Canary", PatientID="Canary", EchoTime=5, OtherPatientNames="Canary"
    )
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [group(FrameContent={"FrameComments": "Canary", "TemporalPositionIndex": 3})]
    )
    (frame,) = frames_of(dataset, Path("a.dcm"))
    assert frame.facts == {"EchoTime": 5, "TemporalPositionIndex": 3}
    assert not {name for name in ALLOWED if name.startswith("Patient")} - {"PatientWeight"}
    assert all(type(value) in {int, float, str, list} for value in frame.facts.values())
