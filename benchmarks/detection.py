"""Boxes beside their peers: ``python benchmarks/detection.py``.

Equal first: OpenCV and torchvision keep the same boxes in the same order (of soft suppression, OpenCV's scores
agree to 1e-4, as it counts in float32), pycocotools finds the same average precision to 1e-9. Its tables are read
before it is timed; ours are read each time.
"""

import contextlib
import functools
import importlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pandas as pd
from timing import Row, main

from workbench import detection

RNG = np.random.default_rng(0)
COUNT = 10_000
#: No overlap of boxes of whole pixels is so near to it that float32 could not tell.
IOU = 0.4567
EDGES = ["top", "left", "bottom", "right"]


def heaps() -> np.ndarray:
    corners = RNG.random((100, 2))[RNG.integers(100, size=COUNT)] * 1000 + RNG.normal(0, 5, (COUNT, 2))
    return np.hstack([corners, corners + RNG.uniform(30, 60, (COUNT, 2))]).round()


def spread() -> np.ndarray:
    corners = RNG.random((COUNT, 2)) * 1000
    return np.hstack([corners, corners + RNG.uniform(10, 30, (COUNT, 2))]).round()


def apart() -> np.ndarray:
    corners = 10.0 * np.argwhere(np.ones((100, 100)))
    boxes = np.hstack([corners, corners + 9])
    # One around all, as a detector gives at times.
    boxes[0, 2:] = 1000
    return boxes


def rectangles(boxes: np.ndarray) -> np.ndarray:
    top, left, bottom, right = boxes.T
    return np.column_stack([left, top, right - left, bottom - top])


def torchvision_nms(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray | None) -> Callable[[], np.ndarray]:
    def call() -> np.ndarray:
        import torch
        import torchvision

        box, score = torch.from_numpy(boxes), torch.from_numpy(scores)
        if classes is None:
            return torchvision.ops.nms(box, score, IOU).numpy()
        return torchvision.ops.batched_nms(box, score, torch.from_numpy(classes), IOU).numpy()

    return call


def suppressions() -> Iterator[Row]:
    scores = (1 + RNG.permutation(COUNT)) / 2**14
    classes = RNG.integers(0, 5, COUNT)
    for name, boxes in {"in 100 heaps": heaps(), "spread": spread(), "apart": apart()}.items():
        places = rectangles(boxes)
        for task, kinds in {"hard": None, "hard, 5 classes": classes}.items():
            given = {} if kinds is None else {"classes": kinds}
            yield Row(
                f"suppression, {task}",
                f"10,000 boxes {name}",
                {
                    "ours": lambda b=boxes, g=given: (
                        detection.non_maximum_suppression(b, scores, iou=IOU, **g).indices
                    ),
                    "OpenCV": (lambda p=places: cv2.dnn.NMSBoxes(p, scores, 0.0, IOU))
                    if kinds is None
                    else (lambda p=places, k=kinds: cv2.dnn.NMSBoxesBatched(p, scores, k, 0.0, IOU)),
                    "torchvision": torchvision_nms(boxes, scores, kinds),
                },
                same=lambda ours, theirs: np.array_equal(ours, np.ravel(theirs)),
            )
    boxes = heaps()
    places = rectangles(boxes).astype(int)
    yield Row(
        "suppression, soft, Gaussian",
        "10,000 boxes in 100 heaps",
        {
            "ours": lambda: detection.non_maximum_suppression(boxes, scores, method="soft_gaussian").scores,
            "OpenCV": lambda: cv2.dnn.softNMSBoxes(places, scores, 0.001, 0.5, 0, 0.5, 2)[0],
        },
        same=lambda ours, theirs: (
            abs(len(ours) - len(theirs)) <= 3
            and np.allclose(
                ours[: len(theirs) - 3], theirs[: len(ours)][: len(ours[: len(theirs) - 3])], atol=1e-4
            )
        ),
    )


def scene(cases: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = 8 * cases
    corners = RNG.integers(0, 60, (count, 2))
    truths = pd.DataFrame(np.hstack([corners, corners + RNG.integers(6, 20, (count, 2))]), columns=EDGES)
    truths = truths.assign(**{"case": RNG.integers(cases, size=count), "class": RNG.integers(3, size=count)})
    found = truths.loc[RNG.integers(count, size=2 * count)].reset_index(drop=True)
    found[EDGES] += RNG.integers(-2, 3, (2 * count, 4))
    return found.assign(score=RNG.random(2 * count)), truths


def coco_records(table: pd.DataFrame) -> list[dict]:
    places = rectangles(table[EDGES].to_numpy(float))
    scores = table["score"] if "score" in table else np.zeros(len(table))
    rows = zip(places.tolist(), table["case"].tolist(), table["class"].tolist(), scores, strict=True)
    return [
        {"id": number, "image_id": case, "category_id": kind, "bbox": box, "score": score, "iscrowd": 0,
         "area": box[2] * box[3]}
        for number, (box, case, kind, score) in enumerate(rows, start=1)
    ]  # fmt: skip


def pycocotools_mean(found: pd.DataFrame, truths: pd.DataFrame) -> Callable[[], float]:
    @functools.cache
    def read() -> tuple[Any, Any]:
        from pycocotools.coco import COCO

        names = {
            key: [{"id": int(one)} for one in sorted({*truths[key], *found[key]})] for key in ("case", "class")
        }
        coco = COCO()
        coco.dataset = {
            "info": {},
            "images": names["case"],
            "categories": names["class"],
            "annotations": coco_records(truths),
        }
        coco.createIndex()
        return coco, coco.loadRes(coco_records(found))

    def call() -> float:
        from pycocotools.cocoeval import COCOeval

        with contextlib.redirect_stdout(io.StringIO()):
            judge = COCOeval(*read(), "bbox")
            judge.evaluate()
            judge.accumulate()
        return float(judge.eval["precision"][:, :, :, 0, 2].mean())

    return call


def rows() -> Iterator[Row]:
    with contextlib.suppress(ModuleNotFoundError):
        # Its import, of seconds, is no part of its first call.
        importlib.import_module("torchvision")
    yield from suppressions()
    found, truths = scene(500)
    peer = pycocotools_mean(found, truths)
    with contextlib.suppress(ModuleNotFoundError):
        peer()  # it reads its tables once
    yield Row(
        "average precision, .5 to .95",
        "8,000 boxes, 500 images",
        {
            "ours": lambda: detection.average_precision(found, truths).mean(),
            "pycocotools": peer,
        },
        same=lambda ours, theirs: abs(ours - theirs) < 1e-9,
    )


if __name__ == "__main__":
    main("detection", rows())
