"""What is wrong between cases: images that are the same, and images unlike all others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.images import Image

from .findings import Finding, listed
from .fingerprints import alike, same_looking
from .inspecting import Looked

#: Correlation of all pixels from which two images count as one, changed by compression, scaling or brightness.
NEARLY = 0.995
MOST_PAIRS = 1000
#: Robust standard deviations from the median, and how many images it takes to speak of outliers.
FAR, ENOUGH = 8.0, 10


def identical(looked: list[Looked], table: pd.DataFrame) -> list[Finding]:
    """Find images with the same pixels.

    Parameters
    ----------
    looked : list of Looked
        Of all images.
    table : pandas.DataFrame
        Of the cohort.

    Returns
    -------
    list of Finding
        One for each set of equal images: in two splits or within one, and with different labels.
    """
    groups: dict[bytes, list[Looked]] = defaultdict(list)
    for one in looked:
        groups[one.print.digest].append(one)
    findings = []
    for group in groups.values():
        if len(group) == 1 or group[0].deviation == 0:
            continue
        cases = tuple(dict.fromkeys(one.case for one in group))
        findings.append(Finding(_kind("identical images", cases, table), cases, _who(cases, table)))
        labels = _values(table, cases, "label")
        if len(labels) > 1:
            findings.append(
                Finding("identical images with different labels", cases, f"labels {', '.join(labels)}")
            )
    return findings


def nearly_identical(
    looked: list[Looked], table: pd.DataFrame, open_image: Callable[[Looked], Image]
) -> list[Finding]:
    """Find images that are nearly the same, of different patients or in different splits.

    Parameters
    ----------
    looked : list of Looked
        Of all images.
    table : pandas.DataFrame
        Of the cohort.
    open_image : callable
        Reads an image again, to compare its pixels.

    Returns
    -------
    list of Finding
        One for each set of alike images.
    """
    pairs = alike([one.print for one in looked])
    apart = [pair for pair in pairs if _concerns(looked[pair[0]].case, looked[pair[1]].case, table)]
    apart.sort(key=lambda pair: -pair[2])
    sets = _Sets()
    for one, other, _ in apart[:MOST_PAIRS]:
        if sets.find(one) != sets.find(other):
            correlation = _compared(open_image(looked[one]), open_image(looked[other]))
            if correlation >= NEARLY:
                sets.join(one, other)
    findings = []
    for members in sets.all():
        cases = tuple(dict.fromkeys(looked[index].case for index in members))
        findings.append(Finding(_kind("near-identical images", cases, table), cases, _who(cases, table)))
    if len(apart) > MOST_PAIRS:
        left = f"{len(apart)} pairs look alike; the {MOST_PAIRS} most alike were compared"
        findings.append(Finding("near-identical images", (), left))
    return findings


def outliers(looked: list[Looked]) -> list[Finding]:
    """Find images whose intensities or spacing are far from those of the others.

    Parameters
    ----------
    looked : list of Looked
        Of all images.

    Returns
    -------
    list of Finding
        One for each measure, with all cases far from the median: 8 robust standard deviations (1.4826 times the
        median absolute deviation; at least 5 % of the usual contrast, or 2 % of the spacing).

    References
    ----------
    Iglewicz B, Hoaglin DC. How to detect and handle outliers. ASQC 1993.
    """
    findings = []
    groups: dict[tuple[str, str, str], list[Looked]] = defaultdict(list)
    for one in looked:
        groups[one.group].append(one)
    for group in groups.values():
        contrast = float(np.median([one.deviation for one in group]))
        for measure in ("mean", "deviation"):
            values = np.array([getattr(one, measure) for one in group])
            name = f"{'mean' if measure == 'mean' else 'standard deviation'} of the intensities"
            findings += _far(group, values, least=0.05 * contrast, kind="intensity outlier", name=name)
        for axis in range(3):
            measured = [one for one in group if one.spacing is not None and len(one.spacing) > axis]
            # Counted from the last axis, so that slices and volumes are compared in their planes.
            spacing = np.array([one.spacing[-1 - axis] for one in measured if one.spacing is not None])
            name = f"spacing along axis {-1 - axis}"
            findings += _far(
                measured, np.log(spacing), least=0.02, kind="spacing outlier", name=name, shown=np.exp
            )
    return findings


def _far(
    group: list[Looked],
    values: NDArray,
    *,
    least: float,
    kind: str,
    name: str,
    shown: Callable[[NDArray], NDArray] = np.asarray,
) -> list[Finding]:
    if len(group) < ENOUGH:
        return []
    middle = np.median(values)
    scale = max(1.4826 * float(np.median(np.abs(values - middle))), least)
    far = np.flatnonzero(np.abs(values - middle) > FAR * scale) if scale else np.array([], dtype=int)
    if not len(far):
        return []
    told = listed([f"{value:.4g}" for value in shown(values[far])])
    return [Finding(kind, tuple(group[index].case for index in far), f"{name} {told}; median {shown(middle):.4g}")]


def _compared(one: Image, other: Image) -> float:
    import cv2

    first, second = (_grey(image) for image in (one, other))
    if first.shape != second.shape:
        if first.ndim != 2 or second.ndim != 2:
            return 0.0
        small, large = sorted((first, second), key=np.size)
        first, second = small, cv2.resize(large, small.shape[::-1], interpolation=cv2.INTER_AREA)
    return same_looking(first, second)


def _grey(image: Image) -> NDArray:
    pixels = image.pixels if image.channel_axis is None else image.pixels.mean(axis=image.channel_axis)
    return pixels.astype(np.float32)


def _concerns(one: str, other: str, table: pd.DataFrame) -> bool:
    # Patients who are not named are taken for different ones.
    same_patient = len(_values(table, (one, other), "patient")) == 1
    return one != other and not (same_patient and len(_values(table, (one, other), "split")) < 2)


def _kind(kind: str, cases: tuple[str, ...], table: pd.DataFrame) -> str:
    return f"{kind} in two splits" if len(_values(table, cases, "split")) > 1 else kind


def _who(cases: tuple[str, ...], table: pd.DataFrame) -> str:
    patients, splits = _values(table, cases, "patient"), _values(table, cases, "split")
    who = f"{len(patients)} patients" if len(patients) > 1 else "one patient"
    return f"{len(cases)} cases of {who}" + (f", in {', '.join(splits)}" if splits else "")


def _values(table: pd.DataFrame, cases: tuple[str, ...], column: str) -> list[str]:
    if column not in table:
        return []
    found: list[Any] = [table.at[case, column] for case in cases]
    return list(dict.fromkeys(str(value) for value in found if pd.notna(value)))


class _Sets:
    def __init__(self) -> None:
        self.parent: dict[int, int] = {}

    def find(self, item: int) -> int:
        while (above := self.parent.get(item, item)) != item:
            item = above
        return item

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.find(one), self.find(other)))
        self.parent |= {one: one, other: one}

    def all(self) -> list[list[int]]:
        members: dict[int, list[int]] = defaultdict(list)
        for item in sorted(self.parent):
            members[self.find(item)].append(item)
        return list(members.values())
