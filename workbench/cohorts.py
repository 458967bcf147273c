"""Cohort: a table of cases whose images are read when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from workbench import samples
from workbench.images import Image, read
from workbench.images.reading import is_image_file, stem

SAMPLES = "samples"
SAMPLE_PREFIX = "sample:"


class CohortError(Exception):
    """A cohort's table or folder is not what it must be; the message names it and what to do."""


@dataclass(frozen=True, eq=False)
class Cohort:
    """Cases with their images, read lazily.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per case, indexed by ``case``: columns ``patient`` and ``image`` (a path, or ``"sample:"`` and a
        name), optional ``mask``, ``label``, ``split``.

    Raises
    ------
    CohortError
        If a column is missing or a case is named twice.

    Examples
    --------
    >>> cohort = open_cohort("samples")
    >>> cohort.image("head_ct").modality
    'CT'
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        missing = {"patient", "image"} - set(self.table.columns)
        if missing:
            raise CohortError(
                f"a cohort needs the columns patient and image, missing: {', '.join(sorted(missing))}"
            )
        twice = self.table.index[self.table.index.duplicated()]
        if len(twice):
            raise CohortError(f"each case must have one row, received {twice[0]!r} more than once")

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.index)

    def image(self, case: str) -> Image:
        """Read one case's image.

        Parameters
        ----------
        case : str
            Its name in the table's index.

        Returns
        -------
        Image
            Named after the case.

        Raises
        ------
        CohortError
            If there is no such case.
        ImageReadError
            If its file cannot be read.
        """
        return self._read(case, "image")

    def mask(self, case: str) -> Image:
        """Read one case's mask or label map.

        Parameters
        ----------
        case : str
            Its name in the table's index.

        Returns
        -------
        Image
            Named after the case.

        Raises
        ------
        CohortError
            If there is no such case, or it has no mask.
        ImageReadError
            If its file cannot be read.
        """
        return self._read(case, "mask")

    def describe(self, cases: Iterable[str] | None = None) -> pd.DataFrame:
        """Characterize images before any analysis: size, type, range, spacing, orientation, units.

        Parameters
        ----------
        cases : iterable of str, optional
            All where not given. Each image is read once.

        Returns
        -------
        pandas.DataFrame
            One row per case; what an image does not state is empty.

        Raises
        ------
        CohortError
            If there is no such case.
        ImageReadError
            If a file cannot be read.

        Examples
        --------
        >>> open_cohort("samples").describe(["head_ct"]).loc["head_ct", "spacing"]
        '0.431 x 0.431'
        """
        rows = {case: _facts(self.image(case)) for case in (self if cases is None else cases)}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("case")

    def _read(self, case: str, column: str) -> Image:
        if case not in self.table.index:
            known = ", ".join(map(str, self.table.index[:20]))
            raise CohortError(f"no case {case!r} in this cohort; it has {known}")
        location = self.table.loc[case].get(column)
        if not isinstance(location, str | Path) or not str(location):
            raise CohortError(f"case {case!r} has no {column}; fill in that column of its table")
        text = str(location)
        image = samples.load(text.removeprefix(SAMPLE_PREFIX)) if text.startswith(SAMPLE_PREFIX) else read(text)
        return image.replace(name=case)


def _facts(image: Image) -> dict[str, str | float]:
    return {
        "modality": image.modality,
        "shape": " x ".join(map(str, image.shape)),
        "dtype": str(image.dtype),
        "lowest": float(image.pixels.min()),
        "highest": float(image.pixels.max()),
        "units": image.units,
        "spacing": "" if image.spacing is None else " x ".join(f"{mm:.3g}" for mm in image.spacing),
        "orientation": image.orientation or "",
    }


def open_cohort(source: str | Path) -> Cohort:
    """Open a cohort: the samples, a CSV table, or a folder of images.

    Parameters
    ----------
    source : str or Path
        ``"samples"``; a ``.csv`` file with columns ``case``, ``patient``, ``image`` (paths relative to the file)
        and optionally ``mask``, ``label``, ``split``; or a folder: each image file and each subfolder is a case
        and a patient of its own, and other files are passed over.

    Returns
    -------
    Cohort
        Nothing is read but the table.

    Raises
    ------
    CohortError
        If there is no such file or folder, or it holds no case.

    Examples
    --------
    >>> len(open_cohort("samples"))
    10
    """
    if source == SAMPLES:
        names = list(samples.SAMPLES)
        images = [SAMPLE_PREFIX + name for name in names]
        return Cohort(pd.DataFrame({"patient": names, "image": images}, index=pd.Index(names, name="case")))
    path = Path(source).expanduser()
    if path.is_dir():
        return _from_folder(path)
    if path.is_file() and path.suffix.lower() == ".csv":
        return _from_csv(path)
    raise CohortError(f"{source}: expected 'samples', or a folder of images or a .csv table that exists")


def _from_csv(path: Path) -> Cohort:
    try:
        table = pd.read_csv(path, dtype={"case": str, "patient": str, "image": str, "mask": str})
    except ValueError as error:
        raise CohortError(f"{path}: not a table of comma-separated values in UTF-8 ({error})") from error
    if "case" not in table or table.empty:
        raise CohortError(f"{path}: expected a column 'case' and at least one row, received {list(table.columns)}")
    if table["case"].isna().any():
        raise CohortError(f"{path}: row {int(table['case'].isna().argmax()) + 2} has no case; name each")
    for column in {"image", "mask"} & set(table.columns):
        table[column] = table[column].map(partial(_beside, path), na_action="ignore")
    try:
        return Cohort(table.set_index("case"))
    except CohortError as error:
        raise CohortError(f"{path}: {error}") from None


def _beside(table: Path, location: str) -> str:
    return location if location.startswith(SAMPLE_PREFIX) else str(table.parent / location)


def _from_folder(folder: Path) -> Cohort:
    visible = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    paths = [path for path in visible if path.is_dir() or is_image_file(path)]
    if not paths:
        raise CohortError(f"{folder}: no images; put one image, or one folder of DICOM slices, per case in it")
    names = [path.name if path.is_dir() else stem(path) for path in paths]
    table = pd.DataFrame({"patient": names, "image": list(map(str, paths))}, index=pd.Index(names, name="case"))
    try:
        return Cohort(table)
    except CohortError as error:
        raise CohortError(f"{folder}: {error}") from None
