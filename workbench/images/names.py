"""File names of images."""

from pathlib import Path

#: Longest first where one ends with another.
SUFFIXES = (
    ".nii.gz",
    ".nii",
    ".nrrd",
    ".nhdr",
    ".mha",
    ".mhd",
    ".npy",
    ".npz",
    ".png",
    ".jpg",
    ".jpeg",
    ".tif",
    ".tiff",
    ".dcm",
    ".dicom",
)


def stem(path: Path) -> str:
    """Return a file's name without the suffix of its kind.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    str
        Dots that belong to the name stay.

    Examples
    --------
    >>> stem(Path("brain.1.nii.gz"))
    'brain.1'
    """
    ending = next((ending for ending in SUFFIXES if path.name.lower().endswith(ending)), "")
    return path.name[: len(path.name) - len(ending)]
