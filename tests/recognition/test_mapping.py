import numpy as np
import pytest

from workbench import cohorts
from workbench.cohorts import CohortError
from workbench.recognition.mapping import over_images


def mean(image):
    return float(np.asarray(image).mean())


def test_a_cohort_and_a_mapping_of_its_images_give_the_same():
    study = cohorts.read("samples").select(["cell", "head_ct"])
    images = {case: study.image(case) for case in study}
    assert over_images(mean, study) == over_images(mean, images) == over_images(mean, images, jobs=2)


def test_what_is_neither_is_refused_and_a_failing_case_named():
    with pytest.raises(TypeError, match="must be a Cohort or map cases to images, received list"):
        over_images(mean, [np.ones((2, 2))])
    with pytest.raises(CohortError, match="head_ct"):
        over_images(np.linalg.cholesky, cohorts.read("samples").select(["head_ct"]))
