"""Published consensus values of the IBSI for its digital phantom (Zwanenburg et al. 2020, arXiv:1612.07003)."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import features, images

REFERENCE = pd.read_csv(Path(__file__).with_name("ibsi1_reference.csv"), keep_default_na=False)
AGGREGATIONS = {
    "2D averaged": "2d_averaged",
    "2D slice-merged": "2d_slice_merged",
    "2.5D direction-merged": "2.5d_direction_merged",
    "2.5D merged": "2.5d_merged",
    "3D averaged": "3d_averaged",
    "3D merged": "3d_merged",
}
# Each line is a slice of four rows; voxels in brackets lie outside the region.
PHANTOM = """
1 4 4 1 1       1 4 6 1 1   4 1 6 4 1       4 4 6 4 1
1 4 4 1 1       1 1 6 1 1   (1) 1 3 1 1     4 4 6 1 1
1 4 4 (1) (1)   1 1 1 1 1   1 1 (9) 1 1     1 1 6 1 1
1 4 4 (1) (1)   1 1 1 1 1   1 1 1 1 1       1 1 6 1 1
"""


def phantom():
    words = np.array(PHANTOM.split()).reshape(4, 4, 5)
    pixels = np.char.strip(words, "()").astype(int)
    return images.Image(pixels, spacing=(2, 2, 2)), ~np.char.startswith(words, "(")


@cache
def measured(aggregation):
    image, mask = phantom()
    bins = features.FixedBinSize(1, minimum=1)
    return features.extract(image, mask, families="all", discretization=bins, aggregation=aggregation)


def agrees(value, published, tolerance):
    return abs(value - published) <= tolerance if tolerance else float(f"{value:.3g}") == published


@pytest.mark.parametrize(
    ("feature", "aggregation", "published", "tolerance"),
    REFERENCE[["feature", "aggregation", "value", "tolerance"]].to_numpy().tolist(),
)
def test_equals_the_published_value(feature, aggregation, published, tolerance):
    value = measured(aggregation or "3d_merged")[feature]
    assert agrees(value, published, tolerance), f"{value} against {published}"


def test_every_feature_with_a_code_has_a_published_value():
    catalog = features.catalog()
    coded = catalog.index[(catalog.ibsi != "") & catalog.dimensions.str.contains("3")]
    assert set(coded) == set(REFERENCE.feature)
    assert (catalog.ibsi[REFERENCE.feature].to_numpy() == REFERENCE.code.to_numpy()).all()
    in_texture = REFERENCE[REFERENCE.aggregation != ""]
    assert set(in_texture.aggregation) == set(features.AGGREGATIONS)
    assert len(in_texture) == 25 * 6


def test_phantom_and_values_are_those_published(shared_data):
    folder = shared_data / "ibsi1_digital_phantom"
    image, mask = phantom()
    stored = images.read(folder / "phantom.nii.gz")
    np.testing.assert_array_equal(stored.pixels, image.pixels)
    np.testing.assert_array_equal(images.read(folder / "mask.nii.gz").pixels, mask)
    assert stored.spacing == (2, 2, 2)
    published = pd.read_csv(folder / "ibsi1_digital_phantom_reference.csv")
    published["aggregation"] = published.aggregation.map(AGGREGATIONS).fillna("")
    published = published.set_index(["ibsi_id", "aggregation"])[["value", "tolerance"]].sort_index()
    ours = REFERENCE.set_index(["code", "aggregation"])[["value", "tolerance"]]
    for key, row in ours.iterrows():
        assert row.tolist() == published.loc[[key]].iloc[0].tolist(), key
