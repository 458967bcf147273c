import io

import matplotlib
import numpy as np
import pytest
from PIL import Image as Picture

from workbench.plots import COLORS, STYLE, blank, figure


def shown(made):
    data, metadata = made._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == data["text/plain"] == made.alt
    return Picture.open(io.BytesIO(data["image/png"]))


def saved_by_matplotlib(made):
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        made.savefig(buffer, format="png")
    return np.asarray(Picture.open(buffer))[..., :3]


def test_a_figure_shows_itself_with_its_alternative_text():
    made, axes = figure(size=(4, 2), alt="An empty axes.")
    blank(axes)
    assert shown(made).size == (400, 200)


def test_pyplot_knows_nothing_of_it():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    figure(size=(1, 1), alt="Nothing.")
    assert pyplot.get_fignums() == before


def line(color):
    made, axes = figure(size=(2, 2), alt="A line.")
    axes.plot([0, 1], [0, 1], color=color)
    return made


def noise():
    made, axes = figure(size=(3, 3), alt="Noise.")
    axes.imshow(np.random.default_rng(0).integers(0, 256, (99, 99, 3), dtype=np.uint8))
    return made


@pytest.mark.parametrize(("make", "mode"), [(lambda: line("0.5"), "L"), (noise, "RGB")])
def test_the_smallest_mode_keeps_every_pixel(make, mode):
    picture = shown(make())
    assert picture.mode == mode
    # A fresh figure, because the layout moves a little when a figure is drawn again.
    np.testing.assert_array_equal(picture.convert("RGB"), saved_by_matplotlib(make()))


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        made, axes = figure(size=(3, 2), alt="A line.")
        axes.plot([0, 1, 2], [3, 1, 2])
        return made._repr_mimebundle_()[0]["image/png"]

    assert draw() == draw()


def test_colours_differ_in_lightness():
    def lightness(color):
        red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    values = sorted(map(lightness, COLORS))
    assert len(set(COLORS)) == len(COLORS) == 7
    assert values[-1] - values[0] > 0.3
