from io import StringIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Picture

from workbench.cohorts import Cohort
from workbench.images import Image, write


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEY", "a key of the tests alone")


@pytest.fixture
def save():
    def save(path, value=1):
        return write(Image(np.full((2, 3), value), spacing=(1, 1)), path)

    return save


@pytest.fixture
def picture():
    """Write a smooth random picture, another for each seed."""

    def picture(path, seed, shape=(40, 48)):
        path.parent.mkdir(parents=True, exist_ok=True)
        Picture.fromarray(scene(seed, shape)).save(path)
        return path

    return picture


def scene(seed, shape=(40, 48)):
    from scipy import ndimage

    rng = np.random.default_rng(seed)
    smooth = ndimage.gaussian_filter(rng.normal(size=shape), 4)
    return np.clip(128 + 40 * smooth / smooth.std() + rng.normal(size=shape), 0, 255).astype(np.uint8)


@pytest.fixture
def study():
    """A clean study in memory: 24 patients of two images each, splits and classes in balance."""

    def study(**columns):
        rows = [
            {
                "patient": f"p{patient:02}",
                "image": Image(scene(10 * patient + number), spacing=(0.5, 0.5)),
                "mask": Image(np.eye(40, 48, dtype=bool), spacing=(0.5, 0.5)),
                "label": ("ill", "healthy")[patient % 2],
                "split": "test" if patient >= 16 else "train",
                "boxes": "[[1, 2, 5, 6]]",
            }
            for patient in range(24)
            for number in range(2)
        ]
        names = pd.Index([f"c{number:02}" for number in range(48)], name="case")
        return Cohort(pd.DataFrame(rows, index=names).assign(**columns))

    return study


@pytest.fixture
def csv(tmp_path):
    def csv(text, name="cases.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return csv


def table(text):
    return pd.read_csv(StringIO(text), index_col="case")
