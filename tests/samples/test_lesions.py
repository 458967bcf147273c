import numpy as np
import pytest

from workbench.samples import lesion_study, other_scanner


def test_a_study_is_balanced_and_its_patients_do_not_depend_on_their_number():
    few, many = lesion_study("mass", patients=4, size=32), lesion_study("mass", patients=6, size=32)
    assert many.table.groupby("label")["patient"].nunique().tolist() == [3, 3]
    assert many.table["simulated"].all()
    for case in few:
        assert few.table.at[case, "label"] == many.table.at[case, "label"]
        np.testing.assert_array_equal(few.image(case).pixels, many.image(case).pixels)


def test_another_seed_is_another_hospital():
    here, there = (lesion_study("nodule", patients=2, size=32, seed=seed) for seed in (0, 1))
    assert not set(here.table["patient"]) & set(there.table["patient"])


def test_a_study_needs_patients():
    with pytest.raises(ValueError, match="patients must be 1 or more"):
        lesion_study("nodule", patients=0)


def test_another_scanner_maps_intensities_and_leaves_the_rest():
    study = lesion_study("nodule", patients=2)
    case = study.table.index[0]
    seen = other_scanner(study, gain=0.5, offset=10)
    np.testing.assert_allclose(seen.image(case).pixels, 10 + 0.5 * study.image(case).pixels.astype(float))
    assert seen.image(case).units == "HU" and seen.image(case).spacing == study.image(case).spacing
    np.testing.assert_array_equal(seen.mask(case).pixels, study.mask(case).pixels)


def test_another_scanners_noise_has_its_size_and_its_kernel_smooths():
    study = lesion_study("nodule", patients=2)
    case = study.table.index[0]
    noise = other_scanner(study, noise=50, seed=3).image(case).pixels - study.image(case).pixels
    assert noise.std() == pytest.approx(50, rel=0.05)
    assert other_scanner(study, blur=1).image(case).pixels.std() < study.image(case).pixels.std()


@pytest.mark.parametrize("options", [{"gain": 0}, {"noise": -1}, {"blur": -1}])
def test_an_impossible_scanner_is_refused(options):
    with pytest.raises(ValueError, match="gain must be above 0"):
        other_scanner(lesion_study("nodule", patients=1), **options)
