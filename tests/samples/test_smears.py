"""Simulated smears: their boxes fit what is drawn, and the numbers asked for are kept."""

import numpy as np
import pytest

from workbench.samples import smear


def test_a_picture_stays_the_same_however_many_there_are():
    few, many = smear(images=2, size=64, seed=3), smear(images=5, size=64, seed=3)
    for case in few:
        assert np.array_equal(few.image(case).pixels, many.image(case).pixels)
        assert few.boxes(case).equals(many.boxes(case))
    assert not np.array_equal(
        few.image("simulated-0000").pixels, smear(images=1, size=64).image("simulated-0000").pixels
    )


def test_boxes_surround_the_cells_and_nothing_else():
    cohort = smear(images=12, cells=4, overlap=0, size=96)
    for case in cohort:
        pixels = np.asarray(cohort.image(case)).astype(float)
        light = np.median(pixels[..., 1])
        marked = np.zeros(pixels.shape[:2], bool)
        for _, box in cohort.boxes(case).iterrows():
            inside = (slice(int(box["top"]), int(np.ceil(box["bottom"]))),
                      slice(int(box["left"]), int(np.ceil(box["right"]))))  # fmt: skip
            marked[inside] = True
            # An ellipse fills pi / 4 of its box; one that the border cuts may fill less, or more.
            assert 0.35 < (pixels[inside][..., 1] < light - 12).mean() <= 1
        rows, columns = np.nonzero((pixels[..., 1] < light - 25) & ~marked)
        # What is dark without a box lies across the border.
        border = np.minimum.reduce([rows, columns, 95 - rows, 95 - columns])
        assert (border < 12).all()


def test_counts_and_kinds():
    cohort = smear(images=60, cells=6, overlap=0.3, size=64)
    labels = [cohort.boxes(case)["label"].value_counts() for case in cohort]
    white = np.array([one.get("white cell", 0) for one in labels])
    assert set(white) <= {0, 1, 2} and (white == 1).mean() > 0.5
    assert 4 < np.mean([one.get("red cell", 0) for one in labels]) < 6.5
    assert all(
        "red cell" not in smear(images=1, cells=0, size=64).boxes(case)["label"].tolist()
        for case in ["simulated-0000"]
    )


def test_objects_that_may_not_overlap_do_not():
    def deepest(overlap: float) -> float:
        cohort = smear(images=10, cells=15, overlap=overlap, size=64)
        darkest = [np.asarray(cohort.image(case))[..., 2].min() for case in cohort]
        return float(np.mean(darkest))

    assert deepest(0.0) > deepest(0.8)


@pytest.mark.parametrize(
    "options", [{"images": 0}, {"cells": -1}, {"overlap": 1.5}, {"size": 16}, {"seed": -1}], ids=str
)
def test_numbers_out_of_range_are_errors(options):
    with pytest.raises(ValueError, match="must be from"):
        smear(**options)
