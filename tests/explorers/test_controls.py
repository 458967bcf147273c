import ipywidgets
import pytest
import traitlets

from workbench.explorers import Canvas, controls
from workbench.explorers.sliders import WholeSlider


def test_numbers_get_sliders_of_their_kind_that_stay_in_their_range():
    whole, broken = controls.slider("size", 3, 1, 9, step=2), controls.slider("sigma", 1.0, 0.0, 4.0)
    assert isinstance(whole, WholeSlider) and (whole.step, type(whole.value)) == (2, int)
    assert not isinstance(broken, WholeSlider) and broken.step == 0.02
    both = controls.reach("range", (1.0, 3.0), 0.0, 4.0, step=0.5)
    whole.max, broken.min, both.max = 2, 1.5, 2.0
    assert (whole.value, broken.value, both.value) == (2, 1.5, (1.0, 2.0))
    both.value = (-5.0, 9.0)
    assert both.value == (0.0, 2.0)
    named = (whole, broken, both, controls.choice("filter", "ab"), controls.switch("on", True))
    assert all(one.description for one in named)


@pytest.mark.parametrize(("length", "step"), [(1.0, 1e-3), (2999, 1), (4096, 1), (0.05, 1e-5), (0, 1)])
def test_steps_are_round(length, step):
    assert controls.step_of(length) == pytest.approx(step)


def test_a_choice_begins_where_it_is_told():
    assert controls.choice("mode", ("a", "b"), "b").value == "b"


def test_without_a_browser_python_keeps_both_equal():
    canvas, slider = Canvas([[0, 1]]), controls.slider("opacity", 0.1, 0.0, 1.0)
    controls.link((canvas, "opacity"), (slider, "value"), live=False)
    assert slider.value == canvas.opacity
    slider.value = 0.9
    assert canvas.opacity == 0.9


def test_with_a_browser_the_browser_does(monkeypatch):
    linked = []
    monkeypatch.setattr(ipywidgets, "jslink", lambda *pair: linked.append(pair))
    canvas, slider = Canvas([[0, 1]]), controls.slider("opacity", 0.1, 0.0, 1.0)
    controls.link((canvas, "opacity"), (slider, "value"), live=True)
    assert slider.value == canvas.opacity
    assert linked == [((canvas, "opacity"), (slider, "value"))]


def test_a_canvas_refuses_what_it_cannot_draw():
    canvas = Canvas([[0, 1]])
    for trait, value in (("colormap", "jet"), ("mode", "flicker"), ("opacity", 2), ("panes", [3]), ("tiles", 0)):
        with pytest.raises(traitlets.TraitError):
            setattr(canvas, trait, value)
