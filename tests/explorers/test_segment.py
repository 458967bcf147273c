import numpy as np
import pytest

from workbench import evaluation, images, processing, samples, segmentation
from workbench.explorers import segment
from workbench.explorers.canvas import Canvas, Click
from workbench.explorers.methods import METHODS
from workbench.images import Image, affine_from_spacing

ROWS, COLUMNS = np.indices((60, 70))
DISC = (ROWS - 28) ** 2 + (COLUMNS - 34) ** 2 < 15**2


@pytest.fixture(scope="module")
def image():
    pixels = 100.0 * DISC + np.random.default_rng(1).normal(0, 12, DISC.shape)
    return Image(
        np.rint(pixels).astype(np.int16),
        affine=affine_from_spacing((1, 0.5, 0.5)),
        modality="CT",
        units="HU",
        name="disc",
    )


@pytest.fixture(scope="module")
def volume():
    pixels = np.zeros((8, 30, 24), np.int16)
    pixels[2:6, 8:20, 6:18] = 100
    return Image(pixels, affine=affine_from_spacing((5, 1, 1)), name="box")


def run(line, image, **names):
    """Run the line that an explorer shows, as a reader would."""
    known = {"image": image, "processing": processing, "segmentation": segmentation, **names}
    return np.asarray(eval(line, known))  # noqa: S307 (our own line)


def click(explorer, index, **keys):
    explorer._click(Click(index, None, keys.get("shift", False), keys.get("alt", False)))


@pytest.mark.parametrize("method", [name for name, one in METHODS.items() if one.function])
def test_the_line_gives_the_mask_that_is_seen(method, image):
    for given in (image, image.pixels):
        explorer = segment(given)
        explorer.method.value = method
        if METHODS[method].seeds:
            click(explorer, (28, 34))
        if method == "region growing":
            explorer.settings["tolerance"].value = 40.0
        explorer.step.value = 3
        for cleaning in ("nothing", "closing", "erosion"):
            explorer.cleaning.value = cleaning
            explorer.holes.value = explorer.largest.value = cleaning == "closing"
            assert explorer.message.value == ""
            np.testing.assert_array_equal(run(explorer.code.text, given), explorer.mask)
            np.testing.assert_array_equal(explorer.canvas.mask, explorer.mask)
            assert explorer.mask.any()


def test_a_threshold_moves_the_mask(image):
    explorer = segment(image, DISC)
    for low in (20.0, 50.0, 80.0):
        explorer.settings["range"].value = (low, 90.0)
        np.testing.assert_array_equal(explorer.mask, segmentation.threshold(image, low=low, high=90.0))
        assert f"Dice <b>{evaluation.dice(explorer.mask, DISC):.3f}" in explorer.numbers.value
    for name, function in (
        ("Otsu", segmentation.otsu),
        ("Li", segmentation.li),
        ("triangle", segmentation.triangle),
    ):
        explorer.automatic.value = name
        assert abs(explorer.settings["range"].value[0] - function(image)) <= 1


def test_a_click_grows_a_region(image):
    explorer = segment(image, method="region growing")
    assert "Click" in explorer.hint.value
    assert not explorer.mask.any()
    click(explorer, (28, 34))
    explorer.settings["tolerance"].value = 40.0
    expected = segmentation.region_growing(image, seeds=[(28, 34)], tolerance=40.0)
    np.testing.assert_array_equal(explorer.mask, expected)
    assert len(explorer.canvas.boxes) == 1
    explorer.forget.click()
    assert not explorer.mask.any()


def test_clicks_inside_and_outside_part_by_watershed(image):
    explorer = segment(image, DISC, method="watershed")
    click(explorer, (28, 34))
    assert evaluation.dice(explorer.mask, DISC) > 0.95
    click(explorer, (2, 2), alt=True)
    explorer.marks.value = "outside"
    click(explorer, (58, 60))
    assert [seed.kind for seed in explorer.seeds.all] == ["inside", "outside", "outside"]
    expected = segmentation.seeded_watershed(image, inside=[(28, 34)], outside=[(2, 2), (58, 60)], sigma=1.5)
    np.testing.assert_array_equal(explorer.mask, expected)
    click(explorer, (28, 34))
    assert "inside or outside" in explorer.message.value


