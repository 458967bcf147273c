import ipywidgets
import pytest

from workbench.explorers import showing
from workbench.explorers.showing import VIEW, Explorer, building, bundle, is_live


class Small(Explorer):
    alt = "A slider."

    def build(self):
        self.slider = ipywidgets.IntSlider()
        return ipywidgets.VBox([self.slider])

    def still(self):
        return b"png"


class Kernel:
    def __init__(self, message):
        self.message = message

    def get_parent(self, channel):
        return {"header": {"msg_id": self.message}}


def ask(monkeypatch, message):
    shell = type("Shell", (), {"kernel": Kernel(message)})()
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)


def test_a_browser_is_told_from_a_program(monkeypatch):
    monkeypatch.delenv(showing.SWITCH, raising=False)
    assert not is_live()
    ask(monkeypatch, "2f1cf5e2-6d8b-4f3c-9d71-0d4b7d2f6a55")
    assert is_live()
    ask(monkeypatch, "2f1cf5e2-6d8b4f3c9d710d4b_4711_12")
    assert not is_live()
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    assert is_live()


@pytest.mark.parametrize(("wish", "expected"), [("live", True), ("still", False)])
def test_who_wishes_decides(monkeypatch, wish, expected):
    monkeypatch.setenv(showing.SWITCH, wish)
    assert is_live() is expected


def test_without_a_browser_no_widget_speaks():
    with building(live=False):
        slider = ipywidgets.IntSlider()
    assert slider.comm is None
    slider.value = 7
    assert slider.value == 7
    assert ipywidgets.IntSlider().comm is not None


def test_a_still_alone_without_browser_and_both_with_one():
    data, metadata = Small(live=False)._repr_mimebundle_()
    assert data == {"image/png": b"png", "text/plain": "A slider."}
    assert metadata == {"image/png": {"alt": "A slider."}}
    explorer = Small(live=True)
    data, metadata = explorer._repr_mimebundle_()
    assert data[VIEW]["model_id"] == explorer.box.model_id
    assert metadata["workbench"] == {"explorer": explorer.box.model_id}


def test_the_bundle_names_what_is_seen():
    assert bundle(b"", "A heart.", None)[0]["text/plain"] == "A heart."
