import ipywidgets
import pytest
import traitlets

from workbench.explorers import Canvas, controls


def test_numbers_get_sliders_of_their_kind_and_as_many_digits_as_they_need():
    whole, broken = controls.slider("size", 3, 1, 9, step=2), controls.slider("sigma", 1.0, 0.0, 4.0)
    assert (type(whole), whole.step) == (ipywidgets.IntSlider, 2)
    assert (type(broken), broken.step, broken.readout_format) == (ipywidgets.FloatSlider, 0.02, ".2f")
    assert all(
        one.description for one in (whole, broken, controls.choice("filter", "ab"), controls.switch("on", True))
    )


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
    mode = controls.choice("mode", ("single", "blend"))
    controls.link((canvas, "mode"), (mode, "value"), live=True)
    mode.value = "blend"
    assert canvas.mode == "blend"


def test_a_canvas_refuses_what_it_cannot_draw():
    canvas = Canvas([[0, 1]])
    for trait, value in (("colormap", "jet"), ("mode", "flicker"), ("opacity", 2), ("panes", [3]), ("tiles", 0)):
        with pytest.raises(traitlets.TraitError):
            setattr(canvas, trait, value)
