from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

from workbench.images import Image, ImageReadError, read, read_mask
from workbench.images.contours import fill_polygons
from workbench.images.geometry import affine_from_spacing

from .test_geometry import CODES, OBLIQUE

SQUARE = [(1, 1), (1, 4), (4, 4), (4, 1)]


def even_odd(polygons, shape):
    mask = np.zeros(shape, dtype=bool)
    for row, column in np.ndindex(shape):
        for polygon in polygons:
            for (r0, c0), (r1, c1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
                if (r0 > row) != (r1 > row):
                    crossing = Fraction(c0) + (row - Fraction(r0)) * Fraction(c1 - c0) / Fraction(r1 - r0)
                    mask[row, column] ^= crossing <= column
    return mask


eighths = st.integers(-16, 80).map(lambda number: number / 8)
polygons = st.lists(st.lists(st.tuples(eighths, eighths), min_size=3, max_size=7), min_size=1, max_size=3)


@given(polygons)
@settings(deadline=None, max_examples=50)
def test_filling_is_even_odd_at_pixel_centres(drawn):
    np.testing.assert_array_equal(fill_polygons(drawn, (8, 9)), even_odd(drawn, (8, 9)))


@given(polygons)
@settings(deadline=None, max_examples=30)
def test_neither_direction_nor_first_corner_matters(drawn):
    turned = [polygon[2:] + polygon[:2] for polygon in drawn]
    backwards = [polygon[::-1] for polygon in drawn[::-1]]
    np.testing.assert_array_equal(fill_polygons(drawn, (8, 9)), fill_polygons(turned, (8, 9)))
    np.testing.assert_array_equal(fill_polygons(drawn, (8, 9)), fill_polygons(backwards, (8, 9)))


def test_a_disc():
    angle = np.linspace(0, 2 * np.pi, 5000, endpoint=False)
    disc = fill_polygons([np.column_stack([30 + 20.3 * np.sin(angle), 25 + 20.3 * np.cos(angle)])], (61, 50))
    row, column = np.ogrid[:61, :50]
    distance = np.hypot(row - 30, column - 25)
    np.testing.assert_array_equal(
        disc[abs(distance - 20.3) > 1e-3], (distance < 20.3)[abs(distance - 20.3) > 1e-3]
    )


def test_a_polygon_within_another_is_a_hole():
    hole = [(2, 2), (2, 3), (3, 3), (3, 2)]
    mask = fill_polygons([SQUARE, hole], (6, 6))
    assert mask.sum() == 9 - 1
    assert not mask[2, 2]


def test_a_keyhole_is_a_hole():
    keyhole = [(0, 0), (0, 6), (6, 6), (6, 0), (3, 0), (3, 2), (4, 2), (4, 4), (2, 4), (2, 2), (3, 2), (3, 0)]
    outer, inner = [(0, 0), (0, 6), (6, 6), (6, 0)], [(2, 2), (2, 4), (4, 4), (4, 2)]
    np.testing.assert_array_equal(fill_polygons([keyhole], (8, 8)), fill_polygons([outer, inner], (8, 8)))


@given(st.integers(0, 64), st.integers(0, 64))
@settings(deadline=None, max_examples=30)
def test_polygons_that_share_an_edge_share_no_pixel_and_leave_none(a, b):
    cut = [(a / 8, 0), (b / 8, 8)]
    above = fill_polygons([[*cut, (0, 8), (0, 0)]], (8, 8))
    below = fill_polygons([[*cut, (8, 8), (8, 0)]], (8, 8))
    assert (above ^ below).all()
    np.testing.assert_array_equal(above, fill_polygons([[(0, 0), (0, 8), cut[1], cut[0]]], (8, 8)))


@pytest.mark.parametrize("drawn", [[], [[(1, 1)]], [[(1, 1), (3, 3)]], [[(50, 50), (50, 60), (60, 60)]]])
def test_what_has_no_area_in_the_image_fills_nothing(drawn):
    assert not fill_polygons(drawn, (5, 5)).any()


def write_rtstruct(path, rois, *, kind="CLOSED_PLANAR"):
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = RTStructureSetStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    dataset.Modality = "RTSTRUCT"
    dataset.StructureSetROISequence, dataset.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(rois, start=1):
        roi, drawn = Dataset(), Dataset()
        roi.ROINumber = drawn.ReferencedROINumber = number
        roi.ROIName = name
        dataset.StructureSetROISequence.append(roi)
        drawn.ContourSequence = []
        for points in contours:
            contour = Dataset()
            contour.ContourGeometricType = kind
            contour.NumberOfContourPoints = len(points)
            contour.ContourData = [f"{value:.10g}" for value in np.ravel(points)]
            drawn.ContourSequence.append(contour)
        dataset.ROIContourSequence.append(drawn)
    dataset.save_as(path, enforce_file_format=True)
    return path


def on_slice(affine, index, polygon):
    indices = np.column_stack([np.broadcast_to(index, len(polygon)), polygon])
    return indices @ np.asarray(affine)[:3, :3].T + np.asarray(affine)[:3, 3]


LIKE = Image(np.zeros((4, 6, 7)), affine=OBLIQUE)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0.07, -0.07]), polygons), min_size=1, max_size=4),
    st.sampled_from([OBLIQUE, affine_from_spacing((5, 2, 1)), affine_from_spacing((5, 2, 1))[:, [1, 0, 2, 3]]]),
)
@settings(deadline=None, max_examples=40)
def test_contours_come_back_from_a_file(tmp_path_factory, drawn, affine):
    like = Image(np.zeros((4, 12, 12)), affine=affine)
    inside = [(i, off, [[(abs(r) % 10, abs(c) % 10) for r, c in p] for p in shapes]) for i, off, shapes in drawn]
    moved = [(i, off, [[(r + 0.003, c + 0.004) for r, c in p] for p in shapes]) for i, off, shapes in inside]
    contours = [on_slice(affine, i + off, polygon) for i, off, shapes in moved for polygon in shapes]
    mask = read_mask(write_rtstruct(tmp_path_factory.mktemp("rt") / "rt.dcm", [("GTV", contours)]), like=like)
    expected = np.zeros(like.shape, dtype=bool)
    for index, _, shapes in moved:
        expected[index] ^= fill_polygons(shapes, (12, 12))
    np.testing.assert_array_equal(mask, expected)
    np.testing.assert_array_equal(mask.affine, like.affine)
    assert (mask.dtype, mask.modality) == (bool, "SEG")


