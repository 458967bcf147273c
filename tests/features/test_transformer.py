import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workbench.features import FeatureExtractor, FixedBinNumber, extract


def pairs(count=24):
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 2
    return [(rng.normal(0, 1 + label, (12, 12)), np.ones((12, 12), bool)) for label in labels], labels


def test_stands_in_a_pipeline_and_is_cross_validated():
    images, labels = pairs()
    model = make_pipeline(
        FeatureExtractor(families="intensity_statistics"), StandardScaler(), LogisticRegression()
    )
    assert cross_val_score(model, images, labels, cv=3).mean() > 0.9


def test_rows_equal_extract_whatever_the_number_of_jobs():
    images, _ = pairs(4)
    extractor = FeatureExtractor(families=["glcm", "glszm"], discretization=FixedBinNumber(8)).fit(images)
    rows = extractor.transform(images)
    for row, (image, mask) in zip(rows, images, strict=True):
        alone = extract(image, mask, families=["glcm", "glszm"], discretization=FixedBinNumber(8))
        np.testing.assert_array_equal(row, alone)
        assert extractor.get_feature_names_out().tolist() == alone.index.tolist()
    np.testing.assert_array_equal(clone(extractor).set_params(jobs=2).fit_transform(images), rows)


def test_gives_a_table_when_asked():
    images, _ = pairs(2)
    table = FeatureExtractor(families="intensity_statistics").set_output(transform="pandas").fit_transform(images)
    assert table.columns[0] == "intensity_mean"


def test_what_is_no_list_of_pairs_raises():
    images, _ = pairs(2)
    for wrong in ([], [images[0][0]], np.ones((3, 4, 4))):
        with pytest.raises(ValueError, match=r"pairs \(image, mask\)"):
            FeatureExtractor().fit(wrong)
    extractor = FeatureExtractor().fit(images)
    with pytest.raises(ValueError, match="pair 0 has"):
        extractor.set_params(families="glcm").transform(images)
