import socket

import numpy as np
import pytest

from workbench import samples
from workbench.images import Image


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a sample asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_each_sample_loads_without_network(name, no_network):
    image = samples.load(name)
    assert isinstance(image, Image)
    assert (image.name, image.modality) == (name, samples.catalog().loc[name, "modality"])
    assert np.ptp(image.pixels) > 0
    assert np.isfinite(image.pixels).all()


def test_facts_of_the_samples(no_network):
    head = samples.load("head_ct")
    assert (head.units, head.orientation, head.shape) == ("HU", "PL", (512, 512))
    assert head.pixels.min() < -900
    assert head.pixels.max() > 1000
    brain = samples.load("mni152_t1")
    assert (brain.orientation, brain.spacing, brain.shape) == ("SPL", (1, 1, 1), (189, 233, 197))
    grey, white = samples.load("mni152_grey"), samples.load("mni152_white")
    assert grey.units == white.units == "fraction"
    assert 0 <= min(grey.pixels.min(), white.pixels.min())
    assert max(grey.pixels.max(), white.pixels.max()) <= 1
    for image in (grey, white):
        np.testing.assert_allclose(image.affine, brain.affine)
    for name in ("ultrasound", "retina", "immunohistochemistry"):
        assert samples.load(name).channel_axis == 2


def test_the_ultrasound_screens_texts_are_cropped_off(no_network):
    image = samples.load("ultrasound")
    assert image.shape == (229, 554, 3)
    edge_rows = np.concatenate([image.pixels[:20], image.pixels[-20:]])
    assert (edge_rows < 250).all()


def test_unknown_sample():
    with pytest.raises(ValueError, match=r"'head_ct'.*received 'heart'"):
        samples.load("heart")


def test_wisconsin(no_network):
    table = samples.wisconsin()
    assert table.shape == (569, 32)
    assert table["patient"].is_unique
    assert set(table["label"]) == {"benign", "malignant"}
    # Means of table 1 in the data set's own description
    assert table["mean radius"].min() == pytest.approx(6.981)
    assert table["mean radius"].max() == pytest.approx(28.11)
