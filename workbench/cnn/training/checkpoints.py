"""A training that can be killed: all that it consists of, in one file, replaced when complete."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.files import replacing

NAME = "training.npz"


@dataclass
class Progress:
    """How far a training is.

    Parameters
    ----------
    rows : list of dict
        The numbers of each epoch.
    best_epoch : int
        Counted from 1.
    best_loss : float or None
        The least ``val_loss`` so far.
    ended : str
        Why it is over; empty while it is not.
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float | None = None
    ended: str = ""


def write(
    folder: str | Path, purpose: dict[str, Any], progress: Progress, state: list[NDArray], best: list[NDArray]
) -> None:
    """Write a checkpoint in place of the one before.

    Parameters
    ----------
    folder : str or Path
        It is created.
    purpose : dict
        What makes this training this one: numbers and text.
    progress : Progress
        How far it is.
    state, best : list of ndarray
        All variables, and the best weights so far.
    """
    text = json.dumps({"purpose": purpose, "progress": asdict(progress)})
    arrays = {f"state_{k}": value for k, value in enumerate(state)}
    arrays |= {f"best_{k}": value for k, value in enumerate(best)}
    with replacing(Path(folder).expanduser() / NAME) as temporary:
        np.savez(temporary, text=np.array(text), **arrays)  # type: ignore[arg-type]


def read(folder: str | Path, purpose: dict[str, Any]) -> tuple[Progress, list[NDArray], list[NDArray]] | None:
    """Read a checkpoint.

    Parameters
    ----------
    folder : str or Path
        As for `write`.
    purpose : dict
        Of the training that is to go on.

    Returns
    -------
    (Progress, list of ndarray, list of ndarray) or None
        None where there is no checkpoint.

    Raises
    ------
    ValueError
        If the file is damaged, or of a training with other data or settings.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> write(folder, {"seed": 1}, Progress(best_epoch=3), [np.zeros(2)], [np.ones(2)])
    >>> read(folder, {"seed": 1})
    (Progress(rows=[], best_epoch=3, best_loss=None, ended=''), [array([0., 0.])], [array([1., 1.])])
    >>> read(folder, {"seed": 2})
    Traceback (most recent call last):
    ...
    ValueError: the checkpoint is of a training with seed = 1, not 2; use another folder, or remove training.npz
    """
    path = Path(folder).expanduser() / NAME
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            said = json.loads(str(archive["text"]))
            state, best = (
                [archive[f"{kind}_{k}"] for k in range(sum(name.startswith(f"{kind}_") for name in archive.files))]
                for kind in ("state", "best")
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} is damaged ({error}); remove it to start anew") from error
    before, now = said["purpose"], json.loads(json.dumps(purpose))
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            raise ValueError(
                f"the checkpoint is of a training with {name} = {before.get(name)!r}, not {now.get(name)!r}; "
                f"use another folder, or remove {NAME}"
            )
    return Progress(**said["progress"]), state, best
