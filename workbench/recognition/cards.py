"""What the cards of all models have in common."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from importlib.metadata import version

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

import workbench

NOTICE = "For research and teaching; not a medical device"


def versions(*libraries: str) -> dict[str, str]:
    """Say with what a model was made.

    Parameters
    ----------
    *libraries : str
        Their names in the package index.

    Returns
    -------
    dict of str
        Versions of the workbench, of Python and of each.

    Examples
    --------
    >>> list(versions("numpy"))
    ['workbench', 'python', 'numpy']
    """
    return {
        "workbench": workbench.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }


def plain_metrics(table: pd.DataFrame | None) -> dict[str, dict[str, float]]:
    """Turn a table of metrics into what a card can hold.

    Parameters
    ----------
    table : pandas.DataFrame or None
        One row per metric with the columns value, low and high.

    Returns
    -------
    dict

    Examples
    --------
    >>> plain_metrics(pd.DataFrame({"value": [0.9], "low": [0.8], "high": [1.0]}, index=["auc"]))
    {'auc': {'value': 0.9, 'low': 0.8, 'high': 1.0}}
    """
    if table is None:
        return {}
    rows = table[["value", "low", "high"]].iterrows()
    return {str(name): {str(key): float(value) for key, value in row.items()} for name, row in rows}


def fingerprint(arrays: Iterable[ArrayLike]) -> str:
    """Compute a digest of data that changes with any pixel, shape or type.

    Parameters
    ----------
    arrays : iterable of array_like
        One after the other: they need not be in memory together.

    Returns
    -------
    str
        SHA-256, in hexadecimal.

    Examples
    --------
    >>> fingerprint([[1, 2]]) == fingerprint([[1, 2]]), fingerprint([[1, 2]]) == fingerprint([[1], [2]])
    (True, False)
    """
    digest = hashlib.sha256()
    for each in arrays:
        array = np.asarray(each)
        digest.update(f"{array.shape} {array.dtype.str};".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
