import json

import pytest

from workbench import cohorts
from workbench.cohorts import CohortError

BOX = (
    "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"
)


@pytest.fixture
def voc(tmp_path, picture):
    """Write a VOC folder from the boxes of its pictures and the lists of its splits."""

    def voc(pictures, **splits):
        (tmp_path / "Annotations").mkdir()
        (tmp_path / "ImageSets" / "Main").mkdir(parents=True)
        for seed, (name, boxes) in enumerate(pictures.items()):
            picture(tmp_path / "JPEGImages" / f"{name}.png", seed)
            if boxes is not None:
                text = f"<annotation>{''.join(BOX.format(*box) for box in boxes)}</annotation>"
                (tmp_path / "Annotations" / f"{name}.xml").write_text(text)
        for split, names in splits.items():
            (tmp_path / "ImageSets" / "Main" / f"{split}.txt").write_text("\n".join(names) + "\n")
        return tmp_path

    return voc


def test_voc(voc):
    cohort = cohorts.read(
        voc({"a": [("cell", 2, 3, 10, 20), ("dot", 0, 0, 1, 1)], "b": [], "c": None}, train=["a"], val=["b"])
    )
    assert cohort.boxes("a").to_dict("records")[0] == {
        "top": 3, "left": 2, "bottom": 20, "right": 10, "label": "cell"
    }  # fmt: skip
    assert cohort.boxes("b").empty
    assert cohort.table["split"].fillna("none").to_dict() == {"a": "train", "b": "validation", "c": "none"}
    assert cohort.image("a").shape == (40, 48)


def test_voc_faults(voc, tmp_path):
    folder = voc({"a": []}, train=["a"], test=["a"])
    with pytest.raises(CohortError, match="a is in another split too"):
        cohorts.read(folder)
    (tmp_path / "ImageSets" / "Main" / "test.txt").unlink()
    annotation = tmp_path / "Annotations" / "a.xml"
    for text in ("<annotation>", "<annotation><object><name>x</name></object></annotation>"):
        annotation.write_text(text)
        with pytest.raises(CohortError, match=r"a\.xml: damaged, or not a VOC annotation"):
            cohorts.read(folder)
    annotation.rename(annotation.with_name("z.xml"))
    with pytest.raises(CohortError, match="there is no picture z in JPEGImages"):
        cohorts.read(folder)


def coco(path, names, boxes):
    content = {
        "images": [
            {"id": index, "file_name": name, "height": 40, "width": 48} for index, name in enumerate(names)
        ],
        "annotations": [
            {"id": index, "image_id": image, "category_id": 7, "bbox": box}
            for index, (image, box) in enumerate(boxes)
        ],
        "categories": [{"id": 7, "name": "cell"}],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def test_coco_file(tmp_path, picture):
    picture(tmp_path / "images" / "a.png", 1)
    path = coco(tmp_path / "boxes.json", ["a.png", "b.png"], [(0, [2, 3, 8, 17])])
    for source in (path, tmp_path):
        cohort = cohorts.read(source)
        assert cohort.boxes("a").to_dict("records") == [
            {"top": 3, "left": 2, "bottom": 20, "right": 10, "label": "cell"}
        ]
        assert cohort.boxes("b").empty
        assert cohort.image("a").shape == (40, 48)
        assert "split" not in cohort.table


def test_coco_folder_with_splits(tmp_path, picture):
    picture(tmp_path / "train2017" / "a.png", 1)
    picture(tmp_path / "val2017" / "b.png", 2)
    coco(tmp_path / "annotations" / "instances_train2017.json", ["a.png"], [])
    coco(tmp_path / "annotations" / "instances_val2017.json", ["b.png"], [])
    cohort = cohorts.read(tmp_path)
    assert cohort.table["split"].to_dict() == {"a": "train", "b": "validation"}
    assert cohort.map(lambda image: image.shape) == {"a": (40, 48), "b": (40, 48)}


def test_coco_faults(tmp_path):
    path = coco(tmp_path / "boxes.json", ["a.png"], [(5, [2, 3, 8, 17])])
    with pytest.raises(CohortError, match=r"boxes\.json: damaged, or not COCO \(KeyError: 5\)"):
        cohorts.read(path)
    coco(path, ["a.png", "a.png"], [])
    with pytest.raises(CohortError, match="'a' more than once"):
        cohorts.read(path)
    path.write_text('{"images": []}')
    with pytest.raises(CohortError, match=r"a COCO \.json|or a COCO"):
        cohorts.read(path)


def test_blood_cells(shared_data):
    cohort = cohorts.read(shared_data / "blood_bccd")
    assert len(cohort) == 292
    assert cohort.summary()["boxes"].to_dict()["all"] == 3943
