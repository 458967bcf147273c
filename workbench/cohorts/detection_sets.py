"""Cohorts with boxes: Pascal VOC folders and COCO json files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from .boxes import boxes_text
from .cohort import Cohort
from .errors import CohortError
from .folders import SPLITS

CORNERS = {"top": "ymin", "left": "xmin", "bottom": "ymax", "right": "xmax"}


def is_voc(folder: Path) -> bool:
    """Tell whether a folder is laid out as Pascal VOC: ``Annotations`` beside ``JPEGImages``.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    bool
        By its subfolders.

    Examples
    --------
    >>> is_voc(Path(__file__).parent)
    False
    """
    return (folder / "Annotations").is_dir() and (folder / "JPEGImages").is_dir()


def read_voc(folder: Path) -> Cohort:
    """Read a Pascal VOC folder; corners are kept as they are written.

    Parameters
    ----------
    folder : Path
        ``Annotations/*.xml``, ``JPEGImages`` with pictures of the same names, and ``ImageSets/Main/train.txt``,
        ``val.txt``, ``test.txt`` where there are splits.

    Returns
    -------
    Cohort
        A case, and a patient, for each picture. A picture without annotation has no boxes.

    Raises
    ------
    CohortError
        If there is no picture, an annotation is damaged or without picture, or a case is in two splits.

    References
    ----------
    Everingham M et al. The Pascal Visual Object Classes challenge. IJCV 88 (2010) 303-338.
    """
    pictures = {path.stem: path for path in sorted((folder / "JPEGImages").iterdir()) if path.name[0] != "."}
    annotations = {path.stem: path for path in sorted((folder / "Annotations").glob("*.xml"))}
    if not pictures:
        raise CohortError(f"{folder}: no pictures in JPEGImages")
    alone = sorted(set(annotations) - set(pictures))
    if alone:
        raise CohortError(f"{annotations[alone[0]]}: there is no picture {alone[0]} in JPEGImages")
    table = pd.DataFrame(
        {
            "patient": list(pictures),
            "image": list(map(str, pictures.values())),
            "boxes": [_voc_boxes(annotations[name]) if name in annotations else None for name in pictures],
        },
        index=pd.Index(pictures, name="case"),
    )
    splits = _voc_splits(folder)
    return Cohort(table.assign(split=table.index.map(splits)) if splits else table, root=folder)


def _voc_boxes(path: Path) -> str:
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 (expat limits the growth of entities and loads none)
        boxes: list[dict[str, Any]] = []
        for thing in root.iter("object"):
            box: dict[str, Any] = {
                edge: float(thing.findtext(f"bndbox/{tag}", "none given")) for edge, tag in CORNERS.items()
            }
            boxes.append(box | {"label": thing.findtext("name", "")})
    except (ElementTree.ParseError, ValueError, OSError) as error:
        raise CohortError(f"{path}: damaged, or not a VOC annotation ({error})") from error
    return boxes_text(boxes)


def _voc_splits(folder: Path) -> dict[str, str]:
    splits: dict[str, str] = {}
    for path in sorted((folder / "ImageSets" / "Main").glob("*.txt")):
        if path.stem.lower() not in SPLITS:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            name = line.split()[0] if line.split() else ""
            if splits.setdefault(name, SPLITS[path.stem.lower()]) != SPLITS[path.stem.lower()]:
                raise CohortError(f"{path}: {name} is in another split too; take it out of one")
    return splits


def is_coco(path: Path) -> bool:
    """Tell whether a file is json with COCO's keys ``images`` and ``annotations``.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        By its content.

    Examples
    --------
    >>> is_coco(Path(__file__))
    False
    """
    return path.suffix.lower() == ".json" and _coco(path) is not None


def read_coco(paths: list[Path], root: Path) -> Cohort:
    """Read COCO boxes from one or several json files.

    Parameters
    ----------
    paths : list of Path
        The files. A split is recognised in a file's name or its folder's (``instances_train.json``). Pictures are
        looked for beside the file, in ``images``, and in folders of those names beside the file's folder.
    root : Path
        Folder of the study.

    Returns
    -------
    Cohort
        A case, and a patient, for each picture.

    Raises
    ------
    CohortError
        If a file is damaged, an annotation has no picture, or a picture is named twice.

    References
    ----------
    Lin TY et al. Microsoft COCO: common objects in context. ECCV 2014, 740-755.
    """
    tables = []
    for path in paths:
        content = _coco(path)
        if content is None:
            raise CohortError(f"{path}: expected json with the keys 'images' and 'annotations'")
        try:
            tables.append(_coco_table(content, path, root))
        except (KeyError, TypeError, ValueError) as error:
            raise CohortError(f"{path}: damaged, or not COCO ({type(error).__name__}: {error})") from error
    table = pd.concat(tables)
    try:
        return Cohort(table.dropna(axis="columns", how="all"), root=root)
    except CohortError as error:
        raise CohortError(f"{root}: {error}") from None


def _coco(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and {"images", "annotations"} <= set(content) else None


def _coco_table(content: dict[str, Any], path: Path, root: Path) -> pd.DataFrame:
    names = {category["id"]: str(category["name"]) for category in content.get("categories", [])}
    boxes: dict[Any, list[dict[str, Any]]] = {picture["id"]: [] for picture in content["images"]}
    for annotation in content["annotations"]:
        if "bbox" not in annotation:
            continue
        left, top, width, height = map(float, annotation["bbox"])
        category = annotation.get("category_id")
        boxes[annotation["image_id"]].append(
            {"top": top, "left": left, "bottom": top + height, "right": left + width,
             "label": names.get(category, "" if category is None else str(category))}
        )  # fmt: skip
    # The study's own folder may be called anything.
    told = [path.stem, *([path.parent.name] if path.parent != root else [])]
    words = [word.lower() for name in told for word in name.replace(".", "_").split("_")]
    split = next((SPLITS[key] for word in words if (key := word.rstrip("0123456789")) in SPLITS), None)
    rows = [
        {
            "case": Path(picture["file_name"]).with_suffix("").as_posix(),
            "image": str(_picture(picture["file_name"], path, root)),
            "boxes": boxes_text(boxes[picture["id"]]),
            "split": split,
        }
        for picture in content["images"]
    ]
    table = pd.DataFrame(rows, columns=["case", "image", "boxes", "split"])
    return table.assign(patient=table["case"]).set_index("case")


def _picture(name: str, path: Path, root: Path) -> Path:
    words = {word for word in path.stem.split("_") if word.rstrip("0123456789").lower() in SPLITS}
    bases = [folder / inner for folder in dict.fromkeys([path.parent, root, path.parent.parent])
             for inner in ("", "images", *words, *(f"images/{word}" for word in words))]  # fmt: skip
    return next((base / name for base in bases if (base / name).is_file()), path.parent / name)
