import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import phantoms
from workbench.phantoms import ANATOMIES, boxes_of, label_of, simulate, simulate_image, simulate_mask

anatomies = pytest.mark.parametrize("anatomy", ANATOMIES)


@anatomies
def test_the_same_seed_gives_the_same_pixels(anatomy):
    one, other = (simulate(anatomy, patient=3, image=1, size=64, seed=5) for _ in range(2))
    np.testing.assert_array_equal(one.image.pixels, other.image.pixels)
    np.testing.assert_array_equal(
        one.mask.pixels, simulate_mask(anatomy, patient=3, image=1, size=64, seed=5).pixels
    )
    np.testing.assert_array_equal(
        one.image.pixels, simulate_image(anatomy, patient=3, image=1, size=64, seed=5).pixels
    )


@anatomies
@settings(deadline=None, max_examples=12)
@given(
    patient=st.integers(0, 10**6), image=st.integers(0, 50), size=st.integers(48, 160), seed=st.integers(0, 2**40)
)
def test_every_case_has_its_truth(anatomy, patient, image, size, seed):
    phantom = simulate(anatomy, patient=patient, image=image, size=size, seed=seed)
    facts = ANATOMIES[anatomy]
    assert phantom.image.shape == phantom.mask.shape == (size, size)
    assert np.isfinite(phantom.image.pixels).all()
    assert phantom.label == label_of(anatomy, patient=patient, seed=seed)
    assert phantom.label in facts.labels
    assert phantom.mask.dtype == bool
    assert phantom.mask.pixels.any() == (phantom.label != facts.labels[0]) == bool(phantom.boxes)
    for top, left, bottom, right in phantom.boxes:
        assert phantom.mask.pixels[top:bottom, left:right].sum() == phantom.mask.pixels.sum()
        assert 0 <= top < bottom <= size
        assert 0 <= left < right <= size
    assert (phantom.image.modality, phantom.image.units) == (facts.modality, facts.units)
    assert phantom.image.spacing == phantom.mask.spacing


@anatomies
def test_a_simulated_image_says_so(anatomy):
    image = simulate(anatomy, patient=0, size=64).image
    assert image.name.startswith("simulated")
    assert image.history[0].function == "phantoms.simulate"
    assert image.history[0].options == {"anatomy": anatomy, "patient": 0, "image": 0, "size": 64, "seed": 0}


@anatomies
def test_labels_are_balanced(anatomy):
    labels = ANATOMIES[anatomy].labels
    drawn = [label_of(anatomy, patient=patient, seed=1) for patient in range(20 * len(labels))]
    assert {label: drawn.count(label) for label in labels} == dict.fromkeys(labels, 20)
    assert drawn != drawn[: len(labels)] * 20


@anatomies
def test_a_patients_images_resemble_each_other_but_are_not_the_same(anatomy):
    images = np.stack(
        [[simulate(anatomy, patient=p, image=i, size=64).image.pixels for i in range(3)] for p in range(12)]
    ).astype(float)
    within = np.mean([np.abs(a[0] - a[i]).mean() for a in images for i in (1, 2)])
    between = np.mean([np.abs(images[p, 0] - images[p - 1, 0]).mean() for p in range(12)])
    assert 0 < within < between


@anatomies
def test_the_anatomy_is_the_same_at_every_size(anatomy):
    small, large = (simulate(anatomy, patient=1, size=size).image.pixels.astype(float) for size in (64, 128))
    coarse = large.reshape(64, 2, 64, 2).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), coarse.ravel())[0, 1] > 0.97


def test_hounsfield_units_are_those_of_the_tissues():
    image = simulate("chest", patient=1).image.pixels
    assert np.median(image[:4]) == pytest.approx(-1000, abs=15)
    assert 300 < image.max() < 1200
    head = simulate("head", patient=1).image.pixels
    middle = head[40:88, 45:83]
    assert 22 < np.median(middle) < 42


def test_bones_and_muscle_attenuate():
    limb = simulate("limb", patient=0).image.pixels
    assert abs(limb.min()) < 1
    assert 1.5 < limb.max() < 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"anatomy": "knee"}, "'chest'.*received 'knee'"),
        ({"patient": -1}, "patient must be a whole number, 0 or more, received -1"),
        ({"image": 1.5}, "image must be a whole number"),
        ({"seed": -3}, "seed must be a whole number"),
        ({"size": 8}, "size must be from 32 to 1024"),
        ({"size": 5000}, "size must be from 32 to 1024"),
    ],
)
def test_errors(options, message):
    with pytest.raises(ValueError, match=message):
        simulate(**({"anatomy": "chest", "patient": 0} | options))


def test_no_lesion_no_box():
    assert boxes_of(np.zeros((4, 4), bool)) == ()


def test_exports_are_there():
    assert all(hasattr(phantoms, name) for name in phantoms.__all__)