def test_a_descent_goes_step_by_step_and_back(image):
    explorer = segment(image, method="Chan and Vese")
    whole = segmentation.chan_vese(image)
    masks = []
    for step in range(5):
        explorer.play.value = step
        np.testing.assert_array_equal(explorer.mask, segmentation.chan_vese(image, steps=step).mask)
        np.testing.assert_array_equal(explorer.descending.energies, whole.energies[: step + 1])
        assert f"at step {step}" in explorer.energy.value
        masks.append(explorer.mask)
    explorer.step.value = 2
    np.testing.assert_array_equal(explorer.mask, masks[2])
    explorer.step.value = 200
    np.testing.assert_array_equal(explorer.mask, whole.mask)
    assert explorer.step.max == explorer.play.max == explorer.descending.last == len(whole.energies) - 1
    assert "converged" in explorer.hint.value
    explorer.settings["smoothness"].value = 3.0
    np.testing.assert_array_equal(run(explorer.code.text, image), explorer.mask)


def test_a_contour_starts_at_the_mask_so_far(image):
    explorer = segment(image, method="geodesic contour")
    assert "full or empty" in explorer.message.value or "make one first" in explorer.hint.value
    explorer = segment(image, low=50)
    explorer.cleaning.value = "erosion"
    explorer.method.value = "geodesic contour"
    explorer.cleaning.value = "nothing"
    explorer.step.value = 6
    assert explorer.message.value == ""
    np.testing.assert_array_equal(run(explorer.code.text, image), explorer.mask)


def paint(explorer, box, label):
    """Paint as the browser does: its stroke is in the canvas' labels when Python hears of it."""
    patch = np.full([stop - start for start, stop in box], label, np.uint8)
    content = {"kind": "paint", "origin": [0, *(start for start, _ in box)], "shape": [1, *patch.shape]}
    explorer.canvas._receive(None, content, [patch.tobytes()])


@pytest.mark.parametrize("reference", [None, DISC])
def test_strokes_outlive_sliders_and_can_be_undone(image, reference):
    explorer = segment(image, reference, low=50)
    paint(explorer, ((0, 4), (0, 5)), 1)
    paint(explorer, ((26, 30), (30, 38)), 0)
    assert explorer.mask[:4, :5].all()
    assert not explorer.mask[26:30, 30:38].any()
    assert "by hand" in explorer.numbers.value
    explorer.settings["range"].value = (30.0, 90.0)
    assert explorer.mask[:4, :5].all()
    assert not explorer.mask[26:30, 30:38].any()
    np.testing.assert_array_equal(run(explorer.code.text, image), explorer.drawn.found)
    explorer.undo.click()
    assert explorer.mask[27, 33] == explorer.drawn.found[27, 33]
    explorer.undo.click()
    np.testing.assert_array_equal(explorer.mask, explorer.drawn.found)
    explorer.undo.click()
    assert "no stroke" in explorer.hint.value


def test_labels_say_where_mask_and_reference_agree(image):
    shifted = np.roll(DISC, 5, axis=1)
    explorer = segment(image, shifted, low=50)
    labels, mask = explorer.canvas.mask, explorer.mask
    np.testing.assert_array_equal(labels == 1, mask & shifted)
    np.testing.assert_array_equal(labels == 2, mask & ~shifted)
    np.testing.assert_array_equal(labels == 3, ~mask & shifted)
    explorer.agreement.value = False
    np.testing.assert_array_equal(explorer.canvas.mask, mask)
    explorer.canvas.mode, explorer.canvas.opacity = "single", 0.5
    shown = Canvas(image, mask, window=explorer.canvas.window, opacity=0.5)
    np.testing.assert_array_equal(explorer.canvas.picture(), shown.picture())


