"""Quality: how near images come to a reference, in numbers and as a small table."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from workbench import processing

CELL = "padding:0 18px 0 0;text-align:left;font-weight:400"


def quality(image: ArrayLike, reference: ArrayLike) -> tuple[float, float]:
    """Return PSNR in decibels and SSIM, over the reference's range of intensities.

    Parameters
    ----------
    image, reference : array_like
        Of one shape and units.

    Returns
    -------
    tuple of float
        The SSIM is NaN where it is not defined (colours, small or constant images).

    Examples
    --------
    >>> truth = np.tile([0.0, 0.0, 8.0, 8.0], (16, 4))
    >>> [round(number, 2) for number in quality(truth + 1, truth)]
    [18.06, 0.98]
    """
    truth = np.asarray(reference)
    span = float(truth.max()) - float(truth.min())
    if span == 0:
        return math.nan, math.nan
    psnr = processing.psnr(image, truth, data_range=span)
    try:
        return psnr, processing.ssim(image, truth, data_range=span)
    except ValueError:
        return psnr, math.nan


def quality_table(images: Mapping[str, ArrayLike], reference: ArrayLike) -> str:
    """Write PSNR and SSIM of some images as an HTML table.

    Parameters
    ----------
    images : mapping of str to array_like
        By name.
    reference : array_like
        Of their shape and units.

    Returns
    -------
    str

    Examples
    --------
    >>> "PSNR <b>18.1 dB</b>" in quality_table({"after": np.eye(8) + 0.125}, np.eye(8))
    True
    """
    rows = []
    for name, image in images.items():
        psnr, ssim = quality(image, reference)
        cells = (f"PSNR <b>{decibels(psnr)}</b>", "" if math.isnan(ssim) else f"SSIM <b>{ssim:.3f}</b>")
        rows.append(
            f"<tr><th scope='row' style='{CELL}'>{name}</th>"
            + "".join(f"<td style='{CELL}'>{cell}</td>" for cell in cells)
            + "</tr>"
        )
    return f"<table style='font-variant-numeric:tabular-nums'>{''.join(rows)}</table>"


def decibels(psnr: float) -> str:
    """Write a PSNR.

    Parameters
    ----------
    psnr : float
        In decibels; infinite for equal images, NaN where it is not defined.

    Returns
    -------
    str

    Examples
    --------
    >>> decibels(31.26)
    '31.3 dB'
    """
    if math.isnan(psnr):
        return "not defined"
    return "\N{INFINITY} dB" if math.isinf(psnr) else f"{psnr:.1f} dB"
