import numpy as np
import pytest

from workbench.images import Image
from workbench.plots import draw, figure, outline, show, show_labels

NOISE = np.random.default_rng(0).normal(size=(8, 10))


def drawn(made):
    return [axes.images[0] for axes in made.axes]


def test_each_picture_has_its_title_and_window():
    ct = Image(NOISE, modality="CT", units="HU")
    made = show({"a": ct, "b": ct.replace(units="")}, alt="Two pictures.")
    assert [axes.get_title(loc="left") for axes in made.axes] == ["a", "b"]
    assert drawn(made)[0].get_clim() == (-160, 240)
    np.testing.assert_allclose(drawn(made)[1].get_clim(), np.percentile(NOISE, (0.5, 99.5)))
    assert drawn(show({"a": ct}, window=(10, 4), alt="One."))[0].get_clim() == (8, 12)


@pytest.mark.parametrize(("count", "columns", "empty"), [(1, 4, 0), (5, 2, 1), (4, 4, 0)])
def test_no_empty_axes_are_left(count, columns, empty):
    made = show({str(i): NOISE for i in range(count)}, columns=columns, alt="Pictures.")
    assert len(made.axes) == count
    assert (-count) % min(columns, count) == empty


def test_voxels_have_their_true_aspect_on_screen():
    made = show({"a": Image(np.zeros((10, 10)), spacing=(5, 1))}, width=3, alt="A tall picture.")
    made.canvas.draw()
    box = made.axes[0].get_window_extent()
    assert box.height / box.width == pytest.approx(5, rel=0.01)


def test_titles_shrink_to_their_room():
    made = show({f"a long title that says much, {i}": NOISE for i in range(5)}, columns=5, alt="Five.")
    made.canvas.draw()
    sizes = [axes.title.get_fontsize() or 0 for axes in made.axes]
    assert min(sizes) >= 7
    short = show({"a": NOISE}, alt="One.").axes[0]._left_title.get_fontsize()
    assert made.axes[0]._left_title.get_fontsize() < short == 11


@pytest.mark.parametrize("code", ["PL", "AR"])
def test_letters_stand_at_the_edges(code):
    volume = Image(np.zeros((4, 4, 4)), affine=np.eye(4)[[2, 1, 0, 3]]).oriented(f"S{code}")
    section = Image(volume.pixels[0], affine=volume.affine)
    axes = show({"a": section}, letters=True, alt="Letters.").axes[0]
    opposite = dict(zip("PLAR", "ARPL", strict=True))
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {
        (0.5, 0.98): opposite[code[0]],
        (0.98, 0.5): code[1],
        (0.5, 0.02): code[0],
        (0.02, 0.5): opposite[code[1]],
    }
    assert not show({"a": NOISE}, letters=True, alt="None known.").axes[0].texts
    assert not show({"a": section}, alt="None asked for.").axes[0].texts


def test_colours_of_any_dtype_are_shown_right():
    pixels = np.zeros((4, 4, 3))
    pixels[..., 0] = 1
    for image in (pixels, (pixels * 255).astype(np.uint8), (pixels * 65535).astype(np.uint16)):
        shown = drawn(show({"red": image}, alt="Red."))[0].get_array()
        np.testing.assert_array_equal(shown, (pixels * 255).astype(np.uint8))


def test_masks_are_outlined():
    mask = np.zeros((8, 10), int)
    mask[2:5, 2:5] = 1
    mask[6:, 6:] = 2
    made = show({"a": NOISE, "b": NOISE}, masks={"b": mask}, alt="Two outlines.")
    assert [len(axes.collections) for axes in made.axes] == [0, 2]


def test_a_colorbar_has_its_label():
    made = show({"a": NOISE}, window=(0, 2), colorbar="HU", alt="A scale.")
    assert made.axes[-1].get_ylabel() == "HU"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({},), "at least one picture"),
        (({"a": np.zeros((2, 2, 2))},), "choose a slice"),
        (({"a": np.zeros(4)},), "choose a slice|at least one|not enough|slice"),
    ],
)
def test_show_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        show(*arguments, alt="Nothing.")


def test_wrong_masks_are_refused():
    with pytest.raises(ValueError, match="titles of pictures, received b"):
        show({"a": NOISE}, masks={"b": NOISE > 0}, alt="None.")
    with pytest.raises(ValueError, match=r"picture's shape \(8, 10\)"):
        show({"a": NOISE}, masks={"a": np.ones((2, 2))}, alt="None.")


def test_draw_and_outline_into_axes_of_your_own():
    _, axes = figure(size=(2, 2), alt="One.")
    image = draw(axes, NOISE, colormap="magma")
    assert image.get_cmap().name == "magma"
    outline(axes, np.zeros((8, 10)), shape=(8, 10))
    assert not axes.collections


def test_label_maps_have_a_legend():
    made = show_labels({"truth": [[0, 1], [2, 2]]}, names=("air", "fat", "bone"), alt="Labels.")
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["air", "fat", "bone"]
    image = made.axes[0].images[0]
    colours = image.to_rgba(np.array([[0, 1, 2]]))[0]
    assert len({tuple(colour) for colour in colours}) == 3
    np.testing.assert_array_equal(colours[0], (0, 0, 0, 1))
