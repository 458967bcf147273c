import numpy as np
import pytest

from workbench.images import Image, write


@pytest.fixture
def picture():
    """Write a random image under a name whose suffix is its format; the seed tells it from others."""

    def picture(path, seed=0, shape=(24, 20)):
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(seed).integers(0, 255, shape, dtype=np.uint8)
        write(Image(pixels, spacing=(1.0,) * len(shape) if ".nii" in path.name else None), path)
        return path

    return picture


@pytest.fixture
def classes(tmp_path, picture):
    """A folder for each of two classes with eight pictures each, under names that tell no patient."""
    for number in range(16):
        label = ("NORMAL", "PNEUMONIA")[number % 2]
        picture(tmp_path / "images" / label / f"{label}{number}.png", number)
    return tmp_path / "images"
