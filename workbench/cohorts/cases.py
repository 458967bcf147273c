"""Cases of a table, read one by one: the part of a cohort that knows where its images lie."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pandas as pd

from workbench.images import Image

from .boxes import parse_boxes
from .caching import Folder, Memory, NoCache
from .cells import CellReader
from .errors import CohortError
from .locations import identity


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases with their images, masks and boxes, read lazily; see `Cohort`.

    Parameters
    ----------
    table, root, cache
        As for `Cohort`.

    Raises
    ------
    CohortError
        If a column is missing or a case is named twice.

    Examples
    --------
    >>> list(Cases(pd.DataFrame({"patient": ["p"], "image": ["sample:cell"]}, index=["a"])))
    ['a']
    """

    table: pd.DataFrame
    root: Path | None = None
    cache: NoCache = field(default_factory=NoCache, repr=False)

    def __post_init__(self) -> None:
        missing = [name for name in ("image", "patient") if not (name in self.table or self._like(name))]
        if missing:
            raise CohortError(f"a cohort needs the columns patient and image, missing: {', '.join(missing)}")
        twice = self.table.index[self.table.index.duplicated()]
        if len(twice):
            raise CohortError(f"each case must have one row, received {twice[0]!r} more than once")

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.index)

    @property
    def images(self) -> list[str]:
        """Names of the columns that hold images."""
        return self._like("image")

    @property
    def masks(self) -> list[str]:
        """Names of the columns that hold masks."""
        return self._like("mask")

    def image(self, case: str, column: str | None = None) -> Image:
        """Read one case's image.

        Parameters
        ----------
        case : str
            Its name in the table's index.
        column : str, optional
            Which of several images; the first column of them by default.

        Returns
        -------
        Image
            Named after the case.

        Raises
        ------
        CohortError
            If there is no such case or column, or the cell is empty.
        ImageReadError
            If its file cannot be read.
        """
        return self._read(case, column or self.images[0])

    def mask(self, case: str, column: str | None = None) -> Image:
        """Read one case's mask or label map on the grid of its (first) image.

        Parameters
        ----------
        case : str
            Its name in the table's index.
        column : str, optional
            Which of several masks; the first column of them by default.

        Returns
        -------
        Image
            Named after the case.

        Raises
        ------
        CohortError
            If there is no such case, or it has no mask.
        ImageReadError
            If its file cannot be read, or does not fit the image.
        """
        return self._read(case, column or (self.masks or ["mask"])[0])

    def boxes(self, case: str) -> pd.DataFrame:
        """Return one case's boxes.

        Parameters
        ----------
        case : str
            Its name in the table's index.

        Returns
        -------
        pandas.DataFrame
            One row per box: top, left, bottom, right in pixels, label; no row where there is none.

        Raises
        ------
        CohortError
            If there is no such case, or what the table holds are no boxes.
        """
        try:
            return parse_boxes(self._cell(case, "boxes"))
        except CohortError as error:
            raise CohortError(f"case {case!r}: {error}") from None

    def identity(self, case: str) -> str:
        """Return a text that changes when one of a case's images or masks changes.

        Parameters
        ----------
        case : str
            Its name in the table's index.

        Returns
        -------
        str
            Where they are stored, with times and sizes of the files; of those in memory, a digest.

        Raises
        ------
        CohortError
            If there is no such case.

        Examples
        --------
        >>> from workbench import cohorts
        >>> cohorts.read("samples").identity("head_ct")
        'sample:head_ct'
        """
        cells = [self._cell(case, column) for column in (*self.images, *self.masks)]
        return "|".join(identity(cell) for cell in cells)

    def select(self, cases: Iterable[str]) -> Self:
        """Keep some cases.

        Parameters
        ----------
        cases : iterable of str
            Their names, in the order that they are to have.

        Returns
        -------
        Cohort
            These cases.

        Raises
        ------
        CohortError
            If one is not in the cohort.

        Examples
        --------
        >>> from workbench import cohorts
        >>> list(cohorts.read("samples").select(["cell", "head_ct"]))
        ['cell', 'head_ct']
        """
        chosen = list(cases)
        for case in chosen:
            self._cell(case, "patient")
        return replace(self, table=self.table.loc[chosen])

    def cached(self, folder: str | Path | None = None) -> Self:
        """Keep images once they have been read.

        Parameters
        ----------
        folder : str or Path, optional
            Where to keep them as ``.npz``; in memory where not given. A file that changes is read anew.

        Returns
        -------
        Cohort
            The same cases. From a folder, images come back without their history.

        Examples
        --------
        >>> import numpy as np
        >>> from workbench import cohorts
        >>> cohort = cohorts.read("samples").cached()
        >>> np.shares_memory(cohort.image("cell"), cohort.image("cell"))
        True
        """
        return replace(self, cache=Memory() if folder is None else Folder(Path(folder).expanduser()))

    def map(
        self, function: Callable[..., Any], *, columns: Sequence[str] = (), jobs: int = 1, progress: bool = False
    ) -> dict[str, Any]:
        """Call a function with the image of each case.

        Parameters
        ----------
        function : callable
            Called as ``function(image)``, or with one image for each of `columns`. It must come from a module, or
            be plain enough to be sent to another process.
        columns : sequence of str, optional
            What to read for each case, such as ``("image", "mask")``.
        jobs : int, optional
            Processes; -1 for all cores. Where a ``joblib.parallel_config`` is active, its workers do the work: a
            Dask cluster with ``parallel_config("dask")``.
        progress : bool, optional
            Whether to show how far it is.

        Returns
        -------
        dict
            Case to what the function returned, in the order of the cases.

        Raises
        ------
        CohortError
            If reading or the function fails; it names the case and has the cause as ``__cause__``.

        Examples
        --------
        >>> import numpy as np
        >>> from workbench import cohorts
        >>> cohorts.read("samples").select(["cell"]).map(np.max)
        {'cell': np.uint8(255)}
        """
        from .parallel import run

        columns = tuple(columns) or (self.images[0],)
        call = _Call(function, self.reader, columns)
        return run(call, self._cells(columns), jobs=jobs, progress=progress)

    def _like(self, name: str) -> list[str]:
        return [str(column) for column in self.table if column == name or str(column).startswith(f"{name}_")]

    def _cell(self, case: Hashable, column: str) -> Any:
        if case not in self.table.index:
            known = ", ".join(map(str, self.table.index[:20]))
            raise CohortError(f"no case {case!r} in this cohort; it has {known}")
        return self.table.at[case, column] if column in self.table else None

    def _read(self, case: str, column: str) -> Image:
        return self.reader.read(case, column, self._cell(case, column), self._cell(case, self.images[0]))

    @property
    def reader(self) -> CellReader:
        """What reads the cells of the table; small enough to be sent to another process."""
        return CellReader(self.root, self.cache)

    def _cells(self, columns: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
        listed = [self.table[name] if name in self.table else [None] * len(self) for name in columns]
        return zip(self, map(list, zip(self.table[self.images[0]], *listed, strict=True)), strict=True)


@dataclass(frozen=True)
class _Call:
    function: Callable[..., Any]
    reader: CellReader
    columns: tuple[str, ...]

    def __call__(self, case: str, cells: list[Any]) -> Any:
        image, *wanted = cells
        opened = []
        for column, cell in zip(self.columns, wanted, strict=True):
            opened.append(self.reader.read(case, column, cell, image))
            # A mask that follows need not read its image again.
            image = opened[-1] if cell is image else image
        return self.function(*opened)
