"""Writing the masks that a model finds in the images of a study."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import images
from workbench.cohorts import Cohort
from workbench.files import replacing
from workbench.images import Image
from workbench.pseudonyms import pseudonym, session_key

from .fitness import ModelError

TABLE, MODEL = "masks.csv", "model.json"


def write_masks(
    segment: Callable[[Image], NDArray],
    cohort: Cohort,
    folder: str | Path,
    *,
    classes: Sequence[str],
    model: str,
    progress: bool = False,
) -> pd.DataFrame:
    """Segment the image of each case and write its mask, one after the other.

    A mask that is there already is kept, so that what was interrupted goes on where it stopped. Files are named by
    keyed pseudonyms: the table says which is whose.

    Parameters
    ----------
    segment : callable
        From an Image to the class number of each of its pixels.
    cohort : Cohort
        The cases.
    folder : str or Path
        New, empty, or of the same model: gets ``masks.csv``, ``model.json`` and the masks: NIfTI with the geometry
        of an image whose spacing is known; else PNG for a picture, NPZ for a volume. Pixels hold class numbers: a
        PNG of few classes looks black.
    classes : sequence of str
        Their names, background first.
    model : str
        SHA-256 of the model's file.
    progress : bool, optional
        Whether to show how far it is.

    Returns
    -------
    pandas.DataFrame
        Indexed by case: patient, mask (its file in the folder), then for each class other than background the
        number of its pixels and, where the spacing is known, ``_mm2`` or ``_ml``. It is ``masks.csv``.

    Raises
    ------
    ModelError
        If the folder holds masks of another model.
    CohortError, ImageReadError
        If an image cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"patient": ["p"], "image": [Image(np.eye(4), spacing=(2, 3))]}, index=["a"])
    >>> found = write_masks(
    ...     lambda image: np.asarray(image) > 0.5,
    ...     Cohort(table.rename_axis("case")),
    ...     tempfile.mkdtemp(),
    ...     classes=["other", "line"],
    ...     model="0" * 64,
    ... )
    >>> found[["line_pixels", "line_mm2"]].to_dict("list")
    {'line_pixels': [4], 'line_mm2': [24.0]}
    """
    from tqdm.auto import tqdm

    folder = Path(folder)
    known = _known(folder, model)
    key = session_key()
    rows: dict[str, dict[str, Any]] = {}
    for case in tqdm(cohort, desc="segmenting", unit="case", disable=not progress):
        source = hashlib.sha256(cohort.identity(case).encode(errors="surrogatepass")).hexdigest()[:16]
        row = known.get(case)
        if row is None or row["source"] != source or not (folder / str(row["mask"])).is_file():
            image = cohort.image(case)
            labels = np.asarray(segment(image))
            mask = _mask(image, labels.astype(np.uint8))
            path = folder / f"{pseudonym(case, key=key, prefix='M-')}{_suffix(mask)}"
            images.write(mask, path)
            row = {"mask": path.name, "source": source, **_sizes(labels, classes, image)}
        rows[case] = {"patient": cohort.table.loc[case, "patient"], **row}
        # After each case: what is written is what a later call can go on from.
        table = pd.DataFrame.from_dict({**known, **rows}, orient="index").rename_axis("case")
        with replacing(folder / TABLE) as temporary:
            table.to_csv(temporary)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("case").drop(columns="source")


def _known(folder: Path, model: str) -> dict[str, dict[str, Any]]:
    stamp = folder / MODEL
    if not stamp.exists():
        if folder.exists() and any(folder.iterdir()):
            raise ModelError(f"{folder}: expected a new or empty folder, or one with masks of this model")
        with replacing(stamp) as temporary:
            temporary.write_text(json.dumps({"sha256": model}) + "\n", encoding="utf-8")
        return {}
    if json.loads(stamp.read_text(encoding="utf-8")).get("sha256") != model:
        raise ModelError(f"{folder}: holds masks of another model; choose another folder")
    if not (folder / TABLE).exists():
        return {}
    table = pd.read_csv(folder / TABLE, dtype={"case": str, "patient": str, "source": str, "mask": str})
    rows = table.drop(columns="patient").set_index("case")
    return {str(case): dict(zip(rows.columns, row, strict=True)) for case, *row in rows.itertuples()}


def _mask(image: Image, labels: NDArray[np.uint8]) -> Image:
    if labels.shape != image.spatial_shape:
        raise ValueError(f"expected labels of the image's shape {image.spatial_shape}, received {labels.shape}")
    return Image(labels, spacing=image.spacing, affine=image.affine, modality="SEG")


def _suffix(mask: Image) -> str:
    if mask.spacing is not None:
        return ".nii.gz"
    return ".png" if mask.ndim == 2 else ".npz"


def _sizes(labels: NDArray, classes: Sequence[str], image: Image) -> dict[str, Any]:
    counts = np.bincount(labels.astype(np.uint8).ravel(), minlength=len(classes))
    unit, factor = ("mm2", 1.0) if labels.ndim == 2 else ("ml", 1e-3)
    sizes: dict[str, Any] = {}
    for name, count in zip(classes[1:], counts[1:].tolist(), strict=True):
        sizes[f"{name}_pixels"] = count
        if image.spacing is not None:
            sizes[f"{name}_{unit}"] = count * math.prod(image.spacing) * factor
    return sizes
