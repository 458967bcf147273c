"""A template slid over images: where it was cut out, it fits; what does not fit is refused."""

import numpy as np
import pytest

from workbench import detection, samples
from workbench.cnn import boxed_images, mean_object, slide


def test_a_pasted_pattern_is_found_where_it_lies_at_its_scale():
    rng = np.random.default_rng(0)
    pattern = rng.random((9, 7, 3)).astype(np.float32)
    images = rng.random((2, 40, 50, 3)).astype(np.float32)
    images[1, 20:29, 30:37] = pattern
    found = slide(images, pattern, kind="patch", cases=["a", "b"], score=0.9)
    assert found[["case", "class"]].to_numpy().tolist() == [["b", "patch"]]
    assert found[["top", "left", "bottom", "right"]].to_numpy().tolist() == [[20, 30, 29, 37]]
    assert found["score"].item() == pytest.approx(1, abs=1e-4)


def test_suppression_takes_one_of_many_windows():
    data = boxed_images(samples.smear(images=2, cells=6, overlap=0, size=96))
    template = mean_object(data, "red cell")
    every = slide(data.images, template, kind="red cell", iou=1)
    kept = slide(data.images, template, kind="red cell", iou=0.2)
    assert len(kept) < len(every) / 3
    for _, one in kept.groupby("case"):
        boxes = one[["top", "left", "bottom", "right"]].to_numpy()
        shared = detection.iou(boxes, boxes)[~np.eye(len(boxes), dtype=bool)]
        assert (shared <= 0.2).all()


def test_the_mean_of_equal_objects_is_the_object():
    data = boxed_images(samples.smear(images=3, cells=5, size=64))
    constant = data.select([0, 1])
    same = type(data)(
        np.full((2, 64, 64), 7.0), constant.boxes, constant.labels, constant.classes, constant.patients
    )
    assert (mean_object(same, "red cell") == 7).all()


@pytest.mark.parametrize(
    ("template", "options", "message"),
    [
        (np.zeros((3, 3, 3)), {}, "images' axes"),
        (np.zeros((3, 3)), {"cases": ["a"]}, "a case for each"),
        (np.zeros((20, 3)), {}, "change the scales"),
        (np.zeros((3, 3)), {"scales": ()}, "change the scales"),
    ],
)
def test_what_does_not_fit_is_an_error(template, options, message):
    with pytest.raises(ValueError, match=message):
        slide(np.zeros((2, 16, 16)), template, kind="a", **options)


def test_a_class_without_whole_objects_is_an_error():
    data = boxed_images(samples.smear(images=2, cells=5, size=64))
    with pytest.raises(ValueError, match="whole object"):
        mean_object(data, "parasite")
