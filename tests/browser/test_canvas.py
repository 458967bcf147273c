"""The canvas' JavaScript alone in a page: what it draws, and what fingers and keys do to it."""

import itertools
from functools import partial

import numpy as np
import pytest

from workbench import samples
from workbench.explorers import Canvas
from workbench.explorers.sending import parts
from workbench.explorers.state import EDITING
from workbench.images import Image, affine_from_spacing

KINDS = ("uint8", "uint16", "int16", "float32")


def random_volume(kind="int16", shape=(6, 20, 30), spacing=(5, 1, 1)):
    values = np.random.default_rng(0).uniform(0 if kind.startswith("u") else -100, 250, shape)
    return Image(values.astype(kind), affine=affine_from_spacing(spacing))


def drag(shown, start, stop, *, button="left", at=0):
    box = shown.pane(at).bounding_box()
    mouse = shown.page.mouse
    mouse.move(box["x"] + start[0], box["y"] + start[1])
    mouse.down(button=button)
    mouse.move(box["x"] + stop[0], box["y"] + stop[1], steps=5)
    mouse.up(button=button)
    shown.frame()


def middle(shown, at=0):
    box = shown.pane(at).bounding_box()
    return box["width"] / 2, box["height"] / 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_plane_is_the_python_renderers_to_the_byte(bare, kind):
    volume = random_volume(kind)
    canvas = Canvas(volume, np.asarray(volume) > 150, panes=(0, 1, 2))
    shown = bare(canvas)
    for level, width, colormap, opacity in (
        (75, 350, "gray", 0.35),
        (20, 33.3, "viridis", 1.0),
        (101.5, 1, "RdBu_r", 0.0),
    ):
        shown.set(level=level, width=width, colormap=colormap, opacity=opacity, crosshair=[4, 7, 11])
        for axis in range(3):
            np.testing.assert_array_equal(shown.plane(axis), canvas.picture(axis))


@pytest.mark.parametrize("mode", ["blend", "swipe", "checkerboard"])
def test_two_images_in_one_are_the_python_renderers_to_the_byte(bare, mode):
    volume = random_volume()
    canvas = Canvas(volume, panes=(0, 1))
    canvas.show_second(random_volume("float32"), mode=mode)
    shown = bare(canvas)
    for mix, tiles in ((0.0, 3), (0.37, 8), (1.0, 13)):
        shown.set(mix=mix, tiles=tiles, other_colormap="hot")
        for pane, axis in enumerate((0, 1)):
            np.testing.assert_array_equal(shown.plane(pane), canvas.picture(axis))


def test_colours_are_the_python_renderers_to_the_byte(bare):
    canvas = Canvas(samples.load("immunohistochemistry"))
    shown = bare(canvas)
    np.testing.assert_array_equal(shown.plane(), canvas.picture())
    shown.set(level=90, width=120)
    np.testing.assert_array_equal(shown.plane(), canvas.picture())


@pytest.mark.parametrize("scale", [1, 2])
def test_enlarged_voxels_are_sharp_on_any_screen(bare, scale):
    canvas = Canvas(random_volume("uint8", (1, 40, 60), (1, 1, 1)), show_letters=False, height=300)
    shown = bare(canvas, scale=scale)
    # Eight screen pixels for a voxel.
    shown.set(zoom=8 / scale / shown.page.evaluate("view.scale"))
    screen = shown.screen()
    assert screen.shape[:2] == (300 * scale, round(598 * scale))
    top, left = (screen.shape[0] - 320) // 2, (screen.shape[1] - 480) // 2
    expected = canvas.picture().repeat(8, 0).repeat(8, 1)
    cut = slice(max(-top, 0), 320 - max(-top, 0))
    np.testing.assert_array_equal(screen[max(top, 0) :][: cut.stop - cut.start, left : left + 480], expected[cut])


