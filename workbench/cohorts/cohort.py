"""Cohort: a table of cases whose images are read when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .cases import Cases
from .errors import CohortError


@dataclass(frozen=True, eq=False)
class Cohort(Cases):
    """Cases with their images, read lazily, and what is asked of a study as a whole.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per case, indexed by ``case``: columns ``patient`` and ``image`` (more images in columns whose
        names begin with ``image_``), optional ``mask``, ``label``, ``split``, ``boxes``. A cell of an image or a
        mask is a path, ``"sample:"`` and a name, an Image, or anything with a method ``open()`` that returns an
        Image.
    root : Path, optional
        Folder of the study; messages print paths relative to it.
    cache : optional
        See `cached`.

    Raises
    ------
    CohortError
        If a column is missing or a case is named twice.

    Examples
    --------
    >>> from workbench import cohorts
    >>> cohort = cohorts.read("samples")
    >>> cohort.image("head_ct").modality
    'CT'
    """

    def split(
        self,
        *,
        test: float = 0.2,
        validation: float = 0.0,
        by: str = "patient",
        stratify: str | None = "label",
        seed: int = 0,
    ) -> Cohort:
        """Divide the cases for training, validation and test, never parting a patient.

        Parameters
        ----------
        test, validation : float, optional
            Shares of the cases; the rest is for training.
        by : str, optional
            Column that says what must stay together.
        stratify : str or None, optional
            Column whose values are to have the same shares in each split, as nearly as whole patients allow.
        seed : int, optional
            Of the draw among patients who are alike.

        Returns
        -------
        Cohort
            With a column ``split``: ``"train"``, ``"validation"`` or ``"test"``.

        Raises
        ------
        CohortError
            If a column or one of its values is missing, or a split would be empty.
        ValueError
            If the shares are not between 0 and 1, or leave nothing for training.

        Examples
        --------
        >>> table = pd.DataFrame({"patient": list("aabbccdd"), "image": "x.png", "label": list("01010101")})
        >>> int(Cohort(table).split(test=0.25).table.groupby("patient")["split"].nunique().max())
        1
        """
        from .splitting import assign

        shares = {"train": 1 - test - validation, "validation": validation, "test": test}
        return replace(
            self, table=self.table.assign(split=assign(self.table, shares, by=by, stratify=stratify, seed=seed))
        )

    def with_masks(self, masks: Mapping[str, ArrayLike]) -> Cohort:
        """Give each case a mask, such as a segmentation has found it, in place of the one it has.

        Parameters
        ----------
        masks : mapping of str to (M, N) or (P, M, N) array_like
            Case to mask, on the grid of its image, whose geometry it is given; of every case.

        Returns
        -------
        Cohort
            With these masks in the column ``mask``, and no others.

        Raises
        ------
        CohortError
            If a case is left out, or a mask has not its image's shape.

        Examples
        --------
        >>> from workbench.samples import lesion_study
        >>> study = lesion_study("nodule", patients=2)
        >>> bright = study.with_masks(study.map(lambda image: image.pixels > -400))
        >>> bool(bright.mask("nodule-0-0000-0").pixels.any())
        True
        """
        found = {}
        for case in self:
            if case not in masks:
                raise CohortError(f"case {case!r} has no mask; give one of every case")
            image, mask = self.image(case), np.asarray(masks[case])
            if mask.shape != image.shape:
                raise CohortError(f"case {case!r}: its image has shape {image.shape}, its mask {mask.shape}")
            found[case] = image.replace(pixels=mask, units="")
        table = self.table.drop(columns=self.masks).assign(mask=pd.Series(found, dtype=object))
        return replace(self, table=table)

    def summary(self) -> pd.DataFrame:
        """Count what the cohort holds, without reading an image.

        Returns
        -------
        pandas.DataFrame
            One row per split (and one for all): cases, patients, cases with each mask and with boxes, and cases of
            each label.

        Examples
        --------
        >>> from workbench import cohorts
        >>> int(cohorts.read("samples").summary().loc["all", "cases"])
        10
        """
        from .summarizing import summarize

        return summarize(self.table, masks=self.masks)

    def audit(self, *, jobs: int = 1, progress: bool = False) -> pd.DataFrame:
        """Look for what is wrong with the study before it is analysed.

        Parameters
        ----------
        jobs : int, optional
            Processes that read images; -1 for all cores.
        progress : bool, optional
            Whether to show how far it is.

        Returns
        -------
        pandas.DataFrame
            One row per finding, errors first: ``severity`` (``"error"`` or ``"warning"``), ``kind`` (see
            `cohorts.findings`), ``cases`` (a tuple of names), ``detail``.

        Examples
        --------
        >>> from workbench import cohorts
        >>> len(cohorts.read("samples").select(["head_ct"]).audit())
        0
        """
        from .auditing import audit

        return audit(self, jobs=jobs, progress=progress)

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
        >>> from workbench import cohorts
        >>> cohorts.read("samples").describe(["head_ct"]).loc["head_ct", "spacing"]
        '0.431 x 0.431'
        """
        from .summarizing import facts

        rows = {case: facts(self.image(case)) for case in (self if cases is None else cases)}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("case")
