"""Alignments on disk: JSON that a person can read."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from workbench.files import replacing

from .alignment import Alignment
from .deformation import Deformation
from .grids import Grid

FORMAT = "workbench alignment 1"


def save(alignment: Alignment, path: str | Path) -> Path:
    """Write an alignment; on failure what was there before stays.

    Parameters
    ----------
    alignment : Alignment
        Any.
    path : str or Path
        With suffix ``.json``.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ValueError
        If the suffix is another.
    """
    path = Path(path)
    if path.suffix.lower() != ".json":
        raise ValueError(f"an alignment is saved as .json, received {path.name}")
    text = json.dumps({"format": FORMAT, **_plain(alignment)}, indent=1)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def load(path: str | Path) -> Alignment:
    """Read an alignment that `Alignment.save` wrote.

    Parameters
    ----------
    path : str or Path
        The JSON file.

    Returns
    -------
    Alignment
        Equal to the one saved, bit for bit.

    Raises
    ------
    ValueError
        If the file holds something else.

    Examples
    --------
    >>> import tempfile
    >>> grid = Grid.of(np.zeros((9, 9)))
    >>> path = Alignment(np.eye(3), fixed=grid, moving=grid).save(Path(tempfile.mkdtemp()) / "alignment.json")
    >>> load(path).matrix.tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    try:
        fields = json.loads(Path(path).read_text(encoding="utf-8"))
        if fields.pop("format") != FORMAT:
            raise ValueError("its format is another")
        for side in ("fixed", "moving"):
            grid = fields[side]
            fields[side] = Grid(tuple(grid["shape"]), np.array(grid["affine"], float), bool(grid["lps"]))
        if fields["deformation"] is not None:
            arrays = {name: np.array(values, float) for name, values in fields["deformation"].items()}
            fields["deformation"] = Deformation(**arrays)
        return Alignment(**fields | {"matrix": np.array(fields["matrix"], float)})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not an alignment saved by this workbench ({error}); align again") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Alignment | Grid | Deformation):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value