def test_thick_slices_have_true_aspect_and_letters(bare):
    # A ball of 20 mm in voxels of 5 x 1 x 1 mm is as high as it is wide in all three planes.
    places = np.stack(np.meshgrid(np.arange(13) * 5 - 30, np.arange(61) - 30, np.arange(61) - 30, indexing="ij"))
    ball = Image(
        (np.linalg.norm(places, axis=0) <= 20).astype(np.uint8) * 255, affine=affine_from_spacing((5, 1, 1))
    )
    shown = bare(Canvas(ball, panes=(0, 1, 2), smooth=False, show_letters=False), width=900)
    for pane in range(3):
        bright = np.argwhere(shown.screen(pane)[..., 0] > 127)
        height, width = np.ptp(bright, axis=0) + 1
        assert height / width == pytest.approx(45 / 41 if pane else 1, abs=0.03)
    shown.set(show_letters=True)
    lettered = [shown.screen(pane) for pane in range(3)]
    shown.set(show_letters=False)
    for pane in range(3):
        changed = (lettered[pane] != shown.screen(pane)).any(-1)
        rows, columns = changed.shape
        for part in (changed[:30], changed[-30:], changed[:, :30], changed[:, -30:]):
            assert part.any()
        assert not changed[rows // 4 : rows // 3, columns // 4 : columns // 3].any()


def test_letters_follow_the_patient(bare):
    shown = bare(Canvas(samples.load("mni152_t1").oriented("LIA"), panes=(0, 1, 2)))
    letters = shown.page.evaluate("view.panes.map((pane) => pane.about.letters)")
    assert letters == ["ALPR", "SLIR", "SPIA"]


def test_a_click_moves_the_crosshair_and_reads_the_voxel(bare):
    volume = random_volume()
    canvas = Canvas(volume, panes=(0, 1, 2), show_crosshair=True)
    shown = bare(canvas, width=900)
    x, y = middle(shown)
    scale = shown.page.evaluate("view.scale")
    shown.page.mouse.move(0, 0)
    shown.pane().click(position={"x": x + 5 * scale, "y": y - 3 * scale})
    shown.frame()
    at = shown.get("crosshair")
    assert at[0] == 3
    # The middle of 30 columns is 14.5, that of 20 rows 9.5.
    assert abs(at[2] - 19.5) <= 0.5 and abs(at[1] - 6.5) <= 0.5
    mm = volume.affine @ (*at, 1)
    text = shown.page.locator(".wb-readout").inner_text()
    assert f"({at[0]}, {at[1]}, {at[2]})" in text.replace("\n", " ")
    assert (
        f"L {mm[0]:.1f}  P {mm[1]:.1f}  S {mm[2]:.1f} mm" in text.replace("\xa0", " ")
        or f"L {mm[0]:.1f} P {mm[1]:.1f} S {mm[2]:.1f} mm" in text
    )
    assert str(int(volume.pixels[tuple(at)])).replace("-", "\u2212") in text


def test_the_wheel_scrolls_slices_and_with_ctrl_zooms_where_the_pointer_is(bare):
    shown = bare(Canvas(random_volume(shape=(12, 40, 40))), width=700)
    box = shown.pane().bounding_box()
    mouse = shown.page.mouse
    mouse.move(box["x"] + 400, box["y"] + 150)
    for _ in range(3):
        mouse.wheel(0, 100)
    shown.frame()
    assert shown.get("crosshair")[0] == 9 + 2
    mouse.wheel(0, -30)
    shown.frame()
    assert shown.get("crosshair")[0] == 10
    under = "view.panes[0].place().column(400)"
    before = shown.page.evaluate(under)
    shown.page.keyboard.down("Control")
    mouse.wheel(0, -200)
    shown.page.keyboard.up("Control")
    shown.frame()
    assert shown.get("zoom") > 1.3
    assert shown.page.evaluate(under) == pytest.approx(before)
    shown.pane().dblclick()
    shown.frame()
    assert (shown.get("zoom"), shown.get("center")) == (1, [])


def test_the_right_button_changes_the_window_and_shift_moves_the_image(bare):
    shown = bare(Canvas(samples.load("head_ct")))
    level, width = shown.get("level"), shown.get("width")
    drag(shown, (200, 200), (260, 240), button="right")
    assert shown.get("width") > width and shown.get("level") > level
    shown.page.keyboard.down("Shift")
    drag(shown, (200, 200), (260, 200))
    shown.page.keyboard.up("Shift")
    spacing, scale = samples.load("head_ct").spacing[1], shown.page.evaluate("view.scale")
    assert shown.get("center")[2] == pytest.approx(255.5 - 60 / (spacing * scale))


@pytest.mark.parametrize("kind", ["rectangle", "ellipse"])
def test_region_statistics_are_numpys(bare, kind):
    image = samples.load("head_ct")
    shown = bare(Canvas(image, tool=kind))
    drag(shown, (250, 150), (330, 220))
    (region,) = shown.get("regions")
    (r0, c0), (r1, c1) = np.sort(np.array(region["points"]), axis=0)
    rows, columns = np.ogrid[:512, :512]
    if kind == "rectangle":
        inside = (rows >= r0) & (rows <= r1) & (columns >= c0) & (columns <= c1)
    else:
        middle_row, middle_column = (r0 + r1) / 2, (c0 + c1) / 2
        inside = ((rows - middle_row) / (r1 - r0) * 2) ** 2 + ((columns - middle_column) / (c1 - c0) * 2) ** 2 <= 1
    values = image.pixels[inside]
    assert region["n"] == len(values)
    np.testing.assert_allclose([region["mean"], region["sd"]], [values.mean(), values.std()])
    shown.pane().press("Delete")
    assert shown.get("regions") == []


def test_the_ruler_measures_millimetres_in_thick_slices(bare):
    canvas = Canvas(random_volume(), panes=(1,), tool="ruler")
    shown = bare(canvas)
    drag(shown, (200, 200), (260, 280))
    length = shown.page.evaluate("view.panes[0].measured(model.get('regions')[0])")
    scale = shown.page.evaluate("view.scale")
    assert length == f"{100 / scale:.1f} mm"
    (region,) = shown.get("regions")
    (r0, c0), (r1, c1) = region["points"]
    assert np.hypot((r1 - r0) * 5, c1 - c0) == pytest.approx(100 / scale)


def test_keys_reach_everything(bare):
    canvas = Canvas(random_volume(), panes=(0, 1), tools=list(EDITING))
    shown = bare(canvas)
    pane = shown.pane()
    pane.focus()
    moves = {"ArrowRight": [3, 10, 16], "ArrowUp": [3, 9, 16], "PageDown": [4, 9, 16], "End": [5, 9, 16]}
    moves |= {"Home": [0, 9, 16], "Shift+ArrowLeft": [0, 9, 6], "Shift+ArrowDown": [0, 19, 6]}
    for key, expected in moves.items():
        pane.press(key)
        assert shown.get("crosshair") == expected, key
    # Upwards is headwards in a coronal plane.
    shown.pane(1).press("ArrowUp")
    assert shown.get("crosshair")[0] == 1
    settings = {"+": ("zoom", 1.25), "0": ("zoom", 1), "w": ("tool", "window"), "p": ("tool", "brush")}
    settings |= {"v": ("tool", "navigate"), "h": ("show_crosshair", True), "o": ("outline", False)}
    settings |= {"i": ("colormap", "gray_r"), "]": ("brush_radius", 5)}
    for key, (name, expected) in settings.items():
        pane.press(key)
        assert shown.get(name) == expected, key
    shown.page.wait_for_function("document.querySelector('[aria-live]').textContent.includes('(1, 19, 6)')")


def test_readers_of_screens_are_told_what_stands_where(bare):
    shown = bare(Canvas(samples.load("mni152_t1"), panes=(0, 1, 2)))
    labels = [shown.pane(at).get_attribute("aria-label") for at in range(3)]
    assert "axial slice 95 of 189" in labels[0] and "mni152_t1" in labels[0]
    for element in shown.page.locator("button, select, input, canvas[tabindex]").all():
        assert element.get_attribute("aria-label")
    assert {shown.pane(at).get_attribute("role") for at in range(3)} == {"img"}
    assert shown.page.locator("button[aria-pressed=true]").get_attribute("aria-label") == "Crosshair"
    shown.page.get_by_label("axial slice", exact=True).fill("12")
    assert shown.get("crosshair")[0] == 12


def test_the_brush_paints_the_same_in_the_page_and_in_python(bare):
    volume = random_volume(shape=(3, 40, 60), spacing=(3, 1, 2))
    canvas = Canvas(
        volume, np.zeros(volume.shape, bool), tools=list(EDITING), tool="brush", brush_radius=4, brush_label=2
    )
    shown = bare(canvas)
    strokes = []
    canvas.on_paint(lambda: strokes.append(canvas.mask.copy()))
    x, y = middle(shown)
    drag(shown, (x - 60, y - 30), (x + 60, y + 30))
    shown.answer()
    assert len(strokes) == 1
    assert set(np.unique(canvas.mask)) == {0, 2}
    assert not canvas.mask[[0, 2]].any()
    np.testing.assert_array_equal(shown.plane(), canvas.picture())
    # A dab is a disc in millimetres: 9 rows and 5 columns of 2 mm.
    shown.set(tool="erase")
    drag(shown, (x, y), (x, y))
    shown.answer()
    assert strokes[0].sum() > strokes[1].sum()
    np.testing.assert_array_equal(shown.plane(), canvas.picture())
    shown.set(tool="brush", crosshair=[1, 3, 5])
    shown.pane().press(" ")
    shown.answer()
    assert (
        canvas.mask[1, 3, 5] == 2
        and canvas.mask[1, 7, 5] == 2
        and canvas.mask[1, 8, 5] == 0
        and canvas.mask[1, 3, 7] == 2
    )


def test_a_volume_in_parts_is_the_same_volume(bare, monkeypatch):
    monkeypatch.setattr("workbench.explorers.canvas.parts", partial(parts, largest=3000))
    volume = random_volume(shape=(11, 20, 30))
    canvas = Canvas(volume, np.asarray(volume) > 150, panes=(0, 1, 2))
    shown = bare(canvas)
    for axis in range(3):
        np.testing.assert_array_equal(shown.plane(axis), canvas.picture(axis))


def test_a_single_slice_tells_python_to_scroll(bare):
    canvas = Canvas(np.eye(20))
    steps = []
    canvas.on_scroll(steps.append)
    shown = bare(canvas)
    shown.pane().hover()
    shown.page.mouse.wheel(0, 40)
    shown.frame()
    shown.pane().press("PageUp")
    shown.answer()
    assert steps == [1, -1]


def test_clicks_tell_python_where(bare):
    canvas = Canvas(samples.load("head_ct"))
    clicks = []
    canvas.on_click(clicks.append)
    shown = bare(canvas)
    shown.pane().click(position={"x": 300, "y": 200})
    drag(shown, (200, 200), (300, 300))
    shown.answer()
    assert len(clicks) == 1
    assert len(clicks[0].index) == 2
    assert clicks[0].mm is not None
    shown.pane().press("Enter")
    shown.answer()
    assert clicks[1].index == tuple(shown.get("crosshair")[1:])


def test_swiping_and_the_histogram_follow_the_finger(bare):
    image = samples.load("head_ct")
    canvas = Canvas(image, histogram=[1, 2, 3, 4])
    canvas.show_second(image, mode="swipe")
    shown = bare(canvas)
    drag(shown, (200, 200), (330, 200))
    assert 0.5 < shown.get("mix") < 0.7
    box = shown.page.locator(".wb-histogram").bounding_box()
    at = shown.page.evaluate("view.histogram.x(model.get('level'))")
    shown.page.mouse.move(box["x"] + at, box["y"] + 20)
    shown.page.mouse.down()
    shown.page.mouse.move(box["x"] + at + 40, box["y"] + 20, steps=4)
    shown.page.mouse.up()
    assert shown.get("level") > 200
    assert shown.get("width") == pytest.approx(400, abs=2)


def test_boxes_and_outlines_are_drawn_over_the_image(bare):
    image = Image(np.zeros((50, 50), np.uint8))
    canvas = Canvas(image, show_letters=False)
    shown = bare(canvas)
    empty = shown.screen()
    shown.set(boxes=[{"top": 10, "left": 10, "bottom": 20, "right": 30, "label": "nodule", "score": 0.9}])
    assert (shown.screen() != empty).any()
    shown.set(boxes=[])
    np.testing.assert_array_equal(shown.screen(), empty)


def test_the_view_goes_and_leaves_nothing(bare):
    shown = bare(Canvas(np.eye(8)))
    shown.page.evaluate("window.remove()")
    assert shown.page.locator(".wb-canvas").count() == 0
    shown.page.evaluate("model.set('level', 0.2)")
    shown.frame()


def test_presets_and_colours_can_be_chosen(bare):
    shown = bare(Canvas(samples.load("head_ct")))
    shown.page.get_by_label("Window", exact=True).select_option("bone")
    shown.page.get_by_label("Colour map").select_option("magma")
    shown.frame()
    assert (shown.get("level"), shown.get("width"), shown.get("colormap")) == (400, 1800, "magma")
    shown.page.evaluate("model.set('presets', {narrow: [5, 10]})")
    shown.page.get_by_label("Window", exact=True).select_option("narrow")
    assert shown.get("width") == 10


def test_numbers_of_sixteen_bits_survive_odd_places_in_a_message(bare):
    shown = bare(Canvas(random_volume("uint16")))
    for offset, dtype in itertools.product((0, 1), ("uint8", "uint16")):
        found = shown.page.evaluate(
            """([offset, dtype]) => {
              const bytes = new Uint8Array([9, 1, 2, 3, 4, 5]);
              const {layers} = window.view;
              const grid = {dtype, channels: 1, shape: [1, 1, dtype === "uint8" ? 4 : 2]};
              const message = {layer: "other", grid, revision: offset + dtype, begin: 0};
              layers.receive(message, [new DataView(bytes.buffer, offset, 4)]);
              return Array.from(layers.other.bits);
            }""",
            [offset, dtype],
        )
        raw = bytes([9, 1, 2, 3, 4, 5])[offset : offset + 4]
        assert found == np.frombuffer(raw, dtype).tolist()
        shown.page.evaluate("window.view.layers.other = null")
