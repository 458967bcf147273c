"""Published consensus values of the IBSI for its digital phantom (Zwanenburg et al. 2020, arXiv:1612.07003)."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import features, images

FACTS = pd.read_csv(Path(__file__).with_name("ibsi1_facts.csv"), keep_default_na=False)
AGGREGATIONS = {
    "2D averaged": "2d_averaged",
    "2D slice-merged": "2d_slice_merged",
    "2.5D direction-merged": "2.5d_direction_merged",
    "2.5D merged": "2.5d_merged",
    "3D averaged": "3d_averaged",
    "3D merged": "3d_merged",
    "3D": "3d_merged",
}
# Each line is a slice of four rows; voxels in brackets lie outside the region.
PHANTOM = """
1 4 4 1 1       1 4 6 1 1   4 1 6 4 1       4 4 6 4 1
1 4 4 1 1       1 1 6 1 1   (1) 1 3 1 1     4 4 6 1 1
1 4 4 (1) (1)   1 1 1 1 1   1 1 (9) 1 1     1 1 6 1 1
1 4 4 (1) (1)   1 1 1 1 1   1 1 1 1 1       1 1 6 1 1
"""
# The IBSI names these, but its participants reached no consensus on a value.
WITHOUT_CONSENSUS = {
    "morphology_volume_density_oriented_bounding_box",
    "morphology_area_density_oriented_bounding_box",
    "morphology_volume_density_enclosing_ellipsoid",
    "morphology_area_density_enclosing_ellipsoid",
    "ivh_area_under_curve",
}


def phantom():
    words = np.array(PHANTOM.split()).reshape(4, 4, 5)
    pixels = np.char.strip(words, "()").astype(int)
    return images.Image(pixels, spacing=(2, 2, 2)), ~np.char.startswith(words, "(")


@cache
def measured(aggregation):
    image, mask = phantom()
    return features.extract(
        image, mask, discretization=features.FixedBinSize(1, minimum=1), aggregation=aggregation
    )


def agrees(value, published, tolerance):
    return abs(value - published) <= tolerance if tolerance else float(f"{value:.3g}") == published


@pytest.mark.parametrize(
    ("name", "aggregation", "published", "tolerance"),
    FACTS[["name", "aggregation", "value", "tolerance"]].to_numpy().tolist(),
)
def test_equals_the_published_value(name, aggregation, published, tolerance):
    value = measured(aggregation or "3d_merged")[name]
    assert agrees(value, published, tolerance), f"{value} against {published}"


def test_every_feature_with_a_code_has_a_published_value():
    catalog = features.catalog()
    coded = catalog.index[(catalog.code != "") & catalog.dimensions.str.contains("3")]
    assert set(coded) == set(FACTS.name) | WITHOUT_CONSENSUS
    assert (catalog.code[FACTS.name].to_numpy() == FACTS.code.to_numpy()).all()
    assert set(FACTS.aggregation) - {""} == set(features.AGGREGATIONS)
    assert len(FACTS) == 482


def test_phantom_and_values_are_those_published(shared_data):
    folder = shared_data / "ibsi1_digital_phantom"
    image, mask = phantom()
    stored = images.read(folder / "phantom.nii.gz")
    np.testing.assert_array_equal(stored.pixels, image.pixels)
    np.testing.assert_array_equal(images.read(folder / "mask.nii.gz").pixels, mask)
    assert stored.spacing == (2, 2, 2)
    published = pd.read_csv(folder / "ibsi1_digital_phantom_reference.csv")
    published["aggregation"] = published.aggregation.map(AGGREGATIONS).fillna("")
    columns = ["code", "aggregation", "value", "tolerance"]
    published = published.rename(columns={"ibsi_id": "code"})[columns]
    assert sorted(map(tuple, published.to_numpy())) == sorted(map(tuple, FACTS[columns].to_numpy()))
