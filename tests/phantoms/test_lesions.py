import numpy as np
import pytest

from workbench.phantoms import LESIONS, simulate_lesion
from workbench.phantoms.lesions import CT_WIDTH, LABELS


@pytest.mark.parametrize("kind", LESIONS)
def test_the_same_seed_gives_the_same_pixels_and_others_do_not(kind):
    first, again, view, other = (
        simulate_lesion(kind, "benign", patient=1, image=image, seed=seed)[0].pixels
        for image, seed in ((0, 0), (0, 0), (1, 0), (0, 1))
    )
    np.testing.assert_array_equal(first, again)
    assert (first != view).any() and (first != other).any()


@pytest.mark.parametrize("kind", LESIONS)
@pytest.mark.parametrize("label", LABELS)
def test_a_lesion_lies_in_the_middle_and_is_brighter_than_its_surroundings(kind, label):
    for patient in range(8):
        image, mask = simulate_lesion(kind, label, patient=patient)
        rows, columns = np.nonzero(mask.pixels)
        assert abs(rows.mean() - 23.5) < 6 and abs(columns.mean() - 23.5) < 6
        assert image.pixels[mask.pixels].mean() > np.median(image.pixels[~mask.pixels])


def test_malignant_lesions_are_larger_on_average_but_not_always():
    areas = {
        label: [simulate_lesion("nodule", label, patient=p)[1].pixels.sum() for p in range(60)] for label in LABELS
    }
    assert np.mean(areas["malignant"]) > 1.15 * np.mean(areas["benign"])
    assert max(areas["benign"]) > np.median(areas["malignant"])


def test_air_lung_and_tissue_have_their_hounsfield_units_and_the_size_its_millimetres():
    image, mask = simulate_lesion("nodule", "benign", patient=2, size=96)
    assert image.spacing == (CT_WIDTH / 96,) * 2 == mask.spacing
    assert -950 < np.median(image.pixels) < -750


@pytest.mark.parametrize(
    ("options", "words"),
    [({"kind": "cyst"}, "kind must"), ({"label": "ill"}, "label must"), ({"size": 12}, "24 to 256")],
)
def test_what_there_is_not_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        simulate_lesion(**{"kind": "nodule", "label": "benign", "patient": 0} | options)