@pytest.mark.parametrize("name", ["mask.png", "mask.nii.gz", "mask.npz"])
def test_the_mask_is_saved_whole_with_its_geometry(image, volume, tmp_path, name):
    for given in (image, volume):
        explorer = segment(given, low=50)
        explorer.saving.path.value = str(tmp_path / name)
        explorer.save()
        if given.ndim == 3 and name.endswith(".png"):
            assert "not saved" in explorer.saving.said.value
            continue
        assert "saved mask" in explorer.saving.said.value
        read = images.read(tmp_path / name)
        np.testing.assert_array_equal(np.squeeze(read.pixels) != 0, explorer.mask)
        if not name.endswith(".png"):
            np.testing.assert_allclose(read.affine[:3, 3], given.affine[:3, 3])
    assert [path.name for path in tmp_path.iterdir()] == [name]
    explorer.saving.path.value = str(tmp_path / "mask.txt")
    explorer.save()
    assert "not saved" in explorer.saving.said.value


@pytest.mark.parametrize("code", ["SPL", "RAS"])
def test_volumes_are_cut_by_slice_or_whole(volume, code):
    given = volume.oriented(code)
    truth = given.pixels > 50
    explorer = segment(given, truth, low=50)
    np.testing.assert_array_equal(explorer.mask, truth)
    assert "Dice <b>1.000</b> of the volume" in explorer.numbers.value
    for plane in ("coronal", "sagittal", "axial"):
        explorer.slices.plane.value = plane
        np.testing.assert_array_equal(explorer.canvas.mask == 1, explorer.slices.shown(given).pixels > 50)
    paint(explorer, ((0, 2), (0, 2)), 1)
    assert explorer.mask.sum() == truth.sum() + 4
    explorer.method.value = "region growing"
    click(explorer, (12, 10))
    assert given.pixels[explorer.seeds.all[0].place] == 100
    np.testing.assert_array_equal(explorer.drawn.found, truth)
    np.testing.assert_array_equal(run(explorer.code.text, given), truth)
    explorer.slices.scope.value = "this slice"
    assert not explorer.seeds.all
    click(explorer, (12, 10))
    np.testing.assert_array_equal(run(explorer.code.text, given), explorer.slices.take(explorer.drawn.found))
    before = explorer.slices.take(explorer.mask).copy()
    explorer.method.value = "Chan and Vese"
    explorer.begin.value = "the mask so far"
    explorer.step.value = 3
    assert explorer.message.value == ""
    np.testing.assert_array_equal(
        run(explorer.code.text, given, mask=before), explorer.slices.take(explorer.drawn.found)
    )
    explorer.slices.index.value = 0
    assert not explorer.seeds.all


@pytest.mark.parametrize("code", ["SPL", "RAS"])
@pytest.mark.parametrize("plane", ["axial", "sagittal"])
def test_seeds_given_are_shown_where_they_lie(volume, code, plane):
    given = volume.oriented(code)
    place = tuple(int(one) for one in np.argwhere(given.pixels > 50)[7])
    explorer = segment(given, method="region growing", seeds=[place], tolerance=10)
    np.testing.assert_array_equal(explorer.drawn.found, given.pixels > 50)
    explorer.slices.plane.value = plane
    row, column = explorer.slices.show(place)
    assert explorer.slices.voxel(row, column) == place
    assert explorer.slices.image.pixels[row, column] == 100


def test_colours_are_made_grey_first():
    retina = samples.load("immunohistochemistry")
    explorer = segment(retina, high=120)
    assert explorer.code.text.startswith("segmentation.threshold(processing.grayscale(image)")
    np.testing.assert_array_equal(run(explorer.code.text, retina), explorer.mask)


def test_what_is_wrong_is_said(image):
    with pytest.raises(ValueError, match="method"):
        segment(image, method="magic")
    with pytest.raises(ValueError, match="shape"):
        segment(image, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="setting"):
        segment(image, sigma=3)
    explorer = segment(np.full((9, 9), 7.0), method="Chan and Vese")
    assert "two regions" in explorer.message.value
    assert not explorer.mask.any()


@pytest.mark.parametrize("method", METHODS)
def test_without_a_browser_there_is_a_montage(image, method):
    for reference in (None, DISC):
        explorer = segment(image, reference)
        explorer.method.value = method
        if METHODS[method].seeds:
            click(explorer, (28, 34))
        explorer.step.value = 4
        data, _ = explorer._repr_mimebundle_()
        assert set(data) == {"image/png", "text/plain"}
        assert len(data["image/png"]) < 100_000
        assert method in data["text/plain"]