def test_regions_are_chosen_by_name_or_number(tmp_path):
    small = [(1, 1), (1, 2), (2, 2), (2, 1)]
    far = [(4, 4), (4, 6), (6, 6), (6, 4)]
    path = write_rtstruct(
        tmp_path / "rt.dcm",
        [("A", [on_slice(OBLIQUE, 0, small)]), ("B", [on_slice(OBLIQUE, 2, far)]), ("C", []), ("A", [])],
    )
    np.testing.assert_array_equal(np.argwhere(read_mask(path, like=LIKE, roi=1)), [(0, 1, 1)])
    np.testing.assert_array_equal(read_mask(path, like=LIKE, roi=2), read_mask(path, like=LIKE, roi="B"))
    both = read_mask(path, like=LIKE, roi=["B", 1])
    assert (both.pixels[0, 1, 1], both.pixels[2, 5, 5], both.dtype) == (2, 1, np.uint8)
    for roi, message in [
        (None, "holds 4 regions; choose with roi=, of 1 'A', 2 'B', 3 'C', 4 'A'"),
        ("D", "has no region 'D'.* 1 'A', 2 'B'"),
        (9, "has no region 9"),
        ("A", "has 2 region 'A'; choose by name or number"),
        ("C", "'C' has a name but no contours"),
        ([1, 1], "share 1 voxels"),
    ]:
        with pytest.raises(ImageReadError, match=message):
            read_mask(path, like=LIKE, roi=roi)
    with pytest.raises(ValueError, match="at least one"):
        read_mask(path, like=LIKE, roi=[])


@pytest.mark.parametrize(
    ("points", "kind", "message"),
    [
        (on_slice(OBLIQUE, 1.5, SQUARE), "CLOSED_PLANAR", "between slices, at slice 1.500"),
        (on_slice(OBLIQUE, 1.12, SQUARE), "CLOSED_PLANAR", "between slices, at slice 1.120"),
        (on_slice(OBLIQUE, 4, SQUARE), "CLOSED_PLANAR", "at slice 4 of like, which has slices 0 to 3"),
        (on_slice(OBLIQUE, -1, SQUARE), "CLOSED_PLANAR", "at slice -1"),
        (on_slice(OBLIQUE, 1, [(1, 1), (1, 8), (4, 4)]), "CLOSED_PLANAR", "outside the 6 x 7 pixels"),
        (on_slice(OBLIQUE, 1, [(-1.5, 1), (1, 3), (4, 4)]), "CLOSED_PLANAR", "outside the 6 x 7 pixels"),
        (on_slice(OBLIQUE, np.array([1, 1, 1.5, 1]), SQUARE), "CLOSED_PLANAR", "crosses"),
        (on_slice(OBLIQUE, 1, SQUARE), "POINT", "of type POINT, which encloses no area"),
        (on_slice(OBLIQUE, 1, SQUARE).ravel()[:-1], "CLOSED_PLANAR", "11 numbers where finite triples"),
        ([], "CLOSED_PLANAR", "0 numbers"),
    ],
)
def test_contours_that_do_not_fit_are_refused(tmp_path, points, kind, message):
    path = write_rtstruct(tmp_path / "rt.dcm", [("GTV", [points])], kind=kind)
    with pytest.raises(ImageReadError, match=message) as caught:
        read_mask(path, like=LIKE)
    assert "rt.dcm" in str(caught.value)
    assert "'GTV'" in str(caught.value)


