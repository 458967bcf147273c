import numpy as np
import pytest

from workbench import plots, registration
from workbench.images import Image

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("difference", "count"), [(True, 4), (False, 2)])
def test_before_and_after(difference, count):
    image = Image(RNG.random((40, 60)), affine=np.diag([1.0, 2, 1, 1]))
    made = plots.show_alignment(
        image, image.pixels.T[:40, :40].repeat(2, 1)[:, :60], image, alt="A", difference=difference
    )
    assert len(made.axes) == count
    assert made.axes[0].get_title(loc="left") == "checkerboard before"
    after = made.axes[3].images[0].get_array() if difference else None
    assert after is None or np.abs(after).max() == 0


def test_arrows_point_to_where_values_come_from():
    image = RNG.random((40, 50))
    made = plots.show_field(registration.turned(image, shift=(3, -2)), image, alt="A", every=10)
    arrows = made.axes[0].collections[0]
    np.testing.assert_allclose(arrows.U, 2, atol=1e-9)
    np.testing.assert_allclose(arrows.V, -3, atol=1e-9)


def test_a_field_needs_its_slice():
    alignment = registration.turned(np.ones((9, 9, 9)))
    with pytest.raises(ValueError, match="expected the fixed slice"):
        plots.show_field(alignment, np.ones((9, 9)), alt="A")
