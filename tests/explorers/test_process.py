import inspect

import numpy as np
import pytest

from workbench import processing, samples
from workbench.explorers import process
from workbench.explorers.calls import Call
from workbench.explorers.canvas import Canvas
from workbench.explorers.filters import FILTERS
from workbench.images import Image, Window, affine_from_spacing
from workbench.images.picture import to_bytes

# Functions of workbench.processing that are no filter of one image of the same shape, and why.
ELSEWHERE = {
    "Comparison", "compare", "psnr", "ssim", "edge_sharpness",  # judge
    "convolve", "match_histogram",  # need a kernel, another image
    "window", "grayscale",  # the canvas does
    "bias_field", "rolling_ball",  # what correct_bias and remove_background take away
    "crop", "crop_to_mask", "flip", "pad", "plane", "resample", "resize", "rotate", "tile", "untile", "responses",
}  # fmt: skip


@pytest.fixture(scope="module")
def image():
    return samples.load("head_ct").map(np.asarray, dtype=np.int16).map(np.clip, a_min=-200, a_max=300)


@pytest.fixture(scope="module")
def small():
    rng = np.random.default_rng(3)
    pixels = rng.normal(100, 9, (64, 48)) + 80 * (np.indices((64, 48))[1] > 20)
    return Image(pixels, spacing=(0.5, 1.0), modality="CT", units="HU")


def run(line, image):
    """Run the line that an explorer shows, as a reader would."""
    return np.asarray(eval(line, {"image": image, "processing": processing}))  # noqa: S307 (our own line)


def after_picture(explorer):
    explorer.canvas.mix = 0.0
    return explorer.canvas.picture()


def test_every_filter_is_offered_or_known_not_to_be():
    named = {one for one in FILTERS if hasattr(processing, one)}
    assert named | ELSEWHERE == set(processing.__all__)
    assert not named & ELSEWHERE


@pytest.mark.parametrize("name", FILTERS)
def test_the_line_gives_the_pixels_that_are_seen(name, small):
    for given in (small, small.pixels):
        explorer = process(given, filter=name)
        assert explorer.message.value == ""
        np.testing.assert_array_equal(run(explorer.code.text, given), explorer.after)
        canvas = explorer.canvas
        window = Window(canvas.other_level, canvas.other_width)
        shown = Canvas(explorer.after, window=window).picture()
        np.testing.assert_array_equal(after_picture(explorer), shown)


@pytest.mark.parametrize("name", FILTERS)
def test_every_setting_changes_the_pixels(name, small):
    if name == "correct_bias":
        # Large enough to be shrunk by as much as the slider goes.
        small = Image(np.kron(small.pixels, np.ones((4, 4))) * np.linspace(1, 2, 256)[:, None], units="HU")
    explorer = process(small, filter=name)
    for setting in explorer.moved:
        control = explorer.settings[setting.name]
        before, start = explorer.after, control.value
        values = [one for one in setting.options if one != start] or [
            (10.0, 60.0) if isinstance(start, tuple) else setting.high
        ]
        for value in values:
            control.value = value
            assert explorer.message.value == ""
            assert (explorer.after != before).any(), setting.name
            np.testing.assert_array_equal(run(explorer.code.text, small), explorer.after)
        control.value = start


def test_a_slider_moves_the_pixels_as_the_function_would(image):
    explorer = process(image, filter="gaussian")
    for sigma in (0.0, 0.7, 3.3, 10.0):
        explorer.settings["sigma"].value = sigma
        np.testing.assert_array_equal(explorer.after, processing.gaussian(image, sigma=sigma))
        assert explorer.code.text == f"image.map(processing.gaussian, sigma={sigma})"


def test_defaults_are_those_of_the_signatures():
    for one in FILTERS.values():
        for setting in one.settings_for(np.arange(100.0)):
            default = inspect.signature(one.function).parameters[setting.name].default
            given = next(each for each in one.settings if each.name == setting.name).value
            if given is None:
                assert setting.value == default is not inspect.Parameter.empty
            if isinstance(setting.value, int | float):
                assert setting.low <= setting.value <= setting.high


def test_names_in_code_are_public():
    for one in FILTERS.values():
        assert eval(Call(one.function).name, {"processing": processing}) is one.function  # noqa: S307 (our own line)


def test_options_come_first_where_given(image):
    explorer = process(image, filter="median", size=7)
    assert explorer.code.text == "image.map(processing.median, size=7)"
    assert process(image, filter="median", size=41).code.text == "image.map(processing.median, size=41)"
    with pytest.raises(ValueError, match="filter"):
        process(image, filter="magic")
    with pytest.raises(ValueError, match="setting"):
        process(image, filter="median", sigma=3)
    with pytest.raises(ValueError, match="shape"):
        process(image, reference=np.zeros((3, 3)))