def test_resampling_cuts_off_and_takes_the_nearest_plane(tmp_path):
    fine = Image(np.zeros((13, 6, 7)), affine=OBLIQUE @ np.diag([1 / 3, 1, 1, 1]))
    contours = [on_slice(OBLIQUE, index, SQUARE) for index in (1, 2, 9)]
    path = write_rtstruct(tmp_path / "rt.dcm", [("GTV", contours)])
    mask = read_mask(path, like=fine, resample=True)
    np.testing.assert_array_equal(np.flatnonzero(mask.pixels.any(axis=(1, 2))), [2, 3, 4, 5, 6, 7])
    np.testing.assert_array_equal(mask.pixels[4], fill_polygons([SQUARE], (6, 7)))
    with pytest.raises(ImageReadError, match="leaves nothing in like"):
        read_mask(write_rtstruct(tmp_path / "far.dcm", [("GTV", contours[2:])]), like=LIKE, resample=True)


@pytest.mark.parametrize("code", CODES)
def test_like_may_be_in_another_order_of_axes(tmp_path, code):
    shape = [(0.3, 0.6), (0.4, 5.7), (3.2, 5.1), (4.9, 2.8)]
    drawn = [on_slice(OBLIQUE, index, shape) for index in (0, 1)]
    path = write_rtstruct(tmp_path / "rt.dcm", [("GTV", drawn)])
    turned = read_mask(path, like=LIKE.oriented(code))
    assert turned.pixels.sum() == 2 * fill_polygons([shape], (6, 7)).sum() > 0
    np.testing.assert_array_equal(turned.oriented(LIKE.orientation), read_mask(path, like=LIKE))


def test_halfway_between_two_planes_the_upper_is_nearest(tmp_path):
    half = Image(np.zeros((8, 6, 7)), affine=OBLIQUE @ np.diag([0.5, 1, 1, 1]))
    low, high = [on_slice(OBLIQUE, index, SQUARE) for index in (1, 2)]
    mask = read_mask(write_rtstruct(tmp_path / "rt.dcm", [("GTV", [low, high])]), like=half, resample=True)
    np.testing.assert_array_equal(np.flatnonzero(mask.pixels.any(axis=(1, 2))), [1, 2, 3, 4])


def test_a_slice_takes_its_own_contours_when_asked(tmp_path):
    slice_two = Image(np.zeros((6, 7)), affine=OBLIQUE @ affine_shift(2))
    path = write_rtstruct(tmp_path / "rt.dcm", [("GTV", [on_slice(OBLIQUE, i, SQUARE) for i in (1, 2)])])
    with pytest.raises(ImageReadError, match="at slice -1"):
        read_mask(path, like=slice_two)
    np.testing.assert_array_equal(read_mask(path, like=slice_two, resample=True), fill_polygons([SQUARE], (6, 7)))


def affine_shift(slices):
    shift = np.eye(4)
    shift[0, 3] = slices
    return shift


def test_an_image_without_affine_has_no_place_for_contours(tmp_path):
    path = write_rtstruct(tmp_path / "rt.dcm", [("GTV", [on_slice(OBLIQUE, 1, SQUARE)])])
    with pytest.raises(ImageReadError, match="like has no affine"):
        read_mask(path, like=Image(np.zeros((4, 6, 7))))


@pytest.mark.parametrize("kind", ["CT", "MR_T1", "PET"])
def test_published_masks_are_reproduced(shared_data, kind):
    folder = shared_data / "sts_ct_mr_pet"
    like = read(folder / "dicom" / "STS_002" / kind / "image")
    drawn = read_mask(folder / "dicom" / "STS_002" / kind / "mask" / "RS.dcm", like=like)
    published = read_mask(folder / "nifti" / "STS_002" / f"{kind}_mask.nii.gz", like=like)
    assert published.pixels.any()
    np.testing.assert_array_equal(drawn, published)
