"""Real data that is always at hand: carried by the workbench's dependencies, read without network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.checks import one_of
from workbench.images import Image, read

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sample:
    """One sample: how to get it, what it is, whose it is.

    Parameters
    ----------
    modality : str
        DICOM modality of the image, or ``"table"``.
    description : str
        What is seen.
    source : str
        Where it comes from.
    licence : str
        What its owner allows.
    open : callable
        Returns the image.
    """

    modality: str
    description: str
    source: str
    licence: str
    open: Callable[[], Image]


def load(name: str) -> Image:
    """Load a sample image.

    Parameters
    ----------
    name : str
        One of the names in `catalog`, except the table ``wisconsin``.

    Returns
    -------
    Image
        In its own units, with geometry where its source states one.

    Raises
    ------
    ValueError
        If there is no such sample.

    Examples
    --------
    >>> load("head_ct")
    Image(512 x 512 int16, 0.431 x 0.431 mm, CT, HU)
    """
    sample = SAMPLES[one_of(name, list(SAMPLES), name="name")]
    return sample.open().replace(name=name, modality=sample.modality)


def wisconsin() -> pd.DataFrame:
    """Load the Wisconsin diagnostic breast cytology table: 569 patients, 30 measurements of cell nuclei.

    Returns
    -------
    pandas.DataFrame
        One row per patient: columns ``patient`` (a number), ``label`` (``"benign"`` or ``"malignant"``) and
        30 features such as ``mean radius``, in the units of the source.

    Examples
    --------
    >>> wisconsin()["label"].value_counts().to_dict()
    {'benign': 357, 'malignant': 212}
    """
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer(as_frame=True)
    labels = data.target.map(dict(enumerate(map(str, data.target_names))))
    table = data.data.copy()
    table.insert(0, "label", labels)
    table.insert(0, "patient", range(len(table)))
    return table


def _dicom(file: str, *, rows: slice = slice(None), columns: slice = slice(None)) -> Image:
    from pydicom.data import get_testdata_file

    image = read(str(get_testdata_file(file, download=False)))
    if rows == columns == slice(None):
        return image
    return Image(image.pixels[rows, columns], channel_axis=image.channel_axis, history=image.history)


def _mni152(file: str) -> Image:
    import nilearn

    return read(Path(nilearn.__file__).parent / "datasets/data" / file).oriented("SPL")


def _mni152_fraction(file: str) -> Image:
    image = _mni152(file)
    return image.replace(pixels=image.pixels / np.float32(255), units="fraction")


def _scikit_image(function: str, *, millimetres: float | None = None) -> Image:
    import skimage.data

    pixels = getattr(skimage.data, function)()
    return Image(
        pixels,
        spacing=None if millimetres is None else (millimetres, millimetres),
        channel_axis=-1 if pixels.ndim == 3 else None,
    )


PYDICOM = "pydicom test files"
MNI152 = "ICBM 2009 template (Fonov et al. 2011, doi 10.1016/j.neuroimage.2010.07.033), by nilearn"
MNI152_LICENCE = "free to use, modify, share, with copyright notice"
NO_RESTRICTIONS = "no known copyright restrictions"
SAMPLES = {
    "head_ct": Sample(
        "CT",
        "axial head CT, skull base, 512 x 512",
        PYDICOM,
        "MIT",
        partial(_dicom, "J2K_pixelrep_mismatch.dcm"),
    ),
    "abdomen_mr": Sample(
        "MR",
        "axial abdominal MR with contrast agent, 300 x 484",
        PYDICOM,
        "MIT",
        partial(_dicom, "examples_overlay.dcm"),
    ),
    "ultrasound": Sample(
        "US",
        "power Doppler of a lymph node, texts cropped off",
        PYDICOM,
        "MIT",
        partial(_dicom, "examples_jpeg2k.dcm", rows=slice(108, 337), columns=slice(44, 598)),
    ),
    "mni152_t1": Sample(
        "MR",
        "average T1 brain of 152 people, 1 mm",
        MNI152,
        MNI152_LICENCE,
        partial(_mni152, "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"),
    ),
    "mni152_grey": Sample(
        "MR",
        "grey-matter fraction of the same brain",
        MNI152,
        MNI152_LICENCE,
        partial(_mni152_fraction, "mni_icbm152_gm_tal_nlin_sym_09a_converted.nii.gz"),
    ),
    "mni152_white": Sample(
        "MR",
        "white-matter fraction of the same brain",
        MNI152,
        MNI152_LICENCE,
        partial(_mni152_fraction, "mni_icbm152_wm_tal_nlin_sym_09a_converted.nii.gz"),
    ),
    "retina": Sample(
        "OP",
        "colour photograph of a normal left retina",
        "Häggström 2014 (doi 10.15347/wjm/2014.008), by scikit-image",
        "CC0",
        partial(_scikit_image, "retina"),
    ),
    "microaneurysms": Sample(
        "OP",
        "detail of a diabetic retina, green channel",
        "High-Resolution Fundus database (Budai et al. 2013, doi 10.1155/2013/154860), by scikit-image",
        "CC0",
        partial(_scikit_image, "microaneurysms"),
    ),
    "immunohistochemistry": Sample(
        "SM",
        "colonic glands: FHL2 in brown, nuclei in blue",
        "Center for Microscopy and Molecular Imaging, by scikit-image",
        NO_RESTRICTIONS,
        partial(_scikit_image, "immunohistochemistry"),
    ),
    "cell": Sample(
        "SM",
        "quantitative phase image of one cell",
        "Müller et al. 2018 (doi 10.1364/OE.26.010729), by scikit-image",
        "CC0",
        partial(_scikit_image, "cell", millimetres=0.000107),
    ),
}
WISCONSIN = {
    "modality": "table",
    "description": "cytology of 569 breast masses, 30 features",
    "source": "Wolberg, Street, Mangasarian 1995 (UCI, doi 10.24432/C5DW2B), by scikit-learn",
    "licence": "CC BY 4.0",
}