def test_the_result_follows_the_window_where_units_are_the_same(small):
    explorer = process(small, filter="median")
    canvas = explorer.canvas
    canvas.level, canvas.width, canvas.mix = 70, 50, 0.0
    assert np.abs(canvas.picture()[..., 0] - to_bytes(explorer.after, canvas.window).astype(int)).max() <= 1
    explorer.filter.value = "equalize"
    assert canvas.other_width < 2
    assert not canvas.same_window
    assert "not defined" in explorer.numbers.value
    explorer.filter.value = "mean"
    canvas.level = 90
    assert np.abs(canvas.picture()[..., 0] - to_bytes(explorer.after, canvas.window).astype(int)).max() <= 1
    explorer.shown.value = "difference"
    assert not canvas.same_window


def test_the_difference_is_after_minus_before(small):
    explorer = process(small, filter="median", size=5)
    explorer.shown.value = "difference"
    difference = explorer.after - small.pixels
    reach = np.abs(difference).max()
    shown = Canvas(difference, window=(0.0, reach), colormap="RdBu_r").picture()
    np.testing.assert_array_equal(after_picture(explorer), shown)
    explorer.shown.value = "result"
    assert explorer.canvas.other_colormap == "gray"
    explorer.filter.value = "equalize"
    explorer.shown.value = "difference"
    assert "difference would say nothing" in explorer.message.value


def test_quality_is_against_the_reference_where_there_is_one(image):
    noisy = image.map(processing.add_noise, noise=30.0, seed=1)
    explorer = process(noisy, filter="median", reference=image, size=3)
    span = float(np.ptp(image.pixels))
    for pixels in (noisy.pixels, explorer.after):
        assert f"{processing.psnr(pixels, image, data_range=span):.1f} dB" in explorer.numbers.value
        assert f"{processing.ssim(pixels, image, data_range=span):.3f}" in explorer.numbers.value
    assert "reference" in explorer.profile.value


def test_the_profile_follows_the_ruler(small):
    explorer = process(small, filter="mean")
    assert "row 32, column 5 to row 32, column 43" in explorer.profile.value
    explorer.canvas.regions = [{"kind": "ruler", "axis": 0, "index": 0, "points": [[2, 3], [10, 900]]}]
    assert "row 2, column 3 to row 10, column 47" in explorer.profile.value
    explorer.canvas.regions = []
    explorer.canvas.crosshair = [0, 7, 0]
    assert "row 7, column 0 to row 7, column 47" in explorer.profile.value


def test_errors_are_said_in_words(small):
    explorer = process(samples.load("retina"), filter="clahe")
    assert "clahe: image must be a grey" in explorer.message.value
    assert "role='alert'" in explorer.message.value
    assert explorer.canvas.mode == "single"
    explorer.filter.value = "gaussian"
    assert explorer.message.value == ""
    assert "channel_axis=2" in explorer.code.text
    assert explorer.canvas.mode == "swipe"
    assert process(np.full((20, 20), 7.0)).message.value == ""
    tiny = process(np.arange(12.0).reshape(3, 4), filter="non_local_means")
    assert tiny.after is not None or "non_local_means:" in tiny.message.value


@pytest.mark.parametrize("code", ["SPL", "RAS"])
def test_volumes_are_filtered_by_slice_or_whole(code):
    rng = np.random.default_rng(0)
    volume = Image(rng.normal(size=(6, 20, 16)), affine=affine_from_spacing((5, 1, 1)), name="v").oriented(code)
    explorer = process(volume, filter="median", size=3)
    for plane in ("axial", "coronal", "sagittal"):
        explorer.slices.plane.value = plane
        explorer.slices.index.value = 1
        np.testing.assert_array_equal(run(explorer.code.text, volume), explorer.after)
        np.testing.assert_array_equal(explorer.after, processing.median(explorer.slices.image, size=3))
    explorer.slices.scope.value = "the volume"
    whole = volume.map(processing.median, size=3)
    np.testing.assert_array_equal(run(explorer.code.text, volume), whole.pixels)
    np.testing.assert_array_equal(explorer.after, explorer.slices.shown(whole).pixels)
    assert "processing.plane" not in explorer.code.text


def test_arrays_of_volumes_are_indexed():
    volume = np.random.default_rng(0).normal(size=(4, 8, 9))
    explorer = process(volume, filter="mean")
    for axis, index in ((0, 3), (1, 5), (2, 8)):
        explorer.slices.plane.value = f"axis {axis}"
        explorer.slices.index.value = index
        np.testing.assert_array_equal(run(explorer.code.text, volume), explorer.after)


def test_without_a_browser_there_is_a_montage(image):
    explorer = process(image, filter="median")
    data, metadata = explorer._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert len(data["image/png"]) < 100_000
    assert "median" in metadata["image/png"]["alt"]
    for name in ("equalize", "stretch", "gradient_magnitude"):
        explorer.filter.value = name
        assert len(explorer.still()) < 100_000


def test_everything_that_moves_has_a_name(small):
    explorer = process(small, filter="anisotropic_diffusion")
    for control in (explorer.filter, explorer.shown, *explorer.settings.values()):
        assert control.description
    assert all(about["label"] for about in explorer.canvas.controls.values())
