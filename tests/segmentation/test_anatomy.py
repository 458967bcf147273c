import numpy as np
import pytest

from workbench import images, phantoms, samples
from workbench.evaluation import dice
from workbench.images import Image
from workbench.segmentation import body_mask, lung_mask


def scanned(shape=(8, 160, 200), spacing=(5.0, 2.0, 2.0)):
    """An elliptic trunk with two lungs, vessels, a trachea and a bowel, on a table; HU with noise."""
    rows, columns = np.indices(shape[1:])

    def ellipse(row, column, height, width):
        return ((rows - row) / height) ** 2 + ((columns - column) / width) ** 2 <= 1

    body = ellipse(75, 100, 60, 85)
    lungs = ellipse(70, 60, 42, 28) | ellipse(70, 140, 42, 28)
    plane = np.where(body, 40.0, -1000.0)
    plane[lungs] = -850
    plane[ellipse(70, 60, 3, 12) | ellipse(80, 140, 12, 3)] = 40
    plane[ellipse(55, 100, 5, 5) | ellipse(115, 100, 6, 8)] = -1000
    plane[142:145] = 200
    noise = np.random.default_rng(0).normal(0, 20, shape)
    return Image(plane + noise, spacing=spacing, modality="CT"), body, lungs


def test_body_and_lungs_of_a_drawn_trunk():
    image, body, lungs = scanned()
    found = body_mask(image)
    assert min(dice(plane, body) for plane in found) > 0.995
    assert not found[:, 142:].any()
    assert min(dice(plane, lungs) for plane in lung_mask(image)) > 0.98
    assert not lung_mask(image)[:, 110:121, 92:109].any()
    assert np.array_equal(body_mask(np.asarray(image), spacing=image.spacing), found)


@pytest.mark.parametrize("patient", range(3))
def test_simulated_chests(patient):
    image = phantoms.simulate("chest", patient=patient, size=256).image
    body, lungs = body_mask(image), lung_mask(image)
    cm2 = np.prod(image.spacing) / 100
    assert 400 < body.sum() * cm2 < 800
    assert 0.15 < lungs.sum() / body.sum() < 0.5
    assert not (lungs & ~body).any()


def test_the_sinuses_and_the_brain_belong_to_the_body_and_are_no_lung():
    head = samples.load("head_ct")
    body = body_mask(head)
    assert body[130, 256]
    assert body[300, 256]
    assert not body[[5, -5]].any()


def test_real_legs_have_no_lung(shared_data):
    image = images.read(shared_data / "sts_ct_mr_pet/nifti/STS_002/CT_image.nii.gz").oriented("SPL")
    body = body_mask(image)
    assert 0.4 < body.mean() < 0.9
    assert (image.pixels[body] < -500).mean() < 0.01
    assert not lung_mask(image).any()


def test_no_holder_in_a_real_head(shared_data):
    image = images.read(shared_data / "dicom_zoo/ge_head_ct_tilt_variable_spacing/14.dcm")
    body = body_mask(image)
    assert not body[320:420, 20:80].any()
    assert body[256, 256]


@pytest.mark.parametrize("function", [body_mask, lung_mask])
@pytest.mark.parametrize(
    ("image", "spacing", "message"),
    [
        (np.zeros((4, 4)), None, "give spacing"),
        (np.zeros((4, 4)), (1.0, 0.0), "2 positive lengths"),
        (np.full((4, 4), -1000.0), (1.0, 1.0), "tissue above -500"),
        (np.zeros(4), (1.0,), "2 or 3 axes"),
        (np.full((4, 4), np.nan), (1.0, 1.0), "finite"),
    ],
)
def test_bad_input(function, image, spacing, message):
    with pytest.raises(ValueError, match=message):
        function(image, spacing=spacing)


def test_nothing_thick_enough():
    image = np.full((20, 20), -1000.0)
    image[10] = 40
    with pytest.raises(ValueError, match="10 mm thick"):
        body_mask(image, spacing=(1.0, 1.0))
