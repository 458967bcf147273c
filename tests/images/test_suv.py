import numpy as np
import pytest

from workbench.images import ImageReadWarning, read
from workbench.images.suv import suv_factor

F18 = 6586.2
FACTS = {
    "Units": "BQML",
    "CorrectedImage": ["DECY", "ATTN", "SCAT"],
    "DecayCorrection": "START",
    "PatientWeight": 70.0,
    "RadionuclideTotalDose": 370e6,
    "RadionuclideHalfLife": F18,
    "SeriesDate": "20240229",
    "SeriesTime": "100000.00",
    "AcquisitionDate": "20240229",
    "AcquisitionTime": "100312.5",
    "RadiopharmaceuticalStartTime": "090000",
}


def test_the_definition():
    # Injected activity, decayed for one hour, spread over 70 kg of water at 1 g/ml
    expected = 70e3 / (370e6 * np.exp(-np.log(2) * 3600 / F18))
    assert suv_factor(FACTS) == (pytest.approx(expected, rel=1e-12), "")


def test_uniform_spread_is_one():
    decayed = FACTS["RadionuclideTotalDose"] * 0.5 ** (3600 / F18)
    assert suv_factor(FACTS)[0] * decayed / 70e3 == pytest.approx(1)


@pytest.mark.parametrize(
    ("facts", "hours"),
    [
        ({"RadiopharmaceuticalStartDateTime": "20240229083000.000"}, 1.5),
        ({"RadiopharmaceuticalStartDateTime": "20240228230000+0100"}, 11),
        ({"SeriesTime": "003000", "AcquisitionTime": "003100", "RadiopharmaceuticalStartTime": "233000"}, 1),
        ({"SeriesTime": "100000.500000", "RadiopharmaceuticalStartTime": "10:00:00.25"}, 0.25 / 3600),
        ({"DecayCorrection": "ADMIN", "SeriesTime": ""}, 0),
    ],
)
def test_times(facts, hours):
    expected = 70e3 / (370e6 * 0.5 ** (hours * 3600 / F18))
    assert suv_factor(FACTS | facts) == (pytest.approx(expected), "")


@pytest.mark.parametrize(
    ("facts", "lack"),
    [
        ({"Units": "CNTS"}, "stays in CNTS"),
        ({"Units": None}, "units that are not stated"),
        ({"Units": "GML", "SUVType": "LBM"}, "stays in GML"),
        ({"CorrectedImage": ["ATTN"]}, "DECY in CorrectedImage"),
        ({"CorrectedImage": None}, "ATTN in CorrectedImage, DECY in CorrectedImage"),
        ({"PatientWeight": 0.0}, "lacks: PatientWeight"),
        ({"PatientWeight": float("nan"), "RadionuclideHalfLife": "x"}, "PatientWeight, RadionuclideHalfLife"),
        ({"RadionuclideTotalDose": None}, "RadionuclideTotalDose"),
        ({"DecayCorrection": "NONE"}, "DecayCorrection"),
        ({"SeriesTime": "110000"}, "no later than those of the acquisition"),
        ({"SeriesDate": None}, "no later than those of the acquisition"),
        ({"AcquisitionTime": "256000"}, "no later than those of the acquisition"),
        ({"RadiopharmaceuticalStartTime": None}, "time of injection"),
        ({"RadiopharmaceuticalStartDateTime": "20240227080000"}, "time of injection"),
    ],
)
def test_what_is_lacking_is_named(facts, lack):
    factor, problem = suv_factor(FACTS | facts)
    assert factor is None
    assert lack in problem


def tags(**changes):
    from pydicom import Dataset
    from pydicom.sequence import Sequence

    facts = FACTS | {"Modality": "PT", "RescaleSlope": 2.5} | changes
    dose = Dataset()
    for name in [name for name in facts if name.startswith("Radi")]:
        setattr(dose, name, facts.pop(name))
    return facts | {"RadiopharmaceuticalInformationSequence": Sequence([dose])}


def test_a_series_in_suv(tmp_path, write_series):
    volume = write_series(tmp_path, **tags())
    image = read(tmp_path)
    np.testing.assert_allclose(image, volume * 2.5 * suv_factor(FACTS)[0], rtol=1e-6)
    assert (image.units, image.modality, image.history) == ("SUV", "PT", ())


def test_a_series_that_stays_in_becquerel(tmp_path, write_series):
    volume = write_series(tmp_path, **tags(PatientWeight=None))
    with pytest.warns(ImageReadWarning, match="PET stays in BQML, for SUV lacks: PatientWeight"):
        image = read(tmp_path)
    np.testing.assert_allclose(image, volume * 2.5, rtol=1e-6)
    assert image.units == "BQML"


def test_one_slice_that_lacks_its_time_keeps_the_whole_series_in_becquerel(tmp_path, write_series, write_dicom):
    write_series(tmp_path, **tags())
    late = tags(AcquisitionTime="095959") | {"ImagePositionPatient": [-10, -20, 40]}
    write_dicom(tmp_path / "late", np.full((4, 6), 8, np.int16), **late)
    with pytest.warns(ImageReadWarning, match="no later than"):
        image = read(tmp_path)
    assert (image.units, image.pixels[-1, 0, 0]) == ("BQML", 20)
